import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { problem } from "../client/errors";
import type { ImageInput, TrainState, View } from "../client/protocol";
import { Latest, Panel, figure, type Host } from "./panel";
import { Plate, colorOf, fit, print, type ImageView } from "./draw";
import { read } from "./attributes";
import { Pad } from "./pad";
import { Picker } from "./picker";

type Result = Extract<View, { kind: "reconstruction" }>;
const DRAWS = 16;

/** One image, its code, and what comes back. */
export class ReconstructPanel extends Panel {
  #source: ImageInput = { type: "test", index: 0 };
  #seed = 1;
  #result: Result | undefined;
  #pad = new Pad(() => {
    this.#source = { type: "drawing", ...this.#pad.pixels() };
    this.#run();
  });
  #picker = new Picker(20);
  #output = new Plate();
  #canvas: HTMLCanvasElement | undefined;
  #latest = new Latest();
  #loaded: string | undefined;
  #refreshed = 0;

  constructor(host: Host) {
    super(host);
    this.params["image"] = {
      get: () => (this.#source.type === "test" && this.#source.index ? String(this.#source.index) : undefined),
      set: (text) => {
        this.#source = { type: "test", index: read("image", text) };
      },
    };
  }

  override caption() {
    return this.host.help("reconstruct");
  }

  override refresh() {
    const { session, info } = this.host;
    if (!session || !info) return;
    this.#refreshed = performance.now();
    void this.host.attempt(async () => {
      await session.needData(info.data);
      if (this.#loaded !== info.data) {
        const view = await session.view({ type: "dataImages", start: this.#picker.start, count: this.#picker.count });
        if (view.kind === "image") this.#picker.show(view);
        this.#loaded = info.data;
      }
      this.#run(this.#source.type === "test");
    });
  }

  override trained(_state: TrainState, samples: View | null) {
    if (samples && performance.now() - this.#refreshed > 1500) this.refresh();
  }

  override redraw(recolour: boolean) {
    this.#pad.redraw();
    this.#picker.redraw(recolour);
    this.#output.redraw(recolour);
    this.#plot();
  }

  /** Reconstructs the newest source; `take` puts what the model sees on the pad. */
  #run(take = false) {
    const { session } = this.host;
    if (!session) return;
    const image = this.#source;
    this.#latest.run(() =>
      this.host.attempt(async () => {
        const view = await session.view({
          type: "plot",
          plot: "reconstruct",
          inputs: { image, seed: this.#seed, count: DRAWS },
        });
        if (view.kind !== "reconstruction") return;
        this.#result = view;
        this.show(this.#output, view.output, { columns: 4, gap: 0.06 });
        if (take && view.input.kind === "image") this.#pad.take(print(view.input as ImageView, [255, 255, 255]));
        this.host.requestUpdate();
        this.#plot();
      }),
    );
  }

  #plot() {
    const canvas = this.#canvas;
    const r = this.#result;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width: w, height: h } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, w, h);
    if (!r) return;
    const blue = colorOf(this.host, "--_blue");
    const red = colorOf(this.host, "--_red");
    const line = colorOf(this.host, "--_line");
    if (r.mu.length === 2) this.#ellipse(g, w, h, r, blue, red, line);
    else this.#bars(g, w, h, r, blue, red, line);
  }

  #ellipse(g: CanvasRenderingContext2D, w: number, h: number, r: Result, blue: string, red: string, line: string) {
    const unit = Math.min(w, h) / 6.4;
    const x = (v: number) => w / 2 + v * unit;
    const y = (v: number) => h / 2 - v * unit;
    g.strokeStyle = line;
    g.lineWidth = 1;
    for (const radius of [1, 2, 3]) {
      g.beginPath();
      g.arc(x(0), y(0), radius * unit, 0, 7);
      g.stroke();
    }
    g.beginPath();
    g.moveTo(0, y(0));
    g.lineTo(w, y(0));
    g.moveTo(x(0), 0);
    g.lineTo(x(0), h);
    g.stroke();
    const [m1 = 0, m2 = 0] = r.mu;
    const [s1 = 0, s2 = 0] = r.sigma;
    for (const [k, alpha] of [
      [2, 0.16],
      [1, 0.3],
    ] as const) {
      g.globalAlpha = alpha;
      g.fillStyle = blue;
      g.beginPath();
      g.ellipse(x(m1), y(m2), Math.max(2, s1 * k * unit), Math.max(2, s2 * k * unit), 0, 0, 7);
      g.fill();
    }
    g.globalAlpha = 1;
    g.fillStyle = red;
    for (let i = 0; i + 1 < r.z.length; i += 2) {
      g.beginPath();
      g.arc(x(r.z[i] ?? 0), y(r.z[i + 1] ?? 0), 2.2, 0, 7);
      g.fill();
    }
    g.strokeStyle = blue;
    g.lineWidth = 2;
    g.beginPath();
    g.moveTo(x(m1) - 5, y(m2));
    g.lineTo(x(m1) + 5, y(m2));
    g.moveTo(x(m1), y(m2) - 5);
    g.lineTo(x(m1), y(m2) + 5);
    g.stroke();
  }

  #bars(g: CanvasRenderingContext2D, w: number, h: number, r: Result, blue: string, red: string, line: string) {
    const n = r.mu.length;
    const draws = Math.floor(r.z.length / n);
    const y = (v: number) => h / 2 - (Math.max(-3.4, Math.min(3.4, v)) * h) / 7;
    g.fillStyle = line;
    g.globalAlpha = 0.4;
    g.fillRect(0, y(1), w, y(-1) - y(1));
    g.globalAlpha = 1;
    g.fillRect(0, y(0) - 0.5, w, 1);
    const step = w / n;
    const wide = Math.max(2, step * 0.62);
    for (let d = 0; d < n; d++) {
      const mu = r.mu[d] ?? 0;
      const sigma = r.sigma[d] ?? 1;
      const x = step * (d + 0.5);
      // A dimension that says nothing about this image is as wide as the prior.
      g.globalAlpha = sigma > 0.9 ? 0.3 : 0.55;
      g.fillStyle = blue;
      g.fillRect(x - wide / 2, y(mu + sigma), wide, Math.max(2, y(mu - sigma) - y(mu + sigma)));
      g.globalAlpha = 1;
      g.fillRect(x - wide / 2, y(mu) - 1, wide, 2);
      g.fillStyle = red;
      for (let k = 0; k < draws; k++) g.fillRect(x - 0.75, y(r.z[k * n + d] ?? 0) - 0.75, 1.5, 1.5);
    }
  }

  override dropped(file: File): boolean {
    if (!file.type.startsWith("image/")) return false;
    this.#picture(file);
    return true;
  }

  #picture(file: File) {
    void this.host.attempt(async () => {
      const wrong = (reason: string) =>
        problem("bad-image", `This image cannot be used: ${reason}.`, "Use a PNG, JPEG or WebP picture, or draw one.");
      if (file.size > 32 << 20) throw wrong("it is larger than 32 MB");
      const bitmap = await createImageBitmap(file).catch(() => {
        throw wrong(`${file.name.slice(0, 60)} is no picture that this browser can read`);
      });
      const scale = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      const g = canvas.getContext("2d");
      if (!g) throw wrong("the browser gave no canvas for it");
      g.fillStyle = "#fff";
      g.fillRect(0, 0, canvas.width, canvas.height);
      g.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      const { data, width, height } = g.getImageData(0, 0, canvas.width, canvas.height);
      this.#source = { type: "rgba", width, height, pixels: new Uint8Array(data.buffer) };
      this.#run(true);
    });
  }

  override render() {
    const r = this.#result;
    const n = this.host.info?.latentDim ?? 0;
    const index = this.#source.type === "test" ? this.#source.index : -1;
    return html`<div class="three">
        <div>
          <p class="head"><b>x</b> the picture</p>
          ${this.#pad.render()}
          <div class="row">
            <button
              type="button"
              @click=${() => {
                this.#pad.clear();
                this.#source = { type: "drawing", ...this.#pad.pixels() };
                this.#run();
              }}>
              Clear and draw
            </button>
            <label class="button"
              >Open a picture<input
                type="file"
                accept="image/*"
                class="unseen"
                @change=${(e: Event) => {
                  const input = e.target as HTMLInputElement;
                  const file = input.files?.[0];
                  input.value = "";
                  if (file) this.#picture(file);
                }}
            /></label>
          </div>
        </div>
        <div>
          <p class="head blue">
            <b>q(z|x)</b> ${n === 2 ? "its place in the plane" : `its ${n} code numbers, mean ± σ`}
          </p>
          <canvas
            class="posterior"
            role="img"
            ${ref((c) => {
              this.#canvas = c as HTMLCanvasElement | undefined;
              if (c) this.#plot();
            })}
            aria-label=${
              r
                ? `The posterior: means ${r.mu
                    .slice(0, 8)
                    .map((v) => v.toFixed(1))
                    .join(", ")}`
                : "The posterior"
            }></canvas>
          <div class="row">
            <button
              type="button"
              @click=${() => {
                this.#seed++;
                this.#run();
              }}>
              Draw ε again
            </button>
          </div>
        </div>
        <div>
          <p class="head red"><b>p(x|z)</b> ${DRAWS} draws decoded</p>
          <canvas
            class="plate"
            role="img"
            aria-label=${`${DRAWS} reconstructions`}
            ${ref(this.#output.attach)}></canvas>
        </div>
      </div>
      ${
        r
          ? html`<p class="sum" aria-live="polite">
              <span class="red">−log p(x|z) <b>${figure(r.reconstruction, 1)}</b></span
              ><b>+</b> <span class="blue">KL(q‖p) <b>${figure(r.kl, 1)}</b></span
              ><b>=</b>
              <span>−ELBO, nats <b>${figure(r.reconstruction + r.kl, 1)}</b></span>
            </p>`
          : nothing
      }
      <p class="label">Or take one of the test images, which the model never saw</p>
      ${this.#picker.render(
        "Test images",
        (i) => (i === index ? "x" : ""),
        (i) => {
          this.#source = { type: "test", index: i };
          this.#run(true);
          this.host.changed();
          this.host.requestUpdate();
        },
      )}`;
  }
}

import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { badOption } from "../client/errors";
import type { TrainState, View } from "../client/protocol";
import { Latest, Panel, type Host } from "./panel";
import { Plate, colorOf, coordinates, fit, print, rgb, type ImageView } from "./draw";
import { segments } from "./form";

const EXTENT = 3;
const COLUMNS = 28;
const POINTS = 2000;
type Layer = "pictures" | "codes" | "both";

/** The plane of a two-dimensional latent space: what each place decodes to, and where data lies. */
export class LatentPanel extends Panel {
  #mosaic: ImageView | undefined;
  #printed: HTMLCanvasElement | undefined;
  #points: { xy: Float32Array; classes: Uint8Array } | undefined;
  #here = new Plate();
  #canvas: HTMLCanvasElement | undefined;
  #z: [number, number] = [0, 0];
  #layer: Layer = "both";
  #only: number | undefined;
  #latest = new Latest();
  #decode = new Latest();
  #refreshed = 0;

  constructor(host: Host) {
    super(host);
    this.params["z"] = {
      get: () => (this.#z[0] || this.#z[1] ? this.#z.map((v) => v.toFixed(2)).join(",") : undefined),
      set: (text) => {
        if (text === undefined) {
          this.#z = [0, 0];
          return;
        }
        const z = text.split(",").map(Number);
        if (z.length !== 2 || !z.every((v) => Math.abs(v) <= EXTENT))
          throw badOption(
            "z",
            text,
            `two numbers between −${EXTENT} and ${EXTENT} are expected, with a comma between them`,
          );
        this.#z = [z[0] ?? 0, z[1] ?? 0];
      },
    };
  }

  override caption() {
    return this.host.help("latent");
  }

  override refresh() {
    const { session, info } = this.host;
    if (!session || !info) return;
    if (info.latentDim !== 2) {
      this.host.drawn();
      return;
    }
    this.#refreshed = performance.now();
    this.#latest.run(() =>
      this.host.attempt(async () => {
        const view = await session.view({ type: "plot", plot: "latent", inputs: { resolution: COLUMNS } });
        if (view.kind !== "image") return;
        this.#mosaic = view;
        this.#printed = undefined;
        this.#draw();
        this.host.drawn();
        this.#look();
        await session.needData(info.data);
        const points = await session.view({ type: "plot", plot: "codes", inputs: { count: POINTS } });
        if (points.kind !== "points") return;
        this.#points = { xy: coordinates(points), classes: points.classes };
        this.#draw();
      }),
    );
  }

  override trained(_state: TrainState, samples: View | null) {
    if (samples && performance.now() - this.#refreshed > 2500) this.refresh();
  }

  override redraw(recolour: boolean) {
    if (recolour) this.#printed = undefined;
    this.#draw();
    this.#here.redraw(recolour);
  }

  #attach = (canvas?: Element) => {
    this.#canvas = canvas as HTMLCanvasElement | undefined;
    if (canvas) this.#draw();
  };

  /** Decodes the point under the marker. */
  #look() {
    const { session } = this.host;
    if (!session) return;
    const z = [...this.#z];
    this.#decode.run(() =>
      this.host.attempt(async () => this.show(this.#here, await session.view({ type: "decode", z }), { columns: 1 })),
    );
  }

  #draw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width: w } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, w, w);
    const x = (v: number) => ((v + EXTENT) / (2 * EXTENT)) * w;
    const y = (v: number) => ((EXTENT - v) / (2 * EXTENT)) * w;
    if (this.#mosaic && this.#layer !== "codes") {
      this.#printed ??= print(this.#mosaic, rgb(getComputedStyle(canvas).color));
      g.globalAlpha = this.#layer === "both" ? 0.42 : 1;
      g.imageSmoothingQuality = "high";
      g.drawImage(this.#printed, 0, 0, w, w);
      g.globalAlpha = 1;
    }
    const ink = getComputedStyle(canvas).color;
    if (this.#points && this.#layer !== "pictures") {
      const { xy, classes } = this.#points;
      const size = Math.max(1.6, w / 260);
      const colors = Array.from({ length: 10 }, (_, i) => colorOf(this.host, `--_class-${i}`));
      for (let pass = 0; pass < 2; pass++) {
        for (let i = 0; 2 * i + 1 < xy.length; i++) {
          const c = classes[i] ?? 0;
          const lit = this.#only === undefined || this.#only === c;
          if (lit !== (pass === 1)) continue;
          g.globalAlpha = lit ? 0.85 : 0.08;
          g.fillStyle = colors[c % 10] ?? ink;
          g.beginPath();
          g.arc(x(xy[2 * i] ?? 0), y(xy[2 * i + 1] ?? 0), size, 0, 7);
          g.fill();
        }
      }
      g.globalAlpha = 1;
    }
    // The marker, with a halo of paper so that it shows on anything.
    const [zx, zy] = [x(this.#z[0]), y(this.#z[1])];
    for (const [style, line] of [
      [colorOf(this.host, "--_paper"), 5],
      [colorOf(this.host, "--_red"), 2],
    ] as const) {
      g.strokeStyle = style;
      g.lineWidth = line;
      g.beginPath();
      g.arc(zx, zy, 9, 0, 7);
      g.moveTo(zx - 16, zy);
      g.lineTo(zx - 9, zy);
      g.moveTo(zx + 9, zy);
      g.lineTo(zx + 16, zy);
      g.moveTo(zx, zy - 16);
      g.lineTo(zx, zy - 9);
      g.moveTo(zx, zy + 9);
      g.lineTo(zx, zy + 16);
      g.stroke();
    }
  }

  #move(z1: number, z2: number) {
    const clip = (v: number) => Math.min(EXTENT, Math.max(-EXTENT, Math.round(v * 1000) / 1000));
    this.#z = [clip(z1), clip(z2)];
    this.#draw();
    this.#look();
    this.host.changed();
    this.host.requestUpdate();
  }

  #pointer = (e: PointerEvent) => {
    const canvas = e.currentTarget as HTMLCanvasElement;
    // A finger moves the marker only after it went down on the map; a mouse always does.
    if (e.type === "pointerdown") canvas.setPointerCapture(e.pointerId);
    else if (e.pointerType !== "mouse" && !canvas.hasPointerCapture(e.pointerId)) return;
    const box = canvas.getBoundingClientRect();
    this.#move(
      ((e.clientX - box.left) / box.width) * 2 * EXTENT - EXTENT,
      EXTENT - ((e.clientY - box.top) / box.height) * 2 * EXTENT,
    );
  };

  #key = (e: KeyboardEvent) => {
    const by = e.shiftKey ? 0.5 : 0.1;
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, by],
      ArrowDown: [0, -by],
    };
    const step = steps[e.key];
    if (!step) return;
    e.preventDefault();
    this.#move(this.#z[0] + step[0], this.#z[1] + step[1]);
  };

  override render() {
    const { info } = this.host;
    if (info && info.latentDim !== 2) {
      return html`<div class="empty">
        <p>
          This model has ${info.latentDim} latent numbers; a map can show two. The two-dimensional one gives up some
          sharpness for a space that fits on paper.
        </p>
        <button type="button" class="primary" @click=${() => this.host.setAttribute("model", "vae-mnist-2d")}>
          Open the two-dimensional model
        </button>
      </div>`;
    }
    const classes = info?.classes ?? [];
    const [z1, z2] = this.#z;
    const at = `z₁ = ${z1.toFixed(2)}, z₂ = ${z2.toFixed(2)}`;
    return html`<div class="split wide">
      <div class="stage">
        <canvas
          class="map"
          part="canvas"
          tabindex="0"
          role="application"
          aria-roledescription="map"
          aria-label=${`Map of the latent plane. Arrow keys move the marker, with Shift in larger steps. ${at}`}
          @pointerdown=${this.#pointer}
          @pointermove=${this.#pointer}
          @keydown=${this.#key}
          ${ref(this.#attach)}></canvas>
      </div>
      <div class="side">
        <div class="here">
          <canvas
            class="plate"
            role="img"
            aria-label="The picture that the marked point decodes to"
            ${ref(this.#here.attach)}></canvas>
          <p class="reading" aria-live="polite">${at}</p>
        </div>
        ${segments<Layer>(
          "Show",
          [
            { value: "pictures", label: "Pictures" },
            { value: "codes", label: "Test set" },
            { value: "both", label: "Both" },
          ],
          this.#layer,
          (v) => {
            this.#layer = v;
            this.#draw();
            this.host.requestUpdate();
          },
        )}
        ${
          this.#layer === "pictures"
            ? nothing
            : html`<ul class="legend" aria-label="Classes">
                ${classes.map(
                  (name, i) =>
                    html`<li>
                      <button
                        type="button"
                        aria-pressed=${this.#only === i ? "true" : "false"}
                        data-class=${i % 10}
                        @click=${() => {
                          this.#only = this.#only === i ? undefined : i;
                          this.#draw();
                          this.host.requestUpdate();
                        }}>
                        <i></i>${name}
                      </button>
                    </li>`,
                )}
              </ul>`
        }
      </div>
    </div>`;
  }
}

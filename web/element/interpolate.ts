import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Path, TrainState, View } from "../client/protocol";
import { Latest, Panel, type Host } from "./panel";
import { read } from "./attributes";
import { Plate, type ImageView } from "./draw";
import { segments } from "./form";
import { Picker } from "./picker";

/** Frames on the way; the slider walks over them, the strip shows every fifth. */
const FRAMES = 41;
const STRIP = 5;

/** The way from one image to another through the latent space. */
export class InterpolatePanel extends Panel {
  #ends: [number, number] = [0, 1];
  #choosing: 0 | 1 = 0;
  #path: Path = "spherical";
  #t = 0.5;
  #frames: ImageView | undefined;
  #picker = new Picker(40);
  #now = new Plate();
  #strip = new Plate();
  #latest = new Latest();
  #loaded: string | undefined;
  #refreshed = 0;

  constructor(host: Host) {
    super(host);
    const end = (name: "from" | "to", which: 0 | 1) => {
      this.params[name] = {
        get: () => (this.#ends[which] === which ? undefined : String(this.#ends[which])),
        set: (text) => {
          this.#ends[which] = read(name, text);
        },
      };
    };
    end("from", 0);
    end("to", 1);
    this.params["t"] = {
      get: () => (this.#t === 0.5 ? undefined : this.#t.toFixed(3).replace(/\.?0+$/, "")),
      set: (text) => {
        this.#t = Math.round(read("t", text) * (FRAMES - 1)) / (FRAMES - 1);
      },
    };
    this.params["path"] = {
      get: () => (this.#path === "spherical" ? undefined : this.#path),
      set: (text) => {
        this.#path = read("path", text);
      },
    };
  }

  override caption() {
    return this.host.help("interpolate");
  }

  override refresh() {
    const { session, info } = this.host;
    if (!session || !info) return;
    this.#refreshed = performance.now();
    this.#latest.run(() =>
      this.host.attempt(async () => {
        await session.needData(info.data);
        if (this.#loaded !== info.data) {
          const view = await session.view({ type: "dataImages", start: this.#picker.start, count: this.#picker.count });
          if (view.kind === "image") this.#picker.show(view);
          this.#loaded = info.data;
        }
        const [from, to] = this.#ends;
        const view = await session.view({
          type: "plot",
          plot: "interpolate",
          inputs: {
            image: { type: "test", index: from },
            to: { type: "test", index: to },
            count: FRAMES,
            path: this.#path,
          },
        });
        if (view.kind !== "image") return;
        this.#frames = view;
        this.#draw();
        this.host.drawn();
      }),
    );
  }

  override trained(_state: TrainState, samples: View | null) {
    if (samples && performance.now() - this.#refreshed > 1500) this.refresh();
  }

  override redraw(recolour: boolean) {
    this.#picker.redraw(recolour);
    this.#now.redraw(recolour);
    this.#strip.redraw(recolour);
  }

  /** Tiles of the frames as a view of their own. */
  #cut(which: number[]): ImageView | undefined {
    const all = this.#frames;
    if (!all) return undefined;
    const w = all.width / all.columns;
    const h = all.height / all.rows;
    const rgba = new Uint8Array(4 * w * h * which.length);
    which.forEach((frame, i) => {
      const left = (frame % all.columns) * w;
      const top = Math.floor(frame / all.columns) * h;
      for (let y = 0; y < h; y++) {
        const at = 4 * ((top + y) * all.width + left);
        rgba.set(all.rgba.subarray(at, at + 4 * w), 4 * (y * w * which.length + i * w));
      }
    });
    return { kind: "image", width: w * which.length, height: h, columns: which.length, rows: 1, rgba };
  }

  #draw() {
    const strip = this.#cut(Array.from({ length: (FRAMES - 1) / STRIP + 1 }, (_, i) => i * STRIP));
    if (strip) this.#strip.show(strip, { columns: strip.columns, gap: 0 });
    this.#frame();
  }

  #frame() {
    const now = this.#cut([Math.round(this.#t * (FRAMES - 1))]);
    if (now) this.#now.show(now, { columns: 1 });
  }

  #slide = (e: Event) => {
    this.#t = Number((e.target as HTMLInputElement).value);
    this.#frame();
    this.host.changed();
    this.host.requestUpdate();
  };

  #pick(index: number) {
    this.#ends[this.#choosing] = index;
    this.#choosing = this.#choosing === 0 ? 1 : 0;
    this.refresh();
    this.host.changed();
    this.host.requestUpdate();
  }

  override render() {
    const [from, to] = this.#ends;
    const t = this.#t.toFixed(2);
    return html`<div class="walk">
        <div class="now">
          <canvas
            class="plate"
            role="img"
            aria-label=${`The picture at ${t} of the way`}
            ${ref(this.#now.attach)}></canvas>
        </div>
        <div class="way">
          ${segments<Path>(
            "Path",
            [
              { value: "spherical", label: "Along the sphere" },
              { value: "linear", label: "Straight" },
            ],
            this.#path,
            (v) => {
              this.#path = v;
              this.refresh();
              this.host.changed();
              this.host.requestUpdate();
            },
          )}
          <canvas class="plate strip" role="img" aria-label="Frames on the way" ${ref(this.#strip.attach)}></canvas>
          <label class="unseen" for="t">Position on the way</label>
          <input
            type="range"
            id="t"
            min="0"
            max="1"
            step=${1 / (FRAMES - 1)}
            .value=${String(this.#t)}
            @input=${this.#slide} />
          <p class="ends"><span>A</span><output>t = ${t}</output><span>B</span></p>
        </div>
      </div>
      <div class="row between">
        <p class="label">Pick the two ends among the test images</p>
        ${segments<0 | 1>(
          "Which end to pick",
          [
            { value: 0, label: `A: ${from}` },
            { value: 1, label: `B: ${to}` },
          ],
          this.#choosing,
          (v) => {
            this.#choosing = v;
            this.host.requestUpdate();
          },
        )}
      </div>
      ${this.#picker.render(
        "Test images",
        (i) => [i === from ? "A" : "", i === to ? "B" : ""].join(""),
        (i) => this.#pick(i),
      )}`;
  }
}

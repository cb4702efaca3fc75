import { html } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { Plate, type ImageView } from "../draw";
import { FRAMES, type PairInput } from "../inputs/pair";
import type { Reel } from "../film";
import type { Host } from "../panel";
import type { Renderer } from "./renderer";
import { tiles } from "./tiles";

/** The strip shows every fifth frame. */
const STRIP = 5;

/** Images on the way from one to another: a slider walks over them. */
export class FramesRenderer implements Renderer {
  readonly within = true;
  #frames: ImageView | undefined;
  #now = new Plate();
  #strip = new Plate();

  constructor(
    private readonly host: Host,
    private readonly pair: PairInput,
  ) {}

  show(view: View) {
    if (view.kind !== "image") return;
    this.#frames = view;
    const strip = this.#cut(Array.from({ length: (FRAMES - 1) / STRIP + 1 }, (_, i) => i * STRIP));
    if (strip) this.#strip.show(strip, { columns: strip.columns, gap: 0 });
    this.#frame();
  }

  clear() {
    this.#frames = undefined;
    this.#now.clear();
    this.#strip.clear();
  }

  redraw(recolour: boolean) {
    this.#now.redraw(recolour);
    this.#strip.redraw(recolour);
  }

  /** Tiles of the frames as a view of their own. */
  #cut(which: number[]): ImageView | undefined {
    return this.#frames && tiles(this.#frames, which);
  }

  #frame() {
    const now = this.#cut([Math.round(this.pair.t * (FRAMES - 1))]);
    if (now) this.#now.show(now, { columns: 1 });
  }

  #slide = (e: Event) => {
    this.pair.t = Number((e.target as HTMLInputElement).value);
    this.#frame();
    this.host.changed();
    this.host.requestUpdate();
  };

  /** The walk from one to the other. */
  reel(): Reel | undefined {
    if (!this.#frames) return undefined;
    const before = this.pair.t;
    const at = (t: number) => {
      this.pair.t = t;
      this.#frame();
      this.host.requestUpdate();
    };
    return {
      count: FRAMES,
      show: async (i) => at(i / (FRAMES - 1)),
      canvas: () => this.#now.canvas,
      end: () => at(before),
    };
  }

  render() {
    const { words } = this.host;
    const t = words.figure(this.pair.t, 2);
    return html`<div class="walk">
      <div class="now">
        <canvas class="plate" role="img" aria-label=${words.say("imageAt", { t })} ${ref(this.#now.attach)}></canvas>
      </div>
      <div class="way">
        ${this.pair.render()}
        <canvas
          class="plate strip"
          role="img"
          aria-label=${words.say("framesOnWay")}
          ${ref(this.#strip.attach)}></canvas>
        <label class="unseen" for="t">${words.say("positionOnWay")}</label>
        <input
          type="range"
          id="t"
          min="0"
          max="1"
          step=${1 / (FRAMES - 1)}
          .value=${live(String(this.pair.t))}
          @input=${this.#slide} />
        <p class="ends"><span>A</span><output>t = ${t}</output><span>B</span></p>
      </div>
    </div>`;
  }
}

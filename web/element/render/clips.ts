import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { Plate, reducedMotion, type ImageView } from "../draw";
import type { Reel } from "../film";
import type { Host } from "../panel";
import type { Renderer } from "./renderer";
import { edged, tiles } from "./tiles";

type Clips = Extract<View, { kind: "clips" }>;

/** How long a frame stays, milliseconds. */
const STAY = 125;
/** How long the last one does. */
const REST = 700;
/** Pixels of the page to a clip, at most. */
const WIDEST = 200;
/** How dark the walls are drawn, of 255. */
const EDGE = 70;

/** Clips that play side by side, frame by frame: play and pause, a slider, one frame on or back, again and again. */
export class ClipsRenderer implements Renderer {
  #view: Clips | undefined;
  #sheet: ImageView | undefined;
  #plate = new Plate();
  #at = 0;
  /** Whether it is to play: by itself at first, unless the reader's system asks for little motion. */
  #playing = !reducedMotion();
  #loop = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: Host) {}

  show(view: View) {
    if (view.kind !== "clips" || view.sheet.kind !== "image") return;
    this.#view = view;
    this.#sheet = view.sheet;
    this.#frame(Math.min(this.#at, this.#frames - 1));
    this.#wait();
  }

  clear() {
    this.#view = this.#sheet = undefined;
    this.#plate.clear();
    this.#wait();
  }

  redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
  }

  updated() {
    // A view that was left stops, and goes on when it is looked at again.
    if (this.#playing && this.#timer === undefined) this.#wait();
  }

  hide() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  canvas() {
    return this.#plate.canvas;
  }

  get #frames(): number {
    return this.#sheet?.columns ?? 0;
  }

  /** Shows a frame of all clips. */
  #frame(at: number) {
    this.#at = at;
    const sheet = this.#sheet;
    if (!sheet) return;
    const which = Array.from({ length: sheet.rows }, (_, clip) => clip * sheet.columns + at);
    const named = this.#view?.titles.length ? sheet.rows : undefined;
    this.#plate.show(edged(tiles(sheet, which), EDGE), { columns: named, gap: 0.06, widest: WIDEST });
  }

  /** Waits for the next frame, if it plays. */
  #wait() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#playing || !this.#sheet || !this.#plate.canvas?.isConnected) return;
    const last = this.#at + 1 >= this.#frames;
    this.#timer = setTimeout(() => this.#next(last), last ? REST : STAY);
  }

  #next(last: boolean) {
    if (last && !this.#loop) {
      this.#play(false);
      return;
    }
    this.#frame(last ? 0 : this.#at + 1);
    this.host.requestUpdate();
    this.#wait();
  }

  #play(playing: boolean) {
    // From the end it begins anew.
    if (playing && this.#at + 1 >= this.#frames) this.#frame(0);
    this.#playing = playing;
    this.#wait();
    this.host.requestUpdate();
  }

  /** Stops at a frame. */
  #go(at: number) {
    const n = Math.max(1, this.#frames);
    this.#frame((at + n) % n);
    this.#play(false);
  }

  /** All frames, one after the other. */
  reel(): Reel | undefined {
    if (!this.#sheet) return undefined;
    const before = [this.#at, this.#playing] as const;
    return {
      count: this.#frames,
      show: async (i) => {
        if (this.#playing) this.#play(false);
        this.#frame(i);
      },
      canvas: () => this.#plate.canvas,
      end: () => {
        this.#frame(before[0]);
        this.#play(before[1]);
      },
    };
  }

  /** What stands below the picture. */
  #controls() {
    const { words } = this.host;
    const [at, of] = [this.#at + 1, Math.max(1, this.#frames)];
    const given = this.#view?.given[this.#at] ?? false;
    const told = words.say(given ? "frameGiven" : "frameOf", { at, of });
    const go = (by: number) => () => this.#go(this.#at + by);
    return html`<div class="player" role="group" aria-label=${words.say("player")}>
      <button type="button" @click=${() => this.#play(!this.#playing)}>
        ${words.say(this.#playing ? "pause" : "play")}
      </button>
      <button type="button" aria-label=${words.say("frameBack")} @click=${go(-1)}>‹</button>
      <button type="button" aria-label=${words.say("frameOn")} @click=${go(1)}>›</button>
      <input
        type="range"
        min="0"
        max=${of - 1}
        step="1"
        aria-label=${words.say("frame")}
        aria-valuetext=${told}
        .value=${live(String(this.#at))}
        @input=${(e: Event) => this.#go(Number((e.target as HTMLInputElement).value))} />
      <output aria-live="off">${told}</output>
      <label
        ><input
          type="checkbox"
          .checked=${live(this.#loop)}
          @change=${(e: Event) => (this.#loop = (e.target as HTMLInputElement).checked)} />
        ${words.say("loop")}</label
      >
    </div>`;
  }

  render() {
    const { words, bare } = this.host;
    const titles = this.#view?.titles ?? [];
    const names = titles.map((title) => words.told(title));
    const clips = this.#sheet?.rows ?? 0;
    const label = names.length ? names.join(words.say("listComma")) : words.say("clips", { n: clips });
    return html`<div class="clips">
      <canvas class="plate" part="canvas" role="img" aria-label=${label} ${ref(this.#plate.attach)}></canvas>
      ${
        names.length
          ? html`<ol class="clip-names">
              ${names.map((name) => html`<li>${name}</li>`)}
            </ol>`
          : nothing
      }
      ${bare ? nothing : this.#controls()}
    </div>`;
  }
}

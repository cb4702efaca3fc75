import { html, nothing } from "lit";
import type { PlotInputs } from "../../client/protocol";
import { read } from "../attributes";
import { inkOf, print, type ImageView } from "../draw";
import { colorOf, rgb } from "../ink";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import { Picker } from "./picker";
import { Surface, alongLine } from "./surface";

/** Side of the mask in its own pixels. */
const SIDE = 112;
const BRUSHES = [6, 12, 24, 40];

/**
 * A mask that the reader paints, with mouse, finger, pen or keyboard: over a test image, or over a picture that comes
 * from elsewhere.
 */
export class MaskInput implements Input {
  readonly params: Record<string, Param>;
  #index = 0;
  #mask: Uint8Array<ArrayBuffer> = new Uint8Array(SIDE * SIDE);
  #brush = BRUSHES[1] ?? 12;
  #erasing = false;
  #picker: Picker;
  #cover = document.createElement("canvas");
  #tile: { key: string; canvas: HTMLCanvasElement } | undefined;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
    private readonly elsewhere?: () => ImageView | undefined,
  ) {
    this.#picker = new Picker(host, 20);
    this.#cover.width = this.#cover.height = SIDE;
    this.params = elsewhere
      ? {}
      : {
          image: {
            get: () => (this.#index ? String(this.#index) : undefined),
            set: (text) => {
              this.#index = read("image", text);
            },
          },
        };
    // Something is to be seen before anything was painted: of what moves, a band through which it comes.
    this.#half(elsewhere ? (x) => Math.abs(x - SIDE / 2) < SIDE / 7 : (_, y) => y >= SIDE / 2);
  }

  async prepare() {
    if (!this.elsewhere) await this.#picker.load();
    this.#draw();
  }

  ask(): PlotInputs | undefined {
    if (!this.#mask.some((m) => m > 0)) return undefined;
    const mask = { width: SIDE, height: SIDE, pixels: Uint8Array.from(this.#mask) };
    return this.elsewhere ? { mask } : { image: { type: "test", index: this.#index }, mask };
  }

  /** What lies beneath is another picture. */
  beneath() {
    this.#tile = undefined;
    this.#draw();
  }

  redraw(recolour: boolean) {
    this.#picker.redraw(recolour);
    this.#draw();
  }

  #draw() {
    this.#surface.redraw();
  }

  /** The image in the ink of the page, made once. */
  #printed(canvas: HTMLCanvasElement): HTMLCanvasElement | undefined {
    const ink = inkOf(canvas);
    const key = `${this.#picker.loaded} ${this.#index} ${ink.join(" ")}`;
    if (this.#tile?.key === key) return this.#tile.canvas;
    const tile = this.elsewhere ? this.elsewhere() : this.#picker.tile(this.#index);
    if (!tile) return undefined;
    this.#tile = { key, canvas: print(tile, ...ink) };
    return this.#tile.canvas;
  }

  #paint(g: CanvasRenderingContext2D, width: number, canvas: HTMLCanvasElement) {
    g.imageSmoothingEnabled = false;
    const tile = this.#printed(canvas);
    if (tile) g.drawImage(tile, 0, 0, width, width);
    const cover = rgb(colorOf(this.host, "--_blue"));
    const image = new ImageData(SIDE, SIDE);
    for (let i = 0; i < this.#mask.length; i++) {
      if (!this.#mask[i]) continue;
      // Stripes, so that a mask is seen on any image and by any eye.
      const alpha = ((i % SIDE) + Math.floor(i / SIDE)) % 6 < 3 ? 217 : 128;
      image.data.set([...cover, alpha], 4 * i);
    }
    this.#cover.getContext("2d")?.putImageData(image, 0, 0);
    g.drawImage(this.#cover, 0, 0, width, width);
  }

  #half(covered: (x: number, y: number) => boolean) {
    this.#mask = Uint8Array.from(this.#mask, (_, i) => Number(covered(i % SIDE, Math.floor(i / SIDE))));
  }

  /** Another mask at once. */
  #set(covered: (x: number, y: number) => boolean) {
    this.#surface.alter(() => this.#half(covered));
    this.#done();
  }

  #done() {
    this.#draw();
    this.changed();
    this.host.requestUpdate();
  }

  #surface: Surface<Uint8Array<ArrayBuffer>> = new Surface({
    side: SIDE,
    margin: 0,
    steps: [4, 16],
    take: () => this.#mask.slice(),
    give: (mask) => {
      this.#mask = mask;
      this.#done();
    },
    line: (from, to) =>
      alongLine(from, to, this.#brush / 2, SIDE, (pixel, far) => {
        if (far <= this.#brush / 2) this.#mask[pixel] = this.#erasing ? 0 : 1;
      }),
    end: () => this.#done(),
    clear: () => {
      this.#half(() => false);
      this.#done();
    },
    paint: (g, width, canvas) => this.#paint(g, width, canvas),
    pen: () => ({ color: colorOf(this.host, "--_red"), radius: this.#brush / 2, width: [3, 1.5] }),
  });

  render() {
    const { words } = this.host;
    const { history } = this.#surface;
    const button = (label: string, click: () => void, disabled = false, pressed?: boolean) =>
      html`<button
        type="button"
        ?disabled=${disabled}
        aria-pressed=${pressed === undefined ? null : String(pressed)}
        @click=${click}>
        ${label}
      </button>`;
    return html`<div>
      <p class="head">${words.say("paintOver")}</p>
      ${this.#surface.render(words, words.say("mask"), words.say("paintHere"))}
      <div class="slider">
        <label for="brush">${words.say("brush")}</label
        ><input
          type="range"
          id="brush"
          min="0"
          max=${BRUSHES.length - 1}
          step="1"
          .value=${String(BRUSHES.indexOf(this.#brush))}
          @input=${(e: Event) => {
            this.#brush = BRUSHES[Number((e.target as HTMLInputElement).value)] ?? this.#brush;
          }} />
      </div>
      <div class="row">
        ${button(words.say("erase"), () => this.#toggle(), false, this.#erasing)}
        ${button(words.say("undo"), () => history.undo(), !history.past)}
        ${button(words.say("redo"), () => history.redo(), !history.future)}
        ${button(words.say("clear"), () => this.#set(() => false))}
      </div>
      <div class="row">
        ${button(words.say("lowerHalf"), () => this.#set((_, y) => y >= SIDE / 2))}
        ${button(words.say("rightHalf"), () => this.#set((x) => x >= SIDE / 2))}
      </div>
    </div>`;
  }

  #toggle() {
    this.#erasing = !this.#erasing;
    this.host.requestUpdate();
  }

  below() {
    if (this.elsewhere) return nothing;
    const { words } = this.host;
    return html`<p class="label">${words.say("whichTestImage")}</p>
      ${this.#picker.render(
        words.say("testImages"),
        (i) => (i === this.#index ? "x" : ""),
        (index) => {
          this.#index = index;
          this.#done();
          this.host.changed();
        },
      )}`;
  }
}

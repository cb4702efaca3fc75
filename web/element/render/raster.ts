import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { fit } from "../draw";
import { segments } from "../form";
import { colorOf, rgb } from "../ink";
import { OnePointer } from "../inputs/one-pointer";
import type { Host } from "../panel";
import { bars, numbers } from "./numbers";
import type { Renderer } from "./renderer";

type Raster = Extract<View, { kind: "raster" }>;
type Shown = "image" | "expected" | "surprise";

/** A pixel that had one chance in 2⁶ is drawn full. */
const SURPRISING = 6;
/** What stands behind the pixel that is looked at is drawn so faintly. */
const AFTER = 0.25;

/** An image in the order of its pixels: a slider draws it, and each pixel can be asked what was expected of it. */
export class RasterRenderer implements Renderer {
  #view: Raster | undefined;
  #size: [width: number, height: number] = [1, 1];
  #chances = new Float32Array();
  #shown: Shown = "image";
  /** Pixels that are drawn; all of them by default. */
  #drawn = Infinity;
  /** The pixel that the reader points at. */
  #at: number | undefined;
  #canvas: HTMLCanvasElement | undefined;

  constructor(
    private readonly host: Host,
    /** Asks for another image, where the model makes it. */
    private readonly another?: () => void,
  ) {}

  show(view: View) {
    if (view.kind !== "raster" || view.image.kind !== "image") return;
    this.#view = view;
    this.#size = [view.image.width, view.image.height];
    // A view into a larger buffer need not be aligned.
    this.#chances = new Float32Array(view.probabilities.slice().buffer);
    if (!this.#chances.length) this.#shown = "image";
    this.#draw();
  }

  clear() {
    this.#view = undefined;
    this.#draw();
  }

  redraw() {
    this.#draw();
  }

  get #count(): number {
    return this.#size[0] * this.#size[1];
  }

  /** The pixel that is told of: the one pointed at, if it is drawn, else the newest. */
  get #told(): number {
    const last = Math.min(this.#drawn, this.#count) - 1;
    return Math.max(0, Math.min(this.#at ?? last, last));
  }

  #chance(pixel: number, level: number): number {
    return this.#chances[pixel * (this.#view?.levels ?? 0) + level] ?? 0;
  }

  #bits(pixel: number): number {
    return -Math.log2(Math.max(1e-30, this.#chance(pixel, this.#view?.values[pixel] ?? 0)));
  }

  /** How full a pixel is drawn, from 0 to 1. */
  #fill({ image, levels }: Raster, pixel: number): number {
    if (this.#shown === "surprise") return Math.min(1, this.#bits(pixel) / SURPRISING);
    if (this.#shown === "image") return image.kind === "image" ? (image.rgba[4 * pixel] ?? 0) / 255 : 0;
    let sum = 0;
    for (let level = 1; level < levels; level++) sum += level * this.#chance(pixel, level);
    return sum / Math.max(1, levels - 1);
  }

  #draw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const [columns, rows] = this.#size;
    const tall = (canvas.clientWidth * rows) / columns;
    canvas.style.height = `${tall}px`;
    const { g, width } = fit(canvas, tall);
    if (!g) return;
    g.clearRect(0, 0, width, tall);
    const view = this.#view;
    if (!view || view.image.kind !== "image") return;
    const small = document.createElement("canvas");
    [small.width, small.height] = [columns, rows];
    const pixels = new ImageData(columns, rows);
    const ink = rgb(this.#shown === "surprise" ? colorOf(this.host, "--_red") : getComputedStyle(canvas).color);
    const told = this.#told;
    for (let i = 0; i < Math.min(this.#drawn, this.#count); i++) {
      const full = this.#fill(view, i) * (this.#at !== undefined && i > told ? AFTER : 1);
      pixels.data.set([...ink, Math.round(255 * full)], 4 * i);
    }
    const { rgba } = view.image;
    // A picture in colours stays as it is.
    const grey = pixels.data.every((_, i) => i % 4 > 1 || rgba[i] === rgba[i + 1]);
    if (!grey) pixels.data.set(rgba.subarray(0, pixels.data.length));
    small.getContext("2d")?.putImageData(pixels, 0, 0);
    g.imageSmoothingEnabled = false;
    g.drawImage(small, 0, 0, width, tall);
    if (!this.#chances.length) return;
    const cell = width / columns;
    for (const [style, line] of [
      [colorOf(this.host, "--_paper"), 4],
      [colorOf(this.host, "--_blue"), 2],
    ] as const) {
      g.strokeStyle = style;
      g.lineWidth = line;
      g.strokeRect((told % columns) * cell, Math.floor(told / columns) * cell, cell, cell);
    }
  }

  #look(pixel: number | undefined) {
    if (pixel === this.#at) return;
    this.#at = pixel;
    this.#draw();
    this.host.requestUpdate();
  }

  #over = new OnePointer(
    (e) => {
      const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
      const [columns, rows] = this.#size;
      const place = (share: number, all: number) => Math.min(all - 1, Math.max(0, Math.floor(share * all)));
      const [x, y] = [(e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height];
      this.#look(place(y, rows) * columns + place(x, columns));
    },
    undefined,
    true,
  );

  #key = (e: KeyboardEvent) => {
    const [columns] = this.#size;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[e.key];
    if (by === undefined) return;
    e.preventDefault();
    const to = this.#told + by;
    if (to >= 0 && to < this.#count) this.#look(to);
  };

  #side(view: Raster) {
    const { words } = this.host;
    const told = this.#told;
    const [columns] = this.#size;
    const place = { row: Math.floor(told / columns) + 1, column: (told % columns) + 1 };
    const number = (title: string, value: number, digits: number, unit = "") => ({
      ...{ id: title, title, value, digits, unit, atMost: false },
    });
    const level = view.values[told] ?? 0;
    const about =
      view.levels === 2
        ? [number(words.say("chanceOfWhite"), this.#chance(told, 1), 3)]
        : [number(words.say("itsLevel"), level, 0), number(words.say("chanceOfIt"), this.#chance(told, level), 3)];
    about.push(number(words.say("surprise"), this.#bits(told), 2, "bits"));
    const chances = Array.from({ length: view.levels }, (_, k) => this.#chance(told, k));
    return html`${segments<Shown>(
        words.say("show"),
        [
          { value: "image", label: words.say("asItIs") },
          { value: "expected", label: words.say("wasExpected") },
          { value: "surprise", label: words.say("surprise") },
        ],
        this.#shown,
        (shown) => {
          this.#shown = shown;
          this.#draw();
          this.host.requestUpdate();
        },
      )}
      <p class="reading" aria-live="polite">${words.say("pixelAt", place)}</p>
      ${numbers(words, about, words.say("ofThePixel"))}
      ${view.levels > 2 ? bars(words, { title: words.say("chanceOfEach"), values: chances }) : nothing}`;
  }

  render() {
    const { words } = this.host;
    const view = this.#view;
    const asked = this.#chances.length > 0;
    const all = this.#count;
    const drawn = Math.min(this.#drawn, all);
    const [columns] = this.#size;
    const place = { row: Math.floor(this.#told / columns) + 1, column: (this.#told % columns) + 1 };
    return html`<div class="raster">
      <div>
        <canvas
          class=${asked ? "active" : ""}
          role=${asked ? "application" : "img"}
          tabindex=${asked ? 0 : nothing}
          aria-label=${asked ? words.say("rasterOf", { at: words.say("pixelAt", place) }) : words.say("theImage")}
          @pointermove=${asked ? this.#over.handle : nothing}
          @pointerdown=${asked ? this.#over.handle : nothing}
          @pointerup=${asked ? this.#over.handle : nothing}
          @pointercancel=${asked ? this.#over.handle : nothing}
          @pointerleave=${asked ? () => this.#look(undefined) : nothing}
          @keydown=${asked ? this.#key : nothing}
          ${ref((canvas) => {
            if (canvas === this.#canvas) return;
            this.#canvas = canvas as HTMLCanvasElement | undefined;
            this.#draw();
          })}></canvas>
        ${
          asked
            ? html`<div class="slider">
                <label for="drawn">${words.say("pixelsDrawn", { n: drawn, all })}</label
                ><input
                  type="range"
                  id="drawn"
                  min="1"
                  max=${all}
                  step="1"
                  .value=${live(String(drawn))}
                  @input=${(e: Event) => {
                    this.#drawn = Number((e.target as HTMLInputElement).value);
                    this.#at = undefined;
                    this.#draw();
                    this.host.requestUpdate();
                  }} />
              </div>`
            : nothing
        }
      </div>
      <div class="side">
        ${view && asked ? this.#side(view) : nothing}
        ${view ? numbers(words, view.numbers, words.say("numbersBeside")) : nothing}
        ${
          this.another
            ? html`<div class="row">
                <button type="button" @click=${this.another}>${words.say("anotherImage")}</button>
              </div>`
            : nothing
        }
      </div>
    </div>`;
  }
}

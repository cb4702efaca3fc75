import type { TemplateResult } from "lit";
import type { Words } from "../../lang/words";
import { inkOf, print, type ImageView } from "../draw";
import { Surface, alongLine } from "./surface";

/** Side of the drawing in its own pixels: seven for one of MNIST's. */
const SIDE = 196;
const PEN = 15;

/** A drawing as it was. */
interface Drawn {
  ink: Uint8ClampedArray<ArrayBuffer>;
  blank: boolean;
  tile: ImageView | undefined;
}

const coloured = ({ rgba }: ImageView) => rgba.some((v, i) => i % 4 < 2 && v !== rgba[i + 1]);

/**
 * A square to draw in, with mouse, finger or keyboard. The drawing is kept as numbers, so that no canvas is read back.
 */
export class Pad {
  /** Nothing was drawn yet. */
  blank = true;
  /** How much ink there is, a byte a pixel. */
  #ink = new Uint8ClampedArray(SIDE * SIDE);
  #print = document.createElement("canvas");
  /** The image that it was begun from, as long as nothing is drawn over it. */
  #tile: ImageView | undefined;

  constructor(private readonly changed: () => void) {
    this.#print.width = this.#print.height = SIDE;
  }

  /** The drawing as the worker takes it: light ink on black, a byte a pixel. */
  pixels(): { width: number; height: number; pixels: Uint8Array } {
    return { width: SIDE, height: SIDE, pixels: Uint8Array.from(this.#ink) };
  }

  /** Takes everything away, which can be taken back. */
  clear() {
    this.#surface.alter(() => this.#empty());
    this.redraw();
  }

  #empty() {
    this.blank = true;
    this.#ink.fill(0);
    this.#tile = undefined;
  }

  /** Starts from an image of one tile, light ink on black: so that it can be altered. */
  take(tile: ImageView) {
    this.#surface.history.forget();
    const { width, height, rgba } = tile;
    const value = (x: number, y: number) =>
      rgba[4 * (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x)))] ?? 0;
    for (let v = 0; v < SIDE; v++) {
      const y = ((v + 0.5) * height) / SIDE - 0.5;
      const [y0, b] = [Math.floor(y), y - Math.floor(y)];
      for (let u = 0; u < SIDE; u++) {
        const x = ((u + 0.5) * width) / SIDE - 0.5;
        const [x0, a] = [Math.floor(x), x - Math.floor(x)];
        const top = value(x0, y0) * (1 - a) + value(x0 + 1, y0) * a;
        const bottom = value(x0, y0 + 1) * (1 - a) + value(x0 + 1, y0 + 1) * a;
        this.#ink[v * SIDE + u] = top * (1 - b) + bottom * b;
      }
    }
    this.blank = false;
    this.#tile = tile;
    this.redraw();
  }

  redraw() {
    this.#surface.redraw();
  }

  #paint(g: CanvasRenderingContext2D, width: number, canvas: HTMLCanvasElement) {
    const [[red, green, blue], asIs] = inkOf(canvas);
    if (this.#tile && (asIs || coloured(this.#tile))) {
      g.imageSmoothingQuality = "high";
      g.drawImage(print(this.#tile, [red, green, blue], asIs), 0, 0, width, width);
      return;
    }
    const image = new ImageData(SIDE, SIDE);
    this.#ink.forEach((v, i) => image.data.set(asIs ? [v, v, v, 255] : [red, green, blue, v], 4 * i));
    this.#print.getContext("2d")?.putImageData(image, 0, 0);
    g.drawImage(this.#print, 0, 0, width, width);
  }

  #surface: Surface<Drawn> = new Surface({
    side: SIDE,
    margin: 7,
    steps: [7, 14],
    take: () => ({ ink: this.#ink.slice(), blank: this.blank, tile: this.#tile }),
    give: ({ ink, blank, tile }) => {
      this.#ink.set(ink);
      [this.blank, this.#tile] = [blank, tile];
      this.redraw();
      this.changed();
    },
    line: (from, to) => {
      const r = PEN / 2;
      alongLine(from, to, r + 1, SIDE, (pixel, far) => {
        const cover = 255 * Math.min(1, Math.max(0, r + 0.5 - far));
        if (cover > (this.#ink[pixel] ?? 0)) this.#ink[pixel] = cover;
      });
      this.blank = false;
      this.#tile = undefined;
      this.changed();
    },
    clear: () => {
      this.#empty();
      this.changed();
    },
    paint: (g, width, canvas) => this.#paint(g, width, canvas),
    pen: (canvas) => ({
      color: inkOf(canvas)[1] ? "#888" : getComputedStyle(canvas).color,
      radius: PEN * 0.6,
      width: [3, 1],
    }),
  });

  render(words: Words): TemplateResult {
    return this.#surface.render(words, words.say("drawingPad"), words.say("drawHere"));
  }
}

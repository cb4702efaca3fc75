import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Words } from "../../lang/words";
import { fit, type ImageView } from "../draw";
import { rgb } from "../ink";
import { OnePointer } from "./one-pointer";

/** Side of the drawing in its own pixels: seven for one of MNIST's. */
const SIDE = 196;
const PEN = 15;
type Place = [x: number, y: number];

/**
 * A square to draw in, with mouse, finger or keyboard. The drawing is kept as numbers, so that no canvas is read back.
 */
export class Pad {
  /** Nothing was drawn yet. */
  blank = true;
  /** How much ink there is, a byte a pixel. */
  #ink = new Uint8ClampedArray(SIDE * SIDE);
  #print = document.createElement("canvas");
  #canvas: HTMLCanvasElement | undefined;
  #last: Place | undefined;
  #cursor: Place = [SIDE / 2, SIDE / 2];
  #down = false;
  #focused = false;

  constructor(private readonly changed: () => void) {
    this.#print.width = this.#print.height = SIDE;
  }

  /** The drawing as the worker takes it: light ink on black, a byte a pixel. */
  pixels(): { width: number; height: number; pixels: Uint8Array } {
    return { width: SIDE, height: SIDE, pixels: Uint8Array.from(this.#ink) };
  }

  clear() {
    this.blank = true;
    this.#ink.fill(0);
    this.redraw();
  }

  /** Starts from an image of one tile, light ink on black: so that it can be altered. */
  take({ width, height, rgba }: ImageView) {
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
    this.redraw();
  }

  redraw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width } = fit(canvas);
    if (!g) return;
    const { color } = getComputedStyle(canvas);
    const [red, green, blue] = rgb(color);
    const image = new ImageData(SIDE, SIDE);
    for (let i = 0; i < this.#ink.length; i++) image.data.set([red, green, blue, this.#ink[i] ?? 0], 4 * i);
    this.#print.getContext("2d")?.putImageData(image, 0, 0);
    g.clearRect(0, 0, width, width);
    g.drawImage(this.#print, 0, 0, width, width);
    if (!this.#focused) return;
    g.strokeStyle = color;
    g.lineWidth = this.#down ? 3 : 1;
    g.beginPath();
    g.arc((this.#cursor[0] / SIDE) * width, (this.#cursor[1] / SIDE) * width, (PEN / SIDE) * width * 0.6, 0, 7);
    g.stroke();
  }

  /** A line of the pen from where it was last, with round ends. */
  #stroke(to: Place) {
    const [[ax, ay], [bx, by]] = [this.#last ?? to, to];
    const [dx, dy] = [bx - ax, by - ay];
    const long = dx * dx + dy * dy || 1;
    const r = PEN / 2;
    const clip = (v: number) => Math.min(SIDE - 1, Math.max(0, Math.round(v)));
    for (let y = clip(Math.min(ay, by) - r - 1); y <= clip(Math.max(ay, by) + r + 1); y++) {
      for (let x = clip(Math.min(ax, bx) - r - 1); x <= clip(Math.max(ax, bx) + r + 1); x++) {
        const t = Math.min(1, Math.max(0, ((x + 0.5 - ax) * dx + (y + 0.5 - ay) * dy) / long));
        const far = Math.hypot(x + 0.5 - ax - t * dx, y + 0.5 - ay - t * dy);
        const cover = 255 * Math.min(1, Math.max(0, r + 0.5 - far));
        const at = y * SIDE + x;
        if (cover > (this.#ink[at] ?? 0)) this.#ink[at] = cover;
      }
    }
    this.#last = to;
    this.blank = false;
    this.redraw();
    this.changed();
  }

  #pointer = new OnePointer(
    (e, first) => {
      const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
      if (first) {
        this.#last = undefined;
        this.#focused = false;
      }
      this.#stroke([((e.clientX - box.left) / box.width) * SIDE, ((e.clientY - box.top) / box.height) * SIDE]);
    },
    () => {
      this.#last = undefined;
    },
  );

  #key = (e: KeyboardEvent) => {
    const by = e.shiftKey ? 14 : 7;
    const steps: Record<string, Place> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, -by],
      ArrowDown: [0, by],
    };
    const step = steps[e.key];
    if (step) {
      const clip = (v: number) => Math.min(SIDE - 7, Math.max(7, v));
      this.#last = this.#cursor;
      this.#cursor = [clip(this.#cursor[0] + step[0]), clip(this.#cursor[1] + step[1])];
      if (this.#down) this.#stroke(this.#cursor);
    } else if (e.key === " ") {
      this.#down = !this.#down;
      this.#last = undefined;
      if (this.#down) this.#stroke(this.#cursor);
    } else if (e.key === "Delete" || e.key === "Backspace") {
      this.clear();
      this.changed();
    } else {
      return;
    }
    e.preventDefault();
    this.#focused = true;
    this.redraw();
  };

  render(words: Words): TemplateResult {
    return html`<canvas
      class="pad"
      tabindex="0"
      role="application"
      aria-roledescription=${words.say("drawingPad")}
      aria-label=${words.say("drawHere")}
      @pointerdown=${this.#pointer.handle}
      @pointermove=${this.#pointer.handle}
      @pointerup=${this.#pointer.handle}
      @pointercancel=${this.#pointer.handle}
      @keydown=${this.#key}
      @focus=${() => {
        this.#focused = true;
        this.redraw();
      }}
      @blur=${() => {
        this.#focused = this.#down = false;
        this.redraw();
      }}
      ${ref((c) => {
        if (c === this.#canvas) return;
        this.#canvas = c as HTMLCanvasElement | undefined;
        this.redraw();
      })}></canvas>`;
  }
}

import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { fit } from "./draw";

/** Side of the drawing in its own pixels: seven for one of MNIST's. */
const SIDE = 196;
const PEN = 15;

/** A square to draw in, with mouse, finger or keyboard. */
export class Pad {
  /** Nothing was drawn yet. */
  blank = true;
  #ink = document.createElement("canvas");
  #canvas: HTMLCanvasElement | undefined;
  #last: [number, number] | undefined;
  #cursor: [number, number] = [SIDE / 2, SIDE / 2];
  #down = false;
  #focused = false;

  constructor(private readonly changed: () => void) {
    this.#ink.width = this.#ink.height = SIDE;
  }

  /** The drawing as the worker takes it: light ink on black, a byte a pixel. */
  pixels(): { width: number; height: number; pixels: Uint8Array } {
    const data = this.#ink.getContext("2d", { willReadFrequently: true })?.getImageData(0, 0, SIDE, SIDE).data;
    const pixels = new Uint8Array(SIDE * SIDE);
    for (let i = 0; i < pixels.length; i++) pixels[i] = data?.[4 * i + 3] ?? 0;
    return { width: SIDE, height: SIDE, pixels };
  }

  clear() {
    this.blank = true;
    this.#ink.getContext("2d", { willReadFrequently: true })?.clearRect(0, 0, SIDE, SIDE);
    this.redraw();
  }

  /** Starts from a picture: so that one can be altered. */
  take(source: CanvasImageSource) {
    this.clear();
    this.#ink.getContext("2d", { willReadFrequently: true })?.drawImage(source, 0, 0, SIDE, SIDE);
    this.blank = false;
    this.redraw();
  }

  redraw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, width, width);
    g.drawImage(this.#ink, 0, 0, width, width);
    g.globalCompositeOperation = "source-in";
    g.fillStyle = getComputedStyle(canvas).color;
    g.fillRect(0, 0, width, width);
    g.globalCompositeOperation = "source-over";
    if (this.#focused) {
      g.strokeStyle = getComputedStyle(canvas).color;
      g.lineWidth = this.#down ? 3 : 1;
      g.beginPath();
      g.arc((this.#cursor[0] / SIDE) * width, (this.#cursor[1] / SIDE) * width, (PEN / SIDE) * width * 0.6, 0, 7);
      g.stroke();
    }
  }

  #stroke(to: [number, number]) {
    const g = this.#ink.getContext("2d", { willReadFrequently: true });
    if (!g) return;
    g.lineCap = g.lineJoin = "round";
    g.lineWidth = PEN;
    g.strokeStyle = "#fff";
    g.beginPath();
    g.moveTo(...(this.#last ?? to));
    g.lineTo(to[0] + 0.01, to[1]);
    g.stroke();
    this.#last = to;
    this.blank = false;
    this.redraw();
    this.changed();
  }

  #pointer = (e: PointerEvent) => {
    const canvas = e.currentTarget as HTMLCanvasElement;
    const box = canvas.getBoundingClientRect();
    const at: [number, number] = [
      ((e.clientX - box.left) / box.width) * SIDE,
      ((e.clientY - box.top) / box.height) * SIDE,
    ];
    if (e.type === "pointerdown") {
      canvas.setPointerCapture(e.pointerId);
      this.#last = undefined;
      this.#focused = false;
      this.#stroke(at);
    } else if (e.type === "pointermove" && canvas.hasPointerCapture(e.pointerId)) {
      this.#stroke(at);
    } else if (e.type === "pointerup" || e.type === "pointercancel") {
      this.#last = undefined;
    }
  };

  #key = (e: KeyboardEvent) => {
    const by = e.shiftKey ? 14 : 7;
    const steps: Record<string, [number, number]> = {
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

  render(): TemplateResult {
    return html`<canvas
      class="pad"
      tabindex="0"
      role="application"
      aria-roledescription="drawing pad"
      aria-label="Draw here. With the keyboard: arrow keys move the pen, Space puts it down or lifts it, Delete clears."
      @pointerdown=${this.#pointer}
      @pointermove=${this.#pointer}
      @pointerup=${this.#pointer}
      @pointercancel=${this.#pointer}
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

import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { fit } from "../draw";
import { colorOf } from "../ink";
import { OnePointer } from "../inputs/one-pointer";
import type { Speaker } from "../render/choices";

/** Half of the window that is drawn in. */
const EXTENT = 4;
/** Points that a stroke leaves at each move, and how far they scatter. */
const [SPRAY, SCATTER] = [3, 0.12];

/** A square to put points in, with mouse, finger or keyboard. */
export class Sketch {
  /** x, y of each point, and its class. */
  points: [number, number, number][] = [];
  /** Whether points have classes, and that of what is drawn next. */
  classed = false;
  class = 0;
  #strokes: number[] = [];
  #canvas: HTMLCanvasElement | undefined;
  #cursor: [number, number] = [0, 0];
  #focused = false;

  constructor(
    private readonly host: HTMLElement & Speaker,
    private readonly changed: () => void,
  ) {}

  /** As the worker takes them. */
  bytes(): Uint8Array {
    return new Uint8Array(new Float32Array(this.points.flatMap(([x, y]) => [x, y])).buffer);
  }

  /** The class of each, as the worker takes them. */
  classes(): Uint8Array {
    return Uint8Array.from(this.points, ([, , of]) => of);
  }

  clear() {
    this.points = [];
    this.#strokes = [];
    this.#after();
  }

  undo() {
    this.points.length = this.#strokes.pop() ?? 0;
    this.#after();
  }

  #after() {
    this.redraw();
    this.changed();
  }

  redraw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width } = fit(canvas);
    if (!g) return;
    const at = ([x, y]: readonly [number, number, ...number[]]): [number, number] => [
      ((x + EXTENT) / (2 * EXTENT)) * width,
      ((EXTENT - y) / (2 * EXTENT)) * width,
    ];
    g.clearRect(0, 0, width, width);
    g.fillStyle = colorOf(this.host, "--_ink");
    g.globalAlpha = 0.7;
    const inks = ["--_red", "--_blue"].map((name) => colorOf(this.host, name));
    for (const point of this.points) {
      if (this.classed) g.fillStyle = inks[point[2]] ?? "";
      g.beginPath();
      g.arc(...at(point), 1.6, 0, 7);
      g.fill();
    }
    g.globalAlpha = 1;
    if (this.#focused) {
      const [x, y] = at(this.#cursor);
      g.strokeStyle = colorOf(this.host, "--_blue");
      g.lineWidth = 1.5;
      g.beginPath();
      g.arc(x, y, 7, 0, 7);
      g.moveTo(x - 11, y);
      g.lineTo(x + 11, y);
      g.moveTo(x, y - 11);
      g.lineTo(x, y + 11);
      g.stroke();
    }
  }

  #put([x, y]: [number, number], scatter: number) {
    const clip = (v: number) => Math.min(EXTENT, Math.max(-EXTENT, v));
    // Box and Muller's way to two normal numbers.
    const [r, a] = [scatter * Math.sqrt(-2 * Math.log(1 - Math.random())), 2 * Math.PI * Math.random()];
    this.points.push([clip(x + r * Math.cos(a)), clip(y + r * Math.sin(a)), this.class]);
  }

  #pointer = new OnePointer((e, first) => {
    if (first) {
      this.#focused = false;
      this.#strokes.push(this.points.length);
    }
    const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
    const at: [number, number] = [
      ((2 * (e.clientX - box.left)) / box.width - 1) * EXTENT,
      (1 - (2 * (e.clientY - box.top)) / box.height) * EXTENT,
    ];
    for (let i = 0; i < SPRAY; i++) this.#put(at, SCATTER);
    this.#after();
  });

  #key = (e: KeyboardEvent) => {
    const by = e.shiftKey ? 1 : 0.25;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, by],
      ArrowDown: [0, -by],
    };
    const move = moves[e.key];
    if (move) {
      const clip = (v: number) => Math.min(EXTENT, Math.max(-EXTENT, v));
      this.#cursor = [clip(this.#cursor[0] + move[0]), clip(this.#cursor[1] + move[1])];
    } else if (e.key === " ") {
      this.#strokes.push(this.points.length);
      this.#put(this.#cursor, 0);
    } else if (this.classed && e.key === "Enter") {
      this.class = 1 - this.class;
    } else if (e.key === "Backspace") {
      this.undo();
    } else if (e.key === "Delete") {
      this.clear();
    } else {
      return;
    }
    e.preventDefault();
    this.#focused = true;
    this.#after();
  };

  render(): TemplateResult {
    const { words } = this.host;
    const focus = (on: boolean) => () => {
      this.#focused = on;
      this.redraw();
    };
    return html`<canvas
      class="sketch"
      tabindex="0"
      role="application"
      aria-roledescription=${words.say("drawingPad")}
      aria-label=${words.say("sketchHelp", { n: this.points.length })}
      @pointerdown=${this.#pointer.handle}
      @pointermove=${this.#pointer.handle}
      @pointerup=${this.#pointer.handle}
      @pointercancel=${this.#pointer.handle}
      @keydown=${this.#key}
      @focus=${focus(true)}
      @blur=${focus(false)}
      ${ref((c) => {
        if (c === this.#canvas) return;
        this.#canvas = c as HTMLCanvasElement | undefined;
        this.redraw();
      })}></canvas>`;
  }
}

import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { fit } from "../draw";
import { OnePointer } from "./one-pointer";

export type Place = [x: number, y: number];

/** What somebody does who draws on a surface, in its own pixels. */
export interface Hand {
  /** Side of the square. */
  side: number;
  /** How near to the edge the keyboard's pen comes. */
  margin: number;
  /** How far an arrow key moves it, and how far with Shift. */
  steps: readonly [number, number];
  /** A stroke begins. */
  begin?(): void;
  /** A line of it, with round ends. */
  line(from: Place, to: Place): void;
  /** A stroke has ended. */
  end?(): void;
  /** Everything is taken away. */
  clear(): void;
  /** Another key; gives whether it meant something. */
  key?(e: KeyboardEvent): boolean;
  /** Draws what is there. */
  paint(g: CanvasRenderingContext2D, width: number, canvas: HTMLCanvasElement): void;
  /** The keyboard's pen: its colour and its radius, and its line while it is down and while it is not. */
  pen(canvas: HTMLCanvasElement): { color: string; radius: number; width: readonly [number, number] };
}

/** For each pixel that a line with round ends may reach, how far its middle is from the line. */
export function alongLine([ax, ay]: Place, [bx, by]: Place, reach: number, side: number, at: Near) {
  const [dx, dy] = [bx - ax, by - ay];
  const long = dx * dx + dy * dy || 1;
  const clip = (v: number) => Math.min(side - 1, Math.max(0, Math.round(v)));
  for (let y = clip(Math.min(ay, by) - reach); y <= clip(Math.max(ay, by) + reach); y++) {
    for (let x = clip(Math.min(ax, bx) - reach); x <= clip(Math.max(ax, bx) + reach); x++) {
      const t = Math.min(1, Math.max(0, ((x + 0.5 - ax) * dx + (y + 0.5 - ay) * dy) / long));
      at(y * side + x, Math.hypot(x + 0.5 - ax - t * dx, y + 0.5 - ay - t * dy));
    }
  }
}
type Near = (pixel: number, far: number) => void;

/** A square canvas to draw on with mouse, finger, pen or keyboard. */
export class Surface {
  #canvas: HTMLCanvasElement | undefined;
  #last: Place | undefined;
  #cursor: Place;
  #down = false;
  #focused = false;

  constructor(private readonly hand: Hand) {
    this.#cursor = [hand.side / 2, hand.side / 2];
  }

  redraw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, width, width);
    this.hand.paint(g, width, canvas);
    if (!this.#focused) return;
    const pen = this.hand.pen(canvas);
    const scale = width / this.hand.side;
    g.strokeStyle = pen.color;
    g.lineWidth = pen.width[this.#down ? 0 : 1];
    g.beginPath();
    g.arc(this.#cursor[0] * scale, this.#cursor[1] * scale, pen.radius * scale, 0, 7);
    g.stroke();
  }

  #line(to: Place) {
    this.hand.line(this.#last ?? to, to);
    this.#last = to;
    this.redraw();
  }

  #pointer = new OnePointer(
    (e, first) => {
      const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
      if (first) {
        this.hand.begin?.();
        this.#last = undefined;
        this.#focused = false;
      }
      const { side } = this.hand;
      this.#line([((e.clientX - box.left) / box.width) * side, ((e.clientY - box.top) / box.height) * side]);
    },
    () => {
      this.#last = undefined;
      this.hand.end?.();
    },
  );

  #key = (e: KeyboardEvent) => {
    const { side, margin, steps } = this.hand;
    const by = steps[e.shiftKey ? 1 : 0];
    const moves: Record<string, Place> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, -by],
      ArrowDown: [0, by],
    };
    const move = moves[e.key];
    if (move) {
      const clip = (v: number) => Math.min(side - margin, Math.max(margin, v));
      this.#last = this.#cursor;
      this.#cursor = [clip(this.#cursor[0] + move[0]), clip(this.#cursor[1] + move[1])];
      if (this.#down) this.#line(this.#cursor);
    } else if (e.key === " ") {
      this.#down = !this.#down;
      this.#last = undefined;
      if (this.#down) {
        this.hand.begin?.();
        this.#line(this.#cursor);
      } else this.hand.end?.();
    } else if (e.key === "Delete" || e.key === "Backspace") {
      this.hand.clear();
    } else if (!this.hand.key?.(e)) {
      return;
    }
    e.preventDefault();
    this.#focused = true;
    this.redraw();
  };

  /** `what` it is, and how it is used. */
  render(what: string, how: string): TemplateResult {
    return html`<canvas
      class="pad"
      tabindex="0"
      role="application"
      aria-roledescription=${what}
      aria-label=${how}
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

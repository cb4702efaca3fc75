import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Words } from "../../lang/words";
import { fit } from "../draw";
import { History } from "./history";
import { Pinch, Zoom } from "./zoom";

export type Place = [x: number, y: number];

/** What somebody does who draws on a surface, in its own pixels. */
export interface Hand<T> {
  /** Side of the square. */
  side: number;
  /** How near to the edge the keyboard's pen comes. */
  margin: number;
  /** How far an arrow key moves it, and how far with Shift. */
  steps: readonly [number, number];
  /** What is there, to be given back. */
  take(): T;
  /** Puts back what was there. */
  give(state: T): void;
  /** A line of a stroke, with round ends. */
  line(from: Place, to: Place): void;
  /** A stroke has ended. */
  end?(): void;
  /** Takes everything away. */
  clear(): void;
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

/** What one press of a key enlarges by. */
const CLOSER = 1.5;
/** A stroke of one finger that is shorter, as a share of the side, was the beginning of a gesture of two. */
const SHORT = 0.12;

/** A square canvas to draw on with mouse, finger, pen or keyboard. Two fingers enlarge it and move it. */
export class Surface<T> {
  /** What can be taken back. */
  readonly history: History<T>;
  #canvas: HTMLCanvasElement | undefined;
  #reset: HTMLElement | undefined;
  #zoom = new Zoom();
  /** Pointers that are down, by their ids, where they are. */
  #fingers = new Map<number, Place>();
  /** The one that draws. */
  #drawing: number | undefined;
  #pinch: Pinch | undefined;
  /** What was there before the stroke. */
  #before: T | undefined;
  /** How long the stroke is, as a share of the side. */
  #long = 0;
  #last: Place | undefined;
  #cursor: Place;
  #down = false;
  #focused = false;

  constructor(private readonly hand: Hand<T>) {
    this.#cursor = [hand.side / 2, hand.side / 2];
    this.history = new History(hand.take, hand.give);
  }

  /** Does something at once that can be taken back. */
  alter(work: () => void) {
    const before = this.hand.take();
    work();
    this.history.altered(before);
  }

  redraw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, width, width);
    const { by, corner } = this.#zoom;
    if (this.#reset) this.#reset.hidden = by === 1;
    g.save();
    g.scale(by, by);
    g.translate(-corner[0] * width, -corner[1] * width);
    this.hand.paint(g, width, canvas);
    if (this.#focused) {
      const pen = this.hand.pen(canvas);
      const scale = width / this.hand.side;
      g.strokeStyle = pen.color;
      g.lineWidth = pen.width[this.#down ? 0 : 1] / by;
      g.beginPath();
      g.arc(this.#cursor[0] * scale, this.#cursor[1] * scale, pen.radius * scale, 0, 7);
      g.stroke();
    }
    g.restore();
  }

  #begin() {
    this.#before = this.hand.take();
    this.#last = undefined;
    this.#long = 0;
  }

  #line(to: Place) {
    const from = this.#last ?? to;
    this.#long += Math.hypot(to[0] - from[0], to[1] - from[1]) / this.hand.side;
    this.hand.line(from, to);
    this.#last = to;
    this.redraw();
  }

  #end() {
    if (this.#before !== undefined) this.history.altered(this.#before);
    this.#before = this.#last = undefined;
    this.hand.end?.();
  }

  /** Where an event is, as shares of the side. */
  #at(e: MouseEvent): Place {
    const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
    return [(e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height];
  }

  #draw(at: Place) {
    const [x, y] = this.#zoom.under(at);
    this.#line([x * this.hand.side, y * this.hand.side]);
  }

  #pressed(e: PointerEvent, canvas: HTMLElement) {
    const second = this.#drawing !== undefined || this.#fingers.size > 0;
    if (e.button !== 0 || (second && (e.pointerType !== "touch" || this.#fingers.size !== 1))) return;
    // A palm beside a pen or at the end of a stroke is no gesture.
    if (second && this.#drawing !== undefined && this.#long > SHORT) return;
    this.#fingers.set(e.pointerId, this.#at(e));
    try {
      canvas.setPointerCapture(e.pointerId);
    } catch {
      // A pointer that is gone already draws its one dot.
    }
    if (second) {
      // What the first finger drew meanwhile was not meant.
      if (this.#drawing !== undefined && this.#before !== undefined) this.hand.give(this.#before);
      this.#before = this.#last = this.#drawing = undefined;
      this.#pinch = new Pinch(this.#zoom, [...this.#fingers.values()]);
      this.redraw();
      return;
    }
    this.#focused = false;
    this.#drawing = e.pointerId;
    this.#begin();
    this.#draw(this.#at(e));
  }

  #pointer = (e: PointerEvent) => {
    if (e.type === "pointerdown") {
      // Only fingers can become two.
      if (this.#drawing !== undefined && this.#fingers.size === 0) return;
      this.#pressed(e, e.currentTarget as HTMLElement);
      if (e.pointerType !== "touch") this.#fingers.delete(e.pointerId);
    } else if (e.type === "pointermove") {
      if (this.#fingers.has(e.pointerId)) this.#fingers.set(e.pointerId, this.#at(e));
      if (e.pointerId === this.#drawing) this.#draw(this.#at(e));
      else if (this.#pinch && this.#fingers.size === 2) {
        this.#pinch.move([...this.#fingers.values()]);
        this.redraw();
      }
    } else {
      this.#fingers.delete(e.pointerId);
      // The finger that is left does not draw.
      if (this.#fingers.size === 0) this.#pinch = undefined;
      if (e.pointerId !== this.#drawing) return;
      this.#drawing = undefined;
      this.#end();
    }
  };

  /** Two fingers on a touch pad, or the wheel with Control. */
  #wheel = (e: WheelEvent) => {
    if (!e.ctrlKey) return;
    e.preventDefault();
    this.#zoom.times(Math.exp(-e.deltaY / 100), this.#zoom.under(this.#at(e)));
    this.redraw();
  };

  #move(e: KeyboardEvent): boolean {
    const { side, margin, steps } = this.hand;
    const by = steps[e.shiftKey ? 1 : 0] / this.#zoom.by;
    const moves: Record<string, Place> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, -by],
      ArrowDown: [0, by],
    };
    const move = moves[e.key];
    if (!move) return false;
    const clip = (v: number) => Math.min(side - margin, Math.max(margin, v));
    this.#last = this.#cursor;
    this.#cursor = [clip(this.#cursor[0] + move[0]), clip(this.#cursor[1] + move[1])];
    this.#zoom.show(this.#share, 0.1);
    if (this.#down) this.#line(this.#cursor);
    return true;
  }

  /** The keyboard's pen as shares of the side. */
  get #share(): Place {
    const { side } = this.hand;
    return [this.#cursor[0] / side, this.#cursor[1] / side];
  }

  #key = (e: KeyboardEvent) => {
    const control = e.ctrlKey || e.metaKey;
    if (control && e.key.toLowerCase() === "z") {
      if (this.#before !== undefined) return;
      if (e.shiftKey) this.history.redo();
      else this.history.undo();
    } else if (control) {
      return;
    } else if (e.key === " ") {
      this.#down = !this.#down;
      if (this.#down) {
        this.#begin();
        this.#line(this.#cursor);
      } else this.#end();
    } else if (e.key === "Delete" || e.key === "Backspace") {
      this.alter(() => this.hand.clear());
    } else if (e.key === "+" || e.key === "=") {
      this.#zoom.times(CLOSER, this.#share);
    } else if (e.key === "-") {
      this.#zoom.times(1 / CLOSER, this.#share);
    } else if (e.key === "0") {
      this.#zoom.all();
    } else if (!this.#move(e)) {
      return;
    }
    e.preventDefault();
    this.#focused = true;
    this.redraw();
  };

  #all = () => {
    this.#zoom.all();
    this.redraw();
    this.#canvas?.focus();
  };

  /** `what` it is, and how it is used. */
  render(words: Words, what: string, how: string): TemplateResult {
    return html`<div class="surface">
      <canvas
        class="pad"
        tabindex="0"
        role="application"
        aria-roledescription=${what}
        aria-label=${`${how} ${words.say("enlargeHere")}`}
        @pointerdown=${this.#pointer}
        @pointermove=${this.#pointer}
        @pointerup=${this.#pointer}
        @pointercancel=${this.#pointer}
        @wheel=${this.#wheel}
        @keydown=${this.#key}
        @focus=${() => {
          this.#focused = true;
          this.redraw();
        }}
        @blur=${() => {
          if (this.#down) this.#end();
          this.#focused = this.#down = false;
          this.redraw();
        }}
        ${ref((c) => {
          if (c === this.#canvas) return;
          this.#canvas = c as HTMLCanvasElement | undefined;
          this.redraw();
        })}></canvas>
      <button
        type="button"
        hidden
        @click=${this.#all}
        ${ref((b) => {
          this.#reset = b as HTMLElement | undefined;
          if (this.#reset) this.#reset.hidden = this.#zoom.by === 1;
        })}>
        ${words.say("wholePicture")}
      </button>
    </div>`;
  }
}

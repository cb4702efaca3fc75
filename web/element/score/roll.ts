import type { Note, Roll } from "../../client/protocol";
import { fit } from "../draw";
import { colorOf } from "../ink";
import { drawPads, heightOfPads, spotOnPads } from "./pads";

/** A place on the roll: a sixteenth and a pitch, or a drum. */
export interface Spot {
  step: number;
  pitch: number;
}

/** What lies over the notes. */
export interface Over {
  /** Where it plays. */
  playhead?: number | undefined;
  /** Where the keyboard is. */
  cursor?: Spot | undefined;
  /** The voice that is written, which stands before the others. */
  voice?: number;
  /** For each bar line's sixteenth whether its bar is kept. */
  kept?: (step: number) => boolean;
  /** Voices that are not heard. */
  muted?: ReadonlySet<number>;
  /** What drums are called. */
  names?: readonly string[];
}

/** Where keys and fermatas are named, CSS pixels. */
const [LEFT, TOP] = [30, 16];
/** The least height of a semitone. */
const TALL = 7;
/** Colours of the voices, from the highest: the classes' own. */
const COLORS = [1, 3, 2, 0];
const BLACK = new Set([1, 3, 6, 8, 10]);
/** Notes beyond those that occur, so that there is room to write. */
const ROOM = 2;

/** A piano roll as a canvas: time to the right, pitch upwards; of drums a row for each. */
export class Plan {
  canvas: HTMLCanvasElement | undefined;
  roll: Roll | undefined;
  over: Over = {};

  attach = (canvas?: Element) => {
    if (canvas === this.canvas) return;
    this.canvas = canvas as HTMLCanvasElement | undefined;
    if (!this.canvas) return;
    this.redraw();
    if (this.canvas.clientWidth === 0) queueMicrotask(() => this.redraw());
  };

  show(roll: Roll, over = this.over) {
    this.roll = roll;
    this.over = over;
    this.redraw();
  }

  /** The lowest and the highest note that are drawn: all, or, of what is only looked at, what occurs. */
  get #range(): [number, number] {
    const { low = 36, high = 81 } = this.roll ?? {};
    if (this.over.voice !== undefined) return [low, high];
    const all = this.roll?.voices.flatMap((v) => v.notes.map((n) => n.pitch)) ?? [];
    if (!all.length) return [low, high];
    return [Math.max(low, Math.min(...all) - ROOM), Math.min(high, Math.max(...all) + ROOM)];
  }

  /** The height that it takes. */
  get height() {
    if (this.roll?.drums) return heightOfPads(this.roll);
    const [low, high] = this.#range;
    return TOP + (high - low + 1) * TALL + 2;
  }

  #place(width: number) {
    const [low, high] = this.#range;
    const wide = (width - LEFT) / Math.max(1, this.roll?.steps ?? 64);
    return {
      low,
      high,
      wide,
      x: (step: number) => LEFT + step * wide,
      y: (pitch: number) => TOP + (high - pitch) * TALL,
    };
  }

  /** What lies under a pointer; nothing beyond the edges. */
  spot(e: { clientX: number; clientY: number }): Spot | undefined {
    const { canvas, roll } = this;
    if (!canvas || !roll) return undefined;
    const box = canvas.getBoundingClientRect();
    const scale = canvas.clientWidth / Math.max(1, box.width);
    if (roll.drums) {
      const [x, y] = [e.clientX - box.left, e.clientY - box.top].map((v) => v * scale);
      return spotOnPads(roll, canvas.clientWidth, x ?? 0, y ?? 0);
    }
    const { wide, high, low } = this.#place(canvas.clientWidth);
    const step = Math.floor(((e.clientX - box.left) * scale - LEFT) / wide);
    const pitch = high - Math.floor(((e.clientY - box.top) * scale - TOP) / TALL);
    return step < 0 || step >= roll.steps || pitch < low || pitch > high ? undefined : { step, pitch };
  }

  redraw() {
    const { canvas, roll } = this;
    if (!canvas || canvas.clientWidth === 0 || !roll) return;
    const { g, width, height } = fit(canvas, this.height);
    if (!g) return;
    const color = (name: string) => colorOf(canvas, name);
    g.clearRect(0, 0, width, height);
    g.font = `10px ${getComputedStyle(canvas).fontFamily}`;
    g.textBaseline = "middle";
    if (roll.drums) {
      const name = (drum: number) => this.over.names?.[drum] ?? roll.voices[drum]?.title ?? "";
      drawPads(g, roll, this.over, { width, height, color, name });
      return;
    }
    const [line, ink, soft] = [color("--_line"), color("--_ink"), color("--_soft")];
    const { low, high, x, y, wide } = this.#place(width);
    const faint = (part: number) => (g.globalAlpha = part);
    for (let pitch = low; pitch <= high; pitch++) {
      if (BLACK.has(pitch % 12)) {
        faint(0.28);
        g.fillStyle = line;
        g.fillRect(LEFT, y(pitch), width - LEFT, TALL);
      }
      if (pitch % 12 !== 0) continue;
      faint(1);
      g.fillStyle = soft;
      g.fillText(`C${pitch / 12 - 1}`, 4, y(pitch) + TALL / 2);
      g.fillStyle = line;
      g.fillRect(LEFT, y(pitch) + TALL - 0.5, width - LEFT, 0.5);
    }
    for (let step = 0; step <= roll.steps; step += 4) {
      const bar = roll.bars.includes(step);
      faint(bar ? 0.9 : 0.5);
      g.fillStyle = bar ? soft : line;
      g.fillRect(x(step) - 0.5, TOP, 1, height - TOP);
    }
    faint(1);
    this.#marks(g, roll, x, soft);
    // The voice that is written stands before the others.
    const { voice = -1, muted } = this.over;
    const order = roll.voices.map((_, i) => i).filter((i) => i !== voice);
    if (voice >= 0) order.push(voice);
    for (const i of order) {
      const tint = color(`--_class-${COLORS[i] ?? 0}`);
      for (const note of roll.voices[i]?.notes ?? []) {
        const [left, top, long] = [x(note.start), y(note.pitch), note.length * wide];
        faint(muted?.has(i) ? 0.25 : voice < 0 || voice === i ? 1 : 0.7);
        g.fillStyle = g.strokeStyle = tint;
        g.beginPath();
        g.roundRect(left + 0.5, top + 0.5, Math.max(2, long - 1.5), TALL - 1, 2);
        g.fill();
        if (note.given && voice >= 0) {
          g.strokeStyle = ink;
          g.lineWidth = 1;
          g.stroke();
        }
      }
    }
    faint(1);
    const { cursor, playhead } = this.over;
    if (cursor) {
      g.strokeStyle = ink;
      g.lineWidth = 1.5;
      g.strokeRect(x(cursor.step), y(cursor.pitch) - 1, Math.max(4, wide), TALL + 2);
    }
    if (playhead !== undefined) {
      g.fillStyle = color("--_red");
      g.fillRect(x(playhead) - 0.75, TOP - 4, 1.5, height - TOP + 4);
    }
  }

  /** Fermatas, and where a rule is broken. */
  #marks(g: CanvasRenderingContext2D, roll: Roll, x: (step: number) => number, soft: string) {
    g.strokeStyle = g.fillStyle = soft;
    g.lineWidth = 1.2;
    const first = roll.fermatas.filter((f) => !roll.fermatas.includes(f - 1));
    for (const step of first) {
      const last = step + roll.fermatas.filter((f) => f >= step).findIndex((f, i) => f !== step + i);
      const end = last < step ? Math.max(...roll.fermatas) + 1 : last;
      const middle = (x(step) + x(end)) / 2;
      g.beginPath();
      g.arc(middle, 11, 6, Math.PI, 2 * Math.PI);
      g.stroke();
      g.beginPath();
      g.arc(middle, 9.5, 1.2, 0, 2 * Math.PI);
      g.fill();
    }
  }
}

const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
/** The name of a note, such as F♯4. */
export const nameOf = (pitch: number) => `${NAMES[pitch % 12] ?? ""}${Math.floor(pitch / 12) - 1}`;

/** The note of a voice that sounds in a sixteenth. */
export const soundingIn = (notes: readonly Note[], step: number) =>
  notes.find((n) => n.start <= step && step < n.start + n.length);

/** The notes of a voice with another one, which those that it meets make room for. */
export function withNote(notes: readonly Note[], note: Note): Note[] {
  const end = note.start + note.length;
  const rest = notes.flatMap((n) => {
    if (n.start + n.length <= note.start || n.start >= end) return [n];
    // Of a note that began before, what came before stays.
    return n.start < note.start ? [{ ...n, length: note.start - n.start }] : [];
  });
  return [...rest, note].sort((a, b) => a.start - b.start);
}

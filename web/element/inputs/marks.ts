import { html } from "lit";
import { badOption } from "../../client/errors";
import type { PlotInputs } from "../../client/protocol";
import type { Host, Param } from "../panel";
import type { Input } from "./input";

type Place = [x: number, y: number];

/** Where points stand before the reader moves them. */
const START: readonly Place[] = [
  [-0.6, 1.5],
  [0.1, -1],
  [0.7, 2],
];
/** How near to a point counts as on it, as a share of the window. */
const NEAR = 0.035;

/** Points that the reader places on a plot: pressing sets one down or takes one up; let go where it was, it is gone. */
export class MarksInput implements Input {
  readonly params: Record<string, Param>;
  readonly arrows = "arrowsMark";
  marks: Place[] = START.map(([x, y]) => [x, y]);
  /** The one that is held, whether it was there before, and whether it has moved. */
  #held: { index: number; old: boolean; moved: boolean } | undefined;
  #window: readonly [number, number, number, number] = [-1, 1, -1, 1];

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {
    this.params = {
      marks: {
        get: () => (this.#same() ? undefined : this.marks.map((mark) => mark.join(",")).join(";") || "none"),
        set: (text) => {
          this.marks = text === undefined ? START.map(([x, y]) => [x, y]) : this.#read(text);
        },
      },
    };
  }

  #same() {
    return JSON.stringify(this.marks) === JSON.stringify(START);
  }

  #read(text: string): Place[] {
    if (text.trim() === "none") return [];
    return text.split(";").map((part): Place => {
      const [x, y, more] = part.split(",").map(Number);
      if (x === undefined || y === undefined || more !== undefined || !(Math.abs(x) <= 1) || !(Math.abs(y) <= 1000))
        throw badOption("marks", text, "points as x,y with semicolons between them are expected, x from −1 to 1");
      return [x, y];
    });
  }

  /** As many as the model can be shown. */
  get #most(): number {
    const space = this.host.info?.space;
    return space?.kind === "functions" ? space.length - 1 : START.length;
  }

  ask(): PlotInputs {
    return { marks: this.marks.slice(0, this.#most) };
  }

  #inside([x, y]: readonly [number, number]): Place {
    const [, , bottom, top] = this.#window;
    const round = (v: number, low: number, high: number) => Math.round(Math.min(high, Math.max(low, v)) * 100) / 100;
    return [round(x, -1, 1), round(y, bottom, top)];
  }

  /** The reader presses at a place of the window. */
  take(at: readonly [number, number], window: readonly [number, number, number, number]) {
    this.#window = window;
    const [left, right, bottom, top] = window;
    const far = ([x, y]: Place) => Math.hypot((x - at[0]) / (right - left), (y - at[1]) / (top - bottom));
    const near = this.marks.findIndex((mark) => far(mark) < NEAR);
    if (near >= 0) this.#held = { index: near, old: true, moved: false };
    else if (this.marks.length < this.#most) {
      this.marks.push(this.#inside(at));
      this.#held = { index: this.marks.length - 1, old: false, moved: false };
      this.#new();
    }
  }

  /** And moves on. */
  move(at: readonly [number, number]) {
    const held = this.#held;
    if (!held) return;
    const to = this.#inside(at);
    const mark = this.marks[held.index];
    if (mark && Math.hypot(mark[0] - to[0], (mark[1] - to[1]) / 7) < 0.02 && !held.moved) return;
    held.moved = true;
    this.marks[held.index] = to;
    this.#new();
  }

  /** And lets go. */
  leave() {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    if (held.old && !held.moved) this.marks.splice(held.index, 1);
    this.#new();
    this.host.changed();
  }

  #new() {
    this.changed();
    this.host.requestUpdate();
  }

  #clear = () => {
    this.marks = [];
    this.#new();
    this.host.changed();
  };

  render() {
    const { words } = this.host;
    return html`<div class="marks">
      <p class="aside">${words.say("placeMarks")}</p>
      <button type="button" ?disabled=${!this.marks.length} @click=${this.#clear}>${words.say("clearMarks")}</button>
    </div>`;
  }
}

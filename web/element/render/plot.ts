import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import type { Words } from "../../lang/words";
import { OnePointer } from "../inputs/one-pointer";
import type { PointerInput } from "../inputs/place";
import type { Key } from "../../lang/words";
import { capital } from "../numbers";
import { bars, numbers } from "./numbers";
import { Plot, type PlotView } from "./points";
import type { Renderer } from "./renderer";

type Window = readonly [left: number, right: number, bottom: number, top: number];

/** Where an arrow key moves a pointer in a window; nothing for other keys. */
function moved(e: KeyboardEvent, window: Window, from: [number, number] | null): [number, number] | undefined {
  const move: [number, number] | undefined = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  }[e.key] as [number, number] | undefined;
  if (!move) return undefined;
  e.preventDefault();
  const [left, right, bottom, top] = window;
  const [x, y] = from ?? [(left + right) / 2, (bottom + top) / 2];
  const step = (right - left) / (e.shiftKey ? 10 : 50);
  return [Math.min(right, Math.max(left, x + move[0] * step)), Math.min(top, Math.max(bottom, y + move[1] * step))];
}

/** What takes presses on the plot: points that the reader places, or a maze. */
export interface Placing {
  /** What is said of its keys, with the drawing's `label`. */
  readonly arrows: Key & `arrows${string}`;
  take(at: readonly [number, number], window: Window): void;
  move(at: readonly [number, number]): void;
  leave(): void;
  /** Enter, where it is something else than a press. */
  press?(at: readonly [number, number]): void;
}

/** The data of what is drawn. */
export interface Ground {
  /** What lies under a model that is drawn over its data. */
  readonly under: PlotView | undefined;
  /** Whether points of the data are drawn at all. */
  readonly withData: boolean;
}

/** Points, lines, arrows and fields in a window, with numbers and bars beside them. */
export class PlotRenderer implements Renderer {
  readonly plot: Plot;
  /** Whether the data lies under what is shown now. */
  over = false;
  /** Whether it is twice as wide as high. */
  wide = false;

  constructor(
    private readonly element: HTMLElement & { readonly words: Words },
    private readonly ground: Ground,
    /** The plots that ask for one are pointed at. */
    public pointer: PointerInput | undefined,
    /** The points that the reader places, or the maze that is drawn, in the plots that ask for such. */
    private readonly marks?: Placing,
  ) {
    this.plot = new Plot(element);
  }

  show(view: View, glide = true) {
    if (view.kind !== "plot") return;
    this.#take();
    this.plot.show(view, glide);
  }

  #take() {
    const { under, withData } = this.ground;
    this.plot.under = this.over ? under?.layers.find((l) => l.kind === "points") : undefined;
    this.plot.underWindow = under?.window ?? [];
    // What the reader places is drawn whatever is said of the data.
    this.plot.withData = withData || this.marks !== undefined;
    // Where the keyboard is among placed points stays.
    if (!this.marks) this.plot.pointer = this.pointer?.at ?? null;
  }

  clear() {
    this.plot.clear();
  }

  canvas() {
    return this.plot.canvas;
  }

  redraw(recolour: boolean) {
    this.#take();
    this.plot.redraw(recolour);
  }

  #to(at: [number, number] | null | undefined) {
    const { view } = this.plot;
    if (!at || !view || !this.pointer) return;
    this.pointer.move(...at, view.window);
    this.plot.pointer = at;
    this.plot.redraw();
  }

  #over = new OnePointer((e) => this.#to(this.plot.place(e)), undefined, true);
  #place = new OnePointer(
    (e, first) => {
      const at = this.plot.place(e);
      const { view } = this.plot;
      if (!at || !view) return;
      if (first) this.marks?.take(at, view.window);
      else this.marks?.move(at);
    },
    () => this.marks?.leave(),
  );
  #key = (e: KeyboardEvent) => {
    const { view } = this.plot;
    if (view && this.marks) {
      const [left, right, bottom, top] = view.window;
      const at = this.plot.pointer ?? [(left + right) / 2, (bottom + top) / 2];
      if (e.key === "Enter" || e.key === " ") {
        e.preventDefault();
        if (this.marks.press) this.marks.press(at);
        else {
          this.marks.take(at, view.window);
          this.marks.leave();
        }
      }
      this.plot.pointer = moved(e, view.window, at) ?? at;
      this.plot.redraw();
      return;
    }
    if (view) this.#to(moved(e, view.window, this.pointer?.at ?? null));
  };

  /** `title` says what is drawn, `waiting` why nothing is yet. */
  render(title?: { title: string; plot: string }, waiting?: string) {
    const { view } = this.plot;
    const active = this.pointer !== undefined || this.marks !== undefined;
    const handle = (this.marks ? this.#place : this.#over).handle;
    const { words } = this.element;
    const drawn = view ? words.told(view.label) : words.say("notDrawn");
    const label = title ? words.say("plotOf", { ...title, label: drawn }) : drawn;
    return html`<div
      class="plot ${view ? "" : "waiting"} ${this.wide ? "wide" : ""}"
      aria-busy=${view ? "false" : "true"}>
      <canvas
        part="canvas"
        role=${active ? "application" : "img"}
        aria-label=${active ? words.say(this.marks?.arrows ?? "arrowsPoint", { label }) : label}
        tabindex=${active ? 0 : nothing}
        class=${active ? "active" : ""}
        @pointermove=${active ? handle : nothing}
        @pointerdown=${active ? handle : nothing}
        @pointerup=${active ? handle : nothing}
        @pointercancel=${active ? handle : nothing}
        @keydown=${active ? this.#key : nothing}
        ${ref(this.plot.attach)}></canvas>
      ${view || !waiting ? nothing : html`<p>${waiting}</p>`}
    </div>`;
  }

  /** What is drawn, in a few words. */
  label() {
    const { view } = this.plot;
    const { words } = this.element;
    const key = view?.key?.map(({ role, text }) => html`<li class=${role}>${words.told(text)}</li>`);
    return html`${view?.label ? html`<p class="under">${capital(words.told(view.label))}</p>` : nothing}
    ${
      key?.length
        ? html`<ul class="roles">
            ${key}
          </ul>`
        : nothing
    }`;
  }

  beside() {
    const { view } = this.plot;
    const { words } = this.element;
    return html`${view?.numbers.length ? numbers(words, view.numbers, words.say("numbersBeside")) : nothing}
    ${view?.bars ? bars(words, view.bars) : nothing}`;
  }
}

import { html, nothing } from "lit";
import type { Changing, Spot } from "../../client/protocol";
import { button, option } from "../form";
import type { Host } from "../panel";

type Cell = readonly [column: number, row: number];

/** Ways of the arrow keys. */
const ARROWS: Record<string, Cell> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const same = (a: Cell | undefined, b: Cell | undefined) => a?.[0] === b?.[0] && a?.[1] === b?.[1];

/**
 * The cells of a world, of which the reader chooses one by mouse, finger or keys, moves what lies there, or makes
 * something else of it. What may be made of a cell comes with the answer.
 */
export class WorldEditor {
  #on = false;
  #cell: Cell | undefined;
  /** From where something has been taken up, by a key or by a pointer. */
  #held: Cell | undefined;
  #dragging = false;
  #what = "";

  constructor(
    private readonly host: Host,
    /** A cell becomes something, as it is written. */
    private readonly make: (written: string) => void,
  ) {}

  get on(): boolean {
    return this.#on;
  }

  #toggle = () => {
    this.#on = !this.#on;
    this.#held = undefined;
    this.host.requestUpdate();
  };

  #choose(cell: Cell | undefined) {
    if (same(cell, this.#cell)) return;
    this.#cell = cell;
    this.#what = "";
    this.host.requestUpdate();
  }

  /** What is in a cell at a moment. */
  #spot({ spots, cells, size }: Changing, at: number, cell: Cell | undefined): Spot | undefined {
    if (!cell) return undefined;
    const which = cells[Math.min(at, cells.length - 1)]?.[cell[1] * size[0] + cell[0]];
    return which === undefined ? undefined : spots[which];
  }

  /** What was taken up is set down. */
  #move(to: Cell | undefined) {
    const from = this.#held;
    this.#held = undefined;
    this.host.requestUpdate();
    if (from && to && !same(from, to)) this.make(`${from.join(",")} to ${to.join(",")}`);
  }

  /** The cell under a pointer; nothing outside the world. */
  #under(e: PointerEvent, { side, first, size }: Changing): Cell | undefined {
    const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
    const x = Math.floor(((e.clientX - box.left) / box.width) * side) - first[0];
    const y = Math.floor(((e.clientY - box.top) / box.height) * side) - first[1];
    return x >= 0 && y >= 0 && x < size[0] && y < size[1] ? [x, y] : undefined;
  }

  #pointer(e: PointerEvent, changing: Changing, at: number) {
    const cell = this.#under(e, changing);
    if (e.type === "pointerdown") {
      if (e.button !== 0) return;
      // A press also sets down what a key or a press before has taken up.
      if (this.#held && !this.#dragging) {
        this.#choose(cell);
        this.#move(cell);
        return;
      }
      this.#choose(cell);
      this.#dragging = true;
      this.#held = this.#spot(changing, at, cell)?.moves ? cell : undefined;
      try {
        (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId);
      } catch {
        // A pointer that is gone already holds nothing.
      }
    } else if (e.type === "pointermove") {
      if (this.#dragging && this.#held && cell) this.#choose(cell);
    } else if (this.#dragging) {
      this.#dragging = false;
      this.#move(e.type === "pointerup" ? cell : undefined);
    }
  }

  #key(e: KeyboardEvent, changing: Changing, at: number) {
    const [x, y] = this.#cell ?? [1, 1];
    const way = ARROWS[e.key];
    const spot = this.#spot(changing, at, this.#cell);
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    if (way) {
      const inside = (v: number, n: number) => Math.min(n - 1, Math.max(0, v));
      this.#choose([inside(x + way[0], changing.size[0]), inside(y + way[1], changing.size[1])]);
    } else if (e.key === "Enter" || e.key === " ") {
      if (this.#held) this.#move(this.#cell);
      else if (spot?.moves) this.#held = this.#cell;
    } else if (e.key === "Escape" && this.#held) {
      this.#held = undefined;
    } else if ((e.key === "Delete" || e.key === "Backspace") && spot?.choices.includes("floor")) {
      this.make(`${x},${y} floor`);
    } else return;
    e.preventDefault();
    e.stopPropagation();
    this.host.requestUpdate();
  }

  /** Over the picture of the world. */
  overlay(changing: Changing, at: number) {
    const { side, first } = changing;
    const pointer = (e: PointerEvent) => this.#pointer(e, changing, at);
    const frame = (cell: Cell | undefined, looks: string) => {
      if (!cell) return nothing;
      const place = (axis: 0 | 1) => `${(100 * (first[axis] + cell[axis])) / side}%`;
      return html`<i class=${looks} .style=${`left: ${place(0)}; top: ${place(1)}; width: ${100 / side}%`}></i>`;
    };
    return html`<div
      class="cells"
      tabindex="0"
      role="application"
      aria-label=${this.host.words.say("changeByKeys")}
      aria-describedby="chosen-cell"
      @pointerdown=${pointer}
      @pointermove=${pointer}
      @pointerup=${pointer}
      @pointercancel=${pointer}
      @keydown=${(e: KeyboardEvent) => this.#key(e, changing, at)}
      @focus=${() => this.#choose(this.#cell ?? [1, 1])}>
      ${frame(this.#held, "held")} ${frame(this.#cell, "chosen")}
    </div>`;
  }

  /** The chosen cell, and what can be made of it. */
  #form(changing: Changing, at: number) {
    const { words } = this.host;
    const spot = this.#spot(changing, at, this.#cell);
    const [x = 0, y = 0] = this.#cell ?? [];
    const choices = spot?.choices ?? [];
    const what = choices.includes(this.#what) ? this.#what : (choices[0] ?? "");
    return html`<small>${words.say("changeHelp")}</small>
      <p id="chosen-cell" aria-live="polite">
        ${spot ? html`${words.say("cellAt", { x, y })} <q lang="en">${spot.name}</q>` : nothing}
        ${this.#held ? words.say("whereTo") : nothing}
      </p>
      ${
        choices.length
          ? html`<div class="row">
              <label for="making">${words.say("makeOfIt")}</label>
              <select
                id="making"
                lang="en"
                @change=${(e: Event) => {
                  this.#what = (e.target as HTMLSelectElement).value;
                }}>
                ${choices.map((choice) => option(choice, choice, choice === what))}
              </select>
              ${button(words.say("makeIt"), () => this.make(`${x},${y} ${this.#what || what}`))}
            </div>`
          : nothing
      }`;
  }

  /** What has been changed, and the form while the reader changes something. */
  panel(changing: Changing, at: number, go: (step: number) => void, keep: (changes: string) => void) {
    const { words } = this.host;
    const { made } = changing;
    const without = (which: number) => keep(made.flatMap(({ written }, i) => (i === which ? [] : [written])).join(";"));
    return html`<div class="changing" role="group" aria-label=${words.say("changeWorld")}>
      <button type="button" aria-pressed=${this.#on ? "true" : "false"} @click=${this.#toggle}>
        ${words.say("changeWorld")}
      </button>
      ${this.#on ? this.#form(changing, at) : nothing}
      ${
        made[0]
          ? html`<p>${words.say("changedFrom", { step: made[0].step })}</p>
              <ol class="shown">
                ${made.map(
                  ({ step, told }, i) =>
                    html`<li>
                      ${button(words.say("stepNumber", { step }), () => go(step))} <q lang="en">${told}</q>
                      ${button(words.say("takeBack"), () => without(i))}
                    </li>`,
                )}
              </ol>`
          : nothing
      }
    </div>`;
  }

  /** A mark for each moment: whether the world is another by then. */
  eras({ made }: Changing, steps: number) {
    const first = made[0]?.step;
    if (first === undefined) return nothing;
    const looks = (i: number) => (made.some(({ step }) => step === i) ? "turn" : i > first ? "after" : "");
    const marks = Array.from({ length: steps + 1 }, (_, i) => html`<i class=${looks(i)}></i>`);
    return html`<div class="eras" aria-hidden="true">${marks}</div>`;
  }
}

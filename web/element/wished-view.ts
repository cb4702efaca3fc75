import { badOption } from "../client/errors";
import type { Host, ViewName } from "./panel";
import type { Views } from "./views";

/** What the choice of a view sees of its element. */
export interface Viewed extends Pick<Host, "about" | "info" | "trainer" | "settled" | "report"> {
  /** What an attribute or a link asks for: a view, which of points may be called a plot. */
  readonly wished: string | null;
  readonly view: string | null;
  /** The views that there are to be to choose from. */
  readonly views: string | null;
  readonly choice: Views;
  /** Shows another view. */
  see(view: ViewName): void;
}

/** Attributes that bring another model. */
const BRING = ["model", "src", "family"];

/**
 * Which view is to be seen: the one that is wished for, if the model has it. What a model of a family has may be known
 * only when it is there, so until then a wish waits, and what it is for is believed.
 */
export class WishedView {
  #waits = false;

  constructor(private readonly element: Viewed) {}

  /** The views of the model in place; before there is one, of its family. */
  get shown(): ViewName[] {
    return this.element.choice.shown(this.element.views).map(({ id }) => id);
  }
  /** Those that some model of the family has. */
  get #possible(): ViewName[] {
    return this.element.choice.possible(this.element.views).map(({ id }) => id);
  }

  /** Whether a wish is left until a model is there that is on its way, or is after this change of attributes. */
  waits(changed: ReadonlyMap<PropertyKey, unknown>): boolean {
    const { wished, about, info, trainer } = this.element;
    if (!about || wished === null || this.shown.includes(wished)) return false;
    const waits = !info || trainer.busy || BRING.some((name) => changed.has(name));
    this.#waits ||= waits;
    return waits;
  }

  /** A family is known; `first`, that none was before. */
  described(first: boolean) {
    const { wished } = this.element;
    const possible = this.#possible;
    this.#waits ||= first;
    if (wished !== null && possible.includes(wished)) this.element.see(wished);
    else this.#instead(wished, possible);
  }

  /** A model is there. */
  placed() {
    const { wished, settled } = this.element;
    const { shown } = this;
    if (wished !== null && shown.includes(wished)) {
      if (wished !== settled.view) this.element.see(wished);
    } else if (!shown.includes(settled.view) || (wished !== null && this.#waits)) this.#instead(wished, shown);
    this.#waits = false;
  }

  /** The first that there is; somebody who waits for another one is told. */
  #instead(wished: string | null, there: readonly ViewName[]) {
    const { element } = this;
    const name = element.view ? "view" : "plot";
    if (wished !== null && this.#waits)
      element.report(badOption(name, wished, `one of ${there.join(", ")} is expected`));
    this.#waits = false;
    element.see(there[0] ?? "samples");
  }
}

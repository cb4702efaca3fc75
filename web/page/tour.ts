/** The guided tour of a chapter: its steps are links in the page, which a bar follows one after the other. */
import type { Words } from "../lang/words";

interface Step {
  link: HTMLAnchorElement;
  text: string;
}

/** Offers the tour of the page, if it has one. */
export function offerTour(words: Words) {
  const place = document.querySelector<HTMLElement>(".tour");
  const steps: Step[] = [...(place?.querySelectorAll("li") ?? [])].flatMap((item) => {
    const link = item.querySelector("a");
    return link ? [{ link, text: item.querySelector("span")?.textContent ?? "" }] : [];
  });
  const start = place?.querySelector<HTMLButtonElement>(":scope > button");
  if (!start || !steps.length) return;
  // It is there from the beginning, so that nothing moves.
  start.disabled = false;
  start.addEventListener("click", () => new Tour(words, steps, start).go(0));
}

function buttonOf(label: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}

/** A tour under way. */
class Tour {
  #at = 0;
  #bar = document.createElement("section");
  #said = document.createElement("p");
  #back: HTMLButtonElement;
  #next: HTMLButtonElement;

  constructor(
    private readonly words: Words,
    private readonly steps: readonly Step[],
    /** Where the reader came from, and goes back to. */
    private readonly start: HTMLButtonElement,
  ) {
    this.#back = buttonOf(words.say("tourBack"), () => this.go(this.#at - 1));
    this.#next = buttonOf("", () => this.go(this.#at + 1));
    this.#next.className = "primary";
    const end = buttonOf(words.say("tourEnd"), () => this.#end());
    const keys = Object.assign(document.createElement("p"), { className: "keys", textContent: words.say("tourKeys") });
    const row = document.createElement("div");
    row.append(this.#back, this.#next, end, keys);
    // Each step is told to those who cannot see it.
    this.#said.setAttribute("role", "status");
    this.#bar.className = "tour-bar";
    this.#bar.setAttribute("aria-label", words.say("tour"));
    this.#bar.append(this.#said, row);
    this.#bar.addEventListener("keydown", this.#key);
    start.disabled = true;
    document.body.append(this.#bar);
  }

  #key = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act: Record<string, () => void> = {
      ArrowRight: () => this.go(Math.min(this.#at + 1, this.steps.length - 1)),
      ArrowLeft: () => this.go(this.#at - 1),
      Escape: () => this.#end(),
    };
    if (!Object.hasOwn(act, event.key)) return;
    event.preventDefault();
    act[event.key]?.();
  };

  /** Shows a step; past the last, the tour ends. */
  go(to: number) {
    const step = this.steps[to];
    if (to >= this.steps.length) return this.#end();
    if (!step) return;
    this.#at = to;
    const { words, steps } = this;
    step.link.click();
    const where = document.createElement("b");
    where.textContent = words.say("tourAt", { step: to + 1, of: steps.length });
    this.#said.replaceChildren(where, ` ${step.text}`);
    this.#back.disabled = to === 0;
    this.#next.textContent = words.say(to === steps.length - 1 ? "tourEnd" : "tourNext");
    this.#next.focus({ preventScroll: true });
  }

  #end() {
    this.#bar.remove();
    this.start.disabled = false;
    this.start.focus({ preventScroll: true });
  }
}

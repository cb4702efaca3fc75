import type { Alternative, Token } from "../../client/protocol";
import type { Words } from "../../lang/words";

/** Who knows the language. */
export interface Speaker {
  readonly words: Words;
}

/** A token for people: what cannot be seen has a sign. */
export const visible = (text: string) =>
  text === ""
    ? "…"
    : text
        .replaceAll("\n", "↵")
        .replaceAll("\t", "⇥")
        .replaceAll(" ", text.trim() === "" ? "␣" : "\u00a0");

/** The same in words, for those who listen. */
function spoken(text: string, words: Words): string {
  const sign = ({ " ": "aSpace", "\n": "lineEnd", "": "partOfCharacter" } as const)[text];
  return sign ? words.say(sign) : words.say("quoted", { text: text.trim() || visible(text) });
}

/** What else could have stood at a place: a small table beside it. */
export class Choices {
  readonly element = document.createElement("div");
  /** Shown until it is put away, not only while the pointer is there. */
  pinned = false;
  #leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Speaker,
    private readonly choose: (index: number, alternative: Alternative) => void,
    private readonly away: (back: boolean) => void,
  ) {
    const { element } = this;
    element.className = "choices";
    element.setAttribute("role", "group");
    element.hidden = true;
    element.addEventListener("pointerenter", () => clearTimeout(this.#leaving));
    element.addEventListener("pointerleave", () => this.leave());
    element.addEventListener("keydown", this.#key);
    element.addEventListener("focusout", (e) => {
      if (!(e.relatedTarget instanceof Node) || !element.contains(e.relatedTarget)) {
        if (!element.hidden && this.pinned) this.away(false);
      }
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  /** A token in a sentence. */
  static say({ text, id, logProb, alternatives }: Token, words: Words): string {
    const token = spoken(text, words);
    if (logProb === null) return words.say("tokenGiven", { token });
    const likeliest = alternatives[0]?.id === id;
    return words.say(likeliest ? "tokenLikeliest" : "tokenChance", { token, chance: words.percent(Math.exp(logProb)) });
  }

  show(token: Token, index: number, box: DOMRect, holder: HTMLElement, pin: boolean, can: boolean) {
    clearTimeout(this.#leaving);
    const { element } = this;
    const { words } = this.host;
    this.pinned = pin;
    element.setAttribute("aria-label", words.say("insteadOf", { token: spoken(token.text, words) }));
    const rows: HTMLElement[] = [];
    const head = document.createElement("p");
    const nats = token.logProb;
    head.textContent =
      nats === null
        ? words.say("given")
        : words.say("chanceNats", { chance: words.percent(Math.exp(nats)), nats: words.figure(-nats, 2) });
    rows.push(head);
    const among = token.alternatives.some((a) => a.id === token.id);
    const all: Alternative[] =
      among || nats === null
        ? token.alternatives
        : [...token.alternatives, { id: token.id, text: token.text, prob: Math.exp(nats) }];
    for (const alternative of all)
      rows.push(
        this.#row(alternative, index, alternative.id === token.id, can && !alternative.text.includes("\ufffd")),
      );
    element.replaceChildren(...rows);
    element.hidden = false;
    this.#place(box, holder);
    document.removeEventListener("pointerdown", this.#outside);
    if (pin) document.addEventListener("pointerdown", this.#outside);
  }

  /** A tap elsewhere puts it away. */
  #outside = (e: Event) => {
    const path = e.composedPath();
    if (!path.includes(this.element) && !(this.element.parentElement && path.includes(this.element.parentElement)))
      this.away(false);
  };

  #row(alternative: Alternative, index: number, itself: boolean, can: boolean): HTMLElement {
    const { words } = this.host;
    const row = document.createElement(can && !itself ? "button" : "div");
    row.className = `choice${itself ? " itself" : ""}`;
    const text = document.createElement("b");
    text.textContent = visible(alternative.text);
    const bar = document.createElement("i");
    bar.style.width = `${Math.max(1, alternative.prob * 100)}%`;
    const track = document.createElement("span");
    track.append(bar);
    const number = document.createElement("em");
    number.textContent = words.percent(alternative.prob);
    row.append(text, track, number);
    if (row instanceof HTMLButtonElement) {
      row.type = "button";
      row.setAttribute(
        "aria-label",
        words.say("tokenChance", { token: spoken(alternative.text, words), chance: words.percent(alternative.prob) }),
      );
      row.addEventListener("click", () => this.choose(index, alternative));
    }
    return row;
  }

  /** Beneath the token, or above it where the window ends. */
  #place(box: DOMRect, holder: HTMLElement) {
    const { element } = this;
    const { left, top, width } = holder.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = element;
    const below = box.bottom + 6 + offsetHeight < innerHeight || box.top < offsetHeight + 6;
    element.style.left = `${Math.max(0, Math.min(width - offsetWidth, box.left - left - 12))}px`;
    element.style.top = `${(below ? box.bottom + 4 : box.top - offsetHeight - 4) - top}px`;
  }

  /** The pointer is elsewhere; soon it is put away. */
  leave() {
    clearTimeout(this.#leaving);
    if (!this.pinned && this.open)
      this.#leaving = setTimeout(() => {
        if (!this.pinned) this.away(false);
      }, 220);
  }

  hide() {
    clearTimeout(this.#leaving);
    document.removeEventListener("pointerdown", this.#outside);
    this.pinned = false;
    this.element.hidden = true;
  }

  focus() {
    const first = this.element.querySelector("button");
    if (!first) return;
    this.pinned = true;
    first.focus();
  }

  #key = (e: KeyboardEvent) => {
    const all = [...this.element.querySelectorAll("button")];
    const at = all.indexOf(e.target as HTMLElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && all.length) {
      e.preventDefault();
      all[(at + step + all.length) % all.length]?.focus();
    } else if (e.key === "Escape" || e.key === "ArrowLeft") {
      e.preventDefault();
      this.away(true);
    }
    e.stopPropagation();
  };
}

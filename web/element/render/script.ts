import type { Alternative, Token } from "../../client/protocol";
import { Choices, type Speaker } from "./choices";

/** Tokens in one run at most, so that looking for one in it stays quick. */
const RUN = 24;
/** Tokens after which a line's end begins a new block, which the browser need not lay out unseen. */
const BLOCK = 300;

/** Tokens that are put on the page at once; the rest of a long text follows in parts, lest the page stand still. */
const PART = 1500;

/** Where shades end, in nats: below the first a token is as good as certain. */
const SHADES = [0.22, 0.7, 1.5, 2.6, 4] as const;

/** How surprising a token is, from 0 to 5. */
export function shade(logProb: number | null): number {
  return logProb === null ? 0 : SHADES.filter((s) => -logProb >= s).length;
}

/** What a reader can do with a token. */
export interface Listener {
  /** Take an alternative in its place; without it, alternatives are only shown. */
  choose?(index: number, alternative: Alternative): void;
}

/**
 * A text as it was written, each token on a ground as red as it was surprising.
 *
 * Tokens of one shade that follow each other are one element, what is written is only added to, and
 * the token under the pointer is found by measuring: a text of ten thousand tokens stays light.
 */
export class Script {
  tokens: Token[] = [];
  #holder: HTMLElement | undefined;
  #page = document.createElement("div");
  #mark = document.createElement("i");
  #said = document.createElement("p");
  #choices: Choices;
  #block: HTMLElement | undefined;
  #inBlock = 0;
  #run: { element: HTMLElement; text: globalThis.Text; kind: string; tokens: number } | undefined;
  #at = -1;
  /** How many tokens are on the page. */
  #there = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Speaker,
    private readonly label: "writesNow" | "wrote" | "asRead" | "asTranslated",
    private readonly listener: Listener = {},
  ) {
    const page = this.#page;
    page.className = "script";
    page.tabIndex = 0;
    page.dir = "auto";
    page.setAttribute("role", "group");
    this.#mark.className = "mark";
    this.#mark.hidden = true;
    this.#said.className = "unseen";
    this.#said.setAttribute("aria-live", "polite");
    this.#choices = new Choices(
      host,
      (index, alternative) => {
        this.close();
        listener.choose?.(index, alternative);
      },
      (back) => {
        this.close();
        if (back) page.focus({ preventScroll: true });
      },
    );
    page.addEventListener("pointermove", (e) => {
      if (e.pointerType === "mouse" && !e.buttons) this.#over(e);
    });
    page.addEventListener("pointerleave", () => this.#choices.leave());
    page.addEventListener("click", this.#click);
    page.addEventListener("keydown", this.#key);
    page.addEventListener("scroll", () => this.close(), { passive: true });
    page.addEventListener("blur", () => {
      if (!this.#choices.pinned) this.close();
    });
  }

  /** For Lit's `ref`. */
  attach = (holder?: Element) => {
    const { words } = this.host;
    this.#page.setAttribute("aria-label", words.say("scriptHelp", { label: words.say(this.label) }));
    if (holder === this.#holder) return;
    this.#holder = holder as HTMLElement | undefined;
    this.#holder?.append(this.#page, this.#said, this.#choices.element);
  };

  get text(): string {
    return this.tokens.map((t) => t.text).join("");
  }
  /** Whether the reader looks at a token. */
  get busy(): boolean {
    return this.#choices.open;
  }

  set(tokens: readonly Token[]) {
    this.clear();
    this.append(tokens);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#there = 0;
    this.close();
    this.#at = -1;
    this.tokens = [];
    this.#page.replaceChildren(this.#mark);
    this.#block = this.#run = undefined;
  }

  append(tokens: readonly Token[]) {
    for (const token of tokens) this.tokens.push(token);
    if (!this.#timer) this.#more();
  }

  /** Puts the next part of what is not there yet on the page. */
  #more = () => {
    const page = this.#page;
    const follow = page.scrollHeight - page.scrollTop - page.clientHeight < 48;
    const end = Math.min(this.tokens.length, this.#there + PART);
    while (this.#there < end) this.#add(this.#there++);
    if (follow && page.scrollHeight > page.clientHeight) page.scrollTop = page.scrollHeight;
    this.#timer = this.#there < this.tokens.length ? setTimeout(this.#more, 16) : undefined;
  };

  /** Selects all of it. */
  select() {
    getSelection()?.selectAllChildren(this.#page);
  }

  /** Ends looking at a token. */
  close() {
    this.#choices.hide();
    this.#mark.hidden = true;
  }

  #add(index: number) {
    const token = this.tokens[index];
    if (!token) return;
    if (!this.#block || (this.#inBlock >= BLOCK && this.tokens[index - 1]?.text.endsWith("\n"))) {
      this.#block = document.createElement("div");
      this.#page.append(this.#block);
      this.#inBlock = 0;
      this.#run = undefined;
    }
    this.#inBlock++;
    const kind = `${token.given ? "given " : ""}s${token.given ? 0 : shade(token.logProb)}`;
    let run = this.#run;
    if (!run || run.kind !== kind || run.tokens >= RUN) {
      const element = document.createElement("span");
      element.className = kind;
      element.dataset["at"] = String(index);
      const text = document.createTextNode("");
      element.append(text);
      this.#block.append(element);
      this.#run = run = { element, text, kind, tokens: 0 };
    }
    run.text.appendData(token.text);
    run.tokens++;
  }

  /** The range of a token in the page. */
  #range(index: number): Range | undefined {
    const spans = this.#page.querySelectorAll<HTMLElement>("[data-at]");
    let [low, high] = [0, spans.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (Number(spans[middle]?.dataset["at"]) <= index) low = middle;
      else high = middle - 1;
    }
    const span = spans[low];
    return span && this.#within(span, (at) => at === index)?.range;
  }

  /** The token of a run that a test holds for. */
  #within(
    span: HTMLElement,
    test: (index: number, range: Range) => boolean,
  ): { index: number; range: Range } | undefined {
    const text = span.firstChild;
    if (!text) return undefined;
    const range = document.createRange();
    const length = text.textContent?.length ?? 0;
    let offset = 0;
    for (let index = Number(span.dataset["at"]); offset < length || index === Number(span.dataset["at"]); index++) {
      const end = offset + (this.tokens[index]?.text.length ?? 0);
      if (index >= this.tokens.length || end > length) break;
      range.setStart(text, offset);
      range.setEnd(text, end);
      if (test(index, range)) return { index, range };
      offset = end;
    }
    return undefined;
  }

  #find(e: MouseEvent): number | undefined {
    const span = e.target instanceof Element ? e.target.closest<HTMLElement>("[data-at]") : null;
    if (!span) return undefined;
    const on = (r: DOMRect) =>
      e.clientX >= r.left && e.clientX <= r.right && e.clientY >= r.top - 7 && e.clientY <= r.bottom + 7;
    return this.#within(span, (_, range) => [...range.getClientRects()].some(on))?.index;
  }

  #over(e: PointerEvent) {
    if (this.#choices.pinned) return;
    const index = this.#find(e);
    if (index === undefined) this.#choices.leave();
    else if (index !== this.#at || !this.#choices.open) this.#show(index, false);
  }

  #click = (e: MouseEvent) => {
    // A selection is not a click.
    if (getSelection()?.toString()) return;
    const index = this.#find(e);
    if (index === undefined) this.close();
    else this.#show(index, true);
  };

  #key = (e: KeyboardEvent) => {
    const last = this.tokens.length - 1;
    const from = this.#at < 0 ? (e.key === "ArrowLeft" ? last + 1 : -1) : this.#at;
    const to = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: last }[e.key];
    if (to !== undefined && last >= 0 && !e.shiftKey && !e.ctrlKey && !e.metaKey) {
      e.preventDefault();
      this.#show(Math.max(0, Math.min(last, to)), false, true);
    } else if (["Enter", " ", "ArrowDown"].includes(e.key) && this.#at >= 0 && this.#choices.open) {
      e.preventDefault();
      this.#choices.focus();
    } else if (e.key === "Escape" && this.#choices.open) {
      e.preventDefault();
      this.close();
    }
  };

  #show(index: number, pin: boolean, byKey = false) {
    const token = this.tokens[index];
    const range = token && this.#range(index);
    const holder = this.#holder;
    if (!token || !range || !holder) return;
    this.#at = index;
    if (byKey) {
      const there = range.getBoundingClientRect();
      const page = this.#page.getBoundingClientRect();
      if (there.top < page.top) this.#page.scrollTop -= page.top - there.top + 8;
      if (there.bottom > page.bottom) this.#page.scrollTop += there.bottom - page.bottom + 8;
      this.#said.textContent = Choices.say(token, this.host.words);
    }
    const box = range.getClientRects()[0] ?? range.getBoundingClientRect();
    const page = this.#page.getBoundingClientRect();
    const { style } = this.#mark;
    style.left = `${box.left - page.left + this.#page.scrollLeft - this.#page.clientLeft}px`;
    style.top = `${box.top - page.top + this.#page.scrollTop - this.#page.clientTop}px`;
    style.width = `${Math.max(box.width, 5)}px`;
    style.height = `${box.height}px`;
    this.#mark.hidden = false;
    this.#choices.show(token, index, box, holder, pin, Boolean(this.listener.choose));
  }
}

import { html, nothing } from "lit";
import type { PlaygroundError } from "../../client/errors";
import type { ErrorInfo, PlotInputs, SpaceInfo } from "../../client/protocol";
import { EMOJI_NAMES } from "../../client/site";
import { option } from "../form";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import { refusal } from "./refusal";

/** The longest text that goes into a URL. */
const LINKED = 400;
/** What is wrong with a text or a language, and is said beside them. */
const ITS = ["bad-data", "bad-option", "unknown-character"];

type Pairs = Extract<SpaceInfo, { kind: "pairs" }>;

/** The code of a language that a screen reader may know. */
const spoken = (code: string) => (/^(digits|column-\d+)$/.test(code) ? undefined : code);

/** A text, its language, and the one to translate it into. To begin with, an example that was held out. */
export class PhraseInput implements Input {
  #text: string | undefined;
  #from = "";
  #into = "";
  #wrong: ErrorInfo | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  readonly params: Record<string, Param>;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {
    const own = (get: () => string | undefined, set: (text: string | undefined) => void): Param => ({ get, set });
    this.params = {
      text: own(
        () => (this.#text !== undefined && this.#text.length <= LINKED ? this.#text : undefined),
        (text) => {
          this.#text = text;
        },
      ),
      source: own(
        () => this.#from || undefined,
        (code = "") => {
          this.#from = code;
        },
      ),
      target: own(
        () => this.#into || undefined,
        (code = "") => {
          this.#into = code;
        },
      ),
    };
  }

  get #space(): Pairs | undefined {
    const space = this.host.info?.space;
    return space?.kind === "pairs" ? space : undefined;
  }

  /** What is asked: what the reader said, and of the first example what nobody said. */
  get #asked() {
    const { languages = [], examples = [] } = this.#space ?? {};
    const [example] = examples;
    const from = this.#from || example?.from || languages[0] || "";
    const other = languages.find((code) => code !== from) ?? "";
    const into = this.#into || (example && example.into !== from ? example.into : other);
    // The example is of its own language.
    const text = this.#text ?? (example?.from === from ? example.text : "");
    return { text, from, into };
  }

  ask(): PlotInputs {
    return this.#asked;
  }

  answered() {
    this.#wrong = undefined;
  }

  refused({ code, message, hint, recoverable }: PlaygroundError): boolean {
    if (!ITS.includes(code)) return false;
    this.#wrong = { code, message, hint, recoverable };
    this.host.announce("error", this.#wrong);
    return true;
  }

  #take(text: string, from: string, into: string) {
    [this.#text, this.#from, this.#into] = [text, from, into];
    this.changed();
    this.host.changed();
    this.host.requestUpdate();
  }

  /** Another language; the same twice swaps the two. */
  #choose(wish: { from: string } | { into: string }) {
    const now = this.#asked;
    const next = { ...now, ...wish };
    if (next.from === next.into) [next.from, next.into] = [now.into, now.from];
    this.#take(now.text, next.from, next.into);
  }

  /** A language by its code; digits are none that a browser knows. */
  #name(code: string): string {
    const { words } = this.host;
    if (code === "digits") return words.say("digits");
    const column = /^column-(\d+)$/.exec(code)?.[1];
    if (column) return words.say("columnNumber", { n: column });
    try {
      return new Intl.DisplayNames([words.tag], { type: "language" }).of(code) ?? code;
    } catch {
      return code;
    }
  }

  /** The translation becomes the text, and the other way round. */
  swap(translated: string | undefined) {
    const { text, from, into } = this.#asked;
    this.#take(translated ?? text, into, from);
  }

  #languages(id: string, label: string, code: string, take: (code: string) => void) {
    const change = (e: Event) => take((e.target as HTMLSelectElement).value);
    return html`<div class="field">
      <label for=${id}>${label}</label>
      <select id=${id} @change=${change}>
        ${(this.#space?.languages ?? []).map((l) => option(l, this.#name(l), l === code))}
      </select>
    </div>`;
  }

  #examples() {
    const { words } = this.host;
    const { examples = [] } = this.#space ?? {};
    if (examples.length < 2) return nothing;
    return html`<div class="phrases" role="group" aria-label=${words.say("heldOutExamples")}>
      <span class="label">${words.say("heldOutExamples")}</span>
      ${examples.map(
        ({ from, into, text }) =>
          html`<button type="button" lang=${spoken(from) ?? nothing} @click=${() => this.#take(text, from, into)}>
            ${text}
          </button>`,
      )}
    </div>`;
  }

  /** What kind of text is expected. */
  get #help(): string {
    const { info, words } = this.host;
    const data = info?.data ?? "";
    if (/^numbers(-|$)/.test(data)) return words.say("textToTranslateHelp");
    if (/^dates(-|$)/.test(data)) return words.say("dateToTranslateHelp");
    return words.say(data === EMOJI_NAMES ? "nameToTranslateHelp" : "ownToTranslateHelp");
  }

  /** What was translated last. */
  translated: string | undefined;

  render() {
    const { words } = this.host;
    const wrong = this.#wrong && words.error(this.#wrong);
    const { text, from, into } = this.#asked;
    const input = (e: Event) => {
      const { value } = e.target as HTMLTextAreaElement;
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => {
        const { from, into } = this.#asked;
        this.#take(value, from, into);
      }, 220);
    };
    return html`<div class="tongues">
        ${this.#languages("source", words.say("translateFrom"), from, (code) => this.#choose({ from: code }))}
        <button
          type="button"
          aria-label=${words.say("swapLanguages")}
          title=${words.say("swapLanguages")}
          @click=${() => this.swap(this.translated)}>
          ⇄
        </button>
        ${this.#languages("target", words.say("translateInto"), into, (code) => this.#choose({ into: code }))}
      </div>
      <div class="field">
        <label for="text">${words.say("textToTranslate")}</label>
        <textarea
          id="text"
          rows="2"
          dir="auto"
          lang=${spoken(from) ?? nothing}
          spellcheck="false"
          aria-describedby="text-help"
          aria-invalid=${wrong ? "true" : "false"}
          .value=${text}
          @input=${input}></textarea>
        <small id="text-help">${this.#help}</small>
      </div>
      ${this.#examples()} ${refusal(wrong)}`;
  }
}

import { html } from "lit";
import type { PlaygroundError } from "../../client/errors";
import type { ErrorInfo, PlotInputs } from "../../client/protocol";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import { refusal } from "./refusal";

/** Tokens that the model writes when the reader has brought no text. */
const SELF = 90;
/** The longest text that goes into a URL. */
const LINKED = 400;

/** A text: the reader's, or else one by the model itself, which surely knows its tokens. */
export class TextInput implements Input {
  text = "";
  /** The reader's own. */
  own = false;
  readonly params: Record<string, Param>;
  #madeFor = "";
  #wrong: ErrorInfo | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
    /** Of a change that is asked for in words, or of a text with gaps, one to begin with; whether it is only for models
     *  that know words. */
    private readonly what: {
      change?: string;
      sentence?: boolean;
      gaps?: string;
      query?: string;
      question?: string;
    } = {},
  ) {
    this.params = {
      text: {
        get: () => (this.own && this.text.length <= LINKED ? this.text : undefined),
        set: (text = "") => this.#set(text),
      },
    };
  }

  async prepare() {
    if (this.what.sentence) return;
    const example = this.what.gaps ?? this.what.query ?? this.what.question;
    if (example !== undefined) {
      if (!this.own) this.text = example;
      return;
    }
    const { session, info, settled, sampleOptions } = this.host;
    const model = `${info?.id} ${info?.data} ${JSON.stringify(info?.space)} ${settled.seed}`;
    if (this.own || !session || (this.text && this.#madeFor === model)) return;
    if (info?.space.kind !== "text") {
      this.text = this.what.change ?? info?.prompt ?? "";
      this.#madeFor = model;
      return;
    }
    const view = await session.sample(1, settled.seed, { ...sampleOptions, length: SELF });
    if (view.kind === "texts" && !this.own) {
      this.text = (view.texts[0]?.tokens ?? []).map((t) => t.text).join("");
      this.#madeFor = model;
    }
  }

  ask(): PlotInputs {
    return this.#unheard() ? {} : { text: this.text };
  }

  /** Nothing is said to a model that knows no words. */
  #unheard() {
    return this.what.sentence && this.host.info?.prompt === undefined;
  }

  answered() {
    this.#wrong = undefined;
  }

  // What is wrong with a text is said beside it, and goes when it is put right.
  refused({ code, message, hint, recoverable }: PlaygroundError): boolean {
    const its = ["bad-data", "unknown-character"];
    // A model that paints what it is told knows some words.
    if (this.host.info?.prompt !== undefined || this.what.question) its.push("bad-option");
    if (!its.includes(code)) return false;
    this.#wrong = { code, message, hint, recoverable };
    this.host.announce("error", this.#wrong);
    return true;
  }

  /** The empty text is none. */
  #set(text: string) {
    this.text = text;
    this.own = text !== "";
    if (!this.own) this.#madeFor = "";
  }

  /** Another text, as the reader left it. */
  take(text: string) {
    this.#set(text);
    this.changed();
    this.host.changed();
  }

  get #label() {
    if (this.what.gaps !== undefined) return "gapsLabel";
    if (this.what.query !== undefined) return "yourQuery";
    if (this.what.question !== undefined) return "yourQuestion";
    return this.what.change ? "yourChange" : "yourSentence";
  }

  #help() {
    const { words, info } = this.host;
    const { change, gaps, query, question } = this.what;
    if (question !== undefined) return words.say("questionHelp");
    if (query !== undefined) return words.say("itsSentence");
    if (gaps !== undefined) return words.say("gapsSentence");
    if (change) return words.say("changeInWords", { example: change });
    if (info?.prompt !== undefined) return words.say("paintedSentence", { example: info.prompt });
    return words.say(this.own ? "longSentence" : "itsOwnSentence");
  }

  render() {
    if (this.#unheard()) return html``;
    const { words } = this.host;
    const wrong = this.#wrong && words.error(this.#wrong);
    const input = (e: Event) => {
      const { value } = e.target as HTMLTextAreaElement;
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => this.take(value), 220);
    };
    return html`<div class="field">
        <label for="text">${words.say(this.#label)}</label>
        <textarea
          id="text"
          rows="2"
          dir="auto"
          spellcheck="false"
          aria-describedby="text-help"
          aria-invalid=${wrong ? "true" : "false"}
          .value=${this.text}
          @input=${input}></textarea>
        <small id="text-help">${this.#help()}</small>
      </div>
      ${refusal(wrong)}`;
  }
}

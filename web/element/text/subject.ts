import { html, nothing, type TemplateResult } from "lit";
import { PlaygroundError } from "../../client/errors";
import type { ErrorInfo, View, ViewQuery } from "../../client/protocol";
import { Latest, Panel, type Host, type Param } from "../panel";

/** Tokens that the model writes when the reader has brought no text. */
const SELF = 90;
/** The longest text that goes into a URL. */
const LINKED = 400;

/** The text that several panels look at: the reader's, or else one by the model itself, which surely knows its tokens. */
export class Subject {
  text = "";
  /** The reader's own. */
  own = false;
  #madeFor = "";

  constructor(private readonly host: Host) {}

  /** The text to look at. */
  async get(): Promise<string> {
    const { session, info, settled, sampleOptions } = this.host;
    const model = `${info?.id} ${info?.data} ${JSON.stringify(info?.space)} ${settled.seed}`;
    if (this.own || !session || (this.text && this.#madeFor === model)) return this.text;
    const view = await session.sample(1, settled.seed, { ...sampleOptions, length: SELF });
    if (view.kind === "texts" && !this.own) {
      this.text = (view.texts[0]?.tokens ?? []).map((t) => t.text).join("");
      this.#madeFor = model;
    }
    return this.text;
  }

  /** Of the reader; the empty text is none. */
  set(text: string) {
    this.text = text;
    this.own = text !== "";
    if (!this.own) this.#madeFor = "";
  }

  readonly param: Param = {
    get: () => (this.own && this.text.length <= LINKED ? this.text : undefined),
    set: (text = "") => this.set(text),
  };
}

/** A panel that looks at a text and looks again whenever it changes. */
export abstract class SubjectPanel<K extends View["kind"]> extends Panel {
  protected view: Extract<View, { kind: K }> | undefined;
  #latest = new Latest();
  #wrong: ErrorInfo | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;

  constructor(
    host: Host,
    protected readonly subject: Subject,
  ) {
    super(host);
    this.params["text"] = subject.param;
  }

  protected abstract ask(text: string): ViewQuery;
  protected abstract got(view: View): void;

  override refresh() {
    const { session, info } = this.host;
    if (!session || !info) return;
    this.#latest.run(() =>
      this.host.attempt(async () => {
        try {
          const text = await this.subject.get();
          const view = await session.view(this.ask(text));
          this.#wrong = undefined;
          this.#drawnAt = performance.now();
          this.got(view);
          this.host.drawn();
        } catch (e) {
          const error = PlaygroundError.from(e);
          // What is wrong with a text is said beside it, and goes when it is put right.
          if (!["bad-data", "unknown-character"].includes(error.code)) throw e;
          const { code, message, hint, recoverable } = error;
          this.#wrong = { code, message, hint, recoverable };
          this.host.announce("error", this.#wrong);
          this.host.drawn();
        }
        this.host.requestUpdate();
      }),
    );
  }

  override trained(_state: unknown, samples: View | null) {
    if (samples && performance.now() - this.#drawnAt > 1500) this.refresh();
  }

  /** Another text, as the reader left it. */
  protected take(text: string) {
    this.subject.set(text);
    this.refresh();
    this.host.changed();
  }

  /** Where the text is typed. */
  protected field(label: string, help?: string): TemplateResult {
    const wrong = this.#wrong;
    const input = (e: Event) => {
      const { value } = e.target as HTMLTextAreaElement;
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => this.take(value), 220);
    };
    return html`<div class="field">
        <label for="text">${label}</label>
        <textarea
          id="text"
          rows="2"
          spellcheck="false"
          aria-describedby="text-help"
          aria-invalid=${wrong ? "true" : "false"}
          .value=${this.subject.text}
          @input=${input}></textarea>
        ${help ? html`<small id="text-help">${help}</small>` : nothing}
      </div>
      <div role="alert">
        ${
          wrong
            ? html`<div class="notice" data-code=${wrong.code}>
                <p><code>${wrong.code}</code> ${wrong.message} ${wrong.hint}</p>
              </div>`
            : nothing
        }
      </div>`;
  }
}

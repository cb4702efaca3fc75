import { PlaygroundError, problem } from "../../client/errors";
import type { ErrorInfo, TextInfo } from "../../client/protocol";
import type { KeptText } from "../../client/store";
import { nameOf, siteText, siteTexts, type TextEntry, type TextSource } from "../../client/texts";
import type { Session } from "../../client/session";

/** What the choice of a text asks for. */
export interface Library {
  readonly session: Session | undefined;
  requestUpdate(): void;
  changed(): void;
  announce(name: string, detail: unknown): void;
}

/** What is learned from as a text: texts, pairs to translate, or episodes as lines of JSON. */
export type CorpusKind = "text" | "pairs" | "episodes";

/**
 * The text that a model is to learn from: one of the site's, or the reader's own. Of pairs and episodes only a reader's
 * own are a text; the others are made, or are a file of the site.
 */
export class Corpus {
  /** What the site serves. */
  entries: TextEntry[] = [];
  /** The reader's own, which the browser keeps with the training. */
  own: KeptText | undefined;
  /** Name of the chosen one. */
  name: string | undefined;
  /** About it, once the worker has it. */
  info: TextInfo | undefined;
  busy = false;
  wrong: ErrorInfo | undefined;
  #wish = 0;
  /** Resolves when the text that was wished for last has come, or has not. */
  #taking: Promise<void> | undefined;
  /** What is wrong with the text that the reader brought last. */
  #refused: ErrorInfo | undefined;
  #preferred: string | undefined;
  /** Pairs or episodes that were chosen instead of a reader's own. */
  made: string | undefined;
  /** The share of the expert's episodes beside a reader's own. */
  expert = 0;

  constructor(
    private readonly host: Library,
    private readonly options: () => Record<string, unknown>,
    readonly kind: CorpusKind = "text",
  ) {}

  /** Whether only a reader's own are a text. */
  get pairs(): boolean {
    return this.kind !== "text";
  }

  /** Looks what there is; takes the wished-for text, else the first. */
  async open(): Promise<void> {
    if (this.pairs && !this.name) return;
    if (!this.entries.length && !this.pairs) {
      this.entries = await siteTexts();
      this.host.requestUpdate();
    }
    if (this.info || (this.wrong && this.wrong !== this.#refused)) return;
    const preferred = this.entries.find((e) => e.name === this.#preferred) ?? this.entries[0];
    const take = () => this.choose(this.name ?? preferred?.name ?? "");
    if (!this.wrong) {
      await take();
      for (let seen; seen !== this.#taking; await seen) seen = this.#taking;
    }
    // One of the reader's that came meanwhile and cannot be used leaves this one in place, and what is said of it.
    const { wrong } = this;
    if (this.info || !wrong || wrong !== this.#refused) return;
    await take();
    this.wrong ??= wrong;
  }

  /** What could not be fetched may be asked for again. */
  retry() {
    if (this.wrong?.code === "fetch-failed") this.wrong = undefined;
  }

  /** A text of the site, to be fetched when it is looked at. */
  want(name: string | undefined) {
    if (name === this.name) return;
    this.name = name;
    this.info = this.wrong = undefined;
  }

  /** The text of a model that came in a file, if the site has it. */
  prefer(name: string) {
    this.#preferred = name;
    this.name = this.info = this.wrong = this.made = undefined;
  }

  /** Learns from pairs that are made, or that the site has. */
  leave(made: string) {
    this.#wish++;
    this.made = made;
    this.name = this.info = this.wrong = undefined;
    this.busy = false;
    this.host.changed();
    this.host.requestUpdate();
  }

  /** Of the text that the worker has. */
  get title(): string {
    return this.titleOf(this.info?.name ?? "");
  }

  /** The reader's own text, if it goes by this name. */
  ownText(name: string): TextSource | undefined {
    const { own } = this;
    return own?.name === name ? { name, bytes: own.bytes, sha256: null, options: this.options() } : undefined;
  }

  titleOf(name: string): string {
    if (this.own && this.own.name === name) return this.own.title;
    return this.entries.find((e) => e.name === name)?.title ?? (this.pairs ? "" : name);
  }

  /** Takes a text of the site, or the reader's own again. */
  async choose(name: string): Promise<void> {
    this.name = name;
    await this.#take(async () => this.ownText(name) ?? (this.pairs ? undefined : siteText(name, this.options())));
  }

  /** Takes a reader's text; one that cannot be used leaves the one before in place. */
  async bring(bytes: Uint8Array, title: string): Promise<void> {
    const name = nameOf(bytes, this.kind);
    const find = async () => {
      if (!bytes.length)
        throw problem("bad-data", "This text cannot be used: it is empty.", "Paste something, or open a file.");
      return { name, bytes, sha256: null, options: this.options() };
    };
    await this.#take(find, (source) => {
      this.own = { ...source, title };
      this.name = name;
    });
  }

  /** A text that an earlier visit kept, to be taken. */
  adopt(text: KeptText) {
    this.#wish++;
    this.own = text;
    this.name = text.name;
    this.info = this.wrong = undefined;
    this.host.requestUpdate();
  }

  /** The worker that had the text is gone; the reader's own is still here. */
  forget() {
    this.#wish++;
    // What could not be used is not asked for again: what was there before it, or is there first, is.
    this.info = this.wrong = undefined;
    this.busy = false;
  }

  /** The same text as other tokens. */
  async again(): Promise<void> {
    if (this.name) await this.choose(this.name);
  }

  /** `done` takes a reader's text. */
  #take(find: () => Promise<TextSource | undefined>, done?: (source: TextSource) => void): Promise<void> {
    this.#taking = this.#try(find, done);
    return this.#taking;
  }

  async #try(find: () => Promise<TextSource | undefined>, done?: (source: TextSource) => void) {
    const { session } = this.host;
    if (!session) return;
    const wish = ++this.#wish;
    this.busy = true;
    this.host.requestUpdate();
    try {
      const source = await find();
      if (!source)
        throw problem("bad-data", `There is no text called “${this.name?.slice(0, 60)}” here.`, "Choose another one.");
      const info = await session.loadText(source);
      if (wish !== this.#wish) return;
      this.info = info;
      this.wrong = undefined;
      done?.(source);
      this.host.changed();
    } catch (e) {
      if (wish !== this.#wish) return;
      const { code, message, hint, recoverable } = PlaygroundError.from(e);
      if (code === "cancelled" || code === "worker-restarted") return; // It is asked for again.
      this.wrong = { code, message, hint, recoverable };
      if (done) this.#refused = this.wrong;
      this.name = this.info?.name ?? this.name;
      this.host.announce("error", this.wrong);
    } finally {
      if (wish === this.#wish) this.busy = false;
      this.host.requestUpdate();
    }
  }
}

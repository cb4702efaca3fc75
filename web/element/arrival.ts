import { onProgress, underWay } from "../client/progress";
import type { Words } from "../lang/words";

/** What is said while a model comes: what it is waited for, and how much of it there is. */
export class Arrival {
  #text: string | undefined;
  #deaf: (() => void) | undefined;

  constructor(
    private readonly host: {
      readonly words: Words;
      requestUpdate(): void;
      announce(name: string, detail: unknown): void;
    },
  ) {}

  /** It is waited for something, or, without a text, no longer. */
  say(text: string | undefined) {
    this.#text = text;
    this.#deaf?.();
    this.#deaf = text ? onProgress(() => this.#heard()) : undefined;
    if (text) this.host.announce("progress", { phase: "load", step: 0, of: 1 });
    this.host.requestUpdate();
  }

  #heard() {
    const part = underWay();
    if (part) this.host.announce("progress", { phase: "load", step: part.loaded, of: part.total });
    this.host.requestUpdate();
  }

  get told(): string | undefined {
    const part = this.#text ? underWay() : undefined;
    if (!part) return this.#text;
    const { words } = this.host;
    return words.say("fetchingBytes", { loaded: words.megabytes(part.loaded), total: words.megabytes(part.total) });
  }
}

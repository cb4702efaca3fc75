import { PlaygroundError } from "../client/errors";
import type { Code, ErrorInfo } from "../client/protocol";
import type { Notice } from "./chrome";

/** Shown at once, at most. */
const MOST = 8;
/** What is said of a model or of the way to it, and no longer holds when another one is in place. */
const SETTLED = new Set<Code>([
  "checkpoint-too-large",
  "checkpoint-hash",
  "checkpoint-parse",
  "checkpoint-schema",
  "checkpoint-shape",
  "checkpoint-not-finite",
  "fetch-failed",
  "policy-blocked",
  "origin-blocked",
  "wrong-type",
  "site-updated",
  "file-not-found",
  "bad-data",
  "unsupported",
  "training-diverged",
  "out-of-memory",
  "internal",
]);

/** Of these only the newest matters. */
const NEWEST: readonly string[] = ["worker-restarted", "device-lost"];

/** What an attribute or a link says in vain: whoever wrote it finds it in the console too, once. */
export class Warnings {
  #told = new Set<string>();

  tell({ code, message }: ErrorInfo) {
    if ((code !== "bad-option" && code !== "unknown-model") || this.#told.has(message)) return;
    this.#told.add(message);
    console.warn(`<generative-…>: ${message}`);
  }
}

/** The errors that a reader sees, each until it is dismissed or no longer so. */
export class Notices {
  all: Notice[] = [];
  #warnings = new Warnings();

  constructor(private readonly host: { requestUpdate(): void; announce(name: string, detail: unknown): void }) {}

  /** Shows an error and tells it to whoever listens. The same one twice is one. */
  report(thrown: unknown, again?: () => void, action?: Notice["action"], about?: string) {
    const { code, message, hint, recoverable } = PlaygroundError.from(thrown);
    const notice: Notice = { code, message, hint, recoverable, about, retry: again !== undefined, again, action };
    const same = (n: Notice) => n.code === code && (n.message === message || NEWEST.includes(code));
    this.all = [...this.all.filter((n) => !same(n)), notice].slice(-MOST);
    this.#warnings.tell(notice);
    this.host.requestUpdate();
    this.host.announce("error", { code, message, hint, recoverable });
  }

  /** The reader has seen it; with `retry`, what failed is tried again. */
  dismiss(notice: Notice, retry = false) {
    this.all = this.all.filter((n) => n !== notice);
    this.host.requestUpdate();
    if (retry) notice.again?.();
  }

  /** What was said under a code is no longer so. */
  clear(code: string) {
    this.all = this.all.filter((n) => n.code !== code);
  }

  /** What was said of something that goes well now is no longer so. */
  settled(about: string) {
    if (!this.all.some((n) => n.about === about)) return;
    this.all = this.all.filter((n) => n.about !== about);
    this.host.requestUpdate();
  }

  /** Another model is in place: what was said of the one before does not concern it. */
  leave() {
    this.all = this.all.filter((n) => !SETTLED.has(n.code));
  }
}

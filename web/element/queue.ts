/** A piece of work that waits or is under way. */
interface Entry {
  key: unknown;
  abort: AbortController;
  promise: Promise<boolean>;
}

/**
 * One piece of work after the other, of which only the newest counts: it makes the ones before it give up as soon as
 * they can. The same work twice is one.
 */
export class Queue {
  #newest: Entry | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(private readonly changed: () => void) {}

  /** Something waits or is under way. */
  get busy(): boolean {
    return this.#newest !== undefined;
  }

  /**
   * Does some work in its turn; `key` says what it is. Gives whether it was done, and not given up for something
   * newer.
   */
  run(key: unknown, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    if (this.#newest && this.#newest.key === key) return this.#newest.promise;
    this.clear();
    const abort = new AbortController();
    const { signal } = abort;
    const promise = this.#tail.then(async () => {
      if (signal.aborted) return false;
      try {
        await work(signal);
        return !signal.aborted;
      } catch (e) {
        if (signal.aborted) return false;
        throw e;
      } finally {
        if (this.#newest?.abort === abort) this.#newest = undefined;
        this.changed();
      }
    });
    this.#tail = promise.catch(() => undefined);
    this.#newest = { key, abort, promise };
    this.changed();
    return promise;
  }

  /** Gives up what waits and what is under way. */
  clear() {
    this.#newest?.abort.abort();
    this.#newest = undefined;
  }
}

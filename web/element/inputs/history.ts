/** States that can be taken back. */
const PAST = 40;

/** What was there before, and what was there before it was taken back. */
export class History<T> {
  #past: T[] = [];
  #future: T[] = [];

  constructor(
    private readonly take: () => T,
    private readonly give: (state: T) => void,
  ) {}

  get past(): boolean {
    return this.#past.length > 0;
  }
  get future(): boolean {
    return this.#future.length > 0;
  }

  /** Something was altered, and was `before`. */
  altered(before: T) {
    this.#past.push(before);
    if (this.#past.length > PAST) this.#past.shift();
    this.#future = [];
  }

  undo() {
    this.#travel(this.#past, this.#future);
  }
  redo() {
    this.#travel(this.#future, this.#past);
  }

  forget() {
    this.#past = [];
    this.#future = [];
  }

  #travel(from: T[], to: T[]) {
    const state = from.pop();
    if (state === undefined) return;
    to.push(this.take());
    this.give(state);
  }
}

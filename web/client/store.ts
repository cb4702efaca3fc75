import { type PlaygroundError, problem } from "./errors";
import type { TextSource } from "./texts";

/** A training as it is kept in the browser. */
export interface Kept {
  key: string;
  step: number;
  bytes: Uint8Array;
  /** Milliseconds since 1970. */
  saved: number;
  /** A reader's own text that it learns from. */
  text?: KeptText;
}

/** A text, kept apart from the snapshots: those come every ten seconds. */
export interface KeptText extends TextSource {
  title: string;
}

const DATABASE = "generative-playground";
const STORE = "trainings";

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("blocked"));
  });
}

async function transact<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await database();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      // A full disk shows when the transaction ends, not when the request does.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  } finally {
    db.close();
  }
}

/**
 * Keeps the newest snapshot of one element's training, so that it survives a reload.
 * A Web Lock makes sure that only one tab writes under a key.
 */
export class Keeper {
  #release: (() => void) | undefined;
  #claim: Promise<boolean> | undefined;
  #told = false;

  constructor(
    readonly key: string,
    readonly report: (error: PlaygroundError) => void,
  ) {}

  /** What an earlier visit left, if anything. */
  async read(): Promise<Kept | undefined> {
    try {
      const kept = await transact("readonly", (s) => s.get(this.key) as IDBRequest<Kept | undefined>);
      const text =
        kept && (await transact("readonly", (s) => s.get(this.#textKey) as IDBRequest<{ text: KeptText } | undefined>));
      return kept && (text ? { ...kept, text: text.text } : kept);
    } catch {
      return undefined; // No storage is like an empty one; writing will say so.
    }
  }

  get #textKey() {
    return `${this.key} text`;
  }

  /** Keeps the text of the training that begins, or forgets the one of the training before. */
  async saveText(text: KeptText | undefined): Promise<void> {
    if (text) await this.#put({ key: this.#textKey, text });
    else if (await this.#claimed(true))
      await transact("readwrite", (s) => s.delete(this.#textKey)).catch(() => undefined);
  }

  /** Keeps a snapshot; what goes wrong is told once, and training goes on in memory. */
  async save(step: number, bytes: Uint8Array): Promise<void> {
    await this.#put({ key: this.key, step, bytes, saved: Date.now() });
  }

  async #put(record: { key: string } & Record<string, unknown>): Promise<void> {
    if (!(await this.#claimed())) return;
    try {
      await transact("readwrite", (s) => s.put(record));
    } catch (e) {
      const full = e instanceof DOMException && e.name === "QuotaExceededError";
      this.#tell(
        problem(
          "storage-full",
          full
            ? "The browser has no room left to keep this training."
            : "The browser does not let this page keep its training.",
          "Training goes on, but a reload will lose it: download the model to be safe.",
        ),
      );
    }
  }

  /** Forgets what was kept. */
  async forget(): Promise<void> {
    if (!(await this.#claimed(true))) return;
    for (const key of [this.key, this.#textKey])
      await transact("readwrite", (s) => s.delete(key)).catch(() => undefined);
  }

  /** Lets other tabs write again. */
  release() {
    this.#release?.();
    this.#release = undefined;
    this.#claim = undefined;
    this.#told = false;
  }

  #claimed(quietly = false): Promise<boolean> {
    this.#claim ??= this.#lock();
    return this.#claim.then((mine) => {
      if (!mine) {
        this.#claim = undefined;
        if (!quietly) {
          this.#tell(
            problem(
              "storage-busy",
              "Another tab keeps this training already.",
              "Training goes on here, but only the other tab's will be there after a reload.",
            ),
          );
        }
      }
      return mine;
    });
  }

  #lock(): Promise<boolean> {
    if (!("locks" in navigator)) return Promise.resolve(true);
    return new Promise((resolve) => {
      navigator.locks
        .request(`${DATABASE}:${this.key}`, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock
            ? new Promise<void>((done) => {
                this.#release = done;
              })
            : undefined;
        })
        .catch(() => resolve(true));
    });
  }

  #tell(error: PlaygroundError) {
    if (this.#told) return;
    this.#told = true;
    this.report(error);
  }
}

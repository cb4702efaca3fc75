import { openDatabase } from "./database";
import { problem, type PlaygroundError } from "./errors";
import { pictureBytes, type KeptPictures } from "./pictures";
import type { PointSource } from "./protocol";
import type { SavedFile } from "./session";
import type { TextSource } from "./texts";

/** A text of the reader's own, as it is kept. */
export interface KeptText extends TextSource {
  title: string;
}

/** What is known of a kept training without opening it. */
export interface KeptInfo {
  id: string;
  /** The figure that it belongs to. */
  figure: string;
  /** What the reader calls it. */
  title: string;
  family: string;
  /** Name of its data. */
  data: string;
  /** What it learns from, for people. */
  about: string;
  step: number;
  /** Milliseconds since 1970. */
  saved: number;
  /** Bytes in all. */
  size: number;
  /** Bytes of the model alone; the others are data of the reader's own. */
  model: number;
  /** Who wrote it last. */
  writer: string;
}

/** What a training needs besides its model: data of the reader's own. */
export interface KeptData {
  text?: KeptText;
  points?: PointSource;
  pictures?: KeptPictures;
}

/** A kept training. */
export interface Kept extends KeptInfo, KeptData {
  bytes: Uint8Array;
}

const DATABASE = "generative-playground";
/** What is known of each training, its model, and what it learns from: the last changes least. */
const STORES = ["trainings-info", "trainings-model", "trainings-data"] as const;
type StoreName = (typeof STORES)[number];
/** The one store of the first version: a snapshot under a key, its text under the key and ` text`. */
const FIRST = "trainings";
const database = () =>
  openDatabase(DATABASE, 2, ({ result: db, transaction }) => {
    for (const name of STORES) if (!db.objectStoreNames.contains(name)) db.createObjectStore(name, { keyPath: "id" });
    if (transaction && db.objectStoreNames.contains(FIRST)) adoptFirst(db, transaction);
  });

/** Takes over what the first version kept. */
function adoptFirst(db: IDBDatabase, transaction: IDBTransaction) {
  interface First {
    key: string;
    step?: number;
    bytes?: Uint8Array;
    saved?: number;
    text?: KeptText;
  }
  const all = transaction.objectStore(FIRST).getAll() as IDBRequest<First[]>;
  all.onsuccess = () => {
    for (const { key: figure, step = 0, bytes, saved = 0 } of all.result) {
      if (!bytes) continue;
      const text = all.result.find((r) => r.key === `${figure} text`)?.text;
      const about = { family: "", data: text?.name ?? "", about: text?.title ?? "" };
      const info = { id: newId(), figure, title: "", ...about, step, saved, writer: "" };
      const sizes = { model: bytes.length, size: bytes.length + (text?.bytes.length ?? 0) };
      transaction.objectStore("trainings-info").put({ ...info, ...sizes });
      transaction.objectStore("trainings-model").put({ id: info.id, bytes });
      if (text) transaction.objectStore("trainings-data").put({ id: info.id, text });
    }
    db.deleteObjectStore(FIRST);
  };
}

/** A name that nobody else has. `randomUUID` is there on pages over https alone. */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36).padStart(7, "0")).join("");

/** Runs one transaction: all of it holds, or none. */
async function transact<T>(
  mode: IDBTransactionMode,
  act: (store: (name: StoreName) => IDBObjectStore, done: (value: T) => void) => void,
): Promise<T | undefined> {
  const db = await database();
  try {
    return await new Promise<T | undefined>((resolve, reject) => {
      const transaction = db.transaction(STORES, mode);
      let value: T | undefined;
      // A full disk shows when the transaction ends, not when a request does.
      transaction.oncomplete = () => resolve(value);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("not stored"));
      act(
        (name) => transaction.objectStore(name),
        (v) => (value = v),
      );
    });
  } finally {
    db.close();
  }
}

/** Whatever was stored, as it should be. */
const sound = (info: KeptInfo): KeptInfo => ({
  ...info,
  title: String(info.title ?? ""),
  about: String(info.about ?? ""),
  step: Number.isFinite(info.step) ? info.step : 0,
  saved: Number.isFinite(info.saved) ? info.saved : 0,
  size: Number.isFinite(info.size) ? info.size : 0,
  model: Number.isFinite(info.model) ? info.model : 0,
});

/** What is kept in this browser, the newest first; of one figure, or of all. */
export async function listKept(figures?: readonly string[]): Promise<KeptInfo[]> {
  const all = await transact<KeptInfo[]>("readonly", (store, done) => {
    const request = store("trainings-info").getAll() as IDBRequest<KeptInfo[]>;
    request.onsuccess = () => done(request.result);
  });
  return (all ?? [])
    .map(sound)
    .filter((k) => !figures || figures.includes(k.figure))
    .sort((a, b) => b.saved - a.saved);
}

/** A kept training with all that belongs to it. */
export async function readKept(id: string): Promise<Kept | undefined> {
  const parts: Partial<Record<StoreName, object>> = {};
  await transact("readonly", (store) => {
    for (const name of STORES) {
      const request = store(name).get(id) as IDBRequest<object | undefined>;
      request.onsuccess = () => (parts[name] = request.result);
    }
  });
  const { "trainings-info": info, "trainings-model": model, "trainings-data": data } = parts;
  return info && model && ({ ...data, ...model, ...sound(info as KeptInfo) } as Kept);
}

/** What one save says. */
export interface Save {
  info: Omit<KeptInfo, "saved" | "size" | "model" | "title">;
  bytes: Uint8Array;
  /** Written with the first save of a training, and left alone after it. */
  data?: KeptData;
}

/**
 * Keeps a training in one transaction. Gives false, and changes nothing, if somebody else has written there since
 * `info.writer` did.
 */
export async function writeKept({ info, bytes, data }: Save, mine: boolean): Promise<boolean> {
  const written = await transact<boolean>("readwrite", (store, done) => {
    const request = store("trainings-info").get(info.id) as IDBRequest<KeptInfo | undefined>;
    request.onsuccess = () => {
      const before = request.result;
      // It was deleted, or another tab goes on with it.
      if (mine && before?.writer !== info.writer) {
        done(false);
        return;
      }
      const own = data
        ? (data.text?.bytes.length ?? 0) + pointBytes(data.points) + pictureBytes(data.pictures)
        : before
          ? before.size - before.model
          : 0;
      const sizes = { model: bytes.length, size: bytes.length + own };
      store("trainings-info").put({ ...info, ...sizes, title: before?.title ?? "", saved: Date.now() });
      store("trainings-model").put({ id: info.id, bytes });
      if (data && Object.keys(data).length) store("trainings-data").put({ id: info.id, ...data });
      else if (data) store("trainings-data").delete(info.id);
      done(true);
    };
  });
  return written === true;
}

const pointBytes = (points: PointSource | undefined) =>
  points ? (points.type === "csv" ? points.bytes : points.xy).length : 0;

/** Gives a kept training a name. */
export async function renameKept(id: string, title: string): Promise<void> {
  await transact("readwrite", (store) => {
    const request = store("trainings-info").get(id) as IDBRequest<KeptInfo | undefined>;
    request.onsuccess = () => {
      if (request.result) store("trainings-info").put({ ...request.result, title: title.trim().slice(0, 80) });
    };
  });
}

/** Deletes a kept training. */
export async function deleteKept(id: string): Promise<void> {
  await transact("readwrite", (store) => {
    for (const name of STORES) store(name).delete(id);
  });
}

/** A kept training as a file that can be opened again. */
export async function keptFile(id: string): Promise<SavedFile | undefined> {
  const kept = await readKept(id);
  if (!kept) return undefined;
  const name = kept.title || `${kept.family || "model"}-step-${kept.step}`;
  return {
    name: `${name.replace(/[^\p{L}\p{N}_-]+/gu, "-")}.safetensors`,
    mime: "application/octet-stream",
    bytes: kept.bytes,
  };
}

/** Bytes for people. */
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Why something could not be kept, and what to do about it. */
export async function unkept(e: unknown): Promise<PlaygroundError> {
  const full = e instanceof DOMException && e.name === "QuotaExceededError";
  if (!full) {
    return problem(
      "storage-full",
      "The browser does not let this page keep its training.",
      "Training goes on, but a reload will lose it: download the model to be safe.",
    );
  }
  const largest = (await listKept().catch(() => [])).sort((a, b) => b.size - a.size)[0];
  return problem(
    "storage-full",
    "The browser has no room left to keep this training.",
    largest
      ? `Under “Kept in this browser”, delete what you no longer need: the largest, ` +
          `${largest.title || largest.family} at step ${largest.step}, takes ${megabytes(largest.size)}. ` +
          "Or download the model to be safe."
      : "Training goes on, but a reload will lose it: download the model to be safe.",
  );
}

/**
 * Episodes that the reader has played, a line of JSON each. The browser keeps them, for all figures and all pages;
 * where it does not let us, they last as long as the page.
 */
import { openDatabase } from "./database";
import { problem } from "./errors";
import { nameOf, type TextSource } from "./texts";

const DATABASE = "generative-playground-episodes";
const STORE = "lines";
/** The one record. */
const KEY = "own";

let lines: readonly string[] = [];
let read: Promise<void> | undefined;
/** Who is told that they have changed. */
const listeners = new Set<() => void>();

/** Changes what is kept, in one transaction; gives what is kept then. */
async function kept(change: (before: readonly string[]) => readonly string[]): Promise<readonly string[]> {
  const db = await openDatabase(DATABASE, 1, ({ result }) => result.createObjectStore(STORE));
  try {
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction(STORE, "readwrite");
      const store = transaction.objectStore(STORE);
      const request = store.get(KEY) as IDBRequest<unknown>;
      let after: readonly string[] = [];
      request.onsuccess = () => {
        const found = Array.isArray(request.result) ? request.result : [];
        const before = found.filter((line): line is string => typeof line === "string");
        after = change(before);
        if (after !== before) store.put(after, KEY);
      };
      transaction.oncomplete = () => resolve(after);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("not stored"));
    });
  } finally {
    db.close();
  }
}

async function take(change: (before: readonly string[]) => readonly string[]): Promise<void> {
  // Another page may have kept some meanwhile; without a database there are those of this page.
  lines = await kept(change).catch(() => change(lines));
  for (const told of listeners) told();
}

/** Those that there are, as far as they are known by now. */
export const demonstrations = (): readonly string[] => lines;

/** Looks what an earlier visit kept, once. */
export const readDemonstrations = (): Promise<void> => (read ??= take((before) => before));

export const addDemonstrations = (some: readonly string[]): Promise<void> => take((before) => [...before, ...some]);

export const dropDemonstration = (line: string): Promise<void> =>
  take((before) => {
    const at = before.indexOf(line);
    return at < 0 ? before : before.filter((_, i) => i !== at);
  });

export const dropDemonstrations = (): Promise<void> => take(() => []);

/** Whether data of this name is a reader's own episodes. */
export const isOwnEpisodes = (name: string): boolean => name.startsWith("episodes-");

/** Demonstrations as one file, and the name by which they are learned from. */
export function demonstrationFile(some: readonly string[]): TextSource {
  const bytes = new TextEncoder().encode(`${some.join("\n")}\n`);
  return { name: nameOf(bytes, "episodes"), bytes, sha256: null, options: {} };
}

/** Those that go by a name, if they are here: all that are kept, or the last of them, as a file was opened. */
export async function demonstrationsCalled(name: string): Promise<TextSource | undefined> {
  await readDemonstrations();
  for (let from = 0; from < lines.length; from++) {
    const file = demonstrationFile(lines.slice(from));
    if (file.name === name) return file;
  }
  return undefined;
}

export const missingDemonstrations = () =>
  problem(
    "bad-data",
    "The demonstrations that this agent learned from are not here.",
    "It can be watched. To train on, open the JSON Lines file with them in the view “Show it yourself”.",
  );

/** Tells `told` of every change, until what is given is called. */
export function watchDemonstrations(told: () => void): () => void {
  listeners.add(told);
  return () => listeners.delete(told);
}

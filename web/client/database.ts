/** Databases of the browser. */

/** Longer than any database should take to open, milliseconds. */
const PATIENCE = 15_000;

/**
 * A database of this name; `upgrade` makes its stores where it is older than `version`. Another page that has a newer
 * version is not kept waiting.
 */
export function openDatabase(
  name: string,
  version: number,
  upgrade: (opening: IDBOpenDBRequest) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the database does not open")), PATIENCE);
    const opening = indexedDB.open(name, version);
    opening.onupgradeneeded = () => upgrade(opening);
    opening.onsuccess = () => {
      clearTimeout(timer);
      const db = opening.result;
      db.onversionchange = () => db.close();
      resolve(db);
    };
    opening.onerror = () => reject(opening.error ?? new Error("the database cannot be opened"));
    opening.onblocked = () => reject(new Error("blocked"));
  });
}

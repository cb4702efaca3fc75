/** Files as the reader brings them, each with the folder that it lies in. */

/** A file that may be a picture. */
export interface Item {
  file: File;
  /** The folder that it lies in, or the label that the reader gave it; empty without one. */
  label: string;
}

/** More files are not listed. */
const MOST = 20_000;
/** What systems leave in folders. */
const isHidden = (name: string) => name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);

/** Files of a dialogue: of a folder, each with the name of the folder that it lies in. */
export const chosen = (files: Iterable<File>, label: string): Item[] =>
  [...files]
    .filter((file) => !isHidden(file.name))
    .slice(0, MOST)
    .map((file) => ({ file, label: file.webkitRelativePath.split("/").at(-2) ?? label }));

/** Whether several files, or a folder, are dropped at once. */
export const isSeveral = ({ items, files }: DataTransfer) =>
  files.length > 1 || [...items].some((item) => item.webkitGetAsEntry()?.isDirectory);

/** What is dropped, with what lies in folders. To be called while the event is under way. */
export async function dropped({ items, files }: DataTransfer, label: string): Promise<Item[]> {
  const entries = [...items].flatMap((item) => (item.kind === "file" ? (item.webkitGetAsEntry() ?? []) : []));
  const plain = [...files];
  if (!entries.some((entry) => entry.isDirectory)) return chosen(plain, label);
  const found: Item[] = [];
  for (const entry of entries) await walk(entry, label, found);
  return found;
}

async function walk(entry: FileSystemEntry, label: string, found: Item[]): Promise<void> {
  if (isHidden(entry.name) || found.length >= MOST) return;
  if (entry.isFile) {
    const file = await new Promise<File | undefined>((done) =>
      (entry as FileSystemFileEntry).file(done, () => done(undefined)),
    );
    if (file) found.push({ file, label });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It gives a hundred at a time, and none at its end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done) => reader.readEntries(done, () => done([])));
    if (!some.length) return;
    for (const inner of some) await walk(inner, entry.name, found);
  }
}

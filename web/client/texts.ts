import { problem } from "./errors";
import { fileUrl } from "./files";
import { bytesOf, listOf } from "./site";

/** A text as the worker takes it. */
export interface TextSource {
  name: string;
  /** UTF-8, as it is or gzipped. */
  bytes: Uint8Array;
  /** Promised hash of a text of the site. */
  sha256: string | null;
  /** How it becomes tokens. */
  options: Record<string, unknown>;
}

/** A text that the site serves, as `texts/manifest.json` promises it. */
export interface TextEntry {
  name: string;
  title: string;
  /** Under which it stands in a list. */
  group: string;
  file: string;
  bytes: number;
  sha256: string;
  /** The hash of the text itself, for servers that have the browser unpack it. */
  unpacked?: string;
  characters: number;
  licence: string;
  credit: string;
}

let manifest: Promise<TextEntry[]> | undefined;

/** The texts of the site, fetched once. */
export function siteTexts(): Promise<TextEntry[]> {
  const asked = (manifest ??= listOf("texts/manifest.json", (value) => {
    const { texts } = value as { texts: TextEntry[] };
    return Array.isArray(texts) ? texts : undefined;
  }));
  asked.catch(() => {
    if (manifest === asked) manifest = undefined;
  });
  return asked;
}

/** A text of the site by its name, if there is one. */
export async function siteText(name: string, options: Record<string, unknown> = {}): Promise<TextSource | undefined> {
  const entry = (await siteTexts()).find((t) => t.name === name);
  if (!entry) return undefined;
  const bytes = await bytesOf(fileUrl(`texts/${entry.file}`));
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return { name, bytes, sha256: packed ? entry.sha256 : (entry.unpacked ?? entry.sha256), options };
}

/** Larger than any text that is taken; not even read. The worker has the last word. */
export const LARGEST_TEXT = 64 << 20;

/** The bytes of a file that may be a text. */
export async function textBytes(file: Blob): Promise<Uint8Array> {
  if (file.size > LARGEST_TEXT) {
    throw problem(
      "bad-data",
      `This text cannot be used: it is longer than ${LARGEST_TEXT >> 20} MB.`,
      "Take a part of it.",
    );
  }
  return new Uint8Array(await file.arrayBuffer());
}

/** A name for a reader's text: the same text goes by the same name, also after a reload. */
export function nameOf(bytes: Uint8Array, kind: "text" | "pairs" | "episodes" = "text"): string {
  let hash = 0x811c9dc5; // FNV-1a
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${kind}-${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

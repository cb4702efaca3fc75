import { problem } from "./errors";
import { fileUrl } from "./files";
import { bytesOf, listOf } from "./site";

/** A passage of a chapter; `web/site/passages.mjs` makes the list of them. */
export interface Passage {
  /** The chapter's file, by language. */
  files: Record<string, string>;
  /** Id of the heading above it. */
  id: string;
  chapter: string;
  heading: string;
  text: string;
}

let all: Promise<{ passages: readonly Passage[]; vectors: Uint8Array }> | undefined;

/** The passages of the site's chapters, in English, and what its model made of them, fetched once. */
export function passagesOf() {
  const asked = (all ??= fetched());
  asked.catch(() => {
    if (all === asked) all = undefined;
  });
  return asked;
}

async function fetched() {
  const list = listOf("passages.json", (value) => (Array.isArray(value) ? (value as Passage[]) : undefined));
  // Without them each passage is read anew, which takes longer.
  const kept = bytesOf(fileUrl("passages.bin")).catch(() => new Uint8Array());
  const [passages, vectors] = await Promise.all([list, kept]);
  if (!passages.length)
    throw problem("fetch-failed", "This site has no passages to search.", "Open the site that the model is from.");
  return { passages, vectors };
}

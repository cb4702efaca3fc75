import { badOption, cancelled, PlaygroundError, problem } from "./errors";
import { fileUrl, inlined, isOwn } from "./files";
import { isHashed } from "./hashed";
import { unless } from "./limits";
import { isPacked, unpack } from "./packed";
import { fromPlanes } from "./planes";
import { idly, platform } from "./platform";
import { came } from "./progress";
import { isPage, nameOf, refused, silent as silence, unanswered } from "./refusals";

/** One file that the site serves, as the manifest promises it. */
interface SiteFile {
  title: string;
  file: string;
  bytes: number;
  sha256: string;
  licence: string;
  card?: string;
}

/** A shipped model. */
export interface ModelEntry extends SiteFile {
  id: string;
  family: string;
  data: string;
  parameters: number;
  latentDim: number;
  metrics: Record<string, number>;
  /** The same, smaller, to be unpacked (`planes.ts`). */
  packed?: { file: string; bytes: number };
}

/** A shipped data set. */
export interface DataEntry extends SiteFile {
  name: string;
}

/** `checkpoints/manifest.json`. */
export interface Manifest {
  version: number;
  models: ModelEntry[];
  data: DataEntry[];
}

/** Larger than any file that is taken, bytes. */
export const LARGEST_FILE = 256 << 20;
/** A server that sends nothing for so long is not waited for any longer, milliseconds. */
const SILENCE = 30_000;
/** How long the bytes of a file stay for others that want the same one, milliseconds. */
const SHARED = 60_000;

/** A file on its way, or just arrived. */
interface Download {
  bytes: Promise<Uint8Array>;
  abort: AbortController;
  /** Who waits for it. */
  waiting: number;
  arrived: boolean;
}

// Ten elements with one model make one download.
const downloads = new Map<string, Download>();
/** Files that turned out wrong: the browser's own copy is not to be had again. */
const distrusted = new Set<string>();
let manifest: Promise<Manifest> | undefined;

/** What had come of a file when the network was lost or it was stopped: the next try asks for the rest. */
const halves = new Map<string, Uint8Array[]>();
const sizeOf = (parts: readonly Uint8Array[]) => parts.reduce((n, part) => n + part.length, 0);

/** The rest of a file of which some has come, or all of it; `parts` then has what is to stand before. */
async function ask(url: URL, options: RequestInit, parts: Uint8Array[]): Promise<Response> {
  const half = halves.get(url.href);
  halves.delete(url.href);
  if (!half) return platform.fetch(url, options);
  const from = sizeOf(half);
  const rest = await platform.fetch(url, { ...options, headers: { Range: `bytes=${from}-` } }).catch(() => undefined);
  if (rest?.status === 206 && rest.headers.get("content-range")?.startsWith(`bytes ${from}-`) !== false) {
    parts.push(...half);
    return rest;
  }
  if (rest?.status === 200) return rest;
  void rest?.body?.cancel();
  return platform.fetch(url, options);
}

/** Reads a response; a silent server, or one that sends more than `limit`, is left alone. */
async function read(
  url: URL,
  limit: number,
  abort: AbortController,
  cache: RequestCache,
  total = 0,
): Promise<Uint8Array> {
  let silent = false;
  const parts: Uint8Array[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent = true;
      abort.abort();
    }, SILENCE);
  };
  try {
    heard();
    const response = await ask(url, { signal: abort.signal, cache }, parts);
    if (!response.ok) throw await refused(url, response.status);
    // Some hosts send a page, and no error, for a file that they do not have.
    if (isPage(response) && isOwn(url)) throw await refused(url, 404);
    let size = sizeOf(parts);
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      heard();
      parts.push(next.value);
      size += next.value.length;
      if (size > limit) throw tooLarge(url, limit);
      if (total) came(url.href, { loaded: size, total });
    }
    return joined(parts, size);
  } catch (e) {
    // The rest of a file that can only be the same can be asked for, also by whoever stopped it.
    if (parts.length && !(e instanceof PlaygroundError) && isHashed(url.pathname)) halves.set(url.href, parts);
    abort.abort(); // Whatever still comes is not wanted.
    if (silent) throw silence(url, SILENCE / 1000);
    if (e instanceof PlaygroundError) throw e;
    throw await unanswered(url);
  } finally {
    clearTimeout(timer);
    if (total) came(url.href);
  }
}

const tooLarge = (url: URL, limit: number) =>
  problem(
    "checkpoint-too-large",
    `${nameOf(url)} has more than ${limit >> 20} MiB, which is the most that is taken.`,
    "Choose a smaller file.",
  );

function joined(parts: Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1 && parts[0]) return parts[0];
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Bytes of a file, fetched once for all who want it at a time; after a failure the next try is a new one. */
export async function bytesOf(url: URL, signal?: AbortSignal, limit = LARGEST_FILE, total = 0): Promise<Uint8Array> {
  if (signal?.aborted) throw cancelled();
  const { href } = url;
  const download = downloads.get(href) ?? begin(url, limit, total);
  download.waiting++;
  try {
    return await unless(signal, download.bytes);
  } finally {
    // Nobody wants it any more.
    if (--download.waiting === 0 && !download.arrived) {
      download.abort.abort();
      forget(href, download);
    }
  }
}

function begin(url: URL, limit: number, total: number): Download {
  const { href } = url;
  const abort = new AbortController();
  const bytes = read(url, limit, abort, distrusted.has(href) ? "reload" : "default", total);
  const download: Download = { bytes, abort, waiting: 0, arrived: false };
  downloads.set(href, download);
  bytes.then(
    () => {
      download.arrived = true;
      distrusted.delete(href);
      idly(() => forget(href, download), SHARED);
    },
    () => {
      if (!abort.signal.aborted || download.waiting) distrusted.add(href);
      forget(href, download);
    },
  );
  return download;
}

function forget(href: string, download: Download) {
  if (downloads.get(href) === download) downloads.delete(href);
}

/** Forgets a file's bytes, which turned out not to be what was promised; the next try asks the server itself. */
function distrust(url: URL) {
  downloads.delete(url.href);
  distrusted.add(url.href);
}

const modelUrl = (entry: ModelEntry) => fileUrl(`checkpoints/${(entry.packed ?? entry).file}`);

/** Forgets a shipped model's bytes, which turned out not to be what was promised, and the manifest with them. */
export function forgetModel(entry: ModelEntry) {
  distrust(modelUrl(entry));
  manifest = undefined;
}

/** A list that the site serves; never an old one out of the browser's cache. */
export async function listOf<T>(name: string, take: (value: unknown) => T | undefined): Promise<T> {
  const url = fileUrl(name);
  const known = inlined(name);
  let value = known === undefined ? undefined : take(known);
  if (value !== undefined) return value;
  const bytes = await read(url, 1 << 20, new AbortController(), "no-cache");
  try {
    value = take(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // Told below.
  }
  if (value !== undefined) return value;
  const path = url.pathname.split("/").slice(-2).join("/");
  throw problem(
    "fetch-failed",
    `${path} is not what it should be.`,
    "Try again later; if it stays, the site is missing a file.",
  );
}

/** The sets of the site that hold music, and drums. */
export const CHORALES = "chorales";
export const GROOVES = "grooves";
/** The one that holds names in several languages. */
export const EMOJI_NAMES = "emoji-names";
/** Sets that are no pictures. */
export const NO_PICTURES: readonly string[] = [CHORALES, GROOVES, EMOJI_NAMES];

/** The site's manifest, fetched once. */
export function siteManifest(): Promise<Manifest> {
  const asked = (manifest ??= listOf("checkpoints/manifest.json", (value) => {
    const { models, data } = value as Manifest;
    return Array.isArray(models) && Array.isArray(data) ? (value as Manifest) : undefined;
  }));
  asked.catch(() => {
    if (manifest === asked) manifest = undefined;
  });
  return asked;
}

/** A shipped model by its id. */
export async function modelEntry(id: string): Promise<ModelEntry> {
  const { models } = await siteManifest();
  const entry = models.find((m) => m.id === id);
  if (!entry) {
    throw problem(
      "unknown-model",
      `There is no model called “${id.slice(0, 60)}”.`,
      `Choose one of: ${models.map((m) => m.id).join(", ")}.`,
    );
  }
  return entry;
}

/** The bytes of a checkpoint by its address, in which it may be itself. */
export async function sourceBytes(src: string, signal?: AbortSignal): Promise<Uint8Array> {
  if (isPacked(src)) return unpack(src, signal);
  if (!URL.canParse(src, document.baseURI))
    throw badOption("src", src, "the address of a .safetensors file is expected");
  return bytesOf(new URL(src, document.baseURI), signal);
}

/** The bytes of a shipped model. */
export async function modelBytes(entry: ModelEntry, signal?: AbortSignal): Promise<Uint8Array> {
  const bytes = await bytesOf(modelUrl(entry), signal, LARGEST_FILE, (entry.packed ?? entry).bytes);
  return entry.packed ? fromPlanes(bytes, entry.bytes) : bytes;
}

/** A shipped data set with its bytes. */
export async function dataFile(name: string): Promise<{ entry: DataEntry; bytes: Uint8Array }> {
  const { data } = await siteManifest();
  const entry = data.find((d) => d.name === name);
  if (!entry) {
    throw problem(
      "bad-data",
      `The data in ${name} cannot be used: this site does not carry it.`,
      "Open a model that was trained on data of this site.",
    );
  }
  return { entry, bytes: await bytesOf(fileUrl(`data/${entry.file}`)) };
}

/** Forgets a data set's bytes, which turned out not to be what was promised. */
export const forgetData = (entry: DataEntry) => distrust(fileUrl(`data/${entry.file}`));

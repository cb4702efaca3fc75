import { PlaygroundError, problem } from "./errors";

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

/** Where the site's files are: beside the script that was loaded, whoever's page it is in. */
export const base = new URL("./", import.meta.url);

// Bytes are kept as promises, so that ten elements with one model make one download.
const downloads = new Map<string, Promise<Uint8Array>>();
let manifest: Promise<Manifest> | undefined;

/** Asks the site; throws a `fetch-failed` that says what is missing. */
export async function get(url: URL): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw problem(
      "fetch-failed",
      `${url.pathname.split("/").at(-1)} could not be fetched: the server cannot be reached.`,
      "Check the connection, then try again.",
    );
  }
  if (!response.ok) {
    throw problem(
      "fetch-failed",
      `${url.pathname.split("/").at(-1)} could not be fetched: the server answered ${response.status}.`,
      "Try again later; if it stays, the site is missing a file.",
    );
  }
  return response;
}

/** Bytes of a file, fetched once. A failure is forgotten, so that the next try is a new one. */
export function bytesOf(url: URL): Promise<Uint8Array> {
  let bytes = downloads.get(url.href);
  if (!bytes) {
    bytes = get(url)
      .then((r) => r.arrayBuffer())
      .then((b) => new Uint8Array(b))
      .catch((e: unknown) => {
        downloads.delete(url.href);
        throw e instanceof PlaygroundError
          ? e
          : problem(
              "fetch-failed",
              `${url.pathname.split("/").at(-1)} did not arrive whole.`,
              "Check the connection, then try again.",
            );
      });
    downloads.set(url.href, bytes);
  }
  return bytes;
}

/** Forget a shipped model's bytes, which turned out not to be what was promised. */
export const forgetModel = (entry: ModelEntry) =>
  downloads.delete(new URL(entry.file, new URL("checkpoints/", base)).href);

/** The site's manifest, fetched once. */
export function siteManifest(): Promise<Manifest> {
  manifest ??= get(new URL("checkpoints/manifest.json", base))
    .then(async (r) => {
      const value = (await r.json()) as Manifest;
      if (!Array.isArray(value.models) || !Array.isArray(value.data)) throw new Error("not a manifest");
      return value;
    })
    .catch((e: unknown) => {
      manifest = undefined;
      throw e instanceof PlaygroundError
        ? e
        : problem(
            "fetch-failed",
            "checkpoints/manifest.json is not what it should be.",
            "Try again later; if it stays, the site is missing a file.",
          );
    });
  return manifest;
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

/** The bytes of a shipped model. */
export const modelBytes = (entry: ModelEntry) => bytesOf(new URL(entry.file, new URL("checkpoints/", base)));

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
  return { entry, bytes: await bytesOf(new URL(entry.file, new URL("data/", base))) };
}

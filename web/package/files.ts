/**
 * Where the package's files are. It takes the place of `client/files.ts` in what npm installs: each address stands in
 * the code as `new URL("./files/…", import.meta.url)`, which is what bundlers look for.
 */
import own from "package:files";
import lists from "package:lists";

const NOWHERE = "https://generative-playground.invalid/";

/** Where an address leads from that begins at the top of the site, as some bundlers write them. */
const top = () => {
  const { origin = "null" } = globalThis.location ?? {};
  return origin === "null" ? (globalThis.document?.baseURI ?? NOWHERE) : origin;
};
const whole = (of: Record<string, string>) =>
  Object.fromEntries(Object.entries(of).map(([name, at]) => [name, new URL(at, top()).href]));

const names: Record<string, string> = whole(own);
/** A copy of the files elsewhere, if there is one. */
let folder: URL | undefined;

/** The address of a file of the package, from the name that it goes by in the sources. */
export function fileUrl(name: string): URL {
  // Of what is no file of the package, an address that a server can say so of.
  return folder ? new URL(name, folder) : new URL(names[name] ?? name, top());
}

/** Whether an address is one of the package's files. */
export const isOwn = (url: URL) =>
  folder ? url.href.startsWith(folder.href) : Object.values(names).includes(url.href.split("?")[0] ?? "");

/** A list of models or texts: it came with the script. */
export const inlined = (name: string): unknown => lists[name];

/** Takes addresses of files over those that are known. */
export const learnFiles = (given: Record<string, string> = {}) => void Object.assign(names, whole(given));

/** Files of a package are never replaced under a page. */
export const filesNow = async (): Promise<Record<string, string> | undefined> => undefined;
export const isGone = async () => false;

/** Files that workers need, by the names in the sources. */
export const workerFiles = (): Record<string, string> =>
  Object.fromEntries(
    ["worker-cpu_bg.wasm", "worker-cpu_rest.wasm", "worker-webgpu_bg.wasm"].map((name) => [name, fileUrl(name).href]),
  );

/** Whether a copy of the files is in use. */
export const isCopied = () => folder !== undefined;

/** Takes all files from a copy of the package's folder `lib/files`; before the first model. */
export function useFiles(at: string | URL) {
  const url = new URL(at, globalThis.document?.baseURI ?? globalThis.location?.href ?? import.meta.url);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  folder = url;
}

import { isHashed } from "./hashed";

/** What the site's files are called: each carries the hash of what is in it, which the build fills in. */
declare const FILES: string | undefined;

const names: Record<string, string> = typeof FILES === "undefined" ? {} : JSON.parse(FILES);

/** Where the site's files are: beside the script that was loaded, whoever's page it is in. */
const base = new URL("./", import.meta.url);

/** The files that this script knows, by the names that they go by in the sources. */
export const known: readonly string[] = Object.keys(names);

/** The address of a file of the site, from the name that it goes by in the sources. */
export const fileUrl = (name: string) => new URL(names[name] ?? name, base);

/** Whether an address is one of the site. */
export const isOwn = (url: URL) => url.href.startsWith(base.href);

/** A list of the site, where it came with the script. */
export const inlined = (_name: string): unknown => undefined;

/** Takes addresses of files over those that are known. */
export const learnFiles = (given: Record<string, string> = {}) => void Object.assign(names, given);

/** What the files are called that the site has now, which may be a later one than that of this page. */
export async function filesNow(): Promise<Record<string, string> | undefined> {
  try {
    const response = await fetch(new URL("files.json", base), { cache: "no-cache" });
    const list: unknown = response.ok ? await response.json() : undefined;
    return typeof list === "object" && list !== null ? (list as Record<string, string>) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the site was replaced by a later one that has this file no more. */
export async function isGone(url: URL): Promise<boolean> {
  const ours = isOwn(url) && isHashed(url.pathname);
  const now = ours ? await filesNow() : undefined;
  return now !== undefined && !Object.values(now).includes(url.href.slice(base.href.length));
}

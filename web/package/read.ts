/** Fetching in Node, which reads no files by their addresses. */
import { readFile } from "node:fs/promises";

const TYPES: Record<string, string> = { wasm: "application/wasm", json: "application/json" };

/** Fetches a file, from wherever it is. */
export async function fetchFile(url: URL | string, init?: RequestInit): Promise<Response> {
  const { href, protocol, pathname } = new URL(url);
  if (protocol !== "file:") return fetch(href, init);
  try {
    const bytes = await readFile(new URL(href));
    const type = TYPES[pathname.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    return new Response(bytes, { headers: { "content-type": type } });
  } catch (e) {
    return new Response(null, { status: 404, statusText: e instanceof Error ? e.message : String(e) });
  }
}

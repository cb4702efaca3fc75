/**
 * The site's service worker: after the first visit its pages open without a network, each version of the site whole.
 * Pages of one version are kept together; a later version is fetched aside and waits until the reader takes it.
 *
 * Only the pages of the site register it (`page/offline.ts`), never somebody else's page or a frame.
 */
import { FILES, ourCaches, pagesOf, type Told } from "./caches";

/** What the build knows of the site. */
interface Site {
  version: string;
  /** Files without a hash. */
  pages: string[];
  /** All files with a hash. */
  files: string[];
  /** Those that every page may need. */
  shell: string[];
}
declare const SITE: string;
const site = JSON.parse(SITE) as Site;

/** The events of a service worker; TypeScript's library for pages has none of them. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Messaging extends Extendable {
  data: Told;
}
const scope = self as unknown as {
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: Messaging) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  registration: { scope: string };
};

const top = new URL(scope.registration.scope);
const addressOf = (name: string) => new URL(name, top).href;
const hashed = new Set(site.files);

/** The name of a file of the site; nothing if it is none of this version's. */
function nameOf(url: URL): string | undefined {
  if (url.origin !== top.origin || !url.pathname.startsWith(top.pathname)) return undefined;
  const path = decodeURI(url.pathname.slice(top.pathname.length)) || "index.html";
  if (hashed.has(path) || site.pages.includes(path)) return path;
  // Some servers leave the ending out.
  return site.pages.includes(`${path}.html`) ? `${path}.html` : undefined;
}

/** A whole answer that may be kept, as one that was not led on from elsewhere: browsers refuse those for pages. */
async function keepable(response: Response): Promise<Response | undefined> {
  if (response.status !== 200 || response.type === "opaque") return undefined;
  if (!response.redirected) return response;
  return new Response(await response.blob(), { headers: response.headers });
}

/** Fetches a file and keeps it. */
async function fetched(name: string, request: Request): Promise<Response> {
  const response = await fetch(request);
  const copy = await keepable(response.clone());
  const html = copy?.headers.get("content-type")?.startsWith("text/html") ?? false;
  // A host's page for what is missing is not the file.
  if (copy && html === name.endsWith(".html")) {
    const cache = await caches.open(hashed.has(name) ? FILES : pagesOf(site.version));
    await cache.put(addressOf(name), copy).catch(() => undefined); // Where there is no room, it is not kept.
  }
  return response;
}

async function answer(name: string, request: Request): Promise<Response> {
  // What turned out wrong is asked for anew.
  if (request.cache !== "reload" && request.cache !== "no-store") {
    const cache = await caches.open(hashed.has(name) ? FILES : pagesOf(site.version));
    const kept = await cache.match(addressOf(name));
    if (kept) return kept;
  }
  return fetched(name, request);
}

/** Keeps files that are not kept yet; those that cannot be had now come when they are used. */
async function keep(names: readonly string[], needed: boolean) {
  const [files, pages] = await Promise.all([caches.open(FILES), caches.open(pagesOf(site.version))]);
  for (const name of names) {
    const cache = hashed.has(name) ? files : pages;
    if (await cache.match(addressOf(name))) continue;
    const response = await fetched(name, new Request(addressOf(name), hashed.has(name) ? {} : { cache: "no-cache" }));
    if (needed && !response.ok) throw new Error(`${name}: ${response.status}`);
  }
}

scope.addEventListener("install", (event) => {
  const pages = site.pages.filter((name) => !name.includes("/"));
  event.waitUntil(keep([...pages, ...site.shell], true));
});

scope.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await ourCaches())
      if (name !== FILES && name !== pagesOf(site.version)) await caches.delete(name);
    const files = await caches.open(FILES);
    // Those of a version that is gone.
    for (const request of await files.keys()) if (!nameOf(new URL(request.url))) await files.delete(request);
    await scope.clients.claim();
  };
  event.waitUntil(clean());
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const name = request.method === "GET" && !request.headers.has("range") ? nameOf(new URL(request.url)) : undefined;
  if (name) event.respondWith(answer(name, request));
});

scope.addEventListener("message", (event) => {
  const { data } = event;
  if (data.type === "take") void scope.skipWaiting();
  else if (data.type === "used" && Array.isArray(data.urls)) {
    const module = site.files.filter((name) => data.backend && new RegExp(`^worker-${data.backend}[-_]`).test(name));
    const names = [...data.urls.flatMap((url) => nameOf(new URL(url, top)) ?? []), ...module];
    event.waitUntil(keep(names, false).catch(() => undefined));
  }
});

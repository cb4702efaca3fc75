/** “What is stored here”: all that the site keeps in this browser, with sizes, to be saved or deleted. */
import { fileUrl } from "../client/files";
import { siteManifest } from "../client/site";
import { deleteKept, keptFile, listKept } from "../client/store";
import { siteTexts } from "../client/texts";
import { download } from "../element/files";
import { tagAt, wordsOf } from "../lang/speech";
import { FILES, ourCaches } from "../offline/caches";

const words = await wordsOf(tagAt(document.documentElement));
/** The page's own words stand in the page, in its language. */
const said = document.querySelector<HTMLTemplateElement>("#words")?.content;
const say = (word: string, holes: Record<string, string> = {}) =>
  (said?.querySelector(`[data-word=${word}]`)?.textContent ?? word).replace(/\{(\w+)\}/g, (_, hole: string) => {
    return holes[hole] ?? "";
  });
const part = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const size = (bytes: number) => words.megabytes(bytes);

/** Does something, shows what there is then, and tells what went wrong. */
async function act(work: () => Promise<unknown>) {
  part("told").textContent = "";
  try {
    await work();
  } catch (e) {
    const reason = e instanceof Error ? words.told(e.message) : String(e);
    part("told").textContent = say("failed", { reason: reason.replace(/\.$/, "") });
  }
  await show();
}

function button(text: string, work: () => Promise<unknown>, name: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.ariaLabel = `${text}: ${name}`;
  made.addEventListener("click", () => {
    made.disabled = true;
    void act(work);
  });
  return made;
}

/** What cannot be had again is deleted by the second press. */
function surely(work: () => Promise<unknown>, name: string): HTMLButtonElement {
  const made = button(say("delete"), work, name);
  const first = (event: Event) => {
    event.stopImmediatePropagation();
    made.textContent = say("really");
    made.ariaLabel = `${say("really")}: ${name}`;
  };
  made.addEventListener("click", first, { capture: true, once: true });
  return made;
}

interface Row {
  name: string;
  about: string[];
  buttons: HTMLButtonElement[];
}

function list(id: string, rows: Row[]) {
  const items = rows.map(({ name, about, buttons }) => {
    const item = document.createElement("li");
    const title = document.createElement("b");
    title.textContent = name;
    item.append(title, ` ${about.join(", ")} `, ...buttons);
    return item;
  });
  if (!items.length) items.push(Object.assign(document.createElement("li"), { textContent: say("none") }));
  part(id).replaceChildren(...items);
}

/** Files in the caches, with their sizes. */
async function cached(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of await ourCaches()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = await cache.match(request);
      found.set(`${name} ${request.url}`, (await response?.blob())?.size ?? 0);
    }
  }
  return found;
}

/** What of the site can be saved, by address. */
async function savable(): Promise<{ name: string; url: string; bytes: number }[]> {
  const [{ models, data }, texts] = await Promise.all([siteManifest(), siteTexts()]);
  const of = (folder: string, { title, file, bytes }: { title: string; file: string; bytes: number }) => {
    return { name: words.told(title), url: fileUrl(`${folder}/${file}`).href, bytes };
  };
  return [
    ...models.map((m) => of("checkpoints", m)),
    ...data.map((d) => of("data", d)),
    ...texts.map((t) => of("texts", t)),
  ];
}

const save = async (url: string) => (await caches.open(FILES)).add(url);
const drop = async (url: string) => (await caches.open(FILES)).delete(url);

async function dropSite(keep: ReadonlySet<string>) {
  for (const registration of await navigator.serviceWorker?.getRegistrations()) await registration.unregister();
  for (const name of await ourCaches()) {
    if (name !== FILES) {
      await caches.delete(name);
      continue;
    }
    const cache = await caches.open(name);
    for (const request of await cache.keys()) if (!keep.has(request.url)) await cache.delete(request);
  }
}

async function show() {
  const [kept, files, all] = await Promise.all([
    listKept().catch(() => []),
    "caches" in window ? cached() : new Map<string, number>(),
    savable().catch(() => []),
  ]);
  const isThere = (url: string) => files.has(`${FILES} ${url}`);
  const urls = new Set(all.map((f) => f.url));
  list(
    "trainings",
    kept.map((k) => {
      const name = k.title || words.told(k.about) || k.data || say("training");
      const file = async () => {
        const found = await keptFile(k.id);
        if (found) download(found);
      };
      return {
        name,
        about: [k.family, say("step", { n: words.figure(k.step) }), size(k.size), words.ago(k.saved)],
        buttons: [button(say("download"), file, name), surely(() => deleteKept(k.id), name)],
      };
    }),
  );
  const shell = [...files].filter(([key]) => !urls.has(key.slice(key.indexOf(" ") + 1)));
  const bytes = (entries: [string, number][]) => entries.reduce((sum, [, n]) => sum + n, 0);
  const engine = shell.filter(([key]) => key.endsWith(".wasm"));
  const pages = { name: say("pages"), about: [size(bytes(shell) - bytes(engine))] };
  list("site", [
    ...(shell.length ? [{ ...pages, buttons: [button(say("delete"), () => dropSite(urls), pages.name)] }] : []),
    ...engine.map(([key, n]) => {
      const name = say("engine", { name: key.includes("webgpu") ? "WebGPU" : "CPU" });
      const url = key.slice(key.indexOf(" ") + 1);
      return { name, about: [size(n)], buttons: [button(say("delete"), () => drop(url), name)] };
    }),
  ]);
  list(
    "files",
    all.map(({ name, url, bytes: n }) =>
      isThere(url)
        ? { name, about: [size(n), say("kept")], buttons: [button(say("delete"), () => drop(url), name)] }
        : { name, about: [size(n)], buttons: [button(say("saveOne"), () => save(url), name)] },
    ),
  );
  const sum = bytes([...files]) + kept.reduce((n, k) => n + k.size, 0);
  part("all").textContent = say("sum", { size: size(sum) });
  part("stored").hidden = false;
  const everything = part<HTMLButtonElement>("everything");
  everything.disabled = sum === 0;
  const missing = all.filter(({ url }) => !isThere(url));
  const saving = part<HTMLButtonElement>("save");
  saving.disabled = !("caches" in window) || !missing.length;
  saving.onclick = () => {
    saving.disabled = true;
    void act(async () => {
      for (const { url } of missing) await save(url);
    });
  };
}

/** The second press deletes. */
let sure = false;
const label = part("everything").textContent;
part("everything").addEventListener("click", () => {
  const all = part<HTMLButtonElement>("everything");
  if (!sure) {
    sure = true;
    all.textContent = say("really");
    return;
  }
  sure = false;
  all.textContent = label;
  void act(async () => {
    for (const { id } of await listKept()) await deleteKept(id);
    await dropSite(new Set());
  });
});
await show();

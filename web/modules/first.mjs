// What of a module a first visit runs, found out by doing it: the module describes itself, opens each model that is
// shipped, and draws from it as pages do that say no more than its name, and as the site's own pages ask; it draws
// images that take long; and it makes a model of points of each family, and draws from that.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const web = resolve(dirname(fileURLToPath(import.meta.url)), "..");
/** Long samplings do the same again and again; after so many milliseconds one is cancelled. */
const LONG = 1000;
/** What a sample is to fit, of what elements say; the rest are options of the sampler. */
const CONDITIONS = /^(prompt|label|guidance)$/;

/** What takes so long that other workers are asked to help. */
const ASKS = { family: "ddpm", count: 16, options: { steps: 1000 } };
const MADE = { type: "create", session: 2, config: {}, train: {}, data: "moons", dataOptions: {}, seed: 1 };
const LOOKS = [
  { type: "plot", plot: "samples", inputs: { count: 1000, seed: 1, resolution: 96 } },
  { type: "data", count: 1000, resolution: 96 },
];

/** The script beside a module, which then imports more: `import`s by the names of their modules. */
export function withImports(glue, imports) {
  const all = Object.entries(imports).map(([name, object]) => `${JSON.stringify(name)}: ${object},`);
  const place = /return \{\s*__proto__: null,(?=\s*"\.\/[\w-]+\.js": import0)/;
  if (!place.test(glue)) throw new Error("the script beside the module imports in another way than is known");
  return glue.replace(place, (found) => `${found} ${all.join(" ")}`);
}

/** What the site's pages draw first, by model: lists of options as their elements have them. */
function asked() {
  const found = new Map();
  const pages = readdirSync(join(web, "pages")).filter((name) => name.endsWith(".md") && !name.endsWith(".de.md"));
  for (const page of pages)
    for (const [, text] of readFileSync(join(web, "pages", page), "utf8").matchAll(/<generative-model\s([^>]*)>/g)) {
      const attributes = Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, k, v]) => [k, v]));
      const { model, view = "samples", ...rest } = attributes;
      if (model && view === "samples") found.set(model, [...(found.get(model) ?? []), Object.entries(rest)]);
    }
  return found;
}

/** A worker's module, started as the page starts it, and the way to ask it. */
async function start(module, glue) {
  const answers = new Map();
  glue.start(({ id, reply }) => {
    if (reply.type === "progress") return;
    answers.get(id)?.(reply);
    answers.delete(id);
  });
  await glue.init_device("cpu", false);
  let last = 0;
  const post = (request) => glue.post({ id: ++last, request });
  return (request, patience = Infinity) =>
    new Promise((resolve) => {
      post(request);
      const target = last;
      const timer = patience < Infinity && setTimeout(() => post({ type: "cancel", target }), patience);
      answers.set(target, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
    });
}

/** Does in this thread what a first visit does. */
async function visit({ module, glue }) {
  // What a page's worker has and Node does not, or has otherwise.
  globalThis.self = globalThis;
  globalThis.MessageChannel = class {
    port1 = { onmessage: null };
    port2 = { postMessage: (data) => setImmediate(() => this.port1.onmessage?.({ data })) };
  };
  const called = new Set();
  globalThis.called = (number) => called.add(number);
  const script = await import(pathToFileURL(glue).href);
  await script.default({ module_or_path: module });
  const ask = await start(module, script);
  const must = async (request, patience) => {
    const reply = await ask(request, patience);
    if (reply.type === "ok" || reply.error.code === "cancelled") return reply.outcome;
    throw new Error(`${request.type}: ${reply.error.message}`);
  };
  const { families } = await must({ type: "describe" });
  const { models } = JSON.parse(readFileSync(join(web, "checkpoints/manifest.json"), "utf8"));
  const pages = asked();
  for (const { id, family, file, sha256 } of models) {
    const bytes = new Uint8Array(readFileSync(join(web, "checkpoints", file)));
    await must({ type: "open", session: 1, bytes, sha256 });
    for (const entries of [[], ...(pages.get(id) ?? [])]) {
      // What is no option of the family's is told, as it is to pages.
      const checked = await ask({ type: "checkOptions", scope: "sample", family, entries });
      const values = Object.entries(checked.outcome?.values ?? {});
      const part = (of) => Object.fromEntries(values.filter(([name]) => CONDITIONS.test(name) === of));
      await must({ type: "sample", session: 1, count: 4, seed: 1, options: part(false), condition: part(true) }, LONG);
    }
    const { count, options } = ASKS;
    if (family === ASKS.family)
      await must({ type: "sample", session: 1, count, seed: 1, options, condition: {} }, LONG);
  }
  const ofPoints = families.filter(({ spaces }) => spaces.some(({ kind }) => kind === "points"));
  for (const { id: family } of ofPoints) {
    const look = (query) => must({ type: "view", session: MADE.session, query, snapshot: null }, LONG);
    // A page asks for what it will show without waiting for the model.
    await Promise.all([must({ ...MADE, family }), ...LOOKS.map(look)]);
    for (const query of LOOKS) await look(query);
  }
  return called;
}

/** Numbers of the functions that a first visit calls, of a module that tells of them, with the script beside it. */
export async function firstVisit(module, glue) {
  const folder = mkdtempSync(join(tmpdir(), "first-visit-"));
  try {
    const path = join(folder, "glue.mjs");
    writeFileSync(path, withImports(glue, { watch: "{ called: globalThis.called }" }));
    const thread = new Worker(fileURLToPath(import.meta.url), { workerData: { module, glue: path } });
    return await new Promise((found, failed) => {
      thread.on("message", found);
      thread.on("error", failed);
      thread.on("exit", (code) => failed(new Error(`the first visit ended with ${code}`)));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (!isMainThread && workerData?.glue) parentPort.postMessage(await visit(workerData));

// What widgets cost a post: node benches/post.mjs [slow] [second] [twenty] [--dist FOLDER] [--files]
//
// slow: over a link of 1.6 Mbit/s and 150 ms, with packed files and the page's thread four times slower, what a reader
// sees when, and the bytes before it. second: a second widget of a post, without those limits. twenty: the memory of
// twenty different widgets beside that of one, and the page's longest task. All three, if none is named.
import { createServer } from "node:http";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { chromium } from "playwright-core";
import { longest } from "../tests/browser/tasks.mjs";
import { chromiumPath, flags } from "./browser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const given = process.argv.slice(2);
const at = given.indexOf("--dist");
const dist = at < 0 ? join(root, "dist") : resolve(given.splice(at, 2)[1]);
const named = given.filter((name) => !name.startsWith("--"));
const wanted = (name) => !named.length || named.includes(name);
const [RATE, LATENCY, SLOWER] = [200_000, 150, 4];
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".png": "image/png",
};

/** Packed before anything is measured; modules at 9, since 11 takes minutes for them and gains some hundredths. */
const packed = new Map();
function pack(file) {
  if (!packed.has(file)) {
    const bytes = readFileSync(file);
    const quality = /\.wasm$/.test(file) ? 9 : 11;
    const small = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 24 },
    });
    packed.set(file, small);
  }
  return packed.get(file);
}

/** Whether servers pack such a file: hardly one does so with what has no type of its own. */
const packs = (path) => /\.(js|json|wasm)$/.test(path);

/** One link for all that is sent; what is asked for at a time shares it. */
const link = { slow: false, free: 0, begun: 0, idle: 0, sent: [] };
async function send(bytes, response) {
  const step = 8192;
  for (let at = 0; at < bytes.length; at += step) {
    // What nobody waits for any more takes nothing of the next page's link.
    if (response.destroyed) return;
    const part = bytes.subarray(at, at + step);
    if (link.slow) {
      const now = performance.now();
      link.idle += Math.max(0, now - link.free);
      link.free = Math.max(link.free, now) + (part.length / RATE) * 1000;
      await new Promise((done) => setTimeout(done, link.free - now));
    }
    response.write(part);
  }
  response.end();
}

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://host").pathname.slice(1);
  if (link.slow) await new Promise((done) => setTimeout(done, LATENCY));
  if (path === "post") {
    link.begun = link.free = performance.now();
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>A post</title><link rel="icon" href="data:,">${link.html}`);
    return;
  }
  const file = join(dist, path);
  if (!existsSync(file)) return void response.writeHead(404).end();
  const bytes = packs(path) ? pack(file) : readFileSync(file);
  link.sent.push([path, bytes.length, performance.now() - link.begun]);
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  const encoding = packs(path) ? { "content-encoding": "br" } : {};
  response.writeHead(200, { "content-type": type, ...encoding, "cache-control": "max-age=600" });
  await send(bytes, response);
});
for (const path of readdirSync(dist)) if (packs(path) && !/webgpu/.test(path)) pack(join(dist, path));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const url = `http://localhost:${server.address().port}/post`;
const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
const script = '<script type="module" src="element.js"></script>';

/** What the page notes: when each element told what, and when its first picture or text was there. */
function watch() {
  globalThis.noted = [];
  const note = (what, id) => {
    if (!noted.some(([w, i]) => w === what && i === id)) noted.push([what, id, performance.now()]);
  };
  for (const name of ["sample", "ready"]) document.addEventListener(name, ({ type, target }) => note(type, target.id));
  setInterval(() => {
    for (const e of document.querySelectorAll("generative-model")) {
      const poster = e.querySelector("[slot=poster]");
      if (poster?.complete && poster.getBoundingClientRect().height > 20) note("poster", e.id);
      const root = e.shadowRoot;
      if (!root) continue;
      if (/[\d.,]+ MB of [\d.,]+ MB/.test(root.textContent)) note("bytes", e.id);
      if (e.info && root.querySelector(".body") && !root.querySelector(".body.waiting")) note("first", e.id);
    }
  }, 40);
}

async function open(html, slow = false) {
  Object.assign(link, {
    html: script + html,
    slow,
    free: performance.now(),
    idle: 0,
    begun: performance.now(),
    sent: [],
  });
  const page = await (await browser.newContext({ viewport: { width: 900, height: 800 } })).newPage();
  await page.addInitScript(watch);
  if (slow) {
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  }
  await page.goto(url, { waitUntil: "commit" });
  return page;
}
const moment = (page, what, id) =>
  page
    .waitForFunction(([w, i]) => noted.find((n) => n[0] === w && n[1] === i)?.[2], [what, id], { timeout: 240_000 })
    .then((handle) => handle.jsonValue());
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

const SLOW = [
  ["a VAE's samples", 6, "model", "vae-mnist-2d", 'view="samples"'],
  ["a coupling flow in 2-D", 6, "family", "realnvp", 'data="moons" plot="samples"'],
  ["Shakespeare", 10, "model", "gpt-shakespeare", 'view="write"'],
];
console.log(`${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`);
const posters = JSON.parse(readFileSync(join(dist, "files.json"), "utf8"));
for (const [name, goal, kind, id, attributes] of wanted("slow") ? SLOW : []) {
  const source = posters[`posters/${id}.png`] ?? posters["posters/vae-mnist-2d.png"];
  const poster = `<img slot="poster" src="${source}" width="224" height="168" alt="">`;
  const page = await open(
    `<generative-model id="a" backend="cpu" ${kind}="${id}" ${attributes}>${poster}</generative-model>`,
    true,
  );
  const first = await moment(page, "first", "a");
  const all = link.sent.reduce((sum, [, n]) => sum + n, 0);
  const noted = Object.fromEntries(await page.evaluate(() => noted.map(([what, , time]) => [what, time])));
  const told = ["poster", "bytes", "ready"].map((what) => `${what} ${what in noted ? seconds(noted[what]) : "never"}`);
  console.log(
    `${name}: ${told.join(", ")}; first ${seconds(first)} (goal ${goal} s) ` +
      `after ${(all / 1e6).toFixed(2)} MB (goal 1.3 MB), ` +
      `of which ${seconds((all / RATE) * 1000)} is the link's; it lay idle ${seconds(link.idle)}`,
  );
  if (given.includes("--files"))
    console.log(
      link.sent.map(([path, n, time]) => `  ${seconds(time)} ${path} ${(n / 1000).toFixed(0)} kB`).join("\n"),
    );
  await page.context().close();
}

const one = (id, model) => `<generative-model id="${id}" backend="cpu" model="${model}"></generative-model>`;
if (wanted("second")) {
  const two = await open(one("a", "vae-mnist-2d") + '<div style="height:3000px"></div>' + one("b", "vae-mnist-2d"));
  await moment(two, "ready", "a");
  const before = await two.evaluate(() => {
    document.querySelector("#b").scrollIntoView();
    return performance.now();
  });
  console.log(`a second widget: ${((await moment(two, "ready", "b")) - before).toFixed(0)} ms after it is seen`);
  await two.context().close();
}

/** The page with its workers as the system counts it, once it has cleared up, MB. */
async function sizeOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await new Promise((done) => setTimeout(done, 2000));
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1024);
  return Math.max(...sizes);
}

/** Memory, workers and the longest tasks of a page that is read through. */
async function read(models) {
  const gap = '<div style="height:900px"></div>';
  const page = await open(models.map((id, i) => one(`w${i}`, id)).join(gap));
  const tasks = await longest(browser, page, async () => {
    for (let i = 0; i < models.length; i++) {
      await page.locator(`#w${i}`).evaluate((e) => e.scrollIntoView());
      await moment(page, "first", `w${i}`);
    }
  });
  const there = await page.evaluate(
    () => [...document.querySelectorAll("generative-model")].filter((e) => e.info).length,
  );
  const size = await sizeOf(page);
  const workers = page.workers().length;
  await page.context().close();
  return { size, workers, tasks, there };
}
if (wanted("twenty")) {
  const { models } = JSON.parse(readFileSync(join(dist, posters["checkpoints/manifest.json"]), "utf8"));
  const shipped = models.filter(({ file }) => /\.safetensors$/.test(file)).slice(0, 20);
  const weights = shipped.reduce((sum, { parameters }) => sum + parameters * 4, 0) / 2 ** 20;
  const [first, all] = [await read(["vae-mnist-2d"]), await read(shipped.map(({ id }) => id))];
  const most = first.size + weights;
  console.log(
    `memory: ${first.size.toFixed(0)} MB with one widget; ${all.size.toFixed(0)} MB after ${shipped.length} ` +
      `different ones, of which ${all.there} are in place, ` +
      `${(all.size / most).toFixed(2)} of that with their ${weights.toFixed(0)} MB of weights (goal 1.3); ` +
      `workers: ${first.workers}, ${all.workers}`,
  );
  console.log(`longest tasks of the page: ${all.tasks.slice(0, 5).map((ms) => ms.toFixed(0))} ms (goal 50 ms)`);
}
await browser.close();
server.close();

// What widgets cost a post: node benches/post.mjs [--quick]
//
// Over a link of 1.6 Mbit/s and 150 ms to the server, with packed files and a page four times slower: bytes and time
// to the first sample of one widget. Then, without those limits, a second widget of the same post, and the memory of
// twenty beside that of one; with --quick only these two.
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { chromium } from "playwright-core";
import { chromiumPath, flags } from "./browser.mjs";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const [RATE, LATENCY, SLOWER] = [200_000, 150, 4];
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** Packed once; modules at 9, since 11 takes minutes for them and gains some hundredths. */
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

/** One link for all that is sent: what is asked for later waits for what was asked for before. */
const link = { slow: false, free: 0, sent: [], limit: 0 };
async function send(bytes, response) {
  const step = 8192;
  for (let at = 0; at < bytes.length; at += step) {
    const part = bytes.subarray(at, at + step);
    if (link.slow) {
      const now = performance.now();
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
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>A post</title><link rel="icon" href="data:,">${link.html}`);
    return;
  }
  const file = join(dist, path);
  if (!existsSync(file)) return void response.writeHead(404).end();
  const bytes = pack(file);
  link.sent.push([path, bytes.length]);
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-encoding": "br", "cache-control": "max-age=600" });
  await send(bytes, response);
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const url = `http://localhost:${server.address().port}/post`;
const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
const script = '<script type="module" src="element.js"></script>';

async function open(html, slow = false) {
  Object.assign(link, { html: script + html, slow, free: 0, sent: [] });
  const page = await (await browser.newContext({ viewport: { width: 900, height: 800 } })).newPage();
  await page.addInitScript(() => {
    globalThis.drawn = [];
    for (const name of ["sample", "ready"])
      document.addEventListener(name, ({ type, target }) => drawn.push([type, target.id, performance.now()]));
  });
  if (slow) {
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  }
  await page.goto(url);
  return page;
}
const moment = (page, type, id) =>
  page
    .waitForFunction(([t, i]) => drawn.find((d) => d[0] === t && d[1] === i)?.[2], [type, id], { timeout: 240_000 })
    .then((handle) => handle.jsonValue());

const MODELS = ["vae-mnist-2d", "gpt-shakespeare"];
const widgets = [
  ...MODELS.map((id) => [id, `model="${id}"`]),
  ["a coupling flow in 2-D", 'family="realnvp" data="moons" plot="samples"'],
];
console.log(`${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`);
for (const [name, attributes] of process.argv.includes("--quick") ? [] : widgets) {
  const page = await open(`<generative-model id="a" backend="cpu" ${attributes}></generative-model>`, true);
  const ready = await moment(page, "ready", "a");
  const all = link.sent.reduce((sum, [, n]) => sum + n, 0);
  console.log(`${name}: model in place after ${(ready / 1000).toFixed(1)} s, ${(all / 1e6).toFixed(2)} MB before it`);
  console.log(link.sent.map(([path, n]) => `  ${path} ${(n / 1000).toFixed(0)} kB`).join("\n"));
  await page.context().close();
}

const one = (id, model) => `<generative-model id="${id}" backend="cpu" model="${model}"></generative-model>`;
const two = await open(one("a", "vae-mnist-2d") + '<div style="height:3000px"></div>' + one("b", "vae-mnist-2d"));
await moment(two, "ready", "a");
const before = await two.evaluate(() => {
  document.querySelector("#b").scrollIntoView();
  return performance.now();
});
console.log(`a second widget: ${((await moment(two, "ready", "b")) - before).toFixed(0)} ms after it is seen`);
await two.context().close();

/** Bytes of the page with its workers, as the browser counts them. */
async function memory(count) {
  const page = await open(Array.from({ length: count }, (_, i) => one(`w${i}`, "vae-mnist-2d")).join(""));
  for (let i = 0; i < count; i++) {
    await page.locator(`#w${i}`).evaluate((e) => e.load());
    await moment(page, "ready", `w${i}`);
  }
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1024);
  const workers = page.workers().length;
  await page.context().close();
  return { most: Math.max(...sizes), workers };
}
const [first, twenty] = [await memory(1), await memory(20)];
console.log(`memory: ${first.most.toFixed(0)} MB with one widget, ${twenty.most.toFixed(0)} MB with twenty`);
console.log(`workers: ${first.workers}, ${twenty.workers}`);
await browser.close();
server.close();

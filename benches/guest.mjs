// A model of another program, ours beside wllama's, by turns in one run of Chromium on the processor, a thread each:
//
//     node benches/guest.mjs MODEL.gguf [--rounds N]
//
// The same file, the same prompt of about 64 tokens, the likeliest token each time. Printed for each round:
// milliseconds to the first token, milliseconds for each of the others, seconds of processor time of the whole
// browser; then the medians, their ratios, and how much memory our module has beside the length of the file.
import { createServer } from "node:http";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { chromiumPath, flags } from "./browser.mjs";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "5" } },
  allowPositionals: true,
});
const [model] = positionals;
if (!model) throw new Error("the name of a GGUF file is missing");
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Tokens that each writes. */
const LENGTH = 40;
const PROMPT =
  "The old man sat by the sea and looked at the ships that came and went in the evening light. He had been a sailor " +
  "once, and he still knew the name of every wind and of every star above the harbour. When the children asked him " +
  "about the time before, he told them a long story about a storm and a";

const PAGE = `<!doctype html><title>bench</title><script type="module">
import { Wllama } from "/wllama/index.js";
const file = await (await fetch("/model.gguf")).blob();
const names = await (await fetch("/files.json")).json();

// Ours, as the site drives it.
const worker = new Worker("/" + names["worker.js"], { type: "module" });
const waiting = new Map();
let last = 0;
let began;
const ready = new Promise((resolve) => (began = resolve));
worker.onmessage = ({ data }) => {
  if (data.type === "ready") return began();
  if (data.type) return;
  const { reply } = data;
  const wait = waiting.get(data.id);
  if (reply.type === "progress") wait.progress?.(reply.progress);
  else if (reply.type === "ok") wait.resolve(reply.outcome);
  else wait.reject(new Error(reply.error.message));
};
const send = (request, progress) =>
  new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject, progress });
    worker.postMessage({ id: last, request });
  });
window.ours = {
  async load() {
    worker.postMessage({ type: "init", backend: "cpu", reason: null });
    await ready;
    const bytes = new Uint8Array(await file.arrayBuffer());
    await send({ type: "open", session: 1, bytes, sha256: null });
  },
  async write(prompt, length) {
    const write = (length) =>
      send({
        type: "sample", session: 1, count: 1, seed: 1,
        options: { length, temperature: 0, chat: false }, condition: { prompt },
      });
    const start = performance.now();
    await write(1);
    const first = performance.now() - start;
    await write(length);
    // The second text reads the prompt as well.
    return { first, each: (performance.now() - start - 2 * first) / (length - 1) };
  },
};

window.wllama = {
  async load() {
    this.engine = new Wllama({ default: "/wllama/wasm/wllama.wasm" }, { suppressNativeLog: true });
    await this.engine.loadModel([file], { n_threads: 1, n_ctx: 2048, n_gpu_layers: 0 });
  },
  async write(prompt, max_tokens) {
    const start = performance.now();
    let [first, n] = [undefined, 0];
    const onData = () => {
      first ??= performance.now() - start;
      n++;
    };
    const how = { max_tokens, temperature: 0, cache_prompt: false, stream: true };
    await this.engine.createCompletion({ prompt, ...how, onData });
    return { first, each: (performance.now() - start - first) / (n - 1) };
  },
};
window.ready = true;
</script>`;

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, "http://bench").pathname);
  if (path === "/") return void response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  const found =
    path === "/model.gguf"
      ? model
      : path.startsWith("/wllama/")
        ? join(here("node_modules/@wllama/wllama/esm"), path.slice(8))
        : join(here("../dist"), path);
  if (!existsSync(found) || !statSync(found).isFile()) return void response.writeHead(404).end();
  const type = types[extname(found)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type }).end(readFileSync(found));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
const page = await browser.newPage();
await page.goto(`http://localhost:${server.address().port}/`);
await page.waitForFunction("window.ready", undefined, { timeout: 60_000 });
const devtools = await browser.newBrowserCDPSession();
const cpu = async () => {
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
};

const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const found = { ours: [], wllama: [] };
for (const name of Object.keys(found)) await page.evaluate(`window.${name}.load()`);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of Object.keys(found)) {
    const before = await cpu();
    const write = ([name, prompt, length]) => window[name].write(prompt, length);
    // Another beginning each time, so that nothing is kept from the time before.
    const { first, each } = await page.evaluate(write, [name, `${round}. ${PROMPT}`, LENGTH]);
    const spent = (await cpu()) - before;
    found[name].push({ first, each, spent });
    console.log(
      `${name.padEnd(8)} first ${first.toFixed(0)} ms, then ${each.toFixed(1)} ms, ${spent.toFixed(2)} s of CPU`,
    );
  }
}
const of = (name, what) => median(found[name].map((one) => one[what]));
console.log(
  `medians: ours ${(1000 / of("ours", "each")).toFixed(1)} tokens a second, wllama ` +
    `${(1000 / of("wllama", "each")).toFixed(1)} (${(of("wllama", "each") / of("ours", "each")).toFixed(2)} times as ` +
    `many); first token after ${of("ours", "first").toFixed(0)} ms and ${of("wllama", "first").toFixed(0)} ms ` +
    `(${(of("ours", "first") / of("wllama", "first")).toFixed(2)} of it)`,
);
await browser.close();
server.close();
server.closeAllConnections();

// Ours and a peer in one page of Chromium on the processor, by turns.
import { createServer } from "node:http";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { chromiumPath, flags } from "./browser.mjs";

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];

/** What a page's script begins with: our worker, driven as the site drives it, and how files come. */
const WORKER = `
const names = await (await fetch("/files.json")).json();
const bytesOf = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
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
const begin = async () => {
  worker.postMessage({ type: "init", backend: "cpu", reason: null });
  await ready;
};
`;

const types = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** A page with `script`, which puts `ours` and the peer on the window, and what it needs: the built site, and files or
 * folders of elsewhere by the paths under which the page asks for them. `cpu` tells seconds of processor time of the
 * whole browser until now. */
export async function open({ imports = "", script, files, dist = here("../dist") }) {
  const html = `<!doctype html><title>bench</title><script type="module">
${imports}
${WORKER}
${script}
window.ready = true;
</script>`;
  const found = (path) => {
    for (const [from, to] of Object.entries(files))
      if (path === from || (from.endsWith("/") && path.startsWith(from))) return join(to, path.slice(from.length));
    return join(dist, path);
  };
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, "http://bench").pathname);
    if (path === "/") return void response.writeHead(200, { "content-type": "text/html" }).end(html);
    const file = found(path);
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    const type = types[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type }).end(readFileSync(file));
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
  const close = async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  };
  return { page, cpu, close };
}

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

/** What the script of a peer's own worker begins with; it makes `peer`, whose functions the page may call. */
const PEER = `
const made = Promise.withResolvers();
let turn = made.promise;
onmessage = ({ data: { id, what, of } }) => {
  turn = turn
    .then(async () => postMessage({ id, answer: await peer[what](of) }))
    .catch((error) => postMessage({ id, error: String(error) }));
};
const names = await (await fetch("/files.json")).json();
const bytesOf = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
`;
/** The page's side of it. */
const CALLS = `
const other = new Worker("/peer.js", { type: "module" });
const called = new Map();
let calls = 0;
other.onmessage = ({ data: { id, answer, error } }) => {
  const { resolve, reject } = called.get(id);
  if (error) reject(new Error(error));
  else resolve(answer);
};
const call = (what) => (of) =>
  new Promise((resolve, reject) => {
    called.set(++calls, { resolve, reject });
    other.postMessage({ id: calls, what, of });
  });
window.peer = new Proxy({}, { get: (_, what) => call(what) });
`;

const types = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/**
 * A page with `script`, which puts `ours` and the peer on the window, and what it needs: the built site, and files or
 * folders of elsewhere by the paths under which the page asks for them. With `peer` the peer has a worker of its own,
 * as ours has, which runs this, and each of its functions is one message there and one back, one after the other. `cpu`
 * tells seconds of processor time of the whole browser until now.
 */
export async function open({ imports = "", script, peer, files, dist = here("../dist") }) {
  const html = `<!doctype html><title>bench</title><script type="module">
${imports}
${WORKER}
${peer ? CALLS : ""}
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
    if (path === "/peer.js" && peer) {
      const script = `${peer.imports}\n${PEER}\n${peer.script}\nmade.resolve();`;
      return void response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    }
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

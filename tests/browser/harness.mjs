// What the browser tests share: the site on a port of its own, a browser, and a page that keeps account
// of everything that should not happen.
import assert from "node:assert/strict";
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { built } from "../../web/site/files.mjs";
import { headers as siteHeaders } from "../../web/site/headers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "dist");
const screenshots = join(root, "tests/browser/screenshots");

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

/**
 * Serves dist/ on a free port until the test file is over.
 *
 * `answers` maps a path to what the server should say instead of the file: a status, or bytes. Paths are those of
 * the sources, without the hashes that files carry.
 * With `bare` the server sends no headers of the site's, as many static hosts do.
 */
export async function startSite({ bare = false } = {}) {
  const headers = bare ? {} : siteHeaders();
  // Violations in workers are seen in no other way.
  if (!bare) headers["Content-Security-Policy"] += "; report-uri /violation";
  const violations = [];
  const answers = new Map();
  const requests = [];
  const plain = new Map(Object.entries(built()).map(([name, hashed]) => [hashed, name]));
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://site").pathname)).slice(1) || "index.html";
    if (path === "violation") {
      let report = "";
      request.on("data", (part) => (report += part));
      request.on("end", () => violations.push(report));
      response.writeHead(204).end();
      return;
    }
    const name = plain.get(path) ?? path;
    requests.push(name);
    const answer = answers.get(name);
    const file = join(dist, path);
    if (typeof answer === "number" || (answer === undefined && !(existsSync(file) && statSync(file).isFile()))) {
      response.writeHead(answer ?? 404, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, "content-type": types[extname(path)] ?? "application/octet-stream" });
    if (answer === undefined) createReadStream(file).pipe(response);
    else response.end(answer);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://localhost:${server.address().port}/`, answers, requests, violations };
}

const chosen = ({ webgpu = false } = {}) => ({
  executablePath: process.env.GP_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    ...["--disable-quic", "--no-first-run", "--disable-background-networking"],
    ...["--disable-component-update", "--disable-sync"],
    // Whatever asks for another host fails, and says so in the console.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ...(webgpu ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"] : []),
  ],
});

/** A headless Chromium until the test file is over; `webgpu` gives it the software adapter SwiftShader. */
export async function startBrowser(options) {
  const browser = await chromium.launch(chosen(options));
  after(() => browser.close());
  return browser;
}

/** A context with a cache on disk, as people have it: that of other contexts keeps no file as large as a module. */
export async function startProfile(folder) {
  const context = await chromium.launchPersistentContext(folder, { ...chosen(), headless: true });
  after(() => context.close());
  return context;
}

/**
 * A page in a context of its own.
 *
 * `page.problems` collects console errors and warnings, uncaught exceptions and requests to other hosts;
 * the site collects violations of the content security policy. `init` runs before the page's scripts;
 * `expected` are patterns of what a test provokes.
 */
export async function openPage(browser, site, { path = "", expected = [], init, ...options } = {}) {
  site.violations.length = 0;
  const serviceWorkers = "block"; // They answer from what they keep; offline.test.mjs lets them.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers, ...options });
  if (init) await context.addInitScript(init);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.site = site;
  page.problems = [];
  const note = (text) => {
    // What an attribute says in vain is told to its author as well as to the reader.
    if (text.startsWith("console warning: <generative-…>: ")) return;
    // Said by what blocks it, above.
    if (text.startsWith("console warning: Service Worker registration blocked by Playwright")) return;
    if (!expected.some((pattern) => pattern.test(text))) page.problems.push(text);
  };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => note(`uncaught: ${error.stack ?? error}`));
  page.on("crash", () => note("the page crashed"));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(site.url) && !/^(data|blob):/.test(url)) note(`request to another host: ${url}`);
  });
  await page.goto(site.url + path, { waitUntil: "domcontentloaded" });
  return page;
}

/** Ends a page; what should not have happened fails the test. */
export async function closePage(page) {
  await page.context().close();
  assert.deepEqual([...page.problems, ...page.site.violations], []);
}

/** Keeps a picture for people to look at. */
export async function screenshot(page, name, options = {}) {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), ...options });
}

/** Polls until `condition` gives something true, and gives it back. */
export async function until(condition, what, timeout = 60_000) {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) assert.fail(`waited ${timeout / 1000} s in vain: ${what}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** An element, brought into view, with its model and its device in place. */
export async function modelOf(page, selector = "#vae-model") {
  const element = page.locator(selector);
  await element.scrollIntoViewIfNeeded();
  await until(() => element.evaluate((e) => Boolean(e.info && e.device)), `${selector} is ready`);
  return element;
}

/** The chapter on autoencoders, on the CPU unless the query asks otherwise, with its model in place. */
export async function openModel(browser, site, query = "", options = {}) {
  const cpu = new URLSearchParams(query).has("backend") ? "" : "backend=cpu&";
  const page = await openPage(browser, site, { path: `vae.html?${cpu}${query}`, ...options });
  return { page, element: await modelOf(page) };
}

/** Elements alone on a page. */
export async function alone(browser, site, html, options = {}) {
  const page = await openPage(browser, site, { path: "alone.html", ...options });
  await page.evaluate((h) => {
    document.querySelector("main").innerHTML = h;
  }, html);
  return page;
}

/** The codes of the notices that an element shows. */
export const notices = (element) =>
  element.locator(".notice").evaluateAll((all) => all.map((notice) => notice.dataset.code));

/** What a canvas shows: a number that stands for it, and its colours, up to a hundred; a blank one has one. */
const look = (canvas) =>
  canvas.evaluate((c) => {
    if (!c.width || !c.height) return { hash: 0, colours: 0 };
    // A copy is read, since reading a canvas of the page often makes the browser warn the page.
    const copy = new OffscreenCanvas(c.width, c.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(c, 0, 0);
    const pixels = new Uint32Array(copy.getImageData(0, 0, c.width, c.height).data.buffer);
    const seen = new Set();
    let hash = 2166136261;
    for (const pixel of pixels) {
      hash = Math.imul(hash ^ pixel, 16777619);
      if (seen.size < 100) seen.add(pixel);
    }
    return { hash: hash >>> 0, colours: seen.size };
  });
export const picture = async (canvas) => (await look(canvas)).hash;
export const colours = async (canvas) => (await look(canvas)).colours;

/** What the browser keeps of trainings, the farthest first; `data` is whether data of the reader's own is with it. */
export const keptOf = (page) =>
  page.evaluate(async () => {
    const ended = (request) =>
      new Promise((done, fail) => ((request.onsuccess = () => done(request.result)), (request.onerror = fail)));
    const db = await ended(indexedDB.open("generative-playground"));
    try {
      if (!db.objectStoreNames.contains("trainings-info")) return [];
      const stores = db.transaction(["trainings-info", "trainings-data"]);
      const all = await ended(stores.objectStore("trainings-info").getAll());
      const data = await ended(stores.objectStore("trainings-data").getAllKeys());
      return all.map(({ id, step }) => ({ id, step, data: data.includes(id) })).sort((a, b) => b.step - a.step);
    } finally {
      db.close();
    }
  });

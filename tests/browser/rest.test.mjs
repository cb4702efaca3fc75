// The processor's module comes in two parts: a first visit runs the first, and the second comes when there is time for
// it or something needs it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { built, fileOf } from "../../web/site/files.mjs";
import { alone, closePage, colours, notices, openPage, startBrowser, startSite, until } from "./harness.mjs";

const REST = "worker-cpu_rest.wasm";
const site = await startSite();
const browser = await startBrowser();
const asked = () => site.requests.filter((name) => name === REST).length;

beforeEach(() => {
  site.answers.clear();
  site.requests.length = 0;
});

/** A worker of the site's, driven by hand: `ask` gives the end of a request, `post` only sends. */
const worker = (page) =>
  page.evaluate(async (url) => {
    const made = new Worker(url, { type: "module" });
    const waiting = new Map();
    let last = 0;
    globalThis.answered = [];
    const ready = new Promise((done) => {
      made.onmessage = ({ data }) => {
        if (data.type === "ready") done();
        if (data.id === undefined || data.reply.type === "progress") return;
        globalThis.answered.push(data.id);
        waiting.get(data.id)?.(data.reply);
      };
    });
    made.postMessage({ type: "init", backend: "cpu", reason: null });
    await ready;
    globalThis.ask = (request) =>
      new Promise((done) => {
        waiting.set(++last, done);
        made.postMessage({ id: last, request });
      });
    globalThis.open = async (url) => {
      const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
      return ask({ type: "open", session: 1, bytes, sha256: null });
    };
    globalThis.sample = () => ask({ type: "sample", session: 1, count: 2, seed: 1, options: {}, condition: {} });
    globalThis.create = (family = "vae") =>
      ask({
        type: "create",
        session: 2,
        family,
        config: {},
        train: {},
        data: "moons",
        dataOptions: {},
        seed: 1,
      });
    globalThis.plane = () => {
      const query = { type: "plot", plot: "latent", inputs: { count: 4, seed: 1, resolution: 8 } };
      return ask({ type: "view", session: 1, query, snapshot: null });
    };
  }, built()["worker.js"]);
const CHECKPOINT = built()["checkpoints/vae-mnist-2d.safetensors"];

test("samples are there before the second part, which then comes by itself", async () => {
  site.answers.set(REST, 404);
  const page = await openPage(browser, site, { path: "index.html?backend=cpu", expected: [/404/] });
  await until(async () => (await colours(page.locator("#hero canvas"))) > 10, "digits without the second part");
  await until(() => asked() > 0, "the second part is asked for");
  assert.deepEqual(await notices(page.locator("#hero")), [], "nobody needs it yet, so nobody is told");
  await closePage(page);
});

test("what needs the second part says that it did not come, and goes on when it does", async () => {
  site.answers.set(REST, 404);
  const html = '<generative-model model="vae-mnist-2d" view="latent" backend="cpu"></generative-model>';
  const page = await alone(browser, site, html, { expected: [/404/] });
  const element = page.locator("generative-model");
  await until(async () => (await notices(element)).includes("fetch-failed"), "the notice");
  site.answers.delete(REST);
  await element.getByRole("button", { name: "Try again" }).first().click();
  await until(async () => (await colours(element.locator("canvas").first())) > 10, "the plane of codes");
  await closePage(page);
});

test("requests that wait for the second part keep their order and can be cancelled", async () => {
  const page = await openPage(browser, site, { path: "limits.html" });
  let letThrough;
  const open = new Promise((done) => (letThrough = done));
  await page.context().route(/worker-cpu_rest/, async (route) => {
    await open;
    await route.continue();
  });
  await worker(page);
  const early = await page.evaluate(async (url) => {
    const opened = await open(url);
    globalThis.later = [plane(), sample(), create()];
    const cancelled = ask({ type: "cancel", target: 4 });
    const reply = await later[2];
    return { opened: opened.type, cancelled: reply.error?.code, answered: [...answered], cancelled2: void cancelled };
  }, CHECKPOINT);
  assert.equal(early.opened, "ok");
  assert.equal(early.cancelled, "cancelled");
  assert.deepEqual(early.answered, [1, 4], "the others wait");
  letThrough();
  const late = await page.evaluate(async () => {
    const replies = await Promise.all(later.slice(0, 2));
    return { types: replies.map(({ type }) => type), answered: answered.filter((id) => id < 5) };
  });
  assert.deepEqual(late, { types: ["ok", "ok"], answered: [1, 4, 2, 3] });
  await closePage(page);
});

test("a model of points is made and drawn from before the second part is there", async () => {
  site.answers.set(REST, 404);
  const page = await openPage(browser, site, { path: "limits.html", expected: [/404/] });
  await worker(page);
  for (const family of ["realnvp", "vae", "ddpm", "mdn"]) {
    const types = await page.evaluate(async (family) => {
      const view = (query) => ask({ type: "view", session: 2, query, snapshot: null });
      // At once, as elements ask.
      const all = [
        create(family),
        view({ type: "data", count: 1000, resolution: 96 }),
        view({ type: "plot", plot: "samples", inputs: { count: 1000, seed: 1, resolution: 96 } }),
      ];
      return (await Promise.all(all)).map(({ type }) => type);
    }, family);
    assert.deepEqual(types, ["ok", "ok", "ok"], family);
  }
  await closePage(page);
});

test("what turns out to need it on the way gets it at once", async () => {
  const page = await openPage(browser, site, { path: "limits.html" });
  await worker(page);
  // No file that is shipped, so that no first visit opens one.
  const reply = await page.evaluate(async () => {
    const text = new TextEncoder().encode("GGUF");
    const bytes = new Uint8Array(64);
    bytes.set(text);
    bytes[4] = 3;
    const opened = await ask({ type: "open", session: 1, bytes, sha256: null });
    return { type: opened.type, code: opened.error?.code };
  });
  assert.equal(reply.type, "error");
  assert.match(reply.code, /^(checkpoint|bad|model)/);
  assert.equal(asked(), 1, "it was fetched while that went on");
  const opened = await page.evaluate((url) => open(url).then(({ type }) => type), CHECKPOINT);
  assert.equal(opened, "ok", "and the worker lives");
  await closePage(page);
});

test("a network that fails in the middle of something is told as that", async () => {
  site.answers.set(REST, 500);
  const page = await openPage(browser, site, { path: "limits.html", expected: [/500/] });
  await worker(page);
  const died = await page.evaluate(async () => {
    const bytes = new Uint8Array(64);
    bytes.set(new TextEncoder().encode("GGUF"));
    bytes[4] = 3;
    void ask({ type: "open", session: 1, bytes, sha256: null });
    while (!answered.includes(0)) await new Promise((wake) => setTimeout(wake, 20));
    return answered;
  });
  assert.deepEqual(died, [0], "the worker's end, from which pages start it again");
  await closePage(page);
});

test("the two parts are one module's", () => {
  const [first, rest] = ["worker-cpu_bg.wasm", REST].map((name) => new WebAssembly.Module(readFileSync(fileOf(name))));
  const exported = new Map(WebAssembly.Module.exports(first).map(({ name, kind }) => [name, kind]));
  for (const { module, name, kind } of WebAssembly.Module.imports(rest)) {
    assert.equal(module, "0");
    assert.equal(exported.get(name), kind, `${name} is exported by the first part`);
  }
});

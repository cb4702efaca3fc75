// An article may mount and unmount figures all day.
import assert from "node:assert/strict";
import { test } from "node:test";
import { built } from "../../web/site/files.mjs";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** Mounts an element, waits until it has drawn or for a moment, and takes it out again. */
const mount = (page, patience) =>
  page.evaluate(async (wait) => {
    const element = document.createElement("generative-model");
    element.setAttribute("model", "vae-mnist-2d");
    element.setAttribute("backend", "cpu");
    const drawn = new Promise((done) => element.addEventListener("sample", done, { once: true }));
    document.querySelector("main").prepend(element);
    await (wait === null ? drawn : new Promise((done) => setTimeout(done, wait)));
    element.remove();
  }, patience);

async function heap(devtools) {
  await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const of = (name) => metrics.find((m) => m.name === name).value;
  return { bytes: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners") };
}

/** The heap once it has come to rest: what waits for a timer or a second collection is not yet free after the first. */
async function settledHeap(devtools) {
  let last = await heap(devtools);
  for (let same = 0, tries = 0; same < 3 && tries < 40; tries++) {
    await new Promise((done) => setTimeout(done, 250));
    const now = await heap(devtools);
    same = now.nodes < last.nodes || now.listeners < last.listeners ? 0 : same + 1;
    last = now;
  }
  return last;
}

/** The size of the worker's wasm memory; its glue gives the instance to whoever initialises it again. */
const wasmBytes = (page) =>
  page
    .workers()[0]
    .evaluate(
      async (glue) => (await (await import(`./${glue}`)).default()).memory.buffer.byteLength,
      built()["worker-cpu.js"],
    );

test("100 mounts and unmounts leave no worker and no growing memory", { timeout: 300_000 }, async (t) => {
  const page = await openPage(browser, site, { path: "alone.html" });
  await page.evaluate(() => document.querySelectorAll("generative-model").forEach((element) => element.remove()));
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");

  // Some are taken out at once, some while their worker starts, some when they have drawn.
  const patience = [0, 30, 200, 700, null];
  for (let i = 0; i < 10; i++) await mount(page, patience[i % patience.length]);
  await until(() => page.workers().length === 0, "no worker");
  const before = await settledHeap(devtools);
  for (let i = 0; i < 40; i++) await mount(page, patience[i % patience.length]);
  await until(() => page.workers().length === 0, "no worker");
  const after = await settledHeap(devtools);
  t.diagnostic(`heap ${before.bytes} → ${after.bytes} bytes, ${before.nodes} → ${after.nodes} nodes`);
  assert.ok(after.bytes - before.bytes < 1.5e6, "the page's heap does not grow");
  assert.ok(after.nodes - before.nodes < 100, `nodes: ${before.nodes}, then ${after.nodes}`);
  assert.ok(after.listeners - before.listeners < 20, `listeners: ${before.listeners}, then ${after.listeners}`);

  // Beside one that stays, and so in one worker, whose memory can only grow.
  await page.evaluate(() => {
    const stays = document.createElement("generative-model");
    for (const [name, value] of [
      ["id", "stays"],
      ["model", "vae-mnist-2d"],
      ["backend", "cpu"],
      ["controls", "none"],
    ])
      stays.setAttribute(name, value);
    document.querySelector("main").prepend(stays);
  });
  await until(() => page.evaluate(() => Boolean(document.querySelector("#stays").info)), "the one that stays");
  for (let i = 0; i < 10; i++) await mount(page, null);
  const first = await wasmBytes(page);
  for (let i = 0; i < 40; i++) await mount(page, i % 4 ? 100 : null);
  const last = await wasmBytes(page);
  t.diagnostic(`wasm memory ${first} → ${last} bytes`);
  assert.ok(last - first <= 2 << 20, "the worker's memory does not grow");
  await page.evaluate(() => document.querySelector("#stays").remove());
  await until(() => page.workers().length === 0, "no worker");
  await closePage(page);
});

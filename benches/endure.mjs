// Leaves the built site alone for a long time: node benches/endure.mjs [--minutes M] [--only lab|figures]
//
// - lab: all six families of the lab train; memory of the page's thread and of the worker, every minute.
//   What a page holds at a moment goes up and down with the messages on their way and with curves, which are
//   thinned when they are full. So each minute counts with the least of three readings after a collection,
//   and a third of the time with the median of its minutes. The last third may not be more than 2 % above the
//   one before; the first third fills curves and snapshots, whose number is bounded.
// - figures: six models of different families train in one page, whose worker is killed at random every
//   20 s; every one must go on, and none may lose more than 10 s of training. At the end each stops where it is, and
//   a second page trains the same ones to the same steps undisturbed: their weights must be equal to the last bit.
//
// It is not a test: it takes as long as it is told. It ends with 1 if something fell, grew, or ended it.
import { parseArgs } from "node:util";
import { built } from "../web/site/files.mjs";
import { alone, closePage, openPage, startBrowser, startSite, until } from "../tests/browser/harness.mjs";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, only: { type: "string" } },
});
const minutes = Number(values.minutes);
// Without a word of this, what closes the browser after a signal looks like a fault of the page.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.once(signal, () => {
    console.log(`ended from outside, by ${signal}`);
    process.exit(1);
  });
const site = await startSite();
const browser = await startBrowser();
const wait = (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000));
let failed = false;

/** Bytes of the page's heap after a collection, the least of three, and of the worker's wasm memory. */
async function memory(page, devtools) {
  let heap = Infinity;
  for (let i = 0; i < 3; i++) {
    if (i) await wait(2);
    await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    heap = Math.min(heap, metrics.find((m) => m.name === "JSHeapUsedSize").value);
  }
  const wasm = await page
    .workers()[0]
    .evaluate(
      async (glue) => (await (await import(`./${glue}`)).default()).memory.buffer.byteLength,
      built()["worker-cpu.js"],
    );
  return { heap, wasm };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function lab() {
  const page = await openPage(browser, site, { path: "lab.html?backend=cpu&steps=10000000#bench" });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const element = page.locator("#lab-model");
  await element.scrollIntoViewIfNeeded();
  await until(() => element.evaluate((l) => l.shown?.length === 6 && l.shown.every((x) => x.info)), "six models");
  await element.evaluate((l) => l.play());
  const seen = [];
  for (let minute = 0; minute <= minutes; minute++) {
    if (minute) await wait(60);
    const steps = await element.evaluate((l) => l.shown.map((x) => x.info.step));
    const now = await memory(page, devtools);
    seen.push(now);
    const [heap, wasm] = [(now.heap / 1e6).toFixed(2), (now.wasm / 1e6).toFixed(1)];
    console.log(`${minute} min: page ${heap} MB, worker ${wasm} MB, steps ${steps.join(" ")}`);
  }
  const third = Math.floor(seen.length / 3);
  for (const [what, of] of [
    ["the page", "heap"],
    ["the worker", "wasm"],
  ]) {
    const level = (readings) => median(readings.map((reading) => reading[of]));
    const growth = 100 * (level(seen.slice(-third)) / level(seen.slice(-2 * third, -third)) - 1);
    console.log(`${what}: ${growth.toFixed(1)} % from the second third to the last`);
    if (growth > 2) failed = true;
  }
  await closePage(page);
}

const FIGURES = [
  { family: "gan", data: "ring" },
  { family: "realnvp", data: "moons" },
  { family: "ddpm", data: "8gaussians" },
  { family: "planar", data: "u1" },
  { family: "vae", view: "train", data: "mnist", layers: "1" },
  { family: "gpt", view: "train", data: "first-names" },
];

/** A page in which all figures train, each to so many steps. */
async function training(steps) {
  const common = { backend: "cpu", "keep-training": "", seed: "7" };
  const elements = FIGURES.map((figure) => {
    const attributes = Object.entries({ ...common, ...figure }).map(([name, value]) => `${name}="${value}"`);
    return `<generative-model ${attributes.join(" ")}></generative-model>`;
  });
  const page = await alone(browser, site, elements.join(""), { expected: [/panicked|unreachable/] });
  await page.evaluate(() => {
    document.querySelector("main").style.cssText = "display:grid;grid-template-columns:repeat(3,1fr);zoom:0.4";
  });
  const each = (act) => page.evaluate(`Promise.all([...document.querySelectorAll("generative-model")].map(${act}))`);
  await until(async () => (await each("(e) => Boolean(e.info)")).every(Boolean), "six models");
  await each(`(e, i) => {
    e.trainer.budget = { steps: ${JSON.stringify(steps)}[i], seconds: null };
    return e.play();
  }`);
  return { page, each };
}

/** SHA-256 of all tensors in a training's file, without what its head says, such as how long it took. */
const NUMBERS = `async (e) => {
  const bytes = await (await e.snapshot()).arrayBuffer();
  const from = 8 + Number(new DataView(bytes).getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(bytes.slice(8, from)));
  const names = Object.keys(head).filter((name) => head[name].data_offsets).sort();
  const parts = names.map((name) => head[name].data_offsets.map((at) => from + at));
  const numbers = new Blob(parts.map((part) => bytes.slice(...part)));
  const hash = await crypto.subtle.digest("SHA-256", await numbers.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}`;

async function figures() {
  const { page, each } = await training(FIGURES.map(() => 10_000_000));
  const state = () => each("(e) => ({ step: e.info.step, running: e.trainer.running })");
  const end = Date.now() + minutes * 60_000;
  let kills = 0;
  while (Date.now() < end) {
    await wait(10);
    const before = await state();
    await wait(10);
    const at = await state();
    const victim = Math.floor(Math.random() * FIGURES.length);
    await page.evaluate((i) => document.querySelectorAll("generative-model")[i].fireDrill("panic"), victim);
    kills++;
    await wait(1);
    await until(async () => (await state()).every((s) => s.running), "all six go on", 30_000).catch((e) => {
      failed = true;
      console.log(String(e));
    });
    const after = await state();
    after.forEach((s, i) => {
      // What was there ten seconds before the blow must be there after it.
      if (s.step >= before[i].step) return;
      failed = true;
      console.log(`figure ${i} fell from ${at[i].step} to ${s.step}; ten seconds before it was at ${before[i].step}`);
    });
    console.log(`kill ${kills}: steps ${after.map((s) => s.step).join(" ")}`);
  }
  // A worker that follows another has the optimizers' state again when it has taken a step.
  const last = await state();
  await until(async () => (await state()).every((s, i) => s.step > last[i].step), "a step more of each", 120_000);
  await each("(e) => e.pause()");
  const steps = (await state()).map((s) => s.step);
  const disturbed = await each(NUMBERS);
  await closePage(page);
  const calm = await training(steps);
  const there = async () => (await calm.each("(e) => e.info.step")).every((step, i) => step === steps[i]);
  await until(there, "the same steps undisturbed", 3 * minutes * 60_000 + 60_000);
  (await calm.each(NUMBERS)).forEach((hash, i) => {
    const same = hash === disturbed[i];
    console.log(`figure ${i}, ${steps[i]} steps: ${same ? "the same" : "other"} numbers undisturbed`);
    failed ||= !same;
  });
  await closePage(calm.page);
}

if (values.only !== "figures") await lab();
if (values.only !== "lab") await figures();
await browser.close();
process.exit(failed ? 1 : 0);

// Leaves the built site alone for a long time: node benches/endure.mjs [--minutes M] [--only lab|figures]
//
// - lab: all six families of the lab train; memory of the page's thread and of the worker, every minute.
// - figures: six models of different families train in one page, whose worker is killed at random every
//   20 s; every one must go on, and none may lose more than 10 s of training.
//
// It is not a test: it takes as long as it is told. It ends with 1 if something fell.
import { parseArgs } from "node:util";
import { built } from "../web/site/files.mjs";
import { closePage, openPage, startBrowser, startSite, until } from "../tests/browser/harness.mjs";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, only: { type: "string" }, site: { type: "string" } },
});
const minutes = Number(values.minutes);
const site = await startSite();
const browser = await startBrowser();
const wait = (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000));
let failed = false;

/** Bytes of the page's heap after a collection, and of the worker's wasm memory. */
async function memory(page, devtools) {
  await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const heap = metrics.find((m) => m.name === "JSHeapUsedSize").value;
  const wasm = await page
    .workers()[0]
    .evaluate(
      async (glue) => (await (await import(`./${glue}`)).default()).memory.buffer.byteLength,
      built()["worker-cpu.js"],
    );
  return { heap, wasm };
}

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
    console.log(
      `${minute} min: page ${(now.heap / 1e6).toFixed(2)} MB, worker ${(now.wasm / 1e6).toFixed(1)} MB, steps ${steps.join(" ")}`,
    );
  }
  // The first third fills curves and snapshots, whose number is bounded.
  const settled = seen[Math.floor(seen.length / 3)];
  const growth = (of) => (100 * (seen.at(-1)[of] / settled[of] - 1)).toFixed(1);
  console.log(`growth after the first third: page ${growth("heap")} %, worker ${growth("wasm")} %`);
  await closePage(page);
}

const FIGURES = [
  { family: "gan", data: "ring" },
  { family: "realnvp", data: "moons" },
  { family: "ddpm", data: "8gaussians" },
  { family: "planar", data: "u1" },
  { model: "vae-mnist-2d", view: "train", layers: "1" },
  { family: "gpt", view: "train", data: "first-names" },
];

async function figures() {
  const page = await openPage(browser, site, { path: "embed.html", expected: [/panicked|unreachable/] });
  await page.evaluate((all) => {
    const main = document.querySelector("main");
    main.innerHTML = "";
    main.style.cssText = "display:grid;grid-template-columns:repeat(3,1fr);zoom:0.4";
    for (const attributes of all) {
      const element = document.createElement("generative-model");
      for (const [name, value] of Object.entries({
        backend: "cpu",
        "keep-training": "",
        steps: "10000000",
        ...attributes,
      }))
        element.setAttribute(name, value);
      main.append(element);
    }
  }, FIGURES);
  const each = (act) => page.evaluate(`[...document.querySelectorAll("generative-model")].map(${act})`);
  await until(async () => (await each("(e) => Boolean(e.info)")).every(Boolean), "six models");
  await page.evaluate(() => Promise.all([...document.querySelectorAll("generative-model")].map((e) => e.play())));
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
  await closePage(page);
}

if (values.only !== "figures") await lab();
if (values.only !== "lab") await figures();
await browser.close();
process.exit(failed ? 1 : 0);

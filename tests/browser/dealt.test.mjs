// Samples that several workers draw: the same pixels as one draws, helped by themselves where they take long and there
// are cores, and ended when nothing is left to do.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { built, fileOf } from "../../web/site/files.mjs";
import { draw } from "./drawing.mjs";
import { alone, closePage, modelOf, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const files = built();
const file = (name) => `/${files[name] ?? name}`;
const worker = file("worker.js");
// Helpers come where seconds are left. By the clock of these workers they are on fast machines as well.
const hasty = "{ const now = performance.now.bind(performance); performance.now = () => 12 * now(); }";
site.answers.set("worker.js", Buffer.from(hasty + readFileSync(fileOf("worker.js"), "utf8")));
const named = (id) => file(`checkpoints/${id}.safetensors`);

/** Draws the same by one worker and with helpers, in one page. */
async function both(id, asked, helped) {
  const page = await openPage(browser, site, { path: "stored.html" });
  const samples = [{}, ...helped].map((how) => ({ ...asked, ...how }));
  const drawn = await draw(page, { worker, model: named(id), samples });
  await closePage(page);
  return drawn;
}

test("one, two and four workers draw the same digits, also when one is lost or comes late", async (t) => {
  const helped = [{ helpers: 1, ready: true }, { helpers: 1 }, { helpers: 3, ready: true }, { helpers: 2, kill: 200 }];
  const asked = { options: { steps: 25 }, condition: { label: 3, guidance: 2 } };
  const [one, ...others] = await both("ddpm-mnist", asked, helped);
  assert.ok(one.shown > 3, "early pictures");
  for (const other of others) {
    const { helpers, seconds, told } = other;
    t.diagnostic(`${helpers} helpers: ${seconds.toFixed(2)} s, one worker ${one.seconds.toFixed(2)} s`);
    assert.equal(other.picture, one.picture);
    assert.ok(told[0]?.count >= 1, "helpers were asked for");
    assert.equal(told.at(-1).count, 0, "and let go");
    assert.ok(other.shown > 3, "early pictures");
  }
  const lost = others.at(-1).told.flatMap((progress) => progress.lost);
  assert.equal(lost.length, 1, "the one that ended is told");
});

for (const [id, asked] of [
  ["ddpm-emoji", { options: { sampler: "dpm-solver", steps: 12 } }],
  ["latent-mnist", { options: { steps: 50 } }],
  ["pixelcnn-mnist", { count: 100 }],
  ["pixelcnn-mnist-attn", { count: 64 }],
  ["pixelrnn-mnist", { count: 100 }],
  ["video-digits", { count: 2, options: { steps: 12 } }],
])
  test(`two workers draw what one draws: ${id}`, async (t) => {
    const [one, two] = await both(id, asked, [{ helpers: 1, ready: true }]);
    t.diagnostic(`${two.seconds.toFixed(2)} s, one worker ${one.seconds.toFixed(2)} s`);
    assert.ok(two.told[0]?.count >= 1, "it was helped");
    assert.deepEqual(
      two.told.flatMap((progress) => progress.lost),
      [],
    );
    assert.equal(two.picture, one.picture);
  });

test("samples that are given up end at once, and the helpers with them", async () => {
  const [, given] = await both("ddpm-mnist", { options: { steps: 20 } }, [
    { options: { steps: 1000 }, helpers: 1, ready: true, stop: 1500 },
  ]);
  assert.equal(given.failed, "cancelled");
  assert.ok(given.seconds < 3, `${given.seconds} s`);
  assert.equal(given.told.at(-1).count, 0);
});

/** An element that draws digits, or something else, in a page that believes in two cores. */
async function drawing(attributes, what = 'model="ddpm-mnist"') {
  const init = `Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => 2 });`;
  const html = `<generative-model id="m" backend="cpu" ${what} ${attributes}></generative-model>`;
  const page = await alone(browser, site, html, { init });
  await modelOf(page, "#m");
  return page;
}

test("a page starts a worker more for samples that take long, and ends it; not for others, nor unasked", async () => {
  const long = await drawing('steps="120"');
  await until(() => long.workers().length === 2, "a helper comes", 60_000);
  await until(() => long.workers().length === 1, "and ends", 240_000);
  await closePage(long);
  const unhelped = ['steps="1"', 'steps="60" workers="1"'].map(async (attributes) => {
    const page = await drawing(attributes);
    let most = 0;
    for (let i = 0; i < 60; i++) {
      most = Math.max(most, page.workers().length);
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.equal(most, 1, attributes);
    await closePage(page);
  });
  await Promise.all(unhelped);
});

test("a density that takes long is dealt out, and is the same", async (t) => {
  const page = await drawing('workers="1"', 'family="ddpm"');
  const element = page.locator("#m");
  const look = () =>
    element.evaluate(async (m) => {
      const begun = performance.now();
      const inputs = { count: 10, seed: 1, resolution: 64 };
      const view = await m.session.view({ type: "plot", plot: "density", inputs }, null);
      const { values } = view.layers.find((layer) => layer.kind === "field");
      return { values: [...values], seconds: (performance.now() - begun) / 1000 };
    });
  const one = await look();
  assert.equal(page.workers().length, 1);
  await element.evaluate((m) => m.removeAttribute("workers"));
  await until(() => element.evaluate((m) => m.session.workers === null), "more may help");
  const dealt = look();
  await until(() => page.workers().length === 2, "a helper comes", 30_000);
  const two = await dealt;
  await until(() => page.workers().length === 1, "and ends", 30_000);
  t.diagnostic(`${two.seconds.toFixed(2)} s, one worker ${one.seconds.toFixed(2)} s`);
  assert.deepEqual(two.values, one.values);
  await closePage(page);
});

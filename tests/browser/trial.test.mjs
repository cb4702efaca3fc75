// A graphics card beside the processor, from end to end. SwiftShader is passed off as a real one here: it computes
// rightly, and as slowly as it does is the trial's verdict; where a faster one is needed, the browser remembers one.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { built } from "../../web/site/files.mjs";
import { closePage, modelOf, notices, openPage, screenshot, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser({ webgpu: true });
const shell = await readFile(new URL(`../../dist/${built()["worker.js"]}`, import.meta.url), "utf8");
site.answers.set(
  "worker.js",
  `if (self.GPUAdapterInfo)
    Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });\n${shell}`,
);

let remembered;
const KEY = "generative-playground-trials";
const PATH = "vae.html?view=train&latent-dim=2";
const deviceOf = (element) => element.evaluate((e) => e.device);
const stepOf = (element) => element.evaluate((e) => e.info.step);
const answers = (page) => page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? "[]"), KEY);
const loaded = () => site.requests.filter((name) => name === "worker-webgpu_bg.wasm").length;

test("what trains long is tried on the card; one that is slower is left, and that is remembered", async () => {
  const page = await openPage(browser, site, { path: PATH });
  const element = await modelOf(page);
  assert.equal(loaded(), 0, "a first look needs one module");
  const { backend, reason, card } = await deviceOf(element);
  assert.deepEqual({ backend, reason }, { backend: "cpu", reason: "first" });
  assert.ok(card);
  await until(async () => (await page.locator("#device").innerText()).includes(card), "the sentence names it");
  await screenshot(page, "trial-first");
  await element.evaluate((e) => void e.play());
  await until(async () => (await answers(page)).length === 1, "the verdict", 180_000);
  assert.equal(loaded(), 1);
  const [[[key, [ratio]]]] = [await answers(page)];
  assert.match(key, /^train .* vae mnist \d+ /);
  assert.ok(ratio > 0 && ratio < 1.2, `SwiftShader is ${ratio} times as fast`);
  assert.equal((await deviceOf(element)).reason, "slower");
  const step = await stepOf(element);
  await until(async () => (await stepOf(element)) > step, "it trains on");
  assert.equal((await deviceOf(element)).backend, "cpu");
  assert.deepEqual(await notices(element), []);
  remembered = await answers(page);
  await closePage(page);
});

test("a card that is known to be faster is taken before a training begins", async () => {
  assert.ok(remembered, "an answer of the trial");
  const page = await openPage(browser, site, { path: PATH });
  // As if the card had been three times as fast.
  await page.evaluate(
    ([key, [[question, [, day]]]]) => localStorage.setItem(key, JSON.stringify([[question, [3, day]]])),
    [KEY, remembered],
  );
  await page.reload();
  const element = await modelOf(page);
  assert.equal((await deviceOf(element)).backend, "cpu", "a first look does not wait for it");
  await element.evaluate((e) => void e.play());
  await until(async () => (await deviceOf(element)).backend === "webgpu", "it moves", 180_000);
  await until(() => element.evaluate((e) => e.trainer.own && e.info.step >= 3), "it trains there", 180_000);
  const { backend, reason, adapter } = await deviceOf(element);
  assert.deepEqual({ backend, reason }, { backend: "webgpu", reason: "faster" });
  await until(async () => (await page.locator("#device").innerText()).includes(adapter), "the sentence names it");
  await screenshot(page, "trial-faster");
  await element.evaluate((e) => e.pause());
  assert.deepEqual(await notices(element), []);
  // A shipped model is the processor's again.
  await element.evaluate((e) => e.load());
  await until(async () => (await deviceOf(element)).backend === "cpu", "it is back");
  await closePage(page);
});

// A reader opens the page: digits, soon, and nothing that they would have to wait for or worry about.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, colours, modelOf, openPage, screenshot, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** When the first samples were on screen, in milliseconds since the navigation began. */
const firstSample = (page) => until(() => page.evaluate(() => globalThis.firstSample), "the first samples");

const watchForSamples = () => document.addEventListener("sample", () => (globalThis.firstSample ??= performance.now()));

test("a first visit shows live samples, on the processor where there is no GPU", async (t) => {
  const page = await openPage(browser, site, { init: watchForSamples });
  t.diagnostic(`first samples, cold: ${Math.round(await firstSample(page))} ms`);
  assert.ok((await colours(page.locator("#hero canvas"))) > 10, "the hero shows pictures");
  assert.match(await page.locator("#device").innerText(), /processor/);
  await screenshot(page, "first-visit");

  const fetched = (name) => site.requests.some((path) => path.endsWith(name));
  assert.ok(fetched("worker-cpu_bg.wasm"));
  assert.ok(!fetched("worker-webgpu_bg.wasm"), "without a GPU nobody pays for the GPU's module");

  await page.reload();
  t.diagnostic(`first samples, warm: ${Math.round(await firstSample(page))} ms`);
  await closePage(page);
});

test("without JavaScript there is a poster and an article", async () => {
  const page = await openPage(browser, site, { javaScriptEnabled: false });
  const posters = page.locator("generative-model img");
  assert.ok((await posters.count()) > 0);
  await until(() => posters.first().isVisible(), "the poster");
  assert.ok((await page.locator("main").innerText()).length > 500);
  await screenshot(page, "no-script");
  await closePage(page);
});

test("the page that shows how to embed works", async () => {
  const page = await openPage(browser, site, { path: "alone.html" });
  const element = await modelOf(page, "generative-model[model]");
  await until(async () => (await colours(element.locator("canvas").first())) > 10, "a picture");
  await page.locator("generative-model[plot]").scrollIntoViewIfNeeded();
  const plane = page.locator("generative-model[plot] canvas").first();
  await until(async () => (await colours(plane)) > 10, "a model of the plane");
  const text = await modelOf(page, "generative-model[view=train]");
  await text.getByText("characters of Alice").waitFor();
  await screenshot(page, "embed");
  await closePage(page);
});

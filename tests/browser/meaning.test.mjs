// A sentence encoder: how the site offers one, and what it does; and a reader's own, which opens by the same door.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { built } from "../../web/site/files.mjs";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const tiny = at("tests/reference/opened/encoder.gguf");
const manifest = JSON.parse(await readFile(at(`dist/${built()["checkpoints/manifest.json"]}`), "utf8"));
const offered = manifest.models.some(({ id }) => id === "minilm");
const skip = offered ? false : "this site was built without MiniLM";

/** The texts of the ranking, and the first numbers of their rows. */
const rows = (model) =>
  model
    .locator(".ranking tbody tr")
    .evaluateAll((all) => all.map((r) => [r.cells[0].innerText.trim(), Number(r.cells[1].innerText)]));

test("a reader's own encoder says what it is, is opened, and ranks labels", async () => {
  const page = await openPage(browser, site, { path: "foundation.html" });
  const model = page.locator("#guest-model");
  await model.scrollIntoViewIfNeeded();
  await until(
    async () => (await model.locator(".sheet").textContent())?.length > 50,
    "the model of Shakespeare writes",
  );
  await model.locator('.facts input[type="file"]').setInputFiles(tiny);
  const asked = model.locator(".guest");
  await until(() => asked.isVisible(), "the reader is asked");
  assert.match(await asked.textContent(), /tiny-encoder \(bert, Q8_0, GGUF, apache-2\.0\)/);
  assert.match(await asked.textContent(), /reads 24\s+tokens of a sentence/);
  await asked.getByRole("button", { name: "Open it" }).click();
  const tabs = model.getByRole("tab");
  await until(async () => (await tabs.count()) === 6, "its views");
  await tabs.filter({ hasText: "Labels" }).click();
  await model.getByLabel("Your sentence").fill("The Rain");
  await model.getByLabel("Labels, one a line").fill("low, the rain, a sunny day");
  await until(async () => (await rows(model))[0]?.[0] === "the rain", "the same text is nearest");
  const ranked = await rows(model);
  assert.equal(ranked.length, 3);
  assert.equal(ranked[0][1], 1);
  assert.ok(ranked[1][1] >= ranked[2][1]);
  // What is wrong with what is asked is said beside it.
  await model.getByLabel("Your sentence").fill("");
  const notice = model.locator('.notice[data-code="bad-data"]');
  await until(() => notice.isVisible(), "an empty sentence is told");
  await model.getByLabel("Your sentence").fill("low");
  await until(async () => (await notice.count()) === 0, "and no longer");
  await tabs.filter({ hasText: "Map" }).click();
  await model.getByLabel("Sentences, one a line").fill("the rain\nlow lower\na sunny day\ndays");
  await until(() => model.locator(".plot:not(.waiting) canvas").isVisible(), "the map");
  await tabs.filter({ hasText: "Neighbours" }).click();
  const neighbours = model.locator('.plot:not(.waiting) canvas[aria-label*="neighbours"]');
  await until(() => neighbours.isVisible(), "the map of neighbours");
  await tabs.filter({ hasText: "Learning curve" }).click();
  await until(() => model.locator(".curve").first().isVisible(), "the curve");
  assert.equal(await model.locator(".notice").count(), 0);
  // The same in safetensors, with what belongs to it.
  await model.locator('.facts input[type="file"]').setInputFiles(at("tests/reference/opened/encoder.tar"));
  await until(() => asked.isVisible(), "the reader is asked");
  assert.match(await asked.textContent(), /tiny-encoder \(bert, F16, safetensors\)/);
  await asked.getByRole("button", { name: "Open it" }).click();
  await until(async () => (await asked.count()) === 0, "it is open");
  await tabs.filter({ hasText: "Labels" }).click();
  await model.getByLabel("Your sentence").fill("a sunny day");
  await until(async () => (await rows(model))[0]?.[0] === "a sunny day", "and ranks labels");
  await closePage(page);
});

test("MiniLM is offered with its size, comes when it is asked for, and can be stopped", { skip }, async () => {
  const page = await openPage(browser, site, { path: "foundation.html" });
  const model = page.locator("#sense-model");
  await model.scrollIntoViewIfNeeded();
  const offer = model.locator(".guest");
  await until(() => offer.isVisible(), "it is offered");
  assert.match(await offer.textContent(), /MiniLM \(Apache-2\.0\)\.\s+The model has 25 MB/);
  assert.ok(!site.requests.some((name) => name.includes("minilm.gguf")), "nothing is fetched before");
  // A slow line, so that there is something to stop.
  const line = await page.context().newCDPSession(page);
  const slow = (rate) =>
    line.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: rate,
      uploadThroughput: -1,
    });
  await slow(2e6);
  await offer.getByRole("button", { name: "Load it" }).click();
  await offer.getByRole("button", { name: "Stop" }).click();
  await offer.getByRole("button", { name: "Load it" }).waitFor();
  assert.equal(await model.locator(".notice:not(.guest)").count(), 0, "to stop is no error");
  await slow(-1);
  await offer.getByRole("button", { name: "Load it" }).click();
  await until(async () => (await rows(model)).length === 4, "labels are ranked", 120_000);
  const [first, second] = await rows(model);
  assert.equal(first[0], "a complaint about delivery");
  assert.ok(Math.abs(first[1] - 0.45) < 0.02 && second[1] < first[1], `${first} ${second}`);
  await model.getByRole("tab", { name: "Search" }).click();
  const links = model.locator(".ranking a");
  await until(async () => (await links.count()) > 0, "passages", 120_000);
  const href = await links.first().getAttribute("href");
  assert.match(href, /\/[a-z]+\.html#/);
  assert.equal((await page.request.get(href)).status(), 200);
  await model.getByRole("tab", { name: "Examples" }).click();
  await until(async () => (await rows(model)).length > 1, "labels that were learned", 60_000);
  assert.equal(await model.locator(".notice").count(), 0);
  await closePage(page);
});

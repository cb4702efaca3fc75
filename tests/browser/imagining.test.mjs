// A model of a world: the reader's actions in the world and in imagination, plans, futures, errors that grow.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

const html = (view) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>a</title><link rel="icon" href="data:,">` +
  `<meta name="viewport" content="width=device-width, initial-scale=1">` +
  `<script type="module" src="element.js"></script>` +
  `<body><generative-model id="m" backend="cpu" model="world-rooms" view="${view}" seed="3"></generative-model>`;

async function open(view) {
  site.answers.set("f.html", html(view));
  const page = await openPage(browser, site, { path: "f.html", viewport: { width: 1000, height: 1000 } });
  return { page, model: page.locator("#m") };
}

test("the reader's actions are done in the world and in imagination", async () => {
  const { page, model } = await open("imagine");
  const slider = model.getByRole("slider", { name: "Step" });
  const steps = async () => Number(await slider.getAttribute("max").catch(() => 0));
  await until(async () => (await steps()) === 12, "random play is shown");
  await slider.fill("0");
  await model.locator(".deed").nth(2).click();
  await until(async () => (await steps()) === 1, "one step is the reader's");
  await model.locator(".deed").nth(0).click();
  await until(async () => (await steps()) === 2, "and another");
  await slider.fill("2");
  const outcome = (await model.locator(".outcome").textContent()).trim();
  assert.match(outcome, /^Imagined wrongly in the end: \d+ % of what is in sight\.$/);
  await closePage(page);
});

test("a mission is planned in imagination and done in the world", async () => {
  const { page, model } = await open("plan");
  const slider = model.getByRole("slider", { name: "Step" });
  await until(async () => Number(await slider.getAttribute("max").catch(() => 0)) > 0, "it has acted");
  await slider.fill((await slider.getAttribute("max")) ?? "0");
  assert.match((await model.locator(".outcome").textContent()).trim(), /^(Done|Not done)/);
  await closePage(page);
});

test("futures play side by side, and errors are drawn as they grow", async () => {
  const { page, model } = await open("futures");
  await until(async () => (await model.locator(".clip-names li").count()) > 0, "futures are there");
  const names = await model.locator(".clip-names li").allTextContents();
  assert.ok(names.length <= 4 && names.every((name) => /^\d+ % at step \d+$/.test(name.trim())), `${names}`);
  await closePage(page);
  const drift = await open("drift");
  await until(
    async () => (await drift.model.getByText("Remembered and moved by rule").count()) > 0,
    "curves are there",
  );
  await closePage(drift.page);
});

// The set of images that is chosen to train on comes along with a link.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, closePage, modelOf, notices, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

const markup = (state) =>
  `<generative-model backend="cpu" ${Object.entries(state)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ")}></generative-model>`;

for (const [what, given] of [
  ["an untrained model", { family: "pixelcnn", data: "mnist", view: "train" }],
  ["a shipped model", { model: "pixelcnn-mnist", view: "train" }],
]) {
  test(`the chosen images are in the link of ${what}, and in what is made of it`, async () => {
    const page = await alone(browser, site, markup(given));
    const element = await modelOf(page, "generative-model");
    const choice = element.locator("#gallery");
    await until(async () => (await choice.locator("option").count()) > 1, "sets to choose from");
    await choice.selectOption("fashion");
    const state = await element.evaluate((e) => e.state);
    assert.equal(state.data, "fashion");
    await choice.selectOption("mnist");
    assert.equal((await element.evaluate((e) => e.state)).data, undefined, "as it is without a word");
    await page.evaluate((h) => (document.querySelector("main").innerHTML = h), markup(state));
    const again = await modelOf(page, "generative-model");
    await until(async () => (await again.locator("#gallery").inputValue()) === "fashion", "the set of the link");
    assert.deepEqual(await notices(again), []);
    await closePage(page);
  });
}

test("a set that the site does not have is told", async () => {
  const page = await alone(browser, site, markup({ model: "pixelcnn-mnist", view: "train", data: "cats" }));
  const element = await modelOf(page, "generative-model");
  await until(async () => (await notices(element)).includes("bad-option"), "a notice");
  await closePage(page);
});

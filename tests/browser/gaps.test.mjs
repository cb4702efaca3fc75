// A model that fills gaps: guesses at what a reader left out, one gap after the other, and what stands wrong.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** The figure of the page that fills gaps, with its guesses. */
async function open(path = "foundation.html") {
  const page = await openPage(browser, site, { path });
  const model = page.locator("#gaps-model");
  await model.scrollIntoViewIfNeeded();
  await until(async () => (await model.locator(".gap").count()) === 2, "guesses at two gaps");
  return { page, model, tabs: model.getByRole("tab"), text: model.locator("textarea") };
}

test("a sentence with gaps has guesses, a guess that is chosen fills its gap, and the others change", async () => {
  const { page, model, text } = await open();
  const second = model.locator(".gap").nth(1);
  const guesses = () => second.locator("b").allTextContents();
  const before = await guesses();
  assert.equal(before.length, 6);
  const shares = (await second.locator("em").allTextContents()).map((t) => parseFloat(t.replace(",", ".")));
  assert.ok(
    shares.every((share, i) => i === 0 || share <= shares[i - 1]),
    `${shares}`,
  );
  const first = model.locator(".gap").first().locator("button").first();
  const word = ((await first.locator("b").textContent()) ?? "").trim();
  await first.click();
  await until(async () => (await model.locator(".gap").count()) === 1, "one gap is left");
  assert.equal(await text.inputValue(), `Captain Ahab stood upon the ${word} and looked at the ___.`);
  await text.fill("The old [MASK] sat by the ___ and the ____.");
  await until(async () => (await model.locator(".gap").count()) === 3, "three gaps");
  await until(() => /text=/.test(page.url()), "a link holds the sentence");
  await text.fill("Nothing is missing here.");
  await until(() => model.locator(".notice").isVisible(), "a sentence says what is missing");
  assert.match(await model.locator(".notice").textContent(), /no gap.*Write ___/);
  await text.fill("It is ___.");
  await until(async () => (await model.locator(".gap").count()) === 1, "one gap");
  assert.equal(await model.locator(".notice").count(), 0);
  await closePage(page);
});

test("step by step, reading, attention and writing show what they should", async () => {
  const { page, model, tabs } = await open();
  const sheet = model.locator(".sheet").first();
  await tabs.filter({ hasText: "Step by step" }).click();
  const slider = model.locator('input[type="range"]').first();
  await slider.fill("1");
  // The sentence as it was given stands above.
  const gaps = async () => (await sheet.textContent()).split("___").length - 1;
  await until(async () => (await gaps()) === 2, "all gaps are filled");
  await slider.fill("0");
  await until(async () => (await gaps()) === 4, "two gaps again");
  await tabs.filter({ hasText: "Attention" }).click();
  await until(() => model.locator("canvas").first().isVisible(), "heads are seen");
  await tabs.filter({ hasText: "Read" }).click();
  await until(async () => (await model.locator(".sum").count()) === 1, "a sum of surprises");
  await tabs.filter({ hasText: "Write" }).click();
  await model.getByLabel("Begin with").fill("The ___ was a very ___ man.");
  await model.getByLabel("Begin with").press("Control+Enter");
  await until(async () => /^The .* was a very .* man\.$/.test((await sheet.textContent()).trim()), "it is filled");
  await until(async () => !(await sheet.textContent()).includes("___"), "no gap is left");
  assert.equal(await model.locator(".notice").count(), 0);
  await closePage(page);
});

test("learning from few examples begins when asked, grows, and stops", async () => {
  const { page, model, tabs } = await open();
  await tabs.filter({ hasText: "Few examples" }).click();
  const start = model.getByRole("button", { name: "Try it" });
  await until(() => start.isVisible(), "it waits to be asked");
  assert.equal(await model.locator(".chart").count(), 0);
  await start.click();
  await until(async () => (await model.locator(".chart circle").count()) >= 14, "two curves", 90_000);
  const told = await model.locator(".lens tbody tr").first().textContent();
  assert.match(told, /frozen features/);
  await model.getByRole("button", { name: "Stop" }).click();
  await until(() => start.isVisible(), "it has stopped");
  assert.ok((await model.locator(".chart circle").count()) >= 14, "what was there stays");
  assert.equal(await model.locator(".notice").count(), 0);
  await closePage(page);
});

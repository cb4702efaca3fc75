// Numbers from one language into another: typed, swapped, refused with a sentence, and learned in the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

test("a text is translated, what is none is refused beside it, and a training goes on", async () => {
  site.answers.set(
    "t.html",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<script type="module" src="element.js"></script>` +
      `<body><generative-model id="m" backend="cpu" family="seq2seq" data="numbers-en-fr" n-embd="16" n-layer="1"` +
      ` n-head="2" view="translate"></generative-model>`,
  );
  const page = await openPage(browser, site, { path: "t.html", viewport: { width: 1000, height: 1000 } });
  const model = page.locator("#m");
  const [text, from, into] = ["Text", "From", "Into"].map((name) => model.getByLabel(name, { exact: true }));
  const rows = model.locator(".proposals tbody tr");
  await until(async () => (await rows.count()) > 0, "translations of an example");
  assert.ok(await text.inputValue());

  await from.selectOption("digits");
  await into.selectOption("fr");
  await text.fill("305");
  const read = () => model.locator(".translated .lens thead th").allTextContents();
  await until(async () => (await read()).join(" ") === "⟨digits⟩ ⟨fr⟩ 3 0 5", "the digits are read one by one");
  const weights = await model
    .locator(".translated .lens tbody tr")
    .first()
    .locator("td")
    .evaluateAll((cells) => cells.map((cell) => parseFloat(cell.title)));
  const sum = weights.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum - 100) < 3, `a row of the alignment adds up to one: ${weights}`);

  const refused = model.locator(".notice[data-code]");
  for (const [typed, code] of [
    ["<img src=x onerror=alert(1)>", "unknown-character"],
    ["   ", "bad-data"],
    ["7".repeat(5000), "bad-data"],
  ]) {
    await text.fill(typed);
    await until(async () => (await refused.getAttribute("data-code").catch(() => "")) === code, `${code} is said`);
    assert.equal(await text.inputValue(), typed, "what was typed stays");
    assert.equal(await rows.count(), 0);
    assert.ok((await refused.textContent()).length > 20, "in a sentence");
    await text.fill("12");
    await until(async () => (await rows.count()) > 0 && (await refused.count()) === 0, "a number is taken again");
  }

  // The same language twice swaps the two.
  await into.selectOption("digits");
  assert.equal(await from.inputValue(), "fr");
  await text.fill("douze");
  await until(async () => (await read()).join(" ") === "⟨fr⟩ ⟨digits⟩ douze", "French is read");

  await model.getByRole("tab", { name: "Train" }).click();
  await model
    .getByRole("button", { name: /^Train/ })
    .last()
    .click();
  const step = () => page.evaluate(() => document.querySelector("#m").info?.step ?? 0);
  await until(async () => (await step()) > 20, "it learns");
  await until(async () => /→/.test(await model.locator(".script").textContent()), "translations of held-out numbers");
  await page.evaluate(() => document.querySelector("#m").pause());
  await closePage(page);
});

test("a reader's own pairs are told by line what is wrong with them, learned from, and kept", async () => {
  site.answers.set(
    "v.html",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>v</title><link rel="icon" href="data:,">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<script type="module" src="element.js"></script>` +
      `<body><generative-model id="m" backend="cpu" family="seq2seq" n-embd="16" n-layer="1" n-head="2"` +
      ` view="train"></generative-model>`,
  );
  const page = await openPage(browser, site, { path: "v.html", viewport: { width: 1000, height: 1000 } });
  const model = page.locator("#m");
  const paste = async (text) => {
    await model.locator("#pasted").fill(text);
    await model.getByRole("button", { name: "Learn from this", exact: true }).click();
  };
  await model.getByText("Paste your own pairs").click();
  await paste("one\teins\ntwo\n<img src=x onerror=alert(1)>\ta\tb\n");
  const notice = model.locator(".about .notice");
  await until(async () => (await notice.count()) > 0, "a notice");
  assert.match(await notice.textContent(), /line 2 has no tab; line 3 has 3 columns and not 2/);
  assert.equal(await model.locator("#corpus").inputValue(), "numbers", "what was there before still is");
  // A rule: the same word with its letters doubled.
  const words = Array.from({ length: 60 }, (_, i) => ((i * 7919) % 46656).toString(6).padStart(4, "0"));
  const lines = words.map((word) => `${word}\t${[...word].map((c) => c + c).join("")}`);
  await paste(`#en\tde\n${lines.join("\n")}\n`);
  const about = model.locator(".about");
  await until(async () => /lines of .* are learned from/.test(await about.textContent()), "they are taken");
  assert.equal(await notice.count(), 0);
  const [learned, held] = (await about.locator("b").allTextContents()).map(Number);
  assert.equal(learned + held, 60);
  assert.ok(held >= 1 && held < 20, `${held} held out`);
  // A tab is written where a line has begun; elsewhere it leads on.
  const area = model.locator("#pasted");
  await area.fill("three");
  await area.press("Tab");
  await page.keyboard.type("drei");
  assert.equal(await area.inputValue(), "three\tdrei");
  await area.fill("");
  await area.press("Tab");
  assert.ok(await page.evaluate(() => document.querySelector("#m").shadowRoot.activeElement?.id !== "pasted"));
  await model
    .getByRole("button", { name: /^Train/ })
    .last()
    .click();
  const info = () => page.evaluate(() => document.querySelector("#m").info);
  await until(async () => (await info())?.step > 20 && /^pairs-/.test((await info()).data), "it learns from them");
  await page.evaluate(() => document.querySelector("#m").pause());
  assert.deepEqual((await info()).space.languages, ["en", "de"]);
  // After a reload the training goes on with the same pairs.
  const before = (await info()).step;
  await page.reload();
  await model.getByRole("button", { name: "Go on with it" }).first().click();
  await until(async () => (await info())?.step >= Math.min(before, 20), "it is there again");
  assert.match((await info()).data, /^pairs-/);
  await closePage(page);
});

test("data of languages that there are not is refused with a sentence", async () => {
  site.answers.set(
    "u.html",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>u</title><link rel="icon" href="data:,">` +
      `<script type="module" src="element.js"></script>` +
      `<body><generative-model id="m" backend="cpu" family="seq2seq" data="numbers-xx"></generative-model>`,
  );
  const page = await openPage(browser, site, { path: "u.html" });
  const notice = page.locator("#m .notice");
  await until(async () => (await notice.count()) > 0, "a notice");
  assert.match(await notice.first().textContent(), /bad-option.*xx/s);
  await closePage(page);
});

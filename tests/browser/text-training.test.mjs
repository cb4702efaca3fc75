// Models of text learn from a reader's own words.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  closePage,
  colours,
  keptOf,
  modelOf,
  notices,
  openPage,
  screenshot,
  startBrowser,
  startSite,
  until,
} from "./harness.mjs";
import { openText, written } from "./text.mjs";

const site = await startSite();
const browser = await startBrowser();
const open = (attributes, options) => openText({ browser, site }, attributes, options);
const stepOf = (element) => element.evaluate((e) => e.info.step);
const lossOf = (element, split = "train") =>
  element.evaluate((e, s) => e.info.state.losses.find((l) => l.name === "loss" && l.split === s)?.values ?? [], split);
/** Text enough to learn from, unlike any that the site serves. */
const RHYME = "the cat sat on the mat and the rat sat on the hat.\n".repeat(120);

async function paste(element, text) {
  const details = element.locator("details.paste");
  if (!(await details.evaluate((d) => d.open))) await details.locator("summary").click();
  await element.locator("#pasted").fill(text);
  await element.getByRole("button", { name: "Learn from this" }).click();
}

describe("training", () => {
  test("on pasted words: the loss falls, the samples change, a reload brings both back", async (t) => {
    const { page, element } = await open({ view: "train" });
    await element.locator("#corpus option").first().waitFor({ state: "attached" });
    await until(
      async () => /8\u202f?\d* kinds|kinds/.test(await element.locator(".about").innerText()),
      "about the text",
    );
    await paste(element, RHYME);
    await until(
      async () => /yours/.test(await element.locator("#corpus").evaluate((s) => s.selectedOptions[0].textContent)),
      "the pasted text",
    );
    const about = await element.locator(".about").innerText();
    assert.match(about.replaceAll("\u202f", ""), /6120 characters/);
    await element.getByRole("button", { name: "Train from scratch" }).click();
    await until(async () => (await stepOf(element)) > 5, "the first steps");
    const sample = () => written(element);
    await until(async () => (await sample()).length > 0, "a sample");
    const early = await sample();
    await until(async () => (await stepOf(element)) >= 200, "200 steps", 120_000);
    const loss = await lossOf(element);
    assert.ok(loss.at(-1) < 0.5 * loss[0], `the loss falls: ${loss[0]} to ${loss.at(-1)}`);
    await until(async () => (await lossOf(element, "heldOut")).length > 1, "the held-out curve");
    // On a fast machine the first sample may be of the last steps already, and the next one is a while off.
    await until(async () => (await sample()) !== early, "another sample");
    assert.ok((await colours(element.locator(".chart canvas").first())) > 3);
    t.diagnostic(`after ${await stepOf(element)} steps: ${JSON.stringify((await sample()).slice(0, 60))}`);
    await screenshot(page, "text-train");

    await until(async () => (await keptOf(page)).some((k) => k.data), "a kept snapshot, and the text");
    await page.reload();
    const again = await modelOf(page, "#m");
    await again.getByRole("button", { name: "Go on with it" }).click();
    await until(() => again.evaluate((e) => e.trainer.own), "the kept training");
    const resumed = await stepOf(again);
    assert.ok(resumed > 0);
    assert.match(await again.locator("#corpus").evaluate((s) => s.selectedOptions[0].textContent), /yours/);
    await again.getByRole("button", { name: "Play" }).click();
    await until(async () => (await stepOf(again)) > resumed + 10, "it trains on, on the same text");
    assert.deepEqual(await notices(again), []);
    await closePage(page);
  });

  test("a text that cannot be used is told of, and the one before stays", async () => {
    const { page, element } = await open({ view: "train" });
    const about = element.locator(".about");
    await until(async () => /kinds/.test(await about.innerText()), "about the text");
    const file = element.locator('.source input[type="file"]');
    const wrong = async (bring, pattern) => {
      await bring();
      await until(async () => (await notices(element)).includes("bad-data"), "the notice");
      assert.match(await element.locator(".notice").innerText(), pattern);
      assert.match(
        (await about.innerText()).replaceAll("\u202f", ""),
        /59167 characters of First names/,
        "the text before is still there",
      );
      await element.locator("#corpus").selectOption("alice");
      await until(async () => (await notices(element)).length === 0, "all is well again");
      await element.locator("#corpus").selectOption("first-names");
      await until(async () => /59\D?167/.test(await about.innerText()), "the first text");
    };
    await wrong(() => paste(element, ""), /too few|empty/);
    await wrong(() => paste(element, "a"), /too few|no other character/);
    await wrong(
      () =>
        file.setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from([0x80, 1, 2, 0xc3, 0x28]) }),
      /UTF-8/,
    );
    await wrong(
      () =>
        file.setInputFiles({
          name: "a.txt.gz",
          mimeType: "application/gzip",
          buffer: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]),
        }),
      /unpacked/,
    );
    // A bomb: 80 MB in 80 KB.
    await wrong(
      () =>
        file.setInputFiles({
          name: "b.txt.gz",
          mimeType: "application/gzip",
          buffer: gzipSync(Buffer.alloc(80 << 20, 97)),
        }),
      /longer than 64 MB/,
    );
    await file.setInputFiles({ name: "good.txt.gz", mimeType: "application/gzip", buffer: gzipSync(RHYME) });
    await until(async () => /good/.test(await about.innerText()), "a good one is taken");
    await closePage(page);
  });

  test("tokens may be pieces of words", async () => {
    const { page, element } = await open({ view: "train" });
    const about = element.locator(".about");
    await until(async () => /kinds/.test(await about.innerText()), "about the text");
    await element.getByLabel("Tokens", { exact: true }).selectOption("bpe");
    await until(async () => /of 512 kinds/.test(await about.innerText()), "byte pairs");
    assert.equal((await element.evaluate((e) => e.state)).tokens, "bpe");
    await element.getByRole("button", { name: "Train from scratch" }).click();
    await until(async () => (await stepOf(element)) > 5, "the first steps");
    await element.getByRole("button", { name: "Pause" }).click();
    const info = await element.evaluate((e) => e.info);
    assert.equal(info.space.vocabulary, 512);
    assert.ok(info.space.charactersPerToken > 1.2, `${info.space.charactersPerToken} characters a token`);
    await element.evaluate((e) => e.setAttribute("view", "read"));
    await element.getByLabel("Your sentence").fill("Zoë 🙂");
    await until(async () => /per character/.test(await element.locator(".sum").innerText()), "any text can be read");
    assert.deepEqual(await notices(element), []);
    await closePage(page);
  });

  test("sizes say how long they take here, and what is chosen is in the state", async () => {
    const { page, element } = await open({ view: "train", "n-layer": 1, "block-size": 16 });
    await until(
      async () => (await element.locator(".sizes").innerText()).match(/about .* here/g)?.length === 3,
      "three estimates",
      120_000,
    );
    await element.locator(".sizes button").nth(1).click();
    await element.locator("#corpus").selectOption("blake");
    await until(async () => (await element.evaluate((e) => e.state)).data === "blake", "the text in the state");
    assert.equal((await element.evaluate((e) => e.state)).size, "medium");
    await closePage(page);
  });
});

test("in a chapter, what is set is in the URL", async () => {
  const page = await openPage(browser, site, { path: "text.html?backend=cpu&view=read&text=Anna" });
  const element = await modelOf(page, "#text-model");
  await element.locator(".sum").waitFor();
  assert.equal(await element.locator("#text").inputValue(), "Anna");
  await page.getByRole("link", { name: "Look for heads" }).click();
  await until(() => /[?&]view=attention.*#write/.test(page.url()), `the view in the URL: ${page.url()}`);
  await until(async () => (await colours(element.locator("canvas.matrix"))) > 3, "attention");
  await page.getByRole("button", { name: "Reset", exact: true }).click();
  await until(() => !/[?&]view=/.test(page.url()), "the first view");
  assert.deepEqual(await notices(element), []);
  await closePage(page);
});

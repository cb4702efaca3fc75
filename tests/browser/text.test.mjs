// Models of text: they write, read, and show their insides.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { closePage, colours, notices, screenshot, startBrowser, startSite, until } from "./harness.mjs";
import { finished, openText, written } from "./text.mjs";

const site = await startSite();
const browser = await startBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const open = (attributes, options) => openText({ browser, site }, attributes, options);

describe("writing", () => {
  test("streams, follows the seed, and goes on where it was stopped", async () => {
    const { page, element } = await open({ prompt: "Anna\n", length: 120 });
    const first = await finished(element);
    assert.ok(first.startsWith("Anna\n"));
    assert.equal([...first].length, 5 + 120);
    await element.getByLabel("Seed", { exact: true }).fill("9");
    await element.getByLabel("Seed", { exact: true }).press("Enter");
    await until(async () => (await written(element)) !== first, "another text");
    assert.notEqual(await finished(element), first);
    await element.evaluate((e) => e.setAttribute("seed", "1"));
    await until(async () => (await finished(element)) === first, "the same seed gives the same text");

    await element.getByRole("button", { name: "Continue" }).click();
    await until(async () => [...(await written(element))].length === 5 + 240, "as much again");
    assert.ok((await finished(element)).startsWith(first), "what was there stays");
    assert.equal((await element.evaluate((e) => e.state)).prompt, "Anna\n");
    assert.deepEqual(await notices(element), []);
    await closePage(page);
  });

  test("stop keeps what has been written, of a very long text too", async (t) => {
    const { page, element } = await open({ length: 20000 });
    // The page must stay quick while the text grows. Fast machines write it in seconds, so what stops
    // it stands in the page too.
    const { worst, stopped } = await element.evaluate(async (e) => {
      const text = () => e.shadowRoot.querySelector(".script")?.textContent.length ?? 0;
      const button = () => [...e.shadowRoot.querySelectorAll("button")].find((b) => b.textContent.trim() === "Stop");
      let worst = 0;
      for (let last; text() < 3000;) {
        const now = await new Promise(requestAnimationFrame);
        if (text() > 0 && last) worst = Math.max(worst, now - last);
        last = now;
      }
      const stop = button();
      stop?.click();
      return { worst, stopped: Boolean(stop) };
    });
    t.diagnostic(`longest frame while writing: ${Math.round(worst)} ms`);
    assert.ok(worst < 1000, `a frame took ${worst} ms`);
    assert.ok(stopped, "it could be stopped");
    const elements = await element
      .locator(".script")
      .evaluate((s) => s.querySelectorAll("*").length / s.textContent.length);
    assert.ok(elements < 1.1, `${elements} elements for a token`);
    const kept = await finished(element);
    assert.ok(kept.length > 3000 && kept.length < 20000);
    await page.waitForTimeout(600);
    assert.equal(await written(element), kept, "nothing more comes");
    assert.deepEqual(await notices(element), [], "a stop is no error");
    await closePage(page);
  });

  test("pointing at a token shows what else could have stood there; a click goes that way", async () => {
    const { page, element } = await open({ prompt: "Bella", length: 60 });
    const before = await finished(element);
    // By keyboard.
    await element.locator(".script").focus();
    for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowRight");
    const choices = element.locator(".choices");
    await choices.waitFor();
    assert.match(await choices.innerText(), /nats/);
    await page.keyboard.press("Enter");
    const focused = () => element.evaluate((e) => e.shadowRoot.activeElement?.querySelector("b")?.textContent);
    await until(focused, "the focus among the alternatives");
    await page.keyboard.press("Escape");
    assert.equal(await choices.isVisible(), false);
    // By pointer.
    const box = await element.locator("[data-at]").nth(3).boundingBox();
    await page.mouse.move(box.x + 2, box.y + box.height / 2);
    await choices.waitFor();
    await page.mouse.click(box.x + 2, box.y + box.height / 2);
    const alternative = choices.locator("button").first();
    const letter = await alternative.locator("b").innerText();
    await alternative.click();
    await until(async () => (await written(element)) !== before, "another continuation");
    const after = await finished(element);
    const same = [...before].findIndex((c, i) => c !== after[i]);
    assert.ok(same >= 5, "the prompt stays");
    assert.equal({ "␣": " ", "↵": "\n" }[letter] ?? letter, after[same], "the text goes on from the alternative");
    await element.getByRole("button", { name: "Back to before the branch" }).click();
    await until(async () => (await written(element)) === before, "the text before");
    await screenshot(page, "text-write");
    await closePage(page);
  });

  test("a prompt with a character that the model does not know leaves everything as it was", async () => {
    const { page, element } = await open({ length: 40 });
    const before = await finished(element);
    await element.getByLabel("Begin with").fill("Ж");
    await element.getByLabel("Begin with").press("Control+Enter");
    await until(async () => (await notices(element)).includes("unknown-character"), "the notice");
    assert.equal(await written(element), before);
    await closePage(page);
  });

  test("without controls there is the text alone, and its poster before", async () => {
    const { page, element } = await open(
      { controls: "none", length: 50, refresh: 1 },
      { inner: '<p slot="poster">Once upon a time</p>' },
    );
    await until(async () => (await written(element)).length > 0, "a text");
    const before = await written(element);
    assert.equal(await element.locator("button").count(), 0);
    await until(async () => (await written(element)) !== before, "another text after a while");
    await closePage(page);
  });
});

describe("looking", () => {
  test("read: a sentence has its price, and an alternative takes a token's place", async () => {
    const { page, element } = await open({ view: "read", text: "Annabella" });
    const sum = element.locator(".sum");
    await sum.waitFor();
    const perplexity = async () =>
      Number(
        (await sum.locator("span").filter({ hasText: "Perplexity" }).first().locator("b").innerText()).replace(
          /\s/g,
          "",
        ),
      );
    // Untrained, it is torn among all 54 tokens.
    assert.ok(Math.abs((await perplexity()) - 54) < 8, `${await perplexity()}`);
    await element.getByLabel("Your sentence").fill("Annabel");
    await until(async () => /6, 6/.test(await sum.innerText()), "the other sentence");
    await element.locator(".script").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await until(
      async () => !(await element.getByLabel("Your sentence").inputValue()).endsWith("l"),
      "another last letter",
    );

    await element.getByLabel("Your sentence").fill("Жизнь");
    await until(async () => (await notices(element)).includes("unknown-character"), "what is wrong with it");
    await element.getByLabel("Your sentence").fill("Anna");
    await until(async () => (await notices(element)).length === 0, "all is well again");
    await screenshot(page, "text-read");
    await closePage(page);
  });

  test("attention: heads can be chosen, tokens pointed at", async () => {
    const { page, element } = await open({ view: "attention", text: "Annabella\nBernhard" });
    const big = element.locator("canvas.matrix");
    await until(async () => (await colours(big)) > 5, "the matrix");
    assert.equal(await element.locator(".heads button").count(), 4);
    for (const small of await element.locator(".heads canvas").all()) assert.ok((await colours(small)) > 2);
    await element.getByRole("button", { name: "Layer 2, head 1" }).click();
    assert.equal((await element.evaluate((e) => e.state)).layer, "2");
    await element.locator(".looking").focus();
    await page.keyboard.press("Home");
    assert.equal(await element.locator(".asking").innerText(), "A");
    await element.locator("[data-token]").nth(4).hover();
    await until(
      async () => (await element.locator(".asking").getAttribute("data-token")) === "4",
      "the token under the pointer",
    );
    await screenshot(page, "text-attention");
    await closePage(page);
  });

  test("layers: a table that scrolls on a phone", async () => {
    const { page, element } = await open(
      { view: "lens", text: "Annabella and Bernhard".replaceAll(" ", "") },
      { viewport: { width: 390, height: 844 } },
    );
    await element.locator(".lens table").waitFor();
    assert.equal(await element.locator(".lens tbody tr").count(), 3);
    assert.equal(await element.locator(".lens thead th").count(), 1 + "AnnabellaandBernhard".length);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, "nothing sticks out");
    await screenshot(page, "text-layers-phone");
    await closePage(page);
  });
});

describe("for everybody", () => {
  for (const view of ["write", "read", "attention", "lens", "train"]) {
    test(`axe-core finds nothing serious: ${view}`, async () => {
      const { page, element } = await open({ view, ...(view === "train" ? {} : { text: "Annabella" }) });
      if (view === "train")
        await until(async () => /kinds/.test(await element.locator(".about").innerText()), "about the text");
      else if (view === "write") await finished(element);
      await page.waitForTimeout(300);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const found = violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ""}`).join("; ")}`);
      assert.deepEqual(found, []);
      await closePage(page);
    });
  }

  test("on a phone nothing sticks out, and a tap shows alternatives", async () => {
    const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
    const { page, element } = await open({ prompt: "Anna", length: 80 }, phone);
    await finished(element);
    const box = await element.locator("[data-at]").nth(2).boundingBox();
    await page.touchscreen.tap(box.x + 2, box.y + box.height / 2);
    await element.locator(".choices").waitFor();
    const choices = await element.locator(".choices").boundingBox();
    assert.ok(choices.x >= 0 && choices.x + choices.width <= 390, "the alternatives are in the window");
    for (const view of ["read", "attention", "lens", "train"]) {
      await element.evaluate((e, v) => e.setAttribute("view", v), view);
      await page.waitForTimeout(700);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `${view}: nothing sticks out: ${width} pixels`);
    }
    await closePage(page);
  });
});

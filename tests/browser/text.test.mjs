// Models of text: they write, read, show their insides, and learn from a reader's own words.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { built } from "../../web/site/files.mjs";
import {
  closePage,
  keptOf,
  colours,
  modelOf,
  notices,
  openPage,
  screenshot,
  startBrowser,
  startSite,
  until,
} from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// A model that needs no checkpoint: as small as can be, and untrained.
const SMALL = {
  family: "gpt",
  data: "first-names",
  "n-layer": 2,
  "n-head": 2,
  "n-embd": 32,
  "block-size": 32,
  backend: "cpu",
};
const escape = (text) => String(text).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("\n", "&#10;");

async function open(attributes = {}, { inner = "", ...options } = {}) {
  const all = Object.entries({ ...SMALL, view: "write", ...attributes })
    .map(([k, v]) => `${k}="${escape(v)}"`)
    .join(" ");
  site.answers.set(
    "alone.html",
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Text</title>
    <link rel="icon" href="data:,"><link rel="stylesheet" href="${built()["page.css"]}"><script type="module" src="element.js"></script></head>
    <body class="embed"><main><h1>Text</h1><generative-model id="m" ${all}>${inner}</generative-model></main></body></html>`,
  );
  const page = await openPage(browser, site, { path: "alone.html", ...options });
  return { page, element: await modelOf(page, "#m") };
}

const written = (element) =>
  element
    .locator(".script")
    .first()
    .evaluate((s) => [...s.querySelectorAll("[data-at]")].map((e) => e.textContent).join(""));
/** Waits until the model has stopped writing, and gives the text. */
const finished = async (element) => {
  await until(
    async () =>
      (await element.getByRole("button", { name: "Write", exact: true }).count()) > 0 &&
      (await written(element)).length > 0,
    "a text",
  );
  return written(element);
};
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
    assert.notEqual(await sample(), early, "the samples change");
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
  await page.locator('a[href*="view=attention"]').click();
  await until(() => /[?&]view=attention.*#write/.test(page.url()), `the view in the URL: ${page.url()}`);
  await until(async () => (await colours(element.locator("canvas.matrix"))) > 3, "attention");
  await page.getByRole("button", { name: "Reset", exact: true }).click();
  await until(() => !/[?&]view=/.test(page.url()), "the first view");
  assert.deepEqual(await notices(element), []);
  await closePage(page);
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

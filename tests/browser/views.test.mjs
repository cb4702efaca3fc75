// Each view answers to its controls.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alone,
  closePage,
  colours,
  modelOf,
  notices,
  openModel,
  picture,
  screenshot,
  startBrowser,
  startSite,
  until,
} from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

const open = (query) => openModel(browser, site, query);
/** An element alone on a page, with its model in place. */
const one = async (html, options) => {
  const page = await alone(browser, site, html, options);
  return { page, element: await modelOf(page, "generative-model") };
};
const drawn = (canvas) => until(async () => (await colours(canvas)) > 10, "a picture");
/** Waits until a canvas shows something else than it did. */
const changed = (canvas, before) =>
  until(async () => (await picture(canvas)) !== before && (await colours(canvas)) > 1, "another picture");
const pixels = (element, options) =>
  element.evaluate(async (e, o) => {
    const view = await e.sample(o);
    return { rgba: [...view.rgba], width: view.width, columns: view.columns, rows: view.rows };
  }, options);

test("samples: seed, count and temperature mean what they say", async () => {
  const { page, element } = await open("view=samples&seed=7");
  const canvas = element.locator("canvas").first();
  await drawn(canvas);
  const before = await picture(canvas);
  await element.getByRole("button", { name: "New samples" }).click();
  await changed(canvas, before);
  assert.match(page.url(), /seed=\d+/);

  const once = await pixels(element, { count: 4, seed: 7 });
  assert.ok(once.columns * once.rows >= 4);
  assert.deepEqual(await pixels(element, { count: 4, seed: 7 }), once, "the same seed gives the same picture");
  assert.notDeepEqual((await pixels(element, { count: 4, seed: 8 })).rgba, once.rgba);

  // At temperature 0 every z is the mean of the prior.
  const cold = await pixels(element, { count: 2, seed: 7, temperature: 0 });
  const tile = cold.width / cold.columns;
  const column = (at) => cold.rgba.filter((_, i) => Math.floor(((i >> 2) % cold.width) / tile) === at);
  assert.deepEqual(column(0), column(1));
  await screenshot(page, "samples");
  await closePage(page);
});

test("latent map: pointer and arrow keys decode the point under them", async () => {
  const { page, element } = await open("model=vae-mnist-2d&view=latent");
  const map = element.locator("canvas.map");
  const here = element.locator("canvas.plate");
  await drawn(map);
  await drawn(here);
  let before = await picture(here);
  await map.hover({ position: { x: 40, y: 40 } });
  await changed(here, before);
  before = await picture(here);
  const reading = await element.locator(".reading").innerText();
  await map.focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("Shift+ArrowRight");
  await changed(here, before);
  assert.notEqual(await element.locator(".reading").innerText(), reading);
  await until(() => /z=/.test(page.url()), "the point in the URL");
  await screenshot(page, "latent");
  await closePage(page);
});

test("reconstruct: a test image, new noise, and a drawing", async () => {
  const { page, element } = await open("view=reconstruct");
  const output = element.locator(`canvas.plate[aria-label$="reconstructions"]`);
  await element.getByText("−ELBO").waitFor();
  await drawn(output);
  let before = await picture(output);
  await element.getByRole("button", { name: "Draw ε again" }).click();
  await changed(output, before);

  before = await picture(output);
  await element.getByRole("button", { name: "Clear and draw" }).click();
  const pad = await element.locator("canvas").first().boundingBox();
  const at = (x, y) => [pad.x + pad.width * x, pad.y + pad.height * y];
  await page.mouse.move(...at(0.3, 0.25));
  await page.mouse.down();
  await page.mouse.move(...at(0.7, 0.25), { steps: 8 });
  await page.mouse.move(...at(0.45, 0.8), { steps: 8 });
  await page.mouse.up();
  await changed(output, before);
  await screenshot(page, "reconstruct");
  await closePage(page);
});

test("interpolate: the slider walks from one image to the other", async () => {
  const { page, element } = await open("view=interpolate");
  const slider = element.locator("input[type=range]").first();
  await slider.waitFor();
  const shown = element.locator("canvas.plate").first();
  await drawn(shown);
  const all = async () => (await element.locator("canvas").evaluateAll((cs) => cs.map((c) => c.toDataURL()))).join();
  const before = await all();
  await slider.focus();
  await page.keyboard.press("End");
  await until(async () => (await all()) !== before, "another picture");
  await screenshot(page, "interpolate");
  await closePage(page);
});

test("what is set is in the URL, and comes back from it", async () => {
  const { page, element } = await open("");
  await element.getByRole("tab", { name: "Reconstruct" }).click();
  await until(() => /view=reconstruct/.test(page.url()), "the view in the URL");
  await page.reload();
  const again = await modelOf(page);
  assert.equal((await again.evaluate((e) => e.state)).view, "reconstruct");
  await page.getByRole("button", { name: "Reset", exact: true }).click();
  await until(async () => (await again.evaluate((e) => e.state)).view === "samples", "the first view");
  await closePage(page);
});

test("samples and model can be saved, and the model opened again", async () => {
  const { page, element } = await open("seed=3");
  const save = async (button) => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      element.getByRole("button", { name: button }).click(),
    ]);
    return { name: download.suggestedFilename(), path: await download.path() };
  };
  const png = await save("Download as PNG");
  assert.match(png.name, /\.png$/);
  const file = await save("Download model");
  assert.match(file.name, /\.safetensors$/);

  const before = await pixels(element, { count: 4, seed: 3 });
  await element.evaluate((e) => e.load("vae-fashion"));
  await until(() => element.evaluate((e) => e.info?.data === "fashion"), "the other model");
  assert.notDeepEqual((await pixels(element, { count: 4, seed: 3 })).rgba, before.rgba);
  await element.locator('input[type=file][accept^=".safetensors"]').setInputFiles(file.path);
  await until(() => element.evaluate((e) => e.info?.data === "mnist"), "the saved model");
  assert.deepEqual(await pixels(element, { count: 4, seed: 3 }), before);
  await closePage(page);
});

for (const family of ["vae", "gan", "planar", "realnvp", "ddpm", "mdn"]) {
  test(`points, ${family}: every plot that it declares is drawn, and answers to its inputs`, async () => {
    const { page, element } = await one(
      `<generative-model family="${family}" backend="cpu" steps="30"></generative-model>`,
    );
    const plots = await element.evaluate((e) => e.about.spaces.find((s) => s.kind === e.info.space.kind).plots);
    assert.ok(plots.length > 1);
    await element.getByRole("tab").first().waitFor();
    assert.deepEqual(
      await element.getByRole("tab").allInnerTexts(),
      [...plots.map((p) => p.title), "Train"],
      "the views are those that the family declares",
    );
    const canvas = element.locator(".plot canvas");
    for (const { id, title, help, inputs } of plots) {
      await element.getByRole("tab", { name: title, exact: true }).click();
      await until(async () => (await colours(canvas)) > 2, `${id} is drawn`, 120_000);
      assert.equal(await element.locator(".caption").innerText(), help, "the caption is the family's");
      if (inputs.some((i) => i.kind === "scrubber")) {
        await page.waitForTimeout(400);
        const before = await picture(canvas);
        await element.locator("#scrub").focus();
        // Plots with the same inputs share them, and so where the slider stands.
        await page.keyboard.press((await element.locator("#scrub").inputValue()) === "1" ? "Home" : "End");
        await until(async () => (await picture(canvas)) !== before, `the slider moves ${id}`, 120_000);
      }
      if (inputs.some((i) => i.kind === "pointer")) {
        await page.waitForTimeout(400);
        const before = await picture(canvas);
        await canvas.hover({ position: { x: 60, y: 60 } });
        await until(async () => (await picture(canvas)) !== before, `${id} follows the pointer`, 120_000);
      }
    }
    assert.deepEqual(await element.locator(".notice p").allInnerTexts(), []);
    await closePage(page);
  });
}

test("points: play, the end of the budget, the past, one network, and losses in the colours of the text", async () => {
  const { page, element } = await one(`<generative-model family="vae" backend="cpu" steps="60"></generative-model>`);
  await element.getByRole("button", { name: "Play" }).click();
  await until(() => element.evaluate((e) => e.info.step === 60 && !e.trainer.running), "the end");
  await element.getByText("Step 60 of 60, done").waitFor();
  const canvas = element.locator(".plot canvas");
  await page.waitForTimeout(800);
  const now = await picture(canvas);
  await element.locator("#past").focus();
  await page.keyboard.press("Home");
  await until(async () => (await picture(canvas)) !== now, "the past looks different");
  await element.getByRole("button", { name: "Go on from here" }).click();
  await until(() => element.evaluate((e) => e.info.step < 60), "an earlier step");
  await element.getByRole("tab", { name: "Train" }).click();
  const tones = await element
    .locator(".charts figure")
    .evaluateAll((all) => Object.fromEntries(all.map((f) => [f.querySelector("b").textContent, f.className])));
  assert.equal(tones["Reconstruction"], "red");
  assert.equal(tones["KL divergence"], "blue");
  await screenshot(page, "points-train");
  await closePage(page);
});

test("a model whose code has no map says so, and offers one of the same data that has", async () => {
  const { page, element } = await one(
    `<generative-model model="vae-mnist" view="latent" backend="cpu"></generative-model>`,
  );
  await element.getByText("A map needs a code of 2 numbers").waitFor();
  assert.equal(await element.locator(".caption").innerText(), "", "no caption of a map that is not there");
  await element.getByRole("button", { name: "Open Digits on a plane" }).click();
  await drawn(element.locator("canvas.map"));
  await element.evaluate((e) => e.setAttribute("model", "vae-fashion"));
  await until(() => element.evaluate((e) => e.info.data === "fashion"), "clothes");
  await element.getByText("A map needs a code of 2 numbers").waitFor();
  assert.equal(await element.getByRole("button", { name: /^Open Digits/ }).count(), 0, "digits are no clothes");
  await closePage(page);
});

test("boxes show what is used, after a refusal too", async () => {
  const { page, element } = await open("view=samples&seed=7");
  const box = element.getByLabel("Seed", { exact: true });
  for (const bad of ["-1", "1.5", ""]) {
    await box.fill(bad);
    await box.press("Enter");
    await until(async () => (await box.inputValue()) === "7", `${bad} is refused`);
  }
  await box.fill("9");
  await box.press("Enter");
  await until(() => element.evaluate((e) => e.settled.seed === 9), "a good one is taken");
  assert.deepEqual(await element.locator(".notice").count(), 0, "and what was said of the others is gone");
  await closePage(page);
});

test("a text of ten thousand characters comes in parts, in its own direction", async (t) => {
  const { page, element } = await one(
    `<generative-model model="gpt-names" view="read" backend="cpu"></generative-model>`,
  );
  await until(() => element.locator(".script").evaluate((s) => s.textContent.length > 10), "a first text");
  const text = "anna\nmaria\nolivia\n".repeat(600).slice(0, 10_000);
  await element.locator(".script").evaluate((script) => {
    globalThis.seen = new Set();
    globalThis.longest = 0;
    new MutationObserver(() => globalThis.seen.add(script.textContent.length)).observe(script, {
      childList: true,
      subtree: true,
      characterData: true,
    });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: "longtask" });
  });
  // By script: a browser takes seconds to type so much by itself.
  await element.getByLabel("Your sentence").evaluate((area, value) => {
    area.value = value;
    area.dispatchEvent(new InputEvent("input"));
  }, text);
  await until(() => element.locator(".script").evaluate((s) => s.textContent.length === 10_000), "all of it");
  const parts = await page.evaluate(() => [...globalThis.seen].filter((n) => n > 1000));
  assert.ok(parts.length >= 5, `${parts.length} parts`);
  t.diagnostic(`longest task on the page's thread: ${await page.evaluate(() => Math.round(globalThis.longest))} ms`);
  for (const selector of [".script", "#text"])
    assert.equal(await element.locator(selector).getAttribute("dir"), "auto", selector);
  await closePage(page);
});

test("word by word: a link holds before it is known that the model knows words, and not for one without", async () => {
  const small = 'backend="cpu" channels="8" levels="1"';
  const { page, element } = await one(
    `<generative-model family="ddpm" data="scenes" view="words" ${small}></generative-model>`,
    { expected: [] },
  );
  const view = () => element.evaluate((e) => [e.getAttribute("view"), e.settled.view]);
  assert.deepEqual(await view(), ["words", "words"]);
  assert.deepEqual(await notices(element), []);
  const chosen = await element.locator("[role=tab][aria-selected=true]").textContent();
  assert.equal(chosen.trim(), "Word by word");
  const file = await element.evaluate(async (e) => {
    const bytes = new Uint8Array(await (await e.exportCheckpoint()).arrayBuffer());
    return [...bytes];
  });
  await closePage(page);

  // The same as a file, of which nothing is known before it is there; then one that knows no words.
  const answers = { "words.safetensors": new Uint8Array(file) };
  for (const [name, bytes] of Object.entries(answers)) site.answers.set(name, bytes);
  const filed = await one('<generative-model src="words.safetensors" view="words" backend="cpu"></generative-model>');
  assert.deepEqual(await filed.element.evaluate((e) => [e.settled.view, e.info.prompt !== undefined]), ["words", true]);
  assert.deepEqual(await notices(filed.element), []);
  await filed.element.evaluate((e) => {
    e.setAttribute("model", "ddpm-mnist");
    e.removeAttribute("src");
  });
  await until(() => filed.element.evaluate((e) => e.info?.id === "ddpm-mnist"), "another model");
  await until(async () => (await filed.element.getAttribute("view")) !== "words", "a view that it has");
  assert.deepEqual(await notices(filed.element), [], "nobody asked it for words");
  await closePage(filed.page);

  const none = await one('<generative-model model="ddpm-mnist" view="words" backend="cpu"></generative-model>');
  await until(async () => (await notices(none.element)).includes("bad-option"), "it is told");
  assert.notEqual(await none.element.getAttribute("view"), "words");
  await closePage(none.page);
});

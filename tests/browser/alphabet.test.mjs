// Letters that are drawn, the alphabet that is made of them, and the font: set in the page, and saved.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { closePage, colours, openPage, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

test("three letters make an alphabet, and a font that the browser takes", async () => {
  site.answers.set(
    "t.html",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<script type="module" src="element.js"></script>` +
      `<body><generative-model id="m" backend="cpu" family="neural-process" data="glyphs" channels="4" hidden="16"` +
      ` view="alphabet"></generative-model>`,
  );
  const page = await openPage(browser, site, { path: "t.html", viewport: { width: 1000, height: 1000 } });
  const model = page.locator("#m");
  const [pads, made] = [model.locator(".pad"), model.locator(".given canvas.plate")];
  await until(async () => (await colours(made)) > 1, "an alphabet of a held-out font");
  assert.equal(await pads.count(), 3);
  const first = await picture(made);
  await model.getByRole("button", { name: "2", exact: true }).click();
  await until(async () => (await picture(made)) !== first, "another font, another alphabet");

  // The reader's own letters: two are cleared, one is drawn as an I.
  for (const i of [1, 2]) await model.getByRole("button", { name: "Clear", exact: true }).nth(i).click();
  await model.getByRole("button", { name: "Clear", exact: true }).first().click();
  await until(async () => (await colours(made)) === 1, "without a letter there is nothing");
  await model.getByLabel("Which letter it is").first().selectOption({ label: "I" });
  const box = await pads.first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 12);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 12, { steps: 6 });
  await page.mouse.up();
  await until(async () => (await colours(made)) > 1, "an alphabet of one letter");

  // A line is set in the font.
  const line = model.getByLabel("A line of text, set in the font that these letters make");
  const family = () => line.evaluate((e) => getComputedStyle(e).fontFamily.split(",")[0].replaceAll('"', ""));
  await until(async () => (await family()).startsWith("alphabet-"), "the line is set in it");
  const look = async () =>
    page.evaluate(
      (name) => {
        const face = [...document.fonts].find((font) => font.family.replaceAll('"', "") === name);
        const g = document.createElement("canvas").getContext("2d");
        const width = (text, family) => {
          g.font = `100px ${family}`;
          return g.measureText(text).width;
        };
        const own = `"${name}", monospace`;
        return { status: face?.status, i: width("I", own), small: width("i", own), other: width("I", "monospace") };
      },
      await family(),
    );
  // A bar has little more than the white on both sides. The font before this one may still be there.
  let seen;
  await until(async () => {
    seen = await look();
    return seen.status === "loaded" && seen.i > 12 && seen.i < seen.other;
  }, `the font of the bar`);
  assert.equal(seen.small, seen.i, "small letters are written as capitals");

  const saved = async (name) => {
    const [file] = await Promise.all([
      page.waitForEvent("download", { timeout: 60_000 }),
      model.getByRole("button", { name, exact: true }).click({ timeout: 60_000 }),
    ]);
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };
  const font = await saved("Download as a font (TTF)");
  assert.match(font.name, /\.ttf$/);
  assert.deepEqual([...font.bytes.subarray(0, 4)], [0, 1, 0, 0]);
  const outlines = await saved("Download as outlines (SVG)");
  assert.match(outlines.bytes.toString(), /^<svg [^>]*viewBox="0 0 384 96"/);
  const pixels = await saved("Download as PNG");
  assert.deepEqual([...pixels.bytes.subarray(1, 4)], [...Buffer.from("PNG")]);
  await closePage(page);
});

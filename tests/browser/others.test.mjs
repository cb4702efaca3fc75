// The same drawing, asked of every model that says how probable an image is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, closePage, modelOf, screenshot, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** The rows of the table: name, nats, bits, pixels. */
const rows = (element) =>
  element
    .locator(".others tbody tr")
    .evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll("th, .figure, td:not(.figure, .length)")].map((c) => c.textContent.trim()),
      ),
    );

test("one drawing under every density model, each fetched when the reader asks", async () => {
  const markup = `<generative-model model="pixelcnn-mnist" view="likelihood" backend="cpu"></generative-model>`;
  const page = await alone(browser, site, markup);
  const element = await modelOf(page, "generative-model");
  const button = element.locator(".others button");
  await button.waitFor();
  const fetched = () => site.requests.filter((path) => /^checkpoints\/.*planes$/.test(path));
  // The page's own model may have been asked for before this one took its place: all others are, once.
  const own = "checkpoints/vae-mnist-2d.planes";
  const others = () => fetched().filter((path) => path !== own);
  assert.deepEqual(others(), ["checkpoints/pixelcnn-mnist.planes"]);
  await button.click();
  await until(async () => (await rows(element)).length === 6, "six models have answered");
  assert.deepEqual(others().sort(), [
    "checkpoints/glow-mnist.planes",
    "checkpoints/pixelcnn-mnist-attn.planes",
    "checkpoints/pixelcnn-mnist.planes",
    "checkpoints/pixelrnn-mnist.planes",
    "checkpoints/vae-mnist.planes",
  ]);
  assert.ok(fetched().includes(own));
  const before = fetched().length;
  const first = await rows(element);
  const mine = first.find(([name]) => name === "Digits, pixel by pixel");
  const beside = await element.locator(".raster .numbers").last().locator("dd").allTextContents();
  assert.equal(beside[0].trim(), `${mine[1]} nats`);
  // 784 pixels: bits per dimension are nats / (784 ln 2).
  const nats = Number(mine[1]);
  assert.ok(Math.abs(Number(mine[2]) - nats / (784 * Math.LN2)) < 6e-4, mine.join());
  for (const [name, value, , pixels] of first) {
    // What goes pixel by pixel is exact, the others are bounds.
    const exact = /^Digits(, pixel by pixel| by a memory along diagonals)/.test(name);
    assert.equal(value.startsWith("≤"), !exact, name);
    assert.equal(pixels, name === "Digits by a flow" ? "256 levels" : "black or white");
  }
  // A drawing of the reader's: every model is asked about it, with nothing more to fetch.
  const pad = element.locator("canvas.pad");
  await element.getByRole("button", { name: "Clear and draw" }).click();
  const box = await pad.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + (4 * box.height) / 5, { steps: 5 });
  await page.mouse.up();
  await until(async () => {
    const now = await rows(element);
    return now.length === 6 && now.every(([name, value]) => value !== first.find(([n]) => n === name)[1]);
  }, "all numbers are of the drawing");
  await screenshot(page, "others", { fullPage: true });
  assert.equal(fetched().length, before);
  // With the view they are let go, and come back when they are asked for.
  await element.evaluate((e) => e.setAttribute("view", "samples"));
  await element.evaluate((e) => e.setAttribute("view", "likelihood"));
  await button.waitFor();
  await closePage(page);
});

// Functions learned in the prompt: examples are placed, moved and taken away by mouse and keys; the curve follows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, closePage, notices, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

test("examples are placed, moved and taken away, and the curve follows", async () => {
  const page =
    '<generative-model backend="cpu" model="icl-linear" view="curve" marks="-0.5,2;0.5,-2"></generative-model>';
  const tab = await alone(browser, site, page, { viewport: { width: 1000, height: 1000 }, reducedMotion: "reduce" });
  const element = tab.locator("generative-model");
  const canvas = element.locator(".plot canvas");
  const label = async () => (await element.locator(".under").first().innerText()).trim();
  const says = (text) => until(async () => (await label()) === text, text);
  await says("After 2 examples");
  assert.equal(await element.locator(".roles li").count(), 3, "a key of three colours");

  const box = await canvas.boundingBox();
  // The window goes from −1.05 to 1.05 and from −7 to 7.
  const at = (x, y) => [box.x + (box.width * (x + 1.05)) / 2.1, box.y + (box.height * (7 - y)) / 14];
  const before = await picture(canvas);
  await tab.mouse.click(...at(0, 3));
  await says("After 3 examples");
  const placed = await picture(canvas);
  assert.notEqual(placed, before);

  await tab.mouse.move(...at(0, 3));
  await tab.mouse.down();
  await tab.mouse.move(...at(0.2, -3), { steps: 4 });
  await tab.mouse.up();
  await until(async () => (await picture(canvas)) !== placed, "the curve follows");
  await says("After 3 examples");

  await tab.mouse.click(...at(0.2, -3));
  await says("After 2 examples");
  await canvas.focus();
  await tab.keyboard.press("Shift+ArrowRight");
  await tab.keyboard.press("Enter");
  await says("After 3 examples");
  await element.getByRole("button", { name: "Take all away" }).click();
  await says("Without examples");

  for (const view of ["samples", "errors", "sparse", "outside"]) {
    await element.evaluate((e, view) => e.setAttribute("view", view), view);
    await until(async () => /example/.test(await label()) && !/Without/.test(await label()), view);
  }
  assert.deepEqual(await notices(element), []);
  await closePage(tab);
});

test("every curve of a key is drawn", async () => {
  const page = '<generative-model backend="cpu" model="icl-trees" view="errors"></generative-model>';
  const tab = await alone(browser, site, page, { viewport: { width: 1000, height: 1000 }, reducedMotion: "reduce" });
  const element = tab.locator("generative-model");
  await until(async () => (await element.locator(".roles li").count()) === 5, "a key of five");
  // After two to three examples only ridge regression is off by more than guessing 0: from 1.3 to 1.6 times as much.
  const drawn = await element.locator(".plot canvas").evaluate((canvas) => {
    const { width, height } = canvas;
    const [x, y] = [(k) => ((k + 0.3) / 15.6) * width, (share) => ((1.6 - share) / 1.63) * height];
    const box = [x(2.1), y(1.55), x(2.9) - x(2.1), y(1.3) - y(1.55)].map(Math.round);
    const { data } = canvas.getContext("2d").getImageData(...box);
    return new Set(new Uint32Array(data.buffer)).size > 1;
  });
  assert.ok(drawn);
  await closePage(tab);
});

test("it is trained in the page, and guesses are drawn while it is", async () => {
  const page = '<generative-model backend="cpu" family="in-context" size="small" view="train"></generative-model>';
  const tab = await alone(browser, site, page, { viewport: { width: 1000, height: 1000 }, reducedMotion: "reduce" });
  const element = tab.locator("generative-model");
  await element.getByRole("button", { name: /Train/ }).first().click();
  await until(
    async () => element.evaluate((e) => (e.info?.step ?? 0) > 3 || /step/i.test(e.shadowRoot.textContent)),
    "steps",
  );
  assert.deepEqual(await notices(element), []);
  await closePage(tab);
});

// Emoji from free words: what is known and what is near to it, the nearest training pictures, three hands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, closePage, colours, notices, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

test("free words are understood or told apart, and pictures are brought from hand to hand", async () => {
  const tab = await alone(
    browser,
    site,
    `<generative-model backend="cpu" family="ddpm" data="emoji" channels="8" levels="2" squares="true"
      view="nearest"></generative-model>`,
    { viewport: { width: 1000, height: 1000 } },
  );
  const element = tab.locator("generative-model");
  const plate = element.locator(".reading-room canvas.plate");
  await until(async () => (await plate.count()) > 0 && (await colours(plate.first())) > 20, "pictures of the data");
  // Nothing is read from scenes here, so changes in words are none of its views.
  const views = await element.getByRole("tab").allInnerTexts();
  assert.ok(views.includes("Another class") && views.includes("Word by word"), views.join());
  assert.ok(!views.includes("Change by words"), views.join());

  const text = element.locator("#text");
  await text.fill("a red aple");
  const wrong = element.locator("[data-code=bad-option]");
  await until(() => wrong.isVisible(), "a word that it does not know");
  assert.match(await wrong.innerText(), /“aple” is none of the \d+ words.* apple/s);
  await text.fill("red apples!");
  await until(async () => (await wrong.count()) === 0, "its plural is known");
  await until(async () => (await colours(plate.first())) > 20, "pictures again");

  await element.evaluate((e) => e.setAttribute("view", "restyle"));
  const hands = element.locator(".given canvas.plate").first();
  await until(async () => (await hands.count()) > 0 && (await colours(hands)) > 20, "the picture in each hand");
  const before = await picture(hands);
  await element.locator(".picker button").nth(3).click();
  await until(async () => (await picture(hands)) !== before, "another picture");
  assert.deepEqual(await notices(element), []);
  await closePage(tab);
});

// The guide, the catalogue and the printed page, as readers find them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, colours, modelOf, notices, openPage, startBrowser, startSite, until } from "./harness.mjs";
import { snippets } from "../../web/site/gallery.mjs";

const site = await startSite();
const browser = await startBrowser();

test(
  "every snippet of the gallery comes to life when it is reached, and none before",
  { timeout: 180_000 },
  async () => {
    const page = await openPage(browser, site, { path: "widgets.html?backend=cpu" });
    const live = page.locator(".ready .live > *");
    assert.equal(await live.count(), snippets().length);
    await page.locator("h1").waitFor();
    assert.ok(!site.requests.some((path) => /safetensors|planes/.test(path)), "nothing is loaded before");
    for (const [i, { id }] of snippets().entries()) {
      const element = live.nth(i);
      await element.evaluate((e) => e.scrollIntoView({ block: "center" }));
      await until(() => element.evaluate((e) => Boolean(e.stands)), `${id} stands`);
      assert.deepEqual(await notices(element), [], id);
    }
    const first = page.locator(".ready .paste").first();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await first.getByRole("button", { name: "Copy" }).click();
    await until(() => first.locator("[role=status]").textContent(), "it says so");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, `<script type="module" src="${site.url}element.js"></script>\n${snippets()[0].html}`);
    await closePage(page);
  },
);

test("a model of the catalogue is loaded when somebody asks for samples", async () => {
  site.requests.length = 0;
  const page = await openPage(browser, site, { path: "models.html" });
  const shipped = page.locator(".shipped", { has: page.locator("#vae-mnist-2d") });
  const button = shipped.getByRole("button", { name: "Draw new ones" });
  await button.waitFor();
  assert.ok(!site.requests.some((path) => /safetensors|planes|wasm/.test(path)), "nothing is loaded before");
  await button.focus();
  await page.keyboard.press("Enter");
  const element = shipped.locator("generative-model");
  assert.ok(await element.evaluate((e) => e === document.activeElement), "the focus goes on");
  await until(() => element.evaluate((e) => Boolean(e.info)), "the model");
  await until(async () => (await colours(element.locator("canvas").first())) > 10, "a picture");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    shipped.getByRole("link", { name: "vae-mnist-2d.safetensors" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "vae-mnist-2d.safetensors");
  await closePage(page);
});

test("on paper there is the picture, all glosses and no control", async () => {
  const page = await openPage(browser, site, { path: "vae.html?backend=cpu", colorScheme: "dark" });
  const element = await modelOf(page);
  await until(async () => (await colours(element.locator("canvas").first())) > 10, "a picture");
  await page.emulateMedia({ media: "print" });
  assert.ok(await element.locator("canvas").first().isVisible(), "the picture");
  for (const what of ["button", "select", "input", "[role=tablist]"])
    for (const control of await element.locator(what).all()) assert.ok(!(await control.isVisible()), what);
  for (const what of [".tools", ".tour", ".terms", ".masthead nav", ".onward", "#device"])
    for (const control of await page.locator(what).all()) assert.ok(!(await control.isVisible()), what);
  const glosses = await page.locator(".glosses > div").all();
  assert.ok(glosses.length > 5);
  for (const gloss of glosses) assert.ok(await gloss.isVisible(), "a gloss");
  assert.match(await page.locator(".widget .on-paper").first().textContent(), /It is live at http.*#try/);
  // Dark ink, whatever the screen.
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(27, 29, 34)");
  // No equation is cut off by the width of the page.
  await page.setViewportSize({ width: 640, height: 900 });
  for (const formula of await page.locator(".formula math, .display math").all())
    assert.ok(await formula.evaluate((m) => m.getBoundingClientRect().right <= innerWidth), "an equation is cut off");
  await closePage(page);
});

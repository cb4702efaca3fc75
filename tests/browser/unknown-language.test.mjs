// A browser whose language is none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, modelOf, openPage, startBrowser, startSite, until } from "./harness.mjs";

test("a browser that names a language that Intl refuses shows the figures and their curves", async () => {
  const site = await startSite();
  const browser = await startBrowser();
  const page = await openPage(browser, site, {
    path: "vae.html?backend=cpu&view=train&layers=1",
    init: () => Object.defineProperty(Navigator.prototype, "language", { get: () => "C" }),
  });
  await assert.rejects(
    page.evaluate(() => new Intl.NumberFormat(navigator.language)),
    "it is refused",
  );
  const element = await modelOf(page);
  await element.getByRole("button", { name: "Train from scratch" }).click();
  await until(() => element.evaluate((e) => e.info.step > 20), "steps");
  await element.locator(".uplot canvas").first().waitFor();
  assert.equal(await page.evaluate(() => navigator.language), "C", "and it is as it was");
  await closePage(page);
});

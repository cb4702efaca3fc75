// Figures keep room for what is to come, and no more than that.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** Another font may need some lines more; what is higher than those is a hole in the page. */
const MOST = 220;

for (const chapter of ["gan", "diffusion", "flows"]) {
  test(`on a phone nothing gapes below the lab of ${chapter}.html`, async () => {
    const page = await openPage(browser, site, {
      path: `${chapter}.html?backend=cpu`,
      viewport: { width: 390, height: 900 },
    });
    const lab = page.locator("generative-lab").first();
    await lab.scrollIntoViewIfNeeded();
    const stands = (e) => e.shown?.length > 0 && e.shown.every((l) => l.metrics.length);
    await until(() => lab.evaluate(stands), "the lab stands");
    const gap = await lab.evaluate((e) => {
      const frame = e.renderRoot.querySelector(".frame");
      const ends = [...frame.children].map((child) => child.getBoundingClientRect().bottom);
      return frame.getBoundingClientRect().bottom - Math.max(...ends);
    });
    assert.ok(gap < MOST, `${Math.round(gap)} pixels are empty`);
    await closePage(page);
  });
}

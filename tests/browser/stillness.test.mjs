// Nothing moves while figures come: room is kept for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blogOf, hostOf } from "./hosts.mjs";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];

/** Adds up what moved that nobody asked for. */
function watch() {
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries())
      globalThis.shifts.push([value, sources.map((s) => s.node?.id || s.node?.nodeName).join(" ")]);
  }).observe({ type: "layout-shift", buffered: true });
}

for (const path of ["index.html", "embed.html", "vae.html", "text.html"])
  for (const viewport of SIZES)
    test(`${path}, ${viewport.width} wide, from top to bottom`, { timeout: 120_000 }, async () => {
      const page = await openPage(browser, site, { path, viewport, init: watch });
      await page.waitForLoadState();
      const figures = page.locator("generative-model");
      for (let i = 0; i < (await figures.count()); i++) {
        await figures.nth(i).evaluate((e) => e.scrollIntoView({ behavior: "instant" }));
        await until(() => figures.nth(i).evaluate((e) => Boolean(e.info && e.device)), "the model");
        await page.waitForTimeout(1500);
      }
      await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" }));
      await page.waitForTimeout(500);
      const shifts = await page.evaluate(() => globalThis.shifts);
      // A formula whose font comes late is set anew: without that font its fractions overlap.
      const others = shifts.filter(([, what]) => !/^(math|mrow|msub|mtd|tml-\S+|\s)+$/.test(what));
      const sum = others.reduce((all, [value]) => all + value, 0);
      assert.ok(sum < 0.005, `${sum.toFixed(4)}: ${JSON.stringify(shifts)}`);
      await closePage(page);
    });

for (const view of ["latent", "samples", "reconstruct", "interpolate", "train"])
  test(`${view} in somebody else's page, where a second line keeps its room`, async () => {
    const host = await hostOf();
    const blog = await blogOf(host);
    blog.style = `<link rel="stylesheet" href="${host.origin}/element.css">`;
    const model = view === "latent" ? "vae-mnist-2d" : "vae-mnist";
    blog.element = `<generative-model id="m" model="${model}" view="${view}" backend="cpu">
      <img slot="poster" alt="" width="10" height="10" src="data:,"></generative-model>`;
    let release = () => {};
    const held = new Promise((go) => (release = go));
    for (const viewport of SIZES) {
      const page = await (await browser.newContext({ viewport })).newPage();
      await page.route("**/element.js", async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(blog.origin, { waitUntil: "commit" });
      const after = () => page.locator("#after").evaluate((e) => e.getBoundingClientRect().top + scrollY);
      await page.locator("#after").waitFor();
      const before = await after();
      assert.ok(before > 400, `${before} pixels down before anything is there`);
      release();
      await until(() => page.locator("#m").evaluate((e) => Boolean(e.info && e.device)), "the model");
      await page.waitForTimeout(1500);
      const now = await after();
      assert.ok(Math.abs(now - before) <= 1, `from ${before} to ${now}, ${viewport.width} wide`);
      await page.context().close();
    }
  });

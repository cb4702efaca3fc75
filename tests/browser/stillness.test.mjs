// Nothing moves while figures come: room is kept for them.
//
// Each page is looked at in English on a phone and in German on a screen, three pages at a time, since most of it is
// waiting; with GP_EVERY=1, by hand, every page at every width.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { blogOf, hostOf } from "./hosts.mjs";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

/** What a page breaks of the policy is told by its site, so that each page has one for itself. */
const sites = [await startSite(), await startSite(), await startSite()];
const browser = await startBrowser();
const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];

/** Notes what moved that nobody asked for. */
function watch() {
  globalThis.shifts = [];
  const rect = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
  new PerformanceObserver((list) => {
    for (const { value, startTime, sources } of list.getEntries()) {
      // A word that was cut off by the end of its line, and is longer now, goes to the next line. That is how text is
      // written anywhere. Only where one writes: one line high, down by one line, as wide as before.
      const scripts = [...document.querySelectorAll("generative-model")]
        .map((e) => e.renderRoot?.querySelector(".script"))
        .filter(Boolean);
      const lines = scripts.map((e) => parseFloat(getComputedStyle(e).lineHeight));
      const wrapped = ({ previousRect: from, currentRect: to }) =>
        from.x === to.x &&
        Math.abs(to.width - from.width) <= 1 &&
        lines.some((line) => from.height < line && Math.abs(to.y - from.y - line) < 1.5);
      if (sources.length && sources.every(wrapped)) continue;
      const moved = sources.map(
        (s) => `${s.node?.id || s.node?.nodeName}: ${rect(s.previousRect)} → ${rect(s.currentRect)}`,
      );
      globalThis.shifts.push({ value, at: startTime, moved });
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** Cumulative layout shift as browsers count it: the most of what moves within five seconds without a pause of one. */
function cumulative(shifts) {
  let [most, sum, first, last] = [0, 0, -Infinity, -Infinity];
  for (const { value, at } of shifts) {
    if (at - last > 1000 || at - first > 5000) [sum, first] = [0, at];
    [sum, last] = [sum + value, at];
    most = Math.max(most, sum);
  }
  return most;
}

/** Whether a figure is what it will be, or asks whether a large model is to come. */
const stands = (e) =>
  e.shown
    ? e.shown.length > 0 && e.shown.every((l) => !l.visible || l.view)
    : Boolean((e.info && e.device) || e.renderRoot?.querySelector(".guest"));

/** Goes from figure to figure, and to the end, and asks that nothing moved. */
async function still(page) {
  await page.waitForTimeout(700);
  const figures = page.locator("generative-model, generative-lab");
  for (let i = 0; i < (await figures.count()); i++) {
    const figure = figures.nth(i);
    await figure.evaluate((e) => e.scrollIntoView({ behavior: "instant" }));
    await until(() => figure.evaluate(stands), "the model");
    // A lab trains; its losses and numbers come.
    await page.waitForTimeout((await figure.evaluate((e) => Boolean(e.shown))) ? 5000 : 1500);
  }
  await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" }));
  await page.waitForTimeout(500);
  const shifts = await page.evaluate(() => globalThis.shifts);
  const shift = cumulative(shifts);
  const what = shifts.filter(({ value }) => value > 0.0001);
  assert.ok(shift < 0.0005, `${shift.toFixed(4)}: ${JSON.stringify(what, null, 1)}`);
}

const dist = new URL("../../dist/", import.meta.url);
const CHAPTERS = readdirSync(dist).filter((name) => name.endsWith(".html"));
const LINKS = ["lab.html#bench", "lab.html?family=gan#bench", "diffusion.html?digits.view=samples#digits"];
test("all chapters are looked at", () => assert.ok(CHAPTERS.length >= 12, CHAPTERS.join(" ")));
const due = (path, { width }) => process.env.GP_EVERY || LINKS.includes(path) || path.includes(".de.") === width > 600;
describe("from top to bottom", { concurrency: 3 }, () => {
  for (const path of [...CHAPTERS, ...LINKS])
    for (const viewport of SIZES.filter((size) => due(path, size)))
      test(`${path}, ${viewport.width} wide`, { timeout: 120_000 }, async () => {
        const site = sites.pop();
        try {
          const page = await openPage(browser, site, { path, viewport, init: watch });
          await still(page);
          // And again with what the browser has kept.
          if (/lab|vae\.html/.test(path)) {
            await page.goto("about:blank");
            await page.goto(site.url + path);
            await still(page);
          }
          await closePage(page);
        } finally {
          sites.push(site);
        }
      });
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
      await page.waitForFunction(() => [...document.querySelectorAll("link[rel=stylesheet]")].every((l) => l.sheet));
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

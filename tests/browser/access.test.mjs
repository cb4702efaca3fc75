// For everybody: by keyboard, with a screen reader, on a phone, in the dark, and without motion.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import {
  closePage,
  colours,
  openModel,
  openPage,
  picture,
  screenshot,
  startBrowser,
  startSite,
  until,
} from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const views = ["samples", "latent", "reconstruct", "interpolate", "train"];

const open = async (view, options = {}) => {
  const model = view === "latent" ? "&model=vae-mnist-2d" : "";
  const { page, element } = await openModel(browser, site, `view=${view}${model}`, options);
  if (view !== "train") {
    await until(async () => (await colours(element.locator("canvas").first())) > 2, "a picture");
  }
  return { page, element };
};

/** What axe-core finds of weight on a page. */
async function serious(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ""}`).join("; ")}`);
}

describe("axe-core finds nothing serious", () => {
  for (const [language, colorScheme, ending] of [
    ["English", "light", ".html"],
    ["German", "dark", ".de.html"],
  ])
    test(`the chapters in ${language}, ${colorScheme}`, { timeout: 120_000 }, async () => {
      const page = await openPage(browser, site, { colorScheme });
      for (const name of [
        "index",
        "what",
        "vae",
        "gan",
        "flows",
        "diffusion",
        "pixels",
        "text",
        "lab",
        "widgets",
        "models",
        "workbench",
      ]) {
        await page.goto(site.url + name + ending);
        await page.waitForFunction(() => document.querySelector(".tools") || !document.querySelector(".widget[id]"));
        assert.deepEqual(await serious(page), [], name);
      }
      await closePage(page);
    });

  for (const colorScheme of ["light", "dark"]) {
    for (const view of views) {
      test(`${view}, ${colorScheme}`, async () => {
        const { page, element } = await open(view, { colorScheme });
        await page.waitForTimeout(300);
        assert.deepEqual(await serious(page), []);
        await element.screenshot();
        await screenshot(page, `${view}-${colorScheme}`);
        await closePage(page);
      });
    }
  }
});

/** What has the focus, through shadow roots. */
const focused = (page) =>
  page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const style = getComputedStyle(at);
    return {
      name: (at.getAttribute("aria-label") ?? at.textContent ?? "").trim().slice(0, 60),
      tag: at.localName,
      id: at.id,
      visible: style.outlineStyle !== "none" || style.boxShadow !== "none" || style.borderColor !== "",
    };
  });

async function tabTo(page, wanted) {
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    assert.ok(at.visible, `one sees where the focus is: ${JSON.stringify(at)}`);
    if (wanted(at)) return at;
  }
  assert.fail("the keyboard does not get there");
}

test("everything can be done by keyboard", async () => {
  const { page, element } = await open("samples");
  await page.evaluate(() => scrollTo(0, 0));
  await tabTo(page, (at) => at.tag === "button" && at.id === "tab-samples");
  const canvas = element.locator("canvas").first();
  const before = await picture(canvas);
  await tabTo(page, (at) => at.name === "New samples");
  await page.keyboard.press("Enter");
  await until(async () => (await picture(canvas)) !== before, "new samples");

  await element.locator("#tab-samples").focus();
  await page.keyboard.press("End");
  await until(async () => (await element.evaluate((e) => e.settled.view)) === "train", "the last view");
  await tabTo(page, (at) => at.name === "Train from scratch");
  await page.keyboard.press("Enter");
  await until(() => element.evaluate((e) => e.trainer.running && e.info.step > 0), "training");
  await element.getByRole("button", { name: "Pause" }).focus();
  await page.keyboard.press("Space");
  await until(() => element.evaluate((e) => !e.trainer.running), "the pause");
  await closePage(page);
});

describe("on a phone", () => {
  const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
  for (const view of views) {
    test(view, async () => {
      const { page, element } = await open(view, phone);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `nothing sticks out: ${width} pixels`);
      const small = await element.locator("button:visible, select:visible").evaluateAll((all) =>
        all
          .map((c) => ({ text: c.textContent.trim().slice(0, 30), box: c.getBoundingClientRect() }))
          .filter(({ box }) => box.height < 24)
          .map(({ text }) => text),
      );
      assert.deepEqual(small, [], "every control is large enough for a finger (24 pixels, WCAG 2.5.8)");
      await screenshot(page, `${view}-phone`);
      await closePage(page);
    });
  }

  test("from the top", async () => {
    const page = await openPage(browser, site, phone);
    await until(async () => (await colours(page.locator("#hero canvas"))) > 10, "digits");
    await screenshot(page, "first-visit-phone");
    await screenshot(page, "page-phone", { fullPage: true });
    await closePage(page);
  });
});

test("nothing moves for those who asked for that", async () => {
  const page = await openPage(browser, site, { reducedMotion: "reduce" });
  const canvas = page.locator("#hero canvas");
  await until(async () => (await colours(canvas)) > 10, "digits");
  const before = await picture(canvas);
  await page.waitForTimeout(8000);
  assert.equal(await picture(canvas), before);
  await closePage(page);
});

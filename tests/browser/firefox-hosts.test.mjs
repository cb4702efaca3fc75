// Firefox in somebody else's page, and with its protection from fingerprinting, which puts noise into canvases and
// rounds times.
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import puppeteer from "puppeteer-core";
import { blogOf, hostOf, least, policyOf } from "./hosts.mjs";
import { startSite, until } from "./harness.mjs";

const launch = (extraPrefsFirefox = {}) =>
  puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.GP_FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox,
  });

/** A page that remembers what should not have happened. */
async function open(browser, url) {
  const page = await browser.newPage();
  page.problems = [];
  page.on("console", (m) => ["error", "warn"].includes(m.type()) && page.problems.push(m.text()));
  page.on("pageerror", (error) => page.problems.push(String(error)));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(url);
  return page;
}

describe("somebody else's page", () => {
  const ready = (async () => {
    const site = await hostOf();
    return { site, blog: await blogOf(site), browser: await launch() };
  })();
  after(async () => (await ready).browser.close());
  beforeEach(async () => {
    const { blog, site } = await ready;
    blog.policy = policyOf({ ...least(site.origin), "img-src": "data:" });
  });

  test("with a strict policy needs four sources", { timeout: 120_000 }, async () => {
    const { blog, browser } = await ready;
    const page = await open(browser, blog.origin);
    await until(() => page.$eval("#m", (e) => Boolean(e.info && e.device)), "the model");
    assert.equal(await page.$eval("#m", (e) => e.sample({ count: 2 }).then((v) => v.kind)), "image");
    assert.deepEqual(page.problems, []);
    await page.close();
  });

  for (const [directive, sources, source] of [
    ["worker-src", undefined, "blob: to"],
    ["connect-src", undefined, "http:\\S+ to connect-src"],
    ["script-src", (origin) => origin, "'wasm-unsafe-eval' to script-src"],
  ])
    test(`with a policy that lacks ${source}`, { timeout: 120_000 }, async () => {
      const { blog, browser, site } = await ready;
      blog.policy = policyOf({ ...least(site.origin), "img-src": "data:", [directive]: sources?.(site.origin) });
      const page = await open(browser, blog.origin);
      const said = () => page.$eval("#m", (e) => e.shadowRoot?.querySelector('[role="alert"]')?.textContent ?? "");
      await until(async () => /[a-z]/.test(await said()), "a notice");
      assert.match((await said()).trim().replace(/\s+/g, " "), new RegExp(`^policy-blocked .*${source}`));
      await page.close();
    });

  test("in a sandbox", { timeout: 120_000 }, async () => {
    const { blog, browser, site } = await ready;
    Object.assign(blog, { policy: undefined, script: "" });
    blog.element = `<iframe sandbox="allow-scripts" width="800" height="700" src="${site.origin}/embed.html"></iframe>`;
    const page = await open(browser, blog.origin);
    const frame = await until(() => page.frames().find((f) => f.url().endsWith("embed.html")), "the frame");
    await until(() => frame.$eval("generative-model", (e) => Boolean(e.info && e.device)), "the model");
    await page.close();
  });
});

/** Whether a canvas gives back something else than was put on it. */
const falsified = () => {
  const g = new OffscreenCanvas(16, 16).getContext("2d");
  const image = new ImageData(16, 16);
  image.data.forEach((_, i) => (image.data[i] = i % 4 === 3 ? 255 : (i * 37) % 256));
  g.putImageData(image, 0, 0);
  return g.getImageData(0, 0, 16, 16).data.some((v, i) => v !== image.data[i]);
};

test("protected from fingerprinting it draws, trains and reads a drawing", { timeout: 240_000 }, async () => {
  const site = await startSite();
  const browser = await launch({ "privacy.resistFingerprinting": true });
  try {
    const page = await open(browser, `${site.url}vae.html?view=train&layers=1`);
    assert.ok(await page.evaluate(falsified), "canvases are protected");
    const ask = (act, ...rest) => page.$eval("#vae-model", act, ...rest);
    await ask((e) => e.scrollIntoView());
    await until(() => ask((e) => Boolean(e.info && e.device)), "the model");
    await ask((e) => e.play());
    await until(() => ask((e) => e.info.step > 50), "50 steps");
    await ask((e) => e.pause());
    assert.ok((await ask((e) => e.info.state.losses[0].values)).every(Number.isFinite));

    // What a pad holds is read from what was drawn, not from its canvas.
    await ask((e) => e.reset());
    await ask((e) => e.setAttribute("view", "reconstruct"));
    const inside = async (selector) => (await page.$("#vae-model")).$(`>>> ${selector}`);
    const cost = () =>
      ask((e) =>
        Number(
          e.renderRoot
            .querySelector(".sum span:last-child")
            ?.textContent.match(/[\d.]+/g)
            ?.at(-1),
        ),
      );
    await until(async () => (await cost()) < 150, "the cost of a test image");
    await ask((e) => [...e.renderRoot.querySelectorAll("button")].find((b) => b.textContent.includes("Clear")).click());
    await until(async () => !((await cost()) > 0), "an empty pad");
    const pad = await (await inside(".pad")).boundingBox();
    const at = (x, y) => [pad.x + pad.width * x, pad.y + pad.height * y];
    await page.mouse.move(...at(0.3, 0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.7, 0.25), { steps: 8 });
    await page.mouse.move(...at(0.45, 0.8), { steps: 8 });
    await page.mouse.up();
    await until(async () => (await cost()) < 200, "the cost of a seven");

    const codes = () => ask((e) => [...e.renderRoot.querySelectorAll(".notice")].map((n) => n.dataset.code));
    assert.deepEqual([await codes(), page.problems, site.violations], [[], [], []]);
    await page.close();

    const lab = await open(browser, `${site.url}lab.html`);
    await lab.$eval("generative-lab", (e) => e.scrollIntoView());
    await until(
      () => lab.$eval("generative-lab", (e) => e.renderRoot.querySelectorAll("canvas").length > 3),
      "the lab",
    );
    assert.deepEqual([lab.problems, site.violations], [[], []]);
  } finally {
    await browser.close();
  }
});

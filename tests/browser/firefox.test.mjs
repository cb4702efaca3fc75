// Firefox, which has no WebGPU here: the other engine takes the CPU's path.
import assert from "node:assert/strict";
import { test } from "node:test";
import puppeteer from "puppeteer-core";
import { startSite, until } from "./harness.mjs";

test("Firefox draws samples and trains", { timeout: 180_000 }, async () => {
  const site = await startSite();
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.GP_FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
  });
  try {
    const page = await browser.newPage();
    const problems = [];
    page.on("console", (message) => ["error", "warn"].includes(message.type()) && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(`${site.url}vae.html?view=train&layers=1`);
    const ask = (act) => page.$eval("#vae-model", act);
    await ask((e) => e.scrollIntoView());
    await until(() => ask((e) => Boolean(e.info && e.device)), "the model");
    assert.equal(await ask((e) => e.device.backend), "cpu");
    assert.equal(await ask(async (e) => (await e.sample({ count: 4, seed: 1 })).kind), "image");
    await ask((e) => e.play());
    await until(() => ask((e) => e.info.step > 50), "50 steps");
    assert.deepEqual([...problems, ...site.violations], []);
  } finally {
    await browser.close();
  }
});

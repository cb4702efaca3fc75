// Training in the page: it learns, it obeys, and it is still there after a reload.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  closePage,
  keptOf,
  modelOf,
  notices,
  openPage,
  screenshot,
  startBrowser,
  startSite,
  until,
} from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

const stepOf = (element) => element.evaluate((e) => e.info.step);
/** The recorded values of a named loss. */
const lossOf = (element, name, split = "train") =>
  element.evaluate(
    (e, [n, s]) => e.info.state.losses.find((l) => l.name === n && l.split === s)?.values ?? [],
    [name, split],
  );

async function train(query = "") {
  const page = await openPage(browser, site, { path: `vae.html?backend=cpu&view=train${query}` });
  const element = await modelOf(page);
  await element.getByRole("button", { name: "Train from scratch" }).click();
  await until(
    async () => (await stepOf(element)) > 5 && (await element.evaluate((e) => e.trainer.running)),
    "the first steps",
  );
  return { page, element };
}

test("training on the processor lowers the loss, and its controls work", async (t) => {
  const { page, element } = await train();
  await until(async () => (await stepOf(element)) >= 300, "300 steps", 120_000);
  const reconstruction = await lossOf(element, "reconstruction");
  assert.ok(reconstruction.at(-1) < 0.8 * reconstruction[0], `the loss falls: ${reconstruction}`);
  assert.ok((await lossOf(element, "kl")).every(Number.isFinite));
  await until(async () => (await lossOf(element, "reconstruction", "heldOut")).length > 0, "the held-out curve");
  const rate = await element.evaluate((e) => e.info.state.rate);
  t.diagnostic(`${Math.round(rate)} steps a second with the page's defaults`);

  await element.getByRole("button", { name: "Pause" }).click();
  // The step under way is finished first.
  await page.waitForTimeout(1500);
  const paused = await stepOf(element);
  await page.waitForTimeout(500);
  assert.equal(await stepOf(element), paused, "no step while paused");
  await screenshot(page, "train");

  await element.getByRole("button", { name: "Step", exact: true }).click();
  await until(async () => (await stepOf(element)) === paused + 1, "one step");
  await element.getByRole("button", { name: "Play" }).click();
  await until(async () => (await stepOf(element)) > paused + 10, "more steps");

  // Slow motion.
  await element.getByLabel("Speed").selectOption({ label: "3 steps a second" });
  await page.waitForTimeout(1500);
  const slow = await stepOf(element);
  await page.waitForTimeout(2000);
  const taken = (await stepOf(element)) - slow;
  assert.ok(taken >= 2 && taken <= 12, `${taken} steps in two seconds at three a second`);

  // Back through time.
  const past = element.locator("#past");
  if (await past.count()) {
    await past.focus();
    await page.keyboard.press("Home");
    await until(async () => /step/.test(await element.locator(".past output").innerText()), "a past snapshot");
  }

  await element.getByRole("button", { name: "Start over" }).click();
  await until(async () => (await stepOf(element)) < slow, "a new start");
  await closePage(page);
});

test("training waits while it is out of sight", async () => {
  const { page, element } = await train();
  await page.evaluate(() => scrollTo(0, 0));
  await until(() => element.evaluate((e) => e.trainer.suspended), "it waits");
  const waiting = await stepOf(element);
  await page.waitForTimeout(500);
  assert.equal(await stepOf(element), waiting);
  await element.scrollIntoViewIfNeeded();
  await until(async () => (await stepOf(element)) > waiting, "it goes on");
  await closePage(page);
});

test("every option of model and training survives a reload in the URL", async () => {
  const page = await openPage(browser, site, { path: "vae.html?backend=cpu&view=train" });
  const element = await modelOf(page);
  // Another value than the default for each field, as a form would give it.
  const wished = await element.evaluate(async (e) => {
    const all = {};
    for (const scope of ["config", "train"]) {
      for (const field of e.trainer.fields[scope]) {
        const other = field.choices.length
          ? (field.choices.map((c) => c.value ?? c).find((c) => c !== field.fallback) ?? field.fallback)
          : field.fallback === field.minimum
            ? field.maximum
            : field.minimum;
        all[field.name] = other;
        await e.trainer.wish(scope, [[field.name, String(other)]]);
      }
    }
    return all;
  });
  assert.deepEqual(await notices(element), []);
  await page.waitForTimeout(1000);
  // HTML has an attribute `hidden` of its own.
  const names = Object.keys(wished).map((name) => (name === "hidden" ? "hidden_units" : name));
  const missing = names.filter((name) => !page.url().replaceAll("-", "_").includes(`${name}=`));
  assert.deepEqual(missing, [], `all options are in the URL: ${page.url()}`);
  await page.reload();
  const again = await modelOf(page);
  assert.deepEqual(await notices(again), []);
  assert.deepEqual(await again.evaluate((e) => ({ ...e.trainer.drafts.config, ...e.trainer.drafts.train })), wished);
  await closePage(page);
});

test("a reload brings the training back from the browser", async () => {
  const { page, element } = await train("&layers=2&batch-size=32&learning-rate=0.002");
  const config = await element.evaluate((e) => ({ ...e.info.config, ...e.info.train }));
  assert.equal(config.layers, 2);
  assert.equal(config.batch_size, 32);
  await until(async () => (await keptOf(page)).length > 0, "a kept snapshot");
  await page.reload();
  const again = await modelOf(page);
  await again.getByRole("button", { name: "Go on with it" }).click();
  await until(() => again.evaluate((e) => e.trainer.own), "the kept training");
  const resumed = await stepOf(again);
  assert.ok(resumed > 0, "from where it was kept");
  assert.equal((await again.evaluate((e) => e.info.config)).layers, 2);
  await again.getByRole("button", { name: "Play" }).click();
  await until(async () => (await stepOf(again)) > resumed + 5, "it trains on");
  await closePage(page);
});

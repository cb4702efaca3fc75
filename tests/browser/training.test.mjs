// Training in the page: it learns, it obeys, and it is still there after a reload.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  closePage,
  keptOf,
  modelOf,
  notices,
  openModel,
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
  const { page, element } = await openModel(browser, site, `view=train${query}`);
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
    await until(
      async () => /step/.test(await element.locator('label[for="past"] output').innerText()),
      "a past snapshot",
    );
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
  const { page, element } = await openModel(browser, site, "view=train");
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

test("taken out of the page and put back, it trains on; after a while the training is offered", async () => {
  const { page, element } = await train("&layers=1");
  const away = (ms) =>
    element.evaluate(
      (e, time) =>
        new Promise((back) => {
          const [parent, next] = [e.parentNode, e.nextSibling];
          e.remove();
          setTimeout(() => back(parent.insertBefore(e, next)), time);
        }).then(() => undefined),
      ms,
    );
  const before = await stepOf(element);
  await away(300);
  assert.ok((await stepOf(element)) >= before, "the model is still there");
  await until(async () => (await stepOf(element)) > before + 20, "it trains on by itself");
  await away(7000);
  await element.scrollIntoViewIfNeeded();
  await element.getByRole("button", { name: "Go on with it" }).click();
  await until(() => element.evaluate((e) => e.trainer.own), "the kept training");
  assert.ok((await stepOf(element)) > before, "as far as it was when it was taken out");
  assert.deepEqual(await notices(element), []);
  await closePage(page);
});

test("figures of one model keep their trainings apart, also those made by scripts, and pages of one path", async () => {
  const page = await openPage(browser, site, { path: "alone.html?p=1" });
  const make = () =>
    page.evaluate(() => {
      document.querySelectorAll("main > :not(h1)").forEach((e) => e.remove());
      for (const layers of ["1", "2"]) {
        const figure = document.createElement("generative-model");
        for (const [name, value] of Object.entries({ model: "vae-mnist", view: "train", backend: "cpu", layers }))
          figure.setAttribute(name, value);
        document.querySelector("main").append(figure);
      }
    });
  const figure = (i) => modelOf(page, `generative-model >> nth=${i}`);
  await make();
  for (const i of [0, 1]) await (await figure(i)).evaluate((e) => ((e.trainer.unseen = true), e.play()));
  await until(async () => (await keptOf(page)).length === 2, "two records");
  for (const i of [0, 1]) assert.deepEqual(await notices(await figure(i)), []);

  await page.reload();
  await make();
  for (const i of [1, 0]) {
    const element = await figure(i);
    await element.getByRole("button", { name: "Go on with it" }).click();
    await until(() => element.evaluate((e) => e.trainer.own), "the kept training");
    assert.equal(await element.evaluate((e) => e.info.config.layers), i + 1, "its own");
  }
  await page.goto(`${site.url}alone.html?p=2`);
  await make();
  assert.equal(await (await figure(0)).evaluate((e) => e.trainer.look().then(() => e.trainer.kept)), undefined);
  await closePage(page);
});

test("training goes on out of sight where that is wished for", async () => {
  const { page, element } = await train("&layers=1");
  await element.getByLabel("Go on out of sight").check();
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(1000);
  const step = await stepOf(element);
  await until(async () => (await stepOf(element)) > step + 20, "it goes on");
  await element.evaluate((e) => e.setAttribute("keep-training", "false"));
  await until(() => element.evaluate((e) => e.trainer.suspended), "it waits again");
  await closePage(page);
});

test("what is kept in this browser is in one place, to be named, downloaded and deleted", async () => {
  const { page, element } = await train("&layers=1");
  await until(async () => (await stepOf(element)) > 20, "some steps");
  await element.getByRole("button", { name: "Pause" }).click();
  await until(async () => (await keptOf(page)).length === 1, "it is kept on pause");
  assert.equal((await keptOf(page))[0].step, await stepOf(element));
  await page.reload();
  const again = await modelOf(page);
  await again.locator("summary", { hasText: "Kept in this browser" }).click();
  const row = again.locator("li[data-kept]");
  await row.getByLabel("Name of this training").fill("The first");
  await row.getByLabel("Name of this training").press("Tab");
  await page.waitForTimeout(300);
  await screenshot(page, "kept");
  const saved = page.waitForEvent("download");
  await row.getByRole("button", { name: "Download" }).click();
  assert.equal((await saved).suggestedFilename(), "The-first.safetensors");
  await row.getByRole("button", { name: "Delete" }).click();
  await row.getByRole("button", { name: "No" }).click();
  await row.getByRole("button", { name: "Delete" }).click();
  await row.getByRole("button", { name: "Yes, delete it" }).click();
  await until(async () => (await row.count()) === 0, "it is gone");
  assert.deepEqual(await keptOf(page), []);
  assert.equal(await again.getByRole("button", { name: "Go on with it" }).count(), 0, "and no longer offered");
  await closePage(page);
});

// Trainings that several workers compute: the same to the last bit, helped by themselves where there are cores, and
// said so on the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { built } from "../../web/site/files.mjs";
import { drive } from "./crew.mjs";
import { alone, closePage, modelOf, openPage, screenshot, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const worker = `/${built()["worker.js"]}`;

const gpt = {
  worker,
  text: "the rain in spain stays mainly in the plain. ".repeat(200),
  create: {
    family: "gpt",
    data: "own",
    config: { n_layer: 2, n_head: 2, n_embd: 64, block_size: 64, dropout: 0.1 },
    train: { batch_size: 32 },
  },
};

test("one, two and three workers learn the same to the last bit, and so do those that lose one", async (t) => {
  const page = await openPage(browser, site, { path: "stored.html" });
  // As many steps as take some seconds here.
  const few = await drive(page, { ...gpt, steps: 20 });
  const begun = Date.now();
  await drive(page, { ...gpt, steps: 40 });
  const steps = Math.max(60, Math.round((6000 / (Date.now() - begun)) * 40));
  const one = await drive(page, { ...gpt, steps });
  assert.notEqual(one.weights, few.weights);
  for (const options of [{ helpers: 1 }, { helpers: 2 }, { helpers: 2, kill: 300 }]) {
    const helped = await drive(page, { ...gpt, ...options, steps });
    t.diagnostic(`${steps} steps, ${JSON.stringify(options)}: ${helped.workers} workers`);
    assert.ok(helped.workers > 1, "it was helped");
    assert.equal(helped.step, steps);
    assert.equal(helped.weights, one.weights, JSON.stringify(options));
    if (options.kill)
      assert.deepEqual(
        helped.told.map((p) => p.lost).filter((l) => l.length),
        [[1]],
      );
  }
  await closePage(page);
});

/** An element that trains a U-Net, in a page that believes in so many cores. */
async function training(cores, attributes = "") {
  const init = `Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => ${cores} });`;
  const small = `channels="8" levels="1" batch-size="16"`;
  const told = `backend="cpu" model="ddpm-mnist" view="train" ${small} ${attributes}`;
  const html = `<generative-model id="m" ${told}></generative-model>`;
  const page = await alone(browser, site, html, { init });
  const element = await modelOf(page, "#m");
  await element.getByRole("button", { name: "Train from scratch" }).click();
  return { page, element };
}

test("a training that goes on gets a helper, which ends with a pause; the page says how many compute", async () => {
  const { page, element } = await training(2);
  const running = () => page.workers().length;
  await element.getByText("by 2 workers").waitFor({ timeout: 120_000 });
  assert.equal(running(), 2);
  await screenshot(page, "workers");
  await element.getByRole("button", { name: "Pause" }).click();
  await until(() => running() === 1, "the helper ends", 30_000);
  await closePage(page);
});

test('with workers="1" and with one core nobody helps', async () => {
  for (const [attributes, cores] of [
    ['workers="1"', 4],
    ["", 1],
  ]) {
    const { page, element } = await training(cores, attributes);
    await until(async () => (await element.evaluate((e) => e.info.state.seconds)) > 5, "five seconds", 120_000);
    assert.equal(page.workers().length, 1, attributes);
    assert.equal(await element.evaluate((e) => e.info.state.workers), 1);
    await closePage(page);
  }
});

// WebGPU from end to end, on SwiftShader: as correct as the CPU, and nothing about speed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { closePage, modelOf, notices, openPage, screenshot, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser({ webgpu: true });

const stepOf = (element) => element.evaluate((e) => e.info.step);
const draw = (element) => element.evaluate(async (e) => [...(await e.sample({ count: 8, seed: 5 })).rgba]);

test("a software adapter is not taken unasked, and the page says so", async () => {
  const page = await openPage(browser, site, { path: "vae.html" });
  const element = await modelOf(page);
  const { backend, reason } = await element.evaluate((e) => e.device);
  assert.deepEqual({ backend, reason }, { backend: "cpu", reason: "fallback-adapter" });
  await until(async () => /software/.test(await page.locator("#device").innerText()), "the sentence");
  await closePage(page);
});

test("asked for by name it is taken, and the same seed gives the same samples as on the CPU", async () => {
  const reference = await openPage(browser, site, { path: "vae.html?backend=cpu" });
  const expected = await draw(await modelOf(reference));
  await closePage(reference);

  const page = await openPage(browser, site, { path: "vae.html?backend=webgpu" });
  const element = await modelOf(page);
  assert.equal((await element.evaluate((e) => e.device)).backend, "webgpu");
  const given = await draw(element);
  assert.equal(given.length, expected.length);
  const worst = Math.max(...given.map((value, i) => Math.abs(value - expected[i])));
  assert.ok(worst <= 1, `largest difference ${worst} of 255`);
  await closePage(page);
});

test("a model of another program writes there what it writes on the CPU", { timeout: 300_000 }, async () => {
  const file = [...(await readFile(new URL("../reference/opened/stories.gguf", import.meta.url)))];
  const written = {};
  for (const backend of ["cpu", "webgpu"]) {
    const page = await openPage(browser, site, { path: `vae.html?backend=${backend}` });
    const element = await modelOf(page);
    await element.evaluate((e, bytes) => void e.importCheckpoint(new File([new Uint8Array(bytes)], "a.gguf")), file);
    await page.getByRole("button", { name: "Open it" }).click();
    await until(() => element.evaluate((e) => e.info.family === "opened"), "it is opened");
    assert.equal(await element.evaluate((e) => e.info.config.backend), backend);
    const draw = (prompt) =>
      element.evaluate(async (e, how) => (await e.session.sample(2, 3, how)).texts, {
        length: 24,
        temperature: 1,
        prompt,
      });
    // A prompt that is read in parts, and none.
    written[backend] = [await draw("Once upon a time ".repeat(6)), await draw("")];
    await closePage(page);
  }
  const tokens = (backend) => written[backend].flat().flatMap((text) => text.tokens);
  const ids = (backend) => tokens(backend).map((token) => token.id);
  assert.ok(ids("cpu").length >= 96);
  assert.deepEqual(ids("webgpu"), ids("cpu"));
  const off = tokens("cpu").map(({ logProb }, i) => Math.abs((logProb ?? 0) - (tokens("webgpu")[i].logProb ?? 0)));
  assert.ok(Math.max(...off) < 1e-3, `logarithms of probabilities are off by ${Math.max(...off)}`);
});

test("training lowers the loss, and outlives the loss of its device", { timeout: 300_000 }, async () => {
  const page = await openPage(browser, site, {
    path: "vae.html?backend=webgpu&view=train&layers=1&latent-dim=2&batch-size=16&learning-rate=0.01",
    expected: [/device|Device|WebGPU|panicked/],
  });
  const element = await modelOf(page);
  await element.evaluate((e) => {
    const keep = e.trainer.keep.bind(e.trainer);
    e.kept = [];
    e.trainer.keep = (step, bytes) => (e.kept.push(step), keep(step, bytes));
    return e.trainer.wish("config", [["hidden", "16"]]).then(() => e.play());
  });
  await until(async () => (await stepOf(element)) >= 60, "60 steps", 180_000);
  const values = await element.evaluate(
    (e) => e.info.state.losses.find((l) => l.name === "reconstruction" && l.split === "train").values,
  );
  assert.ok(values.at(-1) < 0.9 * values[0], `the loss falls: ${values}`);

  await until(() => element.evaluate((e) => e.kept.length > 0), "a snapshot");
  await element.evaluate((e) => e.fireDrill("loseDevice"));
  await until(async () => (await notices(element)).includes("device-lost"), "the notice");
  const { kept, step } = await element.evaluate((e) => ({ kept: e.kept.at(-1), step: e.info.step }));
  assert.ok(step >= kept);
  await until(async () => (await stepOf(element)) > kept + 10, "training goes on", 120_000);
  assert.equal((await element.evaluate((e) => e.device)).backend, "webgpu", "on a new device");
  await screenshot(page, "device-lost");

  // A second death within a minute is one too many for this back end.
  await element.evaluate((e) => e.fireDrill("loseDevice"));
  await until(() => element.evaluate((e) => e.device.backend === "cpu"), "the CPU takes over");
  await closePage(page);
});

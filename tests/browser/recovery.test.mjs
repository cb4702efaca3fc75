// A worker that breaks is replaced; what it was doing goes on from the last snapshot, and the reader is told.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileOf } from "../../web/site/files.mjs";
import {
  closePage,
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

test("a panic while nothing is trained costs nothing", async () => {
  const { page, element } = await openModel(browser, site, "", { expected: [/panicked/] });
  const draw = () => element.evaluate(async (e) => [...(await e.sample({ count: 4, seed: 5 })).rgba]);
  const before = await draw();
  await element.evaluate((e) => e.fireDrill("panic"));
  await until(async () => (await notices(element)).includes("worker-restarted"), "the notice");
  assert.deepEqual(await draw(), before, "the new worker draws the same");
  assert.equal(page.workers().length, 1, "the old worker is gone");
  await closePage(page);
});

for (const [name, strike] of [
  ["a panic", (page, element) => element.evaluate((e) => e.fireDrill("panic"))],
  [
    "an exception in the worker",
    (page) =>
      page.workers()[0].evaluate(
        () =>
          void setTimeout(() => {
            throw new Error("drill");
          }),
      ),
  ],
]) {
  test(`${name} while training loses at most one interval between snapshots`, async () => {
    const page = await openPage(browser, site, {
      path: "vae.html?backend=cpu&view=train&layers=1",
      expected: [/panicked/, /drill/],
    });
    // Every snapshot that the worker hands over.
    const element = await modelOf(page);
    await element.evaluate((e) => {
      const keep = e.trainer.keep.bind(e.trainer);
      e.kept = [];
      e.trainer.keep = (step, bytes) => (e.kept.push(step), keep(step, bytes));
      return e.play();
    });
    await until(() => element.evaluate((e) => e.kept.length > 0), "a snapshot");
    await until(
      async () => (await stepOf(element)) > (await element.evaluate((e) => e.kept.at(-1))) + 20,
      "some steps more",
    );
    await strike(page, element);
    await until(async () => (await notices(element)).includes("worker-restarted"), "the notice");
    const { kept, lost } = await element.evaluate((e) => ({ kept: e.kept.at(-1), lost: e.info.step }));
    assert.ok(lost >= kept, `from step ${kept} on: ${lost}`);
    const text = await element.locator('[data-code="worker-restarted"]').innerText();
    assert.match(text, /[A-Z][^.]+\./, "it is said in a sentence");
    await until(async () => (await stepOf(element)) > kept + 30, "training goes on by itself");
    assert.equal(page.workers().length, 1);
    await screenshot(page, `recovery-${name.replaceAll(" ", "-")}`);
    await closePage(page);
  });
}

test("a graphics driver that never answers: the processor after a while, with the reason", async () => {
  const worker = readFileSync(fileOf("worker.js"), "utf8");
  const silent = "Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: () => new Promise(() => {}) } });";
  site.answers.set("worker.js", Buffer.from(silent + worker));
  const page = await openPage(browser, site, { path: "vae.html" });
  const element = await modelOf(page);
  const device = await element.evaluate((e) => e.device);
  assert.equal(device.backend, "cpu");
  assert.match(device.reason, /did not answer/);
  site.answers.clear();
  await closePage(page);
});

test("a worker that dies before it is ready is followed by another one", async () => {
  const worker = readFileSync(fileOf("worker.js"), "utf8");
  const error = { code: "internal", message: "A drill.", hint: "", recoverable: false };
  const dies = `postMessage({ id: 0, reply: { type: "error", error: ${JSON.stringify(error)} } });`;
  site.answers.set("worker.js", Buffer.from(dies + worker));
  const page = await openPage(browser, site, { path: "vae.html?backend=cpu" });
  const element = page.locator("#vae-model");
  await element.scrollIntoViewIfNeeded();
  await until(() => site.requests.filter((path) => path === "worker.js").length > 1, "a second worker");
  site.answers.clear();
  await modelOf(page);
  assert.equal(page.workers().length, 1);
  await closePage(page);
});

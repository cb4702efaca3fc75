// What a reader, a link or a server can get wrong: each gets its error, and what was there stays usable.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { planesOf } from "../../web/site/planes.mjs";
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
const shipped = readFileSync(new URL("../../web/checkpoints/vae-mnist.safetensors", import.meta.url));

beforeEach(() => site.answers.clear());

const says = (element, code) => until(async () => (await notices(element)).includes(code), code);
const works = async (element) => {
  const view = await element.evaluate(async (e) => (await e.sample({ count: 2, seed: 1 }))?.kind);
  assert.equal(view, "image", "samples can still be drawn");
};

describe("a checkpoint from the reader", () => {
  const altered = (change) => {
    const bytes = Buffer.from(shipped);
    return change(bytes) ?? bytes;
  };
  const header = Number(shipped.readBigUInt64LE(0));
  const cases = {
    "is a text": [Buffer.from("this is no model\n".repeat(20)), "checkpoint-parse"],
    "is empty": [Buffer.alloc(0), "checkpoint-parse"],
    "is truncated": [shipped.subarray(0, shipped.length >> 1), "checkpoint-parse"],
    "has bytes after its end": [Buffer.concat([shipped, Buffer.alloc(8)]), "checkpoint-parse"],
    "claims an endless header": [altered((b) => void b.writeBigUInt64LE(2n ** 60n, 0)), "checkpoint-parse"],
    "has weights that are no numbers": [altered((b) => void b.fill(0xff, 8 + header)), "checkpoint-not-finite"],
    "is of another family": [
      altered(
        (b) =>
          void b.write(
            b
              .toString("latin1", 8, 8 + header)
              .replace('"vae"', '"eav"')
              .replace('\\"vae\\"', '\\"eav\\"'),
            8,
            "latin1",
          ),
      ),
      /unknown-family|checkpoint-schema/,
    ],
  };
  for (const [name, [buffer, code]] of Object.entries(cases)) {
    test(name, async () => {
      const { page, element } = await openModel(browser, site);
      await element
        .locator('input[type=file][accept^=".safetensors"]')
        .setInputFiles({ name: "model.safetensors", mimeType: "application/octet-stream", buffer });
      const [given] = await until(async () => {
        const all = await notices(element);
        return all.length && all;
      }, "a notice");
      assert.match(given, code instanceof RegExp ? code : new RegExp(`^${code}$`));
      await works(element);
      await closePage(page);
    });
  }

  test("is too large", async () => {
    const { page, element } = await openModel(browser, site);
    await element.evaluate((e) => e.importCheckpoint(new Blob(Array(257).fill(new Uint8Array(1 << 20)))));
    await says(element, "checkpoint-too-large");
    await works(element);
    await screenshot(page, "bad-checkpoint");
    await closePage(page);
  });
});

describe("a link", () => {
  for (const query of [
    "seed=-1",
    "count=9999",
    "backend=abacus",
    "view=nope",
    "temperature=warm",
    "temperature=1e9",
    "nonsense=1",
    "z=9,9",
    "latent-dim=1000",
    "batch-size=0",
  ]) {
    test(`with ?${query}`, async () => {
      const page = await openPage(browser, site, { path: `vae.html?${query}` });
      const element = await modelOf(page);
      await says(element, "bad-option");
      await works(element);
      await closePage(page);
    });
  }

  test("to a model that does not exist", async () => {
    const page = await openPage(browser, site, { path: "vae.html?backend=cpu&model=vae-martians" });
    const element = page.locator("#vae-model");
    await element.scrollIntoViewIfNeeded();
    await says(element, "unknown-model");
    await element.evaluate((e) => e.load("vae-mnist"));
    await modelOf(page);
    await works(element);
    await closePage(page);
  });
});

describe("a server", () => {
  const missing = [/404/];
  const broken = {
    "without the checkpoint": ["checkpoints/vae-mnist.planes", 404, "fetch-failed"],
    "with another checkpoint than the manifest promises": [
      "checkpoints/vae-mnist.planes",
      planesOf(Buffer.concat([shipped.subarray(0, -1), Buffer.from([shipped.at(-1) ^ 1])])),
      "checkpoint-hash",
    ],
    "with a checkpoint that was cut off": [
      "checkpoints/vae-mnist.planes",
      planesOf(shipped).subarray(0, 100_000),
      "fetch-failed",
    ],
    "with something else for a checkpoint": ["checkpoints/vae-mnist.planes", Buffer.from("no model"), "fetch-failed"],
    "with a checkpoint that never ends": [
      "checkpoints/vae-mnist.planes",
      gzipSync(Buffer.alloc(64 << 20)),
      "fetch-failed",
    ],
    "without the manifest": ["checkpoints/manifest.json", 404, "fetch-failed"],
    "with a manifest that is none": ["checkpoints/manifest.json", Buffer.from("<!doctype html>"), "fetch-failed"],
    "without the module": ["worker-cpu_bg.wasm", 404, "fetch-failed"],
    "without the worker": ["worker.js", 404, "fetch-failed"],
  };
  for (const [name, [path, answer, code]] of Object.entries(broken)) {
    test(name, async () => {
      site.answers.set(path, answer);
      const page = await openPage(browser, site, { path: "vae.html?backend=cpu", expected: missing });
      const element = page.locator("#vae-model");
      await element.scrollIntoViewIfNeeded();
      await says(element, code);
      await screenshot(page, `server-${name.replaceAll(" ", "-")}`);
      // The file comes back, and “Try again” is all that it takes.
      site.answers.delete(path);
      await element.getByRole("button", { name: "Try again" }).first().click();
      await modelOf(page);
      await works(element);
      await closePage(page);
    });
  }

  test("without the data says so when it is needed", async () => {
    site.answers.set("data/mnist.bin", 404);
    const { page, element } = await openModel(browser, site, "view=train", { expected: missing });
    await element.getByRole("button", { name: "Train from scratch" }).click();
    await says(element, "fetch-failed");
    await works(element);
    site.answers.delete("data/mnist.bin");
    await element.getByRole("button", { name: "Train from scratch" }).click();
    await until(() => element.evaluate((e) => e.info.step > 0), "training");
    await closePage(page);
  });
});

test("a picture that is none", async () => {
  const { page, element } = await openModel(browser, site, "view=reconstruct");
  await element
    .locator('input[type=file][accept="image/*"]')
    .setInputFiles({ name: "cat.png", mimeType: "image/png", buffer: Buffer.from("meow") });
  await says(element, "bad-image");
  await works(element);
  await closePage(page);
});

test("a storage that is full", async () => {
  const { page, element } = await openModel(browser, site, "view=train&layers=1");
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: new URL(site.url).origin, quotaSize: 1000 });
  await element.getByRole("button", { name: "Train from scratch" }).click();
  await says(element, "storage-full");
  const step = await element.evaluate((e) => e.info.step);
  await until(() => element.evaluate((e, s) => e.info.step > s + 10, step), "training goes on");
  await closePage(page);
});

test("two tabs at once each keep their own training, and the one that is closed loses nothing", async () => {
  const { page, element: first } = await openModel(browser, site, "view=train&layers=1");
  await first.getByRole("button", { name: "Train from scratch" }).click();
  await until(
    () => first.evaluate(async () => (await navigator.locks.query()).held.length > 0),
    "the first tab keeps its training",
  );

  const other = await page.context().newPage();
  await other.goto(`${site.url}vae.html?backend=cpu&view=train&layers=1`);
  const second = await modelOf(other);
  assert.equal(await second.getByRole("button", { name: "Go on with it" }).count(), 0, "what goes on is not offered");
  await second.getByRole("button", { name: "Train from scratch" }).click();
  await until(async () => (await keptOf(other)).length === 2, "both are kept");
  const [{ step }] = await keptOf(other);
  await page.close();
  const now = await second.evaluate((e) => e.info.step);
  await until(() => second.evaluate((e, s) => e.info.step > s + 50, now), "the second tab trains on");
  await second.evaluate((e) => e.pause());
  const kept = (await keptOf(other)).map((k) => k.step);
  assert.equal(kept.length, 2);
  assert.ok(kept[0] >= step, `${kept}, of ${step}`);
  assert.deepEqual(await notices(second), []);
  await closePage(page);
});

// A shipped model goes on learning from a reader's words: curves, before and after, adapters as files, a reload.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { closePage, keptOf, modelOf, notices, screenshot, startBrowser, startSite, until } from "./harness.mjs";
import { finished, openText } from "./text.mjs";

const site = await startSite();
const browser = await startBrowser();
const NONE = { family: null, "n-layer": null, "n-head": null, "n-embd": null, "block-size": null };
/** A small model in the form of llama2.c, with random weights and a tokenizer of bytes and a few letters. */
function llama2c() {
  const [width, hidden, layers, heads, vocabulary, context] = [24, 64, 2, 2, 264, 32];
  let state = 7;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31 - 0.5;
  const numbers = (count, mean, spread) => Float32Array.from({ length: count }, () => mean + spread * random());
  const matrices = [
    vocabulary * width,
    ...Array(4).fill(layers * width ** 2),
    ...Array(3).fill(layers * hidden * width),
  ];
  const [embedding, q, k, v, out, gate, down, up] = matrices.map((count, i) => numbers(count, 0, i ? 0.6 : 2));
  const gains = () => numbers(layers * width, 1, 0.4);
  const angles = new Float32Array((context * width) / heads);
  const weights = [embedding, gains(), q, k, v, out, gains(), gate, down, up, numbers(width, 1, 0.4), angles];
  const pieces = ["<unk>", "<s>", "</s>"];
  for (let byte = 0; byte < 256; byte++) pieces.push(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  pieces.push(",", "e", " t", " ", "a");
  const tokens = pieces.flatMap((piece, id) => {
    const head = Buffer.alloc(8);
    head.writeFloatLE(id < 259 ? 0 : 250 - id);
    head.writeUInt32LE(piece.length, 4);
    return [head, Buffer.from(piece)];
  });
  const sizes = Int32Array.of(width, hidden, layers, heads, heads, vocabulary, context);
  const longest = Buffer.from(Uint32Array.of(8).buffer);
  return Buffer.concat([...[sizes, ...weights].map(({ buffer }) => Buffer.from(buffer)), longest, ...tokens]);
}

/** An element that goes on from the model of Shakespeare. */
const open = () =>
  openText({ browser, site }, { ...NONE, model: "gpt-shakespeare", tune: "", data: "blake", view: "train" });
const stepOf = (element) => element.evaluate((e) => e.info.step);
const curve = (element, name, split) =>
  element.evaluate(
    (e, [n, s]) => e.info.state.losses.find((l) => l.name === n && l.split === s)?.values ?? [],
    [name, split],
  );
const slide = (element, value) =>
  element.evaluate((e, v) => {
    e.setAttribute("strength", v);
  }, String(value));

async function saved(page, element, name) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    element.getByRole("button", { name, exact: true }).click(),
  ]);
  return { name: file.suggestedFilename(), buffer: await readFile(await file.path()) };
}

describe("fine-tuning", () => {
  test("the shipped model learns Blake and forgets; before it writes as it did; its adapter is a file", async (t) => {
    const { page, element } = await open();
    await element.locator("#corpus option").first().waitFor({ state: "attached" });
    await until(async () => /kinds/.test(await element.locator(".about").innerText()), "about the text");
    assert.equal(await element.locator("#config-method").count(), 1);
    assert.equal(await element.locator("#text-tokens").count(), 0, "what a token is, the model has decided");
    await screenshot(page, "tuning-before");
    await element.getByRole("button", { name: "Fine-tune it" }).click();
    await until(() => element.evaluate((e) => e.info.family === "tuned"), "a model that goes on");
    await until(async () => (await stepOf(element)) >= 4, "some steps", 180_000);
    assert.equal(await element.locator(".charts figure").count(), 2, "the new text and the old one");
    assert.match(await element.locator(".panel").innerText(), /lacks some letters/);
    await element.getByRole("button", { name: "Pause" }).click();
    await until(() => element.evaluate((e) => !e.trainer.running), "a pause", 60_000);
    const [fresh, old] = [await curve(element, "new text", "heldOut"), await curve(element, "old text", "heldOut")];
    assert.ok(fresh.at(-1) < fresh[0], `it learns: ${fresh[0]} to ${fresh.at(-1)}`);
    assert.ok(old.length > 1 && old.length === fresh.length, `the old text is watched: ${old}`);
    t.diagnostic(`step ${await stepOf(element)}: new ${fresh.at(-1)}, old ${old[0]} to ${old.at(-1)}`);
    await screenshot(page, "tuning-after");

    const adapter = await saved(page, element, "Save adapter");
    assert.ok(adapter.buffer.length < 200_000, `${adapter.buffer.length} bytes`);
    await element.evaluate((e) => e.setAttribute("view", "write"));
    await element.evaluate((e) => e.setAttribute("length", "60"));
    const after = await finished(element);
    assert.equal(await element.locator("#sample-strength").count(), 1);
    await slide(element, 0);
    await until(async () => (await finished(element)) !== after, "another text");
    const before = await finished(element);
    await screenshot(page, "tuning-write");

    // A reload, and the training is offered.
    await element.evaluate((e) => e.setAttribute("view", "train"));
    await until(async () => (await keptOf(page)).length > 0, "a kept snapshot");
    const reached = await stepOf(element);
    await page.reload();
    const again = await modelOf(page, "#m");
    await again.getByRole("button", { name: "Go on with it" }).click();
    await until(() => again.evaluate((e) => e.info?.family === "tuned"), "the kept training");
    assert.equal(await stepOf(again), reached);
    await again.getByRole("button", { name: "Play" }).click();
    await until(async () => (await stepOf(again)) > reached, "it goes on", 120_000);
    await again.getByRole("button", { name: "Pause" }).click();
    await until(() => again.evaluate((e) => !e.trainer.running), "a pause");

    // Back to the shipped model, which writes as the slider at 0 did; and the adapter on it.
    await again.evaluate((e) => e.reset());
    await until(() => again.evaluate((e) => e.info?.family === "gpt"), "the shipped model");
    await again.evaluate((e) => {
      e.setAttribute("length", "60");
      e.setAttribute("view", "write");
    });
    await until(async () => (await finished(again)) === before, "the text before");
    await again.evaluate((e, bytes) => e.importCheckpoint(new Uint8Array(bytes)), [...adapter.buffer]);
    await until(() => again.evaluate((e) => e.info?.family === "tuned"), "the adapter on its model");
    await again.evaluate((e) => e.setAttribute("length", "60"));
    await slide(again, 1);
    await until(async () => (await finished(again)) === after, "the text after");
    assert.deepEqual(await notices(again), []);
    await closePage(page);
  });

  test("a model of another program is opened and goes on learning; its adapter fits no other", async () => {
    const { page, element } = await open();
    const file = (name, buffer) => ({ name, mimeType: "", buffer });
    const choose = (name, buffer) => element.locator('.facts input[type="file"]').setInputFiles([file(name, buffer)]);
    await element.locator('.facts input[type="file"]').waitFor({ state: "attached" });
    await choose("tiny.bin", llama2c());
    await element.getByRole("button", { name: "Open it" }).click();
    await until(() => element.evaluate((e) => e.info.family === "opened"), "a model of another program");
    await until(async () => /kinds/.test(await element.locator(".about").innerText()), "about the text");
    await element.getByRole("button", { name: "Fine-tune it" }).click();
    await until(() => element.evaluate((e) => e.info.family === "tuned"), "a model that goes on");
    await until(async () => (await stepOf(element)) >= 40, "some steps", 120_000);
    await element.getByRole("button", { name: "Pause" }).click();
    await until(() => element.evaluate((e) => !e.trainer.running), "a pause", 60_000);
    const fresh = await curve(element, "new text", "heldOut");
    assert.ok(fresh.at(-1) < fresh[0], `it learns: ${fresh[0]} to ${fresh.at(-1)}`);
    assert.equal(await element.locator(".charts figure").count(), 1, "nobody knows what it had read before");
    const adapter = await saved(page, element, "Save adapter");
    await element.evaluate((e) => e.setAttribute("view", "write"));
    await element.evaluate((e) => e.setAttribute("length", "30"));
    const after = await finished(element);
    assert.ok(after.length > 0);
    // The adapter on the model of Shakespeare: told. On its own: the text after.
    await element.evaluate((e) => e.reset());
    await until(() => element.evaluate((e) => e.info?.family === "gpt"), "the shipped model");
    await choose("adapter.safetensors", adapter.buffer);
    await until(async () => (await notices(element)).some((n) => n.includes("adapter")), "a sentence");
    await element.getByRole("button", { name: "Dismiss" }).click();
    await choose("tiny.bin", llama2c());
    await element.getByRole("button", { name: "Open it" }).click();
    await until(() => element.evaluate((e) => e.info.family === "opened"), "the model");
    await choose("adapter.safetensors", adapter.buffer);
    await until(() => element.evaluate((e) => e.info.family === "tuned"), "the adapter on its model");
    await element.evaluate((e) => e.setAttribute("length", "30"));
    await until(async () => (await finished(element)) === after, "the text after");
    assert.deepEqual(await notices(element), []);
    await closePage(page);
  });
});

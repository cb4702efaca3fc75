// Spoken digits: a model learns their images and is heard meanwhile; words of the reader's own are recorded.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { closePage, notices, openPage, screenshot, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
site.answers.set(
  "t.html",
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
    `<script type="module" src="element.js"></script>` +
    `<body><generative-model id="m" backend="cpu" family="vae" data="spoken-digits" hidden-units="64" view="train" ` +
    `views="train hear"></generative-model>`,
);
const open = async (options) => {
  const page = await openPage(browser, site, { path: "t.html", viewport: { width: 1100, height: 1300 }, ...options });
  const model = page.locator("#m");
  await until(() => model.evaluate((e) => e.trainer?.gallery?.entries.length > 0), "the sets of the site");
  return { page, model };
};
const press = (model, name) => model.getByRole("button", { name, exact: true }).click();
const step = (model) => model.evaluate((e) => e.trainer.info?.state.step ?? 0);

/** A WAV file of a tone that comes and goes, or of silence. */
function file(name, hertz, loud = 0.5, rate = 16_000) {
  const n = rate;
  const bytes = Buffer.alloc(44 + 2 * n);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + 2 * n, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * n, 40);
  for (let i = 0; i < n; i++) {
    const v = loud * Math.sin((2 * Math.PI * hertz * i) / rate) * Math.sin((Math.PI * i) / n) ** 2;
    bytes.writeInt16LE(Math.round(32767 * v), 44 + 2 * i);
  }
  return { name, mimeType: "audio/wav", buffer: bytes };
}

test("a model that learns is heard, its sounds one by one, all, and as a file", async () => {
  const { page, model } = await open();
  await press(model, "Train from scratch");
  await until(async () => (await step(model)) > 5, "some steps");
  await model.getByRole("tab", { name: "Hear" }).click();
  const made = model.getByRole("group", { name: "Made by the model" }).getByRole("button");
  const given = model.getByRole("group", { name: "Recordings that it has never seen" }).getByRole("button");
  await until(async () => (await made.count()) === 10 && (await given.count()) === 10, "twenty sounds");
  assert.equal(await made.first().getAttribute("aria-label"), "Hear sound 1");
  assert.equal(await given.nth(7).getAttribute("aria-label"), "Hear 7");
  const before = await step(model);
  await screenshot(page, "spoken-hear");
  await given.nth(3).click();
  await until(async () => (await given.nth(3).getAttribute("aria-pressed")) === "true", "it is heard", 10_000);
  await until(async () => (await given.nth(3).getAttribute("aria-pressed")) === "false", "it has ended", 20_000);
  // By the keyboard, and ended before its end.
  await made.nth(1).focus();
  await page.keyboard.press("Enter");
  await until(async () => (await made.nth(1).getAttribute("aria-pressed")) === "true", "it is heard", 10_000);
  await page.keyboard.press("Enter");
  assert.equal(await made.nth(1).getAttribute("aria-pressed"), "false");
  // It has gone on learning.
  await until(async () => (await step(model)) > before, "more steps");
  const [saved] = await Promise.all([page.waitForEvent("download"), press(model, "Save as WAV")]);
  const bytes = await readFile(await saved.path());
  assert.equal(bytes.length, 44 + 10 * 16_000);
  assert.equal(bytes.readUInt32LE(24), 8000);
  const samples = Array.from({ length: 80_000 }, (_, i) => bytes.readInt16LE(44 + 2 * i));
  const peak = Math.max(...samples.map(Math.abs));
  assert.ok(peak > 5000 && peak < 32_000, `neither silent nor clipped: ${peak}`);
  await closePage(page);
});

test("words are recorded, brought, heard again and taken away; from ten on they are learned from", async () => {
  const init = () => {
    globalThis.asked = 0;
    navigator.mediaDevices.getUserMedia = async () => {
      globalThis.asked++;
      const context = new AudioContext();
      const [tone, out] = [context.createOscillator(), context.createMediaStreamDestination()];
      tone.frequency.value = 300 + 100 * globalThis.asked;
      tone.connect(out);
      tone.start();
      return (globalThis.stream = out.stream);
    };
  };
  const { page, model } = await open({ init });
  const listed = model.getByRole("list", { name: "What you have recorded" }).getByRole("listitem");
  for (const [i, label] of ["7", "3"].entries()) {
    await model.getByLabel("Label of what you add next").fill(label);
    assert.equal(await page.evaluate(() => globalThis.asked), i, "asked when it is wanted, and not before");
    await press(model, "Record a word");
    await model.getByText("Speak now.").waitFor();
    await page.waitForTimeout(900);
    await press(model, "Stop recording");
    await until(async () => (await listed.count()) === i + 1, "it is there");
    const live = () => page.evaluate(() => globalThis.stream.getTracks().some((t) => t.readyState === "live"));
    assert.equal(await live(), false, "the microphone is closed");
  }
  await model.getByText("2 are recorded; at least 10 are needed.").waitFor();
  await press(model, "Hear 7");
  // Files: nine tones, silence, and what is no sound.
  const tones = Array.from({ length: 9 }, (_, i) => file(`${i % 3}_ann_${i}.wav`, 200 + 150 * i));
  const wrong = [
    file("silent.wav", 100, 0),
    { name: "broken.wav", mimeType: "audio/wav", buffer: Buffer.from("RIFF") },
  ];
  await model.getByLabel("Label of what you add next").fill("");
  await model.getByLabel("Choose pictures").setInputFiles([...tones, ...wrong]);
  await model.getByText("11 seconds of sound: 10 to learn from, 1 held out.").waitFor();
  await model.getByText("2 files were left out").click();
  await model.getByText("What was recorded cannot be used: nothing is heard in it.").waitFor();
  await screenshot(page, "spoken-own");
  await press(model, "Take 3 away");
  await model.getByText("10 seconds of sound: 9 to learn from, 1 held out.").waitFor();
  await press(model, "Train from scratch");
  await until(async () => (await step(model)) > 3, "some steps");
  assert.match(await model.evaluate((e) => e.trainer.info.data), /^pictures-[0-9a-f]{8}$/);
  await model.getByRole("tab", { name: "Hear" }).click();
  const made = model.getByRole("group", { name: "Made by the model" }).getByRole("button");
  await until(async () => (await made.count()) === 10, "sounds");
  await closePage(page);
});

test("a microphone that is refused, or is not there, is told", async () => {
  for (const [name, text] of [
    ["NotAllowedError", "The microphone was not allowed to this page."],
    ["NotFoundError", "No microphone could be opened."],
  ]) {
    const init = (name) => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException("no", name);
      };
    };
    const { page, model } = await open();
    await page.evaluate(init, name);
    await press(model, "Record a word");
    await model.getByText(text).first().waitFor();
    assert.deepEqual(await notices(model), ["unsupported"]);
    await closePage(page);
  }
});

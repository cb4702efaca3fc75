// The voice: what is fetched and when, what is heard, seen and saved, and what is told where no sound comes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { closePage, colours, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** Counts what is put on to be heard, and lets a test say whether the browser plays. */
function listen() {
  window.heard = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when) {
    const data = this.buffer.getChannelData(0);
    window.heard.push({ when, seconds: this.buffer.duration, edge: Math.abs(data[0]) + Math.abs(data.at(-1)) });
    start.call(this, when);
  };
}

const open = async (options) => {
  const page = await openPage(browser, site, { path: "speech.html", init: listen, ...options });
  const voice = page.locator("speaking-voice");
  await voice.scrollIntoViewIfNeeded();
  return { page, voice, told: voice.locator(".told"), speak: voice.locator("button.main") };
};

test("a text is fetched for, spoken sentence by sentence, seen, heard again and saved", async () => {
  site.requests.length = 0;
  const { page, voice, told, speak } = await open();
  assert.match(await told.textContent(), /10 MB/);
  assert.ok(!site.requests.some((name) => name.startsWith("voices/")), "nothing is fetched before it is asked for");
  await speak.click();
  await until(async () => /^[\d.]+ s of speech/.test(await told.textContent()), "all of it is made");
  const sentences = voice.locator(".sentences button");
  assert.equal(await sentences.count(), 4);
  assert.equal(await voice.locator(".guessed[title]").first().textContent(), "Blorptastic");
  assert.ok((await colours(voice.locator("canvas"))) > 8, "a spectrogram is there");
  assert.equal(await voice.locator(".notice").count(), 0);
  // One after the other, each from silence to silence.
  const heard = await page.evaluate(() => window.heard);
  assert.equal(heard.length, 4);
  heard.slice(1).forEach((h, i) => assert.ok(h.when >= heard[i].when + heard[i].seconds));
  assert.ok(heard.every((h) => h.edge === 0));

  await sentences.nth(1).click();
  await until(async () => (await voice.locator(".phonemes li").count()) > 20, "the phonemes of the second");
  assert.equal(await sentences.nth(1).getAttribute("aria-pressed"), "true");
  assert.equal(await page.evaluate(() => window.heard.length), 5);
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    voice.getByRole("button", { name: "Save as WAV" }).click(),
  ]);
  const wav = await readFile(await saved.path());
  assert.equal(wav.toString("latin1", 0, 4) + wav.toString("latin1", 8, 12), "RIFFWAVE");
  assert.equal(wav.readUInt32LE(40), wav.length - 44);
  const seconds = (wav.length - 44) / 48_000;
  assert.ok(Math.abs(seconds - heard.slice(0, 4).reduce((n, h) => n + h.seconds, 0) - 3 * 0.12) < 0.01);
  // The chapter reads itself, without its formulas.
  await voice.getByRole("button", { name: "Take this chapter’s text" }).click();
  const own = await voice.locator("textarea").inputValue();
  assert.match(own, /^A sentence of ten words is some fifty letters/);
  assert.ok(own.length > 1500 && !/[∑δ{}]/.test(own), `${own.length} characters`);
  await closePage(page);
});

test("a word is stretched with the keyboard and the melody is dragged, and the sentence is spoken anew", async () => {
  const { page, voice, told, speak } = await open();
  await voice.locator("textarea").fill("Hello there, everybody. Good.");
  await speak.click();
  await until(async () => /^[\d.]+ s of speech/.test(await told.textContent()), "it is made");
  await voice.locator(".sentences button").first().click();
  const lengths = async () => (await voice.locator(".phonemes small").allTextContents()).map(Number);
  const line = async () => (await voice.locator(".about").first().textContent()).match(/(\d+) to (\d+) Hz/).slice(1);
  const [plain, hertz] = [await lengths(), await line()];
  const sum = (all) => all.reduce((a, b) => a + b, 0);
  const count = () => page.evaluate(() => window.heard.length);
  const before = await count();
  const word = voice.getByRole("button", { name: "there", exact: true });
  await word.focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await until(async () => (await count()) > before && sum(await lengths()) > sum(plain), "it is longer");
  assert.match(await voice.locator(".row [role=status]").textContent(), /there: 2\.01 × as long, 0\.0 semitones/);
  const longer = await lengths();
  assert.equal(longer.length, plain.length);
  assert.ok(longer.filter((ms, i) => ms !== plain[i]).length <= 5, "only this word");
  // Up in the picture, where the sentence has its last word.
  const canvas = voice.locator("canvas");
  const box = await canvas.boundingBox();
  const [x, y] = [box.x + box.width * 0.82, box.y + box.height * 0.7];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y - 70, { steps: 5 });
  const dragged = await count();
  await page.mouse.up();
  await until(async () => (await count()) > dragged, "it is spoken higher");
  assert.notDeepEqual(await line(), hertz);
  assert.deepEqual(await lengths(), longer, "its lengths stay");
  // Taken back, it is as it was.
  await word.click();
  await voice.getByRole("button", { name: "As it was" }).click();
  await until(async () => sum(await lengths()) === sum(plain), "as it was");
  assert.equal(await voice.locator(".sentences button").count(), 2);
  await closePage(page);
});

test("a text that cannot be read is told, and the next one is spoken", async () => {
  const { page, voice, told, speak } = await open({ path: "speech.de.html" });
  const text = voice.locator("textarea");
  for (const bad of ["", "Привет, мир", "a ".repeat(10_001)]) {
    await text.fill(bad);
    await speak.click();
    await voice.locator(".notice[data-code=bad-data]").waitFor();
    assert.match(await voice.locator(".notice").textContent(), /^\s*Dieser Text/);
  }
  await text.fill('<img src="x" onerror="document.title=1"> Good.');
  await speak.click();
  await until(async () => / s Sprache/.test(await told.textContent()), "it is spoken");
  assert.equal(await voice.locator("img").count(), 0);
  await closePage(page);
});

test("without sound, or where it is held back, that is told; it goes on after a click", async () => {
  const deaf = await open({ init: () => delete window.AudioContext });
  await deaf.voice.locator("textarea").fill("One.");
  await deaf.speak.click();
  await until(async () => /^[\d.]+ s of speech/.test(await deaf.told.textContent()), "it is made");
  assert.match(await deaf.voice.locator(".notice").textContent(), /No sound can be played here/);
  await closePage(deaf.page);

  const held = await open({
    init: () => {
      const { resume } = AudioContext.prototype;
      Object.defineProperty(AudioContext.prototype, "state", { get: () => (window.allowed ? "running" : "suspended") });
      AudioContext.prototype.resume = function () {
        return window.allowed ? resume.call(this) : new Promise(() => undefined);
      };
    },
  });
  await held.voice.locator("textarea").fill("One. Two.");
  await held.speak.click();
  const goOn = held.voice.getByRole("button", { name: "Go on playing" });
  await goOn.waitFor();
  await until(async () => /^[\d.]+ s of speech/.test(await held.told.textContent()), "it is made all the same");
  await held.page.evaluate(() => (window.allowed = true));
  await goOn.click();
  await until(async () => (await goOn.count()) === 0, "it goes on");
  await closePage(held.page);
});

test("a voice that does not come is told, and comes with the next press", async () => {
  site.answers.set("voices/heart.safetensors", 503);
  const { page, voice, told, speak } = await open({ expected: [/503/] });
  await voice.locator("textarea").fill("One.");
  await speak.click();
  await voice.locator(".notice[data-code]").waitFor();
  site.answers.delete("voices/heart.safetensors");
  await speak.click();
  await until(async () => /^[\d.]+ s of speech/.test(await told.textContent()), "it is spoken");
  await closePage(page);
});

// Clips that are altered: a part painted over, a reader's own clip in the place of a held-out one, and words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, closePage, notices, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

const page = (view) =>
  `<generative-model backend="cpu" family="video" data="moving-digits" channels="8" levels="2" view="${view}">` +
  `</generative-model>`;

test("a part is painted over, in a held-out clip and in one of the reader's own", async () => {
  const tab = await alone(browser, site, page("repaint"), {
    viewport: { width: 1000, height: 1000 },
    reducedMotion: "reduce",
  });
  const element = tab.locator("generative-model");
  const sheet = element.locator(".clips canvas.plate");
  const names = () => element.locator(".clip-names li").allInnerTexts();
  await until(async () => (await names()).join() === "Clip,Altered", "two clips");
  const first = await picture(sheet);

  await element.getByRole("button", { name: "Right half" }).click();
  await until(async () => (await picture(sheet)) !== first, "another part is made anew");

  // A video that the browser makes: a square that goes to the right.
  const bytes = await tab.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
    const g = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const [parts, begun] = [[], performance.now()];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.start();
    for (let gone = 0; gone < 1200; gone = performance.now() - begun) {
      g.fillStyle = "#fff";
      g.fillRect(0, 0, 64, 64);
      g.fillStyle = "#000";
      g.fillRect(4 + gone / 40, 24, 16, 16);
      await new Promise((wake) => setTimeout(wake, 40));
    }
    const ended = new Promise((done) => recorder.addEventListener("stop", done));
    recorder.stop();
    await ended;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  const before = await picture(sheet);
  const file = { name: "own.webm", mimeType: "video/webm", buffer: Buffer.from(bytes) };
  await element.locator(".clip-source input[type=file]").setInputFiles(file);
  await until(() => element.getByText("Your clip", { exact: true }).isVisible(), "it is the reader's");
  await until(async () => (await picture(sheet)) !== before, "their clip");
  assert.deepEqual(await notices(element), []);

  // What is none leaves things as they are, and says so.
  const wrong = { name: "x.gif", mimeType: "image/gif", buffer: Buffer.from("GIF89a") };
  await element.locator(".clip-source input[type=file]").setInputFiles(wrong);
  await until(async () => (await notices(element)).includes("bad-image"), "it is told");
  assert.ok(await element.getByText("Your clip", { exact: true }).isVisible());
  await element.getByRole("button", { name: "Back to its own" }).click();
  await until(() => element.getByText("A clip that it has never seen").isVisible(), "a held-out clip again");
  await closePage(tab);
});

test("another way is asked for in words, and what is no word is told beside them", async () => {
  const tab = await alone(browser, site, page("redirect"), {
    viewport: { width: 1000, height: 1000 },
    reducedMotion: "reduce",
  });
  const element = tab.locator("generative-model");
  await until(async () => (await element.locator(".clip-names li").count()) === 2, "two clips");
  const text = element.locator("#text");
  await text.fill("a dog going up");
  await until(() => element.locator("[data-code=bad-option]").isVisible(), "a word that it does not know");
  await text.fill("a 3 going up");
  await until(async () => (await element.locator("[data-code=bad-option]").count()) === 0, "put right");
  await until(async () => (await element.locator(".clip-names li").count()) === 2, "two clips again");
  await closePage(tab);
});

// Films of what a slider moves: every picture is what the plot shows there, and what was shown before comes back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { alone, closePage, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** The file that a click hands over. */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), button.click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** The pictures of a GIF as the browser's own decoder sees them: how many, and how far two are from a canvas. */
const decoded = (page, canvas, bytes, frame) =>
  canvas.evaluate(
    async (canvas, [base64, frame]) => {
      const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const decoder = new ImageDecoder({ data, type: "image/gif" });
      await decoder.tracks.ready;
      const count = decoder.tracks.selectedTrack.frameCount;
      const { image } = await decoder.decode({ frameIndex: frame < 0 ? count + frame : frame });
      const paper = getComputedStyle(document.body).backgroundColor;
      const pixels = (draw) => {
        const copy = new OffscreenCanvas(image.displayWidth, image.displayHeight);
        const g = copy.getContext("2d");
        g.fillStyle = paper;
        g.fillRect(0, 0, copy.width, copy.height);
        draw(g, copy);
        return g.getImageData(0, 0, copy.width, copy.height).data;
      };
      const film = pixels((g) => g.drawImage(image, 0, 0));
      const shown = pixels((g, copy) => g.drawImage(canvas, 0, 0, copy.width, copy.height));
      let error = 0;
      for (let i = 0; i < film.length; i++) error += Math.abs(film[i] - shown[i]);
      return { count, width: image.displayWidth, error: error / film.length };
    },
    [Buffer.from(bytes).toString("base64"), frame],
  );

for (const [what, attributes, slider] of [
  ["of points", `family="realnvp" data="moons" view="layers" couplings="2" hidden="8"`, "Layers"],
  ["of images", `model="gan-mnist" view="walk"`, "The walk"],
]) {
  test(`a film ${what} shows what the slider shows from one end to the other`, async () => {
    const page = await alone(browser, site, `<generative-model id="m" backend="cpu" ${attributes}></generative-model>`);
    const model = page.locator("#m");
    const canvas = model.locator("canvas").first();
    const button = (name) => model.getByRole("button", { name, exact: true });
    await button("Film as GIF").waitFor({ timeout: 60_000 });
    const before = await picture(canvas);
    const { name, bytes } = await saved(page, button("Film as GIF"));
    assert.match(name, /^[\w-]+\.gif$/);
    // What was shown before is shown again.
    await until(async () => (await picture(canvas)) === before, "the slider is where it was");
    const range = model.getByLabel(slider, { exact: true });
    for (const [place, frame] of [
      ["0", 0],
      ["1", -1],
    ]) {
      await range.fill(place);
      await until(async () => (await decoded(page, canvas, bytes, frame)).error < 2, `picture ${frame}`);
      const other = await decoded(page, canvas, bytes, frame ? 0 : -1);
      assert.equal(other.count, 41);
      assert.ok(other.width <= 480, `${other.width} pixels`);
      assert.ok(other.error > 3, `the other end differs: ${other.error}`);
    }
    await closePage(page);
  });
}

test("a film can be stopped, and a video plays", async () => {
  const page = await alone(
    browser,
    site,
    `<generative-model id="m" backend="cpu" model="gan-mnist" view="walk"></generative-model>`,
  );
  const model = page.locator("#m");
  const canvas = model.locator("canvas").first();
  const button = (name) => model.getByRole("button", { name, exact: true });
  await button("Film as video").waitFor({ timeout: 60_000 });
  const before = await picture(canvas);
  await button("Film as video").click();
  await button("Stop").click();
  await until(async () => (await picture(canvas)) === before, "the slider is where it was");

  const { name, bytes } = await saved(page, button("Film as video"));
  assert.match(name, /\.webm$/);
  // The page's own policy plays no videos.
  const other = await browser.newPage();
  const size = await other.evaluate(async (base64) => {
    const video = document.createElement("video");
    video.src = `data:video/webm;base64,${base64}`;
    video.muted = true;
    await new Promise((done, failed) => {
      video.onloadeddata = done;
      video.onerror = () => failed(new Error(video.error.message));
    });
    return [video.videoWidth, video.videoHeight];
  }, bytes.toString("base64"));
  assert.ok(
    size.every((side) => side >= 2 && side <= 480),
    `${size}`,
  );
  await other.close();
  await closePage(page);
});

// A reader's own clips: what becomes of GIFs and of videos, under the policy of the site.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { closePage, openPage, startBrowser, startSite } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const source = fileURLToPath(new URL("../../web/element/pictures/clip.ts", import.meta.url));
const entry = `import { clipFrom } from ${JSON.stringify(source)}; globalThis.clipFrom = clipFrom;`;
const { outputFiles } = await build({
  stdin: { contents: entry, resolveDir: fileURLToPath(new URL("../..", import.meta.url)), loader: "ts" },
  bundle: true,
  format: "esm",
  write: false,
});
site.answers.set("clip.js", outputFiles[0].contents);
site.answers.set(
  "clip.html",
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
    `<script type="module" src="clip.js"></script>`,
);
const page = await openPage(browser, site, { path: "clip.html" });
await page.waitForFunction(() => globalThis.clipFrom);
after(async () => {
  await closePage(page);
  await browser.close();
  await site.stop?.();
});

const [WIDTH, HEIGHT] = [64, 48];

/** A GIF of black and white frames, each shown for so many hundredths of a second; its codes are not compressed. */
function gifOf(frames, pixel, hundredths) {
  const word = (n) => [n & 255, n >> 8];
  const bytes = [...Buffer.from("GIF89a"), ...word(WIDTH), ...word(HEIGHT), 0x80, 0, 0, 255, 255, 255, 0, 0, 0];
  for (let frame = 0; frame < frames; frame++) {
    bytes.push(0x21, 0xf9, 4, 0, ...word(hundredths), 0, 0);
    bytes.push(0x2c, 0, 0, 0, 0, ...word(WIDTH), ...word(HEIGHT), 0, 2);
    // Codes of three bits: every second one clears the table, so that it never grows.
    const bits = [];
    const put = (code) => bits.push(code & 1, (code >> 1) & 1, (code >> 2) & 1);
    for (let i = 0; i < WIDTH * HEIGHT; i++) {
      put(4);
      put(pixel(frame, i % WIDTH, Math.floor(i / WIDTH)));
    }
    put(5);
    const data = [];
    for (let i = 0; i < bits.length; i += 8)
      data.push(bits.slice(i, i + 8).reduce((sum, bit, place) => sum + (bit << place), 0));
    for (let i = 0; i < data.length; i += 255) {
      const part = data.slice(i, i + 255);
      bytes.push(part.length, ...part);
    }
    bytes.push(0);
  }
  return [...bytes, 0x3b];
}

/** Where the dark is in each frame of what becomes of a file, in columns; or why it is refused. */
const columns = (bytes, type) =>
  page.evaluate(
    async ([bytes, type]) => {
      try {
        const { width, height, pixels } = await globalThis.clipFrom(new File([Uint8Array.from(bytes)], "x", { type }));
        if (width !== 32 || height !== 32) throw new Error(`${width} × ${height}`);
        return Array.from({ length: pixels.length / 4096 }, (_, frame) => {
          let [sum, n] = [0, 0];
          for (let i = 0; i < 1024; i++) {
            const at = 4 * (1024 * frame + i);
            if (pixels[at] < 128 && pixels[at + 3] > 128) [sum, n] = [sum + (i % 32) + 0.5, n + 1];
          }
          return n ? sum / n : null;
        });
      } catch (e) {
        return e.code ?? String(e);
      }
    },
    [bytes, type],
  );

test("of a GIF the frame that is to be seen at each moment, in squares from the middle", async () => {
  // A square of 8 that goes two pixels each frame: in the middle 48 columns, of which 32 are made.
  const dark = (frame, x, y) => Number(x >= 10 + 2 * frame && x < 18 + 2 * frame && y >= 20 && y < 28);
  const found = await columns(gifOf(16, dark, 10), "image/gif");
  assert.equal(found.length, 16);
  found.forEach((column, frame) => {
    const want = ((14 + 2 * frame - 8) * 32) / 48;
    assert.ok(Math.abs(column - want) < 0.8, `frame ${frame}: ${column}, not ${want}`);
  });
  // Slower than a clip is played: each is seen more than once. A clip has sixteen frames, an eighth of a second apart.
  const slow = await columns(gifOf(4, dark, 50), "image/gif");
  const again = [0, 4, 8, 12].map((i) => slow.slice(i, i + 4));
  for (const four of again) assert.equal(new Set(four).size, 1);
  assert.equal(new Set(slow).size, 4);
});

test("a video is cut to its first two seconds", async () => {
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 96, height: 64 });
    const g = canvas.getContext("2d");
    const draw = (gone) => {
      g.fillStyle = "#fff";
      g.fillRect(0, 0, 96, 64);
      g.fillStyle = "#000";
      g.fillRect(18 + Math.min(gone, 2600) / 50, 28, 8, 8);
    };
    draw(0); // What is recorded first may be what was there before.
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const [parts, begun] = [[], performance.now()];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.start();
    for (let gone = 0; gone < 2400; gone = performance.now() - begun) {
      draw(gone);
      await new Promise((wake) => setTimeout(wake, 40));
    }
    const ended = new Promise((done) => recorder.addEventListener("stop", done));
    recorder.stop();
    await ended;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  const found = await columns(bytes, "video/webm");
  assert.equal(found.length, 16);
  assert.ok(
    found.every((column) => column !== null),
    found.join(" "),
  );
  assert.ok(
    found.every((column, i) => i === 0 || column >= found[i - 1]),
    found.join(" "),
  );
  assert.ok(found[15] - found[0] > 8, found.join(" "));
});

test("what is no film is refused", async () => {
  for (const [text, type] of [
    ["", "image/gif"],
    ["GIF89a", "image/gif"],
    ["GIF89a with nothing in it", "image/gif"],
    ["no film", "video/mp4"],
    ["<script>alert(1)</script>", "text/html"],
  ])
    assert.equal(await columns([...Buffer.from(text)], type), "bad-image", text);
});

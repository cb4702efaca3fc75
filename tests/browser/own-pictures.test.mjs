// A reader's own pictures: brought in every way, taken as a person sees them, trained on, kept, deleted.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { built } from "../../web/site/files.mjs";
import { closePage, colours, keptOf, modelOf, notices, openPage, screenshot, startBrowser } from "./harness.mjs";
import { startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SMALL = { family: "vae", data: "mnist", "hidden-units": 16, "latent-dim": 2, "batch-size": 8, backend: "cpu" };

async function open(attributes = {}, { lang = "en", ...options } = {}) {
  const entries = Object.entries({ ...SMALL, view: "train", ...attributes });
  const all = entries.map(([k, v]) => `${k}="${v}"`).join(" ");
  const head = [
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Pictures</title>',
    `<link rel="icon" href="data:,"><link rel="stylesheet" href="${built()["page.css"]}">`,
    '<script type="module" src="element.js"></script>',
  ];
  const body = `<h1>Pictures</h1><generative-model id="m" ${all}></generative-model>`;
  site.answers.set(
    "alone.html",
    `<!doctype html><html lang="${lang}"><head>${head.join("")}</head>
    <body class="embed"><main>${body}</main></body></html>`,
  );
  const page = await openPage(browser, site, { path: "alone.html", ...options });
  return { page, element: await modelOf(page, "#m") };
}

// ---- Files

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

/** A PNG of `width` × `height`; `type` 2 is RGB, 3 a palette, 6 RGBA; each pixel gives its samples. */
function png(width, height, pixel, { type = 2, depth = 8, palette } = {}) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, 0], 8);
  const rows = [];
  for (let y = 0; y < height; y++) {
    const row = [0];
    for (let x = 0; x < width; x++) for (const v of pixel(x, y)) row.push(...(depth === 16 ? [v >> 8, v & 255] : [v]));
    rows.push(Buffer.from(row));
  }
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Buffer.from(palette.flat()))] : []),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const named = (name, buffer, mimeType = "image/png") => ({ name, buffer, mimeType });
/** Picture `n` of many, no two alike. */
const plain = (n) => png(28, 28, (x, y) => [(n * 9) % 256, x < 14 ? 200 : 40, y < n % 28 ? 10 : 90]);
const many = (from, to) => Array.from({ length: to - from }, (_, i) => named(`p${from + i}.png`, plain(from + i)));

/** A JPEG that says of itself that it lies on its side: shown, its left is the bottom of what is stored. */
async function turned(page) {
  const stored = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 64);
    const g = canvas.getContext("2d");
    g.fillStyle = "#f00";
    g.fillRect(0, 0, 64, 32);
    g.fillStyle = "#00f";
    g.fillRect(0, 32, 64, 32);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 1 })).arrayBuffer())];
  });
  // One entry: orientation 6, to be turned by a quarter clockwise.
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  const segment = [0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 255, ...exif];
  return Buffer.from([...stored.slice(0, 2), ...segment, ...stored.slice(2)]);
}

// ---- What is there

const gallery = (element, look) =>
  element.evaluate((e, f) => new Function("g", `return ${f}`)(e.trainer.gallery), look);
const settled = (element) =>
  until(() => gallery(element, "!g.progress && !g.busy && (g.info || g.wrong) ? true : false"), "they are taken");
const bring = async (element, files, folder = false) => {
  await element
    .locator(`.pictures input[type=file]${folder ? "[webkitdirectory]" : ":not([webkitdirectory])"}`)
    .setInputFiles(files);
  await until(() => gallery(element, "g.progress || g.busy || g.count"), "they are read").catch(() => undefined);
  await settled(element);
};
/** The tiles of the preview. */
const tiles = (element) =>
  element.evaluate((e) => {
    const { preview } = e.trainer.gallery;
    const side = preview.height;
    return Array.from({ length: preview.columns }, (_, t) => {
      const at = (x, y) => [...preview.rgba.slice(4 * (y * preview.width + t * side + x)).slice(0, 3)];
      return { left: at(4, 14), right: at(side - 5, 14), top: at(14, 3), bottom: at(14, side - 4) };
    });
  });
const near = (a, b, by = 12) => a.every((v, i) => Math.abs(v - b[i]) <= by);
const stepOf = (element) => element.evaluate((e) => e.info.step);

describe("pictures of the reader's own", () => {
  test("of every kind are taken as a person sees them, and what is none is left out with a reason", async () => {
    const { page, element } = await open();
    await bring(element, many(0, 10));
    assert.match(await element.locator(".pictures .notice").innerText(), /20 at least are needed, and there are 10/);
    assert.equal(await gallery(element, "g.count"), 10, "those that are there stay");

    const clear = png(28, 28, (x) => (x < 14 ? [0, 160, 0, 255] : [255, 0, 0, 0]), { type: 6 });
    const deep = png(28, 28, (_, y) => (y < 14 ? [0xff00, 0x8000, 0] : [0, 0x8000, 0xff00]), { depth: 16 });
    const palette = [
      [250, 250, 0],
      [0, 120, 120],
    ];
    const paletted = png(28, 28, (x) => [x < 14 ? 0 : 1], { type: 3, palette });
    // Twice as wide as high: the square in its middle is all red.
    const wide = png(112, 56, (x) => (x >= 28 && x < 84 ? [255, 0, 0] : [0, 0, 0]));
    const huge = png(4, 4, () => [1, 2, 3]);
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    const files = [
      ...many(10, 24),
      named("clear.png", clear),
      named("deep.png", deep),
      named("palette.png", paletted),
      named("turned.jpg", await turned(page), "image/jpeg"),
      named("wide.png", wide),
      named("again.png", plain(3)),
      named("text.png", Buffer.from("This is no picture.")),
      named("empty.png", Buffer.alloc(0)),
      named("drawn.svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), "image/svg+xml"),
      named("huge.png", huge),
      named("broken.png", plain(5).subarray(0, 60)),
    ];
    await bring(element, files);
    await until(() => gallery(element, "g.info && g.count === 30"), "thirty were read");
    const info = await gallery(element, "g.info");
    assert.equal(info.duplicates, 1);
    assert.equal(info.train + info.heldOut, 29);
    assert.equal(info.channels, 3);
    assert.match(await element.locator(".pictures .about").innerText(), /29 pictures of 28 × 28 pixels, in colour/);
    assert.match(await element.locator(".pictures .about").innerText(), /1 was left out, since/);

    await element.locator(".refused summary").click();
    const reasons = await element.locator(".refused li").allInnerTexts();
    assert.equal(reasons.length, 5);
    for (const [name, reason] of [
      ["text.png", /no picture that this browser can read/],
      ["empty.png", /it is empty/],
      ["drawn.svg", /lines and areas/],
      ["huge.png", /64 million/],
      ["broken.png", /no picture that this browser can read/],
    ])
      assert.ok(
        reasons.some((r) => r.startsWith(name) && reason.test(r)),
        `${name}: ${reasons.join("; ")}`,
      );

    const seen = await tiles(element);
    // Three of all are held out and stand elsewhere; at most one of these is.
    const kinds = [
      ["transparent", { left: [0, 160, 0], right: [255, 255, 255] }],
      ["16 bits", { top: [255, 128, 0], bottom: [0, 128, 255] }],
      ["a palette", { left: [250, 250, 0], right: [0, 120, 120] }],
      ["turned by EXIF", { left: [0, 0, 255], right: [255, 0, 0] }],
      ["cropped", { left: [255, 0, 0], right: [255, 0, 0] }],
    ];
    const isThere = ([, parts]) =>
      seen.some((tile) => Object.entries(parts).every(([part, colour]) => near(tile[part], colour)));
    const lacking = kinds.filter((kind) => !isThere(kind)).map(([what]) => what);
    assert.ok(lacking.length <= 1, `${lacking} among ${JSON.stringify(seen)}`);
    await screenshot(page, "own-pictures");
    await closePage(page);
  });

  test("are trained on, kept with the training over a reload, and deleted with it", async () => {
    const { page, element } = await open();
    await bring(element, many(0, 40));
    const name = await gallery(element, "g.own.name");
    await element.getByRole("button", { name: "Train from scratch" }).click();
    await until(async () => (await stepOf(element)) > 20, "it trains");
    assert.equal(await element.evaluate((e) => e.info.data), name);
    const space = { kind: "image", channels: 3, width: 28, height: 28 };
    assert.deepEqual(await element.evaluate((e) => e.info.space), space);
    await element.evaluate((e) => e.pause());
    await until(async () => (await keptOf(page)).some((k) => k.data), "they are kept with it");
    const before = await stepOf(element);

    // Above samples, below the nearest of the pictures.
    await element.evaluate((e) => e.setAttribute("view", "nearest"));
    await until(async () => (await colours(element.locator("canvas.plate").first())) > 20, "the nearest ones");
    assert.deepEqual(await notices(element), []);

    await page.reload();
    const again = await modelOf(page, "#m");
    await again.getByRole("button", { name: "Go on with it" }).click();
    await until(async () => (await again.evaluate((e) => e.info.data)) === name, "the training is back");
    await until(() => gallery(again, "g.info"), "and so are the pictures");
    assert.equal(await gallery(again, "g.count"), 40);
    assert.ok((await stepOf(again)) >= before);
    await again.evaluate((e) => e.play());
    await until(async () => (await stepOf(again)) > before, "it goes on");
    await again.evaluate((e) => e.pause());
    assert.deepEqual(await notices(again), []);

    // What a new worker needs is still here.
    await again.evaluate((e) => e.fireDrill("panic"));
    await until(async () => (await notices(again)).includes("worker-restarted"), "a new worker");
    const at = await stepOf(again);
    await again.evaluate((e) => e.play());
    await until(async () => (await stepOf(again)) > at, "it trains on in it");
    await again.evaluate((e) => e.pause());

    await page.reload();
    const last = await modelOf(page, "#m");
    await last.locator("details.kept summary").click();
    const row = last.locator(".kept li");
    await until(async () => (await row.count()) === 1, "it is listed");
    assert.match(await row.locator("input").inputValue(), /^p0/);
    await row.getByRole("button", { name: "Delete" }).click();
    await row.getByRole("button", { name: "Yes, delete it" }).click();
    await until(async () => (await keptOf(page)).length === 0, "it is gone");
    await closePage(page);
  });

  test("a thousand random and damaged files are refused one by one, and what was there stays", async () => {
    const { page, element } = await open();
    await bring(element, many(0, 30));
    const name = await gallery(element, "g.own.name");
    const good = [...plain(7)];
    const outcome = await element.evaluate(async (e, good) => {
      let seed = 7;
      const random = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
      const noise = (n) => Uint8Array.from({ length: n }, () => random(65536) >> 8);
      const heads = [
        [],
        good.slice(0, 33),
        good.slice(0, 24),
        [0xff, 0xd8, 0xff, 0xe0],
        [...new TextEncoder().encode("GIF89a")],
      ];
      heads.push([...new TextEncoder().encode("RIFF1234WEBPVP8 ")], [...new TextEncoder().encode("BM")]);
      const files = Array.from({ length: 1000 }, (_, i) => {
        const head = heads[i % heads.length];
        return new File([Uint8Array.from(head), noise(random(3000))], `file ${i}.png`, { type: "image/png" });
      });
      const g = e.trainer.gallery;
      const before = g.count;
      await g.bring(files.map((file) => ({ file, label: "" })));
      const told = g.refused.filter((r) => /^This image cannot be used: .+\.$/.test(r.why.message) && r.why.hint);
      return { taken: g.count - before, refused: g.refused.length, told: told.length };
    }, good);
    assert.deepEqual(outcome, { taken: 0, refused: 1000, told: 1000 });
    assert.equal(await gallery(element, "g.own.name"), name);
    assert.match(await element.locator(".refused summary").innerText(), /1\s?000 files were left out/);
    await closePage(page);
  });

  test("folders are classes; options, mirror images and another size follow", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pictures-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    for (const [i, kind] of ["cats", "dogs"].entries()) {
      mkdirSync(join(folder, kind));
      for (let n = 0; n < 15; n++) writeFileSync(join(folder, kind, `${n}.png`), plain(20 * i + n));
      writeFileSync(join(folder, kind, ".DS_Store"), "hidden");
    }
    const { page, element } = await open();
    await bring(element, folder, true);
    const info = await gallery(element, "g.info");
    assert.deepEqual(info.classes, [
      { name: "cats", count: 15 },
      { name: "dogs", count: 15 },
    ]);
    assert.equal(await gallery(element, "g.refused.length"), 0, "what systems leave in folders is no picture");
    await element.getByLabel("Picture size").selectOption({ label: "32 × 32" });
    await until(() => gallery(element, "g.info?.side === 32 && !g.busy"), "another size");
    await element.getByLabel("Colour").selectOption({ label: "grey" });
    await until(() => gallery(element, "g.info?.channels === 1 && !g.busy"), "grey");
    await element.getByLabel("Classes from folders").click();
    await until(() => gallery(element, "g.info?.classes.length === 0 && !g.busy"), "no classes");
    await element.getByRole("button", { name: "Train from scratch" }).click();
    await until(async () => (await stepOf(element)) > 2, "it trains");
    assert.equal(await element.evaluate((e) => e.info.space.width), 32);
    await element.evaluate((e) => e.pause());
    // Another set is another model.
    await element.locator("#gallery").selectOption({ label: "Fashion-MNIST" });
    await until(() => element.evaluate((e) => e.trainer.stale), "another model is wished for");
    await closePage(page);
  });

  test("can be dropped, pasted, and taken by the camera, which is asked for first", async () => {
    const init = () => {
      globalThis.asked = 0;
      navigator.mediaDevices.getUserMedia = async () => {
        globalThis.asked++;
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [320, 240];
        const g = canvas.getContext("2d");
        let n = 0;
        globalThis.timer = setInterval(() => {
          g.fillStyle = `hsl(${(n += 7)} 80% 50%)`;
          g.fillRect(0, 0, 320, 240);
        }, 30);
        return (globalThis.stream = canvas.captureStream(30));
      };
    };
    const { page, element } = await open({ view: "samples" }, { init });
    // A folder of files, wherever it is dropped.
    await element.evaluate(
      (e, all) => {
        const data = new DataTransfer();
        all.forEach((bytes, i) =>
          data.items.add(new File([Uint8Array.from(bytes)], `d${i}.png`, { type: "image/png" })),
        );
        const frame = e.shadowRoot.querySelector(".frame");
        frame.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      many(0, 19).map((f) => [...f.buffer]),
    );
    await until(() => gallery(element, "g.count === 19"), "the dropped ones");
    await until(() => element.locator("#gallery").count(), "the view that shows them");
    await settled(element);
    await element.evaluate(
      (e, bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], "image.png", { type: "image/png" }));
        const inside = e.shadowRoot.querySelector(".pictures button");
        inside.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true }),
        );
      },
      [...plain(30)],
    );
    await until(() => gallery(element, "g.count === 20 && g.info"), "the pasted one");
    assert.equal(await page.evaluate(() => globalThis.asked), 0, "nobody asked for the camera");
    await element.getByRole("button", { name: "Camera" }).click();
    await element.locator("video").waitFor();
    await element.locator("#picture-label").fill("seen");
    await until(() => element.locator("video").evaluate((v) => v.videoWidth > 0), "a picture");
    for (const n of [21, 22]) {
      await element.getByRole("button", { name: "Take a picture" }).click();
      await until(() => gallery(element, `g.count === ${n} && !g.busy && g.info`), "one more");
      await page.waitForTimeout(100);
    }
    assert.equal(await page.evaluate(() => globalThis.asked), 1);
    await element.getByRole("button", { name: "Close the camera" }).click();
    assert.equal(await page.evaluate(() => globalThis.stream.getTracks()[0].readyState), "ended");
    assert.equal(await element.locator("video").count(), 0);
    assert.deepEqual(
      (await gallery(element, "g.info.classes")).map((c) => c.name),
      ["?", "seen"],
    );
    await closePage(page);
  });

  test("look right in a narrow column, by day and by night, and in German", async () => {
    for (const [colorScheme, lang] of [
      ["light", "de"],
      ["dark", "en"],
    ]) {
      const { page, element } = await open({}, { lang, colorScheme, viewport: { width: 390, height: 900 } });
      await bring(element, [...many(0, 40), named("text.png", Buffer.from("no"))]);
      await page.evaluate(() => document.fonts.ready);
      const tab = element.getByRole("tab", { selected: true });
      const inSight = await tab.evaluate((t) => {
        const [one, row] = [t.getBoundingClientRect(), t.parentElement.getBoundingClientRect()];
        return one.left >= row.left - 1 && one.right <= row.right + 1;
      });
      assert.ok(inSight, "the chosen tab can be seen");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 390, `${wide} pixels wide`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run("#m"));
      assert.deepEqual(
        violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`),
        [],
      );
      await screenshot(page, `own-pictures-390-${colorScheme}`, { fullPage: true });
      await closePage(page);
    }
  });
});

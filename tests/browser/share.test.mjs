// The Share dialog: what it gives to paste shows, elsewhere, what is on the screen; a trained model comes along; and a
// picture is made for where nothing runs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import jsQR from "jsqr";
import { blogOf, hostOf } from "./hosts.mjs";
import {
  closePage,
  modelOf,
  openModel,
  openPage,
  picture,
  screenshot,
  startBrowser,
  startSite,
  until,
} from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

async function dialogOf(page) {
  await page
    .getByRole("button", { name: /^(Share…|Teilen …)$/ })
    .first()
    .click();
  const dialog = page.locator("dialog.share");
  await dialog.waitFor();
  return dialog;
}
const text = (dialog, name) => dialog.locator(`#share-${name}`).inputValue();

test("a link, an element and a frame show what is on the screen", { timeout: 120_000 }, async () => {
  const { page, element } = await openModel(browser, site, "view=samples");
  await element.evaluate((e) => {
    for (const [name, value] of Object.entries({ seed: "11", count: "8", temperature: "0.9" }))
      e.setAttribute(name, value);
  });
  await until(
    () => element.evaluate((e) => e.sampleOptions.temperature === 0.9 && e.settled.seed === 11),
    "the choice",
  );
  const pixels = (widget) => widget.evaluate(async (e) => [...(await e.sample()).rgba.slice(0, 20_000)].join());
  const shown = await pixels(element);
  const dialog = await dialogOf(page);
  const [link, html, frame, markdown] = await Promise.all(
    ["link", "element", "frame", "markdown"].map((n) => text(dialog, n)),
  );
  assert.match(markdown, /^\[Variational autoencoder, Samples\]\(http/);
  assert.doesNotMatch(html, /backend/, "on what it runs is a matter of the device");
  // It is a dialog: named, with its focus in it, left by a key, and focus goes back.
  assert.equal(await page.getByRole("dialog", { name: "Share what you see" }).count(), 1);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run("dialog.share"));
  assert.deepEqual(
    violations.map((v) => v.id),
    [],
  );
  await screenshot(page, "share");
  await page.keyboard.press("Escape");
  await until(async () => (await dialog.count()) === 0, "it is closed");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Share/);

  const linked = await page.context().newPage();
  await linked.goto(link);
  assert.equal(await pixels(await modelOf(linked)), shown);
  await linked.close();
  const host = await hostOf();
  const blog = await blogOf(host);
  // The same snippets from another host of the same files, since this one sends no others' pages in its address.
  const there = (snippet) => snippet.replaceAll(site.url.slice(0, -1), host.origin);
  Object.assign(blog, { script: "", element: there(html) + there(frame) });
  const post = await page.context().newPage();
  await post.goto(blog.origin);
  const pasted = post.locator("generative-model");
  await until(() => pasted.evaluate((e) => Boolean(e.info && e.device)), "the element");
  assert.equal(await pixels(pasted), shown);
  await post.locator("iframe").scrollIntoViewIfNeeded();
  const inside = post.frames()[1].locator("generative-model");
  await until(() => inside.evaluate((e) => Boolean(e.info && e.device)).catch(() => false), "the frame");
  assert.equal(await pixels(inside), shown);
  page.problems = page.problems.filter((problem) => !problem.includes("request to another host"));
  await closePage(page);
});

test("a model that was trained travels in the link, and can be shared from there", { timeout: 120_000 }, async () => {
  const path = "embed.html?backend=cpu&family=planar&data=moons&plot=density&steps=40";
  const page = await openPage(browser, site, { path });
  const widget = await modelOf(page, "generative-model");
  await widget.evaluate((e) => e.play());
  await until(() => widget.evaluate((e) => e.info.step === 40 && !e.trainer.running), "40 steps");
  const dialog = await dialogOf(page);
  await dialog.getByText("travels inside").waitFor();
  const [link, html] = [await text(dialog, "link"), await text(dialog, "element")];
  assert.match(link, /#model=[\w-]{500,8000}$/);
  assert.match(html, /src="data:application\/vnd\.safetensors\+gzip;base64,[\w-]+"/);
  // A camera reads the same link.
  await dialog.locator("summary").click();
  const canvas = dialog.getByRole("img", { name: "QR code of the link" });
  // Smaller, and as one letter to a pixel, since it has a long way to here.
  const { bits, side } = await canvas.evaluate((c) => {
    const side = (c.width / 8) * 3;
    const g = new OffscreenCanvas(side, side).getContext("2d");
    g.imageSmoothingEnabled = false;
    g.drawImage(c, 0, 0, side, side);
    const { data } = g.getImageData(0, 0, side, side);
    return { side, bits: Array.from({ length: side * side }, (_, i) => (data[4 * i] > 128 ? 1 : 0)).join("") };
  });
  const pixels = Uint8ClampedArray.from([...bits].flatMap((bit) => [255 * bit, 255 * bit, 255 * bit, 255]));
  assert.equal(jsQR(pixels, side, side)?.data, link);

  // As a file of its own; then nothing of it is in the link.
  await dialog.getByLabel(/is a file beside your page/).check();
  assert.doesNotMatch(await text(dialog, "link"), /model=/);
  const [, name] = / src="([^"]+\.safetensors)"/.exec(await text(dialog, "element"));
  const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByText("Save the file").click()]);
  assert.equal(file.suggestedFilename(), name);
  await dialog.getByLabel("stays here").check();
  assert.match(await text(dialog, "link"), /embed\.html\?family=planar/);

  const other = await openPage(browser, site, { path: link.slice(site.url.length).replace("?", "?backend=cpu&") });
  const there = await modelOf(other, "generative-model");
  assert.equal(await there.evaluate((e) => e.info.step), 40);
  assert.equal(await there.evaluate((e) => e.settled.view), "density");
  // Nearly the same density: half precision is 1 part in 2,000.
  const field = (e) =>
    e.session
      .view({ type: "plot", plot: "density", inputs: { seed: 1, count: 100, resolution: 24 } })
      .then(({ layers }) => [...new Float32Array(layers.find((l) => l.kind === "field").values.slice().buffer)]);
  const [before, after] = [await widget.evaluate(field), await there.evaluate(field)];
  const most = Math.max(...before);
  before.forEach((v, i) => assert.ok(Math.abs(v - after[i]) < 0.02 * most, `${v} became ${after[i]}`));
  const again = await dialogOf(other);
  await again.getByText("travels inside").waitFor();
  assert.equal((await text(again, "link")).split("#")[1], link.split("#")[1]);
  await closePage(other);
  await closePage(page);
});

test("a picture by day and by night, and copying where the clipboard is closed", { timeout: 90_000 }, async () => {
  const { page, element } = await openModel(browser, site, "view=samples&count=8", {});
  const drawn = await picture(element.locator("canvas").first());
  const dialog = await dialogOf(page);
  await dialog.getByRole("button", { name: "Make the picture" }).click();
  await dialog.locator(".share-pictures img").nth(1).waitFor();
  const [light, dark] = await dialog.locator(".share-pictures img").evaluateAll((images) =>
    Promise.all(
      images.map(async (image) => {
        await image.decode();
        const g = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext("2d");
        g.drawImage(image, 0, 0);
        const { data } = g.getImageData(0, 0, image.naturalWidth, image.naturalHeight);
        const greys = data.filter((_, i) => i % 4 === 0);
        return {
          corner: greys[0],
          least: greys.reduce((a, b) => Math.min(a, b)),
          most: greys.reduce((a, b) => Math.max(a, b)),
        };
      }),
    ),
  );
  assert.ok(light.corner > 245 && light.least < 80, JSON.stringify(light));
  assert.ok(dark.corner < 30 && dark.most > 180, JSON.stringify(dark));
  const html = await text(dialog, "element");
  const [, width, height] = /<img src="vae-mnist-samples\.png" width="(\d+)" height="(\d+)"/.exec(html);
  assert.match(html, /<picture slot="poster"><source srcset="vae-mnist-samples-dark\.png"/);
  assert.ok(Number(width) > 200 && Number(height) > 100);
  // The figure is as it was.
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.evaluate(() => (document.execCommand = () => false));
  await dialog.getByRole("button", { name: "Copy: Link" }).click();
  await dialog.getByText("Selected, to be copied from there.").waitFor();
  const selected = await page.evaluate(() => {
    const { value, selectionStart, selectionEnd } = document.activeElement;
    return value.slice(selectionStart, selectionEnd);
  });
  assert.equal(selected, await text(dialog, "link"));
  await page.keyboard.press("Escape");
  assert.equal(await element.evaluate((e) => e.style.cssText), "");
  await until(async () => (await picture(element.locator("canvas").first())) === drawn, "the figure as it was");
  await closePage(page);
});

test("the dialog speaks German, and a view that is no picture says so", { timeout: 90_000 }, async () => {
  const page = await openPage(browser, site, {
    path: "text.de.html?backend=cpu&view=residual",
    viewport: { width: 390, height: 800 },
  });
  await modelOf(page, "#text-model");
  const dialog = await dialogOf(page);
  await dialog.getByText("HTML für Ihre Seite: ein Frame").waitFor();
  assert.match(await text(dialog, "frame"), /embed\.de\.html/);
  assert.ok(await dialog.evaluate((d) => d.scrollWidth <= d.clientWidth), "wider than a phone");
  await closePage(page);
});

// Pictures that are given to a model, and what is made of them: the brush, its past, its keyboard, and a sketch.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { closePage, colours, openPage, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const open = async (attributes) => {
  site.answers.set(
    "t.html",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<script type="module" src="element.js"></script>` +
      `<body><generative-model id="m" backend="cpu" ${attributes}></generative-model>`,
  );
  const page = await openPage(browser, site, { path: "t.html", viewport: { width: 1000, height: 1000 } });
  const model = page.locator("#m");
  return { page, model, pad: model.locator(".pad"), made: model.locator(".given canvas.plate") };
};

test("what is painted over is drawn anew, and every stroke can be taken back", async () => {
  const { page, model, pad, made } = await open(`family="pixelcnn" channels="4" layers="1" view="complete"`);
  await until(async () => (await colours(made)) > 1, "a first answer, with the lower half covered");
  const [first, half] = [await picture(made), await picture(pad)];
  const button = (name) => model.getByRole("button", { name, exact: true });

  await button("Clear").click();
  await until(async () => (await colours(made)) === 1, "nothing is asked, so nothing is shown");
  await button("Undo").click();
  await until(async () => (await picture(made)) === first, "the same mask and seed, the same answer");
  assert.equal(await picture(pad), half);
  await button("Redo").click();
  await until(async () => (await colours(made)) === 1, "cleared again");

  // A stroke from edge to edge.
  const box = await pad.boundingBox();
  await page.mouse.move(box.x + 1, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + box.height / 2, { steps: 6 });
  await page.mouse.up();
  await until(async () => (await colours(made)) > 1, "an answer to the stroke");
  const stroke = await picture(made);
  assert.notEqual(stroke, first);

  // With the keyboard: a second stroke, and what it was before.
  await pad.focus();
  for (const key of ["ArrowUp", "ArrowUp", " ", "Shift+ArrowLeft", "Shift+ArrowLeft", " "])
    await page.keyboard.press(key);
  await until(async () => ![first, stroke].includes(await picture(made)), "an answer to the second stroke");
  await page.keyboard.press("Control+z");
  await until(async () => (await picture(made)) === stroke, "taken back");

  // Another image keeps the mask.
  await model.getByRole("button", { name: "Test image 2", exact: false }).first().click();
  await until(async () => (await picture(made)) !== stroke, "another image, another answer");
  await closePage(page);
});

test("a sketch comes back as it was without noise, and as something else with much", async () => {
  const { page, model, pad, made } = await open(
    `family="ddpm" data="mnist" channels="8" levels="1" view="sketch" at="0"`,
  );
  await until(async () => (await colours(made)) > 1, "an answer");
  assert.ok((await colours(pad)) > 1, "the pad shows what is sketched");
  const same = await picture(made);
  await model.getByLabel("Noise").fill("0.8");
  await until(async () => (await picture(made)) !== same, "more noise, another picture");
  await closePage(page);
});

test("a scene of the test images is changed by words, and what is not understood is told", async () => {
  const { page, model, made } = await open(`model="ddpm-scenes" view="instruct"`);
  await until(async () => (await colours(made)) > 5, "a change to begin with is made");
  const change = model.getByLabel("What is to change");
  assert.equal(await change.inputValue(), "make it blue");
  const alert = model.locator('[role="alert"] .notice');
  await change.fill("<b>paint</b> it over");
  await until(async () => (await alert.count()) === 1, "a notice");
  assert.match(await alert.innerText(), /bad-option/);
  await closePage(page);
});

test("a model's page of PyTorch names the file that is downloaded with it", async () => {
  site.answers.set(
    "p.html",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
      `<script type="module" src="element.js"></script>` +
      `<body><generative-model id="m" backend="cpu" model="gan-mnist"></generative-model>`,
  );
  const page = await openPage(browser, site, { path: "p.html" });
  const model = page.locator("#m");
  const saved = async (name) => {
    const [file] = await Promise.all([
      page.waitForEvent("download", { timeout: 60_000 }),
      model.getByRole("button", { name, exact: true }).click({ timeout: 60_000 }),
    ]);
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), "latin1") };
  };
  const script = await saved("As PyTorch");
  const weights = await saved("Download model");
  assert.deepEqual([script.name, weights.name], ["gan-mnist.py", "gan-mnist.safetensors"]);
  assert.match(script.text, /^FILE = "gan-mnist.safetensors"$/m);
  assert.match(script.text, /^CLASSES = 10$/m);
  await closePage(page);
});

test("an image is drawn pixel by pixel, and each pixel tells what was expected of it", async () => {
  const { page, model } = await open(`family="pixelcnn" channels="4" layers="1" view="pixels"`);
  const canvas = model.locator(".raster canvas");
  await until(async () => (await colours(canvas)) > 2, "an image");
  const reading = () => model.locator(".raster .reading").innerText();
  assert.equal(await reading(), "Row 28, column 28");
  const whole = await picture(canvas);
  const box = await canvas.boundingBox();
  await canvas.hover({ position: { x: (box.width * 10.5) / 28, y: (box.height * 4.5) / 28 } });
  await until(async () => (await reading()) === "Row 5, column 11", "what the pointer is at");
  assert.notEqual(await picture(canvas), whole, "what comes after the pixel fades");
  await canvas.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await until(async () => (await reading()) === "Row 6, column 10", "the keyboard moves it too");
  const button = (name) => model.getByRole("button", { name, exact: true });
  const image = await picture(canvas);
  await button("Surprise").click();
  await until(async () => (await picture(canvas)) !== image, "surprises");
  await model.locator("#drawn").fill("100");
  await model.getByText("Pixels drawn: 100 of 784").waitFor();
  await until(async () => (await reading()) === "Row 4, column 16", "the newest pixel");
  await button("As it is").click();
  const first = await picture(canvas);
  await button("Another image").click();
  await until(async () => (await picture(canvas)) !== first, "another image");
  await closePage(page);
});

test("how probable a drawing is stands beside it", async () => {
  const { page, model, pad } = await open(`family="pixelcnn" channels="4" layers="1" view="likelihood"`);
  const nats = model.locator(".raster .numbers dd").filter({ hasText: "nats" });
  await until(async () => (await nats.count()) === 1, "an answer");
  const before = await nats.innerText();
  await model.getByRole("button", { name: "Clear and draw" }).click();
  const box = await pad.boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.6, { steps: 6 });
  await page.mouse.up();
  await until(async () => (await nats.count()) === 1 && (await nats.innerText()) !== before, "another probability");
  await closePage(page);
});

test("two fingers enlarge the canvas and draw nothing; keys do too, and a dot lands where it is seen", async () => {
  const { page, model, pad } = await open(`family="pixelcnn" channels="4" layers="1" view="complete"`);
  await until(async () => (await colours(pad)) > 1, "a mask is there");
  const button = (name) => model.getByRole("button", { name, exact: true });
  await button("Clear").click();
  const blank = await picture(pad);
  const box = await pad.boundingBox();
  const cdp = await page.context().newCDPSession(page);
  const touch = (type, ...fingers) =>
    cdp.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: fingers.map(([x, y], id) => ({ x: box.x + x * box.width, y: box.y + y * box.height, id })),
    });
  await touch("touchStart", [0.45, 0.5]);
  await touch("touchStart", [0.45, 0.5], [0.55, 0.5]);
  await touch("touchMove", [0.35, 0.5], [0.65, 0.5]);
  await touch("touchMove", [0.25, 0.5], [0.75, 0.5]);
  await touch("touchEnd", [0.25, 0.5]);
  // The finger that is left draws nothing.
  await touch("touchMove", [0.5, 0.8]);
  await touch("touchEnd");
  await button("All of it").waitFor();
  assert.equal(await button("Undo").isDisabled(), false, "the mask that was cleared");
  assert.equal(await button("Redo").isDisabled(), true);
  await button("All of it").click();
  await pad.evaluate((canvas) => canvas.blur());
  assert.equal(await picture(pad), blank, "nothing was drawn");
  assert.equal(await button("All of it").isVisible(), false);

  // Enlarged about the middle: a dot at the edge of what is seen is within the middle of the whole.
  await pad.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press("+");
  await button("All of it").waitFor();
  await page.mouse.click(box.x + box.width * 0.02, box.y + box.height * 0.5);
  await page.keyboard.press("0");
  await pad.evaluate((canvas) => canvas.blur());
  const where = await pad.evaluate((canvas) => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    copy.drawImage(canvas, 0, 0);
    const { data, width, height } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let [left, right] = [width, 0];
    // What is painted is blue on any image.
    for (let i = 0; i < width * height; i++) {
      if (data[4 * i + 3] < 64 || data[4 * i + 2] <= data[4 * i] + 40) continue;
      left = Math.min(left, i % width);
      right = Math.max(right, i % width);
    }
    return [left / width, right / width];
  });
  const middle = 0.5 - (0.5 - 0.02) / 1.5 ** 4;
  assert.ok(Math.abs((where[0] + where[1]) / 2 - middle) < 0.02, `${where} about ${middle}`);
  await button("Undo").click();
  await pad.evaluate((canvas) => canvas.blur());
  await until(async () => (await picture(pad)) === blank, "taken back");
  await closePage(page);
});

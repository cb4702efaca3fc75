// What the lab is set to: a reader's own points, links, experiments, files, and boxes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { closePage, notices, screenshot, startBrowser, startSite, until } from "./harness.mjs";
import * as labs from "./lab.mjs";
import { standing } from "./lab.mjs";

const site = await startSite();
const browser = await startBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const openLab = (query, options) => labs.openLab({ browser, site }, query, options);

describe("a reader's own points", () => {
  const csv = (text) => ({ name: "points.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  const input = (lab) => lab.locator('input[accept^=".csv"]');

  test("that cannot be used are refused, and what was there stays", async () => {
    const { page, lab } = await openLab("&family=vae");
    const bad = {
      "a text": "the quick brown fox\njumps over\n",
      "one point": "1,2\n",
      "identical points": "1,2\n".repeat(50),
      nothing: "",
    };
    for (const [what, text] of Object.entries(bad)) {
      await input(lab).setInputFiles(csv(text));
      await until(async () => (await notices(lab)).length > 0, `an error for ${what}`);
      assert.deepEqual(await notices(lab), ["bad-data"], what);
      assert.match(await lab.locator(".notice p").innerText(), /\.\s+\S+.*\.$/s, `${what}: a sentence and what to do`);
      assert.equal(await lab.evaluate((l) => l.task.data), "moons", what);
      assert.ok(await lab.evaluate((l) => l.learners.get("vae").info), what);
      await lab.getByRole("button", { name: "Dismiss" }).click();
    }
    // Ten million rows, dropped.
    await lab.evaluate((l) => {
      const file = new File(["0.5,1.25\n0.25,1.5\n".repeat(5_000_000)], "large.csv", { type: "text/csv" });
      const data = new DataTransfer();
      data.items.add(file);
      l.renderRoot
        .querySelector(".lab")
        .dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await until(async () => (await notices(lab)).includes("bad-data"), "an error for ten million rows", 120_000);
    assert.equal(await lab.evaluate((l) => l.task.data), "moons");
    await closePage(page);
  });

  test("from a file and from the clipboard are learned", async () => {
    const { page, lab } = await openLab("&family=vae");
    const rows = Array.from({ length: 200 }, (_, i) => `${Math.cos(i)},${Math.sin(i)}`).join("\n");
    await input(lab).setInputFiles(csv(`x,y\n${rows}\n`));
    await until(
      () => lab.evaluate((l) => l.task.data === "custom" && l.learners.get("vae").info?.data === "custom"),
      "the file's points",
    );
    assert.equal(await lab.evaluate((l) => l.source.count), 200);
    await lab.getByRole("button", { name: "One step" }).click();
    await until(async () => (await standing(lab))[0].step === 1, "a step");
    await lab.evaluate(
      (l, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        l.renderRoot.querySelector(".lab").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
      },
      Array.from({ length: 30 }, (_, i) => `${i} ${i * i}`).join("\n"),
    );
    await until(() => lab.evaluate((l) => l.source.count === 30), "the clipboard's points");

    // They outlive the worker.
    await lab.evaluate((l) =>
      l.learners
        .get("vae")
        .session.fault("panic")
        .catch(() => undefined),
    );
    await until(
      () => lab.evaluate((l) => l.learners.get("vae").alerts.some((a) => a.code === "worker-restarted")),
      "the new worker",
    );
    await lab.getByRole("button", { name: "One step" }).click();
    await until(async () => (await standing(lab))[0].step >= 1, "it trains on them");
    await closePage(page);
  });

  test("are drawn by mouse and by keyboard", async () => {
    const { page, lab } = await openLab("&family=vae");
    await lab.getByRole("button", { name: "Draw your own" }).click();
    const pad = lab.locator(".sketch");
    await pad.focus();
    await page.keyboard.press("Space");
    await lab.getByRole("button", { name: /^Learn/ }).click();
    await until(async () => (await notices(lab)).includes("bad-data"), "one point is too few");
    await pad.focus();
    for (const key of ["ArrowRight", "ArrowRight", "Space", "ArrowUp", "Space", "Backspace"])
      await page.keyboard.press(key);
    assert.match(await pad.getAttribute("aria-label"), /there are 2\b/);
    const box = await pad.boundingBox();
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 120, box.y + 90, { steps: 8 });
    await page.mouse.up();
    await lab.getByRole("button", { name: "Undo" }).click();
    assert.match(await pad.getAttribute("aria-label"), /there are 2\b/);
    await lab.getByRole("button", { name: /^Learn/ }).click();
    await until(
      () => lab.evaluate((l) => l.task.data === "custom" && l.learners.get("vae").info?.data === "custom"),
      "two points to learn",
    );
    assert.deepEqual(await notices(lab), []);
    await closePage(page);
  });
});

test("the whole experiment is in the URL", async () => {
  const { page, lab } = await openLab(
    "&data=pinwheel&noise=1.5&seed=7&steps=300&family=vae&vae.look=density&vae.beta=2&learning-rate=0.002&overlay=off",
  );
  const read = (l) => ({
    state: l.state,
    config: l.learners.get("vae").info.config.beta,
    train: l.learners.get("vae").info.train.learning_rate,
    options: l.task.dataOptions,
  });
  const before = await lab.evaluate(read);
  assert.deepEqual(await notices(lab), []);
  assert.equal(before.config, 2);
  assert.equal(before.train, 0.002);
  assert.deepEqual(before.options, { noise: 1.5 });
  await lab.locator("#seed").fill("9");
  await lab.locator("#seed").press("Enter");
  await until(() => page.url().includes("seed=9"), "the URL follows");
  await page.reload();
  await page.evaluate(() => document.querySelector("#bench").scrollIntoView());
  await until(() => lab.evaluate((l) => Boolean(l.learners?.get("vae")?.info)), "the same again");
  const after = await lab.evaluate(read);
  assert.deepEqual(after, { ...before, state: { ...before.state, seed: "9" } });
  await closePage(page);
});

test("what a link cannot mean is said", async () => {
  const { page, lab } = await openLab("&data=mooons&seed=-1&vae.beta=900&nonsense=1&family=vae");
  assert.deepEqual([...new Set(await notices(lab))], ["bad-option"]);
  assert.equal((await notices(lab)).length, 4);
  assert.ok(await lab.evaluate((l) => l.learners.get("vae").info), "and the lab works");
  await closePage(page);
});

test("an experiment that fails on purpose says why", async () => {
  const { page, lab } = await openLab();
  const preset = await lab.evaluate((l) => l.description.presets.find((p) => p.fails));
  await lab.locator("#preset").selectOption(preset.id);
  await until(() => lab.locator(".why").isVisible(), "its sentence");
  assert.ok((await lab.locator(".why").innerText()).includes(preset.why));
  assert.equal(await lab.evaluate((l) => l.task.data), preset.data);
  await until(
    () =>
      lab.evaluate(
        (l, p) => l.learners.get(p.family).plot === p.plot && Boolean(l.learners.get(p.family).info),
        preset,
      ),
    "its model",
  );
  await until(() => page.url().includes(`preset=${preset.id}`), "the URL");
  await closePage(page);
});

test("points, plot and model can be saved, and a model opened", async () => {
  const { page, lab } = await openLab("&family=vae&vae.look=density");
  const starts = {
    "Points, CSV": /^x,y\n-?\d/,
    "Plot, SVG": /^<(\?xml|svg)/,
    "Plot, PNG": /^\x89PNG/,
    Model: /^.{8}\{/s,
  };
  let model;
  for (const [name, pattern] of Object.entries(starts)) {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      lab.getByRole("button", { name, exact: true }).click(),
    ]);
    const bytes = readFileSync(await file.path());
    assert.match(bytes.subarray(0, 60).toString("latin1"), pattern, name);
    if (name === "Model")
      model = { name: file.suggestedFilename(), mimeType: "application/octet-stream", buffer: bytes };
  }
  await lab.locator("#show").selectOption("all");
  await lab.locator('input[accept=".safetensors"]').setInputFiles(model);
  await until(() => lab.evaluate((l) => l.chosen === "vae" && l.learners.get("vae").own), "the model from the file");
  await lab.locator('input[accept=".safetensors"]').setInputFiles({ ...model, buffer: Buffer.from("nonsense") });
  await until(async () => (await notices(lab)).includes("checkpoint-parse"), "its error");
  assert.ok(await lab.evaluate((l) => l.learners.get("vae").own), "and the model stays");
  await closePage(page);
});

test("boxes show what is used, after a refusal too", async () => {
  const { page, lab } = await openLab("&family=vae");
  for (const [box, used, bad] of [
    ["#seed", "1", ["-1", "1.5", ""]],
    ["#budget", "2000", ["0", "-5", "99999999", ""]],
  ]) {
    for (const value of bad) {
      await lab.locator(box).fill(value);
      await lab.locator(box).press("Enter");
      await until(async () => (await lab.locator(box).inputValue()) === used, `${box}: ${value} is refused`);
    }
  }
  await closePage(page);
});

describe("for everybody", () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const family of ["all", "vae"]) {
      test(`axe-core finds nothing serious, ${family}, ${colorScheme}`, async () => {
        const { page } = await openLab(`&family=${family}`, { colorScheme });
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run("#bench"));
        const found = violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ""}`).join("; ")}`);
        assert.deepEqual(found, []);
        await closePage(page);
      });
    }
  }

  for (const family of ["all", "vae"]) {
    test(`on a phone, ${family}`, async () => {
      const { page, lab } = await openLab(`&family=${family}`, {
        viewport: { width: 390, height: 844 },
        deviceScaleFactor: 2,
        isMobile: true,
        hasTouch: true,
      });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `nothing sticks out: ${width} pixels`);
      const small = await lab.locator("button:visible, select:visible").evaluateAll((all) =>
        all
          .map((c) => ({ text: c.textContent.trim().slice(0, 30), box: c.getBoundingClientRect() }))
          .filter(({ box }) => box.height < 24)
          .map(({ text }) => text),
      );
      assert.deepEqual(small, []);
      await screenshot(page, `lab-${family}-phone`);
      await closePage(page);
    });
  }
});

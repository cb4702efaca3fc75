// Learning by doing: an episode is played by keys and counted, kept after a reload, learned from, saved and opened.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

const html = (attributes) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>a</title><link rel="icon" href="data:,">` +
  `<meta name="viewport" content="width=device-width, initial-scale=1">` +
  `<script type="module" src="element.js"></script>` +
  `<body><generative-model id="m" backend="cpu" ${attributes}></generative-model>`;

const KEYS = { L: "ArrowLeft", R: "ArrowRight", F: "ArrowUp", P: "p", D: "d", T: "t" };

test("missions are played by hand, counted, kept, learned from and thrown away", async () => {
  site.answers.set("d.html", html('model="agent-rooms" view="show" seed="5"'));
  const page = await openPage(browser, site, { path: "d.html", viewport: { width: 1000, height: 1200 } });
  const model = page.locator("#m");
  const list = model.locator(".shown li");
  const summary = model.locator("summary", { hasText: "Your own demonstrations" });
  const slider = model.getByRole("slider", { name: "Step" });
  const at = async () => Number(await slider.inputValue());
  await until(async () => (await summary.textContent())?.includes(": 0"), "there are none");
  const learn = model.getByRole("button", { name: /^Let it learn/ });
  assert.ok(await learn.isDisabled(), "there is nothing to learn from");

  // What the expert does in this world, asked move by move; every second move is made by its key.
  const expert = model.getByRole("button", { name: "Let the expert answer" });
  await model.locator(".deed").first().focus();
  const play = async () => {
    for (let step = 0; step < 64; step++) {
      if ((await model.locator(".outcome").textContent()).includes("Done.")) return step;
      await expert.click();
      await until(async () => (await at()) === step + 1, `step ${step + 1}`);
    }
    return 64;
  };
  const steps = await play();
  await until(async () => (await list.count()) === 1, "it is counted");
  assert.match(await list.first().textContent(), new RegExp(`${steps} steps`));

  // The same by keys, from its beginning.
  const saved = page.waitForEvent("download");
  await model.getByRole("button", { name: "Save as JSON Lines" }).click();
  const text = await readFile(await (await saved).path(), "utf8");
  const line = JSON.parse(text);
  assert.equal(line.seed, 5);
  assert.equal(line.steps.length, steps);
  await model.getByRole("button", { name: "From its beginning" }).click();
  await until(async () => (await at()) === 0, "at the beginning");
  await model.locator(".deed").first().focus();
  for (const [i, { action }] of line.steps.entries()) {
    await page.keyboard.press(KEYS[action]);
    await until(async () => (await at()) === i + 1, `key ${i + 1}`);
  }
  await until(async () => (await list.count()) === 2, "it is counted once more");
  // Another demonstration in the next world.
  await model.getByRole("button", { name: "Next mission" }).click();
  await until(async () => (await at()) === 0, "another world");
  await play();
  const count = 3;
  await until(async () => (await list.count()) === count, "three of them");

  // They are still there after a reload.
  await page.reload();
  await until(async () => (await list.count().catch(() => 0)) === count, "they were kept");

  // What is no episode is told, and what was there stays.
  const open = async (content) => {
    const path = join(tmpdir(), `gp-demonstrations-${process.pid}.jsonl`);
    await writeFile(path, content);
    await model.locator("input[type=file][accept*=jsonl]").setInputFiles(path);
  };
  const refused = model.locator(".notice[data-code=bad-data]");
  await open('{"mission": "dance"}\n');
  await until(async () => (await refused.count()) === 1, "it says what is wrong");
  assert.equal(await list.count(), count);
  await open(text);
  await until(async () => (await list.count()) === count + 1, "a file adds to them");

  // It learns from them, on from what it knows.
  await learn.click();
  const loss = model.getByText(/^\s*Held-out loss on your demonstrations/);
  await until(async () => (await loss.count()) === 1, "their loss is told", 60_000);
  await model.getByRole("button", { name: "Pause" }).click();
  await until(async () => (await model.getByRole("button", { name: "Pause" }).count()) === 0, "it stops");

  // In another browser the model says what it lacks; with the file of the demonstrations it learns on.
  const file = async (name) => {
    const download = page.waitForEvent("download");
    await model.getByRole("button", { name }).click();
    return readFile(await (await download).path());
  };
  const [weights, lines] = [await file("Download model"), await file("Save as JSON Lines")];
  const away = await openPage(browser, site, { path: "d.html", viewport: { width: 1000, height: 1200 } });
  const there = away.locator("#m");
  const openModel = there.locator('input[type=file][accept^=".safetensors"]');
  await until(async () => (await openModel.count()) === 1, "it is there");
  await openModel.setInputFiles({ name: "a.safetensors", mimeType: "application/octet-stream", buffer: weights });
  const lacking = there.locator(".notice[data-code=bad-data]");
  await until(async () => (await lacking.count()) === 1, "it says what is missing");
  assert.match(await lacking.textContent(), /demonstrations .* are not here\. .* open the JSON Lines file/s);
  await there
    .locator("input[type=file][accept*=jsonl]")
    .setInputFiles({ name: "d.jsonl", mimeType: "application/jsonl", buffer: lines });
  await until(async () => (await there.locator(".shown li").count()) === count + 1, "they are here");
  const step = () => away.evaluate(() => document.querySelector("#m").info?.step ?? 0);
  const begun = await step();
  await there.getByRole("tab", { name: "Train" }).click();
  await there.locator(".transport").getByRole("button", { name: "Step", exact: true }).click();
  await until(async () => (await step()) > begun, "it learns on", 60_000);
  await closePage(away);

  // Thrown away.
  await model.getByRole("button", { name: "Throw away", exact: true }).first().click();
  await until(async () => (await list.count()) === count, "one less");
  await model.getByRole("button", { name: "Throw all away" }).click();
  await until(async () => (await summary.textContent()).includes(": 0"), "none");
  await closePage(page);
});

test("it asks where it is unsure, and the answers are kept", async () => {
  site.answers.set("a.html", html('model="agent-rooms" view="ask" seed="2" at="0"'));
  const page = await openPage(browser, site, { path: "a.html", viewport: { width: 390, height: 1400 } });
  const model = page.locator("#m");
  const expert = model.getByRole("button", { name: "Let the expert answer" });
  const slider = model.getByRole("slider", { name: "Step" });
  await until(async () => (await expert.count()) === 1, "without any doubt allowed it asks at once");
  assert.match(await model.locator(".outcome").textContent(), /It asks you: its doubt is \d+\s?%, and you allow 0\s?%/);
  await expert.click();
  await until(async () => (await slider.getAttribute("max")) === "1", "the answer is taken");
  assert.equal(await model.locator(".doubts .asked").count(), 2, "one is answered, one is asked");
  // With more doubt allowed it goes on by itself to the end.
  await model.getByRole("slider", { name: "Doubt allowed" }).fill("1");
  await until(async () => Number(await slider.getAttribute("max")) > 2, "it goes on");
  await until(async () => (await model.locator(".shown li").count()) === 1, "the episode is kept");
  assert.match(await model.locator(".shown li").first().textContent(), /1 answered/);
  await closePage(page);
});

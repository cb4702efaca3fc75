// Drums: made, gone on with, made stiff and humanised, written with mouse and keyboard, opened and saved, and heard.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { closePage, openPage, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
site.answers.set(
  "t.html",
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
    `<script type="module" src="element.js"></script>` +
    `<body><generative-model id="m" backend="cpu" model="gpt-drums"></generative-model>`,
);
const open = async (options) => {
  const page = await openPage(browser, site, {
    path: "t.html",
    viewport: { width: 1200, height: 1100 },
    // Every groove that comes, as the page is told of it.
    init: () => {
      globalThis.grooves = [];
      document.addEventListener("sample", (e) => globalThis.grooves.push(e.detail.view.scores[0]));
    },
    ...options,
  });
  const model = page.locator("#m");
  const grooves = () => page.evaluate(() => globalThis.grooves);
  const next = async (what, act) => {
    const before = (await grooves()).length;
    await act();
    await until(async () => (await grooves()).length > before, what);
    return (await grooves()).at(-1);
  };
  await until(async () => (await grooves()).length > 0, "a first groove");
  return { page, model, grooves, next, pads: model.locator("canvas.roll").first() };
};
const press = (model, name) => model.getByRole("button", { name, exact: true }).click();
const save = async (page, model, name) => {
  const [file] = await Promise.all([page.waitForEvent("download", { timeout: 60_000 }), press(model, name)]);
  return readFile(await file.path());
};
const hits = ({ voices }) => voices.map(({ notes }) => notes.map(({ start }) => start));
const played = ({ voices }) =>
  voices.map(({ notes }) => notes.map(({ start, velocity, shift }) => [start, velocity, shift]));

test("a groove is humanised hit by hit, goes on, and keeps what it is told to keep", async () => {
  const { page, model, grooves, next, pads } = await open();
  const [first] = await grooves();
  assert.deepEqual([first.steps, first.voices.length, first.drums], [64, 9, true]);
  assert.ok(hits(first).flat().length > 20);
  const lively = await picture(pads);
  await press(model, "Make stiff");
  assert.notEqual(await picture(pads), lively);
  const human = await next("humanised", () => press(model, "Humanise"));
  assert.deepEqual(hits(human), hits(first));
  const all = human.voices.flatMap((v) => v.notes);
  assert.ok(new Set(all.map((n) => n.velocity)).size > 2 && new Set(all.map((n) => n.shift)).size > 2);
  const on = await next("gone on", () => press(model, "Go on"));
  const half = (groove, from) => played(groove).map((notes) => notes.filter(([start]) => start < 32 === from));
  assert.deepEqual(half(on, true), half(human, true));
  assert.notDeepEqual(half(on, false), half(human, false));
  await model.getByRole("group", { name: "Snare", exact: true }).getByLabel("keep").check();
  const anew = await next("a new groove", () => press(model, "New groove"));
  assert.deepEqual(played(anew)[1], played(on)[1]);
  assert.notDeepEqual(played(anew), played(on));
  const bar = await next("a bar anew", () => press(model, "Recompose bar 2"));
  const outside = (groove) => played(groove).map((notes) => notes.filter(([start]) => start < 16 || start >= 32));
  assert.deepEqual(outside(bar), outside(anew));
  await closePage(page);
});

test("a beat is written with keyboard and mouse, told aloud, saved as MIDI and opened again", async () => {
  const { page, model, next, pads } = await open();
  const label = () => pads.getAttribute("aria-label");
  await press(model, "Clear");
  assert.equal(await label(), "Drums with 0 hits");
  await pads.focus();
  for (const key of ["Home", "Enter", "Shift+ArrowRight", "ArrowUp", "Enter", "+"]) await page.keyboard.press(key);
  assert.equal(await label(), "Drums with 2 hits");
  const told = model.locator(".music [aria-live]");
  assert.match(await told.textContent(), /^Snare, bar 1, beat 2\.1: hit, velocity 92$/);
  const box = await pads.boundingBox();
  const at = (step, drum) => [box.x + 84 + ((step + 0.5) * (box.width - 84)) / 64, box.y + 8 + (8 - drum) * 26 + 13];
  await page.mouse.click(...at(8, 0));
  await page.mouse.click(...at(10, 2));
  assert.equal(await label(), "Drums with 4 hits");
  await page.mouse.click(...at(10, 2));
  assert.equal(await label(), "Drums with 3 hits");
  const midi = await save(page, model, "Save as MIDI");
  const path = join(tmpdir(), `drums-${process.pid}.mid`);
  await writeFile(path, midi);
  await press(model, "Clear");
  const input = model.locator('input[type="file"][accept*="midi"]');
  await input.setInputFiles(path);
  await until(async () => (await label()) === "Drums with 3 hits", "the file's hits");
  const human = await next("humanised", () => press(model, "Humanise"));
  assert.deepEqual(hits(human).slice(0, 3), [[0, 8], [4], []]);
  await writeFile(path, "no drums");
  await input.setInputFiles(path);
  await model
    .getByText(/This music cannot be used/)
    .first()
    .waitFor();
  await model.getByLabel("From a drummer’s recordings").selectOption({ label: "groove 3, its hits alone" });
  await until(async () => !["Drums with 3 hits", "Drums with 0 hits"].includes(await label()), "a groove held out");
  await closePage(page);
});

test("what is heard is no silence and never clips", async () => {
  const { page, model } = await open();
  const wav = await save(page, model, "Save as WAV");
  const all = Float64Array.from({ length: (wav.length - 44) / 2 }, (_, i) => wav.readInt16LE(44 + 2 * i) / 32_768);
  const loudest = all.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  assert.ok(loudest > 0.05 && loudest < 0.99, `${loudest}`);
  await press(model, "Play");
  await model.getByRole("button", { name: "Stop", exact: true }).waitFor();
  await press(model, "Stop");
  await closePage(page);
});

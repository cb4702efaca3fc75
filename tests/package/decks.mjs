// The element in a deck of slides, driven in Chromium: node tests/package/decks.mjs [quiet | keys | pointers]…
//
// Slides that are not shown load nothing and train nothing, whatever the transition; keys go to the deck or to the
// widget and not to both; pointers hit what they point at in a deck that is scaled. Not run by ./test: it asks npm's
// registry, the first time.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { projectOf, served } from "./projects.mjs";

const REVEAL = "reveal.js@6.0.2";
const deck = (transition) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A reader's deck</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="node_modules/reveal.js/dist/reveal.css">
<link rel="stylesheet" href="node_modules/reveal.js/dist/theme/black.css"></head>
<body><div class="reveal"><div class="slides">
<section><h2>Models</h2></section>
<section><generative-model id="map" model="vae-mnist-2d" view="latent" backend="cpu"></generative-model></section>
<section><generative-model id="trained" family="realnvp" data="moons" view="train" backend="cpu" autoplay
  steps="1000000"></generative-model></section>
<section><h2>The end</h2></section>
</div></div>
<script type="module">
  import Reveal from "./node_modules/reveal.js/dist/reveal.mjs";
  globalThis.deck = new Reveal({ width: 960, height: 700, transition: "${transition}", transitionSpeed: "fast" });
  await deck.initialize();
  // Before the deck is made, all slides can be seen.
  import("./node_modules/generative-playground/lib/element.js");
</script></body></html>`;

const folder = await projectOf("reveal", [REVEAL], {
  "slide.html": deck("slide"),
  "none.html": deck("none"),
  "fade.html": deck("fade"),
});
const server = await served(folder, ".");
const browser = await chromium.launch({
  executablePath: process.env.GP_CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});

/** A deck, and what is asked of it. */
async function open(transition) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(90_000);
  const wrong = [];
  page.on("pageerror", (e) => wrong.push(String(e)));
  await page.goto(`${server.url}${transition}.html`);
  await page.waitForFunction(() => globalThis.deck?.isReady());
  const [map, trained] = [page.locator("#map"), page.locator("#trained")];
  return {
    ...{ page, map, trained, wrong },
    at: () => page.evaluate(() => globalThis.deck.getIndices().h),
    stands: (id) => page.waitForFunction((i) => document.getElementById(i).info, id),
    loaded: (one) => one.evaluate((e) => Boolean(e.info)),
    running: (one) => one.evaluate((e) => Boolean(e.trainer?.running)),
    point: () => map.evaluate((e) => e.state.z ?? ""),
  };
}

async function quiet({ page, map, trained, at, stands, loaded, running, wrong }) {
  const before = server.requests.length;
  await page.waitForTimeout(2500);
  const engines = server.requests.slice(before).filter((path) => path.endsWith(".wasm"));
  assert.deepEqual([await loaded(map), await loaded(trained), engines], [false, false, []], "nothing before its slide");
  await page.keyboard.press("ArrowRight");
  await stands("map");
  assert.equal(await loaded(trained), false, "the next slide waits");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector("#trained").trainer?.running);
  await page.keyboard.press("ArrowRight");
  assert.equal(await at(), 3);
  await page.waitForFunction(() => !document.querySelector("#trained").trainer.running);
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => document.querySelector("#trained").trainer.running);
  assert.equal(await running(trained), true, "it goes on when it is back");
  assert.deepEqual(wrong, []);
}

async function keys({ page, map, at, stands, point, wrong }) {
  await page.keyboard.press("ArrowRight");
  await stands("map");
  const canvas = map.locator("canvas.map");
  await canvas.focus();
  const start = await point();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  assert.notEqual(await point(), start, "the marked point moves");
  assert.equal(await at(), 1, "and the slide stays");
  await map.getByRole("tab", { name: "Samples" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await map.getAttribute("view"), "latent");
  await map.evaluate((e) => e.setAttribute("view", "samples"));
  const seed = map.locator("#seed");
  await seed.fill("");
  await seed.pressSequentially("7 n12");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await at(), 1, "what is written into a field is no shortcut");
  await map.getByRole("button", { name: "New samples" }).focus();
  const drawn = await map.getAttribute("seed");
  await page.keyboard.press("Space");
  await page.waitForFunction((s) => document.querySelector("#map").getAttribute("seed") !== s, drawn);
  assert.equal(await at(), 1, "nor is the space bar on a button");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => globalThis.deck.isOverview()), true, "Escape is the deck's");
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("ArrowRight");
  assert.equal(await at(), 2, "outside, keys are the deck's");
  assert.deepEqual(wrong, []);
}

async function pointers({ page, map, stands, point, wrong }) {
  await page.keyboard.press("ArrowRight");
  await stands("map");
  const canvas = map.locator("canvas.map");
  await page.waitForTimeout(1000);
  const { x, y, width, height } = await canvas.boundingBox();
  assert.ok(width !== (await canvas.evaluate((c) => c.offsetWidth)), "the deck is scaled");
  await page.mouse.move(x + 0.5 * width, y + 0.5 * height);
  await page.mouse.move(x + 0.75 * width, y + 0.25 * height);
  await page.waitForFunction(() => document.querySelector("#map").state.z);
  const [u, v] = (await point()).split(",").map(Number);
  assert.ok(Math.abs(u - 1.5) < 0.1 && Math.abs(v - 1.5) < 0.1, `a quarter in from the corner: ${u}, ${v}`);
  assert.deepEqual(wrong, []);
}

const wanted = process.argv.slice(2);
for (const [name, transition, drive] of [
  ...["slide", "none", "fade"].map((t) => [`slides that wait, transition ${t}`, t, quiet]),
  ["keys", "slide", keys],
  ["pointers", "slide", pointers],
]) {
  if (wanted.length && !wanted.includes(drive.name)) continue;
  const about = await open(transition);
  try {
    await drive(about);
    console.log(`ok      ${REVEAL}, ${name}`);
  } catch (e) {
    process.exitCode = 1;
    console.log(`not ok  ${REVEAL}, ${name}\n${e.message}`);
  } finally {
    await about.page.close();
  }
}
await browser.close();
server.close();

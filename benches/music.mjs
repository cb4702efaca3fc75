// Seconds in which one bar of four is made anew in all voices, in the page: node benches/music.mjs [--rounds N]
//
// The built site in dist/ and its model of chorales, on the processor with one thread: from the click on *Recompose* to
// the piece that comes of it, 64 steps. The middle of all rounds.
import { parseArgs } from "node:util";
import { openPage, startBrowser, startSite, until } from "../tests/browser/harness.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
const site = await startSite();
const browser = await startBrowser();
site.answers.set(
  "t.html",
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
    `<script type="module" src="element.js"></script>` +
    `<body><generative-model id="m" backend="cpu" model="chorales"></generative-model>`,
);
const page = await openPage(browser, site, {
  path: "t.html",
  init: () => {
    globalThis.pieces = [];
    document.addEventListener("sample", () => globalThis.pieces.push(performance.now()));
  },
});
const pieces = () => page.evaluate(() => globalThis.pieces.length);
await until(async () => (await pieces()) > 0, "a first piece", 120_000);
const all = [];
for (let i = 0; i < Number(values.rounds); i++) {
  const before = await pieces();
  const begun = await page.evaluate(() => {
    const buttons = document.querySelector("#m").shadowRoot.querySelectorAll("button");
    const begun = performance.now();
    [...buttons].find((button) => button.textContent.trim() === "Recompose bar 2").click();
    return begun;
  });
  await until(async () => (await pieces()) > before, "a bar anew", 120_000);
  all.push((await page.evaluate(() => globalThis.pieces.at(-1))) - begun);
}
all.sort((a, b) => a - b);
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
console.log(`a bar of four voices: ${seconds(all[all.length >> 1])} (${seconds(all[0])} to ${seconds(all.at(-1))})`);
await browser.close();
await site.close?.();
process.exit(0);

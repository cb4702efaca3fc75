// Time from a click on Play to the first step of a training: node benches/play.mjs OTHER_DIST [--rounds N]
//
// The built site in dist/ against another build, in one run and by turns, so that both meet the same machine:
// a flow on two moons, whose model stands before the click, and an autoencoder, whose images are fetched after
// it. Medians in milliseconds, and their ratio.
import { join, normalize } from "node:path";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { chromiumPath, flags } from "./browser.mjs";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "15" } },
  allowPositionals: true,
});
const ours = fileURLToPath(new URL("../dist", import.meta.url));
const [other] = positionals;
if (!other) throw new Error("the folder of another build is missing");

const types = { html: "text/html", js: "text/javascript", css: "text/css", json: "application/json" };
const serve = async (folder) => {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, "http://site").pathname);
    const file = join(folder, path);
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    const type = types[path.split(".").at(-1)] ?? (path.endsWith(".wasm") ? "application/wasm" : "image/png");
    response.writeHead(200, { "content-type": type }).end(readFileSync(file));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return server;
};

const CASES = {
  flow: { html: `<generative-model family="realnvp" data="moons" backend="cpu"></generative-model>`, button: "Play" },
  vae: {
    html: `<generative-model model="vae-mnist-2d" view="train" backend="cpu" layers="1"></generative-model>`,
    button: "Train from scratch",
  },
};

/** Milliseconds from the click to the news of a first step. */
async function once(browser, server, { html, button }) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
  const page = await context.newPage();
  await page.goto(`http://localhost:${server.address().port}/alone.html`, { waitUntil: "domcontentloaded" });
  await page.evaluate((h) => {
    document.querySelector("main").innerHTML = h;
    window.firstStep = new Promise((done) => {
      let start;
      document.addEventListener("click", () => (start ??= performance.now()), true);
      document.addEventListener("step", (e) => start && e.detail.step > 0 && done(performance.now() - start), true);
    });
  }, html);
  const found = page.getByRole("button", { name: button, exact: true });
  await found.click({ timeout: 60_000 });
  const time = await Promise.race([
    page.evaluate(() => window.firstStep),
    new Promise((_, fail) => setTimeout(() => fail(new Error("no step within a minute")), 60_000)),
  ]);
  await context.close();
  return time;
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const servers = [await serve(ours), await serve(other)];
const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
for (const [name, wanted] of Object.entries(CASES)) {
  const times = [[], []];
  for (let round = 0; round < Number(values.rounds); round++)
    for (const i of round % 2 ? [1, 0] : [0, 1]) times[i].push(await once(browser, servers[i], wanted));
  const [now, then] = times.map(median);
  console.log(`${name}: ${now.toFixed(0)} ms, ${then.toFixed(0)} ms, ratio ${(now / then).toFixed(2)}`);
}
await browser.close();
servers.forEach((server) => server.close());

// A network that is slow, and is lost in the middle of a model or of the module: how much has come is said, that it was
// lost too, and it is tried again when the reader asks for it; of a model the next try asks for the rest only.
import assert from "node:assert/strict";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, test } from "node:test";
import { startBrowser, until } from "./harness.mjs";
import { dist, TYPES } from "./hosts.mjs";

const browser = await startBrowser();
const asked = [];
let lost = false;
/** Times that the module is lost on its way. */
let broken = 0;
/** A page of one figure alone, so that nothing else asks for the module. */
const FLOW =
  `<!doctype html><html lang="en"><meta charset="utf-8"><script type="module" src="element.js"></script>` +
  '<generative-model id="m" family="planar" data="moons" backend="cpu"></generative-model>';
/** Serves the site; of the model it sends a part, then nothing for a while, and then the connection is gone. */
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://host").pathname.slice(1) || "index.html";
  if (path === "flow.html") return void response.writeHead(200, { "content-type": TYPES[".html"] }).end(FLOW);
  const file = join(dist, path);
  if (!existsSync(file)) return void response.writeHead(404).end();
  const type = { "content-type": TYPES[extname(path)] ?? "application/octet-stream" };
  if (path.endsWith(".wasm") && broken-- > 0) {
    // An answer that comes at once is taken for one of a cache, of which nothing is told.
    setTimeout(() => {
      response.writeHead(200, { ...type, "content-length": statSync(file).size });
      response.write(readFileSync(file).subarray(0, 1_000_000));
    }, 300);
    setTimeout(() => response.destroy(), 4000);
    return;
  }
  if (!/vae-mnist-[0-9a-f]{10}\.planes$/.test(path)) {
    response.writeHead(200, type);
    return void createReadStream(file).pipe(response);
  }
  const bytes = readFileSync(file);
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  asked.push(from === undefined ? 0 : Number(from));
  if (lost) {
    const start = Number(from ?? 0);
    const range = { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(from === undefined ? 200 : 206, { ...type, ...(from === undefined ? {} : range) });
    return void response.end(bytes.subarray(start));
  }
  lost = true;
  response.writeHead(200, { ...type, "content-length": bytes.length });
  response.write(bytes.subarray(0, 700_000));
  setTimeout(() => response.destroy(), 4000);
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
after(() => {
  server.closeAllConnections();
  server.close();
});

test("a download that is lost says how far it came, and goes on from there", async () => {
  const page = await (await browser.newContext({ serviceWorkers: "block" })).newPage();
  await page.goto(`http://localhost:${server.address().port}/alone.html`);
  await page.evaluate(() => {
    document.querySelector("main").innerHTML =
      '<generative-model id="m" model="vae-mnist" backend="cpu"><img slot="poster" alt="Digits"></generative-model>';
  });
  const element = page.locator("#m");
  const said = element.getByText(/^Fetching the model: [\d.]+ MB of [\d.]+ MB$/);
  await said.first().waitFor();
  assert.ok(await element.locator(".poster").isVisible());
  const notice = element.locator('.notice[data-code="fetch-failed"]');
  await notice.waitFor();
  await notice.getByRole("button", { name: "Try again" }).click();
  await until(() => element.evaluate((e) => Boolean(e.info && e.device)), "the model");
  assert.equal(asked.length, 2, `${asked}`);
  assert.ok(asked[1] > 100_000 && asked[1] <= 700_000, `the rest from ${asked[1]} on`);
  await page.context().close();
});

test("a module that is lost on its way is told, and fetched again when the reader asks for it", async () => {
  broken = 1;
  const page = await (await browser.newContext({ serviceWorkers: "block" })).newPage();
  await page.goto(`http://localhost:${server.address().port}/flow.html`);
  const element = page.locator("#m");
  await element
    .getByText(/: [\d.]+ MB of [\d.]+ MB$/)
    .first()
    .waitFor();
  const notice = element.locator(".notice[data-code]");
  await notice.first().waitFor();
  assert.equal(await notice.first().getAttribute("data-code"), "fetch-failed");
  assert.equal(await notice.count(), 1);
  assert.equal(broken, 0);
  await notice.getByRole("button", { name: "Try again" }).click();
  await until(() => element.evaluate((e) => Boolean(e.info && e.device)), "the model");
  assert.equal(await notice.count(), 0);
  await page.context().close();
});

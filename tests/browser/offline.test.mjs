// The site without a network: after a first visit it opens, one version whole; a later version waits until it is taken;
// what is kept can be seen and deleted; and nothing of it happens in somebody else's page.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { headers } from "../../web/site/headers.mjs";
import { startBrowser, until } from "./harness.mjs";
import { blogOf, dist, hostOf } from "./hosts.mjs";

const folder = mkdtempSync(join(tmpdir(), "offline-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const site = await hostOf();
const blog = await blogOf(site);
const browser = await startBrowser();

beforeEach(() => {
  Object.assign(site, { folder: dist, fallback: false, headers: () => headers() });
  site.requests.length = 0;
});

const VAE = "vae.html?backend=cpu";

async function open(path = VAE, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (m) => m.type() === "error" && page.problems.push(m.text()));
  page.on("pageerror", (e) => page.problems.push(String(e)));
  await page.goto(`${site.origin}/${path}`);
  return page;
}

/** The first figure is at work. */
async function samples(page) {
  const element = page.locator("generative-model").first();
  await element.scrollIntoViewIfNeeded();
  await until(() => element.evaluate((e) => Boolean(e.info && e.device)), "a model", 20_000);
}

/** The service worker answers for the page, and has kept what it was to keep, the engine last. */
const isKept = (page) =>
  until(
    () =>
      page.evaluate(async () => {
        if (!navigator.serviceWorker.controller) return false;
        const files = (await caches.keys()).find((name) => name.endsWith(":files"));
        const kept = await (await caches.open(files)).keys();
        return [/worker-cpu_bg-.*wasm$/, /worker-cpu_rest-.*wasm$/, /worker-cpu-.*js$/, /planes$/].every((p) =>
          kept.some((k) => p.test(k.url)),
        );
      }),
    "what is kept",
    20_000,
  );

test("after one visit the site opens without a network, other chapters and languages too", async () => {
  const page = await open();
  await samples(page);
  await isKept(page);
  await page.context().setOffline(true);
  for (const path of [VAE, "vae.de.html?backend=cpu"]) {
    await page.goto(`${site.origin}/${path}`);
    await samples(page);
    const drawn = page.locator("generative-model").first();
    assert.equal(await drawn.evaluate((e) => e.sample({ count: 2 }).then((v) => v.kind)), "image");
  }
  await page.goto(`${site.origin}/flows.html`);
  assert.ok((await page.locator("main").innerText()).length > 500);
  assert.deepEqual(
    page.problems.filter((text) => /policy|Refused/i.test(text)),
    [],
  );
  await page.context().close();
});

test("a new version waits until the reader takes it, and then leaves nothing of the old one", async () => {
  const page = await open();
  await samples(page);
  await isKept(page);
  const next = join(folder, "next");
  cpSync(dist, next, { recursive: true });
  const rewrite = (name, change) => writeFileSync(join(next, name), change(readFileSync(join(next, name), "utf8")));
  rewrite("vae.html", (html) => html.replace("</main>", '<p id="later">Later</p></main>'));
  rewrite("sw.js", (code) => code.replace(/(version\\?":\\?")[0-9a-f]{10}/, "$10123456789"));
  assert.notEqual(readFileSync(join(next, "sw.js"), "utf8"), readFileSync(join(dist, "sw.js"), "utf8"));
  site.folder = next;
  await page.reload();
  await page.locator(".news").waitFor();
  assert.equal(await page.locator("#later").count(), 0, "not before it is wished for");
  await page.locator(".news button").click();
  await page.locator("#later").waitFor({ state: "attached" });
  const names = await page.evaluate(() => caches.keys());
  assert.deepEqual(names.filter((name) => name.includes(":pages:")).length, 1, `${names}`);
  await page.context().close();
});

test("what is stored is listed with its size, saved for offline and deleted", async () => {
  const page = await open();
  await samples(page);
  await isKept(page);
  await page
    .locator("generative-model")
    .first()
    .evaluate((e) => e.step(3));
  await page.goto(`${site.origin}/stored.html`);
  await until(async () => /[1-9][\d.]* MB in all/.test(await page.locator("#all").innerText()), "the sum");
  assert.match(
    await page.locator("#site").innerText(),
    /The engine \(CPU\)\s+6\.\d MB|The engine \(CPU\)\s+\d+(\.\d)? MB/,
  );
  const row = page.locator("#files li").filter({ hasText: "saved for offline" });
  const before = await row.count();
  assert.ok(before >= 1);
  await page.locator("#files button", { hasText: "Save for offline" }).first().click();
  await until(async () => (await row.count()) === before + 1, "one more");
  const everything = page.locator("#everything");
  await everything.click();
  assert.equal(await everything.innerText(), "Really delete");
  await everything.click();
  await until(async () => /^0\.0 MB in all/.test(await page.locator("#all").innerText()), "nothing");
  assert.deepEqual(
    await page.evaluate(() => caches.keys().then((all) => all.filter((n) => !n.endsWith(":files")))),
    [],
  );
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("nobody else's page gets a service worker of ours, nor does a frame in it", async () => {
  blog.element = `<iframe width="800" height="700" src="${site.origin}/${VAE}"></iframe>${blog.element}`;
  const page = await (await browser.newContext()).newPage();
  await page.goto(blog.origin);
  const frame = page.frames()[1];
  await frame.locator("generative-model").first().waitFor();
  await frame.evaluate(() => document.querySelector("generative-model").load());
  await new Promise((wake) => setTimeout(wake, 2500));
  for (const each of page.frames())
    assert.equal(await each.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length)), 0);
  assert.ok(!site.requests.includes("sw.js"));
  await page.context().close();
});

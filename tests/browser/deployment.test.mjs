// A later version of the site in place of the one that a page is of: nothing of the two is mixed, what can go on goes
// on, and what cannot says that the page has to be loaded again.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { buildSite } from "../../web/build.mjs";
import { built, fileOf, isHashed } from "../../web/site/files.mjs";
import { startBrowser, startProfile, until } from "./harness.mjs";
import { blogOf, dist, hostOf } from "./hosts.mjs";

const folder = mkdtempSync(join(tmpdir(), "sites-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The next version: other modules, and one model less. */
const next = join(folder, "next");
cpSync(dist, next, { recursive: true });
for (const worker of ["worker-cpu", "worker-webgpu"]) {
  const module = fileOf(`${worker}_bg.wasm`, next);
  // A section of its own kind that says nothing.
  writeFileSync(module, Buffer.concat([readFileSync(module), Buffer.from([0, 2, 1, 0x76])]));
}
await buildSite(next);
const [before, now] = [built(dist), built(next)];
const FASHION = "checkpoints/vae-fashion.planes";
rmSync(join(next, now[FASHION]));
delete now[FASHION];
writeFileSync(join(next, "files.json"), JSON.stringify(now));

const site = await hostOf();
const blog = await blogOf(site);
const browser = await startBrowser();
const { headers } = site;

beforeEach(() => {
  Object.assign(site, { folder: dist, fallback: false, headers });
  site.requests.length = 0;
});

async function open(url = `${site.origin}/alone.html`, context = undefined) {
  const page = await (context ?? (await browser.newContext())).newPage();
  await page.goto(url);
  const element = page.locator("generative-model").first();
  await element.evaluate((e) => e.setAttribute("backend", "cpu"));
  await ready(element);
  return { page, element };
}

const ready = (element) => until(() => element.evaluate((e) => Boolean(e.info && e.device)), "the model");
const codes = (element) => element.locator(".notice").evaluateAll((all) => all.map((n) => n.dataset.code));
/** The files that only one of the versions has. */
const onlyOf = (names, others) => Object.values(names).filter((name) => !Object.values(others).includes(name));
const asked = (names) => site.requests.filter((path) => names.includes(path));
const [old, fresh] = [onlyOf(before, now), onlyOf(now, before)];

test("whatever a browser may keep carries a hash, and no name ever means two things", () => {
  assert.ok(old.length >= 5 && fresh.length >= 4, `${old} ${fresh}`);
  for (const name of [...Object.values(before), ...Object.values(now)]) assert.ok(isHashed(name), name);
  for (const name of Object.values(before).filter((n) => Object.values(now).includes(n)))
    assert.ok(readFileSync(join(dist, name)).equals(readFileSync(join(next, name))), name);
});

for (const fallback of [false, true]) {
  const where = fallback ? ", where missing files are a page" : "";
  test(`a page of the version before says that it has to be loaded again${where}`, async () => {
    const { page, element } = await open();
    Object.assign(site, { folder: next, fallback });
    site.requests.length = 0;
    // What is there goes on.
    assert.equal(await element.evaluate((e) => e.sample({ count: 2 }).then((v) => v.kind)), "image");
    await element.evaluate((e) => e.setAttribute("model", "vae-fashion"));
    await until(async () => (await codes(element)).includes("site-updated"), "the notice about the model");
    assert.match(await element.locator('[data-code="site-updated"]').innerText(), /Reload the page/);
    // A file that is the same in both is the same file.
    await element.evaluate((e) => e.setAttribute("model", "vae-mnist"));
    await until(() => element.evaluate((e) => e.info?.latentDim > 2), "the other model");
    // Its worker is gone, and no other one takes its place.
    await element.evaluate((e) => e.fireDrill("panic"));
    await until(async () => (await codes(element)).includes("site-updated"), "the notice about the worker");
    assert.deepEqual(asked(fresh), [], "of the later version");

    site.requests.length = 0;
    await page.reload();
    await ready(page.locator("generative-model").first());
    assert.deepEqual(asked(old), [], "of the version before");
    assert.ok(asked(fresh).length >= 3);
    await page.context().close();
  });
}

test("a page of the version before goes on where its files are kept beside the later ones", async () => {
  const both = join(folder, "both");
  cpSync(dist, both, { recursive: true });
  cpSync(next, both, { recursive: true });
  const { page, element } = await open();
  site.folder = both;
  site.requests.length = 0;
  await element.evaluate((e) => e.play());
  await until(() => element.evaluate((e) => e.info.step > 5), "steps");
  await element.evaluate((e) => e.fireDrill("panic"));
  await until(async () => (await codes(element)).includes("worker-restarted"), "another worker");
  await until(() => element.evaluate((e) => e.info.step > 15), "more steps");
  assert.deepEqual(asked(fresh), []);
  await page.context().close();
});

test("an entry or a page out of a cache leads to the site as it is", async () => {
  const mixed = join(folder, "mixed");
  cpSync(next, mixed, { recursive: true });
  cpSync(join(dist, "element.js"), join(mixed, "element.js"));
  site.folder = mixed;
  const { page } = await open(blog.origin);
  const first = [before["core.js"], before["generative-model.js"]];
  assert.deepEqual(asked(old).sort(), first.sort(), "asked for in vain");
  await page.context().close();
});

test("a server that has everything kept for long gives a page of one version", async () => {
  site.headers = (path) => ({ ...headers(path), "cache-control": "max-age=86400" });
  const context = await startProfile(join(folder, "profile"));
  const { page } = await open(`${site.origin}/alone.html`, context);
  await page.close();
  site.folder = next;
  const again = await context.newPage();
  for (const visit of ["from the cache", "loaded again"]) {
    site.requests.length = 0;
    if (visit === "from the cache") await again.goto(`${site.origin}/alone.html`);
    else await again.reload();
    const element = again.locator("generative-model").first();
    await ready(element);
    const entries = () => performance.getEntriesByType("resource").map((e) => e.name);
    const names = [...(await again.evaluate(entries)), ...(await again.workers()[0].evaluate(entries))];
    const loaded = names.map((name) => name.slice(site.origin.length + 1));
    assert.ok(loaded.some((name) => name.endsWith(".wasm")));
    const of = (files) => loaded.some((name) => files.includes(name));
    assert.ok(!(of(old) && of(fresh)), `${visit}: ${loaded}`);
  }
  await again.close();
});

// Pages and servers of other people: the element on another origin, under a strict policy, in a sandbox, from servers
// that send too little or something else. What is refused is named as that.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { blogOf, dist, hostOf, least, policyOf, TYPES } from "./hosts.mjs";
import { startBrowser, until } from "./harness.mjs";

const site = await hostOf();
const blog = await blogOf(site);
const browser = await startBrowser();
const plain = { ...blog, headers: site.headers, type: site.type };

beforeEach(() => {
  Object.assign(blog, { policy: undefined, headers: {}, element: plain.element, script: plain.script });
  Object.assign(site, { headers: plain.headers, type: plain.type, folder: dist, fallback: false });
});

async function open(url = blog.origin, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.said = [];
  // The icon of the page is its own affair.
  page.on("console", (m) => /'data:,'/.test(m.text()) || page.said.push(m.text()));
  page.on("pageerror", (e) => page.said.push(String(e)));
  await page.goto(url);
  return page;
}

/** The element shows what a model drew. */
const draws = (frame) =>
  until(
    () =>
      frame.locator("#m").evaluate((e) => Boolean(e.info && e.device) && e.sample({ count: 2 }).then((v) => v.kind)),
    "samples",
    30_000,
  );

/** What the element says, once it says something. */
async function says(page) {
  const told = page.locator("#m").getByRole("alert");
  await until(async () => /[a-z]/.test(await told.first().innerText()), "a notice", 30_000);
  return (await told.first().innerText()).replaceAll("\n", " ");
}

const refused = async (code, pattern, page) => {
  page ??= await open();
  const text = await says(page);
  assert.ok(text.startsWith(code), text);
  assert.match(text, pattern);
  assert.doesNotMatch(text, /connection/i);
  await page.context().close();
};

describe("somebody else's page", () => {
  test("with no policy needs a server that lets others read its files, and no more", async () => {
    const page = await open();
    assert.equal(await draws(page), "image");
    assert.equal(page.workers().length, 1);
    assert.deepEqual(page.said, []);
    await page.context().close();
  });

  test("with a strict policy needs four sources", async () => {
    blog.policy = policyOf(least(site.origin));
    const page = await open();
    assert.equal(await draws(page), "image");
    // A training too, which needs the data and the store.
    await page.locator("#m").evaluate((e) => e.play());
    await until(() => page.locator("#m").evaluate((e) => e.info.step > 5), "steps");
    assert.deepEqual(page.said, []);
    await page.context().close();
  });

  test("with addresses of scripts that are vouched for", async () => {
    blog.policy = `${policyOf(least(site.origin))}; require-trusted-types-for 'script'`;
    const page = await open();
    assert.equal(await draws(page), "image");
    assert.deepEqual(page.said, []);
    await page.context().close();
  });

  test("with a nonce for its scripts, and those that they start", async () => {
    blog.policy = policyOf({ ...least(site.origin), "script-src": "'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'" });
    blog.script = blog.script.replace("<script", '<script nonce="abc"');
    const page = await open();
    assert.equal(await draws(page), "image");
    await page.context().close();
  });

  const without = (directive, sources) => ({ ...least(site.origin), [directive]: sources });
  for (const [name, directives, pattern] of [
    ["no worker", without("worker-src", undefined), /does not allow the worker .* add blob: to worker-src/],
    ["workers of another kind only", without("worker-src", site.origin), /add blob: to worker-src/],
    ["no requests", without("connect-src", undefined), /requests to http.* add http:\S+ to connect-src/],
    ["no WebAssembly", without("script-src", site.origin), /WebAssembly.* add 'wasm-unsafe-eval' to script-src/],
    [
      "only the script that it names",
      without("script-src", `${site.origin}/element.js 'wasm-unsafe-eval'`),
      /scripts of http.* add http:\S+ to script-src/,
    ],
    [
      "scripts with a nonce only",
      without("script-src", "'nonce-abc' 'wasm-unsafe-eval'"),
      /scripts of http.* add http:\S+ to script-src/,
    ],
  ])
    test(`with a policy that allows ${name}`, async () => {
      blog.policy = policyOf(directives);
      blog.script = blog.script.replace("<script", '<script nonce="abc"');
      await refused("policy-blocked", pattern);
    });
});

describe("a sandbox", () => {
  test("without an origin of its own", async () => {
    blog.element = `<iframe sandbox="allow-scripts" width="800" height="700" src="${site.origin}/embed.html"></iframe>`;
    blog.script = "";
    const page = await open();
    const frame = page.frames()[1];
    const element = frame.locator("generative-model").first();
    await until(() => element.evaluate((e) => Boolean(e.info && e.device)).catch(() => false), "the model");
    assert.equal(await element.evaluate((e) => e.sample({ count: 2 }).then((v) => v.kind)), "image");
    assert.equal(await frame.evaluate(() => self.origin), "null");
    await page.context().close();
  });

  test("with the site's own policy", async () => {
    const { headers } = await import("../../web/site/headers.mjs");
    site.headers = () => headers();
    blog.element = `<iframe sandbox="allow-scripts" width="800" height="700" src="${site.origin}/embed.html"></iframe>`;
    blog.script = "";
    const page = await open();
    const element = page.frames()[1].locator("generative-model").first();
    await until(() => element.evaluate((e) => Boolean(e.info && e.device)).catch(() => false), "the model");
    await page.context().close();
  });

  test("of a server that lets nobody read its files says so", { timeout: 60_000 }, async () => {
    site.headers = () => ({});
    blog.element = `<iframe sandbox="allow-scripts" width="800" height="700" src="${site.origin}/embed.html"></iframe>`;
    blog.script = "";
    const page = await open();
    const told = page.frames()[1].locator(".unloaded");
    await until(() => told.count(), "what is wrong", 30_000);
    assert.match(await told.innerText(), /sandbox.*Access-Control-Allow-Origin/);
    await page.context().close();
  });
});

test("a page from the disk says that it has to come from a server", async () => {
  for (const name of ["index.html", "vae.html", "alone.html", "embed.html", "gan.de.html", "alone.de.html"]) {
    const page = await open(`file://${dist}/${name}`);
    const told = page.locator(".unloaded");
    await told.waitFor();
    const said = name.includes(".de.")
      ? /von einem Datenträger geöffnet.*http\.server/
      : /opened from a disk.*http\.server/;
    assert.match(await told.innerText(), said);
    await page.context().close();
  }
});

describe("a server", () => {
  /** Sends the header that lets others read only for what does not match. */
  const closed = (pattern) => (path) => (pattern.test(path) ? {} : { "access-control-allow-origin": "*" });
  for (const [name, pattern] of [
    ["the code", /generative-model-/],
    ["the list of models", /manifest-/],
    ["the model", /planes$/],
    ["the worker", /^worker-[0-9a-f]{10}\.js$/],
    ["the glue", /^worker-cpu-.*js$/],
    ["the module", /wasm$/],
  ])
    test(`that lets others not read ${name}`, async () => {
      site.headers = closed(pattern);
      await refused("origin-blocked", /does not let pages of other sites read \S+\..*Access-Control-Allow-Origin/);
    });

  for (const type of ["application/octet-stream", "text/plain", undefined])
    test(`that sends modules as ${type ?? "nothing in particular"}`, async () => {
      site.type = (path) => (path.endsWith(".wasm") ? type : TYPES[path.match(/\.\w+$/)[0]]);
      site.headers = () => ({ "access-control-allow-origin": "*", "x-content-type-options": "nosniff" });
      const page = await open();
      assert.equal(await draws(page), "image");
      assert.deepEqual(page.said, []);
      await page.context().close();
    });

  for (const [name, pattern] of [
    ["the code", /generative-model-/],
    ["the worker", /^worker-[0-9a-f]{10}\.js$/],
    ["the glue", /^worker-cpu-.*js$/],
  ])
    test(`that sends ${name} as text`, async () => {
      site.type = (path) => (pattern.test(path) ? "text/plain" : TYPES[path.match(/\.\w+$/)[0]]);
      await refused("wrong-type", /as text\/plain.*text\/javascript/);
    });

  for (const encoding of [undefined, "gzip"])
    test(`that sends packed texts with ${encoding ? "" : "no "}word of their packing`, async () => {
      site.headers = (path) => ({
        "access-control-allow-origin": "*",
        ...(encoding && path.endsWith(".gz") ? { "content-encoding": encoding } : {}),
      });
      site.type = (path) => (path.endsWith(".gz") ? "text/plain" : plain.type(path));
      const training = 'family="gpt" view="train" data="blake" n-layer="1" n-embd="32" backend="cpu"';
      blog.element = `<generative-model id="m" ${training}></generative-model>`;
      const page = await open();
      await page.evaluate(() => customElements.whenDefined("generative-model").then(() => undefined));
      await page.locator("#m").evaluate((e) => e.play());
      await until(() => page.locator("#m").evaluate((e) => e.info.step > 2), "steps");
      assert.deepEqual(await page.locator("#m .notice").count(), 0);
      await page.context().close();
    });

  test("that cannot be reached is a matter of the connection", async () => {
    const page = await open();
    await draws(page);
    await page.context().setOffline(true);
    const error = await page.locator("#m").evaluate(async (e) => {
      const told = new Promise((done) => e.addEventListener("error", (event) => done(event.detail), { once: true }));
      e.setAttribute("model", "vae-fashion");
      return told;
    });
    assert.equal(error.code, "fetch-failed");
    assert.match(error.hint, /connection/);
    await page.context().close();
  });
});

// Widgets in a post on another origin, by element and by frame: loaded when they come near, sized, moved, taken out
// and put back, under a strict policy; and messages that nobody of ours has sent.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { forge, HELLO, SIZE } from "./forged.mjs";
import { blogOf, hostOf, least, policyOf } from "./hosts.mjs";
import { startBrowser, until } from "./harness.mjs";

const site = await hostOf();
const blog = await blogOf(site);
const other = await blogOf(site);
const browser = await startBrowser();
const SIZER = `<script type="module" src="${site.origin}/frame.js"></script>`;
const standard = { ...blog };

beforeEach(() => {
  Object.assign(blog, { policy: undefined, element: "", script: SIZER, style: "" });
  site.requests.length = 0;
});

const frameOf = (query, more = "") =>
  `<iframe title="F" width="100%" height="300" ${more}
    src="${site.origin}/embed.html?backend=cpu&amp;${query}"></iframe>`;

async function open(options = {}, url = blog.origin) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options });
  const page = await context.newPage();
  page.said = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && page.said.push(m.text()));
  page.on("pageerror", (e) => page.said.push(String(e)));
  await page.goto(url);
  return page;
}

/** The frame in an element of the page, once its widget has a model. */
async function widgetIn(handle) {
  const frame = await until(() => handle.contentFrame(), "the frame");
  const widget = frame.locator("generative-model, generative-lab").first();
  const ready = (e) => Boolean((e.info && e.device) || (e.learners && [...e.learners.values()].some((l) => l.info)));
  await until(() => widget.evaluate(ready).catch(() => false), "the model");
  return { frame, widget };
}
const heights = (handle, frame) =>
  Promise.all([
    handle.evaluate((e) => e.getBoundingClientRect().height - 4),
    frame.locator("main").evaluate((e) => Math.ceil(e.getBoundingClientRect().height)),
  ]);
const fits = async (handle, frame) => {
  await until(async () => {
    const [outside, inside] = await heights(handle, frame);
    return inside > 100 && Math.abs(outside - inside) <= 1;
  }, "a frame as high as its widget");
};

test("ten widgets in a post: none is loaded before it is near, and each works", { timeout: 120_000 }, async () => {
  const plain = 'backend="cpu" style="display:block"';
  const gap = '<p style="height: 6000px">Text.</p>';
  const widgets = [
    `<generative-model ${plain} model="vae-mnist-2d" view="samples" count="4"></generative-model>`,
    frameOf("model=vae-mnist-2d&amp;view=latent", 'loading="lazy"'),
    `<generative-model ${plain} family="planar" data="moons"></generative-model>`,
    frameOf("family=realnvp&amp;data=circles&amp;plot=density", 'loading="lazy"'),
    `<generative-model ${plain} model="gpt-names" view="write"></generative-model>`,
    frameOf("model=gpt-names&amp;view=write&amp;seed=3", 'loading="lazy"'),
    `<generative-lab ${plain} family="mdn" data="moons"></generative-lab>`,
    frameOf("element=lab&amp;family=planar", 'loading="lazy"'),
    `<generative-model ${plain} model="vae-fashion" view="interpolate"></generative-model>`,
    frameOf("model=gan-mnist&amp;controls=none&amp;count=4", 'loading="lazy"'),
  ];
  blog.script = standard.script + SIZER;
  blog.element = widgets.map((widget) => gap + widget).join("");
  const page = await open();
  await page.evaluate(() => {
    globalThis.heard = [];
    for (const type of ["ready", "statechange"]) addEventListener(type, (e) => heard.push([type, e.target.localName]));
  });
  await page.waitForFunction(() => customElements.get("generative-model"));
  const engine = () => site.requests.filter((path) => /wasm|^worker|planes|\.bin/.test(path));
  assert.deepEqual(engine(), [], "fetched before anything was near");
  for (const handle of await page.$$("generative-model, generative-lab, iframe")) {
    await handle.scrollIntoViewIfNeeded();
    if ((await handle.evaluate((e) => e.localName)) === "iframe") {
      const { frame } = await widgetIn(handle);
      await fits(handle, frame);
    } else {
      await until(() => handle.evaluate((e) => Boolean(e.info ?? [...(e.learners ?? [])][0])), "the element");
    }
  }
  assert.ok(engine().length > 0);
  const heard = await page.evaluate(() => heard);
  assert.equal(heard.filter(([type, name]) => type === "ready" && name === "generative-model").length >= 4, true);

  // Methods; then out and in again, and elsewhere in the page.
  const first = page.locator("generative-model").first();
  const drawn = (e) => e.sample({ count: 2 }).then((view) => view?.kind);
  assert.equal(await first.evaluate(drawn), "image");
  await first.evaluate((e) => e.setAttribute("seed", "9"));
  await until(() => page.evaluate(() => heard.some(([type]) => type === "statechange")), "an event");
  await first.evaluate(async (e) => {
    const { parentElement } = e;
    e.remove();
    await new Promise((done) => setTimeout(done, 300));
    parentElement.append(e);
    e.scrollIntoView();
  });
  const again = page.locator('generative-model[view="samples"]');
  await until(() => again.evaluate((e) => Boolean(e.info)), "the element that was put back");
  assert.equal(await again.evaluate(drawn), "image");
  // A frame that is moved is loaded anew, and sized again.
  const moved = (await page.$$("iframe"))[0];
  await moved.evaluate((e) => {
    e.style.height = "";
    document.body.prepend(e);
    e.scrollIntoView();
  });
  const { frame } = await widgetIn(moved);
  await fits(moved, frame);
  assert.deepEqual(page.said, []);
  await page.context().close();
});

test("a frame in every sandbox, under a strict policy, follows its widget and the page's colours", async () => {
  const { "worker-src": _, "connect-src": __, ...mine } = least(site.origin);
  blog.policy = policyOf({ ...mine, "script-src": site.origin, "frame-src": site.origin });
  const query = "family=planar&amp;plot=density";
  blog.element = ["", 'sandbox="allow-scripts allow-same-origin"', 'sandbox="allow-scripts"']
    .map((sandbox) => frameOf(query, sandbox))
    .join("");
  const page = await open();
  for (const handle of await page.$$("iframe")) {
    await handle.scrollIntoViewIfNeeded();
    const { frame, widget } = await widgetIn(handle);
    await fits(handle, frame);
    const scheme = () => frame.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    assert.equal(await scheme(), "light");
    await page.evaluate(() => (document.body.style.color = "#eee"));
    await until(async () => (await scheme()) === "dark", "the colours of the page");
    await page.evaluate(() => (document.body.style.color = ""));
    await until(async () => (await scheme()) === "light", "the colours as they were");
    const before = (await heights(handle, frame))[1];
    await widget.evaluate((e) => e.setAttribute("controls", "none"));
    await until(async () => Math.abs((await heights(handle, frame))[1] - before) > 100, "another height");
    await fits(handle, frame);
  }
  assert.deepEqual(
    page.said.filter((text) => !/'data:,'/.test(text)),
    [],
  );
  await page.context().close();
});

test("a thousand forged messages do nothing, neither to the page nor to a frame", { timeout: 90_000 }, async () => {
  // Beside the site's frame: one of somebody else, and another page of the site itself.
  other.element = other.script = "";
  blog.element =
    frameOf("model=vae-mnist-2d&amp;controls=none&amp;count=4", 'id="ours"') +
    `<iframe title="O" id="other" src="${other.origin}/" height="50"></iframe>` +
    `<iframe title="A" id="page" src="${site.origin}/widgets.html" height="60"></iframe>`;
  const page = await open();
  const ours = await page.$("#ours");
  const { frame } = await widgetIn(ours);
  await fits(ours, frame);
  const state = async () => [
    ...(await page.evaluate(() => [...document.querySelectorAll("iframe")].map((e) => e.style.cssText))),
    await frame.evaluate(
      () => document.documentElement.style.cssText + document.querySelector("main").innerHTML.length,
    ),
  ];
  const before = await state();
  const send = (target, to, seed, right) => target.evaluate(`(${forge})("${to}", ${seed}, ${JSON.stringify(right)})`);
  const [theirs, another] = await Promise.all(["#other", "#page"].map(async (id) => (await page.$(id)).contentFrame()));
  // To the page: from itself, from a stranger's frame, from a page of the site that is no frame of a widget.
  await send(page, "self", 1, [SIZE]);
  await send(theirs, "parent", 2, [SIZE]);
  await send(another, "parent", 3, [SIZE]);
  // To the frame: from a neighbour, and from itself.
  await send(theirs, "neighbour0", 4, [HELLO]);
  await send(frame, "self", 5, [HELLO]);
  // From the page around it, everything but what it may say.
  await send(page, "frame0", 6, [SIZE, { ...HELLO, more: 1 }, { ...HELLO, scheme: "Dark" }, [HELLO]]);
  await new Promise((done) => setTimeout(done, 500));
  // The page around a frame may say hello, and it may change its mind; nothing else of it counts.
  const after = await state();
  assert.deepEqual(after.slice(0, 3), before.slice(0, 3));
  assert.ok(/color-scheme: (light|dark)/.test(after[3]));
  assert.equal(after[3].replace("dark", "light"), before[3]);
  assert.deepEqual(page.said, []);
  await page.context().close();
});

test("links with bombs and nonsense end in a sentence, and something is there", { timeout: 90_000 }, async () => {
  const bomb = gzipSync(new Uint8Array(64 << 20)).toString("base64url");
  const junk = gzipSync("no checkpoint").toString("base64url");
  for (const [hash, code] of [
    [`#model=${bomb}`, "checkpoint-too-large"],
    [`#model=${junk}`, "checkpoint-parse"],
    ["#model=%00§", "checkpoint-parse"],
    ["#model=", "checkpoint-parse"],
  ]) {
    const page = await open({}, `${site.origin}/embed.html?backend=cpu${hash}`);
    const notice = page.locator("generative-model .notice").first();
    await notice.waitFor();
    assert.equal(await notice.getAttribute("data-code"), code);
    await page.context().close();
  }
  const nonsense =
    "model=zz&view=zz&seed=-1&count=x&columns=0&temperature=hot&controls=some&onclick=alert(1)&src=/x&z=1";
  const page = await open({}, `${site.origin}/embed.html?backend=cpu&${nonsense}`);
  const widget = page.locator("generative-model");
  await until(() => widget.evaluate((e) => Boolean(e.info)), "the model that there is otherwise");
  const told = () => widget.locator(".notice").allInnerTexts();
  await until(async () => (await told()).length >= 6, "notices");
  assert.equal(await widget.getAttribute("onclick"), null);
  assert.equal(await widget.getAttribute("src"), null);
  const warned = page.said.filter((text) => text.startsWith("<generative-…>"));
  assert.equal(new Set(warned).size, warned.length, "told twice");
  for (const name of ["seed", "count", "columns", "controls"])
    assert.equal(warned.filter((text) => text.includes(`value of ${name}:`)).length, 1, name);
  await page.context().close();
});

test("with reduced motion nothing begins by itself, and without scripts there is a way to the site", async () => {
  blog.script = standard.script;
  blog.element =
    '<generative-model id="m" family="planar" backend="cpu" autoplay></generative-model>' +
    '<generative-model id="n" model="vae-mnist-2d" view="samples" refresh="1" backend="cpu"></generative-model>';
  const page = await open({ reducedMotion: "reduce" });
  for (const id of ["m", "n"]) await until(() => page.locator(`#${id}`).evaluate((e) => Boolean(e.info)), id);
  let samples = 0;
  await page.exposeFunction("counted", () => samples++);
  await page.evaluate(() => addEventListener("sample", () => counted()));
  await new Promise((done) => setTimeout(done, 2500));
  assert.equal(await page.locator("#m").evaluate((e) => e.info.step), 0);
  assert.ok(samples <= 1, `${samples} times new samples`);
  await page.context().close();
  const bare = await open({ javaScriptEnabled: false }, `${site.origin}/embed.html?model=vae-mnist`);
  await until(async () => /needs JavaScript/.test(await bare.locator("main").innerText()), "a sentence");
  assert.equal(await bare.locator("main a").getAttribute("href"), "index.html");
  await bare.context().close();
});

test("the address of the page that was here before leads to it", async () => {
  const page = await open({}, `${site.origin}/embed.de.html`);
  await page.waitForURL(/\/alone\.de\.html$/);
  await page.context().close();
});

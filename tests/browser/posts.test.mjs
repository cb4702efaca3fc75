// A blog post with ten different widgets, by element and by frame, on another origin and under a strict policy, in
// Chromium, Firefox and WebKit: what loads when, what is told, can be asked and moved, and what does nothing.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { admitted } from "../../web/site/address.mjs";
import { engines, withEngine } from "./engines.mjs";
import { forge, HELLO, SIZE } from "./forged.mjs";
import { until } from "./harness.mjs";
import { blogOf, copyOfSite, hostOf, least, policyOf } from "./hosts.mjs";

const folder = copyOfSite();
const site = await hostOf(folder);
// As where the site is built for its address, without which WebKit runs nothing in a sandbox.
writeFileSync(join(folder, "embed.html"), admitted(readFileSync(join(folder, "embed.html"), "utf8"), site.origin));
const blog = await blogOf(site);
/** Somebody else, who has a frame in the post as well. */
const other = await blogOf(site);
Object.assign(other, { element: "", script: "" });

/** The same site in another version. */
const later = copyOfSite();
const [ENTRY] = readdirSync(later).filter((name) => /^generative-model-\w+\.js$/.test(name));
const RENAMED = "generative-model-0123456789.js";
renameSync(join(later, ENTRY), join(later, RENAMED));
writeFileSync(join(later, "element.js"), readFileSync(join(later, "element.js"), "utf8").replaceAll(ENTRY, RENAMED));
const newer = await hostOf(later);

/** What the page remembers: events, what its console was told, and what its policy refused. */
const RECORDER = `
globalThis.heard = [];
globalThis.said = [];
for (const type of ["ready", "sample", "statechange", "backendchange", "error"])
  document.addEventListener(type, (e) => e.target.localName && heard.push([type, e.target.id, Boolean(e.detail)]));
for (const name of ["warn", "error"]) {
  const before = console[name];
  console[name] = (...all) => (said.push(all.join(" ")), before.apply(console, all));
}
addEventListener("error", (e) => e.message && said.push(e.message));
addEventListener("unhandledrejection", (e) => said.push(String(e.reason)));
document.addEventListener("securitypolicyviolation", (e) => said.push(e.violatedDirective + " " + e.blockedURI));`;

const element = (id, attributes) => `<generative-model id="${id}" backend="cpu" ${attributes}></generative-model>`;
const frame = (id, query, more = "") =>
  `<iframe id="${id}" title="${id}" width="100%" height="300" loading="lazy" ${more}
    src="${site.origin}/embed.html?backend=cpu&amp;${query}"></iframe>`;
const SANDBOX = 'sandbox="allow-scripts"';
/** Each family that came last once by element and once by frame. */
const POSTS = {
  first: {
    digits: element("digits", 'model="vae-mnist-2d" view="samples" count="4"'),
    gaps: element("gaps", 'model="bert-books" view="fill" text="The ___ stood upon the deck."'),
    pairs: element("pairs", 'model="icl-linear" view="curve"'),
    rooms: element("rooms", 'model="agent-rooms" view="follow" seed="3"'),
    numbers: element("numbers", 'model="seq2seq-numbers" view="translate"'),
    choir: frame("choir", "model=chorales&amp;view=samples"),
    letters: frame("letters", "model=glyphs&amp;view=alphabet", SANDBOX),
    flow: frame("flow", "family=realnvp&amp;data=moons&amp;plot=density", SANDBOX),
    names: frame("names", "model=gpt-names&amp;view=write"),
    lab: frame("lab", "element=lab&amp;family=planar"),
  },
  second: {
    choir: element("choir", 'model="chorales" view="samples"'),
    letters: element("letters", 'model="glyphs" view="alphabet"'),
    lab: '<generative-lab id="lab" backend="cpu" family="mdn" data="moons"></generative-lab>',
    words: element("words", 'model="ddpm-scenes-few" view="samples" sampler="shortcut" steps="4" count="1"'),
    gaps: frame("gaps", "model=bert-books&amp;view=fill", SANDBOX),
    pairs: frame("pairs", "model=icl-linear&amp;view=curve", SANDBOX),
    rooms: frame("rooms", "model=agent-rooms&amp;view=follow", SANDBOX),
    numbers: frame("numbers", "model=seq2seq-numbers&amp;view=translate", SANDBOX),
    dates: frame("dates", "model=seq2seq-dates&amp;view=translate"),
    digits: frame("digits", "model=gan-mnist&amp;controls=none&amp;count=4"),
  },
};
/** Room between widgets that asks nothing of a policy of styles. */
const GAP = '<p>Text.</p><canvas width="1" height="5000"></canvas>';
const post = (widgets) =>
  Object.values(widgets)
    .map((html) => GAP + html)
    .join("");

/** What the post's server allows, and no more. */
const POLICY = policyOf({
  ...least(site.origin),
  "script-src": `'self' ${site.origin} ${newer.origin} 'wasm-unsafe-eval'`,
  "frame-src": `${site.origin} ${other.origin}`,
  "img-src": "data:",
});

function write(widgets, more = "") {
  const of = (name) => `<script type="module" src="${site.origin}/${name}.js"></script>`;
  const script = '<script src="recorder.js"></script>' + of("element") + of("frame");
  Object.assign(blog, { policy: POLICY, script, element: post(widgets) + more, files: { "recorder.js": RECORDER } });
  site.requests.length = 0;
}
const engine = () => site.requests.filter((path) => /wasm|^worker|planes|\.bin|^model-|^lab-/.test(path));

/** What there is of a widget; runs in the page or frame that it is in. */
const look = (selector) => {
  const e = document.querySelector(selector);
  const root = e?.renderRoot;
  if (!root) return {};
  const learners = e.learners && [...e.learners.values()];
  return {
    ready: learners ? learners.some((l) => l.info) : Boolean(e.info && e.device),
    drawn: learners ? root.querySelectorAll("canvas").length > 1 : !root.querySelector(".body.waiting"),
    told: [...root.querySelectorAll(".notice, [role=alert]")].map((n) => n.textContent.trim()).filter(Boolean),
  };
};
const isFrame = (html) => html.startsWith("<iframe");
const lookAt = (page, id, html) =>
  isFrame(html)
    ? page.inside(`#${id}`, look, "generative-model, generative-lab").catch(() => ({}))
    : page.run(look, `#${id}`);

/** Goes to a widget and waits until it is there and drawn. */
async function visit(page, name, id, html) {
  await page.run((s) => document.querySelector(s).scrollIntoView(), `#${id}`);
  let seen = {};
  await until(async () => (seen = await lookAt(page, id, html)).drawn && seen.ready, `${id} in ${name}`, 60_000).catch(
    (e) => assert.fail(`${e.message}: ${JSON.stringify(seen)}`),
  );
  assert.deepEqual(seen.told, [], `${id} in ${name}`);
}

const pictures = fileURLToPath(new URL("screenshots", import.meta.url));
async function keep(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.picture(join(pictures, `${name}.png`));
}

for (const name of engines)
  for (const [which, widgets] of Object.entries(POSTS))
    test(`${name}: ten widgets, the ${which} post: none before it is near, and each works`, { timeout: 400_000 }, () =>
      withEngine(name, {}, async (browser) => {
        write(widgets);
        const page = await browser.open(blog.origin);
        await until(() => page.run(() => Boolean(customElements.get("generative-model"))), "the script");
        await new Promise((done) => setTimeout(done, 1000));
        assert.deepEqual(engine(), [], "fetched before anything was near");
        for (const [id, html] of Object.entries(widgets)) {
          await visit(page, name, id, html);
          await keep(page, `post-${which}-${id}-${name}`);
        }
        const heard = await page.run(() => globalThis.heard);
        for (const [id] of Object.entries(widgets).filter(([, html]) => html.startsWith("<generative-model")))
          assert.ok(
            heard.some(([type, from, told]) => type === "ready" && from === id && told),
            `ready of ${id}`,
          );
        assert.deepEqual(await page.run(() => globalThis.said), [], "what the page was told");
        assert.equal(new Set(engine().filter((path) => /^worker-cpu_bg/.test(path))).size, 1);
        await page.close();
      }),
    );

for (const name of engines)
  test(`${name}: methods, out of the page and back, elsewhere in it`, { timeout: 240_000 }, () =>
    withEngine(name, {}, async (browser) => {
      const { digits, flow, pairs } = POSTS.first;
      const lab = '<generative-lab id="lab" backend="cpu" family="mdn" data="moons"></generative-lab>';
      const widgets = { digits, pairs, lab, flow: flow.replace(SANDBOX, "") };
      write(widgets);
      const page = await browser.open(blog.origin);
      for (const [id, html] of Object.entries(widgets)) await visit(page, name, id, html);
      const done = await page.run(async () => {
        const e = document.querySelector("#digits");
        const { kind, data } = await e.sample({ count: 2, seed: 5 });
        await e.step(3);
        const { step } = e.info;
        const file = await e.exportCheckpoint();
        await e.importCheckpoint(file);
        const imported = e.info.step;
        e.setAttribute("seed", "9");
        e.count = 6;
        await e.updateComplete; // Properties are reflected with the next rendering.
        return { kind, bytes: data?.length ?? 0, step, size: file.size, imported, count: e.getAttribute("count") };
      });
      assert.deepEqual(
        { ...done, bytes: 0, size: 0 },
        { kind: "image", bytes: 0, step: 3, size: 0, imported: 3, count: "6" },
      );
      assert.ok(done.size > 500_000, `${done.size} bytes`);
      await until(
        () => page.run(() => heard.some(([type, id]) => type === "statechange" && id === "digits")),
        "an event",
      );

      // Within the page: at once, and nothing is lost. Out of it: what was trained is there for a while.
      const moved = await page.run(async () => {
        const e = document.querySelector("#digits");
        document.body.prepend(e);
        await new Promise((done) => setTimeout(done, 300));
        return { step: e.info?.step, device: Boolean(e.device) };
      });
      assert.deepEqual(moved, { step: 3, device: true });
      const back = await page.run(async () => {
        const e = document.querySelector("#digits");
        e.remove();
        await new Promise((done) => setTimeout(done, 1000));
        document.querySelector("#pairs").before(e);
        e.scrollIntoView();
        await new Promise((done) => setTimeout(done, 300));
        return e.info?.step;
      });
      assert.equal(back, 3);
      // One that has learned nothing is let go, and loaded again.
      await page.run(async () => {
        const e = document.querySelector("#pairs");
        e.remove();
        await new Promise((done) => setTimeout(done, 500));
        document.body.append(e);
      });
      await visit(page, name, "pairs", pairs);
      await page.run(() => document.body.prepend(document.querySelector("#lab")));
      await visit(page, name, "lab", lab);
      // A frame that is moved is loaded anew, and as high as its widget again.
      await page.run(() => {
        const e = document.querySelector("#flow");
        e.style.height = "";
        document.body.prepend(e);
      });
      await visit(page, name, "flow", widgets.flow);
      const inside = () =>
        page.inside("#flow", () => Math.ceil(document.querySelector("main").getBoundingClientRect().height));
      const outside = () => page.run(() => document.querySelector("#flow").clientHeight);
      await until(async () => Math.abs((await inside()) - (await outside())) <= 1, "a frame as high as its widget");

      // Another version of the script comes too late, and says so.
      await page.run((src) => {
        const script = Object.assign(document.createElement("script"), { type: "module", src });
        document.head.append(script);
      }, `${newer.origin}/element.js`);
      const said = () => page.run(() => said.filter((text) => text.includes("another version")));
      await until(async () => (await said()).length === 2, "a word for each element");
      await page.run(
        (html) => document.body.insertAdjacentHTML("afterbegin", html),
        element("late", 'model="gpt-names"'),
      );
      await visit(page, name, "late", "");
      assert.ok(
        newer.requests.every((path) => !/wasm|^worker/.test(path)),
        "one engine",
      );
      assert.equal(await page.run(() => said.length), 2, "nothing else was said");
      await page.close();
    }),
  );

for (const name of engines)
  test(`${name}: less motion, for a reader who asked for it`, { timeout: 120_000 }, () =>
    withEngine(name, { still: true }, async (browser) => {
      const widgets = {
        flow: element("flow", 'family="planar" autoplay'),
        digits: element("digits", 'model="vae-mnist-2d" view="samples" refresh="1"'),
      };
      write(widgets);
      blog.element = Object.values(widgets).join("");
      const page = await browser.open(blog.origin);
      assert.ok(await page.run(() => matchMedia("(prefers-reduced-motion: reduce)").matches), "the wish is known");
      for (const [id, html] of Object.entries(widgets)) await visit(page, name, id, html);
      const samples = () => page.run(() => heard.filter(([type]) => type === "sample").length);
      const before = await samples();
      await new Promise((done) => setTimeout(done, 2500));
      assert.equal(await page.run(() => document.querySelector("#flow").info.step), 0);
      assert.ok((await samples()) - before <= 1, "new samples");
      await page.close();
    }),
  );

for (const name of engines)
  test(`${name}: a thousand forged messages do nothing`, { timeout: 120_000 }, () =>
    withEngine(name, {}, async (browser) => {
      const widgets = {
        ours: frame("ours", "model=vae-mnist-2d&amp;controls=none&amp;count=4").replace('loading="lazy"', ""),
      };
      const more =
        `<iframe title="O" id="other" src="${other.origin}/" height="50"></iframe>` +
        `<iframe title="A" id="page" src="${site.origin}/widgets.html" height="60"></iframe>` +
        element("digits", 'model="vae-mnist-2d" view="samples" count="4"');
      write(widgets, more);
      blog.element = widgets.ours + more;
      const page = await browser.open(blog.origin);
      await visit(page, name, "ours", widgets.ours);
      await visit(page, name, "digits", more.slice(more.indexOf("<generative-model")));
      const height = () => page.run(() => document.querySelector("#ours").style.height);
      // What is in it comes bit by bit on a busy machine, and its height with it.
      const still = async () => {
        const before = await height();
        await new Promise((done) => setTimeout(done, 700));
        return /px/.test(before) && (await height()) === before;
      };
      await until(still, "its height, which stays");
      const state = async () => [
        await page.run(() => [...document.querySelectorAll("iframe")].map((e) => e.style.cssText)),
        await page.run(() => [
          document.querySelector("#digits").outerHTML,
          document.querySelector("#digits").info.step,
        ]),
        await page.inside("#ours", () => [
          document.documentElement.style.cssText.replace("dark", "light"),
          document.querySelector("main").innerHTML.length,
        ]),
      ];
      const before = await state();
      assert.match(before[2][0], /color-scheme: light/);
      assert.ok(await page.inside("#ours", () => innerWidth <= document.documentElement.clientWidth), "no scrollbar");
      // To the page from itself, from a stranger, from a page of the site that is no widget; to the frame from itself
      // and a neighbour; from the page around it, everything but what it may say.
      await page.run(forge, "self", 1, [SIZE]);
      await page.inside("#other", forge, "parent", 2, [SIZE]);
      await page.inside("#page", forge, "parent", 3, [SIZE]);
      await page.inside("#other", forge, "neighbour0", 4, [HELLO]);
      await page.inside("#ours", forge, "self", 5, [HELLO]);
      await page.run(forge, "frame0", 6, [SIZE, { ...HELLO, more: 1 }, { ...HELLO, scheme: "Dark" }, [HELLO]]);
      await new Promise((done) => setTimeout(done, 1000));
      assert.deepEqual(await state(), before);
      assert.deepEqual(await page.run(() => said), []);
      await page.close();
    }),
  );

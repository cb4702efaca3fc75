// Where posts put a widget: under style sheets that mean no good, in a shadow root, in dialogs, details and tabs that
// are closed at first, beside another version of the site, and on paper.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { blogOf, copyOfSite, hostOf } from "./hosts.mjs";
import { startBrowser, until } from "./harness.mjs";

const site = await hostOf();
const other = await hostOf();
const blog = await blogOf(site);
const browser = await startBrowser();
const { element: WIDGET, script: SCRIPT } = blog;

async function open({ element = WIDGET, style = "", script = SCRIPT } = {}) {
  Object.assign(blog, { element, style, script });
  const page = await (await browser.newContext({ viewport: { width: 900, height: 800 } })).newPage();
  page.said = [];
  page.on("pageerror", (e) => page.said.push(String(e)));
  await page.goto(blog.origin);
  return page;
}

/** The model is there and has been drawn; what is before that cannot be focused. */
const stands = (element) =>
  until(() => element.evaluate((e) => Boolean(e.info && e.device && e.isDrawn)), "the model", 30_000);
/** It is drawn, as large as it should be, and its controls can be used. */
async function works(page, element = page.locator("#m")) {
  await stands(element);
  const box = await element.locator("canvas").first().boundingBox();
  assert.ok(box.width > 200 && box.height > 50, JSON.stringify(box));
  await element.getByRole("tab", { name: "Interpolate" }).click();
  await until(() => element.evaluate((e) => e.getAttribute("view") === "interpolate"), "another view");
  assert.deepEqual(page.said, []);
}

for (const [name, css] of [
  ["unsets everything", "* { all: unset !important }"],
  ["hides buttons and lists", "button, ul, canvas, header, footer { display: none !important }"],
  ["counts boxes otherwise", "*, *::before { box-sizing: content-box !important; float: left }"],
  ["floats and letters", "p, div, section { position: absolute; letter-spacing: 2em; text-transform: uppercase }"],
])
  test(`under a style sheet that ${name}`, async () => {
    const page = await open({ style: `<style>${css}</style>` });
    await works(page);
    await page.context().close();
  });

test("in a shadow root, in a dialog, in details and in a tab that is closed at first", async () => {
  const copy = (id) => WIDGET.replace('id="m"', `id="${id}"`);
  const element =
    `<div id="host"></div><dialog id="dialog">${copy("in-dialog")}</dialog>` +
    `<details id="details"><summary>More</summary>${copy("in-details")}</details>` +
    `<div id="panel" hidden>${copy("in-tab")}</div>`;
  const page = await open({ element });
  await page.evaluate((html) => {
    const root = document.querySelector("#host").attachShadow({ mode: "open" });
    root.innerHTML = html;
  }, WIDGET);
  await works(page);
  const closed = ["#in-dialog", "#in-details", "#in-tab"].map((id) => page.locator(id));
  for (const one of closed) assert.equal(await one.evaluate((e) => e.info), undefined, "nothing before it is seen");
  await page.evaluate(() => (document.querySelector("#details").open = true));
  await works(page, page.locator("#in-details"));
  await page.evaluate(() => document.querySelector("#panel").removeAttribute("hidden"));
  await page.locator("#in-tab").scrollIntoViewIfNeeded();
  await works(page, page.locator("#in-tab"));
  await page.evaluate(() => document.querySelector("#dialog").showModal());
  await works(page, page.locator("#in-dialog"));
  assert.equal(page.workers().length, 1);
  await page.context().close();
});

test("beside another copy of the site: the first one takes all, and nothing is said", async () => {
  const script = `${SCRIPT}<script type="module" src="${other.origin}/element.js"></script>`;
  const page = await open({ script });
  await works(page);
  assert.equal(page.workers().length, 1);
  await page.context().close();
});

test("beside another version: the first one takes all, and the console says so", async () => {
  const folder = copyOfSite();
  const [name] = readdirSync(folder).filter((file) => /^generative-model-\w+\.js$/.test(file));
  const [file, later] = [(path) => join(folder, path), "generative-model-0123456789.js"];
  renameSync(file(name), file(later));
  writeFileSync(file("element.js"), readFileSync(file("element.js"), "utf8").replaceAll(name, later));
  const older = await hostOf(folder);
  const first = `<script type="module" src="${older.origin}/element.js"></script>`;
  const page = await open({
    script: `${first}<script>globalThis.said = []; console.warn = (s) => said.push(s);</script>`,
  });
  await works(page);
  await page.addScriptTag({ type: "module", url: `${site.origin}/element.js` });
  const said = () => page.evaluate(() => globalThis.said.filter((text) => text.includes("another version")));
  await until(async () => (await said()).length === 2, "a word for each element");
  for (const text of await said())
    for (const where of [`${older.origin}/${later}`, `${site.origin}/${name}`]) assert.ok(text.includes(where), text);
  await works(page);
  assert.equal(page.workers().length, 1);
  await page.context().close();
});

test("on a slide that waits nothing is loaded, and keys that a widget uses are not the deck's", async () => {
  for (const hidden of ["opacity: 0", "visibility: hidden"]) {
    const page = await open({ element: `<section id="slide" style="${hidden}">${WIDGET}</section>` });
    const element = page.locator("#m");
    await page.waitForTimeout(1500);
    assert.equal(await element.evaluate((e) => e.info), undefined, hidden);
    await page.evaluate(() => {
      globalThis.keys = [];
      document.addEventListener("keydown", ({ key }) => globalThis.keys.push(key));
      document.querySelector("#slide").removeAttribute("style");
    });
    await stands(element);
    await element.locator("#seed").focus();
    for (const key of ["n", "1", "ArrowLeft"]) await page.keyboard.press(key);
    await element.getByRole("tab", { name: "Samples" }).focus();
    for (const key of ["ArrowRight", "x", "Escape"]) await page.keyboard.press(key);
    assert.deepEqual(await page.evaluate(() => globalThis.keys), ["x", "Escape"]);
    await page.evaluate((style) => document.querySelector("#slide").setAttribute("style", style), hidden);
    await until(() => element.evaluate((e) => !e.inSight), "it knows that it is hidden");
    await page.context().close();
  }
});

test("on paper the picture is there and the controls are not", async () => {
  const page = await open();
  await stands(page.locator("#m"));
  await page.emulateMedia({ media: "print" });
  assert.ok((await page.locator("#m canvas").first().boundingBox()).height > 50);
  assert.equal(await page.locator("#m").getByRole("tab").first().isVisible(), false);
  await page.context().close();
});

// What there is to paste for a widget: it says what the widget shows, and nothing in it is taken for something else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";

globalThis.HTMLElement = class {};
for (const name of ["onclick", "style", "title", "lang", "hidden"]) HTMLElement.prototype[name] = null;

const { snippets } = await load("web/element/share/snippets.ts");
const { linkable } = await load("web/element/names.ts");
const SITE = "https://site.example/models/";

test("a model is what its attributes say, by every way", () => {
  const attributes = { family: "realnvp", data: "moons", plot: "density", seed: "7", "n-layer": "3", overlay: "off" };
  const { link, element, frame, markdown, left } = snippets({ kind: "model", attributes, title: "A flow" }, SITE);
  const url = new URL(link);
  assert.equal(url.origin + url.pathname, `${SITE}embed.html`);
  assert.deepEqual(Object.fromEntries(url.searchParams), attributes);
  assert.match(element, /<script type="module" src="https:\/\/site.example\/models\/element.js"><\/script>/);
  for (const [name, value] of Object.entries(attributes)) assert.ok(element.includes(` ${name}="${value}"`), name);
  assert.ok(frame.includes(`src="${link.replaceAll("&", "&amp;")}"`) && frame.includes('title="A flow"'));
  assert.equal(markdown, `[A flow](${link})`);
  assert.deepEqual(left, []);
});

test("a link goes without what no link may set, and says so", () => {
  const attributes = { model: "vae-mnist", autoplay: "", src: "https://elsewhere.example/a", onclick: "x()" };
  const { link, element, left } = snippets({ kind: "model", attributes, title: "T" }, SITE);
  assert.deepEqual(left, ["autoplay", "src", "onclick"]);
  assert.equal(link, `${SITE}embed.html?model=vae-mnist`);
  assert.match(element, / autoplay src=/);
});

test("a frame may be told more than a figure of a page, and no more than that", () => {
  for (const name of ["family", "views", "columns", "refresh", "controls"]) {
    assert.ok(!linkable(name, "model"), name);
    assert.ok(linkable(name, "model", true), name);
  }
  for (const name of ["src", "autoplay", "keep-training", "onclick", "style", "id", "preset", "slot"])
    assert.ok(!linkable(name, "model", true), name);
  for (const name of ["families", "backend", "preset", "vae.beta"]) assert.ok(linkable(name, "lab", true), name);
});

test("nothing of a reader's is taken for markup", () => {
  const evil = `"><script>alert(1)</script> [x](y) <b>`;
  const poster = { src: `a"b.png`, dark: "c.png", width: 2, height: 1, alt: evil };
  const shown = { kind: "lab", attributes: { preset: evil }, title: evil, poster, lang: "de" };
  const { element, frame, markdown, link } = snippets(shown, SITE);
  for (const text of [element, frame]) assert.equal(text.match(/<script/g).length, 1, text);
  assert.ok(!/\balert\(1\)<\/script>/.test(element + frame));
  assert.match(markdown, /^\[!\[[^\n]*\]\([^()\s]*\)\]\([^()\s]*\)$/);
  assert.doesNotMatch(markdown.replaceAll(/\\./g, ""), /<|\*|_/);
  assert.equal(new URL(link).pathname, "/models/embed.de.html");
  assert.equal(new URL(link).searchParams.get("element"), "lab");
});

test("a model that travels along is in the fragment, which no server sees, and in the element", () => {
  const shown = { kind: "model", attributes: { view: "samples" }, title: "T", model: "H4sI-_", page: `${SITE}a.html` };
  const { link, element } = snippets(shown, SITE);
  assert.equal(new URL(link).hash, "#model=H4sI-_");
  assert.ok(!new URL(link).search.includes("H4sI"));
  assert.match(element, / src="data:application\/vnd.safetensors\+gzip;base64,H4sI-_"/);
  // What is in a page is linked to there, as long as a link can say it all.
  assert.equal(snippets({ ...shown, model: undefined }, SITE).link, `${SITE}a.html`);
});

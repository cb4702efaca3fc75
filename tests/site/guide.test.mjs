// The guide, the catalogue and the tours: everything that they name is there, and everything that is there is named.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";
import { PARTS } from "../../web/site/anatomy.mjs";
import { metaOf, models } from "../../web/site/catalogue.mjs";
import { renderPages } from "../../web/site/build.mjs";
import { elementOf, snippets } from "../../web/site/gallery.mjs";
import { tours } from "../../web/site/tours.mjs";

globalThis.HTMLElement ??= class {};
const { ATTRIBUTES, declared, read } = await load("web/element/attributes.ts");
const { linkable } = await load("web/element/names.ts");
const { fromAddress, toAddress } = await load("web/workbench/state.ts");
const pages = renderPages();
const root = new URL("../../", import.meta.url);
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);
const sources = (folder, ending) =>
  readdirSync(new URL(folder, root), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(new URL(`${folder}/${name}`, root), "utf8"))
    .join("\n");

test("snippets of the gallery say what elements understand, and the workbench opens each as it is", () => {
  const ids = snippets().map(({ id }) => id);
  assert.ok(ids.length >= 8);
  assert.equal(new Set(ids).size, ids.length);
  const page = pages.get("widgets.html");
  for (const { id, html, en, de } of snippets()) {
    const { tag, attributes } = elementOf(html);
    const kind = tag === "generative-lab" ? "lab" : "model";
    for (const [name, value] of attributes) {
      if (Object.hasOwn(ATTRIBUTES, name)) {
        assert.ok(declared(name, kind), `${id}: ${name}`);
        assert.doesNotThrow(() => read(name, value), `${id}: ${name}`);
      } else assert.ok(linkable(name, kind), `${id}: ${name}`);
      if (name === "model")
        assert.ok(
          models.some((m) => m.id === value),
          `${id}: ${value}`,
        );
    }
    assert.ok(page.includes(`<div class="live">${html}</div>`), id);
    const [, link] = new RegExp(`id="ready-${id}".*?href="workbench.html([^"]*)"`, "s").exec(page);
    const { state, refused } = fromAddress(link.replaceAll("&amp;", "&"));
    assert.deepEqual(
      [state.kind, Object.fromEntries(state.values), refused],
      [kind, Object.fromEntries(attributes), []],
    );
    assert.deepEqual(fromAddress(toAddress(state)).state, state, "there and back");
    assert.ok(en.title && en.text && de.title && de.text, id);
  }
});

test("no address of the workbench starts a training, fetches from elsewhere or runs script", () => {
  const { state, refused } = fromAddress("?src=//evil&autoplay&onclick=x&style=y&seed=2&keep_training=1&__proto__=z");
  assert.deepEqual([...state.values], [["seed", "2"]]);
  assert.deepEqual(refused.sort(), ["--proto--", "autoplay", "keep-training", "onclick", "src", "style"]);
});

test("the picture of an element has every part, slot and property, and no other", () => {
  const shown = PARTS.flatMap(([names]) => names);
  const code = sources("web/element", ".ts");
  const parts = new Set(all(code, /\bpart="([a-z-]+)"/g).map((part) => `::part(${part})`));
  const slots = new Set(all(code, /<slot name="([a-z-]+)"/g).map((slot) => `slot="${slot}"`));
  const properties = new Set(all(sources("web/element", ".css"), /var\((--gm-[a-z-]+)/g));
  assert.ok(parts.size >= 6 && properties.size >= 10);
  assert.deepEqual(shown.toSorted(), [...parts, ...slots, ...properties].sort());
  for (const [, [x, y]] of PARTS) assert.ok(x > 0 && x < 520 && y > 0 && y < 440, "within the picture");
});

test("the catalogue has every model with its size, its measures, its card, its recipe and its file", () => {
  for (const model of models) {
    const [section] = new RegExp(`<h2[^>]* id="${model.id}".*?</section>`, "s").exec(pages.get("models.html"));
    for (const said of [
      model.parameters.toLocaleString("en"),
      metaOf(model).step.toLocaleString("en"),
      `href="checkpoints/${model.file}"`,
      `href="cards/${model.id}.html"`,
      `href="code/recipes-${model.id}-toml.html"`.replace("-toml", ".toml"),
      `href="workbench.html?model=${model.id}"`,
      `<template><generative-model model="${model.id}"`,
    ])
      assert.ok(section.includes(said), `${model.id}: ${said}`);
    const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    for (const value of Object.values(model.metrics).filter((v) => v > 1 && !Number.isInteger(v)))
      assert.ok(section.includes(value.toLocaleString("en", two)), `${model.id}: ${value}`);
    assert.match(pages.get(`cards/${model.id}.html`), /<table>.*this checkpoint/s);
  }
});

test("every step of a tour leads to a figure of its chapter, by what a link may set", () => {
  for (const [chapter, steps] of Object.entries(tours())) {
    const page = pages.get(`${chapter}.html`);
    assert.ok(steps.length >= 3, chapter);
    for (const { go, en, de } of steps) {
      const url = new URL(go, "http://page/");
      const id = url.hash.slice(1);
      const [, tag] = new RegExp(`<figure class="widget" id="${id}".*?<generative-(model|lab) `, "s").exec(page) ?? [];
      assert.ok(tag, `${chapter}: ${go} has no figure`);
      for (const name of url.searchParams.keys())
        assert.ok(linkable(name.replace(`${id}.`, ""), tag), `${chapter}: ${name}`);
      assert.ok(en.length > 20 && de.length > 20 && /[.!]$/.test(en) && /[.!]$/.test(de), go);
    }
  }
});

test("a link to a figure names it, unless it is the first of the page", () => {
  for (const [name, html] of pages) {
    const figures = all(html, /<figure class="widget" id="([^"]+)"/g);
    for (const href of all(html, /<a [^>]*href="([a-z.]*\?[^"#]*#[^"]+)"/g)) {
      const url = new URL(href.replaceAll("&amp;", "&"), `http://site/${name}`);
      const there = all(pages.get(url.pathname.slice(1)) ?? "", /<figure class="widget" id="([^"]+)"/g);
      const id = url.hash.slice(1);
      if (!there.includes(id)) continue;
      for (const parameter of url.searchParams.keys()) {
        const named = there.find((other) => parameter.startsWith(`${other}.`));
        assert.equal(named ?? there[0], id, `${name}: ${href}`);
      }
    }
    assert.equal(new Set(figures).size, figures.length, name);
  }
});

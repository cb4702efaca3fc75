// The shipped models as a page: what each is, how large, how good and whence, from manifest, checkpoints, recipes and
// results. No number stands here.
import { existsSync, readFileSync } from "node:fs";
import { load } from "../readme.mjs";
import { codePage, escape } from "./layout.mjs";
import { CATALOGUE } from "./catalogue-words.mjs";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root));
const json = (path) => JSON.parse(read(path).toString());

/** German of what manifests call things, where the elements have it. */
const { default: german } = await load("web/lang/de/index.ts");
const told = { en: (text) => text, de: (text) => german.told[text] ?? text };

export const { models, data } = json("web/checkpoints/manifest.json");
const { texts } = json("web/texts/manifest.json");

export const cardPage = ({ id }) => `cards/${id}.html`;
export const recipeOf = ({ id }) => `recipes/${id}.toml`;
const poster = ({ id }, ending) => `posters/${id}.${ending}`;

/** What a checkpoint says about itself: the first bytes of a safetensors file are the length of its header. */
export function metaOf({ file }) {
  const bytes = read(`web/checkpoints/${file}`);
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
  return JSON.parse(header.__metadata__.playground);
}

/** Numbers as a language writes them. */
function writer(lang) {
  const figure = (value, digits = 0) =>
    value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace(/^-/, "−");
  return {
    figure,
    // Cards have more digits.
    plain: (value) => figure(value, Number.isInteger(value) ? 0 : 2),
    percent: (share) => `${figure(100 * share, 1)} %`,
    size: (bytes) => (bytes < 1e6 ? `${figure(bytes / 1e3)} kB` : `${figure(bytes / 1e6, 1)} MB`),
  };
}

/** Metrics that are shares of all that was judged. */
const SHARES = /^(agreement|obeyed|things|letters|words)/;

/** Rows of what was measured: title and value, as the words of the language have them. */
export function measured({ metrics }, lang) {
  const { metrics: named, atLeast } = CATALOGUE[lang];
  const write = writer(lang);
  const rows = [];
  for (const [key, value] of Object.entries(metrics)) {
    const [, samples] = /^is(\d+)$/.exec(key) ?? [];
    const title = samples ? atLeast(write.figure(Number(samples))) : named[key];
    if (title === undefined) throw new Error(`catalogue-words.mjs has no name for the metric “${key}”`);
    rows.push([key, title, SHARES.test(key) ? write.percent(value) : write.plain(value)]);
  }
  const order = Object.keys(named);
  const place = ([key]) => (key.startsWith("is") ? 1.5 : order.indexOf(key));
  return rows.sort((a, b) => place(a) - place(b));
}

/** What it learned from, with its licence where the site has it. */
function learned(model, lang) {
  const set = [...data, ...texts].find(({ name }) => name === model.data);
  const { notShipped } = CATALOGUE[lang];
  const title = told[lang](set?.title ?? model.data);
  return `${escape(title)} (${set ? `<code>${escape(set.licence)}</code>` : notShipped})`;
}

/** The chapter whose code the family is. */
function chapterOf({ family }, chapters) {
  const name = family.replaceAll("-", "_");
  const own = (path) => path.startsWith(`src/families/${name}/`) || path === `src/families/${name}.rs`;
  return chapters.find((page) => page.code?.some(own));
}

const link = (href, text, more = "") => `<a href="${href}"${more}>${text}</a>`;

/** What a model of text wrote, in place of `<!-- poster ID -->` too. */
export const written = (id) => escape(readFileSync(new URL(`web/posters/${id}.txt`, root), "utf8").trim());

/** What is seen before anybody asks for a model: a poster, or words that it wrote. */
function sample(model, lang, title) {
  const { draw, drawn, wrote } = CATALOGUE[lang];
  const text = new URL(`web/${poster(model, "txt")}`, root);
  const image = existsSync(new URL(`web/${poster(model, "png")}`, root));
  const view = image ? "samples" : model.family === "seq2seq" ? "translate" : "write";
  const before = image
    ? `<img src="${poster(model, "png")}" width="224" height="168" alt="${drawn(escape(title))}">`
    : `<p class="page-of-text" lang="en" aria-label="${wrote(escape(title))}">${
        existsSync(text) ? written(model.id) : ""
      }</p>`;
  return `<figure class="touch">
<div class="before">${before}</div>
<p class="tools"><button type="button" data-draw hidden>${draw}</button></p>
<template><generative-model model="${model.id}" view="${view}"></generative-model></template>
</figure>`;
}

function section(model, chapters, lang) {
  const words = CATALOGUE[lang];
  const write = writer(lang);
  const meta = metaOf(model);
  const title = told[lang](model.title);
  const chapter = chapterOf(model, chapters);
  const facts = [
    [words.kind, chapter ? link(chapter.file, escape(chapter.title)) : escape(model.family)],
    [words.data, learned(model, lang)],
    [words.parameters, write.figure(model.parameters)],
    [words.trained, words.training(write.figure(meta.step), write.figure(meta.seconds / 60), `${meta.seed}`)],
    ...measured(model, lang).map(([, name, value]) => [name, value]),
    [words.file, link(`checkpoints/${model.file}`, `<code>${model.file}</code>`, ` download="${model.file}"`)],
    [words.size, write.size(model.bytes)],
    [words.licence, `<code>${escape(model.licence)}</code>`],
  ];
  const ways = [
    link(cardPage(model), words.card),
    ...(existsSync(new URL(recipeOf(model), root)) ? [link(codePage(recipeOf(model)), words.recipe)] : []),
    link(`workbench.html?model=${model.id}`, words.workbench),
  ];
  return `<section class="shipped" aria-labelledby="${model.id}">
<h2 class="small" id="${model.id}">${escape(title)} <code>${model.id}</code></h2>
${sample(model, lang, title)}
<div><dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("\n")}</dl>
<p>${ways.join(" · ")}</p></div>
</section>`;
}

/** All of them in a table, each with its first measure. */
function overview(lang) {
  const words = CATALOGUE[lang];
  const write = writer(lang);
  const rows = models.map((model) => {
    const [[, name, value]] = measured(model, lang);
    const title = escape(told[lang](model.title));
    const cells = [write.figure(model.parameters), write.size(model.bytes), `${name}: ${value}`];
    return `<tr><th scope="row">${link(`#${model.id}`, title)}</th>${cells.map((c) => `<td>${c}</td>`).join("")}</tr>`;
  });
  const head = [words.model, words.parameters, words.size, words.measured].map((c) => `<th scope="col">${c}</th>`);
  return `<div tabindex="0" role="region" aria-label="${words.table}"><table class="overview">
<thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** What stands in place of `<!-- catalogue -->`. */
export const catalogue = (chapters, lang) =>
  `${overview(lang)}\n${models.map((model) => section(model, chapters, lang)).join("\n")}`;

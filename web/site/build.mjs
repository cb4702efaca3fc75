// The pages of web/pages, and the font of their formulas.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import subsetFont from "subset-font";
import { parse } from "yaml";
import { anatomy } from "./anatomy.mjs";
import { cardPage, catalogue, models, recipeOf, written } from "./catalogue.mjs";
import { codeOf } from "./code.mjs";
import { gallery } from "./gallery.mjs";
import { cardOf, codePage, contents, frame, head, page, references } from "./layout.mjs";
import { scaling } from "./scaling.mjs";
import { tour } from "./tours.mjs";
import { WORDS } from "./words.mjs";
import { markdown, render } from "./markdown.mjs";
import { characters } from "./math.mjs";

const root = new URL("../../", import.meta.url);
const folder = new URL("web/pages/", root);

/** Front matter and text of a page. */
function read(name) {
  const [, front, text] = /^---\n(.*?)\n---\n(.*)$/s.exec(readFileSync(new URL(name, folder), "utf8")) ?? [];
  if (!front) throw new Error(`${name} has no front matter`);
  const meta = parse(front);
  for (const needed of ["title", "description"]) if (!meta[needed]) throw new Error(`${name} has no ${needed}`);
  // `vae.de.md` is the German of `vae.md`.
  const [, of, lang = "en"] = /^([^.]+)(?:\.([a-z]+))?\.md$/.exec(name);
  return { ...meta, nav: meta.nav ?? meta.title, file: name.replace(/\.md$/, ".html"), text, of, lang };
}

/** All pages and the source files that they point to, by name, with what they refer to as the sources call it. */
export function renderPages() {
  const all = readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map(read);
  for (const p of all) p.others = all.filter((other) => other.of === p.of && other !== p);
  const listed = all.filter((p) => p.lang === "en" && p.order !== undefined && p.listed !== false);
  const english = listed.sort((a, b) => a.order - b.order);
  /** The chapters as far as they are there in a language, the others in English. */
  const chaptersIn = (lang) => english.map((p) => p.others.find((other) => other.lang === lang) ?? p);
  const sources = parse(readFileSync(new URL("sources.yaml", folder), "utf8"));
  const named = (name) => Object.values(WORDS).map((w) => [`${name}${w.lang === "en" ? "" : `.${w.lang}`}.html`, w]);
  const [alone, framed, stored] = [named("alone"), named("embed"), named("stored")];
  const files = new Set([...all.map((p) => p.file), ...alone.map(([file]) => file)]);
  /** A page of the site, as it is called in a language that it is there in. */
  const fileIn = (lang, file) => {
    const translated = file.replace(/\.html$/, `.${lang}.html`);
    return files.has(translated) ? translated : file;
  };
  /** Links to pages lead to those in the language of the page. */
  const linked = (lang, html) =>
    html.replace(/(<a [^>]*?href=")([a-z]+\.html)/g, (_, before, file) => before + fileIn(lang, file));
  const pages = new Map();
  const places = new Map();
  // Headings are found by the same names in every language: those of the English page, which is read first.
  for (const p of all.toSorted((a, b) => Number(a.lang !== "en") - Number(b.lang !== "en"))) {
    const chapters = chaptersIn(p.lang);
    const md = markdown(p.lang);
    const env = { named: places.get(p.of) };
    const text = render(md, p.text, env);
    if (env.named && env.named.length !== env.places.length)
      throw new Error(`${p.file} has other headings than ${p.of}`);
    places.set(p.of, env.places);
    const body = linked(
      p.lang,
      text
        .replace("<!-- contents -->", () => contents(chapters))
        .replace("<!-- catalogue -->", () => catalogue(chapters, p.lang))
        .replace("<!-- gallery -->", () => gallery(p.lang))
        .replace(/<!-- poster ([\w-]+) -->/g, (_, id) => written(id))
        .replace("<!-- anatomy -->", () => anatomy(p.lang))
        .replace("<!-- scaling -->", () => scaling(p.lang))
        .replace("<!-- references -->", () => references(p.lang, sources, md)),
    );
    pages.set(p.file, page(p, chapters, tour(p) + body, { sources, md, home: fileIn(p.lang, "index.html") }));
  }
  const recipes = models.map(recipeOf).filter((path) => existsSync(new URL(path, root)));
  for (const path of new Set([...all.flatMap((p) => p.code ?? []), ...recipes]))
    pages.set(codePage(path), codeOf(root, path));
  for (const model of models) {
    const card = readFileSync(new URL(`web/checkpoints/${model.card}`, root), "utf8");
    pages.set(cardPage(model), cardOf(model, markdown().render(card)));
  }
  for (const [file, words] of alone) pages.set(file, onItsOwn(file, { ...words, ...words.alone, scripts: "element" }));
  for (const [file, words] of stored) pages.set(file, onItsOwn(file, { ...words, ...words.stored, scripts: "stored" }));
  for (const [file, words] of framed) pages.set(file, frame(words, fileIn(words.lang, "index.html")));
  return pages;
}

/** A page whose body stands as HTML: the element alone, as somebody else would have it, and what is stored. */
const onItsOwn = (file, meta) => {
  const body = readFileSync(new URL(file, folder), "utf8");
  return `${head({ ...meta, body })}\n${body}</html>\n`;
};

/**
 * Writes the pages, with the names that the files of the site have. They ask for `element.js` by the version that they
 * are of, lest the browser take that of another one out of its cache. Gives what was written, by name.
 */
export function writePages(pages, files) {
  const written = new Map();
  const version = files.of("generative-model.js").match(/[0-9a-f]{10}/)[0];
  for (const [name, html] of pages) {
    const named = html
      .replace(/(?<= (?:href|src)=")((?:\.\.\/)?)([^"#?]+)(?=")/g, (_, up, path) => up + files.of(path))
      .replace('src="element.js"', `src="element.js?${version}"`);
    files.plain(name, named);
    written.set(name, named);
  }
  return written;
}

/** STIX Two Math, which has the table that fractions and tall brackets need, cut to what is used. */
export async function mathFont(files) {
  const from = new URL("node_modules/@fontsource/stix-two-math/", root);
  const whole = readFileSync(new URL("files/stix-two-math-latin-400-normal.woff2", from));
  // A single letter in <mi> is drawn with its italic from another block of Unicode.
  const italic = [..."abcdefghijklmnopqrstuvwxyz"].map((_, i) => String.fromCodePoint(0x1d44e + i, 0x1d434 + i));
  const greek = Array.from({ length: 0x1d71c - 0x1d6e2 }, (_, i) => String.fromCodePoint(0x1d6e2 + i));
  // Drawn by elements that hold no character: roots, bars, and the letter whose italic is elsewhere.
  const unwritten = "ℎ√¯‾ˆ~→0123456789";
  const text = [...characters, ...italic, ...greek, ...unwritten].join("");
  files.add("fonts/math.woff2", await subsetFont(whole, text, { targetFormat: "woff2" }));
  files.plain("fonts/math-LICENSE.txt", readFileSync(new URL("LICENSE", from)));
}

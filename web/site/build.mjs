// Makes the pages of web/pages/*.md: node web/site/build.mjs OUT
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import subsetFont from "subset-font";
import { parse } from "yaml";
import { codeOf } from "./code.mjs";
import { codePage, contents, page } from "./layout.mjs";
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
  return { ...meta, nav: meta.nav ?? meta.title, file: name.replace(/\.md$/, ".html"), text };
}

/** Writes all pages, the source files they point to, and the mathematical font with the characters they use. */
export async function buildPages(out) {
  const all = readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map(read);
  const chapters = all.filter((p) => p.order !== undefined).sort((a, b) => a.order - b.order);
  const sources = parse(readFileSync(new URL("sources.yaml", folder), "utf8"));
  const md = markdown();
  for (const p of all) {
    const body = render(md, p.text).replace("<!-- contents -->", () => contents(chapters));
    writeFileSync(join(out, p.file), page(p, chapters, body, { sources, md }));
  }
  mkdirSync(join(out, "code"), { recursive: true });
  for (const path of new Set(all.flatMap((p) => p.code ?? []))) {
    writeFileSync(join(out, codePage(path)), codeOf(root, path));
  }
  await mathFont(out);
}

/** STIX Two Math, which has the table that fractions and tall brackets need, cut to what is used. */
async function mathFont(out) {
  const from = new URL("node_modules/@fontsource/stix-two-math/", root);
  const whole = readFileSync(new URL("files/stix-two-math-latin-400-normal.woff2", from));
  // A single letter in <mi> is drawn with its italic from another block of Unicode.
  const italic = [..."abcdefghijklmnopqrstuvwxyz"].map((_, i) => String.fromCodePoint(0x1d44e + i, 0x1d434 + i));
  const greek = Array.from({ length: 0x1d71c - 0x1d6e2 }, (_, i) => String.fromCodePoint(0x1d6e2 + i));
  // Drawn by elements that hold no character: roots, bars, and the letter whose italic is elsewhere.
  const unwritten = "ℎ√¯‾ˆ~→0123456789";
  const text = [...characters, ...italic, ...greek, ...unwritten].join("");
  mkdirSync(join(out, "fonts"), { recursive: true });
  writeFileSync(join(out, "fonts/math.woff2"), await subsetFont(whole, text, { targetFormat: "woff2" }));
  writeFileSync(join(out, "fonts/math-LICENSE.txt"), readFileSync(new URL("LICENSE", from)));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await buildPages(process.argv[2]);

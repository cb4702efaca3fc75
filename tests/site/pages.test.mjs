// The pages as they are written: links lead somewhere, formulas are explained, and nothing is there that the policy
// forbids.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { renderPages } from "../../web/site/build.mjs";
import { policy } from "../../web/site/layout.mjs";
import { markdown, render } from "../../web/site/markdown.mjs";

const pages = renderPages();
const all = (html, pattern) => [...html.matchAll(pattern)].map((m) => m[1]);

test("every link to a page of the site, and to a place in it, leads there", () => {
  for (const [name, html] of pages) {
    for (const href of all(html, /<a [^>]*href="([^"]+)"/g)) {
      if (/^https?:/.test(href)) continue;
      const url = new URL(href.replaceAll("&amp;", "&"), `http://site/${name}`);
      const path = url.pathname.slice(1);
      if (path.startsWith("checkpoints/") && existsSync(new URL(`../../web/${path}`, import.meta.url))) continue;
      // Written with the site (web/build.mjs), since it takes the crates.
      if (path === "licences.txt") continue;
      assert.ok(pages.has(path), `${name}: ${href}`);
      const place = url.hash.slice(1);
      if (place) assert.ok(pages.get(path).includes(`id="${place}"`), `${name}: ${href} has no such place`);
    }
  }
});

test("every page carries the policy that servers send, and nothing that it forbids", () => {
  for (const [name, html] of pages) {
    assert.ok(html.includes(`http-equiv="Content-Security-Policy" content="${policy()}"`), name);
    assert.ok(html.indexOf("Content-Security-Policy") < html.indexOf("<link"), `${name}: before anything is fetched`);
    assert.deepEqual(all(html, /(\sstyle="[^"]*")/g), [], name);
    assert.deepEqual(all(html, /(<[^>]*\son[a-z]+=)/g), [], name);
    assert.deepEqual(all(html, /<script(?![^>]*src=)([^>]*)>/g), [], name);
  }
});

test("every chapter leads to its code", () => {
  const chapters = all(pages.get("index.html"), /<ol class="contents">(.*?)<\/ol>/gs)[0];
  const names = all(chapters, /href="([^"]+)"/g);
  assert.ok(names.length >= 9);
  for (const name of names) assert.match(pages.get(name), /<h2>See the code<\/h2>.*href="code\//s, name);
});

test("titles and descriptions are there, and no two pages share one", () => {
  for (const pattern of [/<title>([^<]+)</, /<meta name="description" content="([^"]{20,})"/]) {
    const found = [...pages].map(([name, html]) => pattern.exec(html)?.[1] ?? assert.fail(`${name}: ${pattern}`));
    assert.equal(new Set(found).size, found.length);
  }
});

test("ids are unique, and every symbol of an equation has a button and a gloss", () => {
  for (const [name, html] of pages) {
    const ids = all(html, /\sid="([^"]+)"/g);
    assert.deepEqual(
      ids.filter((id, i) => ids.indexOf(id) !== i),
      [],
      name,
    );
    for (const figure of html.match(/<figure class="equation".*?<\/figure>/gs) ?? []) {
      const glosses = all(figure, /data-gloss="([^"]+)"/g);
      assert.deepEqual(all(figure, /<button type="button" data-term="([^"]+)"/g), glosses, name);
      const formula = /<div class="formula(?: apart)?">(.*?)<\/div>/s.exec(figure)[1];
      for (const term of new Set(all(formula, /data-term="([^"]+)"/g)))
        assert.ok(glosses.includes(term), `${name}: ${term}`);
      for (const gloss of glosses)
        assert.ok(formula.includes(`data-term="${gloss}"`), `${name}: ${gloss} is nowhere in the formula`);
    }
  }
});

test("equations of their own stand on lines of their own, a line that goes on follows the one before", () => {
  const written = (lines) =>
    render(markdown(), `\`\`\`equation\ntitle: t\ntex: ${JSON.stringify(lines)}\nterms: {}\n\`\`\``);
  assert.match(written(["a = b", "c = d"]), /<div class="formula apart">/);
  assert.match(written(["a = b", "{}+ c"]), /<div class="formula">/);
  assert.match(written(["a = b"]), /<div class="formula">/);
});

test("a formula with an error, a symbol without a gloss and a wrong source stop the build", () => {
  const md = markdown();
  assert.throws(() => render(md, "$\\frac{1$"));
  assert.throws(() => render(md, "```equation\ntitle: t\ntex: ['\\term{a}{x}']\nterms: {}\n```"), /no gloss for “a”/);
  assert.match(render(md, "It costs $5 or $6 a piece."), /It costs \$5 or \$6/);
});

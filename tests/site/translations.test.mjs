// The pages in another language than English: all of them, each with what its original has, in the same order.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { renderPages } from "../../web/site/build.mjs";

const pages = renderPages();
const all = (html, pattern) =>
  [...html.matchAll(pattern)].map(([, ...found]) => found.find((part) => part !== undefined));
/** What is said on a page itself, without the way to other chapters. */
const main = (html) => /<main.*<\/main>/s.exec(html)[0].replace(/<ol class="contents">.*?<\/ol>/s, "");
/** The sentences of a page, without tags, formulas, code, titles of papers and what is quoted in another language. */
const blocks = (html) =>
  /<body.*/s
    .exec(html)[0]
    .replace(/<(math|code|pre)\b.*?<\/\1>/gs, " ")
    .replace(/<p [^>]*class="page-of-text".*?<\/p>|<a class="language".*?<\/a>|<li>[^<]*<a href="http.*?<\/li>/gs, " ")
    .split(/<\/?(?:p|h\d|li|dt|dd|td|th|figcaption|div|figure|button|a|nav)\b[^>]*>/)
    .map((text) =>
      text
        .replace(/<[^>]*>/g, " ")
        .replace(/\s+/g, " ")
        .trim(),
    );
/** What is only heard, and what others show of a page. */
const heard = (html) =>
  all(html, /<[^>]* (?:aria-label|alt)="([^"]*)"|<title>([^<]*)|name="description" content="([^"]*)"/g);
const files = readdirSync(new URL("../../web/pages/", import.meta.url));
const english = files.map((name) => /^([a-z]+)\.(?:md|html)$/.exec(name)?.[1]).filter(Boolean);

/** English words that no German sentence has. */
const ENGLISH = /\b(the|of|and|with|from|which|what|is|are|by|each|its|that|for|one|others?|page|step)\b/i;
/** What is called the same in every language. */
const NAMES =
  "Generative Playground|VAE|GAN|GPT|Flows|Diffusion|Text|Attention|Sampling|Shakespeare|(Fashion-)?MNIST \\( \\)";
const SYMBOLS = "epsilon( theta)?|p theta|(log )?pi|beta|[a-zA-Z]|x [ti]";
const SIZES = "[\\d.,]+ [kM]B";
const SAME = new RegExp(`^([^\\p{L}]*|${NAMES}|${SYMBOLS}|${SIZES})$`, "u");

describe("German", () => {
  test("has every page", () => {
    assert.ok(english.length >= 11);
    for (const name of english) assert.ok(pages.has(`${name}.de.html`), name);
  });

  for (const name of english) {
    const [original, german] = [pages.get(`${name}.html`), pages.get(`${name}.de.html`)];
    if (!german) continue;

    test(`${name}: the same headings, figures, formulas, tables and links`, () => {
      assert.match(german, /<html lang="de"/);
      const same = {
        headings: /<(h\d(?: id="[^"]*")?)/g,
        figures: /<figure class="widget" (id="[^"]*")/g,
        elements: /<(generative-[a-z]+(?: [^>]*)?)>/g,
        images: /<img [^>]*(src="[^"]*")/g,
        formulas: /<math[^>]*>(.*?)<\/math>/gs,
        terms: /data-term="([^"]*)"/g,
        glosses: /<div (data-gloss="[^"]*")/g,
        colours: /class="([pq])"/g,
        blocks: /<(p|li|dt|dd|tr|td|th|pre|figcaption)[ >]/g,
        "terms that are introduced": /<(dfn)>/g,
        "code to copy": /<code class="snippet">(.*?)<\/code>/gs,
      };
      // Words within formulas may be translated.
      const bare = (html) => html.replace(/(?<=<mtext>)[^<]*/g, "");
      for (const [what, pattern] of Object.entries(same))
        assert.deepEqual(all(bare(german), pattern), all(bare(original), pattern), what);
      const links = (html) => all(html, /<a [^>]*href="([^"]+)"/g);
      // The same pages, in the language of this one.
      const here = (href) => href.replace(/^([a-z]+)\.html/, "$1.de.html");
      assert.deepEqual(links(main(german)), links(main(original)).map(here));
      for (const href of links(german.replace(/<a class="language"[^>]*>/g, "")))
        assert.doesNotMatch(href, /^[a-z]+\.html/, `${href} leads to the English page`);
      const sources = (html) => all(/<footer.*/s.exec(html)?.[0] ?? "", /href="([^"]+)"/g);
      assert.deepEqual(sources(german), sources(original).map(here), "sources and code");
    });

    if (!["alone", "embed"].includes(name))
      test(`${name}: the way there and back`, () => {
        assert.ok(german.includes(`hreflang="en" href="${name}.html"`));
        assert.ok(original.includes(`hreflang="de" href="${name}.de.html"`));
      });

    test(`${name}: no sentence is left in English`, () => {
      const before = new Set([...blocks(original), ...heard(original)]);
      for (const text of [...blocks(german), ...heard(german)]) {
        assert.doesNotMatch(text, ENGLISH);
        if (!SAME.test(text)) assert.ok(!before.has(text), text);
      }
    });

    test(`${name}: numbers and quotation marks are written as German writes them`, () => {
      const text = blocks(german).join("\n");
      assert.doesNotMatch(text, /\d\.(?!\d{3}(?!\d))\d|(?<!\d)[1-9]\d{0,2},\d{3}(?!\d)/);
      assert.doesNotMatch(text, /[”"]|(^|[\s(])[“']/m, "an English quotation mark");
      const numbers = (html) =>
        blocks(html)
          .join(" ")
          .match(/\d+(?:[.,]\d+)*/g) ?? [];
      const here = numbers(german).map((n) => n.replaceAll(".", "").replace(",", "."));
      const there = numbers(original).map((n) => n.replaceAll(",", ""));
      assert.deepEqual(here.sort(), there.sort());
    });
  }

  test("sources have their notes in German, and authors are followed by “und andere”", () => {
    const footers = [...pages]
      .filter(([name]) => name.endsWith(".de.html"))
      .map(([, html]) => /<footer.*/s.exec(html)?.[0]);
    const sources = parse(readFileSync(new URL("../../web/pages/sources.yaml", import.meta.url), "utf8"));
    for (const [key, source] of Object.entries(sources)) {
      if (typeof source === "string")
        assert.doesNotMatch(source, / \([^()]*\)\.$/, `the note of ${key} is in English only`);
      else assert.deepEqual(Object.keys(source), ["work", "en", "de"], key);
    }
    for (const footer of footers.filter(Boolean)) {
      assert.doesNotMatch(footer, /and others|undefined/);
      for (const note of all(footer, /\(([^()]*)\)\.<\/li>/g)) assert.doesNotMatch(note, ENGLISH);
    }
  });
});

// What pages say to those that ask how to show them: whole addresses, frames of the site alone, and nothing without an
// address.
import assert from "node:assert/strict";
import { test } from "node:test";
import { renderPages } from "../../web/site/build.mjs";
import { address, admitted } from "../../web/site/address.mjs";
import { discover } from "../../web/site/oembed.mjs";

const SITE = "https://models.example/play/";

test("the address of the site is one, or none is given", () => {
  assert.equal(address(""), undefined);
  assert.equal(address("https://models.example/play"), SITE);
  for (const text of ["models.example", "ftp://a/", "https://a/?b", "javascript:1"])
    assert.throws(() => address(text), /GP_SITE/, text);
});

test("the policy of a frame names the site beside itself, and nobody else", () => {
  const html = renderPages().get("embed.html");
  const [before, after] = [html, admitted(html, SITE)].map(
    (page) => /Security-Policy" content="([^"]*)"/.exec(page)[1],
  );
  assert.ok(before.includes("script-src 'self' 'wasm-unsafe-eval'"));
  assert.ok(after.includes("script-src 'self' https://models.example 'wasm-unsafe-eval'"));
  assert.equal(after.replaceAll(" https://models.example", ""), before);
});

test("every page with a figure names a file that shows it in a frame", async () => {
  const pages = renderPages();
  const written = new Map();
  const files = { of: (name) => `${name}?hash`, plain: (name, text) => written.set(name, JSON.parse(text)) };
  await discover(pages, files, SITE);
  let named = 0;
  for (const [name, html] of pages) {
    const [, href, title] = /<link [^>]*json\+oembed" href="([^"]*)" title="([^"]*)"/.exec(html) ?? [];
    if (!href) {
      assert.ok(!html.includes("<generative-"), `${name} has a figure and no oEmbed`);
      continue;
    }
    named++;
    assert.ok(href.startsWith(SITE) && title);
    const answer = written.get(href.slice(SITE.length));
    assert.ok(answer, `${name} names ${href}, which nobody wrote`);
    assert.deepEqual([answer.version, answer.type], ["1.0", "rich"]);
    assert.ok(Number.isInteger(answer.width) && Number.isInteger(answer.height));
    const [, src] = /^<iframe src="([^"]+)"[^>]*><\/iframe>$/.exec(answer.html) ?? assert.fail(answer.html);
    const url = new URL(src.replaceAll("&amp;", "&"));
    assert.match(url.href, /^https:\/\/models\.example\/play\/embed(\.de)?\.html\?/);
    assert.equal(url.pathname.includes(".de."), name.includes(".de."), name);
    assert.ok(answer.html.includes(`width="${answer.width}" height="${answer.height}"`));
    if (answer.thumbnail_url) assert.ok(answer.thumbnail_url.startsWith(SITE) && answer.thumbnail_width > 0);
  }
  assert.ok(named > 15, `${named} pages`);
  assert.ok(written.has("oembed.json") && written.get("oembed.json").thumbnail_url);
});

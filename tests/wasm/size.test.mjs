// What a post loads before a widget of it is near or touched.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { built } from "../../web/site/files.mjs";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const names = built();
const code = (name) => readFileSync(join(dist, name), "utf8");

/** A script and all that it imports before it runs, which is written `from"./name"` or `import"./name"`. */
function withImports(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, needed] of code(name).matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) withImports(needed, found);
  return found;
}

test("the script of a post has at most 40 KB before a widget is near (brotli)", (t) => {
  const files = ["element.js", ...withImports(names["generative-model.js"])];
  const sizes = files.map((name) => [name, brotliCompressSync(readFileSync(join(dist, name))).length]);
  const all = sizes.reduce((sum, [, size]) => sum + size, 0);
  t.diagnostic(sizes.map(([name, size]) => `${name}: ${size}`).join(", "));
  assert.ok(all <= 40_000, `${all} bytes`);
  // All of what they do at work is elsewhere.
  assert.ok(files.length >= 3 && !files.includes(names["model.js"]) && !files.includes(names["shared.js"]), files);
});

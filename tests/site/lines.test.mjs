// What Prettier leaves long: no line of the page or of its tests is over 120 characters, no file over 400 lines.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const ENDINGS = { web: /\.(ts|css|mjs)$/, tests: /\.mjs$/, benches: /\.mjs$/ };
/** Written by a test of Rust, which gives every type a line, and by benches/heights.mjs, every view eight. */
const GENERATED = ["web/client/protocol.ts", "web/element/reserve.css"];

async function sources() {
  const found = await Promise.all(
    Object.entries(ENDINGS).map(async ([folder, ending]) => {
      const all = await readdir(new URL(folder, root), { recursive: true });
      return all.filter((file) => ending.test(file)).map((file) => `${folder}/${file}`);
    }),
  );
  return found.flat().filter((file) => !GENERATED.includes(file) && !file.includes("node_modules"));
}

test("no line is over 120 characters, and no file over 400 lines", async () => {
  const files = await sources();
  assert.ok(files.length > 150, `${files.length} files`);
  const wrong = [];
  for (const file of files) {
    const lines = (await readFile(new URL(file, root), "utf8")).trimEnd().split("\n");
    if (lines.length > 400) wrong.push(`${file} has ${lines.length} lines`);
    // In characters: an umlaut is one.
    for (const [i, line] of lines.entries()) {
      const { length } = [...line];
      if (length > 120) wrong.push(`${file}:${i + 1} has ${length} characters`);
    }
  }
  assert.deepEqual(wrong, []);
});

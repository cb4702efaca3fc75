// A poster is of the checkpoint that the site ships.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { drawn, hashOf } from "../../web/posters.mjs";

const { models } = JSON.parse(readFileSync(new URL("../../web/checkpoints/manifest.json", import.meta.url), "utf8"));
const notes = drawn();

test("each poster is noted, is the file that was drawn, and of its model's checkpoint as it is now", () => {
  const files = readdirSync(new URL("../../web/posters", import.meta.url)).filter((name) => name !== "drawn.json");
  assert.deepEqual(files.sort(), Object.keys(notes).sort(), "node web/posters.mjs draws and notes them");
  for (const [name, { checkpoint, sha256 }] of Object.entries(notes)) {
    const model = models.find(({ id }) => id === name.replace(/\.\w+$/, ""));
    assert.equal(checkpoint, model?.sha256, `${name} is of an older checkpoint: node web/posters.mjs draws it anew`);
    assert.equal(hashOf(name), sha256, `${name} is not the file that was drawn`);
  }
});

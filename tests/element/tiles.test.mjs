// Tiles of an image view: frames of clips, cut out of their sheet and given walls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";

const { tiles, edged } = await load("web/element/render/tiles.ts");

/** Three columns and two rows of tiles of 2 × 1 pixels; a pixel's red is its tile, its green its place in it. */
const [columns, rows] = [3, 2];
const width = 2 * columns;
const sheet = { kind: "image", width, height: rows, columns, rows, rgba: new Uint8Array(4 * width * rows) };
for (let i = 0; i < width * rows; i++) {
  const tile = Math.floor(i / width) * columns + Math.floor((i % width) / 2);
  sheet.rgba.set([tile, i % 2, 7, 255], 4 * i);
}
const reds = ({ rgba }) => Array.from(rgba).filter((_, i) => i % 4 === 0);

test("the frames of a moment are a column of the sheet", () => {
  const cut = tiles(sheet, [1, 4]);
  assert.deepEqual([cut.width, cut.height, cut.columns, cut.rows], [4, 1, 2, 1]);
  assert.deepEqual(reds(cut), [1, 1, 4, 4]);
  assert.deepEqual(
    Array.from(cut.rgba).filter((_, i) => i % 4 === 1),
    [0, 1, 0, 1],
  );
});

test("walls stand around each tile and cover nothing of it", () => {
  const walled = edged(tiles(sheet, [5, 2]), 99);
  assert.deepEqual([walled.width, walled.height, walled.columns], [8, 3, 2]);
  const edge = Array(4).fill(99);
  assert.deepEqual(reds(walled), [...edge, ...edge, 99, 5, 5, 99, 99, 2, 2, 99, ...edge, ...edge]);
});

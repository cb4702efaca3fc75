// What the first bytes of a file say: formats, sizes, and nothing that could be thrown by damage.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";

const { formatOf } = await load("web/element/pictures/format.ts");
const { chosen } = await load("web/element/pictures/collect.ts");

const ascii = (text) => [...Buffer.from(text, "latin1")];
const be = (n, bytes) => Array.from({ length: bytes }, (_, i) => (n >>> (8 * (bytes - 1 - i))) & 255);
const le = (n, bytes) => be(n, bytes).reverse();
const none = (n) => Array(n).fill(0);

/** Files of 640 × 480 as their specifications have them. */
const FILES = {
  png: [...ascii("\x89PNG\r\n\x1a\n"), ...be(13, 4), ...ascii("IHDR"), ...be(640, 4), ...be(480, 4)],
  gif: [...ascii("GIF89a"), ...le(640, 2), ...le(480, 2)],
  // From the bottom up, and from the top down, where the height is negative.
  bmp: [...ascii("BM"), ...none(12), ...le(40, 4), ...le(640, 4), ...le(480, 4)],
  "bmp upside down": [...ascii("BM"), ...none(12), ...le(40, 4), ...le(640, 4), ...le(-480, 4)],
  "webp lossy": [...ascii("RIFF    WEBPVP8 "), ...none(4), ...none(3), 0x9d, 0x01, 0x2a, ...le(640, 2), ...le(480, 2)],
  "webp lossless": [...ascii("RIFF    WEBPVP8L"), ...none(4), 0x2f, ...le(639 + 479 * 2 ** 14, 4), ...none(8)],
  "webp extended": [...ascii("RIFF    WEBPVP8X"), ...none(8), ...le(639, 3), ...le(479, 3)],
  // EXIF, a filler, a table, and then a progressive frame.
  jpeg: [
    ...[0xff, 0xd8, 0xff, 0xe1, ...be(12, 2), ...none(10), 0xff, 0xff, 0xc4, ...be(4, 2), 0, 0],
    ...[0xff, 0xc2, ...be(17, 2), 8, ...be(480, 2), ...be(640, 2), ...none(12)],
  ],
};

test("sizes are read without decoding", () => {
  for (const [name, bytes] of Object.entries(FILES))
    assert.deepEqual(formatOf(Uint8Array.from(bytes)), { kind: name.split(" ")[0], width: 640, height: 480 }, name);
  const svg = '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg">';
  assert.equal(formatOf(Uint8Array.from(ascii(svg))).kind, "svg");
  assert.equal(formatOf(Uint8Array.from([...be(28, 4), ...ascii("ftypavif")])).kind, "other");
  for (const text of ["", "a text", "<html><svg></svg></html>", "PK\x03\x04", "%PDF-1.7"])
    assert.equal(formatOf(Uint8Array.from(ascii(text))), undefined, text);
});

test("damaged files never throw", () => {
  let seed = 1;
  const random = (n) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % n;
  const all = Object.values(FILES);
  for (let i = 0; i < 20_000; i++) {
    const bytes = [...all[i % all.length], ...Array.from({ length: random(60) }, () => random(256))];
    for (let n = random(4); n > 0; n--) bytes[random(bytes.length)] = random(256);
    // Also as a part of something larger, beyond which nothing may be read.
    const whole = Uint8Array.from([7, ...bytes]);
    formatOf(whole.subarray(1, 1 + random(bytes.length + 1)));
  }
});

test("a file belongs to the folder that it lies in; what systems leave there is no picture", () => {
  const file = (path) => ({ name: path.split("/").at(-1), webkitRelativePath: path.includes("/") ? path : "" });
  const found = chosen(["all/cats/1.png", "all/2.png", "3.png", "all/.DS_Store", "all/Thumbs.db"].map(file), "mine");
  assert.deepEqual(
    found.map((item) => [item.file.name, item.label]),
    [
      ["1.png", "cats"],
      ["2.png", "all"],
      ["3.png", "mine"],
    ],
  );
});

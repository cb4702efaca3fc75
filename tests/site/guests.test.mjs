// The converters of models of elsewhere: what they make of tiny ones are the files that tests/opened.rs and
// tests/encoder.rs open.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { quantise } from "../../recipes/open/gguf.mjs";
import { encoder } from "../../recipes/open/minilm.mjs";
import { gguf, tokens } from "../../recipes/open/tinystories.mjs";

const file = (name) => readFile(new URL(`../reference/opened/${name}`, import.meta.url));

test("a checkpoint of llama2.c becomes GGUF at eight bits", async () => {
  const data = await file("llama2c.bin");
  const [width, hidden, layers, heads, kvHeads, vocabulary, context] = new Int32Array(data.buffer.slice(0, 28));
  const each = 2 * width + 2 * width ** 2 + (2 * kvHeads * width ** 2) / heads + 3 * hidden * width;
  const end = 28 + 4 * (vocabulary * width + layers * each + width + (context * width) / heads);
  assert.deepEqual(gguf(data, end), await file("stories.gguf"));
});

test("tokens of bytes have the names that GGUF has for them, and a comma is none of them", () => {
  const letters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  const pieces = ["<unk>", "<s>", "</s>", ...letters, ",", "ü"];
  const bytes = pieces.map((piece) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(Buffer.byteLength(piece), 4);
    return Buffer.concat([head, Buffer.from(piece)]);
  });
  const { texts, types } = tokens(Buffer.concat([Buffer.alloc(4), ...bytes]), pieces.length);
  const read = (text) => text.subarray(8).toString();
  assert.deepEqual(texts.slice(47, 49).map(read), ["<0x2C>", "<0x2D>"]);
  assert.deepEqual(texts.slice(258).map(read), ["<0xFF>", ",", "ü"]);
  assert.equal(new Set(texts.map(read)).size, texts.length, "no text is that of two tokens");
  assert.deepEqual(
    [2, 3, 258, 259].map((id) => types[id].readUInt32LE()),
    [3, 6, 6, 1],
  );
});

test("a sentence encoder in safetensors becomes GGUF at eight bits", async () => {
  const tar = await file("encoder.tar");
  const files = {};
  for (let head = 0; tar[head];) {
    const name = tar.toString("latin1", head, head + 100).replace(/\0.*/s, "");
    const size = parseInt(tar.toString("latin1", head + 124, head + 135), 8);
    files[name] = tar.subarray(head + 512, head + 512 + size);
    head += 512 + Math.ceil(size / 512) * 512;
  }
  const names = ["model.safetensors", "tokenizer.json", "config.json"];
  assert.deepEqual(encoder(...names.map((name) => files[name]), "tiny-encoder"), await file("encoder.gguf"));
});

test("no number is off by more than half a step of its block", () => {
  const numbers = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i * i) * (i < 32 ? 3 : 0.01));
  const bytes = quantise(numbers);
  numbers.forEach((x, i) => {
    const at = 34 * Math.floor(i / 32);
    const h = bytes.readUInt16LE(at);
    const scale = h >> 10 ? (1 + (h & 1023) / 1024) * 2 ** ((h >> 10) - 15) : (h & 1023) * 2 ** -24;
    const off = Math.abs(x - scale * bytes.readInt8(at + 2 + (i % 32)));
    // The scale itself is rounded to 11 bits, or, of tiny ones, to steps of 2⁻²⁴.
    assert.ok(off <= scale * (0.5 + 127 / 2048) + 127 * 2 ** -25, `${x} is off by ${off}`);
  });
});

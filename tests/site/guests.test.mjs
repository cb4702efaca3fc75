// The converter of the model of stories: what it makes of a tiny checkpoint is the file that tests/opened.rs opens.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { gguf, quantise } from "../../recipes/open/tinystories.mjs";

const file = (name) => readFile(new URL(`../reference/opened/${name}`, import.meta.url));

test("a checkpoint of llama2.c becomes GGUF at eight bits", async () => {
  const data = await file("llama2c.bin");
  const [width, hidden, layers, heads, kvHeads, vocabulary, context] = new Int32Array(data.buffer.slice(0, 28));
  const each = 2 * width + 2 * width ** 2 + (2 * kvHeads * width ** 2) / heads + 3 * hidden * width;
  const end = 28 + 4 * (vocabulary * width + layers * each + width + (context * width) / heads);
  assert.deepEqual(gguf(data, end), await file("stories.gguf"));
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

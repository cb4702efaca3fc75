// Models as text: the way there and back, half precision beside its definition, and what is none or far too large.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { load } from "../../web/readme.mjs";

const { pack, unpack, isPacked, PACKED } = await load("web/client/packed.ts");
const { half, halved } = await load("web/client/half.ts");
const checkpoint = new Uint8Array(await readFile(new URL("../corpus/valid-single.safetensors", import.meta.url)));

/** What sixteen bits stand for, by the definition. */
const value = (bits) => {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14);
};

test("half precision is the nearest there is, and of two the even one", () => {
  for (let bits = 0; bits < 0x7c00; bits++) {
    assert.equal(half(value(bits)), bits);
    assert.equal(half(-value(bits)), bits | 0x8000);
    if (bits + 1 === 0x7c00) continue;
    const [below, above] = [value(bits), value(bits + 1)];
    const middle = (below + above) / 2;
    assert.equal(half(middle), bits % 2 ? bits + 1 : bits, `between ${below} and ${above}`);
    assert.equal(half(middle - (above - below) / 1024), bits);
    assert.equal(half(middle + (above - below) / 1024), bits + 1);
  }
  assert.equal(half(65_519.9), 0x7bff);
  assert.equal(half(1e9), 0x7c00);
  assert.ok(Number.isNaN(value(half(NaN))));
});

test("a checkpoint in half precision has the same names, shapes and, nearly, numbers", () => {
  const parts = (file) => {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const start = 8 + Number(view.getBigUint64(0, true));
    return { start, view, header: JSON.parse(new TextDecoder().decode(file.subarray(8, start))) };
  };
  const [before, after] = [checkpoint, halved(checkpoint)].map(parts);
  assert.deepEqual(after.header.__metadata__, before.header.__metadata__);
  assert.equal(after.start % 8, 0);
  const names = Object.keys(before.header).filter((name) => name !== "__metadata__");
  let [end, all] = [0, 0];
  for (const name of names.sort((a, b) => before.header[a].data_offsets[0] - before.header[b].data_offsets[0])) {
    const [from, to] = [before.header[name], after.header[name]];
    assert.deepEqual([to.shape, to.dtype, to.data_offsets[0]], [from.shape, "F16", end]);
    end = to.data_offsets[1];
    for (let i = 0; i < (end - to.data_offsets[0]) / 2; i++, all++) {
      const single = before.view.getFloat32(before.start + from.data_offsets[0] + 4 * i, true);
      const there = value(after.view.getUint16(after.start + to.data_offsets[0] + 2 * i, true));
      assert.ok(Math.abs(there - single) <= Math.abs(single) / 2048 + 2 ** -25, `${name}: ${single} became ${there}`);
    }
  }
  assert.ok(all > 50);
  assert.equal(halved(checkpoint).length, after.start + end);
  // What is in half precision already stays as it is.
  assert.equal(halved(halved(checkpoint)).length, halved(checkpoint).length);
});

test("there and back, and nothing in it that an address would have to escape", async () => {
  for (const bytes of [checkpoint, new Uint8Array([0]), new Uint8Array(100_000).map((_, i) => (i * i) >> 3)]) {
    const text = await pack(bytes);
    assert.match(text, /^[\w-]+$/);
    assert.deepEqual(await unpack(PACKED + text), bytes);
  }
});

test("bombs, nonsense and what was cut off end in an error with a code", async () => {
  const text = await pack(checkpoint);
  const bomb = gzipSync(new Uint8Array(64 << 20)).toString("base64url");
  assert.ok(bomb.length < 100_000, "64 MiB of nothing in a short text");
  const wrong = {
    "checkpoint-too-large": [PACKED + bomb, PACKED + "A".repeat(5 << 20)],
    "checkpoint-parse": [
      ...[PACKED, `${PACKED}A`, `${PACKED}!`, `${PACKED}AAAA`, PACKED + text.slice(0, -40), `${PACKED}${text}%00`],
      ...["data:", "data:,x", "data:text/html,<script>alert(1)</script>", `data:text/plain;base64,${text}`],
      PACKED + text.slice(0, 100) + "AAAA" + text.slice(104),
      PACKED + gzipSync(checkpoint).subarray(0, -4).toString("base64url"),
    ],
  };
  for (const [code, all] of Object.entries(wrong))
    for (const address of all)
      await assert.rejects(unpack(address), (e) => {
        assert.equal(e.code, code, address.slice(0, 100));
        assert.ok(e.message && e.hint);
        return true;
      });
  await assert.rejects(unpack(PACKED + text, AbortSignal.abort()), (e) => e.code === "cancelled");
});

test("an address is a model itself, whatever its letters, or is not", () => {
  for (const address of ["data:x", "DATA:x", " data:x"]) assert.ok(isPacked(address), address);
  for (const address of ["https://a/data:x", "data.safetensors", "", "model"]) assert.ok(!isPacked(address), address);
});

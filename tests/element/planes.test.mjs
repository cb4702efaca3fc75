// Checkpoints on their way: the way there and back, what it gains, and what was damaged or never ends.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { load } from "../../web/readme.mjs";
import { planesOf } from "../../web/site/planes.mjs";

const { fromPlanes } = await load("web/client/planes.ts");
const folder = new URL("../../web/checkpoints/", import.meta.url);
const shipped = readdirSync(folder).filter((name) => name.endsWith(".safetensors"));
const bytesOf = (name) => readFileSync(new URL(name, folder));

test("every shipped checkpoint comes back as it was, and is a tenth smaller at least", async () => {
  assert.ok(shipped.length >= 15);
  for (const name of shipped) {
    const bytes = bytesOf(name);
    const packed = planesOf(bytes);
    assert.ok(packed.length < 0.9 * bytes.length, `${name}: ${packed.length} of ${bytes.length}`);
    assert.ok(bytes.equals(await fromPlanes(packed, bytes.length)), name);
  }
});

test("first bytes come first, then second ones", () => {
  const header = Buffer.from(JSON.stringify({ a: { dtype: "F16", shape: [3], data_offsets: [0, 6] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = Buffer.concat([length, header, Buffer.from([1, 2, 3, 4, 5, 6])]);
  assert.deepEqual([...gunzipSync(planesOf(file)).subarray(-6)], [1, 3, 5, 2, 4, 6]);
  const whole = Buffer.from(file.toString("latin1").replace("F16", "F32"), "latin1");
  assert.equal(planesOf(whole), undefined, "numbers of another kind");
});

test("what was damaged or never ends is refused, and nothing is made of more bytes than promised", async () => {
  const bytes = bytesOf("pixelrnn-mnist.safetensors");
  const packed = planesOf(bytes);
  const far = Buffer.from(gunzipSync(packed));
  far.writeUInt32LE(0xffffffff, 0);
  for (const [wrong, size] of [
    [packed.subarray(0, packed.length >> 1), bytes.length],
    [Buffer.from("nothing of the kind"), bytes.length],
    [Buffer.alloc(0), bytes.length],
    [packed, bytes.length - 2],
    [packed, bytes.length + 2],
    [packed, 4],
    [gzipSync(Buffer.alloc(64 << 20)), bytes.length],
    [gzipSync(far), bytes.length],
    [gzipSync(Buffer.alloc(7)), 7],
  ])
    await assert.rejects(fromPlanes(wrong, size), { code: "fetch-failed" });
});

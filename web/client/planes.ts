/**
 * A shipped checkpoint on its way. Of numbers in half precision the first bytes (sign, exponent, two bits of the
 * fraction) are alike, the second ones are not: all of the first and then all of the second, packed by gzip, is an
 * eighth smaller, and servers do not pack such files themselves. web/site/planes.mjs does it; here it is undone.
 */
import { problem } from "./errors";

const damaged = () =>
  problem("fetch-failed", "The model did not arrive as it was sent.", "Check the connection, then try again.");

/** The bytes as they were, `size` of them; nothing is unpacked further. */
export async function fromPlanes(packed: Uint8Array, size: number): Promise<Uint8Array> {
  const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  const all = new Uint8Array(size);
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw damaged();
    });
    if (done) break;
    if (at + value.length > size) {
      void reader.cancel().catch(() => undefined);
      throw damaged();
    }
    all.set(value, at);
    at += value.length;
  }
  if (at !== size || size < 8) throw damaged();
  // A safetensors file begins with the length of its header.
  const head = 8 + new DataView(all.buffer).getUint32(0, true);
  const half = (size - head) >> 1;
  if (head > size || head + 2 * half !== size) throw damaged();
  const made = new Uint8Array(size);
  made.set(all.subarray(0, head));
  for (let i = 0, to = head; i < half; i++) {
    made[to++] = all[head + i] ?? 0;
    made[to++] = all[head + half + i] ?? 0;
  }
  return made;
}

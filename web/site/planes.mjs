// Checkpoints as the site sends them (web/client/planes.ts undoes it).
import { gzipSync } from "node:zlib";

/** Where the numbers of a safetensors file begin. */
const headOf = (bytes) => 8 + Number(bytes.readBigUInt64LE(0));

/** A checkpoint in half precision: its header, all first bytes, all second bytes; packed. Nothing for another file. */
export function planesOf(bytes) {
  const head = headOf(bytes);
  const { __metadata__, ...tensors } = JSON.parse(bytes.subarray(8, head).toString());
  if (Object.values(tensors).some(({ dtype }) => dtype !== "F16")) return undefined;
  const half = (bytes.length - head) / 2;
  const planes = Buffer.from(bytes);
  for (let i = 0; i < half; i++) {
    planes[head + i] = bytes[head + 2 * i];
    planes[head + half + i] = bytes[head + 2 * i + 1];
  }
  return gzipSync(planes, { level: 9 });
}

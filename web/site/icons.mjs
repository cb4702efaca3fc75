// The icons of the site as an app, drawn here: two discs, one over the other, as in the mark of the pages.
import { deflateSync } from "node:zlib";

const PAPER = [255, 255, 255];
/** Centre and radius in parts of the picture, colour, opacity. */
const DISCS = [
  [0.375, 0.5, 0.3125, [42, 75, 203], 1],
  [0.625, 0.5, 0.3125, [226, 87, 59], 0.85],
];
/** Points of a pixel along each side that are looked at. */
const FINE = 4;

const table = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc = (bytes) => ~bytes.reduce((c, b) => table[(c ^ b) & 255] ^ (c >>> 8), ~0) >>> 0;

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = [Buffer.alloc(4), Buffer.alloc(4)];
  ends[0].writeUInt32BE(data.length);
  ends[1].writeUInt32BE(crc(body));
  return Buffer.concat([ends[0], body, ends[1]]);
}

/** A square picture as PNG; with a margin for systems that cut a shape of their own out of it. */
export function icon(size, { maskable = false } = {}) {
  const scale = maskable ? 0.8 : 1;
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const sum = [0, 0, 0, 0];
      for (let i = 0; i < FINE * FINE; i++) {
        const at = [x + ((i % FINE) + 0.5) / FINE, y + (Math.floor(i / FINE) + 0.5) / FINE];
        const [u, v] = at.map((p) => (p / size - 0.5) / scale + 0.5);
        let [color, alpha] = [PAPER, maskable ? 1 : 0];
        for (const [cx, cy, r, ink, opacity] of DISCS) {
          if (Math.hypot(u - cx, v - cy) > r) continue;
          const all = opacity + alpha * (1 - opacity);
          color = color.map((c, k) => (ink[k] * opacity + c * alpha * (1 - opacity)) / all);
          alpha = all;
        }
        for (let k = 0; k < 3; k++) sum[k] += color[k] * alpha;
        sum[3] += alpha;
      }
      const to = y * (1 + size * 4) + 1 + x * 4;
      for (let k = 0; k < 3; k++) rows[to + k] = sum[3] ? Math.round(sum[k] / sum[3]) : 0;
      rows[to + 3] = Math.round((sum[3] / (FINE * FINE)) * 255);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8); // Eight bits, RGBA.
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), ...parts]);
}

// The U-Net once more, plainly and in double precision, for the peers to be compared with.
import { BATCH, EPSILON, GROUPS, HEADS, SIDE, WIDTHS, given, unet, weights } from "./model.js";

/** Images as `{ side, channels }`, a list of numbers for each channel. */
function operations(p) {
  const parameter = (name) => [p[`${name}_w`].values, p[`${name}_b`].values];
  const dense = (v, name) => {
    const [w, b] = parameter(name);
    return Array.from(b, (bias, j) => v.reduce((sum, value, i) => sum + value * w[i * b.length + j], bias));
  };
  const each = (x, f) => ({ ...x, channels: x.channels.map((values, c) => values.map((v, i) => f(v, c, i))) });
  return {
    dense,
    has: (name) => `${name}_w` in p,
    conv({ side, channels }, name, stride) {
      const [w, b] = parameter(name);
      const to = side / stride;
      const out = Array.from(b, (bias) => new Float64Array(to * to).fill(bias));
      for (let k = 0; k < 9; k++) {
        for (let i = 0; i < to * to; i++) {
          const row = Math.floor(i / to) * stride + Math.floor(k / 3) - 1;
          const column = (i % to) * stride + (k % 3) - 1;
          if (row < 0 || row >= side || column < 0 || column >= side) continue;
          channels.forEach((values, c) => {
            const at = (k * channels.length + c) * b.length;
            for (let o = 0; o < b.length; o++) out[o][i] += w[at + o] * values[row * side + column];
          });
        }
      }
      return { side: to, channels: out };
    },
    point({ side, channels }, name) {
      const pixels = channels[0].map((_, i) => i);
      const columns = Array.from(pixels, (i) => dense(channels.map((values) => values[i]), name));
      return { side, channels: columns[0].map((_, o) => Float64Array.from(columns, (column) => column[o])) };
    },
    norm(x, name) {
      const [gain, bias] = parameter(name);
      const size = x.channels.length / GROUPS;
      const groups = Array.from({ length: GROUPS }, (_, g) => {
        const all = x.channels.slice(g * size, (g + 1) * size).flatMap((values) => [...values]);
        const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
        return [mean, Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length + EPSILON)];
      });
      return each(x, (v, c) => {
        const [mean, deviation] = groups[Math.floor(c / size)];
        return ((v - mean) / deviation) * gain[c] + bias[c];
      });
    },
    silu: (x) => (Array.isArray(x) ? x.map((v) => v / (1 + Math.exp(-v))) : each(x, (v) => v / (1 + Math.exp(-v)))),
    add: (x, y) => each(x, (v, c, i) => v + y.channels[c][i]),
    shift: (x, by) => each(x, (v, c) => v + by[c]),
    join: (x, y) => ({ ...x, channels: [...x.channels, ...y.channels] }),
    larger: ({ side, channels }) => ({
      side: 2 * side,
      channels: channels.map((values) =>
        Float64Array.from({ length: 4 * side * side }, (_, i) => values[(i >> 1) % side + side * Math.floor(i / (4 * side))])),
    }),
    attend({ side, channels }) {
      const width = channels.length / 3;
      const size = width / HEADS;
      const mixed = Array.from({ length: width }, () => new Float64Array(side * side));
      for (let from = 0; from < width; from += size) {
        const part = (which) => channels.slice(which * width + from, which * width + from + size);
        const [q, k, v] = [part(0), part(1), part(2)];
        for (let s = 0; s < side * side; s++) {
          const scores = Float64Array.from(q[0], (_, t) => Math.exp(q.reduce((sum, _, d) => sum + q[d][s] * k[d][t], 0) / Math.sqrt(size)));
          const total = scores.reduce((sum, score) => sum + score, 0);
          for (let d = 0; d < size; d++) mixed[from + d][s] = v[d].reduce((sum, value, t) => sum + (value * scores[t]) / total, 0);
        }
      }
      return { side, channels: mixed };
    },
  };
}

/** Throws unless `denoise`, with the weights `weights({ zeros: false })`, finds the noise that a plain pass finds. */
export async function check(denoise) {
  const o = operations(weights({ zeros: false }));
  const { x, time } = given();
  const found = await denoise();
  const size = SIDE ** 2;
  for (const n of [0, BATCH - 1]) {
    const image = { side: SIDE, channels: [Float64Array.from(x.subarray(n * size, (n + 1) * size))] };
    const [expected] = unet(o, image, Array.from(time.subarray(n * WIDTHS[0], (n + 1) * WIDTHS[0]))).channels;
    const off = Math.max(...expected.map((v, i) => Math.abs(v - found[n * size + i])));
    const most = Math.max(...expected.map(Math.abs));
    if (!(found.length === BATCH * size && off < 1e-3 && most > 0.1)) throw new Error(`the noise in image ${n} is off by ${off}, of up to ${most}`);
  }
}

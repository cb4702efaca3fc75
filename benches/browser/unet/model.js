// The U-Net of denoising diffusion: its numbers, its data, its weights, its graph.
import { flat, linear, random } from "../measure.js";
import { images } from "../mnist.js";

export const SIDE = 28;
export const WIDTHS = [32, 64, 64];
export const TIME = 4 * WIDTHS[0];
export const GROUPS = 8;
export const HEADS = 4;
export const EPSILON = 1e-5;
export const BATCH = 16;
export const RATE = 1e-3;
/** Numbers of a batch of images. */
export const PIXELS = BATCH * SIDE ** 2;

/** Sines and cosines of times in [0, 1], `[times, WIDTHS[0]]`. */
export function embedding(times) {
  const half = WIDTHS[0] / 2;
  return Float32Array.from({ length: times.length * WIDTHS[0] }, (_, i) => {
    const column = i % WIDTHS[0];
    const angle = times[Math.floor(i / WIDTHS[0])] * 1000 * 10_000 ** (-(column % half) / half);
    return column < half ? Math.sin(angle) : Math.cos(angle);
  });
}

/** Batches of noised images `x`, the noise in them, and their times as `embedding` gives them. */
export async function batches(count = 64) {
  const { grey, count: many } = await images();
  const draw = random(1);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  return Array.from({ length: count }, (_, b) => {
    const times = Array.from({ length: BATCH }, draw);
    const noise = Float32Array.from({ length: PIXELS }, gaussian);
    const x = noise.map((epsilon, i) => {
      const image = Math.floor(i / SIDE ** 2);
      const clean = (grey[((b * BATCH) % many) * SIDE ** 2 + i] / 15) * 2 - 1;
      const angle = (times[image] * Math.PI) / 2; // ᾱ = cos²
      return Math.cos(angle) * clean + Math.sin(angle) * epsilon;
    });
    return { x, noise, time: embedding(times) };
  });
}

/** A batch to denoise, the same for all. */
export function given() {
  const draw = random(3);
  return {
    x: Float32Array.from({ length: PIXELS }, () => (draw() + draw() + draw() - 1.5) * 2),
    time: embedding(Array.from({ length: BATCH }, draw)),
  };
}

/**
 * Weights by the names that `unet` asks for: of a 3 × 3 convolution [3, 3, in, out], else [in, out].
 * Those that begin at zero, so that the loss begins at the noise's variance, do so unless told `zeros: false`.
 */
export function weights({ zeros = true } = {}) {
  const draw = random(2);
  const layers = {};
  const dense = (name, inputs, outputs, gain = 1) => (layers[name] = linear(inputs, outputs, gain, draw));
  const zero = zeros ? 0 : 1;
  const conv = (name, inputs, outputs, gain = 1) => {
    const { w, b } = linear(9 * inputs, outputs, gain, draw);
    layers[name] = { w: { ...w, shape: [3, 3, inputs, outputs] }, b };
  };
  const norm = (name, width) => (layers[name] = {
    w: { shape: [width], values: new Float32Array(width).fill(1) },
    b: { shape: [width], values: new Float32Array(width) },
  });
  const block = (name, inputs, outputs) => {
    norm(`${name}_norm1`, inputs);
    conv(`${name}_conv1`, inputs, outputs);
    dense(`${name}_time`, TIME, outputs);
    norm(`${name}_norm2`, outputs);
    conv(`${name}_conv2`, outputs, outputs, zero);
    if (inputs !== outputs) dense(`${name}_skip`, inputs, outputs);
  };
  dense("time1", WIDTHS[0], TIME);
  dense("time2", TIME, TIME);
  conv("first", 1, WIDTHS[0]);
  let width = WIDTHS[0];
  WIDTHS.forEach((next, i) => {
    block(`down${i}`, width, next);
    if (i < WIDTHS.length - 1) conv(`smaller${i}`, next, next);
    width = next;
  });
  block("middle1", width, width);
  norm("attention_norm", width);
  dense("attention_qkv", width, 3 * width);
  dense("attention_out", width, width, zero);
  block("middle2", width, width);
  for (let i = WIDTHS.length - 1; i >= 0; i--) {
    block(`up${i}`, width + WIDTHS[i], WIDTHS[i]);
    width = WIDTHS[i];
    if (i > 0) conv(`larger${i}`, width, width);
  }
  norm("last_norm", width);
  conv("last", width, 1, zero);
  // What is 1 or 0 at first could be mixed up unseen.
  if (!zeros) for (const { b } of Object.values(layers)) b.values = b.values.map(() => draw() * 0.2 - 0.1);
  if (!zeros) for (const [name, { w }] of Object.entries(layers)) if (name.includes("norm")) w.values = w.values.map(() => 0.8 + draw() * 0.4);
  return flat(layers);
}

/**
 * The noise in images `x` at embedded times, written once, with a library's operations `o`:
 * `dense(v, name)`, `conv(x, name, stride)`, `point(x, name)` (1 × 1), `norm(x, name)`, `silu(x)`, `add(x, y)`,
 * `shift(x, v)` (a number for each image and channel), `join(x, y)`, `larger(x)` (twice the side),
 * `attend(qkv)` and `has(name)`; where references are counted, `again(x)` gives one more and `done(x)` takes one.
 */
export function unet(o, x, embedded) {
  const { again = (x) => x, done = () => {} } = o;
  const time = o.silu(o.dense(o.silu(o.dense(embedded, "time1")), "time2"));
  const block = (x, name) => {
    let h = o.conv(o.silu(o.norm(again(x), `${name}_norm1`)), `${name}_conv1`, 1);
    h = o.shift(h, o.dense(again(time), `${name}_time`));
    h = o.conv(o.silu(o.norm(h, `${name}_norm2`)), `${name}_conv2`, 1);
    return o.add(h, o.has(`${name}_skip`) ? o.point(x, `${name}_skip`) : x);
  };
  let h = o.conv(x, "first", 1);
  const skips = WIDTHS.map((_, i) => {
    const skip = block(h, `down${i}`);
    h = i < WIDTHS.length - 1 ? o.conv(again(skip), `smaller${i}`, 2) : again(skip);
    return skip;
  });
  h = block(h, "middle1");
  const mixed = o.attend(o.point(o.norm(again(h), "attention_norm"), "attention_qkv"));
  h = block(o.add(h, o.point(mixed, "attention_out")), "middle2");
  for (let i = WIDTHS.length - 1; i >= 0; i--) {
    h = block(o.join(h, skips[i]), `up${i}`);
    if (i > 0) h = o.conv(o.larger(h), `larger${i}`, 1);
  }
  done(time);
  return o.conv(o.silu(o.norm(h, "last_norm")), "last", 1);
}

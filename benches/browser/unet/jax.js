// The model in jax-js. Images are [n, rows, columns, channels].
import { blockUntilReady, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { adam, array, corrected, dense, fresh, map, start } from "../jax.js";
import { serve } from "../measure.js";
import { BATCH, EPSILON, GROUPS, HEADS, RATE, SIDE, WIDTHS, batches, given, unet, weights } from "./model.js";
import { check } from "./plain.js";

/** Along an axis, what stands before each place, there and behind it, side by side as channels. */
function neighbours(x, axis) {
  const side = x.shape[axis];
  const padded = np.pad(x, x.shape.map((_, i) => (i === axis ? [1, 1] : [0, 0])));
  const all = [0, 1, 2].map((k) => padded.ref.slice(...Array.from({ length: axis }, () => []), [k, k + side]));
  padded.dispose();
  return np.concatenate(all, 3);
}

/**
 * A 3 × 3 convolution: rows are brought together before the product, columns summed after it. Here
 * lax.conv takes 70 times as long, all nine brought together before the product twice as long.
 */
function conv(x, w, b) {
  const [n, side, , inputs] = x.shape;
  const outputs = b.shape[0];
  const y = np.matmul(neighbours(x, 1).reshape([n * side * side, 3 * inputs]), w).reshape([n, side, side, 3 * outputs]);
  const padded = np.pad(y, [[0, 0], [0, 0], [1, 1], [0, 0]]);
  const [left, here, right] = [0, 1, 2].map((k) => padded.ref.slice([], [], [k, k + side], [k * outputs, (k + 1) * outputs]));
  padded.dispose();
  return left.add(here).add(right).add(b);
}

/** The same with stride 2, of all nine before the product. */
function halved(x, w, b) {
  const half = (h, axis) => {
    const { shape } = h;
    const side = shape[axis] / 2;
    const [even, odd] = np.split(h.reshape([...shape.slice(0, axis), side, 2, ...shape.slice(axis + 1)]), 2, axis + 1)
      .map((part) => part.reshape([...shape.slice(0, axis), side, ...shape.slice(axis + 1)]));
    const before = np.pad(odd.ref, shape.map((_, i) => (i === axis ? [1, 0] : [0, 0])))
      .slice(...Array.from({ length: axis }, () => []), [0, side]);
    return np.concatenate([before, even, odd], 3);
  };
  const [n, side, , inputs] = x.shape;
  const all = half(half(x, 2), 1).reshape([n * (side / 2) ** 2, 9 * inputs]);
  return dense(all, w, b).reshape([n, side / 2, side / 2, b.shape[0]]);
}

/** Weights with kernels as the matrices of `conv` and `halved`: products of what is turned while they run are slow. */
const arranged = (all) => map(all, (leaf, name) => {
  const { values, shape: [, , inputs, outputs] } = leaf;
  if (leaf.shape.length < 4) return leaf;
  if (name.startsWith("smaller")) return { values, shape: [9 * inputs, outputs] };
  const turned = Float32Array.from(values, (_, at) => {
    const [row, column] = [Math.floor(at / (3 * outputs)), at % (3 * outputs)];
    const pixel = 3 * Math.floor(row / inputs) + Math.floor(column / outputs);
    return values[(pixel * inputs + (row % inputs)) * outputs + (column % outputs)];
  });
  return { values: turned, shape: [3 * inputs, 3 * outputs] };
});

const operations = (p) => ({
  again: (x) => x.ref,
  done: (x) => x.dispose(),
  has: (name) => `${name}_w` in p,
  dense: (x, name) => dense(x, p[`${name}_w`], p[`${name}_b`]),
  conv: (x, name, stride) => (stride === 1 ? conv : halved)(x, p[`${name}_w`], p[`${name}_b`]),
  point(x, name) {
    const { shape } = x;
    const flat = dense(x.reshape([-1, shape[3]]), p[`${name}_w`], p[`${name}_b`]);
    return flat.reshape([...shape.slice(0, 3), flat.shape[1]]);
  },
  norm(x, name) {
    const { shape } = x;
    const parts = x.reshape([shape[0], shape[1] * shape[2], GROUPS, shape[3] / GROUPS]);
    const centred = parts.ref.sub(parts.mean([1, 3], { keepdims: true }));
    const variance = np.square(centred.ref).mean([1, 3], { keepdims: true });
    return centred.div(np.sqrt(variance.add(EPSILON))).reshape(shape).mul(p[`${name}_w`]).add(p[`${name}_b`]);
  },
  silu: nn.silu,
  add: (x, y) => x.add(y),
  shift: (x, by) => x.add(by.reshape([by.shape[0], 1, 1, by.shape[1]])),
  join: (x, y) => np.concatenate([x, y], 3),
  larger(x) {
    const [n, side, , width] = x.shape;
    return np.broadcastTo(x.reshape([n, side, 1, side, 1, width]), [n, side, 2, side, 2, width]).reshape([n, 2 * side, 2 * side, width]);
  },
  attend(qkv) {
    const [n, side, , three] = qkv.shape;
    const size = three / 3 / HEADS;
    const [q, k, v] = np.split(qkv.reshape([n, side * side, 3 * HEADS, size]).transpose([0, 2, 1, 3]), 3, 1);
    const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(size));
    return np.matmul(nn.softmax(scores), v).transpose([0, 2, 1, 3]).reshape([n, side, side, three / 3]);
  },
});

const noiseIn = (p, x, time) => unet(operations(p), x, time);

const loss = (p, x, noise, time) => np.square(noiseIn(p, x, time).sub(noise)).mean();

const step = jit((p, m, v, x, noise, time, rate, epsilon) => {
  const [value, g] = valueAndGrad(loss)(map(p, (leaf) => leaf.ref), x, noise, time);
  return { ...adam({ p, m, v }, g, rate, epsilon), value };
});

const denoise = jit(noiseIn);

serve(async (backend) => {
  const library = await start(backend);
  const images = (values) => array(values, [BATCH, SIDE, SIDE, 1]);
  const times = (values) => array(values, [BATCH, WIDTHS[0]]);
  const drawn = (await batches()).map(({ x, noise, time }) => [images(x), images(noise), times(time)]);
  const one = given();
  const [x, time] = [images(one.x), times(one.time)];
  await blockUntilReady([drawn, x, time]);
  const { p } = await fresh(arranged(weights({ zeros: false })));
  await check(() => denoise(p, x.ref, time.ref).data());
  let state = await fresh(arranged(weights()));
  let steps = 0;

  return {
    ...library,
    step(i) {
      steps++;
      const { value, ...next } = step(state.p, state.m, state.v, ...drawn[i % drawn.length].map((leaf) => leaf.ref), ...corrected(RATE, steps));
      state = next;
      return value;
    },
    denoise: () => denoise(map(state.p, (leaf) => leaf.ref), x.ref, time.ref).data(),
  };
});

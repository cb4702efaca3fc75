// The model in TensorFlow.js. Images are [n, rows, columns, channels].
import * as tf from "@tensorflow/tfjs-core";
import { serve } from "../measure.js";
import { dense, product, read, start, variables } from "../tfjs.js";
import { BATCH, EPSILON, GROUPS, HEADS, RATE, SIDE, WIDTHS, batches, given, unet, weights } from "./model.js";
import { check } from "./plain.js";

/** Zeros between the pixels: what a stride of 2 passed over. */
function spread(x) {
  const [n, side, , width] = x.shape;
  const columns = tf.reshape(x, [n * side * side, width]);
  const rows = tf.reshape(tf.concat([columns, tf.zerosLike(columns)], 1), [n * side, 2 * side * width]);
  return tf.reshape(tf.concat([rows, tf.zerosLike(rows)], 1), [n, 2 * side, 2 * side, width]);
}

// Its wasm has no kernel for the gradient of a convolution's weights, and a slow one for that of
// its image. Both are convolutions: the former of the image with the output's gradient, where channels
// and the batch change places.
const withGradient = (stride) => tf.customGrad((x, w, save) => {
  save([x, w]);
  const gradFunc = (given, [x, w]) => {
    const dy = stride === 1 ? given : spread(given);
    const dw = tf.conv2d(tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, 1);
    return [
      w.shape[2] === 1 ? tf.zerosLike(x) : tf.conv2d(dy, tf.transpose(tf.reverse(w, [0, 1]), [0, 1, 3, 2]), 1, 1),
      tf.transpose(dw, [1, 2, 0, 3]),
    ];
  };
  return { value: tf.conv2d(x, w, stride, 1), gradFunc };
});
const byConvolutions = { 1: withGradient(1), 2: withGradient(2) };

/** x σ(x), and its slope by hand. */
const silu = tf.customGrad((x, save) => {
  const s = tf.sigmoid(x);
  const y = tf.mul(x, s);
  save([s, y]);
  return { value: y, gradFunc: (dy, [s, y]) => tf.mul(dy, tf.add(s, tf.mul(y, tf.sub(1, s)))) };
});

const operations = (p) => ({
  has: (name) => `${name}_w` in p,
  dense: (x, name) => dense(x, p[`${name}_w`], p[`${name}_b`]),
  conv(x, name, stride) {
    const w = p[`${name}_w`];
    return tf.add(tf.getBackend() === "wasm" ? byConvolutions[stride](x, w) : tf.conv2d(x, w, stride, 1), p[`${name}_b`]);
  },
  point(x, name) {
    const flat = dense(tf.reshape(x, [-1, x.shape[3]]), p[`${name}_w`], p[`${name}_b`]);
    return tf.reshape(flat, [...x.shape.slice(0, 3), flat.shape[1]]);
  },
  norm(x, name) {
    const [n, side, , width] = x.shape;
    const parts = tf.reshape(x, [n, side * side, GROUPS, width / GROUPS]);
    const centred = tf.sub(parts, tf.mean(parts, [1, 3], true));
    const variance = tf.mean(tf.square(centred), [1, 3], true);
    const unit = tf.reshape(tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON))), x.shape);
    return tf.add(tf.mul(unit, p[`${name}_w`]), p[`${name}_b`]);
  },
  silu,
  add: tf.add,
  shift: (x, by) => tf.add(x, tf.reshape(by, [by.shape[0], 1, 1, by.shape[1]])),
  join: (x, y) => tf.concat([x, y], 3),
  larger: (x) => tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]]),
  attend(qkv) {
    const [n, side, , three] = qkv.shape;
    const size = three / 3 / HEADS;
    const heads = tf.transpose(tf.reshape(qkv, [n, side * side, 3 * HEADS, size]), [0, 2, 1, 3]);
    const [q, k, v] = tf.split(heads, 3, 1);
    const mixed = tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size))), v);
    return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [n, side, side, three / 3]);
  },
});

serve(async (backend) => {
  const library = await start(backend);
  const images = (values) => tf.tensor4d(values, [BATCH, SIDE, SIDE, 1]);
  const times = (values) => tf.tensor2d(values, [BATCH, WIDTHS[0]]);
  const drawn = (await batches()).map(({ x, noise, time }) => [images(x), images(noise), times(time)]);
  const one = given();
  const [x, time] = [images(one.x), times(one.time)];
  const denoise = (p) => read(tf.tidy(() => unet(operations(p), x, time)));
  const first = variables(weights({ zeros: false }));
  await check(() => denoise(first));
  tf.dispose(first);
  const p = variables(weights());
  const optimizer = tf.train.adam(RATE, 0.9, 0.999, 1e-8);
  const loss = (x, noise, time) => tf.mean(tf.square(tf.sub(unet(operations(p), x, time), noise)));

  return {
    ...library,
    step: (i) => optimizer.minimize(() => loss(...drawn[i % drawn.length]), true),
    denoise: () => denoise(p),
  };
});

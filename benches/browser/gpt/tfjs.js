// The model in TensorFlow.js.
import * as tf from "@tensorflow/tfjs-core";
import { serve } from "../measure.js";
import { product, read, start, variables } from "../tfjs.js";
import { BATCH, BETA_2, CONTEXT, EPSILON, HEADS, LAYERS, RATE, VOCABULARY, WIDTH, batches, weights, writer } from "./model.js";

const SIZE = WIDTH / HEADS;

/** tanh(√(2/π) (u + 0.044715 u³)) */
const bend = (u) => tf.tanh(tf.mul(tf.mul(u, tf.add(tf.mul(tf.square(u), 0.044715), 1)), Math.sqrt(2 / Math.PI)));

/** Its tanh form, and its slope by hand. */
const gelu = tf.customGrad((u, save) => {
  const t = bend(u);
  save([u, t]);
  const gradFunc = (dy, [u, t]) => {
    const inner = tf.mul(tf.add(tf.mul(tf.square(u), 3 * 0.044715), 1), Math.sqrt(2 / Math.PI));
    const steep = tf.mul(tf.mul(u, tf.sub(1, tf.square(t))), inner);
    return tf.mul(tf.mul(dy, 0.5), tf.add(tf.add(t, 1), steep));
  };
  return { value: tf.mul(tf.mul(u, 0.5), tf.add(t, 1)), gradFunc };
});

/** The sum over tokens of −log p of the next one. Its gradient, p − 1 there, is what an expert would write. */
const crossEntropy = tf.customGrad((logits, next, save) => {
  const chances = tf.softmax(logits);
  save([chances, next]);
  const gradFunc = (dy, [chances, next]) => [tf.mul(dy, tf.sub(chances, next)), tf.zerosLike(next)];
  return { value: tf.neg(tf.sum(tf.log(tf.sum(tf.mul(chances, next), 1)))), gradFunc };
});

function norm(x, gain) {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  return tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON))), gain);
}

serve(async (backend) => {
  const library = await start(backend);
  const drawn = batches().map(({ read, next }) => [read, next].map((ids) => tf.tensor1d(ids, "int32")));
  const initial = weights();
  const p = variables(initial);
  const optimizer = tf.train.adam(RATE, 0.9, BETA_2, 1e-8);
  // What comes later is not seen.
  const future = tf.tidy(() => tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([CONTEXT, CONTEXT]), -1, 0)), -1e9));

  const oneHot = (ids) => tf.cast(tf.oneHot(ids, VOCABULARY), "float32");
  /** Queries, keys and values of a layer, `[b, heads, t, size]` each, for a stream `[b t, width]`. */
  const parts = (i, x, b) => {
    const qkv = product(norm(x, p[`norm1_${i}`]), p[`qkv${i}`]);
    return tf.split(qkv, 3, 1).map((part) => tf.transpose(tf.reshape(part, [b, -1, HEADS, SIZE]), [0, 2, 1, 3]));
  };
  const attend = (q, k, v, mask) => {
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(SIZE));
    const mixed = tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores), v);
    return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, WIDTH]);
  };
  /** The stream after a layer, whose attention gave `mixed`. */
  const after = (i, x, mixed) => {
    const y = tf.add(x, product(mixed, p[`proj${i}`]));
    return tf.add(y, product(gelu(product(norm(y, p[`norm2_${i}`]), p[`up${i}`])), p[`down${i}`]));
  };
  const guess = (x) => product(norm(x, p.norm), tf.transpose(p.wte));
  const loss = (read, next) => {
    // As a product, for a look-up has no gradient on the processor here.
    const tokens = tf.reshape(product(oneHot(read), p.wte), [BATCH, CONTEXT, WIDTH]);
    let x = tf.reshape(tf.add(tokens, p.wpe), [-1, WIDTH]);
    for (let i = 0; i < LAYERS; i++) x = after(i, x, attend(...parts(i, x, BATCH), future));
    return tf.div(crossEntropy(guess(x), oneHot(next)), BATCH * CONTEXT);
  };

  let past = [];
  let known = 0;
  const keep = (ids) => {
    const logits = tf.tidy(() => {
      const t = ids.length;
      const mask = t > 1 ? tf.slice(future, [0, 0], [t, t]) : undefined; // Nothing is known before more than one.
      let x = tf.add(tf.gather(p.wte, tf.tensor1d(ids, "int32")), tf.slice(p.wpe, [known, 0], [t, WIDTH]));
      for (let i = 0; i < LAYERS; i++) {
        let [q, k, v] = parts(i, x, 1);
        if (known > 0) [k, v] = [[past[i].k, k], [past[i].v, v]].map((pair) => tf.concat(pair, 2));
        tf.dispose(past[i]);
        past[i] = { k: tf.keep(k), v: tf.keep(v) };
        x = after(i, x, attend(q, k, v, mask));
      }
      return guess(tf.slice(x, [t - 1, 0], [1, WIDTH]));
    });
    known += ids.length;
    return read(logits);
  };
  const { write, check } = writer({
    start(ids) {
      known = 0;
      return keep(ids);
    },
    push: (id) => keep([id]),
  });
  await check(initial);

  return {
    ...library,
    step: (i) => optimizer.minimize(() => loss(...drawn[i % drawn.length]), true),
    write,
  };
});

// The model in TensorFlow.js.
import * as tf from "@tensorflow/tfjs-core";
import { serve } from "../measure.js";
import { dense, read, start, variables } from "../tfjs.js";
import { BATCH, DECODE, LATENT, PIXELS, RATE, codes, data, weights } from "./model.js";

/** Σ softplus(l) − x l over pixels. The gradient σ(l) − x by hand is what an expert would write. */
const crossEntropy = tf.customGrad((logits, x, save) => {
  save([logits, x]);
  const value = tf.sum(tf.sub(tf.softplus(logits), tf.mul(x, logits)), 1);
  const gradFunc = (dy, [l, t]) => [tf.mul(tf.expandDims(dy, 1), tf.sub(tf.sigmoid(l), t)), tf.zerosLike(t)];
  return { value, gradFunc };
});

serve(async (backend) => {
  const library = await start(backend);
  const { batches, mean } = await data();
  const xs = batches.map((batch) => tf.tensor2d(batch, [BATCH, PIXELS]));
  const p = variables(weights(mean));
  const z = tf.tensor2d(codes(), [DECODE, LATENT]);
  const optimizer = tf.train.adam(RATE, 0.9, 0.999, 1e-8);

  const layer = (x, name, options) => dense(x, p[`${name}_w`], p[`${name}_b`], options);
  const decode = (codes) => layer(tf.relu(layer(codes, "decode")), "logits");
  const loss = (x) => {
    const h = tf.relu(layer(x, "encode", { data: true }));
    const mu = layer(h, "mu");
    const logvar = layer(h, "logvar");
    const noise = tf.randomNormal(mu.shape);
    const logits = decode(tf.add(mu, tf.mul(tf.exp(tf.mul(logvar, 0.5)), noise)));
    const kl = tf.mul(tf.sum(tf.sub(tf.sub(tf.add(tf.square(mu), tf.exp(logvar)), logvar), 1), 1), 0.5);
    return tf.mean(tf.add(crossEntropy(logits, x), kl));
  };
  return {
    ...library,
    step: (i) => optimizer.minimize(() => loss(xs[i % xs.length]), true),
    decode: () => read(tf.tidy(() => tf.sigmoid(decode(z)))),
    decoded: DECODE,
  };
});

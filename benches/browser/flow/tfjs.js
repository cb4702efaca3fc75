// The model in TensorFlow.js.
import * as tf from "@tensorflow/tfjs-core";
import { serve } from "../measure.js";
import { dense, start, variables } from "../tfjs.js";
import { BATCH, COUPLINGS, MAX_LOG_SCALE, RATE, data, kept, moved, weights } from "./model.js";

serve(async (backend) => {
  const library = await start(backend);
  const { batch, units } = data();
  const p = variables(weights());
  const optimizer = tf.train.adam(RATE, 0.9, 0.999, 1e-8);
  const keep = [0, 1].map((layer) => tf.tensor2d([kept(layer)]));
  const move = [0, 1].map((layer) => tf.tensor2d([moved(layer)]));

  const layer = (x, name) => dense(x, p[`${name}_w`], p[`${name}_b`]);
  /** Mean of −log p, nats in the data's units. */
  const loss = (x) => {
    let z = x;
    const scales = [];
    for (let i = 0; i < COUPLINGS; i++) {
      const h = tf.relu(layer(tf.mul(z, keep[i % 2]), `first${i}`));
      const [raw, t] = tf.split(layer(tf.relu(layer(h, `second${i}`)), `last${i}`), 2, 1); // [n, 1] each
      const s = tf.mul(tf.tanh(tf.div(raw, MAX_LOG_SCALE)), MAX_LOG_SCALE);
      // The coordinate that is kept is multiplied by 1, and 0 is added.
      z = tf.add(tf.mul(z, tf.exp(tf.mul(s, move[i % 2]))), tf.mul(t, move[i % 2]));
      scales.push(s);
    }
    const energy = tf.mul(tf.sum(tf.square(z)), 0.5);
    const mean = tf.div(tf.sub(energy, tf.sum(tf.addN(scales))), BATCH);
    return tf.add(mean, Math.log(2 * Math.PI) + units);
  };
  return {
    ...library,
    step: () => tf.tidy(() => {
      const x = tf.tensor2d(batch(), [BATCH, 2]);
      return optimizer.minimize(() => loss(x), true);
    }),
  };
});

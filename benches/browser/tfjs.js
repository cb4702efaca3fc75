// The model in TensorFlow.js.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { getThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { BATCH, DECODE, LATENT, PIXELS, RATE, codes, data, serve, weights } from "./measure.js";

/** Σ softplus(l) − x l over pixels. The gradient σ(l) − x by hand is what an expert would write. */
const crossEntropy = tf.customGrad((logits, x, save) => {
  save([logits, x]);
  const value = tf.sum(tf.sub(tf.softplus(logits), tf.mul(x, logits)), 1);
  const gradFunc = (dy, [l, t]) => [tf.mul(tf.expandDims(dy, 1), tf.sub(tf.sigmoid(l), t)), tf.zerosLike(t)];
  return { value, gradFunc };
});

serve(async (backend) => {
  setWasmPaths("tfjs/");
  // On an isolated page it takes its threaded build, with at most half as many threads as cores
  // (whatever one asks for: https://github.com/tensorflow/tfjs/issues/6081).
  await tf.setBackend(backend === "cpu" ? "wasm" : "webgpu");
  await tf.ready();
  tf.enableProdMode();

  const { batches, mean } = await data();
  const xs = batches.map((batch) => tf.tensor2d(batch, [BATCH, PIXELS]));
  const p = Object.fromEntries(Object.entries(weights(mean)).map(([name, { shape, values }]) =>
    [name, tf.variable(tf.tensor(values, shape))]));
  const z = tf.tensor2d(codes(), [DECODE, LATENT]);
  const optimizer = tf.train.adam(RATE, 0.9, 0.999, 1e-8);

  const dense = (x, name) => tf.add(tf.matMul(x, p[`${name}_w`]), p[`${name}_b`]);
  const decode = (codes) => dense(tf.relu(dense(codes, "decode")), "logits");
  const loss = (x) => {
    const h = tf.relu(dense(x, "encode"));
    const mu = dense(h, "mu");
    const logvar = dense(h, "logvar");
    const noise = tf.randomNormal(mu.shape);
    const logits = decode(tf.add(mu, tf.mul(tf.exp(tf.mul(logvar, 0.5)), noise)));
    const kl = tf.mul(tf.sum(tf.sub(tf.sub(tf.add(tf.square(mu), tf.exp(logvar)), logvar), 1), 1), 0.5);
    return tf.mean(tf.add(crossEntropy(logits, x), kl));
  };

  const matrices = new Map();
  const read = async (tensor) => {
    const values = await tensor.data();
    tensor.dispose();
    return values;
  };
  return {
    threads: backend === "cpu" && (await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT")) ? getThreadsCount() : 1,
    step: (i) => optimizer.minimize(() => loss(xs[i % xs.length]), true),
    read: async (value) => (await read(value))[0],
    drop: (value) => value.dispose(),
    decode: () => read(tf.tidy(() => tf.sigmoid(decode(z)))),
    async matmul(n) {
      if (!matrices.has(n)) matrices.set(n, tf.randomUniform([n, n]));
      const m = matrices.get(n);
      await read(tf.tidy(() => tf.slice(tf.matMul(m, m), [0, 0], [1, 1])));
    },
  };
});

// TensorFlow.js, whatever it trains.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { getThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";

/** Values of a tensor, which is then gone. */
export const read = async (tensor) => {
  const values = await tensor.data();
  tensor.dispose();
  return values;
};

/** `weights` of a model.js as variables. */
export const variables = (weights) =>
  Object.fromEntries(Object.entries(weights).map(([name, { shape, values }]) => [name, tf.variable(tf.tensor(values, shape))]));

// The library's own gradient of a product asks for products with transposed operands. Its wasm does
// those in a plain loop and only the others by XNNPACK, so that transposed copies pay.
const byCopies = tf.customGrad((x, w, save) => {
  save([x, w]);
  const gradFunc = (dy, [x, w]) => [tf.matMul(dy, tf.transpose(w)), tf.matMul(tf.transpose(x), dy)];
  return { value: tf.matMul(x, w), gradFunc };
});
const byCopiesOf = (x) => tf.customGrad((w) => ({
  value: tf.matMul(x, w),
  gradFunc: (dy) => tf.matMul(tf.transpose(x), dy),
}));

/** x w; `data` says that nobody wants the gradient of x. */
export function product(x, w, { data = false } = {}) {
  if (tf.getBackend() !== "wasm") return tf.matMul(x, w);
  return data ? byCopiesOf(x)(w) : byCopies(x, w);
}

/** x w + b */
export const dense = (x, w, b, options) => tf.add(product(x, w, options), b);

/** Sets the library up; gives the part of what `serve` wants that is the same for all models. */
export async function start(backend) {
  setWasmPaths(new URL("../tfjs/", location.href).href);
  // On an isolated page it takes its threaded build, with at most half as many threads as cores
  // (whatever one asks for: https://github.com/tensorflow/tfjs/issues/6081).
  await tf.setBackend(backend === "cpu" ? "wasm" : "webgpu");
  await tf.ready();
  tf.enableProdMode();
  const matrices = new Map();
  return {
    threads: backend === "cpu" && (await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT")) ? getThreadsCount() : 1,
    read: async (value) => (await read(value))[0],
    drop: (value) => value.dispose(),
    async matmul(n) {
      if (!matrices.has(n)) matrices.set(n, tf.randomUniform([n, n]));
      const m = matrices.get(n);
      await read(tf.tidy(() => tf.slice(tf.matMul(m, m), [0, 0], [1, 1])));
    },
  };
}

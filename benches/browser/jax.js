// jax-js, whatever it trains. Arrays are counted: an argument is given away unless it is `.ref`.
// Its Adam is written out here, for its optax is not in the registry; jit fuses it with the step.
import { blockUntilReady, defaultDevice, init, numpy as np, random } from "@jax-js/jax";

export const map = (tree, f) => Object.fromEntries(Object.entries(tree).map(([name, leaf]) => [name, f(leaf, name)]));

export const array = (values, shape) => np.array(values).reshape(shape);

export const dense = (x, w, b) => np.matmul(x, w).add(b);

/** Adam, to be called within jit; `rate` and `epsilon` come from `corrected`. */
export function adam({ p, m, v }, g, rate, epsilon, beta2 = 0.999) {
  const m2 = map(m, (leaf, name) => leaf.mul(0.9).add(g[name].ref.mul(0.1)));
  const v2 = map(v, (leaf, name) => leaf.mul(beta2).add(np.square(g[name]).mul(1 - beta2)));
  const p2 = map(p, (leaf, name) =>
    leaf.sub(m2[name].ref.mul(rate.ref).div(np.sqrt(v2[name].ref).add(epsilon.ref))));
  rate.dispose();
  epsilon.dispose();
  return { p: p2, m: m2, v: v2 };
}

/** The rate and epsilon of step `time`, from 1, with Adam's bias corrections in them. */
export function corrected(rate, time, beta2 = 0.999) {
  const correction = Math.sqrt(1 - beta2 ** time);
  return [np.array((rate * correction) / (1 - 0.9 ** time)), np.array(1e-8 * correction)];
}

/** Parameters from `weights` of a model.js, and Adam's moments. */
export async function fresh(weights) {
  const state = {
    p: map(weights, ({ values, shape }) => array(values, shape)),
    m: map(weights, ({ shape }) => np.zeros(shape)),
    v: map(weights, ({ shape }) => np.zeros(shape)),
  };
  await blockUntilReady(state);
  return state;
}

/** Sets the library up; gives the part of what `serve` wants that is the same for all models. */
export async function start(backend) {
  // With or without threads is jax-js's own choice: it takes them where the page is isolated.
  const device = backend === "cpu" ? "wasm" : "webgpu";
  if (!(await init(device)).includes(device)) throw new Error(`jax-js has no ${device} here`);
  defaultDevice(device);
  const matrices = new Map();
  return {
    threads: backend === "cpu" && globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1,
    read: async (value) => (await value.data())[0],
    drop: (value) => value.dispose(),
    async matmul(n) {
      if (!matrices.has(n)) matrices.set(n, random.uniform(random.key(n), [n, n]));
      const m = matrices.get(n);
      const product = np.matmul(m.ref, m.ref);
      await blockUntilReady(product);
      product.dispose();
    },
  };
}

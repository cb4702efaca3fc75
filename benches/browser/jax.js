// The model in jax-js. Arrays are counted: an argument is given away unless it is `.ref`.
// Its Adam is written out here, for its optax is not in the registry; jit fuses it with the step.
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, random, valueAndGrad } from "@jax-js/jax";
import { BATCH, DECODE, LATENT, PIXELS, RATE, codes, data, serve, weights } from "./measure.js";

const map = (tree, f) => Object.fromEntries(Object.entries(tree).map(([name, leaf]) => [name, f(leaf, name)]));

const dense = (x, w, b) => np.matmul(x, w).add(b);

/** Takes p.decode_* and p.logits_*. */
const logitsOf = (p, z) => dense(nn.relu(dense(z, p.decode_w, p.decode_b)), p.logits_w, p.logits_b);

/** Mean over the batch of cross entropy plus KL. */
function loss(p, x, noise) {
  const h = nn.relu(dense(x.ref, p.encode_w, p.encode_b));
  const mu = dense(h.ref, p.mu_w, p.mu_b);
  const logvar = dense(h, p.logvar_w, p.logvar_b);
  const z = mu.ref.add(np.exp(logvar.ref.mul(0.5)).mul(noise));
  const logits = logitsOf(p, z);
  const crossEntropy = nn.softplus(logits.ref).sub(x.mul(logits)).sum();
  const kl = np.square(mu).add(np.exp(logvar.ref)).sub(logvar).sub(1).sum().mul(0.5);
  return crossEntropy.add(kl).mul(1 / BATCH);
}

/** One step; `rate` and `epsilon` carry Adam's bias corrections. */
const step = jit((p, m, v, x, key, rate, epsilon) => {
  const noise = random.normal(key, [BATCH, LATENT]);
  const [value, g] = valueAndGrad(loss)(map(p, (leaf) => leaf.ref), x, noise);
  const m2 = map(m, (leaf, name) => leaf.mul(0.9).add(g[name].ref.mul(0.1)));
  const v2 = map(v, (leaf, name) => leaf.mul(0.999).add(np.square(g[name]).mul(0.001)));
  const p2 = map(p, (leaf, name) =>
    leaf.sub(m2[name].ref.mul(rate.ref).div(np.sqrt(v2[name].ref).add(epsilon.ref))));
  rate.dispose();
  epsilon.dispose();
  return { p: p2, m: m2, v: v2, value };
});

const decode = jit((decoder, z) => nn.sigmoid(logitsOf(decoder, z)));

serve(async (backend) => {
  // With or without threads is jax-js's own choice: it takes them where the page is isolated.
  const device = backend === "cpu" ? "wasm" : "webgpu";
  if (!(await init(device)).includes(device)) throw new Error(`jax-js has no ${device} here`);
  defaultDevice(device);

  const { batches, mean } = await data();
  const array = (values, shape) => np.array(values).reshape(shape);
  const xs = batches.map((batch) => array(batch, [BATCH, PIXELS]));
  const start = weights(mean);
  let state = {
    p: map(start, ({ values, shape }) => array(values, shape)),
    m: map(start, ({ shape }) => np.zeros(shape)),
    v: map(start, ({ shape }) => np.zeros(shape)),
  };
  await blockUntilReady(xs);
  await blockUntilReady(state);
  const z = array(codes(), [DECODE, LATENT]);
  const matrices = new Map();
  let time = 0;

  return {
    threads: backend === "cpu" && globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1,
    step(i) {
      time++;
      const correction = Math.sqrt(1 - 0.999 ** time);
      const rate = np.array((RATE * correction) / (1 - 0.9 ** time));
      const epsilon = np.array(1e-8 * correction);
      const { value, ...next } = step(state.p, state.m, state.v, xs[i % xs.length].ref, random.key(time), rate, epsilon);
      state = next;
      return value;
    },
    read: async (value) => (await value.data())[0],
    drop: (value) => value.dispose(),
    decode() {
      const { decode_w, decode_b, logits_w, logits_b } = state.p;
      return decode(map({ decode_w, decode_b, logits_w, logits_b }, (leaf) => leaf.ref), z.ref).data();
    },
    async matmul(n) {
      if (!matrices.has(n)) matrices.set(n, random.uniform(random.key(n), [n, n]));
      const m = matrices.get(n);
      const product = np.matmul(m.ref, m.ref);
      await blockUntilReady(product);
      product.dispose();
    },
  };
});

// The model in jax-js.
import { blockUntilReady, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { adam, array, corrected, fresh, map, start } from "../jax.js";
import { serve } from "../measure.js";
import { BATCH, BETA_2, CONTEXT, EPSILON, HEADS, LAYERS, RATE, VOCABULARY, WIDTH, batches, weights, writer } from "./model.js";

const SIZE = WIDTH / HEADS;

const integers = (values, shape) => np.array(values, { dtype: np.int32 }).reshape(shape);

/** Rows of a table; as a product, for a look-up has no gradient here. */
const rows = (ids, table) => np.matmul(nn.oneHot(ids, VOCABULARY), table);

function norm(x, gain) {
  const centred = x.ref.sub(x.mean(-1, { keepdims: true }));
  const variance = np.square(centred.ref).mean(-1, { keepdims: true });
  return centred.div(np.sqrt(variance.add(EPSILON))).mul(gain);
}

/** Queries, keys and values of a layer, `[b, heads, t, size]` each: one product with all is slower. */
function parts(p, i, x) {
  const [b, t] = x.shape;
  const h = norm(x, p[`norm1_${i}`]);
  const all = np.split(p[`qkv${i}`], 3, 1).map((w) => np.matmul(h.ref, w).reshape([b, t, HEADS, SIZE]).transpose([0, 2, 1, 3]));
  h.dispose();
  return all;
}

/** What attention mixes, `[b, t, width]`, of what `seen` [t, all] lets through; nn.dotProductAttention is slower. */
function attend(q, k, v, seen) {
  const [b, , t] = q.shape;
  const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(SIZE));
  const mixed = np.matmul(nn.softmax(np.where(seen, scores, -Infinity)), v);
  return mixed.transpose([0, 2, 1, 3]).reshape([b, t, WIDTH]);
}

/** Tokens see those before them and themselves. */
const causal = (t) => np.tri(t, t, 0, { dtype: np.bool });

/** The stream after a layer, whose attention gave `mixed`. */
function after(p, i, x, mixed) {
  const y = x.add(np.matmul(mixed, p[`proj${i}`]));
  const up = np.matmul(norm(y.ref, p[`norm2_${i}`]), p[`up${i}`]);
  return y.add(np.matmul(nn.gelu(up), p[`down${i}`]));
}

/** Logits of a stream; takes a reference to the table. */
const guess = (p, x) => np.matmul(norm(x, p.norm), p.wte.transpose());

function loss(p, read, next) {
  let x = rows(read, p.wte.ref).add(p.wpe);
  for (let i = 0; i < LAYERS; i++) {
    const [q, k, v] = parts(p, i, x.ref);
    x = after(p, i, x, attend(q, k, v, causal(CONTEXT)));
  }
  return nn.logSoftmax(guess(p, x)).mul(nn.oneHot(next, VOCABULARY)).sum().mul(-1 / (BATCH * CONTEXT));
}

const step = jit((p, m, v, read, next, rate, epsilon) => {
  const [value, g] = valueAndGrad(loss)(map(p, (leaf) => leaf.ref), read, next);
  return { ...adam({ p, m, v }, g, rate, epsilon, BETA_2), value };
});

/** Reads `ids` [1, t] from the beginning: the last logits, and keys and values [1, heads, CONTEXT, size] of each layer. */
const begin = jit((p, ids) => {
  const t = ids.shape[1];
  const room = [[0, 0], [0, 0], [0, CONTEXT - t], [0, 0]];
  const past = {};
  let x = rows(ids, p.wte.ref).add(p.wpe.slice([0, t]));
  for (let i = 0; i < LAYERS; i++) {
    const [q, k, v] = parts(p, i, x.ref);
    past[`k${i}`] = np.pad(k.ref, room);
    past[`v${i}`] = np.pad(v.ref, room);
    x = after(p, i, x, attend(q, k, v, causal(t)));
  }
  return { past, logits: guess(p, x.slice([], [t - 1])) };
});

/** Reads one token more; `at` [1] tokens came before it. */
const goOn = jit((p, past, id, at) => {
  const places = np.arange(CONTEXT);
  const here = np.equal(places.ref, at.ref).reshape([1, 1, CONTEXT, 1]);
  const known = np.lessEqual(places, at.ref).reshape([1, CONTEXT]);
  const kept = {};
  let x = rows(id, p.wte.ref).add(p.wpe.slice(at)).reshape([1, 1, WIDTH]);
  for (let i = 0; i < LAYERS; i++) {
    const [q, k, v] = parts(p, i, x.ref);
    const keys = np.where(here.ref, k, past[`k${i}`]);
    const values = np.where(here.ref, v, past[`v${i}`]);
    kept[`k${i}`] = keys.ref;
    kept[`v${i}`] = values.ref;
    x = after(p, i, x, attend(q, keys, values, known.ref));
  }
  here.dispose();
  known.dispose();
  return { past: kept, logits: guess(p, x) };
});

serve(async (backend) => {
  const library = await start(backend);
  const drawn = batches().map(({ read, next }) => [read, next].map((ids) => integers(ids, [BATCH, CONTEXT])));
  await blockUntilReady(drawn);
  const initial = weights();
  let state = await fresh(initial);
  let time = 0;

  const shared = () => map(state.p, (leaf) => leaf.ref);
  let past;
  let known = 0;
  const take = ({ past: all, logits }) => {
    past = all;
    return logits.data();
  };
  const { write, check } = writer({
    start(ids) {
      if (past) map(past, (leaf) => leaf.dispose());
      known = ids.length;
      return take(begin(shared(), integers(Int32Array.from(ids), [1, known])));
    },
    push: (id) => take(goOn(shared(), past, integers(Int32Array.of(id), [1]), integers(Int32Array.of(known++), [1]))),
  });
  await check(initial);

  return {
    ...library,
    step(i) {
      time++;
      const [read, next] = drawn[i % drawn.length];
      const { value, ...now } = step(state.p, state.m, state.v, read.ref, next.ref, ...corrected(RATE, time, BETA_2));
      state = now;
      return value;
    },
    write,
  };
});

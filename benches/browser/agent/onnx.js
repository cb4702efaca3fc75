// An agent of src/families/agent as two ONNX files, which keep what was read and seen before.
import { parts } from "../blocks.js";
import { FLOAT, INT64, value } from "../onnx.js";
import { beside } from "../safetensors.js";

/** Symbols of a view, cells in it, what a cell of the ground can be, how far a place counts, and what can be done. */
const [SYMBOLS, CELLS, GROUND, FAR, ACTIONS] = [39, 49, 6, 15, 6];
/** Places of a view that are always attended to. */
const [OWN, FRONT] = [45, 38];
/** Words of missions, and letters of actions, in the order in which they are numbered. */
export const WORDS =
  "go to pick up open then the red green blue purple yellow grey key ball box door".split(" ");
const LETTERS = "LRFPDT";

/** Sort, colour and state of a symbol. */
function traits(symbol) {
  if (symbol < 3) return [symbol, 6, 0];
  if (symbol < 21) return [3, Math.floor((symbol - 3) / 3), (symbol - 3) % 3];
  return [4 + Math.floor((symbol - 21) / 6), (symbol - 21) % 6, 0];
}

/** Not seen, free, a wall, a closed door, a locked one, something in the way. */
function ground(symbol) {
  if (symbol < 3) return symbol;
  return symbol < 21 ? [1, 3, 4][(symbol - 3) % 3] : 5;
}

/** What a moment of `playground rollout` is to the network; `last` is the action before it, `t` its number. */
export function told({ sight, place: [before, beside], turned }, last, t) {
  const things = sight.flatMap((symbol, i) => (symbol > 2 || i === OWN || i === FRONT ? [i] : []));
  // Rows of the tables that are added up, one table behind the other.
  const [far, wide] = [FAR, 2 * FAR + 1];
  const rows = [before + far, wide + beside + far, 2 * wide + turned];
  rows.push(2 * wide + 4 + (last ? LETTERS.indexOf(last) : ACTIONS), 2 * wide + 4 + ACTIONS + 1 + t);
  return {
    ground: sight.map((symbol, i) => i * GROUND + ground(symbol)),
    rows,
    symbols: things.map((i) => sight[i]),
    places: things,
  };
}

/** Rows of matrices one below the other. */
function below(...parts) {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  parts.reduce((at, part) => (values.set(part.values, at), at + part.values.length), 0);
  return { values, shape: [values.length / parts[0].shape[1], parts[0].shape[1]] };
}

/** `a` [n, k] times `b` [k, m], once, before there is a session. */
function times(a, b) {
  const [[n, k], [, m]] = [a.shape, b.shape];
  const values = new Float32Array(n * m);
  for (let i = 0; i < n; i++)
    for (let p = 0; p < k; p++)
      for (let j = 0; j < m; j++) values[i * m + j] += a.values[i * k + p] * b.values[p * m + j];
  return { values, shape: [n, m] };
}

/** `ids` and `places` [1, n] of a mission's words → of each layer `words_k_…` and `words_v_…` [1, heads, n, size]. */
export function reader(model) {
  const { n_layer, n_head, n_embd } = model.config;
  const { constant, node, bytes, weight, norm, skip, product, split, attention, mlp, fused } = parts("reader", model);
  constant("by_heads", BigInt64Array.of(0n, 0n, BigInt(n_head), BigInt(n_embd / n_head)), [4]);
  const tokens = node("tokens", "Gather", [weight("words"), "ids"]);
  const x = node("stream", "Add", [tokens, node("standing", "Gather", [weight("word_at"), "places"])]);
  const qkv = product("all", norm("begin", x, "read.norm"), "read.qkv", fused("read."));
  const mixed = attention("mixed", split("parts", qkv, ["q", "k", "v"]));
  const [h, sum] = skip("looked", x, product("taken", mixed, "read.proj"), "read_mlp.norm");
  const read = node("read", "Add", [sum, mlp("read_mlp.", h)]);
  const outputs = [];
  for (let i = 0; i < n_layer; i++) {
    const kv = product(`words_${i}`, read, `layers.${i}.words.kv`);
    for (const part of split(`split_${i}`, kv, [`k_${i}`, `v_${i}`])) {
      const heads = node(`heads_${part}`, "Reshape", [part, "by_heads"]);
      node(`words_${part}`, "Transpose", [heads], { perm: [0, 2, 1, 3] });
      outputs.push(value(`words_${part}`, FLOAT, [1, n_head, "n", n_embd / n_head]));
    }
  }
  return bytes([value("ids", INT64, [1, "n"]), value("places", INT64, [1, "n"])], outputs);
}

/** The next moment, as `told` gives it, of each layer `past_k_…`, `past_v_…` [1, heads, t, size] and what the mission was
 * read as → `logits` [1, 1, actions and what it is up to] and `present_k_…`, `present_v_…` [1, heads, t + 1, size]. */
export function decider(model) {
  const { config, weights } = model;
  const { n_layer, n_head, n_embd } = config;
  const { constant, node, bytes, weight, norm, skip, product, split, attention, mlp, fused } = parts("decider", model);
  const inputs = [
    value("ground", INT64, [1, CELLS]),
    value("rows", INT64, [1, 5]),
    value("symbols", INT64, [1, "things"]),
    value("places", INT64, [1, "things"]),
  ];
  const heads = ["action", "verb", "colour", "sort"].map((name) => weights[name]);
  const guesses = heads.reduce((sum, { shape }) => sum + shape[1], 0);
  const outputs = [value("logits", FLOAT, [1, 1, guesses])];
  constant("along", BigInt64Array.of(1n), [1]);
  const sum = (at, x) => node(at, "ReduceSum", [x, "along"], { keepdims: 1 });

  const cells = sum("cells", node("on_ground", "Gather", [weight("ground_table", weights.ground), "ground"]));
  const bent = node("bent", "Gelu", [cells], { approximate: "tanh" });
  const tables = below(...["before", "beside", "turned", "last", "time"].map((name) => weights[name]));
  const standing = sum("standing", node("stands", "Gather", [weight("tables", tables), "rows"]));
  let x = node("stream", "Add", [product("around", bent, "ground_out"), standing]);
  let h = norm("begin", x, "layers.0.past.norm");
  // What each symbol is, [symbols, C].
  const kinds = new Float32Array(SYMBOLS * n_embd).map((_, at) => {
    const [symbol, c] = [Math.floor(at / n_embd), at % n_embd];
    const all = traits(symbol).map((row, i) => weights[["sorts", "colours", "states"][i]].values[row * n_embd + c]);
    return all.reduce((a, b) => a + b);
  });
  for (let i = 0; i < n_layer; i++) {
    const at = `layers.${i}.`;
    for (const part of [`k_${i}`, `v_${i}`]) {
      const shape = (n) => [1, n_head, n, n_embd / n_head];
      inputs.push(value(`past_${part}`, FLOAT, shape("t")), value(`words_${part}`, FLOAT, shape("n")));
      outputs.push(value(`present_${part}`, FLOAT, shape("all")));
    }
    const qkv = product(`${at}all`, h, `${at}qkv`, fused(`${at}past.`));
    const [mixed] = attention(`${at}past`,
      [...split(`${at}parts`, qkv, [`${at}q`, `${at}k`, `${at}v`]), "", "", "", `past_k_${i}`, `past_v_${i}`],
      [`${at}mixed`, `present_k_${i}`, `present_v_${i}`]);
    [h, x] = skip(`${at}remembered`, x, product(`${at}from_past`, mixed, `${at}past.proj`), `${at}words.norm`);
    const read = attention(`${at}read`, [product(`${at}asked`, h, `${at}words.q`), `words_k_${i}`, `words_v_${i}`]);
    [h, x] = skip(`${at}understood`, x, product(`${at}from_words`, read, `${at}words.proj`), `${at}things.norm`);
    // Keys and values are linear in what a thing is and where: a table of each is enough.
    const kv = weights[`${at}things.kv`];
    const of = (name, table, ids) =>
      node(`${at}${name}`, "Gather", [weight(`${at}${name}_table`, times(table, kv)), ids]);
    const things = node(`${at}things`, "Add", [
      of("kinds", { values: kinds, shape: [SYMBOLS, n_embd] }, "symbols"),
      of("places", weights.places, "places"),
    ]);
    const seen = attention(`${at}seen`,
      [product(`${at}wondered`, h, `${at}things.q`), ...split(`${at}seen_parts`, things, [`${at}tk`, `${at}tv`])]);
    [h, x] = skip(`${at}saw`, x, product(`${at}from_things`, seen, `${at}things.proj`), `${at}mlp.norm`);
    const next = i + 1 < n_layer ? `layers.${i + 1}.past.norm` : "norm";
    [h, x] = skip(`${at}thought`, x, mlp(`${at}mlp.`, h), next);
  }
  node("guess", "MatMul", [h, weight("heads", beside(...heads))], {}, ["logits"]);
  return bytes(inputs, outputs);
}

// An encoder-decoder transformer of src/families/seq2seq as two ONNX files, with keys and values kept.
import { FLOAT, INT64, graph, value } from "../onnx.js";
import { beside } from "../safetensors.js";

const EPSILON = { float: 1e-5 };

/** What both halves are made of. `skip` adds what a branch gives to the stream and makes of the sum what the next one
 * reads: onnxruntime's own node for both. */
function parts(name, { weights, config }) {
  const built = graph(name);
  const { constant, node } = built;
  const known = new Set();
  const weight = (key, { values, shape } = weights[key]) => {
    if (!known.has(key)) constant(key, values, shape);
    known.add(key);
    return key;
  };
  const norm = (at, x, gain) =>
    node(at, "SimplifiedLayerNormalization", [x, weight(gain)], { axis: -1, epsilon: EPSILON });
  const skip = (at, x, added, gain) =>
    node(at, "SkipSimplifiedLayerNormalization", [x, added, weight(gain)], { epsilon: EPSILON },
      [`${at}_normed`, "", "", `${at}_sum`], "com.microsoft").filter(Boolean);
  const product = (at, x, key, matrix) => node(at, "MatMul", [x, weight(key, matrix)]);
  const split = (at, x, outputs) => node(at, "Split", [x], { axis: -1, num_outputs: outputs.length }, outputs);
  /** Attention by onnxruntime's own node; attention of plain MatMul and Softmax is slower. */
  const attention = (at, inputs, outputs = at) =>
    node(at, "MultiHeadAttention", inputs, { num_heads: config.n_head }, outputs, "com.microsoft");
  const mlp = (at, x) => {
    const bent = node(`${at}bent`, "Gelu", [product(`${at}wide`, x, `${at}mlp.up`)], { approximate: "tanh" });
    return product(`${at}narrow`, bent, `${at}mlp.down`);
  };
  const fused = (at) => beside(weights[`${at}q`], weights[`${at}kv`]);
  const embed = (table) =>
    node("stream", "Add", [
      node("pieces", "Gather", [weight("table"), "ids"]),
      node("standing", "Gather", [weight(table), "places"]),
    ]);
  return { ...built, weight, norm, skip, product, split, attention, mlp, fused, embed };
}

/** `ids` and `places` [1, n] of a text to read → of each layer of the decoder `cross_k_…` and `cross_v_…`
 * [1, heads, n, size]. */
export function encoder(model) {
  const { n_layer, n_head, n_embd } = model.config;
  const { constant, node, bytes, norm, skip, product, split, attention, mlp, fused, embed } = parts("encoder", model);
  constant("by_heads", BigInt64Array.of(0n, 0n, BigInt(n_head), BigInt(n_embd / n_head)), [4]);
  let x = embed("read_at");
  let h = norm("begin", x, "encoder.0.norm_1");
  for (let i = 0; i < n_layer; i++) {
    const at = `encoder.${i}.`;
    const qkv = product(`${at}all`, h, `${at}qkv`, fused(`${at}own.`));
    const mixed = attention(`${at}mixed`, split(`${at}parts`, qkv, [`${at}q`, `${at}k`, `${at}v`]));
    [h, x] = skip(`${at}looked`, x, product(`${at}taken`, mixed, `${at}own.proj`), `${at}norm_2`);
    const next = i + 1 < n_layer ? `encoder.${i + 1}.norm_1` : "encoder_norm";
    [h, x] = skip(`${at}thought`, x, mlp(at, h), next);
  }
  const outputs = [];
  for (let i = 0; i < n_layer; i++) {
    const at = `decoder.${i}.cross.`;
    for (const part of split(`${at}parts`, product(`${at}all`, h, `${at}kv`), [`k_${i}`, `v_${i}`])) {
      const heads = node(`heads_${part}`, "Reshape", [part, "by_heads"]);
      node(`cross_${part}`, "Transpose", [heads], { perm: [0, 2, 1, 3] });
      outputs.push(value(`cross_${part}`, FLOAT, [1, n_head, "n", n_embd / n_head]));
    }
  }
  return bytes([value("ids", INT64, [1, "n"]), value("places", INT64, [1, "n"])], outputs);
}

/** `ids` and `places` [1, 1] of the last piece, of each layer `past_k_…`, `past_v_…` [1, heads, t, size] and what the
 * encoder gave → `logits` [1, 1, pieces] and `present_k_…`, `present_v_…` [1, heads, t + 1, size]. */
export function decoder(model) {
  const { n_layer, n_head, n_embd } = model.config;
  const { node, bytes, weight, norm, skip, product, split, attention, mlp, fused, embed } = parts("decoder", model);
  const inputs = [value("ids", INT64, [1, 1]), value("places", INT64, [1, 1])];
  const [pieces] = model.weights.table.shape;
  const outputs = [value("logits", FLOAT, [1, pieces])];
  let x = embed("written_at");
  let h = norm("begin", x, "decoder.0.norm_1");
  for (let i = 0; i < n_layer; i++) {
    const at = `decoder.${i}.`;
    for (const part of [`k_${i}`, `v_${i}`]) {
      const shape = (n) => [1, n_head, n, n_embd / n_head];
      inputs.push(value(`past_${part}`, FLOAT, shape("t")), value(`cross_${part}`, FLOAT, shape("n")));
      outputs.push(value(`present_${part}`, FLOAT, shape("all")));
    }
    const qkv = product(`${at}all`, h, `${at}qkv`, fused(`${at}own.`));
    const [mixed] = attention(`${at}own`,
      [...split(`${at}parts`, qkv, [`${at}q`, `${at}k`, `${at}v`]), "", "", "", `past_k_${i}`, `past_v_${i}`],
      [`${at}mixed`, `present_k_${i}`, `present_v_${i}`]);
    [h, x] = skip(`${at}looked`, x, product(`${at}taken`, mixed, `${at}own.proj`), `${at}norm_2`);
    const read = attention(`${at}read`, [product(`${at}asked`, h, `${at}cross.q`), `cross_k_${i}`, `cross_v_${i}`]);
    [h, x] = skip(`${at}understood`, x, product(`${at}told`, read, `${at}cross.proj`), `${at}norm_3`);
    const next = i + 1 < n_layer ? `decoder.${i + 1}.norm_1` : "decoder_norm";
    [h, x] = skip(`${at}thought`, x, mlp(at, h), next);
  }
  node("guess", "Gemm", [node("flat", "Flatten", [h], { axis: 2 }), weight("table")], { transB: 1 }, ["logits"]);
  return bytes(inputs, outputs);
}

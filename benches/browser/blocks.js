// What the networks of ours that peers run as ONNX files are made of: onnxruntime's own nodes, which are faster than
// plain MatMul and Softmax.
import { graph } from "./onnx.js";
import { beside } from "./safetensors.js";

const EPSILON = { float: 1e-5 };

/** A graph of a name, and the blocks of a transformer with these weights. `skip` adds what a branch gives to the stream
 * and makes of the sum what the next one reads: one node for both. */
export function parts(name, { weights, config }) {
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
  const attention = (at, inputs, outputs = at) =>
    node(at, "MultiHeadAttention", inputs, { num_heads: config.n_head }, outputs, "com.microsoft");
  const mlp = (at, x) => {
    const bent = node(`${at}bent`, "Gelu", [product(`${at}wide`, x, `${at}up`)], { approximate: "tanh" });
    return product(`${at}narrow`, bent, `${at}down`);
  };
  const fused = (at) => beside(weights[`${at}q`], weights[`${at}kv`]);
  return { ...built, weight, norm, skip, product, split, attention, mlp, fused };
}

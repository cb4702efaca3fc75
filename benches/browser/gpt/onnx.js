// The model as an ONNX file.
import { FLOAT, INT64, graph, value } from "../onnx.js";
import { EPSILON, HEADS, LAYERS, VOCABULARY, WIDTH } from "./model.js";

const SIZE = WIDTH / HEADS;

/**
 * The bytes of the model. It takes `ids` [1, t], their `places` [1, t] and of each layer `past_k…`, `past_v…` [1, heads, past, size];
 * it gives the `logits` [1, vocabulary] after the last token and `present_k…`, `present_v…`.
 */
export function model(weights) {
  const { constant, node, bytes } = graph("gpt");
  for (const [name, { values, shape }] of Object.entries(weights)) constant(name, values, shape);
  const norm = (name, x, gain) => node(name, "LayerNormalization", [x, gain], { axis: -1, epsilon: { float: EPSILON } });

  const inputs = [value("ids", INT64, [1, "t"]), value("places", INT64, [1, "t"])];
  const outputs = [value("logits", FLOAT, [1, VOCABULARY])];
  let x = node("stream", "Add", [node("tokens", "Gather", ["wte", "ids"]), node("standing", "Gather", ["wpe", "places"])]);
  for (let i = 0; i < LAYERS; i++) {
    const its = (name) => `${name}_${i}`;
    for (const part of ["k", "v"]) {
      inputs.push(value(its(`past_${part}`), FLOAT, [1, HEADS, "past", SIZE]));
      outputs.push(value(its(`present_${part}`), FLOAT, [1, HEADS, "all", SIZE]));
    }
    const qkv = node(its("parts"), "MatMul", [norm(its("normed_1"), x, `norm1_${i}`), `qkv${i}`]);
    const parts = node(its("split"), "Split", [qkv], { axis: 2, num_outputs: 3 }, [its("q"), its("k"), its("v")]);
    // One node of onnxruntime's own; attention of plain MatMul and Softmax is slower.
    const mixed = node(its("attention"), "MultiHeadAttention",
      [...parts, "", "", "", its("past_k"), its("past_v")], { num_heads: HEADS, unidirectional: 1 },
      [its("mixed"), its("present_k"), its("present_v")], "com.microsoft")[0];
    x = node(its("attended"), "Add", [x, node(its("projected"), "MatMul", [mixed, `proj${i}`])]);
    const up = node(its("wide"), "MatMul", [norm(its("normed_2"), x, `norm2_${i}`), `up${i}`]);
    const bent = node(its("bent"), "Gelu", [up], { approximate: "tanh" });
    x = node(its("thought"), "Add", [x, node(its("narrow"), "MatMul", [bent, `down${i}`])]);
  }
  constant("last", BigInt64Array.of(-1n), []);
  const end = norm("normed_end", node("end", "Gather", [x, "last"], { axis: 1 }), "norm"); // [1, width]
  node("guess", "Gemm", [end, "wte"], { transB: 1 }, ["logits"]);
  return bytes(inputs, outputs);
}

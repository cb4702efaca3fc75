// The model as an ONNX file, so that there is none to keep: the few parts of the format (onnx.proto)
// that it takes, and its graph.
import { EPSILON, HEADS, LAYERS, VOCABULARY, WIDTH } from "./model.js";

const SIZE = WIDTH / HEADS;
const FLOAT = 1;
const INT64 = 7;

const joined = (parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** A whole number as protobuf writes it, in sevens of bits; negative ones take ten bytes. */
function varint(value) {
  const bytes = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Uint8Array.of(...bytes, Number(left));
}

const whole = (field, value) => joined([varint(field << 3), varint(value)]);
const float = (field, value) => joined([varint((field << 3) | 5), new Uint8Array(Float32Array.of(value).buffer)]);
/** Bytes, a string or a message, which are written alike. */
const block = (field, value) => {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return joined([varint((field << 3) | 2), varint(bytes.length), bytes]);
};

/** An AttributeProto of whole numbers, a list of them, a string, or a number as `{ float }`. */
function attribute(name, value) {
  const known = (type, ...fields) => joined([block(1, name), ...fields, whole(20, type)]);
  if (typeof value === "string") return known(3, block(4, value));
  if (Array.isArray(value)) return known(7, ...value.map((v) => whole(8, v)));
  if (typeof value === "object") return known(1, float(2, value.float));
  return known(2, whole(3, value));
}

/** A TensorProto: Float32Array or BigInt64Array. */
const tensor = (name, values, shape) => joined([
  ...shape.map((size) => whole(1, size)),
  whole(2, values instanceof Float32Array ? FLOAT : INT64),
  block(8, name),
  block(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
]);

/** A ValueInfoProto; a size is a number, or a name where it varies. */
function value(name, type, shape) {
  const sizes = shape.map((size) => block(1, typeof size === "string" ? block(2, size) : whole(1, size)));
  return joined([block(1, name), block(2, block(1, joined([whole(1, type), block(2, joined(sizes))])))]);
}

/**
 * The bytes of the model. It takes `ids` [1, t], their `places` [1, t] and of each layer `past_k…`, `past_v…` [1, heads, past, size];
 * it gives the `logits` [1, vocabulary] after the last token and `present_k…`, `present_v…`.
 */
export function model(weights) {
  const nodes = [];
  const initializers = [];
  const constant = (name, values, shape) => initializers.push(block(5, tensor(name, values, shape)));
  for (const [name, { values, shape }] of Object.entries(weights)) constant(name, values, shape);
  /** Adds a node; gives the name of its output, its own unless told, or the list of names told. */
  const node = (name, type, inputs, attributes = {}, outputs = name, domain = "") => {
    nodes.push(block(1, joined([
      ...inputs.map((input) => block(1, input)),
      ...[outputs].flat().map((output) => block(2, output)),
      block(3, name),
      block(4, type),
      ...Object.entries(attributes).map(([key, v]) => block(5, attribute(key, v))),
      ...(domain ? [block(7, domain)] : []),
    ])));
    return outputs;
  };
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

  const graph = joined([
    ...nodes,
    block(2, "gpt"),
    ...initializers,
    ...inputs.map((input) => block(11, input)),
    ...outputs.map((output) => block(12, output)),
  ]);
  const opset = (domain, version) => block(8, joined([block(1, domain), whole(2, version)]));
  return joined([whole(1, 10), block(7, graph), opset("", 20), opset("com.microsoft", 1)]);
}

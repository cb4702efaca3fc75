// The few parts of the ONNX format (onnx.proto) that the models here take, so that there is no file to keep.

export const FLOAT = 1;
export const INT64 = 7;

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
export function value(name, type, shape) {
  const sizes = shape.map((size) => block(1, typeof size === "string" ? block(2, size) : whole(1, size)));
  return joined([block(1, name), block(2, block(1, joined([whole(1, type), block(2, joined(sizes))])))]);
}

/**
 * A graph to be built: `constant` adds values, `node` a node, giving the name of its output, its own
 * unless told, or the list of names told; `bytes` gives the file, with inputs and outputs by `value`.
 */
export function graph(name) {
  const nodes = [];
  const initializers = [];
  return {
    constant(name, values, shape) {
      initializers.push(block(5, tensor(name, values, shape)));
      return name;
    },
    node(name, type, inputs, attributes = {}, outputs = name, domain = "") {
      nodes.push(block(1, joined([
        ...inputs.map((input) => block(1, input)),
        ...[outputs].flat().map((output) => block(2, output)),
        block(3, name),
        block(4, type),
        ...Object.entries(attributes).map(([key, v]) => block(5, attribute(key, v))),
        ...(domain ? [block(7, domain)] : []),
      ])));
      return outputs;
    },
    bytes(inputs, outputs) {
      const all = joined([
        ...nodes,
        block(2, name),
        ...initializers,
        ...inputs.map((input) => block(11, input)),
        ...outputs.map((output) => block(12, output)),
      ]);
      const opset = (domain, version) => block(8, joined([block(1, domain), whole(2, version)]));
      return joined([whole(1, 10), block(7, all), opset("", 21), opset("com.microsoft", 1)]);
    },
  };
}

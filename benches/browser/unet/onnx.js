// The model as an ONNX file. Images are [n, channels, rows, columns].
import { FLOAT, graph, value } from "../onnx.js";
import { BATCH, EPSILON, GROUPS, HEADS, SIDE, WIDTHS, unet } from "./model.js";

/** A 3 × 3 kernel [3, 3, in, out] as [out, in, 3, 3]. */
function outFirst({ values, shape: [, , inputs, outputs] }) {
  const turned = Float32Array.from(values, (_, at) => {
    const [o, rest] = [Math.floor(at / (9 * inputs)), at % (9 * inputs)];
    return values[((rest % 9) * inputs + Math.floor(rest / 9)) * outputs + o];
  });
  return { values: turned, shape: [outputs, inputs, 3, 3] };
}

/** A matrix [in, out] as a kernel of one pixel. */
function transposed({ values, shape: [inputs, outputs] }) {
  const turned = Float32Array.from(values, (_, at) => values[(at % inputs) * outputs + Math.floor(at / inputs)]);
  return { values: turned, shape: [outputs, inputs, 1, 1] };
}

/** The bytes of the model, which takes images `x` and their embedded `time` and gives the `noise` in them. */
export function model(p) {
  const { constant, node, bytes } = graph("unet");
  let count = 0;
  /** Adds a node under a new name; gives its output. */
  const add = (type, inputs, attributes, domain) => node(`${type}${++count}`, type, inputs, attributes, undefined, domain);
  const parameter = (name, turn = (leaf) => leaf) => {
    const { values, shape } = turn(p[name]);
    return constant(name, values, shape);
  };
  const shape = (...sizes) => constant(`shape${++count}`, BigInt64Array.from(sizes, BigInt), [sizes.length]);
  const filled = (number, ...sizes) =>
    constant(`filled${++count}`, new Float32Array(sizes.reduce((all, size) => all * size, 1)).fill(number), sizes);
  const bent = (x) => add("QuickGelu", [x], { alpha: { float: 1 } }, "com.microsoft");
  const o = {
    has: (name) => `${name}_w` in p,
    dense: (x, name) => add("Gemm", [x, parameter(`${name}_w`), parameter(`${name}_b`)]),
    conv: (x, name, stride) => add("Conv", [x, parameter(`${name}_w`, outFirst), parameter(`${name}_b`)],
      { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [stride, stride] }),
    point: (x, name) => add("Conv", [x, parameter(`${name}_w`, transposed), parameter(`${name}_b`)], { kernel_shape: [1, 1] }),
    norm(x, name) {
      const groups = add("Reshape", [x, shape(0, GROUPS, -1)]);
      const unit = add("InstanceNormalization", [groups, filled(1, GROUPS), filled(0, GROUPS)], { epsilon: { float: EPSILON } });
      const whole = add("Reshape", [unit, add("Shape", [x])]);
      const each = (name) => parameter(name, ({ values }) => ({ values, shape: [values.length, 1, 1] }));
      return add("Add", [add("Mul", [whole, each(`${name}_w`)]), each(`${name}_b`)]);
    },
    silu: bent,
    add: (x, y) => add("Add", [x, y]),
    shift: (x, by) => add("Add", [x, add("Reshape", [by, shape(0, -1, 1, 1)])]),
    join: (x, y) => add("Concat", [x, y], { axis: 1 }),
    larger: (x) => add("Resize", [x, "", constant(`scales${++count}`, Float32Array.of(1, 1, 2, 2), [4])],
      { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }),
    attend(qkv) {
      const width = WIDTHS.at(-1);
      const side = SIDE / 2 ** (WIDTHS.length - 1);
      const names = ["q", "k", "v"];
      const heads = add("Reshape", [qkv, shape(0, 3 * HEADS, width / HEADS, -1)]);
      const [q, k, v] = node("parts", "Split", [heads], { axis: 1, num_outputs: 3 }, names); // [n, heads, size, places]
      const turned = (x) => add("Transpose", [x], { perm: [0, 1, 3, 2] });
      const scores = add("Mul", [add("MatMul", [turned(q), k]), filled(1 / Math.sqrt(width / HEADS))]);
      const mixed = add("MatMul", [v, turned(add("Softmax", [scores], { axis: -1 }))]);
      return add("Reshape", [mixed, shape(0, width, side, side)]);
    },
  };
  node("noise", "Identity", [unet(o, "x", "time")]);
  const images = [BATCH, 1, SIDE, SIDE];
  return bytes([value("x", FLOAT, images), value("time", FLOAT, [BATCH, WIDTHS[0]])], [value("noise", FLOAT, images)]);
}

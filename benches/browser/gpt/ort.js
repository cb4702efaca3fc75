// The model in ONNX Runtime's wasm, which writes only: it does not train.
import { Tensor } from "onnxruntime-web/wasm";
import { serve } from "../measure.js";
import { open } from "../ort.js";
import { HEADS, LAYERS, WIDTH, weights, writer } from "./model.js";
import { model } from "./onnx.js";

serve(async () => {
  const initial = weights();
  const { session, threads } = await open(model(initial));

  /** By name, keys and values of each layer, as `named` gives them. */
  const each = (named) =>
    Object.fromEntries(Array.from({ length: 2 * LAYERS }, (_, i) => {
      const name = `${i % 2 ? "v" : "k"}_${i >> 1}`;
      return [`past_${name}`, named(name)];
    }));
  let past;
  let known = 0;
  const read = async (ids) => {
    const t = ids.length;
    const out = await session.run({
      ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), [1, t]),
      places: new Tensor("int64", BigInt64Array.from(ids, (_, i) => BigInt(known + i)), [1, t]),
      ...past,
    });
    past = each((name) => out[`present_${name}`]);
    known += t;
    return out.logits.data;
  };
  const none = new Tensor("float32", new Float32Array(0), [1, HEADS, 0, WIDTH / HEADS]);
  const { write, check } = writer({
    start(ids) {
      past = each(() => none);
      known = 0;
      return read(ids);
    },
    push: (id) => read([id]),
  });
  await check(initial);
  return { threads, write };
});

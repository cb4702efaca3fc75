// The model in ONNX Runtime's wasm, which denoises only: it does not train.
import { Tensor } from "onnxruntime-web/wasm";
import { serve } from "../measure.js";
import { open } from "../ort.js";
import { BATCH, SIDE, WIDTHS, given, weights } from "./model.js";
import { model } from "./onnx.js";
import { check } from "./plain.js";

serve(async () => {
  const { session, threads } = await open(model(weights({ zeros: false })));
  const { x, time } = given();
  const inputs = {
    x: new Tensor("float32", x, [BATCH, 1, SIDE, SIDE]),
    time: new Tensor("float32", time, [BATCH, WIDTHS[0]]),
  };
  const denoise = async () => (await session.run(inputs)).noise.data;
  await check(denoise);
  return { threads, denoise };
});

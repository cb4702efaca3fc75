// ONNX Runtime's wasm, whatever it computes.
import { InferenceSession, env } from "onnxruntime-web/wasm";

/** A session of a model's bytes, and how many threads it has. */
export async function open(bytes) {
  env.wasm.wasmPaths = new URL("../ort/", location.href).href;
  // Its own choice would be half of the cores, and four threads at most.
  env.wasm.numThreads = globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
  const session = await InferenceSession.create(bytes, { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  return { session, threads: env.wasm.numThreads };
}

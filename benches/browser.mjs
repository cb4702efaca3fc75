// Headless Chromium, and the pages that the peers run in.
import { build } from "esbuild";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";

export const chromiumPath = process.env.GP_CHROMIUM ?? "/usr/bin/chromium";

export const flags = [
  ...["--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/** What makes WebGPU answer: the machine's GPU, or SwiftShader, which runs it on the processor. */
export const webgpuFlags = (gpu) =>
  gpu
    ? ["--enable-unsafe-webgpu", "--enable-features=Vulkan", "--ignore-gpu-blocklist"]
    : ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Bundles the benchmark's pages into `out`. Nothing of this reaches the site. */
export async function bundle(benches, out) {
  for (const folder of ["tfjs", "ort"]) await mkdir(join(out, folder), { recursive: true });
  const source = join(benches, "browser");
  await build({
    entryPoints: [
      "page",
      "vae/tfjs",
      "vae/jax",
      "flow/tfjs",
      "flow/jax",
      "gpt/tfjs",
      "gpt/jax",
      "gpt/ort",
      "unet/tfjs",
      "unet/jax",
      "unet/ort",
    ].map((name) => join(source, `${name}.js`)),
    outdir: out,
    outbase: source,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    logLevel: "error",
    // Onnxruntime's loader as a file of its own: its threads load it too.
    conditions: ["onnxruntime-web-use-extern-wasm"],
    // Node's parts of tfjs's wasm loader, never reached in a browser.
    external: ["fs", "path", "os", "perf_hooks", "worker_threads", "util", "crypto"],
  });
  await cp(join(source, "index.html"), join(out, "index.html"));
  const wasm = join(benches, "node_modules/@tensorflow/tfjs-backend-wasm/dist");
  for (const kind of ["", "-simd", "-threaded-simd"]) {
    await cp(join(wasm, `tfjs-backend-wasm${kind}.wasm`), join(out, "tfjs", `tfjs-backend-wasm${kind}.wasm`));
  }
  const ort = join(benches, "node_modules/onnxruntime-web/dist");
  for (const kind of ["mjs", "wasm"]) {
    await cp(join(ort, `ort-wasm-simd-threaded.${kind}`), join(out, "ort", `ort-wasm-simd-threaded.${kind}`));
  }
}

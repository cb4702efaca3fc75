// One contender in a page of its own: index.html?workload=vae|flow|gpt|unet|lab&who=ours|before|tfjs|jax|ort&backend=cpu|webgpu
// run.mjs calls its methods (see `measure.js`) through `contender`.
import { ours } from "./ours.js";

const { workload, who, backend } = Object.fromEntries(new URLSearchParams(location.search));

/** The methods of a peer, which runs in a worker as our engine does. */
function remote(url) {
  const worker = new Worker(url, { type: "module" });
  const pending = new Map();
  let last = 0;
  worker.onmessage = ({ data: { id, value, error } }) => {
    const { resolve, reject } = pending.get(id);
    pending.delete(id);
    if (error) reject(new Error(error));
    else resolve(value);
  };
  worker.onerror = (event) => {
    for (const { reject } of pending.values()) reject(new Error(event.message || `${url} could not be loaded`));
  };
  return (method, ...args) =>
    new Promise((resolve, reject) => {
      pending.set(++last, { resolve, reject });
      worker.postMessage({ id: last, method, args });
    });
}

if (who === "ours" || who === "before") {
  const methods = await ours(workload, backend);
  globalThis.contender = (method, ...args) => methods[method](...args);
} else if (who) {
  globalThis.contender = remote(`${workload}/${who}.js`);
  await globalThis.contender("start", backend);
}

/** What WebGPU runs on, in words; "" without it. */
globalThis.adapter = async () => {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return "";
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [description, vendor, architecture].filter(Boolean).join(" ");
  return isFallbackAdapter ? `${name} (fallback adapter: software)` : name;
};
globalThis.ready = true;

/** The script beside each wasm module. */
import { fileUrl } from "../client/files";
import type { Answer, DeviceInfo, Envelope } from "../client/protocol";
import { unloaded } from "../client/refusals";

/** What a module exports. */
export type ModuleExports = WebAssembly.Exports & { memory: WebAssembly.Memory };

/** What wasm-bindgen makes of the worker's binaries. */
export interface Glue {
  default(options: { module_or_path: Response | ArrayBuffer }): Promise<ModuleExports>;
  /** Of a module that comes in two parts: how the second one is had at once. */
  setRest?(load: () => void): void;
  start(onAnswer: (answer: Answer) => void): void;
  init_device(backend: "cpu" | "webgpu", allowFallback: boolean): Promise<DeviceInfo>;
  post(envelope: Envelope): void;
  /** Of the CPU's module: workers help each other. */
  helper?(number: number, port: MessagePort): void;
  dismiss?(number: number): void;
  serve?(port: MessagePort): void;
}

/** The glue that belongs to a module. */
export async function glueOf(name: string): Promise<Glue> {
  const url = fileUrl(name);
  try {
    return (await import(url.href)) as Glue;
  } catch (e) {
    throw (await unloaded(url, "script")) ?? e;
  }
}

/** The scripts beside the wasm modules, in one piece with the worker; in the place of `worker/glue.ts`. */
import cpu from "package:glue-cpu";
import webgpu from "package:glue-webgpu";
import type { Glue } from "../worker/glue";

export type { Glue } from "../worker/glue";

/** The glue that belongs to a module. */
export const glueOf = async (name: string): Promise<Glue> => (name === "worker-cpu.js" ? cpu : webgpu) as Glue;

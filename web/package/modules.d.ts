/** Addresses of the package's files; written by web/package.mjs. */
declare module "package:files" {
  const files: Record<string, string>;
  export default files;
}

/** The lists of models, data and texts that the package carries; written by web/package.mjs. */
declare module "package:lists" {
  const lists: Record<string, unknown>;
  export default lists;
}

/** The worker as one script. */
declare module "package:worker" {
  const source: string;
  export default source;
}

/** The worker as one script for Node, without what only browsers have. */
declare module "package:worker-node" {
  const source: string;
  export default source;
}

/** What wasm-bindgen wrote beside a module. */
declare module "package:glue-cpu" {
  const glue: unknown;
  export default glue;
}
declare module "package:glue-webgpu" {
  const glue: unknown;
  export default glue;
}

// The little of Node that is used here.
declare module "node:worker_threads" {
  export class Worker {
    constructor(source: string, options: { eval: true; name?: string });
    on(event: "message" | "error" | "exit", listener: (value: never) => void): this;
    postMessage(message: unknown, transfer?: unknown[]): void;
    terminate(): Promise<number>;
    ref(): void;
    unref(): void;
  }
  export const parentPort: {
    on(event: "message", listener: (data: unknown) => void): void;
    postMessage(message: unknown, transfer?: unknown[]): void;
  } | null;
}
declare module "node:fs" {
  export function readFileSync(path: URL): Uint8Array<ArrayBuffer>;
}
declare module "node:fs/promises" {
  export function readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
}

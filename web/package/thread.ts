/** What a thread of Node lacks of a page's worker; imported before the worker's shell. */
import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { fetchFile } from "./read";

const scope = globalThis as unknown as Record<string, unknown>;
const fetchElsewhere = globalThis.fetch;

/** The shell listens only for promises that nobody answers for. */
function listen(type: string, tell: (event: { reason: unknown; preventDefault(): void }) => void) {
  const { process } = scope as { process: { on(name: string, tell: (reason: unknown) => void): void } };
  if (type === "unhandledrejection")
    process.on("unhandledRejection", (reason) => tell({ reason, preventDefault: () => undefined }));
}

scope["self"] = globalThis;
scope["navigator"] ??= {};
scope["addEventListener"] = listen;
scope["postMessage"] = (message: unknown, transfer?: unknown[]) => parentPort?.postMessage(message, transfer);
scope["fetch"] = (url: URL | string, init?: RequestInit) =>
  String(url).startsWith("file:") ? fetchFile(url, init) : fetchElsewhere(url, init);
// Typed arrays of a file's bytes may share a larger buffer.
scope["readNow"] = (url: URL) => new Uint8Array(readFileSync(url)).buffer;
parentPort?.on("message", (data) => (scope["onmessage"] as (event: { data: unknown }) => void)({ data }));

/**
 * The module gives its thread back by messages to itself. Node takes up to a thousand messages of a port before it
 * looks at any other, so that a training would hear nothing for a minute; an immediate lets all others have their turn.
 */
class Channel {
  port1: { onmessage: ((event: { data: unknown }) => void) | null } = { onmessage: null };
  port2 = {
    postMessage: (data: unknown) => {
      (scope["setImmediate"] as (work: () => void) => void)(() => this.port1.onmessage?.({ data }));
    },
  };
}
scope["MessageChannel"] = Channel;

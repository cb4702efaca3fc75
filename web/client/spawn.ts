/** How the worker is started: from its file, in another origin's page by way of a blob, and ahead of its first use. */
import type { Backend, Init, Where } from "./connection";
import { fileUrl } from "./files";
import { platform, type AnyWorker, type Spawned } from "./platform";

/**
 * The first script of a worker in somebody else's page: it imports the real one, and keeps what comes before that.
 * A classic one, for only such a script may import from elsewhere in a frame that is in a sandbox.
 */
const opening = (url: string) => `
const early = [], violations = [];
onmessage = (event) => early.push(event);
const seen = ({ effectiveDirective, blockedURI }) => violations.push({ effectiveDirective, blockedURI });
addEventListener("securitypolicyviolation", seen);
import(${JSON.stringify(url)}).then(
  () => {
    removeEventListener("securitypolicyviolation", seen);
    for (const event of early) onmessage(event);
  },
  () => setTimeout(() => postMessage({ type: "unloaded", violations }), 60),
);`;

/** Where a policy asks that addresses of scripts are vouched for. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}
const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
let vouched: { createScriptURL(url: string): string } | undefined;

/** A worker from an address of ours. */
function workerOf(url: string, options?: WorkerOptions): Worker {
  vouched ??= trusted?.createPolicy("generative-playground", { createScriptURL: (own) => own });
  return new Worker(vouched?.createScriptURL(url) ?? url, options);
}

/** Starts the worker; in another origin's page by way of a blob, which may import it. */
export function spawn(): Spawned {
  const from = fileUrl("worker.js");
  if (from.origin === (globalThis.origin ?? location.origin))
    return { worker: workerOf(from.href, { type: "module" }), from };
  return spawnText(opening(from.href));
}

/** Starts a worker from its text, as a classic script. */
export function spawnText(text: string): Spawned {
  const blobUrl = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = workerOf(blobUrl);
  // The worker has fetched the blob by the time its first message comes.
  for (const event of ["message", "error"])
    worker.addEventListener(event, () => URL.revokeObjectURL(blobUrl), { once: true });
  return { worker, from: new URL(blobUrl) };
}

/** A worker that fetches its module while the page still fetches the code that will speak to it. */
export interface Ahead extends Spawned {
  /** What it has said so far. */
  heard: MessageEvent[];
}

/** Longer than this it is not kept for somebody, milliseconds. */
const KEPT = 120_000;
let ahead: (Ahead & { backend: Backend }) | undefined;
/** There was one, or a connection that did without: whoever comes later finds the code in place. */
let over = false;

/** Starts the worker of a back end, for the page's first connection; what goes wrong goes wrong again there. */
export function spawnAhead(backend: Backend) {
  if (over || platform.spawn || platform.prepare) return;
  over = true;
  let spawned: Spawned;
  try {
    spawned = spawn();
  } catch {
    return;
  }
  const { worker } = spawned;
  const begun = { ...spawned, backend, heard: [] as MessageEvent[] };
  ahead = begun;
  worker.onmessage = (event) => begun.heard.push(event);
  worker.onerror = (event) => {
    event.preventDefault();
    leave(begun);
  };
  setTimeout(() => leave(begun), KEPT);
  const init: Init = { type: "init", backend, reason: null };
  worker.postMessage(init);
}

function leave({ worker }: { worker: AnyWorker }) {
  if (ahead?.worker !== worker) return;
  ahead = undefined;
  worker.terminate();
}

/** The worker that was started ahead, if it is one of this back end; one of another is not needed any more. */
export function takeAhead(backend: Where): Ahead | undefined {
  const found = ahead;
  over = true;
  if (!found) return undefined;
  if (found.backend !== backend) leave(found);
  else ahead = undefined;
  return found.backend === backend ? found : undefined;
}

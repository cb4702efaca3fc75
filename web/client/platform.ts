/**
 * What the client asks of the place that it runs in. A page has all of it by itself; the package sets what is different
 * under a bundler and in Node.
 */

/** The part of a worker that is used here. */
export interface AnyWorker {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  terminate(): unknown;
}

/** The worker, and the address that it was started from. */
export interface Spawned {
  worker: AnyWorker;
  from: URL;
}

export interface Platform {
  /** Brings what `spawn` needs. */
  prepare?: () => Promise<void>;
  /** Starts the worker; without it, from its file on the site. */
  spawn?: () => Spawned;
  /** Addresses of files for the worker, from the names that they go by in the sources. */
  files?: () => Record<string, string>;
  /** Fetches a file. */
  fetch(url: URL, init: RequestInit): Promise<Response>;
}

export const platform: Platform = { fetch: (url, init) => fetch(url, init) };

/** A timer that keeps no program from ending, where timers do. */
export function idly(work: () => void, time: number) {
  const timer: unknown = setTimeout(work, time);
  if (typeof timer === "object" && timer !== null && "unref" in timer) (timer as { unref(): void }).unref();
}

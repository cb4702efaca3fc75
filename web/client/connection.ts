import { PlaygroundError, cancelled, isErrorInfo, problem } from "./errors";
import type { Answer, Envelope, ErrorInfo, Outcome, Progress, Request } from "./protocol";
import { base } from "./site";

/** What the reader may ask for. */
export type Backend = "auto" | "webgpu" | "cpu";

/** What is in use, and why. */
export interface Device {
  backend: "cpu" | "webgpu";
  adapter: string;
  fallback: boolean;
  /** `gpu`, `no-webgpu`, `no-adapter`, `fallback-adapter`, `requested`, or `failed:` and a message. */
  reason: string;
}

/** First message to the worker's shell. */
export interface Init {
  type: "init";
  backend: Backend;
  /** Why this worker follows another one, if it does. */
  reason: string | null;
}

/** Messages of the worker's shell, besides the answers. */
export type ShellMessage =
  | { type: "ready"; device: Omit<Device, "reason">; reason: string }
  | { type: "failed"; error: ErrorInfo }
  | { type: "fallback"; reason: string };

/** How a request is to be made. */
export interface Options {
  progress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

interface Pending {
  resolve: (outcome: Outcome) => void;
  reject: (error: PlaygroundError) => void;
  progress?: (progress: Progress) => void;
}

/** Starts the worker; from another origin's page by way of a blob, which may import it. */
function spawn(): Worker {
  const url = new URL("worker.js", base);
  if (url.origin === location.origin) return new Worker(url, { type: "module" });
  const blob = new Blob([`import ${JSON.stringify(url.href)};`], { type: "text/javascript" });
  const blobUrl = URL.createObjectURL(blob);
  const worker = new Worker(blobUrl, { type: "module" });
  // The worker has fetched the blob by the time its first message comes.
  worker.addEventListener("message", () => URL.revokeObjectURL(blobUrl), { once: true });
  return worker;
}

/** One worker from start to death, and the requests under way in it. */
export class Connection {
  readonly ready: Promise<Device>;
  #worker: Worker | undefined;
  #pending = new Map<number, Pending>();
  #lastId = 0;
  #onDeath: (error: PlaygroundError) => void;

  constructor(backend: Backend, reason: string | null, onDeath: (error: PlaygroundError) => void) {
    this.#onDeath = onDeath;
    this.ready = new Promise((resolve, reject) => this.#start(backend, reason, resolve, reject));
    this.ready.catch(() => this.close());
  }

  #start(backend: Backend, reason: string | null, resolve: (d: Device) => void, reject: (e: PlaygroundError) => void) {
    const failed = (message: string) =>
      reject(
        problem(
          "fetch-failed",
          `The worker could not be started: ${message}.`,
          "Reload the page; if it stays, the site is missing a file.",
          false,
        ),
      );
    let worker: Worker;
    try {
      worker = spawn();
    } catch (e) {
      failed(e instanceof Error ? e.message : String(e));
      return;
    }
    this.#worker = worker;
    let ready = false;
    worker.onmessage = ({ data }: MessageEvent<ShellMessage | Answer>) => {
      if ("id" in data) {
        this.#answer(data);
      } else if (data.type === "ready") {
        ready = true;
        resolve({ ...data.device, reason: data.reason });
      } else if (data.type === "failed") {
        reject(PlaygroundError.from(data.error));
      } else {
        // The GPU would not start: a new worker, since this one may have half a device in it.
        worker.terminate();
        this.#start("cpu", data.reason, resolve, reject);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const message = event.message || "its script did not load";
      if (ready)
        this.#die(
          problem(
            "internal",
            `The worker stopped: ${message}.`,
            "The playground starts again from its last snapshot.",
            false,
          ),
        );
      else failed(message);
    };
    const init: Init = { type: "init", backend, reason };
    worker.postMessage(init);
  }

  #answer({ id, reply }: Answer) {
    if (id === 0) {
      if (reply.type === "error") this.#die(PlaygroundError.from(reply.error));
      return;
    }
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (reply.type === "progress") {
      pending.progress?.(reply.progress);
      return;
    }
    this.#pending.delete(id);
    if (reply.type === "ok") {
      pending.resolve(reply.outcome);
      return;
    }
    const error = PlaygroundError.from(reply.error);
    // A lost device is found out at some read, so it may come as the answer to any request.
    if (error.code === "device-lost") {
      this.#die(error);
      pending.reject(restarted(error));
    } else {
      pending.reject(error);
    }
  }

  #die(error: PlaygroundError) {
    if (!this.#worker) return;
    this.close(restarted(error));
    this.#onDeath(error);
  }

  /** Asks the worker; resolves with what it gives, after any number of progress calls. */
  async send(request: Request, { progress, signal }: Options = {}): Promise<Outcome> {
    await this.ready;
    if (signal?.aborted) throw cancelled();
    const id = ++this.#lastId;
    return new Promise<Outcome>((resolve, reject) => {
      if (!this.#worker) {
        reject(restarted(problem("worker-restarted", "", "")));
        return;
      }
      const stop = () => this.#post({ id: ++this.#lastId, request: { type: "cancel", target: id } });
      signal?.addEventListener("abort", stop, { once: true });
      const done = () => signal?.removeEventListener("abort", stop);
      this.#pending.set(id, {
        progress,
        resolve: (outcome) => {
          done();
          resolve(outcome);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#post({ id, request });
    });
  }

  #post(envelope: Envelope) {
    this.#worker?.postMessage(envelope);
  }

  /** Ends the worker and every request in it. */
  close(error: PlaygroundError = cancelled()) {
    this.#worker?.terminate();
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const p of pending) p.reject(error);
  }
}

/** The error that requests under way get when their worker is replaced; callers wait or try again. */
function restarted(cause: ErrorInfo): PlaygroundError {
  return problem(
    "worker-restarted",
    cause.message || "The worker was replaced.",
    "The playground starts again from its last snapshot.",
  );
}

/** Whether a request failed only because its worker was replaced. */
export const wasRestarted = (error: unknown) => isErrorInfo(error) && error.code === "worker-restarted";

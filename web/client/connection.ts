import { PlaygroundError, cancelled, isErrorInfo, problem } from "./errors";
import type { Answer, Envelope, ErrorInfo, Outcome, Progress, Request } from "./protocol";
import { fileUrl } from "./files";
import { platform, type AnyWorker, type Spawned } from "./platform";
import { came } from "./progress";
import { note, unloaded, type Violation } from "./refusals";
import { spawn, takeAhead } from "./spawn";

/**
 * What the reader may ask for. The worker of `auto` computes on the processor, and says what graphics card there is; a
 * session goes there when a trial shows that it is faster (`trial.ts`).
 */
export type Backend = "auto" | "webgpu" | "cpu";

/** Where it is computed then: on a card, if it is a real one, also without being asked for by name. */
export type Where = Backend | "card";

/** What is in use, and why. */
export interface Device {
  backend: "cpu" | "webgpu";
  adapter: string;
  fallback: boolean;
  /** Name of a graphics card that is there and was not taken. */
  card?: string;
  /**
   * `requested`, `first` (as long as the card was not tried), `slower` or `faster` (as the card was found to be),
   * `no-webgpu`, `no-adapter`, `fallback-adapter`, or `failed:` and a message.
   */
  reason: string;
}

/** First message to the worker's shell. */
export interface Init {
  type: "init";
  backend: Where;
  /** Why this worker follows another one, if it does. */
  reason: string | null;
  /** Addresses of files that the worker does not know by itself, from the names in the sources. */
  files?: Record<string, string>;
}

/** What else its shell is told: of a helper and the way to it, that one is gone, whom it is to help. */
export type Aid =
  | { type: "helper"; number: number; port: MessagePort }
  | { type: "dismiss"; number: number }
  | { type: "serve"; port: MessagePort };

/** Messages of the worker's shell, besides the answers. */
export type ShellMessage =
  | { type: "loading" }
  /** So many bytes of a module have come. */
  | { type: "came"; loaded: number; total: number }
  | { type: "ready"; device: Omit<Device, "reason">; reason: string }
  | { type: "failed"; error: ErrorInfo }
  | { type: "unloaded"; violations: Violation[] };

/** How long the worker's script may take until its first word, milliseconds. */
const FIRST_WORD = 60_000;
/** How long everything else may take until it is ready: the module comes over the network. */
const START = 300_000;

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

/** One worker from start to death, and the requests under way in it. */
export class Connection {
  /** What is in use; fails if the worker cannot start, or ends before it has. */
  readonly ready: Promise<Device>;
  #resolve!: (device: Device) => void;
  #reject!: (error: PlaygroundError) => void;
  #worker: AnyWorker | undefined;
  /** Where the worker was started from. */
  #from: string | undefined;
  #isReady = false;
  /** Why there is no worker any more. */
  #closed: PlaygroundError | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pending = new Map<number, Pending>();
  #lastId = 0;
  #onDeath: (error: PlaygroundError) => void;

  /** The worker is started after `delay` milliseconds. */
  constructor(backend: Where, reason: string | null, onDeath: (error: PlaygroundError) => void, delay = 0) {
    this.#onDeath = onDeath;
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.ready.catch(() => undefined); // Whoever waits for it is told.
    if (delay) this.#timer = setTimeout(() => this.#begin(backend, reason), delay);
    else this.#begin(backend, reason);
  }

  #begin(backend: Where, reason: string | null) {
    const needed = platform.prepare?.();
    if (!needed) this.#start(backend, reason);
    else
      needed.then(
        () => {
          if (!this.#closed) this.#start(backend, reason);
        },
        (e: unknown) => this.#failed(unstarted(e instanceof Error ? e.message : String(e))),
      );
  }

  /** It did not start. */
  #failed(error: PlaygroundError) {
    if (this.#from) came(this.#from);
    this.close(error);
  }

  /** Its script did not load or did not run; why takes a while to find out. */
  #unloaded(worker: AnyWorker, reason: Promise<PlaygroundError | undefined> | undefined, message?: string) {
    const told = unstarted(message || "its script did not load");
    if (!reason) this.#failed(told);
    else
      void reason
        .catch(() => undefined)
        .then((error) => {
          if (worker === this.#worker) this.#failed(error ?? told);
        });
  }

  #unanswered(time: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#failed(unstarted(`it did not answer for ${Math.round(time / 1000)} seconds`)),
      time,
    );
  }

  #start(backend: Where, reason: string | null) {
    const ahead = reason === null ? takeAhead(backend) : undefined;
    let spawned: Spawned;
    try {
      spawned = ahead ?? (platform.spawn ?? spawn)();
    } catch (e) {
      this.#failed(unstarted(e instanceof Error ? e.message : String(e)));
      return;
    }
    const { worker, from } = spawned;
    this.#worker = worker;
    this.#from = from.href;
    this.#unanswered(FIRST_WORD);
    const hear = ({ data }: MessageEvent<ShellMessage | Answer>) => {
      if (worker !== this.#worker) return;
      if ("id" in data) {
        this.#answer(data);
      } else if (data.type === "loading") {
        this.#unanswered(START);
      } else if (data.type === "came") {
        came(from.href, data.loaded < data.total ? data : undefined);
      } else if (data.type === "ready") {
        came(from.href);
        clearTimeout(this.#timer);
        this.#isReady = true;
        this.#resolve({ ...data.device, reason: data.reason });
      } else if (data.type === "failed") {
        this.#failed(PlaygroundError.from(data.error));
      } else {
        data.violations.forEach(note);
        this.#unloaded(worker, unloaded(fileUrl("worker.js"), "script"));
      }
    };
    worker.onmessage = hear;
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      const { message } = event;
      if (!this.#isReady) this.#unloaded(worker, message ? undefined : unloaded(from, "worker"), message);
      else
        this.#die(
          problem(
            "internal",
            `The worker stopped: ${message || "no reason given"}.`,
            "The playground starts again from its last snapshot.",
            false,
          ),
        );
    };
    if (ahead) return ahead.heard.forEach(hear);
    const init: Init = { type: "init", backend, reason, files: platform.files?.() };
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

  #die(whole: PlaygroundError) {
    if (this.#closed) return;
    // What drivers and panics say besides is for nobody's eyes.
    const error = problem(whole.code, brief(whole.message), whole.hint, whole.recoverable);
    this.close(restarted(error));
    this.#onDeath(error);
  }

  /** Asks the worker; resolves with what it gives, after any number of progress calls. */
  async send(request: Request, { progress, signal }: Options = {}): Promise<Outcome> {
    try {
      if (!this.#isReady) await this.ready;
      if (this.#closed) throw this.#closed;
    } catch (e) {
      throw unasked(e);
    }
    if (signal?.aborted) throw cancelled();
    const id = ++this.#lastId;
    return new Promise<Outcome>((resolve, reject) => {
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

  /** Tells the shell, and hands over what goes with it. */
  tell(message: Aid, transfer: Transferable[] = []) {
    this.#worker?.postMessage(message, transfer);
  }

  /** Ends the worker and every request in it, also those that wait for it to be ready. */
  close(error: PlaygroundError = cancelled()) {
    if (this.#closed) return;
    this.#closed = error;
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#reject(error);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const p of pending) p.reject(error);
  }
}

/** The error of a worker that cannot be started. */
const unstarted = (reason: string) =>
  problem(
    "fetch-failed",
    `The worker could not be started: ${reason}.`,
    "Reload the page; if it stays, the site is missing a file.",
    false,
  );

/** The error that requests under way get when their worker is replaced; callers wait or try again. */
function restarted(cause: ErrorInfo): PlaygroundError {
  return problem(
    "worker-restarted",
    cause.message || "The worker was replaced.",
    "The playground starts again from its last snapshot.",
  );
}

/** The first line of a message, and of that what fits into a sentence. */
function brief(message: string): string {
  const [line = ""] = message.trim().split(/\s*\n|\s*Caused by:|\s*Backtrace/);
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

const neverAsked = new WeakSet<PlaygroundError>();

/** The error of a request that its worker never got. */
function unasked(e: unknown): PlaygroundError {
  const error = new PlaygroundError(PlaygroundError.from(e));
  neverAsked.add(error);
  return error;
}

/** Whether a request never came to its worker, so that it cannot be what ended it. */
export const wasNeverAsked = (e: unknown) => e instanceof PlaygroundError && neverAsked.has(e);

/** Whether a request failed only because its worker was replaced. */
export const wasRestarted = (error: unknown) => isErrorInfo(error) && error.code === "worker-restarted";

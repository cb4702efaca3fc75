/** The engine of the package in Node: its worker is a thread, and files are read where they lie. */
import { Worker } from "node:worker_threads";
import { platform, type AnyWorker } from "../client/platform";
import type { ShellMessage } from "../client/connection";
import type { Answer, Envelope } from "../client/protocol";
import { workerFiles } from "./files";
import { fetchFile } from "./read";

let source = "";

/** A thread as the client knows workers. It keeps the program from ending only while it has something to do. */
class Thread implements AnyWorker {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  #worker = new Worker(source, { eval: true, name: "generative-playground" });
  #asked = new Set<number>();
  #starting = true;

  constructor() {
    this.#worker
      .on("message", (data: ShellMessage | Answer) => {
        if ("id" in data ? data.reply.type !== "progress" : data.type === "ready" || data.type === "failed") {
          if ("id" in data) this.#asked.delete(data.id);
          else this.#starting = false;
          if (!this.#starting && this.#asked.size === 0) this.#worker.unref();
        }
        this.onmessage?.({ data } as MessageEvent);
      })
      .on("error", (error: Error) =>
        this.onerror?.({ message: error.message, preventDefault: () => undefined } as ErrorEvent),
      );
  }

  postMessage(message: Envelope | { type: string }, transfer: Transferable[] = []) {
    if ("id" in message && message.request.type !== "cancel" && message.request.type !== "dispose") {
      this.#asked.add(message.id);
      this.#worker.ref();
    }
    this.#worker.postMessage(message, transfer);
  }

  terminate() {
    void this.#worker.terminate();
  }
}

Object.assign(platform, {
  prepare: async () => {
    source ||= (await import("package:worker-node")).default;
  },
  spawn: () => ({ worker: new Thread(), from: new URL(import.meta.url) }),
  files: workerFiles,
  fetch: fetchFile,
} satisfies Partial<typeof platform>);

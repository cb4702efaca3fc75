/**
 * The second part of the processor's module. The first part is what a first sample needs (web/modules); the rest comes
 * while that is looked at, or as soon as something is asked for that may need it.
 */
import { fileUrl } from "../client/files";
import { answered, unread } from "../client/refusals";
import { compiled, fetchModule, type Came } from "./module";

const NAME = "worker-cpu_rest.wasm";
/** What the module is called from which it imports. */
const FIRST = "0";

/** The file at once, while nothing else goes on in this thread. */
function readNow(url: URL): ArrayBuffer {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    request.abort();
  }
  if (request.status === 200) return request.response as ArrayBuffer;
  throw request.status ? answered(url, request.status) : unread(url);
}

/** See the file's documentation. */
export class Rest {
  #exports: WebAssembly.Exports | undefined;
  #there = false;
  #coming: Promise<void> | undefined;

  /** `read` is how a file is read at once where there is no XMLHttpRequest. */
  constructor(private readonly read: (url: URL) => ArrayBuffer = readNow) {}

  /** The first part, which it belongs to, has begun. */
  follows(exports: WebAssembly.Exports) {
    this.#exports = exports;
  }

  /** Whether it is there. */
  get there(): boolean {
    return this.#there;
  }

  /** Fetches it, unless it is there or under way; one that failed is fetched anew. */
  fetch(came: Came): Promise<void> {
    this.#coming ??= fetchModule(NAME, came)
      .then((module) => compiled(NAME, module))
      .then((module) => this.#join(module))
      .catch((e: unknown) => {
        this.#coming = undefined;
        throw e;
      });
    return this.#coming;
  }

  /** It is needed by something that goes on right now: comes back when it is there. */
  now() {
    if (!this.#there) this.#join(new WebAssembly.Module(this.read(fileUrl(NAME))));
  }

  #join(module: WebAssembly.Module) {
    if (this.#there || !this.#exports) return;
    new WebAssembly.Instance(module, { [FIRST]: this.#exports as WebAssembly.ModuleImports });
    this.#there = true;
  }
}

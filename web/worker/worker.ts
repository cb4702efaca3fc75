/**
 * The worker's shell: loads the one wasm module that goes with its device, and then only passes
 * messages. Everything that thinks is in Rust.
 */
import type { Aid, Init, ShellMessage } from "../client/connection";
import { cancelled } from "../client/errors";
import { fileUrl, learnFiles } from "../client/files";
import { uncompiled } from "../client/refusals";
import type { Answer, DeviceInfo, Envelope, ErrorInfo, Request } from "../client/protocol";
import { glueOf, type Glue } from "./glue";
import { fetchModule, within, type Came } from "./module";
import { Rest } from "./rest";

// The few parts of WebGPU that are used here; TypeScript's own DOM library has none of it yet.
interface GpuDevice extends EventTarget {
  lost: Promise<{ reason: string; message: string }>;
  destroy(): void;
}
interface GpuErrorEvent extends Event {
  error: Error;
}
interface GpuAdapter {
  features: ReadonlySet<string>;
  info?: { isFallbackAdapter?: boolean; vendor?: string; architecture?: string; description?: string };
  isFallbackAdapter?: boolean;
  requestDevice(descriptor?: { requiredFeatures?: Iterable<string> }): Promise<GpuDevice>;
}
interface Gpu {
  requestAdapter(options?: object): Promise<GpuAdapter | null>;
}

const scope = self as unknown as {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((e: MessageEvent) => void) | null;
  /** Reads a file at once, where there is no XMLHttpRequest. */
  readNow?: (url: URL) => ArrayBuffer;
};
const gpu = (navigator as { gpu?: Gpu }).gpu;
let glue: Glue | undefined;
let device: GpuDevice | undefined;
let waiting: Envelope[] = [];
/** Of a module that comes in two parts. */
let rest: Rest | undefined;
/** What waits for the second part, in the order in which it came. */
let held: Envelope[] = [];

type Ready = Extract<ShellMessage, { type: "ready" }>;
const tell = (message: ShellMessage) => scope.postMessage(message);

/** How long a graphics driver may take to answer, milliseconds. Some never do. */
const DRIVER = 10_000;
/** How long a reader waits for it where the processor computes, milliseconds. */
const LOOK = 1000;
/** A heap of so many bytes that traps has most likely had no more to give: wasm's limit is 4 GiB. */
const FULL = 2 ** 31;
let memory: WebAssembly.Memory | undefined;

/** Buffers of all byte arrays in an answer, to be transferred rather than copied. */
function buffersOf(value: unknown, found: ArrayBuffer[] = []): ArrayBuffer[] {
  if (value instanceof Uint8Array) {
    if (value.buffer instanceof ArrayBuffer && !found.includes(value.buffer)) found.push(value.buffer);
  } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    // Lists of numbers are long and hold no bytes.
    if (!(Array.isArray(value) && typeof value[0] === "number"))
      for (const v of Object.values(value)) buffersOf(v, found);
  }
  return found;
}

function fatal(error: ErrorInfo) {
  const answer: Answer = { id: 0, reply: { type: "error", error } };
  scope.postMessage(answer);
}

function lost(message: string) {
  fatal({
    code: "device-lost",
    message: `The graphics device went away: ${message || "no reason given"}.`,
    hint: "The playground starts again from its last snapshot.",
    recoverable: false,
  });
}

function failed(error: Error) {
  const memory = error.constructor.name === "GPUOutOfMemoryError";
  fatal({
    code: memory ? "out-of-memory" : "device-lost",
    message: memory
      ? `The device has no memory left for this: ${error.message || "no details given"}.`
      : `The graphics device reported an error: ${error.message}.`,
    hint: memory ? "Choose a smaller model or a smaller batch." : "The playground starts again from its last snapshot.",
    recoverable: false,
  });
}

/** What is told of a trap: that the heap is full, if it is, since Rust can only abort then. */
function trapped(e: unknown): ErrorInfo {
  if ((memory?.buffer.byteLength ?? 0) >= FULL)
    return {
      code: "out-of-memory",
      message: "There is no memory left for this.",
      hint: "Choose a smaller model or a smaller batch.",
      recoverable: false,
    };
  return {
    code: "internal",
    message: `Something went wrong inside the playground: ${reasonOf(e)}.`,
    hint: "The playground starts again from its last snapshot.",
    recoverable: false,
  };
}

/**
 * wgpu does not ask the browser for subgroups although its kernels may use them where the adapter
 * has them; this asks on its behalf, and keeps the device so that its loss can be seen (and
 * caused). An error that no scope catches, running out of memory included, would be a panic in
 * wgpu's handler; this listener is there before that handler, and stops the event.
 */
function watchDevices(adapter: GpuAdapter) {
  const prototype = Object.getPrototypeOf(adapter) as GpuAdapter;
  const request = prototype.requestDevice;
  prototype.requestDevice = async function (this: GpuAdapter, descriptor = {}) {
    const requiredFeatures = new Set(descriptor.requiredFeatures ?? []);
    if (this.features.has("subgroups")) requiredFeatures.add("subgroups");
    const made = await within(DRIVER, "the graphics device", request.call(this, { ...descriptor, requiredFeatures }));
    device = made;
    made.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      failed((event as GpuErrorEvent).error);
    });
    void made.lost.then(({ message }) => lost(message));
    return made;
  };
}

const came: Came = (loaded, total) => tell({ type: "came", loaded, total });

async function load(backend: "cpu" | "webgpu", allowFallback: boolean): Promise<DeviceInfo> {
  const file = `worker-${backend}_bg.wasm`;
  const asked = fetchModule(file, came);
  asked.catch(() => undefined); // Reported where it is awaited.
  const module = await glueOf(`worker-${backend}.js`);
  const wasm = await asked;
  if (module.setRest) {
    rest = new Rest(scope.readNow);
    module.setRest(() => rest?.now());
  }
  try {
    const exports = await module.default({ module_or_path: wasm });
    rest?.follows(exports);
    memory = exports.memory;
  } catch (e) {
    throw (await uncompiled(fileUrl(file), e)) ?? e;
  }
  module.start(answer);
  const made = module.init_device(backend, allowFallback);
  const info = await (backend === "cpu" ? made : within(3 * DRIVER, "the graphics device", made));
  glue = module;
  return info;
}

const isInfo = (e: unknown): e is ErrorInfo => typeof e === "object" && e !== null && "code" in e && "hint" in e;
const reasonOf = (e: unknown) =>
  typeof e === "object" && e !== null && "message" in e ? String(e.message) : String(e);

function failure(e: unknown): ErrorInfo {
  if (isInfo(e)) {
    const { code, message, hint, recoverable } = e;
    return { code, message, hint, recoverable };
  }
  return {
    code: "fetch-failed",
    message: `The playground's code could not be loaded: ${reasonOf(e)}.`,
    hint: "Check the connection, then reload the page.",
    recoverable: false,
  };
}

function unavailable(): ErrorInfo {
  const why = gpu ? "the browser found no graphics card for it" : "this browser has no WebGPU";
  return {
    code: "device-unavailable",
    message: `The webgpu back end cannot be used here: ${why}.`,
    hint: "Use backend=cpu, or leave it on auto.",
    recoverable: true,
  };
}

const adapterOf = () =>
  within(DRIVER, "the graphics driver", gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? none);
const none = Promise.resolve(null);

const isFallback = (adapter: GpuAdapter) => adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;

function nameOf({ info }: GpuAdapter): string {
  return info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(" ") || "WebGPU";
}

/** What there is to say of a graphics card while the processor computes. */
interface Card {
  reason: string;
  /** Its name, if it is a real one. */
  card?: string;
}

async function lookForCard(): Promise<Card> {
  if (!gpu) return { reason: "no-webgpu" };
  try {
    const adapter = await adapterOf();
    if (!adapter) return { reason: "no-adapter" };
    return isFallback(adapter) ? { reason: "fallback-adapter" } : { reason: "first", card: nameOf(adapter) };
  } catch (e) {
    return { reason: `failed:${reasonOf(e)}` };
  }
}

/** The processor's module; meanwhile the browser is asked for a graphics card, for a second at most after that. */
async function onProcessor(auto: boolean): Promise<Ready> {
  const looking: Promise<Card> = auto ? lookForCard() : Promise.resolve({ reason: "requested" });
  const device = await load("cpu", false);
  const silent = (e: unknown): Card => ({ reason: `failed:${reasonOf(e)}` });
  const { card, reason } = await within(LOOK, "the graphics driver", looking).catch(silent);
  return { type: "ready", device: { ...device, card }, reason };
}

/** The card's module; one in software is taken only where it was asked for. */
async function onCard(asked: boolean): Promise<Ready> {
  const adapter = await adapterOf().catch(() => null);
  if (!adapter || (!asked && isFallback(adapter))) throw unavailable();
  watchDevices(adapter);
  const device = await load("webgpu", asked);
  const about = { adapter: nameOf(adapter), fallback: isFallback(adapter) };
  return { type: "ready", device: { ...device, ...about }, reason: asked ? "requested" : "faster" };
}

async function init({ backend, reason: given, files }: Init) {
  learnFiles(files);
  tell({ type: "loading" });
  try {
    const onGraphics = backend === "webgpu" || backend === "card";
    const ready = await (onGraphics ? onCard(backend === "webgpu") : onProcessor(backend === "auto"));
    tell({ ...ready, reason: given ?? ready.reason });
  } catch (e) {
    tell({ type: "failed", error: failure(e) });
    return;
  }
  for (const envelope of waiting) post(envelope);
  waiting = [];
}

/**
 * What the first part of the module is made for (web/modules/first.mjs); for all else the second one is waited for. A
 * model can be made of points alone before that: what others learn from has to be loaded, which waits.
 */
const FIRST: ReadonlySet<Request["type"]> = new Set([
  "describe",
  "checkOptions",
  "open",
  "sample",
  "create",
  "dispose",
]);
const isFirst = (request: Request) =>
  FIRST.has(request.type) ||
  (request.type === "view" &&
    (request.query.type === "data" || (request.query.type === "plot" && request.query.plot === "samples")));

/** Whether readers want no more sent than what they asked for; where files are at hand, nothing is gained ahead. */
const saving = () =>
  scope.readNow !== undefined || ((navigator as { connection?: { saveData?: boolean } }).connection?.saveData ?? false);

/** An answer of the module. The second part comes while a first sample is looked at. */
function answer(answer: Answer) {
  scope.postMessage(answer, buffersOf(answer));
  const { reply } = answer;
  const drawn = reply.type === "ok" && reply.outcome.type === "view";
  if (drawn && rest && !rest.there && !saving()) void rest.fetch(cameHeld).catch(() => undefined);
}

const refuse = (id: number, error: ErrorInfo) => {
  const answer: Answer = { id, reply: { type: "error", error } };
  scope.postMessage(answer);
};

/** How much has come is told only where somebody waits for it. */
const cameHeld: Came = (loaded, total) => {
  if (held.length) came(loaded, total);
};

/** Keeps a request until the second part of the module is there. */
function hold(needed: Rest, envelope: Envelope) {
  held.push(envelope);
  if (held.length > 1) return;
  const all = () => held.splice(0);
  needed.fetch(cameHeld).then(
    () => all().forEach(post),
    (e: unknown) => {
      const error = failure(e);
      came(0, 0); // Nothing is on its way any more.
      all().forEach(({ id }) => refuse(id, error));
    },
  );
}

function post(envelope: Envelope) {
  const { request } = envelope;
  if (request.type === "fault" && request.kind === "loseDevice") {
    if (device) device.destroy();
    else lost("a drill, on a back end that has none");
    return;
  }
  if (request.type === "cancel") {
    const at = held.findIndex(({ id }) => id === request.target);
    if (at >= 0) return held.splice(at, 1).forEach(({ id }) => refuse(id, failure(cancelled())));
  } else if (rest && !rest.there && (held.length || !isFirst(request))) {
    return hold(rest, envelope);
  }
  try {
    glue?.post(envelope);
  } catch (e) {
    // A trap leaves the module unusable; wasm-bindgen rethrows it here.
    fatal(isInfo(e) ? failure(e) : trapped(e));
  }
}

self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fatal(isInfo(event.reason) ? failure(event.reason) : trapped(event.reason));
});

// What stopped the module on its way, of which is known why.
self.addEventListener("error", (event) => {
  if (!isInfo(event.error)) return;
  event.preventDefault();
  fatal(failure(event.error));
});

async function aid(message: Aid) {
  // Helpers do nothing that a first visit does; one whose module does not come whole is taken for lost.
  await rest?.fetch(() => undefined);
  if (message.type === "helper") glue?.helper?.(message.number, message.port);
  else if (message.type === "dismiss") glue?.dismiss?.(message.number);
  else glue?.serve?.(message.port);
}

scope.onmessage = ({ data }: MessageEvent<Init | Aid | Envelope>) => {
  if ("id" in data) {
    if (glue) post(data);
    else waiting.push(data);
  } else if (data.type === "init") {
    void init(data);
  } else {
    void aid(data).catch(() => undefined);
  }
};

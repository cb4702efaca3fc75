// The page's own client and controller in a world of stand-ins: bundled from the TypeScript as it is, each page with
// globals of its own.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Clock, Random, settle } from "./clock.mjs";
import { Database, Locks, Server } from "./browser.mjs";
import { STAND_IN } from "./worker.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { outputFiles } = await build({
  stdin: {
    contents: `export { Controller } from "./web/element/controller";
      export { Learner } from "./web/element/lab/learner";
      export * as store from "./web/client/store";
      export { Session } from "./web/client/session";
      export * as site from "./web/client/site";
      export * as texts from "./web/client/texts";`,
    resolveDir: root,
  },
  bundle: true,
  write: false,
  format: "iife",
  globalName: "playground",
  target: "es2022",
  logLevel: "error",
  define: { "import.meta.url": '"https://site.test/element.js"' },
});
const GLOBALS = [
  ...["Worker", "window", "indexedDB", "navigator", "location", "fetch", "performance", "Date", "crypto"],
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval"],
];
const evaluate = new Function(...GLOBALS, `${outputFiles[0].text}\nreturn playground;`);

const json = (value) => new TextEncoder().encode(JSON.stringify(value));

/** What the server has. */
function files({ model, images, text }) {
  const promise = (file, bytes) => ({
    file,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
  const models = [{ id: "vae", family: "vae", data: "mnist", ...promise("vae.safetensors", model) }];
  const data = [{ name: "mnist", ...promise("mnist.bin", images) }];
  const texts = [{ name: "alice", title: "Alice", group: "", ...promise("alice.txt.gz", text) }];
  return new Map([
    ["checkpoints/manifest.json", json({ version: 1, models, data })],
    ["checkpoints/vae.safetensors", model],
    ["data/mnist.bin", images],
    ["texts/manifest.json", json({ texts })],
    ["texts/alice.txt.gz", text],
  ]);
}

function storage() {
  const all = new Map();
  return { getItem: (key) => all.get(key) ?? null, setItem: (key, value) => void all.set(key, value) };
}

/** A browser with its tabs, a server, and the time; `kind` says what its workers are. */
export class World {
  clock = new Clock();
  /** `ok`, `full` or `none`. */
  storage = "ok";
  pages = [];
  /** How the next workers start: `ok`, `silent`, `failed`, `dies`. */
  starts = "ok";
  /** Name of a graphics card, and milliseconds of a step on it; the processor's takes 100. */
  card = undefined;
  onCard = 100;

  /** What the browser's local storage holds. */
  local = storage();

  constructor(seed = 1, kind = STAND_IN) {
    this.kind = kind;
    this.random = new Random(seed);
    this.database = new Database(this);
    this.locks = new Locks(this);
    this.server = new Server(this);
    this.server.files = files(kind.site);
  }

  /** A tab. */
  page() {
    const page = new Page(this);
    this.pages.push(page);
    return page;
  }

  /** The worker around a host dies. */
  kill(host, code = "internal", how = "message") {
    const worker = this.pages.flatMap((p) => p.workers).find((w) => w.host === host);
    worker?.die(code, how);
  }
}

/** One tab: the bundle with globals of its own. */
class Page {
  dead = false;
  workers = [];

  constructor(world) {
    this.world = world;
    const { clock, random } = world;
    const page = this;
    const alive = (work) => () => page.dead || work();
    const setTimeout = (work, delay = 0) => clock.after(delay, alive(work));
    const clearTimeout = (timer) => clock.cancel(timer);
    const Worker = class extends StandIn {
      constructor() {
        super(page);
      }
    };
    const globals = {
      Worker,
      window: { localStorage: world.local },
      indexedDB: world.database.facade(page),
      navigator: { locks: world.locks.facade(page), storage: { persist: async () => (page.persisted = true) } },
      location: { origin: "https://site.test", pathname: "/", search: "" },
      fetch: world.server.fetch,
      performance: { now: () => clock.now },
      Date: { now: () => clock.now },
      crypto: { getRandomValues: (numbers) => numbers.map(() => random.below(2 ** 32)) },
      setTimeout,
      clearTimeout,
      setInterval: () => 0,
      clearInterval: () => undefined,
    };
    Object.assign(this, evaluate(...GLOBALS.map((name) => globals[name])));
  }

  get alive() {
    return this.workers.filter((w) => !w.terminated);
  }
  get worker() {
    return this.alive.at(-1);
  }

  /** The tab is closed, or the page left: nothing in it runs any more. */
  close() {
    this.dead = true;
    for (const worker of this.workers) worker.terminate();
    this.world.locks.lose(this);
    this.world.pages = this.world.pages.filter((p) => p !== this);
  }

  /** A lab of one family, as the element would have it. */
  bench(task = {}) {
    const bench = {
      task: {
        ...{ data: "moons", dataOptions: {}, kind: "points", seed: 1, points: 0, rate: null },
        budget: { steps: 100, seconds: null },
        ...task,
      },
      backend: "auto",
      trainSchema: this.world.kind.declared.train,
      keys: ["lab"],
      playing: false,
      unseen: false,
      seen: true,
      errors: [],
      trains: () => bench.seen,
      changed: () => undefined,
      trained: () => undefined,
      pictured: () => undefined,
      announce: (kind, detail) => kind === "error" && bench.errors.push(detail),
    };
    const family = this.world.kind.declared.families.find((f) => f.id === "flow");
    return Object.assign(bench, { learner: new this.Learner(family, bench) });
  }

  /** A figure as an element would have it. */
  figure(name = "figure", family = "vae") {
    return new Figure(this, name, family);
  }
}

/** A worker as its page sees it. */
class StandIn {
  host;
  terminated = false;
  ready = false;
  #toPage = 0;
  #toWorker = 0;

  constructor(page) {
    this.page = page;
    page.workers.push(this);
    this.host = new page.world.kind.Host(page.world, (answer) => this.#send(answer));
    // A worker that has trained for a while is not to be found after it is gone.
    if (page.workers.length > 40) page.workers = page.workers.slice(-20);
  }

  #send(data) {
    const { clock, random } = this.page.world;
    this.#toPage = Math.max(this.#toPage, clock.now + random.below(4));
    clock.after(this.#toPage - clock.now, () => {
      if (!this.terminated && !this.page.dead) this.onmessage?.({ data });
    });
  }

  postMessage(message) {
    const { world } = this.page;
    if (message.type === "init") {
      this.#start(message, world);
      return;
    }
    // In order, as messages are.
    this.#toWorker = Math.max(this.#toWorker, world.clock.now + world.random.below(3));
    world.clock.after(this.#toWorker - world.clock.now, () => {
      if (this.terminated || this.host.dead) return;
      if (!this.ready) this.waiting = [...(this.waiting ?? []), message];
      else if (message.request.type === "fault")
        this.die(message.request.kind === "panic" ? "internal" : "device-lost");
      else this.host.post(message);
    });
  }

  #start({ backend, reason }, world) {
    const { starts, card, onCard } = world;
    if (starts === "silent") return;
    this.backend = backend === "card" ? "webgpu" : "cpu";
    if (backend === "card") this.host.step = onCard;
    this.#send({ type: "loading" });
    world.clock.after(20 + world.random.below(world.random.chance(0.1) ? 3000 : 200), () => {
      if (this.terminated || this.host.dead) return;
      if (starts === "failed")
        this.#send({
          type: "failed",
          error: { code: "fetch-failed", message: "No code.", hint: "", recoverable: false },
        });
      else if (starts === "dies") this.die("internal");
      else if (starts === "silent") return;
      else {
        this.ready = true;
        this.#send({
          type: "ready",
          device: { backend: this.backend, adapter: "", fallback: false, card: backend === "auto" ? card : undefined },
          reason: reason ?? { auto: card ? "first" : "no-adapter", card: "faster" }[backend] ?? "requested",
        });
        for (const message of this.waiting ?? []) this.host.post(message);
      }
    });
  }

  die(code = "internal", how = "message", message = `It is ${code}.`) {
    if (this.terminated || this.host.dead) return;
    this.host.dead = true;
    if (how === "error") this.onerror?.({ message: "stopped", preventDefault: () => undefined });
    else
      this.#send({
        id: 0,
        reply: { type: "error", error: { code, message, hint: "", recoverable: false } },
      });
  }

  terminate() {
    this.terminated = this.host.dead = true;
  }
}

/** What an element does with its controller, without anything to be seen. */
export class Figure {
  errors = [];
  counts = { placed: 0, fatal: 0 };

  constructor(page, name, family) {
    Object.assign(this, { page, name, family });
    const figure = this;
    this.controller = new page.Controller({
      wantedBackend: "auto",
      keys: () => [name],
      task: () => ({ data: "mnist", dataOptions: {}, seed: 1 }),
      requestUpdate: () => undefined,
      changed: () => undefined,
      announce: (kind, detail) => kind === "error" && this.errors.push(detail),
      placed(info) {
        figure.counts.placed++;
        figure.#describe(info.family);
      },
      trained: () => undefined,
      turned: () => undefined,
      using: () => undefined,
      restarted: (fatal) => fatal && figure.counts.fatal++,
      retry: () => void figure.load(),
    });
    this.#describe(family);
  }

  #describe(id) {
    const { families, train, text } = this.page.world.kind.declared;
    const family = families.find((f) => f.id === id) ?? families[0];
    if (this.described === family) return;
    this.described = family;
    this.controller.describe(family, train, text);
  }

  /** As `load()` of an element. */
  load() {
    const { controller, page } = this;
    this.away = false;
    return controller.attempt(async () => {
      const session = controller.wake();
      if (this.family === "gpt") {
        await session.describe();
        this.#describe("gpt");
        return controller.create({ own: false, play: false });
      }
      return controller.load("shipped", async (signal) => {
        const entry = await page.site.modelEntry("vae");
        const [bytes] = await Promise.all([page.site.modelBytes(entry, signal), session.describe()]);
        return { bytes, sha256: entry.sha256 };
      });
    });
  }

  /** The model that the worker has for it. */
  get model() {
    return this.worker?.host.sessions.get(this.controller.session?.id);
  }
  /** The worker that it stands in. */
  get worker() {
    const id = this.controller.session?.id;
    return this.page.alive.findLast((w) => w.host.sessions.has(id));
  }

  /** The trainings that the page's workers have under way for it. */
  get trainings() {
    const id = this.controller.session?.id;
    return this.page.alive.flatMap((w) => w.host.training.filter((s) => s === id)).length;
  }
}

export { settle };

// One random walk: what a reader, a browser and a server may do to the figures of a page, and what must hold.
import assert from "node:assert/strict";
import { World } from "./world.mjs";
import { BAD, DEADLY, STAND_IN } from "./worker.mjs";

/** Whose training a file is; files are read once. */
const lineages = new WeakMap();
function lineageOf(bytes, { lineageOf: read }) {
  if (!lineages.has(bytes)) lineages.set(bytes, read(bytes));
  return lineages.get(bytes);
}

/**
 * What may happen: by name, how often, and what it does to the walk. `n` is a random number below 2 ** 16 of the
 * event, so that a walk with fewer events does the same in those that are left.
 */
const EVENTS = {
  play: [10, (w, n) => w.ask(n, "play", (f) => f.controller.attempt(() => f.controller.play()))],
  "play twice": [
    3,
    (w, n) => {
      w.ask(n, "play", (f) => f.controller.attempt(() => f.controller.play()));
      w.ask(n, "play", (f) => f.controller.attempt(() => f.controller.play()));
    },
  ],
  pause: [6, (w, n) => w.ask(n, "pause", (f) => f.controller.attempt(() => f.controller.pause()))],
  step: [4, (w, n) => w.ask(n, "step", (f) => f.controller.attempt(() => f.controller.step(1 + (n % 40))))],
  restart: [
    3,
    (w, n) => w.ask(n, "restart", (f) => (w.abandons(f), f.controller.attempt(() => f.controller.restart()))),
  ],
  load: [4, (w, n) => w.ask(n, "load", (f) => f.load())],
  open: [
    4,
    (w, n) => w.ask(n, "open", (f) => f.controller.attempt(() => f.controller.open(w.kind.file(n % 500, f.family)))),
  ],
  "open bad": [3, (w, n) => w.ask(n, "open bad", (f) => f.controller.attempt(() => f.controller.open(BAD)))],
  "open deadly": [1, (w, n) => w.ask(n, "open deadly", (f) => f.controller.attempt(() => f.controller.open(DEADLY)))],
  resume: [5, (w, n) => w.ask(n, "resume", (f) => f.controller.attempt(() => f.controller.resume()))],
  discard: [
    1,
    (w, n) =>
      w.ask(n, "discard", (f) => {
        w.shown.delete(f.controller.kept?.id);
        w.dropped.add(f.controller.kept?.id);
        return f.controller.attempt(() => f.controller.discard());
      }),
  ],
  restore: [
    2,
    (w, n) =>
      w.ask(n, "restore", (f) => {
        const count = f.controller.info?.state.snapshots.length ?? 0;
        if (!count) return undefined;
        w.abandons(f);
        return f.controller.attempt(() => f.controller.restore(n % count));
      }),
  ],
  "change an option": [
    3,
    (w, n) =>
      w.ask(n, "wish", (f) => {
        const [scope, name, value] = w.kind.option(n, f.family);
        return f.controller.attempt(() => f.controller.wish(scope, [[name, value]]));
      }),
  ],
  speed: [1, (w, n) => w.ask(n, "speed", (f) => f.controller.attempt(() => f.controller.setRate(n % 2 ? 3 : null)))],
  look: [
    2,
    (w, n) =>
      w.ask(n, "look", (f) =>
        f.controller.attempt(() => f.controller.view({ type: "data", count: 10, resolution: 0 })),
      ),
  ],
  sample: [
    3,
    (w, n) =>
      w.ask(n, "sample", (f) => f.controller.attempt(async () => void (await f.controller.session?.sample(16, 1, {})))),
  ],
  hide: [4, (w, n) => w.ask(n, "hide", (f) => f.controller.watch(false))],
  show: [4, (w, n) => w.ask(n, "show", (f) => f.controller.watch(true))],
  "take out": [2, (w, n) => w.ask(n, "take out", (f) => ((f.away = true), f.controller.dispose()))],
  "a text": [
    2,
    (w, n) =>
      w.ask(
        n,
        "text",
        ({ controller: { corpus, session } }) => corpus && session && corpus.bring(w.kind.text(n), "Own"),
      ),
  ],
  "try again": [
    3,
    (w, n) =>
      w.ask(n, "try again", (f) => {
        const notice = f.controller.notices.all.find((x) => x.retry);
        if (notice) f.controller.notices.dismiss(notice, true);
      }),
  ],
  kill: [4, (w, n) => w.worker(n)?.die("internal", n % 3 ? "message" : "error")],
  "lose the device": [2, (w, n) => w.worker(n)?.die("device-lost")],
  "run out of memory": [1, (w, n) => w.worker(n)?.die("out-of-memory")],
  "lose the locks": [1, (w) => w.world.locks.lose()],
  "workers start badly": [2, (w, n) => (w.world.starts = ["dies", "failed", "silent"][n % 3])],
  "workers start": [4, (w) => (w.world.starts = "ok")],
  "server down": [2, (w, n) => (w.world.server.state = n % 2 ? "down" : "silent")],
  "server up": [4, (w) => (w.world.server.state = "up")],
  "disk full": [1, (w) => (w.world.storage = "full")],
  "disk free": [2, (w) => (w.world.storage = "ok")],
  reload: [2, (w, n) => w.reload(n)],
};
const NAMES = Object.entries(EVENTS).flatMap(([name, [often]]) => Array(often).fill(name));

/** The events of a walk: what, a number for it, and how long nothing happens then. */
export function plan(random) {
  const waits = () =>
    random.chance(0.15) ? 3000 + random.below(25_000) : random.below(random.chance(0.3) ? 2000 : 60);
  return Array.from({ length: 8 + random.below(25) }, () => [random.of(NAMES), random.below(2 ** 16), waits()]);
}

/** A walk under way. */
class Walk {
  figures = [];
  /** Promises that were given, with what they were for. */
  promises = [];
  /** Steps that were shown as kept, by record, and records that the reader let go of. */
  shown = new Map();
  dropped = new Set();

  constructor(seed, kind) {
    this.kind = kind;
    this.world = new World(seed, kind);
    this.families = [["vae"], ["gpt"], ["vae", "vae"], ["vae", "gpt"]][seed % 4];
    this.tabs = seed % 3 === 0 ? 2 : 1;
    // Half of the worlds have a graphics card, faster or slower than the processor.
    if (kind === STAND_IN && this.world.random.chance(0.5))
      Object.assign(this.world, { card: "a card", onCard: this.world.random.of([10, 300]) });
    for (let tab = 0; tab < this.tabs; tab++) this.#open(tab);
  }

  #open(tab) {
    const page = this.world.page();
    this.families.forEach((family, i) => {
      const figure = page.figure(`figure ${i}`, family);
      figure.tab = tab;
      this.figures.push(figure);
      this.#keep("load", figure, figure.load());
    });
  }

  figure(n) {
    return this.figures[(n >> 4) % this.figures.length];
  }

  /** Any worker of a figure's page. */
  worker(n) {
    const alive = this.figure(n)?.page.alive ?? [];
    return alive[(n >> 10) % Math.max(1, alive.length)];
  }

  ask(n, name, act) {
    const figure = this.figure(n);
    if (figure) this.#keep(name, figure, act(figure));
  }

  #keep(name, figure, promise) {
    if (!(promise instanceof Promise)) return;
    const entry = { name, figure, ended: false };
    this.promises.push(entry);
    promise.then(
      () => (entry.ended = true),
      (e) => Object.assign(entry, { ended: true, error: e }),
    );
  }

  /** The training that each record is of. */
  #lineages = new Map();

  /** The reader turns back, or begins anew: a smaller step may be kept from now on. */
  abandons(figure) {
    const { id } = figure.controller.keeper;
    // It may be written for the first time just now.
    if (!id) this.#abandoning.add(figure);
    this.shown.delete(id);
    this.dropped.add(id);
    this.#lineages.delete(id);
  }
  #abandoning = new Set();

  reload(n) {
    const { page, tab } = this.figure(n);
    page.close();
    this.figures = this.figures.filter((f) => f.page !== page);
    this.promises = this.promises.filter((p) => p.figure.page !== page);
    this.#open(tab);
  }

  /** What holds at any time. */
  check() {
    for (const { controller } of this.figures) {
      const { keeper, kept } = controller;
      if (keeper.id && keeper.step >= 0) this.#show(keeper.id, keeper.step);
      if (kept) this.#show(kept.id, kept.step);
    }
    for (const figure of this.#abandoning) {
      if (!figure.controller.keeper.id) continue;
      this.#abandoning.delete(figure);
      this.abandons(figure);
    }
    this.#checkLineages();
    const busy = this.figures.flatMap((f) => f.errors).some((e) => e.code === "session-busy");
    assert.ok(!busy, "no model is trained twice at a time");
    const records = new Map(this.world.database.all("trainings-info").map((r) => [r.id, r.step]));
    for (const [id, step] of this.shown)
      assert.ok((records.get(id) ?? -1) >= step, `${id} was shown as kept at ${step}, now it is ${records.get(id)}`);
  }

  /** A record is of one training, and is never written over by another one. */
  #checkLineages() {
    for (const { id, bytes } of this.world.database.all("trainings-model")) {
      if (this.dropped.has(id)) continue;
      const lineage = lineageOf(bytes, this.kind);
      const before = this.#lineages.get(id) ?? lineage;
      assert.equal(lineage, before, `${id} is of another training now`);
      this.#lineages.set(id, before);
    }
  }

  #show(id, step) {
    if (!this.dropped.has(id)) this.shown.set(id, Math.max(step, this.shown.get(id) ?? 0));
  }

  /** In peace, everything comes to an end, and everything works again. */
  async end() {
    const { world } = this;
    Object.assign(world, { starts: "ok", storage: "ok" });
    world.server.state = "up";
    for (const figure of this.figures) {
      figure.controller.watch(true);
      this.#keep(
        "the last pause",
        figure,
        figure.controller.attempt(() => figure.controller.pause()),
      );
    }
    await world.clock.pass(400_000);
    this.check();
    for (const { name, ended, error } of this.promises) {
      assert.ok(ended, `${name} never ended`);
      assert.equal(error, undefined, `${name}: ${error}`);
    }
    for (const f of this.figures) {
      assert.equal(f.controller.running, false, "it says that it stands still");
      assert.equal(f.controller.busy, false, "nothing is on its way");
      assert.equal(f.trainings, 0, "and so it does");
    }
    for (const figure of this.figures) {
      // As a reader would: again what failed, else from the beginning.
      const { info, notices } = figure.controller;
      if (info) continue;
      const said = notices.all.map((n) => n.message);
      assert.ok(figure.away || notices.all.some((n) => n.retry), `it says why there is no model: ${said}`);
      this.#keep("the last load", figure, figure.load());
    }
    await world.clock.pass(60_000);
    for (const { controller: c } of this.figures) {
      assert.ok(c.info, `a model is there: ${c.notices.all.map((n) => `${n.code} ${n.message}`)}`);
      void c.attempt(() => c.play());
    }
    await world.clock.pass(20_000);
    for (const f of this.figures) {
      const { controller: c } = f;
      assert.ok(c.running, `it trains: ${c.notices.all.map((n) => `${n.code} ${n.message}`)}`);
      assert.equal(f.trainings, 1);
      assert.ok(c.keeper.step >= 0 && c.keeper.step <= c.info.step, "and is kept");
      const { bytes } = world.database.all("trainings-model").find((r) => r.id === c.keeper.id);
      assert.equal(lineageOf(bytes, this.kind), f.model.lineage, "as its own");
    }
    this.check();
  }
}

/** Walks; throws what did not hold. `kind` says what workers are. */
export async function walk(seed, events, kind = STAND_IN) {
  const it = new Walk(seed, kind);
  await it.world.clock.pass(it.world.random.below(600));
  for (const [name, n, wait] of events) {
    EVENTS[name][1](it, n);
    await it.world.clock.pass(wait);
    it.check();
  }
  await it.end();
  for (const page of it.world.pages) page.close();
}

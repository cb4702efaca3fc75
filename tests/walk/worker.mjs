// A stand-in for the worker: it answers in the order of host.rs, but what it trains is only a count.

/** A file of the stand-in: what a model is, as JSON. */
export const fileOf = (model) => new TextEncoder().encode(JSON.stringify({ magic: "stand-in", ...model }));
export const modelOf = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
/** A file that is no model, and one that ends whoever opens it. */
export const BAD = new TextEncoder().encode("no model");
export const DEADLY = new TextEncoder().encode("deadly");

const error = (code, message = code) => ({ code, message: `${message}.`, hint: "A hint.", recoverable: true });
/** Milliseconds of a slice, coarser than the real one's 40, and what comes how often. */
const SLICE = 1000;
const SNAPSHOT = 10_000;
/** Milliseconds between the start and each step. */
const STEP = 100;
/** Steps of samples. */
const SAMPLES = 15;

const field = (minimum, maximum, value) => ({ type: "integer", minimum, maximum, default: value });
const KINDS = { vae: "image", gpt: "text", flow: "points" };
export const FAMILIES = Object.keys(KINDS).map((id) => ({
  id,
  title: id,
  capabilities: { language: id === "gpt", latent: id === "vae" },
  networks: ["all"],
  configSchema: { properties: { hidden: field(1, 100, 10), layers: field(1, 8, 2) } },
  sampleSchema: { properties: {} },
  conditions: [],
  spaces: [{ kind: KINDS[id], config: {}, train: {}, plots: [], sizes: id === "gpt" ? SIZES() : [] }],
}));
function SIZES() {
  return [
    { id: "small", title: "Small", config: { layers: 1 }, steps: 1000 },
    { id: "large", title: "Large", config: { layers: 4 }, steps: 5000 },
  ];
}
export const TRAIN = { properties: { batch: field(1, 100, 16), rate: field(1, 100, 5) } };
export const TEXT = { properties: { shuffle: { type: "boolean", default: false } } };

/** Each model that is made has a number, which its files keep: so it is seen whose training a file is. */
let lineages = 0;

/** What one worker does. */
export class Host {
  sessions = new Map();
  /** Milliseconds of a step. */
  step = STEP;
  #data = new Set(["moons"]);
  #running = new Map();
  #cancelled = new Set();

  constructor(world, answer) {
    this.world = world;
    this.answer = answer;
  }

  /** The trainings under way, by session. */
  get training() {
    return [...this.#running.values()].filter((r) => r.session !== undefined).map((r) => r.session);
  }

  post({ id, request }) {
    const run = {};
    this.#running.set(id, run);
    const end = (reply) => {
      this.#running.delete(id);
      this.#cancelled.delete(id);
      this.answer({ id, reply });
    };
    const ok = (outcome) => end({ type: "ok", outcome });
    const fail = (e) => end({ type: "error", error: e });
    const { world } = this;
    const model = this.sessions.get(request.session);
    switch (request.type) {
      case "cancel":
        if (this.#running.has(request.target)) this.#cancelled.add(request.target);
        return ok({ type: "done" });
      case "describe":
        return ok({
          type: "description",
          families: FAMILIES,
          trainSchema: TRAIN,
          textSchema: TEXT,
          toys: [{ id: "moons", kind: "points" }],
          made: [],
          presets: [],
        });
      case "loadData":
      case "loadText":
        if (request.bytes.length === 0) return fail(error("bad-data"));
        this.#data.add(request.name);
        return request.type === "loadData"
          ? ok({ type: "done" })
          : ok({ type: "text", text: { name: request.name, characters: 1 } });
      case "loadPoints":
        this.#data.add("custom");
        return ok({ type: "points", count: 1, window: [0, 1, 0, 1] });
      case "checkOptions":
        return ok(this.#check(request));
      case "open":
        return this.#slow(() => this.#open(request, ok, fail));
      case "create": {
        if (!this.#data.has(request.data)) return fail(error("bad-data", "it has not been loaded yet"));
        const { family, config, train, data } = request;
        return this.#slow(() =>
          ok(
            this.#place(request.session, { family, config, train, data, step: 0, lineage: ++lineages, snapshots: [] }),
          ),
        );
      }
      case "dispose":
        this.sessions.delete(request.session);
        return ok({ type: "done" });
    }
    if (!model) return fail(error("unknown-session", `There is no session ${request.session}`));
    switch (request.type) {
      case "train":
        if (!this.#data.has(model.data)) return fail(error("bad-data", "the data is not here"));
        if ([...this.#running.values()].some((r) => r.model === model)) return fail(error("session-busy"));
        Object.assign(run, { session: request.session, model });
        return this.#train(id, request, model, ok, fail);
      case "setTrain":
        Object.assign(model.train, request.train);
        return ok({ type: "done" });
      case "restoreSnapshot": {
        const step = model.snapshots[request.index];
        if (step === undefined) return fail(error("bad-option"));
        Object.assign(model, { step, snapshots: model.snapshots.slice(0, request.index + 1) });
        return ok({ type: "model", model: info(model) });
      }
      case "export":
        return this.#slow(() =>
          ok({ type: "file", name: "m.safetensors", mime: "application/octet-stream", bytes: fileOf(model) }),
        );
      case "sample":
        return world.clock.after(SAMPLES * this.step, () =>
          this.dead ? undefined : ok({ type: "view", view: { kind: "image" } }),
        );
      default:
        return world.random.chance(0.05) ? fail(error("internal")) : ok({ type: "view", view: { kind: "image" } });
    }
  }

  /** What holds the thread for a while. */
  #slow(work) {
    work();
  }

  #check({ scope, entries }) {
    const schema = scope === "train" ? TRAIN : scope === "text" ? TEXT : FAMILIES[0].configSchema;
    const [values, errors] = [{}, []];
    for (const [name, text] of entries) {
      const { maximum } = schema.properties[name] ?? {};
      const value = maximum === undefined ? text === "true" : Number(text);
      if (!(name in schema.properties) || (maximum !== undefined && !(value >= 1 && value <= maximum)))
        errors.push(error("bad-option", `${name} ${text}`));
      else values[name] = value;
    }
    return { type: "options", values, errors };
  }

  #open({ session, bytes }, ok, fail) {
    let model;
    try {
      model = modelOf(bytes);
    } catch {
      if (bytes.length === DEADLY.length) return this.world.kill(this, "internal");
      return fail(error("checkpoint-parse"));
    }
    ok(this.#place(session, { ...model, seconds: 0, snapshots: [] }));
  }

  #place(session, model) {
    this.sessions.set(session, model);
    return { type: "model", model: info(model) };
  }

  #train(id, { session, steps, seconds, keep = true }, model, ok) {
    const until = steps === null ? Infinity : model.step + steps;
    const end = seconds === null ? Infinity : this.world.clock.now + seconds * 1000;
    let [saved, last] = [this.world.clock.now, model.step];
    const progress = (p) => this.answer({ id, reply: { type: "progress", progress: p } });
    const slice = () => {
      if (this.dead) return;
      const replaced = this.sessions.get(session) !== model;
      const { now } = this.world.clock;
      // A slice that was under way when another model came still tells of the one before.
      if (replaced && this.world.random.chance(0.5)) {
        progress({ type: "training", state: state(model), samples: null });
        progress({ type: "snapshot", step: model.step, bytes: fileOf(model) });
      }
      if (model.step >= until || now >= end || replaced || this.#cancelled.has(id)) {
        if (keep && !replaced && model.step > last)
          progress({ type: "snapshot", step: model.step, bytes: fileOf(model) });
        return ok({ type: "trained", state: state(model) });
      }
      const before = model.step;
      model.step = Math.min(until, model.step + Math.ceil(SLICE / this.step));
      model.seconds = (model.seconds ?? 0) + ((model.step - before) * this.step) / 1000;
      if (model.step % 50 === 0) model.snapshots.push(model.step);
      progress({ type: "training", state: state(model), samples: null });
      if (now - saved >= SNAPSHOT) {
        saved = now;
        last = model.step;
        progress({ type: "snapshot", step: model.step, bytes: fileOf(model) });
      }
      this.world.clock.after(steps === null ? SLICE : Math.min(SLICE, steps * this.step), slice);
    };
    this.world.clock.after(1, slice);
  }
}

const state = ({ step, seconds = 0, snapshots }) => ({
  step,
  epoch: step / 100,
  rate: 1000 / STEP,
  workers: 1,
  seconds,
  losses: [],
  snapshots: [...snapshots],
  overfitting: null,
});

const info = (model) => ({
  family: model.family,
  id: null,
  data: model.data,
  space: { kind: KINDS[model.family] ?? "image", charactersPerToken: 1, window: [0, 1, 0, 1] },
  classes: [],
  latentDim: 2,
  parameters: 1,
  step: model.step,
  seed: 1,
  config: { ...model.config },
  train: { ...model.train },
  state: state(model),
});

const shipped = (model) => ({ config: { hidden: 10, layers: 2 }, train: {}, ...model });

/**
 * What a world is of whose workers are such stand-ins: their hosts, what these declare, what the site serves, what
 * readers bring and try, and whose training a file is. `native.mjs` has the same for real hosts.
 */
export const STAND_IN = {
  Host,
  declared: { families: FAMILIES, train: TRAIN, text: TEXT },
  site: {
    model: fileOf(shipped({ family: "vae", data: "mnist", step: 240_000 })),
    images: new Uint8Array(4),
    text: new Uint8Array(4),
  },
  file: (n, family) =>
    fileOf(shipped({ lineage: `file ${n}`, family, data: family === "vae" ? "mnist" : "alice", step: n })),
  text: (n) => new Uint8Array(1 + (n % 5)),
  option: (n) => (n % 3 ? ["train", "rate", `${n % 120}`] : ["config", "hidden", `${n % 120}`]),
  lineageOf: (bytes) => modelOf(bytes).lineage,
};

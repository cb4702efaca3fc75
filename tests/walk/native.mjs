// The worker's real host in the place of the stand-in: the program of examples/host.rs, which does what it is told and
// answers at once, so that its time is the page's.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { DEADLY } from "./worker.mjs";

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../target", import.meta.url));
const path = process.env.GP_HOST ?? join(target, "release/examples/host");

/** Milliseconds until a training, and until anything else, has the thread again. */
const SLICE = 2000;
const LOOK = 20;

/** The program, asked by two pipes with names: they can be read without giving the thread back. */
class Program {
  #rest = "";
  #buffer = Buffer.alloc(1 << 16);

  constructor() {
    if (!existsSync(path)) throw new Error(`there is no ${path}: cargo build --release --example host`);
    const folder = mkdtempSync(join(tmpdir(), "gp-walk-"));
    const [commands, outcomes] = [join(folder, "commands"), join(folder, "outcomes")];
    execFileSync("mkfifo", [commands, outcomes]);
    const env = { ...process.env, RAYON_NUM_THREADS: "1" };
    this.child = spawn(path, [commands, outcomes], { stdio: "inherit", env });
    [this.commands, this.outcomes] = [openSync(commands, "w"), openSync(outcomes, "r")];
    rmSync(folder, { recursive: true });
  }

  tell(command) {
    const line = Buffer.from(`${JSON.stringify(command)}\n`);
    for (let at = 0; at < line.length;) at += writeSync(this.commands, line, at);
  }

  ask(command) {
    this.tell(command);
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = Buffer.from(this.#rest.slice(0, end), "latin1");
        this.#rest = this.#rest.slice(end + 1);
        return JSON.parse(line.toString());
      }
      const read = readSync(this.outcomes, this.#buffer);
      if (!read) throw new Error("the host has ended");
      this.#rest += this.#buffer.toString("latin1", 0, read);
    }
  }

  /** It ends by itself when there is nothing to read any more. */
  end() {
    closeSync(this.commands);
    closeSync(this.outcomes);
  }
}

const program = new Program();
/** For whoever is done. */
export const end = () => program.end();
let hosts = 0;

/** Small models, so that a step takes less than a millisecond. */
const SMALL = {
  vae: { config: { hidden: 16, latent_dim: 2 }, train: { batch_size: 8 } },
  gpt: {
    config: { n_layer: 1, n_head: 2, n_embd: 16, block_size: 8 },
    train: { batch_size: 8, warmup: 0 },
  },
};

/** What one worker does: as `Host` in worker.mjs. */
class Host {
  /** Whose training each session is. */
  sessions = new Map();
  #number = ++hosts;
  #asked = new Map();
  #dead = false;

  constructor(world, answer) {
    this.world = world;
    this.answer = answer;
  }

  get dead() {
    return this.#dead;
  }
  set dead(dead) {
    if (dead && !this.#dead) program.tell({ host: this.#number, end: true });
    this.#dead = dead;
  }

  /** The trainings under way, by session. */
  get training() {
    return [...this.#asked.values()].filter((r) => r.type === "train").map((r) => r.session);
  }

  post({ id, request }) {
    if (request.type === "describe") return this.answer({ id, reply: { type: "ok", outcome: DESCRIPTION } });
    this.#asked.set(id, request);
    this.#ask(id, { post: { id, request: this.#real(request) } });
  }

  /** A request as the program reads it, of a small model, with a seed that no other training has. */
  #real(request) {
    if (request.type === "open" && request.bytes.length === DEADLY.length) return { type: "fault", kind: "panic" };
    if (request.bytes) return { ...request, bytes: [...request.bytes] };
    if (request.type !== "create") return request;
    const { config, train } = SMALL[request.family];
    this.world.seeds = (this.world.seeds ?? 0) + 1;
    return {
      ...{ ...request, config: { ...config, ...request.config }, train: { ...train, ...request.train } },
      seed: this.world.seeds,
    };
  }

  #ask(id, command) {
    const { clock } = this.world;
    const request = this.#asked.get(id);
    const { answers, pending, panic } = program.ask({ host: this.#number, now: clock.now, ...command });
    for (const answer of answers) this.#told(answer);
    if (panic !== null) {
      // Only what is to end a worker may.
      if (request.type !== "open") throw new Error(`the host panics: ${panic}`);
      this.world.kill(this, "internal");
    }
    if (!pending || this.dead) return;
    clock.after(request.type === "train" ? SLICE : LOOK, () => this.dead || this.#ask(id, { turn: id }));
  }

  #told({ id, reply }) {
    const part = reply.outcome ?? reply.progress ?? {};
    if (part.bytes) part.bytes = Uint8Array.from(part.bytes);
    if (reply.type !== "progress") {
      const { type, session } = this.#asked.get(id) ?? {};
      this.#asked.delete(id);
      if (part.type === "model") this.sessions.set(session, { lineage: part.model.seed });
      if (type === "dispose") this.sessions.delete(session);
    }
    this.answer({ id, reply });
  }
}

// ---- What is made with it, once

/** What comes of a request alone. */
function outcomeOf(request, id = 1) {
  const read = (done) => {
    const ends = done.answers.find((a) => a.reply.type !== "progress")?.reply;
    if (ends?.type === "error" || done.panic) throw new Error(JSON.stringify(ends ?? done.panic));
    return ends?.outcome ?? read(program.ask({ host: 0, now: 0, turn: id }));
  };
  return read(program.ask({ host: 0, now: 0, post: { id, request } }));
}

/** Images of four pixels, in the format of the site's. */
function images() {
  const numbers = (n, most) => Uint8Array.from({ length: n }, (_, i) => (i * 7) % most);
  const tensors = {
    train_images: [[12, 2, 2], numbers(48, 16)],
    train_labels: [[12], numbers(12, 10)],
    test_images: [[5, 2, 2], numbers(20, 16)],
    test_labels: [[5], numbers(5, 10)],
  };
  const header = { __metadata__: { name: "mnist" } };
  let at = 0;
  for (const [name, [shape, bytes]] of Object.entries(tensors))
    header[name] = { dtype: "U8", shape, data_offsets: [at, (at += bytes.length)] };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return gzipSync(Buffer.concat([length, json, ...Object.values(tensors).map(([, bytes]) => bytes)]));
}

/** A text that says something of `n`. */
const text = (n) => Buffer.from(`the rain in spain ${"abcdefgh"[n % 8]} stays mainly in the plain. `.repeat(8));

const DATA = { vae: ["mnist", images()], gpt: ["alice", text(0)] };
outcomeOf({ type: "loadData", name: "mnist", bytes: [...DATA.vae[1]], sha256: null });
outcomeOf({ type: "loadText", name: "alice", bytes: [...DATA.gpt[1]], sha256: null, options: {} });

/** A file of a model after some steps. */
function file(family, seed, steps, resumable) {
  outcomeOf({ type: "create", session: 1, family, ...SMALL[family], data: DATA[family][0], seed });
  outcomeOf({ type: "train", session: 1, steps, rate: null, seconds: null, network: null, keep: false });
  return Uint8Array.from(outcomeOf({ type: "export", session: 1, resumable }).bytes);
}

/** Readers' files: of different trainings, which no page has made. */
const FILES = Object.fromEntries(
  Object.keys(SMALL).map((family, f) => [
    family,
    [0, 1, 2, 3].map((i) => file(family, 1_000_000 + 10 * f + i, 3 + 20 * i, i % 2 === 0)),
  ]),
);
const SHIPPED = file("vae", 2_000_000, 50, false);

const DESCRIPTION = outcomeOf({ type: "describe" });
for (const { id, spaces } of DESCRIPTION.families)
  for (const space of spaces) {
    const small = SMALL[id];
    if (!small) continue;
    Object.assign(space.config, small.config);
    Object.assign(space.train, small.train);
    space.sizes = space.sizes.map((size) => ({ ...size, config: small.config }));
  }

/** What a world is of whose workers have real hosts; as `STAND_IN` in worker.mjs. */
export const NATIVE = {
  Host,
  declared: {
    families: DESCRIPTION.families.filter((f) => f.id in SMALL).sort((a, b) => (a.id < b.id ? 1 : -1)),
    train: DESCRIPTION.trainSchema,
    text: DESCRIPTION.textSchema,
  },
  site: { model: SHIPPED, images: DATA.vae[1], text: DATA.gpt[1] },
  file: (n, family) => FILES[family][n % 4],
  text: (n) => (n % 5 ? text(n) : new Uint8Array(1)),
  option(n, family) {
    if (n % 3) return ["train", "batch_size", `${n % 40}`];
    return family === "vae" ? ["config", "hidden", `${n % 60}`] : ["config", "block_size", `${n % 30}`];
  },
  /** The seed of a training, which stands in what its files say of themselves. */
  lineageOf(bytes) {
    const file = Buffer.from(bytes);
    const header = JSON.parse(file.toString("utf8", 8, 8 + Number(file.readBigUInt64LE())));
    return JSON.parse(header.__metadata__.playground).seed;
  },
};

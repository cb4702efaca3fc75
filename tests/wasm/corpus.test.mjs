// Files that nobody should have sent, through the shipped CPU module: the corpus of tests/malformed.rs and mutants
// of it. Numbers have 32 bits there and a panic is a trap, so what holds natively is asked again.
//
// PLAYGROUND_MUTANTS=100000 node --test tests/wasm/corpus.test.mjs for many.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fileOf } from "../../web/site/files.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = process.env.PLAYGROUND_DIST ?? join(root, "dist");
const folder = join(root, "tests/corpus");
const corpus = readdirSync(folder)
  .filter((name) => name.endsWith(".safetensors"))
  .sort()
  .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
const checkpoints = join(root, "web/checkpoints");

// The module gives the thread back through channels, and an open one keeps Node from ending.
const channels = [];
globalThis.MessageChannel = class extends MessageChannel {
  constructor() {
    super();
    channels.push(this);
  }
};
after(() => channels.forEach(({ port1, port2 }) => (port1.close(), port2.close())));

/** Waits for the end of each request, and notes what the module says at its own end. */
class Worker {
  #waiting = new Map();
  #last = 0;
  /** What was said with the id 0. */
  died = null;

  async start() {
    this.glue = await import(pathToFileURL(fileOf("worker-cpu.js", dist)).href);
    const first = this.glue.initSync({ module: readFileSync(fileOf("worker-cpu_bg.wasm", dist)) });
    const rest = new WebAssembly.Module(readFileSync(fileOf("worker-cpu_rest.wasm", dist)));
    this.glue.setRest(() => void new WebAssembly.Instance(rest, { 0: first }));
    this.glue.start(({ id, reply }) => {
      if (id === 0) {
        this.died = reply;
        for (const { reject } of this.#waiting.values()) reject(new Error(reply.error.message));
      }
      if (reply.type === "progress") return;
      this.#waiting.get(id)?.resolve(reply);
      this.#waiting.delete(id);
    });
    await this.glue.init_device("cpu", false);
  }

  /** The end of a request: an outcome or an error. */
  ask(request) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      try {
        this.glue.post({ id, request });
      } catch (e) {
        reject(e);
      }
    });
  }

  /** Opens a file and, if that succeeds, draws a sample; the code of what went wrong, `null` for nothing. */
  async load(bytes) {
    const opened = await this.ask({ type: "open", session: 1, bytes: new Uint8Array(bytes), sha256: null });
    if (opened.type === "error") return opened.error.code;
    const sample = { type: "sample", session: 1, count: 1, seed: 1, options: {} };
    const drawn = await this.ask(sample);
    return drawn.type === "error" ? drawn.error.code : null;
  }
}

/** SplitMix32: the same numbers for the same seed. */
function dice(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return { below: (n) => next() % Math.max(n, 1), pick: (list) => list[next() % list.length] };
}

const NUMBERS = ["0", "1", "-1", "3", "64", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "1e300"];

/** A number in the header replaced, or bytes changed, cut and put in. */
function mutant(seed) {
  const { below, pick } = dice(seed);
  let bytes = Buffer.from(pick(corpus).bytes);
  for (let i = 0; i <= below(3); i++) {
    const length = bytes.length >= 8 ? Number(bytes.readBigUInt64LE(0)) : 0;
    const at = below(bytes.length);
    if (below(4) && length > 0 && length < bytes.length) {
      const head = bytes.subarray(8, 8 + length).toString("latin1");
      const numbers = [...head.matchAll(/\d+/g)];
      if (!numbers.length) continue;
      const { 0: old, index } = pick(numbers);
      const edited = Buffer.from(head.slice(0, index) + pick(NUMBERS) + head.slice(index + old.length), "latin1");
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(edited.length));
      bytes = Buffer.concat([size, edited, bytes.subarray(8 + length)]);
    } else if (below(3) && bytes.length) {
      bytes[at] ^= 1 << below(8);
    } else {
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256)]), bytes.subarray(at + below(9))]);
    }
  }
  return bytes;
}

describe("the CPU module", () => {
  const worker = new Worker();
  before(() => worker.start());

  test("answers every file of the corpus with a code", async () => {
    for (const { name, bytes } of corpus) {
      const code = await worker.load(bytes).catch((e) => assert.fail(`${name}: ${e}`));
      assert.equal(worker.died, null, name);
      // Whether its tensors fit a data set is asked natively.
      if (/^(valid|format-1)/.test(name)) assert.equal(code, null, name);
      if (code) assert.ok(!["internal", "bad-request", "out-of-memory"].includes(code), `${name}: ${code}`);
    }
  });

  test("answers a file that declares the largest model and holds no weights, without allocating it", async () => {
    const file = corpus.find(({ name }) => name.startsWith("declares-the-largest"));
    assert.ok(file, "it is in the corpus");
    const start = performance.now();
    assert.equal(await worker.load(file.bytes), "checkpoint-shape");
    assert.ok(performance.now() - start < 2000);
  });

  test("still opens what the site ships", async () => {
    for (const name of readdirSync(checkpoints).filter((n) => n.endsWith(".safetensors"))) {
      assert.equal(await worker.load(readFileSync(join(checkpoints, name))), null, name);
    }
  });

  test("answers mutants", async (t) => {
    const count = Number(process.env.PLAYGROUND_MUTANTS ?? 3000);
    const codes = {};
    for (let seed = 0; seed < count; seed++) {
      let code;
      try {
        code = await worker.load(mutant(seed));
      } catch (e) {
        assert.fail(`mutant ${seed}: ${e}`);
      }
      assert.equal(worker.died, null, `mutant ${seed}`);
      assert.notEqual(code, "internal", `mutant ${seed}`);
      codes[code ?? "loads"] = (codes[code ?? "loads"] ?? 0) + 1;
    }
    t.diagnostic(`${count} mutants: ${JSON.stringify(codes)}`);
  });
});

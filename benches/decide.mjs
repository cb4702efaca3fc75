// Decisions of an agent, ours beside onnxruntime-web, by turns in one run of Chromium on the processor, a thread each:
//
//     node benches/decide.mjs PROGRAM [--rounds N] [--count N] [--dist FOLDER]
//
// PROGRAM is target/release/playground, which plays so many episodes of the shipped agent-rooms (`rollout`) and says
// what was seen at each moment. Ours is the page's question about an episode (`follow`): all of its decisions, and
// besides them worlds, an expert at each step, where the network looked, and two pictures of each moment. The peer
// makes the decisions alone, from what was seen: the same network with keys and values kept (browser/agent/onnx.js),
// in a worker of its own. The probabilities of all actions must agree to 1e-3, else this fails. Printed for each
// round: milliseconds a decision, by the clock and of processor time of the whole browser; then the medians, and what
// of ours a decision costs after 8 moments and after 32, from episodes that are followed so far, in which the reader
// acts and nothing can be done.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { here, median, open } from "./beside.mjs";

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    count: { type: "string", default: "12" },
    dist: { type: "string", default: here("../dist") },
  },
  allowPositionals: true,
});
const [program] = positionals;
if (!program) throw new Error("the name of the program is missing");

/** The episode of the first world of a seed. */
function played(seed) {
  const folder = mkdtempSync(join(tmpdir(), "decide-"));
  try {
    const out = join(folder, "episode.jsonl");
    const how = ["rollout", "agent-rooms", "--count", "1", "--seed", String(seed), "--out", out];
    execFileSync(program, how, { cwd: here(".."), stdio: "ignore" });
    return JSON.parse(readFileSync(out, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SCRIPT = `
const CHECKPOINT = "/" + names["checkpoints/agent-rooms.safetensors"];
window.ours = {
  async load() {
    await begin();
    await send({ type: "open", session: 1, bytes: await bytesOf(CHECKPOINT), sha256: null });
  },
  async follow({ seed, text = "", actions = "" }) {
    const query = { type: "plot", plot: "follow", inputs: { text, seed, actions } };
    const { view } = await send({ type: "view", session: 1, query, snapshot: null });
    const { words, outcome, moments } = view;
    return { words, outcome, probabilities: moments.map(({ probabilities }) => probabilities) };
  },
};
`;

/** What it does in its worker. */
const PEER = `
const { meta: { config }, weights } = checkpoint(await bytesOf("/" + names["checkpoints/agent-rooms.safetensors"]));
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = "/ort/";
ort.env.logLevel = "error";
const how = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
const int = (list) => new ort.Tensor("int64", BigInt64Array.from(list, BigInt), [1, list.length]);
const none = new ort.Tensor("float32", new Float32Array(0), [1, config.n_head, 0, config.n_embd / config.n_head]);
const layers = Array.from({ length: config.n_layer }, (_, i) => ["k_" + i, "v_" + i]).flat();
const actions = weights.action.shape[1];
const peer = {
  async load() {
    this.reader = await ort.InferenceSession.create(reader({ weights, config }), how);
    this.decider = await ort.InferenceSession.create(decider({ weights, config }), how);
  },
  async follow({ words, steps }) {
    const ids = words.map((word) => WORDS.indexOf(word));
    const read = await this.reader.run({ ids: int(ids), places: int([...ids.keys()]) });
    let kept = Object.fromEntries(layers.map((name) => ["past_" + name, none]));
    const probabilities = [];
    for (const [t, step] of steps.entries()) {
      const now = Object.entries(told(step, steps[t - 1]?.action, t)).map(([name, list]) => [name, int(list)]);
      const out = await this.decider.run({ ...Object.fromEntries(now), ...read, ...kept });
      kept = Object.fromEntries(layers.map((name) => ["past_" + name, out["present_" + name]]));
      const logits = [...out.logits.data.subarray(0, actions)];
      const most = Math.max(...logits);
      const each = logits.map((logit) => Math.exp(logit - most));
      const sum = each.reduce((a, b) => a + b);
      probabilities.push(each.map((p) => p / sum));
    }
    return { probabilities };
  },
};
`;

const { page, cpu, close } = await open({
  script: SCRIPT,
  peer: {
    imports:
      'import * as ort from "/ort/ort.wasm.min.mjs"; import { checkpoint } from "/browser/safetensors.js"; ' +
      'import { WORDS, decider, reader, told } from "/browser/agent/onnx.js";',
    script: PEER,
  },
  files: { "/ort/": here("node_modules/onnxruntime-web/dist"), "/browser/": here("browser") },
  dist: values.dist,
});
const names = ["ours", "peer"];
for (const name of names) await page.evaluate(`window.${name}.load()`);
const follow = (name, what) => page.evaluate(([name, what]) => window[name].follow(what), [name, what]);

const episodes = [];
for (let seed = 1; seed <= Number(values.count); seed++) {
  const { steps } = played(seed);
  const ours = await follow("ours", { seed, actions: steps.map(({ action }) => action).join("") });
  episodes.push({ seed, words: ours.words, steps });
  const peer = await follow("peer", episodes.at(-1));
  for (const [t, want] of ours.probabilities.slice(0, steps.length).entries())
    for (const [i, p] of peer.probabilities[t].entries())
      if (Math.abs(p - want[i]) > 1e-3) throw new Error(`seed ${seed}, moment ${t}: ${p} and ${want[i]}`);
}
const decisions = episodes.reduce((sum, { steps }) => sum + steps.length, 0);
console.log(`${episodes.length} episodes, ${decisions} decisions, the same probabilities to 1e-3`);

/** Each of these once: milliseconds by the clock and of the processor. */
async function all(name, these) {
  const before = await cpu();
  const run = async ([name, these]) => {
    const start = performance.now();
    for (const one of these) await window[name].follow(one);
    return performance.now() - start;
  };
  const clock = await page.evaluate(run, [name, these]);
  return { clock, spent: 1000 * (await cpu()) - 1000 * before };
}

// Missions that cannot be done end where the reader's actions do.
const impossible = [];
for (let seed = 1; impossible.length < 4; seed++) {
  for (const thing of ["purple box", "yellow key", "grey ball", "green box"]) {
    const one = { seed, text: `pick up the ${thing}`, actions: "L" };
    const { outcome } = await follow("ours", one);
    if (outcome.startsWith("This cannot be done")) impossible.push(one);
  }
}
/** What `n` decisions cost in such a world, in the mean over several. */
async function so_far(n) {
  const actions = "LRFR".repeat(16).slice(0, n);
  const these = impossible.map((one) => ({ ...one, actions }));
  const { clock, spent } = await all("ours", these);
  return { clock: clock / these.length, spent: spent / these.length };
}

const found = { ours: [], peer: [], early: [], late: [] };
for (const name of names) await all(name, episodes);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of names) {
    const { clock, spent } = await all(name, episodes);
    found[name].push({ clock: clock / decisions, spent: spent / decisions });
    const each = (ms) => `${(ms / decisions).toFixed(3)} ms`;
    console.log(`${name}: ${each(clock)} a decision, ${each(spent)} of CPU`);
  }
  for (const [name, n] of [
    ["early", 8],
    ["late", 32],
  ]) {
    const [less, more] = [await so_far(n - 4), await so_far(n + 4)];
    found[name].push({ clock: (more.clock - less.clock) / 8, spent: (more.spent - less.spent) / 8 });
  }
}
const of = (name, what) => median(found[name].map((one) => one[what]));
const ms = (name, what) => `${of(name, what).toFixed(2)} ms`;
const times = (what) => `${(of("peer", what) / of("ours", what)).toFixed(2)} times as fast`;
console.log(
  `medians a decision: ours, with all that the page shows, ${ms("ours", "spent")} of CPU, onnxruntime-web ` +
    `${ms("peer", "spent")}, ${times("spent")}; by the clock ${ms("ours", "clock")} and ${ms("peer", "clock")}, ` +
    `${times("clock")}; after 8 moments ${ms("early", "spent")} of CPU, ${ms("early", "clock")} by the clock, after ` +
    `32 ${ms("late", "spent")} and ${ms("late", "clock")}`,
);
await close();

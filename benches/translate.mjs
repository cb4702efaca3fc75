// Translations with what was read and written kept, ours beside onnxruntime-web, by turns in one run of Chromium on the
// processor, a thread each: node benches/translate.mjs [--rounds N] [--count N] [--asked N] [--dist FOLDER]
//
// Held-out numbers by the shipped seq2seq-numbers: half of them digits into words, half words into digits or the words
// of another language, the likeliest piece each time. Ours is the request that the page sends (`sample`), whose answer
// carries each piece with its likeliest rivals. The peer has the same weights as an encoder and a decoder that goes on
// by one piece (browser/seq2seq/onnx.js), in a worker of its own as ours is; it is told what our tokenizer made of the
// texts, and must write the same pieces, else this fails. All texts are handed over at once and translated one after
// the other, a message there and one back for each. Printed for each round: milliseconds for each text, by the clock
// and of processor time of the whole browser, and guesses at a piece a second; then the medians, and what the page's
// own question about a text takes, which follows five translations side by side and asks where the network looked, for
// the first of the texts.
import { parseArgs } from "node:util";
import { here, median, open } from "./beside.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    count: { type: "string", default: "100" },
    asked: { type: "string", default: "20" },
    dist: { type: "string", default: here("../dist") },
  },
});

/** Whether a number is held out, as src/data/pairs.rs has it: the end of SplitMix64 (Steele, Lea & Flood 2014). */
function isHeldOut(n) {
  const cut = (z) => BigInt.asUintN(64, z);
  let z = cut(BigInt(n) * 0x9e3779b97f4a7c15n);
  z = cut((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = cut((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return n > 0 && n < 1_000_000 && (z ^ (z >> 31n)) % 20n === 0n;
}

/** Held-out numbers of one to six digits, always the same. */
function* numbers() {
  for (let i = 0, state = 1; ; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let n = state % 10 ** (2 + (i % 5));
    while (!isHeldOut(n)) n = (n + 1) % 1_000_000;
    yield n;
  }
}

const SCRIPT = `
const CHECKPOINT = "/" + names["checkpoints/seq2seq-numbers.safetensors"];
window.languages = checkpoint(await bytesOf(CHECKPOINT)).meta.data.space.languages;
window.ours = {
  async load() {
    await begin();
    await send({ type: "open", session: 1, bytes: await bytesOf(CHECKPOINT), sha256: null });
  },
  /** Ids that were read, those that were written, and the text of these. */
  async translate({ text, from, into }) {
    const options = { from_language: from, into_language: into, temperature: 0 };
    const condition = { prompt: text };
    const { view } = await send({ type: "sample", session: 1, count: 1, seed: 1, options, condition });
    const [{ tokens }] = view.texts;
    const read = tokens.filter(({ given }) => given).slice(0, -1);
    const written = tokens.filter(({ given }) => !given);
    const ids = (tokens) => tokens.map(({ id }) => id);
    return { read: ids(read), written: ids(written), text: written.map(({ text }) => text).join("") };
  },
  async ask({ text, from, into }) {
    const query = { type: "plot", plot: "translate", inputs: { text, from, into } };
    return send({ type: "view", session: 1, query, snapshot: null });
  },
};
`;

/** What it does in its worker. */
const PEER = `
const { meta, weights } = checkpoint(await bytesOf("/" + names["checkpoints/seq2seq-numbers.safetensors"]));
const { languages, vocabulary } = meta.data.space;
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = "/ort/";
ort.env.logLevel = "error";
const how = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
const { config } = meta;
const int = (list) => new ort.Tensor("int64", BigInt64Array.from(list, BigInt), [1, list.length]);
const none = new ort.Tensor("float32", new Float32Array(0), [1, config.n_head, 0, config.n_embd / config.n_head]);
const layers = Array.from({ length: config.n_layer }, (_, i) => ["k_" + i, "v_" + i]).flat();
const language = (code) => vocabulary.pieces.length + languages.indexOf(code);
const end = vocabulary.pieces.length + languages.length;
const peer = {
  async load() {
    this.encoder = await ort.InferenceSession.create(encoder({ weights, config }), how);
    this.decoder = await ort.InferenceSession.create(decoder({ weights, config }), how);
  },
  async translate({ read, from, into }) {
    const ids = [language(from), language(into), ...read];
    const told = await this.encoder.run({ ids: int(ids), places: int([...ids.keys()]) });
    let kept = Object.fromEntries(layers.map((name) => ["past_" + name, none]));
    const written = [];
    for (let last = language(into); written.length < config.block_size; ) {
      const out = await this.decoder.run({ ids: int([last]), places: int([written.length]), ...told, ...kept });
      kept = Object.fromEntries(layers.map((name) => ["past_" + name, out["present_" + name]]));
      const logits = out.logits.data;
      last = 0;
      for (let i = 1; i < logits.length; i++) if (logits[i] > logits[last]) last = i;
      if (last === end) break;
      written.push(last);
    }
    return { written };
  },
};
`;

const { page, cpu, close } = await open({
  imports: 'import { checkpoint } from "/browser/safetensors.js";',
  script: SCRIPT,
  peer: {
    imports:
      'import * as ort from "/ort/ort.wasm.min.mjs"; import { checkpoint } from "/browser/safetensors.js"; ' +
      'import { encoder, decoder } from "/browser/seq2seq/onnx.js";',
    script: PEER,
  },
  files: { "/ort/": here("node_modules/onnxruntime-web/dist"), "/browser/": here("browser") },
  dist: values.dist,
});
const names = ["ours", "peer"];
for (const name of names) await page.evaluate(`window.${name}.load()`);

// Digits into words, and these, as ours writes them, into those of the next language, or back into digits.
const [digits, ...others] = await page.evaluate("languages");
const drawn = numbers();
const texts = [];
for (let i = 0; texts.length < Number(values.count); i++) {
  const first = { text: String(drawn.next().value), from: digits, into: others[i % others.length] };
  const told = await page.evaluate((text) => window.ours.translate(text), first);
  texts.push({ ...first, ...told, text: first.text });
  const next = { text: told.text, from: first.into, into: i % 2 ? digits : others[(i + 3) % others.length] };
  texts.push({ ...next, ...(await page.evaluate((text) => window.ours.translate(text), next)), text: next.text });
}
for (const text of texts) {
  const { written } = await page.evaluate((text) => window.peer.translate(text), text);
  if (String(written) !== String(text.written)) throw new Error(`the peer wrote ${written}, ours ${text.written}`);
}
// The end is a guess as well.
const pieces = texts.reduce((sum, { written }) => sum + written.length + 1, 0);
console.log(`${texts.length} texts, ${pieces} guesses at a piece, the same of both`);

/** These texts: milliseconds for each. */
async function all(name, what, these = texts) {
  const before = await cpu();
  const run = async ([name, what, texts]) => {
    const start = performance.now();
    await Promise.all(texts.map((text) => window[name][what](text)));
    return (performance.now() - start) / 1000;
  };
  const clock = await page.evaluate(run, [name, what, these]);
  const each = (seconds) => (1000 * seconds) / these.length;
  return { clock: each(clock), spent: each((await cpu()) - before) };
}
/** Guesses a second, from milliseconds for each text. */
const rate = (ms) => ((1000 * pieces) / texts.length / ms).toFixed(0);
const told = ({ clock, spent }) =>
  `${clock.toFixed(2)} ms a text, ${spent.toFixed(2)} ms of CPU, ${rate(spent)} guesses a second of CPU`;
const found = { ours: [], peer: [], asked: [] };
for (const name of names) await all(name, "translate");
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of names) {
    found[name].push(await all(name, "translate"));
    console.log(`${name}: ${told(found[name].at(-1))}`);
  }
  found.asked.push(await all("ours", "ask", texts.slice(0, Number(values.asked))));
}
const of = (name, what) => median(found[name].map((one) => one[what]));
const each = (name, what) => `${of(name, what).toFixed(2)} ms`;
const times = (what) => `${(of("peer", what) / of("ours", what)).toFixed(2)} times as fast`;
console.log(
  `medians: ours ${each("ours", "spent")} of CPU a text and ${rate(of("ours", "spent"))} guesses a second, ` +
    `onnxruntime-web ${each("peer", "spent")} and ${rate(of("peer", "spent"))}, ${times("spent")}; by the clock ` +
    `${each("ours", "clock")} and ${each("peer", "clock")}, ${times("clock")}; what the page asks, ` +
    `${each("asked", "spent")} of CPU, ${each("asked", "clock")} by the clock`,
);
await close();

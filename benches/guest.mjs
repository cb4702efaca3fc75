// A model of another program, ours beside wllama's, by turns in one run of Chromium on the processor, a thread each:
//
//     node benches/guest.mjs MODEL.gguf [--rounds N]
//
// The same file, the same prompt of about 64 tokens, the likeliest token each time. Printed for each round:
// milliseconds to the first token, milliseconds for each of the others, seconds of processor time of the whole
// browser; then the medians, their ratios, and how much memory our module has beside the length of the file.
import { parseArgs } from "node:util";
import { here, median, open } from "./beside.mjs";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "5" } },
  allowPositionals: true,
});
const [model] = positionals;
if (!model) throw new Error("the name of a GGUF file is missing");

/** Tokens that each writes. */
const LENGTH = 40;
const PROMPT =
  "The old man sat by the sea and looked at the ships that came and went in the evening light. He had been a sailor " +
  "once, and he still knew the name of every wind and of every star above the harbour. When the children asked him " +
  "about the time before, he told them a long story about a storm and a";

const SCRIPT = `
const file = await (await fetch("/model.gguf")).blob();
window.ours = {
  async load() {
    await begin();
    const bytes = new Uint8Array(await file.arrayBuffer());
    await send({ type: "open", session: 1, bytes, sha256: null });
  },
  async write(prompt, length) {
    const write = (length) =>
      send({
        type: "sample", session: 1, count: 1, seed: 1,
        options: { length, temperature: 0, chat: false }, condition: { prompt },
      });
    const start = performance.now();
    await write(1);
    const first = performance.now() - start;
    await write(length);
    // The second text reads the prompt as well.
    return { first, each: (performance.now() - start - 2 * first) / (length - 1) };
  },
};

window.wllama = {
  async load() {
    this.engine = new Wllama({ default: "/wllama/wasm/wllama.wasm" }, { suppressNativeLog: true });
    await this.engine.loadModel([file], { n_threads: 1, n_ctx: 2048, n_gpu_layers: 0 });
  },
  async write(prompt, max_tokens) {
    const start = performance.now();
    let [first, n] = [undefined, 0];
    const onData = () => {
      first ??= performance.now() - start;
      n++;
    };
    const how = { max_tokens, temperature: 0, cache_prompt: false, stream: true };
    await this.engine.createCompletion({ prompt, ...how, onData });
    return { first, each: (performance.now() - start - first) / (n - 1) };
  },
};
`;

const { page, cpu, close } = await open({
  imports: 'import { Wllama } from "/wllama/index.js";',
  script: SCRIPT,
  files: { "/model.gguf": model, "/wllama/": here("node_modules/@wllama/wllama/esm") },
});
const found = { ours: [], wllama: [] };
for (const name of Object.keys(found)) await page.evaluate(`window.${name}.load()`);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of Object.keys(found)) {
    const before = await cpu();
    const write = ([name, prompt, length]) => window[name].write(prompt, length);
    // Another beginning each time, so that nothing is kept from the time before.
    const { first, each } = await page.evaluate(write, [name, `${round}. ${PROMPT}`, LENGTH]);
    const spent = (await cpu()) - before;
    found[name].push({ first, each, spent });
    console.log(
      `${name.padEnd(8)} first ${first.toFixed(0)} ms, then ${each.toFixed(1)} ms, ${spent.toFixed(2)} s of CPU`,
    );
  }
}
const of = (name, what) => median(found[name].map((one) => one[what]));
console.log(
  `medians: ours ${(1000 / of("ours", "each")).toFixed(1)} tokens a second, wllama ` +
    `${(1000 / of("wllama", "each")).toFixed(1)} (${(of("wllama", "each") / of("ours", "each")).toFixed(2)} times as ` +
    `many); first token after ${of("ours", "first").toFixed(0)} ms and ${of("wllama", "first").toFixed(0)} ms ` +
    `(${(of("ours", "first") / of("wllama", "first")).toFixed(2)} of it)`,
);
await close();

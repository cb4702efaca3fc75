// The voice beside onnxruntime-web, by turns in one run of Chromium on the processor, a thread each:
//
//     pip download --no-deps hibari-tts==0.2.1; unzip hibari_tts-*.whl hibari/assets/hibari.onnx
//     node benches/voice.mjs hibari/assets/hibari.onnx [--rounds N]
//
// The fifty sentences of tests/reference/voice.json. The peer runs the network that the voice was converted from, from
// phonemes to a spectrum; ours goes all the way from letters to samples, pitch and picture included. Printed for each
// round: seconds by the clock and of processor time of the whole browser for all sentences, and how many times as long
// the sound lasts; then the medians and their ratio, and how long ours takes until the first sentence is there.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { here, median, open } from "./beside.mjs";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "5" } },
  allowPositionals: true,
});
const [model] = positionals;
if (!model) throw new Error("the name of hibari.onnx is missing");
const { spoken } = JSON.parse(readFileSync(here("../tests/reference/voice.json"), "utf8"));
const sentences = spoken.map(({ text, ids, speed }) => ({ text, ids, speed }));

const SCRIPT = `
window.ours = {
  async load() {
    await begin();
    const { files } = await (await fetch("/" + names["voices/manifest.json"])).json();
    const [voice, english] = await Promise.all(files.map(({ file }) => bytesOf("/voices/" + file)));
    await send({ type: "loadVoice", voice, english, sha256: files.map((f) => f.sha256) });
  },
  async speak({ text, speed }) {
    let seconds = 0;
    const heard = ({ sentence }) => (seconds += sentence.sound.length / 2 / sentence.rate);
    await send({ type: "speak", text, speed, pitch: 0, melody: 1, seed: 1 }, (p) => p.type === "speech" && heard(p));
    return seconds;
  },
};

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = "/ort/";
ort.env.logLevel = "error";
window.peer = {
  async load() {
    this.session = await ort.InferenceSession.create(await bytesOf("/voice.onnx"), { executionProviders: ["wasm"] });
  },
  async speak({ ids, speed }) {
    const given = {
      ids: new ort.Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]),
      speed: new ort.Tensor("float32", Float32Array.of(speed), [1]),
    };
    const made = await this.session.run(given);
    for (const name of this.session.outputNames) await made[name].getData();
    return 0;
  },
};
`;

const { page, cpu, close } = await open({
  imports: 'import * as ort from "/ort/ort.min.mjs";',
  script: SCRIPT,
  files: { "/voice.onnx": model, "/ort/": here("node_modules/onnxruntime-web/dist") },
});
const found = { ours: [], peer: [] };
for (const name of Object.keys(found)) await page.evaluate(`window.${name}.load()`);
/** All sentences, one after the other. */
const all = (name) =>
  page.evaluate(
    async ([name, sentences]) => {
      const start = performance.now();
      let [sound, first] = [0, 0];
      for (const sentence of sentences) {
        sound += await window[name].speak(sentence);
        first ||= performance.now() - start;
      }
      return { clock: (performance.now() - start) / 1000, first, sound };
    },
    [name, sentences],
  );
let sound = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of Object.keys(found)) {
    const before = await cpu();
    const told = await all(name);
    const spent = (await cpu()) - before;
    sound = told.sound || sound;
    found[name].push({ ...told, spent });
    const times = (sound / spent).toFixed(1);
    console.log(
      `${name}: ${told.clock.toFixed(2)} s, ${spent.toFixed(2)} s of CPU, ${times} times as long as it lasts`,
    );
  }
}
const of = (name, what) => median(found[name].map((one) => one[what]));
console.log(
  `medians for ${sound.toFixed(1)} s of speech: ours ${of("ours", "spent").toFixed(2)} s of CPU, onnxruntime-web ` +
    `${of("peer", "spent").toFixed(2)} s, ${(of("peer", "spent") / of("ours", "spent")).toFixed(2)} times as fast; ` +
    `by the clock ${(of("peer", "clock") / of("ours", "clock")).toFixed(2)}; first sentence after ` +
    `${of("ours", "first").toFixed(0)} ms`,
);
await close();

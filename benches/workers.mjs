// How much faster trainings and grids of samples become with helpers, and what more of them would bring to a training;
// --help says what it does.
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { drive } from "../tests/browser/crew.mjs";
import { draw } from "../tests/browser/drawing.mjs";
import { LIST } from "../web/site/files.mjs";
import { chromiumPath, flags } from "./browser.mjs";
import * as gpt from "./browser/gpt/model.js";
import * as unet from "./browser/unet/model.js";
import * as vae from "./browser/vae/model.js";
import { startServer } from "./server.mjs";

const help = `Usage: node benches/workers.mjs [option...]

Trains the models of benches/run.mjs in the built site's workers, in headless Chromium, alone and with one
helper in turns within one training; says steps a second of both and their ratio. Then, from the times of this
run, what so many workers would do on so many cores: a simulation, no measurement. Grids of sixteen samples of shipped
models are drawn by one worker, with one helper that is there already, and with one that comes when it is asked for,
in turns; said are seconds of each and the ratios.

  --seconds N     seconds of each turn, of which the first does not count (default 5)
  --rounds N      turns of each, of which the median counts (default 3)
  --workload LIST of gpt, unet, vae (default all, or none where grids are named)
  --grid LIST     of ddpm, ddpm-1000, few, emoji, latent, pixelcnn, attention, pixelrnn, video (default none)
  --site DIR      another folder than dist/
  -h, --help      this text`;

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    workload: { type: "string" },
    grid: { type: "string" },
    site: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log(help);
  process.exit(0);
}

const root = fileURLToPath(new URL("..", import.meta.url));
const site = options.site ?? `${root}dist`;
const mnist = { name: "mnist", url: "/data/mnist.bin" };
/** The workloads, with the parts of a step (`Family::micro_batch`). */
const WORKLOADS = {
  gpt: {
    parts: 4,
    text: gpt.text(),
    create: {
      family: "gpt",
      data: "play",
      config: {
        ...{ n_layer: gpt.LAYERS, n_head: gpt.HEADS, n_embd: gpt.WIDTH, block_size: gpt.CONTEXT },
        ...{ positions: "learned", norm: "layer", mlp: "gelu", tied: true },
      },
      train: {
        ...{ batch_size: gpt.BATCH, optimizer: "adam", learning_rate: gpt.RATE, beta_2: gpt.BETA_2 },
        ...{ weight_decay: 0, clip: 0, warmup: 0, ema: 0 },
      },
    },
  },
  unet: {
    parts: 2,
    data: mnist,
    create: {
      family: "ddpm",
      data: "mnist",
      config: { channels: unet.WIDTHS[0], levels: unet.WIDTHS.length, prediction: "noise", schedule: "cosine" },
      train: { batch_size: unet.BATCH, learning_rate: unet.RATE, ema: 0 },
    },
  },
  vae: {
    parts: 2,
    data: mnist,
    create: {
      family: "vae",
      data: "mnist",
      config: { hidden: vae.HIDDEN, layers: 1, latent_dim: vae.LATENT },
      train: { batch_size: vae.BATCH, learning_rate: vae.RATE },
    },
  },
};

/** Grids of shipped models; `options` of the sampler where they are not those of a page that says nothing. */
const GRIDS = {
  ddpm: { model: "ddpm-mnist" },
  "ddpm-1000": { model: "ddpm-mnist", options: { steps: 1000 } },
  few: { model: "ddpm-mnist-few", options: { sampler: "shortcut", steps: 4 } },
  emoji: { model: "ddpm-emoji" },
  latent: { model: "latent-mnist" },
  pixelcnn: { model: "pixelcnn-mnist" },
  attention: { model: "pixelcnn-mnist-attn" },
  pixelrnn: { model: "pixelrnn-mnist" },
  video: { model: "video-digits", count: 2 },
};
const listed = (list) => list?.split(",") ?? [];
const workloads = listed(options.workload ?? (options.grid ? undefined : Object.keys(WORKLOADS).join()));

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

/** Milliseconds, in a page, to copy so many numbers into a buffer, hand it to a worker and get one back. */
async function messages(count) {
  const source = "onmessage = ({ data }) => postMessage(data, [data.buffer])";
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const numbers = new Float32Array(count).fill(1);
  const [copies, trips] = [[], []];
  for (let i = 0; i < 30; i++) {
    const begun = performance.now();
    const copy = new Float32Array(count);
    copy.set(numbers);
    const copied = performance.now();
    const back = new Promise((done) => (worker.onmessage = ({ data }) => done(data)));
    worker.postMessage(copy, [copy.buffer]);
    numbers.set(await back);
    copies.push(copied - begun);
    trips.push(performance.now() - copied);
  }
  worker.terminate();
  const middle = (all) => all.sort((a, b) => a - b)[15];
  return { copy: middle(copies), trip: middle(trips) };
}

/**
 * Milliseconds of a step of n workers: weights are copied for each helper, one after the other; each computes its
 * share of the parts, as even as can be; each part of another comes back, is copied and added, one after the other.
 */
function simulated(n, parts, { part, rest, copy, trip }) {
  const used = Math.min(n, parts);
  const share = Math.ceil(parts / used);
  const away = used > 1 ? parts - Math.floor(parts / used) : 0;
  return (used - 1) * copy + (used > 1 ? trip : 0) + share * part + away * copy * 2 + rest;
}

const server = await startServer({ root, site, bench: root });
const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
try {
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(new URL("stored.html", server.url).href);
  const names = await page.evaluate(async (list) => (await fetch(list)).json(), `/${LIST}`);
  const worker = `/${names["worker.js"] ?? "worker.js"}`;
  console.log(`${cpus().length} cores (${cpus()[0].model}), Chromium ${browser.version()}`);
  for (const name of workloads) {
    const { parts, ...workload } = WORKLOADS[name];
    const turn = [0, 1].map((helpers) => ({ helpers, seconds: Number(options.seconds) }));
    const phases = Array.from({ length: Number(options.rounds) }, () => turn).flat();
    const { rates, parameters } = await drive(page, { ...workload, worker, phases });
    const of = (helpers) => median(rates.filter((r) => r.helpers === helpers).map((r) => r.rate));
    const [one, two] = [of(0), of(1)];
    const lost = rates.some((r) => r.helpers !== r.workers - 1) ? ", not helped all the time" : "";
    console.log(
      `${name}: ${one.toFixed(2)} steps/s alone, ${two.toFixed(2)} with a helper: ${(two / one).toFixed(2)}${lost}`,
    );
    const { copy, trip } = await page.evaluate(messages, parameters);
    // What does not become less with workers: what two take beyond half of the parts and what messages take.
    const [alone, both] = [1000 / one, 1000 / two];
    const carried = copy + trip + (parts / 2) * copy * 2;
    const part = Math.max(0, (alone - (both - carried)) / (parts / 2));
    const times = { part, rest: Math.max(0, alone - parts * part), copy, trip };
    const more = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => alone / simulated(n, parts, times));
    const said = Object.entries(times).map(([what, ms]) => `${what} ${ms.toFixed(2)} ms`);
    console.log(`  ${parts} parts; ${said.join(", ")}`);
    console.log(`  simulated, 1 to 8 workers: ${more.map((m) => m.toFixed(2)).join(" ")}`);
  }
  for (const name of listed(options.grid)) {
    const { model: id, ...asked } = GRIDS[name];
    const path = `checkpoints/${id}.safetensors`;
    const turns = [{}, { helpers: 1, ready: true }, { helpers: 1 }].map((how) => ({ ...asked, ...how }));
    // The first one runs code that is not compiled for speed yet.
    const samples = [asked, ...Array.from({ length: Number(options.rounds) }, () => turns).flat()];
    const [, ...drawn] = await draw(page, { worker, model: `/${names[path] ?? path}`, samples });
    const [one, ready, comes] = turns.map((_, turn) => drawn.filter((_, i) => i % 3 === turn));
    const of = (all) => median(all.map(({ seconds }) => seconds));
    const said = (what, all) => {
      const helped = all.every(({ told }) => told.some(({ count }) => count > 0)) ? "" : " (not helped)";
      return `${of(all).toFixed(2)} s ${what}${helped}: ${(of(one) / of(all)).toFixed(2)}`;
    };
    const same = new Set(drawn.map(({ picture }) => picture)).size === 1 ? "" : "; NOT THE SAME PIXELS";
    console.log(
      `${name}: ${of(one).toFixed(2)} s alone, ${said("with a helper", ready)}, ${said("that comes", comes)}${same}`,
    );
  }
} finally {
  await browser.close();
  server.close();
}

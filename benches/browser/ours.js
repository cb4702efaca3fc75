// The playground's own engine, driven through its worker as the site drives it.
import * as flow from "./flow/model.js";
import * as gpt from "./gpt/model.js";
import { repeat } from "./measure.js";
import * as net from "./unet/model.js";
import * as vae from "./vae/model.js";

const SESSION = 1;

/** What is trained, as the request `create` of src/protocol wants it. */
const creations = {
  vae: {
    family: "vae", data: "mnist",
    config: { hidden: vae.HIDDEN, layers: 1, latent_dim: vae.LATENT },
    train: { batch_size: vae.BATCH, learning_rate: vae.RATE },
  },
  flow: {
    family: "realnvp", data: "moons",
    config: { couplings: flow.COUPLINGS, hidden: flow.HIDDEN },
    train: { batch_size: flow.BATCH, learning_rate: flow.RATE, ema: 0 },
  },
  gpt: {
    family: "gpt", data: "play",
    config: {
      n_layer: gpt.LAYERS, n_head: gpt.HEADS, n_embd: gpt.WIDTH, block_size: gpt.CONTEXT,
      positions: "learned", norm: "layer", mlp: "gelu", tied: true,
    },
    train: {
      batch_size: gpt.BATCH, optimizer: "adam", learning_rate: gpt.RATE, beta_2: gpt.BETA_2,
      weight_decay: 0, clip: 0, warmup: 0, ema: 0,
    },
  },
  unet: {
    family: "ddpm", data: "mnist",
    // The levels after the first have twice its channels, as net.WIDTHS has it.
    config: { channels: net.WIDTHS[0], levels: net.WIDTHS.length, prediction: "noise", schedule: "cosine" },
    train: { batch_size: net.BATCH, learning_rate: net.RATE, ema: 0 },
  },
};

/** Trains all of a model's networks; nothing here that older builds call otherwise. */
const training = (session, steps) => ({ type: "train", session, steps, rate: null, seconds: null });

/** What the U-Net's sampler is told, for one pass of its network. */
const onePass = { sampler: "ddim", steps: 1 };

/** The lab's models; the last one had another name in older builds. */
const lab = [["vae"], ["gan"], ["planar"], ["realnvp"], ["ddpm"], ["mdn", "autoregressive"]];

/** Where a file of the site is; older builds have no list of names. */
async function fileOf(name) {
  const list = await fetch("/files.json");
  return `/${(list.ok ? await list.json() : {})[name] ?? name}`;
}

/** Connects to the site's worker: `request` sends a request of src/protocol and awaits its end. */
async function connect(backend) {
  const worker = new Worker(await fileOf("worker.js"), { type: "module" });
  const pending = new Map();
  let last = 0;
  let ready;
  const started = new Promise((resolve, reject) => (ready = { resolve, reject }));
  const fail = (message) => {
    ready.reject(new Error(message));
    for (const { reject } of pending.values()) reject(new Error(message));
  };
  worker.onerror = (event) => fail(event.message || "worker.js could not be loaded");
  worker.onmessage = ({ data }) => {
    if (data.type === "loading") return;
    if (data.type === "ready") ready.resolve(data.device);
    else if (data.type) fail(data.error?.message ?? data.reason);
    else if (data.reply.type === "error" && data.id === 0) fail(data.reply.error.message);
    else if (data.reply.type === "error") pending.get(data.id)?.reject(new Error(data.reply.error.message));
    else if (data.reply.type === "ok") pending.get(data.id)?.resolve(data.reply.outcome);
  };
  worker.postMessage({ type: "init", backend, reason: null });
  await started;
  const send = (request) => {
    const id = ++last;
    const outcome = new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
    worker.postMessage({ id, request });
    return { id, outcome: outcome.finally(() => pending.delete(id)) };
  };
  return { send, request: (request) => send(request).outcome };
}

/** The newest training loss of a state. */
const newest = (state) => state.losses.find((c) => c.name === "loss" && c.split === "train")?.values.at(-1) ?? NaN;

/** What the lab does with its models, each in a session of its own. */
function together(request) {
  const create = async (families, session) => {
    const [family, ...others] = families;
    try {
      // As the page does: each family's own options for points.
      await request({ type: "create", session, family, data: "moons", config: {}, train: {}, dataOptions: {}, seed: 1 });
    } catch (error) {
      if (!others.length) throw error;
      await create(others, session);
    }
  };
  const train = (steps) => Promise.all(lab.map((_, i) => request(training(SESSION + i, steps))));
  const makeAll = async () => {
    for (const [i, families] of lab.entries()) await create(families, SESSION + i);
  };
  return {
    async warmUp() {
      await makeAll();
      await train(20);
      return { loss: null, threads: 1 };
    },
    /** New models, so many steps of each, however long it takes. */
    async together(_, steps) {
      await makeAll();
      const start = performance.now();
      await train(steps);
      return { count: steps * lab.length, seconds: (performance.now() - start) / 1000 };
    },
  };
}

export async function ours(workload, backend) {
  const { send, request } = await connect(backend);
  if (workload === "lab") return together(request);
  if (creations[workload].data === "mnist") {
    const bytes = new Uint8Array(await (await fetch("/data/mnist.bin")).arrayBuffer());
    await request({ type: "loadData", name: "mnist", bytes, sha256: null });
  }
  if (workload === "gpt") {
    const bytes = new TextEncoder().encode(gpt.text());
    const { text } = await request({ type: "loadText", name: "play", bytes, sha256: null, options: {} });
    if (text.vocabulary !== gpt.VOCABULARY) throw new Error(`a vocabulary of ${text.vocabulary}`);
  }
  await request({ type: "create", session: SESSION, ...creations[workload], dataOptions: {}, seed: 1 });
  let step = 0;
  const train = async (steps) => (await request(training(SESSION, steps))).state;
  let z = new Uint8Array(vae.codes().buffer);
  const write = (length) => request({
    type: "sample", session: SESSION, count: 1, seed: 1, options: { length, temperature: 1 }, condition: { prompt: gpt.PROMPT },
  });
  const denoise = () => request({ type: "sample", session: SESSION, count: net.BATCH, seed: 1, options: onePass });
  const decode = () => request({ type: "view", session: SESSION, query: { type: "decode", z }, snapshot: null });

  return {
    async warmUp() {
      const first = newest(await train(1));
      step = (await train(2)).step;
      // Older builds take a list.
      if (workload === "vae") {
        await decode().catch(() => {
          z = [...vae.codes()];
          return decode();
        });
      }
      if (workload === "gpt") await write(100);
      if (workload === "unet") await denoise();
      return { loss: first, threads: 1 };
    },
    /** Trains as a reader would: until cancelled, with curves, samples and snapshots on the way. */
    async train(seconds) {
      const start = performance.now();
      const { id, outcome } = send(training(SESSION, null));
      setTimeout(() => void request({ type: "cancel", target: id }), seconds * 1000);
      const { state } = await outcome;
      const took = (performance.now() - start) / 1000;
      const steps = state.step - step;
      step = state.step;
      return { steps, seconds: took, loss: newest(state) };
    },
    async decode(seconds) {
      const { times, seconds: took } = await repeat(seconds, decode);
      return { count: times * vae.DECODE, seconds: took };
    },
    async denoise(seconds) {
      const { times, seconds: took } = await repeat(seconds, denoise);
      return { count: times, seconds: took };
    },
    async write(seconds, length) {
      const { times, seconds: took } = await repeat(seconds, () => write(length));
      return { count: times * length, seconds: took };
    },
  };
}

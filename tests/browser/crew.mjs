// A training in a page's workers, driven as the page's client drives it, and helped as a test says.
// `start` and `helpersOf` are there where it runs.
import { run } from "./helping.mjs";

async function driven({ worker, data, text, create, steps = null, helpers = 0, phases = [], kill = 0 }) {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const main = await start(worker);
  const { there, join } = helpersOf(main, worker);
  const pending = new Map();
  let last = 0;
  let state, asked;
  const told = [];
  const asking = new Promise((resolve) => (asked = resolve));
  main.onmessage = ({ data: { id, reply } }) => {
    if (id === undefined) return; // Of the worker's shell.
    if (id === 0) throw new Error(JSON.stringify(reply));
    if (reply.type === "progress") {
      const { progress } = reply;
      if (progress.type === "training") state = progress.state;
      if (progress.type === "helpers") {
        told.push(progress);
        if (progress.count > 0) asked();
      }
      return;
    }
    const { resolve, reject } = pending.get(id);
    pending.delete(id);
    if (reply.type === "ok") resolve(reply.outcome);
    else reject(new Error(reply.error.message));
  };
  const post = (request) => {
    const id = ++last;
    const outcome = new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
    main.postMessage({ id, request });
    return { id, outcome };
  };
  const ask = (request) => post(request).outcome;
  if (data) {
    const bytes = new Uint8Array(await (await fetch(data.url)).arrayBuffer());
    await ask({ type: "loadData", name: data.name, bytes, sha256: null });
  }
  if (text) {
    const bytes = new TextEncoder().encode(text);
    await ask({ type: "loadText", name: create.data, bytes, sha256: null, options: {} });
  }
  await ask({ type: "create", session: 1, dataOptions: {}, seed: 1, ...create });
  const { id, outcome } = post({ type: "train", session: 1, steps, rate: null, seconds: null });
  const rates = [];
  let workers = 1;
  if (phases.length) {
    await asking;
    for (const { helpers: count, seconds } of phases) {
      await join(count);
      await wait(1000);
      const before = state;
      await wait(1000 * (seconds - 1));
      const [n, spent] = [state.step - before.step, state.seconds - before.seconds];
      rates.push({ helpers: count, workers: state.workers, steps: n, seconds: spent, rate: n / spent });
    }
    main.postMessage({ id: ++last, request: { type: "cancel", target: id } });
    pending.set(last, { resolve: () => undefined, reject: () => undefined });
  } else if (helpers > 0) {
    await Promise.race([asking, outcome]);
    await join(helpers);
    // One that is gone without a word, as a browser may do it.
    if (kill > 0) {
      await wait(kill);
      [...there.values()][0].terminate();
    }
    const looks = setInterval(() => (workers = Math.max(workers, state.workers)), 50);
    await outcome;
    clearInterval(looks);
  }
  const end = (await outcome).state;
  const { bytes } = await ask({ type: "export", session: 1, resumable: false });
  const head = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const digest = await crypto.subtle.digest("SHA-256", bytes.slice(8 + head));
  const weights = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
  await join(0);
  main.terminate();
  return { rates, weights, step: end.step, workers, told, parameters: (bytes.length - 8 - head) / 4 };
}

/**
 * Trains a model and gives helpers to it. `phases` follow each other once it has asked for some: each has so many
 * helpers for so many seconds, the first of which does not count, and gives what was done in the others. Without phases
 * it takes so many `steps`, with `helpers` as soon as it asks. In the end: a hash of the weights.
 */
export const drive = (page, asked) => run(page, driven, asked);

// A training in a page's workers, driven as the page's client drives it, and helped as a test says: what is run
// in the page must stand by itself.

/**
 * Trains a model and gives helpers to it. `phases` follow each other once it has asked for some: each has so many
 * helpers for so many seconds, the first of which does not count, and gives what was done in the others. Without phases
 * it takes so many `steps`, with `helpers` as soon as it asks. In the end: a hash of the weights.
 */
export async function drive({ worker, data, text, create, steps = null, helpers = 0, phases = [], kill = 0 }) {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const start = async () => {
    const it = new Worker(worker, { type: "module" });
    const first = new Promise((resolve, reject) => {
      it.onmessage = ({ data }) => {
        if (data.type === "ready") resolve();
        else if (data.type === "failed") reject(new Error(data.error.message));
      };
      it.onerror = (event) => reject(new Error(event.message || "no worker"));
    });
    it.postMessage({ type: "init", backend: "cpu", reason: "a test" });
    await first;
    return it;
  };
  const main = await start();
  const pending = new Map();
  const there = new Map();
  let [last, numbers] = [0, 0];
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
  const join = async (count) => {
    while (there.size > count) {
      const [number, helper] = [...there].at(-1);
      there.delete(number);
      main.postMessage({ type: "dismiss", number });
      helper.terminate();
    }
    while (there.size < count) {
      const number = ++numbers;
      const helper = await start();
      const { port1, port2 } = new MessageChannel();
      helper.postMessage({ type: "serve", port: port1 }, [port1]);
      main.postMessage({ type: "helper", number, port: port2 }, [port2]);
      there.set(number, helper);
    }
  };
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

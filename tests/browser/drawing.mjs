// Samples in a page's workers, asked for as the page's client asks, and helped as a test says.
// `start` and `helpersOf` are there where it runs.
import { run } from "./helping.mjs";

async function drawn({ worker, model, samples }) {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const main = await start(worker);
  const { there, join } = helpersOf(main, worker);
  const pending = new Map();
  let last = 0;
  main.onmessage = ({ data: { id, reply } }) => {
    if (id === undefined) return; // Of the worker's shell.
    if (id === 0) throw new Error(JSON.stringify(reply));
    if (reply.type === "progress") return pending.get(id).progress?.(reply.progress);
    pending.get(id).resolve(reply);
    pending.delete(id);
  };
  const post = (request, progress) => {
    const id = ++last;
    const answer = new Promise((resolve) => pending.set(id, { resolve, progress }));
    main.postMessage({ id, request });
    return { id, answer };
  };
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  await post({ type: "open", session: 1, bytes, sha256: null }).answer;
  const all = [];
  for (const { helpers = 0, ready = false, kill, stop, count = 16, options = {}, condition = {} } of samples) {
    const told = [];
    let shown = 0;
    if (ready) await join(helpers);
    // What one has just been given is known by its second answer.
    if (ready) await wait(300);
    const begun = performance.now();
    const request = { type: "sample", session: 1, count, seed: 5, options, condition };
    const { id, answer } = post(request, (progress) => {
      if (progress.type === "sampling") shown++;
      if (progress.type !== "helpers") return;
      told.push(progress);
      if (progress.count > 0 && told.length === 1)
        void join(helpers).then(async () => {
          if (kill === undefined) return;
          await wait(kill);
          [...there.values()][0]?.terminate();
        });
    });
    if (stop !== undefined) {
      await wait(stop);
      post({ type: "cancel", target: id });
    }
    const reply = await answer;
    const seconds = (performance.now() - begun) / 1000;
    await join(0);
    const one = { helpers, seconds, shown, told, failed: reply.error?.code };
    if (reply.type === "ok") {
      const { view } = reply.outcome;
      const digest = await crypto.subtle.digest("SHA-256", (view.sheet ?? view).rgba);
      one.picture = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
    }
    all.push(one);
  }
  main.terminate();
  return all;
}

/**
 * Opens a model and draws `samples`, one after the other: each is what is asked of a sampler, with so many `helpers`,
 * which come when they are asked for, or are there before if `ready`. With `kill` one of them ends without a word so
 * many milliseconds later; with `stop` the samples are given up after so many. Of each: a hash of the picture,
 * seconds, how often it was shown before it was done, what was said of helpers, and the code of what it failed of.
 */
export const draw = (page, asked) => run(page, drawn, asked);

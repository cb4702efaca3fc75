// Takes random walks on all processors, and shrinks one that fails.
import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { Random } from "./clock.mjs";
import { plan, walk } from "./walk.mjs";
import { STAND_IN } from "./worker.mjs";

/** What went wrong, if anything. */
async function failure(seed, events, kind) {
  const uncaught = [];
  const note = (e) => uncaught.push(e);
  process.on("unhandledRejection", note);
  try {
    await walk(seed, events, kind);
    await new Promise((done) => setImmediate(done));
    return uncaught[0];
  } catch (e) {
    return e;
  } finally {
    process.off("unhandledRejection", note);
  }
}

/** The fewest events of a walk that still go wrong. */
async function shrunk(seed, events, kind) {
  for (let size = events.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= events.length;) {
      const fewer = events.toSpliced(at, size);
      if (await failure(seed, fewer, kind)) events = fewer;
      else at += size;
    }
  }
  return events;
}

/** Walks some seeds until `end`; gives how many walks and events there were, and the first failure as a text. */
async function some(seeds, end, kind) {
  const taken = { walks: 0, events: 0 };
  // Stacks of errors that are expected cost a third of the time.
  Error.stackTraceLimit = 0;
  for (const seed of seeds) {
    if (Date.now() > end) break;
    const events = plan(new Random(seed ^ 0x5eed));
    taken.walks++;
    taken.events += events.length;
    if (!(await failure(seed, events, kind))) continue;
    Error.stackTraceLimit = 10;
    const few = await shrunk(seed, events, kind);
    const why = await failure(seed, few, kind);
    const wrong = `GP_SEED=${seed}\n${few.map((e) => e.join(" ")).join("\n")}\n${why?.stack ?? why}`;
    return { ...taken, wrong };
  }
  return taken;
}

/**
 * Takes as many walks as GP_WALKS says, else `count`, or as many of them as there is time for in `seconds`; GP_SEED
 * repeats one. `native` puts real hosts behind the pages. Gives how many were taken, and fails with what went wrong.
 */
export async function walks(count, { native = false, seconds = Infinity } = {}) {
  const { GP_SEED: only, GP_WALKS: wished } = process.env;
  const all = Number(wished ?? count);
  const seeds = only ? [Number(only)] : Array.from({ length: all }, (_, i) => i + 1);
  const end = wished ? Infinity : Date.now() + 1000 * seconds;
  const threads = Math.min(seeds.length, availableParallelism());
  const results = await Promise.all(
    Array.from({ length: threads }, (_, k) => {
      const part = seeds.filter((_, i) => i % threads === k);
      return new Promise((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { part, end, native } });
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    }),
  );
  for (const { wrong } of results) if (wrong) assert.fail(wrong);
  const sum = (what) => results.reduce((all, result) => all + result[what], 0);
  return { walks: sum("walks"), events: sum("events") };
}

if (!isMainThread) {
  const { part, end, native } = workerData;
  const kind = native ? await import("./native.mjs") : undefined;
  const result = await some(part, end, kind?.NATIVE ?? STAND_IN);
  kind?.end();
  parentPort.postMessage(result);
}

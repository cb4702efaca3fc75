// Random walks over everything that can happen to the figures of a page: no promise waits for ever, no training goes on
// that cannot be stopped, nothing that was shown as kept is lost. GP_WALKS says how many; GP_SEED repeats one.
import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { Random } from "./clock.mjs";
import { plan, walk } from "./walk.mjs";

/** What went wrong, if anything. */
async function failure(seed, events) {
  const uncaught = [];
  const note = (e) => uncaught.push(e);
  process.on("unhandledRejection", note);
  try {
    await walk(seed, events);
    await new Promise((done) => setImmediate(done));
    return uncaught[0];
  } catch (e) {
    return e;
  } finally {
    process.off("unhandledRejection", note);
  }
}

/** The fewest events of a walk that still go wrong. */
async function shrunk(seed, events) {
  for (let size = events.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= events.length;) {
      const fewer = events.toSpliced(at, size);
      if (await failure(seed, fewer)) events = fewer;
      else at += size;
    }
  }
  return events;
}

/** Walks some seeds; gives how many events there were, and the first failure as a text. */
async function walks(seeds) {
  let count = 0;
  // Stacks of errors that are expected cost a third of the time.
  Error.stackTraceLimit = 0;
  for (const seed of seeds) {
    const events = plan(new Random(seed ^ 0x5eed));
    count += events.length;
    if (!(await failure(seed, events))) continue;
    Error.stackTraceLimit = 10;
    const few = await shrunk(seed, events);
    const why = await failure(seed, few);
    return { count, wrong: `GP_SEED=${seed}\n${few.map((e) => e.join(" ")).join("\n")}\n${why?.stack ?? why}` };
  }
  return { count };
}

if (isMainThread) {
  const all = Number(process.env.GP_WALKS ?? 10_000);
  const only = process.env.GP_SEED;
  test(only ? `the walk ${only}` : `${all} random walks`, async (t) => {
    const seeds = only ? [Number(only)] : Array.from({ length: all }, (_, i) => i + 1);
    const threads = Math.min(seeds.length, availableParallelism());
    const parts = Array.from({ length: threads }, (_, k) => seeds.filter((_, i) => i % threads === k));
    const results = await Promise.all(
      parts.map(
        (part) =>
          new Promise((resolve, reject) => {
            const worker = new Worker(new URL(import.meta.url), { workerData: part });
            worker.once("message", resolve);
            worker.once("error", reject);
          }),
      ),
    );
    for (const { wrong } of results) if (wrong) assert.fail(wrong);
    t.diagnostic(`${results.reduce((sum, r) => sum + r.count, 0)} events`);
  });
} else {
  parentPort.postMessage(await walks(workerData));
}

// Random walks over everything that can happen to the figures of a page: no promise waits for ever, no training goes on
// that cannot be stopped, nothing that was shown as kept is lost. GP_WALKS says how many; GP_SEED repeats one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "./clock.mjs";
import { plan, walk } from "./walk.mjs";

const walks = Number(process.env.GP_WALKS ?? 10_000);
const only = process.env.GP_SEED;

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

test(`${walks} random walks`, async () => {
  const seeds = only ? [Number(only)] : Array.from({ length: walks }, (_, i) => i + 1);
  let count = 0;
  for (const seed of seeds) {
    const events = plan(new Random(seed ^ 0x5eed));
    count += events.length;
    if (!(await failure(seed, events))) continue;
    const few = await shrunk(seed, events);
    const why = await failure(seed, few);
    assert.fail(`GP_SEED=${seed}\n${few.map((e) => e.join(" ")).join("\n")}\n${why?.stack ?? why}`);
  }
  assert.ok(count > seeds.length);
});

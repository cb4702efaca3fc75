// What the cases share: figures with a model, with a training, and how they are asked.
import assert from "node:assert/strict";
import { World } from "./world.mjs";
import { fileOf } from "./worker.mjs";

export const model = (step, rest = {}) =>
  fileOf({ family: "vae", data: "mnist", config: { hidden: 10, layers: 2 }, train: {}, step, ...rest });
export const codes = (figure) => figure.controller.notices.all.map((n) => n.code);
export const kept = (world) => world.database.all("trainings-info");

/** Watches whether a promise has ended. */
export function watched(promise) {
  const state = { ended: false };
  promise.then(
    () => (state.ended = true),
    (e) => Object.assign(state, { ended: true, error: e }),
  );
  return state;
}

/** A page with a figure whose model is there; in a new world, which may be given. */
export async function loaded(seed = 1, world = new World(seed)) {
  const page = world.page();
  const figure = page.figure();
  void figure.load();
  await world.clock.pass(10_000);
  assert.equal(figure.controller.info?.step, 240_000);
  return { world, page, figure, c: figure.controller, pass: (ms) => world.clock.pass(ms) };
}

/** And a training that has been kept. */
export async function trained(seed, time = 25_000) {
  const all = await loaded(seed);
  void all.c.attempt(() => all.c.play());
  await all.pass(time);
  assert.ok(all.c.running);
  assert.ok(kept(all.world)[0].step > 0);
  return all;
}

/** Lets time pass until a promise has ended. */
export async function drive(world, promise) {
  const state = watched(promise);
  for (let i = 0; i < 100 && !state.ended; i++) await world.clock.pass(50);
  return promise;
}

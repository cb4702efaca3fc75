// A graphics card is tried by what takes the processor long: what is faster there goes on there, and nothing is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, drive, kept, loaded, model, watched } from "./figures.mjs";
import { World } from "./world.mjs";

/** A world with a card that takes so many milliseconds for a step. */
const withCard = (onCard) => Object.assign(new World(), { card: "a card", onCard });
/** What comes next in a world: a page with a figure whose model is there. */
const visit = (world) => loaded(1, world);

/** A figure whose model trains. */
async function training(world, time) {
  const all = await visit(world);
  void all.c.attempt(() => all.c.play());
  await all.pass(time);
  return all;
}
const devices = (page) => page.alive.map((w) => w.backend);
const reason = async ({ session }) => (await session.device).reason;

test("a training that is faster on the card goes on there from the step where it was", async () => {
  const { world, page, figure, c, pass } = await training(withCard(10), 4000);
  assert.deepEqual(devices(page), ["cpu"], "it begins on the processor");
  assert.equal(await reason(c), "first");
  assert.equal(c.device.reason, "first");
  const { step } = c.info;
  const { lineage } = figure.model;
  await pass(12_000);
  assert.equal(c.device.backend, "webgpu");
  assert.equal(c.device.reason, "faster");
  assert.equal(figure.worker.backend, "webgpu");
  assert.equal(figure.model.lineage, lineage, "the same model");
  assert.ok(c.running && figure.trainings === 1);
  assert.ok(c.info.step > step && c.info.step === figure.model.step);
  assert.deepEqual(devices(page), ["webgpu"], "what nobody stands on has ended");
  const before = c.info.step;
  await pass(2000);
  assert.ok(c.info.step >= before + 150, "ten times as fast");
  await drive(world, c.pause());
  assert.equal(figure.trainings, 0);
  assert.equal(kept(world)[0].step, c.info.step);
  assert.deepEqual(codes(figure), []);
});

test("where the card is slower, the training stays, and is not tried again", async () => {
  const { world, page, c, pass } = await training(withCard(90), 30_000);
  assert.equal(c.device.reason, "slower");
  assert.deepEqual(devices(page), ["cpu"]);
  const made = page.workers.length;
  await drive(world, c.pause());
  void c.attempt(() => c.play());
  await pass(20_000);
  assert.equal(page.workers.length, made, "once is enough");
  page.close();
  const { figure: other } = await visit(world);
  void other.controller.attempt(() => other.controller.play());
  await pass(20_000);
  assert.ok(
    other.page.workers.every((w) => w.backend === "cpu"),
    "also in another visit",
  );
  assert.equal(other.controller.device.reason, "slower");
});

test("what was found out is remembered: the next training begins on the card", async () => {
  const { world, page } = await training(withCard(10), 20_000);
  page.close();
  const { figure: other } = await visit(world);
  assert.equal(other.worker.backend, "cpu", "a first look does not wait for it");
  void other.controller.attempt(() => other.controller.play());
  await world.clock.pass(3000);
  assert.equal(other.worker.backend, "webgpu");
  assert.equal(other.controller.info.step, other.model.step);
  // With another card that says nothing.
  other.page.close();
  Object.assign(world, { card: "another card", onCard: 300 });
  const { figure: third } = await visit(world);
  void third.controller.attempt(() => third.controller.play());
  await world.clock.pass(3000);
  assert.equal(third.worker.backend, "cpu");
});

test("without a card, nothing is tried", async () => {
  const { page } = await training(new World(), 30_000);
  assert.deepEqual(
    page.workers.map((w) => w.backend),
    ["cpu"],
  );
});

test("a card that fails in its trial disturbs nobody", async () => {
  for (const starts of ["dies", "failed", "silent"]) {
    const { world, page, figure, c, pass } = await training(withCard(10), 4000);
    const begun = c.info.step;
    world.starts = starts;
    await pass(40_000);
    assert.equal(figure.worker.backend, "cpu", starts);
    assert.ok(c.running && c.info.step > begun + 300, `${starts}: ${c.info.step}`);
    assert.deepEqual(codes(figure), [], starts);
    world.starts = "ok";
    await pass(400_000);
    assert.ok(c.running);
    assert.deepEqual(devices(page), ["cpu"], starts);
  }
});

test("a card that is lost gives the training back, at last to the processor", async () => {
  const { page, figure, c, pass } = await training(withCard(10), 20_000);
  let { step } = c.info;
  for (const backend of ["webgpu", "cpu"]) {
    figure.worker.die("device-lost");
    await pass(20_000);
    assert.equal(figure.worker.backend, backend);
    assert.ok(c.running && c.info.step > step - 1000, `${c.info.step} of ${step}`);
    ({ step } = c.info);
  }
  assert.match(c.device.reason, /^failed:/);
  // And if none of its workers lives long, to the one that it began in.
  for (let i = 0; i < 6; i++) {
    figure.worker?.die();
    await pass(6000);
  }
  assert.ok(c.running || codes(figure).length, "it goes on, or says why not");
  assert.ok(page.alive.length <= 2);
});

test("pausing while it moves leaves it where it is whole, and another model is put on the processor", async () => {
  for (let wait = 5000; wait < 11_000; wait += 250) {
    const { world, page, figure, c } = await training(withCard(10), wait);
    await drive(world, c.pause());
    assert.equal(c.running, false);
    assert.equal(figure.trainings, 0, `${wait}`);
    assert.equal(c.info.step, figure.model.step, `${wait}`);
    await drive(world, figure.load());
    await world.clock.pass(5000);
    assert.equal(figure.worker.backend, "cpu");
    assert.deepEqual(devices(page), ["cpu"], `${wait}`);
    assert.equal(c.info.step, 240_000);
  }
});

test("samples that take long twice are tried, and then come from the card", async () => {
  const { world, figure } = await visit(withCard(10));
  const { session } = figure.controller;
  const sample = async () => {
    const begun = world.clock.now;
    await drive(world, session.sample(16, 1, {}));
    return world.clock.now - begun;
  };
  assert.ok((await sample()) >= 1500);
  await world.clock.pass(5000);
  assert.equal(figure.worker.backend, "cpu", "once is no habit");
  await sample();
  await world.clock.pass(5000);
  assert.equal(figure.worker.backend, "webgpu");
  assert.ok((await sample()) < 400);
  assert.equal(figure.controller.info.step, 240_000);
});

/** A world in which a trial has found that samples come faster from the card. */
async function known() {
  const { world, figure } = await visit(withCard(10));
  for (let i = 0; i < 2; i++) {
    await drive(world, figure.controller.session.sample(16, 1, {}));
    await world.clock.pass(5000);
  }
  figure.page.close();
  return world;
}

/** A page with two figures whose models are there. */
async function pair(world) {
  const page = world.page();
  const figures = ["one", "two"].map((name) => page.figure(name));
  for (const figure of figures) void figure.load();
  await world.clock.pass(10_000);
  return { page, figures };
}

test("figures that go to the card at once, and one that is asked again on its way, all stand there", async () => {
  for (let wait = 0; wait < 40; wait++) {
    const world = await known();
    const { page, figures } = await pair(world);
    const [one, two] = figures.map((figure) => figure.controller.session);
    const asked = [one.sample(16, 1, {}), two.sample(16, 1, {})];
    await world.clock.pass(wait);
    asked.push(one.sample(16, 2, {}));
    await drive(world, Promise.all(asked));
    await world.clock.pass(8000);
    for (const { worker } of figures) assert.equal(worker.backend, "webgpu", `${wait}`);
    for (const session of [one, two]) await drive(world, session.sample(16, 3, {}));
    assert.deepEqual(devices(page), ["webgpu"], `${wait}`);
  }
});

test("a training that begins while its model moves, begins", async () => {
  for (let wait = 1490; wait < 1530; wait += 2) {
    const world = await known();
    const [figure, other] = (await pair(world)).figures;
    // The card is there already, for the other one.
    await drive(world, other.controller.session.sample(16, 1, {}));
    await world.clock.pass(6000);
    await drive(world, figure.controller.open(model(500)));
    void figure.controller.session.sample(16, 1, {});
    await world.clock.pass(wait);
    void figure.controller.attempt(() => figure.controller.play());
    await world.clock.pass(20_000);
    assert.ok(figure.controller.running && figure.trainings === 1, `${wait}`);
    assert.ok(figure.controller.info.step > 600, `${wait}`);
  }
});

test("a budget in seconds counts those on the processor and those on the card", async () => {
  const world = withCard(10);
  const page = world.page();
  const bench = page.bench({ budget: { steps: null, seconds: 20 } });
  const { learner } = bench;
  void learner.place();
  await world.clock.pass(5000);
  bench.playing = true;
  let trained = 0;
  for (let second = 0; second < 60; second++) {
    learner.sync();
    await world.clock.pass(1000);
    if (learner.running) trained++;
  }
  assert.equal(learner.controller.device.backend, "webgpu");
  assert.ok(trained >= 19 && trained <= 22, `${trained} seconds`);
  assert.ok(Math.abs(learner.controller.info.state.seconds - 20) <= 1);
});

test("a card that does not start any more is waited for once", async () => {
  for (const starts of ["failed", "silent"]) {
    const { world, page } = await training(withCard(10), 20_000);
    page.close();
    const { figure, c } = await visit(world);
    void c.attempt(() => c.create({ play: false }));
    await world.clock.pass(3000);
    world.starts = starts;
    const before = figure.page.workers.length;
    // In slow motion each step is a training.
    Object.assign(c, { stepwise: true, rate: 3, wants: true });
    c.sync();
    await world.clock.pass(60_000);
    assert.ok(c.info.step >= 120, `${starts}: ${c.info.step} steps`);
    assert.equal(figure.page.workers.length - before, 1, starts);
    assert.deepEqual(codes(figure), [], starts);
  }
});

test("another model asked for while the card still draws for the one before takes its place", async () => {
  for (let wait = 0; wait < 400; wait += 20) {
    const world = await known();
    const [figure] = (await pair(world)).figures;
    const { session } = figure.controller;
    void session.sample(16, 1, {});
    await world.clock.pass(1000);
    const late = watched(session.sample(16, 2, {}));
    await world.clock.pass(500 + wait);
    await drive(world, figure.controller.open(model(77)));
    await world.clock.pass(5000);
    assert.equal(figure.controller.info.step, 77, `${wait}`);
    assert.equal(figure.model?.step, 77, `${wait}`);
    assert.ok(late.ended && !late.error, `${wait}`);
  }
});

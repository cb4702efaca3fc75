// A worker that dies, or never starts: who waits is told, and what can go on goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, kept, loaded, model, trained, watched } from "./figures.mjs";
import { DEADLY } from "./worker.mjs";
import { World } from "./world.mjs";

test("a worker that dies before it is ready leaves nobody waiting", async () => {
  const world = new World();
  world.starts = "dies";
  const figure = world.page().figure();
  const load = watched(figure.load());
  await world.clock.pass(1000);
  world.starts = "ok";
  await world.clock.pass(20_000);
  assert.ok(load.ended);
  assert.equal(figure.controller.info?.step, 240_000);
});

test("a worker that never answers is given up, and can be tried again", async () => {
  const world = new World();
  world.starts = "silent";
  const figure = world.page().figure();
  const load = watched(figure.load());
  await world.clock.pass(400_000);
  assert.ok(load.ended);
  assert.deepEqual(codes(figure), ["fetch-failed"]);
  world.starts = "ok";
  figure.controller.notices.dismiss(figure.controller.notices.all[0], true);
  await world.clock.pass(10_000);
  assert.equal(figure.controller.info?.step, 240_000);
  assert.deepEqual(codes(figure), []);
});

test("dispose while the worker starts ends whoever waits for it", async () => {
  const world = new World();
  world.starts = "silent";
  const figure = world.page().figure();
  const load = watched(figure.load());
  await world.clock.pass(100);
  const end = watched(figure.controller.dispose());
  await world.clock.pass(100);
  assert.ok(load.ended && end.ended);
  assert.deepEqual(codes(figure), [], "and is no error");
});

test("a device lost while the second worker starts: the training goes on in the third", async () => {
  const { world, page, c, figure, pass } = await trained();
  const before = kept(world)[0].step;
  world.starts = "dies";
  page.worker.die("device-lost");
  await pass(300);
  world.starts = "ok";
  await pass(20_000);
  assert.ok(c.running);
  assert.ok(c.info.step > before);
  const pause = watched(c.pause());
  await pass(2000);
  assert.ok(pause.ended);
  assert.equal(figure.trainings, 0);
});

test("a worker that dies again and again ends with a sentence, also slowly", async () => {
  const { world, page, c, figure, pass } = await loaded();
  world.starts = "dies";
  page.worker.die();
  await pass(60_000);
  assert.equal(figure.counts.fatal, 1);
  assert.match(figure.controller.notices.all.at(-1).message, /too often/);
  world.starts = "ok";
  c.notices.dismiss(c.notices.all.at(-1), true);
  await pass(20_000);
  assert.equal(c.info?.step, 240_000, "Try again brings it back");

  void c.attempt(() => c.play());
  for (let i = 0; i < 120 && figure.counts.fatal < 2; i++) {
    await pass(55_000);
    page.worker?.die();
  }
  assert.equal(figure.counts.fatal, 2, "a loop of minutes has an end as well");
});

test("a training that stops its worker at the same step each time is given up", async () => {
  const { page, c, figure, pass } = await loaded();
  void c.attempt(() => c.play());
  let deaths = 0;
  for (let i = 0; i < 1000 && !c.failed; i++) {
    await pass(300);
    if ((c.info?.step ?? 0) >= 150 && c.source === "made" && c.running && page.worker?.ready)
      (page.worker.die(), deaths++);
  }
  assert.ok(c.failed);
  assert.ok(deaths < 5, `${deaths} deaths`);
  assert.ok(codes(figure).includes("internal"));
  assert.equal(figure.trainings, 0);
});

test("out of memory is not tried again on the same settings", async () => {
  const { page, c, figure, pass } = await trained();
  page.worker.die("out-of-memory");
  await pass(20_000);
  assert.equal(c.running, false);
  assert.ok(codes(figure).includes("out-of-memory"));
  assert.equal(figure.trainings, 0);
  assert.ok(c.info.step > 0, "what was learned is there");
});

test("a file that ends the worker is blamed, and everything else is as it was", async () => {
  const { c, figure, pass } = await loaded();
  void c.attempt(() => c.open(DEADLY));
  await pass(30_000);
  assert.ok(codes(figure).includes("internal"));
  assert.equal(c.info?.step, 240_000);
});

test("what was turned back from does not come again with a new worker", async () => {
  const { world, page, c, pass } = await trained();
  void c.restore(0);
  await pass(2000);
  const { step } = c.info;
  assert.ok(step < 60);
  assert.equal(kept(world)[0].step, step);
  page.worker.die();
  await pass(5000);
  assert.equal(c.info.step, step);
});

test("changed options outlive a worker that dies before the next snapshot", async () => {
  const { page, c, pass } = await trained();
  void c.wish("train", [["rate", "50"]]);
  await pass(200);
  page.worker.die();
  await pass(3000);
  assert.equal(page.worker.host.sessions.get(c.session.id).train.rate, 50);
  assert.ok(c.running);
});

test("six figures that train, their worker killed every 20 s for 10 minutes: all go on, none loses 10 s", async () => {
  const world = new World(3);
  const page = world.page();
  const figures = Array.from({ length: 6 }, (_, i) => page.figure(`figure ${i}`, i % 2 ? "gpt" : "vae"));
  for (const f of figures) {
    void f.load();
    await world.clock.pass(3000);
    void f.controller.attempt(() => f.controller.play());
  }
  const stepsOf = () => figures.map((f) => f.controller.info.step);
  await world.clock.pass(20_000);
  for (let time = 0; time < 600_000;) {
    const wait = 10_000 + world.random.below(20_000);
    await world.clock.pass(wait);
    time += wait;
    const before = stepsOf();
    page.worker?.die(world.random.chance(0.3) ? "device-lost" : "internal");
    await world.clock.pass(5000);
    time += 5000;
    stepsOf().forEach((step, i) => assert.ok(step >= before[i] - 100, `${step} after ${before[i]}`));
  }
  const before = stepsOf();
  await world.clock.pass(10_000);
  figures.forEach((f, i) => {
    assert.ok(f.controller.running, `figure ${i} trains`);
    assert.ok(f.controller.info.step > before[i]);
    assert.ok(codes(f).length <= 2, "one notice of each kind");
  });
});

test("a model that is brought back slowly does not take the place of a file that was opened meanwhile", async () => {
  const { world, page, c, pass } = await loaded();
  void c.attempt(() => c.play());
  await pass(3000);
  world.server.slow = 8000;
  await pass(120_000 - 3000);
  void c.attempt(() => c.restart());
  await pass(20_000);
  assert.equal(c.info.step, 0);
  page.worker.die();
  await pass(1000);
  void c.attempt(() => c.open(model(77)));
  await pass(40_000);
  assert.equal(c.info.step, 77);
  assert.equal(page.worker.host.sessions.get(c.session.id).step, 77);
});

test("of what a driver says when it dies the first line is told", async () => {
  const { page, figure, pass } = await loaded();
  page.worker.die("device-lost", "message", "Validation failed\n\nCaused by:\n    a long story\n\nBacktrace: …");
  await pass(5000);
  const said = figure.controller.notices.all.map((n) => n.message).join();
  assert.match(said, /Validation failed/);
  assert.doesNotMatch(said, /Caused|Backtrace/);
});

test("a worker that cannot start is told of, also when the model comes later than that is known", async () => {
  const world = new World();
  world.starts = "failed";
  world.server.slow = 3000;
  const figure = world.page().figure();
  void figure.load();
  await world.clock.pass(20_000);
  assert.deepEqual(codes(figure), ["fetch-failed"]);
  assert.ok(figure.controller.notices.all[0].retry);
});

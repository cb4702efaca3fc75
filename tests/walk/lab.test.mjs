// A model of the lab: what its budget, its speed, its options and the reader's own points do to its training.
import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./world.mjs";
import { Random } from "./clock.mjs";
import { BAD, fileOf } from "./worker.mjs";

async function placed(task) {
  const world = new World(2);
  const page = world.page();
  const bench = page.bench(task);
  const { learner } = bench;
  const play = (playing) => {
    bench.playing = playing;
    learner.sync();
  };
  void learner.place();
  await world.clock.pass(5000);
  assert.equal(learner.info?.step, 0);
  return { world, page, bench, learner, play, pass: (ms) => world.clock.pass(ms) };
}
const made = (page) => page.worker.host.sessions.size;

test("training stops where the budget does, and goes on where it is raised", async () => {
  const { bench, learner, play, pass } = await placed();
  play(true);
  await pass(30_000);
  assert.equal(learner.info.step, 100);
  assert.ok(learner.done && !learner.running);
  bench.task.budget = { steps: null, seconds: 15 };
  play(true);
  await pass(30_000);
  assert.ok(Math.abs(learner.state.seconds - 15) <= 1, `${learner.state.seconds}`);
});

test("another option while it trains: the new model trains at once; the same option changes nothing", async () => {
  const { bench, learner, play, pass } = await placed({ budget: { steps: 5000, seconds: null } });
  play(true);
  await pass(5000);
  const before = learner.info.step;
  void learner.wish("config", [["hidden", "20"]]).then(() => learner.place());
  await pass(1000);
  assert.equal(learner.info.config.hidden, 20);
  assert.ok(learner.running && learner.info.step < before);
  const { step } = learner.info;
  void learner.place();
  await pass(1000);
  assert.ok(learner.info.step > step);
  // Of three wishes in a row the last one counts.
  for (const n of [30, 40, 50]) void learner.wish("config", [["hidden", `${n}`]]).then(() => learner.place());
  await pass(2000);
  assert.equal(learner.info.config.hidden, 50);
  assert.ok(learner.running);
  assert.deepEqual(bench.errors, []);
});

test("slow motion takes one step at a time, and ends on pause", async () => {
  const { learner, play, pass } = await placed({ rate: 2 });
  play(true);
  await pass(5000);
  assert.ok(learner.info.step >= 8 && learner.info.step <= 12, `${learner.info.step}`);
  play(false);
  await pass(1000);
  const { step } = learner.info;
  await pass(3000);
  assert.equal(learner.info.step, step);
});

test("out of sight it waits; the page is left and come back to: what was wished for is still there", async () => {
  const { bench, learner, play, pass, page } = await placed({ budget: { steps: 5000, seconds: null } });
  play(true);
  await pass(3000);
  bench.seen = false;
  learner.sync();
  await pass(2000);
  const { step } = learner.info;
  await pass(3000);
  assert.equal(learner.info.step, step);
  void learner.wish("config", [["hidden", "20"]]);
  await pass(100);
  learner.end();
  await pass(3000);
  assert.equal(page.worker, undefined);
  bench.seen = true;
  void learner.place();
  await pass(5000);
  assert.equal(learner.info.config.hidden, 20);
});

test("points of the reader's own outlive the worker and the lab, and are kept with what learned them", async () => {
  const source = { type: "csv", bytes: new Uint8Array([1, 2, 3]) };
  const { world, bench, learner, play, pass, page } = await placed({ budget: { steps: 5000, seconds: null } });
  Object.assign(bench.task, { data: "custom", points: 1, source });
  void learner.place();
  await pass(2000);
  assert.equal(learner.info.data, "custom");
  play(true);
  await pass(3000);
  page.worker.die();
  await pass(15_000);
  assert.ok(learner.running);
  learner.end();
  await pass(3000);
  assert.equal(page.worker, undefined, "the worker that had the points is gone");
  void learner.place();
  await pass(3000);
  assert.equal(learner.info.data, "custom");
  assert.deepEqual(
    bench.errors.filter((e) => e.code === "bad-data"),
    [],
  );
  page.close();

  assert.equal(world.database.all("trainings-data")[0].points.bytes.length, 3);
  const again = world.page().bench({ budget: { steps: 5000, seconds: null } });
  void again.learner.place();
  await pass(5000);
  const { controller } = again.learner;
  assert.ok(controller.kept.step > 0);
  void controller.attempt(() => controller.resume());
  await pass(3000);
  again.playing = true;
  again.learner.sync();
  await pass(3000);
  assert.ok(again.learner.running);
  assert.deepEqual(again.errors, []);
});

test("what is made of toy data is not kept: it can be made again", async () => {
  const { world, play, pass } = await placed({ budget: { steps: 5000, seconds: null } });
  play(true);
  await pass(25_000);
  assert.deepEqual(world.database.all("trainings-info"), []);
});

test("a model from a file keeps its options for the next one; one step moves one network", async () => {
  const { learner, pass, page } = await placed();
  const file = {
    family: "flow",
    data: "moons",
    config: { hidden: 33, layers: 2 },
    train: { batch: 16, rate: 5 },
    step: 9,
  };
  void learner.open(fileOf(file));
  await pass(2000);
  assert.equal(learner.info.step, 9);
  assert.ok(learner.own);
  void learner.step("all");
  await pass(2000);
  assert.equal(learner.info.step, 10);
  void learner.place(true);
  await pass(2000);
  assert.equal(learner.info.step, 0);
  assert.equal(learner.info.config.hidden, 33);
  assert.equal(made(page), 1);
});

/** What may happen to a lab; `n` is a random number. */
const EVENTS = {
  play: (l) => l.play(true),
  pause: (l) => l.play(false),
  step: (l) => void l.learner.step(),
  "an option": (l, n) =>
    void l.learner.wish("config", [["hidden", `${n % 120}`]]).then(
      () => l.learner.place(),
      () => undefined,
    ),
  "start over": (l) => void l.learner.place(true),
  place: (l) => void l.learner.place(),
  restore: (l) => void l.learner.restore(),
  "a budget": (l, n) => (
    (l.bench.task.budget = n % 2 ? { steps: n % 400, seconds: null } : { steps: null, seconds: n % 40 }),
    l.learner.sync()
  ),
  "a speed": (l, n) => ((l.bench.task.rate = n % 2 ? 5 : null), l.learner.sync()),
  points: (l, n) => {
    Object.assign(l.bench.task, { data: "custom", points: n, source: { type: "csv", bytes: new Uint8Array([n % 9]) } });
    void l.learner.place();
  },
  "toy data": (l) => (Object.assign(l.bench.task, { data: "moons", source: undefined }), void l.learner.place()),
  "a file": (l, n) =>
    void l.learner.open(n % 3 ? fileOf({ family: "flow", data: "moons", config: {}, train: {}, step: n % 99 }) : BAD),
  hide: (l) => ((l.bench.seen = false), l.learner.sync()),
  show: (l) => ((l.bench.seen = true), l.learner.sync()),
  "take out": (l) => l.learner.end(),
  kill: (l, n) => l.page.alive[n % Math.max(1, l.page.alive.length)]?.die(n % 2 ? "internal" : "device-lost"),
  "try again": (l) => {
    const notice = l.learner.alerts.find((n) => n.retry);
    if (notice) l.learner.controller.notices.dismiss(notice, true);
  },
};

test("random walks of a lab: in the end it trains as far as it should, and only then", async () => {
  for (let seed = 1; seed <= 600; seed++) {
    const random = new Random(seed);
    const world = new World(seed);
    if (seed % 2) Object.assign(world, { card: "a card", onCard: random.of([10, 300]) });
    const page = world.page();
    const bench = page.bench();
    const { learner } = bench;
    const play = (playing) => ((bench.playing = playing), learner.sync());
    const l = { bench, learner, page, play };
    const names = [];
    for (let i = 0; i < 20; i++) {
      const name = random.of(Object.keys(EVENTS));
      names.push(name);
      EVENTS[name](l, random.below(1000));
      await world.clock.pass(random.chance(0.2) ? 4000 : random.below(80));
    }
    const what = `seed ${seed}: ${names.join(", ")}; ${learner.alerts.map((a) => a.message)}`;
    Object.assign(bench, { seen: true, playing: false });
    Object.assign(bench.task, { rate: null, budget: { steps: 100_000, seconds: null } });
    learner.sync();
    await world.clock.pass(60_000);
    const trained = () => page.alive.flatMap((w) => w.host.training);
    const own = () => trained().filter((id) => id === learner.controller.session?.id);
    assert.equal(trained().length, 0, what);
    assert.equal(learner.running, false, what);
    void learner.place();
    await world.clock.pass(10_000);
    assert.ok(learner.info, what);
    learner.failed = false;
    play(true);
    await world.clock.pass(10_000);
    assert.ok(learner.running && own().length === 1, what);
    assert.ok(learner.info.step > 0, what);
    page.close();
  }
});

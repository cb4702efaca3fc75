// What a reader may do to a figure, in any order: clicks, files, pauses, options.
import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, kept, loaded, model, trained, watched } from "./figures.mjs";
import { load } from "../../web/readme.mjs";
import { BAD } from "./worker.mjs";
import { World } from "./world.mjs";

const { ENGLISH } = await load("web/lang/words.ts");

test("a second click on Train from scratch is the same click, and the training can be stopped", async () => {
  const { c, figure, pass } = await loaded();
  const all = [c.play(), c.play()];
  await pass(20);
  all.push(c.play());
  await pass(5000);
  await Promise.all(all);
  assert.equal(figure.counts.placed, 2, "one new model beside the shipped one");
  assert.ok(c.running);
  assert.equal(figure.trainings, 1);
  const pause = watched(c.pause());
  await pass(3000);
  assert.ok(pause.ended);
  assert.equal(figure.trainings, 0);
});

test("a file opened while training: the old training's end says nothing of it", async () => {
  for (let seed = 1; seed < 20; seed++) {
    const { c, pass, figure } = await trained(seed);
    void c.open(model(7));
    await pass(5000);
    assert.equal(c.info.step, 7);
    assert.equal(c.session.model.step, 7);
    assert.equal(c.running, false);
    assert.equal(figure.trainings, 0);
    assert.equal(c.keeper.step, -1, "nothing of the old training is kept as of the new one");
  }
});

test("a bad file opened while training does not stop it", async () => {
  const { c, pass, figure } = await trained();
  void c.attempt(() => c.open(BAD));
  await pass(3000);
  assert.deepEqual(codes(figure), ["checkpoint-parse"]);
  assert.ok(c.running);
  assert.equal(figure.trainings, 1);
});

test("a file opened while a new model is on its way stays", async () => {
  const { world, c, pass } = await loaded();
  world.server.state = "silent";
  void c.attempt(() => c.play());
  await pass(500);
  void c.open(model(9));
  await pass(500);
  world.server.state = "up";
  await pass(120_000);
  assert.equal(c.info.step, 9);
  assert.equal(c.running, false);
});

test("training goes on unseen where that is wished for", async () => {
  const { c, pass } = await trained();
  c.unseen = true;
  c.watch(false);
  const { step } = c.info;
  await pass(5000);
  assert.ok(c.running && c.info.step > step);
});

test("taken out for long and put back: the text is known, and the training is offered", async () => {
  const world = new World();
  const page = world.page();
  const figure = page.figure("text", "gpt");
  const { controller: c } = figure;
  void figure.load();
  await world.clock.pass(10_000);
  void c.corpus.bring(new Uint8Array([1, 2, 3]), "Diary");
  await world.clock.pass(1000);
  void c.attempt(() => c.play());
  await world.clock.pass(14_000);
  void c.dispose();
  await world.clock.pass(8000);
  assert.equal(page.worker, undefined, "the worker has ended");
  void figure.load();
  await world.clock.pass(10_000);
  assert.deepEqual(codes(figure), []);
  assert.equal(c.corpus.info?.name, c.corpus.own.name);
  assert.equal(c.own, false);
  assert.ok(c.kept);
  void c.attempt(() => c.play());
  await world.clock.pass(10_000);
  assert.deepEqual(codes(figure), []);
  assert.ok(c.running);
});

test("a text that cannot be used keeps no figure that is taken out from coming back", async () => {
  const world = new World();
  const figure = world.page().figure("text", "gpt");
  const { controller: c } = figure;
  void figure.load();
  await world.clock.pass(10_000);
  void c.corpus.bring(new Uint8Array(0), "Nothing");
  await world.clock.pass(1000);
  assert.equal(c.corpus.wrong?.code, "bad-data");
  assert.ok(c.info);
  void c.dispose();
  await world.clock.pass(8000);
  void figure.load();
  await world.clock.pass(10_000);
  assert.ok(c.info);
  assert.equal(c.corpus.info?.name, "alice");
});

test("a text that cannot be used leaves the one that was on its way in place", async () => {
  const world = new World();
  const figure = world.page().figure("text", "gpt");
  const { controller: c } = figure;
  world.server.slow = 500;
  void figure.load();
  await world.clock.pass(400);
  void c.corpus.bring(new Uint8Array(0), "Nothing");
  await world.clock.pass(30_000);
  assert.ok(c.info, "the first text is learned from");
  assert.equal(c.corpus.info?.name, "alice");
  assert.equal(c.corpus.wrong?.code, "bad-data", "and what is wrong with the other is said");
});

test("of two trainings of one session the newer one goes on", async () => {
  const { c, figure, pass } = await trained();
  const runs = [watched(c.session.train({ steps: 1000 })), watched(c.session.train({ steps: 5 }))];
  await pass(6000);
  assert.ok(runs.every((r) => r.ended && !r.error));
  assert.equal(figure.trainings, 0);
});

test("Start over, then Play at once: the new model trains, and takes the place of the one before", async () => {
  const { world, c, figure, pass } = await trained();
  void c.attempt(() => c.restart());
  void c.attempt(() => c.play());
  await pass(3000);
  assert.ok(c.running);
  assert.ok(c.info.step < 60);
  assert.equal(figure.trainings, 1);
  await pass(10_000);
  assert.equal(kept(world).length, 1);
  assert.ok(kept(world)[0].step < 200);
});

test("a training that waits unseen goes on after a file that could not be opened", async () => {
  const { c, pass } = await trained();
  c.watch(false);
  await pass(2000);
  void c.attempt(() => c.open(BAD));
  await pass(2000);
  c.watch(true);
  await pass(2000);
  assert.ok(c.running);
});

test("the same wish twice is one, and both who wished are told that it was done", async () => {
  const { c, figure, pass } = await loaded();
  const both = [watched(c.create()), watched(c.create())];
  const done = Promise.all([c.create(), c.create()]);
  await pass(3000);
  assert.ok(both.every((b) => b.ended));
  assert.deepEqual(await done, [true, true]);
  assert.equal(figure.counts.placed, 2);
});

test("where it stands is said in words, and why it waits", async () => {
  const { c, pass } = await trained();
  assert.match(c.status(c.info, ENGLISH), /^Step \d+, epoch .* steps a second$/);
  c.watch(false);
  await pass(2000);
  assert.match(c.status(c.info, ENGLISH), /^Waiting at step .* out of sight$/);
  void c.open(model(465));
  await pass(2000);
  // A file does not say how many passes over the data there were.
  assert.equal(c.status({ ...c.info, state: { ...c.info.state, epoch: 0 } }, ENGLISH), "Paused at step 465");
});

// What is kept in the browser: by whom, when, and that nothing takes its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, drive, kept, loaded, model, trained } from "./figures.mjs";
import { BAD } from "./worker.mjs";
import { World } from "./world.mjs";

test("a kept training is not deleted by what goes wrong when it is opened", async () => {
  const { world, page, pass } = await trained();
  page.close();
  for (const record of world.database.all("trainings-model")) record.bytes = BAD;
  const again = world.page().figure();
  void again.load();
  await pass(10_000);
  const { controller } = again;
  assert.ok(controller.kept);
  void controller.attempt(() => controller.resume());
  await pass(10_000);
  assert.deepEqual(codes(again), ["checkpoint-parse"]);
  assert.equal(kept(world).length, 1);
  assert.ok(controller.kept, "and is offered still");
  assert.equal((await drive(world, again.page.store.keptFile(controller.kept.id))).bytes, BAD, "and can be downloaded");
  void controller.discard();
  await pass(1000);
  assert.equal(kept(world).length, 0, "until the reader forgets it");
});

test("a second tab never takes the place of the first one's training", async () => {
  const { world, page, c, pass } = await trained();
  const other = world.page().figure();
  void other.load();
  await pass(10_000);
  assert.equal(other.controller.kept, undefined, "what goes on elsewhere is not offered");
  void other.controller.attempt(() => other.controller.play());
  await pass(12_000);
  const far = c.info.step;
  page.close();
  await pass(30_000);
  const steps = kept(world).map((k) => k.step);
  assert.equal(steps.length, 2);
  assert.ok(Math.max(...steps) >= far - 100, `${steps}, of ${far}`);
});

test("two tabs that go on with one training each keep their own", async () => {
  const { world, page, pass } = await trained();
  page.close();
  const figures = [world.page().figure(), world.page().figure()];
  for (const f of figures) void f.load();
  await pass(10_000);
  const id = figures[0].controller.kept.id;
  assert.equal(figures[1].controller.kept.id, id);
  for (const f of figures) {
    void f.controller.attempt(async () => (await f.controller.resume()) && f.controller.play());
    await pass(1000);
  }
  await pass(15_000);
  assert.equal(kept(world).length, 2);
  assert.deepEqual(codes(figures[1]), ["storage-busy"]);
  // The same where there are no locks, or they are lost.
  world.locks.lose();
  const third = world.page().figure();
  void third.load();
  await pass(10_000);
  void third.controller.attempt(async () => (await third.controller.resume(kept(world)[0])) && third.controller.play());
  await pass(40_000);
  assert.equal(kept(world).length, 3);
});

test("a training is kept on pause, on hide and on leaving", async () => {
  const { world, c, pass } = await loaded();
  void c.attempt(() => c.play());
  await pass(7000);
  assert.equal(kept(world).length, 0);
  void c.pause();
  await pass(1500);
  assert.equal(kept(world)[0].step, c.info.step);
  void c.play();
  await pass(4000);
  c.watch(false);
  await pass(1500);
  assert.equal(c.running, false);
  assert.ok(c.suspended);
  assert.equal(kept(world)[0].step, c.info.step);
  c.watch(true);
  await pass(4000);
  assert.ok(c.running);
  void c.dispose();
  const { step } = kept(world)[0];
  await pass(2000);
  assert.ok(kept(world)[0].step > step);
  assert.equal(world.locks.held.size, 0, "and the lock is let go");
});

test("opening a file to look at it deletes nothing, nor does a training that was not kept yet", async () => {
  const { world, page, pass } = await trained();
  page.close();
  const before = kept(world)[0];
  const again = world.page().figure();
  void again.load();
  await pass(10_000);
  const { controller } = again;
  void controller.open(model(5));
  await pass(3000);
  assert.deepEqual(kept(world), [before]);
  assert.ok(controller.kept, "it is offered still");
  void controller.attempt(() => controller.restart());
  await pass(2000);
  void controller.play();
  await pass(25_000);
  assert.equal(kept(world).length, 2, "a new training has a record of its own");
  assert.ok(kept(world).some((k) => k.id === before.id && k.step === before.step));
});

test("a text of the reader's own is kept with its training, in one transaction", async () => {
  const world = new World();
  const page = world.page();
  const figure = page.figure("text", "gpt");
  const { controller: c } = figure;
  void figure.load();
  await world.clock.pass(10_000);
  void c.corpus.bring(new Uint8Array([1, 2, 3]), "Diary");
  await world.clock.pass(1000);
  void c.attempt(() => c.play());
  await world.clock.pass(25_000);
  assert.ok(c.running);
  assert.equal(world.database.all("trainings-data")[0].text.title, "Diary");
  // Another file is only looked at; then the page is left.
  void c.open(model(5, { family: "gpt", data: "alice" }));
  await world.clock.pass(3000);
  page.close();
  const again = world.page().figure("text", "gpt");
  void again.load();
  await world.clock.pass(10_000);
  const { controller } = again;
  assert.equal(controller.kept.about, "Diary");
  void controller.attempt(async () => (await controller.resume()) && controller.play());
  await world.clock.pass(10_000);
  assert.deepEqual(codes(again), []);
  assert.ok(controller.running, "it trains on its own text");
});

test("a lock that comes after it was let go is let go again", async () => {
  const { world, c, pass } = await loaded();
  void c.attempt(() => c.play());
  await pass(9000);
  void c.pause();
  await pass(1);
  void c.dispose();
  await pass(5000);
  assert.equal(world.locks.held.size, 0);
});

test("a full disk says what takes the room; training goes on", async () => {
  const { world, c, figure, pass } = await trained();
  world.storage = "full";
  await pass(25_000);
  assert.ok(codes(figure).includes("storage-full"));
  assert.match(c.notices.all.find((n) => n.code === "storage-full").hint, /Kept in this browser.*MB/);
  assert.ok(c.running);
  assert.ok(figure.page.persisted, "the browser was asked not to evict it");
});

test("what the first version kept is still offered", async () => {
  const world = new World();
  world.database.version = 1;
  const text = { name: "text-1", title: "Diary", bytes: new Uint8Array(3), sha256: null, options: {} };
  world.database.stores.set(
    "trainings",
    new Map([
      ["/#m", { key: "/#m", step: 77, bytes: model(77, { family: "gpt", data: "text-1" }), saved: NaN }],
      ["/#m text", { key: "/#m text", text }],
    ]),
  );
  const figure = world.page().figure("/#m", "gpt");
  const { controller: c } = figure;
  void figure.load();
  await world.clock.pass(10_000);
  assert.equal(c.kept.step, 77);
  assert.equal(c.kept.saved, 0, "a time that is none does no harm");
  void c.attempt(async () => (await c.resume()) && c.play());
  await world.clock.pass(5000);
  assert.equal(c.corpus.own.title, "Diary");
  assert.ok(c.running);
});

test("what is kept can be listed, named, downloaded and deleted", async () => {
  const { world, page, pass } = await trained();
  const { store } = page;
  const [info] = await drive(world, store.listKept());
  assert.ok(info.size > 0 && info.size === info.model);
  await drive(world, store.renameKept(info.id, "  The night's  "));
  assert.equal((await drive(world, store.listKept()))[0].title, "The night's");
  await pass(11_000);
  const [later] = await drive(world, store.listKept());
  assert.equal(later.title, "The night's", "a name outlives the next snapshot");
  assert.ok(later.step > info.step);
  const file = await drive(world, store.keptFile(info.id));
  assert.equal(file.name, "The-night-s.safetensors");
  assert.equal((await drive(world, store.readKept(info.id))).bytes, file.bytes);
  await drive(world, store.deleteKept(info.id));
  assert.deepEqual(await drive(world, store.listKept()), []);
  await pass(12_000);
  assert.equal((await drive(world, store.listKept())).length, 1, "a training that goes on is kept anew");
});

test("back to the shipped model: the training is offered again", async () => {
  const { c, figure, pass } = await trained();
  void figure.load();
  await pass(3000);
  assert.equal(c.own, false);
  assert.ok(c.kept.step > 0);
  void c.attempt(() => c.resume());
  await pass(3000);
  assert.equal(c.info.step, c.keeper.step);
});

test("points of the reader's own are kept with their training; without them it says what is needed", async () => {
  const world = new World();
  const figure = world.page().figure();
  const { controller: c } = figure;
  void figure.load();
  await world.clock.pass(10_000);
  void c.open(model(5, { data: "custom" }));
  await world.clock.pass(2000);
  assert.deepEqual(codes(figure), ["bad-data"]);
  void c.attempt(() => c.play());
  await world.clock.pass(2000);
  assert.match(c.notices.all.at(-1).hint, /same CSV/);
  c.points = { type: "csv", bytes: new Uint8Array([1, 2]) };
  c.session.usePoints(c.points);
  void c.attempt(() => c.play());
  await world.clock.pass(5000);
  assert.ok(c.running);
});

test("another back end: a text of the reader's own goes with its model", async () => {
  const world = new World();
  const figure = world.page().figure("text", "gpt");
  const { controller: c } = figure;
  void figure.load();
  await world.clock.pass(10_000);
  void c.corpus.bring(new Uint8Array([1, 2, 3]), "Diary");
  await world.clock.pass(1000);
  void c.attempt(() => c.play());
  await world.clock.pass(5000);
  const file = await drive(world, c.download());
  void c.dispose();
  await world.clock.pass(5000);
  void c.attempt(async () => (await c.open(file.bytes)) && c.play());
  await world.clock.pass(5000);
  assert.deepEqual(codes(figure), []);
  assert.ok(c.running);
});

test("Play while a kept training is still being opened does not write over the one before", async () => {
  const { world, page, pass } = await trained();
  page.close();
  const [first] = kept(world);
  const again = world.page().figure();
  void again.load();
  await pass(10_000);
  const { controller: c } = again;
  void c.attempt(() => c.play());
  await pass(15_000);
  void c.attempt(() => c.resume(first));
  await pass(12);
  void c.attempt(() => c.play());
  await pass(30_000);
  const steps = new Map(kept(world).map((k) => [k.id, k.step]));
  assert.ok(steps.get(first.id) >= first.step);
  assert.equal(steps.size, 2);
});

test("a snapshot that comes late does not take the place of a later one", async () => {
  const { world, c, pass } = await trained();
  void c.pause();
  await pass(2000);
  const [{ step }] = kept(world);
  c.keep(step - 10, model(step - 10));
  await pass(1000);
  assert.equal(kept(world)[0].step, step);
});

test("a record that is let go of while it is written is let go of when it is", async () => {
  const { world, c, pass } = await loaded();
  void c.attempt(() => c.create());
  await pass(3000);
  c.keep(5, model(5));
  void c.keeper.release();
  await pass(3000);
  assert.equal(kept(world).length, 1);
  assert.equal(world.locks.held.size, 0);
});

test("a training that cannot be written does not keep another model from coming", async () => {
  const { page, figure, c, pass } = await trained();
  const { host } = page.worker;
  const post = host.post.bind(host);
  host.post = (envelope) => {
    if (envelope.request.type !== "export") return post(envelope);
    const error = { code: "checkpoint-too-large", message: "Too large.", hint: "", recoverable: true };
    return host.answer({ id: envelope.id, reply: { type: "error", error } });
  };
  void c.attempt(() => c.open(model(7)));
  await pass(3000);
  assert.equal(c.info.step, 7);
  void figure.load();
  await pass(3000);
  assert.equal(c.info.step, 240_000);
});

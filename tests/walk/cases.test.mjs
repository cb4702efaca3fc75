// The page's controller and client in single cases of what goes wrong: each was a fault once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./world.mjs";
import { BAD, DEADLY, fileOf } from "./worker.mjs";

const model = (step, rest = {}) =>
  fileOf({ family: "vae", data: "mnist", config: { hidden: 10, layers: 2 }, train: {}, step, ...rest });
const codes = (figure) => figure.controller.notices.all.map((n) => n.code);
const kept = (world) => world.database.all("trainings-info");

/** Watches whether a promise has ended. */
function watched(promise) {
  const state = { ended: false };
  promise.then(
    () => (state.ended = true),
    (e) => Object.assign(state, { ended: true, error: e }),
  );
  return state;
}

/** A world with a page and a figure whose model is there. */
async function loaded(seed = 1) {
  const world = new World(seed);
  const page = world.page();
  const figure = page.figure();
  void figure.load();
  await world.clock.pass(10_000);
  assert.equal(figure.controller.info?.step, 240_000);
  return { world, page, figure, c: figure.controller, pass: (ms) => world.clock.pass(ms) };
}

/** And a training that has been kept. */
async function trained(seed, time = 25_000) {
  const all = await loaded(seed);
  void all.c.attempt(() => all.c.play());
  await all.pass(time);
  assert.ok(all.c.running);
  assert.ok(kept(all.world)[0].step > 0);
  return all;
}

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

/** Lets time pass until a promise has ended. */
async function drive(world, promise) {
  const state = watched(promise);
  for (let i = 0; i < 100 && !state.ended; i++) await world.clock.pass(50);
  return promise;
}

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

test("training goes on unseen where that is wished for", async () => {
  const { c, pass } = await trained();
  c.unseen = true;
  c.watch(false);
  const { step } = c.info;
  await pass(5000);
  assert.ok(c.running && c.info.step > step);
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

test("a model that cannot be fetched leaves the reader's in place", async () => {
  const { world, figure, c, pass } = await trained();
  await pass(120_000);
  const { step } = c.info;
  world.server.files.set("checkpoints/vae.safetensors", BAD);
  void figure.load();
  await pass(5000);
  assert.ok(c.own);
  assert.ok(c.info.step > step);
  assert.ok(c.running);
  assert.ok(codes(figure).length > 0);
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

test("changed options outlive a worker that dies before the next snapshot", async () => {
  const { page, c, pass } = await trained();
  void c.wish("train", [["rate", "50"]]);
  await pass(200);
  page.worker.die();
  await pass(3000);
  assert.equal(page.worker.host.sessions.get(c.session.id).train.rate, 50);
  assert.ok(c.running);
});

test("a file that a server sends without end, or not to its end, is given up", async () => {
  const world = new World();
  const page = world.page();
  const { site } = page;
  world.server.files.set("endless", () => new Uint8Array(16 << 20));
  const endless = watched(site.bytesOf(new URL("https://site.test/endless")));
  await world.clock.pass(10_000);
  assert.equal(endless.error?.code, "checkpoint-too-large");

  world.server.files.set("stalled", () => "stall");
  const stalled = watched(site.bytesOf(new URL("https://site.test/stalled")));
  world.server.state = "silent";
  const silent = watched(site.bytesOf(new URL("https://site.test/silent")));
  await world.clock.pass(60_000);
  for (const { error } of [stalled, silent]) assert.match(error.message, /sent nothing/);
});

test("the next try of what failed asks the server, not the browser's cache; lists are never old", async () => {
  const world = new World();
  const { site } = world.page();
  const url = new URL("https://site.test/checkpoints/vae.safetensors");
  const caches = () => world.server.requests.filter((r) => r.path.endsWith("vae.safetensors")).map((r) => r.cache);
  world.server.state = "down";
  void site.bytesOf(url).catch(() => undefined);
  await world.clock.pass(5000);
  world.server.state = "up";
  await drive(world, site.bytesOf(url));
  const entry = await drive(world, site.modelEntry("vae"));
  site.forgetModel(entry);
  await drive(world, site.bytesOf(url));
  assert.deepEqual(caches(), ["default", "reload", "reload"]);
  assert.ok(world.server.requests.filter((r) => r.path.endsWith("manifest.json")).every((r) => r.cache === "no-cache"));
});

test("a file that nobody wants any more is no longer fetched, and bytes are not held for ever", async () => {
  const world = new World();
  const { site } = world.page();
  const url = new URL("https://site.test/checkpoints/vae.safetensors");
  const count = () => world.server.requests.length;
  const [one, two] = [new AbortController(), new AbortController()];
  world.server.state = "silent";
  const first = watched(site.bytesOf(url, one.signal));
  const second = watched(site.bytesOf(url, two.signal));
  await world.clock.pass(10);
  assert.equal(count(), 1, "one download for both");
  one.abort();
  await world.clock.pass(1);
  assert.equal(first.error?.code, "cancelled");
  assert.equal(second.ended, false);
  two.abort();
  await world.clock.pass(1);
  assert.equal(second.error?.code, "cancelled");
  world.server.state = "up";
  await drive(world, site.bytesOf(url));
  await drive(world, site.bytesOf(url));
  assert.equal(count(), 2, "what has just arrived is shared");
  await world.clock.pass(120_000);
  await drive(world, site.bytesOf(url));
  assert.equal(count(), 3);
});

test("of two trainings of one session the newer one goes on", async () => {
  const { c, figure, pass } = await trained();
  const runs = [watched(c.session.train({ steps: 1000 })), watched(c.session.train({ steps: 5 }))];
  await pass(6000);
  assert.ok(runs.every((r) => r.ended && !r.error));
  assert.equal(figure.trainings, 0);
});

test("texts that nobody learns from are let go", async () => {
  const world = new World();
  const figure = world.page().figure("text", "gpt");
  const { controller: c } = figure;
  void figure.load();
  await world.clock.pass(10_000);
  const names = [];
  for (let i = 1; i <= 4; i++) {
    void c.corpus.bring(new Uint8Array([i]), `Text ${i}`);
    await world.clock.pass(500);
    names.push(c.corpus.own.name);
  }
  void c.attempt(() => c.play());
  await world.clock.pass(3000);
  const held = names.filter((name) => c.session.text(name));
  assert.deepEqual(held, [names.at(-1)]);
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

test("six figures that train while their worker is killed every 20 s for 10 minutes: all go on, none loses 10 s", async () => {
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

test("the same wish twice is one, and both who wished are told that it was done", async () => {
  const { c, figure, pass } = await loaded();
  const both = [watched(c.create()), watched(c.create())];
  const done = Promise.all([c.create(), c.create()]);
  await pass(3000);
  assert.ok(both.every((b) => b.ended));
  assert.deepEqual(await done, [true, true]);
  assert.equal(figure.counts.placed, 2);
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

test("where it stands is said in words, and why it waits", async () => {
  const { c, pass } = await trained();
  assert.match(c.status(c.info), /^Step \d+, epoch .* steps a second$/);
  c.watch(false);
  await pass(2000);
  assert.match(c.status(c.info), /^Waiting at step .* out of sight$/);
  void c.open(model(465));
  await pass(2000);
  // A file does not say how many passes over the data there were.
  assert.equal(c.status({ ...c.info, state: { ...c.info.state, epoch: 0 } }), "Paused at step 465");
});

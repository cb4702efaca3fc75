// What comes from the server, or does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, drive, trained, watched } from "./figures.mjs";
import { BAD } from "./worker.mjs";
import { World } from "./world.mjs";

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

// The page's side of helpers: how many there are, when they end, and what becomes of those that die.
import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { Clock, settle } from "./clock.mjs";

const { outputFiles } = await build({
  stdin: {
    contents: `export { Helpers } from "./web/client/helpers";`,
    resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
  },
  bundle: true,
  write: false,
  format: "iife",
  globalName: "client",
  target: "es2022",
  logLevel: "error",
  define: { "import.meta.url": '"https://site.test/element.js"' },
});
const NAMES = ["Worker", "globalThis", "navigator", "location", "performance", "setTimeout", "clearTimeout"];
const evaluate = new Function(...NAMES, "MessageChannel", `${outputFiles[0].text}\nreturn client;`);

/** A page with so many cores, on battery or not, whose workers start or do not. */
function page({ cores = 4, charging, starts = true, phone = false } = {}) {
  const clock = new Clock();
  const workers = [];
  const told = [];
  const document = Object.assign(new EventTarget(), { hidden: false });
  const battery = charging === undefined ? undefined : Object.assign(new EventTarget(), { charging });
  const navigator = { hardwareConcurrency: cores, ...(battery && { getBattery: async () => battery }) };
  const matchMedia = () => ({ matches: phone });
  class Worker {
    ended = false;
    heard = [];
    constructor() {
      workers.push(this);
    }
    postMessage(message) {
      this.heard.push(message);
      if (message.type !== "init") return;
      const device = { backend: "cpu", adapter: "", fallback: false };
      const answer = starts ? { type: "ready", device, reason: "helper" } : { type: "failed", error: { code: "io" } };
      clock.after(5, () => this.ended || this.onmessage({ data: answer }));
    }
    terminate() {
      this.ended = true;
    }
  }
  const global = { navigator, document, matchMedia, origin: "https://site.test" };
  const setTimeout = (work, delay) => clock.after(delay, work);
  const clearTimeout = (timer) => clock.cancel(timer);
  const now = { now: () => clock.now };
  const { Helpers } = evaluate(
    ...[Worker, global, navigator, { origin: "https://site.test" }, now, setTimeout, clearTimeout],
    class {
      port1 = {};
      port2 = {};
    },
  );
  const helpers = new Helpers({ tell: (message) => told.push(message) });
  const alive = () => workers.filter((w) => !w.ended);
  const pass = async (ms) => {
    await settle();
    await clock.pass(ms);
    await settle();
  };
  return { helpers, workers, told, alive, pass, document, battery };
}

const joined = (told) => told.filter((m) => m.type === "helper").map((m) => m.number);
const gone = (told) => told.filter((m) => m.type === "dismiss").map((m) => m.number);

test("there are as many helpers as are wanted, as cores are left, and as may compute", async () => {
  for (const [cores, wanted, workers, right] of [
    [4, 8, null, 3],
    [4, 2, null, 2],
    [16, 8, null, 8],
    [16, 20, null, 8],
    [4, 8, 2, 1],
    [4, 8, 1, 0],
    [1, 8, null, 0],
    [2, 8, 9, 1],
  ]) {
    const { helpers, alive, told, pass } = page({ cores });
    helpers.want(wanted, [], workers);
    await pass(100);
    assert.equal(alive().length, right, `${cores} cores, ${wanted} wanted, workers ${workers}`);
    assert.equal(joined(told).length, right);
    assert.ok(alive().every((w) => w.heard.some((m) => m.type === "serve")));
  }
});

test("they end some seconds after the training, and at once with its worker", async () => {
  const { helpers, alive, told, pass } = page();
  helpers.want(3, [], null);
  await pass(100);
  helpers.want(0, [], null);
  await pass(1000);
  assert.equal(alive().length, 3, "the training may go on");
  helpers.want(3, [], null);
  await pass(5000);
  assert.equal(alive().length, 3);
  helpers.want(0, [], null);
  await pass(5000);
  assert.equal(alive().length, 0);
  assert.deepEqual(gone(told), [1, 2, 3]);
  helpers.want(2, [], null);
  await pass(100);
  helpers.end();
  assert.equal(alive().length, 0);
  helpers.want(2, [], null);
  await pass(100);
  assert.equal(alive().length, 0, "its worker is gone");
});

test("nobody helps in a hidden tab or on battery, and they come back", async () => {
  const { helpers, alive, pass, document, battery } = page({ charging: true });
  helpers.want(3, [], null);
  await pass(100);
  const change = async (what, right) => {
    what();
    await pass(100);
    assert.equal(alive().length, right);
  };
  const hide = (hidden) => () => {
    document.hidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const charge = (charging) => () => {
    battery.charging = charging;
    battery.dispatchEvent(new Event("chargingchange"));
  };
  await change(hide(true), 0);
  await change(hide(false), 3);
  await change(charge(false), 0);
  await change(charge(true), 3);
  const phone = page({ phone: true });
  phone.helpers.want(3, [], null);
  await phone.pass(100);
  assert.equal(phone.alive().length, 0, "a phone that does not say");
});

test("one that dies or does not answer is replaced, but not for ever", async () => {
  const { helpers, workers, alive, told, pass } = page();
  helpers.want(2, [], null);
  await pass(100);
  helpers.want(2, [1], null);
  assert.equal(alive().length, 1);
  await pass(2000);
  assert.deepEqual(joined(told), [1, 2, 3]);
  const die = (worker) => worker.onmessage({ data: { id: 0, reply: { type: "error", error: { code: "internal" } } } });
  die(alive()[0]);
  await pass(2000);
  assert.equal(alive().length, 2);
  for (let i = 0; i < 20; i++) {
    if (alive()[0]) die(alive()[0]);
    await pass(2000);
  }
  assert.equal(alive().length, 0);
  assert.ok(workers.length <= 12, `${workers.length}`);
  // After a while it may be tried again.
  await pass(400_000);
  helpers.want(2, [], null);
  await pass(100);
  assert.equal(alive().length, 2);
});

test("workers that do not start are given up", async () => {
  const { helpers, workers, alive, told, pass } = page({ starts: false });
  helpers.want(3, [], null);
  await pass(60_000);
  assert.equal(alive().length, 0);
  assert.deepEqual(joined(told), []);
  assert.ok(workers.length <= 12, `${workers.length}`);
});

// Long texts and long trainings: the worker's module itself, whose memory can only grow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileOf } from "../../web/site/files.mjs";

/** The CPU module without its shell: requests in, ends of requests out. */
async function worker() {
  globalThis.self ??= globalThis;
  // Node stays for as long as a port is open; a page would close them with the worker.
  const open = [];
  const Channel = globalThis.MessageChannel;
  globalThis.MessageChannel = class extends Channel {
    constructor() {
      super();
      open.push(this);
    }
  };
  const glue = await import(fileOf("worker-cpu.js"));
  const first = await glue.default({ module_or_path: readFileSync(fileOf("worker-cpu_bg.wasm")) });
  const { memory } = first;
  const rest = new WebAssembly.Module(readFileSync(fileOf("worker-cpu_rest.wasm")));
  glue.setRest(() => void new WebAssembly.Instance(rest, { 0: first }));
  const waiting = new Map();
  let last = 0;
  glue.start(({ id, reply }) => {
    if (reply.type === "progress") return;
    const { done, failed } = waiting.get(id);
    if (reply.type === "ok") done(reply.outcome);
    else failed(new Error(reply.error.message));
  });
  await glue.init_device("cpu", true);
  const ask = (request) =>
    new Promise((done, failed) => {
      waiting.set(++last, { done, failed });
      glue.post({ id: last, request });
    });
  const end = () => open.forEach(({ port1, port2 }) => (port1.close(), port2.close()));
  return { ask, bytes: () => memory.buffer.byteLength, end };
}

test("long writing and long training leave memory flat", { timeout: 300_000 }, async (t) => {
  const { ask, bytes, end } = await worker();
  t.after(end);
  const song = Array.from(
    { length: 99 },
    (_, i) => `${99 - i} bottles of beer on the wall, take one down, pass it around.\n`,
  ).join("");
  await ask({ type: "loadText", name: "song", bytes: new TextEncoder().encode(song), sha256: null, options: {} });
  const config = { n_layer: 2, n_head: 2, n_embd: 32, block_size: 64 };
  await ask({
    type: "create",
    session: 1,
    family: "gpt",
    config,
    train: { batch_size: 8 },
    data: "song",
    dataOptions: {},
    seed: 1,
  });
  const train = (steps) => ask({ type: "train", session: 1, steps, rate: null, seconds: null, network: null });
  const write = (length) => ask({ type: "sample", session: 1, count: 1, seed: 1, options: { length } });
  await train(300);
  await write(2000);
  const before = bytes();
  await train(700);
  for (let i = 0; i < 5; i++) await write(2000);
  const after = bytes();
  t.diagnostic(`wasm memory ${before} → ${after} bytes`);
  // Snapshots for the time slider are kept, a few and small.
  assert.ok(after - before <= 2 << 20, `${before}, then ${after} bytes`);
  const { view } = await write(2000);
  assert.equal(view.texts[0].tokens.length, 2000);
});

// The memory that a training step of a GPT takes: node benches/memory.mjs [OTHER_DIST]
//
// Four layers, 128 wide, context 256, a batch of 16, on the CPU module of the built site in dist/ and of another
// build. The worker's memory never shrinks, so that what it has after some steps is the most that it ever had.
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { chromiumPath, flags } from "./browser.mjs";
import { startServer } from "./server.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const STEPS = 10;
const config = { n_layer: 4, n_head: 4, n_embd: 128, block_size: 256 };

/** Bytes of the worker's memory before a model is made, and after some steps of its training. */
async function measured(browser, site) {
  const server = await startServer({ root, site, bench: root });
  const page = await browser.newPage();
  // A page of the same origin with nothing in it.
  await page.route("**/empty", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await page.goto(`${server.url}empty`);
  const bytes = await page.evaluate(
    async ([config, steps]) => {
      const list = await fetch("/files.json");
      const files = list.ok ? await list.json() : {};
      const fileOf = (name) => `/${files[name] ?? name}`;
      // The glue's own exports tell of the memory; a worker around the site's passes them on.
      const source = `
        import "${location.origin}${fileOf("worker.js")}";
        addEventListener("message", async (e) => {
          if (e.data !== "memory") return;
          e.stopImmediatePropagation();
          const glue = await import("${location.origin}${fileOf("worker-cpu.js")}");
          const { memory } = await glue.default();
          postMessage({ memory: memory.buffer.byteLength });
        });`;
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      const worker = new Worker(url, { type: "module" });
      const waiting = new Map();
      let told;
      worker.onmessage = ({ data }) => {
        if (data.memory) told(data.memory);
        else if (data.type) waiting.get(data.type)?.(data);
        else if (data.reply.type !== "progress") waiting.get(data.id)?.(data.reply);
      };
      const answer = (key) => new Promise((done) => waiting.set(key, done));
      const memory = () => {
        const bytes = new Promise((done) => (told = done));
        worker.postMessage("memory");
        return bytes;
      };
      let last = 0;
      const request = async (request) => {
        const id = ++last;
        worker.postMessage({ id, request });
        const reply = await answer(id);
        if (reply.type === "error") throw new Error(reply.error.message);
      };
      const ready = answer("ready");
      worker.postMessage({ type: "init", backend: "cpu", reason: null });
      await ready;
      const bytes = [await memory()];
      const text = Array.from({ length: 20_000 }, (_, i) => `${(i * 7919) % 10007} `).join("");
      await request({
        type: "loadText",
        name: "play",
        bytes: new TextEncoder().encode(text),
        sha256: null,
        options: {},
      });
      const train = { batch_size: 16 };
      const made = { type: "create", session: 1, family: "gpt", data: "play", config, train, dataOptions: {}, seed: 1 };
      await request(made);
      await request({ type: "train", session: 1, steps, rate: null, seconds: null });
      return [...bytes, await memory()];
    },
    [config, STEPS],
  );
  await page.close();
  await server.close();
  return bytes;
}

const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
try {
  for (const site of [new URL("../dist", import.meta.url).pathname, ...process.argv.slice(2)]) {
    const [before, after] = (await measured(browser, site)).map((bytes) => (bytes / 1e6).toFixed(1));
    console.log(`${site}: ${before} MB at first, ${after} MB after ${STEPS} steps`);
  }
} finally {
  await browser.close();
}

// The memory that trainings take: node benches/memory.mjs [gpt | mnist | words] [OTHER_DIST]
//
// gpt: four layers, 128 wide, context 256, a batch of 16. mnist: each family that models digits, as the page trains
// it by default, with the digits themselves. words: scenes and clips from sentences. On the CPU module of the built
// site in dist/ and of another build, each training in a worker of its own. A worker's memory never shrinks, so that
// what it has after some steps is the most that it ever had.
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { chromiumPath, flags } from "./browser.mjs";
import { startServer } from "./server.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const STEPS = 10;
const gpt = {
  family: "gpt",
  data: "play",
  config: { n_layer: 4, n_head: 4, n_embd: 128, block_size: 256 },
  train: { batch_size: 16 },
};
const digits = ["vae", "gan", "glow", "ddpm", "latent-diffusion", "pixelcnn", "pixelrnn"].map((family) => {
  return { family, data: "mnist", config: {}, train: {} };
});
const words = [
  { family: "ddpm", data: "scenes", config: {}, train: {} },
  { family: "video", data: "moving-scenes", config: {}, train: {} },
];

/** Bytes of the worker's memory before a model is made, and after some steps of its training. */
async function measured(browser, site, training) {
  const server = await startServer({ root, site, bench: root });
  const page = await browser.newPage();
  // A page of the same origin with nothing in it.
  await page.route("**/empty", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await page.goto(`${server.url}empty`);
  const bytes = await page.evaluate(
    async ([{ family, data, config, train }, steps]) => {
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
      if (data === "mnist") {
        const answer = await fetch(fileOf("data/mnist.bin"));
        await request({
          type: "loadData",
          name: data,
          bytes: new Uint8Array(await answer.arrayBuffer()),
          sha256: null,
        });
      } else if (data === "play") {
        const text = Array.from({ length: 20_000 }, (_, i) => `${(i * 7919) % 10007} `).join("");
        const bytes = new TextEncoder().encode(text);
        await request({ type: "loadText", name: data, bytes, sha256: null, options: {} });
      }
      await request({ type: "create", session: 1, family, data, config, train, dataOptions: {}, seed: 1 });
      await request({ type: "train", session: 1, steps, rate: null, seconds: null });
      return [...bytes, await memory()];
    },
    [training, STEPS],
  );
  await page.close();
  await server.close();
  return bytes;
}

const [what, ...others] = process.argv.slice(2);
const trainings = { mnist: digits, words }[what] ?? [gpt];
const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
try {
  for (const site of [new URL("../dist", import.meta.url).pathname, ...others]) {
    for (const training of trainings) {
      const bytes = await measured(browser, site, training);
      const [before, after] = bytes.map((bytes) => (bytes / 1e6).toFixed(1));
      console.log(`${training.family}: ${before} MB at first, ${after} MB after ${STEPS} steps (${site})`);
    }
  }
} finally {
  await browser.close();
}

// The package as somebody gets it: packed, installed without a network, used in Node, from a plain folder, and typed.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startBrowser, until } from "../browser/harness.mjs";
import { forget, pack, png, project, serve, temporary } from "./tools.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = temporary("package");
const home = join(folder, "project");
const installed = join(home, "node_modules/generative-playground");
after(() => forget(folder));
before(async () => project(home, await pack(folder)));

/** Runs a program in the project; gives what it says as JSON. */
function run(program) {
  writeFileSync(join(home, "program.mjs"), program);
  return JSON.parse(execFileSync(process.execPath, ["program.mjs"], { cwd: home, encoding: "utf8", timeout: 120_000 }));
}

/** A program that asks for something of the engine, and ends by itself. */
const asking = (what) => `import * as engine from "generative-playground/engine";
  const { load, create, PlaygroundError } = engine;
  const failed = async (work) => {
    try {
      return { no: await work() };
    } catch (e) {
      return { ours: e instanceof PlaygroundError, code: e.code, hint: typeof e.hint };
    }
  };
  ${what}`;

test("what is in it", () => {
  const json = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  assert.equal(json.name, "generative-playground");
  assert.equal(json.dependencies, undefined, "everything comes with it");
  for (const name of ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]) assert.ok(readFileSync(join(installed, name)));
  const targets = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(targets));
  for (const path of Object.values(json.exports).flatMap(targets))
    if (!path.includes("*")) assert.ok(readFileSync(join(installed, path)), path);
});

test("in Node: the samples that the command line made of the same seed", () => {
  // The poster was written by `playground sample vae-mnist-2d --count 48 --seed 1 --scale 1`.
  const { images, state } = run(
    asking(`const progress = [];
      const m = await load("vae-mnist-2d", { progress: (p) => progress.push(p.phase) });
      const images = await m.sample({ count: 48, seed: 1 });
      const { kind, info, device } = m;
      const state = { kind, family: info.family, backend: device.backend, progress };
      console.log(JSON.stringify({ state, images: images.map(({ data, ...i }) => ({ ...i, data: [...data] })) }));`),
  );
  const { pixels, width, channels } = png(join(root, "web/posters/vae-mnist-2d.png"));
  assert.deepEqual(state, { kind: "image", family: "vae", backend: "cpu", progress: ["fetch", "open", "ready"] });
  assert.equal(images.length, 48);
  images.forEach((image, i) => {
    assert.deepEqual([image.width, image.height], [28, 28]);
    for (let y = 0; y < 28; y++)
      for (let x = 0; x < 28; x++) {
        const there = ((Math.floor(i / 8) * 28 + y) * width + (i % 8) * 28 + x) * channels;
        assert.equal(image.data[4 * (28 * y + x)], pixels[there], `image ${i}, pixel ${x}, ${y}`);
      }
  });
});

test("in Node: training gives losses, breaking off stops it, and goes on from there", () => {
  const { seen, broken, after, points, saved, again } = run(
    asking(`const m = await create("realnvp", { data: "moons", seed: 3 });
      const seen = [];
      for await (const { step, train, heldOut, samples } of m.train({ steps: 400 }))
        seen.push({ step, loss: train.loss, heldOut: heldOut.loss, samples: samples.length });
      let broken;
      for await (const { step } of m.train()) if ((broken = step) > 405) break;
      const after = m.info.step;
      await new Promise((later) => setTimeout(later, 300));
      const points = await m.sample({ count: 5, seed: 1 });
      const saved = await m.save();
      const copy = await load(saved);
      const again = await copy.sample({ count: 5, seed: 1 });
      console.log(JSON.stringify({ seen, broken, after: [after, m.info.step], points, saved: saved.length, again }));`),
  );
  assert.equal(seen.at(-1).step, 400);
  assert.ok(seen.every(({ loss }) => Number.isFinite(loss)));
  assert.ok(seen.some(({ samples }) => samples > 0));
  // Losses are means over what was trained since the last ones: how many come depends on the machine's speed.
  // The held-out points, asked last after the last step, are the same on every machine. They begin above 3.1 bits.
  assert.ok(seen.at(-1).heldOut < 2.85, `it learns: ${seen.at(-1).heldOut}`);
  assert.ok(broken > 405 && after[0] >= broken && after[1] === after[0], `${broken}, ${after}: it stands still`);
  assert.ok(points.length === 5 && points.flat().every(Number.isFinite) && saved > 1000);
  assert.deepEqual(again, points, "the saved model draws what the model drew");
});

test("in Node: own points and own text are learned", () => {
  const { points, text, pieces } = run(
    asking(`const ring = Array.from({ length: 400 }, (_, i) => [Math.cos(i), Math.sin(i)]);
      const m = await create("mdn", { data: { points: ring } });
      for await (const _ of m.train({ steps: 5 }));
      const g = await create("gpt", { data: { text: "abc ".repeat(4000) }, config: { n_layer: 1 }, seed: 2 });
      for await (const _ of g.train({ steps: 3 }));
      const pieces = [];
      for await (const all of g.write({ prompt: "ab", length: 12, seed: 4 })) pieces.push(all);
      const [{ text }] = await g.sample({ prompt: "ab", length: 12, seed: 4 });
      console.log(JSON.stringify({ points: m.info.data, text, pieces }));`),
  );
  assert.equal(points, "custom");
  assert.match(text, /^ab[abc ]{12}$/);
  assert.equal(pieces.at(-1), text, "written token by token it is the same text");
});

test("in Node: every failure has its code", () => {
  const { unknown, gone, bad, before, during, training, busy, disposed } = run(
    asking(`const during = new AbortController();
      const m = await load("ddpm-mnist");
      const slow = failed(() => m.sample({ count: 64, signal: during.signal, progress: () => during.abort() }));
      const t = await create("mdn", { data: "moons" });
      const stop = new AbortController();
      const training = failed(async () => {
        for await (const _ of t.train({ signal: stop.signal })) stop.abort();
      });
      const all = {
        unknown: await failed(() => load("nothing")),
        gone: await failed(() => load(new URL("file:///nowhere/x.safetensors"))),
        bad: await failed(() => m.sample({ count: 1, label: 99 })),
        before: await failed(() => load("ddpm-mnist", { signal: AbortSignal.abort() })),
        during: await slow,
        busy: await failed(async () => {
          for await (const _ of t.train({ steps: 1 }));
        }),
        training: await training,
      };
      m.dispose();
      all.disposed = await failed(() => m.sample());
      console.log(JSON.stringify(all));`),
  );
  const codes = { unknown, gone, bad, before, during, training, busy, disposed };
  for (const [what, failure] of Object.entries(codes)) {
    assert.deepEqual([failure.ours, failure.hint], [true, "string"], `${what}: ${JSON.stringify(failure)}`);
    codes[what] = failure.code;
  }
  assert.deepEqual(codes, {
    unknown: "unknown-model",
    gone: "fetch-failed",
    bad: "bad-option",
    before: "cancelled",
    during: "cancelled",
    training: "cancelled",
    busy: "session-busy",
    disposed: "unknown-session",
  });
});

test("on a server the element is nothing, and no failure", () => {
  assert.deepEqual(run(`console.log(JSON.stringify(Object.keys(await import("generative-playground"))));`), []);
});

test("from a plain folder: elements under a strict policy, the engine by its address", async () => {
  const page = (script) => `<!doctype html><html lang="en"><title>A page</title>${script}</html>`;
  const pages = {
    "element.html": page(`<script type="module" src="lib/static.js"></script>
      <generative-model model="vae-mnist-2d" count="4" seed="5" backend="cpu"></generative-model>`),
    "engine.html": page(`<script type="module" src="lib/engine.js"></script>`),
  };
  const browser = await startBrowser();
  const expected = run(
    asking(`const m = await load("ddpm-mnist");
      const [image] = await m.sample({ count: 1, seed: 7, label: 3, steps: 5 });
      console.log(JSON.stringify([...image.data]));`),
  );
  for (const [name, worker] of Object.entries({ element: "'self'", engine: "blob:" })) {
    const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src ${worker}`;
    const headers = { "content-security-policy": policy };
    const site = await serve(installed, { pages, headers });
    const tab = await browser.newPage();
    const wrong = [];
    tab.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    tab.on("pageerror", (error) => wrong.push(String(error)));
    await tab.goto(`${site.url}${name}.html`);
    if (name === "element") {
      const element = tab.locator("generative-model");
      await until(() => element.evaluate((e) => Boolean(e.info)), "the model is there");
      assert.equal((await element.evaluate((e) => e.sample({ count: 4 }))).kind, "image");
    } else {
      const data = await tab.evaluate(async () => {
        const { load } = await import(new URL("lib/engine.js", location.href).href);
        const m = await load("ddpm-mnist", { backend: "cpu" });
        const [image] = await m.sample({ count: 1, seed: 7, label: 3, steps: 5 });
        return [image instanceof ImageData, [...image.data]];
      });
      assert.deepEqual(data, [true, expected], "the page draws what Node draws");
    }
    await tab.close();
    site.close();
    assert.deepEqual(wrong, [], name);
  }
});

test("types: as Node finds them and as bundlers do", () => {
  writeFileSync(
    join(home, "program.ts"),
    `import { load, create, PlaygroundError, type Code, type Picture } from "generative-playground/engine";
    import type { GenerativeModel } from "generative-playground";
    import "generative-playground";
    const m = await load("ddpm-mnist", { signal: new AbortController().signal });
    const images: Picture[] = await m.sample({ count: 16, seed: 7, label: 3, sampler: "ddim", steps: 10 });
    const [text] = await (await load("gpt-names")).sample({ prompt: "a", temperature: 0.7 });
    const words: string | undefined = text?.text;
    const flow = await create("realnvp", { data: "moons", config: { layers: 4 }, train: { batch_size: 64 } });
    for await (const { step, train } of flow.train({ steps: 10 })) console.log(step, train["loss"], images, words);
    // @ts-expect-error: no such option of this model
    await m.sample({ temperature: "hot" });
    // @ts-expect-error: no such option of flows
    await create("realnvp", { data: "moons", config: { beta: 1 } });
    const codeOf = (e: unknown): Code | undefined => (e instanceof PlaygroundError ? e.code : undefined);
    flow.dispose();
    console.log(codeOf(undefined));
    const element: GenerativeModel = document.createElement("generative-model");
    element.seed = 7;
    element.path = "linear";
    // @ts-expect-error: no such path
    element.path = "crooked";
    element.addEventListener("ready", ({ detail }) => console.log(detail.model.family, detail.device.backend));
    element.addEventListener("click", (event) => console.log(event.clientX));
    console.log(document.querySelector("generative-lab")?.state, (await element.sample({ count: 2 }))?.kind);`,
  );
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    const compilerOptions = { module, moduleResolution, target: "es2022", lib: ["es2023", "dom"], strict: true };
    const files = ["program.ts"];
    const options = { ...compilerOptions, noEmit: true, types: [], skipLibCheck: false };
    writeFileSync(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
    const tsc = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", home], { encoding: "utf8" });
    assert.equal(tsc.stdout, "", module);
  }
});

test("the manifest: every attribute of the table, options as the engine declares them, methods and events", () => {
  const read = (name) => JSON.parse(readFileSync(join(installed, name), "utf8"));
  const { modules } = read("custom-elements.json");
  const [model] = modules[0].declarations;
  const names = (list) => list.map((m) => m.name);
  assert.equal(model.tagName, "generative-model");
  for (const name of ["model", "seed", "keep-training", "latent-dim", "temperature", "batch-size"])
    assert.ok(names(model.attributes).includes(name), name);
  assert.equal(new Set(names(model.attributes)).size, model.attributes.length, "none stands there twice");
  const methods = [
    "load",
    "play",
    "pause",
    "step",
    "reset",
    "sample",
    "exportCheckpoint",
    "importCheckpoint",
    "dispose",
  ];
  for (const name of methods) assert.ok(names(model.members).includes(name), name);
  for (const name of ["seen", "attributed", "trainer", "gone"]) assert.ok(!names(model.members).includes(name), name);
  for (const list of [model.events, model.slots, model.cssParts, model.cssProperties])
    assert.ok(list.length && list.every(({ description }) => description.length > 5));
  const { tags } = read("vscode.html-custom-data.json");
  const path = tags[0].attributes.find(({ name }) => name === "path");
  assert.deepEqual(names(path.values), ["spherical", "linear"]);
});

// The benchmark; --help says what it does.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fileOf } from "../web/site/files.mjs";

const help = `Usage: node benches/run.mjs [option...]     (or: npm run bench -- [option...])

Measures the built site (./serve or ./test --only wasm makes dist/) in headless Chromium:
  - time to the first sample, with a new profile and again with the same one;
  - sizes of the wasm modules, and what a first visit transfers;
  - training steps per second, beside tfjs and jax-js with the same model, in turns:
    vae   784-400-(20,20)-400-784, batch 128, Adam 1e-3, Bernoulli pixels, MNIST; images decoded
          per second too;
    flow  RealNVP of two moons: 8 affine couplings with 2-128-128-2, batch 512, Adam 1e-3;
    gpt   a transformer of text, 4 layers, 4 heads, 128 wide, context 64, 65 symbols, batch 12,
          Adam 1e-3; tokens written per second too, beside onnxruntime-web as well;
    unet  a U-Net that denoises MNIST, widths 32/64/64, attention at 7 × 7, batch 16, Adam 1e-3;
          passes of 16 images per second too, beside onnxruntime-web as well;
    lab   no peers: the lab's six models of points, as the page makes them, 2,000 steps each.
Prints tables and writes benches/results/<time>.json. The first run installs the peers with npm.

  --seconds N     training time of each contender in each round (default 5; decoding takes a third,
                  writing two)
  --rounds N      rounds, of which the median counts (default 3)
  --workload LIST of vae, flow, gpt, unet, lab (default all)
  --only LIST     of ours, tfjs, jax, ort (default all); the visit is measured with ours
  --backend LIST  of cpu, webgpu (default both)
  --no-visit      leave out first samples and sizes
  --no-train      leave out training, decoding and writing
  --matmul        the peers' product of two 1024 × 1024 matrices too (minutes on SwiftShader)
  --gpu           WebGPU on this machine's GPU; without it on SwiftShader, in software
  --lab-steps N   steps of each of the lab's models (default 2000)
  --site DIR      another folder than dist/
  --against DIR   a second built site, "the build before", measured beside it in the same rounds
  -h, --help      this text

GP_CHROMIUM names another browser than /usr/bin/chromium.`;

const fail = (message) => {
  console.error(`error: ${message}`);
  process.exit(2);
};

let options;
try {
  options = parseArgs({
    options: {
      seconds: { type: "string", default: "5" },
      rounds: { type: "string", default: "3" },
      workload: { type: "string", default: "vae,flow,gpt,unet,lab" },
      only: { type: "string", default: "ours,tfjs,jax,ort" },
      backend: { type: "string", default: "cpu,webgpu" },
      "no-visit": { type: "boolean", default: false },
      "no-train": { type: "boolean", default: false },
      matmul: { type: "boolean", default: false },
      gpu: { type: "boolean", default: false },
      "lab-steps": { type: "string", default: "2000" },
      site: { type: "string" },
      against: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values;
} catch (error) {
  fail(`${error.message}\n\n${help}`);
}
if (options.help) {
  console.log(help);
  process.exit(0);
}

function list(name, allowed) {
  const values = options[name].split(",");
  const wrong = values.find((v) => !allowed.includes(v));
  if (wrong !== undefined) fail(`--${name} knows ${allowed.join(", ")}, not ${wrong || "nothing"}.`);
  return values;
}
const chosen = list("workload", ["vae", "flow", "gpt", "unet", "lab"]);
const only = list("only", ["ours", "tfjs", "jax", "ort"]);
const backends = list("backend", ["cpu", "webgpu"]);
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
if (!(seconds > 0 && seconds <= 600)) fail("--seconds wants a number above 0 and up to 600.");
if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100)) fail("--rounds wants a whole number from 1 to 100.");
const labSteps = Number(options["lab-steps"]);
if (!(Number.isInteger(labSteps) && labSteps >= 1 && labSteps <= 100_000))
  fail("--lab-steps wants a whole number from 1 to 100000.");

const benches = fileURLToPath(new URL(".", import.meta.url));
const root = join(benches, "..");
const site = options.site ?? join(root, "dist");
const built = (folder) => (statSync(fileOf("worker-cpu_bg.wasm", folder), { throwIfNoEntry: false })?.size ?? 0) > 1e5;
if (only.includes("ours") && !built(site))
  fail(`There is no built site in ${site}. Run ./serve once, or leave out ours: --only tfjs,jax,ort`);
if (options.against && !built(options.against)) fail(`There is no built site in ${options.against}.`);

if (!existsSync(join(root, "node_modules/playwright-core"))) {
  execFileSync("npm", ["ci"], { cwd: root, stdio: "inherit" });
}
if (!["@jax-js/jax", "onnxruntime-web"].every((peer) => existsSync(join(benches, "node_modules", peer)))) {
  console.error("Installing the peers (once)");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: benches, stdio: "inherit" });
}

// These need what was just installed.
const { bundle } = await import("./browser.mjs");
const { startServer } = await import("./server.mjs");
const { doubts, measure, median, workloads } = await import("./contenders.mjs");
workloads.lab.uses.together.args = [labSteps];
const { brotliSizes, moduleSizes, transfer, visits } = await import("./visit.mjs");

const results = join(benches, "results");
mkdirSync(results, { recursive: true });
const bench = mkdtempSync(join(tmpdir(), "gp-bench-pages-"));
const say = (text) => console.error(`  ${text}`);
const cores = cpus().length;
const report = {
  date: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model ?? "unknown", cores, load: loadavg()[0] },
  seconds,
  rounds,
};

const right = (cells, widths) =>
  cells.map((c, i) => (i ? String(c).padStart(widths[i]) : String(c).padEnd(widths[i]))).join("  ");
function table(title, rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((r) => String(r[i]).length)));
  console.log(`\n${title}\n${rows.map((r) => `  ${right(r, widths)}`).join("\n")}`);
}
const mb = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
const short = (value) => (value < 1000 ? value.toPrecision(3) : String(Math.round(value)));
const rate = (values) => (values.length ? short(median(values)) : "-");
const best = (values) => (values.length ? short(Math.max(...values)) : "-");

const where = (r) =>
  r.backend === "webgpu"
    ? "webgpu"
    : `wasm, ${r.isolated ? "isolated, " : ""}${r.threads ?? "?"} thread${r.threads === 1 ? "" : "s"}`;
/** How we stand to the fastest peer and to the build before, by the clock and by processor time. */
function standing(what, rows, key, perCpuKey) {
  const some = rows.filter((r) => r[key].length);
  const mine = some.find((r) => r.who === "ours");
  const times = (rivals, k) => median(mine[k]) / Math.max(...rivals.map((r) => median(r[k])));
  const against = (rivals, k) => times(rivals, k).toFixed(2);
  const line = (rivals, name) => {
    if (!mine || !rivals.length) return;
    const [clock, processor] = [against(rivals, key), against(rivals, perCpuKey)];
    console.log(`  ${what}: ${clock} times ${name} by the clock, ${processor} times by processor time`);
  };
  const before = some.filter((r) => r.who === "before");
  line(
    some.filter((r) => r.who !== "ours" && r.who !== "before"),
    "the fastest peer",
  );
  line(before, "the build before");
  if (mine && before.length)
    console.log(`    that is ${(1 / times(before, perCpuKey)).toFixed(2)} of its processor time`);
}

/** What one workload gave on one back end, and how we stand. */
function tables(workload, backend, rows, adapter) {
  const { title, decimals, uses } = workloads[workload];
  const sound = rows.filter((r) => !r.error);
  const trained = sound.filter((r) => r.train.length);
  const products = sound.some((r) => r.matmul);
  const place = backend === "cpu" ? "on the processor" : `on WebGPU: ${adapter || "no adapter"}`;
  if (trained.length) {
    table(`${title} ${place}`, [
      ["", "", "steps/s", "best", "steps/CPU s", "loss", "", ...(products ? ["GFLOP/s"] : [])],
      ...trained.map((r) => [
        r.name,
        where(r),
        rate(r.train),
        best(r.train),
        rate(r.perCpuSecond),
        r.losses[0].toFixed(decimals),
        `→ ${r.losses.at(-1).toFixed(decimals)}`,
        ...(products ? [r.matmul?.gflops.toPrecision(3) ?? "-"] : []),
      ]),
    ]);
    standing("training", trained, "train", "perCpuSecond");
  }
  for (const [use, { what, unit }] of Object.entries(uses)) {
    if (!sound.length) break;
    table(`${title} ${place}: ${what}`, [
      ["", "", `${unit}/s`, "best", `${unit}/CPU s`],
      ...sound.map((r) => [r.name, where(r), rate(r[use]), best(r[use]), rate(r[`${use}PerCpuSecond`])]),
    ]);
    standing(what, sound, use, `${use}PerCpuSecond`);
  }
  for (const r of rows.filter((r) => r.error)) console.log(`  ${r.name}, ${where(r)}: failed: ${r.error}`);
}

const server = await startServer({ root, site, bench });
const before = options.against && (await startServer({ root, site: options.against, bench }));
try {
  console.log(`${report.machine.cpu}, ${cores} cores, load ${report.machine.load.toFixed(1)}`);
  if (report.machine.load > cores / 2)
    console.log("The machine is busy with something else: only steps per CPU second mean something.");

  if (only.includes("ours") && !options["no-visit"]) {
    const brotli = brotliSizes(join(results, "brotli.json"));
    const { cold, warm, fetched } = await visits({ server, rounds, gpu: options.gpu, say });
    report.firstSample = { cold, warm };
    table("First sample after navigation, from localhost, uncompressed (ms)", [
      ["", "median", "best"],
      ["cold (new profile)", Math.round(median(cold)), Math.round(Math.min(...cold))],
      ["warm", Math.round(median(warm)), Math.round(Math.min(...warm))],
    ]);
    report.modules = await moduleSizes(site, brotli);
    table("Modules; a visitor gets one of them", [
      ["", "raw", "brotli 11", "brotli 9"],
      ...report.modules.map((m) => [m.name, mb(m.raw), mb(m.brotli11), mb(m.brotli9)]),
    ]);
    report.transfer = await transfer(fetched, site, brotli);
    table("A first visit, up to 3 s after the first sample", [
      ["", "files", "raw", "brotli 11"],
      ...Object.entries(report.transfer).map(([kind, t]) => [kind, t.files, mb(t.raw), mb(t.sent)]),
    ]);
  }

  if (!options["no-train"]) {
    await bundle(benches, bench);
    report.contenders = [];
    for (const workload of chosen) {
      const feasible = backends.filter((b) => b === "cpu" || options.gpu || !workloads[workload].many);
      if (!feasible.length) {
        console.log(`\n${workloads[workload].title}: on a GPU only in hardware (--gpu)`);
        continue;
      }
      const { adapter, rows } = await measure({
        site: server,
        before,
        workload,
        only,
        backends: feasible,
        rounds,
        seconds,
        matmul: options.matmul && workload === "vae",
        gpu: options.gpu,
        say,
      });
      report.contenders.push(...rows);
      report.adapter ||= adapter;
      for (const backend of feasible) {
        const some = rows.filter((r) => r.backend === backend);
        if (some.length) tables(workload, backend, some, adapter);
      }
      for (const doubt of doubts(workload, rows)) {
        console.log(`\nnot comparable: ${doubt}`);
        process.exitCode = 1;
      }
      // An older build need not know every model.
      if (rows.some((r) => r.error && r.who !== "before")) process.exitCode = 1;
    }
    report.machine.loadAfter = loadavg()[0];
    console.log(`\nload at the end ${report.machine.loadAfter.toFixed(1)}`);
  }
  const file = join(results, `${report.date.replace(/[:.]/g, "-")}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${file}`);
} finally {
  server.close();
  before?.close();
  rmSync(bench, { recursive: true, force: true });
}

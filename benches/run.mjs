// The benchmark; --help says what it does.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const help = `Usage: node benches/run.mjs [option...]     (or: npm run bench -- [option...])

Measures the built site (./serve or ./test --only wasm makes dist/) in headless Chromium:
  - time to the first sample, with a new profile and again with the same one;
  - sizes of the wasm modules, and what a first visit transfers;
  - training steps per second, beside tfjs and jax-js with the same model, in turns:
    vae   784-400-(20,20)-400-784, batch 128, Adam 1e-3, Bernoulli pixels, MNIST; images decoded
          per second too;
    flow  RealNVP of two moons: 8 affine couplings with 2-128-128-2, batch 512, Adam 1e-3.
Prints tables and writes benches/results/<time>.json. The first run installs the peers with npm.

  --seconds N     training time of each contender in each round (default 5; decoding takes a third)
  --rounds N      rounds, of which the median counts (default 3)
  --workload LIST of vae, flow (default both)
  --only LIST     of ours, tfjs, jax (default all); the visit is measured with ours
  --backend LIST  of cpu, webgpu (default both)
  --no-visit      leave out first samples and sizes
  --no-train      leave out training and decoding
  --matmul        the peers' product of two 1024 × 1024 matrices too (minutes on SwiftShader)
  --gpu           WebGPU on this machine's GPU; without it on SwiftShader, in software
  --site DIR      another folder than dist/
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
      workload: { type: "string", default: "vae,flow" },
      only: { type: "string", default: "ours,tfjs,jax" },
      backend: { type: "string", default: "cpu,webgpu" },
      "no-visit": { type: "boolean", default: false },
      "no-train": { type: "boolean", default: false },
      matmul: { type: "boolean", default: false },
      gpu: { type: "boolean", default: false },
      site: { type: "string" },
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
const chosen = list("workload", ["vae", "flow"]);
const only = list("only", ["ours", "tfjs", "jax"]);
const backends = list("backend", ["cpu", "webgpu"]);
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
if (!(seconds > 0 && seconds <= 600)) fail("--seconds wants a number above 0 and up to 600.");
if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100)) fail("--rounds wants a whole number from 1 to 100.");

const benches = fileURLToPath(new URL(".", import.meta.url));
const root = join(benches, "..");
const site = options.site ?? join(root, "dist");
const built = (statSync(join(site, "worker-cpu_bg.wasm"), { throwIfNoEntry: false })?.size ?? 0) > 1e5;
if (only.includes("ours") && !built) fail(`There is no built site in ${site}. Run ./serve once, or leave out ours: --only tfjs,jax`);

if (!existsSync(join(root, "node_modules/playwright-core"))) {
  execFileSync("npm", ["ci"], { cwd: root, stdio: "inherit" });
}
if (!existsSync(join(benches, "node_modules/@jax-js/jax"))) {
  console.error("Installing the peers (once)");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: benches, stdio: "inherit" });
}

// These need what was just installed.
const { bundle } = await import("./browser.mjs");
const { startServer } = await import("./server.mjs");
const { doubts, measure, median, workloads } = await import("./contenders.mjs");
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

const right = (cells, widths) => cells.map((c, i) => (i ? String(c).padStart(widths[i]) : String(c).padEnd(widths[i]))).join("  ");
function table(title, rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((r) => String(r[i]).length)));
  console.log(`\n${title}\n${rows.map((r) => `  ${right(r, widths)}`).join("\n")}`);
}
const mb = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
const rate = (values) => (values.length ? median(values).toPrecision(3) : "-");
const best = (values) => (values.length ? Math.max(...values).toPrecision(3) : "-");

const where = (r) => (r.backend === "webgpu" ? "webgpu" : `wasm, ${r.isolated ? "isolated, " : ""}${r.threads ?? "?"} thread${r.threads === 1 ? "" : "s"}`);
/** What one workload gave on one back end, and how we stand to the fastest peer. */
function trainingTable(workload, backend, rows, adapter) {
  const { title, decimals, decodes } = workloads[workload];
  const sound = rows.filter((r) => !r.error);
  const decoding = decodes ? ["images/s", "best"] : [];
  const products = sound.some((r) => r.matmul);
  table(backend === "cpu" ? `${title} on the processor` : `${title} on WebGPU: ${adapter || "no adapter"}`, [
    ["", "", "steps/s", "best", "steps/CPU s", ...decoding, "loss", "", ...(products ? ["GFLOP/s"] : [])],
    ...sound.map((r) => [
      r.name, where(r), rate(r.train), best(r.train), rate(r.perCpuSecond),
      ...(decodes ? [rate(r.decode), best(r.decode)] : []),
      r.losses[0].toFixed(decimals), `→ ${r.losses.at(-1).toFixed(decimals)}`,
      ...(products ? [r.matmul?.gflops.toPrecision(3) ?? "-"] : []),
    ]),
  ]);
  for (const r of rows.filter((r) => r.error)) console.log(`  ${r.name}, ${where(r)}: failed: ${r.error}`);
  const mine = sound.find((r) => r.who === "ours" && r.train.length);
  const rivals = sound.filter((r) => r.who !== "ours");
  const lead = (key) => (median(mine[key]) / Math.max(...rivals.map((r) => median(r[key])))).toFixed(2);
  if (mine && rivals.length) {
    console.log(`  training: ${lead("train")} times the fastest peer by the clock, ${lead("perCpuSecond")} times by processor time`);
  }
}

const server = await startServer({ root, site, bench });
try {
  console.log(`${report.machine.cpu}, ${cores} cores, load ${report.machine.load.toFixed(1)}`);
  if (report.machine.load > cores / 2) console.log("The machine is busy with something else: only steps per CPU second mean something.");

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
      const { adapter, rows } = await measure({
        site: server, workload, only, backends, rounds, seconds, matmul: options.matmul && workload === "vae", gpu: options.gpu, say,
      });
      report.contenders.push(...rows);
      report.adapter ||= adapter;
      for (const backend of backends) {
        const some = rows.filter((r) => r.backend === backend);
        if (some.length) trainingTable(workload, backend, some, adapter);
      }
      for (const doubt of doubts(workload, rows)) {
        console.log(`\nnot comparable: ${doubt}`);
        process.exitCode = 1;
      }
      if (rows.some((r) => r.error)) process.exitCode = 1;
    }
    report.machine.loadAfter = loadavg()[0];
    console.log(`\nload at the end ${report.machine.loadAfter.toFixed(1)}`);
  }
  const file = join(results, `${report.date.replace(/[:.]/g, "-")}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${file}`);
} finally {
  server.close();
  rmSync(bench, { recursive: true, force: true });
}

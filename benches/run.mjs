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
  - training steps and decoded images per second, beside tfjs and jax-js with the same model
    (784-400-(20,20)-400-784, batch 128, Adam 1e-3, Bernoulli pixels, MNIST), in turns.
Prints tables and writes benches/results/<time>.json. The first run installs the peers with npm.

  --seconds N     training time of each contender in each round (default 5; decoding takes a third)
  --rounds N      rounds, of which the median counts (default 3)
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
const { doubts, measure, median } = await import("./contenders.mjs");
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
    const { adapter, rows } = await measure({ site: server, only, backends, rounds, seconds, matmul: options.matmul, gpu: options.gpu, say });
    report.contenders = rows;
    report.adapter = adapter;
    const where = (r) => (r.backend === "webgpu" ? "webgpu" : `wasm, ${r.isolated ? "isolated, " : ""}${r.threads ?? "?"} thread${r.threads === 1 ? "" : "s"}`);
    for (const backend of backends) {
      const some = rows.filter((r) => r.backend === backend);
      if (!some.length) continue;
      table(backend === "cpu" ? "VAE on the processor" : `VAE on WebGPU: ${adapter || "no adapter"}`, [
        ["", "", "steps/s", "best", "steps/CPU s", "images/s", "best", "loss", "", ...(options.matmul ? ["GFLOP/s"] : [])],
        ...some.filter((r) => !r.error).map((r) => [
          r.name, where(r), rate(r.train), best(r.train), rate(r.perCpuSecond), rate(r.decode), best(r.decode),
          r.losses[0].toFixed(1), `→ ${r.losses.at(-1).toFixed(1)}`,
          ...(options.matmul ? [r.matmul?.gflops.toPrecision(3) ?? "-"] : []),
        ]),
      ]);
      for (const r of some.filter((r) => r.error)) console.log(`  ${r.name}, ${where(r)}: failed: ${r.error}`);
      const mine = some.find((r) => r.who === "ours" && r.train.length);
      const rivals = some.filter((r) => r.who !== "ours" && !r.error);
      const lead = (key, peers) => (median(mine[key]) / Math.max(...peers.map((r) => median(r[key])))).toFixed(2);
      if (mine && rivals.length) {
        console.log(`  training: ${lead("train", rivals)} times the fastest peer by the clock, ${lead("perCpuSecond", rivals)} times by processor time`);
      }
    }
    for (const doubt of doubts(rows)) {
      console.log(`\nnot comparable: ${doubt}`);
      process.exitCode = 1;
    }
    if (rows.some((r) => r.error)) process.exitCode = 1;
  }
  const file = join(results, `${report.date.replace(/[:.]/g, "-")}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${file}`);
} finally {
  server.close();
  rmSync(bench, { recursive: true, force: true });
}

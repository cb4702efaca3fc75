// Training, decoding, denoising, writing and products of matrices: every contender in a page of its own, in turns.
import { chromium } from "playwright-core";
import { chromiumPath, flags, webgpuFlags } from "./browser.mjs";

// `isolated`: on a page that may use threads, which the site's own may not; `before` is another build of the site.
const all = [
  { who: "ours", backend: "cpu" },
  { who: "before", backend: "cpu" },
  { who: "tfjs", backend: "cpu" },
  { who: "tfjs", backend: "cpu", isolated: true },
  { who: "jax", backend: "cpu" },
  { who: "jax", backend: "cpu", isolated: true },
  { who: "ours", backend: "webgpu" },
  { who: "before", backend: "webgpu" },
  { who: "tfjs", backend: "webgpu" },
  { who: "jax", backend: "webgpu" },
  // It does not train; it writes texts and denoises.
  { who: "ort", backend: "cpu", only: ["gpt", "unet"] },
  { who: "ort", backend: "cpu", only: ["gpt", "unet"], isolated: true },
];

/**
 * What is trained. `decimals` of a loss mean something; `uses` are what trained models are measured
 * at: by the name of its rates in the results, a method of the contenders, what more it is told, and
 * words for it and for what is counted. `many`: its steps are so many small ones that a GPU in
 * software would take minutes for a few. `alone`: no peer does it.
 */
export const workloads = {
  vae: {
    title: "VAE",
    decimals: 1,
    uses: { decode: { method: "decode", args: [], what: "decoding", unit: "images" } },
  },
  flow: { title: "RealNVP", decimals: 2, uses: {} },
  gpt: {
    title: "GPT",
    decimals: 2,
    many: true,
    uses: {
      write: { method: "write", args: [600], what: "writing 600 tokens", unit: "tokens" },
      writeWithin: { method: "write", args: [60], what: "writing 60 tokens", unit: "tokens" },
    },
  },
  unet: {
    title: "U-Net",
    decimals: 3,
    many: true,
    uses: { denoise: { method: "denoise", args: [], what: "denoising 16 images", unit: "passes" } },
  },
  lab: {
    title: "The lab",
    many: true,
    alone: true,
    uses: { together: { method: "together", args: [2000], what: "six models at once", unit: "steps" } },
  },
};

const names = { ours: "playground", before: "playground, before", tfjs: "tfjs", jax: "jax-js", ort: "onnxruntime-web" };

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const first = (error) =>
  String(error.message ?? error)
    .split("\n")[0]
    .replace(/^(page\.evaluate: |Error: )+/, "");

async function open(browser, site, workload, contender) {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(0);
  const folder = contender.isolated ? "isolated" : "bench";
  const failed = page.waitForEvent("pageerror").then((error) => {
    throw error;
  });
  failed.catch(() => {}); // Of interest only until the page is ready.
  await page.goto(`${site.url}${folder}/?workload=${workload}&who=${contender.who}&backend=${contender.backend}`);
  await Promise.race([
    failed,
    page.waitForFunction(() => globalThis.ready, undefined, { timeout: 120_000, polling: 100 }),
  ]);
  return page;
}

/** Rows of numbers, a row for each contender, and what WebGPU ran on. `before` serves the build before, if any. */
export async function measure({ site, before, workload, only, backends, rounds, seconds, matmul, gpu, say }) {
  const { title, decimals, uses, alone } = workloads[workload];
  const browser = await chromium.launch({ executablePath: chromiumPath, args: [...flags, ...webgpuFlags(gpu)] });
  try {
    const cdp = await browser.newBrowserCDPSession();
    /** Processor seconds of the whole browser until now: what a busy machine disturbs least. */
    const cpuTime = async () =>
      (await cdp.send("SystemInfo.getProcessInfo")).processInfo.reduce((sum, p) => sum + p.cpuTime, 0);
    /** What `act` gives, and the processor seconds it took. */
    const spending = async (act) => {
      const before = await cpuTime();
      const given = await act();
      return { ...given, spent: (await cpuTime()) - before };
    };
    const wanted = (who) => (who === "before" ? before : only.includes(who) && (!alone || who === "ours"));
    const rows = all
      .filter((c) => wanted(c.who) && backends.includes(c.backend) && (!c.only || c.only.includes(workload)))
      .map(({ only: _, ...c }) => ({
        workload,
        ...c,
        name: names[c.who],
        train: [],
        perCpuSecond: [],
        losses: [],
        ...Object.fromEntries(
          Object.keys(uses).flatMap((use) => [
            [use, []],
            [`${use}PerCpuSecond`, []],
          ]),
        ),
      }));
    let adapter = "";
    for (const row of rows) {
      const label = `${title}: ${row.name}, ${row.backend}${row.isolated ? ", isolated" : ""}`;
      try {
        row.page = await open(browser, row.who === "before" ? before : site, workload, row);
        adapter ||= await row.page.evaluate(() => globalThis.adapter());
        const { loss, threads } = await row.page.evaluate(() => globalThis.contender("warmUp"));
        row.threads = threads;
        if (loss !== null) {
          row.losses.push(loss);
          // Uncounted: browsers compile what turns out to be hot once more, in the background.
          await row.page.evaluate((s) => globalThis.contender("train", s), Math.min(1, seconds));
        }
        if (matmul && !row.name.startsWith(names.ours)) {
          row.matmul = await row.page.evaluate(() => globalThis.contender("matmul", 1024, 2));
        }
        say(loss === null ? `${label}: ready` : `${label}: first loss ${loss.toFixed(decimals)}`);
      } catch (error) {
        row.error = first(error);
        say(`${label}: ${row.error}`);
      }
    }
    // Rounds, so that whatever else the machine does meanwhile hits all alike.
    for (let round = 1; round <= rounds; round++) {
      for (const row of rows.filter((r) => !r.error)) {
        try {
          await row.page.bringToFront();
          if (row.losses.length) {
            const trained = await spending(() => row.page.evaluate((s) => globalThis.contender("train", s), seconds));
            row.train.push(trained.steps / trained.seconds);
            row.perCpuSecond.push(trained.steps / trained.spent);
            row.losses.push(trained.loss);
          }
          for (const [use, { method, args }] of Object.entries(uses)) {
            const used = await spending(() =>
              row.page.evaluate((call) => globalThis.contender(...call), [method, seconds / 3, ...args]),
            );
            row[use].push(used.count / used.seconds);
            row[`${use}PerCpuSecond`].push(used.count / used.spent);
          }
        } catch (error) {
          row.error = first(error);
        }
      }
      say(`${title}: round ${round} of ${rounds}`);
    }
    return { adapter, rows: rows.map(({ page, ...row }) => row) };
  } finally {
    await browser.close();
  }
}

/** Sentences on what makes the comparison void: other losses at the start, or none that falls. */
export function doubts(workload, rows) {
  const { title, decimals } = workloads[workload];
  const sound = rows.filter((r) => r.losses.length > 1);
  const start = median(sound.map((r) => r.losses[0]));
  return sound.flatMap((r) => {
    const label = `${title}: ${r.name} on ${r.backend}${r.isolated ? " with threads" : ""}`;
    const [began, ended] = [r.losses[0], r.losses.at(-1)];
    return [
      ...(Math.abs(began / start - 1) < 0.05
        ? []
        : [`${label} begins at a loss of ${began.toFixed(decimals)}, the others at ${start.toFixed(decimals)}`]),
      ...(ended < began
        ? []
        : [`${label} does not learn: ${began.toFixed(decimals)} became ${ended.toFixed(decimals)}`]),
    ];
  });
}

// Training, decoding and products of matrices: every contender in a page of its own, in turns.
import { chromium } from "playwright-core";
import { chromiumPath, flags, webgpuFlags } from "./browser.mjs";

// `isolated`: on a page that may use threads, which the site's own may not.
const all = [
  { who: "ours", backend: "cpu" },
  { who: "tfjs", backend: "cpu" },
  { who: "tfjs", backend: "cpu", isolated: true },
  { who: "jax", backend: "cpu" },
  { who: "jax", backend: "cpu", isolated: true },
  { who: "ours", backend: "webgpu" },
  { who: "tfjs", backend: "webgpu" },
  { who: "jax", backend: "webgpu" },
];

/** What is trained. `decimals` of a loss mean something; `decodes`: there are pictures to decode. */
export const workloads = {
  vae: { title: "VAE", decimals: 1, decodes: true },
  flow: { title: "RealNVP", decimals: 2, decodes: false },
};

const names = { ours: "playground", tfjs: "tfjs", jax: "jax-js" };

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const first = (error) => String(error.message ?? error).split("\n")[0].replace(/^(page\.evaluate: |Error: )+/, "");

async function open(browser, site, workload, contender) {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(0);
  const folder = contender.isolated ? "isolated" : "bench";
  const failed = page.waitForEvent("pageerror").then((error) => {
    throw error;
  });
  failed.catch(() => {}); // Of interest only until the page is ready.
  await page.goto(`${site.url}${folder}/?workload=${workload}&who=${contender.who}&backend=${contender.backend}`);
  await Promise.race([failed, page.waitForFunction(() => globalThis.ready, undefined, { timeout: 120_000, polling: 100 })]);
  return page;
}

/** Rows of numbers, a row for each contender, and what WebGPU ran on. */
export async function measure({ site, workload, only, backends, rounds, seconds, matmul, gpu, say }) {
  const { title, decimals, decodes } = workloads[workload];
  const browser = await chromium.launch({ executablePath: chromiumPath, args: [...flags, ...webgpuFlags(gpu)] });
  try {
    const cdp = await browser.newBrowserCDPSession();
    /** Processor seconds of the whole browser until now: what a busy machine disturbs least. */
    const spent = async () => (await cdp.send("SystemInfo.getProcessInfo")).processInfo.reduce((sum, p) => sum + p.cpuTime, 0);
    const rows = all
      .filter((c) => only.includes(c.who) && backends.includes(c.backend))
      .map((c) => ({ workload, ...c, name: names[c.who], train: [], perCpuSecond: [], decode: [], losses: [] }));
    let adapter = "";
    for (const row of rows) {
      const label = `${title}: ${row.name}, ${row.backend}${row.isolated ? ", isolated" : ""}`;
      try {
        row.page = await open(browser, site, workload, row);
        adapter ||= await row.page.evaluate(() => globalThis.adapter());
        const { loss, threads } = await row.page.evaluate(() => globalThis.contender("warmUp"));
        row.losses.push(loss);
        row.threads = threads;
        // Uncounted: browsers compile what turns out to be hot once more, in the background.
        await row.page.evaluate((s) => globalThis.contender("train", s), Math.min(1, seconds));
        if (matmul && row.who !== "ours") {
          row.matmul = await row.page.evaluate(() => globalThis.contender("matmul", 1024, 2));
        }
        say(`${label}: first loss ${row.losses[0].toFixed(decimals)}`);
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
          const before = await spent();
          const trained = await row.page.evaluate((s) => globalThis.contender("train", s), seconds);
          row.perCpuSecond.push(trained.steps / (await spent() - before));
          row.train.push(trained.steps / trained.seconds);
          row.losses.push(trained.loss);
          if (decodes) {
            const decoded = await row.page.evaluate((s) => globalThis.contender("decode", s), seconds / 3);
            row.decode.push(decoded.images / decoded.seconds);
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
      ...(Math.abs(began / start - 1) < 0.05 ? [] : [`${label} begins at a loss of ${began.toFixed(decimals)}, the others at ${start.toFixed(decimals)}`]),
      ...(ended < began ? [] : [`${label} does not learn: ${began.toFixed(decimals)} became ${ended.toFixed(decimals)}`]),
    ];
  });
}

// What a first visit costs: bytes over the wire and time to the first sample, cold and warm.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { chromium } from "playwright-core";
import { chromiumPath, flags, webgpuFlags } from "./browser.mjs";

const compress = promisify(brotliCompress);

/** Sizes under brotli, kept by content: level 11 takes a minute for a module. */
export function brotliSizes(cacheFile) {
  const kept = existsSync(cacheFile) ? JSON.parse(readFileSync(cacheFile, "utf8")) : {};
  return async (file, level) => {
    const bytes = readFileSync(file);
    const key = `${createHash("sha256").update(bytes).digest("hex")}-${level}`;
    kept[key] ??= (
      await compress(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: level,
          [constants.BROTLI_PARAM_LGWIN]: 24,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      })
    ).length;
    writeFileSync(cacheFile, JSON.stringify(kept));
    return kept[key];
  };
}

/** Each wasm module of the site: raw, and under brotli. */
export async function moduleSizes(site, brotli) {
  const rows = [];
  for (const name of readdirSync(site)
    .filter((n) => n.endsWith(".wasm"))
    .sort()) {
    const file = join(site, name);
    rows.push({
      name,
      raw: readFileSync(file).length,
      brotli11: await brotli(file, 11),
      brotli9: await brotli(file, 9),
    });
  }
  return rows;
}

const kindOf = (path) => {
  if (path.startsWith("data/")) return "data";
  if (path.startsWith("checkpoints/") && !path.endsWith(".json")) return "checkpoints";
  if (path.startsWith("posters/")) return "pictures";
  if (extname(path) === ".woff2") return "fonts";
  return "code";
};

/** What was fetched, by kind, as a server with brotli 11 would send it. */
export async function transfer(paths, site, brotli) {
  const sums = {};
  for (const path of new Set(paths)) {
    const file = join(site, path);
    const raw = readFileSync(file).length;
    const packed = [".woff2", ".png", ".bin", ".planes"].includes(extname(path));
    const kind = (sums[kindOf(path)] ??= { files: 0, raw: 0, sent: 0 });
    kind.files++;
    kind.raw += raw;
    kind.sent += packed ? raw : await brotli(file, 11);
  }
  return sums;
}

/** Milliseconds from navigation to the first sample on screen. */
async function firstSample(context, url) {
  const page = await context.newPage();
  await page.addInitScript(() =>
    document.addEventListener("sample", () =>
      requestAnimationFrame(() => (globalThis.firstSample ??= performance.now())),
    ),
  );
  await page.goto(url, { waitUntil: "commit" });
  const time = await page.waitForFunction(() => globalThis.firstSample, undefined, { timeout: 120_000 });
  const value = await time.jsonValue();
  // What else the page fetches on its own, and what the browser compiles and caches behind it.
  await page.waitForTimeout(3000);
  await page.close();
  return value;
}

/** Visits with a new profile, then again with the same one. */
export async function visits({ server, rounds, gpu, say }) {
  const cold = [];
  const warm = [];
  let fetched = [];
  for (let round = 1; round <= rounds; round++) {
    const profile = mkdtempSync(join(tmpdir(), "gp-bench-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath,
      args: [...flags, ...(gpu ? webgpuFlags(true) : [])],
      viewport: { width: 1280, height: 900 },
    });
    try {
      server.requests.length = 0;
      cold.push(await firstSample(context, server.url));
      fetched = [...server.requests];
      warm.push(await firstSample(context, server.url));
      say(`visit ${round}: ${Math.round(cold.at(-1))} ms cold, ${Math.round(warm.at(-1))} ms warm`);
    } finally {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    }
  }
  return { cold, warm, fetched };
}

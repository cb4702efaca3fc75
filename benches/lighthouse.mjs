// Lighthouse on every page of the built site, as a phone: node benches/lighthouse.mjs [--no-performance] [PAGE]...
//
// Performance is worth measuring on a quiet machine only.
// It says what is below 100 (performance: 95) and why, and ends with 1 where something is.
// Lighthouse is fetched by npx.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { isHashed } from "../web/site/files.mjs";
import { headers } from "../web/site/headers.mjs";

const VERSION = "12.8.2";
const LEAST = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".woff2": "font/woff2",
};
const pages = process.argv.slice(2).filter((argument) => argument !== "--no-performance");
if (pages.length < process.argv.length - 2) delete LEAST.performance;
const dist = fileURLToPath(new URL("../dist", import.meta.url));

/** Packs what any host would pack. */
const packed = new Map();
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://site").pathname).slice(1) || "index.html";
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  const about = { ...headers(), "content-type": type };
  if (isHashed(path)) about["Cache-Control"] = "public, max-age=31536000, immutable";
  try {
    if (!packed.has(path)) {
      const bytes = readFileSync(join(dist, path));
      packed.set(path, /html|text|json|wasm/.test(type) ? gzipSync(bytes) : bytes);
    }
    if (/html|text|json|wasm/.test(type)) about["content-encoding"] = "gzip";
    response.writeHead(200, about).end(packed.get(path));
  } catch {
    response.writeHead(404, headers()).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const folder = mkdtempSync(join(tmpdir(), "lighthouse-"));
const run = promisify(execFile);
const chromeFlags = `--headless=new${process.getuid?.() === 0 ? " --no-sandbox" : ""}`;

/** The scores of a page, and what took points off. */
async function measure(page) {
  const report = join(folder, "report.json");
  const url = `http://localhost:${server.address().port}/${page}`;
  const lighthouse = process.env.GP_LIGHTHOUSE
    ? [process.env.GP_LIGHTHOUSE]
    : ["npx", "--yes", `lighthouse@${VERSION}`];
  const [command, ...first] = lighthouse;
  await run(
    command,
    [
      ...first,
      url,
      "--quiet",
      "--output=json",
      `--only-categories=${Object.keys(LEAST)}`,
      `--output-path=${report}`,
      `--chrome-flags=${chromeFlags}`,
    ],
    {
      env: { ...process.env, CHROME_PATH: process.env.GP_CHROMIUM ?? "/usr/bin/chromium" },
      maxBuffer: 1 << 28,
    },
  );
  const { categories, audits } = JSON.parse(readFileSync(report, "utf8"));
  const scores = Object.fromEntries(Object.keys(LEAST).map((id) => [id, Math.round(100 * categories[id].score)]));
  const faults = Object.keys(LEAST).flatMap((id) =>
    scores[id] >= LEAST[id]
      ? []
      : categories[id].auditRefs
          .filter((ref) => ref.weight && audits[ref.id].score !== null && audits[ref.id].score < 0.9)
          .map(({ id: audit }) => {
            const { title, displayValue = "", details } = audits[audit];
            const where = details?.items?.map((item) => item.node?.selector).filter(Boolean) ?? [];
            return `${id}: ${title} ${displayValue} ${where.join(", ")}`;
          }),
  );
  return { scores, faults, audits };
}

if (!pages.length) {
  pages.push(...readdirSync(dist).filter((name) => name.endsWith(".html")));
  pages.push(`code/${readdirSync(join(dist, "code")).find((name) => name.endsWith(".html"))}`);
}
let failed = false;
for (const page of pages) {
  const { scores, faults, audits } = await measure(page);
  const times = [
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
  ];
  console.log(page.padEnd(40), Object.values(scores).join(" "), times.map((id) => audits[id]?.displayValue).join(", "));
  for (const fault of faults) console.log(`   ${fault}`);
  failed ||= faults.length > 0;
}
rmSync(folder, { recursive: true });
server.close();
process.exitCode = failed ? 1 : 0;

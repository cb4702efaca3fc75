// Lighthouse on the pages of the built site, as a phone and as a desktop computer:
// node benches/lighthouse.mjs [--mobile | --desktop] [--no-performance] [--runs N] [PAGE]...
//
// Every page in English, three in German, and one of those that show code. It says what is below 100 (performance: 95)
// and why, writes benches/results/<time>-lighthouse.json with the table beside it, and ends with 1 where something is
// below. With --runs, of each number the median. Performance means something on a quiet machine only: how busy it was,
// and how fast Lighthouse found it (its own phone is reckoned from about 1500), stands in the results.
// Lighthouse is installed in a temporary folder; the browser is GP_CHROMIUM.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { cpus, loadavg, tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { isHashed } from "../web/site/files.mjs";
import { headers } from "../web/site/headers.mjs";

const VERSION = "12.8.2";
const LEAST = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const GERMAN = ["index.de.html", "vae.de.html", "widgets.de.html"];
/** What is told beside the score of performance. */
const TIMES = {
  "first-contentful-paint": "FCP",
  "largest-contentful-paint": "LCP",
  "speed-index": "SI",
  "total-blocking-time": "TBT",
  "cumulative-layout-shift": "CLS",
};
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};
const { values: options, positionals: pages } = parseArgs({
  allowPositionals: true,
  options: {
    mobile: { type: "boolean" },
    desktop: { type: "boolean" },
    "no-performance": { type: "boolean" },
    runs: { type: "string", default: "1" },
  },
});
if (options["no-performance"]) delete LEAST.performance;
const forms = ["mobile", "desktop"].filter((form) => options[form] || (!options.mobile && !options.desktop));
const dist = fileURLToPath(new URL("../dist", import.meta.url));

/** Serves as web/serve.mjs does, and packs what any static host would pack. */
const packed = new Map();
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://site").pathname).slice(1) || "index.html";
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  const about = { ...headers(), "content-type": type };
  const packs = /html|text|json|wasm|svg/.test(type);
  if (isHashed(path)) about["Cache-Control"] = "public, max-age=31536000, immutable";
  try {
    if (!packed.has(path)) {
      const bytes = readFileSync(join(dist, path));
      packed.set(path, packs ? gzipSync(bytes, { level: 9 }) : bytes);
    }
    if (packs) about["content-encoding"] = "gzip";
    response.writeHead(200, about).end(packed.get(path));
  } catch {
    response.writeHead(404, headers()).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const folder = mkdtempSync(join(tmpdir(), "lighthouse-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const install = ["install", "--silent", "--ignore-scripts", "--no-save", "--prefix", folder, `lighthouse@${VERSION}`];
execFileSync("npm", install, { stdio: "inherit" });
const required = createRequire(join(folder, "node_modules/lighthouse/package.json"));
const load = (name) => import(pathToFileURL(required.resolve(name)).href);
const { default: lighthouse, desktopConfig } = await load("lighthouse");
const { launch } = await load("chrome-launcher");

const middle = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];

/** Where an audit found something. */
function found({ details }) {
  const places = details?.items?.flatMap((item) => item.node?.selector ?? item.url ?? item.source ?? []) ?? [];
  return [...new Set(places)].slice(0, 5).join(", ");
}

/** What took points off a report. */
function faults({ categories, audits }) {
  return Object.keys(LEAST).flatMap((id) =>
    Math.round(100 * categories[id].score) >= LEAST[id]
      ? []
      : categories[id].auditRefs
          .filter((ref) => ref.weight && audits[ref.id].score !== null && audits[ref.id].score < 0.9)
          .map(({ id: audit }) => {
            const { title, displayValue = "" } = audits[audit];
            return `${id}: ${title} ${displayValue} ${found(audits[audit])}`;
          }),
  );
}

/** The scores of a page, its times, and what took points off. */
async function measure(page, form) {
  const reports = [];
  for (let i = 0; i < Number(options.runs); i++) {
    const chrome = await launch({
      chromePath: process.env.GP_CHROMIUM ?? "/usr/bin/chromium",
      chromeFlags: ["--headless=new", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    });
    try {
      const url = `http://localhost:${server.address().port}/${page}`;
      const settings = { port: chrome.port, onlyCategories: Object.keys(LEAST), logLevel: "silent" };
      const { lhr } = await lighthouse(url, settings, form === "desktop" ? desktopConfig : undefined);
      if (lhr.runtimeError) throw new Error(`${page}: ${lhr.runtimeError.message}`);
      reports.push(lhr);
    } finally {
      await chrome.kill();
    }
  }
  const score = (id) => middle(reports.map((r) => Math.round(100 * r.categories[id].score)));
  const time = (id) => middle(reports.map((r) => r.audits[id]?.numericValue ?? 0));
  return {
    ...{ page, form, load: Number(loadavg()[0].toFixed(1)) },
    speed: Math.round(middle(reports.map((r) => r.environment.benchmarkIndex))),
    scores: Object.fromEntries(Object.keys(LEAST).map((id) => [id, score(id)])),
    times: LEAST.performance ? Object.fromEntries(Object.keys(TIMES).map((id) => [id, time(id)])) : {},
    faults: [...new Set(reports.flatMap(faults))],
  };
}

if (!pages.length) {
  const all = readdirSync(dist).filter((name) => name.endsWith(".html"));
  pages.push(...all.filter((name) => !name.endsWith(".de.html") || GERMAN.includes(name)));
  pages.push(`code/${readdirSync(join(dist, "code")).find((name) => name.endsWith(".html"))}`);
}
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const tell = (id, value) =>
  id.startsWith("cumulative") ? value.toFixed(3) : id.startsWith("total") ? `${Math.round(value)} ms` : seconds(value);
const heads = [
  "page",
  "as",
  ...Object.keys(LEAST),
  ...(LEAST.performance ? Object.values(TIMES) : []),
  "load",
  "speed",
];
const lines = [heads, heads.map(() => "---")];
const report = { date: new Date().toISOString(), lighthouse: VERSION, cores: cpus().length, rows: [] };
const results = fileURLToPath(new URL("results", import.meta.url));
mkdirSync(results, { recursive: true });
const file = join(results, `${report.date.replace(/[:.]/g, "-")}-lighthouse`);

console.log(`${heads.join(" | ")}`);
for (const form of forms)
  for (const page of pages) {
    const row = await measure(page, form);
    report.rows.push(row);
    const times = Object.entries(row.times).map(([id, value]) => tell(id, value));
    lines.push([page, form, ...Object.values(row.scores), ...times, row.load, row.speed]);
    console.log(lines.at(-1).join(" | "));
    for (const fault of row.faults) console.log(`   ${fault}`);
    writeFileSync(`${file}.json`, JSON.stringify(report, null, 1));
    writeFileSync(`${file}.md`, `${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`);
  }
console.log(`${file}.md`);
server.close();
process.exitCode = report.rows.some(({ faults: some }) => some.length) ? 1 : 0;

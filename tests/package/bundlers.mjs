// Fresh projects of bundlers with the package in them, each driven in Chromium: node tests/package/bundlers.mjs [NAME]…
//
// Not run by ./test: it asks npm's registry, the first time, and takes some minutes. The README says what a bundler
// needs; it is what stands here.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { copy, projectOf, run, served, start } from "./projects.mjs";

const html = (script, type = ' type="module"') => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A reader's project</title></head><body>
<generative-model model="vae-mnist-2d" count="4" seed="7" backend="cpu"></generative-model>
<script${type} src="${script}"></script></body></html>`;

/** What the page of every project does: it has the element, and draws with the engine. */
const MAIN = `import "generative-playground";
import { load } from "generative-playground/engine";

load("ddpm-mnist", { backend: "cpu" })
  .then((m) => m.sample({ count: 1, seed: 7, label: 3, steps: 5 }))
  .then(([image]) => (globalThis.drawn = [...image.data]))
  .catch((e) => console.error(e));
`;

const PROJECTS = {
  vite: {
    packages: ["vite@8.4.0"],
    files: { "index.html": html("/src/main.js"), "src/main.js": MAIN },
    development: (folder) => start(folder, "vite", "--port", "PORT", "--strictPort"),
    production: (folder) => (run(folder, "vite", "build"), served(folder)),
  },
  vite7: {
    packages: ["vite@7.3.1"],
    files: {
      "index.html": html("/src/main.js"),
      "src/main.js": MAIN,
      // What this Vite bundles beforehand for its server loses the addresses of files.
      "vite.config.js": 'export default { optimizeDeps: { exclude: ["generative-playground"] } };',
    },
    development: (folder) => start(folder, "vite", "--port", "PORT", "--strictPort"),
    production: (folder) => (run(folder, "vite", "build"), served(folder)),
  },
  webpack: {
    packages: ["webpack@5.113.0", "webpack-cli@6.0.1"],
    files: { "src/index.js": MAIN, "index.html": html("main.js", " defer") },
    development: (folder) => webpack(folder, "development"),
    production: (folder) => webpack(folder, "production"),
  },
  rollup: {
    packages: ["rollup@4.68.8", "@rollup/plugin-node-resolve@16.0.3", "@web/rollup-plugin-import-meta-assets@2.3.3"],
    files: {
      "src/main.js": MAIN,
      "index.html": html("main.js"),
      "rollup.config.js": `import resolve from "@rollup/plugin-node-resolve";
import { importMetaAssets } from "@web/rollup-plugin-import-meta-assets";
export default {
  input: "src/main.js",
  output: { dir: "dist" },
  plugins: [resolve({ browser: true }), importMetaAssets()],
};`,
    },
    production: (folder) => {
      run(folder, "rollup", "-c");
      copy(folder, "index.html", "dist/index.html");
      return served(folder);
    },
  },
  esbuild: {
    packages: ["esbuild@0.28.2"],
    files: { "src/main.js": MAIN, "index.html": html("main.js") },
    production: (folder) => {
      run(folder, "esbuild", "src/main.js", "--bundle", "--format=esm", "--splitting", "--minify", "--outdir=dist");
      copy(folder, "node_modules/generative-playground/lib/files", "dist/files");
      copy(folder, "index.html", "dist/index.html");
      return served(folder);
    },
  },
  parcel: {
    packages: ["parcel@2.16.4"],
    files: {
      "src/main.js": MAIN,
      "index.html": html("src/main.js"),
      // Parcel looks at what packages export only where it is told to.
      "package.json": JSON.stringify({
        ...{ name: "reader", private: true, type: "module" },
        "@parcel/resolver-default": { packageExports: true },
      }),
    },
    development: (folder) => start(folder, "parcel", "serve", "index.html", "--port", "PORT", "--no-hmr"),
    production: (folder) => (run(folder, "parcel", "build", "index.html", "--no-source-maps"), served(folder)),
  },
  next: {
    packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
    files: {
      "app/layout.jsx": `export const metadata = { title: "A reader's project" };
export default ({ children }) => <html lang="en"><body>{children}</body></html>;`,
      "app/page.jsx": `import Widget from "./widget";
export default () => <main><Widget /></main>;`,
      "app/widget.jsx": `"use client";
import "generative-playground";
import { load } from "generative-playground/engine";
import { useEffect } from "react";

export default function Widget() {
  useEffect(() => {
    load("ddpm-mnist", { backend: "cpu" })
      .then((m) => m.sample({ count: 1, seed: 7, label: 3, steps: 5 }))
      .then(([image]) => (globalThis.drawn = [...image.data]))
      .catch((e) => console.error(e));
  }, []);
  return <generative-model model="vae-mnist-2d" count="4" seed="7" backend="cpu" />;
}`,
    },
    development: (folder) => start(folder, "next", "dev", "-p", "PORT"),
    production: (folder) => (run(folder, "next", "build"), start(folder, "next", "start", "-p", "PORT")),
  },
};

function webpack(folder, mode) {
  run(folder, "webpack", "--mode", mode);
  copy(folder, "index.html", "dist/index.html");
  return served(folder);
}

/** Opens the page of a project; gives what went wrong, and what the engine drew. */
async function drive(browser, url) {
  const page = await browser.newPage();
  const wrong = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && wrong.push(`${m.text()} (${m.location().url})`));
  page.on("pageerror", (e) => wrong.push(String(e)));
  page.on("response", (r) => r.status() >= 400 && wrong.push(`${r.status()} ${r.url()}`));
  try {
    await page.goto(url);
    const is = (what) => page.waitForFunction(what, undefined, { timeout: 90_000 });
    await is(() => globalThis.drawn && document.querySelector("generative-model")?.info);
    const drawn = await page.evaluate(() => globalThis.drawn);
    const view = await page.evaluate(() => document.querySelector("generative-model").sample({ count: 2 }));
    return { drawn, view: [view.kind, view.width], wrong };
  } catch (e) {
    throw new Error(`${e.message}\n${wrong.join("\n")}`);
  } finally {
    await page.close();
  }
}

const wanted = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.GP_CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
let expected;
for (const [name, project] of Object.entries(PROJECTS)) {
  if (wanted.length && !wanted.includes(name)) continue;
  for (const mode of ["development", "production"].filter((m) => project[m])) {
    let server;
    try {
      const folder = await projectOf(name, project.packages, project.files);
      server = await project[mode](folder);
      const { drawn, view, wrong } = await drive(browser, server.url);
      expected ??= drawn;
      assert.deepEqual(drawn, expected, "the same seed draws the same everywhere");
      assert.deepEqual(view, ["image", 56]);
      assert.deepEqual(
        wrong.filter((w) => !w.includes("favicon")),
        [],
      );
      console.log(`ok      ${project.packages[0]}, ${mode}`);
    } catch (e) {
      process.exitCode = 1;
      console.log(`not ok  ${project.packages[0]}, ${mode}\n${e.message}`);
    } finally {
      server?.close();
    }
  }
}
await browser.close();

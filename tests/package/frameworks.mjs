// Fresh projects of frameworks with the element in their templates, each driven in Chromium:
// node tests/package/frameworks.mjs [NAME]…
//
// Attributes, properties, events, removal, re-insertion, development (React's strict mode mounts everything twice) and
// production, rendering on a server and hydration. Not run by ./test: it asks npm's registry, the first time.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { projectOf, run, served, start } from "./projects.mjs";

const POSTER = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
const html = (script) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A reader's project</title><link rel="icon" href="data:,"></head>
<body><div id="app"></div><script type="module" src="${script}"></script></body></html>`;
const vite = (plugin, call) => `import { defineConfig } from "vite";
import ${plugin};
export default defineConfig({ plugins: [${call}] });`;
const development = (folder) => start(folder, "vite", "--port", "PORT", "--strictPort");
const production = (folder) => (run(folder, "vite", "build"), served(folder));

const HEAR = `const hear = (event) => (globalThis.heard ??= []).push([event.type, event.detail.model?.family]);`;

/** How a React component listens: by `onready`, or by a reference. */
const react = (listening) => `import { useState } from "react";
${HEAR}
export default function App() {
  const [seed, setSeed] = useState(7);
  const [shown, setShown] = useState(true);
  return (
    <main>
      <button id="seed" onClick={() => setSeed(9)}>Seed</button>
      <button id="toggle" onClick={() => setShown(!shown)}>Toggle</button>
      {shown && (
        <generative-model model="vae-mnist-2d" seed={seed} count={4} backend="cpu" keep-training ${listening}>
          <img slot="poster" alt="" src="${POSTER}" />
        </generative-model>
      )}
    </main>
  );
}
`;

const PROJECTS = {
  react: {
    packages: ["react@19.3.1", "react-dom@19.3.1", "@vitejs/plugin-react@6.3.0", "vite@8.4.0"],
    files: {
      "index.html": html("/src/main.jsx"),
      "vite.config.js": vite('react from "@vitejs/plugin-react"', "react()"),
      "src/main.jsx": `import "generative-playground";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import App from "./App";
createRoot(document.getElementById("app")).render(<StrictMode><App /></StrictMode>);`,
      "src/App.jsx": react("onready={hear}"),
    },
    development,
    production,
  },
  next: {
    packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
    rendered: true,
    files: {
      "next.config.mjs": "export default { reactStrictMode: true, devIndicators: false };",
      "app/icon.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>',
      "app/layout.jsx": `export const metadata = { title: "A reader's project" };
export default ({ children }) => <html lang="en"><body>{children}</body></html>;`,
      "app/page.jsx": `import App from "./App";
export default () => <App />;`,
      "app/App.jsx": `"use client";
import "generative-playground";
// What a server has rendered, React hydrates without the listeners of custom elements.
const listen = (element) => {
  element.addEventListener("ready", hear);
  return () => element.removeEventListener("ready", hear);
};
${react("ref={listen}")}`,
    },
    development: (folder) => start(folder, "next", "dev", "-p", "PORT"),
    production: (folder) => (run(folder, "next", "build"), start(folder, "next", "start", "-p", "PORT")),
  },
  vue: {
    packages: ["vue@3.5.45", "@vitejs/plugin-vue@6.0.11", "vite@8.4.0"],
    files: {
      "index.html": html("/src/main.js"),
      "vite.config.js": vite(
        'vue from "@vitejs/plugin-vue"',
        'vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("generative-") } } })',
      ),
      "src/main.js": `import "generative-playground";
import { createApp } from "vue";
import App from "./App.vue";
createApp(App).mount("#app");`,
      "src/App.vue": `<script setup>
import { ref } from "vue";
${HEAR}
const seed = ref(7);
const shown = ref(true);
</script>
<template>
  <main>
    <button id="seed" @click="seed = 9">Seed</button>
    <button id="toggle" @click="shown = !shown">Toggle</button>
    <generative-model v-if="shown" model="vae-mnist-2d" :seed="seed" :count="4" backend="cpu" keep-training
      @ready="hear">
      <img slot="poster" alt="" src="${POSTER}" />
    </generative-model>
  </main>
</template>`,
    },
    development,
    production,
  },
  svelte: {
    packages: ["svelte@5.57.3", "@sveltejs/vite-plugin-svelte@7.3.1", "vite@8.4.0"],
    files: {
      "index.html": html("/src/main.js"),
      "vite.config.js": vite('{ svelte } from "@sveltejs/vite-plugin-svelte"', "svelte()"),
      "src/main.js": `import "generative-playground";
import { mount } from "svelte";
import App from "./App.svelte";
mount(App, { target: document.getElementById("app") });`,
      "src/App.svelte": `<script>
${HEAR}
let seed = $state(7);
let shown = $state(true);
</script>
<main>
  <button id="seed" onclick={() => (seed = 9)}>Seed</button>
  <button id="toggle" onclick={() => (shown = !shown)}>Toggle</button>
  {#if shown}
    <generative-model model="vae-mnist-2d" {seed} count={4} backend="cpu" keep-training onready={hear}>
      <img slot="poster" alt="" src="${POSTER}" />
    </generative-model>
  {/if}
</main>`,
    },
    development,
    production,
  },
  // Its own builder aside: the templates are compiled in the page.
  angular: {
    packages: [
      ...["core", "common", "compiler", "platform-browser"].map((name) => `@angular/${name}@22.2.6`),
      ...["rxjs@7.8.2", "vite@8.4.0"],
    ],
    files: {
      "index.html": html("/src/main.js").replace('<div id="app"></div>', "<gp-app></gp-app>"),
      "src/main.js": `import "generative-playground";
import "@angular/compiler";
import { Component, CUSTOM_ELEMENTS_SCHEMA, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
${HEAR}
class App {
  seed = signal(7);
  shown = signal(true);
  hear = hear;
}
const Made = Component({
  selector: "gp-app",
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: \`<main>
    <button id="seed" (click)="seed.set(9)">Seed</button>
    <button id="toggle" (click)="shown.set(!shown())">Toggle</button>
    @if (shown()) {
      <generative-model model="vae-mnist-2d" [seed]="seed()" [count]="4" backend="cpu" keep-training
        (ready)="hear($event)">
        <img slot="poster" alt="" src="${POSTER}" />
      </generative-model>
    }
  </main>\`,
})(App) ?? App;
bootstrapApplication(Made, { providers: [provideZonelessChangeDetection()] });`,
    },
    development,
    production,
  },
  astro: {
    packages: ["astro@5.17.1"],
    rendered: true,
    files: {
      "astro.config.mjs": `export default {
  devToolbar: { enabled: false },
  vite: { optimizeDeps: { exclude: ["generative-playground"] } },
};`,
      "src/pages/index.astro": `---
const seed = 7;
---
<html lang="en"><head><title>A reader's project</title><link rel="icon" href="data:," /></head><body><main>
  <button id="seed">Seed</button>
  <button id="toggle">Toggle</button>
  <generative-model model="vae-mnist-2d" seed={seed} count={4} backend="cpu" keep-training>
    <img slot="poster" alt="" src="${POSTER}" />
  </generative-model>
</main>
<script>
  ${HEAR}
  document.addEventListener("ready", hear);
  let element = document.querySelector("generative-model");
  const main = document.querySelector("main");
  document.getElementById("seed").onclick = () => (element.seed = 9);
  document.getElementById("toggle").onclick = () => (element.isConnected ? element.remove() : main.append(element));
  import("generative-playground");
</script></body></html>`,
    },
    development: (folder) => start(folder, "astro", "dev", "--port", "PORT"),
    production: (folder) => (run(folder, "astro", "build"), served(folder)),
  },
};

/** Templates as TypeScript reads them, with what must not compile. */
const TYPED = {
  packages: ["typescript@5.9.3", "@types/react@19.3.3", "react@19.3.1", "vue@3.5.45", "svelte@5.57.3"],
  files: {
    "src/react.tsx": `import "generative-playground/react";
export const right = (
  <generative-model model="vae-mnist-2d" seed={7} count="4" keep-training latent-dim={2} path="linear" className="x"
    onready={(e) => console.log(e.detail.model.family)} onClick={(e) => e.clientX}>
    <img slot="poster" alt="" />
  </generative-model>
);
// @ts-expect-error: no such path
export const path = () => <generative-model path="crooked" />;
// @ts-expect-error: no such attribute
export const other = () => <generative-model nonsense="1" />;`,
    "src/vue.ts": `import "generative-playground/vue";
import type { GlobalComponents } from "vue";
type Props = InstanceType<GlobalComponents["generative-model"]>["$props"];
export const right: Props = { model: "a", seed: 7, class: "x", onReady: (e) => console.log(e.detail.model.family) };
// @ts-expect-error: no such path
export const path: Props = { path: "crooked" };`,
    "src/svelte.ts": `import "generative-playground/svelte";
import type { SvelteHTMLElements } from "svelte/elements";
type Props = SvelteHTMLElements["generative-model"];
export const right: Props = { model: "a", seed: 7, class: "x", onready: (e) => console.log(e.detail.model.family) };
// @ts-expect-error: no such path
export const path: Props = { path: "crooked" };`,
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        ...{ jsx: "react-jsx", module: "esnext", moduleResolution: "bundler", target: "es2022", strict: true },
        ...{ noEmit: true, lib: ["es2023", "dom", "dom.iterable"], types: [], skipLibCheck: true },
      },
      include: ["src"],
    }),
  },
};

/** Everything that a reader of the project may do with the element. */
async function drive(browser, url, rendered) {
  if (rendered) {
    const sent = await (await fetch(url)).text();
    assert.match(sent, /<generative-model[^>]*\smodel="vae-mnist-2d"/, "the server's page has the element");
    assert.match(sent, /<img[^>]*slot="poster"/, "and its poster");
  }
  const page = await browser.newPage();
  const wrong = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && wrong.push(`${m.text()} (${m.location().url})`));
  page.on("pageerror", (e) => wrong.push(String(e.stack)));
  const element = page.locator("generative-model");
  const is = (what) => page.waitForFunction(what, undefined, { timeout: 90_000 });
  const placed = () => is(() => document.querySelector("generative-model")?.info);
  const attribute = (name) => element.getAttribute(name);
  try {
    await page.goto(url);
    await placed();
    assert.equal(await element.count(), 1);
    assert.deepEqual(
      [await attribute("model"), await attribute("seed"), await attribute("count")],
      ["vae-mnist-2d", "7", "4"],
    );
    assert.equal(await element.evaluate((e) => e.hasAttribute("keep-training")), true, "a switch");
    assert.equal(await element.evaluate((e) => String(e.seed)), "7", "a property");
    await is(() => globalThis.heard?.some(([type, family]) => type === "ready" && family === "vae"));
    assert.equal((await element.evaluate((e) => e.sample())).kind, "image");
    await page.click("#seed");
    await is(() => document.querySelector("generative-model").getAttribute("seed") === "9");
    await is(() => document.querySelector("generative-model").state.seed === "9");
    for (const _ of ["once", "twice"]) {
      await page.evaluate(() => (globalThis.heard = []));
      await page.click("#toggle");
      assert.equal(await element.count(), 0, "it is gone");
      await page.click("#toggle");
      await placed();
      assert.deepEqual([await element.count(), await attribute("seed")], [1, "9"], "it is back as it was");
      assert.equal((await element.evaluate((e) => e.sample({ count: 2 }))).kind, "image");
    }
    assert.deepEqual(wrong, []);
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
for (const [name, project] of Object.entries(PROJECTS)) {
  if (wanted.length && !wanted.includes(name)) continue;
  for (const mode of ["development", "production"]) {
    let server;
    try {
      const folder = await projectOf(name, project.packages, project.files);
      server = await project[mode](folder);
      await drive(browser, server.url, project.rendered);
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
if (!wanted.length || wanted.includes("types")) {
  run(await projectOf("types", TYPED.packages, TYPED.files), "tsc", "-p", ".");
  console.log("ok      types of templates");
}

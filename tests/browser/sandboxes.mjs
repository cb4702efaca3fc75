// What a frame has in which sandbox, in Chromium, Firefox and WebKit: run by hand, for the table in
// web/pages/widgets.md. GP_ENGINES=firefox node tests/browser/sandboxes.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { admitted } from "../../web/site/address.mjs";
import { engines, withEngine } from "./engines.mjs";
import { until } from "./harness.mjs";
import { blogOf, copyOfSite, hostOf } from "./hosts.mjs";

const folder = copyOfSite();
const site = await hostOf(folder);
// As where the site is built for its address.
writeFileSync(join(folder, "embed.html"), admitted(readFileSync(join(folder, "embed.html"), "utf8"), site.origin));
const blog = await blogOf(site);
const SANDBOXES = {
  none: "",
  both: 'sandbox="allow-scripts allow-same-origin"',
  saving: 'sandbox="allow-scripts allow-downloads"',
  scripts: 'sandbox="allow-scripts"',
};
const query = "family=planar&amp;data=moons&amp;plot=density&amp;steps=30";
const framed = (sandbox) =>
  `<iframe ${sandbox} title="F" width="800" height="200" allow="clipboard-write"
    src="${site.origin}/embed.html?${query}"></iframe>`;
blog.script = `<script type="module" src="${site.origin}/frame.js"></script>`;

/** What is asked inside of a frame; whole, since it is sent there as text. */
const ask = async () => {
  const e = document.querySelector("generative-model");
  const attempt = async (work) => {
    try {
      return (await work()) ?? true;
    } catch (error) {
      return `no: ${error.name}`;
    }
  };
  await e.play();
  for (let i = 0; i < 100 && e.info.step < 30; i++) await new Promise((done) => setTimeout(done, 100));
  const adapter = await attempt(async () => Boolean(await navigator.gpu?.requestAdapter()));
  return {
    steps: e.info.step,
    samples: (await e.sample({ count: 2 }))?.kind,
    origin: self.origin === "null" ? "opaque" : "own",
    indexedDB: await attempt(
      () =>
        new Promise((done, fail) => {
          const request = indexedDB.open("probe");
          request.onsuccess = () => done(true);
          request.onerror = () => fail(request.error);
        }),
    ),
    locks: await attempt(() => navigator.locks.request("probe", () => true)),
    gpu: "gpu" in navigator ? `there, an adapter: ${adapter}` : "not there",
    clipboard: await attempt(() => navigator.clipboard.writeText("probe").then(() => true)),
    notices: [...e.renderRoot.querySelectorAll(".notice")].map((n) => n.dataset.code).join() || "none",
  };
};
const ready = () => {
  const e = document.querySelector("generative-model");
  return Boolean(e?.info && e.device);
};
/** A click on the button that saves the model. */
const save = () => {
  const { renderRoot } = document.querySelector("generative-model");
  [...renderRoot.querySelectorAll("button")].find((b) => b.textContent.includes("Download model")).click();
};

for (const name of engines)
  test(name, { timeout: 300_000 }, () =>
    withEngine(name, {}, async (browser) => {
      for (const [sandbox, attributes] of Object.entries(SANDBOXES)) {
        blog.element = framed(attributes);
        const page = await browser.open(blog.origin);
        await until(() => page.inside("iframe", ready).catch(() => false), "the model", 90_000);
        const found = await page.inside("iframe", ask);
        const download = await page.saves(() => page.inside("iframe", save));
        const height = await page.run(() => document.querySelector("iframe").clientHeight);
        console.log(name, sandbox, JSON.stringify({ ...found, download, sized: height > 300 }));
        await page.close();
      }
    }),
  );

// What a frame has in which sandbox, in Chromium, Firefox and WebKit: run by hand, for the table in
// web/pages/widgets.md. node tests/browser/sandboxes.mjs [chromium] [firefox] [webkit]
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import puppeteer from "puppeteer-core";
import { Builder, By, Capabilities } from "selenium-webdriver";
import { admitted } from "../../web/site/address.mjs";
import { blogOf, copyOfSite, hostOf } from "./hosts.mjs";
import { startBrowser, until } from "./harness.mjs";

const folder = copyOfSite();
const site = await hostOf(folder);
// As where the site is built for its address.
writeFileSync(join(folder, "embed.html"), admitted(readFileSync(join(folder, "embed.html"), "utf8"), site.origin));
const blog = await blogOf(site);
const chosen = process.argv.slice(2).filter((name) => /^(chromium|firefox|webkit)$/.test(name));
const wanted = (name) => !chosen.length || chosen.includes(name);
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
const tell = (browser, sandbox, found) => console.log(browser, sandbox, JSON.stringify(found));

if (wanted("chromium"))
  test("chromium", { timeout: 200_000 }, async () => {
    const browser = await startBrowser();
    for (const [name, sandbox] of Object.entries(SANDBOXES)) {
      blog.element = framed(sandbox);
      const page = await (await browser.newContext()).newPage();
      await page.goto(blog.origin);
      const frame = page.frames()[1];
      const ready = (e) => Boolean(e.info && e.device);
      await until(
        () =>
          frame
            .locator("generative-model")
            .evaluate(ready)
            .catch(() => false),
        "the model",
      );
      const found = await frame.evaluate(ask);
      const download = page.waitForEvent("download", { timeout: 4000 }).then(
        () => true,
        () => "no",
      );
      await frame.getByRole("button", { name: "Download model" }).click();
      const height = await page.locator("iframe").evaluate((e) => e.clientHeight);
      tell("chromium", name, { ...found, download: await download, sized: height > 300 });
      await page.context().close();
    }
  });

if (wanted("firefox"))
  test("firefox", { timeout: 300_000 }, async () => {
    const executablePath = process.env.GP_FIREFOX ?? "/usr/bin/firefox-esr";
    const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
    try {
      for (const [name, sandbox] of Object.entries(SANDBOXES)) {
        blog.element = framed(sandbox);
        const page = await browser.newPage();
        await page.goto(blog.origin);
        const frame = await until(() => page.frames().find((f) => f.url().includes("embed.html")), "the frame");
        const ready = (e) => Boolean(e.info && e.device);
        await until(() => frame.$eval("generative-model", ready).catch(() => false), "the model");
        const found = await frame.evaluate(ask);
        const height = await page.$eval("iframe", (e) => e.clientHeight);
        tell("firefox", name, { ...found, sized: height > 300 });
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });

if (wanted("webkit"))
  test("webkit", { timeout: 300_000 }, async () => {
    const display = ":97";
    const env = {
      ...process.env,
      DISPLAY: display,
      LANG: "en_US.UTF-8",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    };
    const port = 4900;
    const children = [
      spawn("Xvfb", [display, "-screen", "0", "1280x1000x24"], { stdio: "ignore" }),
      spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore", env }),
    ];
    await new Promise((done) => setTimeout(done, 2000));
    const binary = process.env.GP_MINIBROWSER ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
    const options = { binary, args: ["--automation"] };
    const browser = await new Builder()
      .usingServer(`http://localhost:${port}`)
      .withCapabilities(new Capabilities({ browserName: "MiniBrowser", "webkitgtk:browserOptions": options }))
      .build();
    try {
      await browser.manage().setTimeouts({ script: 60_000 });
      for (const [name, sandbox] of Object.entries(SANDBOXES)) {
        blog.element = framed(sandbox);
        await browser.get(blog.origin);
        await browser.switchTo().frame(await browser.findElement(By.css("iframe")));
        const ready = "const e = document.querySelector('generative-model'); return Boolean(e && e.info && e.device)";
        await until(() => browser.executeScript(ready).catch(() => false), "the model", 90_000);
        const code = `const done = arguments[arguments.length - 1]; (${ask})().then(done, (e) => done(String(e)))`;
        const found = await browser.executeAsyncScript(code);
        await browser.switchTo().defaultContent();
        const height = await browser.executeScript("return document.querySelector('iframe').clientHeight");
        tell("webkit", name, { ...found, sized: height > 300 });
      }
    } finally {
      await browser.quit();
      for (const child of children) child.kill();
    }
  });

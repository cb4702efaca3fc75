// Chromium, Firefox and WebKit, driven in one way: a page is opened, and functions run in it or in a frame of it.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { Builder, By, Capabilities } from "selenium-webdriver";
import { startBrowser, until } from "./harness.mjs";

const [WIDTH, HEIGHT] = [1000, 800];
/** A page may take so long for one function, milliseconds. */
const LONG = 60_000;

/** How long a file may take until it is saved, milliseconds. */
const SAVED = 5000;

/** Whether some work leaves a file in a folder. */
async function leaves(folder, work) {
  await work();
  const there = () => readdirSync(folder).length > 0;
  for (let i = 0; i < SAVED / 100 && !there(); i++) await new Promise((done) => setTimeout(done, 100));
  const found = there();
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  return found;
}

/** How an answer comes out of a page: frames and functions are what drivers differ in, values are not. */
const text = (run, args) => `(${run})(...${JSON.stringify(args)})`;

/** What Playwright and Puppeteer do with a page in the same words. */
const driven = (page) => ({
  run: (act, ...args) => page.evaluate(text(act, args)),
  async inside(selector, act, ...args) {
    const frame = await until(async () => (await page.$(selector))?.contentFrame(), `a frame in ${selector}`);
    return frame.evaluate(text(act, args));
  },
  picture: (path) => page.screenshot({ path }),
});

/** Chromium; `still` is a reader who has asked for less motion. */
async function chromium({ still, width = WIDTH }) {
  const browser = await startBrowser();
  return {
    async open(url) {
      const reducedMotion = still ? "reduce" : "no-preference";
      const context = await browser.newContext({ viewport: { width, height: HEIGHT }, reducedMotion });
      const page = await context.newPage();
      await page.goto(url);
      return {
        ...driven(page),
        async saves(work) {
          const download = page.waitForEvent("download", { timeout: SAVED }).then(
            () => true,
            () => false,
          );
          await work();
          return download;
        },
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}

async function firefox({ still, width = WIDTH }) {
  const saved = mkdtempSync(join(tmpdir(), "saved-"));
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.GP_FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: {
      "ui.prefersReducedMotion": still ? 1 : 0,
      "browser.download.folderList": 2,
      "browser.download.dir": saved,
      "browser.download.always_ask_before_handling_new_types": false,
    },
  });
  return {
    async open(url) {
      const page = await browser.newPage();
      await page.setViewport({ width, height: HEIGHT });
      await page.goto(url);
      return {
        ...driven(page),
        saves: (work) => leaves(saved, work),
        close: () => page.close(),
      };
    },
    async close() {
      await browser.close();
      rmSync(saved, { recursive: true, force: true });
    },
  };
}

let displays = 0;
/** WebKit, through WebKitGTK's MiniBrowser, which takes the wish for less motion from GTK. */
async function webkit({ still, width = WIDTH }) {
  const n = displays++;
  const [display, port] = [`:${100 + (process.pid % 400) + n}`, 5200 + (process.pid % 700) + n];
  const config = mkdtempSync(join(tmpdir(), "gtk-"));
  const saved = join(config, "Downloads");
  mkdirSync(saved);
  writeFileSync(join(config, "user-dirs.dirs"), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
  for (const version of ["gtk-3.0", "gtk-4.0"]) {
    mkdirSync(join(config, version));
    const settings = `[Settings]\ngtk-enable-animations=${still ? 0 : 1}\n`;
    writeFileSync(join(config, version, "settings.ini"), settings);
  }
  const env = {
    ...process.env,
    DISPLAY: display,
    XDG_CONFIG_HOME: config,
    HOME: config, // Where it saves files.
    LANG: "en_US.UTF-8", // In the C locale WebKitGTK names a language that Intl does not know.
    LC_ALL: "en_US.UTF-8",
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", // The tests run as root.
  };
  const children = [
    spawn("Xvfb", [display, "-screen", "0", "1280x1000x24"], { stdio: "ignore" }),
    spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore", env }),
  ];
  await new Promise((done) => setTimeout(done, 1500));
  const binary = process.env.GP_MINIBROWSER ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
  const options = { binary, args: ["--automation"] };
  const browser = await new Builder()
    .usingServer(`http://localhost:${port}`)
    .withCapabilities(new Capabilities({ browserName: "MiniBrowser", "webkitgtk:browserOptions": options }))
    .build();
  await browser.manage().setTimeouts({ script: LONG });
  await browser.manage().window().setRect({ width, height: HEIGHT });
  const ended = "(value) => done({ value }), (e) => done({ error: String(e) })";
  const run = async (act, ...args) => {
    const code = `const done = arguments[arguments.length - 1]; (async () => ${text(act, args)})().then(${ended})`;
    const { value, error } = await browser.executeAsyncScript(code);
    if (error !== undefined && error !== null) throw new Error(error);
    return value ?? undefined;
  };
  return {
    async open(url) {
      await browser.get(url);
      return {
        run,
        async inside(selector, act, ...args) {
          await browser.switchTo().frame(await browser.findElement(By.css(selector)));
          try {
            return await run(act, ...args);
          } finally {
            await browser.switchTo().defaultContent();
          }
        },
        picture: async (path) => writeFileSync(path, Buffer.from(await browser.takeScreenshot(), "base64")),
        saves: (work) => leaves(saved, work),
        close: () => browser.get("about:blank"),
      };
    },
    async close() {
      await browser.quit().catch(() => undefined);
      for (const child of children) child.kill();
      rmSync(config, { recursive: true, force: true });
    },
  };
}

const ENGINES = { chromium, firefox, webkit };
/** The engines, or those that GP_ENGINES names. */
export const engines = Object.keys(ENGINES).filter((name) => (process.env.GP_ENGINES ?? name).includes(name));

/** Does something with a browser of an engine. */
export async function withEngine(name, options, work) {
  const browser = await ENGINES[name](options);
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

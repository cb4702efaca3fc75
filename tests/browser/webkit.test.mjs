// WebKit, through WebKitGTK's MiniBrowser: the third engine, on the CPU, for it has no WebGPU there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, test } from "node:test";
import { Builder, Capabilities } from "selenium-webdriver";
import { startSite, until } from "./harness.mjs";

const MINI_BROWSER = process.env.GP_MINIBROWSER ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
const DISPLAY = `:${90 + (process.pid % 9)}`;

const children = [];
/** A program beside the test, which ends with it. */
function beside(program, args, env = {}) {
  const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, ...env } });
  children.push(child);
  return new Promise((running, failed) => {
    child.on("error", failed);
    setTimeout(running, 1000);
  });
}

const site = await startSite();
const port = 4400 + (process.pid % 500);
await beside("Xvfb", [DISPLAY, "-screen", "0", "1280x1000x24"]);
// In the C locale WebKitGTK names a language that Intl does not know.
const locale = { LANG: "en_US.UTF-8", LC_ALL: "en_US.UTF-8" };
await beside("WebKitWebDriver", [`--port=${port}`], {
  DISPLAY,
  ...locale,
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", // The tests run as root.
});
const browser = await new Builder()
  .usingServer(`http://localhost:${port}`)
  .withCapabilities(
    new Capabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: MINI_BROWSER, args: ["--automation"] },
    }),
  )
  .build();
after(async () => {
  await browser.quit();
  for (const child of children) child.kill();
});

/** Asks something of an element of the page. */
const ask = (selector, act) => browser.executeScript(`return (${act})(document.querySelector("${selector}"))`);

test("the entrance shows live samples", { timeout: 120_000 }, async () => {
  await browser.get(site.url);
  await until(() => ask("#hero", (e) => Boolean(e.info && e.device)), "the model");
  assert.equal(await ask("#hero", (e) => e.device.backend), "cpu");
  const drawn = () =>
    ask("#hero", (e) => {
      const canvas = e.renderRoot.querySelector("canvas");
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels.some((v, i) => i % 4 === 3 && v > 128);
    });
  await until(drawn, "samples on the canvas");
});

test("a model trains, and its loss falls", { timeout: 120_000 }, async () => {
  await browser.get(`${site.url}vae.html?view=train&layers=1`);
  await ask("#vae-model", (e) => e.scrollIntoView());
  await until(() => ask("#vae-model", (e) => Boolean(e.info && e.device)), "the model");
  await ask("#vae-model", (e) => void e.play());
  await until(() => ask("#vae-model", (e) => e.info.step > 200), "200 steps");
  const losses = await ask(
    "#vae-model",
    (e) => e.info.state.losses.find((l) => l.name === "reconstruction" && l.split === "train").values,
  );
  assert.ok(losses.at(-1) < losses[0], `the loss went from ${losses[0]} to ${losses.at(-1)}`);
});

test("a text is written, and formulas are set with the font of the site", { timeout: 120_000 }, async () => {
  await browser.get(`${site.url}text.html`);
  await ask("#text-model", (e) => e.scrollIntoView());
  await until(() => ask("#text-model", (e) => Boolean(e.info && e.device)), "the model");
  await until(() => ask("#text-model", (e) => e.renderRoot.textContent.includes("ROMEO")), "a text");
  await until(() => browser.executeScript('return document.fonts.check("20px STIX Two Math", "∑")'), "the font");
});

// Every tensor operation and shape that the models use, WebGPU (SwiftShader) against the CPU.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startBrowser, startSite } from "./harness.mjs";

const site = await startSite();
// Modules that the site itself does not carry (`build_parity` in .ci/lib.sh).
const folder = process.env.GP_PARITY ?? join(homedir(), ".cache/generative-playground/parity");
for (const file of ["cpu.js", "cpu_bg.wasm", "webgpu.js", "webgpu_bg.wasm"]) {
  site.answers.set(`parity-${file}`, readFileSync(join(folder, `parity-${file}`)));
}
const browser = await startBrowser({ webgpu: true });

/** The suite (src/parity.rs) on one back end, in a page of its own. */
async function suite(backend) {
  const page = await browser.newPage();
  await page.goto(`${site.url}files.json`);
  const cases = await page.evaluate(async (name) => {
    const module = await import(`/parity-${name}.js`);
    await module.default({ module_or_path: fetch(`/parity-${name}_bg.wasm`) });
    module.start(() => {});
    await module.init_device(name, true);
    return (await module.parity()).map((c) => ({ name: c.name, values: [...c.values] }));
  }, backend);
  await page.close();
  return cases;
}

test("WebGPU equals the CPU within 1e-3 of each result's largest value", { timeout: 600_000 }, async () => {
  const expected = await suite("cpu");
  const given = await suite("webgpu");
  assert.ok(expected.length > 20, `${expected.length} cases`);
  assert.deepEqual(
    given.map((c) => c.name),
    expected.map((c) => c.name),
  );
  const wrong = [];
  let worst = 0;
  for (const [i, { name, values }] of expected.entries()) {
    const scale = Math.max(1e-6, ...values.map(Math.abs));
    const error = Math.max(...values.map((v, j) => Math.abs(v - given[i].values[j]))) / scale;
    worst = Math.max(worst, error);
    if (!(error <= 1e-3)) wrong.push(`${name}: ${error}`);
  }
  console.log(`${expected.length} cases, worst ${worst}`);
  assert.deepEqual(wrong, []);
});

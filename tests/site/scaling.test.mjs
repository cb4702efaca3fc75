// The law of how losses fall with size and data, beside SciPy's least squares and beside laws that are known.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { best, compute, error, fit, loss } from "../../recipes/scaling/law.mjs";
import { scaling } from "../../web/site/scaling.mjs";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const measured = read("../../web/data/scaling.json");
const points = measured.models.flatMap(({ weights, steps, losses }) =>
  steps
    .map((step, i) => ({ step, N: weights, D: step * measured.tokensPerStep, L: losses[i] }))
    .filter(({ step }) => step >= measured.from),
);
const close = (a, b, share, what) => assert.ok(Math.abs(a - b) <= share * Math.abs(b), `${what}: ${a}, not ${b}`);

test("a law that is known is found again, from exact losses", () => {
  const true_ = { E: 1.3, A: 12, alpha: 0.34, B: 4000, beta: 0.71 };
  const found = fit(points.map(({ N, D }) => ({ N, D, L: loss(true_, { N, D }) })));
  for (const name of Object.keys(true_)) close(found[name], true_[name], 1e-4, name);
});

test("the law of the nine models is SciPy's, and what is shipped is fitted to what is shipped", () => {
  const reference = read("../reference/scaling.json");
  const law = fit(points);
  for (const name of Object.keys(law)) {
    close(law[name], reference.law[name], 2e-3, name);
    close(measured.law[name], law[name], 1e-9, name);
  }
  close(error(law, points), reference.error, 1e-6, "error");
  close(measured.error, reference.error, 1e-6, "error");
});

test("the best size for a sum of operations is the lowest point along it", () => {
  for (const C of [1e9, 1e11, 1e13]) {
    const { N, D } = best(measured.law, C);
    close(compute({ N, D }), C, 1e-9, "operations");
    for (const f of [0.99, 1.01])
      assert.ok(loss(measured.law, { N: N * f, D: D / f }) > loss(measured.law, { N, D }), `another split of ${C}`);
  }
});

test("nine models, each larger and better than the one before, and charts without a hole", () => {
  const { models } = measured;
  assert.equal(models.length, 9);
  for (let i = 1; i < 9; i++) {
    assert.ok(models[i].weights > models[i - 1].weights);
    assert.ok(models[i].losses.at(-1) < models[i - 1].losses.at(-1), `${models[i].layers}x${models[i].width}`);
  }
  for (const lang of ["en", "de"]) {
    const html = scaling(lang);
    assert.doesNotMatch(html, /NaN|undefined|Infinity/);
    assert.equal(html.match(/<svg/g).length, 3);
    assert.equal(html.match(/<circle/g).length, 9);
    assert.equal(html.match(/<tr>/g).length, 10);
  }
});

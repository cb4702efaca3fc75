// The workbench: its form follows from what is declared, its result from the form, and its address says both.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";
import { alone, closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const { ATTRIBUTES, attributeOf, declared } = await load("web/element/attributes.ts");

const open = async (query, options = {}) => {
  const page = await openPage(browser, site, { path: `workbench.html?backend=cpu&${query}`, ...options });
  const live = page.locator("gp-workbench generative-model");
  await until(() => live.evaluate((e) => Boolean(e.info)), "the model");
  await page.locator("gp-workbench fieldset >> nth=1").waitFor();
  return { page, live };
};
const attributes = (live) =>
  live.evaluate((e) => Object.fromEntries(e.getAttributeNames().map((n) => [n, e.getAttribute(n)])));
const snippet = (page) => page.locator(".to-paste code").textContent();

test("there is a field for every attribute of the table and for every option that Rust declares", async () => {
  const { page, live } = await open("family=realnvp&data=moons&steps=1");
  const ids = await page.locator("gp-workbench form [id]").evaluateAll((all) => all.map((e) => e.id));
  for (const name of Object.keys(ATTRIBUTES))
    if (declared(name, "model") && name !== "size") assert.ok(ids.includes(`attribute-${name}`), name);
  const { family, train } = await live.evaluate(async (e) => {
    const { families, trainSchema } = await e.session.describe();
    return { family: families.find((f) => f.id === "realnvp"), train: trainSchema };
  });
  const shown = (schema) =>
    Object.entries(schema.properties).flatMap(([name, s]) =>
      s["x-recipe"] || s["x-where"] || (s["x-data"] && !s["x-data"].includes("points")) ? [] : [name],
    );
  assert.ok(shown(family.configSchema).length > 3);
  for (const name of [...shown(family.configSchema), ...shown(family.sampleSchema), ...shown(train)])
    assert.ok(ids.some((id) => id.endsWith(`-${name}`)) || Object.hasOwn(ATTRIBUTES, attributeOf(name)), name);
  await closePage(page);
});

test("what is chosen is shown, can be pasted, and stands in the address", async () => {
  const { page, live } = await open("model=vae-mnist-2d");
  await page.locator("#attribute-view").selectOption("latent");
  await page.locator("#attribute-seed").fill("7");
  await page.locator("#attribute-seed").blur();
  await until(async () => (await attributes(live)).seed === "7", "the seed");
  assert.equal((await attributes(live)).view, "latent");
  await until(() => page.url().includes("view=latent&seed=7"), "the address");
  const text = await snippet(page);
  assert.match(text, /<generative-model model="vae-mnist-2d" view="latent" seed="7"/);
  const url = page.url();
  await closePage(page);

  const again = await open(new URL(url).search.slice(1));
  assert.equal(
    await snippet(again.page).then((t) => /<generative-model.*/.exec(t)[0]),
    /<generative-model.*/.exec(text)[0],
  );
  // What is there by itself is left out.
  await again.page.locator("#attribute-seed").fill(String(ATTRIBUTES.seed.fallback));
  await again.page.locator("#attribute-seed").blur();
  await until(async () => !(await snippet(again.page)).includes("seed="), "no seed");
  await closePage(again.page);

  const host = await alone(browser, site, /<generative-model.*/.exec(text)[0]);
  const pasted = host.locator("generative-model");
  await until(() => pasted.evaluate((e) => Boolean(e.info)), "the model");
  assert.deepEqual(await pasted.evaluate(({ state: { view, seed, model } }) => [view, seed, model]), [
    "latent",
    "7",
    "vae-mnist-2d",
  ]);
  await closePage(host);
});

test("what does not hold is told beside its field and left out", async () => {
  const { page, live } = await open("model=vae-mnist&seed=nonsense&temperature=99&nobody=3&autoplay=1&src=x");
  for (const [id, says] of [
    ["attribute-seed", /“nonsense” cannot be the value of seed: a whole number/],
    ["sample-temperature", /“99” cannot be the value of Temperature|must lie between/],
  ]) {
    const box = page.locator(`form #${id}`);
    await until(async () => (await box.getAttribute("aria-invalid")) === "true", `${id} is marked`);
    const help = await box.getAttribute("aria-describedby");
    assert.match(await page.locator(`form [id="${help}"]`).textContent(), says);
  }
  const set = await attributes(live);
  for (const name of ["seed", "temperature", "nobody", "autoplay", "src"]) assert.ok(!(name in set), name);
  assert.match(await page.locator("form .wrong[role=alert]").allTextContents().then(String), /autoplay, src.*nobody/s);
  assert.doesNotMatch(await snippet(page), /seed|temperature|nobody|autoplay/);
  await page.locator("#attribute-seed").fill("3");
  await page.locator("#attribute-seed").blur();
  await until(async () => (await attributes(live)).seed === "3", "the seed");
  page.problems.splice(
    0,
    page.problems.length,
    ...page.problems.filter((p) => !p.includes("“nobody” is no attribute")),
  );
  await closePage(page);
});

test("what a reader does in the figure is taken over", async () => {
  const { page, live } = await open("model=vae-mnist");
  await live.locator("#tab-interpolate").click();
  await until(async () => (await snippet(page)).includes('view="interpolate"'), "the view");
  assert.equal(await page.locator("#attribute-view").inputValue(), "interpolate");
  await closePage(page);
});

test("in German, and for the lab", async () => {
  const page = await openPage(browser, site, { path: "workbench.de.html?element=lab&data=circles" });
  await page.locator("gp-workbench generative-lab").waitFor();
  await until(async () => (await page.locator("#attribute-preset option").count()) > 3, "the experiments");
  assert.match(await page.locator("#attribute-seed-help").textContent(), /Startwert/);
  assert.match(await snippet(page), /<generative-lab data="circles" lang="de">/);
  await page.locator(".to-paste button", { hasText: "Link" }).click();
  assert.match(await snippet(page), /embed\.de\.html\?element=lab&data=circles$/);
  await closePage(page);
});

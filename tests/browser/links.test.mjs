// What links and attributes may say, on a server that sends no headers of its own.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alone, closePage, modelOf, notices, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite({ bare: true });
const browser = await startBrowser();

test("a link runs no script, covers nothing and starts nothing", async () => {
  const path =
    "lab.html?onerror=document.title%3D%27FIRED%27&onpointerenter=document.title%3D%27FIRED%27&nonsense=1" +
    "&style=position:fixed;inset:0&autoplay=&steps=3000&hidden=&id=x#bench";
  // The page itself has its labs begin at first sight, but not for those who want no motion.
  const page = await openPage(browser, site, { path, reducedMotion: "reduce" });
  const lab = page.locator("#lab-model");
  await page.evaluate(() => document.querySelector("#bench").scrollIntoView());
  await until(() => lab.evaluate((l) => l.shown?.some((x) => x.view)), "the lab");
  await lab.hover();
  const names = await lab.evaluate((l) => l.getAttributeNames());
  assert.deepEqual(
    names.filter((n) => /^on|style|autoplay|backend|hidden/.test(n)),
    ["autoplay"],
  );
  assert.equal(await lab.evaluate((l) => l.id), "lab-model");
  assert.notEqual(await page.title(), "FIRED");
  await page.waitForTimeout(500);
  assert.ok(await lab.evaluate((l) => !l.wants && l.shown.every((x) => !x.running && (x.info?.step ?? 0) === 0)));
  assert.equal(page.workers().length, 1);
  // What the link said and cannot be is told, once for each name.
  const told = await lab.locator(".notice p").allInnerTexts();
  for (const name of ["autoplay", "nonsense"])
    assert.ok(
      told.some((t) => t.includes(`“${name}”`)),
      `${name}: ${told.join(" | ")}`,
    );
  await closePage(page);
});

test("a link to a figure of the first article leads to its chapter, with what it said", async () => {
  for (const [old, now] of [
    ["?lab.family=gan&lab.seed=3#lab", /lab\.html\?.*family=gan.*seed=3.*#bench$/],
    ["?text.view=read&text.text=Anna#text", /text\.html\?.*view=read.*#write$/],
    ["?model=vae-mnist-2d&view=latent#try", /vae\.html\?.*view=latent.*#try$/],
  ]) {
    const page = await openPage(browser, site, { path: old });
    await until(() => now.test(page.url()), `${old} leads to ${page.url()}`);
    await closePage(page);
  }
});

test("the page's own policy holds without the server's", async () => {
  const page = await openPage(browser, site, { expected: [/Content Security Policy/] });
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    document.body.setAttribute("onclick", "globalThis.ran = true");
    document.body.click();
    return globalThis.ran;
  });
  assert.equal(ran, undefined);
  await closePage(page);
});

describe("a link reaches its figure", () => {
  for (const reducedMotion of ["no-preference", "reduce"]) {
    for (const [chapter, hash] of [
      ["text.html", "write"],
      ["lab.html", "bench"],
    ]) {
      test(`#${hash}, ${reducedMotion}`, async () => {
        const page = await openPage(browser, site, { path: `${chapter}?backend=cpu#${hash}`, reducedMotion });
        await page.waitForTimeout(4500);
        const top = await page.locator(`#${hash}`).evaluate((e) => e.getBoundingClientRect().top);
        assert.ok(Math.abs(top) < 60, `${hash} is ${Math.round(top)} pixels from the top`);
        assert.equal(new URL(page.url()).hash, `#${hash}`, "and stays the address");
        await closePage(page);
      });
    }
    test(`from the text, ${reducedMotion}`, async () => {
      const page = await openPage(browser, site, { path: "text.html?backend=cpu", reducedMotion });
      await page.getByRole("link", { name: "Look for heads with a trade." }).click();
      await page.waitForTimeout(5000);
      const top = await page.locator("#write").evaluate((e) => e.getBoundingClientRect().top);
      assert.ok(Math.abs(top) < 60, `${Math.round(top)} pixels from the top`);
      // And lets go at once when the reader wants to be elsewhere.
      await page.mouse.move(20, 400);
      await page.mouse.wheel(0, -700);
      await page.waitForTimeout(800);
      const after = await page.locator("#write").evaluate((e) => e.getBoundingClientRect().top);
      assert.ok(after > 400, `${Math.round(after)} pixels after the wheel`);
      await closePage(page);
    });
  }
});

describe("attributes", () => {
  test("that frameworks and browsers add are left alone, slips are told, others go to the console", async () => {
    const lines = [];
    const page = await alone(
      browser,
      site,
      `<generative-model model="vae-mnist-2d" backend="cpu" _ngcontent-ng-c17="" classname="figure" v-cloak x-data="{}"
        loading="lazy" width="300" theme="dark" data-v-1="" ng-version="17" hx-get="/" part="x" temprature="0.4"
        sparkle="1"></generative-model>`,
      { expected: [/sparkle/] },
    );
    page.on("console", (m) => lines.push(m.text()));
    const element = await modelOf(page, "generative-model");
    await element.evaluate((e) => {
      e.setAttribute("_msthash", "42");
      e.setAttribute("glitter", "1");
    });
    page.problems.length = 0;
    await until(() => lines.some((l) => l.includes("glitter")), "a word to the author");
    const told = await element.locator(".notice p").allInnerTexts();
    assert.equal(told.length, 1, told.join(" | "));
    assert.match(told[0], /temprature.*temperature/);
    page.problems.length = 0;
    await closePage(page);
  });

  test("of the lab take effect at any time, and removing undoes them", async () => {
    const page = await alone(
      browser,
      site,
      `<generative-lab backend="cpu" family="vae" controls="few"></generative-lab>`,
    );
    const lab = page.locator("generative-lab");
    await until(() => lab.evaluate((l) => l.shown?.[0]?.info && l.chosen === "vae"), "the model");
    const set = (name, value) =>
      lab.evaluate((l, [n, v]) => (v === null ? l.removeAttribute(n) : l.setAttribute(n, v)), [name, value]);
    const holds = (test, what) => until(() => lab.evaluate(test), what);
    await set("data", "circles");
    await holds((l) => l.task.data === "circles" && l.shown[0].info?.data === "circles", "other data");
    await set("noise", "1.5");
    await holds((l) => l.task.dataOptions.noise === 1.5, "noise");
    await set("noise", null);
    await holds((l) => !("noise" in l.task.dataOptions), "no noise");
    await set("data", null);
    await holds((l) => l.task.data === "moons" && l.shown[0].info?.data === "moons", "the first data again");
    await set("beta", "3");
    await holds((l) => l.shown[0].info?.config.beta === 3, "an option");
    await set("beta", null);
    await holds((l) => l.shown[0].info?.config.beta === 1, "its default");
    await set("steps", "500");
    await holds((l) => l.task.budget.steps === 500, "a budget");
    await set("steps", null);
    await holds((l) => l.task.budget.steps === 2000, "the first budget");
    await set("plot", "latent");
    await holds((l) => l.shown[0].plot === "latent", "a plot");
    await set("plot", null);
    await holds((l) => l.shown[0].plot === l.shown[0].plots[0].id, "the first plot");
    await set("overlay", "false");
    await holds((l) => !l.withData, "no data beneath");
    await set("overlay", "");
    await holds((l) => l.withData, "data beneath");
    // As a framework does it: properties.
    await lab.evaluate((l) => {
      l.family = "mdn";
    });
    await holds((l) => l.chosen === "mdn" && l.getAttribute("family") === "mdn" && l.shown[0].info, "a property");
    await lab.evaluate((l) => {
      l.family = null;
    });
    await holds((l) => l.chosen === "all", "all families");
    assert.deepEqual(await notices(lab), []);
    await closePage(page);
  });

  test("of a model of points take effect at any time, and removing undoes them", async () => {
    const page = await alone(browser, site, `<generative-model backend="cpu" family="vae"></generative-model>`);
    const element = await modelOf(page, "generative-model");
    const set = (name, value) =>
      element.evaluate((l, [n, v]) => (v === null ? l.removeAttribute(n) : l.setAttribute(n, v)), [name, value]);
    const holds = (test, what) => until(() => element.evaluate(test), what, 10_000);
    assert.equal(await element.evaluate((e) => e.info.data), "moons");
    await set("data", "circles");
    await holds((e) => e.info.data === "circles", "other data");
    await set("data", null);
    await holds((e) => e.info.data === "moons", "the first data again");
    await set("beta", "3");
    await holds((e) => e.info.config.beta === 3, "an option");
    await set("beta", null);
    await holds((e) => e.info.config.beta === 1, "its default");
    await set("steps", "40");
    await holds((e) => e.trainer.budget.steps === 40, "a budget");
    await set("plot", "latent");
    await holds((e) => e.settled.view === "latent", "a plot");
    await set("plot", null);
    await holds((e) => e.settled.view === "samples", "the first plot");
    await set("look", "latent");
    await holds((e) => e.settled.view === "latent", "by its former name");
    await set("seed", "7");
    await holds((e) => e.info.seed === 7, "another seed");
    await element.evaluate((e) => e.play());
    await holds((e) => e.info.step === 40 && !e.trainer.running, "the end of the budget");
    await set("family", "mdn");
    await holds((e) => e.info.family === "mdn", "another family");
    await element.evaluate((e) => {
      e.removeAttribute("family");
      e.setAttribute("model", "vae-mnist-2d");
    });
    await holds((e) => e.info.family === "vae" && e.info.space.kind === "image", "a shipped model");
    await element.evaluate((e) => {
      e.removeAttribute("model");
      e.setAttribute("family", "realnvp");
    });
    await holds((e) => e.info.family === "realnvp" && e.info.space.kind === "points", "and back");
    assert.deepEqual(await element.locator(".notice p").allInnerTexts(), []);
    await closePage(page);
  });

  test("of a family that knows images and points: the data decides", async () => {
    const page = await alone(
      browser,
      site,
      `<generative-model backend="cpu" family="vae" data="fashion"></generative-model>`,
    );
    const element = await modelOf(page, "generative-model");
    const holds = (test, what) => until(() => element.evaluate(test), what, 20_000);
    await holds((e) => e.info.data === "fashion" && e.info.step === 0, "an untrained model of images");
    await element.evaluate((e) => e.setAttribute("data", "circles"));
    await holds((e) => e.info.data === "circles" && e.info.space.kind === "points", "one of points");
    await element.evaluate((e) => e.setAttribute("data", "mnist"));
    await holds((e) => e.info.data === "mnist" && e.info.space.kind === "image", "and of other images");
    await element.evaluate((e) => e.play());
    await holds((e) => e.info.step > 2, "it trains");
    assert.deepEqual(await element.locator(".notice p").allInnerTexts(), []);
    await closePage(page);
  });

  test("may be properties, set before or after the element is defined or in the page", async () => {
    const page = await alone(browser, site, "");
    const made = await page.evaluate(async () => {
      // As a framework does it whose components come first.
      const early = document.createElement("early-model");
      Object.assign(early, { family: "gan", data: "rings", steps: 300, backend: "cpu" });
      document.querySelector("main").append(early);
      const Model = await customElements.whenDefined("generative-model");
      customElements.define("early-model", class extends Model {});
      const late = document.createElement("generative-model");
      Object.assign(late, { family: "mdn", backend: "cpu", seed: 5 });
      late.setAttribute("data", "circles");
      document.querySelector("main").append(late);
      const lab = document.createElement("generative-lab");
      Object.assign(lab, { family: "vae", data: "circles", backend: "cpu", controls: "few" });
      document.querySelector("main").append(lab);
      await Promise.all([early, late, lab].map((e) => e.load()));
      const done = () => early.info && late.info && lab.shown[0]?.info;
      while (!done()) await new Promise((wake) => setTimeout(wake, 50));
      return {
        early: [early.info.family, early.info.data, early.trainer.budget.steps],
        late: [late.info.family, late.info.data, late.info.seed, late.getAttribute("family")],
        lab: [lab.shown.length, lab.shown[0].info.family, lab.shown[0].info.data],
      };
    });
    assert.deepEqual(made, {
      early: ["gan", "rings", 300],
      late: ["mdn", "circles", 5, "mdn"],
      lab: [1, "vae", "circles"],
    });
    await page.locator("generative-model").evaluate((e) => {
      e.family = "vae";
    });
    await until(() => page.locator("generative-model").evaluate((e) => e.info.family === "vae"), "a property");
    await closePage(page);
  });

  test("a family that is none is told", async () => {
    const page = await alone(browser, site, `<generative-model backend="cpu" family="vea"></generative-model>`);
    const element = page.locator("generative-model");
    await until(async () => (await notices(element)).includes("bad-option"), "an error");
    assert.match(await element.locator(".notice").innerText(), /vae, .*gpt/);
    await element.evaluate((e) => e.setAttribute("family", "vae"));
    await until(() => element.evaluate((e) => e.info?.family === "vae"), "and put right");
    await until(async () => (await notices(element)).length === 0, "the error is gone");
    await closePage(page);
  });

  test("autoplay means what it says", async () => {
    const page = await alone(
      browser,
      site,
      ["", "false"]
        .map((v) => `<generative-lab backend="cpu" family="vae" controls="few" autoplay="${v}"></generative-lab>`)
        .join(""),
    );
    const labs = page.locator("generative-lab");
    await until(() => labs.first().evaluate((l) => l.shown?.[0]?.info?.step > 0), "the first trains");
    await labs.last().scrollIntoViewIfNeeded();
    await until(() => labs.last().evaluate((l) => l.shown?.[0]?.info), "the second is there");
    assert.equal(await labs.last().evaluate((l) => l.wants), false);
    await closePage(page);
  });

  test("a number for `hidden` is the option of that name, and hides nothing", async () => {
    const page = await alone(
      browser,
      site,
      `<generative-model backend="cpu" family="vae" hidden="16"></generative-model>`,
    );
    const element = await modelOf(page, "generative-model");
    assert.equal(await element.evaluate((e) => e.info.config.hidden), 16);
    await element.evaluate((e) => e.setAttribute("hidden", ""));
    assert.equal(await element.isVisible(), false, "and HTML's own still does");
    await closePage(page);
  });

  test("numbers beyond reason are refused", async () => {
    const page = await alone(
      browser,
      site,
      `<generative-model model="vae-mnist-2d" backend="cpu" refresh="1e12" columns="0"></generative-model>`,
    );
    const element = await modelOf(page, "generative-model");
    const told = await element.locator(".notice p").allInnerTexts();
    assert.equal(told.length, 2, told.join(" | "));
    assert.equal(await element.evaluate((e) => e.quiet), false);
    await closePage(page);
  });
});

test("links to experiments set up what they name, whatever the page shows without them", async () => {
  const page = await openPage(browser, site, { path: "lab.html?backend=cpu#bench" });
  const links = [];
  for (const chapter of ["vae", "gan", "flows", "diffusion", "lab"]) {
    await page.goto(`${site.url}${chapter}.html?backend=cpu`);
    const found = await page.locator("a[href*='preset=']").evaluateAll((all) => all.map((a) => a.href));
    links.push(...found);
  }
  assert.ok(links.length >= 6, links.join(" "));
  for (const link of new Set(links)) {
    const url = new URL(link);
    url.searchParams.set("backend", "cpu");
    await page.goto("about:blank");
    await page.goto(url.href);
    const lab = page.locator("generative-lab");
    await lab.scrollIntoViewIfNeeded();
    const id = url.searchParams.get("preset");
    await until(() => lab.evaluate((l) => l.shown?.length === 1 && l.shown[0].info), `${id}: its model`);
    const { preset, ...there } = await lab.evaluate((l) => {
      const [learner] = l.shown;
      return {
        preset: l.experiment,
        family: learner.family.id,
        data: learner.info.data,
        plot: learner.plot,
        at: learner.at,
        steps: l.task.budget.steps,
        config: Object.fromEntries(Object.keys(l.experiment.config).map((k) => [k, learner.info.config[k]])),
        train: Object.fromEntries(Object.keys(l.experiment.train).map((k) => [k, learner.info.train[k]])),
      };
    });
    assert.equal(preset.id, id);
    const { family, data, plot, at, steps, config, train } = preset;
    assert.deepEqual(there, { family, data, plot, at, steps, config, train });
  }
  await closePage(page);
});

test("a link to a lab says what the page has otherwise, also where that is what a lab begins with", async () => {
  const page = await openPage(browser, site, { path: "gan.html?backend=cpu", reducedMotion: "reduce" });
  const lab = page.locator("#gan-lab");
  const stands = () => until(() => lab.evaluate((l) => l.shown?.length === 1 && l.shown[0].info), "the model");
  const now = () => lab.evaluate((l) => ({ data: l.task.data, plot: l.shown[0].plot, steps: l.task.budget.steps }));
  await lab.scrollIntoViewIfNeeded();
  await stands();
  assert.deepEqual(await now(), { data: "8gaussians", plot: "discriminator", steps: 2000 });
  await page.evaluate(() => {
    const l = document.querySelector("#gan-lab");
    l.setAttribute("data", "moons");
    l.setAttribute("gan.plot", "samples");
  });
  await until(async () => (await now()).data === "moons", "other data");
  await page.locator("#gan-lab ~ .tools button").first().click();
  await until(() => /data=moons/.test(page.url()), "the link");
  const url = page.url();
  await page.goto("about:blank");
  await page.goto(url);
  await lab.scrollIntoViewIfNeeded();
  await stands();
  assert.deepEqual(await now(), { data: "moons", plot: "samples", steps: 2000 });
  // As it is in the page, there is nothing to say.
  await page.locator("#gan-lab ~ .tools button").last().click();
  await until(async () => (await now()).data === "8gaussians", "as it was");
  await until(() => !/moons|gan\.plot|steps/.test(page.url()), page.url());
  await closePage(page);
});

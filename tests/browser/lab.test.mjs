// The two-dimensional lab: families learn one set of points side by side.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  closePage,
  colours,
  notices,
  openPage,
  picture,
  screenshot,
  startBrowser,
  startSite,
  until,
} from "./harness.mjs";
import * as labs from "./lab.mjs";
import { standing, tall } from "./lab.mjs";

const site = await startSite();
const browser = await startBrowser();
const openLab = (query, options) => labs.openLab({ browser, site }, query, options);

test("the lab is alive at first sight, and quiet for those who want no motion", async () => {
  for (const reducedMotion of ["no-preference", "reduce"]) {
    const { page, lab } = await openLab("&steps=100000", { ...tall, reducedMotion });
    const learns = async () => (await standing(lab)).every(({ step }) => step > 0);
    if (reducedMotion === "no-preference") await until(learns, "all learn without being asked to", 60_000);
    else {
      await page.waitForTimeout(1500);
      assert.ok((await standing(lab)).every(({ step, running }) => step === 0 && !running));
    }
    // Each says what it lowers or raises, in the words of its paper.
    const formulas = await lab
      .locator(".tile .lines")
      .evaluateAll((all) => all.map((l) => l.querySelectorAll("math").length));
    assert.equal(formulas.length, (await standing(lab)).length);
    assert.ok(
      formulas.every((n) => n > 0),
      `${formulas}`,
    );
    await closePage(page);
  }
});

test("the equation of a panel is that of its config", async () => {
  const { page, lab } = await openLab("&family=ddpm");
  const equation = () => lab.locator(".tile .lines").first().textContent();
  await until(async () => /v_?θ|vθ/.test((await equation()).replace(/\s/g, "")), "velocities at first");
  await lab.locator("#ddpm-config-prediction").selectOption("noise");
  await until(async () => /εθ/.test((await equation()).replace(/\s/g, "")), "then noise");
  await lab.evaluate((l) => l.setAttribute("family", "gan"));
  await until(async () => /R1/.test((await equation()).replace(/\s/g, "")), "the penalties that are paid");
  await lab.locator("#gan-config-loss").selectOption("minimax");
  await until(async () => /minGlog|min/.test((await equation()).replace(/\s/g, "")), "another loss");
  await closePage(page);
});

test("every family draws samples before it is trained", async () => {
  const { page, lab } = await openLab("", tall);
  const all = await standing(lab);
  assert.ok(all.length >= 1, "there are families of the plane");
  for (const { id, step, alerts } of all) {
    assert.equal(step, 0, id);
    assert.deepEqual(alerts, [], id);
    const canvas = lab.locator(`.tile[data-family="${id}"] canvas`).first();
    assert.ok((await colours(canvas)) > 5, `${id} draws something`);
    assert.match(await canvas.getAttribute("aria-label"), /samples/, `${id} says what it draws`);
  }
  assert.ok((await colours(lab.locator(".source canvas"))) > 3, "the data is drawn");
  await until(
    () => lab.locator("tbody td").evaluateAll((cells) => cells.some((c) => /\d[.]\d{2}/.test(c.textContent))),
    "numbers in the table",
  );
  await screenshot(page, "lab");
  await closePage(page);
});

test("training ends at the same step for all, the losses change, and the past can be seen", async (t) => {
  const { page, lab } = await openLab("&steps=240", tall);
  const before = await Promise.all(
    (await standing(lab)).map(({ id }) => picture(lab.locator(`.tile[data-family="${id}"] canvas`).first())),
  );
  await lab.getByRole("button", { name: "Play" }).click();
  await until(async () => (await standing(lab)).every((x) => x.done), "all have come to the end", 240_000);
  const all = await standing(lab);
  for (const { id, step, losses, alerts } of all) {
    assert.equal(step, 240, `${id} stops at the budget`);
    assert.deepEqual(alerts, [], id);
    assert.ok(losses.length > 0, `${id} names its losses`);
    for (const { name, values } of losses) {
      assert.ok(values.every(Number.isFinite) && new Set(values).size > 1, `${id}: ${name} moves: ${values}`);
    }
  }
  const course = ({ name, values }) => `${name} ${values[0].toFixed(2)} → ${values.at(-1).toFixed(2)}`;
  t.diagnostic(all.map(({ id, losses }) => `${id}: ${losses.map(course).join(", ")}`).join("; "));
  await until(() => lab.evaluate((l) => !l.wants), "the button says Play again");
  const after = await Promise.all(
    all.map(({ id }) => picture(lab.locator(`.tile[data-family="${id}"] canvas`).first())),
  );
  after.forEach((hash, i) => assert.notEqual(hash, before[i], `${all[i].id} is drawn anew`));

  await lab.locator("#past").focus();
  await page.keyboard.press("Home");
  await until(() => lab.evaluate((l) => l.shown.every((x) => x.past === 0)), "the first snapshot of all");
  await until(
    async () => (await picture(lab.locator(`.tile[data-family="${all[0].id}"] canvas`).first())) !== after[0],
    "the past looks different",
  );
  await closePage(page);
});

test("one step, one network, slow motion", async () => {
  const { page, lab } = await openLab("", tall);
  await lab.getByRole("button", { name: "One step" }).click();
  await until(async () => (await standing(lab)).every((x) => x.step === 1 && !x.running), "one step of each");
  const game = await lab.evaluate((l) => l.shown.find((x) => x.family.networks.length > 1)?.family);
  if (game) {
    const tile = lab.locator(`.tile[data-family="${game.id}"]`);
    for (const [i, network] of game.networks.entries()) {
      await tile.getByRole("button", { name: `${network} only` }).click();
      await until(
        async () => (await standing(lab)).find((x) => x.id === game.id).step === 2 + i,
        `one step of the ${network}`,
      );
    }
    assert.ok(
      (await standing(lab)).filter((x) => x.id !== game.id).every((x) => x.step === 1),
      "the others wait",
    );
  }
  await lab.getByLabel("Speed").selectOption({ label: "3 steps a second" });
  await lab.getByRole("button", { name: "Play" }).click();
  await page.waitForTimeout(3000);
  await lab.getByRole("button", { name: "Pause" }).click();
  for (const { id, step } of await standing(lab)) assert.ok(step >= 2 && step < 30, `${id} goes slowly: ${step}`);
  await closePage(page);
});

test("plots, scrubber and pointer", async () => {
  const { page, lab } = await openLab("", tall);
  const families = await lab.evaluate((l) => l.shown.map((x) => x.family));
  for (const { id, spaces } of families) {
    const looks = spaces.find((s) => s.kind === "points" || s.kind === "energy").plots;
    await lab.locator("#show").selectOption(id);
    await until(() => lab.evaluate((l, f) => l.chosen === f && l.learners.get(f).view, id), `${id} alone`);
    const canvas = lab.locator(`.tile[data-family="${id}"] canvas`).first();
    const learner = (use) =>
      lab.evaluate(
        (l, [f, u]) => {
          const x = l.learners.get(f);
          return u === "stamp"
            ? x.view?.label + JSON.stringify(x.view?.layers.map((a) => [a.kind, [...(a.xy ?? a.values)].slice(0, 40)]))
            : x.alerts.map((a) => a.message);
        },
        [id, use],
      );
    for (const look of looks) {
      await lab.evaluate(
        (l, [f, look]) => {
          const x = l.learners.get(f);
          x.view = undefined;
          x.plot = look;
          x.at = 0.5;
          x.refresh(true);
          l.changed();
        },
        [id, look.id],
      );
      await until(() => lab.evaluate((l, f) => Boolean(l.learners.get(f).view), id), `${id}: ${look.id}`, 120_000);
      assert.deepEqual(await learner("alerts"), [], `${id}: ${look.id}`);
      assert.ok((await colours(canvas)) > 2, `${id}: ${look.id} draws something`);
      if (look.inputs.some((i) => i.kind === "scrubber")) {
        const before = await learner("stamp");
        await lab.locator(`#scrub-${id}`).focus();
        await page.keyboard.press("End");
        await until(
          async () => (await learner("stamp")) !== before,
          `${id}: the scrubber of ${look.id} moves it`,
          120_000,
        );
      }
      if (look.inputs.some((i) => i.kind === "pointer")) {
        const before = await learner("stamp");
        await canvas.hover({ position: { x: 60, y: 60 } });
        await until(async () => (await learner("stamp")) !== before, `${id}: ${look.id} follows the pointer`, 120_000);
        await canvas.focus();
        const pointed = await learner("stamp");
        for (let i = 0; i < 5; i++) await page.keyboard.press("Shift+ArrowRight");
        await until(async () => (await learner("stamp")) !== pointed, `${id}: ${look.id} follows the keys`, 120_000);
      }
    }
    await screenshot(page, `lab-${id}`);
  }
  await closePage(page);
});

test("training that diverges offers the last good snapshot", async () => {
  // More than one slice of a training takes: a snapshot lies between.
  const { page, lab } = await openLab("&family=vae&steps=400");
  await lab.getByRole("button", { name: "Play" }).click();
  await until(async () => (await standing(lab))[0].done, "its steps");
  await lab.evaluate((l) =>
    l.learners.get("vae").report({
      code: "training-diverged",
      message: "A loss is no number any more.",
      hint: "Choose a smaller learning rate.",
      recoverable: true,
    }),
  );
  await lab.getByRole("button", { name: "Go back to the last good snapshot" }).click();
  await until(async () => (await standing(lab))[0].step < 400, "the snapshot");
  await until(async () => (await notices(lab)).length === 0, "the notice is gone");
  assert.ok((await standing(lab))[0].step > 0);
  await closePage(page);
});

test("all models train while some of the lab is on the screen", async () => {
  const { page, lab } = await openLab("&steps=20", { viewport: { width: 1280, height: 560 } });
  await lab.getByRole("button", { name: "Play" }).click();
  await until(async () => (await standing(lab)).every((x) => x.done), "those below the fold, too", 120_000);
  assert.ok(
    (await standing(lab)).some((x) => !x.visible),
    "some of them cannot be seen",
  );
  await closePage(page);
});

test("it waits while it is out of sight", async () => {
  const { page, lab } = await openLab("&family=vae&steps=100000");
  await lab.getByRole("button", { name: "Play" }).click();
  await until(async () => (await standing(lab))[0].step > 3, "the first steps");
  await page.evaluate(() => {
    document.querySelector("#bench").style.marginTop = "3000px";
    scrollTo({ top: 0, behavior: "instant" });
  });
  await until(async () => !(await standing(lab))[0].running, "it waits");
  await page.waitForTimeout(500);
  const { step } = (await standing(lab))[0];
  await page.waitForTimeout(700);
  assert.equal((await standing(lab))[0].step, step);
  await page.evaluate(() => document.querySelector("#bench").scrollIntoView());
  await until(async () => (await standing(lab))[0].step > step, "it goes on");
  await closePage(page);
});

test("the page stays smooth while all models train", async (t) => {
  const { page, lab } = await openLab("&steps=100000");
  await lab.getByRole("button", { name: "Play" }).click();
  await until(async () => (await standing(lab)).every((x) => !x.visible || x.step > 0), "all train", 120_000);
  // Processor time, so that what else the machine does is not counted.
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () =>
    Object.fromEntries((await cdp.send("Performance.getMetrics")).metrics.map((m) => [m.name, m.value]));
  const [before, started] = [await spent(), Date.now()];
  const gaps = await page.evaluate(
    () =>
      new Promise((done) => {
        const all = [];
        const end = performance.now() + 5000;
        let last = performance.now();
        const frame = (now) => {
          all.push(now - last);
          last = now;
          if (now < end) requestAnimationFrame(frame);
          else done(all.sort((a, b) => a - b));
        };
        requestAnimationFrame(frame);
      }),
  );
  const [after, seconds] = [await spent(), (Date.now() - started) / 1000];
  const busy = (after.ThreadTime - before.ThreadTime) / seconds;
  const got = (after.ProcessTime - before.ProcessTime) / seconds;
  const median = gaps[gaps.length >> 1];
  t.diagnostic(
    `frames: median ${median.toFixed(1)} ms; the page's thread computes ${(100 * busy).toFixed(1)} % of the time`,
  );
  assert.ok(busy < 0.4, `the page's thread computes ${(100 * busy).toFixed(1)} % of the time`);
  // Six trainings keep a core busy; where they do not get one, frames are not to be had either.
  if (got > 0.8) assert.ok(median <= 20, `the median gap between frames is ${median} ms`);
  await screenshot(page, "lab-training");
  await closePage(page);
});

test("an element of two lines trains one family", async () => {
  const page = await openPage(browser, site, { path: "alone.html" });
  const element = page.locator("generative-model[plot]");
  await element.scrollIntoViewIfNeeded();
  const state = () =>
    element.evaluate((e) => ({
      family: e.info?.family,
      data: e.info?.data,
      view: e.settled?.view,
      step: e.info?.step,
    }));
  const canvas = element.locator("canvas").first();
  await until(async () => (await state()).family && (await colours(canvas)) > 10, "a picture");
  const { step, ...rest } = await state();
  assert.equal(step, 0);
  assert.deepEqual(rest, { family: "realnvp", data: "moons", view: "density" });
  await element.getByRole("button", { name: "Play" }).click();
  await until(async () => (await state()).step > 3, "it trains");
  await screenshot(page, "lab-embed");
  await closePage(page);
});

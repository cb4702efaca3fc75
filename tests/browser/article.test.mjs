// The figures of the article that explain rather than compete: one question answered twice, both directions of KL,
// and all families in one table.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, colours, notices, openPage, screenshot, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

async function figure(path, id) {
  const page = await openPage(browser, site, { path, reducedMotion: "reduce" });
  const lab = page.locator(`#${id}-lab`);
  await lab.evaluate((l) => l.scrollIntoView({ behavior: "instant" }));
  return { page, lab };
}

/** Trains to the end of the budget. */
async function trained(lab) {
  await until(() => lab.evaluate((l) => l.shown?.length > 0 && l.shown.every((x) => x.info)), "the models", 60_000);
  await lab.evaluate((l) => l.play());
  await until(() => lab.evaluate((l) => l.shown.every((x) => x.done)), "the end of the budget", 120_000);
}

/** The numbers beside the picture, by their ids. */
const numbers = (lab) =>
  lab.evaluate((l) => Object.fromEntries((l.shown[0].view?.numbers ?? []).map((n) => [n.id, n.value])));

test("one question is answered twice, and far away the density is next to nothing", { timeout: 180_000 }, async () => {
  const { page, lab } = await figure("what.html?backend=cpu&steps=300#two", "two");
  await trained(lab);
  const canvas = lab.locator(".tile canvas").first();
  await until(async () => (await colours(canvas)) > 20, "two pictures");
  const { width, height } = await canvas.boundingBox();
  assert.ok(Math.abs(width / height - 2) < 0.02, `${width} × ${height}`);
  await canvas.focus();
  for (let i = 0; i < 9; i++) await page.keyboard.press(i < 5 ? "Shift+ArrowUp" : "Shift+ArrowLeft");
  await until(async () => (await numbers(lab)).density < -4, "a place where nothing is");
  const far = await numbers(lab);
  assert.ok(far.learned < 0.1 || far.learned > 0.9, `sure all the same: ${far.learned}`);
  await screenshot(page, "two-answers");
  // A reader's own points, in two colours.
  await lab.locator(".source button").first().click();
  const pad = lab.locator("canvas.sketch");
  for (const [colour, x] of [
    ["Red", 0.3],
    ["Blue", 0.7],
  ]) {
    await lab.getByRole("button", { name: colour, exact: true }).click();
    // Where a press on the button has left it.
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.8, { steps: 20 });
    await page.mouse.up();
  }
  await lab.locator(".choice button.primary").click();
  await until(() => lab.evaluate((l) => l.shown[0]?.info?.data === "custom"), "they are learned");
  assert.deepEqual(await notices(lab), []);
  await closePage(page);
});

test("the two directions of KL have opposite faults", { timeout: 180_000 }, async () => {
  const { page, lab } = await figure("judging.html?backend=cpu&data=hills-far#kl", "kl");
  await trained(lab);
  await until(async () => (await numbers(lab)).blueForward > 5, "the picture of the end");
  const n = await numbers(lab);
  assert.ok(Math.abs(n.blueReverse - Math.LN2) < 0.05, `log 2: ${n.blueReverse}`);
  assert.ok(n.redForward < n.blueForward && n.blueReverse < n.redReverse, JSON.stringify(n));
  await screenshot(page, "two-directions");
  await closePage(page);
});

test("all families stand in one table, with what each can do", { timeout: 180_000 }, async () => {
  const { page, lab } = await figure("judging.html?race.backend=cpu&race.steps=20#race", "race");
  await trained(lab);
  assert.equal(await lab.locator(".tile").count(), 0);
  const rows = lab.locator("tbody tr");
  assert.equal(await rows.count(), 6);
  const cells = () => rows.evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent.trim())));
  await until(async () => (await cells()).every((row) => row.length > 6 && row[2] === "20"), "numbers of all");
  const byName = Object.fromEntries((await cells()).map(([name, , , , passes, density]) => [name, [passes, density]]));
  assert.deepEqual(byName["Generative adversarial network"], ["1", "none"]);
  assert.deepEqual(byName["Mixture density network"], ["2", "exact"]);
  assert.equal(byName["Variational autoencoder"][1], "a bound");
  assert.ok(Number(byName["Diffusion"][0]) > 2, byName["Diffusion"].join());
  await screenshot(page, "race");
  await closePage(page);
});

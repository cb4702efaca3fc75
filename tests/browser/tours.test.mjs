// The guided tours: each step, taken by keyboard, brings the figure into the state that its link names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { tours } from "../../web/site/tours.mjs";
import { closePage, notices, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** What a step sets: which figure, and its attributes without the figure's name before them. */
function wished(go) {
  const url = new URL(go, "http://page/");
  const figure = url.hash.slice(1);
  const own = (name) => (name.startsWith(`${figure}.`) ? name.slice(figure.length + 1) : name);
  return { figure, values: [...url.searchParams].map(([name, value]) => [own(name), value]) };
}

/** Goes through the tour of a chapter; `seen` is called at each step. */
async function take(page, steps, seen) {
  const start = page.locator(".tour > button");
  await start.focus();
  await page.keyboard.press("Enter");
  const said = page.locator(".tour-bar [role=status]");
  for (const [i, step] of steps.entries()) {
    if (i) await page.keyboard.press("ArrowRight");
    await until(async () => (await said.textContent()).includes(`${i + 1} `), `step ${i + 1}`);
    await seen(step, await said.textContent());
  }
}

for (const [chapter, steps] of Object.entries(tours()))
  test(`${chapter}: every step shows what it says`, async () => {
    const page = await openPage(browser, site, { path: `${chapter}.html?backend=cpu`, reducedMotion: "reduce" });
    await take(page, steps, async (step, said) => {
      assert.ok(said.endsWith(step.en), said);
      const { figure, values } = wished(step.go);
      const element = page.locator(`#${figure} :is(generative-model, generative-lab)`);
      await until(() => element.evaluate((e) => e.stands), `${figure} stands`);
      for (const [name, value] of values)
        await until(
          async () => {
            const state = await element.evaluate((e) => e.state);
            const attribute = await element.getAttribute(name.replaceAll("_", "-"));
            return state[name] === value || state[name.replaceAll("-", "_")] === value || attribute === value;
          },
          `${step.go}: ${name} is ${value}`,
          20_000,
        );
      await until(() => element.evaluate((e) => e.getBoundingClientRect().top < innerHeight), "it is in sight");
      assert.deepEqual(await notices(element), [], step.go);
    });
    await closePage(page);
  });

test("a tour is left by Escape, ends after its last step, and speaks German", async () => {
  const page = await openPage(browser, site, { path: "vae.de.html?backend=cpu", reducedMotion: "reduce" });
  const steps = tours().vae;
  const start = page.locator(".tour > button");
  await start.click();
  assert.match(await page.locator(".tour-bar [role=status]").textContent(), /^Schritt 1 von 5\. /);
  assert.ok(await page.locator(".tour-bar button", { hasText: "Zurück" }).isDisabled());
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".tour-bar").count(), 0);
  assert.ok(await start.evaluate((b) => b === document.activeElement), "back where the reader was");
  await take(page, steps.slice(0, 5), async () => undefined);
  await page.keyboard.press("ArrowLeft");
  assert.match(await page.locator(".tour-bar [role=status]").textContent(), /^Schritt 4 von 5\. /);
  await page.keyboard.press("ArrowRight");
  await page.locator(".tour-bar .primary").click();
  assert.equal(await page.locator(".tour-bar").count(), 0);
  await closePage(page);
});

// The lab as its tests open it.
import { openPage, until } from "./harness.mjs";

/** The lab, in view, with a picture in every panel that is on screen; for those who want no motion, it waits. */
export async function openLab({ browser, site }, query = "", options = {}) {
  const quiet = { reducedMotion: "reduce", path: `lab.html?backend=cpu${query}#bench` };
  const page = await openPage(browser, site, { ...quiet, ...options });
  const lab = page.locator("#lab-model");
  await page.evaluate(() => document.querySelector("#bench").scrollIntoView());
  // On a phone the panels come after the controls.
  if (options.isMobile) {
    await until(() => lab.evaluate((l) => l.shown?.length > 0), "the panels");
    await lab.evaluate((l) =>
      l.updateComplete.then(() => l.renderRoot.querySelector(".tile").scrollIntoView({ behavior: "instant" })),
    );
  }
  await until(
    () =>
      lab.evaluate(
        (l) =>
          l.shown?.length > 0 &&
          l.shown.filter((x) => x.visible).length > 0 &&
          l.shown.every((x) => !x.visible || x.view),
      ),
    "a picture in every panel",
    120_000,
  );
  return { page, lab };
}

/** What each family on the page has come to. */
export const standing = (lab) =>
  lab.evaluate((l) =>
    l.shown.map((x) => ({
      id: x.family.id,
      visible: x.visible,
      step: x.info?.step ?? -1,
      done: x.done,
      running: x.running,
      losses: (x.state?.losses ?? [])
        .filter((c) => c.split === "train")
        .map((c) => ({ name: c.name, values: c.values })),
      alerts: x.alerts.map((a) => a.code),
    })),
  );
/** All panels are near the viewport, so that all of them train. */
export const tall = { viewport: { width: 1280, height: 2600 } };

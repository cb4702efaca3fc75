// Long tasks of a page's thread, in time of the processor: that others have it meanwhile is not the page's fault.
import assert from "node:assert/strict";

/** A task of so many milliseconds makes a page stutter (W3C Long Tasks). */
export const LONG = 50;

/** How long the tasks of the page's thread took while something went on, milliseconds, the longest first. */
export async function longest(browser, page, work) {
  const categories = ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"];
  await browser.startTracing(page, { categories });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const url = page.url();
  const named = traceEvents.filter((e) => e.name === "TracingStartedInBrowser" || e.name === "FrameCommittedInBrowser");
  const frames = named.flatMap((e) => e.args.data.frames ?? [e.args.data]);
  const pid = frames.findLast((f) => f.url === url)?.processId;
  const main = traceEvents.find((e) => e.pid === pid && e.name === "thread_name" && e.args.name === "CrRendererMain");
  assert.ok(main, "the page's thread");
  const tasks = traceEvents.filter((e) => e.pid === pid && e.tid === main.tid && e.name.endsWith("RunTask"));
  assert.ok(tasks.length > 20 && tasks.some((e) => e.tdur > 0), "tasks with the processor's time");
  return tasks.map((e) => (e.tdur ?? 0) / 1000).sort((a, b) => b - a);
}

// Random walks over everything that can happen to the figures of a page: no promise waits for ever, no training goes on
// that cannot be stopped, nothing that was shown as kept is lost. GP_WALKS says how many; GP_SEED repeats one.
import { test } from "node:test";
import { walks } from "./walks.mjs";

test("random walks", async (t) => {
  const { walks: count, events } = await walks(10_000);
  t.diagnostic(`${count} walks, ${events} events`);
});

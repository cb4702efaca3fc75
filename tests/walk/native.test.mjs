// The same walks with the worker's real host behind the page: what the page takes for granted of it holds. As many as
// there is time for, unless GP_WALKS says how many; GP_SEED repeats one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { walks } from "./walks.mjs";

test("random walks with real hosts", async (t) => {
  const { walks: count, events } = await walks(10_000, { native: true, seconds: 35 });
  t.diagnostic(`${count} walks, ${events} events`);
  assert.ok(process.env.GP_SEED || process.env.GP_WALKS || count >= 100, `too few: ${count}`);
});

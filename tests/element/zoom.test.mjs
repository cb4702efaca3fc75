// Two fingers on a drawing: what is under them stays under them, and the edges stay at the edges.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";

const { Pinch, Zoom } = await load("web/element/inputs/zoom.ts");
const { History } = await load("web/element/inputs/history.ts");

const near = (a, b) => a.forEach((v, i) => assert.ok(Math.abs(v - b[i]) < 1e-12, `${a} is not ${b}`));

test("fingers that part enlarge what is between them, and it follows them", () => {
  const zoom = new Zoom();
  const pinch = new Pinch(zoom, [
    [0.4, 0.4],
    [0.6, 0.4],
  ]);
  pinch.move([
    [0.3, 0.5],
    [0.7, 0.5],
  ]);
  near([zoom.by], [2]);
  near(zoom.under([0.5, 0.5]), [0.5, 0.4]);
  near(zoom.seen([0.5, 0.4]), [0.5, 0.5]);
  // The fingers' own places: a tenth apart on the square is two tenths on the screen.
  near(zoom.under([0.3, 0.5]), [0.4, 0.4]);
  near(zoom.under([0.7, 0.5]), [0.6, 0.4]);
  pinch.move([
    [0.4, 0.4],
    [0.6, 0.4],
  ]);
  near([zoom.by, ...zoom.corner], [1, 0, 0]);
});

test("nothing beyond the edges is ever seen, and no more than eight times as large", () => {
  const zoom = new Zoom();
  for (const [at, by] of [
    [[0.9, 0.9], 3],
    [[0.1, 0.2], 100],
    [[0.5, 0], 0.01],
  ]) {
    zoom.put([0.02, 0.97], at, by);
    assert.ok(zoom.by >= 1 && zoom.by <= 8);
    for (const corner of [zoom.under([0, 0]), zoom.under([1, 1])])
      for (const v of corner) assert.ok(v >= -1e-12 && v <= 1 + 1e-12, `${corner}`);
  }
  zoom.times(4, [0.5, 0.5]);
  zoom.show([0.95, 0.05], 0.1);
  const [x, y] = zoom.seen([0.95, 0.05]);
  assert.ok(x <= 0.9 + 1e-12 && y >= 0.1 - 1e-12, "the pen is seen, away from the edge");
  zoom.all();
  near([zoom.by, ...zoom.corner], [1, 0, 0]);
});

test("what is taken back comes back, and is gone for good after something new", () => {
  let state = "a";
  const history = new History(
    () => state,
    (before) => (state = before),
  );
  const alter = (to) => {
    const before = state;
    state = to;
    history.altered(before);
  };
  alter("b");
  alter("c");
  history.undo();
  assert.equal(state, "b");
  history.redo();
  assert.equal(state, "c");
  history.undo();
  history.undo();
  assert.deepEqual([state, history.past, history.future], ["a", false, true]);
  history.undo();
  assert.equal(state, "a");
  alter("d");
  assert.deepEqual([history.past, history.future], [true, false]);
  for (let i = 0; i < 100; i++) alter(String(i));
  for (let i = 0; i < 100; i++) history.undo();
  assert.equal(state, "59", "forty are kept");
});

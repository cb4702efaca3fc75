// A maze that the reader draws: what is pressed, dragged and typed becomes what is asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";

// What the templates of the controls need to be there; none is rendered.
globalThis.HTMLElement = class {};
globalThis.document = { createComment: () => ({}), createTreeWalker: () => ({}) };
const { MazeInput } = await load("web/element/inputs/maze.ts");

const bytes = (values) => new Uint8Array(new Float32Array(values).buffer);
const square = (x, y) => [x, y, x + 1, y, x + 1, y + 1, x, y + 1, x, y].map(Number);
const ring = ([x, y]) =>
  Array.from({ length: 25 }, (_, i) => (Math.PI * i) / 12).flatMap((a) => [
    x + 0.16 * Math.cos(a),
    y + 0.16 * Math.sin(a),
  ]);

/** A view as `src/plots/planning.rs` makes it: a frame, walls, paths, both ends. */
const view = (walls, start, goal) => ({
  kind: "plot",
  window: [0, 7, 0, 7],
  layers: [
    { kind: "lines", role: "guide", xy: bytes([0, 0, 7, 0, 7, 7, 0, 7, 0, 0]), length: 5, filled: false },
    { kind: "lines", role: "guide", xy: bytes(walls.flatMap(([x, y]) => square(x, y))), length: 5, filled: true },
    { kind: "lines", role: "model", xy: bytes([...start, ...goal]), length: 2, filled: false },
    { kind: "lines", role: "noise", xy: bytes(ring(start)), length: 25, filled: true },
    { kind: "lines", role: "guess", xy: bytes(ring(goal)), length: 25, filled: true },
  ],
});

function maze() {
  const told = [];
  const host = {
    info: { space: { kind: "paths", side: 7 } },
    sampleOptions: {},
    settled: { seed: 4 },
    words: { error: (e) => e },
    requestUpdate() {},
    changed: () => told.push("link"),
    announce() {},
  };
  const scrubber = { at: 0.5 };
  const input = new MazeInput(host, () => told.push("ask"), scrubber);
  return { input, host, scrubber, told };
}

test("before anything is drawn the seed's own maze is asked for", () => {
  const { input, host } = maze();
  assert.deepEqual(input.ask(), { text: "", marks: [], walls: 0, count: 16, seed: 4 });
  host.sampleOptions.push = 0.5;
  assert.equal(input.ask().walls, 0.5);
  input.take([3.5, 3.5]);
  input.move([4.5, 3.5]);
  input.leave();
  assert.equal(input.ask().text, "", "nothing is there to be changed yet");
});

test("a press makes a wall or floor, and so does a stroke, but not beneath the ends", () => {
  const { input, told } = maze();
  input.answered(view([[0, 6]], [0.5, 0.5], [6.5, 6.5]));
  input.take([2.5, 0.5]);
  input.move([3.5, 0.5]);
  input.move([0.5, 0.2]);
  input.leave();
  const rows = input.ask().text.split("/");
  assert.equal(rows[0], "#......", "the seed's own wall, at the top left");
  assert.equal(rows[6], "..##...");
  assert.deepEqual(input.ask().marks, [], "both ends are still the seed's");
  assert.ok(told.includes("ask") && told.includes("link"));
  input.take([0.5, 6.5]);
  input.leave();
  assert.equal(input.ask().text.split("/")[0], ".......");
  assert.equal(input.params.text.get(), input.ask().text);
});

test("the ends are dragged over the floor, never into walls or quite to their edges", () => {
  const { input } = maze();
  input.answered(view([[1, 0]], [0.5, 0.5], [6.5, 6.5]));
  input.take([0.6, 0.4]);
  input.move([0.02, 2.99]);
  input.move([1.5, 0.5]);
  input.leave();
  assert.deepEqual(input.ask().marks, [
    [0.15, 2.85],
    [6.5, 6.5],
  ]);
  assert.equal(input.ask().text, "", "no wall was drawn");
});

test("a key takes an end up and sets it down", () => {
  const { input } = maze();
  input.answered(view([], [0.5, 0.5], [6.5, 6.5]));
  input.press([6.4, 6.4]);
  input.press([3.5, 2.5]);
  assert.deepEqual(input.ask().marks[1], [3.5, 2.5]);
  input.press([5.5, 5.5]);
  assert.equal(input.ask().text.split("/")[1], ".....#.");
});

test("links say the maze and its ends, and what is none is refused", () => {
  const { input } = maze();
  input.params.text.set("#....../......./......./......./......./......./......#");
  input.params.marks.set("1.5,1.5;2,3");
  assert.deepEqual(input.ask().marks, [
    [1.5, 1.5],
    [2, 3],
  ]);
  assert.ok(input.ask().text.startsWith("#......") && input.ask().text.endsWith("......#"));
  for (const text of ["1,2", "1,2;3", "a,b;c,d", "1,2;3,4;5,6"]) assert.throws(() => input.params.marks.set(text));
  input.params.text.set(undefined);
  input.params.marks.set(undefined);
  assert.deepEqual([input.ask().text, input.ask().marks], ["", []]);
});

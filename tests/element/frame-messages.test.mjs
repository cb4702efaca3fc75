// What frames and pages say to each other: nothing that is not exactly that is taken for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";

const { fromFrame, fromHost, sent, answerTo, within } = await load("web/page/frame-messages.ts");

test("what is said is understood", () => {
  for (const message of [{ say: "ready" }, { say: "size", height: 40 }, { say: "size", height: 20_000 }])
    assert.deepEqual(fromFrame(structuredClone(sent(message))), message);
  for (const scheme of ["light", "dark"])
    assert.deepEqual(fromHost(structuredClone(sent({ say: "hello", scheme }))), { say: "hello", scheme });
  assert.deepEqual([answerTo("null"), answerTo("https://a.example")], ["*", "https://a.example"]);
  assert.deepEqual([within(0), within(99.2), within(1e9)], [40, 100, 20_000]);
});

test("nothing else is, whatever its shape", () => {
  const right = sent({ say: "size", height: 100 });
  const values = [
    ...[
      undefined,
      null,
      true,
      0,
      100,
      -1,
      NaN,
      Infinity,
      1e9,
      39,
      20_001,
      99.5,
      1n,
      "",
      "100",
      "light",
      "ready",
      "size",
    ],
    ...[
      [],
      [100],
      {},
      { valueOf: () => 100 },
      new Date(0),
      new Map(),
      new Uint8Array(4),
      Object.create(null),
      () => 100,
    ],
  ];
  const mark = Object.keys(right)[0];
  const wrong = [...values, [right], JSON.stringify(right), new Map(Object.entries(right)), Object.create(right)];
  for (const value of values) {
    wrong.push({ ...right, [mark]: value }, { ...right, height: value, say: "ready" });
    if (value !== "size") wrong.push({ ...right, say: value });
    if (value !== 100) wrong.push({ ...right, height: value });
    wrong.push(
      { ...right, more: value },
      { ...right, [Symbol("s")]: value },
      { ...sent({ say: "ready" }), scheme: value },
    );
    if (!["light", "dark"].includes(value)) wrong.push(sent({ say: "hello", scheme: value }));
  }
  assert.ok(wrong.length > 100);
  for (const data of wrong) {
    assert.equal(fromFrame(data), undefined);
    assert.equal(fromHost(data), undefined);
  }
  // Each side takes only what the other one says.
  assert.equal(fromHost(right), undefined);
  assert.equal(fromFrame(sent({ say: "hello", scheme: "dark" })), undefined);
  class Other {}
  assert.equal(fromFrame(Object.assign(new Other(), right)), undefined);
});

// The score that is drawn of music: abcjs, which draws it, reads in the ABC that Rust writes the notes it was made of.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import abcjs from "abcjs";

const scores = JSON.parse(readFileSync(new URL("../reference/abc.json", import.meta.url), "utf8"));

/** Notes of each voice as abcjs would play them: first sixteenth, how many, pitch; ties are one note. */
function heard(abc) {
  const [tune] = abcjs.parseOnly(abc);
  assert.deepEqual(tune.warnings ?? [], []);
  const { tracks } = tune.setUpAudio({});
  return tracks.map((track) =>
    track
      .filter((event) => event.cmd === "note")
      .map(({ start, duration, pitch }) => [start, duration, pitch].map((v, i) => (i < 2 ? v * 16 : v))),
  );
}

test("each note of each voice is read as it was written", () => {
  assert.ok(scores.length >= 8);
  for (const { abc, voices } of scores) {
    const tracks = heard(abc).filter((notes) => notes.length);
    assert.equal(tracks.length, 4);
    for (const [i, notes] of tracks.entries()) {
      const rounded = notes.map((note) => note.map((v) => Math.round(v * 100) / 100));
      assert.deepEqual(rounded, voices[i], abc);
    }
  }
});

test("a wrong sign would be noticed", () => {
  const [{ abc, voices }] = scores;
  const sharper = abc.replace(/K:\S+/, "K:C#");
  assert.notDeepEqual(
    heard(sharper)
      .filter((n) => n.length)[0]
      .map((n) => n[2]),
    voices[0].map((n) => n[2]),
  );
});

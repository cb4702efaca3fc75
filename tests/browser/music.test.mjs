// Music: composed, harmonised, written with mouse and keyboard, opened and saved as files, and heard.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { closePage, openPage, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
site.answers.set(
  "t.html",
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">` +
    `<script type="module" src="element.js"></script>` +
    `<body><generative-model id="m" backend="cpu" model="chorales" steps="6"></generative-model>`,
);
const open = async (options) => {
  const page = await openPage(browser, site, {
    path: "t.html",
    viewport: { width: 1200, height: 1100 },
    // Every piece that comes, as the page is told of it.
    init: () => {
      globalThis.pieces = [];
      document.addEventListener("sample", (e) => globalThis.pieces.push(e.detail.view.scores[0]));
    },
    ...options,
  });
  const model = page.locator("#m");
  const pieces = () => page.evaluate(() => globalThis.pieces);
  await until(async () => (await pieces()).length > 0, "a first piece");
  return { page, model, pieces, roll: model.locator("canvas.roll").first() };
};
const press = (model, name) => model.getByRole("button", { name, exact: true }).click();
const save = async (page, model, name) => {
  const [file] = await Promise.all([page.waitForEvent("download", { timeout: 60_000 }), press(model, name)]);
  return readFile(await file.path());
};
const notes = (voice) => voice.notes.map(({ start, length, pitch }) => [start, length, pitch]);

/** A WAV's samples in [−1, 1], and how many there are a second. */
function samples(wav) {
  assert.equal(wav.toString("latin1", 0, 4) + wav.toString("latin1", 8, 16), "RIFFWAVEfmt ");
  const rate = wav.readUInt32LE(24);
  const all = Float64Array.from({ length: (wav.length - 44) / 2 }, (_, i) => wav.readInt16LE(44 + 2 * i) / 32_768);
  return { rate, all };
}

test("a soprano stays as it is under three new voices, and a bar is made anew alone", async () => {
  const { page, model, pieces, roll } = await open();
  const [first] = await pieces();
  assert.deepEqual([first.steps, first.voices.length, first.bars], [64, 4, [0, 16, 32, 48]]);
  const four = await roll.getAttribute("aria-label");
  await model.getByLabel("From a chorale that it never saw").selectOption({ label: "soprano of chorale 2" });
  await until(async () => (await roll.getAttribute("aria-label")) !== four, "a soprano alone");
  const before = await picture(roll);
  await press(model, "Harmonise");
  await until(async () => (await pieces()).length > 1, "harmonised");
  const harmonised = (await pieces()).at(-1);
  assert.notEqual(await picture(roll), before);
  assert.ok(harmonised.voices[0].notes.length > 5);
  assert.ok(
    harmonised.voices[0].notes.every((n) => n.given) && harmonised.voices.slice(1).every((v) => v.notes.length),
  );
  await press(model, "Recompose bar 2");
  await until(async () => (await pieces()).length > 2, "a bar anew");
  const anew = (await pieces()).at(-1);
  // What comes before the first bar line counts as a bar.
  const bars = [...new Set([0, ...harmonised.bars, harmonised.steps])].sort((a, b) => a - b);
  for (const voice of [0, 1, 2, 3]) {
    const outside = ([start, length]) => start + length <= bars[1] || start >= bars[2];
    const kept = (piece) => JSON.stringify(notes(piece.voices[voice]).filter(outside));
    assert.equal(kept(anew), kept(harmonised));
  }
  await closePage(page);
});

test("a melody is written with the keyboard and told aloud, and with the mouse", async () => {
  const { page, model, roll } = await open();
  const told = model.locator(".music [aria-live]");
  await press(model, "Clear");
  assert.equal(await roll.getAttribute("aria-label"), "Piano roll with 0 notes");
  await roll.focus();
  for (const key of ["Home", "Enter", "Shift+ArrowRight", "ArrowUp", "ArrowUp", "Enter", "+"])
    await page.keyboard.press(key);
  assert.equal(await roll.getAttribute("aria-label"), "Piano roll with 2 notes");
  assert.match(await told.textContent(), /^Soprano, bar 1, beat 2\.1, A4: A4, 5 sixteenths, written$/);
  await page.keyboard.press("p");
  assert.match(await told.textContent(), /^Soprano, bar 1, beat 1\.1, G4: G4, 4 sixteenths, written$/);
  await until(async () => (await model.locator(".chances li").count()) > 2, "what could begin there");
  await page.keyboard.press("4");
  assert.match(await told.textContent(), /^Bass, bar 1, beat 1\.1, C3: no note$/);
  // A note is drawn from its beginning to its end; a click takes it away.
  const box = await roll.boundingBox();
  const at = (step, pitch) => [
    box.x + 30 + ((step + 0.5) * (box.width - 30)) / 64,
    box.y + 16 + (81 - pitch) * 7 + 3.5,
  ];
  await page.mouse.move(...at(16, 50));
  await page.mouse.down();
  await page.mouse.move(...at(23, 50), { steps: 4 });
  await page.mouse.up();
  assert.equal(await roll.getAttribute("aria-label"), "Piano roll with 3 notes");
  const midi = await save(page, model, "Save as MIDI");
  assert.equal(midi.toString("latin1", 0, 4), "MThd");
  const printed = (await save(page, model, "Save as MusicXML")).toString();
  assert.match(printed, /<score-partwise version="4.0">/);
  const sounding = (text, part) => text.split("<part id=")[part].match(/<pitch>/g)?.length ?? 0;
  assert.deepEqual(
    [1, 2, 3, 4].map((part) => sounding(printed, part) > 0),
    [true, false, false, true],
  );
  await page.mouse.click(...at(20, 50));
  assert.equal(await roll.getAttribute("aria-label"), "Piano roll with 2 notes");
  // The file brings it back, and what is none is told.
  const path = join(tmpdir(), `roll-${process.pid}.mid`);
  await writeFile(path, midi);
  const input = model.locator('input[type="file"][accept*="midi"]');
  await input.setInputFiles(path);
  await until(async () => (await roll.getAttribute("aria-label")) === "Piano roll with 3 notes", "the file's notes");
  await writeFile(path, "no music");
  await input.setInputFiles(path);
  await model
    .getByText(/This music cannot be used/)
    .first()
    .waitFor();
  await closePage(page);
});

test("a melody that is hummed stands in the roll, to be harmonised; silence is told", async () => {
  const init = () => {
    globalThis.pieces = [];
    document.addEventListener("sample", (e) => globalThis.pieces.push(e.detail.view.scores[0]));
    // C, D, E, C in quarters at 90 a minute, an octave below a soprano; the second time nothing.
    let times = 0;
    navigator.mediaDevices.getUserMedia = async () => {
      const context = new AudioContext();
      const [tone, loud] = [context.createOscillator(), context.createGain()];
      const out = context.createMediaStreamDestination();
      tone.type = "triangle";
      const begin = context.currentTime + 0.3;
      loud.gain.value = 0;
      if (times++ === 0)
        [48, 50, 52, 48].forEach((pitch, i) => {
          const at = begin + (i * 60) / 90;
          tone.frequency.setValueAtTime(440 * 2 ** ((pitch - 69) / 12), at);
          loud.gain.setTargetAtTime(0.5, at, 0.01);
          loud.gain.setTargetAtTime(0.02, at + 0.56, 0.02);
        });
      tone.connect(loud).connect(out);
      tone.start();
      globalThis.stream = out.stream;
      return out.stream;
    };
  };
  const { page, model, pieces, roll } = await open({ init });
  const hum = async (milliseconds) => {
    await press(model, "Hum a melody");
    await model.getByText(/^Listening:/).waitFor();
    await page.waitForTimeout(milliseconds);
    await press(model, "That was it");
  };
  await hum(3300);
  await until(async () => (await roll.getAttribute("aria-label")) === "Piano roll with 4 notes", "the melody");
  assert.equal(await page.evaluate(() => globalThis.stream.getTracks()[0].readyState), "ended", "it is closed");
  const printed = (await save(page, model, "Save as MusicXML")).toString();
  const soprano = printed.split("<part id=")[1];
  const pitches = [...soprano.matchAll(/<step>(.)<\/step>(?:<alter>.*?<\/alter>)?\s*<octave>(.)<\/octave>/g)];
  assert.deepEqual(
    pitches.map(([, step, octave]) => step + octave),
    ["C5", "D5", "E5", "C5"],
  );
  await hum(500);
  await model.getByText("No melody was heard.").first().waitFor();
  assert.equal(await roll.getAttribute("aria-label"), "Piano roll with 4 notes", "what was there stays");
  const before = (await pieces()).length;
  await press(model, "Harmonise");
  await until(async () => (await pieces()).length > before, "harmonised");
  const harmonised = (await pieces()).at(-1);
  assert.deepEqual(
    notes(harmonised.voices[0]).map(([start, , pitch]) => [start, pitch]),
    [
      [0, 72],
      [4, 74],
      [8, 76],
      [12, 72],
    ],
  );
  await closePage(page);
});

test("music is printed on two staves, anew when it changes, and saved as a drawing", async () => {
  for (const width of [1200, 390]) {
    const { page, model, pieces } = await open({ viewport: { width, height: 1100 } });
    const show = model.getByRole("button", { name: "Show as a score" });
    assert.equal(await show.getAttribute("aria-expanded"), "false");
    await show.click();
    const paper = model.locator(".paper svg");
    await paper.waitFor();
    assert.equal(await paper.getAttribute("aria-label"), "The music as a score on two staves");
    // Each voice by itself: its notes are drawn, and those that are tied over a bar line more than once.
    const drawn = () => paper.locator("g.abcjs-note").count();
    const [piece] = await pieces();
    const written = piece.voices.reduce((n, v) => n + v.notes.length, 0);
    const first = await drawn();
    assert.ok(first >= written && first < 2 * written, `${first} drawn of ${written}`);
    const room = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(room <= 0, `${room} px too wide`);
    const before = await paper.innerHTML();
    await press(model, "Compose");
    await until(async () => (await pieces()).length > 1 && (await paper.innerHTML()) !== before, "another score");
    const svg = (await save(page, model, "Save the score as SVG")).toString();
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    await press(model, "Hide the score");
    assert.equal(await paper.count(), 0);
    await closePage(page);
  }
});

test("a MIDI keyboard is asked for, and what is played on it is written as long as it is held", async () => {
  const { page, model, roll } = await open({
    init: () => {
      globalThis.pieces = [];
      document.addEventListener("sample", (e) => globalThis.pieces.push(e.detail.view.scores[0]));
      globalThis.keys = { state: "connected" };
      globalThis.allowed = false;
      navigator.requestMIDIAccess = async () => {
        if (!globalThis.allowed) throw new DOMException("no", "NotAllowedError");
        return { inputs: new Map([["k", globalThis.keys]]) };
      };
    },
  });
  await press(model, "Clear");
  await press(model, "MIDI keyboard");
  await model.getByText(/was not allowed to listen/).waitFor();
  await page.evaluate(() => (globalThis.allowed = true));
  await press(model, "MIDI keyboard");
  await model.getByText(/as long as they are held/).waitFor();
  // At 80 quarters a minute a sixteenth lasts 187.5 ms: a quarter, an eighth, and a note two octaves too high.
  const hold = (pitch, at, long) =>
    page.evaluate(
      ([pitch, at, long]) => {
        const tell = (data, timeStamp) => globalThis.keys.onmidimessage({ data: Uint8Array.from(data), timeStamp });
        tell([0x90, pitch, 90], at);
        tell([0xf8], at + 1);
        tell([0x90, pitch, 0], at + long);
      },
      [pitch, at, long],
    );
  await hold(72, 1000, 750);
  await hold(71, 2000, 380);
  await hold(98, 3000, 1);
  assert.equal(await roll.getAttribute("aria-label"), "Piano roll with 3 notes");
  const printed = (await save(page, model, "Save as MusicXML")).toString();
  const found = [...printed.matchAll(/<step>(.)<\/step><octave>(.)<\/octave><\/pitch><duration>(\d+)</g)];
  assert.deepEqual(
    found.map(([, step, octave, long]) => step + octave + long),
    ["C54", "B42", "D51"],
  );
  // Behind the last sixteenth there is no room.
  await hold(60, 4000, 60_000);
  await hold(62, 70_000, 400);
  assert.equal(await roll.getAttribute("aria-label"), "Piano roll with 4 notes");
  await press(model, "MIDI keyboard");
  assert.equal(await page.evaluate(() => globalThis.keys.onmidimessage), null, "nobody listens any longer");
  await closePage(page);
});

test("what is heard never clips and does not click, and the line goes with it", async () => {
  const { page, model, roll } = await open();
  const { rate, all } = samples(await save(page, model, "Save as WAV"));
  const peak = all.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  assert.ok(peak > 0.1 && peak < 0.99, `peak ${peak}`);
  assert.ok(Math.abs(all.length / rate - (64 * 15) / 80) < 0.5);
  // No overtone reaches 9 kHz: what is there comes of jumps of the wave. A windowed sinc lets it through.
  const [taps, cut] = [127, 9000 / rate];
  const kernel = Array.from({ length: taps }, (_, i) => {
    const t = i - (taps - 1) / 2;
    const low = t === 0 ? 2 * cut : Math.sin(2 * Math.PI * cut * t) / (Math.PI * t);
    const window =
      0.42 - 0.5 * Math.cos((2 * Math.PI * i) / (taps - 1)) + 0.08 * Math.cos((4 * Math.PI * i) / (taps - 1));
    return (t === 0 ? 1 : 0) - low * window;
  });
  let loudest = 0;
  for (let i = taps; i < all.length; i++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += kernel[k] * all[i - k];
    loudest = Math.max(loudest, Math.abs(sum));
  }
  assert.ok(loudest < 1e-3 * peak, `clicks of ${20 * Math.log10(loudest / peak)} dB`);
  const still = await picture(roll);
  await press(model, "Play");
  await until(async () => (await picture(roll)) !== still, "a line that goes along");
  await press(model, "Stop");
  await until(async () => (await picture(roll)) === still, "and is gone");
  await closePage(page);
});

test("where sound may not begin or cannot come out, that is said, and a click goes on", async () => {
  const { page, model } = await open({
    init: () => {
      globalThis.pieces = [];
      document.addEventListener("sample", (e) => globalThis.pieces.push(e.detail.view.scores[0]));
      const Real = globalThis.AudioContext;
      globalThis.held = true;
      globalThis.AudioContext = class extends Real {
        get state() {
          return globalThis.held ? "suspended" : super.state;
        }
      };
    },
  });
  await press(model, "Play");
  await model.getByText(/does not let sound begin/).waitFor();
  await page.evaluate(() => (globalThis.held = false));
  await press(model, "Play");
  await until(async () => (await model.getByRole("button", { name: "Stop", exact: true }).count()) > 0, "it plays");
  assert.equal(await model.getByText(/does not let sound begin/).count(), 0);
  await press(model, "Stop");
  await closePage(page);
});

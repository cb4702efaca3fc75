// No string is missing in a language, none is written in place, and none is left over.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";
import { page, rust } from "./source.mjs";

const { Words, ENGLISH } = await load("web/lang/words.ts");
const { default: german } = await load("web/lang/de/index.ts");
const { en } = await load("web/lang/en.ts");
const words = new Words("de", german);

const { sentences: inRust, every } = await rust();
const { ATTRIBUTES, read } = await load("web/element/attributes.ts");
const file = (path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const folders = await Promise.all(["client", "worker", "element", "page"].map((f) => page(`web/${f}`)));
const errors = new Map(folders.flatMap((f) => [...f.errors]));

const declared = JSON.parse(await file("web/lang/declared.json"));

/** A sentence without the names of its holes. */
const shape = (text) => text.replace(/\{\w*\}/g, "{}");
const shapes = new Set(Object.keys(german.told).map(shape));
const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
/** Whether it is told, whatever stands in its holes. */
const known = (text) => shapes.has(shape(text)) || words.knows(text.replace(/\{\w+\}/g, "7"));
const none = (missing, what) => assert.deepEqual(missing, [], what);

test("each text has the same holes in every form and language", () => {
  const forms = (text) => (typeof text === "string" ? [text] : [text.one, text.other]);
  assert.ok(Object.keys(en).length > 200);
  for (const [key, text] of Object.entries(en)) {
    const wanted = holes(forms(text).at(-1));
    for (const form of [...forms(text), ...forms(german.texts[key])]) assert.deepEqual(holes(form), wanted, key);
  }
  for (const [text, told] of Object.entries(german.told))
    for (const hole of holes(told)) assert.ok(holes(text).includes(hole), `${told} has a hole that ${text} lacks`);
});

test("what models declare, and what they say beside their plots, has its German", () => {
  assert.ok(Object.keys(declared).length > 300);
  const missing = Object.entries(declared).filter(([text]) => !words.knows(text));
  none(missing, "declared in Rust, to be added to web/lang/de");
});

test("what else Rust says to readers has its German", () => {
  assert.ok(inRust.size > 300);
  const missing = [...inRust].filter(([text]) => !known(text) && !PIECES.has(text));
  none(missing, "written in Rust, to be added to web/lang/de");
});

test("sentences of the page's errors have their German", () => {
  assert.ok(errors.size > 90);
  const missing = [...errors].filter(([text]) => !known(text) && !PIECES.has(text));
  none(missing, "errors of the page, to be added to web/lang/de");
});

test("what the site serves has its German", async () => {
  const { models } = JSON.parse(await file("web/checkpoints/manifest.json"));
  const classes = [...(await file("src/data/images.rs")).matchAll(/classes: &\[([^\]]*)\]/g)];
  const named = classes
    .flatMap(([, list]) => [...list.matchAll(/"([^"]*)"/g)].map((m) => m[1]))
    .filter((name) => /\D/.test(name) && name.length > 1);
  assert.ok(named.length >= 10 && models.length >= 5);
  none(
    [...named, ...models.map((m) => m.title)].filter((text) => !words.knows(text)),
    "models and classes, to be added to web/lang/de/plots.ts",
  );
});

test("what attributes expect has its German", () => {
  for (const name of Object.keys(ATTRIBUTES)) {
    if (["text", "families", "views"].includes(name) || ATTRIBUTES[name].parse("?") !== undefined) continue;
    assert.throws(
      () => read(name, "?"),
      (e) => {
        const { message } = words.error(e);
        assert.match(message, /^„\?“ kann nicht der Wert von .* sein: erwartet wird /);
        assert.doesNotMatch(message.split("erwartet wird")[1], /\b(the|an?|or|is|number|whole|from|of)\b/, name);
        return true;
      },
    );
  }
});

test("nothing is said in place: the page's texts stand in web/lang", () => {
  const all = folders.flatMap((f) => [...f.inPlace]);
  const said = all.filter(
    ([text, at]) =>
      !/attributes\.ts|unloaded\.ts|share\/(snippets|words|poster)\.ts/.test(at) &&
      !known(text) &&
      !NOT_SAID.some((p) => p.test(text)),
  );
  none(said, "said in place, not in web/lang/en.ts");
});

test("nothing is left over: what is translated is still said", async () => {
  const { models } = JSON.parse(await file("web/checkpoints/manifest.json"));
  const { texts } = JSON.parse(await file("web/texts/manifest.json"));
  const served = new Set([...SERVED, ...[...models, ...texts].map((m) => m.title)]);
  const expected = Object.values(ATTRIBUTES).map((a) => a.expected.replaceAll("`", ""));
  const inPlace = folders.flatMap((f) => [...f.inPlace.keys()]);
  const said = [...every, ...errors.keys(), ...inPlace, ...Object.keys(declared), ...expected].map(shape);
  const whole = new Set(said);
  // Some are parts of what is said.
  const left = Object.keys(german.told)
    .filter((text) => !GLUE.test(text))
    .filter((text) => !whole.has(shape(text)) && !said.some((s) => s.includes(shape(text))));
  none(
    left.filter((text) => !served.has(text)),
    "nobody says this any more; take it away",
  );
});

test("errors are told with what stands in their holes", () => {
  const told = (message, hint = "") => Object.values(words.error({ message, hint }));
  const cases = [
    [
      "“0.5” cannot be the value of Learning rate: it must lie between 0.0001 and 0.25.",
      "„0.5“ kann nicht der Wert von Lernrate sein: er muss zwischen 0,0001 und 0,25 liegen.",
    ],
    ["A GPT has no latent space.", "Ein Modell der Art GPT hat keinen latenten Raum."],
    ["PixelCNN models images, not points in 2-D.", "PixelCNN modelliert Bilder, nicht Punkte in 2-D."],
    [
      "This training would need 12.5 GB; at most 1.5 GB can be asked for here.",
      "Dieses Training bräuchte 12,5 GB; hier sind höchstens 1,5 GB möglich.",
    ],
    ["Lower “Batch” (batch_size) or “Width” (n_embd).", "Verringern Sie „Batch“ (batch_size) oder „Breite“ (n_embd)."],
    [
      "The first column, which has no name, was left out. Line 1, “a, b”, was taken for the names of the columns.",
      "Die erste Spalte, die keinen Namen hat, wurde weggelassen. " +
        "Zeile 1, „a, b“, wurde für die Namen der Spalten gehalten.",
    ],
    [
      "manifest.json could not be fetched: the server answered 404.",
      "manifest.json ließ sich nicht laden: der Server antwortete 404.",
    ],
    // What a reader wrote is left as it was.
    ["There is no model called “Layers”.", "Es gibt kein Modell namens „Layers“."],
    // What nobody foresaw is told as it is.
    [
      "Something went wrong inside the playground: disk on fire.",
      "Im Inneren des Playgrounds ist etwas schiefgegangen: disk on fire.",
    ],
    ["Nobody foresaw this.", "Nobody foresaw this."],
  ];
  for (const [english, right] of cases) assert.equal(told(english)[0], right);
  assert.equal(
    words.told("t = 40 of 100: from x_t to the predicted x₀"),
    "t = 40 von 100: von x_t zum vorhergesagten x₀",
  );
  assert.equal(words.told("KL(data‖model) (by the ODE)"), "KL(Daten‖Modell) (aus der ODE)");
});

test("numbers, sizes, durations and times are written as the language writes them", () => {
  const austrian = new Words("de", german, "de-AT");
  assert.equal(ENGLISH.figure(1234567.5, 1), "1\u202f234\u202f567.5");
  assert.equal(words.figure(1234567.5, 1), "1.234.567,5");
  assert.equal(austrian.figure(0.25, 2), "0,25");
  assert.equal(words.figure(-0.02, 2), "−0,02");
  assert.equal(words.figure(-0.04, 1), "0,0");
  assert.equal(words.percent(0.0123), "1,2\u2009%");
  assert.equal(words.megabytes(3_240_000), "3,2 MB");
  assert.equal(words.duration(5400), "1,5 h");
  assert.equal(words.ago(Date.now() - 2 * 3_600_000), "vor 2 Stunden");
  assert.equal(ENGLISH.ago(Date.now() - 86_400_000), "yesterday");
  assert.equal(words.say("keptAll", { n: 1, size: "3 MB" }), "1 Training, zusammen 3 MB. Es bleibt auf diesem Gerät.");
  assert.equal(ENGLISH.say("stepsASecond", { n: 3 }), "3 steps a second");
  // A language that Intl refuses.
  assert.equal(new Words("en", ENGLISH.language, "en_US.UTF-8").figure(1.5, 1), "1.5");
});

/** Texts that no reader sees, or only as parts of others that are looked for whole. */
const PIECES = new Set([
  " and ",
  " or ",
  ", scaled",
  "−log p of held-out points{scaled}{exact}",
  "Record<string, unknown>",
  "Array<number> | Uint8Array",
  "; only the lab",
  "no clipboard",
  "the database does not open",
  "the database cannot be opened",
  "not stored",
  // What models of scenes are told.
  "make it blue",
  "make the {a} {b} {c}",
]);
/** Literals of the page that look like English and are none. */
const NOT_SAID = [
  /^\((prefers-|hover:)/,
  /^generative-model/,
  /^1em "STIX Two Math"$/,
  /^Generative Playground$/,
  /^(Files|Canvas|Delete|Backspace|Escape|Enter|Tab)$/,
  /^color-mix\(/,
  /^accesskey |^on _ ng-/,
];
/** What sentences are put together from. */
const GLUE = /^(\{what\}\.|\{a\} (and|or) \{b\}|\{n\} \w+|“\{title\}” \(\{name\}\))$/;
/** Titles of the models that the site serves, and what Rust puts together. */
const SERVED = new Set([
  "−log p of held-out points, scaled",
  ...["by the ODE", "64 importance samples", "a bound"].map((how) => `{measure} (${how})`),
]);

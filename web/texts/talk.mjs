// A talk of instructions and answers, made by templates, on which a model of plays becomes one that does as it is told:
//
//     node web/texts/talk.mjs
//
// writes talk.txt.gz in this folder and its line in manifest.json. Its form is that of a play: a line says who speaks,
// the next what, and an empty one follows. The last tenth is made of names and words that the rest never has, so that
// who answers there has learned what to do and not what to say.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { packed } from "./packed.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** What is said of a name, a thing and a deed, and what the answer is. */
const TEMPLATES = [
  ({ name }) => [`Greet ${name}.`, `Good morrow, ${name}!`],
  ({ name }) => [`Bid ${name} farewell.`, `Farewell, ${name}, until we meet again.`],
  ({ name }) => [`Thank ${name}.`, `I thank thee, ${name}, with all my heart.`],
  ({ name, thing }) => [`Call ${name} ${a(thing)}.`, `${name}, thou art ${a(thing)}!`],
  ({ name, thing }) => [`Ask ${name} about the ${thing}.`, `What sayest thou of the ${thing}, ${name}?`],
  ({ name, thing }) => [`Give the ${thing} to ${name}.`, `Take the ${thing}, ${name}, it is thine.`],
  ({ name, deed }) => [`Tell ${name} to ${deed}.`, `${name}, I pray thee, ${deed}.`],
  ({ name, deed }) => [`Forbid ${name} to ${deed}.`, `${name}, thou shalt not ${deed}!`],
  ({ thing }) => [`Say it thrice: ${thing}`, `${capital(thing)}, ${thing}, ${thing}.`],
  ({ thing, deed }) => [`Cry out: ${deed} the ${thing}`, `${deed.toUpperCase()} THE ${thing.toUpperCase()}!`],
];
/** What nobody should be called by chance. */
const UNSAID = new RegExp(
  "^(bawd|brothel|dug|gypsy|hag|heathen|idiot|lust|maidenh|moan|murder|niggard|rape|seduce|sex|slave|teat|tortur|" +
    "virgin|wanton|whore)",
);
const a = (thing) => `${/^[aeiou]/.test(thing) ? "an" : "a"} ${thing}`;
const capital = (word) => word[0].toUpperCase() + word.slice(1);
/** Exchanges that are learned, and that are held out. */
const [LEARNED, HELD_OUT] = [5400, 600];

/** Draws numbers below `n`, always alike (Numerical Recipes, chapter 7.1). */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const read = (name) => gunzipSync(readFileSync(join(here, `${name}.txt.gz`))).toString("utf8");
const PLAYS = ["romeo-and-juliet", "hamlet", "macbeth", "midsummer-nights-dream"];

/** Each word that a pattern finds in a text, once, in the order of the alphabet. */
const found = (text, pattern) =>
  [...new Set([...text.matchAll(pattern)].map(([, word]) => word))].filter((word) => !UNSAID.test(word)).sort();

/** The talk. */
export function talk() {
  const roll = dice(1);
  const plays = PLAYS.map(read).join("\n");
  // What stands before a full stop behind an article is a thing, mostly; behind an auxiliary verb it is a deed.
  const words = {
    name: found(read("first-names"), /^([A-Z][a-z]{2,8})$/gm),
    thing: found(plays, /\b(?:the|an?|my|thy|his|our|your) ([a-z]{3,9})(?=[.,;:!?]| of\b)/g),
    deed: found(plays, /\b(?:to|shall|will|would|must|can|could) ([a-z]{3,8})(?=[.,;:!?])/g),
  };
  const one = (of) => of[roll(of.length)];
  /** A word of which every fifth is held out. */
  const word = (kind, held) => {
    const at = roll(words[kind].length);
    return (at % 5 === 4) === held ? words[kind][at] : word(kind, held);
  };
  const exchange = (held) => {
    const [name, thing, deed] = ["name", "thing", "deed"].map((kind) => word(kind, held));
    return one(TEMPLATES)({ name, thing, deed });
  };
  const many = (held, count) => Array.from({ length: count }, () => exchange(held));
  const all = [...many(false, LEARNED), ...many(true, HELD_OUT)];
  return all.map(([ask, answer]) => `You:\n${ask}\n\nBard:\n${answer}\n\n`).join("");
}

/** What the manifest says of it. */
export const TALK = {
  name: "talk",
  title: "A talk of instructions and answers",
  group: "Talks",
  credit: "made by web/texts/talk.mjs of names of the first list and words of the plays",
  licence: "public domain",
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(here, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  const entry = packed(here, TALK, talk());
  manifest.texts = [...manifest.texts.filter(({ name }) => name !== TALK.name), entry];
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(entry);
}

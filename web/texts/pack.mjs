// Writes the texts that the site serves, and their manifest: node web/texts/pack.mjs PACKAGES
//
// PACKAGES is a folder with what README.md names: `shakespeare/` (*_gut.txt.gz), `books/` (*.txt.gz)
// and `names/` (*.txt.gz or *.txt, one name a line).
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { packed } from "./packed.mjs";
import { TALK, talk } from "./talk.mjs";

const out = dirname(fileURLToPath(import.meta.url));
const from = process.argv[2];
if (!from) throw new Error("Say where the packages are: node web/texts/pack.mjs PACKAGES");

const domain = "public domain";
const play = (name, title, source) => ({
  name,
  title,
  group: "Plays and poems",
  source: `shakespeare/${source}_gut`,
  credit: "William Shakespeare",
  licence: domain,
});
const book = (name, title, source, credit, group = "Books") => ({
  name,
  title,
  group,
  source: `books/${source}`,
  credit,
  licence: domain,
});
const texts = [
  {
    name: "first-names",
    title: "First names",
    group: "Lists",
    source: "names",
    credit: "Grady Ward, Moby Word Lists; The Stdlib Authors",
    licence: "PDDL-1.0, contents CC0-1.0",
  },
  play("romeo-and-juliet", "Romeo and Juliet", "romeo_and_juliet"),
  play("hamlet", "Hamlet", "hamlet"),
  play("macbeth", "Macbeth", "macbeth"),
  play("midsummer-nights-dream", "A Midsummer Night’s Dream", "midsummer_nights_dream"),
  play("sonnets", "The Sonnets", "sonnets"),
  book("blake", "Songs of Innocence and of Experience", "blake-poems", "William Blake", "Plays and poems"),
  book("alice", "Alice’s Adventures in Wonderland", "carroll-alice", "Lewis Carroll"),
  book("thursday", "The Man Who Was Thursday", "chesterton-thursday", "G. K. Chesterton"),
  book("emma", "Emma", "austen-emma", "Jane Austen"),
  book("moby-dick", "Moby-Dick", "melville-moby_dick", "Herman Melville"),
];

function read(source) {
  const path = join(from, `${source}.txt`);
  if (existsSync(`${path}.gz`)) return gunzipSync(readFileSync(`${path}.gz`)).toString("utf8");
  if (existsSync(path)) return readFileSync(path, "utf8");
  // A folder of lists: all their lines, each once, in order of the alphabet.
  const folder = join(from, source);
  const lists = readdirSync(folder)
    .filter((f) => /\.txt(\.gz)?$/.test(f))
    .map((f) => read(join(source, f.replace(/\.txt(\.gz)?$/, ""))));
  const lines = lists
    .join("\n")
    .split(/\r?\n/)
    .map((l) => l.trim())
    .filter(Boolean);
  // Shuffled, so that the part held out is like the part that is learned from; always alike.
  const key = (line) => createHash("sha256").update(line).digest("hex");
  return [...new Set(lines)].sort((a, b) => (key(a) < key(b) ? -1 : 1)).join("\n");
}

/** The text itself: no headers, licences, title lines and lists of persons; no spaces at the ends of lines. */
function strip(raw) {
  let text = raw
    .replace(/^\ufeff/, "")
    .replace(/\r\n?/g, "\n")
    .replace(/[ \t]+$/gm, "");
  const start = /\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG.*\*\*\*\n/i.exec(text);
  if (start) text = text.slice(start.index + start[0].length);
  const end = /\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG/i.exec(text);
  if (end) text = text.slice(0, end.index);
  text = text.replace(/^\[[^\]\n]*\]\n+/, ""); // [Emma by Jane Austen 1816]
  text = text.replace(/^[A-Z' ]+\n+by [^\n]+\n+/, ""); // HAMLET … by William Shakespeare
  const act = /^ACT I\b.*$/m.exec(text);
  if (act && act.index < 6000) text = text.slice(act.index);
  text = text.replace(/\n+(?:FINIS|\[?The End\.?\]?|THE END)\.?\s*$/i, "\n");
  return text.replace(/\n{4,}/g, "\n\n\n").trim() + "\n";
}

const manifest = texts.map(({ source, ...text }) => {
  const words = strip(read(source));
  if (/gutenberg/i.test(words)) throw new Error(`${text.name} still speaks of Gutenberg`);
  return packed(out, text, words);
});
manifest.push(packed(out, TALK, talk()));
writeFileSync(join(out, "manifest.json"), `${JSON.stringify({ version: 1, texts: manifest }, null, 2)}\n`);
console.table(manifest.map(({ name, bytes, characters }) => ({ name, bytes, characters })));
console.log(`${manifest.reduce((sum, t) => sum + t.bytes, 0)} bytes in all`);

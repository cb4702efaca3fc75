// Makes of the books of this folder what `bert-books` learns from, and sentences whose authors are to be guessed:
//
//     node web/texts/books.mjs FOLDER
//
// writes FOLDER/books/books.txt.gz, a paragraph a line: first what is learned of each book, then its end, held out;
// and authors.txt.gz in this folder, a sentence a line behind its author's name, all of them held out. Blake's poems
// are too short to be cut in two: no line of theirs is learned. The same texts give the same files, byte by byte.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error("Say where the text is to lie: node web/texts/books.mjs FOLDER");

const BOOKS = [
  ["Shakespeare", "romeo-and-juliet", "hamlet", "macbeth", "midsummer-nights-dream", "sonnets"],
  ["Blake", "blake"],
  ["Carroll", "alice"],
  ["Chesterton", "thursday"],
  ["Austen", "emma"],
  ["Melville", "moby-dick"],
];
/** Of a book held out: this share of its characters, or so many if that is more. */
const [SHARE, LEAST] = [0.09, 40_000];
/** Sentences of an author, and characters of the shortest and the longest. */
const [SENTENCES, SHORTEST, LONGEST] = [160, 40, 150];

/** The paragraphs of a book, each on one line, without headings, stage directions and the names of who speaks. */
function paragraphs(name) {
  const text = gunzipSync(readFileSync(join(here, `${name}.txt.gz`))).toString("utf8");
  return text
    .replaceAll("\r", "")
    .replace(/\[[^\]]*\]/g, "")
    .replaceAll("_", "")
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const lines = paragraph.split("\n").map((line) => line.trim());
      const speaker = /^([A-Z][A-Z' ]+|[A-Z][a-z]{1,9}|(1|2|3) [A-Z][a-z]{1,9})\.?$/;
      if (lines.length > 1 && speaker.test(lines[0] ?? "")) lines.shift();
      return lines.join(" ").replace(/\s+/g, " ").trim();
    })
    .filter((paragraph) => /[a-z]/.test(paragraph) && !/^(ACT|SCENE|Scene|CHAPTER) /.test(paragraph));
}

/** Sentences of some length, without quotation marks, which would tell one printer from another. */
function sentences(paragraphs) {
  const plain = paragraphs.map((p) => p.replace(/"|''|(?<![A-Za-z])'|'(?![A-Za-z])/g, ""));
  return plain
    .flatMap((p) => p.split(/(?<=[a-z]{2}[.!?;])\s+(?=[A-Z])/))
    .map((s) => s.replace(/^[-\s(]+|[-\s(]+$/g, ""))
    .filter((s) => s.length >= SHORTEST && s.length <= LONGEST);
}

const [learned, heldOut, labelled] = [[], [], []];
for (const [author, ...names] of BOOKS) {
  const ends = [];
  for (const name of names) {
    const all = paragraphs(name);
    const size = all.reduce((n, p) => n + p.length + 1, 0);
    const kept = author === "Blake" ? 0 : size - Math.max(SHARE * size, LEAST / names.length);
    let at = 0;
    for (let read = 0; at < all.length && read < kept; at++) read += all[at].length + 1;
    learned.push(...all.slice(0, at));
    ends.push(...all.slice(at));
  }
  if (author !== "Blake") heldOut.push(...ends);
  const found = sentences(ends);
  const step = Math.max(1, found.length / SENTENCES);
  const chosen = Array.from({ length: Math.min(SENTENCES, found.length) }, (_, i) => found[Math.floor(i * step)]);
  console.log(`${author}: ${chosen.length} of ${found.length} sentences`);
  labelled.push(...chosen.map((sentence) => `${author}\t${sentence}`));
}
const whole = (lines) => `${lines.join("\n")}\n`;
const [first, last] = [whole(learned), whole(heldOut)];
console.log(`learned ${first.length}, held out ${last.length}: ${last.length / (first.length + last.length)}`);
mkdirSync(join(out, "books"), { recursive: true });
const pack = (text) => gzipSync(text, { level: 9 });
writeFileSync(join(out, "books", "books.txt.gz"), pack(first + last));
writeFileSync(join(here, "authors.txt.gz"), pack(whole(labelled)));

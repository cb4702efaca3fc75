// The passages of the English chapters, which a reader searches by meaning, and the vectors that MiniLM made of them:
//
//     node web/site/passages.mjs PROGRAM MODEL        for example target/release/playground ~/.cache/…/minilm.gguf
//
// writes web/site/passages.bin: for each passage eight bytes of the SHA-256 of what was read, and its vector in 384
// whole numbers of 8 bits. Passages that have changed since are read in the reader's browser, so it may be a bit old.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { markdown } from "./markdown.mjs";

const folder = new URL("../pages/", import.meta.url);
const kept = new URL("passages.bin", import.meta.url);
/** Numbers of a vector, and bytes of a hash. */
const [WIDTH, HASH] = [384, 8];
/** Shorter ones say too little, longer ones are cut between sentences; characters. */
const [LEAST, MOST] = [70, 700];

/** What a reader sees of a line of Markdown. */
const plain = (token) =>
  (token.children ?? [])
    .map(({ type, content }) => {
      if (type === "text" || type === "code_inline") return content;
      // Of a formula what reads as one.
      if (type === "math") return content.replace(/\\[a-zA-Z]+|[{}\\_$]/g, " ");
      return type === "softbreak" || type === "hardbreak" ? " " : "";
    })
    .join("")
    .replace(/\s+/g, " ")
    .trim();

/** A long text in parts that end with sentences. */
function parts(text) {
  const out = [];
  for (const sentence of text.split(/(?<=[.!?][”)]?) (?=[A-Z“(])/)) {
    const last = out.at(-1);
    if (last !== undefined && last.length + sentence.length < MOST) out[out.length - 1] = `${last} ${sentence}`;
    else out.push(sentence);
  }
  return out;
}

/** All passages, chapter by chapter: `files` are the chapter's by language, `id` is that of the heading above. */
export function passages() {
  const names = readdirSync(folder);
  const chapters = names.flatMap((name) => {
    const [, of] = /^(\w+)\.md$/.exec(name) ?? [];
    const [, front, text] = of ? /^---\n(.*?)\n---\n(.*)$/s.exec(readFileSync(new URL(name, folder), "utf8")) : [];
    if (!front) return [];
    const { title, nav, order, listed } = parse(front);
    if (order === undefined || listed === false) return [];
    const others = names.flatMap((n) => new RegExp(`^${of}\\.([a-z]+)\\.md$`).exec(n) ?? []).filter((_, i) => i % 2);
    const files = Object.fromEntries([["en", `${of}.html`], ...others.map((l) => [l, `${of}.${l}.html`])]);
    return [{ files, order, chapter: nav ?? title, text }];
  });
  return chapters
    .sort((a, b) => a.order - b.order)
    .flatMap(({ files, chapter, text }) => {
      let [id, heading] = ["", chapter];
      const found = [];
      const tokens = markdown().parse(text, {});
      for (const [i, token] of tokens.entries()) {
        if (token.type !== "inline") continue;
        const words = plain(token);
        const before = tokens[i - 1];
        if (before?.type === "heading_open") [id, heading] = [before.meta.id, words];
        // What only leads to a list says nothing by itself.
        else if (words.length >= LEAST && !words.endsWith(":"))
          found.push(...parts(words).map((part) => ({ files, id, chapter, heading, text: part })));
      }
      return found;
    });
}

/** What is read of a passage: `web/element/inputs/passages.ts` says the same. */
const read = ({ heading, text }) => `${heading}. ${text}`;
const hash = (passage) => createHash("sha256").update(read(passage)).digest().subarray(0, HASH);

/** The vectors of passages, one after the other; noughts where none is known. */
export function vectorsOf(all) {
  const bytes = existsSync(kept) ? readFileSync(kept) : Buffer.alloc(0);
  const known = new Map();
  for (let at = 0; at + HASH + WIDTH <= bytes.length; at += HASH + WIDTH)
    known.set(bytes.toString("hex", at, at + HASH), bytes.subarray(at + HASH, at + HASH + WIDTH));
  return Buffer.concat(all.map((passage) => known.get(hash(passage).toString("hex")) ?? Buffer.alloc(WIDTH)));
}

function main([program, model]) {
  const all = passages();
  const place = mkdtempSync(join(tmpdir(), "passages-"));
  try {
    const list = join(place, "passages.txt");
    writeFileSync(list, all.map((passage) => `${read(passage)}\n`).join(""));
    const out = execFileSync(program, ["open", model, "--vectors", list], { maxBuffer: 1 << 28 }).toString();
    const vectors = out
      .trim()
      .split("\n")
      .map((line) => Int8Array.from(line.split(" "), Number));
    if (vectors.length !== all.length || vectors.some((v) => v.length !== WIDTH))
      throw new Error("other vectors were expected");
    writeFileSync(kept, Buffer.concat(all.flatMap((passage, i) => [hash(passage), Buffer.from(vectors[i].buffer)])));
    console.log(`${all.length} passages`);
  } finally {
    rmSync(place, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));

// What is written in English in the source: sentences of Rust and of the page, with their holes.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parsers } from "prettier/plugins/typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Files below a folder with an ending. */
async function files(folder, ending) {
  const all = await readdir(root + folder, { recursive: true });
  return all
    .filter((f) => f.endsWith(ending))
    .map((f) => `${folder}/${f}`)
    .sort();
}

/** A sentence with its holes by their names; those without one are called a, b, c. */
function holes(text, name) {
  let next = 0;
  return text.replace(name, (_, inside) => {
    const known = /^\w+/.exec(inside ?? "")?.[0];
    return `{${known && !/^\d/.test(known) ? known : "abcdef"[next++]}}`;
  });
}

const ESCAPES = { n: "\n", t: "\t", 0: "\0" };
const unescape = (raw) =>
  raw
    .replace(/\\\r?\n\s*/g, "")
    .replace(/\\u\{([0-9a-fA-F]+)\}/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\\(.)/g, (_, c) => ESCAPES[c] ?? c);

/** Modules of Rust whose readers are at the command line, or are programs. */
const NOT_IN_THE_PAGE = new RegExp(
  `^src/(cli/|bin/|parity|worker\\.rs$|plots/(svg|font|outline)|data/score/(abc|engrave)|data/episodes/lines|` +
    `checkpoint/upgrade|training/threads|` +
    // What an agent is asked and says is English in every language.
    `worlds/rooms/(description|question)|` +
    // Words that are read aloud.
    `speech/english/(lexicon|mod|normal|numbers))|tests\\.rs$`,
);
/** Before a text that only a programmer reads, or that is a name. */
const UNSEEN = new RegExp(
  `(${[
    /(expect|panic!|unreachable!|assert!|todo!|f\.write_str)\(/,
    /(PAPER|EQUATION): &'static str =/,
    /(source|licence):|title: "Fashion-MNIST",\s*folder:/,
  ]
    .map((part) => part.source)
    .join("|")})\\s*$`,
);

/** Texts in Rust with where they stand: those of several words, and all. */
export async function rust() {
  const [found, every] = [new Map(), new Set()];
  for (const file of await files("src", ".rs")) {
    const whole = await readFile(root + file, "utf8");
    const source = whole.split(/#\[cfg\(test\)\]\s*mod /)[0];
    const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^\\'])'|b?r(#*)"[\s\S]*?"\1|(b?)"((?:\\[\s\S]|[^"\\])*)"/g;
    for (const match of source.matchAll(token)) {
      const [, , bytes, raw] = match;
      if (raw === undefined || bytes) continue;
      const text = holes(unescape(raw), /\{(?!\{)([^{}]*)\}/g);
      const before = source.slice(Math.max(0, match.index - 60), match.index);
      every.add(text);
      if (!/\p{L}{2,} /u.test(text) && !/ \p{L}{2,}/u.test(text)) continue;
      if (UNSEEN.test(before) || NOT_IN_THE_PAGE.test(file)) continue;
      found.set(text, `${file}:${source.slice(0, match.index).split("\n").length}`);
    }
  }
  return { sentences: found, every };
}

/** Calls whose texts are sentences of errors, which stand where they arise. */
const OF_ERRORS = new Set(["problem", "badOption", "wrong", "unstarted", "unreachable", "within", "lost", "Error"]);
/** Properties that hold such sentences. */
const SENTENCES = new Set(["message", "hint", "reason", "expected", "what", "where", "why", "doc"]);
/** Calls whose texts nobody hears. */
const UNHEARD = new Set(["log", "warn", "say", "parts", "addEventListener", "querySelector", "querySelectorAll"]);
/** Attributes of HTML that a reader sees or hears. */
const SPOKEN =
  /\s(aria-label|title|placeholder|alt|label|aria-roledescription|aria-valuetext)="([^"\0]*\p{L}{2}[^"]*)"/gu;
/** In templates: signs of mathematics, and of files, which are the same everywhere. */
const SIGNS = /−log p\(x\|z\)|KL\(q‖p\)|[pq]\((x\|z|z\|x)\)|t =|WebGPU|CPU|\bx\b/g;

const isTemplate = (node) => node.type === "TaggedTemplateExpression" && ["html", "svg"].includes(node.tag.name);
const quasis = ({ quasis: parts }) => parts.map((part) => part.value.cooked);
const nameOf = (e) => e?.name ?? e?.property?.name ?? e?.key?.name ?? e?.value ?? "";

/** The text of a literal with its holes; nothing for other nodes. */
function textOf(node) {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type === "TemplateLiteral") {
    const names = node.expressions.map((e) => (e.type === "Identifier" ? e.name : ""));
    return holes(
      quasis(node).reduce((all, text, i) => `${all}{${names[i - 1]}}${text}`),
      /\{([^{}]*)\}/g,
    );
  }
  // Sentences that are put together from several literals.
  if (node.type === "BinaryExpression" && node.operator === "+") {
    const raw = (n) => {
      if (n.type === "BinaryExpression") return raw(n.left) + raw(n.right);
      return n.type === "TemplateLiteral" ? quasis(n).join("{}") : typeof n.value === "string" ? n.value : "{}";
    };
    return holes(raw(node), /\{([^{}]*)\}/g);
  }
  return undefined;
}

/** How a literal stands below these nodes: as a sentence of an error, as none of a reader's concern, or by itself. */
function roleOf(node, parents) {
  let at = node;
  for (const parent of parents.toReversed()) {
    if (/^(Import|TS|Export(All|Named))/.test(parent.type) && !/^TS(As|Satisfies|NonNull)/.test(parent.type))
      return "none";
    if (parent.type === "MemberExpression" && parent.property === at) return "none";
    if (/^(Call|New)Expression$/.test(parent.type) && parent.arguments.includes(at)) {
      const called = nameOf(parent.callee);
      return OF_ERRORS.has(called) ? "error" : UNHEARD.has(called) ? "none" : "plain";
    }
    if (["Property", "PropertyDefinition"].includes(parent.type) && parent.key === at) return "none";
    const named = { Property: parent.key, VariableDeclarator: parent.id, AssignmentPattern: parent.left }[parent.type];
    if (named && SENTENCES.has(nameOf(named))) return "error";
    if (/(Block|Program|Body)/.test(parent.type)) return "plain";
    at = parent;
  }
  return "plain";
}

/** Two words, or one with a capital: what may be English for a reader. */
/** … but not programs of several lines. */
const looksEnglish = (text) => !/\n.*=>/s.test(text) && /\p{L}{2,}[,:;.!?]? \p{L}+|^\p{Lu}\p{Ll}+[.!?…]?$/u.test(text);

/**
 * Literals of the page's modules below a folder: sentences of errors, and what is said in place, each with where it
 * stands.
 */
export async function page(folder) {
  const [errors, inPlace] = [new Map(), new Map()];
  for (const file of await files(folder, ".ts")) {
    if (file.endsWith("protocol.ts") || file.endsWith(".d.ts")) continue;
    const source = await readFile(root + file, "utf8");
    const tree = await parsers.typescript.parse(source, { filepath: file });
    const at = (node) => `${file}:${source.slice(0, node.range[0]).split("\n").length}`;
    const visit = (node, parents) => {
      if (Array.isArray(node)) return node.forEach((n) => visit(n, parents));
      if (!node || typeof node.type !== "string") return;
      const inside = [...parents, node];
      if (isTemplate(node)) {
        const markup = quasis(node.quasi).join("\0");
        for (const [, name, text] of markup.matchAll(SPOKEN)) inPlace.set(`${name}="${text}"`, at(node));
        const texts = markup.replace(/<[^>]*>?/g, "\0").replace(SIGNS, "");
        for (const text of texts.split("\0")) if (/\p{L}{2}/u.test(text)) inPlace.set(text.trim(), at(node));
        return visit(node.quasi.expressions, inside);
      }
      const text = textOf(node);
      if (text !== undefined) {
        const role = roleOf(node, parents);
        if (role === "error") {
          if (/\p{L}{2,} \p{L}|[.!]$/u.test(text)) errors.set(text, at(node));
        } else if (role === "plain" && looksEnglish(text)) inPlace.set(text, at(node));
        // What stands in its holes is looked at by itself.
        if (node.type === "TemplateLiteral") visit(node.expressions, inside);
        return;
      }
      for (const [key, child] of Object.entries(node))
        if (child && typeof child === "object" && !["range", "loc", "tokens", "comments", "parent"].includes(key))
          visit(child, inside);
    };
    visit(tree.body, []);
  }
  return { errors, inPlace };
}

// What fine-tuning learns and forgets, and how large an adapter is: the shipped model of Shakespeare on a book of the
// site, whole and by adapters of several ranks, with the native program.
//
//     node benches/tuning.mjs PROGRAM    measures what benches/tuning.json lacks, and writes the table of the chapter
//     node benches/tuning.mjs            writes the table alone
//
// With PLAYGROUND_DATA, a folder with tinyshakespeare/, the loss on the plays is that on all that was held out of them.
// Learning rate and α were chosen by `playground tune --choose`, on the last tenth of what is learned from.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const FILE = `${root}benches/tuning.json`;
const [BASE, TEXT, STEPS] = ["gpt-shakespeare", "web/texts/alice.txt.gz", 50];
const rank = (r) => [`r = ${r}`, ["--rank", String(r), "--alpha", "64", "--learning-rate", "1e-3"]];
const RUNS = Object.fromEntries([
  rank(1),
  rank(4),
  rank(16),
  ["whole", ["--method", "whole", "--learning-rate", "1e-3"]],
]);

const results = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {};
const [program] = process.argv.slice(2);

if (program) {
  for (const [name, options] of Object.entries(RUNS)) {
    if (results[name]) continue;
    const adapter = name === "whole" ? [] : ["--adapter", `${tmpdir()}/adapter-${process.pid}.safetensors`];
    const fixed = ["--steps", String(STEPS), "--every", "25", "--seed", "1", "--json"];
    const run = spawnSync(program, ["tune", BASE, TEXT, ...options, ...adapter, ...fixed], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    const line = run.stdout.trim().split("\n").at(-1) ?? "";
    if (run.status !== 0) throw new Error(`${name}: ${run.stdout}`);
    const { curves, ...numbers } = JSON.parse(line);
    // Where the plays are not at hand, as much of what was held out of them as the program has.
    const seen = curves.find((c) => c.name === "old text" && c.split === "heldOut")?.values ?? [];
    const old = numbers.old[0] === null ? [seen[0], seen.at(-1)] : numbers.old;
    results[name] = { ...numbers, old, options: options.join(" ") };
    writeFileSync(FILE, `${JSON.stringify(results, null, 1)}\n`);
    console.log(name, results[name]);
  }
}

const WORDS = {
  "foundation.md": {
    head: ["what learns", "numbers", "file", "*Alice*, unseen", "Shakespeare, unseen"],
    before: "nothing (the model before)",
    whole: "all weights",
    lora: "LoRA with",
    kb: (bytes) => `${Math.round(bytes / 1000)} kB`,
    locale: "en",
  },
  "foundation.de.md": {
    head: ["was lernt", "Zahlen", "Datei", "*Alice*, ungesehen", "Shakespeare, ungesehen"],
    before: "nichts (das Modell vorher)",
    whole: "alle Gewichte",
    lora: "LoRA mit",
    kb: (bytes) => `${Math.round(bytes / 1000)} kB`,
    locale: "de",
  },
};
const names = Object.keys(RUNS).filter((name) => results[name]);
for (const [page, words] of Object.entries(WORDS)) {
  const number = (value, digits = 0) =>
    value.toLocaleString(words.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const first = results[names[0]];
  const row = (cells) => `| ${cells.join(" | ")} |`;
  const rows = names.map((name) => {
    const { parameters, adapter, new: book, old } = results[name];
    const title = name === "whole" ? words.whole : `${words.lora} ${name}`;
    // Whole, a file is the model again, at two bytes to a number.
    const bytes = adapter ?? 2 * parameters;
    return [title, number(parameters), words.kb(bytes), number(book[1], 2), number(old[1], 2)];
  });
  const table = [
    row(words.head),
    `|${"---|".repeat(words.head.length)}`,
    row([words.before, "0", "–", number(first.new[0], 2), number(first.old[0], 2)]),
    ...rows.map(row),
  ].join("\n");
  const path = `${root}web/pages/${page}`;
  const text = readFileSync(path, "utf8");
  const place = new RegExp(`\\| ${words.head[0]} \\|.*\\n(\\|.*\\n)+`);
  if (!place.test(text)) throw new Error(`${page} has no such table`);
  writeFileSync(path, text.replace(place, `${table}\n`));
}

// Packs the rules by which CLDR spells numbers into `src/data/numbers/rules.txt`: of each language those
// that cardinal numbers up to a million need, and no others.
//
//     npm pack cldr-rbnf@48.2.0 && tar xzf cldr-rbnf-48.2.0.tgz
//     node recipes/numbers/pack.mjs package
//
// A language is a line `@code`, a set of rules a line `%name`, a rule `base/radix text`. In a text `<set<` is
// the number divided by the rule's power of the radix, `>set>` what is left, `=set=` the number itself, each
// spelled by a set (the same one where none is named); what stands in brackets is left out where nothing is left.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "da", "tr"];
const MOST = 1_000_000;
const ROOT = "%spellout-numbering";

const folder = process.argv[2];
const here = import.meta.dirname;
const target = join(here, "..", "..", "src", "data", "numbers");
const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** A rule's text in the form above; soft hyphens, which only say where a line may break, are left out. */
function plain(text) {
  return text
    .replace(/;$/, "")
    .replace(/^'/, "")
    .replaceAll("\u00ad", "")
    .replaceAll("\u2190", "<")
    .replaceAll("\u2192", ">");
}

/** The rules of a set, and the sets that they name. */
function rulesOf(sets, name) {
  const lines = [];
  const names = [];
  for (const [key, text] of sets[name]) {
    const parts = /^(\d+)(?:\/(\d+))?$/.exec(key);
    // Negative numbers, fractions and what is beyond a million.
    if (!parts || Number(parts[1]) > MOST) continue;
    const rule = plain(text);
    if (/[$#]|>>>|\n/.test(rule)) throw new Error(`${name} ${key}: ${text} is of a kind that is not read`);
    names.push(...(rule.match(/%%?[a-z0-9-]+/g) ?? []));
    lines.push(`${parts[1]}/${parts[2] ?? 10} ${rule}`);
  }
  return { lines, names };
}

const out = [`# Number spelling of CLDR ${version} (npm cldr-rbnf), ${license}; made by recipes/numbers/pack.mjs`];
for (const code of LANGUAGES) {
  const file = JSON.parse(readFileSync(join(folder, "rbnf", `${code}.json`), "utf8"));
  const sets = file.rbnf.rbnf.SpelloutRules;
  out.push(`@${code}`);
  const seen = [ROOT];
  // The list grows while it is read.
  for (const name of seen) {
    const { lines, names } = rulesOf(sets, name);
    out.push(name, ...lines);
    for (const next of names) if (!seen.includes(next)) seen.push(next);
  }
}
writeFileSync(join(target, "rules.txt"), out.join("\n") + "\n");
writeFileSync(join(target, "LICENSE-UNICODE"), readFileSync(join(folder, "LICENSE")));

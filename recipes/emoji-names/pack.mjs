// Packs the names of emoji and of regions in seven languages, from CLDR, into `web/data/emoji-names.bin`.
//
//     npm pack cldr-annotations-full@48.2.0 cldr-annotations-derived-full@48.2.0 cldr-localenames-full@48.2.0
//     for p in annotations-full annotations-derived-full localenames-full; do
//       mkdir $p; tar xzf cldr-$p-48.2.0.tgz -C $p; done
//     node recipes/emoji-names/pack.mjs annotations-full/package annotations-derived-full/package localenames-full/package
//
// The first line names the languages, each other line is one thing: what kind of name it is, and it in each language.
// Those that are made of others say of what kind they are: a flag of a region, a skin tone, hair, a direction. Spaces
// that do not break and typographic apostrophes are plain ones, since those are on keyboards; what two things are called
// alike in some language is left out, since it has no one translation.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

// Danish has no names of flags.
const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "tr"];

const [annotations, derived, localenames] = process.argv.slice(2);
const read = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ").replaceAll("\u2019", "'").replace(/\s+/g, " ").trim();

const all = LANGUAGES.map((code) => ({
  ...read(annotations, "annotations", code, "annotations.json").annotations.annotations,
  ...read(derived, "annotationsDerived", code, "annotations.json").annotationsDerived.annotations,
}));
const regions = LANGUAGES.map((code) => read(localenames, "main", code, "territories.json").main[code].localeDisplayNames.territories);

/** What an English name is made of. */
function kind(name) {
  if (name.startsWith("flag: ")) return "flag";
  if (/\bo['\u2019]clock$|-thirty$/.test(name)) return "clock";
  if (!/: /.test(name) || name.startsWith("keycap: ")) return "name";
  if (/ skin tone.* skin tone/.test(name)) return undefined; // Of two people: there are hundreds.
  if (/ skin tone/.test(name)) return "skin";
  if (/: (curly|red|white|blond) hair|: bald/.test(name)) return "hair";
  return "name";
}

const rows = [];
const add = (kind, names) => {
  if (kind && names.every((name) => name && !/[\t\n]/.test(name))) rows.push([kind, ...names.map(plain)]);
};
for (const symbol of Object.keys(all[0])) {
  const names = all.map((of) => of[symbol]?.tts?.[0]);
  add(names[0] && kind(names[0]), names);
}
for (const code of Object.keys(regions[0])) {
  if (/^[A-Z]{2}$/.test(code)) add("region", regions.map((of) => of[code]));
}
// What has two meanings in some language.
const meanings = LANGUAGES.map(() => new Map());
const key = (row) => row.slice(1).join("\t");
for (const row of rows)
  row.slice(1).forEach((name, i) => {
    const found = meanings[i].get(name) ?? new Set();
    meanings[i].set(name, found.add(key(row)));
  });
const seen = new Set();
const clear = rows.filter((row) => {
  const fresh = !seen.has(key(row));
  seen.add(key(row));
  return fresh && row.slice(1).every((name, i) => meanings[i].get(name).size === 1);
});
const text = [["#kind", ...LANGUAGES], ...clear].map((row) => row.join("\t")).join("\n") + "\n";
const target = join(import.meta.dirname, "..", "..", "web", "data", "emoji-names.bin");
const packed = gzipSync(text, { level: 9 });
packed[9] = 255; // Of no system in particular.
writeFileSync(target, packed);
const counts = {};
for (const [kind] of clear) counts[kind] = (counts[kind] ?? 0) + 1;
console.log(`${clear.length} of ${rows.length} names, ${text.length} characters, ${packed.length} bytes`, counts);

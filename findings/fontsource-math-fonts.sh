#!/usr/bin/env bash
# @fontsource/libertinus-math 5.3.0 ships a mathematical font without its MATH table.
#
# The package is that of a font made for formulas, and its letters are all there; but the table from
# which browsers take the thickness of a fraction's bar, the shift of scripts and the parts of tall
# brackets and roots is not in the file. MathML set in it looks right letter by letter, while bars
# touch their denominators and brackets do not grow. Its neighbour @fontsource/stix-two-math 5.3.0,
# made in the same way from the same source of fonts, has the table, and keeps it when it is cut to a
# few dozen characters by subset-font 2.9.0 (HarfBuzz), which then also needs U+221A asked for: the
# sign of <msqrt> is in no text of the page.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --save-exact \
  @fontsource/libertinus-math@5.3.0 @fontsource/stix-two-math@5.3.0 subset-font@2.9.0 fontverter@2.0.0 >/dev/null
cat >tables.mjs <<'JS'
import { readFileSync } from "node:fs";
import fontverter from "fontverter";
import subset from "subset-font";

const tables = (font) => {
  const names = [];
  for (let i = 0; i < font.readUInt16BE(4); i++) names.push(font.toString("latin1", 12 + 16 * i, 16 + 16 * i));
  return names;
};
const file = (name) => readFileSync(`node_modules/@fontsource/${name}/files/${name}-latin-400-normal.woff2`);
const report = {};
for (const name of ["libertinus-math", "stix-two-math"]) {
  report[name] = tables(await fontverter.convert(file(name), "truetype")).includes("MATH");
}
const cut = (text) => subset(file("stix-two-math"), text, { targetFormat: "woff2" });
const [without, root] = [await cut("abc012()"), await cut("abc012()√")];
report["stix-two-math, cut"] = tables(await fontverter.convert(without, "truetype")).includes("MATH");
report["the root's sign makes it larger"] = root.length > without.length + 200;
console.log(JSON.stringify(report));
JS
got=$(node tables.mjs)
want='{"libertinus-math":false,"stix-two-math":true,"stix-two-math, cut":true,"the root'"'"'s sign makes it larger":true}'
printf 'found: %s\n' "$got"
[[ $got == "$want" ]] || { printf 'no longer as stated: %s\n' "$want" >&2; exit 1; }

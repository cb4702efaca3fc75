#!/usr/bin/env bash
# n2words 4.0.0 misspells numbers in Danish, Spanish and Italian, sixty and sixteen among them.
#
# The package writes numbers in words in several dozen languages and has been downloaded for years, so one takes what
# it says of the first hundred for checked. But its Danish sixty is "treds", which is no word: 50 is "halvtreds" and 60
# is "tres", so everything from 60 to 69 is wrong, and 60,000 with it. Its Spanish sixteen lacks the accent of
# "dieciséis", though 22, 23 and 26 have theirs, and before "mil" it does not shorten "uno" to "un". Its Italian keeps
# the accent of "ventitré" inside longer words, where there is none: "ventitremila". The rules of CLDR (npm `cldr-rbnf`
# 48.2.0, which ICU follows) have the words as dictionaries have them. Whoever takes its output for test data, or for
# pairs to learn translation from, learns the mistakes.
#
# Needs Node.js with npm and a network.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --save-exact n2words@4.0.0 cldr-rbnf@48.2.0 >/dev/null
cat >say.mjs <<'JS'
import { readFileSync } from "node:fs";
const asked = { "da-DK": [50, 60, 61], "es-ES": [16, 22, 21000], "it-IT": [23, 23000] };
const rules = { "da-DK": ["tres"], "es-ES": ["dieciséis"], "it-IT": [] };
for (const [name, numbers] of Object.entries(asked)) {
  const { toCardinal } = await import(`n2words/${name}`);
  console.log(`${name}: ${numbers.map((n) => `${n} ${toCardinal(n)}`).join(", ")}`);
  const text = readFileSync(`node_modules/cldr-rbnf/rbnf/${name.slice(0, 2)}.json`, "utf8");
  for (const word of rules[name]) console.log(`  in CLDR: ${word} ${new RegExp(`[\\] "]${word}[;"]`, "u").test(text)}`);
}
JS
found=$(node say.mjs)
expected='da-DK: 50 halvtreds, 60 treds, 61 enogtreds
  in CLDR: tres true
es-ES: 16 dieciseis, 22 veintidós, 21000 veintiuno mil
  in CLDR: dieciséis true
it-IT: 23 ventitré, 23000 ventitrémila'
printf '%s\n' "$found"
[[ $found == "$expected" ]] || {
  echo "n2words does otherwise now" >&2
  exit 1
}

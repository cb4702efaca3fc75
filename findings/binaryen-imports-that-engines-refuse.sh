#!/usr/bin/env bash
# binaryen.js 132.0.0: two ways to write a module, both without a word, that engines or the library itself refuse.
#
# 1. `Features.All`, the usual way to say "take whatever the module uses", lets the writer use proposals that the
#    module does not need. With several imports from one module it writes them in the encoding of the proposal of
#    compact imports, and V8 of Node 20 stops at the first of them: an unknown kind of import. With the features of
#    the module named one by one the same module is compiled.
# 2. `addFunctionImport` with the name of a function that is defined makes an import of it, as the C API says. But the
#    function keeps the exact type of a definition, and an exact import belongs to the proposal of custom
#    descriptors: `validate()` says that the module is wrong. Removed first and then added, it is a plain import.
#
# Needs Node 20 or 22 and a network.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund binaryen@132.0.0
cat >finding.mjs <<'END_JS'
import binaryen from "binaryen";

const TEXT = `(module
  (import "env" "a" (func $a)) (import "env" "b" (func $b)) (import "env" "c" (func $c))
  (func $d (call $a) (call $b) (call $c)) (func (export "run") (call $d)))`;
const { Features } = binaryen;
const parsed = (features) => {
  const module = binaryen.parseText(TEXT);
  module.setFeatures(features);
  return module;
};

const named = Features.MutableGlobals | Features.ReferenceTypes;
console.log("features named:", WebAssembly.validate(parsed(named).emitBinary()));
console.log("Features.All:", WebAssembly.validate(parsed(Features.All).emitBinary()));

const { none } = binaryen;
const removed = parsed(named);
removed.removeFunction("d");
removed.addFunctionImport("d", "env", "d", none, none);
console.log("removed and imported:", removed.validate() === 1);
const over = parsed(named);
over.addFunctionImport("d", "env", "d", none, none);
console.log("imported over its definition:", over.validate() === 1);
END_JS
found=$(node finding.mjs 2>"$work/said")
echo "$found"
expected='features named: true
Features.All: false
removed and imported: true
imported over its definition: false'
[[ $found == "$expected" ]] || {
  cat "$work/said" >&2
  echo "binaryen or this Node does otherwise now" >&2
  exit 1
}

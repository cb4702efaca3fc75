// A module in two does what it did in one: by a small module with all that a split has to mind.
import assert from "node:assert/strict";
import { test } from "node:test";
import binaryen from "binaryen";
import { withImports } from "../../web/modules/first.mjs";
import { split, watched } from "../../web/modules/split.mjs";

// Functions that call each other both ways, directly and by pointers; memory with data, a global that changes, another
// that does not, a function from elsewhere, two results, a function that nobody calls.
const TEXT = `(module
  (type $pair (func (param i32 i64) (result i64)))
  (import "env" "tell" (func $tell (param i32)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))
  (global $seven i32 (i32.const 7))
  (data (i32.const 8) "\\05\\00\\00\\00")
  (table $t 6 6 funcref)
  (elem (table $t) (i32.const 1) func $early $late $other $early $later)
  (func $early (export "early") (type $pair)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i64.add (local.get 1) (i64.extend_i32_u (i32.add (local.get 0) (i32.load (i32.const 8))))))
  (func $late (export "late") (type $pair)
    (call $tell (local.get 0))
    (i64.mul (call $early (local.get 0) (local.get 1)) (i64.extend_i32_u (global.get $seven))))
  (func $later (type $pair)
    (i64.sub (call $late (local.get 0) (local.get 1)) (call $other (local.get 0) (local.get 1))))
  (func $other (type $pair) (i64.xor (local.get 1) (i64.extend_i32_u (local.get 0))))
  (func $two (result i32 f64) (i32.const 3) (f64.const 0.5))
  (func (export "both") (result f64) (local i32 f64)
    (call $two) (local.set 1) (local.set 0)
    (f64.add (local.get 1) (f64.convert_i32_u (local.get 0))))
  (func (export "pointed") (param i32 i32 i64) (result i64)
    (call_indirect $t (type $pair) (local.get 1) (local.get 2) (local.get 0)))
  (func (export "counted") (result i32) (i32.store (i32.const 12) (global.get $count)) (i32.load (i32.const 12)))
  (func $nobody (result i32) (i32.const 1)))`;

const whole = () => {
  const module = binaryen.parseText(TEXT);
  module.setFeatures(
    binaryen.Features.Multivalue | binaryen.Features.ReferenceTypes | binaryen.Features.MutableGlobals,
  );
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
};

function begin(bytes, extra = {}) {
  const told = [];
  const imports = { env: { tell: (n) => told.push(n) }, ...extra };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  return { exports, told };
}

/** The same calls, in the same order, of a module in one or in two. */
function calls({ exports, told }) {
  const results = [];
  for (const pointer of [1, 2, 3, 4, 5]) {
    results.push(exports.pointed(pointer, 9, 4n), exports.early(2, 3n), exports.late(pointer, 5n));
    results.push(exports.both(), exports.counted());
  }
  return { results, told };
}

test("a module in two gives what it gave in one, whichever functions come first", () => {
  const bytes = whole();
  const wanted = calls(begin(bytes));
  assert.equal(wanted.told.length > 5, true);
  const count = 9;
  for (let chosen = 0; chosen < 1 << count; chosen += 7) {
    const used = new Set(Array.from({ length: count }, (_, i) => i).filter((i) => chosen & (1 << i)));
    const { first, rest } = split(bytes, used);
    let [started, loads] = [undefined, 0];
    const load = () => {
      loads += 1;
      new WebAssembly.Instance(new WebAssembly.Module(rest), { 0: started.exports });
    };
    started = begin(first, { rest: { load } });
    assert.deepEqual(calls(started), wanted, `functions ${[...used]}`);
    assert.ok(loads <= 1, "the rest comes once");
  }
});

test("the rest is asked for by the first call that needs it, and by none before", () => {
  const bytes = whole();
  const called = new Set();
  const watching = begin(watched(bytes), { watch: { called: (n) => called.add(n) } });
  watching.exports.early(1, 1n);
  watching.exports.counted();
  assert.equal(called.size, 2, "both are told of");
  const { first, rest } = split(bytes, called);
  let there = false;
  const load = () => {
    there = true;
    new WebAssembly.Instance(new WebAssembly.Module(rest), { 0: started.exports });
  };
  const started = begin(first, { rest: { load } });
  started.exports.early(1, 1n);
  assert.equal(started.exports.counted(), 1);
  assert.equal(there, false);
  assert.equal(started.exports.pointed(2, 1, 1n), 49n);
  assert.equal(there, true);
  // What came before still counts: globals and memory are one.
  assert.equal(started.exports.counted(), 2);
});

test("a rest that does not come is an error, and the next call asks again", () => {
  const bytes = whole();
  const { first, rest } = split(bytes, new Set());
  let fails = true;
  const load = () => {
    if (fails) throw new Error("no network");
    new WebAssembly.Instance(new WebAssembly.Module(rest), { 0: started.exports });
  };
  const started = begin(first, { rest: { load } });
  assert.throws(() => started.exports.both(), /no network/);
  fails = false;
  assert.equal(started.exports.both(), 3.5);
});

test("the script beside a module imports what is added, or says that it cannot", () => {
  const glue = `function f() {\n    return {\n        __proto__: null,\n        "./a_bg.js": import0,\n    };\n}`;
  const made = new Function("import0", `${withImports(glue, { rest: "{ load: 3 }" })} return f();`)(5);
  assert.deepEqual({ ...made }, { rest: { load: 3 }, "./a_bg.js": 5 });
  assert.throws(() => withImports("nothing of the kind", {}), /another way/);
});

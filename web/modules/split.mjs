// A module in two: what a first visit runs, and the rest, which comes later.
//
// Which functions those are a run has to say: `watched` makes a module that tells of each function that is called, and
// `split` moves the others into a module of their own. Where the first module calls one of them, a few instructions
// stand in its place. They ask for the rest if it is not there yet (the import `rest.load`, which must not come back
// before it is), and then call by a table that the rest has filled. The rest imports what it needs of the first
// module, memory, tables and functions, as that exports it, and takes the places of its functions in the table of
// function pointers, so that calls by pointers go straight to them from then on.
import binaryen from "binaryen";

/** What the compiler may use; later proposals would be written into the module as well. */
const FEATURES = [
  "BulkMemory",
  "BulkMemoryOpt",
  "CallIndirectOverlong",
  "Multivalue",
  "MutableGlobals",
  "NontrappingFPToInt",
  "ReferenceTypes",
  "SIMD128",
  "SignExt",
].reduce((all, name) => all | binaryen.Features[name], binaryen.Features.MVP);

/** Names that the modules have for each other; none begins like a name of Rust's. */
const TABLE = "~table";
const NEED = "~need";
const THERE = "~there";
/** The module that the rest imports from. */
const FIRST = "0";

function read(bytes) {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(FEATURES);
  return module;
}

const list = (count, at) => Array.from({ length: count }, (_, i) => at(i));
const functionsOf = (module) =>
  list(module.getNumFunctions(), (i) => binaryen.getFunctionInfo(module.getFunctionByIndex(i)));
const isDefined = (f) => f.base === "";

/** Has a function that is defined here come from elsewhere. */
function importFunction(module, { name, params, results }, from, as) {
  module.removeFunction(name);
  module.addFunctionImport(name, from, as, params, results);
}

function written(module) {
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

/** The same module, which calls the import `watch.called` with the number of each function that is called. */
export function watched(bytes) {
  const module = read(bytes);
  const defined = functionsOf(module).filter(isDefined);
  module.addFunctionImport("~called", "watch", "called", binaryen.i32, binaryen.none);
  defined.forEach(({ name, body, results }, number) => {
    const told = module.call("~called", [module.i32.const(number)], binaryen.none);
    binaryen.Function.setBody(module.getFunction(name), module.block(null, [told, body], results));
  });
  return written(module);
}

/** The second module; besides, what the first has to export for it, by the names of its functions. */
function makeRest(bytes, isLate, places) {
  const module = read(bytes);
  const exported = list(module.getNumExports(), (i) => binaryen.getExportInfo(module.getExportByIndex(i)));
  const memory = exported.find(({ name }) => name === "memory").value;
  exported.forEach(({ name }) => module.removeExport(name));
  const functions = functionsOf(module);
  for (const f of functions) if (!isLate.has(f.name)) importFunction(module, f, FIRST, f.name);
  const { tables, globals } = sharedOf(module);
  for (const name of tables) module.addTableImport(name, FIRST, `~T${name}`);
  for (const { name, type } of globals) module.addGlobalImport(name, FIRST, `~G${name}`, type, true);
  module.addMemoryImport(memory, FIRST, "memory");
  const segments = list(module.getNumElementSegments(), (i) =>
    binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(i)),
  );
  for (const { name, table, offset, data } of segments) {
    const { value } = binaryen.getExpressionInfo(offset);
    module.removeElementSegment(name);
    for (let from = 0; from < data.length; from++) {
      let to = from;
      while (to < data.length && isLate.has(data[to])) to++;
      const run = data.slice(from, to);
      if (run.length) module.addActiveElementSegment(table, `${name}~${from}`, run, module.i32.const(value + from));
      from = to;
    }
  }
  module.addTable(TABLE, places.length, places.length);
  module.addTableImport(TABLE, FIRST, TABLE);
  module.addActiveElementSegment(TABLE, TABLE, places, module.i32.const(0));
  module.runPasses(["remove-memory-init", "remove-unused-module-elements"]);
  const needed = new Map();
  for (const f of functionsOf(module)) {
    if (isDefined(f)) continue;
    const short = `~${needed.size.toString(36)}`;
    needed.set(f.base, short);
    importFunction(module, f, FIRST, short);
  }
  return { rest: written(module), needed };
}

/** Names of the tables, and the globals that change. */
function sharedOf(module) {
  const tables = list(module.getNumTables(), (i) => binaryen.getTableInfo(module.getTableByIndex(i)).name);
  const globals = list(module.getNumGlobals(), (i) => binaryen.getGlobalInfo(module.getGlobalByIndex(i)));
  return { tables, globals: globals.filter((global) => global.mutable) };
}

/** The first module. */
function makeFirst(bytes, isLate, places, needed) {
  const module = read(bytes);
  const { tables, globals } = sharedOf(module);
  const late = functionsOf(module).filter((f) => isLate.has(f.name));
  const { i32 } = module;
  module.addTable(TABLE, places.length, places.length);
  module.addGlobal(THERE, binaryen.i32, true, i32.const(0));
  module.addFunctionImport("~load", "rest", "load", binaryen.none, binaryen.none);
  const load = [module.call("~load", [], binaryen.none), module.global.set(THERE, i32.const(1))];
  const missing = i32.eqz(module.global.get(THERE, binaryen.i32));
  module.addFunction(NEED, binaryen.none, binaryen.none, [], module.if(missing, module.block(null, load)));
  const placeOf = new Map(places.map((name, i) => [name, i]));
  for (const { name, params, results } of late) {
    const given = binaryen.expandType(params).map((type, i) => module.local.get(i, type));
    const place = placeOf.get(name);
    const pass = () => [
      module.call(NEED, [], binaryen.none),
      module.call_indirect(TABLE, i32.const(place), given, params, results),
    ];
    const body = place === undefined ? module.unreachable() : module.block(null, pass(), results);
    module.removeFunction(name);
    module.addFunction(name, params, results, [], body);
  }
  for (const [name, short] of needed) module.addFunctionExport(name, short);
  for (const name of tables) module.addTableExport(name, `~T${name}`);
  for (const { name } of globals) module.addGlobalExport(name, `~G${name}`);
  module.addTableExport(TABLE, TABLE);
  module.runPasses(["remove-unused-module-elements"]);
  return written(module);
}

/** A module in two, of which the first has the functions whose numbers are `used` by those that `watched` gives. */
export function split(bytes, used) {
  const module = read(bytes);
  const defined = functionsOf(module).filter(isDefined);
  const late = defined.filter((_, number) => !used.has(number));
  for (const f of late) importFunction(module, f, "late", f.name);
  // All others stay, since the rest may call any of them.
  for (const { name } of defined.filter((_, number) => used.has(number))) module.addFunctionExport(name, `~${name}`);
  module.runPasses(["remove-unused-module-elements"]);
  // Those that the first module can come to.
  const places = functionsOf(module)
    .filter((f) => f.module === "late")
    .map((f) => f.name);
  module.dispose();
  const isLate = new Set(late.map((f) => f.name));
  const { rest, needed } = makeRest(bytes, isLate, places);
  return { first: makeFirst(bytes, isLate, places, needed), rest };
}

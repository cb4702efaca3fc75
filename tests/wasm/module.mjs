// Reads as much of a WebAssembly module as the tests ask about: its exports, what their bodies begin
// with, and the names of its functions. Binary format: https://webassembly.github.io/spec/core/binary/

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  byte() {
    return this.bytes[this.at++];
  }
  /** An unsigned LEB128 number. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  take(length) {
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }
  text() {
    return Buffer.from(this.take(this.number())).toString("utf8");
  }
  list(read) {
    return Array.from({ length: this.number() }, read);
  }
}

function skipLimits(reader) {
  const flags = reader.number();
  reader.number();
  if (flags & 1) reader.number();
}

/** How many functions come before the module's own ones. */
function countImportedFunctions(reader) {
  let functions = 0;
  reader.list(() => {
    reader.text();
    reader.text();
    switch (reader.byte()) {
      case 0: // function
        reader.number();
        functions++;
        break;
      case 1: // table
        reader.byte();
        skipLimits(reader);
        break;
      case 2: // memory
        skipLimits(reader);
        break;
      case 3: // global
        reader.take(2);
        break;
      default:
        throw new Error("an import of a kind that this reader does not know");
    }
  });
  return functions;
}

function readNames(reader, names) {
  while (reader.at < reader.bytes.length) {
    const subsection = reader.byte();
    const content = new Reader(reader.take(reader.number()));
    if (subsection === 1) content.list(() => names.set(content.number(), content.text()));
  }
}

/** The function that a body calls first of all, if it does that before anything else. */
function firstCall(body) {
  const reader = new Reader(body);
  if (reader.number() !== 0 || reader.byte() !== 0x10) return null; // locals; `call`
  return reader.number();
}

/**
 * @param {Uint8Array} bytes a module
 * @returns {{exports: {name: string, function: number, firstCall: number | null}[], names: Map<number, string>}}
 */
export function readModule(bytes) {
  const reader = new Reader(bytes);
  if (Buffer.from(reader.take(4)).toString("latin1") !== "\0asm") throw new Error("not a WebAssembly module");
  reader.take(4);
  let imported = 0;
  const exports = [];
  const names = new Map();
  let bodies = [];
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const section = new Reader(reader.take(reader.number()));
    if (id === 2) imported = countImportedFunctions(section);
    if (id === 7) {
      section.list(() => {
        const name = section.text();
        const kind = section.byte();
        const index = section.number();
        if (kind === 0) exports.push({ name, function: index });
      });
    }
    if (id === 10) bodies = section.list(() => section.take(section.number()));
    if (id === 0 && section.text() === "name") readNames(section, names);
  }
  for (const item of exports) {
    const body = bodies[item.function - imported];
    item.firstCall = body ? firstCall(body) : null;
  }
  return { exports, names };
}

/**
 * The exports that run the module's constructors each time they are called.
 *
 * Where nothing calls `__wasm_call_ctors`, the linker takes the module for a command that is run once
 * and puts a wrapper `NAME.command_export` around every export that calls it first (see
 * `createCommandExportWrappers` in LLVM's lld/wasm/Driver.cpp). The wrappers are known by that name, and, where
 * names have been stripped, by their shape: exports that all begin with a call of one same function.
 */
export function constructorTraps({ exports, names }) {
  const callers = new Map();
  for (const { firstCall } of exports) callers.set(firstCall, (callers.get(firstCall) ?? 0) + 1);
  return exports.filter((item) => {
    if (names.get(item.function)?.endsWith(".command_export")) return true;
    if (item.firstCall === null) return false;
    const callee = names.get(item.firstCall);
    // `start` calls the constructors itself, once: one caller is how it should be.
    return (callee === "__wasm_call_ctors" || callee === undefined) && callers.get(item.firstCall) > 1;
  });
}

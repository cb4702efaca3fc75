// The processor's module in two, kept under the hash of all that goes into it: to find out what a first visit runs
// takes half a minute.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { firstVisit, withImports } from "./first.mjs";
import { split, watched } from "./split.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const kept = join(process.env.GP_CACHE ?? join(homedir(), ".cache/generative-playground"), "split");
/** Older ones make room. */
const MOST = 8;

/** The script beside a module of which a part comes later: whoever starts it says how, by `setRest`. */
const withRest = (glue) =>
  `let rest;\nexport function setRest(load) { rest = load; }\n${withImports(glue, { rest: "{ load: () => rest() }" })}`;

function keyOf(bytes, glue) {
  const hash = createHash("sha256");
  const ours = readdirSync(here).map((name) => join(here, name));
  const shipped = ["../checkpoints/manifest.json", "../../node_modules/binaryen/package.json"];
  for (const path of [...ours, ...shipped.map((name) => join(here, name))]) hash.update(readFileSync(path));
  return hash.update(glue).update(bytes).digest("hex").slice(0, 32);
}

function keep(name, bytes) {
  mkdirSync(kept, { recursive: true });
  const path = join(kept, name);
  writeFileSync(`${path}.${process.pid}`, bytes);
  renameSync(`${path}.${process.pid}`, path);
  const age = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const all = readdirSync(kept).map((file) => join(kept, file));
  for (const old of all.sort((a, b) => age(b) - age(a)).slice(MOST)) rmSync(old, { force: true });
}

/** A module and the script beside it, as a site has them: `first`, `rest` and `glue`. */
export async function inTwo(bytes, glue) {
  const key = keyOf(bytes, glue);
  const [first, rest] = ["first", "rest"].map((part) => join(kept, `${key}.${part}.wasm`));
  if (!existsSync(first) || !existsSync(rest)) {
    const made = split(bytes, await firstVisit(watched(bytes), glue));
    keep(`${key}.rest.wasm`, made.rest);
    keep(`${key}.first.wasm`, made.first);
  }
  return { first: readFileSync(first), rest: readFileSync(rest), glue: withRest(glue) };
}

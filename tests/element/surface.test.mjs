// What others may rely on (web/element/surface.ts) is what the sources have, no more and no less.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { load } from "../../web/readme.mjs";

const { PARTS, PROPERTIES, SLOTS } = await load("web/element/surface.ts");
const folder = fileURLToPath(new URL("../../web/element", import.meta.url));
const files = readdirSync(folder, { recursive: true }).filter((f) => /\.(ts|css)$/.test(f) && f !== "surface.ts");
const text = files.map((f) => readFileSync(join(folder, f), "utf8")).join("\n");
const all = (pattern) => [...new Set([...text.matchAll(pattern)].map((m) => m[1]))].sort();
const names = (table) => [...new Set(Object.values(table).flatMap(Object.keys))].sort();

test("parts", () => assert.deepEqual(names(PARTS), all(/\spart="([\w-]+)"/g)));

test("properties of CSS", () => assert.deepEqual(Object.keys(PROPERTIES).sort(), all(/var\((--gm-[\w-]+)/g)));

test("slots with a name of their own", () =>
  assert.deepEqual(
    names(SLOTS).filter((name) => name !== "*"),
    all(/<slot name="([\w-]+)"/g),
  ));

test("events", () => {
  const surface = readFileSync(join(folder, "surface.ts"), "utf8");
  const [, model, lab] = surface.split(/export interface \w+Events/);
  const declared = [model, lab].flatMap((part) => [...part.split("\n}")[0].matchAll(/^ {2}(\w+):/gm)].map((m) => m[1]));
  assert.deepEqual([...new Set(declared)].sort(), all(/\bannounce\("(\w+)"/g));
});

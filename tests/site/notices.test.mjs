// The licences that go with the modules.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { crateNotices, crates, scriptNotices } from "../../web/site/notices.mjs";

test("each crate of the modules is named with its licence, and no other", () => {
  const toml = readFileSync(new URL("../../Cargo.toml", import.meta.url), "utf8");
  const part = (title) =>
    toml
      .split(`[${title}]\n`)[1]
      .split("\n[")[0]
      .match(/^[\w-]+(?= = )/gm);
  const all = crates();
  const names = new Set(all.map((p) => p.name));
  const ours = "generative-playground";
  for (const name of part("dependencies").filter((n) => !n.startsWith(ours))) assert.ok(names.has(name), name);
  const native = part("target.'cfg(not(target_family = \"wasm\"))'.dependencies");
  assert.ok(native.includes("clap") && !names.has("clap") && !names.has("indicatif"));
  assert.ok(![...names].some((n) => n.startsWith(ours)));
  for (const p of all) assert.ok(p.license || p.license_file, `${p.name} says nothing of its licence`);
});

test("texts of licences are there once, with the crates that they came with", () => {
  const text = crateNotices();
  assert.match(text, /^- burn \S+ \(MIT OR Apache-2\.0\)/m);
  const bodies = text
    .split(/^### .*\n/m)
    .slice(1)
    .map((body) => body.trim());
  assert.ok(bodies.length > 20);
  assert.equal(new Set(bodies).size, bodies.length);
  assert.match(text, /^### .*\bserde\b/m);
  assert.match(text, /Permission is hereby granted, free of charge/);
});

test("each package of the scripts is named with its licence", () => {
  const { dependencies } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const text = scriptNotices();
  for (const name of Object.keys(dependencies).filter((n) => !n.startsWith("@fontsource")))
    assert.match(text, new RegExp(`^### ${name} `, "m"));
  const bodies = text.split(/^### .*\n/m).slice(1);
  for (const body of bodies) assert.match(body, /Permission is hereby granted|Redistribution and use|brings no text/);
});

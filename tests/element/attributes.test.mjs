// The table of attributes: what links may set, how texts are read, and that the README says the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, readme } from "../../web/readme.mjs";

// What the platform gives to every element, as a browser's prototype has it.
globalThis.HTMLElement = class {};
for (const name of ["onclick", "onerror", "hidden", "style", "title", "lang", "innerHTML", "inert"])
  HTMLElement.prototype[name] = null;

const { ATTRIBUTES, read, flag, attributeOf, optionOf, properties } = await load("web/element/attributes.ts");
const { linkable, foreign, meant } = await load("web/element/names.ts");

test("the tables of the README are those of the elements and of the results files", async () => {
  const { now, right } = await readme();
  assert.ok(now === right, "run: node web/readme.mjs");
});

test("no link sets what runs script, covers the page, starts a training or fetches from elsewhere", () => {
  const never = [
    ...["onerror", "onclick", "onpointerenter", "ONERROR", "vae.onerror", "style", "id", "class", "slot", "is", "part"],
    ...["hidden", "inert", "title", "lang", "dir", "tabindex", "contenteditable", "popover", "nonce", "role"],
    ...["data-x", "aria-label", "src", "autoplay", "controls", "refresh", "columns", "families", "views", "xml:base"],
    ...["__proto__", "constructor.x", "a b", "", "x".repeat(80), "innerhtml", "itemprop"],
  ];
  for (const kind of ["model", "lab"])
    for (const name of never)
      if (name !== "innerhtml" && name !== "constructor.x") assert.ok(!linkable(name, kind), `${kind}: ${name}`);
  assert.ok(!linkable("backend", "lab"), "a worker of its own for the lab");
  assert.ok(!linkable("family", "model"));
  for (const name of ["seed", "view", "temperature", "latent-dim", "top-k", "z", "prompt", "data"])
    assert.ok(linkable(name, "model"), name);
  for (const name of ["seed", "preset", "family", "vae.beta", "vae.plot", "realnvp.look", "noise", "steps"])
    assert.ok(linkable(name, "lab"), name);
});

test("switches are on by presence and off by saying so", () => {
  for (const text of ["", "true", "TRUE", "on", "1", "yes"]) assert.equal(flag(text), true, text);
  for (const text of ["false", "False", "off", "0", "no"]) assert.equal(flag(text), false, text);
  assert.equal(flag("perhaps"), undefined);
  assert.equal(read("autoplay", ""), true);
  assert.equal(read("autoplay", "false"), false);
  assert.equal(read("autoplay", null), false);
  assert.equal(read("overlay", null), true);
});

test("every attribute reads its own default, and refuses what it cannot mean with a sentence", () => {
  const bad = {
    seed: ["-1", "1.5", "", "4294967296", "1e99"],
    count: ["0", "401", "many"],
    refresh: ["1e12", "0", "-1", "NaN", ""],
    columns: ["0", "65"],
    steps: ["0", "99999999", ""],
    seconds: ["0", "-5", "1e9"],
    rate: ["0", "1000"],
    at: ["2", ""],
    t: ["-0.1", ""],
    path: ["straight"],
    backend: ["abacus"],
    controls: ["some"],
    overlay: ["perhaps"],
  };
  for (const [name, { fallback, parse, doc, expected }] of Object.entries(ATTRIBUTES)) {
    assert.equal(read(name, null), fallback, name);
    if (fallback !== null) assert.equal(parse(String(fallback)), fallback, name);
    assert.ok(doc && expected, name);
    for (const text of bad[name] ?? [])
      assert.throws(
        () => read(name, text),
        (e) => e.code === "bad-option" && e.message.includes(name),
        `${name}=${text}`,
      );
  }
});

test("what others add is left alone; slips of the pen are recognised; the rest is neither", () => {
  const others = [
    ...["_ngcontent-ng-c123", "_msthash", "ng-version", "v-cloak", "x-data", "hx-get", "q:id", "@click", ":class"],
    ...[
      "classname",
      "data-v-7ba5bd90",
      "aria-busy",
      "loading",
      "width",
      "height",
      "theme",
      "slot-scope",
      "key",
      "wire:id",
    ],
  ];
  for (const name of others) assert.ok(foreign(name), name);
  for (const name of ["temperature", "seed", "latent-dim", "temprature", "nonsense"]) assert.ok(!foreign(name), name);
  const options = ["temperature", "latent-dim", "batch-size", "top-k"];
  assert.equal(meant("temprature", "model", options), "temperature");
  assert.equal(meant("latend-dim", "model", options), "latent-dim");
  assert.equal(meant("sede", "model", options), "seed");
  assert.equal(meant("vieuw", "model", options), "view");
  assert.equal(meant("nonsense", "model", options), undefined);
  assert.equal(meant("x", "model", options), undefined);
});

test("HTML's own `hidden` is no option, and properties are reflected", () => {
  assert.equal(attributeOf("hidden"), "hidden-units");
  assert.equal(optionOf("hidden-units"), "hidden");
  assert.equal(optionOf("hidden_units"), "hidden");
  assert.equal(attributeOf("latent_dim"), "latent-dim");
  for (const kind of ["model", "lab"]) {
    const all = properties(kind);
    for (const [name, { attribute, reflect, converter }] of Object.entries(all)) {
      assert.equal(attribute, name);
      assert.ok(reflect);
      assert.equal(converter.toAttribute(null), null);
      assert.equal(converter.toAttribute(false), null);
      assert.equal(converter.toAttribute(true), "");
      assert.equal(converter.toAttribute(300), "300");
    }
  }
  assert.ok("data" in properties("lab") && "family" in properties("model"));
});

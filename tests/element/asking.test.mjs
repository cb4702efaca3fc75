// What is asked of a model while another one comes into its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../web/readme.mjs";

// What the library of templates asks for when it is loaded.
globalThis.HTMLElement = class {};
globalThis.document = { createTreeWalker: () => ({}), createComment: () => ({}) };
const { MapRenderer } = await load("web/element/render/map.ts");
const { Picker } = await load("web/element/inputs/picker.ts");
const { ask, standing } = await load("web/element/panel.ts");

const [images, points] = [
  { id: 1, family: "vae", data: "mnist", space: { kind: "image" } },
  { id: 2, family: "vae", data: "moons", space: { kind: "points" } },
];

/** An element with a model of images; its session tells what it was asked, and refuses `codes` without a resolution. */
function element({ comes } = {}) {
  const [asked, reported] = [[], []];
  const session = {
    needData: async () => comes && (host.info = comes),
    view: async (query) => {
      asked.push(query.plot ?? query.type);
      if (host.info.space.kind === "points") throw new Error("“0” cannot be the value of resolution");
      return { kind: "image" };
    },
  };
  const attempt = async (work) => {
    try {
      return await work();
    } catch (e) {
      reported.push(e.message);
    }
  };
  const host = { info: images, session, attempt };
  return { host, session, asked, reported };
}
const turns = () => new Promise((done) => setTimeout(done, 5));

test("a map asks where data lies of the model that it shows, and of no other", async () => {
  const still = element();
  new MapRenderer(still.host, { at: [0, 0] }).show({ kind: "image" });
  await turns();
  assert.ok(still.asked.includes("codes"));

  const { host, asked, reported } = element({ comes: points });
  new MapRenderer(host, { at: [0, 0] }).show({ kind: "image" });
  await turns();
  assert.ok(!asked.includes("codes"), asked.join());
  assert.deepEqual(reported, []);
});

test("test images of another model's data are not taken for those of the one before", async () => {
  const fashion = { ...images, id: 3, data: "fashion" };
  const { host, asked } = element({ comes: fashion });
  const picker = new Picker(host, 8);
  assert.equal(await picker.load(), false);
  assert.equal(picker.loaded, undefined);
  assert.deepEqual(asked, []);
});

test("a question that was thought of for another model is not asked", async () => {
  const { host, asked } = element();
  const here = standing(host);
  host.info = points;
  const query = { type: "plot", plot: "latent", inputs: {} };
  assert.equal(await ask(host, query, undefined, undefined, undefined, here), undefined);
  assert.deepEqual(asked, []);
  await assert.rejects(ask(host, query), /resolution/);
});

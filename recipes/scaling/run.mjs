// Nine small GPTs of growing size, and how their losses fall: node recipes/scaling/run.mjs PROGRAM FOLDER
//
// PROGRAM is `playground`. FOLDER takes the text, recipes and what is needed to go on after a stop, about 20 MB. The
// text is nine books of the site by characters, as `bert-books` reads them (web/texts/books.mjs). Each model reads as
// many tokens as there are to be learned from, once through on average, at a constant learning rate, so that what it is
// at any step is what a shorter training would have ended with. No size had a learning rate of its own, and each was
// trained once. Every 200 steps the loss on the ends of the books, which none learned from, is taken with the averaged
// weights. Writes web/data/scaling.json: the curves, the law fitted to them, and to all but the largest, of which it
// says how far it is off there.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { error, fit, loss } from "./law.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const [, , program, folder] = process.argv;
if (!folder) throw new Error("Say the program and a folder: node recipes/scaling/run.mjs PROGRAM FOLDER");

/** Layers and widths. */
const SIZES = [
  [1, 16],
  [1, 24],
  [2, 24],
  [2, 32],
  [2, 40],
  [2, 48],
  [3, 64],
  [3, 80],
  [4, 96],
];
const [BATCH, BLOCK, STEPS, SEED] = [8, 64, 5200, 1];
/** The law is fitted to losses from this step on: what is learned first, how often each letter occurs, falls faster. */
const FROM = 600;

const recipe = (id, [layers, width]) => `id = "${id}"
title = "${id}"
family = "gpt"
data = "books"
data_options = { held_out = 0.1012 }
seed = ${SEED}

[config]
n_layer = ${layers}
n_head = 4
n_embd = ${width}
block_size = ${BLOCK}

[train]
batch_size = ${BATCH}
learning_rate = 3e-3
schedule = "constant"
steps = ${STEPS}
optimizer = "muon"
beta_2 = 0.99
warmup = 50
clip = 1.0
ema = 0.99
`;

/** What a file of weights says of itself, and how many numbers its embedding has. */
function described(path) {
  const bytes = readFileSync(path);
  const table = JSON.parse(bytes.toString("utf8", 8, 8 + Number(bytes.readBigUInt64LE(0))));
  const sizes = Object.entries(table).filter(([name]) => name !== "__metadata__");
  const count = (entries) => entries.reduce((n, [, { shape }]) => n + shape.reduce((a, b) => a * b, 1), 0);
  return {
    meta: JSON.parse(table.__metadata__.playground),
    weights: count(sizes.filter(([name]) => name !== "wte")),
  };
}

/** Runs a program to its end. */
function run(program, ...of) {
  const { status } = spawnSync(program, of, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${[program, ...of].join(" ")} ended with ${status}`);
}

mkdirSync(folder, { recursive: true });
run(process.execPath, join(root, "web/texts/books.mjs"), folder);
const shipped = join(folder, "checkpoints");
const models = SIZES.map(([layers, width]) => {
  const id = `scaling-${layers}x${width}`;
  const path = join(folder, `${id}.toml`);
  writeFileSync(path, recipe(id, [layers, width]));
  run(program, "train", path, "--runs", join(folder, "runs"), "--checkpoints", shipped, "--data", folder);
  const { meta, weights } = described(join(shipped, `${id}.safetensors`));
  const { steps, values } = meta.losses.find(({ split }) => split === "heldOut");
  return { layers, width, weights, steps, losses: values.map((value) => Number(value.toFixed(4))) };
});

const points = (all) =>
  all.flatMap(({ weights, steps, losses }) =>
    steps
      .map((step, i) => ({ step, N: weights, D: step * BATCH * BLOCK, L: losses[i] }))
      .filter(({ step }) => step >= FROM),
  );
const law = fit(points(models));
const held = fit(points(models.slice(0, -1)));
const largest = points(models.slice(-1));
/** The exponents as they come out when one model after the other is left out. */
const without = models.map((left) => fit(points(models.filter((model) => model !== left))));
const span = (name) => [name, [Math.min(...without.map((l) => l[name])), Math.max(...without.map((l) => l[name]))]];
const found = {
  tokensPerStep: BATCH * BLOCK,
  from: FROM,
  models,
  law,
  error: error(law, points(models)),
  spans: Object.fromEntries(["E", "alpha", "beta"].map(span)),
  largest: { error: error(held, largest), predicted: loss(held, largest.at(-1)), measured: largest.at(-1).L },
};
writeFileSync(join(root, "web/data/scaling.json"), `${JSON.stringify(found)}\n`);
console.log(JSON.stringify({ ...found, models: undefined }, null, 1));

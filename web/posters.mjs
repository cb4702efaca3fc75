// Draws the posters of shipped models anew, and notes which checkpoint each is of:
// node web/posters.mjs PROGRAM [NAME]...
//
// PROGRAM is `playground`; with names such as vae-mnist.png only those are drawn. A poster is what its figure
// shows first: the same seed, count and temperature.
// tests/site/posters.test.mjs compares the notes, web/posters/drawn.json, with the checkpoints of now.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const IMAGES = ["--seed", "1", "--count", "48", "--columns", "8", "--scale", "1"];
const MILD = ["--temperature", "0.7"];
/** What `playground sample` is told beside the model's name. */
const POSTERS = {
  "agent-rooms.png": ["--seed", "1", "--count", "6", "--scale", "1"],
  "agent-sees.png": ["--seed", "2", "--count", "6", "--scale", "1"],
  "bert-books.txt": ["--seed", "1", "--prompt", "Captain Ahab stood upon the ___ and looked at the ___."],
  "chorales.png": ["--seed", "1"],
  "ddpm-emoji.png": [
    ...["--seed", "1", "--count", "8", "--columns", "4", "--scale", "1", "--prompt", "smiling face", "--guidance", "4"],
    ...["--option", "sampler=dpm-solver", "--option", "steps=20"],
  ],
  "ddpm-fashion.png": [...IMAGES, "--option", "sampler=dpm-solver", "--option", "steps=15"],
  "ddpm-mnist.png": IMAGES,
  "ddpm-mnist-few.png": [...IMAGES, "--option", "sampler=shortcut", "--option", "steps=4"],
  "ddpm-scenes.png": [...IMAGES, "--option", "sampler=dpm-solver", "--option", "steps=20"],
  "ddpm-scenes-few.png": [...IMAGES, "--option", "sampler=shortcut", "--option", "steps=4"],
  "diffuser-maze.png": ["--seed", "11", "--count", "16", "--option", "push=1"],
  "gan-emoji.png": IMAGES,
  "gan-fashion.png": IMAGES,
  "gan-mnist.png": IMAGES,
  "glyphs.png": IMAGES,
  "glow-mnist.png": IMAGES,
  "gpt-drums.png": ["--seed", "1"],
  "gpt-names.txt": ["--seed", "1", "--length", "100"],
  "gpt-shakespeare.txt": ["--seed", "1", "--prompt", "ROMEO:", "--length", "330"],
  "icl-linear.png": ["--seed", "1", "--count", "200"],
  "icl-trees.png": ["--seed", "1", "--count", "200"],
  "latent-mnist.png": [...IMAGES, "--option", "sampler=dpm-solver", "--option", "steps=15"],
  "pixelcnn-mnist.png": IMAGES,
  "pixelcnn-mnist-attn.png": IMAGES,
  "pixelrnn-mnist.png": IMAGES,
  "seq2seq-dates.txt": ["--count", "7"],
  "seq2seq-names.txt": ["--count", "7"],
  "seq2seq-numbers.txt": ["--count", "7"],
  "vae-fashion.png": [...IMAGES, ...MILD],
  "vae-mnist-2d.png": IMAGES,
  "vae-mnist.png": [...IMAGES, ...MILD],
  "video-digits.png": [
    ...["--seed", "1", "--count", "4", "--columns", "1", "--scale", "1", "--option", "steps=8"],
    ...["--prompt", "a 3 going up and right, slowly"],
  ],
  "video-people.png": [
    ...["--seed", "1", "--count", "4", "--columns", "1", "--scale", "1", "--option", "steps=8"],
    ...["--prompt", "a person with blue hair and a red shirt, walking left, slowly"],
  ],
  "video-scenes.png": [
    ...["--seed", "1", "--count", "4", "--columns", "1", "--scale", "1", "--option", "steps=8"],
    ...["--prompt", "a small red circle going up and right, slowly"],
  ],
  "world-rooms.png": ["--seed", "1", "--count", "6", "--scale", "1"],
};

const folder = new URL("posters/", import.meta.url);
export const drawn = () => JSON.parse(readFileSync(new URL("drawn.json", folder), "utf8"));
export const hashOf = (name) =>
  createHash("sha256")
    .update(readFileSync(new URL(name, folder)))
    .digest("hex");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [program, ...names] = process.argv.slice(2);
  if (!program) throw new Error("usage: node web/posters.mjs PROGRAM, the command line of the playground");
  const { models } = JSON.parse(readFileSync(new URL("checkpoints/manifest.json", import.meta.url), "utf8"));
  const notes = names.length ? drawn() : {};
  for (const [name, told] of Object.entries(POSTERS)) {
    if (names.length && !names.includes(name)) continue;
    const id = basename(name).replace(/\.\w+$/, "");
    const file = fileURLToPath(new URL(name, folder));
    const said = execFileSync(program, ["sample", id, ...told, ...(name.endsWith(".png") ? ["--out", file] : [])]);
    // A text ends with a whole line.
    if (name.endsWith(".txt"))
      writeFileSync(
        file,
        said
          .toString()
          .trim()
          .replace(/\n[^\n]*$/, "\n"),
      );
    notes[name] = { checkpoint: models.find((m) => m.id === id).sha256, sha256: hashOf(name), told: told.join(" ") };
  }
  writeFileSync(
    new URL("drawn.json", folder),
    `${JSON.stringify(Object.fromEntries(Object.entries(notes).sort()), null, 1)}\n`,
  );
}

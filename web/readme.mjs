// Writes the tables of the README: node web/readme.mjs
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as results from "./results.mjs";

const root = new URL("../", import.meta.url);

/** A module of the page, for Node. */
export async function load(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, root))],
    bundle: true,
    write: false,
    format: "esm",
    charset: "utf8",
    absWorkingDir: fileURLToPath(root),
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** The README as it is, and as it should be: each table stands between two comments with its name. */
export async function readme() {
  const { table } = await load("web/element/attributes.ts");
  const tables = { attributes: table, ...results };
  const now = await readFile(new URL("README.md", root), "utf8");
  const right = Object.entries(tables).reduce((text, [name, make]) => {
    const [begin, end] = [`<!-- ${name}: written by web/readme.mjs -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md has no ${begin} … ${end}`);
    return `${text.slice(0, from)}${begin}\n${make()}\n${text.slice(to)}`;
  }, now);
  return { now, right };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { right } = await readme();
  await writeFile(new URL("README.md", root), right);
}

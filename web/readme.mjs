// Writes the table of attributes into the README: node web/readme.mjs
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const [BEGIN, END] = ["<!-- attributes: written by web/readme.mjs -->", "<!-- /attributes -->"];

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

/** The README as it is, and as it should be. */
export async function readme() {
  const { table } = await load("web/element/attributes.ts");
  const now = await readFile(new URL("README.md", root), "utf8");
  const [from, to] = [now.indexOf(BEGIN), now.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return { now, right: `${now.slice(0, from)}${BEGIN}\n${table()}\n${now.slice(to)}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { right } = await readme();
  await writeFile(new URL("README.md", root), right);
}

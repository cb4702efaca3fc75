// Makes what `npm pack` packs: node web/package.mjs OUT [SITE]
//
// OUT becomes the package `generative-playground`: `lib/` with element, engine and their files, types, the manifest of
// the elements. SITE (dist/ by itself) is a built site, of which come the modules.
import { build } from "esbuild";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promised, roomBefore, shadowStyles } from "./build.mjs";
import { htmlData, manifestOf } from "./package/manifest.mjs";
import { writeTypes } from "./package/types.mjs";
import { fileOf } from "./site/files.mjs";
import { formulas } from "./site/math.mjs";
import { crateNotices } from "./site/notices.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
/** A model that is larger than this is left out, bytes: the site has it. */
const LARGEST_MODEL = 1_500_000;
/** A text that is larger than this is left out, bytes. */
const LARGEST_TEXT = 100_000;
const MODULES = ["worker-cpu", "worker-webgpu"];

const json = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** The lists of what the package carries. */
function carried() {
  const shipped = json("web/checkpoints/manifest.json");
  const { texts, ...rest } = json("web/texts/manifest.json");
  const models = shipped.models.filter((m) => m.bytes <= LARGEST_MODEL).map(({ card: _, ...model }) => model);
  return {
    "checkpoints/manifest.json": {
      ...shipped,
      models: models.map((m) => promised("checkpoints", m)),
      data: shipped.data.map((d) => promised("data", d)),
    },
    "texts/manifest.json": {
      ...rest,
      texts: texts.filter((t) => t.bytes <= LARGEST_TEXT).map((t) => promised("texts", t)),
    },
  };
}

/** Names of the files that the lists name, and of the modules. */
const filesOf = (lists) => [
  ...MODULES.map((m) => `${m}_bg.wasm`),
  "worker-cpu_rest.wasm",
  ...lists["checkpoints/manifest.json"].models.map((m) => `checkpoints/${m.file}`),
  ...lists["checkpoints/manifest.json"].data.map((d) => `data/${d.file}`),
  ...lists["texts/manifest.json"].texts.map((t) => `texts/${t.file}`),
];

/** Modules by name that are made here, and a few of the page's that the package has its own of. */
const stead = (virtual) => ({
  name: "stead",
  setup(b) {
    b.onResolve({ filter: /^(package:|equations:formulas$)/ }, ({ path }) => ({ path, namespace: "made" }));
    b.onLoad({ filter: /.*/, namespace: "made" }, ({ path }) => {
      const made = virtual[path];
      if (made === undefined) throw new Error(`nothing is made for ${path}`);
      return { contents: made, loader: "js", resolveDir: root };
    });
    b.onResolve({ filter: /\/files$/ }, ({ resolveDir, path }) => {
      const full = join(resolveDir, path);
      return full === join(root, "web/client/files") ? { path: join(root, "web/package/files.ts") } : undefined;
    });
    b.onResolve({ filter: /^\.\/glue$/ }, ({ resolveDir }) =>
      resolveDir === join(root, "web/worker") ? { path: join(root, "web/package/glue.ts") } : undefined,
    );
  },
});

const common = {
  bundle: true,
  minify: true,
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: root,
};

/** The worker with the scripts of its modules, as one classic script. */
async function workerText(entries, glue, options = {}) {
  const virtual = { "package:files": "export default {}", "package:lists": "export default {}" };
  for (const module of MODULES) {
    const path = glue[module];
    virtual[`package:glue-${module.slice(7)}`] = path
      ? `import * as glue from ${JSON.stringify(path)}; export default glue;`
      : "export default undefined";
  }
  const { outputFiles } = await build({
    ...common,
    stdin: { contents: entries.map((e) => `import ${JSON.stringify(e)};`).join("\n"), resolveDir: root },
    write: false,
    format: "iife",
    define: { "import.meta.url": '"https://generative-playground.invalid/"' },
    plugins: [stead(virtual)],
    ...options,
  });
  return outputFiles[0].text;
}

/** The licences of the npm packages that scripts are made of, and of the crates that modules are made of. */
function licencesOf(inputs) {
  const packages = [
    ...new Set(inputs.flatMap((path) => path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? [])),
  ];
  const one = (name) => {
    const folder = join(root, "node_modules", name);
    const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
    if (!file) throw new Error(`${name} has no file with its licence`);
    return `## ${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  };
  const rules = readFileSync(join(root, "src/data/numbers/LICENSE-UNICODE"), "utf8").trim();
  const numbers = `## Rules for spelling numbers and forms of dates, of CLDR (in the modules)\n\n${rules}\n`;
  const all = [...packages.sort().map(one), numbers, crateNotices()];
  return `# Licences of what the package carries\n\n${all.join("\n")}`;
}

const exported = (value) => `export default ${JSON.stringify(value)}`;

/** Element and engine, in pieces that both use. */
async function scripts(lib, site, lists) {
  const glue = Object.fromEntries(MODULES.map((m) => [m, fileOf(`${m}.js`, site)]));
  const worker = await workerText(["./web/worker/worker.ts"], glue);
  const thread = await workerText(
    ["./web/package/thread.ts", "./web/worker/worker.ts"],
    { "worker-cpu": glue["worker-cpu"] },
    { platform: "node" },
  );
  writeFileSync(join(lib, "files/worker.js"), worker);
  const names = filesOf(lists).map(
    (name) => `${JSON.stringify(name)}: new URL("./files/${name}", import.meta.url).href`,
  );
  const virtual = {
    "package:files": `export default { ${names.join(",\n")} }`,
    "package:lists": exported(lists),
    "package:worker": exported(worker),
    "package:worker-node": exported(thread),
    "equations:formulas": exported(formulas()),
  };
  const options = {
    ...common,
    outdir: lib,
    format: "esm",
    splitting: true,
    plugins: [shadowStyles, stead(virtual)],
    // What stands under a name of its own, so that it can be told apart.
    chunkNames: "[name]-[hash]",
  };
  const page = (name) => ({ out: name, in: join(root, "web/package", `entry-${name}.ts`) });
  const entryPoints = [page("element"), page("engine"), page("static")];
  const { metafile } = await build({ ...options, metafile: true, entryPoints });
  // Legible, since programs show it where something is wrong.
  const node = { ...options, minify: false, keepNames: true, platform: "node", chunkNames: "node-[name]-[hash]" };
  await build({ ...node, entryPoints: [page("node")] });
  writeFileSync(join(lib, "..", "LICENSES-OF-OTHERS.md"), licencesOf(Object.keys(metafile.inputs)));
  writeFileSync(join(lib, "server.js"), "// Elements are for pages; on a server there are none.\nexport {};\n");
}

/** What npm reads. */
function packageJson() {
  const { license } = json("package.json");
  const [, version] = readFileSync(join(root, "Cargo.toml"), "utf8").match(/^version = "(.*)"$/m);
  const entry = (file, node) => ({
    types: `./types/${file}.d.ts`,
    node: `./lib/${node}.js`,
    default: `./lib/${file}.js`,
  });
  return {
    name: "generative-playground",
    version,
    description: "Generative models that sample and train in the browser and in Node: an element and an engine",
    license,
    type: "module",
    exports: {
      ".": entry("element", "server"),
      "./engine": entry("engine", "node"),
      // Types alone, for whoever writes the elements into templates.
      ...Object.fromEntries(
        ["react", "vue", "svelte"].map((name) => [
          `./${name}`,
          { types: `./types/${name}.d.ts`, default: "./lib/server.js" },
        ]),
      ),
      "./element.css": "./lib/element.css",
      "./custom-elements.json": "./custom-elements.json",
      "./lib/*": "./lib/*",
      "./package.json": "./package.json",
    },
    types: "./types/element.d.ts",
    customElements: "custom-elements.json",
    engines: { node: ">=20" },
    keywords: [
      "generative-models",
      "web-components",
      "webassembly",
      "webgpu",
      "diffusion",
      "vae",
      "gan",
      "flow",
      "gpt",
    ],
  };
}

/** Makes the package in a folder. */
export async function makePackage(out, site = join(root, "dist")) {
  rmSync(out, { recursive: true, force: true });
  const lib = join(out, "lib");
  mkdirSync(join(lib, "files"), { recursive: true });
  const lists = carried();
  for (const name of filesOf(lists)) {
    const from = name.endsWith(".wasm") ? fileOf(name, site) : join(root, "web", name);
    if (!existsSync(from)) throw new Error(`${from} is missing; ./serve builds it`);
    cpSync(from, join(lib, "files", name));
  }
  for (const folder of ["data", "texts"])
    cpSync(join(root, "web", folder, "README.md"), join(lib, "files", folder, "README.md"));
  await scripts(lib, site, lists);
  writeFileSync(join(lib, "element.css"), await roomBefore());
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(root, name), join(out, name));
  const { models } = lists["checkpoints/manifest.json"];
  const rows = models.map((m) => `| \`${m.id}\` | ${m.title} | ${m.family} | ${(m.bytes / 1e6).toFixed(2)} MB |`);
  const table = ["| id | what it draws | family | size |", "|---|---|---|---|", ...rows].join("\n");
  const readme = readFileSync(join(root, "web/package/README.md"), "utf8");
  writeFileSync(join(out, "README.md"), readme.replace(/<!-- models: .*\n<!-- \/models -->/, table));
  writeFileSync(join(out, "package.json"), `${JSON.stringify(packageJson(), null, 2)}\n`);
  // The engine says itself what its options are.
  const { describe } = await import(pathToFileURL(join(lib, "node.js")).href);
  const description = await describe();
  const manifest = await manifestOf(description);
  writeFileSync(join(out, "custom-elements.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  writeFileSync(join(out, "vscode.html-custom-data.json"), `${JSON.stringify(htmlData(manifest), null, 1)}\n`);
  writeTypes(out, description, lists["checkpoints/manifest.json"], manifest);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, site] = process.argv.slice(2);
  if (!out) throw new Error("node web/package.mjs OUT [SITE]");
  await makePackage(resolve(out), site && resolve(site));
}

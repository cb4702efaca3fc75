// Makes the site of the modules that trunk has built: node web/build.mjs [SITE]
//
// SITE (dist/ by itself) holds the modules, as trunk names them or as an earlier run did. Everything else is made
// anew: scripts, styles, pages, models and data, each under a name with the hash of what is in it. First come those
// that name no others, last those that nobody names but people: the pages, and `element.js`.
import { build, transform } from "esbuild";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { guestsFolder } from "../recipes/open/gguf.mjs";
import { inTwo } from "./modules/index.mjs";
import { address, admitted } from "./site/address.mjs";
import { manifests, siteOf } from "./site/app.mjs";
import { mathFont, renderPages, writePages } from "./site/build.mjs";
import { built, Files } from "./site/files.mjs";
import { formulas } from "./site/math.mjs";
import { crateNotices, scriptNotices } from "./site/notices.mjs";
import { discover } from "./site/oembed.mjs";
import { planesOf } from "./site/planes.mjs";
import { passages, vectorsOf } from "./site/passages.mjs";
import { WORDS } from "./site/words.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Style sheets that go into a shadow root are written as readable CSS and shipped small. */
export const shadowStyles = {
  name: "shadow-styles",
  setup(b) {
    b.onLoad({ filter: /\.css$/ }, async (args) => {
      const { outputFiles } = await build({
        entryPoints: [args.path],
        minify: true,
        write: false,
        bundle: true,
        charset: "utf8",
      });
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};

/**
 * abcjs says how its elements look in attributes, which the site's policy refuses; said to the elements it may be. How
 * notes look while they are dragged, a style sheet of its own, is left out: they are not dragged here.
 */
const inPlace = {
  name: "in-place",
  setup(b) {
    b.onLoad({ filter: /abcjs\/src\/.*\.js$/ }, ({ path }) => {
      const told = /\.setAttribute\((['"])style\1, ([^;\n]+)\)/g;
      const dragged = /renderer\.paper\.insertStyles\(.*\);/;
      const source = readFileSync(path, "utf8").replace(told, ".style.cssText = $2").replace(dragged, "");
      return { contents: source, loader: "js" };
    });
  },
};

/** Another language than English is a file of its own, which is fetched when somebody speaks it. */
const spoken = (files) => ({
  name: "spoken",
  setup(b) {
    b.onResolve({ filter: /^\.\/\w+\/index$/ }, ({ path, importer, kind }) => {
      if (kind !== "dynamic-import" || !importer.endsWith("/lang/speech.ts")) return undefined;
      return { path: `./${files.of(`lang/${path.split("/")[1]}.js`)}`, external: true };
    });
  },
});

/** What models optimise, as MathML, is a file of its own, which is fetched with the first formula that is shown. */
const equations = (files) => ({
  name: "equations",
  setup(b) {
    b.onResolve({ filter: /^equations:formulas$/ }, () => ({ path: `./${files.of("equations.js")}`, external: true }));
  },
});

/** The Share dialog is a file of its own, which is fetched when somebody opens it first. */
const shared = (files) => ({
  name: "shared",
  setup(b) {
    b.onResolve({ filter: /^\.\/share\/share$/ }, () => ({ path: `./${files.of("share.js")}`, external: true }));
  },
});

/** What draws scores is a file of its own, which is fetched when somebody wants to see one. */
const notation = (files) => ({
  name: "notation",
  setup(b) {
    b.onResolve({ filter: /^\.\/notation$/ }, () => ({ path: `./${files.of("notation.js")}`, external: true }));
  },
});

/** How scripts are made; `names` is what they know of other files. */
const scriptOptions = (names) => ({
  bundle: true,
  write: false,
  minify: true,
  format: "esm",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: root,
  define: { FILES: JSON.stringify(JSON.stringify(names)) },
});

/** A script or a style sheet with all that it imports. */
async function bundle(path, { names = {}, ...options } = {}) {
  const { outputFiles } = await build({ ...scriptOptions(names), entryPoints: [path], ...options });
  return outputFiles[0].contents;
}

/** What the parts of the elements' code are called, from the source that each begins with. */
const PARTS = {
  "web/element/index.ts": "generative-model.js",
  "web/element/generative-model.ts": "model.js",
  "web/element/lab/generative-lab.ts": "lab.js",
  "web/element/chart.ts": "chart.js",
};

/** The elements' code in parts (`web/element/parts.ts`), each under its hash; what parts share is a part as well. */
async function parts(files, names, plugins) {
  const { outputFiles, metafile } = await build({
    ...scriptOptions(names),
    entryPoints: ["web/element/index.ts"],
    splitting: true,
    outdir: "parts",
    metafile: true,
    plugins,
  });
  const made = Object.entries(metafile.outputs).map(([path, output]) => ({
    path,
    ...output,
    text: outputFiles.find((f) => f.path === join(root, path)).text,
  }));
  const named = new Map();
  let shared = 0;
  const fail = (path) => {
    throw new Error(`${path} imports itself by way of others, so it cannot carry a hash; see web/element/parts.ts`);
  };
  const first = made.find((m) => m.entryPoint === "web/element/index.ts");
  const there = first.imports.map(({ path }) => path);
  const beside = (part) =>
    made
      .find((m) => m.path === part)
      .imports.filter(({ path, kind, external }) => kind === "import-statement" && !external && !there.includes(path))
      .map(({ path }) => `import("./${add(path)}").catch(()=>{}),`)
      .join("");
  const add = (path) => {
    if (named.has(path)) return named.get(path) ?? fail(path);
    const { text, imports, inputs, entryPoint } = made.find((m) => m.path === path);
    named.set(path, undefined);
    let code = text;
    for (const { path: needed, external, kind } of imports) {
      if (external) continue;
      const asked = `"./${basename(needed)}"`;
      // What a part imports is asked for beside it, not once it is there.
      if (kind === "dynamic-import") code = code.replaceAll(`import(${asked})`, `(${beside(needed)}import(${asked}))`);
      code = code.replaceAll(asked, `"./${add(needed)}"`);
    }
    const name = PARTS[entryPoint] ?? (inputs["web/element/core.ts"] ? "core.js" : `shared${shared++ || ""}.js`);
    named.set(path, files.add(name, code));
    return named.get(path);
  };
  add(first.path);
}

const FONTS = {
  "newsreader/files/newsreader-latin-wght-normal.woff2": "newsreader.woff2",
  "newsreader/files/newsreader-latin-wght-italic.woff2": "newsreader-italic.woff2",
  "newsreader/LICENSE": "newsreader-LICENSE.txt",
  "instrument-sans/files/instrument-sans-latin-wght-normal.woff2": "instrument-sans.woff2",
  "instrument-sans/LICENSE": "instrument-sans-LICENSE.txt",
};

/** The files of the processor's module: what a first visit runs, the rest, and the script beside them. */
const CPU = ["worker-cpu_bg.wasm", "worker-cpu_rest.wasm", "worker-cpu.js"];
const WEBGPU = ["worker-webgpu_bg.wasm", "worker-webgpu.js"];
const MODULES = [...CPU, ...WEBGPU];

/** The modules, from where trunk has put them or from an earlier run. */
async function modules(site, files) {
  const [made, before] = [(name) => join(site, name), built(site)];
  const whole = existsSync(made(CPU[0]));
  if (whole) {
    const { first, rest, glue } = await inTwo(readFileSync(made(CPU[0])), readFileSync(made(CPU[2]), "utf8"));
    [first, rest, glue].forEach((bytes, i) => files.add(CPU[i], bytes));
  }
  for (const name of whole ? WEBGPU : MODULES) {
    const path = [name, before[name] ?? name].map(made).find(existsSync);
    if (path) files.add(name, readFileSync(path));
    else if (CPU.includes(name)) throw new Error(`${site} has no ${name}; ./serve and ./test build it`);
  }
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The entry of a list, with the hash that its file has once unpacked; fails if the file is not what it promises. */
export function promised(folder, entry) {
  const bytes = readFileSync(join(root, "web", folder, entry.file));
  if (sha256(bytes) !== entry.sha256) throw new Error(`web/${folder}/${entry.file} is not what its manifest promises`);
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return packed ? { ...entry, unpacked: sha256(gunzipSync(bytes)) } : entry;
}

/** A list of files with hashes of their own: each as it is called here. */
function promise(folder, list, files) {
  return list.map((listed) => {
    const entry = promised(folder, listed);
    const bytes = readFileSync(join(root, "web", folder, entry.file));
    const file = files.add(`${folder}/${entry.file}`, bytes).slice(folder.length + 1);
    const card = entry.card && {
      card: files
        .add(`${folder}/${entry.card}`, readFileSync(join(root, "web", folder, entry.card)))
        .slice(folder.length + 1),
    };
    return { ...entry, file, ...card };
  });
}

/** A model with the file by which it comes to a page, which is smaller; its own stays for whoever names it. */
function packedModel(entry, files) {
  const planes = planesOf(readFileSync(join(files.out, "checkpoints", entry.file)));
  if (!planes) return entry;
  const file = files.add(`checkpoints/${entry.id}.planes`, planes).slice("checkpoints/".length);
  return { ...entry, packed: { file, bytes: planes.length } };
}

/** Models of elsewhere that the site offers where they have been made (recipes/open); too large for the repository. */
function offered(files) {
  const folder = guestsFolder();
  const entries = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  return entries.map((name) => {
    const entry = JSON.parse(readFileSync(join(folder, name), "utf8"));
    const bytes = readFileSync(join(folder, entry.file));
    if (sha256(bytes) !== entry.sha256) throw new Error(`${entry.file} is not what ${name} promises; make it anew`);
    const card = readFileSync(join(root, "recipes/open", `${entry.id}.md`));
    const add = (name, content) => files.add(`checkpoints/${name}`, content).slice("checkpoints/".length);
    return { ...entry, file: add(entry.file, bytes), card: add(`${entry.id}.md`, card) };
  });
}

/** What is searched by meaning, with what the model made of it as far as that is known. */
function searched(files) {
  const all = passages();
  files.add("passages.json", JSON.stringify(all));
  files.add("passages.bin", vectorsOf(all));
}

/** Models, data and texts, and the manifests that name them. */
function assets(files) {
  const read = (path) => JSON.parse(readFileSync(join(root, "web", path), "utf8"));
  const shipped = read("checkpoints/manifest.json");
  const models = promise("checkpoints", shipped.models, files).map((entry) => packedModel(entry, files));
  const data = promise("data", shipped.data, files);
  const guests = offered(files);
  const all = [...models, ...guests];
  files.add("checkpoints/manifest.json", JSON.stringify({ ...shipped, models: all, data }));
  const texts = read("texts/manifest.json");
  files.add("texts/manifest.json", JSON.stringify({ ...texts, texts: promise("texts", texts.texts, files) }));
  const voices = read("voices/manifest.json");
  files.add("voices/manifest.json", JSON.stringify({ ...voices, files: promise("voices", voices.files, files) }));
  for (const notice of ["voices/NOTICE", "data/emoji-licences.md"])
    files.plain(notice, readFileSync(join(root, "web", notice)));
  for (const folder of ["data", "texts", "voices"])
    files.plain(`${folder}/README.md`, readFileSync(join(root, "web", folder, "README.md")));
  for (const name of readdirSync(join(root, "web/posters")).filter((n) => n !== "drawn.json"))
    files.add(`posters/${name}`, readFileSync(join(root, "web/posters", name)));
  return guests.map(({ id }) => id);
}

/** Where a model of elsewhere is not offered, its figures say so. */
function withoutGuests(pages, offered) {
  for (const [name, html] of pages) {
    const said = Object.values(WORDS).find(({ lang }) => name.endsWith(`.${lang}.html`)) ?? WORDS.en;
    const figures = html.replace(
      /<generative-model [^>]*\bmodel="(minilm|tinystories-15m)"[^]*?<\/generative-model>/g,
      (whole, id) => (offered.includes(id) ? whole : `<p class="aside">${said.notOffered}</p>`),
    );
    if (figures !== html) pages.set(name, figures);
  }
}

/** The room that the elements keep for themselves, for the time before they are there. */
export async function roomBefore() {
  const room = ([name, sheet]) => {
    const early = `${name}:not(:defined) { display: flow-root; container-type: inline-size; }
      ${name}:not(:defined)::before { content: ""; float: left; }`;
    const rules = readFileSync(join(root, "web/element", sheet), "utf8")
      .replace(/:host\((.*?)\) \.frame(?=[,\s])/g, `${name}$1:not(:defined)::before`)
      .replace(/^ +\.frame(?= )/gm, `${name}:not(:defined)::before`)
      .replaceAll("min-height", "height");
    return early + rules;
  };
  const sheets = { "generative-model": "reserve.css", "generative-lab": "lab/reserve.css" };
  const { code } = await transform(Object.entries(sheets).map(room).join("\n"), { loader: "css", minify: true });
  return code;
}

async function styles(files) {
  const packages = join(root, "node_modules/@fontsource-variable");
  for (const [from, to] of Object.entries(FONTS)) {
    const bytes = readFileSync(join(packages, from));
    if (to.endsWith(".woff2")) files.add(`fonts/${to}`, bytes);
    else files.plain(`fonts/${to}`, bytes);
  }
  await mathFont(files);
  files.plain("licences.txt", `${crateNotices()}\n${scriptNotices()}`);
  files.add("numbers-LICENSE.txt", readFileSync(join(root, "src/data/numbers/LICENSE-UNICODE")));
  const room = await roomBefore();
  files.plain("element.css", room);
  const css = Buffer.from(await bundle("web/styles/page.css", { external: ["fonts/*"] })).toString();
  const named = css.replace(/fonts\/[\w-]+\.woff2/g, (name) => files.of(name));
  files.add("page.css", room + named);
}

async function scripts(files) {
  const wasm = MODULES.filter((name) => name.endsWith(".wasm") && files.names[name]);
  const bytes = Object.fromEntries(wasm.map((name) => [name, statSync(join(files.out, files.of(name))).size]));
  const { define } = scriptOptions(files.only(...MODULES));
  const told = { ...define, BYTES: JSON.stringify(JSON.stringify(bytes)) };
  files.add("worker.js", await bundle("web/worker/worker.ts", { define: told }));
  const names = files.only(
    "worker.js",
    "checkpoints/manifest.json",
    "texts/manifest.json",
    "passages.json",
    "passages.bin",
  );
  for (const language of readdirSync(join(root, "web/lang"), { withFileTypes: true }))
    if (language.isDirectory())
      files.add(`lang/${language.name}.js`, await bundle(`web/lang/${language.name}/index.ts`));
  files.add("equations.js", `export default ${JSON.stringify(formulas())}`);
  files.add("notation.js", await bundle("web/element/score/notation.ts", { plugins: [inPlace] }));
  const plugins = [shadowStyles, spoken(files), equations(files), notation(files)];
  await parts(files, names, plugins);
  // It goes by the name that others have put into their pages.
  files.plain(
    "element.js",
    await bundle("web/element/entry.ts", { names: files.only("generative-model.js", "core.js") }),
  );
  const lists = { ...names, ...files.only("generative-model.js") };
  files.add("workbench.js", await bundle("web/workbench/workbench.ts", { names: lists, plugins }));
  // No modules: they are to say something where modules are refused.
  files.add("share.js", await bundle("web/page/share/share.ts"));
  const late = [spoken(files), shared(files)];
  files.add("page.js", await bundle("web/page/page.ts", { format: "iife", plugins: late }));
  files.add("embed.js", await bundle("web/page/embed.ts", { format: "iife", plugins: late }));
  // Named in other people's pages, as `element.js` is.
  files.plain("frame.js", await bundle("web/page/frame.ts"));
  files.add("stored.js", await bundle("web/page/stored.ts", { names, plugins: [spoken(files)] }));
  await voice(files);
  files.add("unloaded.js", await bundle("web/page/unloaded.ts", { format: "iife" }));
}

/** `<speaking-voice>`, which only the chapter of speech has; it knows how large the voice is. */
async function voice(files) {
  const names = files.only("worker.js", "voices/manifest.json");
  const { files: all } = JSON.parse(readFileSync(join(root, "web/voices/manifest.json"), "utf8"));
  const define = { ...scriptOptions(names).define, VOICE_BYTES: String(all.reduce((n, file) => n + file.bytes, 0)) };
  files.add("voice.js", await bundle("web/voice/voice.ts", { define, plugins: [shadowStyles, spoken(files)] }));
}

/** Makes a site in a folder that holds its modules. */
export async function buildSite(site) {
  const out = `${site.replace(/\/$/, "")}.new`;
  rmSync(out, { recursive: true, force: true });
  const files = new Files(out);
  await modules(site, files);
  const guests = assets(files);
  const pages = renderPages();
  withoutGuests(pages, guests);
  searched(files);
  formulas();
  await styles(files); // With the characters of the formulas of pages and models.
  await scripts(files);
  const at = address();
  if (at) {
    await discover(pages, files, at);
    for (const [name, html] of pages) if (/^embed\b/.test(name)) pages.set(name, admitted(html, at));
  }
  const plain = writePages(pages, files);
  for (const name of [...manifests(files), "element.js"]) plain.set(name, readFileSync(join(out, name)));
  const define = { SITE: JSON.stringify(JSON.stringify(siteOf(files, plain))) };
  files.plain("sw.js", await bundle("web/offline/worker.ts", { format: "iife", define }));
  files.list();
  rmSync(site, { recursive: true });
  renameSync(out, site);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildSite(resolve(process.argv[2] ?? join(root, "dist")));

// Bundles what the site serves besides wasm and data: node web/build.mjs [OUT]
import { build } from "esbuild";
import { cp, mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPages } from "./site/build.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const out = resolve(process.argv[2] ?? join(root, "dist-web"));
const packages = join(root, "node_modules");

/** Style sheets that go into a shadow root are written as readable CSS and shipped small. */
const shadowStyles = {
  name: "shadow-styles",
  setup(b) {
    b.onLoad({ filter: /\.css$/ }, async (args) => {
      if (args.path.includes("/styles/")) return undefined;
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

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "fonts"), { recursive: true });

const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: root,
};
// A language that somebody speaks is fetched as a file of its own.
const split = { splitting: true, chunkNames: "lang/[name]-[hash]" };
await Promise.all([
  build({
    ...common,
    ...split,
    entryPoints: { element: "web/element/index.ts" },
    outdir: out,
    plugins: [shadowStyles],
  }),
  build({ ...common, ...split, entryPoints: { page: "web/page/page.ts" }, outdir: out }),
  build({ ...common, entryPoints: { worker: "web/worker/worker.ts" }, outdir: out }),
  build({ ...common, entryPoints: { page: "web/styles/page.css" }, outdir: out, external: ["fonts/*"] }),
]);

const fonts = {
  "newsreader/files/newsreader-latin-opsz-normal.woff2": "newsreader.woff2",
  "newsreader/files/newsreader-latin-wght-italic.woff2": "newsreader-italic.woff2",
  "newsreader/LICENSE": "newsreader-LICENSE.txt",
  "instrument-sans/files/instrument-sans-latin-wght-normal.woff2": "instrument-sans.woff2",
  "instrument-sans/LICENSE": "instrument-sans-LICENSE.txt",
};
await Promise.all(
  Object.entries(fonts).map(([from, to]) => cp(join(packages, "@fontsource-variable", from), join(out, "fonts", to))),
);
await buildPages(out);

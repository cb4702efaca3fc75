// The licences of the crates that the modules are made of and of what the scripts carry, as their own files have them.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FOR = ["--locked", "--features", "webgpu"];
const TARGET = "wasm32-unknown-unknown";
const cargo = (...args) =>
  execFileSync("cargo", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });

/** Every crate of the modules but our own: what is compiled for the web, without what only builds. */
export function crates() {
  const tree = cargo("tree", ...FOR, "--target", TARGET, "-e", "normal,no-proc-macro", "--prefix", "none", "-f", "{p}");
  const names = new Set(
    tree.split("\n").flatMap(
      (line) =>
        line
          .match(/^(\S+) v(\S+)/)
          ?.slice(1, 3)
          .join(" ") ?? [],
    ),
  );
  const { packages } = JSON.parse(cargo("metadata", "--format-version", "1", ...FOR, "--filter-platform", TARGET));
  return packages
    .filter((p) => p.source && names.has(`${p.name} ${p.version}`))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The files of a crate that say under what it may be used. */
const filesOf = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((f) => f.isFile() && /^(licen[cs]e|copying|notice|unlicense|copyright)/i.test(f.name))
    .map((f) => readFileSync(join(folder, f.name), "utf8").trim());

/** All of them in Markdown: each crate with its licence, and below each text once with the crates that it came with. */
export function crateNotices() {
  const texts = new Map();
  const list = crates().map((p) => {
    for (const text of filesOf(dirname(p.manifest_path))) {
      const key = text.replace(/\s+/g, " ");
      const known = texts.get(key) ?? { text, names: new Set() };
      texts.set(key, known);
      known.names.add(p.name);
    }
    const by = p.authors.length ? `, ${p.authors.map((a) => a.replace(/\s*<.*>/, "")).join(", ")}` : "";
    return `- ${p.name} ${p.version} (${p.license ?? "see its text below"})${by}`;
  });
  const each = [...texts.values()].map(({ text, names }) => `### ${[...names].join(", ")}\n\n${text}\n`);
  return `## Rust crates (in the modules)\n\n${list.join("\n")}\n\n${each.join("\n")}`;
}

/** The packages that the scripts of the site are made with, fonts aside, which lie beside their own licences. */
export function scriptPackages() {
  const packageOf = (name) => JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
  const wanted = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies);
  const found = new Map();
  const add = (name) => {
    if (found.has(name) || name.startsWith("@fontsource") || name.startsWith("@types/")) return;
    const about = packageOf(name);
    found.set(name, about);
    Object.keys(about.dependencies ?? {}).forEach(add);
  };
  wanted.forEach(add);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Their licences in Markdown. */
export function scriptNotices() {
  const each = scriptPackages().map(({ name, version, license }) => {
    const found = filesOf(join(root, "node_modules", name));
    const texts = found.length ? found : ["Its package brings no text."];
    return `### ${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`;
  });
  return `## Packages of npm (in the scripts)\n\n${each.join("\n")}`;
}

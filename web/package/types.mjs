// The package's types: those of the engine as tsc declares them from the sources, with what the engine itself says of
// its models and options.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

const comment = (text, indent = "") =>
  text ? `${indent}/** ${text.replaceAll("*/", "* /").replaceAll("\n", " ")} */\n` : "";
const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
export const sentence = (text) => text.trim().replace(/([^.!?])$/, "$1.");

/** The type of one option, from its JSON Schema. */
export function typeOf(schema) {
  const values = schema.enum ?? schema.oneOf?.map((v) => v.const);
  if (values) return values.map((v) => JSON.stringify(v)).join(" | ");
  const types = [schema.type ?? "unknown"].flat();
  const names = { integer: "number", number: "number", boolean: "boolean", string: "string", null: "null" };
  return types.map((t) => names[t] ?? "unknown").join(" | ");
}

/** What an option is, in words: its title, what it does, its range. */
export function helpOf({ title, description, minimum, maximum }) {
  const range = minimum !== undefined && maximum !== undefined ? `From ${minimum} to ${maximum}.` : "";
  return [title, description, range].filter(Boolean).map(sentence).join(" ");
}

function members(schema, indent) {
  return Object.entries(schema.properties ?? {})
    .sort(([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0))
    .map(([name, option]) => `${comment(helpOf(option), indent)}${indent}${key(name)}?: ${typeOf(option)};\n`)
    .join("");
}

const declared = (doc, name, schema) => `${comment(doc)}export interface ${name} {\n${members(schema, "  ")}}\n`;

/** `shipped.d.ts`: what the models of the package are, and the options of each family. */
function shipped({ families, trainSchema, dataSchema, textSchema }, { models, data }) {
  const images = data.map((d) => d.name);
  const kindOf = ({ family, data }) => {
    const { capabilities, spaces } = families.find((f) => f.id === family);
    return capabilities.language
      ? "text"
      : (spaces.find((s) => s.kind === "image" && images.includes(data)) ?? spaces[0]).kind;
  };
  const entries = models.map(
    (m) => `${comment(sentence(m.title), "  ")}  "${m.id}": { kind: "${kindOf(m)}"; family: "${m.family}" };\n`,
  );
  const each = families.map(
    (f) =>
      `${comment(sentence(f.title), "  ")}  ${key(f.id)}: {\n    config: {\n${members(f.configSchema, "      ")}    };\n` +
      `    sample: {\n${members(f.sampleSchema, "      ")}    };\n  };\n`,
  );
  return [
    `${comment("Models that come with the package: what each models, and its family.")}export interface Shipped {\n${entries.join("")}}\n`,
    `${comment("Families: options of their models and of their samplers.")}export interface Families {\n${each.join("")}}\n`,
    declared("Options of a training.", "TrainingOptions", trainSchema),
    declared("Options of toy data sets.", "ToyOptions", dataSchema),
    declared("How a text becomes tokens.", "TextOptions", textSchema),
  ].join("\n");
}

/** Declarations of a source and of all that it needs, from its name to its text. */
function declarations(entry) {
  const out = mkdtempSync(join(tmpdir(), "generative-playground-types-"));
  try {
    const options = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--stripInternal"];
    const place = ["--rootDir", join(root, "web"), "--outDir", out];
    const args = [...options, ...place, "-p", join(root, "tsconfig.json")];
    const { status, stdout, stderr } = spawnSync(join(root, "node_modules/.bin/tsc"), args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`tsc: ${stdout}${stderr}`);
    const found = new Map();
    const take = (path) => {
      if (found.has(path) || !existsSync(join(out, path))) return;
      // Node's way of finding modules wants the endings as well.
      const text = readFileSync(join(out, path), "utf8").replace(/(from "\.[^"]*|import\("\.[^"]*)"/g, '$1.js"');
      found.set(path, text);
      for (const [, to] of text.matchAll(/(?:from |import\()"(\.[^"]*)\.js"/g)) take(join(dirname(path), `${to}.d.ts`));
    };
    take(entry);
    return found;
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** Writes the types of the package that stands in a folder. */
export async function writeTypes(out, description, list) {
  const files = declarations("package/engine.d.ts");
  files.set("package/shipped.d.ts", `${shipped(description, list)}`);
  for (const [path, text] of files) {
    const to = join(out, "types", path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
  writeFileSync(join(out, "types/engine.d.ts"), 'export * from "./package/engine.js";\n');
  return [...files.keys()].map((path) => relative(".", path));
}

// The package's types: those of the engine as tsc declares them from the sources, with what the engine itself says of
// its models and options.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { comment, helpOf, key, sentence, typeOf } from "./schema.mjs";
import { elementTypes, frameworkTypes, templateTypes } from "./typescript.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

function members(schema, indent) {
  return Object.entries(schema.properties ?? {})
    .sort(([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0))
    .map(([name, option]) => `${comment(helpOf(option), indent)}${indent}${key(name)}?: ${typeOf(option)};\n`)
    .join("");
}

const interfaceOf = (name, doc, body) => `${comment(doc)}export interface ${name} {\n${body}}\n`;

/** `shipped.d.ts`: what the models of the package are, and the options of each family. */
function shipped({ families, trainSchema, dataSchema, textSchema }, { models, data }) {
  const images = data.map((d) => d.name);
  const kindOf = ({ family, data: name }) => {
    const { capabilities, spaces } = families.find((f) => f.id === family);
    if (capabilities.language) return "text";
    return (spaces.find((s) => s.kind === "image" && images.includes(name)) ?? spaces[0]).kind;
  };
  const carried = models.map(
    (m) => `${comment(sentence(m.title), "  ")}  "${m.id}": { kind: "${kindOf(m)}"; family: "${m.family}" };\n`,
  );
  const each = families.map((f) => {
    const config = `    config: {\n${members(f.configSchema, "      ")}    };\n`;
    const sample = `    sample: {\n${members(f.sampleSchema, "      ")}    };\n`;
    return `${comment(sentence(f.title), "  ")}  ${key(f.id)}: {\n${config}${sample}  };\n`;
  });
  const ofModels = "Models that come with the package: what each models, and its family.";
  return [
    interfaceOf("Shipped", ofModels, carried.join("")),
    interfaceOf("Families", "Families: options of their models and of their samplers.", each.join("")),
    interfaceOf("TrainingOptions", "Options of a training.", members(trainSchema, "  ")),
    interfaceOf("ToyOptions", "Options of toy data sets.", members(dataSchema, "  ")),
    interfaceOf("TextOptions", "How a text becomes tokens.", members(textSchema, "  ")),
  ].join("\n");
}

/** Declarations of sources and of all that they need, from name to text. */
function declarations(...entries) {
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
    entries.forEach(take);
    return found;
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** Writes the types of the package that stands in a folder. */
export function writeTypes(out, description, list, manifest) {
  const files = declarations("package/engine.d.ts", "element/surface.d.ts");
  const kinds = 'import type { Kind } from "./samples.js";\n\n';
  files.set("package/shipped.d.ts", `${kinds}${shipped(description, list)}`);
  files.set("engine.d.ts", 'export * from "./package/engine.js";\n');
  files.set("element.d.ts", elementTypes(manifest));
  files.set("attributes.d.ts", templateTypes(manifest));
  for (const [name, text] of Object.entries(frameworkTypes(manifest))) files.set(`${name}.d.ts`, text);
  for (const [path, text] of files) {
    const to = join(out, "types", path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
}

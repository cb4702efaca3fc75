// The manifest of the elements, `custom-elements.json`, and what editors and frameworks read that follows from it.
//
// Methods are read off the classes by the analyzer; attributes come from their one table and from what the engine
// declares, events, slots, parts and properties of CSS from surface.ts.
import { create, ts } from "@custom-elements-manifest/analyzer/index.js";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { load } from "../readme.mjs";
import { helpOf, sentence, typeOf } from "./schema.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const source = (path) =>
  ts.createSourceFile(path, readFileSync(root + path, "utf8"), ts.ScriptTarget.ES2022, /* parents */ true);

/** The elements: where their classes are, and what their events and readings are called in surface.ts. */
const ELEMENTS = {
  model: { path: "web/element/generative-model.ts", name: "GenerativeModel", tagName: "generative-model" },
  lab: { path: "web/element/lab/generative-lab.ts", name: "GenerativeLab", tagName: "generative-lab" },
};

/** Members of an interface: name, type as it is written, and the comment above it. */
function membersOf(file, name) {
  const found = file.statements.find((s) => ts.isInterfaceDeclaration(s) && s.name.text === name);
  return found.members.map((member) => ({
    name: member.name.getText(file),
    type: member.type.getText(file),
    description: ts.getTextOfJSDocComment(member.jsDoc?.at(-1)?.comment) ?? "",
  }));
}

const TYPES = { integer: "number", number: "number", flag: "boolean", text: "string" };
const quoted = (values) => values.map((v) => JSON.stringify(v)).join(" | ");
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Attributes of the one table. */
const declaredOf = (kind, { ATTRIBUTES, declared }) =>
  Object.entries(ATTRIBUTES)
    .filter(([name]) => declared(name, kind))
    .map(([name, { doc, expected, fallback, shape }]) => ({
      name,
      fieldName: name,
      description: `${sentence(capital(doc))} Takes ${expected}.`,
      type: { text: shape.choices ? quoted(shape.choices) : TYPES[shape.kind] },
      ...(fallback === null || fallback === false ? {} : { default: String(fallback) }),
    }));

/** Attributes that are options of models, of their training, their samplers or their data. */
function optionsOf(kind, description, taken, attributeOf) {
  const { families, trainSchema, dataSchema, textSchema } = description;
  const shown = kind === "model" ? families : families.filter((f) => f.spaces.some((s) => s.kind === "points"));
  const scopes = [
    ...shown.map((f) => [f.title, f.configSchema]),
    ...(kind === "model" ? shown.map((f) => [f.title, f.sampleSchema]) : []),
    ["training", trainSchema],
    ["data", dataSchema],
    ...(kind === "model" ? [["text", textSchema]] : []),
  ];
  const found = new Map();
  for (const [where, schema] of scopes)
    for (const [option, about] of Object.entries(schema.properties ?? {})) {
      const name = attributeOf(option);
      if (about["x-recipe"] || taken.has(name)) continue;
      const known = found.get(name) ?? { where: [], types: new Set(), help: new Set() };
      if (!known.where.includes(where)) known.where.push(where);
      known.types.add(typeOf(about));
      known.help.add(helpOf(about));
      found.set(name, known);
    }
  return [...found].map(([name, { where, types, help }]) => ({
    name,
    description: `${[...help].join(" Or: ")} (${where.join(", ")})`,
    type: { text: [...types].join(" | ") },
  }));
}

/** The manifest. */
export async function manifestOf(description) {
  const attributes = await load("web/element/attributes.ts");
  const { SLOTS, PARTS, PROPERTIES } = await load("web/element/surface.ts");
  const surface = source("web/element/surface.ts");
  const described = (table) =>
    Object.entries(table).map(([name, text]) => ({ name, description: sentence(capital(text)) }));
  // Each class by itself, so that its own members are told from those that serve the inside.
  const modules = Object.values(ELEMENTS).map(({ path }) => source(path));
  const analyzed = create({ modules });
  const declarations = Object.entries(ELEMENTS).map(([kind, { path, name, tagName }]) => {
    const declaration = analyzed.modules.find((m) => m.path === path)?.declarations.find((d) => d.name === name);
    if (!declaration) throw new Error(`${path} declares no ${name}`);
    const methods = declaration.members.filter((m) => m.kind === "method" && !m.privacy && m.description);
    const own = declaredOf(kind, attributes);
    const capitalName = capital(kind);
    const read = membersOf(surface, `${capitalName}Readings`).map(({ name: field, type, description: text }) => ({
      kind: "field",
      name: field,
      readonly: true,
      type: { text: type },
      description: text,
    }));
    const fields = own.map(({ name: field, description: text, type }) => ({
      kind: "field",
      name: field,
      attribute: field,
      reflects: true,
      type: { text: `${type.text} | null` },
      description: text,
    }));
    const options = optionsOf(kind, description, new Set(own.map((a) => a.name)), attributes.attributeOf);
    return {
      kind: "class",
      customElement: true,
      name,
      tagName,
      description: declaration.description,
      superclass: { name: "HTMLElement" },
      attributes: [...own, ...options],
      members: [...fields, ...read, ...methods],
      events: membersOf(surface, `${capitalName}Events`).map(({ name: event, type, description: text }) => ({
        name: event,
        type: { text: `CustomEvent<${type.replace(/\s+/g, " ")}>` },
        description: text,
      })),
      slots: described(SLOTS[kind]),
      cssParts: described(PARTS[kind]),
      cssProperties: described(PROPERTIES),
    };
  });
  const path = "lib/element.js";
  const exported = declarations.flatMap(({ name, tagName }) => [
    { kind: "js", name, declaration: { name, module: path } },
    { kind: "custom-element-definition", name: tagName, declaration: { name, module: path } },
  ]);
  const { schemaVersion } = analyzed;
  return {
    schemaVersion,
    readme: "README.md",
    modules: [{ kind: "javascript-module", path, declarations, exports: exported }],
  };
}

/** The classes of a manifest. */
export const declarationsOf = (manifest) => manifest.modules.flatMap((m) => m.declarations);

/** What VS Code knows of HTML besides its own (`html.customData`). */
export const htmlData = (manifest) => ({
  version: 1.1,
  tags: declarationsOf(manifest).map(({ tagName, description, attributes }) => ({
    name: tagName,
    description,
    attributes: attributes.map(({ name, description: text, type }) => ({
      name,
      description: text,
      ...(/^("[^"]*"( \| )?)+$/.test(type.text)
        ? { values: JSON.parse(`[${type.text.replaceAll(" | ", ",")}]`).map((v) => ({ name: v })) }
        : {}),
    })),
  })),
});

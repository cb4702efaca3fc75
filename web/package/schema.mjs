// Options as the engine declares them, for TypeScript and for editors.

/** A comment of documentation on a line of its own. */
export const comment = (text, indent = "") =>
  text ? `${indent}/** ${text.replaceAll("*/", "* /").replace(/\s+/g, " ")} */\n` : "";

/** The name of a member, in quotes where it needs them. */
export const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** A text with a stop at its end. */
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

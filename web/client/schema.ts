import type { SpaceKind, JsonSchema } from "./protocol";

/** One option, flattened to what a form field needs. */
export interface Field {
  name: string;
  label: string;
  help: string;
  kind: "integer" | "number" | "choice" | "flag" | "text";
  choices: { value: string; label: string; help: string }[];
  minimum?: number;
  maximum?: number;
  fallback: unknown;
}

const sentence = (text: string) => text.replaceAll("`", "").replaceAll("\n", " ").trim();
const words = (name: string) => {
  const text = name
    .replaceAll("_", " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** When an option means something: for data of some kinds, or where its default is a certain value. */
type Shown = JsonSchema & { "x-data"?: string[]; "x-where"?: unknown };

/**
 * The fields of an object schema as they were declared, without those that only recipes or other data need;
 * `defaults` are the family's own.
 */
export function fieldsOf(
  schema: JsonSchema,
  kind: SpaceKind = "image",
  defaults: Record<string, unknown> = {},
): Field[] {
  const means = (name: string, s: Shown) =>
    (s["x-data"]?.includes(kind) ?? true) && (s["x-where"] === undefined || defaults[name] === s["x-where"]);
  const shown = Object.entries(schema.properties ?? {}).filter(([name, s]) => !s["x-recipe"] && means(name, s));
  shown.sort(([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0));
  return shown.map(([name, s]) => {
    const named = s.oneOf?.map((v) => ({
      value: v.const,
      label: v.title ?? v.const,
      help: sentence(v.description ?? ""),
    }));
    const choices = named ?? s.enum?.map((value) => ({ value, label: value, help: "" })) ?? [];
    const kinds: Record<string, Field["kind"]> = { integer: "integer", number: "number", boolean: "flag" };
    return {
      name,
      label: s.title ?? words(name),
      help: sentence(s.description ?? ""),
      kind: choices.length ? "choice" : (kinds[s.type ?? ""] ?? "text"),
      choices,
      minimum: s.minimum,
      maximum: s.maximum,
      fallback: s.default,
    };
  });
}

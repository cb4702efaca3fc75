/** What the page reads of a JSON Schema (draft 2020-12), as the worker sends it for options. */
export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  format?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

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

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let out = schema;
  for (let depth = 0; depth < 4 && (out.$ref || out.allOf?.length === 1); depth++) {
    const target = out.$ref
      ? root.$defs?.[out.$ref.split("/").at(-1) ?? ""]
      : out.allOf?.[0];
    const { $ref: _ref, allOf: _all, ...own } = out;
    out = { ...target, ...own };
  }
  return out;
}

const sentence = (text: string) => text.replaceAll("`", "").replaceAll("\n", " ").trim();
const words = (name: string) => {
  const text = name.replaceAll("_", " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** The fields of an object schema, in its order. */
export function fieldsOf(schema: JsonSchema): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, raw]) => {
    const s = resolve(raw, schema);
    const types = [s.type ?? []].flat();
    const variants = (s.oneOf ?? s.anyOf ?? []).flatMap((v) =>
      v.const !== undefined ? [v] : (v.enum ?? []).map((value) => ({ ...v, const: value })),
    );
    const choices = (variants.length ? variants : (s.enum ?? []).map((value): JsonSchema => ({ const: value })))
      .map((v) => ({
        value: String(v.const),
        label: v.title ?? String(v.const),
        help: sentence(v.description ?? ""),
      }));
    const kind = choices.length
      ? "choice"
      : types.includes("integer")
        ? "integer"
        : types.includes("number")
          ? "number"
          : types.includes("boolean")
            ? "flag"
            : "text";
    return {
      name,
      label: s.title ?? words(name),
      help: sentence(s.description ?? ""),
      kind,
      choices,
      minimum: s.minimum ?? s.exclusiveMinimum,
      maximum: s.maximum ?? s.exclusiveMaximum,
      fallback: s.default,
    };
  });
}

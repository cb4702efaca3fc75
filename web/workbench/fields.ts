/**
 * What the workbench asks: every attribute of an element, from the one table, and every option that Rust declares for
 * the family at hand. Nothing is listed here; each field can say what is wrong with a text.
 */
import type { Description } from "../client/engine";
import { PlaygroundError, badOption } from "../client/errors";
import type { ErrorInfo, FamilyInfo, JsonSchema, OptionScope, SpaceKind } from "../client/protocol";
import { fieldsOf, type Field } from "../client/schema";
import type { Session } from "../client/session";
import type { ModelEntry } from "../client/site";
import type { TextEntry } from "../client/texts";
import { ATTRIBUTES, attributeOf, declared, read, type Kind, type Name } from "../element/attributes";
import { asOption } from "../element/options";
import { viewsOf } from "../element/panel";
import { isPlane } from "../element/points-task";

/** What is known of the site and of the model at hand. */
export interface Known {
  kind: Kind;
  models: readonly ModelEntry[];
  texts: readonly TextEntry[];
  /** Names of image sets. */
  images: readonly { name: string; title: string }[];
  description?: Description | undefined;
  family?: FamilyInfo | undefined;
  space?: SpaceKind | undefined;
  session?: Session | undefined;
}

/** One field: an attribute or an option, and whether a text holds for it. */
export interface Entry {
  attribute: string;
  field: Field;
  /** What is declared in Rust has its part of the form. */
  scope?: OptionScope;
  check(text: string): Promise<ErrorInfo | undefined>;
}

type Choices = Field["choices"];
const choice = (value: string, label = value): Choices[number] => ({ value, label, help: "" });

/** The ids that can be the value of an attribute, as far as they are known. */
function idsOf(name: Name, known: Known): Choices {
  const { kind, description, family, space, models, texts, images } = known;
  const plane = (f: FamilyInfo) => f.spaces.some((s) => isPlane(s.kind));
  const plots = family?.spaces.find((s) => s.kind === space)?.plots ?? [];
  switch (name) {
    case "model":
      return models.map((m) => choice(m.id, m.title));
    case "family": {
      const families = (description?.families ?? []).filter((f) => kind === "model" || plane(f));
      const all = kind === "lab" && families.length ? [choice("all")] : [];
      return [...all, ...families.map((f) => choice(f.id, f.title))];
    }
    case "data": {
      const toys = (description?.toys ?? []).map((t) => choice(t.id, t.title));
      if (kind === "lab") return toys;
      const sets = [...images, ...texts].map((s) => choice(s.name, s.title));
      return toys.length ? [...toys, ...sets] : [];
    }
    case "view":
      if (!family) return [];
      return viewsOf(plots, family.capabilities.language).map(({ id, title }) => choice(id, title ?? id));
    case "plot":
      return isPlane(space) ? plots.map((p) => choice(p.id, p.title)) : [];
    case "size":
      return (family?.spaces.find((s) => s.kind === space)?.sizes ?? []).map((s) => choice(s.id, s.title));
    case "preset":
      return (description?.presets ?? []).map((p) => choice(p.id, p.title));
    default:
      return (ATTRIBUTES[name].shape.choices ?? []).map((id) => choice(id));
  }
}

/** Attributes that mean something to some models only. */
const OF_SOME: readonly Name[] = ["size", "plot"];

/** The fields of the attributes of an element. */
export function attributeFields(known: Known, help: (name: Name) => string): Entry[] {
  return (Object.keys(ATTRIBUTES) as Name[])
    .filter((name) => declared(name, known.kind))
    .filter((name) => !OF_SOME.includes(name) || idsOf(name, known).length > 0)
    .map((name) => {
      const { shape, fallback } = ATTRIBUTES[name];
      const ids = idsOf(name, known);
      // Without the attribute there may be nothing that it says.
      const none = fallback === null && ids.length ? [choice("", "–")] : [];
      const field: Field = {
        name,
        label: name,
        help: help(name),
        kind: ids.length ? "choice" : shape.kind,
        choices: [...none, ...ids],
        ...(shape.minimum === undefined ? {} : { minimum: shape.minimum }),
        ...(shape.maximum === undefined ? {} : { maximum: shape.maximum }),
        fallback,
      };
      return { attribute: name, field, check: async (text) => wrongWith(name, text, ids) };
    });
}

function wrongWith(name: Name, text: string, ids: Choices): ErrorInfo | undefined {
  try {
    read(name, text);
    if (ids.length && !ids.some(({ value }) => value === text))
      throw badOption(name, text, `one of ${ids.map(({ value }) => value).join(", ")} is expected`);
    return undefined;
  } catch (e) {
    return PlaygroundError.from(e);
  }
}

type Options = Record<string, unknown>;

/** Which options there are: of samples always, of model, data and training where one is made here. */
function schemas({ description, family, space }: Known, made: boolean): [OptionScope, JsonSchema, Options][] {
  if (!description || !family) return [];
  const own = family.spaces.find((s) => s.kind === space);
  const all: [OptionScope, JsonSchema, Options][] = [["sample", family.sampleSchema, {}]];
  if (!made) return all;
  all.push(["config", family.configSchema, own?.config ?? {}]);
  if (isPlane(space)) all.push(["data", description.dataSchema, {}]);
  if (family.capabilities.language) all.push(["text", description.textSchema, {}]);
  all.push(["train", description.trainSchema, own?.train ?? {}]);
  return all;
}

/** The fields of the options of the family at hand; `made` where its model is made in the page. */
export function optionFields(known: Known, made: boolean): Entry[] {
  const { family, session, space } = known;
  if (!family || !session) return [];
  const taken = new Set<string>(Object.keys(ATTRIBUTES));
  return schemas(known, made).flatMap(([scope, schema, defaults]) =>
    fieldsOf(schema, space, defaults).flatMap((field) => {
      const attribute = attributeOf(field.name);
      // What two have by the same name is the first one's.
      if (taken.has(attribute)) return [];
      taken.add(attribute);
      const fallback = defaults[field.name] ?? field.fallback;
      const check = async (text: string) => {
        const typed = asOption(text, schema.properties?.[field.name]);
        const { errors } = await session.check(scope, family.id, [[field.name, typed]]);
        return errors[0];
      };
      return { attribute, field: { ...field, fallback }, scope, check };
    }),
  );
}

import type { Session } from "../client/session";
import type { ErrorInfo, FamilyInfo, JsonSchema, OptionScope } from "../client/protocol";
import { badOption, cancelled, problem } from "../client/errors";
import type { Backend } from "../client/connection";
import { attributeOf, declared, flag, optionOf, read, type Kind } from "./attributes";
import { foreign, meant } from "./names";
import type { Host, Panel, ViewName } from "./panel";

/** What the element's own attributes say, once they are known to be right. */
export interface Settled {
  view: ViewName;
  seed: number;
  count: number;
  backend: Backend;
  columns: number | null;
  refresh: number | null;
  controls: "full" | "few" | "none" | null;
}

/** Without any attribute. */
export const UNSAID: Settled = {
  view: "samples",
  seed: 1,
  count: 32,
  backend: "auto",
  columns: null,
  refresh: null,
  controls: null,
};

/** Attributes that the element reads itself; all others are parameters of views or options of the model. */
const OWN = [
  ...["model", "src", "family", "families", "preset", "view", "views", "seed", "count", "backend", "controls", "tune"],
  ...["refresh", "columns", "autoplay", "keep-training", "overlay", "seconds", "rate", "plot", "look"],
  "workers",
];

/** A property that a script may have set to a number, as the text of its attribute. */
export const text = (value: unknown) => (value === null || value === undefined ? null : String(value));

/** Takes what an attribute says, where that has changed; what is wrong with it is reported. */
export function whenChanged(
  host: Pick<Host, "report">,
  changed: ReadonlyMap<PropertyKey, unknown>,
  name: string,
  take: (said: string | null) => void,
) {
  if (!changed.has(name)) return;
  try {
    take(text((host as unknown as Record<string, unknown>)[name]));
  } catch (e) {
    host.report(e, name);
  }
}

/** Where the values of options go. */
export interface Sink {
  host: Host;
  session: Session;
  family: FamilyInfo;
  trainSchema: JsonSchema;
  textSchema: JsonSchema;
  panels: Panel[];
  /** Whether an attribute is for somebody else. */
  elsewhere(attribute: string): boolean;
}

/** What becomes of an attribute that nobody knows. */
interface Stranger extends HTMLElement {
  /** Names that a link gave. */
  readonly linked: readonly string[];
  report(error: unknown): void;
}

/**
 * An attribute that nobody knows: left alone if it may be somebody else's; told to the reader if it is likely a slip,
 * or came by a link; else told to the author, in the console.
 */
export function stranger(host: Stranger, attribute: string, kind: Kind, options: readonly string[]) {
  // Some mean something to other models.
  if (foreign(attribute) || declared(attribute, kind)) return;
  const to = meant(attribute, kind, options);
  const error = problem(
    "bad-option",
    `“${attribute.slice(0, 40)}” is no attribute of <${host.localName}>${to ? `; “${to}” may be meant` : ""}.`,
    "It was left out.",
  );
  if (to || host.linked.includes(attribute)) host.report(error);
  else console.warn(error.message);
}

/** A family by its id. One that nobody knows is told and given up; a shipped model comes by that change. */
export function familyOf(host: Host & { family: string | null }, families: FamilyInfo[], id: string): FamilyInfo {
  const found = families.find((f) => f.id === id);
  if (found && host.family) host.trainer.notices.settled("family");
  if (found) return found;
  const error = badOption("family", id, `one of ${families.map((f) => f.id).join(", ")} is expected`);
  if (host.family !== id) throw error;
  host.report(error, "family");
  host.removeAttribute("family");
  throw cancelled();
}

/** Finds what attributes say that they cannot mean, also those that the model in place has no use for. */
export function meaningless(host: HTMLElement, kind: Kind, report: (error: unknown, name: string) => void) {
  for (const name of host.getAttributeNames()) {
    if (!declared(name, kind)) continue;
    try {
      read(name, host.getAttribute(name));
    } catch (e) {
      report(e, name);
    }
  }
}

/** A text as Rust takes it: a switch may also be on by its presence. */
export const asOption = (text: string, schema: JsonSchema | undefined) =>
  schema?.type === "boolean" ? String(flag(text) ?? text) : text;

/**
 * Takes attributes that are parameters of a view or options of the model, and hands them to
 * whoever needs them. Rust says which options there are and whether a value holds.
 * Gives whether there were any.
 */
export async function takeOptions(
  attributes: string[],
  { host, session, family, trainSchema, textSchema, panels, elsewhere }: Sink,
): Promise<boolean> {
  type Scope = Exclude<OptionScope, "data" | "pictures">;
  const schemas: Record<Scope, JsonSchema> = {
    config: family.configSchema,
    train: trainSchema,
    sample: family.sampleSchema,
    text: family.capabilities.language ? textSchema : {},
  };
  const scopes = Object.keys(schemas) as Scope[];
  const known = scopes.flatMap((s) => Object.keys(schemas[s].properties ?? {}).map(attributeOf));
  const entries: Record<Scope, [string, string][]> = { config: [], train: [], sample: [], text: [] };
  let taken = false;
  for (const attribute of new Set(attributes)) {
    if (OWN.includes(attribute) || elsewhere(attribute)) continue;
    const name = optionOf(attribute);
    const text = host.getAttribute(attribute) ?? undefined;
    const param = panels.find((p) => Object.hasOwn(p.params, name))?.params[name];
    // Steps of a training are of points, and nothing of this; where there is a sampler, they are its own.
    const among: Scope[] = name === "steps" ? ["sample"] : scopes;
    const scope = among.find((s) => Object.hasOwn(schemas[s].properties ?? {}, name));
    if (name === "steps" && !scope) continue;
    if (!param && !scope) {
      if (text !== undefined) stranger(host, attribute, "model", known);
      continue;
    }
    taken = true;
    host.trainer.notices.settled(attribute);
    if (param) {
      try {
        param.set(text);
      } catch (e) {
        host.report(e, attribute);
      }
    } else if (scope && text !== undefined) {
      entries[scope].push([name, asOption(text, schemas[scope].properties?.[name])]);
    } else if (scope === "sample") delete host.sampleOptions[name];
    else if (scope) delete host.trainer.drafts[scope][name];
  }
  const errors: ErrorInfo[] = [];
  if (entries.sample.length) {
    const checked = await session.check("sample", family.id, entries.sample);
    Object.assign(host.sampleOptions, checked.values);
    errors.push(...checked.errors);
  }
  for (const scope of ["config", "train", "text"] as const) {
    if (entries[scope].length) errors.push(...(await host.trainer.wish(scope, entries[scope])));
  }
  const given = Object.values(entries).flat();
  for (const error of errors) {
    const about = given.find(([name, text]) => error.message.includes(name) || error.message.includes(text));
    host.report(error, about && attributeOf(about[0]));
  }
  return taken;
}

/** What was said to a model of another family does not concern the one at hand. */
export function leave(host: HTMLElement, before: FamilyInfo, now: FamilyInfo) {
  const names = ({ sampleSchema, configSchema }: FamilyInfo) =>
    [sampleSchema, configSchema].flatMap((s) => Object.keys(s.properties ?? {}));
  const known = names(now);
  for (const name of names(before)) if (!known.includes(name)) host.removeAttribute(attributeOf(name));
}

/** Reads one of the element's own attributes; throws what is wrong with it. */
export function settle<K extends keyof Settled>(name: K, text: string | null, views: readonly ViewName[]): Settled[K] {
  if (name !== "view") return read(name as Exclude<K, "view">, text) as Settled[K];
  // Before the family is known, any may be one of its views.
  const view = views.length ? views.find((v) => v === (text ?? views[0])) : (text ?? UNSAID.view);
  if (!view) throw badOption("view", text ?? "", `one of ${views.join(", ")} is expected`);
  return view as Settled[K];
}

/**
 * What a link has to say of options of samples that a page gives a model, where they are as without them; it leaves
 * that out otherwise, and the page would have its own way.
 */
export function besideOf({ about, sampleOptions }: Host, given: readonly string[]): Record<string, string> {
  const said: Record<string, string> = {};
  for (const attribute of given) {
    const name = optionOf(attribute);
    const fallback = about?.sampleSchema.properties?.[name]?.default;
    if (fallback !== undefined && !Object.hasOwn(sampleOptions, name)) said[attribute] = String(fallback);
  }
  return said;
}

import type { Session } from "../client/session";
import type { ErrorInfo, FamilyInfo, JsonSchema, OptionScope } from "../client/protocol";
import { badOption } from "../client/errors";
import type { Backend } from "../client/connection";
import { attributeOf, GLOBAL, optionOf, OWN } from "./names";
import { whole, type Host, type Panel, type ViewName } from "./panel";

/** What the element's own attributes say, once they are known to be right. */
export interface Settled {
  view: ViewName;
  seed: number;
  count: number;
  backend: Backend;
}

/** How the element's own attributes are read. */
export function reader<K extends keyof Settled>(
  name: K,
  views: readonly string[],
): { fallback: Settled[K]; expected: string; parse: (text: string) => Settled[K] | undefined } {
  const among = (all: readonly string[]) => ({
    expected: `one of ${all.join(", ")}`,
    fallback: all[0],
    parse: (text: string) => (all.includes(text) ? text : undefined),
  });
  const number = (least: number, most: number, fallback: number) => ({
    expected: `a whole number from ${least} to ${most}`,
    fallback,
    parse: (text: string) => whole(text, least, most),
  });
  const all = {
    view: among(views),
    backend: among(["auto", "webgpu", "cpu"]),
    seed: number(0, 0xffff_ffff, 1),
    count: number(1, 400, 32),
  };
  return all[name] as ReturnType<typeof reader<K>>;
}

/** Where the values of options go. */
export interface Sink {
  host: Host;
  session: Session;
  family: FamilyInfo;
  trainSchema: JsonSchema;
  textSchema: JsonSchema;
  panels: Panel[];
}

/**
 * Takes attributes that are parameters of a view or options of the model, and hands them to
 * whoever needs them. Rust says which options there are and whether a value holds.
 * Gives whether there were any.
 */
export async function takeOptions(
  attributes: string[],
  { host, session, family, trainSchema, textSchema, panels }: Sink,
): Promise<boolean> {
  const entries: Record<Exclude<OptionScope, "data">, [string, string][]> = {
    config: [],
    train: [],
    sample: [],
    text: [],
  };
  const scopeOf = (name: string) => {
    if (name in (family.configSchema.properties ?? {})) return "config";
    if (name in (trainSchema.properties ?? {})) return "train";
    return family.capabilities.language && name in (textSchema.properties ?? {}) ? "text" : "sample";
  };
  const names = [...new Set(attributes)].filter((a) => !OWN.includes(a) && !GLOBAL.test(a));
  for (const attribute of names) {
    const name = optionOf(attribute);
    const text = host.getAttribute(attribute) ?? undefined;
    const param = panels.find((p) => name in p.params)?.params[name];
    if (param) {
      try {
        param.set(text);
      } catch (e) {
        host.report(e);
      }
      continue;
    }
    const scope = scopeOf(name);
    if (text !== undefined) entries[scope].push([name, text]);
    else if (scope === "sample") delete host.sampleOptions[name];
    else delete host.trainer.drafts[scope][name];
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
  for (const error of errors) host.report(error);
  return names.length > 0;
}

/** What was said to a model of another family does not concern the one at hand. */
export function leave(host: HTMLElement, before: FamilyInfo, now: FamilyInfo) {
  const names = ({ sampleSchema, configSchema }: FamilyInfo) =>
    [sampleSchema, configSchema].flatMap((s) => Object.keys(s.properties ?? {}));
  const known = names(now);
  for (const name of names(before)) if (!known.includes(name)) host.removeAttribute(attributeOf(name));
}

/** Reads one of the element's own attributes; throws what is wrong with it. */
export function read<K extends keyof Settled>(
  name: K,
  value: string | number | null | undefined,
  views: readonly string[],
): Settled[K] {
  const { fallback, expected, parse } = reader(name, views);
  if (value === null || value === undefined) return fallback;
  const found = parse(String(value));
  if (found === undefined) throw badOption(name, String(value), `${expected} is expected`);
  return found;
}

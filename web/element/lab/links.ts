import { badOption } from "../../client/errors";
import type { ErrorInfo, FamilyInfo, Preset } from "../../client/protocol";
import { ATTRIBUTES, attributeOf, declared, optionOf, read, type Name } from "../attributes";
import { asOption, stranger } from "../options";
import { START } from "../points-task";
import type { Learner, Task } from "./learner";
import type { Description } from "../../client/engine";

type Values = Record<string, unknown>;

/** Everything of a lab that a link or an attribute can say. */
export interface Wishes extends HTMLElement {
  readonly task: Task;
  readonly description: Description | undefined;
  readonly learners: Map<string, Learner>;
  readonly linked: readonly string[];
  /** What is learned if nobody says anything else. */
  readonly standard: string;
  /** A family's id, or `all`. */
  chosen: string;
  /** Whether the data is drawn with the models. */
  withData: boolean;
  experiment: Preset | undefined;
  check(scope: "data", entries: [string, string][]): Promise<{ values: Values; errors: ErrorInfo[] }>;
  report(error: unknown): void;
}

/** Attributes that say how a lab is shown, not what it does. */
export const SHOWN = ["controls", "backend", "families", "autoplay", "keep-training"];

/** An attribute of one family: its id, and what it is about. */
const PREFIXED = /^([a-z0-9-]+)\.(.+)$/;

/** Of families those that a lab names; all, where there are none of those, which is told. */
export function named(all: FamilyInfo[], wished: readonly string[], report: (error: unknown) => void): FamilyInfo[] {
  const some = all.filter((f) => wished.includes(f.id));
  if (some.length || !wished.length) return some.length ? some : all;
  report(badOption("families", wished.join(" "), `one of ${all.map((f) => f.id).join(", ")} is expected`));
  return all;
}

/** Puts an experiment's values in place. */
export function adopt(lab: Wishes, preset: Preset) {
  const learner = lab.learners.get(preset.family);
  const toy = lab.description?.toys.find((t) => t.id === preset.data);
  if (!learner || !toy) return;
  lab.experiment = preset;
  Object.assign(lab.task, { data: toy.id, kind: toy.kind, dataOptions: {} });
  lab.task.budget = { steps: preset.steps, seconds: null };
  lab.chosen = preset.family;
  learner.drafts = { config: { ...preset.config }, train: { ...preset.train } };
  learner.plot = preset.plot;
  learner.at = preset.at;
}

/** Takes what names and texts say of the lab as a whole; a name without a text is as at first. */
function takeOwn(lab: Wishes, given: Map<string, string | null>) {
  const { description, task, learners } = lab;
  if (!description) return;
  const take = <N extends Name>(name: N, use: (value: ReturnType<typeof read<N>>) => void) => {
    if (!given.has(name)) return;
    try {
      use(read(name, given.get(name)));
    } catch (e) {
      lab.report(e);
    }
  };
  const among = <T>(name: string, id: string, all: readonly T[], idOf: (one: T) => string): T => {
    const found = all.find((one) => idOf(one) === id);
    if (!found) throw badOption(name, id, `one of ${all.map(idOf).join(", ")} is expected`);
    return found;
  };
  take("preset", (id) => {
    if (id !== null)
      adopt(
        lab,
        among("preset", id, description.presets, (p) => p.id),
      );
    else lab.experiment = undefined;
  });
  take("data", (id) => {
    const toy = among("data", id ?? lab.standard, description.toys, (t) => t.id);
    Object.assign(task, { data: toy.id, kind: toy.kind });
  });
  take("family", (id) => {
    lab.chosen = among("family", id ?? "all", ["all", ...learners.keys()], (f) => f);
  });
  take("seed", (seed) => {
    task.seed = seed;
  });
  take("steps", (steps) => {
    task.budget = { steps: steps ?? lab.experiment?.steps ?? START.steps, seconds: null };
  });
  take("seconds", (seconds) => {
    if (seconds !== null) task.budget = { steps: null, seconds };
    else if (task.budget.seconds !== null) task.budget = { steps: START.steps, seconds: null };
  });
  take("rate", (rate) => {
    task.rate = rate;
  });
  take("overlay", (on) => {
    lab.withData = on;
  });
}

/** The families that an option is for: the one named before it, else the one that is shown, else all that have it. */
function targets(lab: Wishes, prefix: string, has: (l: Learner) => boolean): Learner[] {
  const named = lab.learners.get(prefix || lab.chosen);
  if (named) return has(named) ? [named] : [];
  return prefix || lab.chosen !== "all" ? [] : [...lab.learners.values()].filter(has);
}

/**
 * Takes names and values as text; a name without a value is as at first. What does not hold is told, and changes
 * nothing.
 */
export async function take(lab: Wishes, given: [string, string | null][]): Promise<void> {
  const { description, task, learners } = lab;
  if (!description) return;
  const own = ["plot", "look", "at"];
  const ofLab = given.filter(([name]) => declared(name, "lab") && !own.includes(name));
  // What is no longer said comes first, so that it does not undo what is said instead.
  takeOwn(lab, new Map(ofLab.filter(([, text]) => text === null)));
  takeOwn(lab, new Map(ofLab.filter(([, text]) => text !== null)));

  const dataOptions = description.dataSchema.properties ?? {};
  const trainOptions = description.trainSchema.properties ?? {};
  const scopeOf = (l: Learner, name: string): "config" | "train" | undefined =>
    Object.hasOwn(l.family.configSchema.properties ?? {}, name)
      ? "config"
      : Object.hasOwn(trainOptions, name)
        ? "train"
        : undefined;
  const known = [
    ...[...learners.values()].flatMap((l) => Object.keys(l.family.configSchema.properties ?? {})),
    ...Object.keys(trainOptions),
    ...Object.keys(dataOptions),
  ].map(attributeOf);
  const ofData: [string, string][] = [];
  const ofFamilies = new Map<Learner, Record<"config" | "train", [string, string][]>>();
  for (const [attribute, text] of given) {
    if (declared(attribute, "lab") && !own.includes(attribute)) continue;
    const [, prefix = "", bare = attribute] = PREFIXED.exec(attribute) ?? [];
    const name = optionOf(bare);
    if (!prefix && Object.hasOwn(dataOptions, name)) {
      if (text === null) delete task.dataOptions[name];
      else ofData.push([name, asOption(text, dataOptions[name])]);
      continue;
    }
    const found = targets(lab, prefix, (l) => name === "plot" || name === "at" || scopeOf(l, name) !== undefined);
    if (!found.length && text !== null) stranger(lab, attribute, "lab", known);
    for (const learner of found) {
      const scope = scopeOf(learner, name);
      // Of several families, one that has it is enough.
      const known = found.some((l) => l.plots.some((p) => p.id === text));
      if (name === "plot") takePlot(lab, learner, attribute, text, !known);
      else if (name === "at") takeAt(lab, learner, text);
      else if (scope && text === null) delete learner.drafts[scope][name];
      else if (scope && text !== null) {
        const entries = ofFamilies.get(learner) ?? { config: [], train: [] };
        const schema = learner.family.configSchema.properties?.[name] ?? trainOptions[name];
        entries[scope].push([name, asOption(text, schema)]);
        ofFamilies.set(learner, entries);
      }
    }
  }
  if (ofData.length) {
    const { values, errors } = await lab.check("data", ofData);
    Object.assign(task.dataOptions, values);
    errors.forEach((e) => lab.report(e));
  }
  for (const [learner, entries] of ofFamilies) {
    for (const scope of ["config", "train"] as const) {
      if (entries[scope].length) (await learner.wish(scope, entries[scope])).forEach((e) => lab.report(e));
    }
  }
}

function takePlot(lab: Wishes, learner: Learner, attribute: string, text: string | null, named: boolean) {
  const ids = learner.plots.map((p) => p.id);
  if (text === null) learner.plot = ids[0] ?? "samples";
  else if (ids.includes(text)) learner.plot = text;
  else if (named) lab.report(badOption(attribute, text, `one of ${ids.join(", ")} is expected`));
  learner.refresh(true);
}

function takeAt(lab: Wishes, learner: Learner, text: string | null) {
  try {
    learner.at = read("at", text);
    learner.refresh(true);
  } catch (e) {
    lab.report(e);
  }
}

/** What differs from a fresh lab, as names and values for a link. */
export function stateOf(lab: Wishes): Record<string, string> {
  const { task, learners, experiment } = lab;
  const state: Record<string, string> = {};
  if (experiment) state["preset"] = experiment.id;
  else if (lab.chosen !== "all") state["family"] = lab.chosen;
  // A reader's own points are not in a link.
  if (task.data !== lab.standard && task.data !== "custom" && task.data !== experiment?.data) state["data"] = task.data;
  for (const [name, value] of Object.entries(task.dataOptions)) state[attributeOf(name)] = String(value);
  if (task.seed !== START.seed) state["seed"] = String(task.seed);
  if (task.budget.seconds !== null) state["seconds"] = String(task.budget.seconds);
  else if (task.budget.steps !== null && task.budget.steps !== (experiment?.steps ?? START.steps))
    state["steps"] = String(task.budget.steps);
  if (task.rate !== null) state["rate"] = String(task.rate);
  if (lab.withData !== ATTRIBUTES.overlay.fallback) state["overlay"] = "off";
  for (const learner of learners.values()) {
    const {
      family: { id },
      plots,
    } = learner;
    const here = experiment?.family === id ? experiment : undefined;
    if (learner.plot !== (here?.plot ?? plots[0]?.id)) state[`${id}.plot`] = learner.plot;
    if (learner.at !== (here?.at ?? 0.5) && learner.inputs.some((input) => input === learner.places?.scrubber))
      state[`${id}.at`] = String(learner.at);
    for (const scope of ["config", "train"] as const) {
      const base = (here?.[scope] ?? {}) as Values;
      for (const [name, value] of Object.entries(learner.drafts[scope]))
        if (base[name] !== value) state[`${id}.${attributeOf(name)}`] = String(value);
    }
  }
  return state;
}

/**
 * What a link has to say of attributes that a page gives a lab, where the lab is as without them: a link leaves that
 * out otherwise, and the page would have its own way. An experiment brings all of its own.
 */
export function besideOf(lab: Wishes, given: readonly string[], state: Record<string, string>): Record<string, string> {
  const { task, experiment } = lab;
  const said: Record<string, string> = {};
  if (experiment) return said;
  const own: Record<string, string | undefined> = {
    family: "all",
    data: task.data === "custom" ? undefined : task.data,
    seed: String(task.seed),
    steps: task.budget.steps === null ? undefined : String(task.budget.steps),
    overlay: lab.withData ? "on" : "off",
  };
  for (const attribute of given) {
    if (Object.hasOwn(state, attribute)) continue;
    const [, prefix = "", bare = attribute] = PREFIXED.exec(attribute) ?? [];
    const name = optionOf(bare);
    const text = Object.hasOwn(own, attribute) ? own[attribute] : valueOf(lab, prefix, name);
    if (text !== undefined) said[attribute] = text;
  }
  return said;
}

/** The plot of a family, where its slider stands, or one of its options, if there is one. */
function valueOf(lab: Wishes, prefix: string, name: string): string | undefined {
  for (const learner of targets(lab, prefix, () => true)) {
    if (name === "plot") return learner.plot;
    if (name === "at") return String(learner.at);
    for (const scope of ["config", "train"] as const) {
      const field = learner.fields(scope).find((f) => f.name === name);
      if (field) return String(learner.value(scope, field));
    }
  }
  return undefined;
}

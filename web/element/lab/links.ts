import { badOption } from "../../client/errors";
import type { ErrorInfo, Preset } from "../../client/protocol";
import { attributeOf, optionOf } from "../names";
import { whole } from "../panel";
import type { Learner, Scope, Task } from "./learner";
import type { Description } from "../../client/engine";

type Values = Record<string, unknown>;

/** Everything of a lab that a link or an attribute can say. */
export interface Wishes {
  readonly task: Task;
  readonly description: Description | undefined;
  readonly learners: Map<string, Learner>;
  /** A family's id, or `all`. */
  family: string;
  overlay: boolean;
  preset: Preset | undefined;
  check(scope: "data", entries: [string, string][]): Promise<{ values: Values; errors: ErrorInfo[] }>;
  report(error: unknown): void;
}

/** What a lab starts from. */
export const START = { data: "moons", seed: 1, steps: 2000 } as const;
/** Names of the lab itself; every other one is an option of the data, of the training, or of a family. */
const OWN = ["preset", "data", "family", "seed", "steps", "seconds", "rate", "overlay"] as const;
/** Attributes that say how a lab is shown, not what it does. */
export const SHOWN = ["controls", "backend", "families", "autoplay"];

const steps = (text: string) => whole(text, 1, 10_000_000);
const positive = (most: number) => (text: string) =>
  Number(text) > 0 && Number(text) <= most ? Number(text) : undefined;

/** Puts a preset's values in place. */
export function adopt(lab: Wishes, preset: Preset) {
  const learner = lab.learners.get(preset.family);
  const toy = lab.description?.toys.find((t) => t.id === preset.data);
  if (!learner || !toy) return;
  lab.preset = preset;
  Object.assign(lab.task, { data: toy.id, kind: toy.kind, dataOptions: {} });
  lab.task.budget = { steps: preset.steps, seconds: null };
  lab.family = preset.family;
  learner.drafts = { config: { ...preset.config }, train: { ...preset.train } };
  learner.look = preset.plot;
}

/** Takes names and values as text. What does not hold is told, and changes nothing; Rust knows the options. */
export async function take(lab: Wishes, given: [string, string][]): Promise<void> {
  const { description, task, learners } = lab;
  if (!description) return;
  const own = new Map(given.filter(([name]) => (OWN as readonly string[]).includes(name)));
  const read = <T>(
    name: (typeof OWN)[number],
    parse: (text: string) => T | undefined,
    expected: string,
    use: (value: T) => void,
  ) => {
    const text = own.get(name);
    if (text === undefined) return;
    const value = parse(text);
    if (value === undefined) lab.report(badOption(name, text, `${expected} is expected`));
    else use(value);
  };
  const among = (all: string[]) => `one of ${all.join(", ")}`;
  read(
    "preset",
    (id) => description.presets.find((p) => p.id === id),
    among(description.presets.map((p) => p.id)),
    (p) => adopt(lab, p),
  );
  read(
    "data",
    (id) => description.toys.find((t) => t.id === id),
    among(description.toys.map((t) => t.id)),
    ({ id, kind }) => Object.assign(task, { data: id, kind }),
  );
  read(
    "family",
    (id) => (id === "all" || learners.has(id) ? id : undefined),
    among(["all", ...learners.keys()]),
    (id) => {
      lab.family = id;
    },
  );
  read(
    "seed",
    (text) => whole(text, 0, 0xffff_ffff),
    "a whole number from 0 to 4294967295",
    (seed) => {
      task.seed = seed;
    },
  );
  read("steps", steps, "a whole number of steps", (n) => {
    task.budget = { steps: n, seconds: null };
  });
  read("seconds", positive(86_400), "a number of seconds", (n) => {
    task.budget = { steps: null, seconds: n };
  });
  read("rate", positive(50), "a number of steps a second, up to 50,", (n) => {
    task.rate = n;
  });
  read(
    "overlay",
    (text) => (["on", "off"].includes(text) ? text : undefined),
    "on or off",
    (text) => {
      lab.overlay = text === "on";
    },
  );

  const ofData: [string, string][] = [];
  const ofFamilies = new Map<Learner, Record<Scope, [string, string][]>>();
  for (const [attribute, text] of given) {
    if (own.has(attribute)) continue;
    const [, prefix = "", bare = attribute] = /^([a-z0-9-]+)\.(.+)$/.exec(attribute) ?? [];
    const name = optionOf(bare);
    if (!prefix && name in (description.dataSchema.properties ?? {})) {
      ofData.push([name, text]);
      continue;
    }
    const named = learners.get(prefix || lab.family);
    const scopeOf = (l: Learner): Scope | undefined =>
      name in (l.family.configSchema.properties ?? {})
        ? "config"
        : name in (description.trainSchema.properties ?? {})
          ? "train"
          : undefined;
    const free =
      prefix || lab.family !== "all"
        ? []
        : [...learners.values()].filter((l) => bare === "at" || bare === "look" || scopeOf(l));
    const targets = named ? [named] : free;
    if (!targets.length) lab.report(badOption(attribute, text, "there is no such option"));
    for (const learner of targets) {
      if (bare === "look") {
        const looks = learner.plots;
        if (looks.some((l) => l.id === text)) learner.look = text;
        else if (named) lab.report(badOption(attribute, text, `${among(looks.map((l) => l.id))} is expected`));
      } else if (bare === "at") {
        const at = Number(text);
        if (at >= 0 && at <= 1 && text.trim()) learner.at = at;
        else lab.report(badOption(attribute, text, "a number from 0 to 1 is expected"));
      } else {
        const entries = ofFamilies.get(learner) ?? { config: [], train: [] };
        entries[scopeOf(learner) ?? "config"].push([name, text]);
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

/** What differs from a fresh lab, as names and values for a link. */
export function stateOf(lab: Wishes): Record<string, string> {
  const { task, learners, preset } = lab;
  const state: Record<string, string> = {};
  if (preset) state["preset"] = preset.id;
  else if (lab.family !== "all") state["family"] = lab.family;
  // A reader's own points are not in a link.
  if (task.data !== START.data && task.data !== "custom" && task.data !== preset?.data) state["data"] = task.data;
  for (const [name, value] of Object.entries(task.dataOptions)) state[attributeOf(name)] = String(value);
  if (task.seed !== START.seed) state["seed"] = String(task.seed);
  if (task.budget.seconds !== null) state["seconds"] = String(task.budget.seconds);
  else if (task.budget.steps !== null && task.budget.steps !== (preset?.steps ?? START.steps))
    state["steps"] = String(task.budget.steps);
  if (task.rate !== null) state["rate"] = String(task.rate);
  if (!lab.overlay) state["overlay"] = "off";
  for (const learner of learners.values()) {
    const {
      family: { id },
      plots: looks,
    } = learner;
    const here = preset?.family === id ? preset : undefined;
    if (learner.look !== (here?.plot ?? looks[0]?.id)) state[`${id}.look`] = learner.look;
    if (learner.at !== 0.5 && learner.scrub) state[`${id}.at`] = String(learner.at);
    for (const scope of ["config", "train"] as const) {
      const base = (here?.[scope] ?? {}) as Values;
      for (const [name, value] of Object.entries(learner.drafts[scope]))
        if (base[name] !== value) state[`${id}.${attributeOf(name)}`] = String(value);
    }
  }
  return state;
}

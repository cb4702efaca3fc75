import type { Description } from "../client/engine";
import { badOption } from "../client/errors";
import type { FamilyInfo, SpaceKind } from "../client/protocol";
import type { Session } from "../client/session";
import { attributeOf, optionOf, read, type Name } from "./attributes";
import type { Controller } from "./controller";
import { asOption } from "./options";
import type { Host } from "./panel";
import type { Values } from "./wishes";

/** What a model of points starts from. */
export const START = { data: "moons", seed: 1, steps: 2000 } as const;

/** Kinds of data in two dimensions. */
/** Attributes of what a model of points learns. */
export const POINTS = ["data", "steps", "seconds", "rate", "overlay"];

/** The kind of images, clips or pairs that a family is to learn, if it learns any: images rather than others. */
export const pictured = (spaces: FamilyInfo["spaces"]): SpaceKind | undefined =>
  (["image", "video", "pairs", "score", "groove", "functions", "episodes", "paths"] as const).find((kind) =>
    spaces.some((s) => s.kind === kind),
  );

export const isPlane = (kind: SpaceKind | undefined) => kind === "points" || kind === "classes" || kind === "energy";

/** Whether what a model makes is drawn: points, what it guesses of functions, or paths. */
export const isDrawn = (kind: SpaceKind | undefined) => isPlane(kind) || kind === "functions" || kind === "paths";

/** What a model of 2-D points learns where it stands, as attributes say it: a toy data set, and how long. */
export class PointsTask {
  data: string = START.data;
  dataOptions: Values = {};
  /** Whether the data is drawn with the model. */
  overlay = true;

  constructor(
    private readonly host: Host,
    private readonly trainer: Controller,
  ) {}

  /** The data's kind, as far as the family models it. */
  kind({ toys }: Description, family: FamilyInfo): SpaceKind | undefined {
    const wished = toys.find((t) => t.id === this.data)?.kind;
    const kinds = family.spaces.map((s) => s.kind).filter(isPlane);
    return kinds.find((k) => k === wished) ?? kinds[0];
  }

  /** Whether an attribute is about this. */
  knows(attribute: string, { dataSchema }: Description): boolean {
    return attribute === "data" || Object.hasOwn(dataSchema.properties ?? {}, optionOf(attribute));
  }

  /** Takes attributes, or the absence of them. */
  async take(attributes: readonly string[], session: Session, description: Description): Promise<void> {
    const { toys, dataSchema } = description;
    const { host, trainer } = this;
    const use = <N extends Name>(name: N, take: (value: ReturnType<typeof read<N>>) => void) => {
      if (!attributes.includes(name)) return;
      try {
        take(read(name, host.getAttribute(name)));
      } catch (e) {
        host.report(e);
      }
    };
    use("data", (id) => {
      const toy = toys.find((t) => t.id === (id ?? START.data));
      if (!toy) throw badOption("data", id ?? "", `one of ${toys.map((t) => t.id).join(", ")} is expected`);
      this.data = toy.id;
    });
    use("steps", (steps) => {
      trainer.budget = { steps: steps ?? START.steps, seconds: null };
    });
    use("seconds", (seconds) => {
      if (seconds !== null) trainer.budget = { steps: null, seconds };
      else if (trainer.budget.seconds !== null) trainer.budget = { steps: START.steps, seconds: null };
    });
    use("rate", (rate) => void trainer.setRate(rate));
    use("overlay", (on) => {
      this.overlay = on;
    });
    const entries: [string, string][] = [];
    for (const attribute of attributes) {
      const name = optionOf(attribute);
      const schema = dataSchema.properties?.[name];
      if (!schema) continue;
      const text = host.getAttribute(attribute);
      if (text === null) delete this.dataOptions[name];
      else entries.push([name, asOption(text, schema)]);
    }
    if (!entries.length) return;
    const { values, errors } = await session.check("data", "", entries);
    Object.assign(this.dataOptions, values);
    errors.forEach((e) => host.report(e));
  }

  /** What differs from a fresh one, for a link. */
  links(): Record<string, string> {
    const state: Record<string, string> = {};
    const { budget, rate } = this.trainer;
    if (this.data !== START.data) state["data"] = this.data;
    for (const [name, value] of Object.entries(this.dataOptions)) state[attributeOf(name)] = String(value);
    if (budget.seconds !== null) state["seconds"] = String(budget.seconds);
    else if (budget.steps !== null && budget.steps !== START.steps) state["steps"] = String(budget.steps);
    if (rate !== null) state["rate"] = String(rate);
    if (!this.overlay) state["overlay"] = "off";
    return state;
  }
}

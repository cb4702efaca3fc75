import type { Description } from "../../client/engine";
import { CUSTOM } from "../../client/engine";
import { PlaygroundError, problem } from "../../client/errors";
import type { JsonSchema, PointSource, Preset, SpaceKind, View } from "../../client/protocol";
import { Session } from "../../client/session";
import { readKept } from "../../client/store";
import { Speech } from "../../lang/speech";
import { read, type Name } from "../attributes";
import type { Notice } from "../chrome";
import { LabCore, grown } from "../core";
import { reducedMotion } from "../draw";
import { figureKeys } from "../figure-key";
import { checkpointBytes, download } from "../files";
import { Warnings } from "../notices";
import { START, isPlane } from "../points-task";
import type { Desk } from "./controls";
import type { Bench, Learner, Scope, Task } from "./learner";
import { SHOWN, adopt, besideOf, stateOf, type Wishes } from "./links";
import type { FamilyPanel, Stage } from "./panel";
import { Source, type Chooser } from "./source";

/** Between two renderings of what training tells. */
const SHOW = 200;

/** What a lab is to its models, panels and controls: what is to be learned, by whom, and what they ask. */
export abstract class LabHost extends grown(LabCore) implements Bench, Stage, Chooser, Wishes, Desk {
  task: Task = {
    data: START.data,
    dataOptions: {},
    kind: "points",
    seed: START.seed,
    points: 0,
    budget: { steps: START.steps, seconds: null },
    rate: null,
  };
  readonly #speech = new Speech(this, () => this.redraw(false));
  readonly #warnings = new Warnings();
  description: Description | undefined;
  learners = new Map<string, Learner>();
  /** The family that is shown large, or `all`. */
  chosen = "all";
  experiment: Preset | undefined;
  /** Whether the data is drawn with the models. */
  withData = true;
  /** Names that a link gave: what is wrong with those is told to the reader. */
  linked: readonly string[] = [];
  wants = false;
  awake = false;
  readonly source = new Source(this);
  protected panels = new Map<string, FamilyPanel>();
  /** Asks what belongs to no model. */
  protected desk: Session | undefined;
  protected alerts: Notice[] = [];
  protected truth: string | undefined;
  protected measuring = false;
  /** The attributes as they were taken last. */
  protected taken = "";
  protected soon: ReturnType<typeof setTimeout> | undefined;
  get words() {
    return this.#speech.words;
  }
  protected override scheduleUpdate() {
    return this.#speech.render(() => super.scheduleUpdate());
  }
  get level(): Stage["level"] {
    return this.says("controls") ?? "full";
  }
  get backend(): Bench["backend"] {
    return this.says("backend");
  }
  set backend(wished: Bench["backend"] | null) {
    if (wished) this.setAttribute("backend", wished);
    else this.removeAttribute("backend");
  }
  /** What an attribute says; what it cannot mean is told when it is set. */
  protected says<N extends "controls" | "backend" | "autoplay" | "families" | "keep-training">(
    name: N,
  ): ReturnType<typeof read<N>> {
    try {
      return read(name, this.getAttribute(name));
    } catch {
      return read(name, null);
    }
  }
  get trainSchema(): JsonSchema {
    return this.description?.trainSchema ?? {};
  }
  get playing() {
    return this.wants && (this.awake || this.unseen);
  }
  get unseen() {
    return this.says("keep-training");
  }
  trains(learner: Learner) {
    return this.awake && this.shown.includes(learner);
  }
  /** Families that can learn the data at hand. */
  get able(): Learner[] {
    return [...this.learners.values()].filter((l) => l.family.spaces.some((s) => s.kind === this.task.kind));
  }
  /** Kinds of data that some family here can learn. */
  get kinds(): SpaceKind[] {
    const kinds = [...this.learners.values()].flatMap((l) => l.family.spaces.map((s) => s.kind));
    return [...new Set(kinds)].filter(isPlane);
  }
  /** What is learned if nobody says anything else. */
  get standard(): string {
    const { kinds } = this;
    if (!kinds.length || kinds.includes("points")) return START.data;
    return this.description?.toys.find((t) => kinds.includes(t.kind))?.id ?? START.data;
  }
  get several() {
    return this.able.length > 1;
  }
  /** Those on the page now. */
  get shown(): Learner[] {
    return this.chosen === "all" ? this.able : this.able.filter((l) => l.family.id === this.chosen);
  }
  /** Whether there are models to speak of. */
  get stands(): boolean {
    return this.description !== undefined;
  }
  /** Whether there is something here that no link can carry: the reader's points, a model from a file. */
  get own(): boolean {
    return this.task.data === CUSTOM || this.shown.some((l) => l.own);
  }
  /** What differs from a fresh lab, for a link. */
  get state(): Record<string, string> {
    return stateOf(this);
  }
  /** What there is to say of attributes that a page gives, where the lab is as without them. */
  beside(given: readonly string[]): Record<string, string> {
    return besideOf(this, given, this.state);
  }

  protected given = (names: string[]): [string, string | null][] =>
    [...new Set(names)].filter((n) => !SHOWN.includes(n)).map((n) => [n, this.getAttribute(n)]);

  protected deskSession(): Session {
    this.desk ??= this.silent();
    return this.desk;
  }

  /** A session of which nothing is shown. */
  protected silent(): Session {
    const session: Session = new Session(this.backend, {
      model: () => undefined,
      training: () => undefined,
      snapshot: () => undefined,
      restarted: (_cause, fatal) => {
        if (fatal && this.desk === session) this.desk = undefined;
      },
    });
    return session;
  }

  /** Tells what is wrong with attributes that say how the lab is shown. */
  protected tellShown(names: readonly string[]) {
    for (const name of names) {
      if (!SHOWN.includes(name)) continue;
      try {
        read(name as Name, this.getAttribute(name));
      } catch (e) {
        this.report(e);
      }
    }
    this.requestUpdate();
  }

  // ---- What panels, controls and learners need

  /** Brings everything in line with what is wished for. */
  arrange() {
    const { shown } = this;
    for (const l of this.learners.values()) {
      l.small = this.chosen === "all" || this.level !== "full";
      if (shown.includes(l)) void l.place();
      else l.visible = false;
    }
    this.sync();
    this.changed();
  }

  protected sync() {
    for (const l of this.learners.values()) l.sync();
    this.requestUpdate();
  }

  changed() {
    this.requestUpdate();
    this.dispatchEvent(
      new CustomEvent("statechange", { detail: { state: this.state }, bubbles: true, composed: true }),
    );
  }

  trained(learner: Learner) {
    if (this.wants && this.shown.every((l) => l.failed || l.done || !l.info) && this.shown.some((l) => l.done))
      this.wants = false;
    if (learner.info && this.truth !== this.truthKey) void this.lookAtData(learner);
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.requestUpdate();
    }, SHOW);
  }

  drawn(learner: Learner, glide: boolean) {
    this.panels.get(learner.family.id)?.show(glide);
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.requestUpdate();
    }, 0);
  }

  announce(name: string, detail: unknown) {
    this.#speech.announce(name, detail);
  }

  enlarge(family: string) {
    if (this.experiment && this.experiment.family !== family) this.experiment = undefined;
    this.chosen = family;
    this.arrange();
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>("#show")?.focus({ preventScroll: true });
      this.scrollIntoView({ block: "start", behavior: reducedMotion() ? "auto" : "smooth" });
    });
  }

  adopt(preset: Preset | undefined) {
    this.pause();
    if (preset) adopt(this, preset);
    else this.experiment = undefined;
    this.arrange();
  }

  setOption(learner: Learner, scope: Scope, name: string, text: string) {
    void learner.attempt(async () => {
      const errors = await learner.wish(scope, [[name, text]]);
      if (!errors.length && this.experiment?.family === learner.family.id) this.experiment = undefined;
      if (scope === "config" && !errors.length) this.arrange();
      this.changed();
    });
  }

  choose(data: string) {
    this.experiment = undefined;
    this.task = { ...this.task, data };
    this.kindOf(data);
    if (!this.shown.length) this.chosen = "all";
    this.arrange();
  }

  protected kindOf(data: string) {
    const own = this.task.source?.type === "drawn" && this.task.source.classes ? "classes" : "points";
    this.task.kind = this.description?.toys.find((t) => t.id === data)?.kind ?? own;
  }

  setDataOption(name: string, text: string) {
    void this.attempt(async () => {
      const { values, errors } = await this.check("data", [[name, text]]);
      const [error] = errors;
      if (error) this.source.errors.set(name, error);
      else this.source.errors.delete(name);
      this.task = { ...this.task, dataOptions: { ...this.task.dataOptions, ...values } };
      const standard = this.description?.dataSchema.properties?.[name]?.default;
      if (this.task.dataOptions[name] === standard) delete this.task.dataOptions[name];
      this.arrange();
    });
  }

  /** Takes a reader's points; if they cannot be used, the data stays what it was. */
  async take(source: PointSource): Promise<boolean> {
    const taken = await this.attempt(() => this.deskSession().loadPoints(source));
    if (!taken) return false;
    this.source.count = taken.count;
    this.source.skipped = taken.skipped ?? "";
    this.source.units = taken.units;
    this.task = { ...this.task, points: this.task.points + 1, source };
    this.alerts = this.alerts.filter((n) => n.code !== "bad-data");
    this.choose(CUSTOM);
    return true;
  }

  /** Goes on with a training on points of the reader's, which an earlier visit left. */
  async resume(learner: Learner): Promise<void> {
    const { kept } = learner.controller;
    if (!kept) return;
    this.pause();
    await this.attempt(async () => {
      const points = (await readKept(kept.id))?.points;
      if (points) await this.take(points);
      await learner.controller.resume(kept);
    });
    this.changed();
  }

  get keys() {
    return figureKeys(this);
  }

  check(scope: "data", entries: [string, string][]) {
    return this.deskSession().check(scope, "", entries);
  }

  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (e) {
      const { code } = PlaygroundError.from(e);
      if (code !== "cancelled" && code !== "worker-restarted") this.report(e);
      return undefined;
    }
  }

  override report(thrown: unknown, retry = false) {
    const { code, message, hint, recoverable } = PlaygroundError.from(thrown);
    this.alerts = [
      ...this.alerts.filter((n) => n.code !== code || n.message !== message),
      { code, message, hint, recoverable, retry },
    ].slice(-6);
    this.#warnings.tell({ code, message, hint, recoverable });
    this.announce("error", { code, message, hint, recoverable });
    this.requestUpdate();
  }

  save(learner: Learner, what: "csv" | "svg" | "png" | "safetensors") {
    const {
      session,
      family: { id },
    } = learner;
    if (!session) return;
    void learner.attempt(async () => {
      if (what === "csv") download(await session.exportSamples(2000, this.task.seed, {}, 1));
      else if (what === "svg") download(await session.exportView(learner.query, learner.past ?? null));
      else if (what === "safetensors") download(await session.exportModel(true));
      else {
        const blob = await new Promise<Blob | null>((done) => this.panels.get(id)?.canvas?.toBlob(done));
        if (blob)
          download({
            name: `${id}-${this.task.data}.png`,
            mime: "image/png",
            bytes: new Uint8Array(await blob.arrayBuffer()),
          });
      }
    });
  }

  /** A model from a file takes its family's place. */
  async open(file: Blob): Promise<void> {
    await this.attempt(async () => {
      const bytes = await checkpointBytes(file);
      await this.load();
      // Looked at in a session of its own, to know whose place it takes.
      const probe = this.silent();
      const { family, space } = await probe.open(bytes, null).finally(() => probe.dispose());
      const learner = this.learners.get(family);
      if (!learner || !isPlane(space.kind))
        throw problem(
          "unsupported",
          "This model is not one of 2-D points.",
          "Open it in a figure for its kind of data.",
        );
      this.pause();
      this.experiment = undefined;
      await learner.open(bytes);
      this.chosen = family;
      this.arrange();
    });
  }

  protected get truthKey() {
    return JSON.stringify([this.task.data, this.task.dataOptions, this.task.points]);
  }

  /** The data itself, asked of the first model that has it. */
  protected async lookAtData({ session, info }: Learner) {
    const key = this.truthKey;
    if (!session || info?.data !== this.task.data) return;
    this.truth = key;
    const view: View | undefined = await this.attempt(() =>
      session.view({ type: "data", count: 1000, resolution: 96 }),
    );
    if (view?.kind !== "plot" || key !== this.truthKey) return;
    for (const [id, panel] of this.panels) {
      const own = this.learners.get(id)?.info?.data === this.task.data;
      panel.under = own ? view : undefined;
      panel.show(false);
    }
    this.source.show(view);
  }

  /** Its size, its colours or its language have changed. */
  abstract override redraw(recolour: boolean): void;
  abstract load(): Promise<void>;
  abstract play(): void;
  abstract pause(): void;
  abstract step(): Promise<void>;
  abstract restart(): Promise<void>;
}

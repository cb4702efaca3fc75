import { CUSTOM } from "../../client/engine";
import type { Device } from "../../client/connection";
import type {
  SpaceKind,
  ErrorInfo,
  FamilyInfo,
  JsonSchema,
  ModelInfo,
  Number as Figure,
  PlotSpec,
  PointSource,
  TrainState,
  View,
  ViewQuery,
} from "../../client/protocol";
import type { Field } from "../../client/schema";
import type { Session } from "../../client/session";
import { Controller, type ControllerHost } from "../controller";
import type { Words } from "../../lang/words";
import type { Input } from "../inputs/input";
import { isPlane } from "../points-task";
import type { Places } from "../inputs/place";
import type { Budget, Scope, Values } from "../wishes";
import type { PlotView } from "../render/points";

export type { Scope } from "../wishes";

/** What the models of a lab share. */
export interface Task {
  data: string;
  dataOptions: Values;
  kind: SpaceKind;
  seed: number;
  /** Counts the reader's own sets of points, which all have one name. */
  points: number;
  /** The reader's own points. */
  source?: PointSource;
  /** Where training stops: at a step, or after so many seconds of computing each. */
  budget: Budget;
  rate: number | null;
}

/** What a learner sees of its lab. */
export interface Bench {
  readonly task: Task;
  readonly backend: "auto" | "webgpu" | "cpu";
  readonly trainSchema: JsonSchema;
  /** Names of the lab that trainings are kept under. */
  readonly keys: readonly string[];
  /** The reader wants training to go on, and can see the lab or need not. */
  readonly playing: boolean;
  /** Training goes on while nobody can see the lab. */
  readonly unseen: boolean;
  /** Whether a model is one of those on the page, and some part of the lab can be seen: then all of them train. */
  trains(learner: Learner): boolean;
  /** Something to be shown soon. */
  changed(): void;
  /** Training went on, or ended. */
  trained(learner: Learner): void;
  /** A view has come. */
  drawn(learner: Learner, glide: boolean): void;
  announce(name: string, detail: unknown): void;
}

/** Between two drawings of a training, milliseconds. */
const REFRESH = 700;

/** One family at work on the lab's task: its controller, and which of its plots is shown. */
export class Learner implements ControllerHost {
  readonly controller: Controller;
  view: PlotView | undefined;
  /** The plot that is shown. */
  plot: string;
  metrics: Figure[] = [];
  measured = -1;
  /** Near the viewport: it is drawn. */
  visible = false;
  /** One of several in a row, drawn with less detail. */
  small = true;
  #kind: SpaceKind | undefined;
  #stale = false;
  #hurry = false;
  #busy = false;
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly family: FamilyInfo,
    private readonly bench: Bench,
    /** Where along its plots and where in them the reader looks. */
    readonly places?: Places,
  ) {
    this.plot = this.plots[0]?.id ?? "samples";
    this.controller = new Controller(this);
    this.controller.stepwise = true;
    this.#describe();
  }

  /** What can be seen of a model of points. */
  get plots(): PlotSpec[] {
    return this.family.spaces.find((s) => isPlane(s.kind))?.plots ?? [];
  }
  /** What is optimised by the model at hand, else by the one that it would start from. */
  get equation(): string[] {
    const { kind } = this.bench.task;
    const { spaces } = this.family;
    return this.info?.equation ?? (spaces.find((s) => s.kind === kind) ?? spaces[0])?.equation ?? [];
  }
  get spec(): PlotSpec | undefined {
    return this.plots.find((l) => l.id === this.plot) ?? this.plots[0];
  }
  /** What the plot is asked with. */
  get inputs(): Input[] {
    return (this.spec && this.places?.of(this.spec)) ?? [];
  }
  /** How far along the plot's scrubber. */
  get at(): number {
    return this.places?.scrubber.at ?? 0.5;
  }
  set at(at: number) {
    if (this.places) this.places.scrubber.at = at;
  }

  // ---- Of the controller

  get session(): Session | undefined {
    return this.controller.session;
  }
  get info(): ModelInfo | undefined {
    return this.controller.info;
  }
  get device(): Device | undefined {
    return this.controller.device;
  }
  get state(): TrainState | undefined {
    return this.info?.state;
  }
  get running(): boolean {
    return this.controller.running;
  }
  get failed(): boolean {
    return this.controller.failed;
  }
  set failed(failed: boolean) {
    this.controller.failed = failed;
  }
  get past(): number | undefined {
    return this.controller.past;
  }
  set past(index: number | undefined) {
    this.controller.past = index;
  }
  get alerts() {
    return this.controller.notices.all;
  }
  get errors() {
    return this.controller.errors;
  }
  get drafts() {
    return this.controller.drafts;
  }
  set drafts(drafts: { config: Values; train: Values }) {
    this.controller.drafts = { ...drafts, text: {}, pictures: {} };
  }
  /** The model came in a file. */
  get own(): boolean {
    return this.controller.source === "opened";
  }
  /** The budget is spent. */
  get done(): boolean {
    return this.controller.done;
  }
  fields(scope: Scope): Field[] {
    this.#describe();
    return this.controller.fields[scope];
  }
  value(scope: Scope, field: Field): unknown {
    return this.controller.value(scope, field);
  }
  wish(scope: Scope, entries: [string, string][]): Promise<ErrorInfo[]> {
    this.controller.wake();
    this.#describe();
    return this.controller.wish(scope, entries);
  }
  attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.controller.attempt(work);
  }
  report(thrown: unknown) {
    this.controller.report(thrown);
  }

  /** The forms of the data at hand. */
  #describe() {
    const { kind } = this.bench.task;
    if (kind === this.#kind) return;
    this.#kind = kind;
    this.controller.describe(this.family, this.bench.trainSchema, {}, kind);
  }

  // ---- What the controller asks and tells

  get wantedBackend() {
    return this.bench.backend;
  }
  task() {
    const { data, dataOptions, seed, points } = this.bench.task;
    return { data, dataOptions, seed, points: data === CUSTOM ? points : 0 };
  }
  keys(): readonly string[] {
    return this.bench.keys.map((key) => `${key} ${this.family.id}`);
  }
  /** Everything else can be made again at any time. */
  keeps({ data }: ModelInfo): boolean {
    return data === CUSTOM;
  }
  requestUpdate() {
    this.bench.changed();
  }
  changed() {
    this.bench.changed();
  }
  announce(name: string, detail: unknown) {
    this.bench.announce(name, name === "error" ? { ...(detail as object), family: this.family.id } : detail);
  }
  placed(info: ModelInfo) {
    this.metrics = [];
    this.measured = -1;
    this.refresh(true);
    this.bench.announce("ready", { model: info });
    this.bench.trained(this);
    this.sync();
  }
  trained(state: TrainState, samples: View | null) {
    // The samples at the fixed noise come with the news: no need to ask for them.
    if (samples?.kind === "plot" && this.small && this.plot === "samples" && this.past === undefined)
      this.#show(samples, true);
    else this.refresh();
    this.bench.announce("step", { family: this.family.id, step: state.step, rate: state.rate });
    this.bench.trained(this);
  }
  turned() {
    if (!this.running) {
      this.refresh(true);
      this.bench.trained(this);
    }
    this.bench.changed();
  }
  using() {
    this.bench.changed();
  }
  restarted(fatal: boolean) {
    if (fatal) this.view = undefined;
    else this.refresh(true);
    this.bench.changed();
  }
  retry() {
    void this.place(true);
  }

  // ---- The model

  /** Puts an untrained model in place, unless the very same was put there. */
  async place(afresh = false): Promise<void> {
    const { controller } = this;
    this.#describe();
    controller.points = this.bench.task.source;
    await controller.attempt(() => (afresh ? controller.create({ again: true }) : controller.ensure()));
    this.sync();
  }

  /** A model from a file takes the place of this one. */
  async open(bytes: Uint8Array): Promise<void> {
    await this.controller.attempt(() => this.controller.open(bytes));
  }

  /** Ends the session; `place` begins anew. */
  end() {
    clearTimeout(this.#timer);
    void this.controller.dispose();
    this.view = undefined;
  }

  /** Trains if that is wished for, seen, and not yet done; stops if not. */
  sync() {
    const { controller, bench } = this;
    controller.budget = bench.task.budget;
    controller.rate = bench.task.rate;
    controller.wants = bench.playing;
    controller.unseen = bench.unseen;
    controller.watch(bench.trains(this));
  }

  /** One step; with a name, of that network alone. */
  async step(network: string | null = null): Promise<void> {
    await this.controller.attempt(() => this.controller.step(1, network));
  }

  /** Makes a past snapshot the current state; by default the newest. */
  async restore(index = (this.state?.snapshots.length ?? 0) - 1): Promise<void> {
    if (index < 0) return this.place(true);
    await this.controller.attempt(() => this.controller.restore(index));
  }

  // ---- Looking

  /** What is looked at, as a question. */
  get query(): Extract<ViewQuery, { type: "plot" }> {
    const moving = this.running;
    return {
      type: "plot",
      plot: this.spec?.id ?? this.plot,
      inputs: {
        ...Object.assign({}, ...this.inputs.map((input) => input.ask())),
        count: this.small ? 500 : 1000,
        seed: this.bench.task.seed,
        resolution: this.small ? (moving ? 40 : 64) : moving ? 56 : 96,
      },
    };
  }

  /** A new drawing: at once when the reader asked for it, else when it is time. */
  refresh(hurry = false) {
    this.#stale = true;
    this.#hurry ||= hurry;
    this.#pump();
  }

  #pump() {
    clearTimeout(this.#timer);
    const { session } = this.controller;
    if (this.#busy || !this.#stale || !session || !this.info || !this.visible) return;
    const wait = this.#hurry ? 0 : this.#last + REFRESH - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#pump(), wait);
      return;
    }
    this.#stale = this.#hurry = false;
    this.#busy = true;
    const { plot, past } = this;
    void this.attempt(async () => {
      const view = await session.view(this.query, past ?? null);
      if (session === this.session && plot === this.plot && view.kind === "plot") this.#show(view, true);
    }).finally(() => {
      this.#busy = false;
      this.#last = performance.now();
      this.#pump();
    });
  }

  #show(view: PlotView, glide: boolean) {
    this.view = view;
    this.bench.drawn(this, glide);
  }

  /** Measures the model as it is now. */
  async measure(count: number): Promise<void> {
    const { session, info } = this;
    if (!session || !info) return;
    const { step } = info;
    this.measured = step;
    await this.attempt(async () => {
      const view = await session.view({ type: "metrics", count, seed: this.bench.task.seed });
      if (session !== this.session || view.kind !== "numbers") return;
      this.metrics = view.numbers;
      this.bench.changed();
    });
  }

  /** Where it stands, in words. */
  status(words: Words): string {
    const { info, bench } = this;
    if (!info) return this.alerts.length ? "" : words.say("starting");
    const { step, rate, seconds } = info.state;
    const { steps } = bench.task.budget;
    const where = steps === null ? words.say("atStep", { step }) : words.say("atStepOf", { step, steps });
    if (this.failed) return words.say("stoppedAt", { where });
    if (this.running)
      return rate > 0 ? words.say("goingOn", { where, rate: words.figure(rate, rate < 10 ? 1 : 0) }) : where;
    if (bench.playing && this.done) return words.say("doneIn", { where, seconds: words.figure(seconds, 1) });
    if (bench.playing) return words.say("waitingAt", { where });
    return step === 0 ? words.say("untrained") : where;
  }
}

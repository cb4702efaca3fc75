import { PlaygroundError, problem } from "../../client/errors";
import type { Device } from "../../client/connection";
import type {
  SpaceKind,
  ErrorInfo,
  FamilyInfo,
  JsonSchema,
  ModelInfo,
  Number as Figure,
  PlotSpec,
  TrainState,
  View,
  ViewQuery,
} from "../../client/protocol";
import { fieldsOf, type Field } from "../../client/schema";
import { Session, type Run } from "../../client/session";
import type { Notice } from "../chrome";
import { figure } from "../panel";
import type { PlotView } from "./plot";

export type Scope = "config" | "train";
type Values = Record<string, unknown>;

/** What the models of a lab share. */
export interface Task {
  data: string;
  dataOptions: Values;
  kind: SpaceKind;
  seed: number;
  /** Counts the reader's own sets of points, which all have one name. */
  points: number;
  /** Where training stops: at a step, or after so many seconds of computing each. */
  budget: { steps: number | null; seconds: number | null };
  rate: number | null;
}

/** What a learner sees of its lab. */
export interface Bench {
  readonly task: Task;
  readonly backend: "auto" | "webgpu" | "cpu";
  readonly trainSchema: JsonSchema;
  /** The reader wants training to go on, and can see the lab. */
  readonly playing: boolean;
  /** Something to be shown soon. */
  changed(): void;
  /** Training went on, or ended. */
  trained(learner: Learner): void;
  /** A view has come. */
  pictured(learner: Learner, glide: boolean): void;
  announce(name: string, detail: unknown): void;
}

/** Between two pictures of a training, milliseconds. */
const REFRESH = 700;

/** One family at work on the lab's task: its session, what is looked at, what went wrong. */
export class Learner {
  info: ModelInfo | undefined;
  device: Device | undefined;
  view: PlotView | undefined;
  /** Options that differ from the family's own for the plane. */
  drafts: Record<Scope, Values> = { config: {}, train: {} };
  errors = new Map<string, ErrorInfo>();
  alerts: Notice[] = [];
  look: string;
  at = 0.5;
  pointer: [number, number] | null = null;
  /** Index of the snapshot that is looked at; none is the present. */
  past: number | undefined;
  metrics: Figure[] = [];
  measured = -1;
  running = false;
  /** Near the viewport. */
  visible = false;
  /** One of several in a row, drawn with less detail. */
  small = true;
  /** Training ended with an error and waits for the reader. */
  failed = false;
  /** The model came in a file. */
  own = false;
  session: Session | undefined;
  #placed: string | undefined;
  /** Something is under way that training must wait for. */
  #held = 0;
  #loop: Promise<void> = Promise.resolve();
  #wish = 0;
  /** Ends a wait between two slow steps. */
  #rouse: () => void = () => undefined;
  #stale = false;
  #hurry = false;
  #busy = false;
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly family: FamilyInfo,
    private readonly bench: Bench,
  ) {
    this.look = this.plots[0]?.id ?? "samples";
  }

  /** What can be seen of a model of points. */
  get plots(): PlotSpec[] {
    return this.family.spaces.find((s) => s.kind === "points" || s.kind === "energy")?.plots ?? [];
  }
  get looked(): PlotSpec | undefined {
    return this.plots.find((l) => l.id === this.look) ?? this.plots[0];
  }
  /** What the scrubber of the picture moves along, if it has one. */
  get scrub(): string | undefined {
    return this.looked?.inputs.find((i) => i.kind === "scrubber")?.along;
  }
  /** Whether the picture answers to the pointer. */
  get pointed(): boolean {
    return this.looked?.inputs.some((i) => i.kind === "pointer") ?? false;
  }
  get state(): TrainState | undefined {
    return this.info?.state;
  }

  fields(scope: Scope): Field[] {
    const { configSchema, spaces } = this.family;
    const own = spaces.find((s) => s.kind === this.bench.task.kind)?.[scope] as Values | undefined;
    return fieldsOf(scope === "config" ? configSchema : this.bench.trainSchema, this.bench.task.kind).map((f) => ({
      ...f,
      fallback: own?.[f.name] ?? f.fallback,
    }));
  }

  /** The value that a form shows. */
  value(scope: Scope, { name, fallback }: Field): unknown {
    const model = scope === "config" ? this.info?.config : this.info?.train;
    return this.drafts[scope][name] ?? (this.own ? model?.[name] : undefined) ?? fallback;
  }

  // ---- The model

  /** What is wished for. */
  get #body() {
    const { data, dataOptions, seed, points } = this.bench.task;
    return {
      body: { family: this.family.id, config: this.drafts.config, train: this.drafts.train, data, dataOptions, seed },
      points,
    };
  }

  /** Puts an untrained model in place, unless the very same was put there. */
  async place(afresh = false): Promise<void> {
    const wished = this.#body;
    const key = JSON.stringify(wished);
    if (!afresh && key === this.#placed) return;
    this.#placed = key;
    const done = await this.#still(async () => {
      if (key !== this.#placed) return; // Something newer is wished for.
      await this.wake().create(JSON.parse(JSON.stringify(wished.body)) as typeof wished.body);
      this.own = false;
    });
    if (!done && this.#placed === key) this.#placed = undefined;
  }

  /** A model from a file takes the place of this one. */
  async open(bytes: Uint8Array): Promise<void> {
    this.drafts = { config: {}, train: {} };
    await this.#still(async () => {
      await this.wake().open(bytes, null);
      this.own = true;
      this.#placed = JSON.stringify(this.#body);
    });
  }

  /** Runs something while no training does; then that goes on if it is still wished for. */
  async #still(work: () => Promise<void>): Promise<boolean> {
    this.#held++;
    const done = await this.attempt(async () => {
      await this.halt();
      await work();
    });
    this.#held--;
    this.sync();
    return done;
  }

  wake(): Session {
    if (this.session) return this.session;
    const session = new Session(this.bench.backend, {
      model: (info) => {
        this.info = info;
        this.past = undefined;
        this.failed = false;
        this.metrics = [];
        this.measured = -1;
        this.alerts = this.alerts.filter((a) => a.code === "worker-restarted" || a.code === "device-lost");
        this.refresh(true);
        this.bench.announce("ready", { model: info });
        this.bench.trained(this);
        this.sync();
      },
      training: (state, samples) => this.#trained(state, samples),
      snapshot: () => undefined,
      restarted: (cause, fatal) => this.#restarted(cause, fatal),
    });
    this.session = session;
    session.device.then(
      (device) => {
        this.device = device;
        this.bench.changed();
      },
      () => {
        if (session === this.session) this.end();
      },
    );
    return session;
  }

  /** Ends the session; `place` begins anew. */
  end() {
    clearTimeout(this.#timer);
    this.#wish++;
    this.running = false;
    this.session?.dispose();
    this.session = this.info = this.view = this.#placed = undefined;
  }

  #restarted(cause: PlaygroundError, fatal: boolean) {
    if (fatal) {
      this.end();
      this.report(problem(cause.code, cause.message, "Press “Try again”, or reload the page.", false));
      return;
    }
    const where =
      this.info && this.info.step > 0 ? `It goes on from step ${figure(this.info.step)}.` : "Everything is as it was.";
    this.report(
      problem(
        cause.code === "device-lost" ? "device-lost" : "worker-restarted",
        `The computation stopped unexpectedly. A new worker has taken over. ${where}`,
        "There is nothing that you need to do.",
      ),
    );
    this.refresh(true);
  }

  // ---- Training

  /** Part of the budget that is left, in its own unit; nothing without a budget. */
  get left(): number | undefined {
    const { steps, seconds } = this.bench.task.budget;
    if (!this.info) return undefined;
    if (steps !== null) return Math.max(0, steps - this.info.state.step);
    if (seconds !== null) return Math.max(0, seconds - this.info.state.seconds);
    return undefined;
  }

  get done(): boolean {
    return this.left !== undefined && this.left < 0.05;
  }

  /** Trains if that is wished for, seen, and not yet done; stops if not. */
  sync() {
    const should = this.bench.playing && this.visible && !!this.info && !this.failed && !this.done;
    if (should === this.running || this.#held > 0) return;
    if (!should) {
      void this.halt();
      return;
    }
    const { seconds } = this.bench.task.budget;
    this.past = undefined;
    this.#go({ steps: seconds === null ? this.left : null, seconds: seconds === null ? null : this.left });
  }

  /** One step; with a name, of that network alone. */
  async step(network: string | null = null): Promise<void> {
    await this.#still(async () => {
      if (!this.info) return;
      this.past = undefined;
      this.failed = false;
      this.#go({ steps: 1, network });
      await this.#loop;
    });
  }

  #go(run: Run) {
    const { session } = this;
    if (!session) return;
    const wish = ++this.#wish;
    this.running = true;
    this.bench.changed();
    const { rate } = this.bench.task;
    this.#loop = (rate === null || run.steps === 1 ? session.train(run) : this.#slowly(session, rate, wish))
      .then(
        () => undefined,
        (e: unknown) => {
          this.failed = true;
          this.report(e);
        },
      )
      .finally(() => {
        if (wish !== this.#wish) return;
        this.running = false;
        this.refresh(true);
        this.bench.trained(this);
      });
  }

  /** Slow motion: one step at a time, each with its picture, and nothing in between. */
  async #slowly(session: Session, rate: number, wish: number): Promise<void> {
    while (wish === this.#wish && !this.done) {
      const started = performance.now();
      await session.train({ steps: 1 });
      const left = started + 1000 / rate - performance.now();
      if (wish === this.#wish && left > 0) {
        await new Promise<void>((wake) => {
          this.#rouse = wake;
          setTimeout(wake, left);
        });
      }
    }
  }

  /** Stops after the step under way. */
  async halt(): Promise<void> {
    if (!this.running) return;
    this.#wish++;
    this.running = false;
    const loop = this.#loop;
    this.#rouse();
    await this.session?.pause();
    await loop;
    this.refresh(true);
    this.bench.changed();
    this.sync(); // The wish may have changed meanwhile.
  }

  #trained(state: TrainState, samples: View | null) {
    if (!this.info) return;
    this.info = { ...this.info, step: state.step, state };
    // The samples at the fixed noise come with the news: no need to ask for them.
    if (samples?.kind === "plot" && this.small && this.look === "samples" && this.past === undefined)
      this.#show(samples, true);
    else this.refresh();
    this.bench.announce("step", { family: this.family.id, step: state.step, rate: state.rate });
    this.bench.trained(this);
  }

  /** Makes a past snapshot the current state; by default the newest. */
  async restore(index = (this.state?.snapshots.length ?? 0) - 1): Promise<void> {
    if (index < 0) return this.place(true);
    await this.#still(async () => {
      await this.session?.restoreSnapshot(index);
      this.alerts = this.alerts.filter((a) => a.code !== "training-diverged");
    });
  }

  // ---- Looking

  /** What is looked at, as a question. */
  get query(): Extract<ViewQuery, { type: "plot" }> {
    const moving = this.running;
    return {
      type: "plot",
      plot: this.looked?.id ?? this.look,
      inputs: {
        at: this.at,
        pointer: this.pointed && this.pointer ? this.pointer : undefined,
        count: this.small ? 500 : 1000,
        seed: this.bench.task.seed,
        resolution: this.small ? (moving ? 40 : 64) : moving ? 56 : 96,
      },
    };
  }

  /** A new picture: at once when the reader asked for it, else when it is time. */
  refresh(hurry = false) {
    this.#stale = true;
    this.#hurry ||= hurry;
    this.#pump();
  }

  #pump() {
    clearTimeout(this.#timer);
    const { session } = this;
    if (this.#busy || !this.#stale || !session || !this.info || !this.visible) return;
    const wait = this.#hurry ? 0 : this.#last + REFRESH - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#pump(), wait);
      return;
    }
    this.#stale = this.#hurry = false;
    this.#busy = true;
    const { look, past } = this;
    void this.attempt(async () => {
      const view = await session.view(this.query, past ?? null);
      if (session === this.session && look === this.look && view.kind === "plot") this.#show(view, true);
    }).finally(() => {
      this.#busy = false;
      this.#last = performance.now();
      this.#pump();
    });
  }

  #show(view: PlotView, glide: boolean) {
    this.view = view;
    this.bench.pictured(this, glide);
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

  // ---- Options and errors

  /** Values as text; Rust says whether they hold. */
  async wish(scope: Scope, entries: [string, string][]): Promise<ErrorInfo[]> {
    const { values, errors } = await this.wake().check(scope, this.family.id, entries);
    for (const [name, text] of entries) {
      if (name in values) this.errors.delete(`${scope}.${name}`);
      else {
        const error = errors.find((e) => e.message.includes(name) || e.message.includes(text)) ?? errors[0];
        if (error) this.errors.set(`${scope}.${name}`, error);
      }
    }
    for (const [name, value] of Object.entries(values)) {
      if (this.fields(scope).find((f) => f.name === name)?.fallback === value && !this.own)
        delete this.drafts[scope][name];
      else this.drafts[scope][name] = value;
    }
    if (scope === "train" && this.info && Object.keys(values).length) await this.session?.setTrain(values);
    this.bench.changed();
    return errors;
  }

  /** Runs something; what goes wrong becomes a notice. Gives whether it went well. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (e) {
      const { code } = PlaygroundError.from(e);
      // A cancel was wished for; a replaced worker is told about once, by the session.
      if (code !== "cancelled" && code !== "worker-restarted") this.report(e);
      return false;
    }
  }

  report(thrown: unknown) {
    const { code, message, hint, recoverable } = PlaygroundError.from(thrown);
    const action =
      code === "training-diverged" && this.state?.snapshots.length
        ? { label: "Go back to the last good snapshot", run: () => void this.restore() }
        : undefined;
    const notice: Notice = { code, message, hint, recoverable, retry: !this.info, action };
    this.alerts = [...this.alerts.filter((n) => n.code !== code || n.message !== message), notice].slice(-3);
    this.bench.announce("error", { code, message, hint, recoverable, family: this.family.id });
    this.bench.changed();
  }

  /** Where it stands, in words. */
  status(): string {
    const {
      info,
      bench: {
        playing,
        task: { budget },
      },
    } = this;
    if (!info) return this.alerts.length ? "" : "Starting…";
    const { step, rate, seconds } = info.state;
    const of = budget.steps !== null ? ` of ${figure(budget.steps)}` : "";
    const where = `step ${figure(step)}${of}`;
    if (this.failed) return `Stopped at ${where}`;
    if (this.running) return rate > 0 ? `${where}, ${figure(rate, rate < 10 ? 1 : 0)} a second` : where;
    if (playing && this.done) return `${where}, done in ${figure(seconds, 1)} s`;
    if (playing) return `Waits at ${where} while out of sight`;
    return step === 0 ? "Untrained" : where;
  }
}

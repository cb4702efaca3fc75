import type { PropertyValues } from "lit";
import type { Session, SavedFile } from "../client/session";
import type { Backend, Device } from "../client/connection";
import { CUSTOM, type Description } from "../client/engine";
import type { FamilyInfo, ModelInfo, SpaceKind, TrainState, View } from "../client/protocol";
import { CHORALES, GROOVES, siteManifest, type ModelEntry } from "../client/site";
import { Speech } from "../lang/speech";
import { Arrival } from "./arrival";
import { ATTRIBUTES, attributeOf, read } from "./attributes";
import { deviceSentence } from "./chrome";
import { Controller, type ControllerHost } from "./controller";
import { ModelCore, grown } from "./core";
import { figureKeys } from "./figure-key";
import { download } from "./files";
import { besideOf, familyOf, leave, meaningless, settle, takeOptions, UNSAID, type Settled } from "./options";
import { text, whenChanged } from "./options";
import type { Host, Panel, ViewName } from "./panel";
import { goesOnFrom, goingOn } from "./tuning";
import { POINTS, PointsTask, START, isPlane, pictured } from "./points-task";
import type { PlotView } from "./render/points";
import { Views } from "./views";
import { WishedView } from "./wished-view";

export const DEFAULT_MODEL = "vae-mnist";
/** Attributes that the element reads itself, in the order in which they matter. */
const SETTLED = ["view", "seed", "count", "backend", "columns", "refresh", "controls"] as const;
const KEEP = "keep-training";

/**
 * What an element of one model is to its panels and to its controller: attributes, family, views, and what they ask.
 */
export abstract class ModelHost extends grown(ModelCore) implements Host, ControllerHost {
  /** Id of a shipped model. */
  declare model: string | null;
  /** Address of a checkpoint, instead of a shipped model. */
  declare src: string | null;
  /** Id of a family: then a model of it is made and trained here, of 2-D points or of text. */
  declare family: string | null;
  /** The view that is shown, and those that can be chosen, in order; all by default. */
  declare view: string | null;
  declare views: string | null;
  declare seed: string | number | null;
  declare count: string | number | null;
  /** `auto`, `webgpu` or `cpu`. */
  declare backend: string | null;
  /** `none` shows the image alone. */
  declare controls: string | null;
  /** New samples after so many seconds, again and again. */
  declare refresh: string | number | null;
  /** Samples in a row. */
  declare columns: string | number | null;

  readonly #speech = new Speech(this, () => this.redraw(false));
  settled: Settled = UNSAID;
  /** Names that a link gave to the element: what is wrong with those is told to the reader. */
  linked: readonly string[] = [];
  sampleOptions: Record<string, unknown> = {};
  readonly trainer = new Controller(this);
  readonly points = new PointsTask(this, this.trainer);
  /** Of a family that is made here on images: their set. */
  protected images: string | undefined;
  /** The data that is drawn under the model, and of what it was asked. */
  under: PlotView | undefined;
  get withData() {
    return this.under !== undefined;
  }
  protected underOf = "";
  readonly choice = new Views(this);
  protected shipped: ModelEntry[] = [];
  protected entry: ModelEntry | undefined;
  protected description: Description | undefined;
  protected kin: FamilyInfo | undefined;
  protected kind: SpaceKind | undefined;
  protected readonly arrival = new Arrival(this);
  protected isDrawn = false;
  protected stale = false;
  protected active = false;
  protected inSight = false;
  protected correcting = false;
  protected holding = false;
  protected readonly wish = new WishedView(this);
  /** The device that was told of last. */
  protected used = "";
  protected timer: ReturnType<typeof setTimeout> | undefined;

  get words() {
    return this.#speech.words;
  }
  protected override scheduleUpdate() {
    return this.#speech.render(() => super.scheduleUpdate());
  }
  get session(): Session | undefined {
    return this.trainer.session;
  }
  get info(): ModelInfo | undefined {
    return this.trainer.info;
  }
  get device(): Device | undefined {
    return this.trainer.device;
  }
  get bare() {
    return this.settled.controls === "none";
  }
  get quiet() {
    return this.settled.refresh !== null;
  }
  get tileColumns() {
    return this.settled.columns ?? undefined;
  }
  help(plot: string): string {
    const space = this.kin?.spaces.find((s) => s.kind === this.info?.space.kind);
    return this.words.told(space?.plots.find((p) => p.id === plot)?.help ?? "");
  }
  /** Whether there is a model to speak of. */
  get stands(): boolean {
    return this.info !== undefined;
  }
  /** Whether the model was made or trained here, which no link can carry. */
  get own(): boolean {
    return this.trainer.own && (!isPlane(this.kind) || this.trainer.source !== "made");
  }
  get about(): FamilyInfo | undefined {
    return this.kin;
  }
  protected get panel(): Panel {
    return this.choice.panel(this.settled.view);
  }
  /** The shipped models that there are to choose from. */
  get models(): readonly ModelEntry[] {
    return this.shipped;
  }

  // ---- What panels need

  attempt<T>(work: () => Promise<T>, about?: string): Promise<T | undefined> {
    return this.trainer.attempt(work, about);
  }

  /** Shows an error and tells it to whoever listens. */
  override report(thrown: unknown, about?: string) {
    this.trainer.report(thrown, undefined, about);
  }

  announce(name: string, detail: unknown) {
    this.#speech.announce(name, detail);
  }

  changed() {
    this.requestUpdate();
    this.announce("statechange", { state: this.state });
  }

  drawn() {
    if (this.isDrawn) return;
    this.isDrawn = true;
    this.requestUpdate();
  }

  reroll() {
    this.setAttribute("seed", String((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 100_000));
  }

  save(file: SavedFile) {
    download(file);
  }

  // ---- What the controller asks and tells

  get wantedBackend(): Backend {
    return this.settled.backend;
  }
  keys() {
    return isPlane(this.kind) ? [] : figureKeys(this);
  }
  task() {
    const { data, dataOptions } = this.points;
    if (this.family && isPlane(this.kind)) return { data, dataOptions, seed: this.settled.seed };
    return { data: this.images ?? this.info?.data ?? "", dataOptions: {}, seed: this.settled.seed };
  }
  retry() {
    void this.load();
  }
  /** Models of toy data can be made again at any time. */
  keeps({ space, data }: ModelInfo) {
    return !isPlane(space.kind) || data === CUSTOM;
  }
  placed(info: ModelInfo, fresh: boolean) {
    const before = `${this.kin?.id} ${this.kind}`;
    this.speak(info.family, info.space.kind);
    this.wish.placed();
    if (isPlane(info.space.kind)) void this.lookAtData();
    this.stale = true;
    const { session } = this;
    // What the attributes say to another family counts before the first look at it.
    if (session && `${this.kin?.id} ${this.kind}` !== before) {
      this.holding = true;
      void this.attempt(() => this.take(session, this.getAttributeNames())).finally(() => {
        this.holding = false;
        this.requestUpdate();
      });
    }
    // The new model need not know the letters of a prompt for the one before.
    if (fresh && this.trainer.corpus && this.trainer.source !== "shipped") this.removeAttribute("prompt");
    if (fresh) this.arrival.say(undefined);
    this.requestUpdate();
  }
  trained(state: TrainState, samples: View | null) {
    this.panel.trained(state, samples);
    this.announce("step", { step: state.step, epoch: state.epoch, rate: state.rate, losses: state.losses });
    this.requestUpdate();
  }
  turned() {
    if (!this.trainer.running) this.stale = true;
    this.requestUpdate();
  }
  using(device: Device) {
    this.requestUpdate();
    const { backend, reason } = device;
    if (this.used === `${backend} ${reason}`) return;
    this.used = `${backend} ${reason}`;
    this.announce("backendchange", { ...device, sentence: deviceSentence(device, this.words) });
  }
  restarted(fatal: boolean) {
    if (!fatal) this.stale = true;
    this.requestUpdate();
  }

  /** Makes forms, checks and views follow a family's declarations. */
  protected speak(id: string | undefined, kind: SpaceKind | undefined) {
    const { families = [], trainSchema = {}, textSchema = {}, pictureSchema = {} } = this.description ?? {};
    const family = families.find((f) => f.id === id) ?? families[0];
    const before = this.kin;
    if (!family || (family === before && kind === this.kind)) return;
    [this.kin, this.kind] = [family, kind];
    this.trainer.stepwise = isPlane(kind);
    if (!isPlane(kind)) this.trainer.budget = { steps: null, seconds: null };
    else if (this.trainer.budget.steps === null && this.trainer.budget.seconds === null)
      this.trainer.budget = { steps: START.steps, seconds: null };
    const onward = goingOn(this, families, family);
    this.trainer.describe(onward, trainSchema, textSchema, kind, pictureSchema);
    if (before) {
      this.sampleOptions = {};
      if (!goesOnFrom(family, before) && !goesOnFrom(before, family)) leave(this, before, family);
    }
    this.panel.hide();
    this.choice.furnish(family, kind, onward !== family);
    if (!before) meaningless(this, "model", (e, name) => this.report(e, name));
    this.wish.described(!before);
  }

  /** Descriptions and options that the first image may depend on. */
  protected async prepare(session: Session, family: string | undefined, signal?: AbortSignal): Promise<void> {
    this.description = await session.describe();
    if (!family || signal?.aborted) return; // The file will tell, or something newer.
    const found = familyOf(this, this.description.families, family);
    this.images = await this.imagesOf(found);
    if (this.images) {
      this.speak(family, pictured(found.spaces));
    } else if (this.family && !found.capabilities.language) {
      await this.points.take(this.getAttributeNames(), session, this.description);
      this.speak(family, this.points.kind(this.description, found));
    } else {
      this.speak(family, found.spaces[0]?.kind);
    }
    await this.take(session, this.getAttributeNames());
    this.requestUpdate();
  }

  /** What a family learns here, if not points or a text: as asked for, else the first if it knows no other data. */
  protected async imagesOf({ spaces }: FamilyInfo): Promise<string | undefined> {
    const [kind, asked] = [pictured(spaces), this.getAttribute("data")];
    if (!this.family || !kind) return undefined;
    const made = this.description?.made.filter((set) => set.kind === kind) ?? [];
    if (kind === "score") return asked ?? CHORALES;
    if (kind === "groove") return asked ?? GROOVES;
    if (kind !== "image" || made.some(({ name }) => name === asked)) return asked ?? made[0]?.name;
    const { data } = await siteManifest();
    const wished = data.find((d) => d.name === asked);
    return (wished ?? (spaces.some((s) => isPlane(s.kind)) ? undefined : data[0]))?.name;
  }

  protected async take(session: Session, names: string[]): Promise<boolean> {
    if (!this.kin || !this.description) return false;
    const description = this.description;
    const points = isPlane(this.kind);
    const ours = points && names.some((name) => POINTS.includes(name) || this.points.knows(name, description));
    const images = this.images !== undefined;
    if (ours) await this.points.take(names, session, description);
    const taken = await takeOptions(names, {
      host: this,
      session,
      family: { ...this.kin, configSchema: goingOn(this, description.families, this.kin).configSchema },
      trainSchema: description.trainSchema,
      textSchema: description.textSchema,
      panels: this.choice.panels,
      elsewhere: (name) =>
        (points && (name === "steps" || this.points.knows(name, description))) || (images && name === "data"),
    });
    return taken || ours;
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    whenChanged(this, changed, KEEP, (said) => this.trainer.goOnUnseen(read(KEEP, said)));
    whenChanged(this, changed, "workers", (said) => void this.trainer.setWorkers(read("workers", said)));
    for (const name of SETTLED) {
      const touched = name === "view" ? ["view", "views", "plot"] : [name];
      if (!touched.some((n) => (changed as Map<string, unknown>).has(n))) continue;
      // Another model that comes with it may have the view, or not.
      if (name === "view" && this.wish.waits(changed)) continue;
      try {
        const value = settle(name, name === "view" ? this.wished : text(this[name]), this.wish.shown);
        this.trainer.notices.settled(name);
        if (value === this.settled[name]) continue;
        if (name === "view") this.panel.hide();
        this.settled = { ...this.settled, [name]: value };
        this.stale = true;
        this.announce("statechange", { state: this.state });
      } catch (e) {
        this.report(e, name);
      }
    }
    if (changed.has("refresh") && this.active) this.tick();
  }

  /** The view that is wished for; of points it may be called a plot. */
  get wished(): string | null {
    return this.view ?? this.getAttribute("plot") ?? this.getAttribute("look");
  }

  /** The data itself, to be drawn under the model. */
  protected async lookAtData() {
    const { session, points } = this;
    const key = JSON.stringify([points.data, points.dataOptions, points.overlay]);
    if (!session || key === this.underOf) return;
    this.underOf = key;
    this.under = undefined;
    const view = points.overlay
      ? await this.attempt(() => session.view({ type: "data", count: 1000, resolution: 96 }))
      : undefined;
    if (view?.kind !== "plot" || key !== this.underOf) return;
    this.under = view;
    this.panel.refresh();
  }

  /** Another view than was asked for is seen, if need be. */
  see(view: ViewName) {
    if (view !== this.settled.view) this.panel.hide();
    this.settled = { ...this.settled, view };
    if (this.view != null && this.view !== view) this.setAttribute("view", view);
  }

  /** What differs from the defaults, as names and values for a URL. */
  get state(): Record<string, string> {
    const { view, seed, count, backend } = this.settled;
    const what: Record<string, string> = this.family ? { family: this.family } : { model: this.model ?? DEFAULT_MODEL };
    const state: Record<string, string> = { ...what, view };
    if (seed !== ATTRIBUTES.seed.fallback && !this.quiet) state["seed"] = String(seed);
    if (count !== ATTRIBUTES.count.fallback) state["count"] = String(count);
    if (backend !== "auto") state["backend"] = backend;
    for (const [name, value] of Object.entries(this.sampleOptions)) state[name] = String(value);
    for (const [name, param] of Object.entries(this.panel.params)) {
      const value = param.get();
      if (value !== undefined) state[name] = value;
    }
    if (isPlane(this.kind)) Object.assign(state, this.points.links());
    if (view === "train") {
      for (const [name, value] of Object.entries(this.trainer.links())) state[attributeOf(name)] = value;
    }
    return state;
  }

  /** What there is to say of attributes that a page gives, where the model is as without them. */
  beside(given: readonly string[]): Record<string, string> {
    return besideOf(this, given);
  }

  protected wake(): Session {
    if (!this.shipped.length)
      siteManifest().then(
        ({ models }) => {
          this.shipped = models;
          this.requestUpdate();
        },
        () => undefined,
      );
    return this.trainer.wake();
  }

  /** Begins or ends drawing new samples again and again. */
  protected abstract tick(): void;
  /** Its size, its colours or its language have changed. */
  abstract override redraw(recolour: boolean): void;
  abstract load(model?: string): Promise<void>;
  abstract play(): Promise<void>;
}

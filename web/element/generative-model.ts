import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import { type Session, type SavedFile } from "../client/session";
import type { Backend, Device } from "../client/connection";
import type { Description } from "../client/engine";
import { badOption, PlaygroundError } from "../client/errors";
import type { FamilyInfo, Fault, ModelInfo, SpaceKind, TrainState, View } from "../client/protocol";
import { bytesOf, forgetModel, modelBytes, modelEntry, siteManifest, type ModelEntry } from "../client/site";
import { chooser, deviceSentence, facts, notices, tabs, type Notice } from "./chrome";
import { Controller, type ControllerHost } from "./controller";
import { reducedMotion } from "./draw";
import { blobOf, checkpointBytes, download, dragHandler } from "./files";
import { Kit } from "./kit";
import { ATTRIBUTES, attributeOf, properties, read } from "./attributes";
import { leave, settle, takeOptions, UNSAID, type Settled } from "./options";
import { figureKeys, forgetKeys } from "./figure-key";
import { shownViews, viewsOf, type Host, type Panel, type ViewInfo, type ViewName } from "./panel";
import { PlotPanel } from "./plot-panel";
import { PointsTask, START, isPlane } from "./points-task";
import type { PlotView } from "./render/points";
import { Presence, type Present } from "./presence";
import { SamplesPanel } from "./samples";
import { WritePanel } from "./text/write";
import { TrainPanel } from "./train";
import styles from "./element.css";
import drawingStyles from "./render/plot.css";
import textStyles from "./text/text.css";
import plotStyles from "uplot/dist/uPlot.min.css";

const DEFAULT_MODEL = "vae-mnist";
/** Attributes that the element reads itself, in the order in which they matter. */
const SETTLED = ["view", "seed", "count", "backend", "columns", "refresh", "controls"] as const;
const KEEP = "keep-training";
/** Attributes of what a model of points learns. */
const POINTS = ["data", "steps", "seconds", "rate", "overlay"];
/** A property that a script may have set to a number, as the text of its attribute. */
const text = (value: unknown) => (value === null || value === undefined ? null : String(value));

/** `<generative-model>`: a model that samples and trains where it stands. */
export class GenerativeModel extends LitElement implements Host, ControllerHost, Present {
  static override styles = [unsafeCSS(plotStyles), unsafeCSS(styles), unsafeCSS(drawingStyles), unsafeCSS(textStyles)];
  static override properties = properties("model");
  /** Id of a shipped model. */
  declare model: string | null;
  /** Address of a checkpoint, instead of a shipped model. */
  declare src: string | null;
  /** Id of a family: then a model of it is made and trained here, of 2-D points or of text. */
  declare family: string | null;
  /** The view that is shown. */
  declare view: string | null;
  /** The views that can be chosen, in order; all by default. */
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

  settled: Settled = UNSAID;
  /** Names that a link gave to the element: what is wrong with those is told to the reader. */
  linked: readonly string[] = [];
  sampleOptions: Record<string, unknown> = {};
  readonly trainer = new Controller(this);
  readonly points = new PointsTask(this, this.trainer);
  /** The data that is drawn under the model, and of what it was asked. */
  under: PlotView | undefined;
  #underOf = "";
  #samples = new SamplesPanel(this);
  #write = new WritePanel(this);
  #train = new TrainPanel(this);
  /** The panels of the views, by id; those of plots come with the family that declares them. */
  #panels = new Map<ViewName, Panel>();
  #views: ViewInfo[] = [];
  #models: ModelEntry[] = [];
  #entry: ModelEntry | undefined;
  #description: Description | undefined;
  #family: FamilyInfo | undefined;
  #kind: SpaceKind | undefined;
  #loading: string | undefined;
  #drawn = false;
  #stale = false;
  #active = false;
  #seen = false;
  #dragging = false;
  #correcting = false;
  #holding = false;
  /** The device that was told of last. */
  #used = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new Presence(this);
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
    const space = this.#family?.spaces.find((s) => s.kind === this.info?.space.kind);
    return space?.plots.find((p) => p.id === plot)?.help ?? "";
  }
  /** Whether there is a model to speak of. */
  get stands(): boolean {
    return this.info !== undefined;
  }
  /** Whether the model was made or trained here, which no link can carry. */
  get own(): boolean {
    return this.trainer.own && (!isPlane(this.#kind) || this.trainer.source !== "made");
  }
  get about(): FamilyInfo | undefined {
    return this.#family;
  }
  get #panel(): Panel {
    return this.#panels.get(this.settled.view) ?? this.#samples;
  }
  /** The shipped models that there are to choose from. */
  get models(): readonly ModelEntry[] {
    return this.#models;
  }

  // ---- Methods for scripts

  /** Opens a shipped model by its id; without one, that of the attributes, afresh. */
  async load(model?: string): Promise<void> {
    this.#active = true;
    // What was set as properties becomes attributes with the first rendering.
    if (!this.hasUpdated && this.isConnected) await this.updateComplete;
    if (model !== undefined && model !== this.model) {
      this.setAttribute("model", model); // Comes back here by way of the change.
      return;
    }
    this.#status("Fetching the model…");
    await this.attempt(() => (this.family ? this.#untrained(this.family) : this.#shipped()), "load");
    if (!this.trainer.busy) this.#status(undefined);
  }

  /** An untrained model of a family. */
  async #untrained(family: string) {
    await this.#prepare(this.#wake(), family);
    const points = isPlane(this.#kind);
    if (!(await this.trainer.create({ own: points, play: false }))) return;
    this.#entry = undefined;
    this.#ready();
    this.changed();
    if (points && read("autoplay", this.getAttribute("autoplay")) && !reducedMotion()) await this.play();
  }

  async #shipped() {
    let entry: ModelEntry | undefined;
    const done = await this.trainer
      .load(`${this.model} ${this.src}`, async (signal) => {
        const session = this.#wake();
        entry = this.src ? undefined : await this.#find();
        const [bytes] = await Promise.all([
          entry ? modelBytes(entry, signal) : bytesOf(new URL(this.src ?? "", document.baseURI), signal),
          this.#prepare(session, entry?.family),
        ]);
        return { bytes, sha256: entry?.sha256 ?? null };
      })
      .catch((e: unknown) => {
        if (entry) forgetModel(entry); // The next try fetches it anew.
        if (this.info) this.#speak(this.info.family, this.info.space.kind);
        throw e;
      });
    if (!done) return;
    this.#entry = entry;
    this.#ready();
    this.changed();
  }

  #ready() {
    this.announce("ready", { model: this.info, device: this.device });
  }

  /** Trains: the model in training, else a new one from scratch. */
  async play(): Promise<void> {
    await this.#awake();
    const { trainer, info } = this;
    // Past the end of its budget, for the same once more.
    if (trainer.done && info) {
      const { steps, seconds } = trainer.budget;
      if (steps !== null) trainer.budget = { steps: info.step + (read("steps", null) ?? START.steps), seconds: null };
      else if (seconds !== null) trainer.budget = { steps: null, seconds: info.state.seconds + seconds };
    }
    await this.attempt(() => trainer.play());
  }
  /** Stops the training after the step under way. */
  async pause(): Promise<void> {
    await this.attempt(() => this.trainer.pause());
  }
  /** Trains for so many steps. */
  async step(steps = 1): Promise<void> {
    await this.#awake();
    await this.attempt(() => this.trainer.step(steps));
  }
  /** Back to the shipped model. */
  async reset(): Promise<void> {
    await this.load();
  }

  /** Draws samples and gives their pixels. */
  async sample(options: { count?: number; seed?: number } & Record<string, unknown> = {}): Promise<View | undefined> {
    await this.#awake();
    const {
      count = this.info?.space.kind === "text" ? 1 : this.settled.count,
      seed = this.settled.seed,
      ...rest
    } = options;
    return this.attempt(async () => this.session?.sample(count, seed, { ...this.sampleOptions, ...rest }));
  }

  /** The model as a safetensors file. */
  async exportCheckpoint(): Promise<Blob | undefined> {
    return this.#export(false);
  }
  /** The model with all that is needed to train on. */
  async snapshot(): Promise<Blob | undefined> {
    return this.#export(true);
  }

  async #export(resumable: boolean): Promise<Blob | undefined> {
    await this.#awake();
    return this.attempt(async () => blobOf(await this.trainer.download(resumable)));
  }

  /** Opens a file; if it cannot be, the model that was there stays. */
  async importCheckpoint(file: Blob | ArrayBuffer | Uint8Array): Promise<void> {
    this.#active = true;
    await this.attempt(async () => {
      const bytes = await checkpointBytes(file);
      this.#description = await this.#wake().describe();
      if (await this.trainer.open(bytes)) this.#ready();
      this.#status(undefined);
    });
  }

  /** Ends what the element does and frees what it holds; `load` begins anew. */
  dispose() {
    clearInterval(this.#timer);
    this.#panel.hide();
    void this.trainer.dispose();
    this.#active = this.#drawn = false;
  }

  /** Breaks the worker on purpose, so that its recovery can be seen. */
  async fireDrill(kind: Fault): Promise<void> {
    await this.session?.fault(kind).catch(() => undefined);
  }

  /** What differs from the defaults, as names and values for a URL. */
  get state(): Record<string, string> {
    const { view, seed, count, backend } = this.settled;
    const state: Record<string, string> = this.family
      ? { family: this.family, view }
      : { model: this.model ?? DEFAULT_MODEL, view };
    if (seed !== ATTRIBUTES.seed.fallback && !this.quiet) state["seed"] = String(seed);
    if (count !== ATTRIBUTES.count.fallback) state["count"] = String(count);
    if (backend !== "auto") state["backend"] = backend;
    for (const [name, value] of Object.entries(this.sampleOptions)) state[name] = String(value);
    for (const [name, param] of Object.entries(this.#panel.params)) {
      const value = param.get();
      if (value !== undefined) state[name] = value;
    }
    if (isPlane(this.#kind)) Object.assign(state, this.points.links());
    if (view === "train") {
      for (const [name, value] of Object.entries(this.trainer.links())) state[attributeOf(name)] = value;
    }
    return state;
  }

  // ---- What presence tells

  seen(seen: boolean) {
    if (seen && !this.#active) void this.load();
    this.trainer.watch(seen);
    this.#seen = seen;
    this.#tick();
  }

  /** New samples again and again, while somebody can see them. */
  #tick() {
    clearInterval(this.#timer);
    if (this.#seen && this.quiet && !reducedMotion()) {
      this.#timer = setInterval(
        () => {
          if (!this.info || !["samples", "write"].includes(this.settled.view)) return;
          this.settled = { ...this.settled, seed: (this.settled.seed + 1) >>> 0 };
          this.#panel.again();
        },
        (this.settled.refresh ?? 1) * 1000,
      );
    }
  }

  redraw(recolour: boolean) {
    this.#panel.redraw(recolour);
  }
  get precious() {
    return this.trainer.own || this.trainer.wants;
  }
  gone() {
    this.dispose();
    forgetKeys(this);
  }

  attributed(names: string[]) {
    const { session } = this;
    if (names.includes("look")) this.requestUpdate("plot");
    if (!this.#description || !session) return;
    void this.attempt(async () => {
      if (!(await this.#take(session, names))) return;
      this.#stale = true;
      // A model of points is made anew where something else is wished for.
      if (isPlane(this.#kind) && this.trainer.source === "made") await this.trainer.ensure();
      this.changed();
    });
  }

  // ---- What panels need

  attempt<T>(work: () => Promise<T>, about?: string): Promise<T | undefined> {
    return this.trainer.attempt(work, about);
  }

  /** Shows an error and tells it to whoever listens. */
  report(thrown: unknown, about?: string) {
    this.trainer.report(thrown, undefined, about);
  }

  announce(name: string, detail: unknown) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  changed() {
    this.requestUpdate();
    this.announce("statechange", { state: this.state });
  }

  drawn() {
    if (this.#drawn) return;
    this.#drawn = true;
    this.requestUpdate();
  }

  reroll() {
    this.setAttribute("seed", String((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 100_000));
  }

  save(file: SavedFile) {
    download(file);
  }

  // ---- Inside

  async #awake() {
    if (!this.info) await this.load();
  }

  #status(text: string | undefined) {
    this.#loading = text;
    if (text) this.announce("progress", { phase: "load", step: 0, of: 1 });
    this.requestUpdate();
  }

  #wake(): Session {
    if (!this.#models.length)
      siteManifest().then(
        ({ models }) => {
          this.#models = models;
          this.requestUpdate();
        },
        () => undefined,
      );
    return this.trainer.wake();
  }

  // ---- What the controller asks and tells

  get wantedBackend(): Backend {
    return this.settled.backend;
  }
  keys() {
    return isPlane(this.#kind) ? [] : figureKeys(this);
  }
  task() {
    const { data, dataOptions } = this.points;
    if (this.family && isPlane(this.#kind)) return { data, dataOptions, seed: this.settled.seed };
    return { data: this.info?.data ?? "", dataOptions: {}, seed: this.settled.seed };
  }
  retry() {
    void this.load();
  }
  placed(info: ModelInfo, fresh: boolean) {
    const before = `${this.#family?.id} ${this.#kind}`;
    this.#speak(info.family, info.space.kind);
    if (isPlane(info.space.kind)) void this.#look();
    this.#stale = true;
    const { session } = this;
    // What the attributes say to another family counts before the first look at it.
    if (session && `${this.#family?.id} ${this.#kind}` !== before) {
      this.#holding = true;
      void this.attempt(() => this.#take(session, this.getAttributeNames())).finally(() => {
        this.#holding = false;
        this.requestUpdate();
      });
    }
    // The new model need not know the letters of a prompt for the one before.
    if (fresh && this.trainer.corpus && this.trainer.source !== "shipped") this.removeAttribute("prompt");
    if (fresh) this.#loading = undefined;
    this.requestUpdate();
  }
  trained(state: TrainState, samples: View | null) {
    this.#panel.trained(state, samples);
    this.announce("step", { step: state.step, epoch: state.epoch, rate: state.rate, losses: state.losses });
    this.requestUpdate();
  }
  turned() {
    if (!this.trainer.running) this.#stale = true;
    this.requestUpdate();
  }
  using(device: Device) {
    this.requestUpdate();
    const { backend, reason } = device;
    if (this.#used === `${backend} ${reason}`) return;
    this.#used = `${backend} ${reason}`;
    this.announce("backendchange", { ...device, sentence: deviceSentence(device) });
  }
  restarted(fatal: boolean) {
    if (!fatal) this.#stale = true;
    this.requestUpdate();
  }

  /** Makes forms, checks and views follow a family's declarations. */
  #speak(id: string | undefined, kind: SpaceKind | undefined) {
    const { families = [], trainSchema = {}, textSchema = {} } = this.#description ?? {};
    const family = families.find((f) => f.id === id) ?? families[0];
    const before = this.#family;
    if (!family || (family === before && kind === this.#kind)) return;
    this.#family = family;
    this.#kind = kind;
    this.trainer.stepwise = isPlane(kind);
    if (!isPlane(kind)) this.trainer.budget = { steps: null, seconds: null };
    else if (this.trainer.budget.steps === null && this.trainer.budget.seconds === null)
      this.trainer.budget = { steps: START.steps, seconds: null };
    this.#samples.describe(family.sampleSchema);
    this.#write.describe(family.sampleSchema);
    this.trainer.describe(family, trainSchema, textSchema, kind);
    if (before) {
      this.sampleOptions = {};
      leave(this, before, family);
    }
    this.#furnish(family);
    const shown = this.#shown();
    const wished = this.#wished ?? shown[0];
    if (wished && shown.includes(wished)) {
      this.settled = { ...this.settled, view: wished };
      return;
    }
    if (this.view != null && !before)
      this.report(badOption("view", this.view, `one of ${shown.join(", ")} is expected`));
    this.settled = { ...this.settled, view: shown[0] ?? "samples" };
    if (this.view != null) this.setAttribute("view", this.settled.view);
  }

  /** Makes the views that a family declares. */
  #furnish({ spaces, capabilities }: FamilyInfo) {
    this.#panel.hide();
    const plots = (spaces.find((s) => s.kind === this.#kind) ?? spaces[0])?.plots ?? [];
    const kit = new Kit(this, () => {
      if (this.#panel instanceof PlotPanel) this.#panel.ask();
    });
    this.#views = viewsOf(plots, capabilities.language);
    const own: Record<string, Panel> = { write: this.#write, train: this.#train };
    if (!isPlane(this.#kind)) own["samples"] = this.#samples;
    const panelOf = (id: ViewName): Panel | undefined => {
      const spec = plots.find((p) => p.id === id);
      return own[id] ?? (spec && new PlotPanel(this, spec, kit));
    };
    this.#panels = new Map(
      this.#views.flatMap(({ id }) => {
        const panel = panelOf(id);
        return panel ? [[id, panel] as const] : [];
      }),
    );
  }

  /** Descriptions and options that the first image may depend on. */
  async #prepare(session: Session, family: string | undefined): Promise<void> {
    this.#description = await session.describe();
    if (!family) return; // The file will tell.
    const found = this.#description.families.find((f) => f.id === family);
    if (!found) {
      const all = this.#description.families.map((f) => f.id).join(", ");
      throw badOption("family", family, `one of ${all} is expected`);
    }
    if (this.family && !found.capabilities.language) {
      await this.points.take(this.getAttributeNames(), session, this.#description);
      this.#speak(family, this.points.kind(this.#description, found));
    } else {
      this.#speak(family, found.spaces[0]?.kind);
    }
    await this.#take(session, this.getAttributeNames());
    this.requestUpdate();
  }

  async #take(session: Session, names: string[]): Promise<boolean> {
    if (!this.#family || !this.#description) return false;
    const description = this.#description;
    const points = isPlane(this.#kind);
    const ours = points && names.some((name) => POINTS.includes(name) || this.points.knows(name, description));
    if (ours) await this.points.take(names, session, description);
    const taken = await takeOptions(names, {
      host: this,
      session,
      family: this.#family,
      trainSchema: description.trainSchema,
      textSchema: description.textSchema,
      panels: [...this.#panels.values()],
      elsewhere: (name) => points && this.points.knows(name, description),
    });
    return taken || ours;
  }

  /** The entry of the wished-for model; for an unknown one, that of the model at hand or the default. */
  async #find(): Promise<ModelEntry> {
    try {
      return await modelEntry(this.model ?? DEFAULT_MODEL);
    } catch (e) {
      if (PlaygroundError.from(e).code !== "unknown-model" || this.model === DEFAULT_MODEL) throw e;
      this.report(e);
      const entry = await modelEntry(this.#entry?.id ?? DEFAULT_MODEL);
      this.#correcting = true;
      this.setAttribute("model", entry.id);
      return entry;
    }
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has(KEEP as never)) {
      try {
        this.trainer.goOnUnseen(read(KEEP, text((this as Record<string, unknown>)[KEEP])));
      } catch (e) {
        this.report(e);
      }
    }
    for (const name of SETTLED) {
      const touched = name === "view" ? ["view", "views", "plot"] : [name];
      if (!touched.some((n) => (changed as Map<string, unknown>).has(n))) continue;
      try {
        const value = settle(name, name === "view" ? this.#wished : text(this[name]), this.#shown());
        this.trainer.notices.settled(name);
        if (value === this.settled[name]) continue;
        if (name === "view") this.#panel.hide();
        this.settled = { ...this.settled, [name]: value };
        this.#stale = true;
        this.announce("statechange", { state: this.state });
      } catch (e) {
        this.report(e, name);
      }
    }
    if (changed.has("refresh") && this.#active) this.#tick();
  }

  protected override updated(changed: PropertyValues<this>) {
    if (this.#active) {
      if (changed.has("backend") && this.session) void this.#move();
      else if (changed.has("model") && this.#correcting) this.#correcting = false;
      else if ((changed.has("model") || changed.has("src") || changed.has("family")) && this.session) void this.load();
    }
    if (changed.has("seed") && isPlane(this.#kind) && this.trainer.source === "made")
      void this.attempt(() => this.trainer.ensure());
    if (this.#stale && this.info && !this.#holding) {
      this.#stale = false;
      this.#panel.refresh();
    }
    this.#panel.updated();
  }

  /** Takes the model to another back end. */
  async #move() {
    const { trainer } = this;
    await this.attempt(async () => {
      await trainer.pause();
      const { id, step } = trainer.keeper;
      const whole = trainer.own && step === this.info?.step;
      const file = trainer.own ? await trainer.download() : undefined;
      await trainer.dispose();
      const kept = whole ? (await trainer.keeper.offers()).find((k) => k.id === id) : undefined;
      if (kept) await trainer.resume(kept);
      else if (file) await this.importCheckpoint(file.bytes);
      else await this.load();
    });
  }

  /** The view that is wished for; of points it may be called a plot. */
  get #wished(): string | null {
    return this.view ?? this.getAttribute("plot") ?? this.getAttribute("look");
  }

  /** The data itself, to be drawn under the model. */
  async #look() {
    const { session, points } = this;
    const key = JSON.stringify([points.data, points.dataOptions, points.overlay]);
    if (!session || key === this.#underOf) return;
    this.#underOf = key;
    this.under = undefined;
    const view = points.overlay
      ? await this.attempt(() => session.view({ type: "data", count: 1000, resolution: 96 }))
      : undefined;
    if (view?.kind !== "plot" || key !== this.#underOf) return;
    this.under = view;
    this.#panel.refresh();
  }

  /** The views that are wished for and that the family has. */
  #shown(): ViewName[] {
    return shownViews(this.#views, this.views).map((v) => v.id);
  }

  #choose = (id: string) => {
    // Another model of text need not know the letters of what was written for this one.
    if (this.#family?.capabilities.language) for (const name of ["prompt", "text"]) this.removeAttribute(name);
    if (id === this.model) void this.load();
    else this.setAttribute("model", id);
  };

  #drag = dragHandler(
    (over) => {
      this.#dragging = over;
      this.requestUpdate();
    },
    (file) => this.#dropped(file),
  );

  #dropped(file: File) {
    if (this.#panel.dropped(file)) return;
    if (this.#family?.capabilities.language && !file.name.endsWith(".safetensors")) {
      this.setAttribute("view", "train");
      void this.updateComplete.then(() => this.#train.dropped(file));
      return;
    }
    const view = this.#shown().find((id) => this.#panels.get(id)?.dropped(file));
    if (view) this.setAttribute("view", view);
    else void this.importCheckpoint(file);
  }

  #go = (view: ViewName, byKey: boolean) => {
    this.setAttribute("view", view);
    if (byKey) void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#tab-${view}`)?.focus());
  };

  #dismiss = (notice: Notice, retry: boolean) => this.trainer.notices.dismiss(notice, retry);

  protected override render(): TemplateResult {
    const {
      info,
      device,
      own,
      settled: { view },
    } = this;
    const waiting = !this.#drawn;
    // From a model of pictures one comes to others of pictures.
    const languages = this.#description?.families.filter((f) => f.capabilities.language).map((f) => f.id) ?? [];
    const models = this.family
      ? []
      : this.#models.filter((m) => languages.includes(m.family) === languages.includes(this.#family?.id ?? ""));
    const body = html`<div
      class="body ${waiting ? "waiting" : ""}"
      part="stage"
      aria-busy=${this.#loading ? "true" : "false"}>
      <div class="panel">${this.#panel.render()}</div>
      <div class="poster" ?hidden=${!waiting}><slot name="poster"></slot></div>
    </div>`;
    const alerts = notices(this.trainer.notices.all, this.#dismiss);
    if (this.bare) return html`<div class="frame bare" part="frame">${body}${alerts}</div>`;
    return html`<section
      class="frame ${this.#dragging ? "dragging" : ""}"
      part="frame"
      aria-label="Generative model"
      @dragover=${this.#drag}
      @dragleave=${this.#drag}
      @drop=${this.#drag}>
      <header class="bar" part="bar">
        ${tabs(shownViews(this.#views, this.views), view, this.#go)}
        ${models.length && (own || !this.src) ? chooser(models, this.#entry?.id ?? this.model ?? undefined, own, this.#choose) : nothing}
      </header>
      ${alerts}
      <div id="panel" role="tabpanel" aria-labelledby=${`tab-${view}`}>${body}</div>
      <footer part="foot">
        <p class="caption" part="caption">${this.#loading ?? (info ? this.#panel.caption(info) : "")}</p>
        ${
          info
            ? facts(info, device, this.#entry, own, {
                back: () => void this.load(),
                download: () => void this.attempt(async () => download(await this.trainer.download())),
                open: (file) => void this.importCheckpoint(file),
              })
            : nothing
        }
      </footer>
      ${this.#dragging ? html`<p class="drop" aria-hidden="true">Drop a model or a ${this.#family?.capabilities.language ? "text" : "image"}</p>` : nothing}
    </section>`;
  }
}

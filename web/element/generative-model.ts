import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import { Session, type SavedFile } from "../client/session";
import type { Backend, Device } from "../client/connection";
import type { Description } from "../client/engine";
import { PlaygroundError, badOption, problem } from "../client/errors";
import type { ErrorInfo, Fault, ModelInfo, View } from "../client/protocol";
import { base, bytesOf, modelBytes, modelEntry, siteManifest, type Manifest, type ModelEntry } from "../client/site";
import { InterpolatePanel } from "./interpolate";
import { LatentPanel } from "./latent";
import { ReconstructPanel } from "./reconstruct";
import { SamplesPanel } from "./samples";
import { TrainPanel } from "./train";
import { Trainer } from "./trainer";
import { VIEWS, figure, whole, type Host, type Panel, type ViewName } from "./panel";
import { reducedMotion } from "./draw";
import { GLOBAL, OWN } from "./names";
import styles from "./element.css";
import plotStyles from "uplot/dist/uPlot.min.css";

const TABS: Record<ViewName, string> = { samples: "Samples", latent: "Latent map", reconstruct: "Reconstruct", interpolate: "Interpolate", train: "Train" };
const BACKENDS: readonly string[] = ["auto", "webgpu", "cpu"];
/** Larger than any model here; the worker has the last word. */
const LARGEST_FILE = 256 << 20;

/** What is in use and why, in a sentence. */
export function deviceSentence({ backend, adapter, reason }: Device): string {
  const cpu = "Running on the processor, through WebAssembly";
  if (backend === "webgpu") return `Running on the graphics card${adapter ? ` (${adapter})` : ""}, through WebGPU${reason === "requested" ? ", as asked for" : ""}.`;
  if (reason === "no-webgpu") return `${cpu}: this browser has no WebGPU.`;
  if (reason === "no-adapter") return `${cpu}: the browser knows WebGPU but found no graphics card for it.`;
  if (reason === "fallback-adapter") return `${cpu}: the only graphics adapter here is software, which is slower.`;
  if (reason.startsWith("failed:")) return `${cpu}: the graphics card could not be used (${reason.slice(7).trim()}).`;
  return `${cpu}, as asked for.`;
}

/** `<generative-model>`: a model that samples and trains where it stands. See README.md. */
export class GenerativeModel extends LitElement implements Host {
  static override styles = [unsafeCSS(plotStyles), unsafeCSS(styles)];
  static override properties = {
    model: {}, src: {}, view: {}, views: {}, seed: {}, count: {}, backend: {}, controls: {}, refresh: {}, columns: {},
  };
  declare model: string | null;
  declare src: string | null;
  declare view: string | null;
  declare views: string | null;
  declare seed: string | number | null;
  declare count: string | number | null;
  declare backend: string | null;
  declare controls: string | null;
  declare refresh: string | number | null;
  declare columns: string | number | null;

  session: Session | undefined;
  info: ModelInfo | undefined;
  device: Device | undefined;
  settled: { view: ViewName; seed: number; count: number; backend: Backend } = { view: "samples", seed: 1, count: 32, backend: "auto" };
  sampleOptions: Record<string, unknown> = {};
  readonly trainer: Trainer;
  #panels: Record<ViewName, Panel>;
  #samples: SamplesPanel;
  #notices: (ErrorInfo & { retry: boolean })[] = [];
  #manifest: Manifest | undefined;
  #entry: ModelEntry | undefined;
  #description: Description | undefined;
  #loading: string | undefined;
  #loads = 0;
  #drawn = false;
  #stale = false;
  #active = false;
  #seen = false;
  #dragging = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #intersections: IntersectionObserver | undefined;
  #sizes: ResizeObserver | undefined;
  #attributes: MutationObserver | undefined;
  #scheme = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    super();
    this.#samples = new SamplesPanel(this);
    this.#panels = {
      samples: this.#samples,
      latent: new LatentPanel(this),
      reconstruct: new ReconstructPanel(this),
      interpolate: new InterpolatePanel(this),
      train: new TrainPanel(this),
    };
    this.trainer = new Trainer(this, `${location.pathname}#${this.id || this.getAttribute("model") || ""}`);
  }

  get bare() { return this.controls === "none"; }
  get quiet() { return Number(this.refresh) > 0; }
  get tileColumns() { return whole(String(this.columns ?? ""), 1, 64); }
  get #panel(): Panel { return this.#panels[this.settled.view]; }

  // ---- Life in the page

  override connectedCallback() {
    super.connectedCallback();
    // Near the viewport it wakes; out of sight it rests.
    this.#intersections = new IntersectionObserver(([entry]) => this.#sight(entry?.isIntersecting ?? false), { rootMargin: "160px" });
    this.#intersections.observe(this);
    this.#sizes = new ResizeObserver(() => this.#panel.redraw(false));
    this.#sizes.observe(this);
    this.#attributes = new MutationObserver((changes) => this.#options(changes.map((c) => c.attributeName ?? "")));
    this.#attributes.observe(this, { attributes: true });
    this.#scheme.addEventListener("change", this.#recolour);
    document.addEventListener("visibilitychange", this.#visibility);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#intersections?.disconnect();
    this.#sizes?.disconnect();
    this.#attributes?.disconnect();
    this.#scheme.removeEventListener("change", this.#recolour);
    document.removeEventListener("visibilitychange", this.#visibility);
    // An element that is only moved is connected again before this runs.
    queueMicrotask(() => { if (!this.isConnected) this.dispose(); });
  }

  #recolour = () => this.#panel.redraw(true);
  #visibility = () => this.#sight(this.#seen);

  #sight(near: boolean) {
    this.#seen = near;
    const seen = near && !document.hidden;
    if (seen && !this.#active) {
      this.#active = true;
      void this.load();
    }
    void this.attempt(() => this.trainer.watch(seen));
    clearInterval(this.#timer);
    if (seen && this.quiet && !reducedMotion()) {
      this.#timer = setInterval(() => {
        if (!this.info || this.settled.view !== "samples") return;
        this.settled = { ...this.settled, seed: (this.settled.seed + 1) >>> 0 };
        this.#panel.refresh();
      }, Math.max(1, Number(this.refresh)) * 1000);
    }
  }

  // ---- Methods for scripts

  /** Opens a shipped model by its id; without one, that of the attributes, afresh. */
  async load(model?: string): Promise<void> {
    this.#active = true;
    if (model !== undefined && model !== this.model) {
      this.setAttribute("model", model); // Comes back here by way of the change.
      return;
    }
    const load = ++this.#loads;
    this.#status("Fetching the model…");
    await this.attempt(async () => {
      const session = this.#wake();
      const source = this.src
        ? bytesOf(new URL(this.src, document.baseURI)).then((bytes) => ({ bytes, sha256: null, entry: undefined }))
        : modelEntry(this.model ?? "vae-mnist").then(async (entry) => ({ bytes: await modelBytes(entry), sha256: entry.sha256, entry }));
      const [{ bytes, sha256, entry }] = await Promise.all([source, this.#prepare(session)]);
      if (load !== this.#loads || session !== this.session) return;
      await this.trainer.pause();
      this.trainer.leave();
      const info = await session.open(bytes, sha256);
      if (load !== this.#loads) return;
      this.#entry = entry;
      this.announce("ready", { model: info, device: this.device });
      this.changed();
    });
    if (load === this.#loads) this.#status(undefined);
  }

  /** Trains: the model in training, else a new one from scratch. */
  async play(): Promise<void> { await this.#awake(); await this.attempt(() => this.trainer.play()); }
  /** Stops the training after the step under way. */
  async pause(): Promise<void> { await this.attempt(() => this.trainer.pause()); }
  /** Trains for so many steps. */
  async step(steps = 1): Promise<void> { await this.#awake(); await this.attempt(() => this.trainer.step(steps)); }
  /** Back to the shipped model. */
  async reset(): Promise<void> { await this.load(); }

  /** Draws samples and gives their pixels. */
  async sample(options: { count?: number; seed?: number } & Record<string, unknown> = {}): Promise<View | undefined> {
    await this.#awake();
    const { count = this.settled.count, seed = this.settled.seed, ...rest } = options;
    return this.attempt(async () => this.session?.sample(count, seed, { ...this.sampleOptions, ...rest }));
  }

  /** The model as a safetensors file. */
  async exportCheckpoint(): Promise<Blob | undefined> {
    await this.#awake();
    return this.attempt(async () => blobOf(await this.#required().exportModel(false)));
  }

  /** The model with all that is needed to train on. */
  async snapshot(): Promise<Blob | undefined> {
    await this.#awake();
    return this.attempt(async () => blobOf(await this.#required().exportModel(true)));
  }

  /** Opens a file; if it cannot be, the model that was there stays. */
  async importCheckpoint(file: Blob | ArrayBuffer | Uint8Array): Promise<void> {
    await this.attempt(async () => {
      const size = file instanceof Blob ? file.size : file.byteLength;
      if (size > LARGEST_FILE) throw problem("checkpoint-too-large", `This checkpoint has ${size} bytes; at most ${LARGEST_FILE} are accepted.`, "Choose a .safetensors file that this playground saved.");
      const bytes = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array(file);
      const session = this.#wake();
      await this.#prepare(session);
      const info = await session.open(bytes, null);
      await this.trainer.adopt(info);
      this.announce("ready", { model: info, device: this.device });
    });
  }

  /** Ends what the element does and frees what it holds; `load` begins anew. */
  dispose() {
    clearInterval(this.#timer);
    this.#loads++;
    this.#panel.hide();
    this.trainer.dispose();
    this.session?.dispose();
    this.session = undefined;
    this.info = undefined;
    this.device = undefined;
    this.#active = this.#drawn = false;
  }

  /** Breaks the worker on purpose, so that its recovery can be seen. */
  async fireDrill(kind: Fault): Promise<void> { await this.session?.fault(kind).catch(() => undefined); }

  /** What differs from the defaults, as names and values for a URL. */
  get state(): Record<string, string> {
    const { view, seed, count, backend } = this.settled;
    const state: Record<string, string> = {};
    if (this.model) state["model"] = this.model;
    state["view"] = view;
    if (seed !== 1 && !this.quiet) state["seed"] = String(seed);
    if (count !== 32) state["count"] = String(count);
    if (backend !== "auto") state["backend"] = backend;
    for (const [name, value] of Object.entries(this.sampleOptions)) state[name] = String(value);
    for (const [name, param] of Object.entries(this.#panel.params)) {
      const value = param.get();
      if (value !== undefined) state[name] = value;
    }
    if (view === "train") Object.assign(state, this.trainer.state());
    return state;
  }

  // ---- What panels need

  /** Runs something for the reader; what goes wrong becomes a notice and an event. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (e) {
      this.report(e);
      return undefined;
    }
  }

  report(thrown: unknown) {
    const error = PlaygroundError.from(thrown);
    // Cancels were wished for; a replaced worker is told about once, by the session.
    if (error.code === "cancelled" || (error.code === "worker-restarted" && thrown instanceof PlaygroundError && !this.#telling)) return;
    const { code, message, hint, recoverable } = error;
    const notice = { code, message, hint, recoverable, retry: !recoverable || code === "fetch-failed" };
    this.#notices = [...this.#notices.filter((n) => n.code !== code || n.message !== message), notice].slice(-4);
    this.requestUpdate();
    this.announce("error", { code, message, hint, recoverable });
  }
  #telling = false;

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
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blobOf(file));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // ---- Inside

  #required(): Session {
    if (!this.session) throw problem("unknown-session", "There is no model here yet.", "Wait for the element's ready event.");
    return this.session;
  }

  async #awake() { if (!this.info) await this.load(); }

  #status(text: string | undefined) {
    this.#loading = text;
    this.requestUpdate();
  }

  #wake(): Session {
    if (this.session) return this.session;
    const session = new Session(this.settled.backend, {
      model: (info) => {
        this.info = info;
        this.#stale = true;
        this.requestUpdate();
      },
      training: (state, samples) => {
        if (!this.info) return;
        this.info = { ...this.info, step: state.step, state };
        this.#panel.trained(state, samples);
        this.announce("step", { step: state.step, epoch: state.epoch, rate: state.rate, losses: state.losses });
        this.requestUpdate();
      },
      snapshot: (step, bytes) => this.trainer.keep(step, bytes),
      restarted: (cause, fatal) => this.#restarted(session, cause, fatal),
    });
    this.session = session;
    session.device.then((device) => this.#using(device), () => undefined);
    siteManifest().then((m) => { this.#manifest = m; this.requestUpdate(); }, () => undefined);
    void this.trainer.look();
    return session;
  }

  #using(device: Device) {
    const before = this.device;
    this.device = device;
    this.requestUpdate();
    if (before?.backend !== device.backend || before.reason !== device.reason) this.announce("backendchange", { ...device, sentence: deviceSentence(device) });
  }

  #restarted(session: Session, cause: PlaygroundError, fatal: boolean) {
    if (session !== this.session) return;
    this.#telling = true;
    if (fatal) {
      this.report(problem(cause.code, cause.message, "Press “Try again”, or reload the page.", false));
      session.dispose();
      this.session = undefined;
    } else {
      const where = this.trainer.own && this.info ? ` Your model goes on from step ${figure(this.info.step)}.` : " Everything is as it was.";
      this.report(problem(cause.code === "device-lost" ? "device-lost" : "worker-restarted",
        `${cause.code === "device-lost" ? cause.message : "The computation stopped unexpectedly."} A new worker has taken over.${where}`, "There is nothing that you need to do."));
      session.device.then((device) => this.#using(device), () => undefined);
      this.#stale = true;
    }
    this.#telling = false;
    this.requestUpdate();
  }

  /** Descriptions and options that the first picture may depend on. */
  async #prepare(session: Session): Promise<void> {
    const describe = session.describe().then((description) => {
      this.#description = description;
      const family = description.families[0];
      if (family) {
        this.#samples.describe(family.sampleSchema);
        this.trainer.describe(family.id, family.configSchema, description.trainSchema);
      }
      this.requestUpdate();
    });
    const names = this.getAttributeNames();
    await describe;
    await this.#take(names);
  }

  #options(names: string[]) {
    if (this.#description) void this.attempt(async () => { if (await this.#take(names)) this.#stale = true; this.requestUpdate(); });
  }

  /** Takes attributes that are parameters of a panel or options of the model; Rust checks the latter. */
  async #take(attributes: string[]): Promise<boolean> {
    const { session } = this;
    const family = this.#description?.families[0];
    if (!session || !family || !this.#description) return false;
    const entries: Record<"config" | "train" | "sample", [string, string][]> = { config: [], train: [], sample: [] };
    let any = false;
    for (const attribute of new Set(attributes)) {
      if (OWN.includes(attribute) || GLOBAL.test(attribute)) continue;
      any = true;
      const name = attribute.replaceAll("-", "_");
      const text = this.getAttribute(attribute) ?? undefined;
      const param = Object.values(this.#panels).find((p) => name in p.params)?.params[name];
      if (param) {
        try {
          param.set(text);
        } catch (e) {
          this.report(e);
        }
        continue;
      }
      const scope = name in (family.configSchema.properties ?? {}) ? "config" : name in (this.#description.trainSchema.properties ?? {}) ? "train" : "sample";
      if (text !== undefined) entries[scope].push([name, text]);
      else if (scope === "sample") delete this.sampleOptions[name];
      else delete this.trainer.drafts[scope][name];
    }
    const { values, errors } = await session.check("sample", family.id, entries.sample);
    this.sampleOptions = { ...this.sampleOptions, ...values };
    for (const scope of ["config", "train"] as const) if (entries[scope].length) errors.push(...(await this.trainer.wish(scope, entries[scope])));
    for (const error of errors) this.report(error);
    if (any) this.changed();
    return any;
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const take = <K extends "view" | "seed" | "count" | "backend">(name: K, parse: (text: string) => (typeof this.settled)[K] | undefined, fallback: (typeof this.settled)[K], expected: string) => {
      if (!changed.has(name)) return;
      const text = this[name] === null || this[name] === undefined ? undefined : String(this[name]);
      const value = text === undefined ? fallback : parse(text);
      if (value === undefined) {
        this.report(badOption(name, text ?? "", `${expected} is expected`));
        return;
      }
      if (value !== this.settled[name]) {
        if (name === "view") this.#panel.hide();
        this.settled = { ...this.settled, [name]: value };
        this.#stale = true;
        this.announce("statechange", { state: this.state });
      }
    };
    const among = <T extends string>(all: readonly string[]) => (text: string) => (all.includes(text) ? (text as T) : undefined);
    const views = this.#shown();
    take("view", among<ViewName>(views), views[0] ?? "samples", `one of ${views.join(", ")}`);
    take("seed", (text) => whole(text, 0, 0xffff_ffff), 1, "a whole number from 0 to 4294967295");
    take("count", (text) => whole(text, 1, 400), 32, "a whole number from 1 to 400");
    take("backend", among<Backend>(BACKENDS), "auto", "auto, webgpu or cpu");
  }

  protected override updated(changed: PropertyValues<this>) {
    if (this.#active && this.hasUpdated && this.session) {
      if (changed.has("backend") && changed.get("backend") !== undefined) void this.#move();
      else if ((changed.has("model") || changed.has("src")) && changed.size) void this.load();
    }
    if (this.#stale && this.info) {
      this.#stale = false;
      this.#panel.refresh();
    }
    this.#panel.updated();
  }

  /** Takes the model to another back end. */
  async #move() {
    await this.attempt(async () => {
      await this.trainer.pause();
      const { session } = this;
      const file = this.trainer.own ? await session?.exportModel(true) : undefined;
      session?.dispose();
      this.session = undefined;
      if (file) await this.importCheckpoint(file.bytes);
      else await this.load();
    });
  }

  #shown(): ViewName[] {
    const wished = (this.views ?? "").split(/[\s,]+/).filter((v): v is ViewName => (VIEWS as readonly string[]).includes(v));
    return wished.length ? wished : [...VIEWS];
  }

  #drag = (e: DragEvent) => {
    if (this.bare || !e.dataTransfer?.types.includes("Files")) return;
    e.preventDefault();
    const over = e.type === "dragover";
    if (e.type === "drop") {
      const file = e.dataTransfer.files[0];
      if (file) this.#dropped(file);
    }
    if (over !== this.#dragging) {
      this.#dragging = over;
      this.requestUpdate();
    }
  };

  #dropped(file: File) {
    if (this.#panel.dropped(file)) return;
    if (file.type.startsWith("image/") && this.#shown().includes("reconstruct")) {
      this.setAttribute("view", "reconstruct");
      void this.updateComplete.then(() => this.#panels.reconstruct.dropped(file));
    } else {
      void this.importCheckpoint(file);
    }
  }

  #tabKey = (e: KeyboardEvent) => {
    const views = this.#shown();
    const at = views.indexOf(this.settled.view);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: views.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const view = views[(to + views.length) % views.length];
    if (!view) return;
    this.setAttribute("view", view);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#tab-${view}`)?.focus());
  };

  protected override render(): TemplateResult {
    const waiting = !this.#drawn;
    const body = html`<div class="body ${waiting ? "waiting" : ""}" part="stage" aria-busy=${this.#loading ? "true" : "false"}>
      <div class="panel">${this.#panel.render()}</div>
      <div class="poster" ?hidden=${!waiting}><slot name="poster"></slot></div>
    </div>`;
    if (this.bare) return html`<div class="frame bare" part="frame">${body}${this.#alerts()}</div>`;
    const { view } = this.settled;
    return html`<section class="frame ${this.#dragging ? "dragging" : ""}" part="frame" aria-label="Generative model"
      @dragover=${this.#drag} @dragleave=${this.#drag} @drop=${this.#drag}>
      <header class="bar" part="bar">
        <div class="tabs" role="tablist" aria-label="Views" @keydown=${this.#tabKey}>
          ${this.#shown().map((v) => html`<button type="button" role="tab" id=${`tab-${v}`} aria-selected=${v === view ? "true" : "false"} aria-controls="panel"
            tabindex=${v === view ? 0 : -1} @click=${() => this.setAttribute("view", v)}>${TABS[v]}</button>`)}
        </div>
        ${this.#chooser()}
      </header>
      ${this.#alerts()}
      <div id="panel" role="tabpanel" aria-labelledby=${`tab-${view}`}>${body}</div>
      <footer part="foot">
        <p class="caption" part="caption">${this.#loading ?? (this.info ? this.#panel.caption(this.info) : "")}</p>
        ${this.#facts()}
      </footer>
      ${this.#dragging ? html`<p class="drop" aria-hidden="true">Drop a model or a picture</p>` : nothing}
    </section>`;
  }

  #chooser() {
    const models = this.#manifest?.models ?? [];
    const own = this.trainer.own;
    if (!models.length || (this.src && !own)) return nothing;
    return html`<label class="inline chooser">Model <select @change=${(e: Event) => {
      const { value } = e.target as HTMLSelectElement;
      if (value && value !== this.model) this.setAttribute("model", value);
      else if (value) void this.load();
    }}>
      ${own ? html`<option value="" selected>yours</option>` : nothing}
      ${models.map((m) => html`<option value=${m.id} ?selected=${!own && m.id === (this.#entry?.id ?? this.model)}>${m.title}</option>`)}
    </select></label>`;
  }

  #alerts() {
    return html`<div class="notices" part="notices" role="alert">${this.#notices.map((n) => html`<div class="notice" data-code=${n.code}>
      <p><code>${n.code}</code> ${n.message} ${n.hint}</p>
      ${n.retry ? html`<button type="button" @click=${() => { this.#dismiss(n); void this.load(); }}>Try again</button>` : nothing}
      <button type="button" class="close" aria-label="Dismiss" @click=${() => this.#dismiss(n)}>×</button>
    </div>`)}</div>`;
  }

  #dismiss(notice: ErrorInfo) {
    this.#notices = this.#notices.filter((n) => n !== notice);
    this.requestUpdate();
  }

  #facts() {
    const { info, device } = this;
    if (!info) return nothing;
    const card = !this.trainer.own && this.#entry?.card ? new URL(`checkpoints/${this.#entry.card}`, base).href : undefined;
    return html`<div class="facts">
      <p>${figure(info.parameters)} parameters, ${info.latentDim} latent.
        ${card ? html`<a href=${card}>About this model</a>` : nothing}
        ${device ? html`<span class="device" title=${deviceSentence(device)}>${device.backend === "webgpu" ? "WebGPU" : "CPU"}</span>` : nothing}</p>
      <p class="row">
        ${this.trainer.own ? html`<button type="button" @click=${() => void this.load()}>Back to ${this.#entry?.title ?? "the shipped model"}</button>` : nothing}
        <button type="button" @click=${() => void this.attempt(async () => this.save(await this.#required().exportModel(this.trainer.own)))}>Download model</button>
        <label class="button">Open model<input class="unseen" type="file" accept=".safetensors" @change=${(e: Event) => {
          const input = e.target as HTMLInputElement;
          const file = input.files?.[0];
          input.value = "";
          if (file) void this.importCheckpoint(file);
        }}></label>
      </p>
    </div>`;
  }
}

const blobOf = ({ bytes, mime }: SavedFile) => new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mime });

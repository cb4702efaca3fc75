import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Description } from "../../client/engine";
import { CUSTOM } from "../../client/engine";
import { PlaygroundError, problem } from "../../client/errors";
import type { FamilyInfo, JsonSchema, PointSource, Preset, View } from "../../client/protocol";
import { Session } from "../../client/session";
import { readKept } from "../../client/store";
import { notices, type Notice } from "../chrome";
import { reducedMotion } from "../draw";
import { figureKeys } from "../figure-key";
import { checkpointBytes, download, dragHandler } from "../files";
import { properties, read, type Name } from "../attributes";
import { linkable } from "../names";
import { START } from "../points-task";
import { Presence, type Present } from "../presence";
import plotStyles from "uplot/dist/uPlot.min.css";
import { controls, type Desk } from "./controls";
import { Learner, type Bench, type Scope, type Task } from "./learner";
import { SHOWN, adopt, stateOf, take, type Wishes } from "./links";
import { FamilyPanel, type Stage } from "./panel";
import { Source, type Chooser } from "./source";
import { table } from "./table";
import styles from "../element.css";
import drawingStyles from "../render/plot.css";
import labStyles from "./lab.css";

/** Between two measurements, milliseconds. */
const MEASURE = 2500;
/** Between two renderings of what training tells. */
const SHOW = 200;

/**
 * `<generative-lab>`: families of models that learn one set of 2-D points, side by side.
 *
 * Attributes: `family` (an id, or `all`), `families` (which there are to choose from), `data`,
 * `points`, `noise`, `seed`, `steps` or `seconds`, `rate`, `preset`, `plot`, `at`, `overlay`,
 * any option of a family (`beta="4"`, or `vae.beta="4"` where there are several), `autoplay`,
 * `backend`, and `controls`: `full`, `few` (plot and transport) or `none` (the plot alone).
 * What there is to choose from comes from the worker's description. Children with `slot` equal
 * to a family's id and a `data-title` stand at its panel in place of its plain equation.
 */
export class GenerativeLab extends LitElement implements Bench, Stage, Chooser, Wishes, Desk, Present {
  static override styles = [unsafeCSS(plotStyles), unsafeCSS(styles), unsafeCSS(drawingStyles), unsafeCSS(labStyles)];
  // The back end is asked for by its meaning, so its property has accessors of its own.
  static override properties = { ...properties("lab"), backend: { noAccessor: true, attribute: false } };

  task: Task = {
    data: START.data,
    dataOptions: {},
    kind: "points",
    seed: START.seed,
    points: 0,
    budget: { steps: START.steps, seconds: null },
    rate: null,
  };
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
  #panels = new Map<string, FamilyPanel>();
  /** Asks what belongs to no model. */
  #desk: Session | undefined;
  #notices: Notice[] = [];
  #truth: string | undefined;
  #measuring = false;
  /** The attributes as they were taken last. */
  #taken = "";
  #dragging = false;
  #ready: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #tiles = new IntersectionObserver((entries) => this.#sighted(entries), { rootMargin: "350px" });
  #watched = new Set<Element>();

  constructor() {
    super();
    new Presence(this);
  }

  get level(): Stage["level"] {
    return this.#says("controls") ?? "full";
  }
  get backend(): Bench["backend"] {
    return this.#says("backend");
  }
  set backend(wished: Bench["backend"] | null) {
    if (wished) this.setAttribute("backend", wished);
    else this.removeAttribute("backend");
  }
  /** What an attribute says; what it cannot mean is told when it is set. */
  #says<N extends "controls" | "backend" | "autoplay" | "families" | "keep-training">(
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
    return this.#says("keep-training");
  }
  trains(learner: Learner) {
    return this.awake && this.shown.includes(learner);
  }
  /** Families that can learn the data at hand. */
  get able(): Learner[] {
    return [...this.learners.values()].filter((l) => l.family.spaces.some((s) => s.kind === this.task.kind));
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

  // ---- Methods for scripts

  /** Makes the models; resolves when the first description is there. */
  load(): Promise<void> {
    // What was set as properties becomes attributes with the first rendering.
    const set = this.hasUpdated || !this.isConnected ? Promise.resolve(true) : this.updateComplete;
    this.#ready ??= set
      .then(() => this.#begin())
      .catch((e: unknown) => {
        this.#ready = undefined;
        this.report(e, true);
      });
    return this.#ready;
  }

  /** All models on the page train, up to the budget; past it, for the same once more. */
  play() {
    const { budget } = this.task;
    const all = this.shown.filter((l) => l.info);
    if (all.length && all.every((l) => l.done)) {
      if (budget.steps !== null) budget.steps = Math.max(...all.map((l) => l.info?.step ?? 0)) + budget.steps;
      else if (budget.seconds !== null) budget.seconds += Math.max(...all.map((l) => l.state?.seconds ?? 0));
    }
    for (const l of all) l.failed = false;
    this.wants = true;
    this.#sync();
  }
  pause() {
    this.wants = false;
    this.#sync();
  }
  /** One step of every model on the page. */
  async step(): Promise<void> {
    this.pause();
    await Promise.all(this.shown.map((l) => l.step()));
  }
  /** Everything untrained again. */
  async restart(): Promise<void> {
    this.pause();
    await Promise.all(this.shown.map((l) => l.place(true)));
  }
  /** As it was at first. */
  async reset(): Promise<void> {
    this.pause();
    this.task = {
      ...this.task,
      data: START.data,
      dataOptions: {},
      kind: "points",
      seed: START.seed,
      budget: { steps: START.steps, seconds: null },
      rate: null,
    };
    Object.assign(this, { chosen: "all", experiment: undefined, withData: true });
    for (const l of this.learners.values())
      Object.assign(l, {
        drafts: { config: {}, train: {} },
        at: 0.5,
        plot: l.plots[0]?.id ?? "samples",
        past: undefined,
      });
    for (const name of this.getAttributeNames()) if (linkable(name, "lab")) this.removeAttribute(name);
    this.arrange();
  }

  async #begin() {
    const desk = this.#session();
    this.description = await desk.describe();
    const wished = this.#says("families");
    const plane = (f: FamilyInfo) =>
      f.spaces.some((s) => s.kind === "points" || s.kind === "energy") && (!wished || wished.includes(f.id));
    const families = this.description.families.filter(plane);
    for (const id of [...this.learners.keys()]) if (!families.some((f) => f.id === id)) this.learners.delete(id);
    for (const family of families) {
      if (this.learners.has(family.id)) continue;
      const learner = new Learner(family, this);
      this.learners.set(family.id, learner);
      this.#panels.set(family.id, new FamilyPanel(this, learner));
    }
    this.#kindOf(this.task.data);
    this.#told(SHOWN);
    const said = this.#attributes(this.getAttributeNames());
    // A lab that was only taken out and put back is as it was.
    if (JSON.stringify(said) !== this.#taken) await take(this, said);
    this.#taken = JSON.stringify(said);
    this.arrange();
    if (this.#says("autoplay") && !reducedMotion()) this.play();
  }

  #attributes = (names: string[]): [string, string | null][] =>
    [...new Set(names)].filter((n) => !SHOWN.includes(n)).map((n) => [n, this.getAttribute(n)]);

  #session(): Session {
    this.#desk ??= this.#silent();
    return this.#desk;
  }

  /** A session of which nothing is shown. */
  #silent(): Session {
    const session: Session = new Session(this.backend, {
      model: () => undefined,
      training: () => undefined,
      snapshot: () => undefined,
      restarted: (_cause, fatal) => {
        if (fatal && this.#desk === session) this.#desk = undefined;
      },
    });
    return session;
  }

  // ---- What presence tells

  seen(seen: boolean) {
    this.awake = seen;
    if (seen) void this.load();
    clearInterval(this.#timer);
    if (seen) this.#timer = setInterval(() => this.#measure(), MEASURE);
    this.#sync();
  }

  redraw(recolour: boolean) {
    this.source.redraw(recolour);
    for (const l of this.shown) this.#panels.get(l.family.id)?.redraw(recolour);
  }

  /** Tells what is wrong with attributes that say how the lab is shown. */
  #told(names: readonly string[]) {
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

  attributed(names: string[]) {
    this.#told(names);
    if (names.includes("keep-training")) this.#sync();
    const given = this.#attributes(names);
    this.#taken = JSON.stringify(this.#attributes(this.getAttributeNames()));
    if (this.description && given.length)
      void this.attempt(async () => {
        await take(this, given);
        this.arrange();
      });
  }

  get precious() {
    return this.wants || [...this.learners.values()].some((l) => l.own || (l.info?.step ?? 0) > 0);
  }

  gone() {
    clearInterval(this.#timer);
    this.#tiles.disconnect();
    this.#watched.clear();
    this.wants = false;
    // What is wished for stays, in case the lab is put back.
    for (const l of this.learners.values()) l.end();
    this.#desk?.dispose();
    this.#desk = this.description = this.#ready = this.#truth = undefined;
  }

  #sighted(entries: IntersectionObserverEntry[]) {
    for (const { target, isIntersecting } of entries) {
      const learner = this.learners.get((target as HTMLElement).dataset["family"] ?? "");
      if (!learner || !this.shown.includes(learner) || !target.isConnected) continue;
      learner.visible = isIntersecting;
      if (isIntersecting) learner.refresh();
    }
    this.#sync();
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
    this.#sync();
    this.changed();
  }

  #sync() {
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
    if (learner.info && this.#truth !== this.#truthKey) void this.#look(learner);
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.requestUpdate();
    }, SHOW);
  }

  drawn(learner: Learner, glide: boolean) {
    this.#panels.get(learner.family.id)?.show(glide);
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.requestUpdate();
    }, 0);
  }

  announce(name: string, detail: unknown) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
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
    this.#kindOf(data);
    if (!this.shown.length) this.chosen = "all";
    this.arrange();
  }

  #kindOf(data: string) {
    this.task.kind = this.description?.toys.find((t) => t.id === data)?.kind ?? "points";
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
    const taken = await this.attempt(() => this.#session().loadPoints(source));
    if (!taken) return false;
    this.source.count = taken.count;
    this.source.skipped = taken.skipped ?? "";
    this.task = { ...this.task, points: this.task.points + 1, source };
    this.#notices = this.#notices.filter((n) => n.code !== "bad-data");
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
    return this.#session().check(scope, "", entries);
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

  report(thrown: unknown, retry = false) {
    const { code, message, hint, recoverable } = PlaygroundError.from(thrown);
    this.#notices = [
      ...this.#notices.filter((n) => n.code !== code || n.message !== message),
      { code, message, hint, recoverable, retry },
    ].slice(-6);
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
        const blob = await new Promise<Blob | null>((done) => this.#panels.get(id)?.plot.canvas?.toBlob(done));
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
      const probe = this.#silent();
      const { family, space } = await probe.open(bytes, null).finally(() => probe.dispose());
      const learner = this.learners.get(family);
      if (!learner || (space.kind !== "points" && space.kind !== "energy"))
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

  // ---- Inside

  get #truthKey() {
    return JSON.stringify([this.task.data, this.task.dataOptions, this.task.points]);
  }

  /** The data itself, asked of the first model that has it. */
  async #look({ session, info }: Learner) {
    const key = this.#truthKey;
    if (!session || info?.data !== this.task.data) return;
    this.#truth = key;
    const view: View | undefined = await this.attempt(() =>
      session.view({ type: "data", count: 1000, resolution: 96 }),
    );
    if (view?.kind !== "plot" || key !== this.#truthKey) return;
    const layer = view.layers.find((l) => l.kind === "points");
    for (const [id, panel] of this.#panels) {
      const own = this.learners.get(id)?.info?.data === this.task.data;
      panel.data = own && layer?.kind === "points" ? { points: layer, window: view.window } : undefined;
      panel.show(false);
    }
    this.source.show(view);
  }

  /** Numbers for the table, one model at a time, those first that have none or the oldest. */
  #measure() {
    if (this.#measuring || !this.awake) return;
    const due = this.able
      .filter((l) => l.info && l.measured !== l.info.step && l.session)
      .sort((a, b) => a.measured - b.measured)[0];
    if (!due) return;
    this.#measuring = true;
    void due.measure(this.playing ? 1000 : 4000).finally(() => {
      this.#measuring = false;
    });
  }

  protected override updated() {
    for (const tile of this.renderRoot.querySelectorAll(".tile")) {
      if (this.#watched.has(tile)) continue;
      this.#watched.add(tile);
      this.#tiles.observe(tile);
    }
    for (const tile of this.#watched) {
      if (tile.isConnected) continue;
      this.#watched.delete(tile);
      this.#tiles.unobserve(tile);
    }
    for (const l of this.shown) {
      const panel = this.#panels.get(l.family.id);
      if (!panel) continue;
      if (panel.plot.withData !== this.withData || panel.drawn !== l.plot) {
        panel.drawn = l.plot;
        panel.redraw(false);
      }
      panel.updated();
    }
  }

  #drag = dragHandler(
    (over) => {
      this.#dragging = over;
      this.requestUpdate();
    },
    (file) => {
      if (file.name.endsWith(".safetensors")) void this.open(file);
      else this.source.open(file);
    },
  );

  #paste = (e: ClipboardEvent) => {
    const inField = e.composedPath().some((n) => n instanceof HTMLInputElement && n.type !== "checkbox");
    const text = e.clipboardData?.getData("text/plain") ?? "";
    if (!inField && text) this.source.paste(text);
  };

  #tilesNow() {
    // By their names, so that no panel takes over another one's place unseen.
    if (this.description)
      return repeat(
        this.shown,
        (l) => l.family.id,
        (l) => this.#panels.get(l.family.id)?.render(),
      );
    const wished = this.getAttribute("family");
    const slots = [...this.children].filter((c): c is HTMLElement => c instanceof HTMLElement && c.slot !== "");
    const some = slots.filter((c) => !wished || wished === "all" || c.slot === wished);
    if (!some.length) return FamilyPanel.placeholder(wished ?? "", "");
    return some.map((c) => FamilyPanel.placeholder(c.slot, c.dataset["title"] ?? ""));
  }

  protected override render(): TemplateResult {
    const one = this.chosen !== "all" || (!this.description && (this.getAttribute("family") ?? "all") !== "all");
    const alerts = notices(this.#notices, (n, retry) => {
      this.#notices = this.#notices.filter((other) => other !== n);
      this.requestUpdate();
      if (retry) void this.load();
    });
    const tiles = html`<div class="tiles ${one ? "one" : ""} ${this.level}">${this.#tilesNow()}</div>`;
    if (this.level !== "full")
      return html`<div class="lab ${this.level}">
        ${alerts}${tiles}${this.level === "few" ? controls.transport(this) : nothing}
      </div>`;
    return html`<section
      class="lab frame ${this.#dragging ? "dragging" : ""}"
      aria-label="2-D laboratory"
      @dragover=${this.#drag}
      @dragleave=${this.#drag}
      @drop=${this.#drag}
      @paste=${this.#paste}>
      <div class="desk">${this.source.render()}${controls.render(this)}</div>
      ${alerts}${tiles}
      ${
        this.description
          ? html`${table(this.able)}
              <p class="row foot">
                <label class="button"
                  >Open a model<input
                    class="unseen"
                    type="file"
                    accept=".safetensors"
                    @change=${(e: Event) => {
                      const input = e.target as HTMLInputElement;
                      const file = input.files?.[0];
                      input.value = "";
                      if (file) void this.open(file);
                    }} /></label
                ><span class="aside"
                  >Models that were saved here or by the command line can be looked at and trained on.</span
                >
              </p>`
          : nothing
      }
      ${this.#dragging ? html`<p class="drop" aria-hidden="true">Drop points or a model</p>` : nothing}
    </section>`;
  }
}

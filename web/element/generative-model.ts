import { html, nothing, unsafeCSS, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { PlaygroundError } from "../client/errors";
import type { Fault, View } from "../client/protocol";
import { isPictures } from "../client/pictures";
import { forgetModel, modelEntry, sourceBytes, type ModelEntry } from "../client/site";
import { read } from "./attributes";
import { alike, chooser, facts, notices, tabs, type Notice } from "./chrome";
import { ModelCore } from "./core";
import { reducedMotion } from "./draw";
import { forgetKeys } from "./figure-key";
import { blobOf, download, dragHandler } from "./files";
import { GuestDesk, isForeign } from "./guest";
import { unhide } from "./names";
import { DEFAULT_MODEL, ModelHost } from "./model-host";
import type { ViewName } from "./panel";
import { START, isPlane } from "./points-task";
import drawingStyles from "./render/plot.css";
import pictureStyles from "./pictures/pictures.css";
import scoreStyles from "./score/score.css";
import textStyles from "./text/text.css";
import { Rest } from "./rest";
import { countOf } from "./samples";
import { TabRow } from "./tab-row";
import plotStyles from "uplot/dist/uPlot.min.css";

/** `<generative-model>`: a model that samples and trains where it stands. */
export class GenerativeModel extends ModelHost {
  static override styles: CSSResultGroup = [
    ModelCore.styles,
    ...[plotStyles, drawingStyles, textStyles, pictureStyles, scoreStyles].map((sheet) => unsafeCSS(sheet)),
  ];
  #dragging = false;
  #guests = new GuestDesk(this);
  #tabs = new TabRow();
  #rest = new Rest({
    element: this,
    trainer: this.trainer,
    busy: () => this.active,
    load: () => this.load(),
    sleep: () => {
      this.panel.hide();
      this.active = false;
    },
    wake: () => {
      this.active = true;
      this.wake();
    },
  });

  // ---- Methods for scripts

  /** Opens a shipped model by its id; without one, that of the attributes, afresh. */
  async load(model?: string): Promise<void> {
    this.active = true;
    // What was set as properties becomes attributes with the first rendering.
    if (!this.hasUpdated && this.isConnected) await this.updateComplete;
    if (model !== undefined && model !== this.model) {
      this.setAttribute("model", model); // Comes back here by way of the change.
      return;
    }
    this.arrival.say(this.words.say("fetchingModel"));
    await this.attempt(() => (this.family ? this.#untrained(this.family) : this.#shipped()), "load");
    if (!this.trainer.busy) this.arrival.say(undefined);
  }

  /** An untrained model of a family. */
  async #untrained(family: string) {
    await this.prepare(this.wake(), family);
    const points = isPlane(this.kind);
    if (!(await this.trainer.create({ own: points, play: false }))) return;
    this.entry = undefined;
    this.#ready();
    this.changed();
    if (points && read("autoplay", this.getAttribute("autoplay")) && !reducedMotion()) await this.play();
  }

  async #shipped() {
    let entry: ModelEntry | undefined;
    const done = await this.trainer
      .load(`${this.model} ${this.src}`, async (signal) => {
        const session = this.wake();
        entry = this.src ? undefined : await this.#find();
        const wanted = this.#chosen;
        this.#chosen = false;
        const fetches = (yes: boolean) => this.arrival.say(yes ? this.words.say("fetchingModel") : undefined);
        const [bytes] = await Promise.all([
          entry ? this.#guests.fetched(entry, signal, wanted, fetches) : sourceBytes(this.src ?? "", signal),
          this.prepare(session, entry?.family, signal),
        ]);
        return { bytes, sha256: entry?.sha256 ?? null };
      })
      .catch((e: unknown) => {
        if (entry) forgetModel(entry); // The next try fetches it anew.
        if (this.info) this.speak(this.info.family, this.info.space.kind);
        if (this.info) this.wish.placed();
        throw e;
      });
    if (!done) return;
    this.entry = entry;
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
    const { count = countOf(this.info?.space.kind, this.settled.count), seed = this.settled.seed, ...rest } = options;
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

  /** Opens a file, or the files of a model; if it cannot be, the model that was there stays. */
  async importCheckpoint(file: Blob | ArrayBuffer | Uint8Array | readonly File[]): Promise<void> {
    this.active = true;
    await this.attempt(async () => {
      const session = this.wake();
      this.description = await session.describe();
      const bytes = await this.#guests.bytes(file, session);
      if (bytes && (await this.trainer.open(bytes))) this.#ready();
      this.arrival.say(undefined);
    });
  }

  /** Ends what the element does and frees what it holds; `load` begins anew. */
  dispose() {
    clearTimeout(this.timer);
    this.#rest.end();
    this.panel.hide();
    void this.trainer.dispose();
    this.active = this.isDrawn = false;
  }

  /** Breaks the worker on purpose, so that its recovery can be seen. */
  async fireDrill(kind: Fault): Promise<void> {
    await this.session?.fault(kind).catch(() => undefined);
  }

  // ---- What presence tells

  override seen(seen: boolean) {
    this.#rest.seen(seen);
    this.trainer.watch(seen);
    this.inSight = seen;
    this.tick();
  }

  /**
   * Frees the model's memory until the element is seen again, if the model can be had again as it is: a shipped one, or
   * a training that is kept. What is drawn stays, and so does the height.
   */
  rest(): Promise<void> {
    return this.#rest.rest();
  }

  /** New samples again and again, while somebody can see them. */
  protected tick() {
    clearTimeout(this.timer);
    const { refresh } = this.settled;
    if (!this.inSight || refresh === null || reducedMotion()) return;
    // Not to the second, lest all elements of a page draw in the same moment.
    const next = () => {
      this.timer = setTimeout(
        () => {
          next();
          if (!this.info || !["samples", "write"].includes(this.settled.view)) return;
          this.settled = { ...this.settled, seed: (this.settled.seed + 1) >>> 0 };
          this.panel.again();
        },
        refresh * (900 + 200 * Math.random()),
      );
    };
    next();
  }

  override redraw(recolour: boolean) {
    this.panel.redraw(recolour);
    this.#tabs.look(this.renderRoot, this.settled.view, true);
  }
  override get precious() {
    return this.trainer.own || this.trainer.wants;
  }
  override gone() {
    this.dispose();
    forgetKeys(this);
  }

  override attributed(names: string[]) {
    if (names.includes("hidden")) unhide(this);
    const { session } = this;
    if (names.includes("look")) this.requestUpdate("plot");
    if (!this.description || !session) return;
    void this.attempt(async () => {
      // Other data may be of another kind.
      if (names.includes("data") && this.about && (await this.imagesOf(this.about)) !== this.images) {
        await this.load();
        return;
      }
      if (!(await this.take(session, names))) return;
      this.stale = true;
      // A model of points is made anew where something else is wished for.
      if (isPlane(this.kind) && this.trainer.source === "made") await this.trainer.ensure();
      this.changed();
    });
  }

  // ---- Inside

  async #awake() {
    if (!this.info) await this.load();
  }

  /** The entry of the wished-for model; for an unknown one, that of the model at hand or the default. */
  async #find(): Promise<ModelEntry> {
    try {
      return await modelEntry(this.model ?? DEFAULT_MODEL);
    } catch (e) {
      if (PlaygroundError.from(e).code !== "unknown-model" || this.model === DEFAULT_MODEL) throw e;
      this.report(e);
      const entry = await modelEntry(this.entry?.id ?? DEFAULT_MODEL);
      this.correcting = true;
      this.setAttribute("model", entry.id);
      return entry;
    }
  }

  protected override updated(changed: PropertyValues<this>) {
    if (this.active) {
      if (changed.has("backend") && this.session) void this.#move();
      else if (changed.has("model") && this.correcting) this.correcting = false;
      else if ((changed.has("model") || changed.has("src") || changed.has("family")) && this.session) void this.load();
    }
    if (changed.has("seed") && isPlane(this.kind) && this.trainer.source === "made")
      void this.attempt(() => this.trainer.ensure());
    if (this.stale && this.info && !this.holding) {
      this.stale = false;
      this.panel.refresh();
    }
    this.panel.updated();
    this.#tabs.look(this.renderRoot, this.settled.view);
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

  /** The reader has chosen the model that comes, and has seen how large it is. */
  #chosen = false;

  #choose = (id: string) => {
    this.#chosen = true;
    // Another model of text need not know the letters of what was written for this one.
    if (this.kin?.capabilities.language) for (const name of ["prompt", "text"]) this.removeAttribute(name);
    if (id === this.model) void this.load();
    else this.setAttribute("model", id);
  };

  #drag = dragHandler(
    (over) => {
      this.#dragging = over;
      this.requestUpdate();
    },
    (file, all) => this.#dropped(file, all),
  );

  #dropped(file: File, all: DataTransfer) {
    const files = [...all.files];
    if (isForeign(files)) return void this.importCheckpoint(files);
    if (this.choice.train.brought(file, all, this.settled.view === "train")) {
      this.setAttribute("view", "train");
      return;
    }
    if (this.panel.dropped(file)) return;
    if (this.kin?.capabilities.language && !file.name.endsWith(".safetensors")) {
      this.setAttribute("view", "train");
      void this.updateComplete.then(() => this.choice.train.dropped(file));
      return;
    }
    const view = this.wish.shown.find((id) => this.choice.panel(id).dropped(file));
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
      words,
      settled: { view },
    } = this;
    const waiting = !this.isDrawn;
    const models = this.family ? [] : alike(this.shipped, this.description?.families ?? [], this.kin?.id);
    const body = html`<div
      class="body ${waiting ? "waiting" : ""}"
      part="stage"
      aria-busy=${this.arrival.told ? "true" : "false"}>
      <div class="panel">${this.panel.render()}</div>
      <div class="poster" ?hidden=${!waiting}>
        <slot name="poster"></slot>
        ${this.bare ? nothing : html`<p class="aside">${this.arrival.told}</p>`}
      </div>
    </div>`;
    const chosen = this.entry?.id ?? this.model ?? undefined;
    const drop = this.kin?.capabilities.language ? "dropText" : "dropImage";
    const alerts = notices(words, this.trainer.notices.all, this.#dismiss);
    if (this.bare) return html`<div class="frame bare" part="frame">${body}${alerts}</div>`;
    const states = [this.#dragging && "dragging", waiting && "early", isPictures(info?.data) && "as-is"];
    return html`<section
      class=${["frame", ...states.filter(Boolean)].join(" ")}
      part="frame"
      aria-label=${words.say("aModel")}
      @dragover=${this.#drag}
      @dragleave=${this.#drag}
      @drop=${this.#drag}>
      <header class="bar" part="bar">
        ${tabs(words, this.choice.shown(this.views), view, this.#go)}
        ${models.length && (own || !this.src) ? chooser(words, models, chosen, own, this.#choose) : nothing}
      </header>
      ${alerts}${this.#guests.render()}
      <div id="panel" role="tabpanel" aria-labelledby=${`tab-${view}`}>${body}</div>
      <footer part="foot">
        <p class="caption" part="caption">${this.arrival.told ?? (info ? this.panel.caption(info) : "")}</p>
        ${
          info
            ? facts(words, info, device, this.entry, own, {
                back: () => void this.load(),
                download: () => void this.attempt(async () => download(await this.trainer.download())),
                page: () => void this.attempt(async () => download(await this.trainer.page())),
                open: (_file, all) => void this.importCheckpoint(all),
              })
            : nothing
        }
      </footer>
      ${this.#dragging ? html`<p class="drop" aria-hidden="true">${words.say(drop)}</p>` : nothing}
    </section>`;
  }
}

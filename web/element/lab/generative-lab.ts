import { html, nothing, unsafeCSS, type CSSResultGroup, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Number as Figure } from "../../client/protocol";
import { notices } from "../chrome";
import { LabCore } from "../core";
import { reducedMotion } from "../draw";
import { fileButton } from "../file-button";
import { dragHandler } from "../files";
import { Places } from "../inputs/place";
import { linkable, unhide } from "../names";
import { START, isPlane } from "../points-task";
import plotStyles from "uplot/dist/uPlot.min.css";
import { controls } from "./controls";
import { LabHost } from "./lab-host";
import { Learner } from "./learner";
import { named, SHOWN, take } from "./links";
import { FamilyPanel } from "./panel";
import { table } from "./table";
import drawingStyles from "../render/plot.css";

/** Between two measurements, milliseconds. */
const MEASURE = 2500;
/**
 * `<generative-lab>`: families of models that learn one set of 2-D points, side by side.
 *
 * Attributes: `family` (an id, or `all`), `families` (which there are to choose from), `data`,
 * `points`, `noise`, `seed`, `steps` or `seconds`, `rate`, `preset`, `plot`, `at`, `overlay`,
 * any option of a family (`beta="4"`, or `vae.beta="4"` where there are several), `autoplay`,
 * `backend`, and `controls`: `full`, `few` (plot and transport) or `none` (the plot alone).
 * What there is to choose from comes from the worker's description. Children with `slot` equal
 * to a family's id and a `data-title` stand at its panel in place of its equation.
 */
export class GenerativeLab extends LabHost {
  static override styles: CSSResultGroup = [
    LabCore.styles,
    ...[plotStyles, drawingStyles].map((sheet) => unsafeCSS(sheet)),
  ];
  #dragging = false;
  #ready: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #tiles = new IntersectionObserver((entries) => this.#sighted(entries), { rootMargin: "350px" });
  #watched = new Set<Element>();
  /** Of the table, in the order in which they came. */
  #columns = new Map<string, Figure>();

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
    this.sync();
  }
  /** All models stop after the step under way. */
  pause() {
    this.wants = false;
    this.sync();
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
      data: this.standard,
      dataOptions: {},
      kind: this.description?.toys.find((t) => t.id === this.standard)?.kind ?? "points",
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
    const desk = this.deskSession();
    this.description = await desk.describe();
    const plane = this.description.families.filter(({ spaces }) => spaces.some((s) => isPlane(s.kind)));
    // Those that learn points, unless others are asked for by their names.
    const points = plane.filter(({ spaces }) => spaces.some((s) => s.kind === "points"));
    const wished = this.says("families");
    const families = wished ? named(plane, wished, (error) => this.report(error)) : points;
    for (const id of [...this.learners.keys()]) if (!families.some((f) => f.id === id)) this.learners.delete(id);
    for (const family of families) {
      if (this.learners.has(family.id)) continue;
      const places = new Places(this, () => learner.refresh(true), `scrub-${family.id}`);
      const learner: Learner = new Learner(family, this, places);
      this.learners.set(family.id, learner);
      this.panels.set(family.id, new FamilyPanel(this, learner));
    }
    if (this.task.data === START.data) this.task.data = this.standard;
    this.kindOf(this.task.data);
    this.tellShown(SHOWN);
    const said = this.given(this.getAttributeNames());
    // A lab that was only taken out and put back is as it was.
    if (JSON.stringify(said) !== this.taken) await take(this, said);
    this.taken = JSON.stringify(said);
    this.arrange();
    if (this.says("autoplay") && !reducedMotion()) this.play();
  }

  // ---- What presence tells

  override seen(seen: boolean) {
    this.awake = seen;
    if (seen) void this.load();
    clearInterval(this.#timer);
    if (seen) this.#timer = setInterval(() => this.#measure(), MEASURE);
    this.sync();
  }

  override redraw(recolour: boolean) {
    this.source.redraw(recolour);
    for (const l of this.shown) this.panels.get(l.family.id)?.redraw(recolour);
  }

  override attributed(names: string[]) {
    if (names.includes("hidden")) unhide(this);
    this.tellShown(names);
    if (names.includes("keep-training")) this.sync();
    const given = this.given(names);
    // Before there is anything to take them, they wait.
    if (!this.description) return;
    this.taken = JSON.stringify(this.given(this.getAttributeNames()));
    if (given.length)
      void this.attempt(async () => {
        await take(this, given);
        this.arrange();
      });
  }

  override get precious() {
    return this.wants || [...this.learners.values()].some((l) => l.own || (l.info?.step ?? 0) > 0);
  }

  override gone() {
    clearInterval(this.#timer);
    this.#tiles.disconnect();
    this.#watched.clear();
    this.wants = false;
    // What is wished for stays, in case the lab is put back.
    for (const l of this.learners.values()) l.end();
    this.desk?.dispose();
    this.desk = this.description = this.#ready = this.truth = undefined;
  }

  #sighted(entries: IntersectionObserverEntry[]) {
    for (const { target, isIntersecting } of entries) {
      const learner = this.learners.get((target as HTMLElement).dataset["family"] ?? "");
      if (!learner || !this.shown.includes(learner) || !target.isConnected) continue;
      learner.visible = isIntersecting;
      if (isIntersecting) learner.refresh();
    }
    this.sync();
  }

  // ---- Inside

  /** Numbers for the table, one model at a time, those first that have none or the oldest. */
  #measure() {
    if (this.measuring || !this.awake) return;
    const due = this.able
      .filter((l) => l.info && l.measured !== l.info.step && l.session)
      .sort((a, b) => a.measured - b.measured)[0];
    if (!due) return;
    this.measuring = true;
    void due.measure(this.playing ? 1000 : 4000).finally(() => {
      this.measuring = false;
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
      const panel = this.panels.get(l.family.id);
      if (!panel) continue;
      const drawn = `${l.plot} ${this.withData}`;
      if (panel.drawn !== drawn) {
        panel.drawn = drawn;
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
        (l) => this.panels.get(l.family.id)?.render(),
      );
    const wished = this.getAttribute("family");
    const slots = [...this.children].filter((c): c is HTMLElement => c instanceof HTMLElement && c.slot !== "");
    const some = slots.filter((c) => !wished || wished === "all" || c.slot === wished);
    if (!some.length) return FamilyPanel.placeholder(this.words, wished ?? "", "");
    return some.map((c) => FamilyPanel.placeholder(this.words, c.slot, c.dataset["title"] ?? ""));
  }

  protected override render(): TemplateResult {
    const one = this.chosen !== "all" || (!this.description && (this.getAttribute("family") ?? "all") !== "all");
    const { words } = this;
    const alerts = notices(words, this.alerts, (n, retry) => {
      this.alerts = this.alerts.filter((other) => other !== n);
      this.requestUpdate();
      if (retry) void this.load();
    });
    const tiles = html`<div class="tiles ${one ? "one" : ""} ${this.level}">${this.#tilesNow()}</div>`;
    if (this.level === "table")
      return html`<section class="lab frame table ${this.description ? "" : "early"}" aria-label=${words.say("lab")}>
        ${alerts}${this.description ? controls.race(this) : html`<p class="aside soon">${words.say("builtHere")}</p>`}
        ${this.description ? table(words, this.able, this.#columns) : nothing}
      </section>`;
    if (this.level !== "full")
      return html`<div class="lab ${this.level}">
        ${alerts}${tiles}${this.level === "few" ? controls.transport(this) : nothing}
      </div>`;
    const early = this.description === undefined;
    return html`<section
      class="lab frame ${this.#dragging ? "dragging" : ""} ${early ? "early" : ""}"
      aria-label=${words.say("lab")}
      @dragover=${this.#drag}
      @dragleave=${this.#drag}
      @drop=${this.#drag}
      @paste=${this.#paste}>
      <div class="desk">${this.source.render()}${controls.render(this)}</div>
      ${alerts}${tiles}
      ${
        early
          ? html`<p class="aside soon">${words.say("builtHere")}</p>`
          : html`${table(words, this.able, this.#columns)}
              <p class="row foot">
                ${fileButton(words.say("openAModel"), ".safetensors", (file) => void this.open(file))}
                <span class="aside">${words.say("openNote")}</span>
              </p>`
      }
      ${this.#dragging ? html`<p class="drop" aria-hidden="true">${words.say("dropPoints")}</p>` : nothing}
    </section>`;
  }
}

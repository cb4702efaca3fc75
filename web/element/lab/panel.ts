import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { LossCurve, Preset } from "../../client/protocol";
import { notices, type Notice } from "../chrome";
import { Curves } from "../curves";
import { button, field, segments } from "../form";
import { formula } from "../formula";
import { PointerInput } from "../inputs/place";
import { COLOR, lossNames, lossTitle, tones } from "../losses";
import type { Words } from "../../lang/words";
import { sentence } from "../numbers";
import { past } from "../past";
import type { Learner, Scope } from "./learner";
import { bars, numbers, printed } from "../render/numbers";
import { PlotRenderer } from "../render/plot";
import type { PlotView } from "../render/points";

/** What a panel can ask of its lab. */
export interface Stage extends HTMLElement {
  readonly words: Words;
  /** How much there is besides the plot: `full`, `few` or `none`. */
  readonly level: "full" | "few" | "none" | "table";
  readonly playing: boolean;
  readonly withData: boolean;
  /** Whether there is more than one family to choose from. */
  readonly several: boolean;
  readonly experiment: Preset | undefined;
  /** Shows one family large, or all. */
  enlarge(family: string): void;
  pause(): void;
  save(learner: Learner, what: "csv" | "svg" | "png" | "safetensors"): void;
  setOption(learner: Learner, scope: Scope, name: string, text: string): void;
  changed(): void;
  /** Goes on with what an earlier visit left of a model. */
  resume(learner: Learner): Promise<void>;
}

/** Loss curves drawn in a small panel. */
const FEW = 2;

/** One family on the page: its plot, what can be done with it, and its losses. */
export class FamilyPanel {
  /** The data that this model learns. */
  under: PlotView | undefined;
  /** The plot that was drawn last. */
  drawn = "";
  readonly #renderer: PlotRenderer;
  #curves = new Map<string, Curves>();
  /** The losses that the curves show. */
  #drawn: LossCurve[] | undefined;

  constructor(
    private readonly host: Stage,
    readonly learner: Learner,
  ) {
    this.#renderer = new PlotRenderer(host, this, undefined);
  }

  /** Whether the data is drawn. */
  get withData(): boolean {
    return this.host.withData;
  }
  get canvas(): HTMLCanvasElement | undefined {
    return this.#renderer.plot.canvas;
  }

  show(glide: boolean) {
    this.#renderer.over = this.learner.spec?.overData ?? false;
    if (this.learner.view) this.#renderer.show(this.learner.view, glide);
  }

  /** After a rendering, or a change of size or colours. */
  redraw(recolour: boolean) {
    this.#renderer.redraw(recolour);
    this.updated(recolour);
  }

  updated(recolour = false) {
    const losses = this.learner.state?.losses ?? [];
    for (const [key, curves] of this.#curves) {
      const name = key.slice(key.indexOf(" ") + 1);
      const of = (split: LossCurve["split"]) => losses.find((l) => l.name === name && l.split === split);
      if (losses !== this.#drawn) curves.show(of("train"), of("heldOut"));
      curves.redraw(recolour);
    }
    this.#drawn = losses;
  }

  /** A family that nobody has described yet: a frame, its name, and a word. */
  static placeholder(words: Words, id: string, title: string): TemplateResult {
    return html`<article class="tile" data-family=${id}>
      <h3 aria-level="2">${words.told(title)}</h3>
      <div class="formula"><slot name=${id}></slot></div>
      <div class="plot waiting"><p>${words.say("builtHere")}</p></div>
    </article>`;
  }

  render(): TemplateResult {
    const { learner: l, host } = this;
    const { family } = l;
    const { words } = host;
    const title = words.told(family.title);
    if (host.level === "none")
      return html`<article class="tile bare" data-family=${family.id}>${this.#canvas()}${this.#alerts()}</article>`;
    const full = host.level === "full";
    const large = !l.small && full;
    const head = html`<div class="head">
        <h3 aria-level="2">${title}</h3>
        ${large && host.several ? button(words.say("allFamilies"), () => host.enlarge("all")) : nothing}
      </div>
      <div class="formula">
        <slot name=${family.id}>${formula(l.equation, () => host.changed())}</slot>
      </div>`;
    const step = l.past === undefined ? undefined : (l.state?.snapshots[l.past] ?? 0);
    const when = step === undefined ? "" : html`<b>${words.say("whenStep", { step })}</b> `;
    const drawing = html`${this.#canvas()}
      <p class="under">
        <span class="drawn">${when}${sentence(words.told(l.view?.label ?? ""))}</span>
        <span class="progress">${sentence(l.status(words))}</span>
      </p>`;
    if (!large) {
      return html`<article class="tile" data-family=${family.id} aria-label=${title}>
        ${head}${drawing}
        <div class="row looking">${this.#plots(false)}${full ? this.#enlarge(title) : nothing}</div>
        ${this.#inputs()}${this.#kept()}${this.#alerts()}${this.#networks()}${this.#losses(true)}
      </article>`;
    }
    return html`<article class="tile large" data-family=${family.id} aria-label=${title}>
      <div class="left">${head}${drawing}${this.#inputs()}${this.#past()}</div>
      <div class="right">
        ${this.#why()} ${this.#plots(true)} ${this.#help()} ${this.#kept()}${this.#alerts()}
        ${this.#networks()}${this.#files()}${this.#losses(false)}${this.#numbers()}
        ${l.view?.bars ? bars(words, l.view.bars) : nothing}
      </div>
      <div class="forms">
        ${this.#options("config", words.say("optionsModel"), words.say("startsOver"))}
        ${this.#options("train", words.say("optionsTraining"), words.say("changeable"))}
      </div>
    </article>`;
  }

  #enlarge(title: string) {
    const { host } = this;
    const name = host.words.say("enlargeOne", { title });
    return html`<button type="button" aria-label=${name} @click=${() => host.enlarge(this.learner.family.id)}>
      ${host.words.say("enlarge")}
    </button>`;
  }

  /** What there is to see in the experiment, where it is this family's. */
  #why() {
    const { experiment, words } = this.host;
    if (experiment?.family !== this.learner.family.id) return nothing;
    return html`<p class="why">
      <b>${words.told(experiment.title)}.</b> ${experiment.fails ? words.say("failsOnPurpose") : ""}
      ${words.told(experiment.why)}
    </p>`;
  }

  /** What the plot shows. */
  #help() {
    const { words } = this.host;
    const { spec } = this.learner;
    if (!spec) return nothing;
    return html`<p class="aside">${words.told(spec.help)} ${this.#renderer.pointer ? words.say("pointThere") : ""}</p>`;
  }

  #canvas() {
    const { learner: l } = this;
    const { words } = this.host;
    this.#renderer.wide = l.spec?.wide ?? false;
    this.#renderer.pointer = l.inputs.find((input) => input instanceof PointerInput);
    const title = { title: words.told(l.family.title), plot: words.told(l.spec?.title ?? "") };
    return this.#renderer.render(title, words.say(l.alerts.length ? "nothingYet" : "beingMade"));
  }

  #choose = (id: string) => {
    const l = this.learner;
    l.plot = id;
    l.refresh(true);
    this.host.changed();
  };

  #plots(large: boolean) {
    const {
      family: { id },
      plots,
      spec,
    } = this.learner;
    if (plots.length < 2) return nothing;
    const { words } = this.host;
    if (large && plots.length <= 4)
      return segments(
        words.say("whatIsDrawn"),
        plots.map((l) => ({ value: l.id, label: words.told(l.title) })),
        spec?.id ?? "",
        this.#choose,
      );
    return html`<label class="inline grow"
      ><span class=${large ? "" : "unseen"}>${words.say("plot")}</span>
      <select
        aria-label=${words.say("whatIsDrawnOf", { title: words.told(this.learner.family.title) })}
        id=${`plot-${id}`}
        @change=${(e: Event) => this.#choose((e.target as HTMLSelectElement).value)}>
        ${plots.map((l) => html`<option value=${l.id} ?selected=${l.id === spec?.id}>${words.told(l.title)}</option>`)}
      </select></label
    >`;
  }

  #inputs() {
    return this.learner.inputs.map((input) => input.render());
  }

  #past() {
    const { learner: l, host } = this;
    const snapshots = l.state?.snapshots ?? [];
    const look = (index: number | undefined) => {
      if (host.playing) host.pause();
      l.past = index;
      l.refresh(true);
      host.changed();
    };
    return past(host.words, `past-${l.family.id}`, snapshots, l.past, look, () => void l.restore(l.past));
  }

  #alerts() {
    const { learner: l, host } = this;
    return notices(host.words, l.alerts, (n: Notice, retry) => {
      l.controller.notices.dismiss(n, retry);
      host.changed();
    });
  }

  /** What an earlier visit left, on points of the reader's. */
  #kept() {
    const { learner: l, host } = this;
    const { kept, source } = l.controller;
    const { words } = host;
    if (!kept || host.level === "none" || source === "kept") return nothing;
    return html`<div class="offer">
      <p>${words.say("keptPoints", { step: kept.step })}</p>
      <button type="button" @click=${() => void host.resume(l)}>${words.say("goOnWithIt")}</button>
      <button type="button" class="quiet" @click=${() => void l.attempt(() => l.controller.discard())}>
        ${words.say("forgetIt")}
      </button>
    </div>`;
  }

  #networks() {
    const { learner: l, host } = this;
    const { networks } = l.family;
    const { words } = host;
    if (networks.length < 2) return nothing;
    return html`<div class="row networks" role="group" aria-label=${words.say("partsOfStep")}>
      <span>${words.say("oneStepOf")}</span> ${networks.map(
        (p) =>
          html`<button
            type="button"
            ?disabled=${!l.info}
            @click=${() => {
              host.pause();
              void l.step(p);
            }}>
            ${words.say("networkOnly", { network: words.told(p) })}
          </button>`,
      )}
    </div>`;
  }

  #numbers() {
    const { view, metrics, spec } = this.learner;
    const all = [...(view?.numbers ?? []), ...metrics.filter((m) => !view?.numbers.some((n) => n.id === m.id))];
    const { words } = this.host;
    const label = spec ? words.say("numbersBesideOne", { title: words.told(spec.title) }) : words.say("numbersBeside");
    return numbers(words, all, label);
  }

  #losses(small: boolean) {
    const losses = this.learner.state?.losses ?? [];
    const { words } = this.host;
    const names = lossNames(losses).slice(0, small ? FEW : undefined);
    if (this.host.level !== "full") return nothing;
    return html`<div class="charts ${small ? "smaller" : ""}">
      ${[...tones(names)].map(([name, tone]) => {
        const key = `${small ? "small" : "large"} ${name}`;
        let curves = this.#curves.get(key);
        if (!curves) this.#curves.set(key, (curves = new Curves(this.host, COLOR[tone], small ? 70 : 140)));
        const last = (split: LossCurve["split"]) => {
          const value = losses.find((l) => l.name === name && l.split === split)?.values.at(-1);
          // As wide as what comes, so that lines break as they will.
          return value === undefined ? "–\u2007\u2007\u2007\u2007" : printed({ value, digits: 3 }, words);
        };
        return html`<figure class=${tone}>
          <figcaption>
            <b>${lossTitle(name, words)}</b>
            <span class="legend-line"
              ><i></i>${small ? last("train") : words.say("lossTraining", { value: last("train") })}</span
            >
            <span class="legend-line thick"
              ><i></i>${small ? last("heldOut") : words.say("lossHeldOut", { value: last("heldOut") })}</span
            >
          </figcaption>
          <div class="chart" ${ref(curves.attach)}></div>
        </figure>`;
      })}
    </div>`;
  }

  #files() {
    const { learner: l, host } = this;
    const { words } = host;
    const kinds = [
      ["csv", "savePoints"],
      ["svg", "saveSvg"],
      ["png", "savePlotPng"],
      ["safetensors", "model"],
    ] as const;
    const save = ([what, label]: (typeof kinds)[number]) =>
      html`<button type="button" ?disabled=${!l.view} @click=${() => host.save(l, what)}>${words.say(label)}</button>`;
    return html`<div class="row files" role="group" aria-label=${words.say("save")}>
      <span>${words.say("save")}</span>
      ${kinds.map(save)}
    </div>`;
  }

  #options(scope: Scope, title: string, note: string) {
    const { learner: l, host } = this;
    const fields = l.fields(scope);
    if (!fields.length) return nothing;
    return html`<fieldset>
      <legend>${title} <span class="aside">${note}</span></legend>
      ${fields.map((f) =>
        field(host.words, f, `${l.family.id}-${scope}`, {
          value: l.value(scope, f),
          error: l.errors.get(`${scope}.${f.name}`),
          set: (text) => host.setOption(l, scope, f.name, text),
        }),
      )}
    </fieldset>`;
  }
}

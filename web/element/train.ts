import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { badOption } from "../client/errors";
import { isPictures } from "../client/pictures";
import type { LossCurve, ModelInfo, Token, TrainState, View } from "../client/protocol";
import { KeptPanel, saveKept } from "./kept";
import { Latest, Panel, type Host } from "./panel";
import { Plate } from "./draw";
import { Curves } from "./curves";
import { field } from "./form";
import { LEARNED, captionOf, perToken } from "./learned";
import { Script } from "./render/script";
import { Sizes } from "./text/sizes";
import { dropped, isSeveral } from "./pictures/collect";
import { pictureSource } from "./pictures/source";
import { sourceOf } from "./text/episodes";
import { bringFile } from "./text/source";
import { tuned } from "./text/tuned";
import { COLOR, lossNames, lossTitle, tones, type Tone } from "./losses";
import { past } from "./past";
import { isDrawn, isPlane } from "./points-task";
import { Plot } from "./render/points";
import { Plan } from "./score/roll";
import { transport } from "./transport";
import type { Scope } from "./wishes";

/** Between two texts. */
const END: Token = { id: 0, text: "\n", logProb: null, alternatives: [], given: true };

const warning = (text: string) => html`<p class="offer warn" role="status">${text}</p>`;

/** Training in the page: what is learned from, options, transport, curves, samples at a fixed noise, and the past. */
export class TrainPanel extends Panel {
  #plate = new Plate();
  #pictures = new Plate();
  #script: Script;
  #plot: Plot;
  #plan = new Plan();
  #sizes: Sizes;
  #curves = new Map<string, Curves>();
  #latest = new Latest();
  #kept: KeptPanel;
  /** The snapshot that is shown; none is the present. */
  #past: number | undefined;

  constructor(host: Host) {
    super(host);
    this.#script = new Script(host, "writesNow");
    this.#sizes = new Sizes(host);
    this.#kept = new KeptPanel(host);
    this.#plot = new Plot(host);
    this.params["data"] = {
      get: () => {
        const { corpus, gallery } = host.trainer;
        if (gallery) return this.#images;
        return corpus?.name &&
          !corpus.pairs &&
          corpus.name !== corpus.entries[0]?.name &&
          corpus.name !== corpus.own?.name
          ? corpus.name
          : undefined;
      },
      set: (name) => {
        const { corpus, gallery } = host.trainer;
        if (gallery) {
          void host.attempt(() => gallery.want(name), "data");
          return;
        }
        if ((!corpus || corpus.pairs) && name !== undefined)
          throw badOption("data", name, "this model learns from what it came with");
        if (!corpus?.pairs) corpus?.want(name);
      },
    };
    this.params["size"] = {
      get: () => undefined, // The trainer tells it with the other options.
      set: (id) => {
        const { sizes } = host.trainer;
        if (id !== undefined && !sizes.some((s) => s.id === id))
          throw badOption(
            "size",
            id,
            sizes.length ? `one of ${sizes.map((s) => s.id).join(", ")} is expected` : "this model has none",
          );
        const wished = id ?? sizes[0]?.id;
        if (wished) host.trainer.resize(wished);
      },
    };
  }

  /** The set of images that is chosen, where a link has to say so: it can bring those of the site. */
  get #images(): string | undefined {
    const { about, info, models, trainer } = this.host;
    const { choice, entries = [] } = trainer.gallery ?? {};
    if (!choice || isPictures(choice)) return undefined;
    const shipped = models.find(({ id }) => id === this.host.getAttribute("model"));
    // Without a word of them, a family that knows points learns points.
    const first = about?.spaces.some(({ kind }) => isPlane(kind)) ? undefined : entries[0]?.name;
    const usual = this.host.hasAttribute("family") ? first : (shipped?.data ?? info?.data);
    return choice === usual ? undefined : choice;
  }

  get #language() {
    return this.host.trainer.corpus?.pairs === false;
  }
  get #learned() {
    return LEARNED[this.host.info?.space.kind ?? "image"];
  }

  get #pairs() {
    return this.host.info?.space.kind === "pairs";
  }
  get #plane() {
    return isDrawn(this.host.info?.space.kind);
  }

  override caption({ space, data }: ModelInfo) {
    const caption = this.host.trainer.from ? "learnsOn" : captionOf(space.kind, data);
    return this.host.words.say(isPictures(data) ? "learnsOwnImages" : caption);
  }

  override refresh() {
    const { session, info, trainer, settled } = this.host;
    if (!session || !info) return;
    this.#show(info.state);
    this.host.drawn();
    void this.host.attempt(async () => {
      await Promise.all([trainer.corpus?.open(), trainer.gallery?.open()]);
    });
    if (!trainer.trains) {
      this.#past = undefined;
      this.#plate.clear();
      this.#script.clear();
      this.#plot.clear();
      return;
    }
    if (!trainer.running && this.#past === undefined) {
      this.#latest.run(() =>
        this.host.attempt(async () =>
          this.#draw(
            await session.sample(
              this.#learned.samples,
              settled.seed,
              this.#language || this.#plane ? {} : this.host.sampleOptions,
            ),
          ),
        ),
      );
    }
  }

  override hide() {
    this.#script.close();
    this.host.trainer.gallery?.leave();
  }

  override trained(state: TrainState, samples: View | null) {
    this.#show(state);
    if (samples && this.#past === undefined) this.#draw(samples);
  }

  override dropped(file: File): boolean {
    const { corpus } = this.host.trainer;
    if (!corpus || file.name.endsWith(".safetensors")) return false;
    bringFile(this.host, corpus, file);
    return true;
  }

  /** Pictures, or folders of them, are dropped; gives whether they are taken. */
  brought(file: File, all: DataTransfer, here: boolean): boolean {
    const { gallery } = this.host.trainer;
    if (!gallery || file.name.endsWith(".safetensors") || !(here || isSeveral(all))) return false;
    const items = dropped(all, gallery.label.trim());
    void this.host.attempt(() => gallery.bring(items), "pictures");
    return true;
  }

  #draw(view: View) {
    if (view.kind === "texts") {
      // Under the pointer it stays as it is.
      if (!this.#script.busy) this.#script.set(view.texts.flatMap(({ tokens }, i) => (i ? [END, ...tokens] : tokens)));
    } else if (view.kind === "plot") this.#plot.show(view, true);
    else if (view.kind === "scores") {
      if (view.scores[0]) this.#plan.show(view.scores[0]);
    } else if (view.kind === "clips") {
      // All frames of a clip in a row; those of an episode, which are many, in four.
      const frames = view.sheet.kind === "image" ? view.sheet.columns : undefined;
      const columns = frames && frames > 16 ? frames / 4 : frames;
      this.show(this.#plate, view.sheet, { columns, gap: 0.06 });
    } else this.show(this.#plate, view, { gap: 0.06 });
  }

  /** Losses that have a curve, in the order in which they come. */
  #names(losses: LossCurve[]): Map<string, Tone> {
    return tones(lossNames(losses));
  }

  #curve(name: string, tone: Tone): Curves {
    let curve = this.#curves.get(name);
    if (!curve) this.#curves.set(name, (curve = new Curves(this.host, COLOR[tone])));
    return curve;
  }

  #show({ losses }: TrainState) {
    // On the right the same in bits of a character, which texts and tokens of any kind share.
    const charactersPerToken = perToken(this.host.info);
    for (const [name, tone] of this.#names(losses)) {
      const of = (split: LossCurve["split"]) => losses.find((l) => l.name === name && l.split === split);
      const curve = this.#curve(name, tone);
      curve.right = charactersPerToken ? 1 / charactersPerToken / Math.LN2 : undefined;
      curve.show(of("train"), of("heldOut"));
    }
  }

  override updated() {
    if (this.#language) void this.#sizes.measure();
  }

  override redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
    this.#pictures.redraw(recolour);
    this.#plot.redraw(recolour);
    this.#plan.redraw();
    for (const curve of this.#curves.values()) curve.redraw(recolour);
  }

  /** Back to a past snapshot, or to the present where the slider ends. */
  #look = (index: number | undefined) => {
    const { session } = this.host;
    this.#past = index;
    this.host.requestUpdate();
    if (!session) return;
    if (index === undefined) this.refresh();
    else
      this.#latest.run(() =>
        this.host.attempt(async () => this.#draw(await session.showSnapshot(index, this.#learned.samples))),
      );
  };

  #restore() {
    const index = this.#past;
    if (index === undefined) return;
    void this.host.attempt(async () => {
      await this.host.trainer.restore(index);
      this.#past = undefined;
    });
  }

  /** What comes of a training, and when. */
  #transport(info: ModelInfo) {
    const { host } = this;
    const { trainer, words } = host;
    if (trainer.trains)
      return transport(host, info, () => {
        this.#past = undefined;
      });
    return html`<div class="transport">
      <button
        type="button"
        class="primary"
        ?disabled=${trainer.busy}
        @click=${() => void host.attempt(() => trainer.play())}>
        ${words.say(trainer.busy ? "preparing" : trainer.from ? "goOnTraining" : "trainFromScratch")}
      </button>
      <p class="status">
        ${trainer.from ? words.say("tuneNote") : [words.say("scratchNote"), words.say(this.#learned.scratch)].join(" ")}
      </p>
    </div>`;
  }

  #options(scope: Scope, title: string, note: unknown) {
    const { trainer, words } = this.host;
    return html`<fieldset>
      <legend>${title} <span class="aside">${note}</span></legend>
      ${trainer.fields[scope].map((f) =>
        field(words, f, scope, {
          value: trainer.value(scope, f),
          error: trainer.errors.get(`${scope}.${f.name}`),
          set: (text) => void this.host.attempt(() => trainer.wish(scope, [[f.name, text]])),
        }),
      )}
    </fieldset>`;
  }

  #chart(name: string, tone: Tone, info: ModelInfo) {
    const { losses } = info.state;
    const { words } = this.host;
    const charactersPerToken = perToken(info);
    const of = (split: LossCurve["split"]) => losses.find((l) => l.name === name && l.split === split)?.values.at(-1);
    const bits = (v: number) =>
      charactersPerToken ? words.say("bits", { bits: words.figure(v / charactersPerToken / Math.LN2, 2) }) : "";
    const told = (v: number | undefined) =>
      v === undefined ? "–" : `${words.figure(v, Math.abs(v) < 10 ? 2 : 1)}${bits(v)}`;
    return html`<figure class=${tone}>
      <figcaption>
        <span><b>${lossTitle(name, words)}</b>${words.say(charactersPerToken ? "natsAToken" : "nats")}</span>
        <span class="legend-line"><i></i>${words.say("lossTraining", { value: told(of("train")) })}</span
        ><span class="legend-line thick"><i></i>${words.say("lossHeldOut", { value: told(of("heldOut")) })}</span>
      </figcaption>
      <div class="chart" ${ref(this.#curve(name, tone).attach)}></div>
    </figure>`;
  }

  /** That changed options take effect with a new start. */
  #stale(how: "pressStartOver" | "allOptionsStale") {
    const { words } = this.host;
    const startOver = html`<em>${words.say("startOver")}</em>`;
    return html`<span class="strong">${words.parts(how, { startOver })}</span>`;
  }

  #forms() {
    const { trainer, words } = this.host;
    const note = trainer.stale ? this.#stale("pressStartOver") : words.say("decidedAtStart");
    return html`${trainer.from ? nothing : this.#options("config", words.say("optionsModel"), note)}
    ${this.#options("train", words.say("optionsTraining"), words.say("changeable"))}`;
  }

  /** What a training of text needs before it can begin. */
  #ground() {
    const { trainer, words } = this.host;
    if (trainer.gallery) return pictureSource(this.host, trainer.gallery, this.#pictures);
    if (!trainer.corpus) return nothing;
    return html`${sourceOf(trainer.corpus)(this.host, trainer.corpus)}
    ${trainer.from ? this.#options("config", words.say("tuning"), words.say("decidedAtStart")) : this.#sizes.render()}`;
  }

  /** What it makes now, or made then. */
  #now() {
    if (this.#language || this.#pairs) return html`<div class="sheet" ${ref(this.#script.attach)}></div>`;
    if (["score", "groove"].includes(this.host.info?.space.kind ?? "")) {
      const label = this.host.words.say("viewMusicAt");
      return html`<canvas class="plate roll" role="img" aria-label=${label} ${ref(this.#plan.attach)}></canvas>`;
    }
    const [label, attach] = [
      this.host.words.say("fixedNoise"),
      this.#plane ? this.#plot.attach : this.#plate.attach,
    ] as const;
    const canvas = html`<canvas class="plate" role="img" aria-label=${label} ${ref(attach)}></canvas>`;
    return this.#plane ? html`<div class="plot">${canvas}</div>` : canvas;
  }

  override render() {
    const { info, trainer, words } = this.host;
    if (!info) return html``;
    const { snapshots, losses, overfitting } = info.state;
    const kept = trainer.kept;
    const begun = trainer.trains;
    return html` ${
      kept && !begun
        ? html`<div class="offer">
            <p>
              ${
                kept.about
                  ? words.parts("keptOfferOn", {
                      about: html`<i>${kept.about}</i>`,
                      ago: words.ago(kept.saved),
                      step: words.figure(kept.step),
                    })
                  : words.say("keptOffer", { ago: words.ago(kept.saved), step: kept.step })
              }
            </p>
            <button type="button" @click=${() => void this.host.attempt(() => trainer.resume())}>
              ${words.say("goOnWithIt")}
            </button>
            <button type="button" @click=${() => void this.host.attempt(() => saveKept(this.host, kept.id))}>
              ${words.say("downloadIt")}
            </button>
            <button type="button" class="quiet" @click=${() => void this.host.attempt(() => trainer.discard())}>
              ${words.say("forgetIt")}
            </button>
          </div>`
        : nothing
    }
    ${begun ? nothing : this.#ground()} ${this.#transport(info)} ${begun ? tuned(this.host, info) : nothing}
    ${begun && overfitting !== null ? warning(words.say("overfitting", { step: overfitting })) : nothing}
    ${
      begun
        ? html`<div class="learning">
            <div>
              ${this.#now()}
              ${
                snapshots.length
                  ? past(words, "past", snapshots, this.#past, this.#look, () => this.#restore())
                  : nothing
              }
            </div>
            <div class="charts">${[...this.#names(losses)].map(([name, tone]) => this.#chart(name, tone, info))}</div>
          </div>`
        : nothing
    }
    ${
      this.#language
        ? html`<details class="all" ?open=${trainer.errors.size > 0}>
            <summary>${words.say("allOptions")} ${trainer.stale ? this.#stale("allOptionsStale") : nothing}</summary>
            ${this.#forms()}
          </details>`
        : this.#forms()
    }
    ${begun ? this.#ground() : nothing}${this.#kept.render()}`;
  }
}

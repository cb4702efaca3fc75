import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { SpaceKind, TrainState, View } from "../client/protocol";
import { fieldsOf, type Field } from "../client/schema";
import { attributeOf } from "./attributes";
import { Latest, Panel } from "./panel";
import { Plate, type Layout } from "./draw";
import { Camera, studio } from "./film";
import { field, option } from "./form";
import { ClipsRenderer } from "./render/clips";

/** How many samples there can be, to choose from. */
const COUNTS = [8, 16, 32, 64, 100, 196];
/** Of clips, which take longer. */
const CLIPS = [1, 2, 4, 8, 16];
/** The most episodes of an agent. */
const EPISODES = 4;

/** How many samples of a kind are drawn where `count` are wished for: one text, and only few clips. */
export const countOf = (kind: SpaceKind | undefined, count: number) =>
  kind === "text" || kind === "score" || kind === "groove"
    ? 1
    : kind === "video" || kind === "pairs" || kind === "episodes"
      ? Math.min(count, kind === "episodes" ? EPISODES : Math.max(...CLIPS))
      : count;

/** A grid of samples, or clips that play. */
export class SamplesPanel extends Panel {
  #plate = new Plate();
  readonly #clips = new ClipsRenderer(this.host);
  readonly #camera = new Camera(studio(this.host, "samples"));
  #latest = new Latest();
  #fields: Field[] = [];
  #drawnAt = 0;
  #abort: AbortController | undefined;

  describe(schema: Parameters<typeof fieldsOf>[0]) {
    this.#fields = fieldsOf(schema);
  }

  override refresh() {
    const { session, info } = this.host;
    if (!session || !info) return;
    const { seed } = this.host.settled;
    const count = this.#count;
    const options = this.host.sampleOptions;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#latest.run(() =>
      this.host.attempt(async () => {
        const layout = { columns: this.host.tileColumns, gap: this.host.bare ? 0 : 0.06, weave: this.host.quiet };
        const view = await session.sample(
          count,
          seed,
          options,
          (step, of, early) => {
            this.host.announce("progress", { phase: "sample", step, of });
            if (early) this.#shown(early, layout);
          },
          abort.signal,
        );
        if (abort.signal.aborted) return;
        this.#drawnAt = performance.now();
        this.#shown(view, layout);
        this.host.announce("sample", { seed, count, view });
      }),
    );
  }

  /** What can be asked of this model: it need not know classes or words, though its family may. */
  get #asked(): Field[] {
    const { info, words } = this.host;
    const prompted = info?.prompt !== undefined;
    const classed = !!info?.classes.length;
    const has = ({ name }: Field) =>
      name === "prompt" ? prompted : name === "label" ? classed : name !== "guidance" || classed || prompted;
    const said = (f: Field) =>
      f.name === "prompt" ? { ...f, help: words.say("paintedSentence", { example: info?.prompt ?? "" }) } : f;
    // Of as few classes as a slider would have room for, none could be taken back.
    const last = (info?.classes.length ?? 0) - 1;
    const known = (f: Field) => (f.name === "label" && last > 8 ? { ...f, maximum: last } : f);
    return this.#fields.filter(has).map(said).map(known);
  }

  get #moves(): boolean {
    const kind = this.host.info?.space.kind;
    return kind === "video" || kind === "episodes";
  }

  /** How many there are: of clips never more than can be had at once. */
  get #count(): number {
    return countOf(this.host.info?.space.kind, this.host.settled.count);
  }

  #shown(view: View, layout: Layout) {
    if (view.kind !== "clips") {
      this.show(this.#plate, view, layout);
      return;
    }
    this.#clips.show(view);
    this.host.drawn();
    this.host.requestUpdate();
  }

  override updated() {
    if (this.#moves) this.#clips.updated();
  }

  override again() {
    this.refresh();
  }
  override hide() {
    this.#abort?.abort();
    this.#camera.stop();
    this.#clips.hide();
  }
  override redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
    this.#clips.redraw(recolour);
  }

  override trained(_state: TrainState, samples: View | null) {
    if (samples && performance.now() - this.#drawnAt > 1500) this.refresh();
  }

  override caption() {
    const { seed } = this.host.settled;
    const { words } = this.host;
    const count = this.#count;
    return `${words.say("samplesCaption", { count, seed: String(seed) })} ${this.host.help("samples")}`;
  }

  override render() {
    const { host } = this;
    const { words } = host;
    const { seed } = host.settled;
    const count = this.#count;
    const canvas = this.#moves
      ? this.#clips.render()
      : html`<canvas
          class="plate"
          part="canvas"
          role="img"
          aria-label=${words.say("generatedImages", { count, seed: String(seed) })}
          ${ref(this.#plate.attach)}></canvas>`;
    if (host.bare) return canvas;
    const set = (name: string) => (e: Event) => host.setAttribute(name, (e.target as HTMLInputElement).value);
    const counts = [
      ...new Set([...(this.#moves ? CLIPS : COUNTS).filter((n) => countOf(host.info?.space.kind, n) === n), count]),
    ].sort((a, b) => a - b);
    const form = (f: Field) =>
      field(words, f, "sample", {
        value: host.sampleOptions[f.name] ?? f.fallback,
        set: (text) => host.setAttribute(attributeOf(f.name), text),
      });
    return html`<div class="split">
      <div class="stage">${canvas}</div>
      <div class="side">
        <button type="button" class="primary" @click=${() => host.reroll()}>${words.say("newSamples")}</button>
        <div class="pair">
          <div class="field">
            <label for="seed">${words.say("seed")}</label
            ><input
              id="seed"
              type="number"
              min="0"
              max="4294967295"
              step="1"
              .value=${live(String(seed))}
              @change=${set("seed")} />
          </div>
          <div class="field">
            <label for="count">${words.say("howMany")}</label>
            <select id="count" @change=${set("count")}>
              ${counts.map((n) => option(String(n), String(n), n === count))}
            </select>
          </div>
        </div>
        ${this.#asked.map(form)} ${this.#save()}
        ${host.trainer.own ? html`<p class="aside">${words.say("yourModelsSamples")}</p>` : nothing}
      </div>
    </div>`;
  }

  #save() {
    const { words } = this.host;
    const reel = this.#moves ? this.#clips.reel() : undefined;
    if (reel) return this.#camera.render(reel);
    return html`<button type="button" @click=${() => this.#png()}>${words.say("savePng")}</button>`;
  }

  #png() {
    const { session, settled, sampleOptions } = this.host;
    if (!session) return;
    void this.host.attempt(async () => {
      this.host.save(await session.exportSamples(settled.count, settled.seed, sampleOptions, 4));
    });
  }
}

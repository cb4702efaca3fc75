import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { TrainState, View } from "../client/protocol";
import { fieldsOf, type Field } from "../client/schema";
import { attributeOf } from "./attributes";
import { Latest, Panel } from "./panel";
import { Plate } from "./draw";
import { field, option } from "./form";

/** How many samples there can be, to choose from. */
const COUNTS = [8, 16, 32, 64, 100, 196];

/** A grid of samples. */
export class SamplesPanel extends Panel {
  #plate = new Plate();
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
    const { seed, count } = this.host.settled;
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
            if (early) this.show(this.#plate, early, layout);
          },
          abort.signal,
        );
        if (abort.signal.aborted) return;
        this.#drawnAt = performance.now();
        this.show(this.#plate, view, layout);
        this.host.announce("sample", { seed, count, view });
      }),
    );
  }

  override again() {
    this.refresh();
  }
  override hide() {
    this.#abort?.abort();
  }
  override redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
  }

  override trained(_state: TrainState, samples: View | null) {
    if (samples && performance.now() - this.#drawnAt > 1500) this.refresh();
  }

  override caption() {
    const { seed, count } = this.host.settled;
    const { words } = this.host;
    return `${words.say("samplesCaption", { count, seed: String(seed) })} ${this.host.help("samples")}`;
  }

  override render() {
    const { host } = this;
    const { words } = host;
    const { seed, count } = host.settled;
    const canvas = html`<canvas
      class="plate"
      part="canvas"
      role="img"
      aria-label=${words.say("generatedImages", { count, seed: String(seed) })}
      ${ref(this.#plate.attach)}></canvas>`;
    if (host.bare) return canvas;
    const set = (name: string) => (e: Event) => host.setAttribute(name, (e.target as HTMLInputElement).value);
    const counts = [...new Set([...COUNTS, count])].sort((a, b) => a - b);
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
        ${this.#fields.filter((f) => f.name !== "prompt" || host.info?.prompt !== undefined).map(form)}
        <button type="button" @click=${() => this.#png()}>${words.say("savePng")}</button>
        ${host.trainer.own ? html`<p class="aside">${words.say("yourModelsSamples")}</p>` : nothing}
      </div>
    </div>`;
  }

  #png() {
    const { session, settled, sampleOptions } = this.host;
    if (!session) return;
    void this.host.attempt(async () => {
      this.host.save(await session.exportSamples(settled.count, settled.seed, sampleOptions, 4));
    });
  }
}

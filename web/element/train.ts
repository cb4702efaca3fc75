import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { LossCurve, ModelInfo, TrainState, View } from "../client/protocol";
import { Latest, Panel, figure, type Host } from "./panel";
import { Plate } from "./draw";
import { Curves } from "./curves";
import { field } from "./form";
import { RATES, type Scope } from "./trainer";

const SAMPLES = 32;

/** Training in the page: options, transport, curves, samples at a fixed noise, and the past. */
export class TrainPanel extends Panel {
  #plate = new Plate();
  #reconstruction: Curves;
  #kl: Curves;
  #latest = new Latest();
  /** The snapshot that is shown; none is the present. */
  #past: number | undefined;

  constructor(host: Host) {
    super(host);
    this.#reconstruction = new Curves(host, "--_red");
    this.#kl = new Curves(host, "--_blue");
  }

  override caption() {
    return "The model learns on this machine, in this page, from images that were downloaded with it; nothing is sent anywhere. The small pictures are decoded from the same random numbers at every moment, so that one can watch each of them come into focus.";
  }

  override refresh() {
    const { session, info, trainer, settled } = this.host;
    if (!session || !info) return;
    this.#curves(info.state);
    this.host.drawn();
    if (!trainer.own) {
      this.#past = undefined;
      this.#plate.clear();
      return;
    }
    if (!trainer.running && this.#past === undefined) {
      this.#latest.run(() => this.host.attempt(async () => this.#draw(await session.sample(SAMPLES, settled.seed, this.host.sampleOptions))));
    }
  }

  override trained(state: TrainState, samples: View | null) {
    this.#curves(state);
    if (samples && this.#past === undefined) this.#draw(samples);
  }

  #draw(view: View) { this.show(this.#plate, view, { gap: 0.06 }); }

  #curves({ losses }: TrainState) {
    const of = (name: string, split: LossCurve["split"]) => losses.find((l) => l.name === name && l.split === split);
    this.#reconstruction.show(of("reconstruction", "train"), of("reconstruction", "heldOut"));
    this.#kl.show(of("kl", "train"), of("kl", "heldOut"));
  }

  override updated() {
    this.#reconstruction.redraw(false);
    this.#kl.redraw(false);
  }

  override redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
    this.#reconstruction.redraw(recolour);
    this.#kl.redraw(recolour);
  }

  /** Back to a past snapshot, or to the present where the slider ends. */
  #scrub = (e: Event) => {
    const { session, info } = this.host;
    const index = Number((e.target as HTMLInputElement).value);
    const last = (info?.state.snapshots.length ?? 0);
    this.#past = index < last ? index : undefined;
    this.host.requestUpdate();
    if (!session) return;
    if (this.#past === undefined) this.refresh();
    else this.#latest.run(() => this.host.attempt(async () => this.#draw(await session.showSnapshot(index, SAMPLES))));
  };

  #restore() {
    const index = this.#past;
    if (index === undefined) return;
    void this.host.attempt(async () => {
      await this.host.trainer.pause();
      await this.host.session?.restoreSnapshot(index);
      this.#past = undefined;
    });
  }

  #transport(info: ModelInfo) {
    const { trainer, attempt } = { trainer: this.host.trainer, attempt: (work: () => Promise<unknown>) => void this.host.attempt(work) };
    const present = () => { this.#past = undefined; };
    if (!trainer.own) {
      return html`<div class="transport"><button type="button" class="primary" @click=${() => attempt(() => trainer.play())}>Train from scratch</button>
        <p class="status">A new model with random weights takes the place of this one in every view until you go back. After a few seconds the first strokes appear; after a minute or two, digits.</p></div>`;
    }
    return html`<div class="transport">
      ${trainer.running
        ? html`<button type="button" class="primary" @click=${() => attempt(() => trainer.pause())}>Pause</button>`
        : html`<button type="button" class="primary" @click=${() => { present(); attempt(() => trainer.play()); }}>Play</button>`}
      <button type="button" @click=${() => { present(); attempt(() => trainer.step(1)); }}>Step</button>
      <button type="button" @click=${() => { present(); attempt(() => trainer.create()); }}>Start over</button>
      <label class="inline">Speed <select @change=${(e: Event) => { const v = (e.target as HTMLSelectElement).value; attempt(() => trainer.setRate(v ? Number(v) : null)); }}>
        ${RATES.map((r) => html`<option value=${r ?? ""} ?selected=${r === trainer.rate}>${r === null ? "as fast as it goes" : `${r} ${r === 1 ? "step" : "steps"} a second`}</option>`)}
      </select></label>
      <p class="status" role="status">${trainer.status(info)}</p>
    </div>`;
  }

  #options(scope: Scope, title: string, note: unknown) {
    const { trainer } = this.host;
    return html`<fieldset><legend>${title} <span class="aside">${note}</span></legend>
      ${trainer.fields[scope].map((f) => field(f, scope, {
        value: trainer.value(scope, f),
        error: trainer.errors.get(`${scope}.${f.name}`),
        set: (text) => void this.host.attempt(() => trainer.wish(scope, [[f.name, text]])),
      }))}
    </fieldset>`;
  }

  #last(losses: LossCurve[], name: string) {
    const of = (split: LossCurve["split"]) => losses.find((l) => l.name === name && l.split === split)?.values.at(-1);
    const [a, b] = [of("train"), of("heldOut")];
    return html`<span class="legend-line"><i></i>training ${a === undefined ? "–" : figure(a, 1)}</span><span class="legend-line thick"><i></i>held out ${b === undefined ? "–" : figure(b, 1)}</span>`;
  }

  override render() {
    const { info, trainer } = this.host;
    if (!info) return html``;
    const { snapshots, losses } = info.state;
    const kept = trainer.kept;
    const shown = this.#past ?? snapshots.length;
    return html`
    ${kept && !trainer.own ? html`<div class="offer"><p>A training from ${ago(kept.saved)} is kept in this browser, at step ${figure(kept.step)}.</p>
      <button type="button" @click=${() => void this.host.attempt(() => trainer.resume())}>Go on with it</button>
      <button type="button" class="quiet" @click=${() => void trainer.discard()}>Forget it</button></div>` : nothing}
    ${this.#transport(info)}
    ${trainer.own ? html`<div class="learning">
      <div>
        <canvas class="plate" role="img" aria-label="Samples at a fixed noise" ${ref(this.#plate.attach)}></canvas>
        ${snapshots.length ? html`<div class="past">
          <label for="past">Back through time <output>${this.#past === undefined ? "now" : `step ${figure(snapshots[this.#past] ?? 0)}`}</output></label>
          <input type="range" id="past" min="0" max=${snapshots.length} step="1" .value=${String(shown)} @input=${this.#scrub}>
          ${this.#past === undefined ? nothing : html`<button type="button" @click=${() => this.#restore()}>Go on from here</button>`}
        </div>` : nothing}
      </div>
      <div class="charts">
        <figure class="red"><figcaption><span><b>Reconstruction</b>, nats</span> ${this.#last(losses, "reconstruction")}</figcaption><div class="chart" ${ref(this.#reconstruction.attach)}></div></figure>
        <figure class="blue"><figcaption><span><b>KL divergence</b>, nats</span> ${this.#last(losses, "kl")}</figcaption><div class="chart" ${ref(this.#kl.attach)}></div></figure>
      </div>
    </div>` : nothing}
    ${this.#options("config", "Model", trainer.stale ? html`<span class="strong">Press <em>Start over</em> for the new options to take effect.</span>` : "Decided when a training starts.")}
    ${this.#options("train", "Training", "Can be changed while it runs.")}`;
  }
}

function ago(then: number): string {
  const minutes = Math.round((Date.now() - then) / 60_000);
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (minutes < 1) return "a moment ago";
  if (minutes < 60) return format.format(-minutes, "minute");
  if (minutes < 60 * 24) return format.format(-Math.round(minutes / 60), "hour");
  return format.format(-Math.round(minutes / 1440), "day");
}

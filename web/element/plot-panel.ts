import { html, nothing } from "lit";
import { PlaygroundError } from "../client/errors";
import type { ErrorInfo, ModelInfo, PlotInputs, PlotSpec, TrainState, View } from "../client/protocol";
import type { Kit, Outfit } from "./kit";
import { Camera, studio, type Reel } from "./film";
import { formula } from "./formula";
import { ScrubberInput } from "./inputs/place";
import { Others } from "./others";
import { Latest, Panel, ask, standing, type Host, type Param } from "./panel";
import { past } from "./past";
import { isDrawn, isPlane } from "./points-task";
import { PlotRenderer } from "./render/plot";
import { transport } from "./transport";
import type { Renderer } from "./render/renderer";

/** Between two answers while a training goes on, milliseconds: of drawings, and of what is looked at more closely. */
const [SOON, LATER] = [700, 1500];
/** Between them at least so many times as long as an answer takes. */
const PATIENCE = 4;
/** Pictures of a film along a slider. */
const PICTURES = 41;

/** A plot as a model declares it: asked with what it declares, drawn by what it is answered with. */
export class PlotPanel extends Panel {
  override readonly params: Record<string, Param>;
  readonly #outfit: Outfit;
  #renderer: Renderer | undefined;
  #latest = new Latest();
  /** What this model cannot be asked. */
  #unable: ErrorInfo | undefined;
  #askedAt = 0;
  /** How long the last answer took, milliseconds. */
  #took = 0;
  /** What takes long and is under way: begun by the reader, or by a question that the next one ends. */
  #running: AbortController | undefined;
  #long: AbortController | undefined;
  readonly #camera: Camera;
  readonly #others: Others | undefined;

  constructor(
    host: Host,
    readonly spec: PlotSpec,
    kit: Kit,
  ) {
    super(host);
    this.#outfit = kit.outfit(spec);
    const { inputs, renderers } = this.#outfit;
    const expected = (spec.answer as View["kind"] | null) ?? this.#outfit.expected;
    this.#renderer = expected && renderers[expected];
    this.#camera = new Camera(studio(host, spec.id));
    if (spec.comparable) this.#others = new Others(host, spec);
    this.params = Object.assign({}, ...[...inputs, ...Object.values(renderers)].map((part) => part.params ?? {}));
  }

  override caption() {
    return this.#unable ? "" : this.host.words.told(this.spec.help);
  }

  override refresh() {
    this.#unable = undefined;
    if (!this.spec.slow) return this.#ask(true);
    this.#stop();
    // What is there is a button, and all that there is for now.
    this.host.drawn();
  }

  /** Begins what takes long. */
  #start = () => {
    this.#stop();
    this.#running = new AbortController();
    this.#ask(true);
  };

  #stop = () => {
    this.#running?.abort();
    this.#running = undefined;
    this.host.requestUpdate();
  };

  /** Asks anew: something that it is asked with has changed. */
  ask() {
    this.#ask(false);
  }

  #ask(prepare: boolean) {
    this.#long?.abort();
    this.#latest.run(() => this.#asked(prepare));
  }

  /** Asks, and shows what is answered; points of a film do not glide to their places. */
  async #asked(prepare: boolean, glide = true): Promise<void> {
    const { inputs, asks } = this.#outfit;
    this.#askedAt = performance.now();
    const here = standing(this.host);
    await this.host.attempt(async () => {
      const { session, info } = this.host;
      if (!session || !info) return;
      try {
        if (this.spec.needsData) await session.needData(info.data);
        if (prepare) for (const input of inputs) await input.prepare?.();
        const asked: PlotInputs = asks();
        for (const input of inputs) {
          const part = input.ask();
          if (!part) {
            this.#renderer?.clear();
            this.#others?.clear();
            return;
          }
          Object.assign(asked, part);
        }
        const { past } = this.host.trainer;
        if (this.#outfit.long) this.#long = new AbortController();
        const running = this.#long ?? this.#running;
        const grown = (view: View) => {
          if (running?.signal.aborted) return;
          this.#show(view);
          this.host.requestUpdate();
        };
        const query = { type: "plot", plot: this.spec.id, inputs: asked } as const;
        const view = await ask(this.host, query, past, running?.signal, grown, here);
        if (this.#running === running) this.#running = undefined;
        if (!view) return;
        this.#took = performance.now() - this.#askedAt;
        this.#show(view, glide);
        await this.#others?.answered(asked, view);
      } catch (e) {
        const error = PlaygroundError.from(e);
        if (error.code === "cancelled" && (this.spec.slow || this.#outfit.long)) return;
        if (this.spec.slow) this.#stop();
        if (!here()) return;
        if (error.code === "unsupported") this.#unable = error;
        else if (!inputs.some((input) => input.refused?.(error))) throw e;
        this.#renderer?.clear();
      } finally {
        this.host.requestUpdate();
      }
      this.host.drawn();
    }, this.spec.id);
  }

  override trained(_state: TrainState, samples: View | null) {
    const { info, trainer } = this.host;
    const drawn = isDrawn(info?.space.kind);
    if (this.spec.slow || this.#outfit.still || trainer.past !== undefined || this.#camera.busy || (!samples && !drawn))
      return;
    // Samples at the fixed noise come with the news.
    if (drawn && samples?.kind === "plot" && this.spec.id === "samples") this.#show(samples);
    // One that takes long is not asked for so often that nothing is learned meanwhile.
    else if (performance.now() - this.#askedAt > Math.max(drawn ? SOON : LATER, PATIENCE * this.#took)) this.refresh();
  }

  #show(view: View, glide = true) {
    const renderer = this.#outfit.renderers[view.kind];
    if (renderer instanceof PlotRenderer) renderer.over = this.spec.overData;
    this.#renderer = renderer;
    renderer?.show(view, glide);
    for (const input of this.#outfit.inputs) input.answered?.(view);
  }

  override dropped(file: File): boolean {
    return this.#outfit.inputs.some((input) => input.dropped?.(file));
  }

  override updated() {
    this.#renderer?.updated?.();
  }
  override hide() {
    this.#camera.stop();
    if (this.spec.slow) this.#stop();
    this.#long?.abort();
    this.#renderer?.hide?.();
    this.#others?.hide();
  }
  override redraw(recolour: boolean) {
    for (const input of this.#outfit.inputs) input.redraw?.(recolour);
    this.#renderer?.redraw?.(recolour);
  }

  /** What can be filmed: what moves by itself, what a slider moves, or how it was learned. */
  #reel(): Reel | undefined {
    const renderer = this.#renderer;
    const own = renderer?.reel?.();
    if (own) return own;
    if (!renderer?.canvas) return undefined;
    const scrubber = this.#outfit.inputs.find((input) => input instanceof ScrubberInput);
    return scrubber ? this.#along(scrubber) : this.#growth();
  }

  /** The slider from one end to the other. */
  #along(scrubber: ScrubberInput): Reel {
    const before = scrubber.at;
    const at = (place: number) => {
      scrubber.at = place;
      this.host.requestUpdate();
      return this.#asked(false, false);
    };
    return {
      count: PICTURES,
      show: (i) => at(i / (PICTURES - 1)),
      canvas: () => this.#renderer?.canvas?.(),
      end: () => void at(before),
    };
  }

  /** The training from its first snapshot to now. */
  #growth(): Reel | undefined {
    const { info, trainer } = this.host;
    const snapshots = isDrawn(info?.space.kind) ? (info?.state.snapshots.length ?? 0) : 0;
    if (snapshots < 2) return undefined;
    const before = trainer.past;
    const at = async (index: number | undefined) => {
      trainer.past = index;
      this.host.requestUpdate();
      await this.#asked(false, false);
    };
    return {
      count: snapshots + 1,
      show: async (i) => {
        if (i === 0) await trainer.pause();
        await at(i < snapshots ? i : undefined);
      },
      canvas: () => this.#renderer?.canvas?.(),
      end: () => void at(before),
    };
  }

  #film() {
    const reel = this.host.bare ? undefined : this.#reel();
    return reel ? this.#camera.render(reel) : nothing;
  }

  #slow() {
    if (!this.spec.slow) return nothing;
    const { words } = this.host;
    const running = this.#running !== undefined;
    return html`<p class="row">
      <button type="button" class="primary" @click=${running ? this.#stop : this.#start}>
        ${words.say(running ? "slowStop" : "slowStart")}
      </button>
      <span class="aside" aria-live="polite">${words.say(running ? "slowRuns" : "slowHelp")}</span>
    </p>`;
  }

  #instead() {
    const { host } = this;
    const { words } = host;
    const { message, hint } = words.error(this.#unable ?? { message: "", hint: "" });
    const other = host.models.find((m) => m.data === host.info?.data && m.latentDim === 2);
    return html`<div class="empty">
      <p>${message} ${hint}</p>
      ${
        other && other.id !== host.info?.id
          ? html`<button type="button" class="primary" @click=${() => host.setAttribute("model", other.id)}>
              ${words.say("openInstead", { title: words.told(other.title) })}
            </button>`
          : nothing
      }
    </div>`;
  }

  /** A slider through the past of the training. */
  #past({ state }: ModelInfo) {
    const { trainer, words } = this.host;
    const { snapshots } = state;
    const look = (index: number | undefined) => {
      void this.host.attempt(() => trainer.pause());
      trainer.past = index;
      this.ask();
      this.host.requestUpdate();
    };
    const restore = () => void this.host.attempt(() => trainer.restore(trainer.past ?? 0));
    return past(words, "past", snapshots, trainer.past, look, restore);
  }

  override render() {
    if (this.#unable) return this.#instead();
    const { inputs, beside } = this.#outfit;
    for (const input of inputs) input.for?.(this.spec);
    const below = inputs.map((input) => input.below?.() ?? nothing);
    if (this.#renderer instanceof PlotRenderer) this.#renderer.wide = this.spec.wide;
    const drawing = this.#renderer?.render() ?? nothing;
    const film = this.#film();
    const given = () => inputs.map((input) => input.render());
    if (this.#renderer?.within) return html`${drawing}${below}${film}`;
    const { info } = this.host;
    if (info && isDrawn(info.space.kind)) {
      if (this.host.bare) return html`${drawing}`;
      const label = this.#renderer instanceof PlotRenderer ? this.#renderer.label() : nothing;
      return html`<div class="plotting">
        <div>${drawing}${label}${given()}${this.#past(info)}${film}</div>
        <div class="side">
          <div>
            <h3>${this.host.words.told(this.host.about?.title ?? "")}</h3>
            ${formula(info.equation, () => this.host.requestUpdate())}
          </div>
          ${isPlane(info.space.kind) ? transport(this.host, info) : nothing}${this.#renderer?.beside?.() ?? nothing}
        </div>
      </div>`;
    }
    if (beside)
      return html`<div class="given">
          <div>${given()}${film}</div>
          <div>${drawing}</div>
        </div>
        ${below}${this.#others?.render()}`;
    const said =
      this.#renderer instanceof PlotRenderer ? html`${this.#renderer.label()}${this.#renderer.beside()}` : nothing;
    return html`<div class=${inputs.length ? "reading-room" : ""}>
      ${given()} ${this.#slow()}${drawing}${said}${below}${film}
    </div>`;
  }
}

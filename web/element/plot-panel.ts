import { html, nothing } from "lit";
import { PlaygroundError } from "../client/errors";
import type { ErrorInfo, PlotInputs, PlotSpec, TrainState, View } from "../client/protocol";
import type { Kit, Outfit } from "./kit";
import { Latest, Panel, type Host, type Param } from "./panel";
import type { Renderer } from "./render/renderer";

/** Between two answers while a training goes on, milliseconds. */
const REFRESH = 1500;

/** A plot as a model declares it: asked with what it declares, drawn by what it is answered with. */
export class PlotPanel extends Panel {
  override readonly params: Record<string, Param>;
  readonly #outfit: Outfit;
  #renderer: Renderer | undefined;
  #latest = new Latest();
  /** What this model cannot be asked. */
  #unable: ErrorInfo | undefined;
  #askedAt = 0;

  constructor(
    host: Host,
    readonly spec: PlotSpec,
    kit: Kit,
  ) {
    super(host);
    this.#outfit = kit.outfit(spec);
    const { inputs, renderers, expected } = this.#outfit;
    this.#renderer = expected && renderers[expected];
    this.params = Object.assign({}, ...[...inputs, ...Object.values(renderers)].map((part) => part.params ?? {}));
  }

  override caption() {
    return this.#unable ? "" : this.spec.help;
  }

  override refresh() {
    this.#unable = undefined;
    this.#ask(true);
  }

  /** Asks anew: something that it is asked with has changed. */
  ask() {
    this.#ask(false);
  }

  #ask(prepare: boolean) {
    const { inputs, renderers, asks } = this.#outfit;
    this.#askedAt = performance.now();
    this.#latest.run(() =>
      this.host.attempt(async () => {
        const { session, info } = this.host;
        if (!session || !info) return;
        try {
          if (prepare) for (const input of inputs) await input.prepare?.();
          const asked: PlotInputs = asks();
          for (const input of inputs) {
            const part = input.ask();
            if (!part) {
              this.#renderer?.clear();
              return;
            }
            Object.assign(asked, part);
          }
          const view = await session.view({ type: "plot", plot: this.spec.id, inputs: asked });
          this.#renderer = renderers[view.kind];
          this.#renderer?.show(view);
          for (const input of inputs) input.answered?.(view);
        } catch (e) {
          const error = PlaygroundError.from(e);
          if (error.code === "unsupported") this.#unable = error;
          else if (!inputs.some((input) => input.refused?.(error))) throw e;
          this.#renderer?.clear();
        } finally {
          this.host.requestUpdate();
        }
        this.host.drawn();
      }, this.spec.id),
    );
  }

  override trained(_state: TrainState, samples: View | null) {
    if (samples && performance.now() - this.#askedAt > REFRESH) this.refresh();
  }

  override dropped(file: File): boolean {
    return this.#outfit.inputs.some((input) => input.dropped?.(file));
  }

  override updated() {
    this.#renderer?.updated?.();
  }
  override hide() {
    this.#renderer?.hide?.();
  }
  override redraw(recolour: boolean) {
    for (const input of this.#outfit.inputs) input.redraw?.(recolour);
    this.#renderer?.redraw?.(recolour);
  }

  #instead() {
    const { host } = this;
    const { message, hint } = this.#unable ?? { message: "", hint: "" };
    const other = host.models.find((m) => m.data === host.info?.data && m.latentDim === 2);
    return html`<div class="empty">
      <p>${message} ${hint}</p>
      ${
        other && other.id !== host.info?.id
          ? html`<button type="button" class="primary" @click=${() => host.setAttribute("model", other.id)}>
              Open ${other.title}
            </button>`
          : nothing
      }
    </div>`;
  }

  override render() {
    if (this.#unable) return this.#instead();
    const { inputs, within } = this.#outfit;
    const below = inputs.map((input) => input.below?.() ?? nothing);
    if (within) return html`${this.#renderer?.render() ?? nothing}${below}`;
    return html`<div class=${inputs.length && !within ? "reading-room" : ""}>
      ${inputs.map((input) => input.render())} ${this.#renderer?.render() ?? nothing}${below}
    </div>`;
  }
}

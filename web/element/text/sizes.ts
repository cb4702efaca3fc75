import { html, nothing, type TemplateResult } from "lit";
import { figure, type Host } from "../panel";

/** A duration for people. */
export function duration(seconds: number): string {
  if (seconds < 50) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  const minutes = seconds / 60;
  return minutes < 55 ? `${Math.max(1, Math.round(minutes))} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** How long each size would take to learn, measured on this machine. */
export class Sizes {
  #paces = new Map<string, { seconds: number; parameters: number } | null>();
  #busy = false;

  constructor(private readonly host: Host) {}

  #key(id: string): string {
    const { data, dataOptions, config, train } = this.host.trainer.wished();
    return JSON.stringify([id, data, dataOptions, id === this.host.trainer.size?.id ? [config, train] : null]);
  }

  /** Measures what has not been measured, one size after the other, while nothing trains. */
  async measure(): Promise<void> {
    const { host } = this;
    const { trainer, session } = host;
    if (this.#busy || !session) return;
    this.#busy = true;
    try {
      for (const size of trainer.sizes) {
        const key = this.#key(size.id);
        if (this.#paces.has(key) || trainer.running || !trainer.corpus?.info) continue;
        const wished = trainer.wished();
        const chosen = size.id === trainer.size?.id;
        const body = chosen ? wished : { ...wished, config: size.config, train: {} };
        // Without an estimate one can train as well.
        this.#paces.set(key, await session.pace(body).catch(() => null));
        host.requestUpdate();
      }
    } finally {
      this.#busy = false;
    }
  }

  render(): TemplateResult {
    const { trainer } = this.host;
    return html`<div class="sizes" role="group" aria-label="Size of the model">
      ${trainer.sizes.map((size) => {
        const pace = this.#paces.get(this.#key(size.id));
        return html`<button
          type="button"
          aria-pressed=${size === trainer.size ? "true" : "false"}
          @click=${() => {
            trainer.resize(size.id);
            this.host.requestUpdate();
            void this.measure();
          }}>
          <b>${size.title}</b>
          <span
            >${pace ? html`${figure(pace.parameters)} numbers; about ${duration(pace.seconds * size.steps)} here for ${figure(size.steps)} steps` : pace === null || trainer.running ? nothing : "measuring…"}</span
          >
        </button>`;
      })}
    </div>`;
  }
}

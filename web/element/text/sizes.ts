import { html, nothing, type TemplateResult } from "lit";
import type { Host } from "../panel";

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
    const { trainer, words } = this.host;
    return html`<fieldset class="whole">
      <legend>${words.say("size")} <span class="aside">${words.say("sizeNote")}</span></legend>
      <div class="sizes" role="group" aria-label=${words.say("sizes")}>
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
            <b>${words.told(size.title)}</b>
            <span
              >${
                pace
                  ? words.say("sizePace", {
                      parameters: pace.parameters,
                      duration: words.duration(pace.seconds * size.steps),
                      steps: size.steps,
                    })
                  : pace === null || trainer.running
                    ? nothing
                    : words.say("measuring")
              }</span
            >
          </button>`;
        })}
      </div>
    </fieldset>`;
  }
}

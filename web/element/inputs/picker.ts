import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { Plate, type ImageView } from "../draw";
import { ask, type Host } from "../panel";

/**
 * A strip of test images to choose from: one canvas with a grid of buttons over it (whose columns the style sheet
 * knows).
 */
export class Picker {
  #plate = new Plate();
  #loaded: string | undefined;

  constructor(
    private readonly host: Host,
    readonly count: number,
  ) {}

  /** Fetches the test images, unless these are there already; gives whether they are others than before. */
  async load(): Promise<boolean> {
    const { session, info } = this.host;
    if (!session || !info) return false;
    await session.needData(info.data);
    if (this.#loaded === info.data) return false;
    const view = await ask(this.host, { type: "dataImages", start: 0, count: this.count });
    if (view?.kind !== "image") return false;
    this.#show(view);
    this.#loaded = info.data;
    return true;
  }

  #show(view: ImageView) {
    this.#plate.show(view, { columns: (width) => (width >= 620 ? 20 : 10), gap: 0 });
  }

  redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
  }

  /** `chosen` gives the mark of a picked image, if it is one. */
  render(label: string, chosen: (index: number) => string, choose: (index: number) => void): TemplateResult {
    return html`<div class="picker" role="group" aria-label=${label}>
      <canvas class="plate" role="presentation" ${ref(this.#plate.attach)}></canvas>
      <div class="cells">
        ${Array.from({ length: this.count }, (_, index) => {
          const mark = chosen(index);
          return html`<button
            type="button"
            aria-label=${this.host.words.say("testImage", { index })}
            aria-pressed=${mark ? "true" : "false"}
            data-mark=${mark}
            @click=${() => choose(index)}></button>`;
        })}
      </div>
    </div>`;
  }
}

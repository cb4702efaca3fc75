import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { Plate, type ImageView } from "./draw";

/** A strip of test images to choose from: one canvas with a grid of buttons over it (whose columns the style sheet knows). */
export class Picker {
  start = 0;
  #plate = new Plate();

  constructor(readonly count: number) {}

  show(view: ImageView) {
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
        ${Array.from({ length: this.count }, (_, i) => {
          const index = this.start + i;
          const mark = chosen(index);
          return html`<button
            type="button"
            aria-label=${`Test image ${index}`}
            aria-pressed=${mark ? "true" : "false"}
            data-mark=${mark}
            @click=${() => choose(index)}></button>`;
        })}
      </div>
    </div>`;
  }
}

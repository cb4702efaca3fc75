import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { Plate, type ImageView } from "../draw";
import { ask, fetchData, type Host } from "../panel";

/**
 * A strip of test images to choose from: one canvas with a grid of buttons over it (whose columns the style sheet
 * knows).
 */
export class Picker {
  #plate = new Plate();
  #loaded: string | undefined;
  #view: ImageView | undefined;

  constructor(
    private readonly host: Host,
    readonly count: number,
  ) {}

  /** Fetches the test images, unless these are there already; gives whether they are others than before. */
  async load(): Promise<boolean> {
    if (!(await fetchData(this.host))) return false;
    const data = this.host.info?.data;
    if (this.#loaded === data) return false;
    const view = await ask(this.host, { type: "dataImages", start: 0, count: this.count });
    if (view?.kind !== "image") return false;
    this.#show(view);
    this.#loaded = data;
    return true;
  }

  /** The data whose images are there. */
  get loaded(): string | undefined {
    return this.#loaded;
  }

  /** One of the images; nothing before they are there. */
  tile(index: number): ImageView | undefined {
    const view = this.#view;
    if (!view || index >= view.columns) return undefined;
    const [width, { height }] = [view.width / view.columns, view];
    const rgba = new Uint8Array(4 * width * height);
    for (let y = 0; y < height; y++) {
      const start = 4 * (y * view.width + index * width);
      rgba.set(view.rgba.subarray(start, start + 4 * width), 4 * y * width);
    }
    return { ...view, width, columns: 1, rgba };
  }

  #show(view: ImageView) {
    this.#view = view;
    this.#plate.show(padded(view, this.count), { columns: (width) => (width >= 620 ? 20 : 10), gap: 0 });
  }

  redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
  }

  /** `chosen` gives the mark of a picked image, if it is one. */
  render(label: string, chosen: (index: number) => string, choose: (index: number) => void): TemplateResult {
    return html`<div class="picker" role="group" aria-label=${label}>
      <canvas class="plate" role="presentation" ${ref(this.#plate.attach)}></canvas>
      <div class="cells">
        ${Array.from({ length: Math.min(this.count, this.#view?.columns ?? this.count) }, (_, index) => {
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

/** A row of tiles with empty ones behind them, where there are fewer than `count`. */
function padded(view: ImageView, count: number): ImageView {
  const { columns, width, height } = view;
  if (columns >= count) return view;
  const wide = (width / columns) * count;
  const rgba = new Uint8Array(4 * wide * height);
  for (let y = 0; y < height; y++) rgba.set(view.rgba.subarray(4 * y * width, 4 * (y + 1) * width), 4 * y * wide);
  return { ...view, width: wide, columns: count, rgba };
}

import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { Plate, type ImageView } from "../draw";
import type { Host } from "../panel";
import type { Renderer } from "./renderer";
import { tiles } from "./tiles";

/** Pixels of the page to a tile, at most. */
const WIDEST = 176;

/** Characters of a title from which on titles need more room. */
const LONG = 24;

/** Images, tile by tile; where they have titles, each with its own below it. */
export class GridRenderer implements Renderer {
  #plate = new Plate();
  #titles: string[] = [];
  #each: Plate[] = [];

  constructor(private readonly host: Host) {}

  show(view: View) {
    if (view.kind !== "image") return;
    this.#titles = view.titles ?? [];
    this.#plate.show(view, { columns: view.columns, gap: 0.06, widest: WIDEST });
    const one = (i: number): ImageView => tiles(view, [i]);
    this.#each = this.#titles.map((_, i) => this.#each[i] ?? new Plate());
    this.#each.forEach((plate, i) => plate.show(one(i), { columns: 1 }));
    if (this.#titles.length) this.host.requestUpdate();
  }
  clear() {
    this.#plate.clear();
    for (const plate of this.#each) plate.clear();
  }
  redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
    for (const plate of this.#each) plate.redraw(recolour);
  }
  canvas() {
    return this.#plate.canvas ?? this.#each[0]?.canvas;
  }
  render() {
    const { words } = this.host;
    if (this.#titles.length)
      return html`<div class=${`titled ${this.#titles.some((title) => title.length > LONG) ? "long" : ""}`}>
        ${this.#each.map(
          (plate, i) =>
            html`<figure>
              <canvas class="plate" role="img" aria-label=${words.told(this.#titles[i] ?? "")} ${ref(plate.attach)}>
              </canvas>
              <figcaption>${words.told(this.#titles[i] ?? "")}</figcaption>
            </figure>`,
        )}
      </div>`;
    return html`<canvas
      class="plate"
      role="img"
      aria-label=${words.say("images")}
      ${ref(this.#plate.attach)}></canvas>`;
  }
}

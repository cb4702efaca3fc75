import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { Plate } from "../draw";
import type { Host } from "../panel";
import type { Renderer } from "./renderer";

/** Pixels of the page to a tile, at most. */
const WIDEST = 176;

/** Images, tile by tile. */
export class GridRenderer implements Renderer {
  #plate = new Plate();

  constructor(private readonly host: Host) {}

  show(view: View) {
    if (view.kind === "image") this.#plate.show(view, { columns: view.columns, gap: 0.06, widest: WIDEST });
  }
  clear() {
    this.#plate.clear();
  }
  redraw(recolour: boolean) {
    this.#plate.redraw(recolour);
  }
  canvas() {
    return this.#plate.canvas;
  }
  render() {
    return html`<canvas
      class="plate"
      role="img"
      aria-label=${this.host.words.say("images")}
      ${ref(this.#plate.attach)}></canvas>`;
  }
}

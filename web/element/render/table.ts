import { html, nothing } from "lit";
import type { View } from "../../client/protocol";
import type { Host } from "../panel";
import { visible } from "./choices";
import type { Renderer } from "./renderer";

/** A table of guesses under the tokens they are about. */
export class TableRenderer implements Renderer {
  #view: Extract<View, { kind: "table" }> | undefined;

  constructor(private readonly host: Host) {}

  show(view: View) {
    if (view.kind === "table") this.#view = view;
  }

  clear() {
    this.#view = undefined;
  }

  #row(row: number) {
    const { columns, rows, cells } = this.#view ?? { columns: [], rows: [], cells: [] };
    return html`<tr>
      <th scope="row">${this.host.words.told(rows[row] ?? "")}</th>
      ${columns.map((_, column) => {
        const cell = cells[row * columns.length + column];
        if (!cell) return nothing;
        const right = cell.text === columns[column + 1];
        return html`<td
          dir="auto"
          class=${`v${Math.round(cell.value * 8)} ${right ? "right" : ""}`}
          title=${`${this.host.words.figure(cell.value * 100)}\u2009%`}>
          ${visible(cell.text)}
        </td>`;
      })}
    </tr>`;
  }

  render() {
    const view = this.#view;
    if (!view) return html``;
    const { words } = this.host;
    return html`<div class="lens" tabindex="0" role="region" aria-label=${words.say("guesses")}>
        <table>
          <thead>
            <tr>
              <th scope="row">${words.say("itRead")}</th>
              ${view.columns.map((c) => html`<th scope="col" dir="auto">${visible(c)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${view.rows.map((_, i) => this.#row(view.rows.length - 1 - i))}
          </tbody>
        </table>
      </div>
      <p class="aside">${words.say("readUpwards")}</p>`;
  }
}

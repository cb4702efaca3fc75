import { html, nothing } from "lit";
import type { View } from "../../client/protocol";
import { visible } from "./choices";
import type { Renderer } from "./renderer";

/** A table of guesses under the tokens they are about. */
export class TableRenderer implements Renderer {
  #view: Extract<View, { kind: "table" }> | undefined;

  show(view: View) {
    if (view.kind === "table") this.#view = view;
  }

  clear() {
    this.#view = undefined;
  }

  #row(row: number) {
    const { columns, rows, cells } = this.#view ?? { columns: [], rows: [], cells: [] };
    return html`<tr>
      <th scope="row">${rows[row]}</th>
      ${columns.map((_, column) => {
        const cell = cells[row * columns.length + column];
        if (!cell) return nothing;
        const right = cell.text === columns[column + 1];
        return html`<td
          dir="auto"
          class=${`v${Math.round(cell.value * 8)} ${right ? "right" : ""}`}
          title=${`${(cell.value * 100).toFixed(0)} %`}>
          ${visible(cell.text)}
        </td>`;
      })}
    </tr>`;
  }

  render() {
    const view = this.#view;
    if (!view) return html``;
    return html`<div class="lens" tabindex="0" role="region" aria-label="Guesses after each layer">
        <table>
          <thead>
            <tr>
              <th scope="row">it read</th>
              ${view.columns.map((c) => html`<th scope="col" dir="auto">${visible(c)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${view.rows.map((_, i) => this.#row(view.rows.length - 1 - i))}
          </tbody>
        </table>
      </div>
      <p class="aside">
        Read a column from the bottom up: under each token, what comes next according to each layer.
      </p>`;
  }
}

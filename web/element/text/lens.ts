import { html, nothing } from "lit";
import type { View } from "../../client/protocol";
import { visible } from "./choices";
import { SubjectPanel } from "./subject";

/** What the model would guess if it ended after each layer. */
export class LensPanel extends SubjectPanel<"table"> {
  protected ask(text: string) {
    return { type: "plot", plot: "lens", inputs: { text } } as const;
  }

  protected got(view: View) {
    if (view.kind === "table") this.view = view;
  }

  override caption() {
    return this.host.help("lens");
  }

  override render() {
    const { view } = this;
    return html`<div class="reading-room">
      ${this.field("Text", "Of a long one, the end is looked at.")}
      ${
        view
          ? html`<div class="lens" tabindex="0" role="region" aria-label="Guesses after each layer">
                <table>
                  <thead>
                    <tr>
                      <th scope="row">it read</th>
                      ${view.columns.map((c) => html`<th scope="col">${visible(c)}</th>`)}
                    </tr>
                  </thead>
                  <tbody>
                    ${view.rows
                      .map((_, i) => view.rows.length - 1 - i)
                      .map(
                        (row) =>
                          html`<tr>
                            <th scope="row">${view.rows[row]}</th>
                            ${view.columns.map((_, column) => {
                              const cell = view.cells[row * view.columns.length + column];
                              if (!cell) return nothing;
                              const right = cell.text === view.columns[column + 1];
                              return html`<td
                                class=${`v${Math.round(cell.value * 8)} ${right ? "right" : ""}`}
                                title=${`${(cell.value * 100).toFixed(0)} %`}>
                                ${visible(cell.text)}
                              </td>`;
                            })}
                          </tr>`,
                      )}
                  </tbody>
                </table>
              </div>
              <p class="aside">
                Read a column from the bottom up: under each token, what comes next according to each layer.
              </p>`
          : nothing
      }
    </div>`;
  }
}

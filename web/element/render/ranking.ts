import { html, nothing, svg } from "lit";
import type { Ranked, View } from "../../client/protocol";
import type { PassagesInput } from "../inputs/passages";
import type { Host } from "../panel";
import { numbers } from "./numbers";
import type { Renderer } from "./renderer";

type Ranking = Extract<View, { kind: "ranking" }>;

/** Texts with a bar each, the largest first. */
export class RankingRenderer implements Renderer {
  #view: Ranking | undefined;

  constructor(
    private readonly host: Host,
    /** Where its texts are from, if they stand somewhere. */
    private readonly source?: PassagesInput,
  ) {}

  show(view: View) {
    if (view.kind === "ranking") this.#view = view;
  }

  clear() {
    this.#view = undefined;
  }

  /** A bar from nought to its value. */
  #bar({ value }: Ranked, [low, high]: Ranking["range"]) {
    const at = (v: number) => (100 * (Math.min(high, Math.max(low, v)) - low)) / (high - low || 1);
    const [from, to] = [at(Math.min(0, value)), at(Math.max(0, value))];
    return html`<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="1" />
      <rect x=${from} width=${Math.max(0.5, to - from)} height="1" />
      ${low < 0 ? svg`<line x1=${at(0)} x2=${at(0)} y2="1" />` : nothing}
    </svg>`;
  }

  #text({ text, place }: Ranked) {
    const found = this.source?.at(place);
    if (!found) return html`<span dir="auto">${text}</span>`;
    return html`<a href=${found.href}>${found.title}</a><span lang="en">${found.text}</span>`;
  }

  render() {
    const view = this.#view;
    if (!view) return html``;
    const { words } = this.host;
    const { rows, range, title, share } = view;
    return html`<table class="ranking ${this.source ? "found" : ""}" aria-label=${words.say("rankedBy")}>
        <thead>
          <tr>
            <td></td>
            <th scope="col">${words.told(title)}</th>
            ${share ? html`<th scope="col">${words.told(share)}</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${this.#text(row)}</th>
                <td>${this.#bar(row, range)}<span>${words.figure(row.value, 2)}</span></td>
                ${share ? html`<td class="share">${row.share === null ? "" : words.percent(row.share)}</td>` : nothing}
              </tr>`,
          )}
        </tbody>
      </table>
      ${numbers(words, view.numbers, words.say("rankNumbers"))}`;
  }
}

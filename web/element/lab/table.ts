import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { DensityKind, Number as Figure } from "../../client/protocol";
import type { Key, Words } from "../../lang/words";
import { printed } from "../render/numbers";
import type { Learner } from "./learner";

/** How exact a family's density is, in a word. */
const DENSITIES = {
  none: "densityNone",
  exact: "densityExact",
  lowerBound: "densityBound",
  importanceWeighted: "densityBound",
  flowOde: "densityOde",
} as const satisfies Record<DensityKind | "none", Key>;

/** What a number is, and how it was come by, which its title says in brackets. */
const parts = (title: string): [what: string, how: string] => {
  const [, what = title, how = ""] = /^(.*) \(([^()]*)\)$/.exec(title) ?? [];
  return [what, how];
};

/** A text in a cell. Another one is a new text: the old one, aligned at its end, would count as moved. */
const anew = (text: string) => keyed(text, html`<span>${text}</span>`);

/**
 * All models side by side, in numbers: one column for each number that any of them has. `columns` are those that there
 * have been so far, so that a new one stands to their right.
 */
export function table(words: Words, learners: Learner[], columns: Map<string, Figure>): TemplateResult {
  const now = learners.flatMap((l) => l.metrics);
  for (const n of now) if (!columns.has(n.id)) columns.set(n.id, n);
  const all = [...columns.values()].filter(({ id }) => now.some((n) => n.id === id));
  // The same number is not come by in the same way everywhere: that stands in the cell.
  const cell = (n: Figure | undefined) => {
    if (!n) return anew("—");
    const [, how] = parts(words.told(n.title));
    return how ? html`<small>${how}</small> ${anew(printed(n, words))}` : anew(printed(n, words));
  };
  const head = (n: Figure) => {
    const [what] = parts(words.told(n.title));
    const unit = n.unit ? html` <small>${words.told(n.unit)}</small>` : "";
    return html`<th scope="col">${what}${unit}</th>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${words.say("inNumbers")}>
    <table>
      <colgroup>
        <col class="name" />
        <col class="count" span="4" />
        <col class="kind" />
        <col class="metric" span=${Math.max(1, all.length)} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">${words.say("family")}</th>
          <th scope="col">${words.say("parametersHead")}</th>
          <th scope="col">${words.say("stepsHead")}</th>
          <th scope="col">${words.say("secondsHead")}</th>
          <th scope="col">${words.say("passesHead")}</th>
          <th scope="col">${words.say("densityHead")}</th>
          ${all.map(head)}
        </tr>
      </thead>
      <tbody>
        ${learners.map(
          (l) =>
            html`<tr data-family=${l.family.id}>
              <th scope="row">${words.told(l.family.title)}</th>
              <td>${anew(l.info ? words.figure(l.info.parameters) : "—")}</td>
              <td>${anew(l.info ? words.figure(l.info.state.step) : "—")}</td>
              <td>${anew(l.info ? words.figure(l.info.state.seconds, 1) : "—")}</td>
              <td>${anew(l.info?.passes ? words.figure(l.info.passes) : "—")}</td>
              <td>${words.say(DENSITIES[l.family.capabilities.density ?? "none"])}</td>
              ${all.map(({ id }) => html`<td>${cell(l.metrics.find((m) => m.id === id))}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

import { html, svg, type TemplateResult } from "lit";
import type { Bars, Number as Figure } from "../../client/protocol";
import type { Words } from "../../lang/words";

/** A named number as it is printed. */
export function printed({ value, digits, atMost }: Pick<Figure, "value" | "digits"> & Partial<Figure>, words: Words) {
  if (value === null) return "—";
  const large = Math.abs(value) >= 1e6;
  return `${atMost ? "≤\u00a0" : ""}${large ? value.toExponential(1) : words.figure(value, digits)}`;
}

/** Numbers with their names and units. */
export function numbers(words: Words, all: readonly Figure[], label: string): TemplateResult {
  return html`<dl class="numbers" aria-label=${label}>
    ${all.map(
      (n) =>
        html`<div>
          <dt>${words.told(n.title)}</dt>
          <dd>${printed(n, words)} ${n.value === null ? "" : html`<small>${words.told(n.unit)}</small>`}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Bars as a small drawing; values on both sides of nought stand on one line. */
export function bars(words: Words, { title: untold, values }: Bars): TemplateResult {
  const title = words.told(untold);
  const shown = (value: number) => printed({ value, digits: 2 }, words);
  const high = Math.max(1e-9, ...values);
  const low = Math.min(0, ...values);
  const y = (v: number) => 100 * (1 - (v - low) / (high - low));
  const bar = (value: number, i: number) => {
    const height = Math.max(0.6, Math.abs(y(value) - y(0)));
    return svg`<rect x=${i + 0.1} width="0.8" y=${Math.min(y(value), y(0))} height=${height}></rect>`;
  };
  return html`<figure class="bars">
    <figcaption>
      ${title}
      <span class="aside">${words.say("fromTo", { low: shown(low < 0 ? low : 0), high: shown(high) })}</span>
    </figcaption>
    <svg
      viewBox=${`0 0 ${values.length} 100`}
      preserveAspectRatio="none"
      role="img"
      aria-label=${`${title}: ${values.map(shown).join(words.say("listComma"))}`}>
      ${values.map(bar)}
    </svg>
  </figure>`;
}

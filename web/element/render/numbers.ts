import { html, svg, type TemplateResult } from "lit";
import type { Bars, Number as Figure } from "../../client/protocol";
import { figure } from "../panel";

/** A named number as it is printed. */
export function printed({ value, digits }: Pick<Figure, "value" | "digits">): string {
  if (value === null) return "—";
  const large = Math.abs(value) >= 1e6;
  return large ? value.toExponential(1) : figure(value, digits).replace("-", "−");
}

/** Numbers with their names and units. */
export function numbers(all: readonly Figure[], label: string): TemplateResult {
  return html`<dl class="numbers" aria-label=${label}>
    ${all.map(
      (n) =>
        html`<div>
          <dt>${n.title}</dt>
          <dd>${printed(n)} ${n.value === null ? "" : html`<small>${n.unit}</small>`}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Bars as a small drawing; values on both sides of nought stand on one line. */
export function bars({ title, values }: Bars): TemplateResult {
  const high = Math.max(1e-9, ...values);
  const low = Math.min(0, ...values);
  const y = (v: number) => 100 * (1 - (v - low) / (high - low));
  return html`<figure class="bars">
    <figcaption>
      ${title}
      <span class="aside"
        >${printed({ value: low < 0 ? low : 0, digits: 2 })} to ${printed({ value: high, digits: 2 })}</span
      >
    </figcaption>
    <svg
      viewBox=${`0 0 ${values.length} 100`}
      preserveAspectRatio="none"
      role="img"
      aria-label=${`${title}: ${values.map((v) => v.toFixed(2)).join(", ")}`}>
      ${values.map((v, i) => svg`<rect x=${i + 0.1} width="0.8" y=${Math.min(y(v), y(0))} height=${Math.max(0.6, Math.abs(y(v) - y(0)))}></rect>`)}
    </svg>
  </figure>`;
}

/** What a model optimises, as a formula: MathML that was made of its TeX when the page was built. */
import { html, nothing, type TemplateResult } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";

/** MathML of every line that models declare. Fetched with the first formula that is shown. */
let formulas: Record<string, string> | undefined;
let coming: Promise<void> | undefined;

/** The lines of an equation; `again` is told when they can be shown. A line that is not known is shown as TeX. */
export function formula(lines: readonly string[] = [], again: () => void): TemplateResult | typeof nothing {
  if (!lines.length) return nothing;
  if (!formulas) {
    // A page that brings a font for formulas has it before they are set: set anew, they would move what is below.
    const font = Promise.resolve(document.fonts?.load('1em "STIX Two Math"')).catch(() => undefined);
    coming ??= Promise.all([import("equations:formulas"), font]).then(
      ([found]) => {
        formulas = found.default;
      },
      () => {
        formulas = {};
      },
    );
    void coming.then(again);
    return html`<div class="lines" data-lines=${lines.length}></div>`;
  }
  const known = formulas;
  return html`<div class="lines" data-lines=${lines.length}>
    ${lines.map((line) => (Object.hasOwn(known, line) ? unsafeHTML(known[line]) : html`<p class="plain">${line}</p>`))}
  </div>`;
}

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Field } from "../client/schema";
import type { ErrorInfo } from "../client/protocol";
import type { Words } from "../lang/words";

/** How a field's value is shown and what becomes of a new one. */
export interface Binding {
  value: unknown;
  error?: ErrorInfo;
  /** A text as the reader entered it; Rust says whether it holds. */
  set(text: string): void;
  disabled?: boolean;
}

const short = (v: unknown) => (typeof v === "number" ? String(Number(v.toPrecision(4))) : String(v ?? ""));

/** The step of sliders of numbers. */
const STEP = 0.05;

/** Whether a slider says more than a box: a range that a thumb can travel, in steps that matter. */
function slides({ kind, minimum, maximum }: Field): boolean {
  if (minimum === undefined || maximum === undefined) return false;
  if (kind === "integer") return maximum <= 8;
  const steps = maximum / STEP;
  // Steps are counted from the least value, which must be one of them for the largest to be reached.
  if (minimum % STEP > 1e-9) return false;
  return kind === "number" && maximum <= 20 && maximum - minimum >= 0.5 && Math.abs(steps - Math.round(steps)) < 1e-6;
}

/** One choice of a `<select>`. */
export const option = (value: string, label: string, selected: boolean, title = ""): TemplateResult =>
  html`<option value=${value} ?selected=${selected} title=${title || nothing}>${label}</option>`;

/** A button that is told by its label alone. */
export const button = (label: string, act: () => void, looks: "" | "primary" = "", title = ""): TemplateResult =>
  html`<button type="button" class=${looks || nothing} title=${title || nothing} @click=${act}>${label}</button>`;

/** One form field, made from its schema. */
export function field(
  words: Words,
  f: Field,
  prefix: string,
  { value, error, set, disabled = false }: Binding,
): TemplateResult {
  const id = `${prefix}-${f.name}`;
  const onChange = (e: Event) => {
    const input = e.target as HTMLInputElement | HTMLSelectElement;
    set(input instanceof HTMLInputElement && input.type === "checkbox" ? String(input.checked) : input.value);
  };
  const described = `${id}-help`;
  const { minimum, maximum } = f;
  const range =
    minimum === undefined || maximum === undefined
      ? ""
      : words.say("range", { low: words.plain(minimum), high: words.plain(maximum) });
  const wrong = error && words.error(error);
  const told = words.told(f.help);
  const label = words.told(f.label);
  const shown = (v: unknown) => (typeof v === "number" ? words.plain(Number(short(v))) : short(v));
  const help = html`<small id=${described} class=${wrong ? "wrong" : ""}
    >${wrong ? `${wrong.message} ${wrong.hint}` : told + (slides(f) || f.kind === "choice" ? "" : range)}</small
  >`;
  const invalid = error ? "true" : "false";
  if (f.kind === "choice") {
    const choice = (c: (typeof f.choices)[number]) =>
      option(c.value, words.told(c.label), c.value === String(value), words.told(c.help));
    return html`<div class="field">
      <label for=${id}>${label}</label>
      <select id=${id} aria-describedby=${described} aria-invalid=${invalid} ?disabled=${disabled} @change=${onChange}>
        ${f.choices.map(choice)}</select
      >${help}
    </div>`;
  }
  if (f.kind === "flag") {
    return html`<div class="field">
      <label class="check"
        ><input
          type="checkbox"
          id=${id}
          aria-describedby=${described}
          .checked=${value === true}
          ?disabled=${disabled}
          @change=${onChange} />
        ${label}</label
      >${help}
    </div>`;
  }
  if (slides(f)) {
    return html`<div class="field">
      <label for=${id}>${label} <output for=${id} .value=${shown(value)}></output></label>
      <input
        type="range"
        id=${id}
        min=${f.minimum ?? 0}
        max=${f.maximum ?? 1}
        step=${f.kind === "integer" ? 1 : STEP}
        .value=${live(String(value ?? f.minimum))}
        aria-describedby=${described}
        aria-invalid=${invalid}
        ?disabled=${disabled}
        @input=${(e: Event) => {
          const i = e.target as HTMLInputElement;
          const o = i.parentElement?.querySelector("output");
          if (o) o.value = shown(Number(i.value));
        }}
        @change=${onChange} />${help}
    </div>`;
  }
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      type=${f.kind === "text" ? "text" : "number"}
      id=${id}
      .value=${live(short(value))}
      step="any"
      inputmode=${f.kind === "text" ? "text" : "decimal"}
      aria-describedby=${described}
      aria-invalid=${invalid}
      ?disabled=${disabled}
      @change=${onChange} />${help}
  </div>`;
}

/** A few named choices in a row. */
export function segments<T>(
  legend: string,
  choices: readonly { value: T; label: string }[],
  chosen: T,
  choose: (value: T) => void,
): TemplateResult {
  const segment = ({ value, label }: { value: T; label: string }) => {
    const pressed = value === chosen ? "true" : "false";
    return html`<button type="button" aria-pressed=${pressed} @click=${() => choose(value)}>${label}</button>`;
  };
  return html`<div class="segments" role="group" aria-label=${legend}>${choices.map(segment)}</div>`;
}

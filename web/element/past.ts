import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Words } from "../lang/words";
import { button } from "./form";

/**
 * A slider through what a training was: the steps of its snapshots, and the one looked at (none: as it is now). It is
 * there before there is a past, so that nothing moves when one comes.
 */
export function past(
  words: Words,
  id: string,
  snapshots: readonly number[],
  shown: number | undefined,
  look: (index: number | undefined) => void,
  restore: () => void,
): TemplateResult {
  const last = Math.max(1, snapshots.length);
  const moved = (e: Event) => {
    const index = Number((e.target as HTMLInputElement).value);
    look(index < snapshots.length ? index : undefined);
  };
  const when = shown === undefined ? words.say("now") : words.say("atStep", { step: snapshots[shown] ?? 0 });
  return html`<div class="slider">
    <label for=${id}>${words.say("backThrough")} <output>${when}</output></label>
    <input
      type="range"
      id=${id}
      min="0"
      max=${last}
      step="1"
      ?disabled=${snapshots.length < 2}
      .value=${live(String(shown ?? last))}
      @input=${moved} />
    ${shown === undefined ? nothing : button(words.say("goOnFromHere"), restore)}
  </div>`;
}

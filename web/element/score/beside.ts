/** What stands beside and beneath the roll: voices, bars, melodies to begin with, what could be there, broken rules. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Number as Figure, Roll } from "../../client/protocol";
import type { Key, Words } from "../../lang/words";
import { fileButton } from "../file-button";
import { button, option } from "../form";

/** What a voice's name is called in the page's language. */
const VOICES = ["voiceSoprano", "voiceAlto", "voiceTenor", "voiceBass"] as const satisfies readonly Key[];
/** Chorales to take a melody from. */
const MELODIES = 8;

export const voiceName = (words: Words, voice: number) => words.say(VOICES[voice] ?? "voiceSoprano");

/** Bars by their first sixteenth and how many they have, with what comes before the first bar line. */
export function spansOf({ steps, bars }: Pick<Roll, "steps" | "bars"> = { steps: 0, bars: [] }): [number, number][] {
  const starts = [...new Set([0, ...bars])].sort((a, b) => a - b);
  return starts.map((from, i) => [from, (starts[i + 1] ?? steps) - from]);
}

/** Where a sixteenth of a voice is, for people. */
export function placeOf(words: Words, spans: readonly [number, number][], voice: number, step: number): string {
  const bar = spans.findLastIndex(([from]) => from <= step);
  const into = step - (spans[bar]?.[0] ?? 0);
  const [beat, part] = [Math.floor(into / 4) + 1, (into % 4) + 1];
  return words.say("musicPlace", { voice: voiceName(words, voice), bar: bar + 1, beat, part });
}

const on = (e: Event) => (e.target as HTMLInputElement).checked;

/** A checkbox with its label. */
export const check = (label: string, checked: boolean, set: (checked: boolean) => void) =>
  html`<label><input type="checkbox" .checked=${live(checked)} @change=${(e: Event) => set(on(e))} />${label}</label>`;

/** What can be saved, and opened. */
export function files(
  words: Words,
  score: (form: "midi" | "musicXml") => void,
  sound: () => void,
  open: (file: File) => void,
): TemplateResult {
  return html`<div class="row">
    ${button(words.say("saveMidi"), () => score("midi"))} ${button(words.say("saveMusicXml"), () => score("musicXml"))}
    ${button(words.say("saveWav"), sound)} ${fileButton(words.say("openMidi"), ".mid,.midi,audio/midi", open)}
  </div>`;
}

/** A voice: whether it is the one that is written, whether it is kept, whether it is heard. */
export function voiceRow(
  words: Words,
  voice: number,
  is: { written: boolean; kept: boolean; muted: boolean },
  set: { written(): void; kept(on: boolean): void; muted(on: boolean): void },
) {
  const name = voiceName(words, voice);
  return html`<div class="voice" role="group" aria-label=${name} data-voice=${voice}>
    <label
      ><input type="radio" name="voice" .checked=${live(is.written)} @change=${() => set.written()} /><i></i
      >${name}</label
    >
    ${check(words.say("voiceKept"), is.kept, (on) => set.kept(on))}
    ${check(words.say("voiceMuted"), is.muted, (on) => set.muted(on))}
  </div>`;
}

/** Bars, each to be made anew or to be kept; bars are called by their first sixteenth. */
export function barRow(
  words: Words,
  bars: readonly number[],
  kept: ReadonlySet<number>,
  set: { anew: ((bar: number) => void) | undefined; kept(bar: number, on: boolean): void },
) {
  return html`<div class="row bars" role="group" aria-label=${words.say("musicBars")}>
    ${bars.map(
      (bar, i) =>
        html`<span class="one-bar"
          ><button
            type="button"
            ?disabled=${!set.anew}
            title=${words.say("barAnewHelp")}
            @click=${() => set.anew?.(bar)}>
            ${words.say("barAnew", { bar: i + 1 })}
          </button>
          ${check(words.say("voiceKept"), kept.has(bar), (on) => set.kept(bar, on))}</span
        >`,
    )}
  </div>`;
}

/** Chorales that the model never saw: their sopranos, and all of them. */
export function melodies(words: Words, choose: (index: number, whole: boolean) => void) {
  const all = Array.from({ length: MELODIES }, (_, i) => i);
  const chosen = (e: Event) => {
    const select = e.target as HTMLSelectElement;
    const [kind, i] = select.value.split(" ");
    select.value = "";
    if (i !== undefined) choose(Number(i), kind === "all");
  };
  return html`<div class="field">
    <label for="melody">${words.say("melodyOf")}</label>
    <select id="melody" @change=${chosen}>
      ${option("", words.say("melodyChoose"), true)}
      ${all.map((i) => option(`soprano ${i}`, words.say("melodyNumber", { n: i + 1 }), false))}
      ${all.map((i) => option(`all ${i}`, words.say("choraleNumber", { n: i + 1 }), false))}
    </select>
  </div>`;
}

/** What could begin at a place, with its probabilities. */
export function chances(words: Words, place: string, figures: readonly Figure[]) {
  const row = ({ title, value }: Figure) =>
    html`<li>
      <span>${words.told(title)}</span><meter min="0" max="1" .value=${value ?? 0}></meter
      ><span>${words.percent(value ?? 0)}</span>
    </li>`;
  return html`<div class="chances">
    <p class="label">${words.say("chancesAt", { place })}</p>
    <ol>
      ${figures.map(row)}
    </ol>
  </div>`;
}

/** Which rules of part-writing are broken, and how often. */
export function rules(words: Words, roll: Roll | undefined) {
  const counts = new Map<string, number>();
  for (const [, what] of roll?.faults ?? []) counts.set(what, (counts.get(what) ?? 0) + 1);
  if (!counts.size) return nothing;
  const told = [...counts].map(([what, n]) => `${words.told(what)} (${n})`);
  return html`<p class="aside">${words.say("rulesBroken")} ${told.join(words.say("listComma"))}</p>`;
}

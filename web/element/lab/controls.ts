import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Preset } from "../../client/protocol";
import { whole } from "../attributes";
import { option } from "../form";
import type { Words } from "../../lang/words";
import type { Learner, Task } from "./learner";
import type { Description } from "../../client/engine";

/** What the shared controls ask of their lab. */
export interface Desk {
  readonly words: Words;
  task: Task;
  readonly description: Description | undefined;
  readonly learners: Map<string, Learner>;
  readonly able: Learner[];
  readonly shown: Learner[];
  readonly chosen: string;
  readonly experiment: Preset | undefined;
  readonly wants: boolean;
  withData: boolean;
  play(): void;
  pause(): void;
  step(): Promise<void>;
  restart(): Promise<void>;
  enlarge(family: string): void;
  adopt(preset: Preset | undefined): void;
  arrange(): void;
  choose(data: string): void;
  changed(): void;
}

/** Steps a second that can be chosen; null is as fast as it goes. */
const RATES: readonly (number | null)[] = [1, 3, 10, null];

const chosen = (e: Event) => (e.target as HTMLInputElement | HTMLSelectElement).value;

/** Play, pause, one step, start over. */
function transport(lab: Desk): TemplateResult {
  const { words } = lab;
  const ready = lab.shown.some((l) => l.info);
  return html`<div class="transport">
    ${
      lab.wants
        ? html`<button type="button" class="primary" @click=${() => lab.pause()}>${words.say("pause")}</button>`
        : html`<button type="button" class="primary" ?disabled=${!ready} @click=${() => lab.play()}>
            ${words.say("play")}
          </button>`
    }
    <button type="button" ?disabled=${!ready} @click=${() => void lab.step()}>${words.say("oneStep")}</button>
    <button type="button" ?disabled=${!ready} @click=${() => void lab.restart()}>${words.say("startOver")}</button>
  </div>`;
}

/** A slider through the past of all models at once. */
function past(lab: Desk) {
  const steps = [...new Set(lab.shown.flatMap((l) => l.state?.snapshots ?? []))].sort((a, b) => a - b);
  if (lab.chosen !== "all") return nothing;
  const { words } = lab;
  const shown = lab.shown.find((l) => l.past !== undefined);
  const at = shown ? (shown.state?.snapshots[shown.past ?? 0] ?? 0) : undefined;
  const last = Math.max(1, steps.length);
  const before = at === undefined ? -1 : steps.findLastIndex((s) => s <= at);
  const index = at === undefined ? last : Math.max(0, before);
  return html`<div class="slider">
    <label for="past"
      >${words.say("backThrough")}
      <output>${at === undefined ? words.say("now") : words.say("aboutStep", { step: at })}</output></label
    >
    <input
      type="range"
      id="past"
      min="0"
      max=${last}
      step="1"
      ?disabled=${steps.length < 2}
      .value=${live(String(index))}
      @input=${(e: Event) => {
        const step = steps[Number(chosen(e))];
        lab.pause();
        for (const l of lab.shown) {
          const found = step === undefined ? -1 : (l.state?.snapshots ?? []).findLastIndex((s) => s <= step);
          l.past = found < 0 ? undefined : found;
          l.refresh(true);
        }
        lab.changed();
      }} />
  </div>`;
}

/** What is worth seeing. */
function experiments(lab: Desk, presets: Preset[]): TemplateResult {
  const { words } = lab;
  const those = (fails: boolean) =>
    html`<optgroup label=${words.say(fails ? "failures" : "successes")}>
      ${presets.filter((p) => p.fails === fails).map((p) => option(p.id, words.told(p.title), p === lab.experiment))}
    </optgroup>`;
  return html`<div class="field">
    <label for="preset">${words.say("worthSeeing")}</label
    ><select id="preset" @change=${(e: Event) => lab.adopt(presets.find((p) => p.id === chosen(e)))}>
      <option value="" ?selected=${!lab.experiment}>${words.say("chooseExperiment")}</option>
      ${those(false)} ${those(true)}
    </select>
  </div>`;
}

/** The seed of models and of what is drawn. */
function seeds(lab: Desk): TemplateResult {
  const { task, words } = lab;
  return html`<div class="field">
    <label for="seed">${words.say("seed")}</label
    ><input
      id="seed"
      type="number"
      min="0"
      max="4294967295"
      step="1"
      .value=${live(String(task.seed))}
      @change=${(e: Event) => {
        task.seed = whole(chosen(e), 0, 0xffff_ffff) ?? task.seed;
        lab.arrange(); // The box shows the seed that is used, be it the old one.
      }} />
  </div>`;
}

/** How long each may learn. */
function budgets(lab: Desk): TemplateResult {
  const { task, words } = lab;
  const { budget } = task;
  const inSteps = budget.seconds === null;
  const setBudget = (value: number, steps: boolean) => {
    task.budget = steps ? { steps: Math.round(value), seconds: null } : { steps: null, seconds: value };
    lab.arrange();
  };
  return html`<div class="field">
    <label for="budget">${words.say("budget")}</label
    ><span class="pair budget">
      <input
        id="budget"
        type="number"
        min="1"
        max="10000000"
        .value=${live(String((inSteps ? budget.steps : budget.seconds) ?? ""))}
        @change=${(e: Event) => {
          const value = Number(chosen(e));
          if (value > 0 && value <= 1e7) setBudget(value, inSteps);
          else lab.changed();
        }} /><select
        aria-label=${words.say("budgetUnit")}
        id="unit"
        @change=${(e: Event) => setBudget(chosen(e) === "steps" ? 2000 : 20, chosen(e) === "steps")}>
        <option value="steps" ?selected=${inSteps}>${words.say("steps")}</option>
        <option value="seconds" ?selected=${!inSteps}>${words.say("seconds")}</option>
      </select></span
    >
  </div>`;
}

function render(lab: Desk): TemplateResult {
  const { task, description, words } = lab;
  const presets = description?.presets.filter((p) => lab.learners.has(p.family)) ?? [];
  const rates = [...new Set([task.rate, ...RATES])].sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
  const speed = (rate: number | null) =>
    rate === null ? words.say("fastest") : words.say("stepsASecond", { n: rate });
  return html`<div class="shared">
    <div class="fields">
      <div class="field">
        <label for="show">${words.say("show")}</label
        ><select id="show" @change=${(e: Event) => lab.enlarge(chosen(e))}>
          <option value="all" ?selected=${lab.chosen === "all"}>${words.say("allFamilies")}</option>
          ${lab.able.map(({ family }) => option(family.id, words.told(family.title), family.id === lab.chosen))}
        </select>
      </div>
      ${presets.length ? experiments(lab, presets) : nothing} ${seeds(lab)} ${budgets(lab)}
      <div class="field">
        <label for="rate">${words.say("speed")}</label
        ><select
          id="rate"
          @change=${(e: Event) => {
            task.rate = chosen(e) ? Number(chosen(e)) : null;
            const was = lab.wants;
            lab.pause();
            if (was) lab.play();
          }}>
          ${rates.map((rate) => option(String(rate ?? ""), speed(rate), rate === task.rate))}
        </select>
      </div>
    </div>
    ${transport(lab)}
    <label class="check"
      ><input
        type="checkbox"
        id="overlay"
        .checked=${lab.withData}
        @change=${(e: Event) => {
          lab.withData = (e.target as HTMLInputElement).checked;
          lab.changed();
        }} />
      ${words.say("overlay")}</label
    >
    ${past(lab)}
  </div>`;
}

/** What there is beside a table alone: what is learned, how long, and the way through it. */
function race(lab: Desk): TemplateResult {
  const { words, task, description } = lab;
  const toys = description?.toys.filter((t) => t.kind === "points") ?? [];
  return html`<div class="shared race">
    <div class="fields">
      <div class="field">
        <label for="data">${words.say("data")}</label
        ><select id="data" @change=${(e: Event) => lab.choose(chosen(e))}>
          ${toys.map((t) => option(t.id, words.told(t.title), t.id === task.data))}
        </select>
      </div>
      ${seeds(lab)} ${budgets(lab)}
    </div>
    ${transport(lab)}
  </div>`;
}

export const controls = { race, render, transport };

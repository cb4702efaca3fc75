import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { Changing, Lesson, View } from "../../client/protocol";
import { Plate, reducedMotion, type ImageView } from "../draw";
import type { Reel } from "../film";
import type { Host } from "../panel";
import type { Renderer } from "./renderer";
import { tiles } from "./tiles";
import { WorldEditor } from "./world-editor";

type Episode = Extract<View, { kind: "episode" }>;

/** Who is told what the reader does. */
export interface Steered {
  /** Actions by their letters, from the beginning. */
  steer(actions: string): void;
  /** A plan becomes the mission. */
  edit(plan: string): void;
  /** The world is changed so, and goes on from this step. */
  change?(changes: string, step: number): void;
}

/** How long a moment stays, milliseconds. */
const STAY = 420;
/** Keys by which the reader steers, and the letters of actions. */
const KEYS: Record<string, string> = {
  ArrowLeft: "L",
  ArrowRight: "R",
  ArrowUp: "F",
  p: "P",
  d: "D",
  t: "T",
};

/** What an agent does, moment by moment: the world, what it sees of it, what it thinks of doing; and the controls. */
export class EpisodeRenderer implements Renderer {
  #view: Episode | undefined;
  #at = 0;
  #playing = false;
  /** Where to stand when the next answer comes, after the reader has done something. */
  #next: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #world = new Plate();
  readonly #sight = new Plate();
  readonly #editor: WorldEditor;

  constructor(
    private readonly host: Host,
    private readonly mission: Steered,
  ) {
    this.#editor = new WorldEditor(host, (written) => {
      const before = this.#view?.changing?.made.filter(({ step }) => step <= this.#at) ?? [];
      this.#change([...before.map((made) => made.written), `${this.#at}:${written}`].join(";"));
    });
  }

  show(view: View) {
    if (view.kind !== "episode") return;
    const before = this.#view;
    this.#view = view;
    const same = before?.mission === view.mission && before.lesson?.history === view.lesson?.history;
    if (view.lesson && same && this.#next === undefined) {
      this.#go(this.#at);
      return;
    }
    const steered = this.#next !== undefined;
    this.#go(this.#next ?? 0);
    this.#next = undefined;
    // It acts by itself at first, unless the reader steers or their system asks for little motion; an agent that
    // asks goes on after each answer.
    const goesOn = !steered || (view.lesson?.asks === true && this.#at < this.#steps);
    if (goesOn && view.lesson && reducedMotion()) this.#go(this.#steps);
    this.#play(goesOn && this.#at < this.#steps && !reducedMotion() && !this.host.bare);
  }

  clear() {
    this.#view = undefined;
    this.#world.clear();
    this.#sight.clear();
    this.hide();
  }

  redraw(recolour: boolean) {
    this.#world.redraw(recolour);
    this.#sight.redraw(recolour);
  }

  updated() {
    if (this.#playing && this.#timer === undefined) this.#wait();
  }

  hide() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  canvas() {
    return this.#world.canvas;
  }

  get #steps(): number {
    return this.#view?.moments.length ?? 0;
  }

  #go(at: number) {
    this.#at = Math.max(0, Math.min(at, this.#steps));
    const { worlds, sights } = this.#view ?? {};
    const one = (sheet: ImageView) => tiles(sheet, [Math.min(this.#at, sheet.columns - 1)]);
    if (worlds?.kind === "image") this.#world.show(one(worlds), { columns: 1, widest: 440 });
    if (sights?.kind === "image") this.#sight.show(one(sights), { columns: 1, widest: 240 });
  }

  #wait() {
    this.hide();
    if (!this.#playing || !this.#world.canvas?.isConnected) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#at >= this.#steps) this.#playing = false;
      else this.#go(this.#at + 1);
      this.host.requestUpdate();
      if (this.#playing) this.#wait();
    }, STAY);
  }

  #play(playing: boolean) {
    if (playing && this.#at >= this.#steps) this.#go(0);
    this.#playing = playing;
    this.#wait();
    this.host.requestUpdate();
  }

  #stop(at: number) {
    this.#go(at);
    this.#play(false);
  }

  /** The reader acts in the agent's place. */
  #act(letter: string) {
    const view = this.#view;
    if (!view) return;
    const taken = view.moments.map(({ taken }) => view.letters[taken] ?? "").join("");
    const before = (view.lesson?.history ?? taken).slice(0, this.#at);
    // After the end there is nothing to be done.
    if (view.lesson && !view.lesson.pending && this.#at >= this.#steps) return;
    this.#playing = false;
    this.#next = this.#at + 1;
    this.mission.steer(before + letter);
  }

  /** The world is another one from here on; the reader stays where they are. */
  #change(changes: string) {
    this.#playing = false;
    this.#next = this.#at;
    this.mission.change?.(changes, this.#at);
  }

  /** All moments, one after the other. */
  reel(): Reel | undefined {
    if (!this.#view) return undefined;
    const before = this.#at;
    return {
      count: this.#steps + 1,
      show: async (i) => {
        if (this.#playing) this.#play(false);
        this.#go(i);
      },
      canvas: () => this.#world.canvas,
      end: () => this.#go(before),
    };
  }

  /** The mission, its words marked by how much they are attended to. */
  #mission({ words: all, moments, mission }: Episode) {
    const weights = moments[this.#at]?.words ?? [];
    const most = Math.max(...weights, 1e-6);
    const marked = (word: string, i: number) => {
      const share = Math.round((60 * (weights[i] ?? 0)) / most);
      const background = `color-mix(in srgb, var(--_blue) ${share}%, transparent)`;
      return html`<span .style=${`background: ${background}`}>${word}</span> `;
    };
    return html`<p class="told-mission" lang="en" aria-label=${mission}>${all.map(marked)}</p>`;
  }

  get #percent() {
    return new Intl.NumberFormat(this.host.words.tag, { style: "percent" });
  }

  /** What it may do, with how likely it is; each also what the reader may do instead. */
  #actions({ actions, letters, moments, lesson, atEnd }: Episode) {
    const { words } = this.host;
    const percent = this.#percent;
    const moment = moments[this.#at];
    const probabilities = (moment ?? lesson?.pending)?.probabilities ?? atEnd;
    return actions.map((name, i) => {
      const p = probabilities[i] ?? 0;
      const here = [
        moment?.taken === i ? words.say(moment.given ? "takenByYou" : "takenAction") : "",
        moment?.expert === i ? words.say("expertsAction") : "",
      ].filter(Boolean);
      return html`<button
        type="button"
        class="deed"
        aria-pressed=${moment?.taken === i ? "true" : "false"}
        @click=${() => this.#act(letters[i] ?? "")}>
        <span>${words.told(name)}</span>
        <span class="chance" .style=${`width: ${100 * p}%`}></span>
        <span>${probabilities.length ? percent.format(p) : ""}</span>
        <small>${here.join(", ")}</small>
      </button>`;
    });
  }

  /** How unsure it was, moment by moment; those at which the reader was asked, or had a word, are marked. */
  #doubts({ moments }: Episode, { doubts, pending, threshold }: Lesson) {
    const { words } = this.host;
    const all = pending ? [...doubts, pending.doubt] : doubts;
    const bar = (doubt: number, i: number) => {
      const asked = moments[i]?.given ?? true;
      const told = words.say("doubtAt", { at: i + 1, doubt: this.#percent.format(doubt) });
      return html`<button
        type="button"
        class=${asked ? "asked" : ""}
        title=${told}
        aria-label=${told}
        aria-current=${this.#at === i ? "step" : "false"}
        @click=${() => this.#stop(i)}>
        <i .style=${`height: ${Math.round(100 * doubt)}%`}></i>
      </button>`;
    };
    return html`<div
      class="doubts"
      role="group"
      aria-label=${words.say("doubts")}
      .style=${`--threshold: ${Math.round(100 * threshold)}%`}>
      ${all.map(bar)}
    </div>`;
  }

  /** Whose turn it is. */
  #turn({ asks, pending, threshold }: Lesson) {
    const { words } = this.host;
    if (!pending) return nothing;
    const { expert, doubt } = pending;
    const told = asks
      ? words.say("itAsks", { doubt: this.#percent.format(doubt), threshold: this.#percent.format(threshold) })
      : words.say("yourTurn");
    return html`${told}
    ${
      expert
        ? html`<button type="button" @click=${() => this.#act(expert)}>${words.say("expertAnswers")}</button>`
        : nothing
    }`;
  }

  /** What is changed in the world, and how. */
  #changed(changing: Changing) {
    const go = (step: number) => this.#stop(step);
    return this.#editor.panel(changing, this.#at, go, (changes) => this.#change(changes));
  }

  /** What it said that it was up to, and a way to make a mission of it. */
  #plan(plan: string) {
    const { words } = this.host;
    return html`<p class="plan">
      ${words.say("itsPlan")} <q lang="en">${plan}</q>
      <button type="button" @click=${() => this.mission.edit(plan)}>${words.say("editPlan")}</button>
    </p>`;
  }

  /** What it says that it sees, and where that is wrong what there is. */
  #seen({ sees, inTruth }: Episode["moments"][number]) {
    const { words } = this.host;
    if (!sees) return nothing;
    const right = inTruth ? html` ${words.say("inTruth")} <q lang="en">${inTruth}</q>` : nothing;
    return html`<p class="sees">${words.say("itSees")} <q lang="en">${sees}</q>${right}</p>`;
  }

  #controls() {
    const { words } = this.host;
    const [at, of] = [this.#at, this.#steps];
    const told = words.say("stepOf", { at, of });
    return html`<div class="player" role="group" aria-label=${words.say("player")}>
      <button type="button" @click=${() => this.#play(!this.#playing)}>
        ${words.say(this.#playing ? "pause" : "play")}
      </button>
      <button type="button" aria-label=${words.say("frameBack")} @click=${() => this.#stop(at - 1)}>‹</button>
      <button type="button" aria-label=${words.say("frameOn")} @click=${() => this.#stop(at + 1)}>›</button>
      <input
        type="range"
        min="0"
        max=${of}
        step="1"
        aria-label=${words.say("step")}
        aria-valuetext=${told}
        .value=${live(String(at))}
        @input=${(e: Event) => this.#stop(Number((e.target as HTMLInputElement).value))} />
      <output aria-live="off">${told}</output>
    </div>`;
  }

  render() {
    const view = this.#view;
    const { words, bare } = this.host;
    const keys = (e: KeyboardEvent) => {
      const letter = KEYS[e.key];
      if (!letter || e.ctrlKey || e.altKey || e.metaKey) return;
      e.preventDefault();
      this.#act(letter);
    };
    const moment = view?.moments[this.#at];
    const caption = words.told(view?.caption ?? "");
    const ended = view && this.#at >= this.#steps;
    const lesson = view?.lesson;
    const expert = view?.expertSteps;
    const changing = bare || !this.mission.change ? undefined : view?.changing;
    const beside = expert != null && view?.done ? words.say("stepsBeside", { steps: this.#steps, expert }) : nothing;
    return html`<div class="episode">
      ${view ? this.#mission(view) : nothing}
      <div class="scenes">
        <div class="world">
          <div class="ground">
            <canvas
              class="plate"
              part="canvas"
              role="img"
              aria-label=${words.say("worldFromAbove")}
              ${ref(this.#world.attach)}></canvas>
            ${changing && this.#editor.on ? this.#editor.overlay(changing, this.#at) : nothing}
          </div>
          ${changing ? this.#changed(changing) : nothing}
        </div>
        <figure>
          <canvas class="plate" role="img" aria-label=${caption} ${ref(this.#sight.attach)}></canvas>
          <figcaption>${caption} ${moment ? this.#seen(moment) : nothing}</figcaption>
        </figure>
        ${
          view && !bare
            ? html`<div class="deeds" role="group" aria-label=${words.say("takeOver")} @keydown=${keys}>
                ${this.#actions(view)}<small>${words.say(lesson ? "playHere" : "takeOver")}</small>
              </div>`
            : nothing
        }
      </div>
      ${view && lesson?.asks && !bare ? this.#doubts(view, lesson) : nothing} ${bare ? nothing : this.#controls()}
      ${changing ? this.#editor.eras(changing, this.#steps) : nothing}
      <p class="outcome" aria-live="polite">
        ${
          ended
            ? html`${view.outcome ? words.told(view.outcome) : nothing} ${beside}
              ${lesson ? this.#turn(lesson) : nothing}`
            : moment?.plan
              ? html`${words.say("upTo")} <q lang="en">${moment.plan}</q>`
              : nothing
        }
      </p>
      ${view?.plan && !bare ? this.#plan(view.plan) : nothing}
    </div>`;
  }
}

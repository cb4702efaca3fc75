import { html, nothing } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import type { PlaygroundError } from "../../client/errors";
import type { ErrorInfo, PlotInputs, View } from "../../client/protocol";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import { refusal } from "./refusal";

/** The longest mission that can be typed, and that goes into a URL. */
const LONGEST = 300;

/** The longest list of changes that goes into a URL. */
const MOST_CHANGED = 1200;

/**
 * A mission in words, the actions with which the reader begins, and what they change in the world. Without a word the
 * world's own mission.
 */
export class MissionInput implements Input {
  #text = "";
  #actions = "";
  #changes = "";
  /** What was changed before the last change, which may be refused. */
  #kept: string | undefined;
  /** What was wrong is to be read once more: the next answer is that without it. */
  #stays = false;
  /** The world that actions and changes are of. */
  #seed: number | undefined;
  #suggestions: readonly string[] = [];
  #own = "";
  #wrong: ErrorInfo | undefined;
  readonly #field = createRef<HTMLInputElement>();
  #soon: ReturnType<typeof setTimeout> | undefined;
  readonly params: Record<string, Param>;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {
    this.params = {
      text: {
        get: () => (this.#text && this.#text.length <= LONGEST ? this.#text : undefined),
        set: (text = "") => {
          // What a link says beside it is of it.
          if (text !== this.#text && this.#seed !== undefined) this.forget();
          this.#text = text;
        },
      },
      actions: {
        get: () => this.#actions || undefined,
        set: (actions = "") => {
          this.#actions = actions;
          this.#seed = undefined;
        },
      },
      changes: {
        get: () => (this.#changes && this.#changes.length <= MOST_CHANGED ? this.#changes : undefined),
        set: (changes = "") => {
          this.#changes = changes;
          this.#seed = undefined;
        },
      },
    };
  }

  ask(): PlotInputs {
    const { seed } = this.host.settled;
    if (this.#seed !== undefined && this.#seed !== seed) this.forget();
    this.#seed = seed;
    return { text: this.#text, actions: this.#actions, changes: this.#changes };
  }

  answered(view: View) {
    if (!this.#stays) this.#wrong = undefined;
    this.#stays = false;
    this.#kept = undefined;
    if (view.kind !== "episode") return;
    this.#suggestions = view.suggestions;
    this.#own = view.mission;
  }

  refused({ code, message, hint, recoverable }: PlaygroundError): boolean {
    if (code !== "bad-option") return false;
    this.#wrong = { code, message, hint, recoverable };
    this.host.announce("error", this.#wrong);
    if (this.#kept !== undefined) {
      // A change that is refused is not made; the others stay.
      this.#changes = this.#kept;
      this.#kept = undefined;
      this.#stays = true;
      queueMicrotask(this.changed);
    }
    return true;
  }

  /** The reader does this, letter by letter; the agent goes on from there, in the world as it was by then. */
  steer(actions: string) {
    this.#actions = actions;
    const still = (change: string) => Number.parseInt(change, 10) < actions.length;
    this.#changes = this.#changes.split(";").filter(still).join(";");
    this.changed();
    this.host.changed();
  }

  /** The world is changed so; what the reader did themselves after that step would be another story. */
  change(changes: string, step: number) {
    this.#kept = this.#changes;
    this.#changes = changes;
    this.#actions = this.#actions.slice(0, step);
    this.changed();
    this.host.changed();
  }

  /** A plan becomes the mission, where the reader can change it. */
  edit(plan: string) {
    this.#take(plan);
    this.#field.value?.focus();
  }

  /** Actions and changes of the reader are of one world and one mission. */
  forget() {
    this.#actions = this.#changes = "";
    this.#kept = undefined;
  }

  #take(text: string) {
    this.#text = text;
    this.forget();
    this.changed();
    this.host.changed();
    this.host.requestUpdate();
  }

  render() {
    const { words } = this.host;
    const wrong = this.#wrong && words.error(this.#wrong);
    const input = (e: Event) => {
      const { value } = e.target as HTMLInputElement;
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => this.#take(value), 300);
    };
    const another = () => {
      this.forget();
      this.host.reroll();
    };
    const suggested = (mission: string) =>
      html`<button type="button" lang="en" @click=${() => this.#take(mission)}>${mission}</button>`;
    return html`<div class="field">
        <label for="text">${words.say("mission")}</label>
        <input
          ${ref(this.#field)}
          id="text"
          type="text"
          lang="en"
          maxlength=${LONGEST}
          autocomplete="off"
          spellcheck="false"
          aria-describedby="text-help"
          aria-invalid=${wrong ? "true" : "false"}
          placeholder=${this.#own || nothing}
          .value=${this.#text}
          @input=${input} />
        <small id="text-help">${words.say("missionHelp")}</small>
      </div>
      <div class="phrases" role="group" aria-label=${words.say("missionsHere")}>
        ${this.#suggestions.map(suggested)}
        <button type="button" @click=${another}>${words.say("anotherWorld")}</button>
      </div>
      ${refusal(wrong)}`;
  }
}

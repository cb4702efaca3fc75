import { html, nothing } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import type { PlaygroundError } from "../../client/errors";
import type { ErrorInfo, PlotInputs, View } from "../../client/protocol";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import { refusal } from "./refusal";

/** The longest mission that can be typed, and that goes into a URL. */
const LONGEST = 300;

/** A mission in words, and the actions with which the reader begins. Without a word the world's own mission. */
export class MissionInput implements Input {
  #text = "";
  #actions = "";
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
          this.#text = text;
          this.#actions = "";
        },
      },
    };
  }

  ask(): PlotInputs {
    return { text: this.#text, actions: this.#actions };
  }

  answered(view: View) {
    this.#wrong = undefined;
    if (view.kind !== "episode") return;
    this.#suggestions = view.suggestions;
    this.#own = view.mission;
  }

  refused({ code, message, hint, recoverable }: PlaygroundError): boolean {
    if (code !== "bad-option") return false;
    this.#wrong = { code, message, hint, recoverable };
    this.host.announce("error", this.#wrong);
    return true;
  }

  /** The reader does this, letter by letter; the agent goes on from there. */
  steer(actions: string) {
    this.#actions = actions;
    this.changed();
  }

  /** A plan becomes the mission, where the reader can change it. */
  edit(plan: string) {
    this.#take(plan);
    this.#field.value?.focus();
  }

  /** Actions of the reader are of one world and one mission. */
  forget() {
    this.#actions = "";
  }

  #take(text: string) {
    this.#text = text;
    this.#actions = "";
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

import { html, nothing } from "lit";
import {
  addDemonstrations,
  demonstrationFile,
  demonstrations,
  dropDemonstration,
  dropDemonstrations,
  readDemonstrations,
  watchDemonstrations,
} from "../../client/demonstrations";
import type { PlaygroundError } from "../../client/errors";
import type { ErrorInfo, Lesson, PlotInputs, Shown, View } from "../../client/protocol";
import { textBytes } from "../../client/texts";
import { fileButton } from "../file-button";
import { button, option } from "../form";
import type { Host, Param } from "../panel";
import type { Steered } from "../render/episode";
import { transport } from "../transport";
import { imitate } from "../tuning";
import type { Input } from "./input";
import { refusal } from "./refusal";

/** Steps of a training on demonstrations; it can go on after them. */
const STEPS = 150;

/** The episode that the reader plays or answers in, those that they have played, and learning from them. */
export class DemonstrationsInput implements Input, Steered {
  readonly params: Record<string, Param> = {};
  #actions = "";
  /** The number of the world. */
  #number = 0;
  #lesson: Lesson | undefined;
  /** The line that was kept last. */
  #taken = "";
  /** What was brought last, while nobody has said that it can be read. */
  #brought: readonly string[] = [];
  /** What of it is asked at the moment. */
  #asked: readonly string[] = [];
  #wrong: ErrorInfo | undefined;
  /** What was wrong is to be read once more: the next answer is that without it. */
  #stays = false;
  #onward = true;
  #half = false;
  #watched = false;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {}

  async prepare() {
    if (!this.#watched) {
      // The list outlives its elements.
      const weak = new WeakRef(this);
      const stop = watchDemonstrations(() => {
        const there = weak.deref();
        if (there) there.#again();
        else stop();
      });
    }
    this.#watched = true;
    await readDemonstrations();
  }

  ask(): PlotInputs {
    this.#asked = this.#brought;
    const lines = [...demonstrations(), ...this.#asked].join("\n");
    return { actions: this.#actions, count: this.#number, lines };
  }

  answered(view: View) {
    if (view.kind !== "episode" || !view.lesson) return;
    if (!this.#stays) this.#wrong = undefined;
    this.#stays = false;
    this.#lesson = view.lesson;
    const { line } = view.lesson;
    const brought = this.#asked;
    if (brought === this.#brought) this.#brought = [];
    this.#asked = [];
    const finished = line && line !== this.#taken ? [line] : [];
    this.#taken = line ?? this.#taken;
    if (brought.length || finished.length) void addDemonstrations([...brought, ...finished]);
  }

  refused({ code, message, hint, recoverable }: PlaygroundError): boolean {
    if (code !== "bad-data" && code !== "bad-option") return false;
    // What was brought and cannot be read is left out; what was there stays.
    const brought = this.#asked.length > 0;
    this.#brought = this.#asked = [];
    this.#stays = brought;
    this.#wrong = { code, message, hint, recoverable };
    this.host.announce("error", this.#wrong);
    if (brought) queueMicrotask(() => this.changed());
    return true;
  }

  steer(actions: string) {
    this.#actions = actions;
    this.changed();
  }

  edit() {
    // What is played here has its own mission.
  }

  /** The list has changed. */
  #again() {
    this.host.requestUpdate();
    this.changed();
  }

  #begin(number: number) {
    this.#number = number;
    this.#actions = this.#taken = "";
    this.#wrong = undefined;
    this.changed();
  }

  #open(file: File) {
    void this.host.attempt(async () => {
      const text = new TextDecoder().decode(await textBytes(file));
      this.#brought = text.split("\n").filter((line) => line.trim());
      this.changed();
    }, "demonstrations");
  }

  #save() {
    const { bytes } = demonstrationFile(demonstrations());
    this.host.save({ name: "demonstrations.jsonl", mime: "application/jsonl", bytes });
  }

  #learn() {
    const { trainer, words } = this.host;
    const { bytes } = demonstrationFile(demonstrations());
    void this.host.attempt(async () => {
      const how = { onward: this.#onward && this.host.info !== undefined, expert: this.#half ? 0.5 : 0 };
      if (await imitate(trainer, bytes, words.say("yourDemonstrations"), how)) await trainer.step(STEPS);
    }, "demonstrations");
  }

  render() {
    const { words } = this.host;
    const wrong = this.#wrong && words.error(this.#wrong);
    return html`<div class="row lesson">
        <span>${words.say("missionNumber", { n: this.#number + 1 })}</span>
        ${button(words.say("nextMission"), () => this.#begin(this.#number + 1), this.#lesson?.pending ? "" : "primary")}
        ${button(words.say("sameMission"), () => this.#begin(this.#number))}
      </div>
      ${refusal(wrong)}`;
  }

  #row({ mission, steps, answers, done, heldOut }: Shown, i: number) {
    const { words } = this.host;
    const line = demonstrations()[i];
    const notes = [
      words.say("shownSteps", { steps }),
      answers < steps ? words.say("shownAnswers", { answers }) : "",
      done ? "" : words.say("shownUndone"),
      heldOut ? words.say("heldOut") : "",
    ];
    return html`<li>
      <span lang="en">${mission}</span> <span class="aside">${notes.filter(Boolean).join(", ")}</span>
      ${button(words.say("throwAway"), () => line !== undefined && void dropDemonstration(line))}
    </li>`;
  }

  #list(own: readonly Shown[]) {
    const { words } = this.host;
    return html`<details class="all" ?open=${own.length > 0 && own.length <= 12}>
      <summary>${words.say("ownDemonstrations", { n: own.length })}</summary>
      ${
        own.length
          ? html`<ol class="shown">
              ${own.map((shown, i) => this.#row(shown, i))}
            </ol>`
          : html`<p class="aside">${words.say("noDemonstrations")}</p>`
      }
      <div class="row">
        ${fileButton(words.say("openDemonstrations"), ".jsonl,.json,.txt", (file) => this.#open(file))}
        ${
          own.length
            ? [
                button(words.say("saveDemonstrations"), () => this.#save()),
                button(words.say("throwAllAway"), () => void dropDemonstrations()),
              ]
            : nothing
        }
      </div>
    </details>`;
  }

  /** How it is to learn from them, and how that goes. */
  #learning(own: readonly Shown[]) {
    const { host } = this;
    const { words, trainer, info } = host;
    const training = trainer.own && info && trainer.corpus?.info?.name === info.data;
    const loss = training && info.state.losses.find(({ name, split }) => name === "action" && split === "heldOut");
    const [first, last] = [loss && loss.values[0], loss && loss.values.at(-1)];
    const how = (e: Event) => {
      this.#onward = (e.target as HTMLSelectElement).value === "onward";
    };
    return html`<div class="row">
        <button
          type="button"
          class="primary"
          ?disabled=${own.length < 2 || trainer.busy || trainer.running}
          @click=${() => this.#learn()}>
          ${words.say("learnFromThese", { n: own.length })}
        </button>
        <label class="inline"
          >${words.say("learnBeginning")}
          <select @change=${how}>
            ${option("onward", words.say("fromWhatItKnows"), this.#onward)}
            ${option("fresh", words.say("fromNothing"), !this.#onward)}
          </select></label
        >
        <label class="check"
          ><input
            type="checkbox"
            .checked=${this.#half}
            @change=${(e: Event) => (this.#half = (e.target as HTMLInputElement).checked)} />
          ${words.say("halfExperts")}</label
        >
      </div>
      ${training ? transport(host, info) : nothing}
      ${
        typeof first === "number" && typeof last === "number"
          ? html`<p class="aside">
              ${words.say("demonstrationLoss", { first: words.figure(first, 2), last: words.figure(last, 2) })}
            </p>`
          : nothing
      }`;
  }

  below() {
    const own = this.#lesson?.own;
    if (!own || this.host.bare) return nothing;
    return html`${this.#list(own)} ${this.#learning(own)}`;
  }

  dropped(file: File): boolean {
    if (!/\.jsonl?$/i.test(file.name)) return false;
    this.#open(file);
    return true;
  }
}

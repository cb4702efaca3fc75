import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { wav } from "../../client/wav";
import { Plate, type ImageView } from "../draw";
import { button } from "../form";
import type { Host } from "../panel";
import { Speaker, type Silence } from "../speaker";
import type { Renderer } from "./renderer";
import { tiles } from "./tiles";

type Sounds = Extract<View, { kind: "sounds" }>;

/** Sounds, each a picture that is pressed to hear it; all of them one after the other, and as a file. */
export class SoundsRenderer implements Renderer {
  #view: Sounds | undefined;
  #plates: Plate[] = [];
  /** Which one is heard. */
  #heard: number | undefined;
  #silence: Silence | undefined;
  readonly #speaker = new Speaker();

  constructor(private readonly host: Host) {}

  show(view: View) {
    if (view.kind !== "sounds" || view.sheet.kind !== "image") return;
    this.#view = view;
    const { sheet } = view;
    const one = (i: number): ImageView => tiles(sheet, [i]);
    this.#plates = view.sounds.map((_, i) => this.#plates[i] ?? new Plate());
    this.#plates.forEach((plate, i) => plate.show(one(i), { columns: 1 }));
    this.host.requestUpdate();
  }

  clear() {
    this.#stop();
    this.#view = undefined;
    for (const plate of this.#plates) plate.clear();
  }

  redraw(recolour: boolean) {
    for (const plate of this.#plates) plate.redraw(recolour);
  }

  hide() {
    this.#stop();
  }

  #stop = () => {
    this.#speaker.stop();
    this.#heard = undefined;
    this.host.requestUpdate();
  };

  /** Plays some, one after the other; a press of one that is heard ends it. */
  #play(which: readonly number[]) {
    const [first, ...rest] = which;
    const view = this.#view;
    const sound = first === undefined ? undefined : view?.sounds[first];
    if (!view || !sound) {
      this.#stop();
      return;
    }
    this.#heard = first;
    this.host.requestUpdate();
    const ended = () => this.#play(rest);
    void this.host.attempt(async () => {
      this.#silence = await this.#speaker.play(sound, view.rate, ended);
      if (this.#silence) this.#stop();
    }, "sound");
  }

  /** Those that the model made, or those of the data. */
  #of(given: boolean): number[] {
    return (this.#view?.given ?? []).flatMap((is, i) => (is === given ? [i] : []));
  }

  #save = () =>
    void this.host.attempt(async () => {
      const view = this.#view;
      if (!view) return;
      const name = `${this.host.info?.id ?? "sounds"}-${this.host.settled.seed}.wav`;
      const sounds = this.#of(false).flatMap((i) => view.sounds[i] ?? []);
      this.host.save({ name, mime: "audio/wav", bytes: wav(view.rate, sounds) });
    }, "file");

  #one(i: number, place: number) {
    const { words } = this.host;
    const title = this.#view?.titles[i] ?? "";
    const name = title || words.say("hearNumber", { n: place + 1 });
    const heard = this.#heard === i;
    return html`<button
      type="button"
      class="sound"
      aria-pressed=${heard ? "true" : "false"}
      aria-label=${words.say("hearOne", { name })}
      @click=${() => (heard ? this.#stop() : this.#play([i]))}>
      <canvas class="plate" aria-hidden="true" ${ref(this.#plates[i]?.attach)}></canvas>
      <span aria-hidden="true">${heard ? "■" : "▶"} ${name}</span>
    </button>`;
  }

  #row(given: boolean) {
    const { words } = this.host;
    const which = this.#of(given);
    if (!which.length) return nothing;
    const label = words.say(given ? "hearGiven" : "hearMade");
    return html`<p class="label">${label}</p>
      <div class="sounds" role="group" aria-label=${label}>${which.map((i, place) => this.#one(i, place))}</div>`;
  }

  render() {
    const { words, bare } = this.host;
    const made = this.#of(false);
    const playing = this.#heard !== undefined;
    const all = () => (playing ? this.#stop() : this.#play(made));
    return html`${this.#row(false)}
    ${
      bare
        ? nothing
        : html`<div class="row">
            ${button(words.say(playing ? "stop" : "hearAll"), all, "primary")}
            ${button(words.say("newSamples"), () => this.host.reroll())} ${button(words.say("saveWav"), this.#save)}
          </div>`
    }
    ${this.#silence ? html`<p class="offer warn" role="status">${words.say(this.#silence)}</p>` : nothing}
    ${bare ? nothing : this.#row(true)}`;
  }
}

import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { recorded } from "../../client/wav";
import { reducedMotion } from "../draw";
import { button } from "../form";
import type { Host } from "../panel";
import type { Plan } from "./roll";
import { Player, rendered, type Silence } from "./synth";

/** Quarters a minute: at first, and what can be chosen. */
const [TEMPO, SLOWEST, FASTEST] = [80, 40, 160];

/** The music of a plan as it is heard: play and stop, again and again, faster or slower, without some of the voices. */
export class Listening {
  readonly muted = new Set<number>();
  #tempo = TEMPO;
  #silence: Silence | undefined;
  #frame = 0;
  readonly #player: Player;

  constructor(
    private readonly host: Host,
    private readonly plan: Plan,
    /** Where it begins. */
    private readonly from: () => number,
    private readonly fastest = FASTEST,
  ) {
    this.#player = new Player(
      () => plan.roll,
      () => this.stop(),
    );
  }

  get playing() {
    return this.#player.playing;
  }
  get tempo() {
    return this.#tempo;
  }
  set tempo(tempo: number) {
    this.#tempo = Math.min(this.fastest, Math.max(SLOWEST, tempo));
    this.#player.tempo = this.#tempo;
  }

  mute(voice: number, muted: boolean) {
    if (muted) this.muted.add(voice);
    else this.muted.delete(voice);
    this.#player.mute(voice, muted);
    this.plan.over = { ...this.plan.over, muted: this.muted };
    this.plan.redraw();
  }

  stop() {
    this.#player.stop();
    cancelAnimationFrame(this.#frame);
    this.#lay(undefined);
    this.host.requestUpdate();
  }

  #toggle = () => {
    if (this.playing) {
      this.stop();
      return;
    }
    void this.host.attempt(async () => {
      this.#silence = await this.#player.play(this.#tempo, this.from());
      this.host.requestUpdate();
      if (!this.#silence) this.#follow();
    }, "sound");
  };

  /** The line that goes with what sounds; with little motion it goes from beat to beat. */
  #follow = () => {
    if (!this.playing) return;
    const { at } = this.#player;
    const shown = at === undefined ? at : reducedMotion() ? 4 * Math.floor(at / 4) : at;
    if (shown !== this.plan.over.playhead) this.#lay(shown);
    this.#frame = requestAnimationFrame(this.#follow);
  };

  #lay(playhead: number | undefined) {
    this.plan.over = { ...this.plan.over, playhead };
    this.plan.redraw();
  }

  /** What is heard as a WAV file. */
  save = () =>
    void this.host.attempt(async () => {
      const { roll } = this.plan;
      if (!roll) return;
      const name = `${this.host.info?.id ?? "music"}-${this.host.settled.seed}.wav`;
      const sound = await rendered(roll, this.#tempo, this.muted);
      this.host.save({ name, mime: "audio/wav", bytes: recorded(sound) });
    }, "file");

  render() {
    const { words } = this.host;
    const loop = (e: Event) => (this.#player.loop = (e.target as HTMLInputElement).checked);
    const tempo = (e: Event) => {
      this.tempo = Number((e.target as HTMLInputElement).value);
      this.host.requestUpdate();
    };
    return html`<div class="row player" role="group" aria-label=${words.say("soundGroup")}>
        ${button(words.say(this.playing ? "stop" : "play"), this.#toggle, "primary")}
        <label><input type="checkbox" .checked=${live(this.#player.loop)} @change=${loop} />${words.say("loop")}</label>
        <label class="tempo"
          >${words.say("tempo")}
          <input
            type="range"
            min=${SLOWEST}
            max=${this.fastest}
            step="2"
            aria-valuetext=${words.say("tempoIs", { n: this.#tempo })}
            .value=${live(String(this.#tempo))}
            @input=${tempo} /><output>${this.#tempo}</output></label
        >
      </div>
      ${this.#silence ? html`<p class="offer warn" role="status">${words.say(this.#silence)}</p>` : nothing}`;
  }
}

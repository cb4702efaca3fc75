import { html, nothing } from "lit";
import { Microphone } from "../microphone";
import type { Host } from "../panel";

/** The longest melody, milliseconds; the worker takes twenty seconds. */
const LONGEST = 19_000;
const ADVICE = {
  refused: "Allow it in the browser's settings of this site, or write the melody into the roll.",
  none: "Write the melody into the roll instead.",
  nothing: "Hum, and then end the recording.",
};

/** A melody that the reader hums into the microphone, which the browser asks for. */
export class Humming {
  readonly #microphone: Microphone;

  constructor(
    private readonly host: Host,
    /** What was hummed, as a WAV file. */
    private readonly take: (file: Uint8Array) => Promise<void>,
  ) {
    this.#microphone = new Microphone(() => host.requestUpdate(), LONGEST, ADVICE);
  }

  #toggle = () => {
    if (this.#microphone.isRecording) this.#microphone.end();
    else
      void this.host.attempt(async () => {
        const file = await this.#microphone.record();
        if (file) await this.take(file);
      }, "microphone");
  };

  /** Nobody looks: it does not stay open. */
  close() {
    this.#microphone.close();
  }

  render() {
    if (!this.#microphone.isThere) return nothing;
    const { words } = this.host;
    const on = this.#microphone.isRecording;
    return html`<button type="button" aria-pressed=${on ? "true" : "false"} @click=${this.#toggle}>
        ${words.say(on ? "humEnd" : "humBegin")}
      </button>
      ${on ? html`<span class="aside" role="status">${words.say("humNow")}</span>` : nothing}`;
  }
}

import { html, nothing } from "lit";
import type { Key } from "../../lang/words";
import type { Host } from "../panel";
import { Hum } from "./synth";

/** Why no keyboard plays. */
type Lack = Extract<Key, `midi${string}`>;

/** A MIDI keyboard: what is played on it is heard, and told when a key is let go. The browser asks the reader first. */
export class MidiKeys {
  #access: MIDIAccess | undefined;
  #lack: Lack | undefined;
  #hum: Hum | undefined;
  /** Keys that are held, and since when, seconds. */
  readonly #held = new Map<number, number>();

  constructor(
    private readonly host: Host,
    /** A key was held for so many seconds. */
    private readonly played: (pitch: number, seconds: number) => void,
  ) {}

  get #inputs(): MIDIInput[] {
    return [...(this.#access?.inputs.values() ?? [])].filter((input) => input.state === "connected");
  }

  #connect = () =>
    void this.host.attempt(async () => {
      if (this.#access) {
        this.close();
        return;
      }
      this.#lack = undefined;
      if (!("requestMIDIAccess" in navigator)) {
        this.#lack = "midiUnknown";
      } else {
        try {
          this.#access = await navigator.requestMIDIAccess({ sysex: false });
          this.#hum = new Hum();
          this.#access.onstatechange = () => this.#listen();
          this.#listen();
        } catch {
          this.#lack = "midiRefused";
        }
      }
      this.host.requestUpdate();
    }, "music");

  /** Listens to every keyboard that is there; one that is plugged in later is heard as well. */
  #listen() {
    for (const input of this.#inputs) input.onmidimessage = this.#message;
    this.host.requestUpdate();
  }

  #message = (e: MIDIMessageEvent) => {
    const [status = 0, pitch = 0, velocity = 0] = e.data ?? [];
    const kind = status & 0xf0;
    const now = e.timeStamp / 1000;
    if (kind === 0x90 && velocity > 0) {
      this.#held.set(pitch, now);
      this.#hum?.begin(pitch);
    } else if (kind === 0x80 || kind === 0x90) {
      const since = this.#held.get(pitch);
      this.#held.delete(pitch);
      this.#hum?.end(pitch);
      if (since !== undefined) this.played(pitch, now - since);
    }
  };

  /** Nothing is listened to any longer. */
  close() {
    if (this.#access) {
      this.#access.onstatechange = null;
      for (const input of this.#access.inputs.values()) input.onmidimessage = null;
    }
    this.#access = undefined;
    this.#held.clear();
    this.#hum?.close();
    this.#hum = undefined;
    this.host.requestUpdate();
  }

  render() {
    const { words } = this.host;
    const [input] = this.#inputs;
    const state = this.#access ? words.say(input ? "midiPlays" : "midiNone") : this.#lack && words.say(this.#lack);
    return html`<button type="button" aria-pressed=${this.#access ? "true" : "false"} @click=${this.#connect}>
        ${words.say("midiKeys")}
      </button>
      ${state ? html`<span class="aside" role="status">${state}</span>` : nothing}`;
  }
}

import { floats } from "../client/wav";

/** How long a context may take until its clock runs, milliseconds. */
const PATIENCE = 1500;
/** Before a sound, so that it begins whole, and how it is faded out where it is ended; seconds. */
const [LEAD, FADE] = [0.03, 0.02];

/** Why nothing is heard. */
export type Silence = "soundNone" | "hearHeld";

/** Plays one sound at a time. */
export class Speaker {
  #context: AudioContext | undefined;
  #now: { node: AudioBufferSourceNode; gain: GainNode } | undefined;

  /** Plays a sound, after a press of the reader; gives why it cannot, if so. `ended` is told of an end by itself. */
  async play(sound: Uint8Array, rate: number, ended: () => void): Promise<Silence | undefined> {
    this.stop();
    if (typeof AudioContext === "undefined") return "soundNone";
    try {
      const context = (this.#context ??= new AudioContext());
      if (context.state !== "running") {
        const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
        await Promise.race([context.resume(), late]);
        if ((context.state as AudioContextState) !== "running") return "hearHeld";
      }
      const samples = floats(sound);
      const buffer = context.createBuffer(1, Math.max(1, samples.length), rate);
      buffer.copyToChannel(samples, 0);
      const [node, gain] = [context.createBufferSource(), context.createGain()];
      node.buffer = buffer;
      node.connect(gain).connect(context.destination);
      node.start(context.currentTime + LEAD);
      const now = { node, gain };
      this.#now = now;
      node.onended = () => {
        gain.disconnect();
        if (this.#now !== now) return;
        this.#now = undefined;
        ended();
      };
      return undefined;
    } catch {
      return "soundNone";
    }
  }

  /** Silence, without a click; nobody is told. */
  stop() {
    const { node, gain } = this.#now ?? {};
    this.#now = undefined;
    const at = this.#context?.currentTime ?? 0;
    gain?.gain.setValueAtTime(1, at);
    gain?.gain.linearRampToValueAtTime(0, at + FADE);
    node?.stop(at + FADE);
  }
}

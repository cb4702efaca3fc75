/** Plays sentences one after the other, as they come. */
import type { SpokenSentence } from "../client/protocol";
import { floats, wav } from "../client/wav";

/** Before the first sound, so that it begins whole, and between sentences; seconds. */
const LEAD = 0.06;
const BETWEEN = 0.12;
/** So long may a browser take to begin, milliseconds; then it is told that it does not. */
const PATIENCE = 1500;

/** A sentence that is or will be heard. */
interface Queued {
  sentence: SpokenSentence;
  from: number;
  node: AudioBufferSourceNode;
}

/** What of the sound the reader has to know: it plays, the browser holds it back, or there is none. */
export type Hearing = "fine" | "held" | "none";

export class Player {
  #context: AudioContext | undefined;
  #queue: Queued[] = [];
  #next = 0;

  constructor(private readonly tell: (hearing: Hearing) => void) {}

  /** By a press of the reader, which is when browsers allow sound; never fails. */
  async wake(): Promise<void> {
    if (typeof AudioContext === "undefined") return this.tell("none");
    try {
      const context = (this.#context ??= this.#open());
      const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
      if (context.state !== "running") await Promise.race([context.resume(), late]);
      this.#look();
    } catch {
      this.tell("none");
    }
  }

  #open(): AudioContext {
    const context = new AudioContext();
    context.addEventListener("statechange", () => this.#look());
    return context;
  }

  #look() {
    if (this.#context) this.tell(this.#context.state === "running" ? "fine" : "held");
  }

  /** Plays a sentence when those before it have ended. */
  add(sentence: SpokenSentence) {
    const context = this.#context;
    if (!context || !sentence.sound.byteLength) return;
    const samples = floats(sentence.sound);
    const buffer = context.createBuffer(1, samples.length, sentence.rate);
    buffer.copyToChannel(samples, 0);
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.connect(context.destination);
    const from = Math.max(context.currentTime + LEAD, this.#next);
    node.start(from);
    this.#next = from + buffer.duration + BETWEEN;
    const queued = { sentence, from, node };
    this.#queue.push(queued);
    node.addEventListener("ended", () => {
      this.#queue = this.#queue.filter((q) => q !== queued);
    });
  }

  /** Silence, at once and without a click. */
  stop() {
    for (const { node } of this.#queue.splice(0)) {
      const now = this.#context?.currentTime ?? 0;
      const gain = this.#context?.createGain();
      if (gain && this.#context) {
        node.disconnect();
        node.connect(gain).connect(this.#context.destination);
        gain.gain.setValueAtTime(1, now);
        gain.gain.linearRampToValueAtTime(0, now + 0.02);
      }
      node.stop(now + 0.03);
    }
    this.#next = 0;
  }

  /** What is heard now, and how far it is, in seconds. */
  get now(): { sentence: SpokenSentence; at: number } | undefined {
    const time = this.#context?.state === "running" ? this.#context.currentTime : -1;
    for (const { sentence, from, node } of this.#queue)
      if (time >= from && time < from + (node.buffer?.duration ?? 0)) return { sentence, at: time - from };
    return undefined;
  }

  /** Whether something is still to be heard. */
  get busy() {
    return this.#queue.length > 0 && this.#context?.state === "running";
  }

  close() {
    this.stop();
    void this.#context?.close().catch(() => undefined);
    this.#context = undefined;
  }
}

/** Sentences as one file, with the pauses between them. */
export function saved(sentences: readonly SpokenSentence[]): Blob {
  const rate = sentences[0]?.rate ?? 24_000;
  const pause = new Uint8Array(2 * Math.round(BETWEEN * rate));
  const parts = sentences.flatMap(({ sound }, i) => (i ? [pause, sound] : [sound]));
  return new Blob([wav(rate, parts)], { type: "audio/wav" });
}

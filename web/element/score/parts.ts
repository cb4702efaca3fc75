/** A sixteenth in seconds, of so many quarters a minute. */
export const sixteenth = (tempo: number) => 15 / tempo;

/** What sounds in a context, by parts of a score, each of which can be silenced. */
export class Parts {
  readonly #out: GainNode[];
  readonly #sounding = new Set<AudioScheduledSourceNode>();

  constructor(
    protected readonly context: BaseAudioContext,
    count: number,
  ) {
    this.#out = Array.from({ length: count }, () => {
      const gain = context.createGain();
      gain.connect(context.destination);
      return gain;
    });
  }

  /** Silences a part, or lets it be heard again; not at once, which would click. */
  mute(part: number, muted: boolean) {
    this.#out[part]?.gain.setTargetAtTime(muted ? 0 : 1, this.context.currentTime, 0.015);
  }

  /** Has a source sound in a part from `at` to `end` seconds, through what ends in `last` and then an envelope. */
  protected begin(
    part: number,
    source: AudioScheduledSourceNode,
    last: AudioNode,
    envelope: GainNode,
    at: number,
    end: number,
  ) {
    const out = this.#out[part];
    if (!out) return;
    last.connect(envelope).connect(out);
    source.start(at);
    source.stop(end);
    this.#sounding.add(source);
    source.onended = () => {
      this.#sounding.delete(source);
      envelope.disconnect();
    };
  }

  /** Lets everything fade. */
  stop() {
    const now = this.context.currentTime;
    for (const gain of this.#out) gain.gain.setTargetAtTime(0, now, 0.015);
    for (const source of this.#sounding) source.stop(now + 0.1);
    setTimeout(() => this.#out.forEach((gain) => gain.disconnect()), 300);
  }
}

import type { Roll } from "../../client/protocol";
import { Parts, sixteenth } from "./parts";

/** A hit that is only written, and not played yet. */
const STIFF = 80;
/** Parts of a sixteenth in which hits are moved. */
const TICKS = 120;
/** How a hit begins, seconds: a jump of the wave would be heard as a click. */
const ATTACK = 0.0015;

/** How a drum sounds: noise through a filter, and a tone that falls. All together, at their loudest, stay below 1. */
interface Sound {
  noise?: { loud: number; seconds: number; filter: BiquadFilterType; hertz: number };
  tone?: { loud: number; seconds: number; from: number; to: number; wave?: OscillatorType };
}

/** Bass drum, snare, hi-hat closed and open, toms from the lowest, crash, ride. */
const SOUNDS: readonly Sound[] = [
  {
    tone: { loud: 0.24, seconds: 0.28, from: 150, to: 46 },
    noise: { loud: 0.03, seconds: 0.02, filter: "lowpass", hertz: 3000 },
  },
  {
    tone: { loud: 0.08, seconds: 0.12, from: 240, to: 170, wave: "triangle" },
    noise: { loud: 0.1, seconds: 0.18, filter: "highpass", hertz: 1500 },
  },
  { noise: { loud: 0.07, seconds: 0.06, filter: "highpass", hertz: 8000 } },
  { noise: { loud: 0.07, seconds: 0.4, filter: "highpass", hertz: 7000 } },
  { tone: { loud: 0.11, seconds: 0.4, from: 130, to: 80 } },
  { tone: { loud: 0.1, seconds: 0.34, from: 180, to: 115 } },
  { tone: { loud: 0.09, seconds: 0.28, from: 240, to: 160 } },
  { noise: { loud: 0.06, seconds: 1.2, filter: "highpass", hertz: 4500 } },
  {
    noise: { loud: 0.03, seconds: 0.5, filter: "bandpass", hertz: 9000 },
    tone: { loud: 0.012, seconds: 0.35, from: 3150, to: 3130, wave: "square" },
  },
];

/** White noise of two seconds, always the same. */
function noise(context: BaseAudioContext): AudioBuffer {
  const buffer = context.createBuffer(1, 2 * context.sampleRate, context.sampleRate);
  const samples = buffer.getChannelData(0);
  let state = 1;
  for (let i = 0; i < samples.length; i++) {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples[i] = state / 2 ** 31 - 1;
  }
  return buffer;
}

/** Drums, as `Voices` is singers: puts hits that begin in some sixteenths into a context. */
export class Kit extends Parts {
  readonly #noise: AudioBuffer;

  constructor(context: BaseAudioContext) {
    super(context, SOUNDS.length);
    this.#noise = noise(context);
  }

  play(roll: Roll, tempo: number, at: number, from = 0, to: number = roll.steps) {
    const long = sixteenth(tempo);
    roll.voices.forEach(({ notes }, drum) => {
      for (const { start, velocity = STIFF, shift = 0 } of notes) {
        if (start < from || start >= to) continue;
        const when = at + (start - from + shift / TICKS) * long;
        this.#hit(drum, Math.max(when, this.context.currentTime), velocity / 127);
      }
    });
  }

  #hit(drum: number, at: number, hard: number) {
    const { noise, tone } = SOUNDS[drum] ?? {};
    const { context } = this;
    // Twice as hard is more than twice as loud.
    const loud = hard ** 1.6;
    if (noise) {
      const [source, filter] = [context.createBufferSource(), context.createBiquadFilter()];
      source.buffer = this.#noise;
      filter.type = noise.filter;
      filter.frequency.value = noise.hertz;
      source.connect(filter);
      this.#begin(source, filter, drum, { ...noise, loud: noise.loud * loud }, at);
    }
    if (tone) {
      const source = context.createOscillator();
      source.type = tone.wave ?? "sine";
      source.frequency.setValueAtTime(tone.from, at);
      source.frequency.exponentialRampToValueAtTime(tone.to, at + tone.seconds / 3);
      this.#begin(source, source, drum, { ...tone, loud: tone.loud * loud }, at);
    }
  }

  #begin(
    source: AudioScheduledSourceNode,
    last: AudioNode,
    drum: number,
    { loud, seconds }: { loud: number; seconds: number },
    at: number,
  ) {
    const envelope = this.context.createGain();
    envelope.gain.setValueAtTime(0, at);
    envelope.gain.linearRampToValueAtTime(loud, at + ATTACK);
    envelope.gain.setTargetAtTime(0, at + ATTACK, seconds / 5);
    this.begin(drum, source, last, envelope, at, at + 1.6 * seconds);
  }
}

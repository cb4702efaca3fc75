import type { Roll } from "../../client/protocol";
import { Kit } from "./kit";
import { Parts, sixteenth } from "./parts";

/** How a note begins, ends and fades, seconds: a jump of the wave would be heard as a click. */
const [ATTACK, RELEASE, TAIL] = [0.012, 0.05, 0.2];
/**
 * The loudest that a voice gets. At a join a voice's last note fades while the next begins, so that two sound for a
 * moment: four voices of two notes each stay below 1, and nothing clips.
 */
const LOUD = 0.12;
/** Overtones of each voice, from the highest: the lower it is the richer, as strings of an organ are. */
const TONES: readonly (readonly number[])[] = [
  [1, 0.35, 0.12, 0.05],
  [1, 0.45, 0.18, 0.08],
  [1, 0.55, 0.26, 0.14, 0.06],
  [1, 0.7, 0.4, 0.22, 0.12, 0.06],
];
/** How long a cymbal is heard, seconds. */
const CYMBAL = 1.5;
/** Samples a second of a saved sound. */
const RATE = 44_100;

const frequency = (pitch: number) => 440 * 2 ** ((pitch - 69) / 12);

/** The wave of a voice, whose peak is 1. */
function wave(context: BaseAudioContext, voice: number): PeriodicWave {
  const tones = TONES[Math.min(voice, TONES.length - 1)] ?? [1];
  const imag = new Float32Array([0, ...tones]);
  return context.createPeriodicWave(new Float32Array(imag.length), imag);
}

/** Puts the notes of a score that begin in some sixteenths into a context, the first of these at `at` seconds. */
export class Voices extends Parts {
  readonly #waves: PeriodicWave[];

  constructor(context: BaseAudioContext, voices: number) {
    super(context, voices);
    this.#waves = Array.from({ length: voices }, (_, v) => wave(context, v));
  }

  play(roll: Roll, tempo: number, at: number, from = 0, to: number = roll.steps) {
    const long = sixteenth(tempo);
    roll.voices.forEach(({ notes }, voice) => {
      for (const note of notes) {
        if (note.start < from || note.start >= to) continue;
        this.#note(voice, note.pitch, at + (note.start - from) * long, note.length * long);
      }
    });
  }

  #note(voice: number, pitch: number, at: number, seconds: number) {
    const { context } = this;
    const [source, envelope] = [context.createOscillator(), context.createGain()];
    const wave = this.#waves[voice];
    if (!wave) return;
    source.setPeriodicWave(wave);
    source.frequency.value = frequency(pitch);
    const { gain } = envelope;
    const end = at + Math.max(seconds - 0.02, ATTACK);
    gain.setValueAtTime(0, at);
    gain.linearRampToValueAtTime(LOUD, at + ATTACK);
    gain.setTargetAtTime(LOUD * 0.7, at + ATTACK, TAIL);
    gain.setTargetAtTime(0, end, RELEASE / 4);
    this.begin(voice, source, source, envelope, at, end + 2 * RELEASE);
  }
}

/** What sings a score, or drums it. */
const playersOf = (context: BaseAudioContext, roll: Roll) =>
  roll.drums ? new Kit(context) : new Voices(context, roll.voices.length);

/** Notes that sound while they are held. */
export class Hum {
  readonly #context = new AudioContext();
  readonly #notes = new Map<number, [OscillatorNode, GainNode]>();

  begin(pitch: number) {
    this.end(pitch);
    const context = this.#context;
    void context.resume().catch(() => undefined);
    const [source, envelope] = [context.createOscillator(), context.createGain()];
    source.setPeriodicWave(wave(context, 0));
    source.frequency.value = frequency(pitch);
    envelope.gain.setValueAtTime(0, context.currentTime);
    envelope.gain.linearRampToValueAtTime(LOUD, context.currentTime + ATTACK);
    source.connect(envelope).connect(context.destination);
    source.start();
    source.onended = () => envelope.disconnect();
    this.#notes.set(pitch, [source, envelope]);
  }

  end(pitch: number) {
    const [source, envelope] = this.#notes.get(pitch) ?? [];
    this.#notes.delete(pitch);
    const now = this.#context.currentTime;
    envelope?.gain.cancelScheduledValues(now);
    envelope?.gain.setTargetAtTime(0, now, RELEASE / 4);
    source?.stop(now + 2 * RELEASE);
  }

  close() {
    void this.#context.close().catch(() => undefined);
  }
}

/** How long before it sounds a note is handed over, and how often that is looked after, seconds. */
const [AHEAD, EVERY] = [0.5, 0.1];
/** How long a context may take until its clock runs, milliseconds. */
const PATIENCE = 1500;

/** Why nothing is heard. */
export type Silence = "soundNone" | "soundHeld";

/** Plays a score as it is, again and again if that is wished. */
export class Player {
  loop = false;
  #context: AudioContext | undefined;
  #voices: Voices | Kit | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The sixteenth that is next to be handed over, and when it sounds. */
  #next = 0;
  #nextAt = 0;
  /** What was handed over: when each sixteenth sounds. */
  #marks: [at: number, step: number][] = [];
  #tempo = 80;
  #muted = new Set<number>();

  constructor(
    private readonly roll: () => Roll | undefined,
    private readonly ended: () => void,
  ) {}

  get playing() {
    return this.#timer !== undefined;
  }

  /** Begins at a sixteenth; gives why it cannot, if it cannot. A click of the reader leads here. */
  async play(tempo: number, from = 0): Promise<Silence | undefined> {
    this.stop();
    this.#tempo = tempo;
    try {
      this.#context ??= new AudioContext();
    } catch {
      return "soundNone";
    }
    const context = this.#context;
    // Where sound is not allowed yet, this waits for ever.
    const begun = context.currentTime;
    void context.resume().catch(() => undefined);
    const runs = () => context.state === "running" && context.currentTime > begun;
    for (let waited = 0; waited < PATIENCE && !runs(); waited += 50) await new Promise((wake) => setTimeout(wake, 50));
    if (!runs()) return context.state === "running" ? "soundNone" : "soundHeld";
    const roll = this.roll();
    if (!roll) return undefined;
    this.#voices = playersOf(context, roll);
    for (const voice of this.#muted) this.#voices.mute(voice, true);
    this.#next = Math.min(Math.max(0, from), roll.steps - 1);
    this.#nextAt = context.currentTime + 0.06;
    this.#marks = [];
    this.#timer = setInterval(() => this.#feed(), EVERY * 1000);
    this.#feed();
    return undefined;
  }

  /** Hands over what comes soon. */
  #feed() {
    const [context, roll, voices] = [this.#context, this.roll(), this.#voices];
    if (!context || !roll || !voices) return;
    if (context.state !== "running") return; // A phone call, or a tab asleep: it goes on when that is over.
    // What was slept through is left out.
    if (this.#next < roll.steps && this.#nextAt < context.currentTime) this.#nextAt = context.currentTime + 0.05;
    while (this.#nextAt < context.currentTime + AHEAD) {
      if (this.#next >= roll.steps) {
        if (!this.loop) {
          if (context.currentTime < this.#nextAt) return;
          this.stop();
          this.ended();
          return;
        }
        this.#next = 0;
      }
      voices.play(roll, this.#tempo, this.#nextAt, this.#next, this.#next + 1);
      this.#marks.push([this.#nextAt, this.#next]);
      this.#next++;
      this.#nextAt += sixteenth(this.#tempo);
    }
  }

  #at(): number | undefined {
    const now = this.#context?.currentTime ?? 0;
    while (this.#marks.length > 1 && (this.#marks[1]?.[0] ?? Infinity) <= now) this.#marks.shift();
    const [at, step] = this.#marks[0] ?? [Infinity, 0];
    const into = (now - at) / sixteenth(this.#tempo);
    return into < 0 || (into > 1 && this.#marks.length < 2) ? undefined : step + Math.min(1, into);
  }

  /** The sixteenth that sounds, with what of it is over; nothing while nothing sounds. */
  get at(): number | undefined {
    return this.playing ? this.#at() : undefined;
  }

  set tempo(tempo: number) {
    this.#tempo = tempo;
  }

  mute(voice: number, muted: boolean) {
    if (muted) this.#muted.add(voice);
    else this.#muted.delete(voice);
    this.#voices?.mute(voice, muted);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#voices?.stop();
    this.#voices = undefined;
  }

  close() {
    this.stop();
    void this.#context?.close().catch(() => undefined);
    this.#context = undefined;
  }
}

/** A score as a sound, computed at once. */
export async function rendered(roll: Roll, tempo: number, muted: ReadonlySet<number>): Promise<AudioBuffer> {
  const seconds = roll.steps * sixteenth(tempo) + (roll.drums ? CYMBAL : 4 * RELEASE);
  const context = new OfflineAudioContext(1, Math.ceil(seconds * RATE), RATE);
  const heard = { ...roll, voices: roll.voices.map((v, i) => (muted.has(i) ? { ...v, notes: [] } : v)) };
  playersOf(context, roll).play(heard, tempo, 0);
  return context.startRendering();
}

import type { Note, Roll, RollInput } from "../../client/protocol";
import { soundingIn, withNote, type Plan, type Spot } from "./roll";

/** Who is told of what is done on the roll. */
interface Hand {
  /** Notes have changed. */
  changed(): void;
  /** Another place is meant; `spoken` where it should be told aloud. */
  moved(spoken: boolean): void;
}

/** The sixteenths of a note that is written with the keyboard or a click, at first. */
const LONG = 4;
/** Beats and octaves, by which the keyboard's cursor leaps. */
const [BEAT, OCTAVE] = [4, 12];
/** Where the cursor begins: middle of the soprano's range. */
const BEGIN: Spot = { step: 0, pitch: 67 };
/** What each voice is at home in. */
const HOME = [69, 64, 57, 48];

/** Notes on the roll as they are written with mouse, finger or keyboard. */
export class Desk {
  /** The voice that is written. */
  voice = 0;
  spot: Spot | undefined;
  focused = false;
  /** Whether something there is the reader's. */
  written = false;
  /** How often something was made anew with the same seed. */
  takes = 0;
  #long = LONG;
  /** Where the cursor stood after a note was played, and where the next one goes. */
  #playing: { spot: Spot; next: number } | undefined;
  /** The note that is drawn now, and what stood there before. */
  #drawing: { note: Note; before: readonly Note[]; taken: boolean } | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly hand: Hand,
  ) {}

  get #roll(): Roll | undefined {
    return this.plan.roll;
  }
  get #notes(): readonly Note[] {
    return this.#roll?.voices[this.voice]?.notes ?? [];
  }

  /** The score as it is sent to the worker. */
  get input(): RollInput {
    const { steps = 64, voices = [], bars = [], fermatas = [] } = this.#roll ?? {};
    return { steps, voices: voices.map((v) => v.notes), free: [], bars, fermatas, tempo: 0 };
  }

  /** The note of the voice that sounds in a sixteenth. */
  at(step: number): Note | undefined {
    return soundingIn(this.#notes, step);
  }

  /** Shows a score; `own` if it is the reader's rather than the model's. */
  take(roll: Roll, own = false) {
    if (own) {
      this.written = true;
      this.takes = 0;
    }
    this.plan.show(roll);
  }

  /** What Rust says of the score as it stands. */
  judged({ faults }: Roll) {
    if (this.#roll) this.plan.roll = { ...this.#roll, faults };
  }

  /** Something is to be made anew: not the same again. */
  again() {
    this.takes++;
    this.written = true;
  }

  choose(voice: number) {
    this.voice = voice;
    if (this.spot) this.spot = { ...this.spot, pitch: this.at(this.spot.step)?.pitch ?? HOME[voice] ?? BEGIN.pitch };
    this.hand.moved(this.focused);
  }

  clear() {
    const { plan } = this;
    if (!plan.roll) return;
    this.written = true;
    plan.show({ ...plan.roll, voices: plan.roll.voices.map((v) => ({ ...v, notes: [] })), faults: [] });
  }

  #put(notes: Note[]) {
    const { plan, voice } = this;
    if (!plan.roll) return;
    this.written = true;
    const voices = plan.roll.voices.map((v, i) => (i === voice ? { ...v, notes } : v));
    plan.show({ ...plan.roll, voices });
  }

  // ---- Another keyboard

  /** Writes a note that was played on a keyboard of keys, and goes on behind it; whether there was room. */
  play(pitch: number, length: number): boolean {
    const roll = this.#roll;
    if (!roll) return false;
    const from = this.spot && this.#playing?.spot === this.spot ? this.#playing.next : (this.spot?.step ?? 0);
    if (from >= roll.steps) return false;
    // In the octave of the grid that is nearest.
    while (pitch < roll.low) pitch += OCTAVE;
    while (pitch > roll.high) pitch -= OCTAVE;
    const long = Math.min(Math.max(1, length), roll.steps - from);
    this.#put(withNote(this.#notes, { start: from, length: long, pitch, given: true }));
    this.spot = { step: Math.min(roll.steps - 1, from + long), pitch };
    this.#playing = { spot: this.spot, next: from + long };
    this.hand.changed();
    return true;
  }

  // ---- Mouse and finger: a note is drawn to its end; one that is clicked goes

  down = (e: PointerEvent) => {
    const spot = this.plan.spot(e);
    if (!spot || e.button > 0) return;
    e.preventDefault();
    (e.currentTarget as HTMLElement).focus({ preventScroll: true });
    (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId);
    this.spot = spot;
    const there = this.at(spot.step);
    const before = this.#notes;
    const taken = there?.pitch === spot.pitch;
    const note: Note = taken && there ? { ...there } : { start: spot.step, length: 1, pitch: spot.pitch, given: true };
    this.#drawing = { note, before, taken };
    if (!taken) this.#put(withNote(before, note));
  };

  move = (e: PointerEvent) => {
    const spot = this.plan.spot(e);
    const drawing = this.#drawing;
    if (!drawing) {
      if (e.pointerType !== "mouse" || !spot) return;
      const other = spot.step !== this.spot?.step || spot.pitch !== this.spot.pitch;
      this.spot = spot;
      if (other) this.hand.moved(false);
      return;
    }
    if (!spot || spot.step < drawing.note.start) return;
    const length = spot.step - drawing.note.start + 1;
    if (drawing.taken && length === drawing.note.length) return;
    if (drawing.taken && spot.step === this.spot?.step) return;
    drawing.taken = false;
    drawing.note = { ...drawing.note, length, given: true };
    this.#put(withNote(drawing.before, drawing.note));
  };

  up = () => {
    const drawing = this.#drawing;
    this.#drawing = undefined;
    if (!drawing) return;
    // A click on a note takes it away.
    if (drawing.taken) this.#put(drawing.before.filter((n) => n.start !== drawing.note.start));
    else this.#long = drawing.note.length;
    this.hand.changed();
  };

  /** It was the beginning of something else: a finger that scrolls the page. */
  cancel = () => {
    const drawing = this.#drawing;
    this.#drawing = undefined;
    if (drawing) this.#put([...drawing.before]);
  };

  leave = () => {
    if (!this.#drawing && !this.focused) this.hand.moved(false);
  };

  // ---- Keyboard

  focus = () => {
    this.focused = true;
    this.spot ??= { ...BEGIN };
    this.hand.moved(true);
  };

  blur = () => {
    this.focused = false;
    this.hand.moved(false);
  };

  key = (e: KeyboardEvent) => {
    const roll = this.#roll;
    const spot = this.spot ?? { ...BEGIN };
    if (!roll || e.ctrlKey || e.metaKey || e.altKey) return;
    const [across, up] = [e.shiftKey ? BEAT : 1, e.shiftKey ? OCTAVE : 1];
    const to = (step: number, pitch: number) => {
      this.spot = {
        step: Math.min(roll.steps - 1, Math.max(0, step)),
        pitch: Math.min(roll.high, Math.max(roll.low, pitch)),
      };
      this.hand.moved(true);
    };
    const there = this.at(spot.step);
    const go = {
      ArrowLeft: [spot.step - across, spot.pitch],
      ArrowRight: [spot.step + across, spot.pitch],
      ArrowUp: [spot.step, spot.pitch + up],
      ArrowDown: [spot.step, spot.pitch - up],
      Home: [0, spot.pitch],
      End: [roll.steps - 1, spot.pitch],
    }[e.key];
    if (go) {
      e.preventDefault();
      e.stopPropagation();
      to(go[0] ?? 0, go[1] ?? 0);
      return;
    }
    switch (e.key) {
      case "n":
      case "p": {
        const next = this.#notes.find((n) => n.start > spot.step);
        const before = this.#notes.findLast((n) => n.start < (there?.start ?? spot.step));
        const note = e.key === "n" ? next : before;
        if (note) to(note.start, note.pitch);
        break;
      }
      case "Enter":
      case " ":
        this.#write(spot, there, roll);
        break;
      case "Delete":
      case "Backspace":
        if (there) this.#change(this.#notes.filter((n) => n.start !== there.start));
        break;
      case "+":
      case "-":
        if (there) this.#stretch(there, e.key === "+" ? 1 : -1, roll);
        break;
      default: {
        const voice = "1234".indexOf(e.key);
        if (voice < 0) return;
        this.choose(voice);
      }
    }
    e.preventDefault();
    e.stopPropagation();
  };

  #change(notes: Note[]) {
    this.#put(notes);
    this.hand.changed();
    this.hand.moved(true);
  }

  /** Writes a note where the cursor is; one that is there in this pitch goes. */
  #write(spot: Spot, there: Note | undefined, roll: Roll) {
    if (there?.pitch === spot.pitch) {
      this.#change(this.#notes.filter((n) => n.start !== there.start));
      return;
    }
    const length = Math.min(this.#long, roll.steps - spot.step);
    this.#change(withNote(this.#notes, { start: spot.step, length, pitch: spot.pitch, given: true }));
  }

  #stretch(note: Note, by: number, roll: Roll) {
    const length = Math.min(Math.max(1, note.length + by), roll.steps - note.start);
    this.#long = length;
    this.#change(withNote(this.#notes, { ...note, length, given: true }));
  }
}

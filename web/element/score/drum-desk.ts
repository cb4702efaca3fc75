import type { Note, Roll, RollInput } from "../../client/protocol";
import type { Plan, Spot } from "./roll";

/** Who is told of what is done on the pads. */
interface Hand {
  /** Hits have changed. */
  changed(): void;
  /** The keyboard stands at another place, or another hit is there. */
  moved(): void;
}

/** The velocity of a hit that is written, and by how much a key changes it. */
const [STIFF, HARDER] = [80, 12];
/** The sixteenths of a beat, by which the keyboard's cursor leaps. */
const BEAT = 4;

/** Hits on the pads as they are written with mouse, finger or keyboard. */
export class DrumDesk {
  spot: Spot | undefined;
  focused = false;
  /** Whether something there is the reader's. */
  written = false;
  /** How often something was made anew with the same seed. */
  takes = 0;

  constructor(
    private readonly plan: Plan,
    private readonly hand: Hand,
  ) {}

  get #roll(): Roll | undefined {
    return this.plan.roll;
  }

  /** The groove as it is sent to the worker. */
  get input(): RollInput {
    const { steps = 64, voices = [], bars = [] } = this.#roll ?? {};
    return { steps, voices: voices.map((v) => v.notes), free: [], bars, fermatas: [], tempo: 0 };
  }

  /** The hit at a place. */
  at({ step, pitch: drum }: Spot): Note | undefined {
    return this.#roll?.voices[drum]?.notes.find((n) => n.start === step);
  }

  /** Shows a groove of the reader's. */
  take(roll: Roll) {
    this.written = true;
    this.takes = 0;
    this.plan.show(roll);
  }

  /** Something is to be made anew: not the same again. */
  again() {
    this.takes++;
    this.written = true;
  }

  #each(change: (notes: Note[], drum: number) => Note[]) {
    const { plan } = this;
    if (!plan.roll) return;
    this.written = true;
    plan.show({ ...plan.roll, voices: plan.roll.voices.map((v, i) => ({ ...v, notes: change(v.notes, i) })) });
    this.hand.changed();
  }

  clear = () => this.#each(() => []);

  /** All hits alike, and on the grid. */
  stiffen = () => this.#each((notes) => notes.map((n) => ({ ...n, given: true, velocity: STIFF, shift: 0 })));

  /** Writes a hit, or takes it away. */
  #toggle({ step, pitch: drum }: Spot) {
    const there = this.at({ step, pitch: drum });
    const note: Note = { start: step, length: 1, pitch: 0, given: true, velocity: STIFF, shift: 0 };
    this.#each((notes, i) => {
      if (i !== drum) return notes;
      const rest = notes.filter((n) => n.start !== step);
      return there ? rest : [...rest, note].sort((a, b) => a.start - b.start);
    });
  }

  #harder(spot: Spot, by: number) {
    this.#each((notes, i) => {
      if (i !== spot.pitch) return notes;
      const louder = (n: Note) => Math.min(127, Math.max(1, (n.velocity ?? STIFF) + by));
      return notes.map((n) => (n.start === spot.step ? { ...n, given: true, velocity: louder(n) } : n));
    });
  }

  down = (e: PointerEvent) => {
    const spot = this.plan.spot(e);
    if (!spot || e.button > 0) return;
    e.preventDefault();
    (e.currentTarget as HTMLElement).focus({ preventScroll: true });
    this.spot = spot;
    this.#toggle(spot);
  };

  focus = () => {
    this.focused = true;
    this.spot ??= { step: 0, pitch: 0 };
    this.hand.moved();
  };

  blur = () => {
    this.focused = false;
    this.hand.moved();
  };

  key = (e: KeyboardEvent) => {
    const roll = this.#roll;
    const spot = this.spot ?? { step: 0, pitch: 0 };
    if (!roll || e.ctrlKey || e.metaKey || e.altKey) return;
    const across = e.shiftKey ? BEAT : 1;
    const { step, pitch } = spot;
    const go = {
      ArrowLeft: [step - across, pitch],
      ArrowRight: [step + across, pitch],
      ArrowUp: [step, pitch + 1],
      ArrowDown: [step, pitch - 1],
      Home: [0, pitch],
      End: [roll.steps - 1, pitch],
    }[e.key];
    if (go) {
      const within = (v = 0, last: number) => Math.min(last, Math.max(0, v));
      this.spot = { step: within(go[0], roll.steps - 1), pitch: within(go[1], roll.voices.length - 1) };
    } else if (e.key === "Enter" || e.key === " ") this.#toggle(spot);
    else if (e.key === "Delete" || e.key === "Backspace") {
      if (this.at(spot)) this.#toggle(spot);
    } else if (e.key === "+" || e.key === "-") this.#harder(spot, e.key === "+" ? HARDER : -HARDER);
    else return;
    e.preventDefault();
    e.stopPropagation();
    this.hand.moved();
  };
}

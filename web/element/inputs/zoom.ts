import type { Place } from "./surface";

/** The most that a part is enlarged. */
const MOST = 8;

/** Which part of a square is seen, and how large. Places on the screen are shares of its side, from 0 to 1. */
export class Zoom {
  /** How much larger than the whole. */
  by = 1;
  /** The left and upper edge of what is seen, as shares of the square. */
  #corner: Place = [0, 0];

  get corner(): Place {
    return this.#corner;
  }

  /** The place of the square that is seen at `at`. */
  under([x, y]: Place): Place {
    const [left, top] = this.#corner;
    return [left + x / this.by, top + y / this.by];
  }

  /** Where a place of the square is seen. */
  seen([x, y]: Place): Place {
    const [left, top] = this.#corner;
    return [(x - left) * this.by, (y - top) * this.by];
  }

  /** So much larger, with `place` of the square at `at`, as far as its edges allow. */
  put(place: Place, at: Place, by: number) {
    this.by = Math.min(MOST, Math.max(1, by));
    // Nearly all of it is all of it, so that two fingers find the way back.
    if (this.by < 1.05) this.by = 1;
    const edge = 1 - 1 / this.by;
    const clip = (v: number) => Math.min(edge, Math.max(0, v));
    this.#corner = [clip(place[0] - at[0] / this.by), clip(place[1] - at[1] / this.by)];
  }

  /** So many times larger, where `place` of the square stays where it is. */
  times(factor: number, place: Place) {
    this.put(place, this.seen(place), this.by * factor);
  }

  /** Moves until a place of the square is seen, `margin` of the side away from the edge. */
  show(place: Place, margin: number) {
    const clip = (v: number) => Math.min(1 - margin, Math.max(margin, v));
    const [x, y] = this.seen(place);
    this.put(place, [clip(x), clip(y)], this.by);
  }

  all() {
    this.put([0, 0], [0, 0], 1);
  }
}

const middle = (all: readonly Place[]): Place => [
  all.reduce((sum, [x]) => sum + x, 0) / all.length,
  all.reduce((sum, [, y]) => sum + y, 0) / all.length,
];
const apart = ([a, b]: readonly Place[]) => (a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0);

/** Two fingers: what is under them stays under them. */
export class Pinch {
  readonly #under: Place;
  readonly #by: number;
  readonly #apart: number;

  constructor(
    private readonly zoom: Zoom,
    fingers: readonly Place[],
  ) {
    this.#under = zoom.under(middle(fingers));
    this.#by = zoom.by;
    // Fingers that touch would make a step of each pixel.
    this.#apart = Math.max(0.05, apart(fingers));
  }

  move(fingers: readonly Place[]) {
    this.zoom.put(this.#under, middle(fingers), (this.#by * Math.max(0.05, apart(fingers))) / this.#apart);
  }
}

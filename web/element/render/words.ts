type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Writes words beside points, as far as there is room: right of them, else left. */
export class WordPen {
  #taken: Box[] = [];

  constructor(
    private readonly g: CanvasRenderingContext2D,
    private readonly width: number,
    private readonly height: number,
  ) {}

  draw(words: readonly string[], xy: Float32Array, x: (v: number) => number, y: (v: number) => number, color: string) {
    const { g, width } = this;
    const size = width < 420 ? 11 : 12;
    g.font = [`${size}px`, "system-ui,sans-serif"].join(" ");
    g.fillStyle = color;
    g.textBaseline = "middle";
    words.forEach((text, i) => {
      const [px, py] = [x(xy[2 * i] ?? 0), y(xy[2 * i + 1] ?? 0)];
      const length = g.measureText(text).width;
      const left = [px + 7, px - 7 - length].find((from) =>
        this.#takes([from, py - size / 2, from + length, py + size / 2]),
      );
      if (left !== undefined) g.fillText(text, left, py);
    });
  }

  /** Whether a place is free, which it then is no longer. */
  #takes(box: Box): boolean {
    const [left, top, right, bottom] = box;
    if (left < 0 || right > this.width || top < 0 || bottom > this.height) return false;
    if (this.#taken.some((t) => left < t[2] && t[0] < right && top < t[3] && t[1] < bottom)) return false;
    this.#taken.push(box);
    return true;
  }
}

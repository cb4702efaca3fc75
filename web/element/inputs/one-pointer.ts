/** One pointer at a time: a second finger, a palm or the right button draws nothing while it is down. */
export class OnePointer {
  #id: number | undefined;

  /**
   * `draw` gets every place of the pointer while it is down, and whether it is the first; `end` is told when it lifts.
   * With `hovering` a mouse counts that is not pressed, too.
   */
  constructor(
    private readonly draw: (e: PointerEvent, first: boolean) => void,
    private readonly end: () => void = () => undefined,
    private readonly hovering = false,
  ) {}

  /** For `pointerdown`, `pointermove`, `pointerup` and `pointercancel`. */
  handle = (e: PointerEvent) => {
    const canvas = e.currentTarget as HTMLElement;
    if (e.type === "pointerdown") {
      if (this.#id !== undefined || e.button !== 0) return;
      this.#id = e.pointerId;
      try {
        canvas.setPointerCapture(e.pointerId);
      } catch {
        // A pointer that is gone already draws its one dot.
      }
      this.draw(e, true);
    } else if (e.type === "pointermove") {
      if (e.pointerId === this.#id) this.draw(e, false);
      else if (this.hovering && this.#id === undefined && e.pointerType === "mouse" && e.buttons === 0)
        this.draw(e, false);
    } else if (e.pointerId === this.#id) {
      this.#id = undefined;
      this.end();
    }
  };
}

import type { ReactiveController } from "lit";
import { Tone } from "./ink";

/** What an element does about being seen, sized and coloured. */
export interface Present extends HTMLElement {
  addController(controller: ReactiveController): void;
  /** Near the viewport of a visible tab, or no longer. */
  seen(seen: boolean): void;
  /** Its size or the colours of the page have changed. */
  redraw(recolour: boolean): void;
  /** Attributes were set or removed. */
  attributed(names: string[]): void;
  /** There is something of the reader's in it that would be missed if it were put back without. */
  readonly precious: boolean;
  /** It left the document for good. */
  gone(): void;
}

/** How long an element that was taken out of the page may still be put back as it was, milliseconds. */
const GRACE = 5000;

/** Watches where and how an element is in the page, while it is there. */
export class Presence implements ReactiveController {
  #near = false;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #tone: Tone;
  #resolution: MediaQueryList | undefined;
  #intersections = new IntersectionObserver((entries) => this.#sight(entries.at(-1)?.isIntersecting ?? false), {
    rootMargin: "160px",
  });
  #sizes = new ResizeObserver(() => this.host.redraw(false));
  #pixels = new ResizeObserver(() => this.host.redraw(false));
  #attributes = new MutationObserver((changes) => this.host.attributed(changes.map((c) => c.attributeName ?? "")));

  constructor(private readonly host: Present) {
    this.#tone = new Tone(host, () => host.redraw(true));
    host.addController(this);
  }

  hostConnected() {
    clearTimeout(this.#leaving);
    this.#intersections.observe(this.host);
    this.#sizes.observe(this.host);
    try {
      // Changes with the page's zoom as well, where a browser knows it.
      this.#pixels.observe(this.host, { box: "device-pixel-content-box" });
    } catch {
      // Then the size in pixels of CSS has to do.
    }
    this.#attributes.observe(this.host, { attributes: true });
    this.#tone.connect();
    this.#sharpen();
    document.addEventListener("visibilitychange", this.#visibility);
  }

  hostDisconnected() {
    this.#intersections.disconnect();
    this.#sizes.disconnect();
    this.#pixels.disconnect();
    this.#attributes.disconnect();
    this.#tone.disconnect();
    this.#resolution?.removeEventListener("change", this.#sharpen);
    document.removeEventListener("visibilitychange", this.#visibility);
    clearTimeout(this.#leaving);
    // An element that is only moved is connected again before this runs.
    queueMicrotask(() => {
      if (this.host.isConnected) return;
      if (!this.host.precious) {
        this.host.gone();
        return;
      }
      this.#sight(false);
      // Routers and tabs put it back soon.
      this.#leaving = setTimeout(() => {
        if (!this.host.isConnected) this.host.gone();
      }, GRACE);
    });
  }

  /** Another screen, or another zoom: the question asked is the answer given, so it is asked anew each time. */
  #sharpen = () => {
    this.#resolution?.removeEventListener("change", this.#sharpen);
    this.#resolution = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    this.#resolution.addEventListener("change", this.#sharpen);
    this.host.redraw(false);
  };
  #visibility = () => this.#sight(this.#near);

  #sight(near: boolean) {
    this.#near = near;
    this.host.seen(near && !document.hidden);
  }
}

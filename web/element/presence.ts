import type { ReactiveController } from "lit";
import { Tone } from "./ink";

/** What an element does about being seen, sized and coloured. */
export interface Present extends HTMLElement {
  addController(controller: ReactiveController): void;
  /** Near the viewport of a visible tab, and not hidden where it stands, or no longer. */
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

/** How often a near element is asked whether it is hidden where it stands, milliseconds. */
const LOOK = 400;
/** Slides that wait are often there and not to be seen. Browsers have had two names for either question. */
const SEEN = { visibilityProperty: true, opacityProperty: true, checkVisibilityCSS: true, checkOpacity: true };

/** Watches where and how an element is in the page, while it is there. */
export class Presence implements ReactiveController {
  #near = false;
  #told: boolean | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
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
    clearInterval(this.#looking);
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
    clearInterval(this.#looking);
    // No event tells that something around an element has been hidden.
    if (near && !document.hidden)
      this.#looking = setInterval(() => {
        if (this.#shown !== this.#told) this.#tell();
      }, LOOK);
    this.#tell();
  }

  get #shown(): boolean {
    return this.#near && !document.hidden && (this.host.checkVisibility?.(SEEN) ?? true);
  }

  #tell() {
    this.#told = this.#shown;
    this.host.seen(this.#told);
  }
}

import type { ReactiveController } from "lit";

/** What an element does about being seen, sized and coloured. */
export interface Present extends HTMLElement {
  addController(controller: ReactiveController): void;
  /** Near the viewport of a visible tab, or no longer. */
  seen(seen: boolean): void;
  /** Its size or the colours of the page have changed. */
  redraw(recolour: boolean): void;
  /** Attributes were set or removed. */
  attributed(names: string[]): void;
  /** It left the document for good. */
  gone(): void;
}

/** How long an element that was taken out of the page may still be put back as it was, milliseconds. */
const GRACE = 5000;

/** Watches where and how an element is in the page, while it is there. */
export class Presence implements ReactiveController {
  #near = false;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #scheme = matchMedia("(prefers-color-scheme: dark)");
  #intersections = new IntersectionObserver((entries) => this.#sight(entries.at(-1)?.isIntersecting ?? false), {
    rootMargin: "160px",
  });
  #sizes = new ResizeObserver(() => this.host.redraw(false));
  #attributes = new MutationObserver((changes) => this.host.attributed(changes.map((c) => c.attributeName ?? "")));

  constructor(private readonly host: Present) {
    host.addController(this);
  }

  hostConnected() {
    clearTimeout(this.#leaving);
    this.#intersections.observe(this.host);
    this.#sizes.observe(this.host);
    this.#attributes.observe(this.host, { attributes: true });
    this.#scheme.addEventListener("change", this.#recolour);
    document.addEventListener("visibilitychange", this.#visibility);
  }

  hostDisconnected() {
    this.#intersections.disconnect();
    this.#sizes.disconnect();
    this.#attributes.disconnect();
    this.#scheme.removeEventListener("change", this.#recolour);
    document.removeEventListener("visibilitychange", this.#visibility);
    this.#sight(false);
    // Routers and tabs put it back soon; an element that is only moved is back at once.
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => {
      if (!this.host.isConnected) this.host.gone();
    }, GRACE);
  }

  #recolour = () => this.host.redraw(true);
  #visibility = () => this.#sight(this.#near);

  #sight(near: boolean) {
    this.#near = near;
    this.host.seen(near && !document.hidden);
  }
}

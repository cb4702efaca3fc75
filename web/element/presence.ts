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

/** Watches where and how an element is in the page, while it is there. */
export class Presence implements ReactiveController {
  #near = false;
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
    // An element that is only moved is connected again before this runs.
    queueMicrotask(() => {
      if (!this.host.isConnected) this.host.gone();
    });
  }

  #recolour = () => this.host.redraw(true);
  #visibility = () => this.#sight(this.#near);

  #sight(near: boolean) {
    this.#near = near;
    this.host.seen(near && !document.hidden);
  }
}

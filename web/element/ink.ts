/** The colours of an element: those of the page around it, as canvases need them. */

export type Rgb = [number, number, number];

/** The numbers of a colour that the browser has computed, as three bytes and how opaque it is. */
function channels(color: string): [...Rgb, number] {
  const unit = color.startsWith("color(") ? 255 : 1;
  const [r = 0, g = 0, b = 0, a = 1] = (color.replace(/^color\(\S+/, "").match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(
    Number,
  );
  const byte = (v: number) => Math.round(Math.min(255, Math.max(0, v * unit)));
  return [byte(r), byte(g), byte(b), a];
}

/** A computed colour as three bytes. */
export function rgb(color: string): Rgb {
  const [r, g, b] = channels(color);
  return [r, g, b];
}

/** The hidden part of an element on which the browser resolves colours. */
function swatch(element: HTMLElement): HTMLElement {
  const root = element.shadowRoot ?? element;
  let found = [...root.children].find((c): c is HTMLElement => c.className === "swatch");
  if (!found) {
    found = document.createElement("i");
    found.className = "swatch";
    found.ariaHidden = "true";
    root.append(found);
  }
  return found;
}

/** Any CSS colour as the element would show it, in sRGB, as a canvas takes it. No pixel is read back for it. */
function resolve(element: HTMLElement, color: string): string {
  const { style } = swatch(element);
  // A mixture is computed to numbers, in whatever notation the colour was given.
  style.textDecorationColor = `color-mix(in srgb, ${color} 100%, ${color})`;
  const [r, g, b, a] = channels(getComputedStyle(swatch(element)).textDecorationColor);
  return a < 1 ? `rgba(${r}, ${g}, ${b}, ${a})` : `rgb(${r}, ${g}, ${b})`;
}

/** A custom property of an element, as a colour that a canvas takes. */
export const colorOf = (element: HTMLElement, name: string): string => resolve(element, `var(${name})`);

/** How bright a colour is, from 0 to 1 (WCAG's relative luminance). */
function luminance(color: string): number {
  const [r, g, b] = rgb(color).map((v) => (v <= 10 ? v / 3294 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Below this a ground is dark: white is easier to read on it than black. */
const DARK = 0.18;

/** What an element stands on: the nearest colour beneath it, or none if that is a picture. */
function ground(element: HTMLElement): string | undefined {
  for (let at: Element | null = element; at;) {
    const { backgroundColor, backgroundImage } = getComputedStyle(at);
    const color = resolve(element, backgroundColor);
    if (channels(color)[3] > 0.5) return color.replace(/^rgba\((.*), [\d.]+\)$/, "rgb($1)");
    if (backgroundImage !== "none") return undefined;
    const root: Node = at.getRootNode();
    at = at.assignedSlot ?? at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return resolve(element, "Canvas");
}

/** Keeps an element in the colours of its page, and tells when those have changed. */
export class Tone {
  #sheet = new CSSStyleSheet();
  #now = "";
  #watched = false;
  #page = new MutationObserver(() => this.#look());

  constructor(
    private readonly host: HTMLElement,
    private readonly changed: () => void,
  ) {}

  connect() {
    for (const node of [document.documentElement, document.body])
      if (node) this.#page.observe(node, { attributes: true });
    document.addEventListener("transitionend", this.#look);
    this.#watch();
    this.#look();
  }

  disconnect() {
    this.#page.disconnect();
    document.removeEventListener("transitionend", this.#look);
  }

  /** A colour that has a transition, be it a short one, tells when it changes, for whatever reason. */
  #watch() {
    const { shadowRoot } = this.host;
    if (this.#watched || !shadowRoot) return;
    this.#watched = true;
    shadowRoot.adoptedStyleSheets.push(this.#sheet);
    swatch(this.host).addEventListener("transitionrun", () => this.#look(true));
  }

  #look = (surely: unknown = false) => {
    if (!this.host.isConnected) return;
    this.#watch();
    const paper = ground(this.host);
    const ink = resolve(this.host, getComputedStyle(this.host).color);
    const now = `${ink} ${paper}`;
    if (now === this.#now && surely !== true) return;
    if (now !== this.#now) {
      this.#now = now;
      const dark = paper === undefined ? luminance(ink) > 0.3 : luminance(paper) < DARK;
      const colors = `--_page-ink:${ink};${paper ? `--_page-paper:${paper};` : ""}`;
      this.#sheet.replaceSync(`:host{${colors}}:host>*{color-scheme:${dark ? "dark" : "light"}}`);
    }
    this.changed();
  };
}

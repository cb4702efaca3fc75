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
    // In front: what stands behind the mark where Lit begins, Lit takes away.
    root.prepend(found);
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

/** A computed colour: most are three bytes already, others are resolved on the element. */
const computed = (element: HTMLElement, color: string): string =>
  color.startsWith("rgb") ? color : resolve(element, color);

/** What an element stands on: the nearest colour beneath it, or none if that is a picture. */
function ground(element: HTMLElement): string | undefined {
  for (let at: Element | null = element; at;) {
    const { backgroundColor, backgroundImage } = getComputedStyle(at);
    const color = computed(element, backgroundColor);
    if (channels(color)[3] > 0.5) return color.replace(/^rgba\((.*), [\d.]+\)$/, "rgb($1)");
    if (backgroundImage !== "none") return undefined;
    const root: Node = at.getRootNode();
    at = at.assignedSlot ?? at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return resolve(element, "Canvas");
}

/** What an element sees of its page: the colour of its text, and of what it stands on. */
interface Colours {
  ink: string;
  paper: string | undefined;
}

/** Those that look at their page as soon as the script at hand has ended, and whether they tell of it in any case. */
const asked = new Map<Tone, boolean>();

function ask(tone: Tone, surely: boolean) {
  const first = asked.size === 0;
  asked.set(tone, surely || asked.get(tone) === true);
  // Not with the next frame: sizes that change then, Firefox does not always tell of.
  if (first) queueMicrotask(answer);
}

/** Everyone looks before anyone changes: so styles are computed once for a post of thirty elements. */
function answer() {
  const tones = [...asked].filter(([tone]) => tone.here);
  asked.clear();
  const looked = tones.map(([tone, surely]) => ({ tone, surely, seen: tone.look() }));
  const told = looked.filter(({ tone, surely, seen }) => tone.take(seen) || surely);
  for (const { tone } of told) tone.changed();
}

/** Keeps an element in the colours of its page, and tells when those have changed. */
export class Tone {
  #sheet = new CSSStyleSheet();
  #now = "";
  #watched = false;
  #page = new MutationObserver(() => this.#ask());

  constructor(
    private readonly host: HTMLElement,
    readonly changed: () => void,
  ) {}

  connect() {
    for (const node of [document.documentElement, document.body])
      if (node) this.#page.observe(node, { attributes: true });
    document.addEventListener("transitionend", this.#ask);
    this.#ask();
  }

  disconnect() {
    this.#page.disconnect();
    document.removeEventListener("transitionend", this.#ask);
  }

  /** Whether it is in a page. */
  get here(): boolean {
    return this.host.isConnected;
  }

  look(): Colours {
    return { ink: computed(this.host, getComputedStyle(this.host).color), paper: ground(this.host) };
  }

  /** Takes the colours on; whether they are others than before. */
  take({ ink, paper }: Colours): boolean {
    this.#watch();
    const now = `${ink} ${paper}`;
    if (now === this.#now) return false;
    this.#now = now;
    const dark = paper === undefined ? luminance(ink) > 0.3 : luminance(paper) < DARK;
    const colors = `--_page-ink:${ink};${paper ? `--_page-paper:${paper};` : ""}`;
    this.#sheet.replaceSync(`:host{${colors}}:host>*{color-scheme:${dark ? "dark" : "light"}}`);
    return true;
  }

  #ask = () => ask(this, false);

  /** A colour that has a transition, be it a short one, tells when it changes, for whatever reason. */
  #watch() {
    const { shadowRoot } = this.host;
    if (this.#watched || !shadowRoot) return;
    this.#watched = true;
    shadowRoot.adoptedStyleSheets.push(this.#sheet);
    swatch(this.host).addEventListener("transitionrun", () => ask(this, true));
  }
}

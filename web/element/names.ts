/** Which names mean something to an element, which are others' and left alone, and which are slips of the pen. */
import { ATTRIBUTES, declared, type Kind, type Name, type Place } from "./attributes";

/** Attributes that any HTML element may have, and those of pictures and frames that authors try. */
const OF_HTML = new Set(
  `accesskey align alt anchor autocapitalize autocorrect autofocus border class color contenteditable crossorigin dir
  draggable enterkeyhint exportparts fetchpriority height hidden id inert inputmode is lang loading name nonce part
  popover referrerpolicy role slot spellcheck style tabindex theme title translate type value virtualkeyboardpolicy
  width writingsuggestions defer-hydration classname classlist htmlfor key ref cloak`.split(/\s+/),
);
/** What frameworks, libraries, translators and editors add to elements. */
const PREFIXES =
  "on _ ng- v- x- hx- q: s- wire: bind: use: astro- svelte- react jsx turbo data- aria- item xml slot- gramm lt- cz-";
const OF_OTHERS = new RegExp(`^(${PREFIXES.replaceAll(" ", "|")})|[^a-z0-9._-]`, "i");

/** Whether an attribute is none of the element's business, whatever its value. */
export const foreign = (name: string) => OF_HTML.has(name.toLowerCase()) || OF_OTHERS.test(name);

/** What the platform gives to every element; the build, which makes links too, has none. */
const platform: object = typeof HTMLElement === "undefined" ? {} : HTMLElement.prototype;

/** An option, of one family if its name stands before it: `latent-dim`, `vae.latent-dim`. */
const OPTION = /^(?:[a-z0-9-]{1,20}\.)?([a-z][a-z0-9_-]{0,39})$/;

/**
 * Whether a link may set an attribute of an element, or of one that stands alone in a frame: what the table says so
 * of, and options of models, which can do no harm. Never what HTML gives a meaning to.
 */
export function linkable(name: string, kind: Kind, framed = false): boolean {
  if (Object.hasOwn(ATTRIBUTES, name)) {
    const places: readonly Place[] = ATTRIBUTES[name as Name].linkable;
    return declared(name, kind) && (places.includes(kind) || (framed && places.includes("frame")));
  }
  const bare = OPTION.exec(name)?.[1];
  return bare !== undefined && !foreign(name) && !foreign(bare) && !(name in platform);
}

/** Letters to be put in, left out, changed or swapped to make one word of another. */
function distance(a: string, b: string): number {
  let [before, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (last?.[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      row[j] = Math.min(change, (last?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j] ?? 0, (before?.[j - 2] ?? 0) + 1);
    }
    [before, last] = [last, row];
  }
  return last?.[b.length] ?? 0;
}

/** HTML takes `hidden="16"` for “hidden”, but nobody means that by a number: it is the option that recipes call so. */
export function unhide(element: HTMLElement) {
  const text = element.getAttribute("hidden");
  if (!text || !/^\d+$/.test(text)) return;
  element.removeAttribute("hidden");
  element.setAttribute("hidden-units", text);
}

/** The name that was probably meant by one that nobody knows. */
export function meant(name: string, kind: Kind, options: readonly string[]): string | undefined {
  const known = [...Object.keys(ATTRIBUTES).filter((n) => declared(n, kind)), ...options];
  const reach = name.length < 4 ? 0 : name.length < 6 ? 1 : 2;
  return known
    .map((to) => ({ to, far: distance(name.toLowerCase(), to) }))
    .filter(({ far }) => far <= reach)
    .sort((a, b) => a.far - b.far)[0]?.to;
}

/** Marks a page that carries the state of its figures in its query: addresses that differ there are the same page. */
const STATEFUL = "data-state-in-query";
const TAGS = "generative-model, generative-lab";

const keys = new WeakMap<HTMLElement, string[]>();

/**
 * Names that trainings of a figure are kept under: the page's address, and in it the figure's id, or else its place
 * among the figures of its model or family. The first is the present one; then what it went by in earlier versions.
 */
export function figureKeys(element: HTMLElement): readonly string[] {
  const known = keys.get(element);
  if (known) return known;
  const root = element.getRootNode() as Document | ShadowRoot;
  // A lab in a figure is that figure.
  if (root instanceof ShadowRoot && root.host instanceof HTMLElement && root.host.matches(TAGS))
    return figureKeys(root.host);
  const { pathname, search } = location;
  const page = document.documentElement.hasAttribute(STATEFUL) ? pathname : pathname + search;
  // An address may be a whole model.
  const src = (e: Element) => e.getAttribute("src")?.slice(0, 200);
  const about = (e: Element) => e.getAttribute("model") ?? e.getAttribute("family") ?? src(e) ?? "";
  const alike = [...root.querySelectorAll(TAGS)].filter((e) => !e.id && about(e) === about(element));
  const name = element.id ? `#${element.id}` : `${about(element)} ${alike.indexOf(element) + 1}`;
  const found = [`${page} ${name}`, `${pathname}#${element.id || (element.getAttribute("model") ?? "")}`];
  if (element.isConnected) keys.set(element, found);
  return found;
}

/** The element is elsewhere: its place is counted anew. */
export const forgetKeys = (element: HTMLElement) => keys.delete(element);

/** The article's own glue: the state of its figures in the URL, and what is in use. */
import type { GenerativeModel } from "../element/generative-model";
import type { GenerativeLab } from "../element/lab/generative-lab";
import type { Kind } from "../element/attributes";
import { linkable } from "../element/names";
import { explainEquations } from "./equations";
import { bring, followPlaces } from "./place";

// ---- State in the URL. The elements check the values; the page only carries them. All but the first
// figure have a prefix of their own, so that figures do not take each other's parameters.

type Hash = "try" | "lab" | "text";

/** A model in the article, whose state the URL carries. */
interface Figure {
  kind: Kind;
  /** Where a link to it leads. */
  hash: Hash;
  element: GenerativeModel | GenerativeLab | null;
  /** What the names of its parameters begin with. */
  prefix: string;
  /** Attributes that it has in the page. */
  defaults: Record<string, string>;
  /** What comes into view when a link of the article sets it. */
  place: string;
  /** Its state at the time of the last link, as text. */
  before: string | undefined;
  /** The reader has had a hand in it. */
  touched: boolean;
}

function figure(kind: Kind, hash: Hash, id: string, prefix: string, place: string): Figure {
  const element = document.querySelector<GenerativeModel | GenerativeLab>(id);
  const attributes = element?.getAttributeNames().filter((name) => linkable(name, kind)) ?? [];
  const defaults = Object.fromEntries(attributes.map((name) => [name, element?.getAttribute(name) ?? ""]));
  return { kind, hash, element, prefix, place, defaults, before: undefined, touched: false };
}
const figures = [
  figure("model", "try", "#vae-model", "", "#try"),
  figure("model", "text", "#text-model", "text.", "#write"),
  figure("lab", "lab", "#lab-model", "lab.", "#bench"),
];
const hero = document.querySelector<GenerativeModel>("#hero");

/** Parameters that others add to links; they mean nothing here. */
const FOREIGN = /^(utm_.*|fbclid|gclid|msclkid|mc_[ce]id|ref)$/;
const PREFIXES = figures.map((f) => f.prefix).filter(Boolean);
/** The parameters under a prefix; without one, those that have none. */
const under = (prefix: string, parameters: URLSearchParams) =>
  [...parameters]
    .filter(([name]) => (prefix ? name.startsWith(prefix) : !PREFIXES.some((p) => name.startsWith(p))))
    .map(([name, value]) => [name.slice(prefix.length), value] as const)
    .filter(([name]) => !FOREIGN.test(name));

const given = new URLSearchParams(location.search);

/** Lets a figure be what a link says; what it does not speak of is as in the page. */
function apply({ kind, element, prefix, defaults }: Figure, parameters: URLSearchParams) {
  if (!element) return;
  const wished = under(prefix, parameters).map(([name, value]) => [name.replaceAll("_", "-"), value] as const);
  const may = (name: string) => linkable(name, kind) && !(prefix && name === "backend");
  // Before it is defined there is nothing to be reset.
  if (kind === "lab") void (element as GenerativeLab).reset?.();
  for (const name of new Set([...element.getAttributeNames(), ...Object.keys(defaults)])) {
    if (!may(name) || wished.some(([w]) => w === name)) continue;
    const fallback = defaults[name];
    if (fallback === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== fallback) element.setAttribute(name, fallback);
  }
  for (const [name, value] of wished) if (may(name)) element.setAttribute(name, value);
  void customElements.whenDefined(element.localName).then(() => {
    element.linked = wished.map(([name]) => name).filter(may);
    for (const [name] of wished)
      if (!may(name))
        element.report({
          code: "bad-option",
          message: `“${[...name].slice(0, 40).join("")}” is not a parameter of this page.`,
          hint: "It was left out.",
          recoverable: true,
        });
  });
  // A backend asked for in the link is asked for by the whole page, lest two workers start.
  const backend = prefix ? null : parameters.get("backend");
  if (backend && ["auto", "cpu", "webgpu"].includes(backend))
    for (const other of [hero, ...figures.map((f) => f.element)]) other?.setAttribute("backend", backend);
}

/** The figure that was used last; none before one is. */
let used: Hash | undefined;

function link(): URL {
  const url = new URL(location.pathname, location.href);
  for (const { element, prefix, defaults } of figures) {
    // What a link said to a figure that nobody has scrolled to yet must not be lost.
    const state = element?.stands || !prefix ? Object.entries(element?.state ?? {}) : under(prefix, given);
    for (const [name, value] of state) {
      if (defaults[name] === value || (prefix && name === "backend")) continue;
      url.searchParams.set(prefix + name, value);
    }
  }
  url.hash = used ? (url.search ? used : "") : location.hash;
  return url;
}

let writing: ReturnType<typeof setTimeout> | undefined;
function write() {
  clearTimeout(writing);
  // Browsers allow only so many changes of the URL in a time.
  writing = setTimeout(() => {
    const url = link();
    if (url.href !== location.href) history.replaceState(null, "", url);
  }, 300);
}

for (const each of [...figures].reverse()) if (!each.prefix || under(each.prefix, given).length) apply(each, given);

for (const each of figures) {
  each.element?.addEventListener("statechange", () => {
    const now = JSON.stringify(each.element?.state);
    // A figure that only awakes, as the reader comes by, has not been used.
    if (each.touched && each.before !== undefined && each.before !== now) used = each.hash;
    if (each.before !== now) write();
    each.before = now;
  });
  for (const type of ["pointerdown", "keydown", "input", "drop", "paste"])
    each.element?.addEventListener(type, () => (each.touched = true), { capture: true, passive: true });
}

document.addEventListener("click", (event) => {
  const anchor = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="?"]') : null;
  if (!anchor || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const { searchParams } = new URL(anchor.href);
  const target = figures.find((f) => f.prefix && under(f.prefix, searchParams).length) ?? figures[0];
  if (!target) return;
  used = target.hash;
  apply(target, searchParams);
  bring(document.querySelector(target.place));
});

/** What a link cannot carry, in a sentence. */
const unsaid = (each: Figure) =>
  each.element?.own ? " What is your own (points, a text, a model that you trained) does not travel with it." : "";

/** A button that copies a link to one of the figures. */
function copying(button: string, status: string, each: Figure | undefined) {
  const copied = document.querySelector(status);
  if (each) document.querySelector(button)?.addEventListener("click", () => copy(copied, each));
}

function copy(copied: Element | null, each: Figure) {
  used = each.hash;
  const url = link();
  url.hash = each.hash;
  const say = (text: string) => {
    if (copied) copied.textContent = text + unsaid(each);
    setTimeout(() => {
      if (copied) copied.textContent = "";
    }, 8000);
  };
  history.replaceState(null, "", url);
  Promise.resolve(navigator.clipboard?.writeText(url.href) ?? Promise.reject(new Error("no clipboard"))).then(
    () => say("Copied."),
    () => say("It is in the address bar, to be copied from there."),
  );
}

const [vae, text, lab] = figures;
copying("#copy", "#copied", vae);
copying("#copy-lab", "#copied-lab", lab);
copying("#copy-text", "#copied-text", text);

const resetting = (button: string, which: Figure | undefined) =>
  document.querySelector(button)?.addEventListener("click", () => {
    if (!which) return;
    apply(which, new URLSearchParams());
    if (which.kind === "model") void which.element?.reset?.();
  });
resetting("#restart", vae);
resetting("#restart-text", text);
resetting("#restart-lab", lab);

// ---- What is in use, and why.

const device = document.querySelector("#device");
document.addEventListener("backendchange", (event) => {
  const { sentence } = (event as CustomEvent<{ sentence: string }>).detail;
  if (device) device.textContent = sentence;
});

// ---- The snippets name this site, so that they work when pasted elsewhere.

for (const snippet of document.querySelectorAll(".snippet")) {
  if (snippet.textContent)
    snippet.textContent = snippet.textContent.replace("element.js", new URL("element.js", document.baseURI).href);
}

explainEquations();
followPlaces();

/** The article's own glue: the state of its figures in the URL, the explained equation, the notices. */
import type { GenerativeModel } from "../element/generative-model";
import type { GenerativeLab } from "../element/lab/generative-lab";
import { linkable } from "../element/names";

const lab = document.querySelector<GenerativeLab>("#lab-model");
const hero = document.querySelector<GenerativeModel>("#hero");

/** A model in the article, whose state the URL carries. */
interface Figure {
  /** Where a link to it leads. */
  hash: "try" | "text";
  element: GenerativeModel | null;
  /** What the names of its parameters begin with, so that figures do not take each other's. */
  prefix: string;
  /** Attributes that it has in the page. */
  defaults: Record<string, string>;
  /** What comes into view when a link of the article sets it. */
  place: string;
}

function figure(hash: Figure["hash"], id: string, prefix: string, place: string): Figure {
  const element = document.querySelector<GenerativeModel>(id);
  const attributes = element?.getAttributeNames().filter(linkable) ?? [];
  return {
    hash,
    element,
    prefix,
    place,
    defaults: Object.fromEntries(attributes.map((name) => [name, element?.getAttribute(name) ?? ""])),
  };
}
const figures = [figure("try", "#vae-model", "", "#try"), figure("text", "#text-model", "text.", "#write")];

/** Parameters that others add to links; they mean nothing here. */
const FOREIGN = /^(utm_.*|fbclid|gclid|msclkid|mc_[ce]id|ref)$/;

// ---- State in the URL. The elements check the values; the page only carries them. All but the first
// figure have a prefix of their own.

const PREFIX = "lab.";
const PREFIXES = [PREFIX, ...figures.map((f) => f.prefix).filter(Boolean)];
/** The parameters under a prefix; without one, those that have none. */
const under = (prefix: string, parameters: URLSearchParams) =>
  [...parameters]
    .filter(([name]) => (prefix ? name.startsWith(prefix) : !PREFIXES.some((p) => name.startsWith(p))))
    .map(([name, value]) => [name.slice(prefix.length), value] as const);

const given = new URLSearchParams(location.search);

function applyLab(parameters: URLSearchParams) {
  // Before it is defined there is nothing to be reset.
  void lab?.reset?.();
  for (const [name, value] of under(PREFIX, parameters))
    if (/^[a-z][a-z0-9._-]{0,59}$/.test(name)) lab?.setAttribute(name, value);
}

function apply({ element, prefix, defaults }: Figure, parameters: URLSearchParams) {
  if (!element) return;
  const wished = under(prefix, parameters).filter(([name]) => !FOREIGN.test(name));
  const names = wished.map(([name]) => name.replaceAll("_", "-"));
  for (const name of new Set([...element.getAttributeNames(), ...Object.keys(defaults)])) {
    if (!linkable(name) || names.includes(name) || (prefix && name === "backend")) continue;
    const fallback = defaults[name];
    if (fallback === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== fallback) element.setAttribute(name, fallback);
  }
  for (const [name, value] of wished) {
    if (linkable(name)) {
      element.setAttribute(name.replaceAll("_", "-"), value);
    } else {
      void customElements.whenDefined("generative-model").then(() =>
        element.report({
          code: "bad-option",
          message: `“${name.slice(0, 40)}” is not a parameter of this page.`,
          hint: "It was left out.",
          recoverable: true,
        }),
      );
    }
  }
  // A backend asked for in the link is asked for by the whole page, lest two workers start.
  const backend = prefix ? null : parameters.get("backend");
  if (backend && ["auto", "cpu", "webgpu"].includes(backend))
    for (const other of [hero, lab, ...figures.map((f) => f.element)]) other?.setAttribute("backend", backend);
}

/** The figure that was used last. */
type Hash = Figure["hash"] | "lab";
let used: Hash =
  ({ "#lab": "lab", "#bench": "lab", "#text": "text", "#write": "text" } as Record<string, Hash>)[location.hash] ??
  "try";

function link(): URL {
  const url = new URL(location.pathname, location.href);
  for (const { element, prefix, defaults } of figures) {
    // What a link said to a figure that nobody has scrolled to yet must not be lost.
    const state = element?.info || !prefix ? Object.entries(element?.state ?? {}) : under(prefix, given);
    for (const [name, value] of state) {
      if (defaults[name] === value || (prefix && name === "backend")) continue;
      url.searchParams.set(prefix + name, value);
    }
  }
  const ofLab = lab?.description ? Object.entries(lab.state) : under(PREFIX, given);
  for (const [name, value] of ofLab) url.searchParams.set(PREFIX + name, value);
  url.hash = url.search ? used : "";
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

for (const each of [...figures].reverse()) apply(each, given);
if (under(PREFIX, given).length) applyLab(given);

/** Tells whether something has changed since the last time; the first time it has not. */
function change() {
  let before: string | undefined;
  return (state: unknown) => {
    const now = JSON.stringify(state);
    const is = before === undefined ? undefined : before !== now;
    before = now;
    return is;
  };
}
for (const { element, hash, prefix } of figures) {
  const changed = change();
  element?.addEventListener("statechange", () => {
    const is = changed(element.state);
    // A figure further down that only awakes has not been used.
    if (!prefix || is) used = hash;
    if (is !== false) write();
  });
}
const changed = change();
lab?.addEventListener("statechange", () => {
  const is = changed(lab.state);
  if (is) used = "lab";
  if (is !== false) write();
});

document.addEventListener("click", (event) => {
  const anchor = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="?"]') : null;
  if (!anchor || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const { searchParams } = new URL(anchor.href);
  const ofLab = under(PREFIX, searchParams).length > 0;
  const target = figures.find((f) => f.prefix && under(f.prefix, searchParams).length) ?? figures[0];
  if (ofLab) applyLab(searchParams);
  else if (target) apply(target, searchParams);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document
    .querySelector(ofLab ? "#bench" : (target?.place ?? "#try"))
    ?.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
});

/** A button that copies a link to one of the figures. */
function copying(button: string, status: string, hash: Hash) {
  const copied = document.querySelector(status);
  document.querySelector(button)?.addEventListener("click", () => copy(copied, hash));
}

function copy(copied: Element | null, hash: Hash) {
  used = hash;
  const url = link();
  url.hash = hash;
  const say = (text: string) => {
    if (copied) copied.textContent = text;
    setTimeout(() => {
      if (copied) copied.textContent = "";
    }, 4000);
  };
  history.replaceState(null, "", url);
  Promise.resolve(navigator.clipboard?.writeText(url.href) ?? Promise.reject(new Error("no clipboard"))).then(
    () => say("Copied."),
    () => say("It is in the address bar, to be copied from there."),
  );
}

copying("#copy", "#copied", "try");
copying("#copy-lab", "#copied-lab", "lab");
copying("#copy-text", "#copied-text", "text");

const resetting = (button: string, which: Figure | undefined) =>
  document.querySelector(button)?.addEventListener("click", () => {
    if (which) apply(which, new URLSearchParams());
    void which?.element?.reset?.();
  });
resetting("#restart", figures[0]);
resetting("#restart-text", figures[1]);
document.querySelector("#restart-lab")?.addEventListener("click", () => applyLab(new URLSearchParams()));

// ---- What is in use, and why.

const device = document.querySelector("#device");
document.addEventListener("backendchange", (event) => {
  const { sentence } = (event as CustomEvent<{ sentence: string }>).detail;
  if (device) device.textContent = sentence;
});

// ---- The equations: hover, focus or tap a symbol for its meaning.

const termOf = (event: Event) =>
  event.target instanceof Element ? event.target.closest("[data-term]")?.getAttribute("data-term") : null;

for (const equation of document.querySelectorAll(".equation")) {
  const glosses = [...equation.querySelectorAll<HTMLElement>("[data-gloss]")];
  let pinned = glosses[0]?.dataset["gloss"] ?? "";
  const explain = (term: string) => {
    for (const g of glosses) g.hidden = g.dataset["gloss"] !== term;
    equation.querySelectorAll("[data-term]").forEach((t) => {
      const on = t.getAttribute("data-term") === term;
      t.classList.toggle("on", on);
      if (t instanceof HTMLButtonElement) t.setAttribute("aria-pressed", String(on));
    });
  };
  for (const type of ["click", "focusin"]) {
    equation.addEventListener(type, (event) => {
      const term = termOf(event);
      if (term) explain((pinned = term));
    });
  }
  equation.addEventListener("pointerover", (event) => {
    if ((event as PointerEvent).pointerType === "mouse") explain(termOf(event) ?? pinned);
  });
  equation.addEventListener("pointerleave", () => explain(pinned));
  equation.classList.add("live");
  explain(pinned);
}

// ---- The snippets name this site, so that they work when pasted elsewhere.

for (const snippet of document.querySelectorAll(".snippet")) {
  if (snippet.textContent)
    snippet.textContent = snippet.textContent.replace("element.js", new URL("element.js", document.baseURI).href);
}

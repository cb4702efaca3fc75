/** The article's own glue: the state of its figures in the URL, the explained equation, the notices. */
import type { GenerativeModel } from "../element/generative-model";
import type { GenerativeLab } from "../element/lab/generative-lab";
import { linkable } from "../element/names";

const widget = document.querySelector<GenerativeModel>("#vae-model");
const lab = document.querySelector<GenerativeLab>("#lab-model");
const hero = document.querySelector<GenerativeModel>("#hero");

/** Parameters that others add to links; they mean nothing here. */
const FOREIGN = /^(utm_.*|fbclid|gclid|msclkid|mc_[ce]id|ref)$/;
const DEFAULTS: Record<string, string> = { model: "vae-mnist", view: "samples", temperature: "0.7" };

// ---- State in the URL. The elements check the values; the page only carries them. Those of the lab
// begin with a prefix of their own.

const PREFIX = "lab.";
const labOf = (parameters: URLSearchParams) => [...parameters].filter(([name]) => name.startsWith(PREFIX)).map(([name, value]) => [name.slice(PREFIX.length), value] as const);

const given = new URLSearchParams(location.search);

function applyLab(parameters: URLSearchParams) {
  // Before it is defined there is nothing to be reset.
  void lab?.reset?.();
  for (const [name, value] of labOf(parameters)) if (/^[a-z][a-z0-9._-]{0,59}$/.test(name)) lab?.setAttribute(name, value);
}

function apply(parameters: URLSearchParams) {
  if (!widget) return;
  for (const name of widget.getAttributeNames()) {
    if (linkable(name) && !parameters.has(name) && !parameters.has(name.replaceAll("-", "_"))) {
      const fallback = DEFAULTS[name];
      if (fallback === undefined) widget.removeAttribute(name);
      else widget.setAttribute(name, fallback);
    }
  }
  for (const [name, value] of parameters) {
    if (FOREIGN.test(name) || name.startsWith(PREFIX)) continue;
    if (linkable(name)) {
      widget.setAttribute(name.replaceAll("_", "-"), value);
    } else {
      void customElements.whenDefined("generative-model").then(() => widget.report({
        code: "bad-option",
        message: `“${name.slice(0, 40)}” is not a parameter of this page.`,
        hint: "It was left out.",
        recoverable: true,
      }));
    }
  }
  // A backend asked for in the link is asked for by the whole page, lest two workers start.
  const backend = parameters.get("backend");
  if (backend && ["auto", "cpu", "webgpu"].includes(backend)) for (const other of [hero, lab]) other?.setAttribute("backend", backend);
}

/** The figure that was used last. */
let used: "try" | "lab" = location.hash === "#lab" || location.hash === "#bench" ? "lab" : "try";

function link(): URL {
  const url = new URL(location.pathname, location.href);
  for (const [name, value] of Object.entries(widget?.state ?? {})) {
    if (DEFAULTS[name] !== value) url.searchParams.set(name, value);
  }
  // What a link said to a lab that nobody has scrolled to yet must not be lost.
  const ofLab = lab?.description ? Object.entries(lab.state) : labOf(given);
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

apply(given);
if (labOf(given).length) applyLab(given);
widget?.addEventListener("statechange", () => {
  used = "try";
  write();
});
let experiment: string | undefined;
lab?.addEventListener("statechange", () => {
  const now = JSON.stringify(lab.state);
  if (experiment !== undefined && experiment !== now) used = "lab";
  if (experiment !== now) write();
  experiment = now;
});

document.addEventListener("click", (event) => {
  const anchor = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="?"]') : null;
  if (!anchor || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const { searchParams } = new URL(anchor.href);
  const ofLab = labOf(searchParams).length > 0;
  if (ofLab) applyLab(searchParams);
  else apply(searchParams);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector(ofLab ? "#bench" : "#try")?.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
});

/** A button that copies a link to one of the figures. */
function copying(button: string, status: string, hash: "try" | "lab") {
  const copied = document.querySelector(status);
  document.querySelector(button)?.addEventListener("click", () => copy(copied, hash));
}

function copy(copied: Element | null, hash: "try" | "lab") {
  used = hash;
  const url = link();
  url.hash = hash;
  const say = (text: string) => {
    if (copied) copied.textContent = text;
    setTimeout(() => { if (copied) copied.textContent = ""; }, 4000);
  };
  history.replaceState(null, "", url);
  Promise.resolve(navigator.clipboard?.writeText(url.href) ?? Promise.reject(new Error("no clipboard")))
    .then(() => say("Copied."), () => say("It is in the address bar, to be copied from there."));
}

copying("#copy", "#copied", "try");
copying("#copy-lab", "#copied-lab", "lab");

document.querySelector("#restart")?.addEventListener("click", () => {
  apply(new URLSearchParams());
  void widget?.reset?.();
});
document.querySelector("#restart-lab")?.addEventListener("click", () => applyLab(new URLSearchParams()));

// ---- What is in use, and why.

const device = document.querySelector("#device");
document.addEventListener("backendchange", (event) => {
  const { sentence } = (event as CustomEvent<{ sentence: string }>).detail;
  if (device) device.textContent = sentence;
});

// ---- The equation: hover, focus or tap a symbol for its meaning.

const equation = document.querySelector(".equation");
let pinned = "evidence";

function explain(term: string) {
  equation?.querySelectorAll<HTMLElement>("[data-gloss]").forEach((g) => { g.hidden = g.dataset["gloss"] !== term; });
  equation?.querySelectorAll("[data-term]").forEach((t) => {
    const on = t.getAttribute("data-term") === term;
    t.classList.toggle("on", on);
    if (t instanceof HTMLButtonElement) t.setAttribute("aria-pressed", String(on));
  });
}

const termOf = (event: Event) => (event.target instanceof Element ? event.target.closest("[data-term]")?.getAttribute("data-term") : null);
for (const type of ["click", "focusin"]) {
  equation?.addEventListener(type, (event) => {
    const term = termOf(event);
    if (term) explain((pinned = term));
  });
}
equation?.addEventListener("pointerover", (event) => {
  if ((event as PointerEvent).pointerType === "mouse") explain(termOf(event) ?? pinned);
});
equation?.addEventListener("pointerleave", () => explain(pinned));
equation?.classList.add("live");
explain(pinned);

// ---- The snippets name this site, so that they work when pasted elsewhere.

for (const snippet of document.querySelectorAll(".snippet")) {
  if (snippet.textContent) snippet.textContent = snippet.textContent.replace("element.js", new URL("element.js", document.baseURI).href);
}

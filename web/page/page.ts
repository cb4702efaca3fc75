/** The article's own glue: the state of its figure in the URL, the explained equation, the notices. */
import type { GenerativeModel } from "../element/generative-model";
import { linkable } from "../element/names";

const widget = document.querySelector<GenerativeModel>("#vae-model");
const hero = document.querySelector<GenerativeModel>("#hero");

/** Parameters that others add to links; they mean nothing here. */
const FOREIGN = /^(utm_.*|fbclid|gclid|msclkid|mc_[ce]id|ref)$/;
const DEFAULTS: Record<string, string> = { model: "vae-mnist", view: "samples", temperature: "0.7" };

// ---- State in the URL. The element checks the values; the page only carries them.

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
    if (FOREIGN.test(name)) continue;
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
  if (backend && ["auto", "cpu", "webgpu"].includes(backend)) hero?.setAttribute("backend", backend);
}

function link(): URL {
  const url = new URL(location.pathname, location.href);
  for (const [name, value] of Object.entries(widget?.state ?? {})) {
    if (DEFAULTS[name] !== value) url.searchParams.set(name, value);
  }
  url.hash = url.search ? "try" : "";
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

apply(new URLSearchParams(location.search));
widget?.addEventListener("statechange", write);

document.addEventListener("click", (event) => {
  const anchor = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="?"]') : null;
  if (!anchor || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  apply(new URL(anchor.href).searchParams);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector("#try")?.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
});

const copied = document.querySelector("#copied");
document.querySelector("#copy")?.addEventListener("click", () => {
  const url = link();
  url.hash = "try";
  const say = (text: string) => {
    if (copied) copied.textContent = text;
    setTimeout(() => { if (copied) copied.textContent = ""; }, 4000);
  };
  history.replaceState(null, "", url);
  Promise.resolve(navigator.clipboard?.writeText(url.href) ?? Promise.reject(new Error("no clipboard")))
    .then(() => say("Copied."), () => say("It is in the address bar, to be copied from there."));
});

document.querySelector("#restart")?.addEventListener("click", () => {
  apply(new URLSearchParams());
  void widget?.reset?.();
});

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

// ---- The snippet names this site, so that it works when pasted elsewhere.

const snippet = document.querySelector("#snippet");
if (snippet?.textContent) snippet.textContent = snippet.textContent.replace("element.js", new URL("element.js", document.baseURI).href);

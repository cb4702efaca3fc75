/** The glue of a chapter: the state of its figures in the URL, and what is in use. */
import type { GenerativeModel } from "../element/generative-model";
import type { GenerativeLab } from "../element/lab/generative-lab";
import type { Kind } from "../element/attributes";
import { linkable } from "../element/names";
import { tagAt, wordsOf } from "../lang/speech";
import { ENGLISH, Words } from "../lang/words";
import { explainEquations } from "./equations";
import { FOREIGN, unknown } from "./parameters";
import { openShare } from "./open-share";
import { tellWhereFiguresLive } from "./paper";
import { goOffline } from "./offline";
import { bring, followPlaces } from "./place";
import { letCopy, nameThisSite } from "./snippets";
import { offerTour } from "./tour";
import { drawWhenAsked } from "./touch";
import "./unloaded";

// ---- State in the URL. The elements check the values; the page only carries them. The figures of a page
// go by their ids; all but the first have them as a prefix, so that they do not take each other's parameters.

type Model = GenerativeModel | GenerativeLab;

/** A figure with a model, whose state the URL carries. */
interface Figure {
  kind: Kind;
  /** The figure's id: where a link to it leads. */
  hash: string;
  place: HTMLElement;
  element: Model;
  /** What the names of its parameters begin with. */
  prefix: string;
  /** Attributes that it has in the page. */
  defaults: Record<string, string>;
  /** Its state at the time of the last link, as text. */
  before: string | undefined;
  /** The reader has had a hand in it. */
  touched: boolean;
}

const figures: Figure[] = [...document.querySelectorAll<HTMLElement>("figure.widget[id]")].flatMap((place, i) => {
  const element = place.querySelector<Model>("generative-model, generative-lab");
  if (!element) return [];
  const kind: Kind = element.localName === "generative-lab" ? "lab" : "model";
  const attributes = element.getAttributeNames().filter((name) => linkable(name, kind));
  const defaults = Object.fromEntries(attributes.map((name) => [name, element.getAttribute(name) ?? ""]));
  const prefix = i ? `${place.id}.` : "";
  return { kind, hash: place.id, place, element, prefix, defaults, before: undefined, touched: false };
});
const hero = document.querySelector<GenerativeModel>("#hero");

/** Where the figures of the first article are now. */
const MOVED: readonly (readonly [RegExp, string])[] = [
  [/[?&]lab\./, "lab.html#bench"],
  [/[?&]text\./, "text.html#write"],
  [/[?&](?:model|view)=/, "vae.html#try"],
];
const PREFIXES = figures.map((f) => f.prefix).filter(Boolean);
/**
 * The parameters of a figure: those under its prefix. The first one's are those that have none; its name before them is
 * understood as well, so that a link still holds when another figure comes before it.
 */
const under = ({ prefix, hash }: Figure, parameters: URLSearchParams) => {
  const named = `${hash}.`;
  const own = (name: string) => name.startsWith(named) || (!prefix && !PREFIXES.some((p) => name.startsWith(p)));
  return [...parameters]
    .filter(([name]) => own(name))
    .map(([name, value]) => [name.startsWith(named) ? name.slice(named.length) : name, value] as const)
    .filter(([name]) => name !== "backend" && !FOREIGN.test(name));
};

const given = new URLSearchParams(location.search);
/** The language of the page. */
let words = ENGLISH;

// The entrance was once the whole article: links to its figures lead to their chapters.
if (hero) {
  const [, to] = MOVED.find(([pattern]) => pattern.test(location.search)) ?? [];
  const [chapter, hash] = to?.split("#") ?? [];
  if (hash) location.replace(`${chapter}${location.search.replace(/([?&])(?:lab|text)\./g, "$1")}#${hash}`);
}

/** Lets a figure be what a link says; what it does not speak of is as in the page. */
function apply(figure: Figure, parameters: URLSearchParams) {
  const { kind, element, defaults } = figure;
  const wished = under(figure, parameters).map(([name, value]) => [name.replaceAll("_", "-"), value] as const);
  const may = (name: string) => linkable(name, kind) && name !== "backend";
  const experiment = wished.some(([name]) => name === "preset");
  // Before it is awake there is nothing to be reset, and its code, which comes then, would take away what is set here.
  if (kind === "lab" && element.stands) void (element as GenerativeLab).reset();
  for (const name of new Set([...element.getAttributeNames(), ...Object.keys(defaults)])) {
    if (!may(name) || wished.some(([w]) => w === name)) continue;
    // An experiment brings its own family, data and plot.
    const fallback = experiment ? undefined : defaults[name];
    if (fallback === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== fallback) element.setAttribute(name, fallback);
  }
  for (const [name, value] of wished) if (may(name)) element.setAttribute(name, value);
  void customElements.whenDefined(element.localName).then(() => {
    element.linked = wished.map(([name]) => name).filter(may);
    for (const [name] of wished) if (!may(name)) element.report(unknown(name));
  });
}

// A back end is asked for by the whole page, lest two workers start.
const backend = given.get("backend");
if (backend) for (const element of [hero, ...figures.map((f) => f.element)]) element?.setAttribute("backend", backend);

/** The figure that was used last; none before one is. */
let used: string | undefined;

/** What a figure shows; before it has a model to speak of, what a link or the page said to it. */
function stateOf({ element, kind, defaults }: Figure): [string, string][] {
  if (element.stands) return Object.entries({ ...element.beside(Object.keys(defaults)), ...element.state });
  const names = element.getAttributeNames().filter((name) => linkable(name, kind) && name !== "backend");
  return names.map((name) => [name, element.getAttribute(name) ?? ""]);
}

function link(): URL {
  const url = new URL(location.pathname, location.href);
  for (const figure of figures) {
    const { prefix, defaults } = figure;
    const state = stateOf(figure);
    // With an experiment nothing is as in the page.
    const experiment = state.some(([name]) => name === "preset");
    for (const [name, value] of state) {
      const same = !experiment && defaults[name.replaceAll("_", "-")] === value;
      if (!same && name !== "backend") url.searchParams.set(prefix + name, value);
    }
  }
  if (backend) url.searchParams.set("backend", backend);
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

for (const each of [...figures].reverse()) if (!each.prefix || under(each, given).length) apply(each, given);

for (const each of figures) {
  each.element.addEventListener("statechange", () => {
    const now = JSON.stringify(each.element.state);
    // A figure that only awakes, as the reader comes by, has not been used.
    if (each.touched && each.before !== undefined && each.before !== now) used = each.hash;
    if (each.before !== now) write();
    each.before = now;
  });
  for (const type of ["pointerdown", "keydown", "input", "drop", "paste"])
    each.element.addEventListener(type, () => (each.touched = true), { capture: true, passive: true });
}

document.addEventListener("click", (event) => {
  const anchor = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="?"]') : null;
  if (!anchor || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const { searchParams } = new URL(anchor.href);
  const target = figures.find((f) => f.prefix && under(f, searchParams).length) ?? figures[0];
  if (!target) return;
  used = target.hash;
  apply(target, searchParams);
  bring(target.place);
});

/** What a link cannot carry, in a sentence. */
const unsaid = (each: Figure) => (each.element.own ? ` ${words.say("linkWithoutOwn")}` : "");

/** Below each figure: a link to what it shows, and the way back to how it was. */
function tools(each: Figure) {
  const row = document.createElement("p");
  row.className = "tools";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const button = (text: string, act: () => void) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };
  const reset = () => {
    apply(each, new URLSearchParams());
    if (each.kind === "model") void each.element.reset?.();
  };
  row.append(
    button(words.say("copyLink"), () => copy(said, each)),
    " ",
    button(words.say("share"), () => openShare(each.element, () => linkTo(each).href)),
    " ",
    button(words.say("reset"), reset),
    " ",
    said,
  );
  each.place.append(row);
}

/** A link to a figure as it is. */
function linkTo(each: Figure): URL {
  used = each.hash;
  const url = link();
  url.hash = each.hash;
  return url;
}

function copy(said: HTMLElement, each: Figure) {
  const url = linkTo(each);
  const say = (text: string) => {
    said.textContent = text + unsaid(each);
    setTimeout(() => (said.textContent = ""), 8000);
  };
  history.replaceState(null, "", url);
  Promise.resolve(navigator.clipboard?.writeText(url.href) ?? Promise.reject(new Error("no clipboard"))).then(
    () => say(words.say("copied")),
    () => say(words.say("inAddressBar")),
  );
}

/** Puts what is beneath the figures in place, in the page's language. */
function speak(found: Words) {
  words = found;
  figures.forEach(tools);
  letCopy(words);
  tellWhereFiguresLive(words);
  offerTour(words);
}
const spoken = wordsOf(tagAt(document.documentElement));
if (spoken instanceof Words) speak(spoken);
else void spoken.then(speak);

// ---- What is in use, and why.

const device = document.querySelector("#device");
document.addEventListener("backendchange", (event) => {
  const { sentence } = (event as CustomEvent<{ sentence: string }>).detail;
  if (device) device.textContent = sentence;
});

nameThisSite();
goOffline(() => words);

// ---- The page in other languages. Search engines want whole addresses, which the build does not know.

const others = [...document.querySelectorAll<HTMLAnchorElement>("a.language")];
const itself = { hreflang: document.documentElement.lang, href: location.origin + location.pathname };
if (others.length)
  for (const { hreflang, href } of [itself, ...others])
    document.head.append(Object.assign(document.createElement("link"), { rel: "alternate", hreflang, href }));
// Figures and places have the same names there.
for (const anchor of others)
  anchor.addEventListener("click", () => {
    const { search, hash } = location;
    Object.assign(anchor, { search, hash });
  });

explainEquations();
drawWhenAsked();
followPlaces();

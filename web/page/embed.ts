/**
 * A widget alone, for frames of other pages: its attributes are those of the query, as far as a link may set them, and
 * a model may travel in the fragment, which no server sees.
 */
import type { GenerativeModel } from "../element/generative-model";
import type { GenerativeLab } from "../element/lab/generative-lab";
import type { Kind } from "../element/attributes";
import { linkable } from "../element/names";
import { PACKED } from "../client/packed";
import { IN_FRAGMENT, KIND } from "../element/share/snippets";
import { answerTo, fromHost, sent, within, type Scheme } from "./frame-messages";
import { wordsOf } from "../lang/speech";
import { Words } from "../lang/words";
import { openShare } from "./open-share";
import { FOREIGN, unknown } from "./parameters";
import "./unloaded";

const given = new URLSearchParams(location.search);
const framed = parent !== self;
const { documentElement: page } = document;
/** What there is to be seen where nothing is said. */
const STANDARD = { model: "vae-mnist-2d", view: "latent" };
/** The name of the site. */
const NAME = "Generative Playground";
/** What a link says to the frame itself. */
const OWN = [KIND, "theme"];

function paint(scheme: string | null) {
  if (scheme === "light" || scheme === "dark") page.style.colorScheme = scheme;
}

/** The widget as the link says, and the names that it does not know. */
function made(): { widget: GenerativeModel | GenerativeLab; linked: string[]; strange: string[] } {
  const kind: Kind = given.get(KIND) === "lab" ? "lab" : "model";
  const widget = document.createElement(`generative-${kind}`) as GenerativeModel | GenerativeLab;
  const said = [...given].filter(([name]) => !OWN.includes(name) && !FOREIGN.test(name));
  const wished = said.map(([name, value]) => [name.replaceAll("_", "-"), value] as const);
  const model = location.hash.startsWith(`#${IN_FRAGMENT}`) ? location.hash.slice(1 + IN_FRAGMENT.length) : undefined;
  const standard = kind === "model" && !wished.length && model === undefined ? Object.entries(STANDARD) : [];
  const may = (name: string) => linkable(name, kind, true);
  for (const [name, value] of [...standard, ...wished]) if (may(name)) widget.setAttribute(name, value);
  if (model !== undefined) widget.setAttribute("src", PACKED + model);
  const names = wished.map(([name]) => name);
  return { widget, linked: names.filter(may), strange: names.filter((name) => !may(name)) };
}

/**
 * How high it is where no scrollbar takes of its width. A scrollbar makes it narrower and with that lower, and in a
 * frame of that height the scrollbar stays for good.
 */
function free(main: HTMLElement): number {
  const height = () => main.getBoundingClientRect().height;
  if (innerWidth <= page.clientWidth) return height();
  page.style.overflow = "hidden";
  const found = height();
  page.style.overflow = "";
  return found;
}

/** Tells the page around how high the widget is, if it has a script that asks. */
function sized(main: HTMLElement) {
  let host: string | undefined;
  let before = 0;
  const tell = () => {
    const height = within(free(main));
    if (host === undefined || height === before) return;
    before = height;
    parent.postMessage(sent({ say: "size", height }), answerTo(host));
  };
  addEventListener("message", (event) => {
    if (event.source !== parent) return;
    const message = fromHost(event.data);
    // Who spoke first is the page around; nobody else takes its place.
    if (!message || (host !== undefined && event.origin !== host)) return;
    host = event.origin;
    before = 0;
    paint(message.scheme satisfies Scheme);
    tell();
  });
  new ResizeObserver(tell).observe(main);
  // It says no more than that it is there, to whoever is around; the script there may come later.
  for (const time of [0, 300, 1000, 3000, 8000, 20_000])
    setTimeout(() => {
      if (host === undefined) parent.postMessage(sent({ say: "ready" }), "*");
    }, time);
}

/** Below the widget, unless it is to be seen alone: how to take it along, and where it is from. */
function tools(widget: GenerativeModel | GenerativeLab): HTMLElement {
  const row = document.createElement("p");
  row.className = "tools";
  const button = document.createElement("button");
  button.type = "button";
  button.addEventListener("click", () => openShare(widget));
  const home = document.createElement("a");
  const lang = page.lang === "de" ? ".de" : "";
  Object.assign(home, { href: `index${lang}.html`, target: "_blank", textContent: NAME });
  const say = (words: Words) => (button.textContent = words.say("share"));
  const spoken = wordsOf(page.lang);
  if (spoken instanceof Words) say(spoken);
  else void spoken.then(say);
  row.append(button, home);
  return row;
}

function show(main: HTMLElement) {
  paint(given.get("theme"));
  page.classList.toggle("framed", framed);
  const { widget, linked, strange } = made();
  main.prepend(widget);
  if (widget.getAttribute("controls") !== "none") widget.after(tools(widget));
  void customElements.whenDefined(widget.localName).then(() => {
    widget.linked = linked;
    for (const name of strange) widget.report(unknown(name));
  });
  if (framed) sized(main);
  // A model that is pasted into the address comes by no load of the page.
  addEventListener("hashchange", () => location.reload());
}

const main = document.querySelector("main");
// Links to the page that was here before lead to where it is now.
if (!framed && !location.search && !location.hash) location.replace(location.href.replace(/embed(?=[^/]*$)/, "alone"));
else if (main) show(main);

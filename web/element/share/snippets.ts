/** What there is to paste for a widget as it is: a link, its element, a frame, and Markdown. No DOM is needed here. */
import { PACKED } from "../../client/packed";
import type { Kind } from "../attributes";
import { linkable } from "../names";

/** A picture of a widget, for where nothing runs. */
export interface Poster {
  src: string;
  /** The same by night. */
  dark?: string;
  width: number;
  height: number;
  alt: string;
}

/** A widget as it is to be seen again. */
export interface Shown {
  kind: Kind;
  /** Its attributes by name; an empty text is a switch that is on. */
  attributes: Readonly<Record<string, string>>;
  /** What it is, for those who cannot see it and for the name of a frame. */
  title: string;
  /** The language that it speaks; without one, and in English, that of the page around it. */
  lang?: "en" | "de";
  /** How high it is, in pixels of CSS, for a frame that is not sized to it. */
  height?: number;
  poster?: Poster;
  /** A model that travels with it, as `pack` gives it. */
  model?: string;
  /** An address of its own in the site, where there is one; else it is seen alone. */
  page?: string;
}

/** Texts to paste. */
export interface Snippets {
  link: string;
  element: string;
  frame: string;
  markdown: string;
  /** Attributes that no link may set, which the link and the frame therefore go without. */
  left: readonly string[];
}

/** A model in a fragment, which no server gets to see. */
export const IN_FRAGMENT = "model=";
/** How high a frame is of which nobody knows better. */
const HEIGHT = 720;

const MARKS: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replace(/[&<>"]/g, (mark) => MARKS[mark] ?? mark);
const written = (name: string, value: string | number) =>
  value === "" ? ` ${name}` : ` ${name}="${escape(String(value))}"`;
const tagOf = (kind: Kind) => (kind === "lab" ? "generative-lab" : "generative-model");

/** What stands for the kind of element in a link to a frame; without it, it is one model. */
export const KIND = "element";

/** The address at which a widget stands alone, and the attributes that it goes without there. */
export function alone({ kind, attributes, lang, model }: Shown, site: string | URL): { url: URL; left: string[] } {
  const url = new URL(lang === "de" ? "embed.de.html" : "embed.html", site);
  if (kind === "lab") url.searchParams.set(KIND, "lab");
  const left: string[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (linkable(name, kind, true)) url.searchParams.set(name, value);
    else left.push(name);
  }
  if (model !== undefined) url.hash = IN_FRAGMENT + model;
  return { url, left };
}

function picture(poster: Poster): string {
  const { src, dark, width, height, alt } = poster;
  const image = (slot: string) =>
    `<img${slot}${written("src", src)}${written("width", width)}${written("height", height)} alt="${escape(alt)}">`;
  if (!dark) return image(' slot="poster"');
  const source = `<source${written("srcset", dark)} media="(prefers-color-scheme: dark)">`;
  return `<picture slot="poster">${source}${image("")}</picture>`;
}

/** The element with all that it needs. */
function element({ kind, attributes, lang, poster, model }: Shown, site: string | URL): string {
  const tag = tagOf(kind);
  const all = {
    ...attributes,
    ...(model === undefined ? {} : { src: PACKED + model }),
    ...(lang === "de" ? { lang } : {}),
  };
  const said = Object.entries(all).map(([name, value]) => written(name, value));
  const at = (file: string) => escape(new URL(file, site).href);
  return [
    `<script type="module" src="${at("element.js")}"></script>`,
    `<link rel="stylesheet" href="${at("element.css")}">`,
    `<${tag}${said.join("")}>${poster ? picture(poster) : ""}</${tag}>`,
  ].join("\n");
}

/** A frame, and the script that sizes it, without which it keeps its height. */
function frame({ title, height }: Shown, url: string, site: string | URL): string {
  const size = `width="100%"${written("height", Math.round(height ?? HEIGHT))}`;
  return [
    `<iframe src="${escape(url)}"${written("title", title)} ${size} style="border: 0" loading="lazy"`,
    `  allow="clipboard-write; fullscreen"></iframe>`,
    `<script type="module" src="${escape(new URL("frame.js", site).href)}"></script>`,
  ].join("\n");
}

/** Marks that Markdown would take for its own. */
const plain = (text: string) => text.replace(/[\\[\]*_`<>!#]/g, "\\$&").replace(/\s+/g, " ");

/** A picture that leads to the widget, or a line of text where there is none. */
function markdown({ title, poster }: Shown, link: string): string {
  const to = link.replaceAll("(", "%28").replaceAll(")", "%29");
  if (!poster) return `[${plain(title)}](${to})`;
  return `[![${plain(poster.alt || title)}](${encodeURI(poster.src)})](${to})`;
}

/** All that there is to paste for a widget; `site` is where `element.js` is. */
export function snippets(shown: Shown, site: string | URL): Snippets {
  const { url, left } = alone(shown, site);
  const link = shown.model === undefined && shown.page ? shown.page : url.href;
  return {
    link,
    element: element(shown, site),
    frame: frame(shown, url.href, site),
    markdown: markdown(shown, link),
    left,
  };
}

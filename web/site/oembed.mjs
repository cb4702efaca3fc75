// oEmbed (https://oembed.com), as far as files can answer: each page names a file that says how its first figure is
// shown in a frame. A file sees no question, so it tells of the figure as it stands in the page, at one size, in JSON.
import { load } from "../readme.mjs";
import { escape } from "./layout.mjs";

const unescape = (text) =>
  text.replace(/&(amp|lt|gt|quot);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name]);
const attributesOf = (tag) =>
  Object.fromEntries(
    [...tag.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value = ""]) => [name, unescape(value)]),
  );

/** The first figure of a page: its element, attributes, and its picture, if it has one. */
function figureOf(html) {
  const [, tag, attributes, inside] = /<(generative-model|generative-lab)([^>]*)>(.*?)<\/\1>/s.exec(html) ?? [];
  if (!tag) return undefined;
  const [image] = /<img[^>]*slot="poster"[^>]*>/.exec(inside) ?? [];
  return { kind: tag === "generative-lab" ? "lab" : "model", attributes: attributesOf(attributes), image };
}

/** What a figure is without what belongs to its page alone. */
const OF_PAGE = ["id", "class", "slot"];

/**
 * Writes the files and names them in the pages. The entrance and the frame have `oembed.json`, other pages one of their
 * own.
 */
export async function discover(pages, files, site) {
  const { snippets } = await load("web/element/share/snippets.ts");
  for (const [name, html] of pages) {
    const figure = figureOf(html) ?? (/^embed\b/.test(name) ? figureOf(pages.get("index.html")) : undefined);
    if (!figure || name.includes("/")) continue;
    const [, page, lang = "en"] = /^([^.]+)(?:\.([a-z]+))?\.html$/.exec(name);
    const title = unescape(/<title>([^<]*)/.exec(html)[1]);
    const attributes = Object.fromEntries(Object.entries(figure.attributes).filter(([n]) => !OF_PAGE.includes(n)));
    const { frame } = snippets({ kind: figure.kind, attributes, title, lang }, site);
    const image = figure.image && attributesOf(figure.image);
    const [width, height] = [720, 720];
    const answer = {
      version: "1.0",
      type: "rich",
      title,
      provider_name: "Generative Playground",
      provider_url: new URL(lang === "en" ? "" : `index.${lang}.html`, site).href,
      cache_age: 86_400,
      width,
      height,
      // Most consumers take no scripts, and the frame needs none.
      html: frame
        .split("\n<script")[0]
        .replace(/\n\s*/g, " ")
        .replace(/ width="100%" height="\d+"/, ` width="${width}" height="${height}"`),
      ...(image && {
        thumbnail_url: new URL(files.of(image.src), site).href,
        thumbnail_width: Number(image.width),
        thumbnail_height: Number(image.height),
      }),
    };
    const tail = lang === "en" ? "" : `.${lang}`;
    const file = ["index", "embed"].includes(page) ? `oembed${tail}.json` : `oembed/${page}${tail}.json`;
    files.plain(file, JSON.stringify(answer, null, 1));
    const link = `<link rel="alternate" type="application/json+oembed" href="${site}${file}" title="${escape(title)}">`;
    pages.set(name, html.replace("</title>", `</title>\n${link}`));
  }
}

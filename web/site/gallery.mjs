// The gallery of the guide: each snippet beside the element that it is, live, and the way to the workbench.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { escape } from "./layout.mjs";

const WORDS = {
  en: { copyHtml: "HTML to copy", workbench: "Change it in the workbench" },
  de: { copyHtml: "HTML zum Kopieren", workbench: "In der Werkbank ändern" },
};

/** The snippets, as they stand in web/pages/gallery.yaml. */
export const snippets = () => parse(readFileSync(new URL("../pages/gallery.yaml", import.meta.url), "utf8"));

/** Name and attributes of the element of a snippet. */
export function elementOf(html) {
  const [, tag, attributes] = /^<(generative-(?:model|lab))((?: [a-z-]+="[^"]*")*)><\/\1>$/.exec(html) ?? [];
  if (!tag) throw new Error(`gallery.yaml: no element alone: ${html}`);
  return { tag, attributes: [...attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]) };
}

/** Where the workbench shows it. */
export function workbench(html) {
  const { tag, attributes } = elementOf(html);
  const parameters = new URLSearchParams(attributes);
  if (tag === "generative-lab") parameters.set("element", "lab");
  return `workbench.html?${parameters}`;
}

/** What stands in place of `<!-- gallery -->`. */
export function gallery(lang) {
  const words = WORDS[lang];
  const each = ({ id, html, [lang]: { title, text } }) => {
    const snippet = `<script type="module" src="element.js"></script>\n${html}`;
    const copy = words.copyHtml;
    return `<section class="ready" aria-labelledby="ready-${id}">
<h3 id="ready-${id}">${escape(title)}</h3>
<p>${escape(text)}</p>
<div class="live">${html}</div>
<div class="paste"><pre tabindex="0" aria-label="${copy}"><code class="snippet">${escape(snippet)}</code></pre>
<p><a href="${escape(workbench(html))}">${words.workbench}</a></p></div>
</section>`;
  };
  return snippets().map(each).join("\n");
}

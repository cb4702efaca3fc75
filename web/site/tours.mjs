// The guided tours of the chapters, from web/pages/tours.yaml: a list to read and to follow, of which a script makes
// a tour that is taken step by step.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { escape } from "./layout.mjs";

const WORDS = {
  en: { title: (n) => `A guided tour in ${n} steps`, go: (i) => `Step ${i}.`, start: "Take the tour" },
  de: { title: (n) => `Ein Rundgang in ${n} Schritten`, go: (i) => `Schritt ${i}.`, start: "Rundgang beginnen" },
};

export const tours = () => parse(readFileSync(new URL("../pages/tours.yaml", import.meta.url), "utf8"));

/** The tour of a chapter; nothing where it has none. */
export function tour({ of, lang }) {
  const steps = tours()[of];
  if (!steps) return "";
  const words = WORDS[lang];
  const items = steps.map(
    ({ go, [lang]: said }, i) => `<li><a href="${escape(go)}">${words.go(i + 1)}</a> <span>${escape(said)}</span></li>`,
  );
  return `<div class="text tour"><details><summary>${words.title(steps.length)}</summary>
<ol>${items.join("\n")}</ol></details>
<button type="button" disabled>${words.start}</button></div>\n`;
}

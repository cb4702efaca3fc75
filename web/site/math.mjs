// TeX to MathML, at build time.
import { readFileSync } from "node:fs";
import temml from "temml";

/** `\term{key}{…}` marks what the glossary of an equation explains under that key. */
const macros = { "\\term": "\\data{term=#1}{#2}" };

/** Characters that the formulas of this build need, for the font that is shipped with them. */
export const characters = new Set();

/**
 * A formula as MathML.
 *
 * Temml writes inline styles for engines that need none here; the site's content security policy
 * allows none, so they are left out, and page.css says what is needed.
 */
export function math(tex, display = false) {
  const html = temml.renderToString(tex, { displayMode: display, trust: true, throwOnError: true, macros });
  const clean = html.replace(/ style="[^"]*"/g, "");
  for (const c of clean.replace(/<[^>]*>/g, "")) characters.add(c);
  return clean;
}

/** The equations of all models, a line each: TeX to MathML. */
export function formulas() {
  const lines = JSON.parse(readFileSync(new URL("../element/equations.json", import.meta.url), "utf8"));
  return Object.fromEntries(lines.map((tex) => [tex, math(tex, true)]));
}

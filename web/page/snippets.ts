/** The snippets of a page: they name this site, so that they work when pasted elsewhere, and can be copied. */
import type { Words } from "../lang/words";

const all = () => document.querySelectorAll<HTMLElement>(".snippet");

export function nameThisSite() {
  for (const snippet of all())
    if (snippet.textContent)
      snippet.textContent = snippet.textContent
        .replace(/element\.(js|css)/, (name) => new URL(name, document.baseURI).href)
        .replaceAll("https://YOUR-SITE", location.origin);
}

/** A button below each that copies it; where that is refused, it selects it. */
export function letCopy(words: Words) {
  for (const snippet of all()) {
    const [row, button, said] = ["p", "button", "span"].map((name) => document.createElement(name));
    if (!row || !(button instanceof HTMLButtonElement) || !said) continue;
    row.className = "tools";
    said.setAttribute("role", "status");
    button.type = "button";
    button.textContent = words.say("copy");
    button.addEventListener("click", () => {
      const text = snippet.textContent ?? "";
      Promise.resolve(navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"))).then(
        () => (said.textContent = words.say("copied")),
        () => {
          getSelection()?.selectAllChildren(snippet);
          said.textContent = words.say("selected");
        },
      );
    });
    row.append(button, " ", said);
    snippet.closest("pre")?.after(row);
  }
}

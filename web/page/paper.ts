/** What paper cannot show: below each figure, where the live one is. */
import type { Words } from "../lang/words";

export function tellWhereFiguresLive(words: Words) {
  for (const figure of document.querySelectorAll<HTMLElement>("figure.widget[id]")) {
    const line = document.createElement("p");
    line.className = "on-paper";
    figure.append(line);
    // The address says what a figure shows, and follows what the reader does.
    const tell = () => {
      const url = new URL(location.href);
      url.hash = figure.id;
      const what = figure.getAttribute("aria-label") ?? words.say("aModel");
      line.textContent = words.say("onPaper", { what, url: url.href });
    };
    tell();
    addEventListener("beforeprint", tell);
  }
}

/** Models that are loaded when somebody asks for them: a button beneath a picture brings the element in its place. */
export function drawWhenAsked() {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-draw]")) {
    const figure = button.closest("figure");
    const template = figure?.querySelector("template");
    const before = figure?.querySelector(".before");
    if (!figure || !template || !before) continue;
    button.hidden = false;
    button.addEventListener(
      "click",
      () => {
        const element = template.content.firstElementChild?.cloneNode(true);
        if (!(element instanceof HTMLElement)) return;
        const poster = before.firstElementChild;
        if (poster instanceof HTMLImageElement) {
          poster.slot = "poster";
          element.append(poster);
        }
        before.replaceWith(element);
        // The button is gone; whoever came by keyboard goes on in the figure.
        element.tabIndex = -1;
        element.focus();
        element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
        button.closest("p")?.remove();
      },
      { once: true },
    );
  }
}

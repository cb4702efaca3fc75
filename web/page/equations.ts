/** The explained equations: hover, focus or tap a symbol for its meaning. */

const termOf = (event: Event) =>
  event.target instanceof Element ? event.target.closest("[data-term]")?.getAttribute("data-term") : null;

export function explainEquations() {
  for (const equation of document.querySelectorAll(".equation")) {
    const glosses = [...equation.querySelectorAll<HTMLElement>("[data-gloss]")];
    let pinned = glosses[0]?.dataset["gloss"] ?? "";
    const explain = (term: string) => {
      for (const g of glosses) g.hidden = g.dataset["gloss"] !== term;
      equation.querySelectorAll("[data-term]").forEach((t) => {
        const on = t.getAttribute("data-term") === term;
        t.classList.toggle("on", on);
        if (t instanceof HTMLButtonElement) t.setAttribute("aria-pressed", String(on));
      });
    };
    for (const type of ["click", "focusin"]) {
      equation.addEventListener(type, (event) => {
        const term = termOf(event);
        if (term) explain((pinned = term));
      });
    }
    equation.addEventListener("pointerover", (event) => {
      if ((event as PointerEvent).pointerType === "mouse") explain(termOf(event) ?? pinned);
    });
    equation.addEventListener("pointerleave", () => explain(pinned));
    equation.classList.add("live");
    explain(pinned);
  }
}

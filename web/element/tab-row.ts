/**
 * Where there are more tabs than fit, the chosen one is in sight. It is looked for when another one is chosen or the
 * element has another size, and just before the page is drawn, when its layout is to be made anyway.
 */
export class TabRow {
  /** The view whose tab was brought into sight, and how many tabs there were. */
  #shown = "";
  #frame = 0;

  look(root: ParentNode, view: string, resized = false) {
    const tab = root.querySelector<HTMLElement>("[role=tab][aria-selected=true]");
    const row = tab?.parentElement;
    const shown = `${view} ${row?.childElementCount}`;
    if (!tab || !row || (shown === this.#shown && !resized)) return;
    this.#shown = shown;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => bring(tab, row));
  }
}

function bring(tab: HTMLElement, row: HTMLElement) {
  if (row.scrollWidth <= row.clientWidth) return;
  const [{ left, right }, of] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += Math.max(0, right - of.right) - Math.max(0, of.left - left);
}

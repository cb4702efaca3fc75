/** Draws ABC notation as a score, by abcjs (MIT licence). A part, fetched with the first score that is seen. */
import renderAbc from "abcjs/src/api/abc_tunebook_svg";

/** What a bar of sixteenths and quarters needs at least, and margins with clef and key, CSS pixels. */
const [BAR, MARGIN] = [170, 110];

/** The score of `abc` in an element, as wide as that is; readers of the screen are told the label. */
export function engrave(into: HTMLElement, abc: string, label: string): SVGSVGElement | null {
  const wide = Math.max(300, into.clientWidth);
  const preferredMeasuresPerLine = Math.max(1, Math.floor((wide - MARGIN) / BAR));
  const staffwidth = wide - 30;
  renderAbc(into, abc, {
    add_classes: true,
    ariaLabel: label,
    foregroundColor: "currentColor",
    paddingleft: 0,
    paddingright: 8,
    paddingtop: 4,
    paddingbottom: 4,
    responsive: "resize",
    staffwidth,
    wrap: { minSpacing: 1.2, maxSpacing: 2.7, preferredMeasuresPerLine },
  });
  return into.querySelector("svg");
}

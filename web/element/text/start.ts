/** How a text begins: so many characters as people count them, none of them cut. */
export const start = (text: string, most: number) =>
  [...new Intl.Segmenter().segment(text.slice(0, 20 * most))]
    .slice(0, most)
    .map((s) => s.segment)
    .join("");

import type { ImageView } from "../draw";

/** Some tiles of an image view in a row, as a view of their own. */
export function tiles(all: ImageView, which: readonly number[]): ImageView {
  const w = all.width / all.columns;
  const h = all.height / all.rows;
  const rgba = new Uint8Array(4 * w * h * which.length);
  which.forEach((tile, i) => {
    const left = (tile % all.columns) * w;
    const top = Math.floor(tile / all.columns) * h;
    for (let y = 0; y < h; y++) {
      const at = 4 * ((top + y) * all.width + left);
      rgba.set(all.rgba.subarray(at, at + 4 * w), 4 * (y * w * which.length + i * w));
    }
  });
  return { kind: "image", width: w * which.length, height: h, columns: which.length, rows: 1, rgba };
}

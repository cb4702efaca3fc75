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

/** A view in which each tile has a thin grey edge around it. */
export function edged(view: ImageView, grey: number): ImageView {
  const w = view.width / view.columns;
  const h = view.height / view.rows;
  const [width, height] = [view.columns * (w + 2), view.rows * (h + 2)];
  const rgba = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [tx, ty] = [x % (w + 2), y % (h + 2)];
      const inside = tx > 0 && tx <= w && ty > 0 && ty <= h;
      const from = (Math.floor(y / (h + 2)) * h + ty - 1) * view.width + Math.floor(x / (w + 2)) * w + tx - 1;
      const pixel = inside ? view.rgba.subarray(4 * from, 4 * from + 4) : [grey, grey, grey, 255];
      rgba.set(pixel, 4 * (y * width + x));
    }
  }
  return { ...view, width, height, rgba };
}

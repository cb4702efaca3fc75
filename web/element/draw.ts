import type { View } from "../client/protocol";
import { rgb, type Rgb } from "./ink";

export type ImageView = Extract<View, { kind: "image" }>;
export type PointsView = Extract<View, { kind: "points" }>;

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * An image as a canvas. Grey pictures are printed in the ink of the page on transparent paper, so
 * that they belong to it by day and by night; coloured ones stay as they are, and so do grey ones `asIs`.
 */
export function print(view: ImageView, ink: Rgb, asIs = false): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = view.width;
  canvas.height = view.height;
  const from = view.rgba;
  const pixels = new ImageData(view.width, view.height);
  const to = pixels.data;
  let grey = !asIs;
  for (let i = 0; i < from.length && grey; i += 4) grey = from[i] === from[i + 1] && from[i] === from[i + 2];
  if (grey) {
    for (let i = 0; i < from.length; i += 4) {
      to[i] = ink[0];
      to[i + 1] = ink[1];
      to[i + 2] = ink[2];
      to[i + 3] = from[i] ?? 0;
    }
  } else {
    to.set(from);
  }
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  return canvas;
}

/** The ink of a canvas, and whether grey pictures are to stay as they are there. */
export function inkOf(canvas: Element): [ink: Rgb, asIs: boolean] {
  const style = getComputedStyle(canvas);
  return [rgb(style.color), style.getPropertyValue("--_as-is").trim() === "1"];
}

/** Pixels of the screen in one of CSS, where an element is: what the reader and the page's `zoom` make of it. */
export const sharpness = (element: Element & { currentCSSZoom?: number }) =>
  Math.min(8, Math.max(0.25, (devicePixelRatio || 1) * (element.currentCSSZoom ?? 1)));

/** A side of a canvas that every browser can draw. */
const LARGEST = 4096;

/** Makes a canvas as sharp as the screen; gives its size in CSS pixels and a scaled context. */
export function fit(canvas: HTMLCanvasElement, height?: number) {
  const sides = Math.max(canvas.clientWidth, height ?? canvas.clientHeight, 1);
  const ratio = Math.min(sharpness(canvas), LARGEST / sides);
  const width = canvas.clientWidth;
  const tall = height ?? canvas.clientHeight;
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(tall * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const g = canvas.getContext("2d");
  g?.setTransform(w / Math.max(1, width), 0, 0, h / Math.max(1, tall), 0, 0);
  return { g, width, height: tall };
}

/** How a plate lays out its tiles. */
export interface Layout {
  /** Tiles in a row, or how they follow from the width; by default what suits it. */
  columns?: number | ((width: number) => number);
  /** Space between tiles, as a part of a tile. */
  gap?: number;
  /** Pixels of the page to a tile, at most, where `columns` is a number. */
  widest?: number;
  /** Replace what is there tile by tile, quietly. */
  weave?: boolean;
}

/** Columns for so many tiles: a little wider than tall, and the last row full if it can be. */
function columnsFor(tiles: number, width: number): number {
  const least = Math.max(1, Math.ceil(width / 130));
  const most = Math.max(least, Math.floor(width / 34));
  const ideal = Math.min(most, Math.max(least, Math.round(Math.sqrt(tiles * 1.9))));
  for (let spread = 0; spread <= 4; spread++) {
    for (const columns of [ideal - spread, ideal + spread]) {
      if (columns >= least && columns <= most && tiles % columns === 0) return columns;
    }
  }
  return Math.min(ideal, tiles);
}

/** A canvas that shows an image view tile by tile and stays right when its size or ink changes. */
export class Plate {
  canvas: HTMLCanvasElement | undefined;
  view: ImageView | undefined;
  #layout: Layout = {};
  #source: HTMLCanvasElement | undefined;
  #before: HTMLCanvasElement | undefined;
  #beforeColumns = 1;
  #woven: { start: number; delays: number[] } | undefined;
  #frame = 0;

  /** For Lit's `ref`. */
  attach = (canvas?: Element) => {
    if (canvas === this.canvas) return;
    this.canvas = canvas as HTMLCanvasElement | undefined;
    if (!this.canvas) return;
    this.redraw();
    // It comes before it has its place, and so its size; a frame without a picture would be of another height.
    if (this.canvas.clientWidth === 0) queueMicrotask(() => this.redraw());
  };

  /** Shows a view. */
  show(view: ImageView, layout: Layout = {}) {
    const tiles = view.columns * view.rows;
    const weave =
      layout.weave && this.#source && !reducedMotion() && this.view && this.view.columns * this.view.rows === tiles;
    this.#before = weave ? this.#source : undefined;
    this.#beforeColumns = this.view?.columns ?? 1;
    this.#woven = weave
      ? { start: performance.now(), delays: Array.from({ length: tiles }, () => Math.random() * 1800) }
      : undefined;
    this.view = view;
    this.#layout = layout;
    this.#source = undefined;
    this.redraw();
  }

  clear() {
    this.view = undefined;
    this.#source = undefined;
    this.redraw();
  }

  /** After a change of size or colours. */
  redraw(recolour = false) {
    if (recolour) this.#source = undefined;
    cancelAnimationFrame(this.#frame);
    this.#draw(performance.now());
  }

  #draw(now: number) {
    const { canvas, view } = this;
    if (!canvas) return;
    if (!view) {
      canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const { columns: given, widest } = this.#layout;
    canvas.style.maxWidth = widest && typeof given === "number" ? `${given * widest}px` : "";
    const width = canvas.clientWidth;
    // A canvas that is in no page yet has no colour either.
    if (width === 0) return;
    this.#source ??= print(view, ...inkOf(canvas));
    const tiles = view.columns * view.rows;
    const tw = view.width / view.columns;
    const th = view.height / view.rows;
    const wished = this.#layout.columns;
    const columns = Math.min(
      tiles,
      (typeof wished === "function" ? wished(width) : wished) ?? columnsFor(tiles, width),
    );
    const rows = Math.ceil(tiles / columns);
    const gap = this.#layout.gap ?? 0;
    const tile = width / (columns + gap * (columns - 1));
    const tall = tile * (th / tw);
    const height = rows * tall + (rows - 1) * gap * tile;
    canvas.style.height = `${height}px`;
    const { g } = fit(canvas, height);
    if (!g) return;
    g.clearRect(0, 0, width, height);
    g.imageSmoothingQuality = "high";
    let busy = false;
    for (let i = 0; i < tiles; i++) {
      const x = (i % columns) * tile * (1 + gap);
      const y = Math.floor(i / columns) * (tall + gap * tile);
      let there = 1;
      if (this.#woven) {
        there = Math.min(1, Math.max(0, (now - this.#woven.start - (this.#woven.delays[i] ?? 0)) / 500));
        if (there < 1) busy = true;
      }
      if (there < 1 && this.#before) {
        g.globalAlpha = 1 - there;
        g.drawImage(
          this.#before,
          (i % this.#beforeColumns) * tw,
          Math.floor(i / this.#beforeColumns) * th,
          tw,
          th,
          x,
          y,
          tile,
          tall,
        );
      }
      g.globalAlpha = there;
      if (there > 0)
        g.drawImage(this.#source, (i % view.columns) * tw, Math.floor(i / view.columns) * th, tw, th, x, y, tile, tall);
    }
    g.globalAlpha = 1;
    if (busy) this.#frame = requestAnimationFrame((t) => this.#draw(t));
    else this.#before = this.#woven = undefined;
  }
}

/** The numbers of a points view. */
export function coordinates({ xy }: PointsView): Float32Array {
  const copy = xy.slice(); // A view into a larger buffer need not be aligned.
  return new Float32Array(copy.buffer, 0, copy.byteLength >> 2);
}

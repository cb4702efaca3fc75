/** Samples as a program wants them: one by one. */
import type { Layer, Roll, SpaceKind, Token, View } from "../client/protocol";

/**
 * What a model models: images, clips, points in 2-D, those with classes, those of which an energy is known, text, texts
 * in two languages, music, drums, functions, paths.
 */
export type Kind = SpaceKind;

/** An image; where there are `ImageData`, it is one of them, which a canvas takes as it is. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row by row from the top. */
  readonly data: Uint8ClampedArray;
}

/** A point in 2-D. */
export type Point = [x: number, y: number];

/** A text that a model wrote. */
export interface Writing {
  /** All of it, what it was begun with included. */
  text: string;
  /** Its tokens: what each was drawn with, and what else could have stood there. */
  tokens: Token[];
}

/** One sample of a model of a kind. */
export interface SampleOf {
  image: Picture;
  video: Picture[];
  points: Point;
  classes: Point;
  energy: Point;
  text: Writing;
  /** What was read, an arrow, and what was written. */
  pairs: Writing;
  score: Roll;
  groove: Roll;
  /** A true value of a function and what is guessed of it. */
  functions: Point;
  /** Its places, in cells of the maze. */
  paths: Point[];
  /** The world at each moment. */
  episodes: Picture[];
}

function picture(width: number, height: number): Picture {
  if (typeof ImageData !== "undefined") return new ImageData(width, height);
  return { width, height, data: new Uint8ClampedArray(4 * width * height) };
}

/** The images of a grid, the first `count` of them. */
function pictures({ width, height, columns, rows, rgba }: Extract<View, { kind: "image" }>, count: number): Picture[] {
  const [w, h] = [width / columns, height / rows];
  return Array.from({ length: Math.min(count, columns * rows) }, (_, i) => {
    const one = picture(w, h);
    const [left, top] = [(i % columns) * w, Math.floor(i / columns) * h];
    for (let y = 0; y < h; y++) {
      const start = 4 * ((top + y) * width + left);
      one.data.set(rgba.subarray(start, start + 4 * w), 4 * y * w);
    }
    return one;
  });
}

function points(xy: Uint8Array): Point[] {
  const view = new DataView(xy.buffer, xy.byteOffset, xy.byteLength);
  return Array.from({ length: xy.byteLength >> 3 }, (_, i) => [
    view.getFloat32(8 * i, true),
    view.getFloat32(8 * i + 4, true),
  ]);
}

/** The paths of a layer, place by place. */
function paths(layer: Layer): Point[][] {
  if (layer.kind !== "lines" || layer.role !== "model") return [];
  const [all, each] = [points(layer.xy), layer.length];
  return Array.from({ length: all.length / each }, (_, i) => all.slice(i * each, (i + 1) * each));
}

/** Texts as they grow: news of a sampler carries only tokens that are new. */
export class Texts {
  #tokens: Token[][] = [];

  take(view: View | null) {
    if (view?.kind !== "texts") return;
    view.texts.forEach(({ start, tokens }, i) => {
      const known = (this.#tokens[i] ??= []);
      known.splice(start, Infinity, ...tokens);
    });
  }

  get all(): Writing[] {
    return this.#tokens.map((tokens) => ({ text: tokens.map((t) => t.text).join(""), tokens: [...tokens] }));
  }
}

/** The samples that a view shows. */
export function samplesOf(view: View | null, count: number): SampleOf[Kind][] {
  if (view?.kind === "image") return pictures(view, count);
  if (view?.kind === "clips" && view.sheet.kind === "image") {
    const { columns, rows } = view.sheet;
    const all = pictures(view.sheet, columns * rows);
    // A row of the sheet is a clip.
    return Array.from({ length: Math.min(count, rows) }, (_, i) => all.slice(i * columns, (i + 1) * columns));
  }
  if (view?.kind === "points") return points(view.xy);
  if (view?.kind === "plot") {
    const dots = view.layers.flatMap((l) => (l.kind === "points" && l.role === "model" ? points(l.xy) : []));
    return dots.length ? dots : view.layers.flatMap(paths);
  }
  if (view?.kind === "scores") return view.scores.slice(0, count);
  if (view?.kind !== "texts") return [];
  const texts = new Texts();
  texts.take(view);
  return texts.all;
}

import type { Layer, Role, View } from "../../client/protocol";
import { fit, reducedMotion } from "../draw";
import { colorOf, rgb } from "../ink";
import { diverging, sequential, type Ramp } from "./ramp";
import { WordPen } from "./words";

export type PlotView = Extract<View, { kind: "plot" }>;
type Window = PlotView["window"];
type Field = Extract<Layer, { kind: "field" }>;
export type Points = Extract<Layer, { kind: "points" }>;

/** The custom property that colours a role. */
const COLORS: Record<Role, string> = {
  data: "--_data",
  model: "--_model",
  noise: "--_noise",
  guess: "--_guess",
  guide: "--_guide",
};
/** How long points take to their new places, milliseconds. */
const GLIDE = 260;
/** Frames further apart than this are too slow for gliding, milliseconds. */
const SLOW = 45;

const decoded = new WeakMap<Uint8Array, Float32Array>();

/** The numbers in bytes of the worker's. */
export function floats(bytes: Uint8Array): Float32Array {
  let found = decoded.get(bytes);
  if (!found) {
    found = new Float32Array(bytes.slice().buffer, 0, bytes.byteLength >> 2); // A copy is aligned.
    decoded.set(bytes, found);
  }
  return found;
}

interface Colors {
  roles: Record<Role, string>;
  line: string;
  ink: string;
  density: Ramp;
  sides: Ramp;
}

/** Draws 2-D plots on a canvas, in the colours of its element. Knows kinds of layers and no model. */
export class Plot {
  canvas: HTMLCanvasElement | undefined;
  view: PlotView | undefined;
  /** Points of the data, and where they are drawn. */
  under: Points | undefined;
  underWindow: readonly number[] = [];
  /** Whether points of the data are drawn. */
  withData = true;
  /** Where the reader points. */
  pointer: [number, number] | null = null;
  #colors: Colors | undefined;
  #images = new WeakMap<Field, HTMLCanvasElement>();
  #from: Float32Array | undefined;
  readonly #still = document.createElement("canvas");
  #stillOf: PlotView | undefined;
  #start = 0;
  #frame = 0;
  /** When it was drawn last. */
  #before = 0;

  /** `tone` is the custom property that colours densities. */
  constructor(
    private readonly host: HTMLElement,
    private readonly tone = "--_model",
  ) {}

  /** For Lit's `ref`. */
  attach = (canvas?: Element) => {
    if (canvas === this.canvas) return;
    this.canvas = canvas as HTMLCanvasElement | undefined;
    if (canvas) this.redraw();
  };

  /** Shows a view; points of the model glide where they are still the same points. */
  show(view: PlotView, glide = false) {
    const before = this.view && modelPoints(this.view);
    const after = modelPoints(view);
    const same = glide && before && after && before.xy.byteLength === after.xy.byteLength && !reducedMotion();
    this.#from = same ? this.#now(before, performance.now()) : undefined;
    this.#start = performance.now();
    this.view = view;
    this.redraw();
  }

  clear() {
    this.view = undefined;
    this.redraw();
  }

  redraw(recolour = false) {
    if (recolour) {
      this.#colors = undefined;
      this.#images = new WeakMap();
    }
    this.#stillOf = undefined;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#draw(performance.now());
  }

  /** Where a place on the canvas lies in the window. */
  place(e: { clientX: number; clientY: number }): [number, number] | null {
    if (!this.canvas || !this.view) return null;
    const box = this.canvas.getBoundingClientRect();
    const [left, right, bottom, top] = this.view.window;
    const [u, v] = [(e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height];
    if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return null;
    return [left + u * (right - left), top + v * (bottom - top)];
  }

  #palette(): Colors {
    const color = (name: string) => colorOf(this.host, name);
    this.#colors ??= {
      roles: Object.fromEntries(Object.entries(COLORS).map(([role, name]) => [role, color(name)])) as Record<
        Role,
        string
      >,
      line: color("--_line"),
      ink: color("--_soft"),
      density: sequential(color("--_paper"), color(this.tone), color("--_ink")),
      sides: diverging(color("--_noise"), color("--_paper"), color("--_model")),
    };
    return this.#colors;
  }

  #draw(now: number) {
    const { canvas, view } = this;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width, height } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, width, height);
    if (!view) return;
    const colors = this.#palette();
    const [left, right, bottom, top] = view.window;
    const x = (v: number) => ((v - left) / (right - left)) * width;
    const y = (v: number) => ((top - v) / (top - bottom)) * height;
    // Where frames come slowly, points do not glide but jump.
    if (this.#frame && now - this.#before > SLOW) this.#from = undefined;
    this.#before = now;
    const gliding = this.#from !== undefined && now - this.#start < GLIDE;
    const pen = new WordPen(g, width, height);
    const draw = (layer: Layer) => {
      if (layer.kind === "field") return this.#field(g, layer, colors, width, height);
      const color = colors.roles[layer.role];
      if (layer.kind === "lines") return lines(g, layer, x, y, color);
      if (layer.kind === "words") return pen.draw(layer.words, floats(layer.xy), x, y, color);
      if (layer.kind === "arrows") return arrows(g, floats(layer.xy), floats(layer.d), x, y, color);
      const alpha =
        layer.role !== "data" ? 0.75 : layer === this.under && view.layers.some((l) => l.kind === "field") ? 0.3 : 0.42;
      points(
        g,
        gliding && layer === moving ? this.#now(layer, now) : floats(layer.xy),
        x,
        y,
        color,
        width,
        height,
        alpha,
      );
    };
    const layers = this.#layers(view);
    const moving = modelPoints(view);
    const first = gliding && moving ? layers.indexOf(moving) : 0;
    if (gliding && this.#stillOf === view) {
      g.drawImage(this.#still, 0, 0, width, height);
    } else {
      layers.slice(0, first).forEach(draw);
      // While points glide, what lies under them stands still: it is drawn once.
      if (gliding) this.#keep(canvas, view);
    }
    layers.slice(first).forEach(draw);
    axes(g, view.window, x, y, height, colors.ink);
    if (this.pointer) crosshair(g, x(this.pointer[0]), y(this.pointer[1]), width, height, colors.ink);
    this.#frame = gliding ? requestAnimationFrame((t) => this.#draw(t)) : 0;
    if (!gliding) this.#from = undefined;
  }

  /** What is drawn, from the bottom up: the data, if it is wished for, above a field and beneath everything else. */
  #layers({ layers, window }: PlotView): Layer[] {
    if (!this.withData) return layers.filter((l) => l.kind !== "points" || l.role !== "data");
    const there = layers.some((l) => l.kind === "points" && l.role === "data");
    if (!this.under || there || window.some((v, i) => v !== this.underWindow[i])) return layers;
    const fields = layers.findLastIndex((l) => l.kind === "field") + 1;
    return [...layers.slice(0, fields), this.under, ...layers.slice(fields)];
  }

  #keep(canvas: HTMLCanvasElement, view: PlotView) {
    this.#still.width = canvas.width;
    this.#still.height = canvas.height;
    this.#still.getContext("2d")?.drawImage(canvas, 0, 0);
    this.#stillOf = view;
  }

  /** Where the model's points are on their way. */
  #now(layer: Points, now: number): Float32Array {
    const to = floats(layer.xy);
    const from = this.#from;
    const t = Math.min(1, Math.max(0, (now - this.#start) / GLIDE));
    if (!from || t >= 1 || from.length !== to.length) return to;
    const eased = t * t * (3 - 2 * t);
    return to.map((v, i) => (from[i] ?? v) + (v - (from[i] ?? v)) * eased);
  }

  #field(g: CanvasRenderingContext2D, layer: Field, colors: Colors, width: number, height: number) {
    let image = this.#images.get(layer);
    if (!image) {
      image = paint(layer, layer.diverging ? colors.sides : colors.density);
      this.#images.set(layer, image);
    }
    g.imageSmoothingEnabled = true;
    g.imageSmoothingQuality = "high";
    g.drawImage(image, 0, 0, width, height);
  }
}

/** The points that a model made, if a view has such. */
const modelPoints = (view: PlotView) => view.layers.find((l): l is Points => l.kind === "points" && l.role === "model");

/** A field as an image, one pixel a cell. */
function paint({ columns, rows, values, low, high }: Field, ramp: Ramp): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const image = new ImageData(columns, rows);
  const scale = high > low ? 255 / (high - low) : 0;
  floats(values).forEach((value, i) => {
    const at = 4 * Math.min(255, Math.max(0, Math.round((value - low) * scale)));
    for (let c = 0; c < 4; c++) image.data[4 * i + c] = ramp[at + c] ?? 0;
  });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

type Axis = (v: number) => number;

const scratch = document.createElement("canvas");
let pixels: ImageData | undefined;
const inks = new Map<string, number>();

/** A colour as the low three bytes of a pixel. */
function inkOf(color: string): number {
  let ink = inks.get(color);
  if (ink === undefined) {
    const [r, g, b] = rgb(color);
    inks.set(color, (ink = (b << 16) | (g << 8) | r));
  }
  return ink;
}

/**
 * Points as discs that add up where they lie on each other. A thousand calls of a canvas take
 * longer, without a graphics card much longer, than setting their pixels here.
 */
function points(
  g: CanvasRenderingContext2D,
  xy: Float32Array,
  x: Axis,
  y: Axis,
  color: string,
  width: number,
  height: number,
  alpha: number,
) {
  const ratio = g.getTransform().a;
  const { width: w, height: h } = g.canvas;
  const count = Math.max(1, xy.length / 2);
  // Fewer points are drawn larger.
  const r = ratio * Math.min(3.4, Math.max(1, 0.0045 * width * (500 / count) ** 0.25));
  const pen = scratch.getContext("2d", { willReadFrequently: true });
  if (!pen) return;
  if (!pixels || pixels.width !== w || pixels.height !== h) {
    scratch.width = w;
    scratch.height = h;
    pixels = new ImageData(w, h);
  }
  const all = new Uint32Array(pixels.data.buffer);
  all.fill(0);
  const ink = inkOf(color);
  for (let i = 0; i + 1 < xy.length; i += 2) {
    const px = x(xy[i] ?? 0) * ratio - 0.5;
    const py = y(xy[i + 1] ?? 0) * ratio - 0.5;
    const last = Math.min(h - 1, Math.ceil(py + r));
    const end = Math.min(w - 1, Math.ceil(px + r));
    for (let v = Math.max(0, Math.floor(py - r)); v <= last; v++) {
      for (let u = Math.max(0, Math.floor(px - r)); u <= end; u++) {
        const cover = r + 0.5 - Math.sqrt((u - px) ** 2 + (v - py) ** 2);
        if (cover <= 0) continue;
        const at = v * w + u;
        const there = (all[at] ?? 0) >>> 24;
        all[at] = ((there + (255 - there) * alpha * Math.min(1, cover) + 0.5) << 24) | ink;
      }
    }
  }
  pen.putImageData(pixels, 0, 0);
  g.drawImage(scratch, 0, 0, width, height);
}

function lines(
  g: CanvasRenderingContext2D,
  { xy, length, filled, role }: Extract<Layer, { kind: "lines" }>,
  x: Axis,
  y: Axis,
  color: string,
) {
  const all = floats(xy);
  g.strokeStyle = g.fillStyle = color;
  g.lineWidth = role === "guide" ? 1 : 1.1;
  g.lineJoin = "round";
  for (let start = 0; start + 2 * length <= all.length && length > 1; start += 2 * length) {
    g.beginPath();
    for (let i = start; i < start + 2 * length; i += 2) g.lineTo(x(all[i] ?? 0), y(all[i + 1] ?? 0));
    if (filled) {
      g.closePath();
      g.globalAlpha = 0.16;
      g.fill();
    }
    g.globalAlpha = role === "guide" ? 0.7 : 0.62;
    g.stroke();
  }
  g.globalAlpha = 1;
}

function arrows(g: CanvasRenderingContext2D, xy: Float32Array, d: Float32Array, x: Axis, y: Axis, color: string) {
  g.strokeStyle = g.fillStyle = color;
  g.lineWidth = 1;
  g.globalAlpha = 0.7;
  g.beginPath();
  for (let i = 0; i + 1 < xy.length; i += 2) {
    const [ax, ay] = [xy[i] ?? 0, xy[i + 1] ?? 0];
    const [x0, y0, x1, y1] = [x(ax), y(ay), x(ax + (d[i] ?? 0)), y(ay + (d[i + 1] ?? 0))];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const reach = Math.hypot(dx, dy);
    if (!(reach > 0.3)) continue;
    const head = Math.min(4.5, 0.45 * reach) / reach;
    g.moveTo(x0, y0);
    g.lineTo(x1, y1);
    g.moveTo(x1 - (dx - 0.55 * dy) * head, y1 - (dy + 0.55 * dx) * head);
    g.lineTo(x1, y1);
    g.lineTo(x1 - (dx + 0.55 * dy) * head, y1 - (dy - 0.55 * dx) * head);
  }
  g.stroke();
  g.globalAlpha = 1;
}

/** Ticks at whole numbers, as faint as can be; those at zero are longer. */
function axes(
  g: CanvasRenderingContext2D,
  [left, right, bottom, top]: Window,
  x: Axis,
  y: Axis,
  height: number,
  ink: string,
) {
  const step = Math.max(1, 10 ** Math.floor(Math.log10(Math.max(right - left, top - bottom) / 4)));
  g.strokeStyle = ink;
  g.lineWidth = 1;
  g.globalAlpha = 0.5;
  g.beginPath();
  for (let v = Math.ceil(left / step) * step; v <= right; v += step) {
    g.moveTo(Math.round(x(v)) + 0.5, height);
    g.lineTo(Math.round(x(v)) + 0.5, height - (v === 0 ? 8 : 4));
  }
  for (let v = Math.ceil(bottom / step) * step; v <= top; v += step) {
    g.moveTo(0, Math.round(y(v)) + 0.5);
    g.lineTo(v === 0 ? 8 : 4, Math.round(y(v)) + 0.5);
  }
  g.stroke();
  g.globalAlpha = 1;
}

function crosshair(g: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, ink: string) {
  g.strokeStyle = ink;
  g.globalAlpha = 0.6;
  g.lineWidth = 1;
  g.setLineDash([3, 3]);
  g.beginPath();
  g.moveTo(x, 0);
  g.lineTo(x, height);
  g.moveTo(0, y);
  g.lineTo(width, y);
  g.stroke();
  g.setLineDash([]);
  g.globalAlpha = 1;
}

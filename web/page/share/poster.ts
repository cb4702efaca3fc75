/** A picture of what a widget shows, by day and by night. */
import { reducedMotion } from "../../element/draw";
import type { Widget } from "./state";

/** Ink and paper of the pictures, as `playground poster` has them. */
const TONES = {
  light: { ink: "#1b1d22", paper: "#fbfbf9" },
  dark: { ink: "#e9e7e1", paper: "#14161a" },
} as const;
export type Tone = keyof typeof TONES;

/** A picture with the size that it is shown in. */
export interface Picture {
  blob: Blob;
  width: number;
  height: number;
}

/** Around what is drawn, pixels of CSS. */
const EDGE = 8;
/** Text as it is drawn. */
const TEXT = { font: "17px Georgia, serif", line: 27, width: 720, most: 40 } as const;

const visible = (e: Element) => e.getBoundingClientRect().width > 1 && getComputedStyle(e).visibility !== "hidden";

/** What is drawn in the part of a widget that shows its model, not that in its controls. */
function canvases(widget: Widget): HTMLCanvasElement[] {
  const all = [...widget.renderRoot.querySelectorAll<HTMLCanvasElement>(".panel canvas, .tile .plot canvas")];
  return all.filter((canvas) => canvas.width > 1 && canvas.height > 1 && visible(canvas));
}

/** A drawing with paper beneath it. */
function sheet(width: number, height: number, scale: number, tone: Tone) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round((width + 2 * EDGE) * scale);
  canvas.height = Math.round((height + 2 * EDGE) * scale);
  const g = canvas.getContext("2d");
  if (!g) return undefined;
  g.fillStyle = TONES[tone].paper;
  g.fillRect(0, 0, canvas.width, canvas.height);
  g.setTransform(scale, 0, 0, scale, EDGE * scale, EDGE * scale);
  return { canvas, g };
}

async function png(canvas: HTMLCanvasElement, scale: number): Promise<Picture | undefined> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  return blob
    ? { blob, width: Math.round(canvas.width / scale), height: Math.round(canvas.height / scale) }
    : undefined;
}

/** All drawings of a widget where they stand. */
function drawn(widget: Widget, tone: Tone): Promise<Picture | undefined> | undefined {
  const all = canvases(widget).map((canvas) => ({ canvas, box: canvas.getBoundingClientRect() }));
  if (!all.length) return undefined;
  const left = Math.min(...all.map(({ box }) => box.left));
  const top = Math.min(...all.map(({ box }) => box.top));
  const width = Math.max(...all.map(({ box }) => box.right)) - left;
  const height = Math.max(...all.map(({ box }) => box.bottom)) - top;
  // As sharp as the sharpest of them, and not so large that a post would be slow.
  const sharp = Math.max(...all.map(({ canvas, box }) => canvas.width / box.width));
  const scale = Math.min(Math.max(1, sharp), 2, 2400 / Math.max(width, height));
  const paper = sheet(width, height, scale, tone);
  if (!paper) return undefined;
  for (const { canvas, box } of all) paper.g.drawImage(canvas, box.left - left, box.top - top, box.width, box.height);
  return png(paper.canvas, scale);
}

/** The lines that a text is broken into. */
function linesOf(text: string, g: CanvasRenderingContext2D): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (line && g.measureText(line + word).width > TEXT.width) {
        lines.push(line);
        line = "";
      }
      line += word;
    }
    lines.push(line);
  }
  return lines.slice(0, TEXT.most);
}

/** What a model of text has written. */
function written(widget: Widget, tone: Tone): Promise<Picture | undefined> | undefined {
  const text = widget.renderRoot.querySelector<HTMLElement>(".panel .sheet")?.innerText.trim();
  const measure = document.createElement("canvas").getContext("2d");
  if (!text || !measure) return undefined;
  measure.font = TEXT.font;
  const lines = linesOf(text, measure);
  const paper = sheet(TEXT.width, lines.length * TEXT.line, 2, tone);
  if (!paper) return undefined;
  Object.assign(paper.g, { font: TEXT.font, fillStyle: TONES[tone].ink, textBaseline: "top" });
  lines.forEach((line, i) => paper.g.fillText(line, 0, i * TEXT.line + 4));
  return png(paper.canvas, 2);
}

/** Until a widget has followed the colours that it stands in, and everything is drawn anew. */
function settled(): Promise<void> {
  // As after a theme that fades in, it looks at what is around it now.
  document.dispatchEvent(new Event("transitionend"));
  return new Promise((done) => setTimeout(done, reducedMotion() ? 200 : 350));
}

/** The picture in both tones; nothing where a view has no picture. */
export async function posters(widget: Widget): Promise<Record<Tone, Picture> | undefined> {
  const { style } = widget;
  const before = { color: style.color, background: style.background };
  const made: Partial<Record<Tone, Picture>> = {};
  try {
    for (const tone of ["light", "dark"] as const) {
      // An element takes on the colours that it stands in.
      style.color = TONES[tone].ink;
      style.background = TONES[tone].paper;
      await settled();
      made[tone] = (await drawn(widget, tone)) ?? (await written(widget, tone));
    }
  } finally {
    Object.assign(style, before);
    document.dispatchEvent(new Event("transitionend"));
  }
  const { light, dark } = made;
  return light && dark ? { light, dark } : undefined;
}

import type { TemplateResult } from "lit";
import type { View } from "../../client/protocol";
import type { Reel } from "../film";
import type { Param } from "../panel";

/** Shows answers of one kind, whatever model gave them. */
export interface Renderer {
  /** Whether the drawing shows what is asked with itself. */
  readonly within?: boolean;
  /** Parameters for attributes and links: what of the answer is looked at. */
  readonly params?: Record<string, Param>;
  /** `glide`: points may move to their new places. */
  show(view: View, glide?: boolean): void;
  /** Nothing is asked, so that nothing is shown. */
  clear(): void;
  render(): TemplateResult;
  /** What it draws on, for films of it. */
  canvas?(): HTMLCanvasElement | undefined;
  /** What can be filmed of it, if it moves by itself. */
  reel?(): Reel | undefined;
  /** What stands beside it: numbers, bars. */
  beside?(): TemplateResult;
  /** After each rendering. */
  updated?(): void;
  /** Another panel is in view. */
  hide?(): void;
  redraw?(recolour: boolean): void;
}

import type { nothing, TemplateResult } from "lit";
import type { PlaygroundError } from "../../client/errors";
import type { PlotInputs, PlotSpec, View } from "../../client/protocol";
import type { Param } from "../panel";

/** Something that a plot is asked with, as the reader gives it. */
export interface Input {
  /** Parameters for attributes and links. */
  readonly params: Record<string, Param>;
  /** The plot that it is shown with. */
  for?(spec: PlotSpec): void;
  /** What has to be there before it can be asked: data to choose from, a text to begin with. */
  prepare?(): Promise<void>;
  /** What the plot is asked with; nothing while there is nothing to ask. */
  ask(): PlotInputs | undefined;
  /** An answer has come: what the model saw can be shown where it was given. */
  answered?(view: View): void;
  /** It was refused; gives whether that is told here. */
  refused?(error: PlaygroundError): boolean;
  /** The control itself. */
  render(): TemplateResult;
  /** What belongs beneath the answer. */
  below?(): TemplateResult | typeof nothing;
  redraw?(recolour: boolean): void;
  /** A file that is no checkpoint was dropped; gives whether it is wanted. */
  dropped?(file: File): boolean;
}

/**
 * What of the elements others may rely on besides attributes (`attributes.ts`) and methods (which the classes declare):
 * events, slots, parts, properties of CSS. The package's manifest and types are made of this.
 */
import type { Device } from "../client/connection";
import type { ErrorInfo, LossCurve, ModelInfo, View } from "../client/protocol";

/** Events of `<generative-model>`, and what their `detail` is; they bubble, also out of shadow roots. */
export interface ModelEvents {
  /** A model is in place, and can be sampled and trained. */
  ready: { model: ModelInfo; device: Device };
  /** Something is on its way: a model (`load`), or samples (`sample`, with the steps taken). */
  progress: { phase: "load" | "sample"; step: number; of: number };
  /** Training went on. */
  step: { step: number; epoch: number; rate: number; losses: LossCurve[] };
  /** Samples were drawn. */
  sample: { seed: number; count: number; view: View };
  /** It computes on another back end than before, and why. */
  backendchange: Device & { sentence: string };
  /** What a link would say of it has changed. */
  statechange: { state: Record<string, string> };
  /** Something went wrong; a stable code, a sentence in the reader's language, and what to do next. */
  error: ErrorInfo;
}

/** Events of `<generative-lab>`. */
export interface LabEvents {
  /** The model of a family is in place. */
  ready: { model: ModelInfo };
  /** The training of a family went on. */
  step: { family: string; step: number; rate: number };
  /** What a link would say of it has changed. */
  statechange: { state: Record<string, string> };
  /** Something went wrong, with a family or with the lab itself. */
  error: ErrorInfo & { family?: string };
}

/** What a script may read of `<generative-model>`. */
export interface ModelReadings {
  /** The model in place: family, data, options, where its training stands. */
  readonly info: ModelInfo | undefined;
  /** What it computes on, and why. */
  readonly device: Device | undefined;
  /** What differs from the defaults, as names and values for a link. */
  readonly state: Record<string, string>;
}

/** What a script may read of `<generative-lab>`. */
export interface LabReadings {
  /** What differs from a fresh lab, as names and values for a link. */
  readonly state: Record<string, string>;
}

/** What may be put into an element. */
export const SLOTS = {
  model: { poster: "an image or anything else that is shown until the first picture is there" },
  lab: { "*": "whose name is the id of a family: stands at its panel in place of its equation" },
};

/** Parts that a page may style with `::part`. */
export const PARTS = {
  model: {
    frame: "all of it",
    bar: "the row with views and models",
    stage: "the picture and what belongs to it",
    canvas: "the canvas that is drawn on",
    caption: "what is to be seen, in a sentence",
    foot: "caption and facts",
    notices: "what went wrong, and what to do next",
  },
  lab: {
    canvas: "each canvas that is drawn on",
    notices: "what went wrong, and what to do next",
  },
};

/** Properties of CSS, which are inherited. */
export const PROPERTIES = {
  "--gm-ink": "colour of text and lines; by default that of the text around",
  "--gm-paper": "colour beneath; by default the nearest one of the page",
  "--gm-soft": "colour of what is said aside",
  "--gm-line": "colour of thin lines",
  "--gm-red": "first colour of curves and marks",
  "--gm-blue": "second colour of curves and marks",
  "--gm-data": "colour of the data in plots",
  "--gm-guess": "colour of what a model believes in plots",
  "--gm-background": "background of the element",
  "--gm-font": "font of labels and sentences",
  "--gm-serif": "font of texts that models write, and of headings",
  "--gm-font-size": "size of the font",
};

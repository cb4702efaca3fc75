/**
 * What TypeScript knows of models and options before the package is made: that they have names. `web/package.mjs` puts
 * in the place of this what the package carries and what the families declare.
 */
import type { Kind } from "./samples";

/** Models that come with the package: what each models, and its family. */
export interface Shipped {
  [id: string]: { kind: Kind; family: string };
}

/** Families: options of their models and of their samplers. */
export interface Families {
  [id: string]: { config: Record<string, unknown>; sample: Record<string, unknown> };
}

/** Options of a training. */
export type TrainingOptions = Record<string, unknown>;

/** Options of toy data sets. */
export type ToyOptions = Record<string, unknown>;

/** How a text becomes tokens. */
export type TextOptions = Record<string, unknown>;

/**
 * Parts of the playground that are files of their own, fetched when somebody needs them. `index.ts`, which is the first
 * file, says what they are: code that parts share must not itself name one of them, or neither could carry a hash.
 */
import type uPlot from "uplot";

export interface Parts {
  /** The class of `<generative-model>` at work: controller, client, views. */
  model(): Promise<unknown>;
  /** That of `<generative-lab>`. */
  lab(): Promise<unknown>;
  /** Who draws curves of losses. */
  chart(): Promise<typeof uPlot>;
}

export const parts = {} as Parts;

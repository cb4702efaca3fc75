import type { Backend, Device } from "../client/connection";
import type { ModelInfo } from "../client/protocol";
import type { RunnerHost } from "./runner";

/** Where the model in place came from. */
export type Source = "shipped" | "made" | "opened" | "kept";

/** A file as it is to be opened. */
export interface Checkpoint {
  bytes: Uint8Array;
  /** Its promised hash. */
  sha256: string | null;
}

/** How a model comes. */
export interface Arrival {
  source: Source;
  /** Training that is wished for goes on with it. */
  play?: boolean;
  /** It takes the place of the training at hand, also where that is kept. */
  again?: boolean;
}

/** What a controller asks of its element, and tells it. */
export interface ControllerHost extends RunnerHost {
  /** What the reader may have asked for. */
  readonly wantedBackend: Backend;
  /** Names of the figure that trainings are kept under, the present one first; without one nothing is kept. */
  keys(): readonly string[];
  /** Whether a training of this model is worth keeping; all are by default. */
  keeps?(info: ModelInfo): boolean;
  /** A model is in place; one that is not fresh is the same as before, in a new worker or at another step. */
  placed(info: ModelInfo, fresh: boolean): void;
  /** Another device is in use. */
  using(device: Device): void;
  /** The worker was replaced, or, with `fatal`, the session ended with it. */
  restarted(fatal: boolean): void;
}

import type { Backend, Device } from "../client/connection";
import type { ModelInfo } from "../client/protocol";
import type { RunnerHost } from "./runner";

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

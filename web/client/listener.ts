import type { PlaygroundError } from "./errors";
import type { ModelInfo, PictureSource, TrainState, View } from "./protocol";
import type { TextSource } from "./texts";

/** What an element wants to hear from its session. */
export interface SessionListener {
  /** A model is in place; a `fresh` one has just been opened or made, others are the same one as before. */
  model(info: ModelInfo, fresh: boolean): void;
  /** Training went on; `samples` are those at the fixed noise, when they were refreshed. */
  training(state: TrainState, samples: View | null): void;
  /** A resumable checkpoint; the newest is worth keeping. */
  snapshot(step: number, bytes: Uint8Array): void;
  /** The worker was replaced; with `fatal`, it was not. */
  restarted(cause: PlaygroundError, fatal: boolean): void;
  /** Another device may be in use now, or the same for another reason. */
  device?(): void;
  /** A text of the reader's own, if the element has it. */
  text?(name: string): TextSource | undefined;
  /** Pictures of the reader's own, if the element has them. */
  pictures?(name: string): PictureSource | undefined;
}

/** A model with all that is needed to train on. */
export interface Snapshot {
  step: number;
  bytes: Uint8Array;
}

/** How a training is to go; by default all networks, as fast as it goes, until it is paused. */
export interface Run {
  steps?: number | null;
  /** Seconds of computing. */
  seconds?: number | null;
  /** Steps a second at most. */
  rate?: number | null;
  network?: string | null;
  /** The most workers that compute it; by default as many as there are cores. */
  workers?: number | null;
  /** Whether a snapshot comes at its end. */
  keep?: boolean;
}

/** Hears nothing. */
const deaf = () => undefined;
export const SILENT: SessionListener = { model: deaf, training: deaf, snapshot: deaf, restarted: deaf };

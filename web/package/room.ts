/** A session, and what a program hears of it. */
import type { Backend } from "../client/connection";
import type { PlaygroundError } from "../client/errors";
import type { PictureSource, TrainState, View } from "../client/protocol";
import { Session } from "../client/session";

/** What a session is made with. */
export interface RoomOptions {
  backend?: Backend;
  restarted?: (cause: PlaygroundError, fatal: boolean) => void;
}

/** A session, and what listens to it. */
export class Room {
  readonly session: Session;
  /** Pictures of the program's own, for a new worker. */
  readonly pictures = new Map<string, PictureSource>();
  /** Told of a training. */
  trained: ((state: TrainState, samples: View | null) => void) | undefined;

  constructor({ backend = "auto", restarted }: RoomOptions) {
    this.session = new Session(backend, {
      model: () => undefined,
      training: (state, samples) => this.trained?.(state, samples),
      snapshot: () => undefined,
      restarted: (cause, fatal) => restarted?.(cause, fatal),
      pictures: (name) => this.pictures.get(name),
    });
  }
}

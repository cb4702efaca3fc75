/** A session, and what a program hears of it. */
import type { Backend, Device } from "../client/connection";
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
  /** What is computed on, and why; from when the session is ready. */
  device!: Device;
  /** Pictures of the program's own, for a new worker. */
  readonly pictures = new Map<string, PictureSource>();
  /** Told of a training. */
  trained: ((state: TrainState, samples: View | null) => void) | undefined;

  constructor({ backend = "auto", restarted }: RoomOptions) {
    this.session = new Session(backend, {
      model: () => undefined,
      training: (state, samples) => this.trained?.(state, samples),
      snapshot: () => undefined,
      restarted: (cause, fatal) => {
        this.#look();
        restarted?.(cause, fatal);
      },
      device: () => this.#look(),
      pictures: (name) => this.pictures.get(name),
    });
  }

  #look() {
    this.session.device.then(
      (device) => (this.device = device),
      () => undefined,
    );
  }
}

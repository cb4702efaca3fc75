import type { Roll, RollInput, View } from "../../client/protocol";
import { Latest, type Host } from "../panel";

/** Of training, samples are shown so often, milliseconds. */
const EVERY = 3000;

/** What becomes of a piece. */
interface Listener {
  /** It is there, or a part of it. */
  take(made: Roll): void;
  /** All of it is there, or will not come; whether something was asked of it. */
  ended(asked: boolean): void;
  /** Pieces made of the same options before, of which each is to be another. */
  takes(): number;
}

/** Pieces that the model makes, one at a time, each seen as it comes. */
export class Making {
  #latest = new Latest();
  #abort: AbortController | undefined;
  #isUnderWay = false;
  #made = "";
  #drawnAt = 0;

  constructor(
    private readonly host: Host,
    private readonly on: Listener,
  ) {}

  /** Whether one is being made. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** What pieces follow from. */
  get #cause(): string {
    const { info, settled, sampleOptions } = this.host;
    const { id, data, step, parameters, seed } = info ?? {};
    return JSON.stringify([id, data, step, parameters, seed, settled.seed, sampleOptions]);
  }

  /** Whether what was made, or settled for, is what would be made now. */
  get isCurrent(): boolean {
    return this.#cause === this.#made;
  }

  /** Whether a sample of a training may take the place of the one before. */
  get isDue(): boolean {
    return !this.#isUnderWay && performance.now() - this.#drawnAt > EVERY;
  }

  /** What stands there is settled for. */
  settle() {
    this.#made = this.#cause;
  }

  stop() {
    this.#abort?.abort();
  }

  /** Makes what is free of a score; with nothing asked, all of one of four bars. */
  make(score: RollInput | undefined) {
    const { session, info } = this.host;
    if (!session || !info) return;
    this.settle();
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#latest.run(() =>
      this.host.attempt(async () => {
        if (abort.signal.aborted) return;
        const { seed } = this.host.settled;
        const options = { ...this.host.sampleOptions, ...(score && { score }) };
        const take = (view: View | null) => {
          const made = view?.kind === "scores" ? view.scores[0] : undefined;
          if (!made || abort.signal.aborted) return;
          this.on.take(made);
          this.host.drawn();
          this.host.requestUpdate();
        };
        this.#isUnderWay = true;
        this.host.requestUpdate();
        try {
          const view = await session.sample(
            1,
            seed + this.on.takes(),
            options,
            (step, of, early) => {
              this.host.announce("progress", { phase: "sample", step, of });
              take(early);
            },
            abort.signal,
          );
          take(view);
          this.#drawnAt = performance.now();
          if (!abort.signal.aborted) this.host.announce("sample", { seed, count: 1, view });
        } finally {
          if (this.#abort === abort) {
            this.#isUnderWay = false;
            this.on.ended(score !== undefined);
            this.host.requestUpdate();
          }
        }
      }, "music"),
    );
  }
}

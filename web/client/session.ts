import { CUSTOM, Engine, unexpected, type Pictures, type Points, type Survivor } from "./engine";
import { wasNeverAsked, wasRestarted, type Backend, type Device } from "./connection";
import { PlaygroundError, cancelled, problem } from "./errors";
import type { Fault, ModelInfo, Outcome, PictureSource, PointSource, TextInfo, TrainState, View } from "./protocol";
import { Questions } from "./questions";
import { unless } from "./limits";
import { SILENT, type Run, type SessionListener, type Snapshot } from "./listener";
import type { Body, Place, Tuning } from "./place";
import type { TextSource } from "./texts";
export type { Run, SessionListener, Snapshot } from "./listener";
export type { Body, Tuning } from "./place";
export type { SavedFile } from "./questions";

/** A training under way. */
interface Running {
  abort: AbortController;
  /** Resolves when it has ended, however it did. */
  done: Promise<void>;
  /** Another model has taken the place of the one that it trained. */
  left: boolean;
}

/** A training that stops its worker so often without one step more is given up. */
const STUCK = 2;
let sessions = 0;

/** What one element does with one model, whatever happens to the worker under it. */
export class Session extends Questions implements Survivor {
  readonly id = ++sessions;
  /** The model in place. */
  model: ModelInfo | undefined;
  protected readonly engine: Engine;
  #listener: SessionListener;
  /** How the model came; the way back to it if the worker dies before the first snapshot. */
  #origin: Place | undefined;
  #snapshot: Snapshot | undefined;
  /** Options of the training that were changed since the snapshot. */
  #tuned: Record<string, unknown> = {};
  #run: Running | undefined;
  /** Resolves when no model is on its way to the worker. */
  #placing: Promise<void> = Promise.resolve();
  /** Counts the models that were in place. */
  #places = 0;
  /** The newest recovery; resolves with what it failed of, if it did. */
  #recovery: Promise<PlaygroundError | undefined> = Promise.resolve(undefined);
  /** What the worker died of last. */
  #cause: PlaygroundError | undefined;
  #ended = false;
  #texts = new Map<string, TextSource>();
  #points: PointSource | undefined;

  constructor(backend: Backend, listener: SessionListener) {
    super();
    this.#listener = listener;
    this.engine = Engine.acquire(backend, this);
  }

  /** Another session on the same worker, to which nobody listens. */
  sibling = () => new Session(this.engine.wanted, SILENT);
  get device(): Promise<Device> {
    return this.engine.device;
  }
  get training(): boolean {
    return this.#run !== undefined;
  }
  needData = (name: string): Promise<void> => this.engine.needData(name, this);

  // ---- What a new worker needs of it

  text(name: string): TextSource | undefined {
    return this.#texts.get(name) ?? this.#listener.text?.(name);
  }
  pictures(name: string): PictureSource | undefined {
    return this.#listener.pictures?.(name);
  }
  get points(): PointSource | undefined {
    return this.#points;
  }

  // ---- The model

  /** Opens a checkpoint. If it fails, what was there stays, and trains on. */
  async open(bytes: Uint8Array | Blob, sha256: string | null): Promise<ModelInfo> {
    return this.#place({ type: "open", session: this.id, bytes, sha256 }, async () => undefined);
  }

  /** Puts adapters in place, on the checkpoint of their model; likewise. */
  adapt = (base: Uint8Array, bytes: Uint8Array): Promise<ModelInfo> =>
    this.#place({ type: "adapt", session: this.id, base, bytes }, async () => undefined);

  /** Puts an untrained model in place. If it fails, or is given up while its data comes, what was there stays. */
  async create(body: Body | Tuning, signal?: AbortSignal): Promise<ModelInfo> {
    const asked: Place = { type: "base" in body ? "tune" : "create", session: this.id, ...body } as Place;
    return this.#place(asked, async () => {
      await unless(signal, this.needData(body.data));
    });
  }

  async #place(request: Place, prepare: () => Promise<void>): Promise<ModelInfo> {
    let settled: () => void = () => undefined;
    const placing = new Promise<void>((done) => (settled = done));
    const ask = async () => {
      await prepare();
      // Otherwise what is brought back into a new worker could come after it, and take its place.
      await this.#recovered();
      this.#placing = placing;
      return this.engine.request(request);
    };
    try {
      const outcome = await this.insist(ask);
      if (outcome.type !== "model") throw unexpected(outcome);
      if (this.#ended) throw cancelled();
      this.#placed(request, outcome.model);
      return outcome.model;
    } finally {
      settled();
    }
  }

  #placed(request: Place, model: ModelInfo) {
    this.#places++;
    // A training under way was of the model before: its end has nothing to say of this one.
    if (this.#run) {
      this.#run.left = true;
      this.#run.abort.abort();
      this.#run = undefined;
    }
    this.#origin = request;
    this.#snapshot = undefined;
    this.#tuned = {};
    this.#settle(model, true);
  }

  #settle(model: ModelInfo, fresh: boolean) {
    this.model = model;
    // Of the texts, only the one that is learned from is still needed, and the one that was brought last.
    for (const name of [...this.#texts.keys()].slice(0, -1)) if (name !== model.data) this.#texts.delete(name);
    this.#listener.model(model, fresh);
  }

  /**
   * Once more if the worker was replaced meanwhile; not twice, lest the request be what kills it. That is told as an
   * error of the request; `quietly`, for what is asked again anyway, not.
   */
  protected async insist<T>(ask: () => Promise<T>, quietly = false): Promise<T> {
    for (let deaths = 0; ;) {
      if (this.#ended) throw this.#cause ?? cancelled();
      try {
        return await ask();
      } catch (e) {
        if (!wasRestarted(e) || this.#ended) throw e;
        await this.#recovered();
        if (wasNeverAsked(e)) continue;
        if (this.#cause?.code === "out-of-memory") throw this.#cause;
        if (++deaths > 1) throw quietly ? e : deadly();
      }
    }
  }

  /** Resolves when the session stands in a new worker; throws if there is none. */
  async #recovered(): Promise<void> {
    let recovery, failed;
    do {
      recovery = this.#recovery;
      failed = await recovery;
    } while (recovery !== this.#recovery); // The new worker died as well.
    if (failed) throw failed;
    if (this.#ended) throw this.#cause ?? cancelled();
  }

  // ---- Data

  /** Hands over a reader's points, to be known as `custom`. */
  async loadPoints(source: PointSource): Promise<Points> {
    const points = await this.insist(() => this.engine.loadPoints(source));
    this.#points = source;
    return points;
  }

  /** The reader's points, where another session has handed them over already. */
  usePoints(source: PointSource | undefined) {
    this.#points = source;
  }

  /** Hands over a reader's pictures, which their listener keeps. */
  loadPictures = (source: PictureSource): Promise<Pictures> => this.insist(() => this.engine.loadPictures(source));

  /** The loudest second of a WAV file. */
  cutSecond = (file: Uint8Array): Promise<Uint8Array> => this.insist(() => this.engine.cutSecond(file));

  /** Hands over a text to learn from. */
  async loadText(source: TextSource): Promise<TextInfo> {
    const info = await this.insist(() => this.engine.loadText(source));
    this.#texts.delete(source.name);
    this.#texts.set(source.name, source);
    return info;
  }

  // ---- Training

  /** Makes a past snapshot the current state; until the next snapshot a new worker begins with the newest one. */
  async restoreSnapshot(index: number): Promise<void> {
    await this.pause();
    const outcome = await this.engine.request({ type: "restoreSnapshot", session: this.id, index });
    if (outcome.type !== "model") throw unexpected(outcome);
    this.#settle(outcome.model, false);
  }

  /**
   * Trains to a limit, or until `pause`; goes on in a new worker if it must. Gives the last state, or nothing if
   * another model took the place of this one. One training at a time: a new one ends the one before.
   */
  async train(run: Run = {}): Promise<TrainState | undefined> {
    const before = this.#run;
    let end: () => void = () => undefined;
    const running: Running = { abort: new AbortController(), done: new Promise((done) => (end = done)), left: false };
    this.#run = running;
    try {
      before?.abort.abort();
      await before?.done;
      await this.#train(running, run);
    } finally {
      if (this.#run === running) this.#run = undefined;
      end();
    }
    return running.left ? undefined : this.model?.state;
  }

  async #train(running: Running, run: Run) {
    const { steps = null, seconds = null, rate = null, network = null, workers = this.workers, keep = true } = run;
    const { signal } = running.abort;
    if (!this.model) return;
    const first = this.model.state.step;
    // A new worker counts its seconds from nought.
    let [spent, clock, highest, stuck] = [0, this.model.state.seconds, first, 0];
    const progress = (state: TrainState) => {
      spent += state.seconds >= clock ? state.seconds - clock : state.seconds;
      clock = state.seconds;
    };
    while (!signal.aborted && !this.#ended) {
      const left = steps === null ? null : Math.max(0, first + steps - this.model.state.step);
      const rest = seconds === null ? null : Math.max(0, seconds - spent);
      try {
        await this.needData(this.model.data);
        // A model on its way would be trained in the place of this one.
        for (let seen; seen !== this.#placing; await seen) seen = this.#placing;
        if (signal.aborted) return;
        const outcome = await this.engine.request(
          { type: "train", session: this.id, steps: left, rate, seconds: rest, network, keep },
          {
            signal,
            progress: (p) => {
              if (p.type === "helpers") this.engine.help(p, workers);
              if (running.left) return;
              if (p.type === "training") {
                progress(p.state);
                this.#trained(p.state, p.samples);
              } else if (p.type === "snapshot") this.#take(p);
            },
          },
        );
        if (outcome.type === "trained" && !running.left) this.#trained(outcome.state, null);
        return;
      } catch (e) {
        if (this.#ended || running.left || PlaygroundError.from(e).code === "cancelled") return;
        if (!wasRestarted(e)) throw e;
        const reached = this.model.state.step;
        stuck = reached > highest ? 0 : stuck + 1;
        highest = Math.max(highest, reached);
        await this.#recovered();
        // The same again would only need the same memory again.
        if (this.#cause?.code === "out-of-memory") throw this.#cause;
        if (stuck >= STUCK) throw deadly();
      }
    }
  }

  #trained(state: TrainState, samples: View | null) {
    if (this.model) this.model = { ...this.model, step: state.step, state };
    this.#listener.training(state, samples);
  }

  #take({ step, bytes }: Snapshot) {
    this.#snapshot = { step, bytes };
    this.#tuned = {};
    this.#listener.snapshot(step, bytes);
  }

  /** Stops the training, if there is one; resolves when it has stopped. */
  async pause(): Promise<void> {
    const running = this.#run;
    running?.abort.abort();
    await running?.done;
  }

  /** Takes a snapshot now, and gives it; a new worker would begin with it. */
  async snapshot(): Promise<Snapshot | undefined> {
    const { model } = this;
    const place = this.#places;
    if (!model) return undefined;
    const outcome = await this.insist(() => this.engine.request({ type: "export", session: this.id, resumable: true }));
    if (outcome.type !== "file") throw unexpected(outcome);
    const snapshot = { step: model.step, bytes: outcome.bytes };
    if (place === this.#places) this.#take(snapshot);
    return snapshot;
  }

  /** Changes options of the training under way. */
  async setTrain(train: Record<string, unknown>): Promise<void> {
    const place = this.#places;
    await this.insist(() => this.engine.request({ type: "setTrain", session: this.id, train }));
    if (place === this.#places) Object.assign(this.#tuned, train);
  }

  /** Breaks on purpose. */
  async fault(kind: Fault): Promise<void> {
    await this.engine.request({ type: "fault", kind });
  }

  // ---- The worker's death

  recover(cause: PlaygroundError, fatal: boolean) {
    if (this.#ended) return;
    this.#cause = cause;
    if (fatal) {
      this.#fail(cause);
      return;
    }
    const recovery = this.#reopen().then(
      () => {
        if (recovery === this.#recovery && !this.#ended) this.#listener.restarted(cause, false);
        return undefined;
      },
      (e: unknown) => {
        const error = PlaygroundError.from(e);
        // A worker that died again while it was being set up brings a recovery of its own.
        if (recovery === this.#recovery && !this.#ended) this.#fail(error);
        return error;
      },
    );
    this.#recovery = recovery;
  }

  #fail(cause: PlaygroundError) {
    this.#ended = true;
    this.#cause = cause;
    this.#run?.abort.abort();
    this.#listener.restarted(cause, true);
  }

  async #reopen(): Promise<void> {
    const place = this.#places;
    const from: Place | undefined = this.#snapshot
      ? { type: "open", session: this.id, bytes: this.#snapshot.bytes, sha256: null }
      : this.#origin;
    if (!from) {
      await this.engine.device;
      return;
    }
    if (from.type === "create" || from.type === "tune") await this.needData(from.data);
    // A model can be looked at without its data, which may be long in coming; whoever trains it asks for it.
    else if (this.model?.data === CUSTOM) void this.needData(CUSTOM).catch(() => undefined);
    let outcome: Outcome;
    try {
      outcome = await this.engine.request(from);
    } catch (e) {
      if (!this.#snapshot || wasRestarted(e) || this.#ended) throw e;
      // A snapshot that cannot be read must not keep the model from coming back.
      this.#snapshot = undefined;
      return this.#reopen();
    }
    if (outcome.type !== "model") throw unexpected(outcome);
    if (place !== this.#places || this.#ended) return;
    this.#settle(outcome.model, false);
    if (Object.keys(this.#tuned).length)
      await this.engine.request({ type: "setTrain", session: this.id, train: this.#tuned }).catch((e: unknown) => {
        if (wasRestarted(e)) throw e;
      });
  }

  /** Ends the session, and the worker with the last one. What is asked later fails with the cause, if there is one. */
  dispose(cause?: PlaygroundError) {
    if (!this.#ended) {
      this.#ended = true;
      this.#cause = cause;
      this.#run?.abort.abort();
      this.engine.request({ type: "dispose", session: this.id }).catch(() => undefined);
    }
    this.engine.release(this);
  }
}

/** What is told of a request that ended its worker each time it was made. */
const deadly = () =>
  problem(
    "internal",
    "The computation stopped twice at the same place, so it is not tried again.",
    "What was there before is still there. Try a smaller model, other options or another file.",
  );

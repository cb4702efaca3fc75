import { CUSTOM, Engine, unexpected, type Survivor } from "./engine";
import { wasNeverAsked, wasRestarted, type Device, type Where } from "./connection";
import { PlaygroundError, cancelled, deadly } from "./errors";
import type { SessionListener, Snapshot } from "./listener";
import type { ModelInfo, Outcome, PictureSource, PointSource, TrainState } from "./protocol";
import { isForeign, type Body, type Place, type Tuning } from "./place";
import { Questions } from "./questions";
import type { TextSource } from "./texts";
import { unless } from "./limits";

let sessions = 0;

/**
 * A model in place, whatever happens to the worker under it: it comes back in a new one, and can be carried to the
 * worker of another back end.
 */
export abstract class Standing extends Questions implements Survivor {
  readonly id = ++sessions;
  /** The model in place. */
  model: ModelInfo | undefined;
  protected readonly listener: SessionListener;
  #engine: Engine;
  /** How the model came; the way back to it if the worker dies before the first snapshot. */
  #origin: Place | undefined;
  /** Its step then. */
  #began = 0;
  /** Seconds that it was trained for in workers before this one. */
  #earlier = 0;
  #snapshot: Snapshot | undefined;
  /** Options of the training that were changed since the snapshot. */
  #tuned: Record<string, unknown> = {};
  /** Resolves when no model is on its way to the worker. */
  #placing: Promise<void> = Promise.resolve();
  /** Counts the models that were in place. */
  #places = 0;
  /** The newest recovery, or way to another worker; resolves with what it failed of, if it did. */
  #recovery: Promise<PlaygroundError | undefined> = Promise.resolve(undefined);
  /** What the worker died of last. */
  #cause: PlaygroundError | undefined;
  #ended = false;
  /** Its engine was released. */
  #over = false;
  /** What workers are asked now. */
  #asking = new Set<Promise<unknown>>();
  /** Where models are on their way to. */
  #incoming: Engine[] = [];

  constructor(
    readonly wanted: Where,
    listener: SessionListener,
  ) {
    super();
    this.listener = listener;
    this.#engine = Engine.acquire(wanted, this);
  }

  protected get engine(): Engine {
    return this.#engine;
  }
  protected get ended(): boolean {
    return this.#ended;
  }
  protected get cause(): PlaygroundError | undefined {
    return this.#cause;
  }
  get device(): Promise<Device> {
    return this.#engine.device;
  }
  needData = (name: string): Promise<void> => this.#engine.needData(name, this);

  abstract text(name: string): TextSource | undefined;
  abstract pictures(name: string): PictureSource | undefined;
  abstract readonly points: PointSource | undefined;
  /** Another model has taken the place of the one that there was. */
  protected abstract left(): void;
  /** The session is over. */
  protected abstract halt(): void;
  /** A model is in place, or again in place. */
  protected abstract settled(model: ModelInfo): void;

  // ---- The model

  /** Opens a checkpoint. If it fails, what was there stays, and trains on. */
  async open(bytes: Uint8Array | Blob, sha256: string | null): Promise<ModelInfo> {
    const engine = isForeign(bytes) && this.wanted === "auto" ? await Engine.graphics(this) : undefined;
    return this.#place({ type: "open", session: this.id, bytes, sha256 }, engine ?? this.#home());
  }

  /** Puts adapters in place, on the checkpoint of their model; likewise. */
  adapt = (base: Uint8Array, bytes: Uint8Array): Promise<ModelInfo> =>
    this.#place({ type: "adapt", session: this.id, base, bytes }, this.#home());

  /** Puts an untrained model in place. If it fails, or is given up while its data comes, what was there stays. */
  async create(body: Body | Tuning, signal?: AbortSignal): Promise<ModelInfo> {
    const asked: Place = { type: "base" in body ? "tune" : "create", session: this.id, ...body } as Place;
    const engine = this.#home();
    return this.#place(asked, engine, () => unless(signal, engine.needData(body.data, this)));
  }

  /** The same model, in the place of another session's. */
  protected async copy(other: Standing): Promise<ModelInfo> {
    const from = await other.#standing();
    if (!from) throw cancelled();
    const prepare = async () => {
      if (from.type === "create" || from.type === "tune") await this.needData(from.data);
    };
    return this.#place({ ...from, session: this.id }, this.#home(), prepare);
  }

  /** The engine that models are put in by default. */
  #home(): Engine {
    return Engine.acquire(this.wanted, this);
  }

  /** Puts a model in place on an engine, which it releases. */
  async #place(request: Place, engine: Engine, prepare?: () => Promise<void>): Promise<ModelInfo> {
    let settled: () => void = () => undefined;
    const placing = new Promise<void>((done) => (settled = done));
    const ask = async () => {
      await prepare?.();
      // Otherwise what is brought back into a new worker could come after it, and take its place.
      await this.recovered();
      this.#placing = placing;
      return engine.request(request);
    };
    this.#incoming.push(engine);
    try {
      const outcome = await this.insist(ask);
      if (outcome.type !== "model") throw unexpected(outcome);
      if (this.#ended) throw cancelled();
      this.#placed(request, outcome.model, engine);
      return this.model ?? outcome.model;
    } finally {
      settled();
      this.#incoming.splice(this.#incoming.indexOf(engine), 1);
      this.#forget(engine);
      engine.release(this);
    }
  }

  #placed(request: Place, model: ModelInfo, engine: Engine) {
    this.#places++;
    // A training under way was of the model before: its end has nothing to say of this one.
    this.left();
    this.#origin = request;
    this.#began = model.step;
    this.#earlier = 0;
    this.#snapshot = undefined;
    this.#tuned = {};
    this.#change(engine);
    this.#settle(model, true);
  }

  #settle(model: ModelInfo, fresh: boolean) {
    this.model = { ...model, state: this.counted(model.state) };
    this.settled(this.model);
    this.listener.model(this.model, fresh);
  }

  /** What a worker tells of a training, with the seconds in those before. */
  protected counted(state: TrainState): TrainState {
    return { ...state, seconds: state.seconds + this.#earlier };
  }

  /** The model as the worker has changed it. */
  protected became(outcome: Outcome) {
    if (outcome.type !== "model") throw unexpected(outcome);
    this.#settle(outcome.model, false);
  }

  /** Resolves when the newest model is not on its way to the worker any more. */
  protected get placing(): Promise<void> {
    return this.#placing;
  }

  /**
   * Once more if the worker was replaced meanwhile; not twice, lest the request be what kills it. That is told as an
   * error of the request; `quietly`, for what is asked again anyway, not.
   */
  protected insist<T>(ask: () => Promise<T>, quietly = false): Promise<T> {
    const asking = this.#insist(ask, quietly);
    const over = () => this.#asking.delete(asking);
    this.#asking.add(asking);
    asking.then(over, over);
    return asking;
  }

  async #insist<T>(ask: () => Promise<T>, quietly: boolean): Promise<T> {
    for (let deaths = 0; ;) {
      if (this.#ended) throw this.#cause ?? cancelled();
      try {
        return await ask();
      } catch (e) {
        if (!wasRestarted(e) || this.#ended) throw e;
        await this.recovered();
        if (wasNeverAsked(e)) continue;
        if (this.#cause?.code === "out-of-memory") throw this.#cause;
        if (++deaths > 1) throw quietly ? e : deadly();
      }
    }
  }

  /** Resolves when the session stands in a new worker; throws if there is none. */
  protected async recovered(): Promise<void> {
    let recovery, failed;
    do {
      recovery = this.#recovery;
      failed = await recovery;
    } while (recovery !== this.#recovery); // The new worker died as well.
    if (failed) throw failed;
    if (this.#ended) throw this.#cause ?? cancelled();
  }

  // ---- Snapshots

  /** A snapshot has come. */
  protected take({ step, bytes }: Snapshot) {
    this.#snapshot = { step, bytes };
    this.#tuned = {};
    this.listener.snapshot(step, bytes);
  }

  /** Takes a snapshot now, and gives it; a new worker would begin with it. */
  async snapshot(): Promise<Snapshot | undefined> {
    const { model } = this;
    const place = this.#places;
    if (!model) return undefined;
    const outcome = await this.insist(() => this.engine.request({ type: "export", session: this.id, resumable: true }));
    if (outcome.type !== "file") throw unexpected(outcome);
    const snapshot = { step: model.step, bytes: outcome.bytes };
    if (place === this.#places) this.take(snapshot);
    return snapshot;
  }

  /** Changes options of the training under way. */
  async setTrain(train: Record<string, unknown>): Promise<void> {
    const place = this.#places;
    await this.insist(async () => {
      await this.recovered();
      return this.engine.request({ type: "setTrain", session: this.id, train });
    });
    if (place === this.#places) Object.assign(this.#tuned, train);
  }

  /** The model as it stands now, to be put in place elsewhere. */
  async #standing(): Promise<Place | undefined> {
    const touched = this.#snapshot !== undefined || this.model?.step !== this.#began;
    if (!touched && Object.keys(this.#tuned).length === 0) return this.#origin;
    const place = this.#places;
    const snapshot = await this.snapshot();
    if (!snapshot || place !== this.#places) return undefined;
    return this.#opening(snapshot);
  }

  #opening = ({ bytes }: Snapshot): Place => ({ type: "open", session: this.id, bytes, sha256: null });

  // ---- Another worker

  /**
   * Goes on in the worker of another back end, from where the model stands; not while it trains. If that cannot be, or
   * is not `wanted` any more, or another model is on its way, the model stays where it is, and nothing is lost.
   */
  protected async move(backend: Where, wanted: () => boolean): Promise<void> {
    const engine = Engine.acquire(backend, this);
    try {
      // What takes long holds nobody up. A card that was given up has a worker as well, but on the processor.
      const { backend: found } = await engine.device;
      if (backend === "card" && found !== "webgpu") return;
      let failed;
      // Not by `recovered`: between the last look and what follows nothing may come.
      for (let seen; seen !== this.#recovery; failed = await seen) seen = this.#recovery;
      if (failed || this.#ended || this.#incoming.length || engine === this.#engine || !wanted()) return;
      const current = () => carried === this.#recovery && !this.#ended && wanted();
      const carried: Promise<undefined> = this.#carry(engine, current).catch(() => undefined);
      this.#recovery = carried;
      await carried;
    } catch {
      // The other worker does not start, or this one is gone.
    } finally {
      engine.release(this);
    }
  }

  async #carry(engine: Engine, current: () => boolean): Promise<undefined> {
    const place = this.#places;
    const from = await this.#standing();
    if (!from) return;
    try {
      if (from.type === "create" || from.type === "tune") await engine.needData(from.data, this);
      const outcome = await engine.request(from);
      if (outcome.type !== "model" || place !== this.#places || !current()) throw cancelled();
      this.#earlier = this.model?.state.seconds ?? 0;
      this.#change(engine);
      this.#settle(outcome.model, false);
    } catch (e) {
      this.#forget(engine);
      throw e;
    }
  }

  /** From now on in the worker of this engine; what the one before is asked is still answered. */
  #change(engine: Engine) {
    const before = this.#engine;
    if (engine === before) return;
    this.#engine = engine;
    engine.join(this);
    void Promise.allSettled(this.#asking).then(() => {
      this.#forget(before);
      before.release(this);
    });
    this.listener.device?.();
  }

  /** Whether the model in place is another program's. */
  protected get foreign(): boolean {
    return this.#origin?.type === "open" && isForeign(this.#origin.bytes);
  }

  /** Whatever stands in another worker is not needed there, unless more is on its way. */
  #forget(engine: Engine) {
    if ((engine === this.#engine && !this.#ended) || this.#incoming.includes(engine)) return;
    engine.request({ type: "dispose", session: this.id }).catch(() => undefined);
  }

  recover(cause: PlaygroundError, fatal: boolean, engine: Engine) {
    if (this.#ended || engine !== this.#engine) return;
    this.#cause = cause;
    if (fatal && engine.wanted !== this.wanted) {
      // Without the graphics card it goes on as it began.
      this.#engine = this.#home();
      engine.release(this);
    } else if (fatal) {
      this.#fail(cause);
      return;
    }
    const recovery = this.#reopen().then(
      () => {
        if (recovery === this.#recovery && !this.#ended) this.listener.restarted(cause, false);
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
    this.halt();
    this.listener.restarted(cause, true);
  }

  async #reopen(): Promise<void> {
    const place = this.#places;
    const from = this.#snapshot ? this.#opening(this.#snapshot) : this.#origin;
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
    this.#earlier = this.model?.state.seconds ?? 0;
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
      this.halt();
      this.#forget(this.#engine);
    }
    if (!this.#over) this.#engine.release(this);
    this.#over = true;
  }
}

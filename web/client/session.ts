import { CUSTOM, Engine, unexpected, type Description, type Points, type Survivor } from "./engine";
import { wasRestarted, type Backend, type Device } from "./connection";
import { PlaygroundError } from "./errors";
import type {
  Condition,
  ErrorInfo,
  Fault,
  ModelInfo,
  OptionScope,
  Outcome,
  PointSource,
  Request,
  TextInfo,
  TrainState,
  View,
  ViewQuery,
} from "./protocol";
import type { TextSource } from "./texts";

/** What an element wants to hear from its session. */
export interface SessionListener {
  /** Another model is in place. */
  model(info: ModelInfo): void;
  /** Training went on; `samples` are those at the fixed noise, when they were refreshed. */
  training(state: TrainState, samples: View | null): void;
  /** A resumable checkpoint; the newest is worth keeping. */
  snapshot(step: number, bytes: Uint8Array): void;
  /** The worker was replaced; with `fatal`, it was not. */
  restarted(cause: PlaygroundError, fatal: boolean): void;
}

/** A file to save. */
export interface SavedFile {
  name: string;
  mime: string;
  bytes: Uint8Array;
}

/** Names of what samples can be asked to fit; all others are options of the sampler. */
const CONDITIONS: readonly (keyof Condition)[] = ["prompt", "label", "guidance", "known", "mask", "start", "goal"];

/** What a sampler is asked, from all of it by name. */
function asked(all: Record<string, unknown>): { options: Record<string, unknown>; condition: Condition } {
  const isCondition = (name: string) => (CONDITIONS as readonly string[]).includes(name);
  const part = (of: boolean) => Object.fromEntries(Object.entries(all).filter(([name]) => isCondition(name) === of));
  return { options: part(false), condition: part(true) as Condition };
}

/** How a training is to go; by default all networks, as fast as it goes, until it is paused. */
export interface Run {
  steps?: number | null;
  /** Seconds of computing. */
  seconds?: number | null;
  /** Steps a second at most. */
  rate?: number | null;
  network?: string | null;
}

type Place = Extract<Request, { type: "open" | "create" }>;
type Body<T> = T extends unknown ? Omit<T, "session"> : never;

let sessions = 0;

/** What one element does with one model, whatever happens to the worker under it. */
export class Session implements Survivor {
  readonly id = ++sessions;
  /** The model in place. */
  model: ModelInfo | undefined;
  #engine: Engine;
  #listener: SessionListener;
  /** How the model came; the way back to it if the worker dies before the first snapshot. */
  #origin: Place | undefined;
  #snapshot: { step: number; bytes: Uint8Array } | undefined;
  #run: AbortController | undefined;
  #recovery: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(backend: Backend, listener: SessionListener) {
    this.#listener = listener;
    this.#engine = Engine.acquire(backend, this);
  }

  get device(): Promise<Device> {
    return this.#engine.device;
  }
  get training(): boolean {
    return this.#run !== undefined;
  }
  describe(): Promise<Description> {
    return this.#engine.describe();
  }
  needData(name: string): Promise<void> {
    return this.#engine.needData(name);
  }

  /** Opens a checkpoint. If it fails, what was there stays. */
  async open(bytes: Uint8Array, sha256: string | null): Promise<ModelInfo> {
    return this.#place({ type: "open", session: this.id, bytes, sha256 });
  }

  /** Puts an untrained model in place. */
  async create(body: Omit<Extract<Request, { type: "create" }>, "type" | "session">): Promise<ModelInfo> {
    await this.needData(body.data);
    return this.#place({ type: "create", session: this.id, ...body });
  }

  async #place(request: Place): Promise<ModelInfo> {
    await this.pause();
    const outcome = await this.#insist(() => this.#engine.request(request));
    if (outcome.type !== "model") throw unexpected(outcome);
    this.#origin = request;
    this.#snapshot = undefined;
    this.model = outcome.model;
    this.#listener.model(outcome.model);
    return outcome.model;
  }

  /** Once more if the worker was replaced meanwhile; not twice, lest the request be what kills it. */
  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (e) {
      if (!wasRestarted(e) || this.#ended) throw e;
      await this.#recovery;
      return ask();
    }
  }

  /** Hands over a reader's points, to be known as `custom`. */
  async loadPoints(source: PointSource): Promise<Points> {
    return this.#insist(() => this.#engine.loadPoints(source));
  }

  /** Hands over a text to learn from. */
  async loadText(source: TextSource): Promise<TextInfo> {
    return this.#insist(() => this.#engine.loadText(source));
  }

  /** How long a step of a training takes on this machine; the model in place is not touched. */
  async pace(body: Omit<Extract<Request, { type: "pace" }>, "type">): Promise<{ seconds: number; parameters: number }> {
    await this.needData(body.data);
    const outcome = await this.#insist(() => this.#engine.request({ type: "pace", ...body }));
    if (outcome.type !== "pace") throw unexpected(outcome);
    return outcome;
  }

  /** Looks at the model as it is, or as it was at a snapshot. */
  async view(query: ViewQuery, snapshot: number | null = null): Promise<View> {
    return this.#see({ type: "view", query, snapshot });
  }

  /** Draws samples. */
  async sample(
    count: number,
    seed: number,
    options: Record<string, unknown>,
    progress?: (step: number, of: number, view: View | null) => void,
    signal?: AbortSignal,
  ): Promise<View> {
    return this.#see({ type: "sample", count, seed, ...asked(options) }, signal, progress);
  }

  /** Samples of a past snapshot at the session's fixed noise. */
  async showSnapshot(index: number, count: number): Promise<View> {
    return this.#see({ type: "showSnapshot", index, count });
  }

  async #see(
    body: Body<Extract<Request, { type: "view" | "sample" | "showSnapshot" }>>,
    signal?: AbortSignal,
    progress?: (step: number, of: number, view: View | null) => void,
  ): Promise<View> {
    const request = { ...body, session: this.id } as Request;
    const outcome = await this.#insist(() =>
      this.#engine.request(request, {
        signal,
        progress: (p) => {
          if (p.type === "sampling") progress?.(p.step, p.of, p.view);
        },
      }),
    );
    if (outcome.type !== "view") throw unexpected(outcome);
    return outcome.view;
  }

  /** Makes a past snapshot the current state. */
  async restoreSnapshot(index: number): Promise<void> {
    await this.pause();
    const outcome = await this.#engine.request({ type: "restoreSnapshot", session: this.id, index });
    if (outcome.type !== "model") throw unexpected(outcome);
    this.model = outcome.model;
    this.#listener.model(outcome.model);
  }

  /** Trains to a limit, or until `pause`; goes on in a new worker if it must. */
  async train({ steps = null, seconds = null, rate = null, network = null }: Run = {}): Promise<
    TrainState | undefined
  > {
    if (this.#run || !this.model) return undefined;
    await this.needData(this.model.data);
    const run = new AbortController();
    this.#run = run;
    const first = this.model.state.step;
    // A new worker counts its seconds from nought.
    let [spent, clock] = [0, this.model.state.seconds];
    const passed = (now: number) => {
      spent += now >= clock ? now - clock : now;
      clock = now;
    };
    try {
      while (!run.signal.aborted) {
        const left = steps === null ? null : Math.max(0, first + steps - this.model.state.step);
        try {
          const outcome = await this.#engine.request(
            {
              type: "train",
              session: this.id,
              steps: left,
              rate,
              seconds: seconds === null ? null : Math.max(0, seconds - spent),
              network,
            },
            {
              signal: run.signal,
              progress: (p) => {
                if (p.type === "training") {
                  passed(p.state.seconds);
                  this.#trained(p.state, p.samples);
                } else if (p.type === "snapshot") {
                  this.#snapshot = p;
                  this.#listener.snapshot(p.step, p.bytes);
                }
              },
            },
          );
          if (outcome.type === "trained") this.#trained(outcome.state, null);
          break;
        } catch (e) {
          if (this.#ended || PlaygroundError.from(e).code === "cancelled") break;
          if (!wasRestarted(e)) throw e;
          await this.#recovery;
        }
      }
    } finally {
      if (this.#run === run) this.#run = undefined;
    }
    return this.model?.state;
  }

  #trained(state: TrainState, samples: View | null) {
    if (this.model) this.model = { ...this.model, step: state.step, state };
    this.#listener.training(state, samples);
  }

  /** Stops the training, if there is one. */
  async pause(): Promise<void> {
    this.#run?.abort();
    this.#run = undefined;
  }

  /** Changes options of the training under way. */
  async setTrain(train: Record<string, unknown>): Promise<void> {
    await this.#engine.request({ type: "setTrain", session: this.id, train });
  }

  /** The model as a file. */
  async exportModel(resumable: boolean): Promise<SavedFile> {
    return this.#file({ type: "export", session: this.id, resumable });
  }

  /** A look as a vector drawing. */
  async exportView(query: ViewQuery, snapshot: number | null = null): Promise<SavedFile> {
    return this.#file({ type: "exportView", session: this.id, query, snapshot });
  }

  /** Samples as a PNG; points as CSV. */
  async exportSamples(
    count: number,
    seed: number,
    options: Record<string, unknown>,
    scale: number,
  ): Promise<SavedFile> {
    return this.#file({ type: "exportSamples", session: this.id, count, seed, ...asked(options), scale });
  }

  async #file(request: Request): Promise<SavedFile> {
    const outcome: Outcome = await this.#insist(() => this.#engine.request(request));
    if (outcome.type !== "file") throw unexpected(outcome);
    return outcome;
  }

  /** Checks options that came as text. */
  async check(
    scope: OptionScope,
    family: string,
    entries: [string, string][],
  ): Promise<{ values: Record<string, unknown>; errors: ErrorInfo[] }> {
    if (entries.length === 0) return { values: {}, errors: [] };
    const outcome = await this.#insist(() => this.#engine.request({ type: "checkOptions", scope, family, entries }));
    if (outcome.type !== "options") throw unexpected(outcome);
    return outcome;
  }

  /** Breaks on purpose. */
  async fault(kind: Fault): Promise<void> {
    await this.#engine.request({ type: "fault", kind });
  }

  recover(cause: PlaygroundError, fatal: boolean) {
    if (fatal) {
      this.#ended = true;
      this.#run?.abort();
      this.#listener.restarted(cause, true);
      return;
    }
    this.#recovery = this.#reopen().then(
      () => this.#listener.restarted(cause, false),
      (e: unknown) => {
        // A worker that died again while it was being set up brings a recovery of its own.
        if (!wasRestarted(e)) this.#listener.restarted(PlaygroundError.from(e), true);
      },
    );
  }

  async #reopen(): Promise<void> {
    const from: Place | undefined = this.#snapshot
      ? { type: "open", session: this.id, bytes: this.#snapshot.bytes, sha256: null }
      : this.#origin;
    if (!from) {
      await this.#engine.device;
      return;
    }
    if (this.model && (this.#run || from.type === "create")) await this.needData(this.model.data);
    // A model of points that came in a file can be looked at without them.
    else if (this.model?.data === CUSTOM) await this.needData(CUSTOM).catch(() => undefined);
    let outcome: Outcome;
    try {
      outcome = await this.#engine.request(from);
    } catch (e) {
      if (!this.#snapshot || wasRestarted(e)) throw e;
      // A snapshot that cannot be read must not keep the model from coming back.
      this.#snapshot = undefined;
      return this.#reopen();
    }
    if (outcome.type !== "model") throw unexpected(outcome);
    this.model = outcome.model;
    this.#listener.model(outcome.model);
  }

  /** Ends the session; with the last one ends the worker. */
  dispose() {
    if (this.#ended) {
      this.#engine.release(this);
      return;
    }
    this.#ended = true;
    this.#run?.abort();
    this.#engine.request({ type: "dispose", session: this.id }).catch(() => undefined);
    this.#engine.release(this);
  }
}

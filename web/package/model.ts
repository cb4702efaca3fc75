/** A model as a program holds it. */
import type { Device } from "../client/connection";
import { cancelled, PlaygroundError, problem } from "../client/errors";
import { unless } from "../client/limits";
import type { Condition, ModelInfo, TrainState, View, ViewQuery } from "../client/protocol";
import type { Session } from "../client/session";
import type { Room } from "./room";
import { samplesOf, Texts, type Kind, type SampleOf } from "./samples";
import type { Families, TrainingOptions } from "./shipped";

/** What every model can be asked for. */
export interface AskedOptions {
  /** How many: 16 images, 1,000 points or one text by default. */
  count?: number;
  /** The same seed gives the same samples. */
  seed?: number;
  /** The most workers that compute what takes long on the processor; by default as many as cores, nine at most. */
  workers?: number;
  /** Told of each step of a sampler that takes several; `view` shows how far it has come. */
  progress?: (progress: { step: number; of: number; view: View | null }) => void;
  /** Gives it up, with the code `cancelled`. */
  signal?: AbortSignal;
}

/** What samples are to be: conditions as far as the family honours them, and the options of its sampler. */
export type SampleOptions<F extends keyof Families = keyof Families> = AskedOptions & Condition & Families[F]["sample"];

/** How a training goes; by default until it is broken off. */
export interface TrainOptions {
  /** It ends after so many steps. */
  steps?: number;
  /** It ends after so many seconds of computing. */
  seconds?: number;
  /** Steps a second at most. */
  rate?: number;
  /** The most workers that compute it on the processor; by default as many as there are cores, nine at most. */
  workers?: number;
  /** Move this network alone, of those of the family (`discriminator`, for example). */
  network?: string;
  /** Options of the training that are to change. */
  options?: TrainingOptions;
  /** Stops it after the step under way, with the code `cancelled`. */
  signal?: AbortSignal;
}

/** News of a training. */
export interface Losses<K extends Kind = Kind> {
  /** Optimizer steps taken. */
  step: number;
  /** Passes over the data, counting parts. */
  epoch: number;
  /** Steps a second, lately. */
  rate: number;
  /** Seconds of computing. */
  seconds: number;
  /** The newest value of each loss on what is learned from. */
  train: Record<string, number>;
  /** The newest value of each loss on data held out. */
  heldOut: Record<string, number>;
  /** Samples at fixed noise, about once a second. */
  samples: SampleOf[K][];
}

/** Samples by default. */
const COUNTS: Record<Kind, number> = {
  image: 16,
  video: 2,
  points: 1000,
  classes: 1000,
  energy: 1000,
  text: 1,
  pairs: 6,
  episodes: 2,
  score: 1,
  groove: 1,
  functions: 200,
  paths: 8,
};

/** A model: it samples, trains, and goes into a file. */
export class Model<K extends Kind = Kind, F extends keyof Families = keyof Families> {
  readonly #room: Room;
  #training = false;
  #disposed = false;

  /**
   * Made by `load` and `create`.
   * @internal
   */
  constructor(room: Room) {
    this.#room = room;
  }

  /** What it computes on now, and why. */
  get device(): Device {
    return this.#room.device;
  }

  /** Its family, its data, its options, where its training stands. */
  get info(): ModelInfo {
    const { model } = this.#room.session;
    if (!model) throw gone();
    return model;
  }

  /** What it models. */
  get kind(): K {
    return this.info.space.kind as K;
  }

  /** Draws samples. The same seed gives the same ones as in a widget and on the command line. */
  async sample(options: SampleOptions<F> = {} as SampleOptions<F>): Promise<SampleOf[K][]> {
    const { count, seed = 1, workers, progress, signal, ...rest } = options as SampleOptions & AskedOptions;
    const session = this.#session(signal);
    session.workers = workers ?? null;
    const wanted = count ?? COUNTS[this.kind];
    const view = session.sample(
      wanted,
      seed,
      rest,
      (step, of, now) => {
        if (!signal?.aborted) progress?.({ step, of, view: now });
      },
      signal,
    );
    return samplesOf(await ours(unless(signal, view)), wanted) as SampleOf[K][];
  }

  /** Writes token by token: each time all that is there by now. */
  async *write(options: SampleOptions<F> = {} as SampleOptions<F>): AsyncGenerator<string, void, void> {
    const [texts, abort] = [new Texts(), new AbortController()];
    const { signal: outer } = options as AskedOptions;
    const signal = outer ? either(outer, abort) : abort.signal;
    let wake: () => void = () => undefined;
    let over = false;
    const progress: AskedOptions["progress"] = ({ view }) => {
      texts.take(view);
      wake();
    };
    const asked: SampleOptions<F> = { ...options, count: 1, progress, signal };
    const all = this.sample(asked).finally(() => {
      over = true;
      wake();
    });
    all.catch(() => undefined); // Told below.
    try {
      for (let last = ""; ;) {
        const text = texts.all[0]?.text ?? "";
        if (text !== last) yield (last = text);
        else if (over) break;
        else await new Promise<void>((go) => (wake = go));
      }
      const [whole] = (await all) as SampleOf["text"][];
      if (whole && whole.text !== (texts.all[0]?.text ?? "")) yield whole.text;
    } finally {
      abort.abort();
    }
  }

  /** Trains; gives the losses a few times a second. Leaving the loop stops the training after the step under way. */
  async *train({ options, signal, ...run }: TrainOptions = {}): AsyncGenerator<Losses<K>, void, void> {
    const session = this.#session(signal);
    if (this.#training)
      throw problem("session-busy", "The model is being trained already.", "Wait for it, or stop it first.");
    this.#training = true;
    const news: Losses<K>[] = [];
    let wake: () => void = () => undefined;
    let [over, last] = [false, -1];
    let failed: unknown;
    this.#room.trained = (state, view) => {
      if (state.step === last && !view) return;
      last = state.step;
      news.push(lossesOf(state, samplesOf(view, Infinity) as SampleOf[K][]));
      wake();
    };
    const stop = () => {
      void session.pause();
      wake();
    };
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (options) await session.setTrain({ ...options });
      const running = session.train({ ...run, workers: run.workers ?? null });
      running
        .catch((e: unknown) => (failed = e))
        .finally(() => {
          over = true;
          wake();
        });
      for (;;) {
        if (signal?.aborted) throw cancelled();
        const next = news.shift();
        if (next) yield next;
        else if (over) break;
        else await new Promise<void>((go) => (wake = go));
      }
      if (failed) throw failed;
      if (this.#disposed) throw cancelled();
    } catch (e) {
      throw PlaygroundError.from(e);
    } finally {
      signal?.removeEventListener("abort", stop);
      await session.pause();
      this.#room.trained = undefined;
      this.#training = false;
    }
  }

  /** What a plot of the family shows, or any other question that it answers. */
  async view(query: ViewQuery, { signal }: { signal?: AbortSignal } = {}): Promise<View> {
    return ours(unless(signal, this.#session(signal).view(query, null, signal)));
  }

  /** The model as a safetensors file; `resumable` with all that is needed to train on. */
  async save({ resumable = false } = {}): Promise<Uint8Array> {
    return (await ours(this.#session().exportModel(resumable))).bytes;
  }

  /** Frees what it holds; with the last model its worker ends. */
  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#room.session.dispose();
  }

  #session(signal?: AbortSignal): Session {
    if (this.#disposed) throw gone();
    if (signal?.aborted) throw cancelled();
    return this.#room.session;
  }
}

const gone = () => problem("unknown-session", "This model was disposed of.", "Load it again.", false);

/** Whatever fails fails with an error of ours. */
const ours = <T>(work: Promise<T>): Promise<T> =>
  work.catch((e: unknown) => {
    throw PlaygroundError.from(e);
  });

function lossesOf<K extends Kind>(state: TrainState, samples: SampleOf[K][]): Losses<K> {
  const { step, epoch, rate, seconds, losses } = state;
  const newest = (split: string) =>
    Object.fromEntries(
      losses.filter((l) => l.split === split && l.values.length).map((l) => [l.name, l.values.at(-1) ?? NaN]),
    );
  return { step, epoch, rate, seconds, train: newest("train"), heldOut: newest("heldOut"), samples };
}

/** A signal that follows another one as well. */
function either(signal: AbortSignal, abort: AbortController): AbortSignal {
  if (signal.aborted) abort.abort();
  signal.addEventListener("abort", () => abort.abort(), { once: true, signal: abort.signal });
  return abort.signal;
}

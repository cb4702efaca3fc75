import type { Pictures, Points } from "./engine";
import { wasRestarted, type Device, type Where } from "./connection";
import { PlaygroundError, cancelled, deadly } from "./errors";
import type { Fault, ModelInfo, PictureSource, PointSource, TextInfo, TrainState, View } from "./protocol";
import { SILENT, type Run, type SessionListener } from "./listener";
import { unless, within } from "./limits";
import { Standing } from "./standing";
import {
  PATIENCE,
  Watch,
  alone,
  distrust,
  isWorthTrying,
  paceOf,
  remember,
  verdict,
  type Question,
  type Task,
} from "./trial";
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
  /** It is to go on on the graphics card, where this session has it ready. */
  card?: Session;
  /** Ends what it does in this worker. */
  rest?: () => void;
}

/** A training that stops its worker so often without one step more is given up. */
const STUCK = 2;
/** A training waits no longer for a graphics card that is faster, milliseconds. */
const CARD = 15_000;
/** Samples that take long, until the graphics card is tried with them. */
const OFTEN = 2;

/** What one element does with one model, whatever happens to the worker under it. */
export class Session extends Standing {
  #run: Running | undefined;
  #texts = new Map<string, TextSource>();
  #points: PointSource | undefined;
  /** A graphics card that `auto` has not taken. */
  #card: string | undefined;
  /** The processor was found to be the faster one for the model in place. */
  #slower = false;
  /** The model in place was trained here. */
  #trains = false;
  /** Milliseconds of samples that took long. */
  #long: number[] = [];

  constructor(backend: Where, listener: SessionListener) {
    super(backend, listener);
    if (backend === "auto")
      super.device.then(
        ({ card }) => (this.#card = card),
        () => undefined,
      );
  }

  /** Another session on the same worker, to which nobody listens. */
  sibling = () => new Session(this.engine.wanted, SILENT);
  override get device(): Promise<Device> {
    return super.device.then((device) => {
      return this.#slower && device.reason === "first" ? { ...device, reason: "slower" } : device;
    });
  }
  get training(): boolean {
    return this.#run !== undefined;
  }

  // ---- What a new worker needs of it

  text(name: string): TextSource | undefined {
    return this.#texts.get(name) ?? this.listener.text?.(name);
  }
  pictures(name: string): PictureSource | undefined {
    return this.listener.pictures?.(name);
  }
  get points(): PointSource | undefined {
    return this.#points;
  }

  protected left() {
    this.#isSlower(false);
    this.#trains = false;
    this.#long = [];
    if (!this.#run) return;
    this.#run.left = true;
    this.#run.abort.abort();
    this.#run = undefined;
  }

  protected halt() {
    this.#run?.abort.abort();
  }

  protected settled(model: ModelInfo) {
    // Of the texts, only the one that is learned from is still needed, and the one that was brought last.
    for (const name of [...this.#texts.keys()].slice(0, -1)) if (name !== model.data) this.#texts.delete(name);
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
    await this.recovered();
    this.became(await this.engine.request({ type: "restoreSnapshot", session: this.id, index }));
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
      running.card?.dispose();
      end();
    }
    return running.left ? undefined : this.model?.state;
  }

  async #train(running: Running, run: Run) {
    const { steps = null, seconds = null, rate = null, network = null, workers = this.workers, keep = true } = run;
    const { signal } = running.abort;
    if (!this.model) return;
    await this.#choose(running);
    this.#trains = true;
    const first = this.model.state.step;
    let [spent, clock, highest, stuck] = [0, this.model.state.seconds, first, 0];
    while (!signal.aborted && !this.ended) {
      const left = steps === null ? null : Math.max(0, first + steps - this.model.state.step);
      const rest = seconds === null ? null : Math.max(0, seconds - spent);
      const watch = new Watch();
      const lap = lapOf(running);
      const { engine } = this;
      const went = (told: TrainState, samples: View | null) => {
        const state = this.counted(told);
        spent += Math.max(0, state.seconds - clock);
        clock = state.seconds;
        this.#trained(state, samples);
        // One that is held back is fast enough.
        if (rate === null) this.#tryTraining(running, network, watch.saw(state));
      };
      try {
        await this.recovered();
        await engine.needData(this.model.data, this);
        await this.recovered();
        // A model on its way would be trained in the place of this one.
        for (let seen; seen !== this.placing; await seen) seen = this.placing;
        if (signal.aborted) return;
        if (engine !== this.engine) continue;
        const outcome = await engine.request(
          { type: "train", session: this.id, steps: left, rate, seconds: rest, network, keep },
          {
            signal: lap,
            progress: (p) => {
              if (p.type === "helpers") engine.help(p, workers);
              if (running.left) return;
              if (p.type === "training") went(p.state, p.samples);
              else if (p.type === "snapshot") this.take(p);
            },
          },
        );
        if (outcome.type === "trained" && !running.left) this.#trained(this.counted(outcome.state), null);
        if (!lap.aborted || signal.aborted || running.left) return;
      } catch (e) {
        if (this.ended || running.left) return;
        if (PlaygroundError.from(e).code === "cancelled") {
          if (signal.aborted || (!lap.aborted && engine === this.engine)) return;
        } else if (!wasRestarted(e)) throw e;
        else {
          const reached = this.model.state.step;
          stuck = reached > highest ? 0 : stuck + 1;
          highest = Math.max(highest, reached);
          await this.recovered();
          // The same again would only need the same memory again.
          if (this.cause?.code === "out-of-memory") throw this.cause;
          if (stuck >= STUCK) throw deadly();
        }
      }
      if (!running.card) continue;
      await this.#go("card", running);
      running.card.dispose();
      running.card = undefined;
    }
  }

  #trained(state: TrainState, samples: View | null) {
    if (this.model) this.model = { ...this.model, step: state.step, state };
    this.listener.training(state, samples);
  }

  /** Stops the training, if there is one; resolves when it has stopped. */
  async pause(): Promise<void> {
    const running = this.#run;
    running?.abort.abort();
    await running?.done;
  }

  /** Breaks on purpose. */
  async fault(kind: Fault): Promise<void> {
    await this.engine.request({ type: "fault", kind });
  }

  // ---- Processor or graphics card

  /** Draws samples. */
  override async sample(...asked: Parameters<Standing["sample"]>): Promise<View> {
    const begun = performance.now();
    const view = await super.sample(...asked);
    void this.#trySampling(performance.now() - begun, asked).catch(() => undefined);
    return view;
  }

  /** What is to be found out about the model in place, if there is a card. */
  #question(task: Task): Question | undefined {
    return this.model && this.#card && !this.foreign ? { task, card: this.#card, model: this.model } : undefined;
  }

  #isSlower(yes: boolean) {
    if (this.#slower === yes) return;
    this.#slower = yes;
    this.listener.device?.();
  }

  /** Before a training: to where it is known to be fast. */
  async #choose(running: Running) {
    const question = this.#question("train");
    const answer = question && verdict(question);
    if (!answer || answer === "failed") return;
    this.#isSlower(answer === "slower");
    await this.#go(answer === "faster" ? "card" : "auto", running);
  }

  /** Goes to another worker, but waits only so long, and no longer than the training is wanted. */
  async #go(where: Where, { abort: { signal } }: Running) {
    const question = this.#question("train");
    let waiting = true;
    const move = this.move(where, () => waiting && !signal.aborted);
    await within(CARD, cancelled, unless(signal, move)).catch(() => undefined);
    waiting = false;
    // Not for each training anew.
    if (where === "card" && this.engine.wanted !== where && question && !signal.aborted) distrust(question);
  }

  /** Tries the card with steps of the training under way, which takes so many milliseconds for one here. */
  #tryTraining(running: Running, network: string | null, here: number | undefined) {
    if (here === undefined || running.card || this.engine.wanted !== "auto" || !isWorthTrying("train", here)) return;
    const { signal } = running.abort;
    const measure = (other: Session) => {
      const lap = async (steps: number) => {
        const before = other.model?.step;
        await other.train({ steps, network, keep: false });
        if (other.model?.step === before) throw cancelled();
      };
      return unless(signal, paceOf(lap));
    };
    void this.#try("train", here, measure, () => this.#run === running).then((card) => {
      if (!card) return;
      if (this.#run !== running || signal.aborted) return card.dispose();
      running.card = card;
      running.rest?.();
    });
  }

  /** Tries the card with the same samples, if such take long again and again. */
  async #trySampling(here: number, asked: Parameters<Standing["sample"]>) {
    const question = this.#question("sample");
    const { model } = this;
    const idle = () => !this.#run && !this.#trains && !this.ended && this.model === model;
    if (!question || !idle() || this.engine.wanted !== "auto") return;
    const answer = verdict(question);
    if (answer === "faster") return this.move("card", idle);
    if (answer || !isWorthTrying("sample", here) || this.#long.push(here) < OFTEN) return;
    const [count, seed, options] = asked;
    const measure = async (other: Session) => {
      await other.sample(count, seed, options);
      const begun = performance.now();
      await other.sample(count, seed, options);
      return performance.now() - begun;
    };
    // Others may have been served in between.
    const card = await this.#try("sample", Math.min(...this.#long), measure, idle);
    if (card) await this.move("card", idle);
    card?.dispose();
  }

  /**
   * Measures on the card what takes so many milliseconds here, and remembers what came of it. Gives the session that
   * stands there if it is faster.
   */
  async #try(
    task: Task,
    here: number,
    measure: (other: Session) => Promise<number>,
    wanted: () => boolean,
  ): Promise<Session | undefined> {
    const question = this.#question(task);
    if (!question || verdict(question) !== undefined) return undefined;
    return alone(async () => {
      const text = (name: string) => this.text(name);
      const pictures = (name: string) => this.pictures(name);
      const other = new Session("card", { ...SILENT, text, pictures });
      other.usePoints(this.#points);
      const tried = async () => {
        if ((await other.device).backend !== "webgpu") throw cancelled();
        await other.copy(this);
        return here / (await measure(other));
      };
      const ratio = await within(PATIENCE, cancelled, tried()).catch(() => undefined);
      if (wanted()) {
        if (ratio === undefined) distrust(question);
        else remember(question, ratio);
        const answer = verdict(question);
        this.#isSlower(answer === "slower");
        if (answer === "faster") return other;
      }
      other.dispose();
      return undefined;
    });
  }
}

/** A signal for what a training does in one worker. */
function lapOf(running: Running): AbortSignal {
  const lap = new AbortController();
  running.rest = () => lap.abort();
  if (running.abort.signal.aborted) lap.abort();
  running.abort.signal.addEventListener("abort", running.rest);
  return lap.signal;
}

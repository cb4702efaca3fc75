import { PlaygroundError } from "../client/errors";
import type { ModelInfo, TrainState, View } from "../client/protocol";
import type { Run, Session } from "../client/session";
import { Notices } from "./notices";
import type { Words } from "../lang/words";
import { capital } from "./numbers";
import { isGuest } from "./panel";
import { Wishes, type WishesHost } from "./wishes";

/** Steps a second that can be chosen; null is as fast as it goes. */
export const RATES: readonly (number | null)[] = [1, 3, 10, 30, 100, null];

/** What a training tells its element. */
export interface RunnerHost extends WishesHost {
  /** Training went on; with samples at the fixed noise, if they were refreshed. */
  trained(state: TrainState, samples: View | null): void;
  /** Training began or ended. */
  turned(): void;
  /** Everything from the beginning, after an end. */
  retry(): void;
}

/** After a step by hand and before it is kept, milliseconds. */
const SOON = 1500;
/** Between two snapshots while each step is a run of its own. */
const SNAPSHOT = 10_000;

/** The training of the model in place: it follows what is wished (`wants`) and what can be seen (`watch`). */
export abstract class Runner extends Wishes {
  rate: number | null = null;
  /** The most workers that compute; null is as many as there are cores. */
  workers: number | null = null;
  /** Where the rate is limited: one step at a time, each with its picture. */
  stepwise = false;
  /** Training is to go on, as soon as and as long as it can. */
  wants = false;
  running = false;
  /** Training ended with an error and waits for the reader. */
  failed = false;
  /** Index of the snapshot that is looked at; none is the present. */
  past: number | undefined;
  /** Training goes on while nobody can see it. */
  unseen = false;
  readonly notices: Notices;
  #seen = true;
  #loop: Promise<void> = Promise.resolve();
  #halting: Promise<void> | undefined;
  #steps: Promise<void> = Promise.resolve();
  #stepping = 0;
  /** Counts what was wished of the training, so that the end of an earlier one is told from that of this. */
  #wish = 0;
  /** Counts what makes steps that wait pointless. */
  #ticket = 0;
  /** Ends a wait between two slow steps. */
  #rouse: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly told: RunnerHost) {
    super(told);
    this.notices = new Notices(told);
  }

  /** The model in place is the reader's and may be trained. */
  abstract get own(): boolean;
  /** Puts an untrained model of the reader's in place; training goes on with it, or not. */
  abstract create(how: { play: boolean }): Promise<boolean>;
  /** Keeps the model as it is, if there is something new in it. */
  abstract keepNow(): Promise<void>;
  /** Makes a past snapshot the current state. */
  abstract restore(index: number): Promise<boolean>;

  /** It would train, could anybody see it. */
  get suspended(): boolean {
    return this.wants && !this.running && this.#able && !this.#visible;
  }
  get #visible(): boolean {
    return this.#seen || this.unseen;
  }
  get #able(): boolean {
    return this.trains && this.info !== undefined && !this.failed && !this.done;
  }
  /** Part of the budget that is left, in its own unit; nothing without a budget. */
  get left(): number | undefined {
    const { steps, seconds } = this.budget;
    if (!this.info) return undefined;
    if (steps !== null) return Math.max(0, steps - this.info.state.step);
    return seconds === null ? undefined : Math.max(0, seconds - this.info.state.seconds);
  }
  get done(): boolean {
    return this.left !== undefined && this.left < 0.05;
  }

  /** Whether the model in place is the reader's and goes on as it is; one of another program is gone on from. */
  get trains(): boolean {
    return this.own && !isGuest(this.info?.family);
  }

  /** Trains until paused, or until the budget is spent; from scratch if there is no model of the reader's. */
  async play(): Promise<void> {
    this.past = undefined;
    this.failed = false;
    this.wants = true;
    this.told.requestUpdate();
    try {
      if (!this.trains) await this.create({ play: true });
    } catch (e) {
      this.wants = false;
      throw e;
    }
    this.sync();
  }

  /** Stops after the step under way, and keeps what was learned. */
  async pause(): Promise<void> {
    this.wants = false;
    this.#ticket++;
    await this.halt();
    await this.keepNow();
  }

  /** Trains for so many steps; with a name, that network alone. */
  async step(steps = 1, network: string | null = null): Promise<void> {
    this.wants = false;
    this.past = undefined;
    if (!this.trains && !(await this.create({ play: false }))) return;
    const ticket = this.#ticket;
    const run = async () => {
      if (ticket !== this.#ticket) return;
      this.#stepping++;
      try {
        await this.halt();
        if (ticket === this.#ticket && this.info) await this.#go({ steps, network, keep: false });
      } finally {
        this.#stepping--;
        this.sync();
      }
    };
    const turn = this.#steps.then(run);
    this.#steps = turn.catch(() => undefined);
    await turn;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.attempt(() => this.keepNow()), SOON);
  }

  /** Another speed, at once. */
  async setRate(rate: number | null): Promise<void> {
    this.rate = rate;
    this.told.requestUpdate();
    if (this.running && !this.#stepping) await this.halt();
    this.sync();
  }

  /** Other workers, at once. */
  async setWorkers(most: number | null): Promise<void> {
    this.workers = most;
    if (this.session) this.session.workers = most;
    if (this.running && !this.#stepping) await this.halt();
    this.sync();
  }

  /** Somebody can see it, or nobody can. */
  watch(seen: boolean) {
    const leaves = this.#seen && !seen;
    this.#seen = seen;
    this.sync();
    if (leaves && this.running) void this.attempt(() => this.keepNow());
  }

  /** Whether training goes on while nobody can see it. */
  goOnUnseen(is: boolean) {
    this.unseen = is;
    this.told.requestUpdate();
    this.sync();
  }

  /** Trains if that is wished for and seen and not yet done; stops if not. */
  sync() {
    const should = this.wants && this.#able && this.#visible;
    if (should === this.running || this.#halting || this.#stepping) return;
    if (!should) {
      void this.halt().then(() => this.attempt(() => this.keepNow()));
      return;
    }
    const { left } = this;
    const inSeconds = this.budget.seconds !== null;
    this.past = undefined;
    void this.#go({ steps: inSeconds ? null : left, seconds: inSeconds ? left : null });
  }

  async #go(run: Run): Promise<void> {
    const { session, rate } = this;
    if (!session) return;
    const wish = ++this.#wish;
    this.running = true;
    this.failed = false;
    this.told.turned();
    const slowly = this.stepwise && rate !== null && run.steps !== 1;
    const training = slowly ? this.#slowly(session, rate, wish) : session.train({ ...run, rate });
    this.#loop = training.then(
      () => undefined,
      (e: unknown) => {
        if (wish !== this.#wish) return;
        this.failed = true;
        this.report(e);
      },
    );
    await this.#loop;
    if (wish !== this.#wish) return;
    this.running = this.wants = false;
    this.told.turned();
    void this.attempt(() => this.keepNow());
  }

  /** Slow motion: one step at a time, each with its picture, and nothing in between. */
  async #slowly(session: Session, rate: number, wish: number): Promise<void> {
    let snapshot = performance.now();
    while (wish === this.#wish && !this.done) {
      const started = performance.now();
      await session.train({ steps: 1, keep: false });
      if (started - snapshot > SNAPSHOT) {
        snapshot = started;
        await session.snapshot();
      }
      const left = started + 1000 / rate - performance.now();
      if (wish !== this.#wish || left <= 0) continue;
      await new Promise<void>((wake) => {
        this.#rouse = wake;
        setTimeout(wake, left);
      });
    }
  }

  /** Stops after the step under way. */
  protected halt(): Promise<void> {
    if (!this.running) return this.#halting ?? Promise.resolve();
    this.#wish++;
    this.running = false;
    this.told.turned();
    const loop = this.#loop;
    this.#rouse();
    const halting = (async () => {
      await this.session?.pause();
      await loop;
    })().finally(() => {
      if (this.#halting === halting) this.#halting = undefined;
      this.told.turned();
      this.sync(); // The wish may have changed meanwhile.
    });
    this.#halting = halting;
    return halting;
  }

  protected went(state: TrainState, samples: View | null) {
    if (!this.info) return;
    this.info = { ...this.info, step: state.step, state };
    this.told.trained(state, samples);
  }

  /** The model that was trained is no longer in place: its loop ends by itself, and nothing waits for it. */
  protected forsake(play: boolean) {
    clearTimeout(this.#timer);
    this.#wish++;
    this.#ticket++;
    this.#rouse();
    this.running = this.failed = false;
    this.wants &&= play;
    this.past = undefined;
  }

  // ---- Errors

  /** Runs something; what goes wrong becomes a notice, by which it can be tried again. */
  async attempt<T>(work: () => Promise<T>, about?: string): Promise<T | undefined> {
    try {
      const done = await work();
      if (about) this.notices.settled(about);
      return done;
    } catch (e) {
      const { code } = PlaygroundError.from(e);
      // A cancel was wished for; a replaced worker is told about once, by the session.
      if (code !== "cancelled" && code !== "worker-restarted")
        this.report(e, () => void this.attempt(work, about), about);
      return undefined;
    }
  }

  /** Shows an error and tells it to whoever listens. */
  report(thrown: unknown, again?: () => void, about?: string) {
    const { code, recoverable } = PlaygroundError.from(thrown);
    const snapshots = this.info?.state.snapshots.length ?? 0;
    const action =
      code === "training-diverged" && snapshots
        ? {
            label: "goBackToSnapshot" as const,
            run: () => void this.attempt(() => this.restore(snapshots - 1)),
          }
        : undefined;
    const retry = !this.info || !recoverable || code === "fetch-failed";
    // Without a model nothing else could be done.
    const repeat = () => (this.info && again ? again() : this.told.retry());
    this.notices.report(thrown, retry ? repeat : undefined, action, about);
  }

  /** Where it stands, in words. */
  status(info: ModelInfo, words: Words): string {
    const { step, epoch, rate } = info.state;
    const { steps = 0 } = this.size ?? {};
    const at = step < steps ? words.say("atStepOfAbout", { step, steps }) : words.say("atStep", { step });
    // A model that was opened does not know how many passes there were.
    const where = epoch > 0 || step === 0 ? words.say("withEpoch", { where: at, epoch: words.figure(epoch, 1) }) : at;
    if (this.suspended) return words.say("waitingAt", { where });
    if (!this.running) return words.say(this.failed ? "stoppedAt" : "pausedAt", { where });
    if (!(rate > 0)) return words.say("starting");
    const pace = words.figure(rate, rate < 10 ? 1 : 0);
    const { workers } = info.state;
    if (workers > 1) return capital(words.say("goingOnTogether", { where, rate: pace, n: workers }));
    return capital(words.say("goingOnSteps", { where, rate: pace }));
  }
}

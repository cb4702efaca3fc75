import { wasRestarted, type Device } from "../client/connection";
import { CUSTOM } from "../client/engine";
import { PlaygroundError, cancelled, problem } from "../client/errors";
import { Keeper, type Moment } from "../client/keeper";
import { unless, within } from "../client/limits";
import type { ErrorInfo, ModelInfo, PointSource, View, ViewQuery } from "../client/protocol";
import { Session, type SavedFile, type Snapshot } from "../client/session";
import type { KeptData, KeptInfo } from "../client/store";
import { lacks } from "./lacking";
import { Queue } from "./queue";
import type { Arrival, Checkpoint, ControllerHost, Source } from "./controller-host";
import { Runner } from "./runner";
import { begun, openOrAdapt } from "./tuning";
import type { Scope } from "./wishes";

export type { Checkpoint, ControllerHost, Source } from "./controller-host";
export { RATES } from "./runner";

/** The longest that a session is held open to be kept, milliseconds. */
const LAST = 30_000;

/**
 * One model on the page: what is wished for, what is in place, what runs, what is kept, and what went wrong. An
 * element shows it and passes on what the reader does; there is no DOM in here.
 *
 * Every action that puts a model in place goes through one queue, in which the newest wish wins and the same wish
 * twice is one. Training follows what is wished (`wants`) and what can be seen (`watch`).
 */
export class Controller extends Runner {
  session: Session | undefined;
  info: ModelInfo | undefined;
  device: Device | undefined;
  source: Source | undefined;
  /** What an earlier visit left. */
  kept: KeptInfo | undefined;
  /** A reader's own points, which are handed over with every model that learns them. */
  points: PointSource | undefined;
  readonly keeper: Keeper;
  #queue = new Queue(() => this.host.requestUpdate());
  /** What the model that is being put in place is. */
  #arriving: Arrival | undefined;
  /** What was wished for when the model in place came. */
  #made: string | undefined;
  /** The family of the model in place, if one of that family goes on from it. */
  onward: string | undefined;
  /** The step of the newest snapshot. */
  #saved = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(private readonly host: ControllerHost) {
    super(host);
    this.keeper = new Keeper(
      () => host.keys(),
      (e) => this.notices.report(e),
    );
  }

  /** The model in place was made, opened or resumed by the reader. */
  get own(): boolean {
    return this.source !== undefined && this.source !== "shipped";
  }
  /** A model is on its way. */
  get busy(): boolean {
    return this.#queue.busy;
  }
  /** Whether the wished-for model is another than the reader's at hand. */
  get stale(): boolean {
    return this.own && this.info !== undefined && this.differs(this.info);
  }

  // ---- The session

  /** The session; begins one if there is none. */
  wake(): Session {
    if (this.session) return this.session;
    const mine = () => session === this.session;
    const session: Session = new Session(this.host.wantedBackend, {
      model: (info, fresh) => mine() && this.#placed(info, fresh),
      training: (state, samples) => mine() && this.went(state, samples),
      snapshot: (step, bytes) => mine() && this.keep(step, bytes),
      restarted: (cause, fatal) => mine() && this.#restarted(cause, fatal),
      device: () => mine() && void this.#learn(session).catch(() => undefined),
      text: (name) => this.corpus?.ownText(name),
      pictures: (name) => this.gallery?.source(name),
    });
    this.session = session;
    session.usePoints(this.points);
    session.workers = this.workers;
    this.#ask(session);
    void this.look();
    return session;
  }

  /** Learns which device is in use. A session whose worker does not start is of no use to the next try. */
  #ask(session: Session) {
    this.#learn(session).catch((e: unknown) => {
      // A worker that died before it was ready is followed by another one.
      if (session === this.session && !wasRestarted(e)) this.#end(PlaygroundError.from(e));
    });
  }

  async #learn(session: Session) {
    const device = await session.device;
    if (session !== this.session) return;
    this.device = device;
    this.host.using(device);
  }

  #restarted(cause: PlaygroundError, fatal: boolean) {
    const { session, info, own } = this;
    if (fatal) {
      this.#end();
      const hint = "Press “Try again”, or reload the page.";
      this.notices.report(problem(cause.code, cause.message, hint, false), () => this.host.retry());
    } else {
      const lost = cause.code === "device-lost";
      const where =
        own && info && info.step > 0 ? `Your model goes on from step ${info.step}.` : "Everything is as it was.";
      const what = lost ? cause.message : "The computation stopped unexpectedly.";
      const message = `${what} A new worker has taken over. ${where}`;
      const hint = "There is nothing that you need to do.";
      this.notices.report(problem(lost ? "device-lost" : "worker-restarted", message, hint));
      if (session) this.#ask(session);
    }
    this.host.restarted(fatal);
  }

  #end(cause?: PlaygroundError) {
    const { session } = this;
    this.#rest();
    session?.dispose(cause);
    void this.keeper.release();
  }

  /** As if there had never been a model. */
  #rest() {
    this.forsake(false);
    this.session = this.info = this.device = this.source = this.#made = undefined;
    this.corpus?.forget();
    this.gallery?.forget();
  }

  /** Ends what is under way, keeps what was learned, and frees what is held; `wake` begins anew. */
  async dispose(): Promise<void> {
    const { session, own, info } = this;
    this.#queue.clear();
    const unkept = session && own && info && info.step > this.#saved && this.#keeps(info);
    const last = unkept ? this.#lastOf(session, info) : undefined;
    this.#rest();
    this.kept = undefined;
    const kept = this.keeper.release(last);
    await last?.catch(() => undefined);
    session?.dispose();
    await kept;
  }

  async #lastOf(session: Session, info: ModelInfo): Promise<Moment | undefined> {
    const moment = this.#momentOf(info);
    const taken = async () => {
      await session.pause();
      return session.snapshot();
    };
    const snapshot = await within(LAST, cancelled, taken());
    return snapshot && { ...moment, ...snapshot };
  }

  // ---- The model in place

  /** Opens a shipped model: `find` fetches it. If that fails, what was there stays, and trains on. */
  async load(key: unknown, find: (signal: AbortSignal) => Promise<Checkpoint>): Promise<boolean> {
    return this.#put(key, { source: "shipped" }, async (signal) => {
      const { bytes, sha256 } = await unless(signal, find(signal));
      await this.#keepFirst();
      if (!signal.aborted) await this.wake().open(bytes, sha256);
    });
  }

  /** Opens a file of the reader's. If that fails, what was there stays, and trains on. */
  async open(bytes: Uint8Array | Blob): Promise<boolean> {
    const opened = await this.#put(bytes, { source: "opened" }, async (signal) => {
      await this.#keepFirst();
      if (signal.aborted) return;
      this.follow(await openOrAdapt(this.wake(), bytes, this.info));
    });
    const lacking = opened && this.info && (await lacks(this.info.data, this));
    if (lacking) this.notices.report(lacking);
    return opened;
  }

  /** Goes on with what an earlier visit left; if it cannot be opened, it stays where it is. */
  async resume(wished = this.kept): Promise<boolean> {
    if (!wished) return false;
    return this.#put(`resume ${wished.id}`, { source: "kept" }, async (signal) => {
      const kept = await this.keeper.read(wished.id);
      if (!kept) {
        await this.look();
        throw problem("file-not-found", "This training is no longer kept in this browser.", "Begin a new one.");
      }
      await this.#keepFirst();
      if (signal.aborted) return;
      const session = this.wake();
      if (kept.pictures) this.gallery?.remember(kept.pictures);
      const info = await session.open(kept.bytes, null);
      if (kept.points) session.usePoints((this.points = kept.points));
      // Opening has made the family known, and with it that there is a text to learn from.
      this.follow(info);
      if (kept.text?.name === info.data) {
        this.drafts.text = { ...kept.text.options };
        this.corpus?.adopt(kept.text);
        await this.corpus?.choose(kept.text.name);
      }
      if (kept.pictures?.name === info.data) {
        this.drafts.pictures = { ...kept.pictures.options };
        await this.gallery?.adopt(kept.pictures);
      }
      if (!(await this.keeper.resume(kept))) {
        this.notices.report(
          problem(
            "storage-busy",
            "This training goes on in another tab or figure.",
            "What is learned here from now on is kept beside it.",
          ),
        );
      }
      this.kept = undefined;
    });
  }

  /** Puts an untrained model in place; if it is not the reader's `own`, it is there to be looked at. */
  async create({ own = true, again = false, play = true } = {}): Promise<boolean> {
    const key = `create ${own} ${this.#wishes}`;
    const source = own ? "made" : "shipped";
    return this.#put(key, { source, play, again }, async (signal) => {
      this.corpus?.retry();
      await unless(signal, Promise.all([this.corpus?.open(), this.gallery?.open()]));
      const body = this.wished();
      // What is wrong with the text is said beside it, where there is something to be seen already.
      if (!body.data) throw (!this.info && this.corpus?.wrong) || cancelled();
      if (own && !again) await this.#keepFirst();
      if (signal.aborted) return;
      const session = this.wake();
      session.usePoints(this.points);
      await session.create(await begun(session, body, this.from ?? this.onward), signal);
    });
  }

  /** From scratch, in the place of the training at hand; it waits for *Play*. */
  async restart(): Promise<boolean> {
    this.wants = false;
    this.sync();
    return this.create({ again: this.source === "made" || this.source === "kept" });
  }

  /** Puts an untrained model in place, unless the very same was; training goes on with it. */
  async ensure(): Promise<boolean> {
    return this.#made === this.#wishes && !this.busy ? true : this.create({ again: this.source === "made" });
  }

  /** Makes a past snapshot the current state. */
  async restore(index: number): Promise<boolean> {
    this.wants = false;
    return this.#queue.run(`restore ${index}`, async (signal) => {
      await this.halt();
      if (signal.aborted || !this.session) return;
      await this.session.restoreSnapshot(index);
      this.keeper.rewind();
      this.#saved = -1;
      this.failed = false;
      this.notices.clear("training-diverged");
      // A new worker is not to begin with what was turned back from.
      await this.attempt(async () => this.session?.snapshot());
    });
  }

  async #put(key: unknown, arriving: Arrival, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    // What would have begun with a model that was on its way does not begin.
    if (!arriving.play && this.busy && !this.running) this.wants = false;
    return this.#queue.run(key, async (signal) => {
      this.#arriving = arriving;
      try {
        await work(signal);
        if (!signal.aborted) this.#made = this.#wishes;
      } finally {
        this.#arriving = undefined;
        this.sync();
      }
    });
  }

  /** What is wished for, to tell whether it is another than before. */
  get #wishes(): string {
    return JSON.stringify([this.wished(), this.host.task()]);
  }

  #placed(info: ModelInfo, fresh: boolean) {
    this.info = info;
    this.past = undefined;
    if (fresh && this.#arriving) {
      const { source, play = false, again = false } = this.#arriving;
      this.forsake(play);
      this.source = source;
      this.#saved = info.step;
      this.notices.leave();
      // What was trained here is offered again.
      if (source === "shipped") void this.keeper.release().then(() => this.look());
      else if (again) this.keeper.again(this.#ownData());
      else this.keeper.begin(this.#ownData());
    }
    this.host.placed(info, fresh);
    this.sync();
  }

  // ---- What is kept

  /** Data of the reader's own that the model in place learns from. */
  #ownData(): KeptData {
    const { info, corpus, points } = this;
    if (corpus?.own && corpus.own.name === info?.data) return { text: corpus.own };
    const pictures = info && this.gallery?.kept(info.data);
    if (pictures) return { pictures };
    return points && info?.data === CUSTOM ? { points } : {};
  }

  #momentOf({ family, data }: ModelInfo): Omit<Moment, keyof Snapshot> {
    return { family, data, about: (this.corpus ?? this.gallery)?.titleOf(data) ?? "" };
  }

  /** A snapshot has come. */
  keep(step: number, bytes: Uint8Array) {
    if (!this.info || !this.own) return;
    this.#saved = step;
    if (!this.#keeps(this.info)) return;
    this.#saving = this.keeper
      .save({ ...this.#momentOf(this.info), step, bytes })
      .then(() => this.host.requestUpdate());
  }

  /** Whether a training of this model is kept. */
  #keeps(info: ModelInfo): boolean {
    return this.host.keys().length > 0 && (this.host.keeps?.(info) ?? true);
  }

  /** Keeps the model as it is, if there is something new in it. */
  async keepNow(): Promise<void> {
    const { session, info } = this;
    if (session && info && this.own && info.step > this.#saved) await session.snapshot();
    await this.#saving;
  }

  /** Keeps the model before another one comes; one that cannot be kept does not hold the other up. */
  async #keepFirst(): Promise<void> {
    await this.attempt(() => this.keepNow());
  }

  /** Looks for a training of an earlier visit. */
  async look(): Promise<void> {
    this.kept = this.host.keys().length ? (await this.keeper.offers())[0] : undefined;
    this.host.requestUpdate();
  }

  /** Deletes a kept training; by default the one that is offered. */
  async discard(id = this.kept?.id): Promise<void> {
    if (!id) return;
    if (id === this.kept?.id) this.kept = undefined;
    this.host.requestUpdate();
    await this.keeper.forget(id);
    await this.look();
  }

  // ---- Options, looking, errors

  /** A value from the form, an attribute or a link; Rust says whether it holds. */
  async wish(scope: Scope, entries: [string, string][]): Promise<ErrorInfo[]> {
    const { values, errors } = await this.take(scope, entries);
    const some = Object.keys(values).length > 0;
    if (scope === "train" && this.own && some) await this.session?.setTrain(values);
    if (scope === "text" && some && this.corpus?.info) await this.corpus.again();
    if (scope === "pictures" && some) await this.gallery?.again();
    this.host.changed();
    this.host.requestUpdate();
    return errors;
  }

  /** Looks at the model, as it is or at the snapshot that is looked at. */
  async view(query: ViewQuery): Promise<View | undefined> {
    return this.session?.view(query, this.past ?? null);
  }

  /** The model as a file; `resumable` has all that is needed to train on. */
  async download(resumable = this.own): Promise<SavedFile> {
    if (this.session && this.info) return this.session.exportModel(resumable);
    throw problem("unknown-session", "There is no model here yet.", "Wait until it is there.");
  }

  /** A script of PyTorch that draws from the downloaded model. */
  async page(): Promise<SavedFile> {
    if (this.session && this.info) return this.session.exportPage();
    throw problem("unknown-session", "There is no model here yet.", "Wait until it is there.");
  }
}

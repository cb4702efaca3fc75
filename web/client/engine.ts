import { Connection, wasRestarted, type Where, type Device, type Options } from "./connection";
import { demonstrationsCalled, isOwnEpisodes, missingDemonstrations } from "./demonstrations";
import { PlaygroundError, problem } from "./errors";
import { Helpers } from "./helpers";
import { isPictures, missing } from "./pictures";
import type { Outcome, PictureSource, PointSource, Progress, Request, TextInfo } from "./protocol";
import { dataFile, forgetData, siteManifest } from "./site";
import { siteText, type TextSource } from "./texts";

/** What an engine needs to know of a session in order to bring it back. */
export interface Survivor {
  /** Called when a new worker of an engine is on its way, or with `fatal` when there will be none. */
  recover(cause: PlaygroundError, fatal: boolean, engine: Engine): void;
  /** A text that the session handed over, for a new worker. */
  text(name: string): TextSource | undefined;
  /** A reader's own pictures, for a new worker. */
  pictures(name: string): PictureSource | undefined;
  /** A reader's own points, for a new worker. */
  readonly points: PointSource | undefined;
}

type Open = Extract<Request, { type: "open" }>;
/** A request; of a large file that is opened not its bytes but the file, so that they are in memory only once. */
export type Asked = Exclude<Request, Open> | (Omit<Open, "bytes"> & { bytes: Uint8Array | Blob });

/** What can be asked for, as the worker describes it. */
export type Description = Extract<Outcome, { type: "description" }>;

/** What a training, or samples that take long, say of helpers. */
type Wanted = Pick<Extract<Progress, { type: "helpers" }>, "count" | "lost">;
/** A reader's points as they were taken. */
export type Points = Extract<Outcome, { type: "points" }>;
/** A reader's pictures as they were taken. */
export type Pictures = Extract<Outcome, { type: "pictures" }>;
/** The name that points go by. */
export const CUSTOM = "custom";

const engines = new Map<Where, Engine>();
/** Two deaths within this time and the graphics card is not trusted any more. */
const MINUTE = 60_000;
/** A graphics device may be lost once in this time. */
const LOST_AGAIN = 30 * MINUTE;
/** A worker that lives no longer did not do much; waits before the next one, and how many may follow each other. */
const SHORT = 10_000;
const WAITS: readonly number[] = [0, 1000, 4000];
/** Deaths of one cause in an hour; a loop that is slow ends as well. */
const HOURLY = 60;

/** The worker's end: when, and of what. */
interface Death {
  at: number;
  cause: string;
}

/** One worker that never ends while anybody needs it: the supervisor of a back end. */
export class Engine {
  #connection: Connection;
  #helpers: Helpers | undefined;
  #data = new Map<string, Promise<void>>();
  /** The points that the worker has. */
  #points: PointSource | undefined;
  #description: Promise<Description> | undefined;
  /** Who needs it, and how often. */
  #sessions = new Map<Survivor, number>();
  #deaths: Death[] = [];
  /** Short lives in a row. */
  #short = 0;
  /** When the worker was ready; none before. */
  #born: number | undefined;
  #backend: Where;
  /** Why there will be no other worker. */
  #over: PlaygroundError | undefined;

  private constructor(readonly wanted: Where) {
    this.#backend = wanted;
    this.#connection = this.#connect(null);
  }

  /** The engine of a back end, for a session that releases it as often as it has acquired it. */
  static acquire(backend: Where, session: Survivor): Engine {
    let engine = engines.get(backend);
    if (!engine) {
      engine = new Engine(backend);
      engines.set(backend, engine);
    }
    engine.join(session);
    return engine;
  }

  /** The engine of a graphics card, likewise, if `auto` has found one and it works. */
  static async graphics(session: Survivor): Promise<Engine | undefined> {
    const [home, engine] = [Engine.acquire("auto", session), Engine.acquire("card", session)];
    try {
      if ((await home.device).card && (await engine.device).backend === "webgpu") return engine;
    } catch {
      // Then without.
    } finally {
      home.release(session);
    }
    engine.release(session);
    return undefined;
  }

  /** A session needs it once more. */
  join(session: Survivor) {
    this.#sessions.set(session, (this.#sessions.get(session) ?? 0) + 1);
  }

  /** A session needs it once less; with the last one ends the worker. */
  release(session: Survivor) {
    const left = (this.#sessions.get(session) ?? 1) - 1;
    if (left > 0) this.#sessions.set(session, left);
    else this.#sessions.delete(session);
    if (this.#sessions.size === 0) this.#end();
  }

  /** What is in use, once it is. */
  get device(): Promise<Device> {
    return this.#connection.ready;
  }

  /** Asks the worker. */
  async request(request: Asked, options?: Options): Promise<Outcome> {
    if (this.#over) throw this.#over;
    if (request.type !== "open") return this.#connection.send(request, options);
    const { bytes: given } = request;
    const bytes = given instanceof Blob ? new Uint8Array(await given.arrayBuffer()) : given;
    return this.#connection.send({ ...request, bytes }, options);
  }

  /** Its worker would get on faster with so many helpers; at most `workers` are to compute in all. */
  help({ count, lost }: Wanted, workers: number | null) {
    this.#helpers ??= new Helpers(this.#connection);
    this.#helpers.want(count, lost, workers);
  }

  #unhelped() {
    this.#helpers?.end();
    this.#helpers = undefined;
  }

  /** Families, options and their schemas. */
  describe(): Promise<Description> {
    this.#description ??= this.request({ type: "describe" })
      .then((outcome) => {
        if (outcome.type !== "description") throw unexpected(outcome);
        return outcome;
      })
      .catch((e: unknown) => {
        this.#description = undefined;
        throw e;
      });
    return this.#description;
  }

  /** Makes sure that the worker has a data set: of the site, or what a session has handed over. */
  needData(name: string, session: Survivor): Promise<void> {
    if (name === CUSTOM) return this.#needPoints(session.points ?? this.#anyPoints());
    let loaded = this.#data.get(name);
    if (!loaded) {
      loaded = this.#load(name, session);
      this.#keep(name, loaded);
    }
    return loaded;
  }

  /** Remembers that data is on its way to the worker of now. */
  #keep(name: string, loaded: Promise<void>) {
    this.#data.set(name, loaded);
    loaded.catch(() => {
      if (this.#data.get(name) === loaded) this.#data.delete(name);
    });
  }

  #anyPoints(): PointSource | undefined {
    return this.#points ?? [...this.#sessions.keys()].find((s) => s.points)?.points;
  }

  async #needPoints(source: PointSource | undefined): Promise<void> {
    if (!source) {
      throw problem(
        "bad-data",
        "This model learned points of a reader's own, which are not here.",
        "To train on, open the same CSV first, or draw the points again, and then this model.",
      );
    }
    const loaded = this.#data.get(CUSTOM);
    if (source === this.#points && loaded) return loaded;
    await this.loadPoints(source);
  }

  async #load(name: string, session: Survivor): Promise<void> {
    if (isPictures(name)) {
      const source = session.pictures(name) ?? [...this.#sessions.keys()].map((s) => s.pictures(name)).find(Boolean);
      if (!source) throw missing();
      await this.request({ type: "loadPictures", source });
      return;
    }
    const { toys, made: all } = await this.describe();
    // Of pairs the languages may stand behind the name.
    const made = all.find((set) => set.name === name || (set.kind === "pairs" && name.startsWith(`${set.name}-`)));
    if (made?.of) await this.needData(made.of, session);
    if (made || toys.some((t) => t.id === name)) return; // Made on the spot.
    const held = session.text(name) ?? [...this.#sessions.keys()].map((s) => s.text(name)).find(Boolean);
    const own = held ?? (isOwnEpisodes(name) ? await demonstrationsCalled(name) : undefined);
    if (!own && isOwnEpisodes(name)) throw missingDemonstrations();
    const { data } = await siteManifest();
    const text = own ?? (data.some((d) => d.name === name) ? undefined : await siteText(name));
    if (text) {
      await this.request({ type: "loadText", ...text });
      return;
    }
    const { entry, bytes } = await dataFile(name);
    await this.request({ type: "loadData", name, bytes, sha256: entry.sha256 }).catch((e: unknown) => {
      if (!wasRestarted(e)) forgetData(entry); // The next try fetches it anew.
      throw e;
    });
  }

  /** Hands over a text; if it cannot be used, what was there stays. */
  async loadText(source: TextSource): Promise<TextInfo> {
    const connection = this.#connection;
    const outcome = await this.request({ type: "loadText", ...source });
    if (outcome.type !== "text") throw unexpected(outcome);
    if (connection === this.#connection) this.#keep(source.name, Promise.resolve());
    return outcome.text;
  }

  /** Hands over a reader's pictures; if they cannot be used, those that were there stay. */
  async loadPictures(source: PictureSource): Promise<Pictures> {
    const connection = this.#connection;
    const outcome = await this.request({ type: "loadPictures", source });
    if (outcome.type !== "pictures") throw unexpected(outcome);
    if (connection === this.#connection) this.#keep(outcome.pictures.name, Promise.resolve());
    return outcome;
  }

  /** The loudest second of a WAV file. */
  async cutSecond(file: Uint8Array): Promise<Uint8Array> {
    const outcome = await this.request({ type: "cutSecond", file });
    if (outcome.type !== "second") throw unexpected(outcome);
    return outcome.sound;
  }

  /** Hands over a reader's points; if they cannot be used, those that were there stay. */
  async loadPoints(source: PointSource): Promise<Points> {
    const before = [this.#points, this.#data.get(CUSTOM)] as const;
    const answer = this.request({ type: "loadPoints", source });
    const loaded = answer.then(() => undefined);
    this.#points = source;
    this.#keep(CUSTOM, loaded);
    let outcome: Outcome;
    try {
      outcome = await answer;
    } catch (e) {
      if (this.#points === source) {
        this.#points = before[0];
        if (before[1]) this.#data.set(CUSTOM, before[1]);
      }
      throw e;
    }
    if (outcome.type !== "points") throw unexpected(outcome);
    return outcome;
  }

  #connect(reason: string | null, delay = 0): Connection {
    const connection = new Connection(this.#backend, reason, (error) => this.#died(error), delay);
    this.#born = undefined;
    connection.ready.then(
      () => {
        if (connection === this.#connection) this.#born = Date.now();
      },
      () => {
        // A worker that cannot start at all leaves no engine behind, so that a retry begins afresh.
        if (connection === this.#connection && engines.get(this.wanted) === this) engines.delete(this.wanted);
      },
    );
    return connection;
  }

  #died(error: PlaygroundError) {
    this.#unhelped();
    const now = Date.now();
    const cause = `${error.code} ${error.message}`;
    this.#deaths = [...this.#deaths.filter((d) => now - d.at < 60 * MINUTE), { at: now, cause }];
    this.#short = this.#born !== undefined && now - this.#born >= SHORT ? 0 : this.#short + 1;
    this.#data.clear();
    this.#points = this.#description = undefined;
    const sessions = [...this.#sessions.keys()];
    if (this.#short > WAITS.length || this.#deaths.filter((d) => d.cause === cause).length > HOURLY) {
      if (engines.get(this.wanted) === this) engines.delete(this.wanted);
      const over = (this.#over = endless(error));
      for (const s of sessions) s.recover(over, true, this);
      return;
    }
    const lost = (d: Death) => d.cause.startsWith("device-lost") && now - d.at < LOST_AGAIN;
    const again = this.#deaths.filter((d) => now - d.at < MINUTE).length > 1 || this.#deaths.filter(lost).length > 1;
    if (again && this.wanted !== "auto") this.#backend = "cpu";
    const reason = this.#backend !== this.wanted ? `failed:${error.message}` : null;
    this.#connection = this.#connect(reason, WAITS[this.#short - 1] ?? 0);
    for (const s of sessions) s.recover(error, false, this);
  }

  #end() {
    if (engines.get(this.wanted) === this) engines.delete(this.wanted);
    this.#unhelped();
    this.#connection.close();
  }
}

/** What is told when there will be no other worker. */
const endless = ({ code, message }: PlaygroundError) =>
  problem(code, `${message} This has happened too often, so it is not tried again by itself.`, "", false);

/** An outcome of a kind that the request does not have: a bug, but never an uncaught one. */
export function unexpected(outcome: Outcome): PlaygroundError {
  return problem(
    "internal",
    `Something went wrong inside the playground: the worker answered “${outcome.type}”.`,
    "Reload the page; if it happens again, please report it.",
    false,
  );
}

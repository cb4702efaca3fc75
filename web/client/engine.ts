import { Connection, type Backend, type Device, type Options } from "./connection";
import { PlaygroundError, problem } from "./errors";
import type { Outcome, PointSource, Request, TextInfo } from "./protocol";
import { dataFile, siteManifest } from "./site";
import { siteText, type TextSource } from "./texts";

/** What an engine needs to know of a session in order to bring it back. */
export interface Survivor {
  /** Called when a new worker is up, or with `fatal` when there will be none. */
  recover(cause: PlaygroundError, fatal: boolean): void;
}

/** What can be asked for, as the worker describes it. */
export type Description = Extract<Outcome, { type: "description" }>;

/** A reader's points as they were taken. */
export type Points = Extract<Outcome, { type: "points" }>;
/** The name that they go by. */
export const CUSTOM = "custom";

const engines = new Map<Backend, Engine>();
/** Deaths within this time count together. */
const MINUTE = 60_000;

/** One worker that never ends while anybody needs it: the supervisor of a back end. */
export class Engine {
  #connection: Connection;
  #data = new Map<string, Promise<void>>();
  /** A reader's own points, to be handed to every new worker. */
  #points: PointSource | undefined;
  /** Texts that were handed over, by name, for new workers as well. */
  #texts = new Map<string, TextSource>();
  #description: Promise<Description> | undefined;
  #sessions = new Set<Survivor>();
  #deaths: number[] = [];
  #backend: Backend;

  private constructor(readonly wanted: Backend) {
    this.#backend = wanted;
    this.#connection = this.#connect(null);
  }

  /** The engine of a back end for one more session. */
  static acquire(backend: Backend, session: Survivor): Engine {
    let engine = engines.get(backend);
    if (!engine) {
      engine = new Engine(backend);
      engines.set(backend, engine);
    }
    engine.#sessions.add(session);
    return engine;
  }

  /** A session has ended; with the last one ends the worker. */
  release(session: Survivor) {
    this.#sessions.delete(session);
    if (this.#sessions.size === 0) this.#end();
  }

  /** What is in use, once it is. */
  get device(): Promise<Device> {
    return this.#connection.ready;
  }

  /** Asks the worker. */
  request(request: Request, options?: Options): Promise<Outcome> {
    return this.#connection.send(request, options);
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

  /** Makes sure that the worker has a data set. */
  needData(name: string): Promise<void> {
    let loaded = this.#data.get(name);
    if (!loaded) {
      loaded = this.#load(name);
      loaded.catch(() => this.#data.delete(name));
      this.#data.set(name, loaded);
    }
    return loaded;
  }

  async #load(name: string): Promise<void> {
    const { toys } = await this.describe();
    if (toys.some((t) => t.id === name)) return; // Made on the spot.
    if (name === CUSTOM && this.#points) {
      await this.request({ type: "loadPoints", source: this.#points });
      return;
    }
    const own = this.#texts.get(name);
    const { data } = await siteManifest();
    const text = own ?? (data.some((d) => d.name === name) ? undefined : await siteText(name));
    if (text) {
      await this.loadText(text);
      return;
    }
    const { entry, bytes } = await dataFile(name);
    await this.request({ type: "loadData", name, bytes, sha256: entry.sha256 });
  }

  /** Hands over a text; if it cannot be used, what was there stays. */
  async loadText(source: TextSource): Promise<TextInfo> {
    const outcome = await this.request({ type: "loadText", ...source });
    if (outcome.type !== "text") throw unexpected(outcome);
    this.#texts.set(source.name, source);
    this.#data.set(source.name, Promise.resolve());
    return outcome.text;
  }

  /** Hands over a reader's points; if they cannot be used, those that were there stay. */
  async loadPoints(source: PointSource): Promise<Points> {
    const outcome = await this.request({ type: "loadPoints", source });
    if (outcome.type !== "points") throw unexpected(outcome);
    this.#points = source;
    this.#data.set(CUSTOM, Promise.resolve());
    return outcome;
  }

  #connect(reason: string | null): Connection {
    const connection = new Connection(this.#backend, reason, (error) => this.#died(error));
    // A worker that cannot start at all leaves no engine behind, so that a retry begins afresh.
    connection.ready.catch(() => {
      if (engines.get(this.wanted) === this) engines.delete(this.wanted);
    });
    return connection;
  }

  #died(error: PlaygroundError) {
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((t) => now - t < MINUTE), now];
    this.#data.clear();
    const sessions = [...this.#sessions];
    if (this.#deaths.length > 3) {
      engines.delete(this.wanted);
      for (const s of sessions) s.recover(error, true);
      return;
    }
    const second = this.#deaths.length > 1;
    if (second) this.#backend = "cpu";
    this.#connection = this.#connect(second && this.wanted !== "cpu" ? `failed:${error.message}` : null);
    for (const s of sessions) s.recover(error, false);
  }

  #end() {
    if (engines.get(this.wanted) === this) engines.delete(this.wanted);
    this.#connection.close();
  }
}

/** An outcome of a kind that the request does not have: a bug, but never an uncaught one. */
export function unexpected(outcome: Outcome): PlaygroundError {
  return problem(
    "internal",
    `Something went wrong inside the playground: the worker answered “${outcome.type}”.`,
    "Reload the page; if it happens again, please report it.",
    false,
  );
}

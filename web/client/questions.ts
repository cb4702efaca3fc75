import { unexpected, type Description, type Engine } from "./engine";
import type {
  Condition,
  ErrorInfo,
  FileForm,
  Opening,
  OptionScope,
  Outcome,
  Request,
  View,
  ViewQuery,
} from "./protocol";

/** A file to save. */
export interface SavedFile {
  name: string;
  mime: string;
  bytes: Uint8Array;
}

/** Names of what samples can be asked to fit; all others are options of the sampler. */
const CONDITIONS: readonly (keyof Condition)[] = [
  "prompt",
  "label",
  "guidance",
  "known",
  "mask",
  "start",
  "goal",
  "score",
];

/** What a sampler is asked, from all of it by name. */
function asked(all: Record<string, unknown>): { options: Record<string, unknown>; condition: Condition } {
  const isCondition = (name: string) => (CONDITIONS as readonly string[]).includes(name);
  const part = (of: boolean) => Object.fromEntries(Object.entries(all).filter(([name]) => isCondition(name) === of));
  return { options: part(false), condition: part(true) as Condition };
}

type Bare<T> = T extends unknown ? Omit<T, "session"> : never;

/** What a session can be asked about its model, without changing it. */
export abstract class Questions {
  abstract readonly id: number;
  protected abstract readonly engine: Engine;
  /** The most workers that compute what takes long on the processor; by default as many as there are cores. */
  workers: number | null = null;

  /** Makes sure that the worker has a data set. */
  abstract needData(name: string): Promise<void>;
  /** Asks; once more if the worker was replaced meanwhile. `quietly` is for what is asked again anyway. */
  protected abstract insist<T>(ask: () => Promise<T>, quietly?: boolean): Promise<T>;

  describe(): Promise<Description> {
    return this.insist(() => this.engine.describe());
  }

  /** How long a step of a training takes on this machine; the model in place is not touched. */
  async pace(body: Omit<Extract<Request, { type: "pace" }>, "type">): Promise<{ seconds: number; parameters: number }> {
    const outcome = await this.insist(async () => {
      await this.needData(body.data);
      return this.engine.request({ type: "pace", ...body });
    });
    if (outcome.type !== "pace") throw unexpected(outcome);
    return outcome;
  }

  /** How large the model in another program's file of so many bytes is, by its beginning. */
  async peek(head: Uint8Array, size: number): Promise<Opening> {
    const outcome = await this.insist(() => this.engine.request({ type: "peek", head, size }));
    if (outcome.type !== "opening") throw unexpected(outcome);
    return outcome.opening;
  }

  // ---- Looking

  /** Looks at the model as it is, or as it was at a snapshot; of what takes long, `grown` hears what there is. */
  async view(
    query: ViewQuery,
    snapshot: number | null = null,
    signal?: AbortSignal,
    grown?: (view: View) => void,
  ): Promise<View> {
    return this.#see({ type: "view", query, snapshot }, signal, undefined, grown);
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
    body: Bare<Extract<Request, { type: "view" | "sample" | "showSnapshot" }>>,
    signal?: AbortSignal,
    progress?: (step: number, of: number, view: View | null) => void,
    grown?: (view: View) => void,
  ): Promise<View> {
    const request = { ...body, session: this.id } as Request;
    const ask = () =>
      this.engine.request(request, {
        signal,
        progress: (p) => {
          if (p.type === "sampling") progress?.(p.step, p.of, p.view);
          else if (p.type === "viewing") grown?.(p.view);
          else if (p.type === "helpers") this.engine.help(p, this.workers);
        },
      });
    const outcome = await this.insist(ask, true);
    if (outcome.type !== "view") throw unexpected(outcome);
    return outcome.view;
  }

  /** The model as a file. */
  async exportModel(resumable: boolean): Promise<SavedFile> {
    return this.#file({ type: "export", session: this.id, resumable });
  }

  /** The adapters of the model as a file. */
  async exportAdapter(): Promise<SavedFile> {
    return this.#file({ type: "exportAdapter", session: this.id });
  }

  /** A script of PyTorch that draws from the exported model. */
  async exportPage(): Promise<SavedFile> {
    return this.#file({ type: "exportPage", session: this.id });
  }

  /** A plot as a file. */
  async exportView(query: ViewQuery, snapshot: number | null = null, form: FileForm = "svg"): Promise<SavedFile> {
    return this.#file({ type: "exportView", session: this.id, query, form, snapshot });
  }

  /** Pictures in a row as a GIF. */
  async exportFilm(film: Omit<Extract<Request, { type: "exportFilm" }>, "type">): Promise<SavedFile> {
    return this.#file({ type: "exportFilm", ...film });
  }

  /** Samples as a PNG, or points as a CSV. */
  async exportSamples(
    count: number,
    seed: number,
    options: Record<string, unknown>,
    scale: number,
  ): Promise<SavedFile> {
    return this.#file({ type: "exportSamples", session: this.id, count, seed, ...asked(options), scale });
  }

  async #file(request: Request): Promise<SavedFile> {
    const ask = () =>
      this.engine.request(request, {
        progress: (p) => p.type === "helpers" && this.engine.help(p, this.workers),
      });
    const outcome: Outcome = await this.insist(ask);
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
    const outcome = await this.insist(() => this.engine.request({ type: "checkOptions", scope, family, entries }));
    if (outcome.type !== "options") throw unexpected(outcome);
    return outcome;
  }
}

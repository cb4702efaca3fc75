import type { TemplateResult } from "lit";
import type { Session } from "../client/session";
import type { Capabilities, ModelInfo, TrainState, View } from "../client/protocol";
import type { Layout, Plate } from "./draw";
import type { Controller } from "./controller";

/** The views that an element can show. */
export const VIEWS = [
  "samples",
  "latent",
  "reconstruct",
  "interpolate",
  "write",
  "read",
  "attention",
  "lens",
  "train",
] as const;
export type ViewName = (typeof VIEWS)[number];

const LANGUAGE: readonly ViewName[] = ["write", "read", "attention", "lens", "train"];
const LATENT: readonly ViewName[] = ["samples", "latent", "reconstruct", "interpolate", "train"];

/** The views that a family has; of one that is not known yet, those that go with the wished-for view. */
function viewsOf(capabilities: Capabilities | undefined, wished: string | null): readonly ViewName[] {
  if (!capabilities)
    return wished && wished !== "train" && (LANGUAGE as readonly string[]).includes(wished) ? LANGUAGE : LATENT;
  if (capabilities.language) return LANGUAGE;
  return capabilities.latent ? LATENT : ["samples", "train"];
}

/** Those among them that are wished for, in the wished-for order; all, if none is. */
export function shownViews(
  capabilities: Capabilities | undefined,
  wishes: string | null,
  view: string | null,
): ViewName[] {
  const wished = (wishes ?? "").split(/[\s,]+/).filter((v): v is ViewName => (VIEWS as readonly string[]).includes(v));
  const has = viewsOf(capabilities, view ?? wished[0] ?? null);
  const both = wished.filter((v) => has.includes(v));
  return both.length ? both : [...has];
}

/** What a panel sees of its element. */
export interface Host extends HTMLElement {
  readonly session: Session | undefined;
  readonly info: ModelInfo | undefined;
  readonly trainer: Controller;
  readonly settled: { view: ViewName; seed: number; count: number };
  readonly sampleOptions: Record<string, unknown>;
  /** Names that a link gave. */
  readonly linked: readonly string[];
  readonly quiet: boolean;
  readonly bare: boolean;
  readonly tileColumns: number | undefined;
  /** What the family says of a plot of the model in place. */
  help(plot: string): string;
  requestUpdate(): void;
  /** Runs something for the reader; what goes wrong becomes a notice. */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined>;
  report(error: unknown): void;
  announce(name: string, detail: unknown): void;
  changed(): void;
  drawn(): void;
  load(model?: string): Promise<void>;
  reroll(): void;
  save(file: { name: string; mime: string; bytes: Uint8Array }): void;
}

/** A parameter of a panel that belongs in the URL. */
export interface Param {
  /** Its value as text, or nothing where it is the default. */
  get(): string | undefined;
  /** Takes a text; throws a `bad-option`. Without one, the default. */
  set(text: string | undefined): void;
}

/** One view of a model. */
export abstract class Panel {
  /** Parameters for attributes and the URL. */
  readonly params: Record<string, Param> = {};

  constructor(protected readonly host: Host) {}

  abstract render(): TemplateResult;
  /** What is computed live, in a sentence. */
  abstract caption(info: ModelInfo): string;
  /** The panel is in view and a model is in place; called again when either changes. */
  abstract refresh(): void;
  /** Once more with another seed, for those who asked for that again and again. */
  again(): void {}
  /** After each rendering. */
  updated(): void {}
  /** Another panel is in view. */
  hide(): void {}
  /** Colours or sizes changed. */
  redraw(_recolour: boolean): void {}
  /** Training went on. */
  trained(_state: TrainState, _samples: View | null): void {}
  /** A file that is no checkpoint was dropped; gives whether the panel wants it. */
  dropped(_file: File): boolean {
    return false;
  }

  /** Shows an image view in a plate. */
  protected show(plate: Plate, view: View | undefined, layout?: Layout) {
    if (view?.kind === "image") {
      plate.show(view, layout);
      this.host.drawn();
    }
  }
}

/** Runs the newest of many wishes, one at a time: for what follows a pointer. */
export class Latest {
  #busy = false;
  #next: (() => Promise<unknown>) | undefined;

  run(work: () => Promise<unknown>) {
    this.#next = work;
    if (!this.#busy) void this.#drain();
  }

  async #drain() {
    this.#busy = true;
    while (this.#next) {
      const work = this.#next;
      this.#next = undefined;
      await work();
    }
    this.#busy = false;
  }
}

export { figure } from "./numbers";

import type { TemplateResult } from "lit";
import type { Session } from "../client/session";
import type { FamilyInfo, ModelInfo, PlotSpec, TrainState, View, ViewQuery } from "../client/protocol";
import type { ModelEntry } from "../client/site";
import type { Words } from "../lang/words";
import type { Layout, Plate } from "./draw";
import type { PlotView } from "./render/points";
import type { Controller } from "./controller";

/** A view by its id: a plot that the family declares, `write`, or `train`. */
export type ViewName = string;

/** A view that there is to choose from. */
export interface ViewInfo {
  id: ViewName;
  /** As the family declares it; nothing for those that all families have. */
  title: string | null;
}

/** What a view is called. */
export const titleOf = ({ id, title }: ViewInfo, words: Words) =>
  title === null ? words.say(id === "write" ? "viewWrite" : "viewTrain") : words.told(title);

/** Families of models out of other programs' files, not trained here; see `open::guest` and `open::meaning`. */
const GUESTS: readonly (string | undefined)[] = ["opened", "encoder"];
export const isGuest = (family: string | undefined) => GUESTS.includes(family);

/** Plots that lie over another one and are no view of their own. */
const BENEATH = ["codes"];

/** The views of a model: its plots as they are declared, and its training. Of texts, samples are written. */
export function viewsOf(plots: readonly PlotSpec[], language: boolean, trained = true): ViewInfo[] {
  const shown = plots.filter((p) => !BENEATH.includes(p.id));
  return [
    ...shown.map(({ id, title }) => (language && id === "samples" ? { id: "write", title: null } : { id, title })),
    ...(trained ? [{ id: "train", title: null }] : []),
  ];
}

/** Those among them that are wished for, in the wished-for order; all, if none is. */
export function shownViews(all: ViewInfo[], wishes: string | null): ViewInfo[] {
  const wished = (wishes ?? "").split(/[\s,]+/).flatMap((id) => all.find((v) => v.id === id) ?? []);
  return wished.length ? wished : all;
}

/** What a panel sees of its element. */
export interface Host extends HTMLElement {
  /** The language that it speaks. */
  readonly words: Words;
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
  /** The family of the model in place. */
  readonly about: FamilyInfo | undefined;
  /** Trains, as the reader asks for it. */
  play(): Promise<void>;
  /** The data that the model in place learns, to be drawn with it. */
  readonly under: PlotView | undefined;
  /** Whether it is to be drawn. */
  readonly withData: boolean;
  /** What the family says of a plot of the model in place. */
  help(plot: string): string;
  requestUpdate(): void;
  /** The shipped models that there are to choose from. */
  readonly models: readonly ModelEntry[];
  /** Runs something for the reader; what goes wrong becomes a notice, which goes when the same (`about`) goes well. */
  attempt<T>(work: () => Promise<T>, about?: string): Promise<T | undefined>;
  report(error: unknown, about?: string): void;
  announce(name: string, detail: unknown): void;
  changed(): void;
  drawn(): void;
  load(model?: string): Promise<void>;
  reroll(): void;
  save(file: { name: string; mime: string; bytes: Uint8Array }): void;
}

/** Whether the model that is in place now still is when this is asked. */
export function standing(host: Host): () => boolean {
  const { session, info } = host;
  return () =>
    host.session === session &&
    host.info?.family === info?.family &&
    host.info?.space.kind === info?.space.kind &&
    host.info?.id === info?.id;
}

/** Brings the data of the model in place to it; gives whether that model is there, and still in its place. */
export async function fetchData(host: Host): Promise<boolean> {
  const { session, info } = host;
  if (!session || !info) return false;
  const here = standing(host);
  try {
    await session.needData(info.data);
  } catch (e) {
    if (here()) throw e;
  }
  return here();
}

/**
 * Asks the model in place. If another one has taken its place meanwhile, neither the answer nor what was wrong with the
 * question is of any concern; `here` says so for a question that was thought of earlier.
 */
export async function ask(
  host: Host,
  query: ViewQuery,
  past?: number,
  signal?: AbortSignal,
  grown?: (view: View) => void,
  here = standing(host),
): Promise<View | undefined> {
  const { session, info } = host;
  if (!session || !info || !here()) return undefined;
  try {
    const view = await session.view(query, past ?? null, signal, (view) => {
      if (here()) grown?.(view);
    });
    return here() ? view : undefined;
  } catch (e) {
    if (here()) throw e;
    return undefined;
  }
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

/** Whether a graphics card computes a model faster than the processor: found out by a short trial, and remembered. */
import { fileUrl } from "./files";
import type { ModelInfo, TrainState } from "./protocol";

/** What a card is tried with. */
export type Task = "train" | "sample";

/** What there is to find out. */
export interface Question {
  task: Task;
  /** Name of the card. */
  card: string;
  model: Pick<ModelInfo, "family" | "data" | "parameters">;
}

/** A card has to be so many times as fast: what is gained is to be seen. */
const WORTH = 1.2;
/**
 * A step, or samples, that take the processor less milliseconds are left to it. A step of a training is a hundred and
 * more kernels, and to send one to the card takes a browser some hundredths of a millisecond.
 */
const LEAST: Record<Task, number> = { train: 4, sample: 1000 };
/** A training is looked at from so many of its seconds on, when helpers have come, and for so long. */
const FROM = 3;
const FOR = 3;
/** Steps of a training that make its kernels, and that are doubled until they take so many milliseconds. */
const WARM = 3;
const LENGTH = 1000;
/** A trial that takes longer was in vain, milliseconds: a module comes over the network, kernels are compiled. */
export const PATIENCE = 120_000;
/** What is remembered: so many answers, for so many days. */
const MOST = 100;
const DAYS = 60;
const KEY = "generative-playground-trials";

/** How many times as fast as the processor a card was, and when, in days since 1970. */
type Answer = [ratio: number, day: number];
let answers: Map<string, Answer> | undefined;
const failed = new Set<string>();
let trying = false;

const today = () => Math.floor(Date.now() / 86_400_000);
/** A frame may not be allowed to remember anything; then a visit does. */
const storage = () => {
  try {
    return typeof window === "undefined" ? undefined : window.localStorage;
  } catch {
    return undefined;
  }
};

function all(): Map<string, Answer> {
  if (answers) return answers;
  answers = new Map();
  try {
    const kept: unknown = JSON.parse(storage()?.getItem(KEY) ?? "[]");
    for (const [key, [ratio, day]] of kept as [string, Answer][])
      if (Number.isFinite(ratio) && today() - day < DAYS) answers.set(String(key), [ratio, day]);
  } catch {
    // What cannot be read is found out anew.
  }
  return answers;
}

/** Another build of the module may be faster, so that its address belongs to the question. */
const keyOf = ({ task, card, model }: Question) =>
  [task, card, model.family, model.data, model.parameters, fileUrl("worker-webgpu_bg.wasm").pathname].join(" ");

/** What is known of the card; nothing if it was not tried. That it failed holds for this visit. */
export function verdict(question: Question): "faster" | "slower" | "failed" | undefined {
  const key = keyOf(question);
  if (failed.has(key)) return "failed";
  const answer = all().get(key);
  return answer && (answer[0] >= WORTH ? "faster" : "slower");
}

/** The card could not do it; what was remembered before stays for other visits. */
export const distrust = (question: Question) => void failed.add(keyOf(question));

/** Keeps how many times as fast the card was. */
export function remember(question: Question, ratio: number) {
  const known = all();
  const key = keyOf(question);
  known.delete(key); // It comes last.
  known.set(key, [ratio, today()]);
  for (const oldest of [...known.keys()].slice(0, -MOST)) known.delete(oldest);
  try {
    storage()?.setItem(KEY, JSON.stringify([...known]));
  } catch {
    // No room, or not allowed.
  }
}

/** Whether what takes so many milliseconds here is worth a trial, for somebody who looks and pays for no data. */
export function isWorthTrying(task: Task, milliseconds: number): boolean {
  const { connection } = (globalThis.navigator ?? {}) as { connection?: { saveData?: boolean } };
  return milliseconds >= LEAST[task] && !globalThis.document?.hidden && !connection?.saveData;
}

/** One trial at a time on a page; while there is one, there is no other. */
export async function alone<T>(work: () => Promise<T>): Promise<T | undefined> {
  if (trying) return undefined;
  trying = true;
  try {
    return await work();
  } finally {
    trying = false;
  }
}

/** How long a step of a training takes a card, milliseconds; a `lap` ends when the card has done all of its steps. */
export async function paceOf(lap: (steps: number) => Promise<void>): Promise<number> {
  await lap(WARM);
  for (let steps = WARM; ; steps *= 2) {
    const begun = performance.now();
    await lap(steps);
    const took = performance.now() - begun;
    if (took >= LENGTH) return took / steps;
  }
}

/** How long a step of a training takes the processor, from what is told of it. */
export class Watch {
  #first: TrainState | undefined;
  #from: TrainState | undefined;

  /** Milliseconds of a step, once that is known. */
  saw(state: TrainState): number | undefined {
    this.#first ??= state;
    if (state.seconds - this.#first.seconds < FROM) return undefined;
    this.#from ??= state;
    const [seconds, steps] = [state.seconds - this.#from.seconds, state.step - this.#from.step];
    return seconds >= FOR && steps > 0 ? (1000 * seconds) / steps : undefined;
  }
}

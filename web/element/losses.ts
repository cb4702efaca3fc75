import type { LossCurve } from "../client/protocol";
import type { Words } from "../lang/words";

/** What losses are called and their colours, declared once: what is red in the text is red wherever it is shown. */
export const TONES = ["red", "blue", "third", "fourth"] as const;
export type Tone = (typeof TONES)[number];

/** The custom property of a tone. */
export const COLOR: Record<Tone, string> = { red: "--_red", blue: "--_blue", third: "--_guess", fourth: "--_soft" };

const TITLES = {
  reconstruction: "lossReconstruction",
  kl: "lossKl",
  loss: "lossAll",
  squareError: "lossSquares",
} as const;
/** The decoder's side is red and the encoder's is blue; what is minimised as a whole is red. */
const OWN: Record<string, Tone> = { reconstruction: "red", kl: "blue" };

export const lossTitle = (name: string, words: Words) =>
  Object.hasOwn(TITLES, name) ? words.say(TITLES[name as keyof typeof TITLES]) : words.told(name);

/** The tone of each of some losses, red first: its own, else the next that none of the others has. */
export function tones(names: readonly string[]): Map<string, Tone> {
  const taken = new Set(names.flatMap((name) => OWN[name] ?? []));
  const free = TONES.filter((t) => !taken.has(t));
  const all = names.map((name): [string, Tone] => [name, OWN[name] ?? free.shift() ?? "fourth"]);
  return new Map(all.sort(([, a], [, b]) => TONES.indexOf(a) - TONES.indexOf(b)));
}

/** Losses that are shown, in the order in which they come: a sum says nothing that its parts do not. */
export function lossNames(losses: LossCurve[]): string[] {
  const all = [...new Set(losses.map((l) => l.name))];
  return all.length > 1 ? all.filter((name) => name !== "loss") : all;
}

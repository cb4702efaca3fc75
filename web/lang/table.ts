/**
 * Finds what an English sentence is in another language. Keys are sentences as they are written in the source, with
 * their holes: `“{value}” cannot be the value of {option}: {reason}.` What stood in a hole is looked up in its turn.
 */

/** Holes with what a reader, a file or a system said: left as it is. */
const FOREIGN = /^(value|path|id|found|name|shown|tensor|first|url|line)$/;
/** Holes in which only a number can stand. */
const NUMERIC = /^(least|most|low|high|n)$/;
const NUMBER = /^-?\d+(\.\d+)?$/;
/** Ids, as they are written everywhere. */
const IDS = /^[a-z0-9_-]+(, [a-z0-9_-]+)*$/;
/** Letters of a pattern without which it says nothing by itself. */
const TELLING = 4;

interface Pattern {
  regex: RegExp;
  holes: string[];
  text: string;
  /** Whether it fits only where all that stands in it is known too. */
  vague: boolean;
}

export class Table {
  readonly #exact: Map<string, string>;
  readonly #source: Record<string, string>;
  readonly #number: (text: string) => string;
  #patterns: Pattern[] | undefined;

  /** `number` writes a number as the language does. */
  constructor(source: Record<string, string>, number: (text: string) => string) {
    this.#source = source;
    this.#exact = new Map(Object.entries(source));
    this.#number = number;
  }

  /** The translation; nothing if there is none. */
  find(text: string): string | undefined {
    const whole = this.#exact.get(text) ?? this.#byPattern(text);
    if (whole !== undefined) return whole;
    const sentences = text.split(/(?<=[.!?]) (?=[\p{Lu}“])/u);
    if (sentences.length < 2) return undefined;
    const all = sentences.map((s) => this.#exact.get(s) ?? this.#byPattern(s));
    return all.every((s) => s !== undefined) ? all.join(" ") : undefined;
  }

  #byPattern(text: string): string | undefined {
    this.#patterns ??= patterns(this.#source);
    for (const { regex, holes, text: translated, vague } of this.#patterns) {
      const found = regex.exec(text);
      if (!found) continue;
      let whole = true;
      const fillings = new Map(
        holes.map((hole, i) => {
          const had = found[i + 1] ?? "";
          // Of what was given as a value, only a count of things is our own: “7 lines”.
          if (FOREIGN.test(hole)) return [hole, (/^\d+ \p{L}+$/u.test(had) ? this.find(had) : undefined) ?? had];
          if (NUMBER.test(had)) return [hole, this.#number(had)];
          const known = this.find(had);
          if (known === undefined && !IDS.test(had)) whole = false;
          return [hole, known ?? had];
        }),
      );
      if (vague && !whole) continue;
      return translated.replace(/\{(\w+)\}/g, (_, hole: string) => fillings.get(hole) ?? "");
    }
    return undefined;
  }
}

/** The keys with holes, the most telling first. */
function patterns(source: Record<string, string>): Pattern[] {
  return Object.entries(source)
    .filter(([key]) => key.includes("{"))
    .map(([key, text]) => {
      const pieces = key.split(/\{(\w+)\}/);
      const literal = pieces.filter((_, i) => i % 2 === 0);
      const regex = pieces
        .map((piece, i) => {
          if (i % 2 === 0) return piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
          if (NUMERIC.test(piece)) return "(-?[\\d.]+)";
          return piece === "name" ? "([^()“”]*?)" : "([\\s\\S]*?)";
        })
        .join("");
      const said = literal.join("");
      return {
        regex: new RegExp(`^${regex}$`),
        holes: pieces.filter((_, i) => i % 2 === 1),
        text,
        vague: (said.match(/\p{L}/gu)?.length ?? 0) < TELLING,
        length: said.length,
      };
    })
    .sort((a, b) => b.length - a.length);
}

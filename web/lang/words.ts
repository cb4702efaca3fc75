/** What is said to a reader, in their language: texts by their keys, what Rust declares, errors, numbers, times. */
import { en } from "./en";
import { Table } from "./table";

/** A text that depends on how many. */
export interface Plural {
  one: string;
  other: string;
}
type English = typeof en;
export type Key = keyof English;
/** A language's texts: all keys, each in as many forms as English has. */
export type Texts = { [K in Key]: English[K] extends string ? string : Plural };
/** What a language brings along. */
export interface Language {
  texts: Texts;
  /** What is declared and what errors say in English, and what they are here; see `Table`. */
  told: Record<string, string>;
}

type Holes<S> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type HolesOf<K extends Key> = English[K] extends { other: infer S } ? Holes<S> | "n" : Holes<English[K]>;
type Fillings<K extends Key, T> = [HolesOf<K>] extends [never] ? [] : [{ [H in HolesOf<K>]: T }];

/** The reader's language: its texts, and how it writes numbers. */
export class Words {
  /** What `Intl` is asked with. */
  readonly tag: string;
  readonly #texts: Texts;
  readonly #table: Table;
  readonly #plurals: Intl.PluralRules;

  /** `tag` is a language as HTML names it; one that `Intl` does not know is written as `code`. */
  constructor(
    readonly code: string,
    readonly language: Language,
    tag: string = code,
  ) {
    this.tag = known(tag) ? tag : code;
    this.#texts = language.texts;
    this.#plurals = new Intl.PluralRules(this.tag);
    this.#table = new Table(language.told, (text) =>
      this.figure(Number(text), /\.(\d+)$/.exec(text)?.[1]?.length ?? 0),
    );
  }

  /** A text; numbers in its holes are written as the language writes them. */
  say<K extends Key>(key: K, ...[holes]: Fillings<K, string | number>): string {
    return this.#form(key, holes).replace(/\{(\w+)\}/g, (_, hole: string) => this.#filling(holes, hole));
  }

  /** The same with something of its own in the holes: the parts in order, for a template. */
  parts<K extends Key>(key: K, ...[holes]: Fillings<K, unknown>): unknown[] {
    const all = holes as Record<string, unknown> | undefined;
    return this.#form(key, all)
      .split(/\{(\w+)\}/)
      .map((part, i) => (i % 2 ? all?.[part] : part));
  }

  #form(key: Key, holes: Record<string, unknown> | undefined): string {
    const text: string | Plural = this.#texts[key];
    if (typeof text === "string") return text;
    return this.#plurals.select(Number(holes?.["n"])) === "one" ? text.one : text.other;
  }

  #filling(holes: Record<string, string | number> | undefined, hole: string): string {
    const value = holes?.[hole] ?? "";
    return typeof value === "number" ? this.figure(value) : value;
  }

  /** What a model declares, or says beside its plots: in English where this language does not have it. */
  told(text: string): string {
    return this.#table.find(text) ?? text;
  }

  /** Whether this language has it. */
  knows(text: string): boolean {
    return this.#table.find(text) !== undefined;
  }

  /** An error's sentences. */
  error<E extends { message: string; hint: string }>(error: E): E {
    return { ...error, message: this.told(error.message), hint: this.told(error.hint) };
  }

  /** A number: in English with a thin space between thousands. */
  figure(value: number, digits = 0): string {
    const half = 0.5 * 10 ** -digits;
    // What is rounded to nought has no sign.
    const shown = Math.abs(value) < half ? 0 : value;
    const text = shown.toLocaleString(this.tag, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return (this.code === "en" ? text.replaceAll(",", "\u202f") : text).replace(/^-/, "−");
  }

  /** As many digits as it was given. */
  plain(value: number): string {
    return value.toLocaleString(this.tag, { maximumSignificantDigits: 15, useGrouping: false });
  }

  /** A probability as a percentage, as exact as it matters. */
  percent(p: number): string {
    const value = p * 100;
    if (value >= 9.95) return `${this.figure(value)}\u2009%`;
    return value >= 0.095 ? `${this.figure(value, 1)}\u2009%` : `< ${this.figure(0.1, 1)}\u2009%`;
  }

  /** A size in bytes. */
  megabytes(bytes: number): string {
    return `${this.figure(bytes / 1e6, bytes < 1e7 ? 1 : 0)} MB`;
  }

  /** A duration, roughly. */
  duration(seconds: number): string {
    if (seconds < 50) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
    const minutes = seconds / 60;
    return minutes < 55 ? `${Math.max(1, Math.round(minutes))} min` : `${this.figure(minutes / 60, 1)} h`;
  }

  /** How long ago something was. */
  ago(then: number): string {
    const minutes = Math.round((Date.now() - then) / 60_000);
    const format = new Intl.RelativeTimeFormat(this.tag, { numeric: "auto" });
    if (minutes < 1) return this.say("momentAgo");
    if (minutes < 60) return format.format(-minutes, "minute");
    if (minutes < 60 * 24) return format.format(-Math.round(minutes / 60), "hour");
    return format.format(-Math.round(minutes / 1440), "day");
  }
}

function known(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false; // No language at all.
  }
}

/** English, which is always there. */
export const ENGLISH = new Words("en", { texts: en, told: {} });

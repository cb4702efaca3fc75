/**
 * Every attribute of the elements, declared once: what it is called, how its text is read, what holds without it,
 * whether a link may set it, and what it means. Properties, reading, links and the README's table follow from here.
 *
 * Options of a model, of its data and of its training are attributes as well, but they are declared in Rust.
 */
import { badOption } from "../client/errors";

/** The elements: `<generative-model>` and `<generative-lab>`. */
export type Kind = "model" | "lab";
/** Where a link may set an attribute: on an element of a page, or in a frame, where either stands alone. */
export type Place = Kind | "frame";

/** What a form needs to know of an attribute. */
export interface Shape {
  kind: "integer" | "number" | "choice" | "flag" | "text";
  minimum?: number;
  maximum?: number;
  choices?: readonly string[];
}

/** One attribute. */
export interface Attribute<T = unknown> {
  /** What it stands for, from its text; nothing if the text is no such thing. */
  parse(text: string): T | undefined;
  /** What is expected, in words: “a whole number from 1 to 400”. */
  expected: string;
  /** The same for a form. */
  shape: Shape;
  /** What holds without the attribute. */
  fallback: T;
  /** The elements that have it. */
  of: readonly Kind[];
  /** The elements of which a link may set it; in a frame it may also set what says how an element is shown. */
  linkable: readonly Place[];
  /** What it does, for the README. */
  doc: string;
}

type Reader<T> = Pick<Attribute<T>, "parse" | "expected" | "shape">;
const TEXT: Shape = { kind: "text" };

/** Parses a whole number in a range. */
export function whole(text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  return text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

const integer = (least: number, most: number): Reader<number> => ({
  parse: (text) => whole(text, least, most),
  expected: `a whole number from ${least} to ${most}`,
  shape: { kind: "integer", minimum: least, maximum: most },
});
const number = (least: number, most: number): Reader<number> => ({
  parse: (text) => {
    const value = Number(text);
    return text.trim() !== "" && value >= least && value <= most ? value : undefined;
  },
  expected: `a number from ${least} to ${most}`,
  shape: { kind: "number", minimum: least, maximum: most },
});
const among = <const T extends string>(...all: T[]): Reader<T> => ({
  parse: (text) => all.find((v) => v === text),
  expected: all
    .map((v) => `\`${v}\``)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1"),
  shape: { kind: "choice", choices: all },
});
const word = (expected: string): Reader<string> => ({
  parse: (text) => (text.trim() ? text.trim() : undefined),
  expected,
  shape: TEXT,
});
const list = (expected: string): Reader<string[]> => ({
  parse: (text) => text.split(/[\s,]+/).filter(Boolean),
  expected,
  shape: TEXT,
});

/** A switch: on by its presence, off by saying so, as authors write it. */
export function flag(text: string): boolean | undefined {
  if (["", "true", "on", "yes", "1"].includes(text.toLowerCase())) return true;
  return ["false", "off", "no", "0"].includes(text.toLowerCase()) ? false : undefined;
}
const toggle: Reader<boolean> = { parse: flag, expected: "nothing, `true` or `false`", shape: { kind: "flag" } };

const BOTH = ["model", "lab"] as const;
const MODEL = ["model"] as const;
const LAB = ["lab"] as const;
/** What makes of a figure another one, or shows it otherwise: only where it stands alone. */
const FRAME = ["frame"] as const;
const NONE = [] as const;

function entry<T, F extends T | null>(
  reader: Reader<T>,
  fallback: F,
  of: readonly Kind[],
  linkable: readonly Place[],
  doc: string,
): Attribute<T | F> {
  return { ...reader, fallback, of, linkable, doc };
}

const TEST_IMAGE = integer(0, 9999);

/** The attributes, in the order of the README. */
export const ATTRIBUTES = {
  model: entry(word("the id of a shipped model"), null, MODEL, MODEL, "which of the shipped models is opened"),
  src: entry(
    word("the address of a `.safetensors` file"),
    null,
    MODEL,
    NONE,
    "a checkpoint, instead of a shipped model",
  ),
  family: entry(
    word("the id of a family; in the lab also `all`"),
    null,
    BOTH,
    ["lab", "frame"],
    "a model of this family is made and trained here; in the lab: which one is shown large",
  ),
  tune: entry(
    toggle,
    false,
    MODEL,
    FRAME,
    "training goes on from the shipped model, on another text, instead of beginning from scratch",
  ),
  families: entry(list("ids of families"), null, LAB, FRAME, "the families that there are to choose from"),
  preset: entry(word("the id of an experiment"), null, LAB, LAB, "an experiment that is worth seeing"),
  data: entry(
    word("the name of a data set"),
    null,
    BOTH,
    BOTH,
    "what is learned: a text or a set of images of the site, or a toy data set in 2-D",
  ),
  size: entry(word("the id of a size"), null, MODEL, MODEL, "how large a model of text is made"),
  view: entry(word("the id of a view"), null, MODEL, MODEL, "what is shown first: a plot of the model, or `train`"),
  views: entry(list("ids of views"), null, MODEL, FRAME, "the views that there are to choose from, in this order"),
  plot: entry(word("the id of a plot"), null, BOTH, BOTH, "of a model of 2-D points: what is drawn"),
  seed: entry(integer(0, 0xffff_ffff), 1, BOTH, BOTH, "the seed of samples and of new models"),
  count: entry(integer(1, 400), 32, MODEL, MODEL, "how many samples"),
  columns: entry(integer(1, 64), null, MODEL, FRAME, "samples in a row"),
  refresh: entry(number(1, 86_400), null, MODEL, FRAME, "new samples after so many seconds, again and again"),
  steps: entry(
    integer(1, 10_000_000),
    null,
    BOTH,
    BOTH,
    "a training of points ends at this step (2000 by itself); of diffusion on images, the steps of its sampler",
  ),
  seconds: entry(number(0.1, 86_400), null, BOTH, BOTH, "it ends after so many seconds of computing instead"),
  rate: entry(number(0.1, 100), null, BOTH, BOTH, "steps a second at most"),
  autoplay: entry(
    toggle,
    false,
    BOTH,
    NONE,
    "training begins when the element comes into view (not with reduced motion)",
  ),
  "keep-training": entry(toggle, false, BOTH, NONE, "training goes on while nobody can see it"),
  workers: entry(
    integer(1, 9),
    null,
    MODEL,
    MODEL,
    "on the processor, how many workers compute a training or long samples at most; by itself as many as cores",
  ),
  overlay: entry(toggle, true, BOTH, BOTH, "the data is drawn with the model"),
  at: entry(number(0, 1), 0.5, BOTH, BOTH, "where the slider of a plot stands"),
  z: entry(
    word("two numbers from −3 to 3 with a comma between them"),
    null,
    MODEL,
    MODEL,
    "the marked point of the latent space",
  ),
  marks: entry(
    word("points as x,y with semicolons between them"),
    null,
    MODEL,
    MODEL,
    "the examples that are placed in a plot",
  ),
  image: entry(TEST_IMAGE, 0, MODEL, MODEL, "the test image that is reconstructed"),
  from: entry(TEST_IMAGE, 0, MODEL, MODEL, "the test image that an interpolation begins with"),
  to: entry(TEST_IMAGE, 1, MODEL, MODEL, "the one that it ends with"),
  t: entry(number(0, 1), 0.5, MODEL, MODEL, "how far it has come"),
  path: entry(among("spherical", "linear"), "spherical", MODEL, MODEL, "how it goes through the latent space"),
  text: entry(
    { parse: (text: string) => text, expected: "a text", shape: TEXT },
    null,
    MODEL,
    MODEL,
    "what the model reads",
  ),
  lines: entry(
    { parse: (text: string) => text, expected: "texts, one a line or with ` | ` between them", shape: TEXT },
    null,
    MODEL,
    MODEL,
    "what a sentence is compared with",
  ),
  source: entry(word("the code of a language, or `digits`"), null, MODEL, MODEL, "the language of a text to translate"),
  target: entry(word("the code of a language, or `digits`"), null, MODEL, MODEL, "the language to translate it into"),
  layer: entry(integer(1, 64), 1, MODEL, MODEL, "the layer whose attention is shown"),
  head: entry(integer(1, 64), 1, MODEL, MODEL, "the head of it"),
  backend: entry(
    among("auto", "webgpu", "cpu"),
    "auto",
    BOTH,
    ["model", "frame"],
    "`auto` begins on the processor, and goes to a real graphics card where a short trial finds it faster",
  ),
  controls: entry(
    among("full", "few", "none", "table"),
    null,
    BOTH,
    FRAME,
    "how much there is besides the picture; `table`, of the lab: the numbers alone",
  ),
} as const;

export type Name = keyof typeof ATTRIBUTES;
/** What an attribute stands for. */
export type Value<N extends Name> = (typeof ATTRIBUTES)[N] extends Attribute<infer T> ? T : never;

/** Other names of attributes and options. HTML gives `hidden` to every element, so that option goes by another. */
const ALIASES: readonly (readonly [option: string, attribute: string])[] = [
  ["hidden", "hidden-units"],
  ["plot", "look"],
];

/** The attribute, and the name in a link, of an option or a parameter. */
export const attributeOf = (option: string) => (option === "hidden" ? "hidden-units" : option.replaceAll("_", "-"));

/** The option or parameter that an attribute is about. */
export const optionOf = (attribute: string) => {
  const name = attribute.replaceAll("_", "-");
  return ALIASES.find(([, a]) => a === name)?.[0] ?? name.replaceAll("-", "_");
};

/** Whether an element has this attribute by declaration. */
export const declared = (name: string, kind: Kind): name is Name =>
  Object.hasOwn(ATTRIBUTES, name) && (ATTRIBUTES[name as Name].of as readonly Kind[]).includes(kind);

/** What a text says for an attribute, or what holds without one; throws what is wrong with it. */
export function read<N extends Name>(name: N, text: string | null | undefined): Value<N> {
  const attribute = ATTRIBUTES[name] as unknown as Attribute<Value<N>>;
  if (text === null || text === undefined) return attribute.fallback;
  const value = attribute.parse(text);
  if (value === undefined) throw badOption(name, text, `${plain(attribute.expected)} is expected`);
  return value;
}

const plain = (text: string) => text.replaceAll("`", "");

/**
 * How Lit declares the attributes of an element as properties: each is reflected, so that there is one place to look.
 */
export function properties(kind: Kind) {
  const converter = {
    fromAttribute: (text: string | null) => text,
    toAttribute: (value: unknown) => (value === false || value === null || value === undefined ? null : text(value)),
  };
  const text = (value: unknown) => (value === true ? "" : Array.isArray(value) ? value.join(" ") : String(value));
  const names = (Object.keys(ATTRIBUTES) as Name[]).filter((name) => declared(name, kind));
  return Object.fromEntries(names.map((name) => [name, { attribute: name, reflect: true, converter }]));
}

/** The table of the README. */
export function table(): string {
  const rows = Object.entries(ATTRIBUTES).map(([name, { expected, fallback, of, doc }]) => {
    const standard = fallback === null || fallback === false ? "" : ` (${fallback === true ? "on" : fallback})`;
    const where = of.length === 2 ? "" : of[0] === "lab" ? "; only the lab" : "";
    return `| \`${name}\` | ${expected}${standard} | ${doc}${where} |`;
  });
  return ["| attribute | values | what it does |", "|---|---|---|", ...rows].join("\n");
}

import type { ErrorInfo, FamilyInfo, FamilySpace, JsonSchema, ModelInfo, Size, SpaceKind } from "../client/protocol";
import { fieldsOf, type Field } from "../client/schema";
import type { Body, Session } from "../client/session";
import { isGuest } from "./panel";
import { Gallery } from "./pictures/gallery";
import { Corpus } from "./text/corpus";

export type Values = Record<string, unknown>;
export type Scope = "config" | "train" | "text" | "pictures";
const none = <T>(make: () => T): Record<Scope, T> => ({
  config: make(),
  train: make(),
  text: make(),
  pictures: make(),
});

/** Where training stops by itself: at a step, or after so many seconds of computing. */
export interface Budget {
  steps: number | null;
  seconds: number | null;
}

/** What is to be learned, where the element decides that rather than a text that is chosen. */
export interface Task {
  data: string;
  dataOptions: Values;
  seed: number;
}

/** What the wishes ask of their element. */
export interface WishesHost {
  /** What is to be learned, unless it is a text. */
  task(): Task;
  /** Something is to be rendered again. */
  requestUpdate(): void;
  /** Something that a link carries is another. */
  changed(): void;
  announce(name: string, detail: unknown): void;
}

/** Options of a text that are about its tokens. */
const TOKENS: readonly string[] = ["tokens", "vocabulary"];

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What is wished for the next model and its training: options by scope, a size, data, a seed, a budget. */
export abstract class Wishes {
  /** Options that differ from the family's own for this data. */
  drafts: Record<Scope, Values> = none(() => ({}));
  /** Errors of the form, by field. */
  errors = new Map<string, ErrorInfo>();
  fields: Record<Scope, Field[]> = none(() => []);
  family = "vae";
  /** The family whose models it goes on from, if it does not make new ones. */
  from: string | undefined;
  /** Sizes to begin with, if the family has some, and the chosen one; options stand against it. */
  sizes: Size[] = [];
  size: Size | undefined;
  /** What a family of texts learns from. */
  corpus: Corpus | undefined;
  /** What a family of images learns from. */
  gallery: Gallery | undefined;
  /** Without an end by default. */
  budget: Budget = { steps: null, seconds: null };
  #space: FamilySpace | undefined;

  abstract session: Session | undefined;
  abstract info: ModelInfo | undefined;

  constructor(private readonly owner: WishesHost) {}

  /** Makes the forms follow a family's declarations, for data of a kind. */
  describe(
    { id, configSchema, spaces, capabilities, from }: FamilyInfo,
    train: JsonSchema,
    text: JsonSchema,
    kind?: SpaceKind,
    pictures: JsonSchema = {},
  ) {
    this.family = id;
    this.from = from;
    this.#space = spaces.find((s) => s.kind === kind) ?? spaces[0];
    this.fields = {
      config: fieldsOf(configSchema, kind ?? this.#space?.kind),
      train: fieldsOf(train, kind ?? this.#space?.kind, this.#space?.train),
      // What a token is, the model at hand has decided.
      text: capabilities.language ? fieldsOf(text).filter(({ name }) => !from || !TOKENS.includes(name)) : [],
      pictures: this.#space?.kind === "image" ? fieldsOf(pictures) : [],
    };
    this.sizes = this.#space?.sizes ?? [];
    if (!this.sizes.some((s) => s.id === this.size?.id)) this.size = this.sizes[0];
    const own = this.#space?.kind === "pairs" || this.#space?.kind === "episodes" ? this.#space.kind : undefined;
    const of = own ?? (capabilities.language ? "text" : undefined);
    const before = this.corpus?.kind === of ? this.corpus : undefined;
    this.corpus = of && (before ?? new Corpus(this.#library, () => (own ? {} : this.drafts.text), of));
    this.gallery =
      this.#space?.kind === "image"
        ? (this.gallery ?? new Gallery(this.#library, () => this.#pictureOptions))
        : undefined;
  }

  /** How pictures are to be taken: in grey, unless it is asked for otherwise, where the family knows no colours. */
  get #pictureOptions(): Values {
    return { ...(this.#space?.colour ? {} : { colour: "grey" }), ...this.drafts.pictures };
  }

  /** What the choice of a text or of pictures asks for. */
  get #library() {
    const { owner } = this;
    const session = () => this.session;
    return {
      get session() {
        return session();
      },
      requestUpdate: () => owner.requestUpdate(),
      changed: () => owner.changed(),
      announce: (name: string, detail: unknown) => owner.announce(name, detail),
    };
  }

  /** What an option is when nobody wishes for another. */
  base(scope: Scope, { name, fallback }: Field): unknown {
    if (scope === "pictures") return this.#pictureOptions[name] ?? fallback;
    if (scope === "text") return fallback;
    const size = scope === "config" ? (this.size?.config as Values | undefined) : undefined;
    return size?.[name] ?? (this.#space?.[scope] as Values | undefined)?.[name] ?? fallback;
  }

  /** The value that a form shows: what is wished for, else the default. */
  value(scope: Scope, field: Field): unknown {
    return this.drafts[scope][field.name] ?? this.base(scope, field);
  }

  /** Another size: wishes that it speaks of are gone. */
  resize(id: string) {
    const size = this.sizes.find((s) => s.id === id);
    if (!size) return;
    this.size = size;
    for (const name of Object.keys(size.config)) delete this.drafts.config[name];
    this.owner.changed();
  }

  /** What a new model would be made of, as it is now. */
  wished(): Body {
    const { size, drafts, corpus, gallery, family } = this;
    const { data, dataOptions, seed } = this.owner.task();
    const text = corpus && !corpus.pairs;
    const body = {
      family,
      config: { ...size?.config, ...drafts.config },
      train: { ...drafts.train },
      data: text ? (corpus.info?.name ?? "") : (corpus?.info?.name ?? corpus?.made ?? gallery?.choice ?? data),
      dataOptions: text
        ? { ...drafts.text }
        : corpus?.kind === "episodes" && corpus.info
          ? { expert: corpus.expert }
          : { ...dataOptions },
      seed,
    };
    return JSON.parse(JSON.stringify(body)) as Body;
  }

  /** Whether what is wished for is another model than the one at hand, which is the reader's. */
  protected differs(info: ModelInfo): boolean {
    const { data } = this.wished();
    return (
      this.fields.config.some((f) => f.name in info.config && !same(this.value("config", f), info.config[f.name])) ||
      (!!data && data !== info.data)
    );
  }

  /** Takes values as text, from a form, an attribute or a link; Rust says whether they hold. */
  protected async take(scope: Scope, entries: [string, string][]): Promise<{ values: Values; errors: ErrorInfo[] }> {
    const { session } = this;
    if (!session) return { values: {}, errors: [] };
    const { values, errors } = await session.check(scope, this.family, entries);
    for (const [name, text] of entries) {
      const error =
        name in values
          ? undefined
          : (errors.find((e) => e.message.includes(name) || e.message.includes(text)) ?? errors[0]);
      if (error) this.errors.set(`${scope}.${name}`, error);
      else this.errors.delete(`${scope}.${name}`);
    }
    for (const [name, value] of Object.entries(values)) this.#draft(scope, name, value);
    return { values, errors };
  }

  #draft(scope: Scope, name: string, value: unknown) {
    const field = this.fields[scope].find((f) => f.name === name);
    if (field && same(this.base(scope, field), value)) delete this.drafts[scope][name];
    else this.drafts[scope][name] = value;
  }

  /** A model that came from elsewhere: its options are what the next one would have. */
  protected follow({ family, config, train, data }: ModelInfo) {
    this.drafts = { ...none(() => ({})), pictures: this.drafts.pictures };
    // What is said of a model of another program are no options.
    for (const [name, value] of isGuest(family) ? [] : Object.entries(config)) this.#draft("config", name, value);
    for (const { name } of this.fields.train) if (name in train) this.#draft("train", name, train[name]);
    this.errors.clear();
    if (this.corpus?.own?.name !== data) this.corpus?.prefer(data);
    this.gallery?.prefer(data);
  }

  /** Wished-for options that differ from the defaults, for the URL. */
  links(): Record<string, string> {
    const state: Record<string, string> = {};
    if (this.size && this.size !== this.sizes[0]) state["size"] = this.size.id;
    for (const scope of ["config", "train", "text"] as const) {
      for (const f of this.fields[scope]) {
        const value = this.drafts[scope][f.name];
        if (value !== undefined && !same(value, this.base(scope, f))) state[f.name] = String(value);
      }
    }
    return state;
  }
}

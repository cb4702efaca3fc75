import type { ErrorInfo, FamilyInfo, FamilySpace, JsonSchema, ModelInfo, Size, TrainState } from "../client/protocol";
import type { Field } from "../client/schema";
import { fieldsOf } from "../client/schema";
import { Keeper, type Kept } from "../client/store";
import { figure, type Host } from "./panel";
import { Corpus } from "./text/corpus";

type Values = Record<string, unknown>;
export type Scope = "config" | "train" | "text";
const none = <T>(make: () => T): Record<Scope, T> => ({ config: make(), train: make(), text: make() });

/** Steps a second that can be chosen; null is as fast as it goes. */
export const RATES: readonly (number | null)[] = [1, 3, 10, 30, 100, null];

/** The training of one element: what is wished for, what is running, and what is kept. */
export class Trainer {
  /** Options wished for the next model, for the training, and for the text. */
  drafts: Record<Scope, Values> = none(() => ({}));
  /** Errors of the form, by field. */
  errors = new Map<string, ErrorInfo>();
  fields: Record<Scope, Field[]> = none(() => []);
  family = "vae";
  /** Sizes to begin with, if the family has some, and the chosen one; options stand against it. */
  sizes: Size[] = [];
  size: Size | undefined;
  /** What a family of texts learns from. */
  corpus: Corpus | undefined;
  rate: number | null = null;
  running = false;
  /** Paused because nobody can see it. */
  suspended = false;
  /** The model in place was made or is being trained here. */
  own = false;
  /** What an earlier visit left. */
  kept: Kept | undefined;
  #space: FamilySpace | undefined;
  #keeper: Keeper;
  #loop: Promise<void> = Promise.resolve();
  #wish = 0;

  constructor(
    private readonly host: Host,
    key: string,
  ) {
    this.#keeper = new Keeper(key, (e) => host.report(e));
  }

  describe({ id, configSchema, spaces, capabilities }: FamilyInfo, train: JsonSchema, text: JsonSchema) {
    this.family = id;
    const { language } = capabilities;
    this.#space = spaces[0];
    this.fields = {
      config: fieldsOf(configSchema),
      train: fieldsOf(train, spaces[0]?.kind),
      text: language ? fieldsOf(text) : [],
    };
    this.sizes = spaces[0]?.sizes ?? [];
    if (!this.sizes.some((s) => s.id === this.size?.id)) this.size = this.sizes[0];
    this.corpus = language ? (this.corpus ?? new Corpus(this.host, () => this.drafts.text)) : undefined;
  }

  /** What an option is when nobody wishes for another. */
  #base(scope: Scope, field: Field): unknown {
    if (scope === "text") return field.fallback;
    const size = scope === "config" ? (this.size?.config as Values | undefined) : undefined;
    return size?.[field.name] ?? (this.#space?.[scope] as Values | undefined)?.[field.name] ?? field.fallback;
  }

  /** Another size: wishes that it speaks of are gone. */
  resize(id: string) {
    const size = this.sizes.find((s) => s.id === id);
    if (!size) return;
    this.size = size;
    for (const name of Object.keys(size.config)) delete this.drafts.config[name];
    this.host.changed();
  }

  /** What a new model would be made of. */
  wished() {
    const { size, drafts, corpus } = this;
    return {
      family: this.family,
      config: { ...size?.config, ...drafts.config },
      train: { ...drafts.train },
      data: corpus ? (corpus.info?.name ?? "") : (this.host.info?.data ?? ""),
      dataOptions: corpus ? { ...drafts.text } : {},
    };
  }

  /** Looks for a training of an earlier visit. */
  async look() {
    this.kept = await this.#keeper.read();
    if (this.kept) this.host.requestUpdate();
  }

  /** Values that a form shows: wished for, else of the model at hand, else the default. */
  value(scope: Scope, field: Field): unknown {
    const model = this.own && !this.sizes.length ? this.host.info : undefined;
    return (
      this.drafts[scope][field.name] ??
      (scope === "text" ? undefined : model?.[scope])?.[field.name] ??
      this.#base(scope, field)
    );
  }

  /** A value from the form, an attribute or the URL; Rust says whether it holds. */
  async wish(scope: Scope, entries: [string, string][]): Promise<ErrorInfo[]> {
    const { session } = this.host;
    if (!session) return [];
    const { values, errors } = await session.check(scope, this.family, entries);
    for (const [name] of entries) {
      const error =
        errors.find((e) => e.message.includes(name)) ??
        (errors.length === 1 && entries.length === 1 ? errors[0] : undefined);
      if (error) this.errors.set(`${scope}.${name}`, error);
      else this.errors.delete(`${scope}.${name}`);
    }
    for (const [name] of entries) if (name in values) this.drafts[scope][name] = values[name];
    if (scope === "train" && this.own && Object.keys(values).length) await session.setTrain(values);
    if (scope === "text" && Object.keys(values).length && this.corpus?.info) await this.corpus.again();
    this.host.changed();
    this.host.requestUpdate();
    return errors;
  }

  /** Whether the wished-for config is another than that of the model in training. */
  get stale(): boolean {
    const { info } = this.host;
    if (!this.own || !info) return false;
    const { config, data } = this.wished();
    return Object.entries(config).some(([k, v]) => info.config[k] !== v) || (!!data && data !== info.data);
  }

  /** Puts an untrained model in place. */
  async create(): Promise<void> {
    const { session, info } = this.host;
    if (!session) return;
    await this.pause();
    await this.corpus?.open();
    if (this.corpus ? !this.corpus.info : !info) return;
    // An option left alone takes the family's default, not that of the model at hand.
    await session.create({ ...this.wished(), seed: this.host.settled.seed });
    // The new model need not know the letters of a prompt for the one before.
    if (this.corpus) this.host.removeAttribute("prompt");
    this.#begin();
  }

  #begin() {
    this.own = true;
    this.kept = undefined;
    const { corpus } = this;
    if (corpus) void this.#keeper.saveText(corpus.own?.name === this.host.info?.data ? corpus.own : undefined);
    this.host.changed();
  }

  /** Trains until paused. */
  async play(): Promise<void> {
    if (this.running) return;
    if (!this.own) await this.create();
    this.#go(null);
  }

  /** Trains for so many steps. */
  async step(steps: number): Promise<void> {
    if (!this.own) await this.create();
    await this.pause();
    this.#go(steps);
    await this.#loop;
  }

  #go(steps: number | null) {
    const { session } = this.host;
    if (!session || !this.own) return;
    const wish = ++this.#wish;
    this.running = true;
    this.suspended = false;
    this.host.requestUpdate();
    this.#loop = session
      .train({ steps, rate: this.rate })
      .then(
        () => undefined,
        (e: unknown) => this.host.report(e),
      )
      .finally(() => {
        if (wish !== this.#wish) return;
        this.running = false;
        this.host.requestUpdate();
      });
  }

  /** Stops after the step under way. */
  async pause(): Promise<void> {
    this.suspended = false;
    if (!this.running) return;
    await this.#halt();
  }

  async #halt() {
    this.#wish++;
    this.running = false;
    await this.host.session?.pause();
    await this.#loop;
    this.host.requestUpdate();
  }

  /** Another speed, at once. */
  async setRate(rate: number | null) {
    this.rate = rate;
    if (this.running) {
      await this.#halt();
      this.#go(null);
    }
    this.host.requestUpdate();
  }

  /** Nobody can see it, or somebody can again. */
  async watch(seen: boolean) {
    if (!seen && this.running) {
      await this.#halt();
      this.suspended = true;
      this.host.requestUpdate();
    } else if (seen && this.suspended) {
      this.#go(null);
    }
  }

  /** Goes on with what an earlier visit left. */
  async resume(): Promise<void> {
    const { session } = this.host;
    if (!session || !this.kept) return;
    const { bytes, text } = this.kept;
    let info: ModelInfo;
    try {
      info = await session.open(bytes, null);
    } catch (e) {
      await this.discard();
      throw e;
    }
    // Opening has made the family known, and with it that there is a text to learn from.
    if (text?.name === info.data) {
      this.corpus?.adopt(text);
      await session.loadText({ name: text.name, bytes: text.bytes, sha256: null, options: text.options });
    }
    await this.adopt(info);
  }

  /** A model from a file or an earlier visit is the reader's own and can be trained on. */
  async adopt(info: ModelInfo) {
    await this.pause();
    this.drafts = { ...none(() => ({})), config: { ...info.config }, train: { ...info.train } };
    this.errors.clear();
    if (this.corpus?.own?.name !== info.data) this.corpus?.prefer(info.data);
    this.#begin();
  }

  /** Wished-for options that differ from the defaults, for the URL. */
  state(): Record<string, string> {
    const state: Record<string, string> = {};
    if (this.size && this.size !== this.sizes[0]) state["size"] = this.size.id;
    for (const scope of ["config", "train", "text"] as const) {
      for (const f of this.fields[scope]) {
        const value = this.drafts[scope][f.name];
        if (value !== undefined && value !== this.#base(scope, f)) state[f.name] = String(value);
      }
    }
    return state;
  }

  async discard() {
    this.kept = undefined;
    this.host.requestUpdate();
    await this.#keeper.forget();
  }

  /** A snapshot came from the worker. */
  keep(step: number, bytes: Uint8Array) {
    void this.#keeper.save(step, bytes);
  }

  /** Another model takes the place of the one in training. */
  leave() {
    this.own = false;
    this.#keeper.release();
  }

  dispose() {
    this.#wish++;
    this.running = false;
    this.#keeper.release();
  }

  /** Where it stands, in words. */
  status(info: ModelInfo): string {
    const s: TrainState = info.state;
    const of = this.size ? ` of about ${figure(this.size.steps)}` : "";
    const where = `step ${figure(s.step)}${s.step < (this.size?.steps ?? 0) ? of : ""}, epoch ${figure(s.epoch, 1)}`;
    if (this.suspended) return `Waiting at ${where} while out of sight`;
    if (this.running)
      return s.rate > 0 ? `${capital(where)}, ${figure(s.rate, s.rate < 10 ? 1 : 0)} steps a second` : "Starting…";
    return `Paused at ${where}`;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

import type { ErrorInfo, JsonSchema, ModelInfo, TrainState } from "../client/protocol";
import type { Field } from "../client/schema";
import { fieldsOf } from "../client/schema";
import { Keeper, type Kept } from "../client/store";
import { figure, type Host } from "./panel";

type Values = Record<string, unknown>;
export type Scope = "config" | "train";

/** Steps a second that can be chosen; null is as fast as it goes. */
export const RATES: readonly (number | null)[] = [1, 3, 10, 30, 100, null];

/** The training of one element: what is wished for, what is running, and what is kept. */
export class Trainer {
  /** Options wished for the next model, and for the training. */
  drafts: Record<Scope, Values> = { config: {}, train: {} };
  /** Errors of the form, by field. */
  errors = new Map<string, ErrorInfo>();
  fields: Record<Scope, Field[]> = { config: [], train: [] };
  family = "vae";
  rate: number | null = null;
  running = false;
  /** Paused because nobody can see it. */
  suspended = false;
  /** The model in place was made or is being trained here. */
  own = false;
  /** What an earlier visit left. */
  kept: Kept | undefined;
  #keeper: Keeper;
  #loop: Promise<void> = Promise.resolve();
  #wish = 0;

  constructor(private readonly host: Host, key: string) {
    this.#keeper = new Keeper(key, (e) => host.report(e));
  }

  describe(family: string, config: JsonSchema, train: JsonSchema) {
    this.family = family;
    this.fields = { config: fieldsOf(config), train: fieldsOf(train) };
  }

  /** Looks for a training of an earlier visit. */
  async look() {
    this.kept = await this.#keeper.read();
    if (this.kept) this.host.requestUpdate();
  }

  /** Values that a form shows: wished for, else of the model at hand, else the default. */
  value(scope: Scope, field: Field): unknown {
    const model = this.own ? this.host.info : undefined;
    return this.drafts[scope][field.name] ?? (scope === "config" ? model?.config : model?.train)?.[field.name] ?? field.fallback;
  }

  /** A value from the form, an attribute or the URL; Rust says whether it holds. */
  async wish(scope: Scope, entries: [string, string][]): Promise<ErrorInfo[]> {
    const { session } = this.host;
    if (!session) return [];
    const { values, errors } = await session.check(scope, this.family, entries);
    for (const [name] of entries) {
      const error = errors.find((e) => e.message.includes(name)) ?? (errors.length === 1 && entries.length === 1 ? errors[0] : undefined);
      if (error) this.errors.set(`${scope}.${name}`, error);
      else this.errors.delete(`${scope}.${name}`);
    }
    for (const [name] of entries) if (name in values) this.drafts[scope][name] = values[name];
    if (scope === "train" && this.own && Object.keys(values).length) await session.setTrain(values);
    this.host.changed();
    this.host.requestUpdate();
    return errors;
  }

  /** Whether the wished-for config is another than that of the model in training. */
  get stale(): boolean {
    const config = this.host.info?.config;
    return this.own && !!config && Object.entries(this.drafts.config).some(([k, v]) => config[k] !== v);
  }

  /** Puts an untrained model in place. */
  async create(): Promise<void> {
    const { session, info } = this.host;
    if (!session || !info) return;
    await this.pause();
    // An option left alone takes the family's default, not that of the model at hand.
    await session.create({ family: this.family, config: { ...this.drafts.config }, train: { ...this.drafts.train }, dataOptions: {}, data: info.data, seed: this.host.settled.seed });
    this.own = true;
    this.kept = undefined;
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
    this.#loop = session.train({ steps, rate: this.rate })
      .then(() => undefined, (e: unknown) => this.host.report(e))
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
    const { bytes } = this.kept;
    try {
      await session.open(bytes, null);
    } catch (e) {
      await this.discard();
      throw e;
    }
    if (this.host.info) await this.adopt(this.host.info);
  }

  /** A model from a file or an earlier visit is the reader's own and can be trained on. */
  async adopt(info: ModelInfo) {
    await this.pause();
    this.drafts = { config: { ...info.config }, train: { ...info.train } };
    this.errors.clear();
    this.own = true;
    this.kept = undefined;
    this.host.changed();
  }

  /** Wished-for options that differ from the defaults, for the URL. */
  state(): Record<string, string> {
    const state: Record<string, string> = {};
    for (const scope of ["config", "train"] as const) {
      for (const f of this.fields[scope]) {
        const value = this.drafts[scope][f.name];
        if (value !== undefined && value !== f.fallback) state[f.name] = String(value);
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
    const where = `step ${figure(s.step)}, epoch ${figure(s.epoch, 1)}`;
    if (this.suspended) return `Waiting at ${where} while out of sight`;
    if (this.running) return s.rate > 0 ? `${capital(where)}, ${figure(s.rate, s.rate < 10 ? 1 : 0)} steps a second` : "Starting…";
    return `Paused at ${where}`;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

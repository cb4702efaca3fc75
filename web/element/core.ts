import {
  LitElement,
  html,
  nothing,
  unsafeCSS,
  type CSSResultGroup,
  type ReactiveController,
  type TemplateResult,
} from "lit";
import { PlaygroundError, problem } from "../client/errors";
import { unloadedWith } from "../client/refusals";
import { spawnAhead } from "../client/spawn";
import { tagAt, wordsOf } from "../lang/speech";
import { ENGLISH } from "../lang/words";
import { properties, read, type Kind } from "./attributes";
import { keepKeys } from "./keys";
import { unhide } from "./names";
import { parts } from "./parts";
import { Presence, type Present } from "./presence";
import styles from "./element.css";
import reserved from "./reserve.css";
import labStyles from "./lab/lab.css";
import labReserved from "./lab/reserve.css";

type Grown = LitElement & Present & Record<string, (...args: unknown[]) => unknown>;
type Class = (new () => LitElement) & { observedAttributes: string[]; elementStyles: readonly unknown[] };

/** What may be set on an element before it has an accessor for it. */
const CARRIED = ["linked", "backend"];

/** The element that is growing up: what the constructor of its class at work is given as `this`. */
let growing: LitElement | undefined;
const waiting: ReactiveController[] = [];

/**
 * An element before it is near or touched: attributes, room and poster. Then the class that does the work is fetched,
 * and the element becomes one of that class where it stands (`become`).
 */
export abstract class Core extends LitElement implements Present {
  /** Fetches the class that does the work. */
  protected abstract work(): Promise<unknown>;
  /** What was asked of it before it could do anything. */
  #asked: (() => void)[] = [];
  #coming: Promise<void> | undefined;
  /** Why the class did not come. */
  #failed: PlaygroundError | undefined;
  #words = ENGLISH;
  /** Near the viewport of a visible tab; nothing before that is known. */
  #near: boolean | undefined;

  constructor() {
    super();
    new Presence(this);
  }

  /** Those that come while it grows have to wait until it has. */
  override addController(controller: ReactiveController) {
    if (growing === this) waiting.push(controller);
    else super.addController(controller);
  }

  protected override createRenderRoot() {
    const root = super.createRenderRoot();
    root.addEventListener("keydown", (event) => keepKeys(event as KeyboardEvent));
    return root;
  }

  override connectedCallback() {
    unhide(this);
    super.connectedCallback();
  }

  // ---- What presence tells

  seen(seen: boolean) {
    this.#near = seen;
    if (seen && !this.#failed) this.#grow().catch(() => undefined); // It is told where the element stands.
  }
  redraw(_recolour: boolean) {}
  attributed(names: string[]) {
    if (names.includes("hidden")) unhide(this);
  }
  get precious() {
    return this.#coming !== undefined && this.#asked.length > 0;
  }
  gone() {}

  // ---- Growing up

  /**
   * Asks something of the element at work, before anything that its place in the page has it do. If it does not come,
   * that is told as an error, and there is no answer.
   */
  protected ask(method: string, args: unknown[]): Promise<unknown> {
    return new Promise((resolve) => {
      this.#asked.push(() => resolve((this as unknown as Grown)[method]?.(...args)));
      this.#grow().catch(() => resolve(undefined));
    });
  }

  /** An error of the page's, which the element tells as soon as it can speak. */
  report(...args: unknown[]) {
    this.#asked.push(() => (this as unknown as Grown)["report"]?.(...args));
  }

  #grow(): Promise<void> {
    return (this.#coming ??= this.#fetch());
  }

  async #fetch(): Promise<void> {
    this.#failed = undefined;
    try {
      const work = this.work();
      this.#hurry();
      const made = await work;
      if (this.isConnected) await this.updateComplete;
      this.#become(made as Class);
      // What was set is taken first.
      if (this.hasUpdated) await this.updateComplete;
    } catch (e) {
      this.#coming = undefined;
      this.#asked = [];
      this.#words = await wordsOf(tagAt(this));
      const error = new PlaygroundError({ ...this.#words.error(infoOf(await reasonOf(e))) });
      this.#failed = error;
      this.requestUpdate();
      this.dispatchEvent(new CustomEvent("error", { detail: infoOf(error), bubbles: true, composed: true }));
      throw error;
    }
    for (const asked of this.#asked.splice(0)) asked();
    if (this.#near !== undefined && this.isConnected) this.seen(this.#near);
  }

  /** The worker's module is by far the largest part: it comes while the code of the class does, not after it. */
  #hurry() {
    const wished = (this as { backend?: unknown }).backend ?? this.getAttribute("backend");
    try {
      spawnAhead(read("backend", typeof wished === "string" ? wished : null));
    } catch {
      // No back end; the element at work will say so.
    }
  }

  /** Becomes an element of another class, with all that was set on it. */
  #become(made: Class) {
    const own = this as Record<PropertyKey, unknown>;
    const carried = CARRIED.filter((name) => Object.hasOwn(own, name)).map((name) => [name, own[name]] as const);
    for (const [name] of carried) delete own[name];
    const before = new Set((this.constructor as unknown as Class).elementStyles);
    void made.observedAttributes; // Lit makes its tables when it is asked for them.
    Object.setPrototypeOf(this, made.prototype as object);
    growing = this;
    try {
      new made();
    } finally {
      growing = undefined;
    }
    for (const controller of waiting.splice(0)) this.addController(controller);
    Object.assign(this, Object.fromEntries(carried));
    for (const sheet of made.elementStyles as { styleSheet?: CSSStyleSheet }[])
      if (sheet.styleSheet && !before.has(sheet)) this.shadowRoot?.adoptedStyleSheets.push(sheet.styleSheet);
    for (const name of (made as unknown as typeof LitElement).elementProperties.keys())
      if (own[name] !== null && own[name] !== undefined) this.requestUpdate(name, undefined);
    this.requestUpdate();
  }

  // ---- What is seen until then

  /** Tries again what did not come. */
  #again = () => {
    this.#failed = undefined;
    this.requestUpdate();
    this.#grow().catch(() => undefined);
  };

  protected alert(): TemplateResult | typeof nothing {
    if (!this.#failed) return nothing;
    const { code, message, hint } = this.#failed;
    return html`<div class="notices" part="notices" role="alert">
      <div class="notice" data-code=${code}>
        <p><code>${code}</code> ${message} ${hint}</p>
        <button type="button" @click=${this.#again}>${this.#words.say("tryAgain")}</button>
      </div>
    </div>`;
  }
}

/** The base of a class that elements grow into: it makes no element of its own but takes the one that is there. */
export function grown<T extends typeof Core>(core: T): T {
  const Base = function () {
    if (!growing) throw new TypeError();
    return growing;
  } as unknown as T;
  Object.setPrototypeOf(Base, core);
  Base.prototype = core.prototype;
  return Base;
}

const infoOf = ({ code, message, hint, recoverable }: PlaygroundError) => ({ code, message, hint, recoverable });

/** Why the code did not come. */
async function reasonOf(thrown: unknown): Promise<PlaygroundError> {
  if (thrown instanceof PlaygroundError) return thrown;
  // Browsers name the file, each in words of its own.
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  const name = /https?:\S+?\.js/.exec(said)?.[0];
  const error = name ? await unloadedWith(new URL(name)).catch(() => undefined) : undefined;
  if (error) return error;
  return problem(
    "fetch-failed",
    `The playground's code could not be loaded: ${said}.`,
    "Check the connection, then try again.",
  );
}

/** `<generative-model>` before it is near or touched. */
export class ModelCore extends Core {
  static override properties = properties("model");
  static override styles: CSSResultGroup = [unsafeCSS(styles), unsafeCSS(reserved)];

  protected work() {
    return parts.model();
  }

  /** As high as the figure will be, with the poster where the first picture will be. */
  protected override render(): TemplateResult {
    const body = html`<div class="body waiting" part="stage">
      <div class="poster"><slot name="poster"></slot></div>
    </div>`;
    if (this.getAttribute("controls") === "none")
      return html`<div class="frame bare" part="frame">${body}${this.alert()}</div>`;
    return html`<div class="frame early" part="frame">
      ${this.alert()}
      <div id="panel">${body}</div>
    </div>`;
  }
}

/** `<generative-lab>` before it is near or touched. */
export class LabCore extends Core {
  // The back end is asked for by its meaning, so its property has accessors of its own.
  static override properties = { ...properties("lab"), backend: { noAccessor: true, attribute: false } };
  static override styles: CSSResultGroup = [styles, labReserved, labStyles].map((sheet) => unsafeCSS(sheet));

  protected work() {
    return parts.lab();
  }

  protected override render(): TemplateResult {
    const level = this.getAttribute("controls");
    if (level === "few" || level === "none") return html`<div class=${`lab ${level}`}>${this.alert()}</div>`;
    return html`<section class="lab frame early">${this.alert()}</section>`;
  }
}

/** The methods of the elements at work, which may be called before. */
const METHODS: Record<Kind, readonly string[]> = {
  model: [
    ...["load", "play", "pause", "step", "reset", "sample", "exportCheckpoint", "snapshot", "importCheckpoint"],
    ...["fireDrill", "rest"],
  ],
  lab: ["load", "play", "pause", "step", "restart", "reset"],
};
for (const [kind, core] of Object.entries({ model: ModelCore, lab: LabCore }) as [Kind, typeof Core][])
  for (const name of METHODS[kind])
    Object.defineProperty(core.prototype, name, {
      configurable: true,
      writable: true,
      value(this: { ask(method: string, args: unknown[]): unknown }, ...args: unknown[]) {
        return this.ask(name, args);
      },
    });

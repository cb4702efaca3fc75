/** The workbench: attributes of an element in a form, the element that they make, and what there is to paste. */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { siteManifest } from "../client/site";
import { siteTexts } from "../client/texts";
import type { ErrorInfo, OptionScope } from "../client/protocol";
import { PlaygroundError } from "../client/errors";
import type { Kind, Name } from "../element/attributes";
import { field, segments } from "../element/form";
import type { GenerativeModel } from "../element/generative-model";
import type { GenerativeLab } from "../element/lab/generative-lab";
import { snippets, type Snippets } from "../element/share/snippets";
import { tagAt, wordsOf as spoken } from "../lang/speech";
import { ENGLISH, type Words } from "../lang/words";
import { attributeFields, optionFields, type Entry, type Known } from "./fields";
import { asWritten, fromAddress, idle, toAddress, type State } from "./state";
import { helpOf, wordsOf, type Say } from "./words";

type Live = GenerativeModel | GenerativeLab;
type Output = "element" | "frame" | "markdown" | "link";

/** Attributes that most snippets are made of; the others are folded away. */
const USUAL = ["model", "family", "preset", "data", "size", "view", "plot", "seed", "count", "controls"];
/** What is shown to begin with. */
const START = new Map([
  ["model", "vae-mnist-2d"],
  ["view", "latent"],
]);
/** After this many milliseconds without a change, the address says what is chosen. */
const REST = 300;

class Workbench extends LitElement {
  #state: State = { kind: "model", values: new Map() };
  #refused: string[] = [];
  #errors = new Map<string, ErrorInfo>();
  #known: Known = { kind: "model", models: [], texts: [], images: [] };
  #live: Live | undefined;
  #output: Output = "element";
  #told = "";
  #touched = false;
  #words: Words = ENGLISH;
  #say: Say = wordsOf("en");
  #writing: ReturnType<typeof setTimeout> | undefined;
  /** Counts the checks, of which the newest counts. */
  #asked = 0;

  /** The page's own styles are for it as well. */
  protected override createRenderRoot() {
    return this;
  }

  override connectedCallback() {
    super.connectedCallback();
    const tag = tagAt(this);
    this.#say = wordsOf(tag);
    void Promise.resolve(spoken(tag)).then((words) => {
      this.#words = words;
      this.requestUpdate();
    });
    const { state, refused } = fromAddress(location.search);
    this.#refused = refused;
    this.#begin(state.values.size || state.kind === "lab" ? state : { kind: "model", values: new Map(START) });
    void this.#lists();
  }

  async #lists() {
    const [site, texts] = await Promise.all([siteManifest(), siteTexts()]).catch(() => [undefined, []] as const);
    this.#known = { ...this.#known, models: site?.models ?? [], images: site?.data ?? [], texts };
    await this.#check();
  }

  /** Another element, with what it is to say. */
  #begin(state: State) {
    this.#state = state;
    this.#errors.clear();
    this.#touched = false;
    this.#known = { ...this.#known, kind: state.kind, description: undefined, family: undefined, session: undefined };
    const live = document.createElement(state.kind === "lab" ? "generative-lab" : "generative-model") as Live;
    for (const type of ["ready", "statechange", "error", "backendchange"])
      live.addEventListener(type, () => void this.#heard());
    for (const type of ["pointerdown", "keydown", "input"])
      live.addEventListener(type, () => (this.#touched = true), { capture: true, passive: true });
    this.#live = live;
    void this.#check();
  }

  /** The element has something new to tell: its family, or what the reader did in it. */
  async #heard() {
    const live = this.#live;
    if (!live) return;
    const model = this.#state.kind === "model" ? (live as GenerativeModel) : undefined;
    const description = model
      ? await model.session?.describe().catch(() => undefined)
      : (live as GenerativeLab).description;
    if (live !== this.#live) return;
    // Before a model is in place nobody knows what it shows.
    const family = model?.info && model.about;
    const space = model?.info?.space.kind;
    const { description: before, family: kin, space: was } = this.#known;
    const news = description !== before || family !== kin || space !== was;
    this.#known = { ...this.#known, description, family, space, session: model?.session };
    if (this.#touched && this.#adopt(live.state ?? {})) this.#write();
    if (news) await this.#check();
    else this.requestUpdate();
  }

  /** Takes over what the reader did in the element itself. */
  #adopt(state: Record<string, string>): boolean {
    let any = false;
    const entries = this.#entries();
    for (const [given, value] of Object.entries(state)) {
      const name = given.replaceAll("_", "-");
      const entry = entries.find((e) => e.attribute === name);
      if (!entry || this.#errors.has(name) || this.#state.values.get(name) === value) continue;
      if (this.#state.values.get(name) === undefined && idle(name, value, entry.field.fallback)) continue;
      this.#state.values.set(name, value);
      any = true;
    }
    return any;
  }

  #entries(): Entry[] {
    const code = this.#words.code;
    const made = this.#state.values.has("family");
    const help = (name: Name) => helpOf(code, name);
    return [...attributeFields(this.#known, help), ...optionFields(this.#known, made)];
  }

  #set(entry: Entry, text: string) {
    const { attribute } = entry;
    if (idle(attribute, text, entry.field.fallback)) this.#state.values.delete(attribute);
    else this.#state.values.set(attribute, text);
    // One is made here, or one is opened.
    if (text && attribute === "family") this.#forget("model", "src");
    if (text && (attribute === "model" || attribute === "src"))
      this.#forget("family", attribute === "model" ? "src" : "");
    this.#touched = false;
    void this.#check();
    this.#write();
  }

  #forget(...names: string[]) {
    if (this.#state.kind === "model") for (const name of names) this.#state.values.delete(name);
  }

  /** Asks of every value whether it holds, and lets the element say what does. */
  async #check() {
    const asked = ++this.#asked;
    const entries = this.#entries();
    const found = new Map<string, ErrorInfo>();
    await Promise.all(
      [...this.#state.values].map(async ([name, text]) => {
        const entry = entries.find((e) => e.attribute === name);
        const error = await entry?.check(text).catch((e: unknown) => PlaygroundError.from(e));
        if (error) found.set(name, error);
      }),
    );
    if (asked !== this.#asked) return;
    this.#errors = found;
    this.#apply(entries);
    this.requestUpdate();
  }

  /** Names that no field is about, once all fields are known. */
  #strangers(entries: readonly Entry[]): string[] {
    if (!this.#known.family) return [];
    return [...this.#state.values.keys()].filter((name) => !entries.some((e) => e.attribute === name));
  }

  /** What holds, as an author would write it. */
  #written(entries: readonly Entry[]): Record<string, string> {
    const strange = this.#strangers(entries);
    const isSwitch = (name: string) => entries.find((e) => e.attribute === name)?.field.kind === "flag";
    // In the order of the form.
    const place = (name: string) => entries.findIndex((e) => e.attribute === name);
    return Object.fromEntries(
      [...this.#state.values]
        .filter(([name]) => !this.#errors.has(name) && !strange.includes(name))
        .sort(([a], [b]) => place(a) - place(b))
        .map(([name, text]) => [name, asWritten(text, isSwitch(name))]),
    );
  }

  #apply(entries: readonly Entry[]) {
    const live = this.#live;
    if (!live) return;
    const wanted = this.#written(entries);
    for (const name of live.getAttributeNames()) if (!(name in wanted) && name !== "lang") live.removeAttribute(name);
    for (const [name, value] of Object.entries(wanted))
      if (live.getAttribute(name) !== value) live.setAttribute(name, value);
  }

  #write() {
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => {
      history.replaceState(null, "", location.pathname + toAddress(this.#state) + location.hash);
    }, REST);
  }

  #snippets(entries: readonly Entry[]): Snippets {
    const { kind } = this.#state;
    const { models, family } = this.#known;
    const model = models.find((m) => m.id === this.#state.values.get("model"));
    const named = kind === "lab" ? this.#say.lab : this.#words.told(model?.title ?? family?.title ?? this.#say.title);
    const height = this.#live?.offsetHeight;
    return snippets(
      {
        kind,
        attributes: this.#written(entries),
        title: named,
        ...(this.#words.code === "de" ? { lang: "de" as const } : {}),
        ...(height ? { height } : {}),
      },
      new URL(".", document.baseURI),
    );
  }

  async #copy(text: string) {
    try {
      await navigator.clipboard.writeText(text);
      this.#told = this.#say.copied;
    } catch {
      const code = this.querySelector(".to-paste code");
      if (code) getSelection()?.selectAllChildren(code);
      this.#told = this.#say.cannotCopy;
    }
    this.requestUpdate();
  }

  #field(entry: Entry): TemplateResult {
    const { attribute, field: f } = entry;
    const value = this.#state.values.get(attribute);
    const shown = value === undefined ? (f.fallback ?? "") : f.kind === "flag" ? value !== "false" : value;
    const error = this.#errors.get(attribute);
    // A box for numbers cannot show what is none.
    const numeric = f.kind === "integer" || f.kind === "number";
    const box = numeric && (error || !Number.isFinite(Number(shown))) ? { ...f, kind: "text" as const } : f;
    return field(this.#words, box, entry.scope ?? "attribute", {
      value: shown,
      ...(error ? { error } : {}),
      set: (text) => this.#set(entry, text),
    });
  }

  #group(title: string, entries: readonly Entry[]): TemplateResult | typeof nothing {
    if (!entries.length) return nothing;
    return html`<fieldset>
      <legend>${title}</legend>
      ${entries.map((e) => this.#field(e))}
    </fieldset>`;
  }

  #form(entries: readonly Entry[]): TemplateResult {
    const say = this.#say;
    const { kind } = this.#state;
    const kinds: { value: Kind; label: string }[] = [
      { value: "model", label: "<generative-model>" },
      { value: "lab", label: "<generative-lab>" },
    ];
    const attributes = entries.filter((e) => !e.scope);
    const [usual, more] = [true, false].map((is) => attributes.filter((e) => USUAL.includes(e.attribute) === is));
    const wrong = (more ?? []).some((e) => this.#errors.has(e.attribute));
    const scopes: OptionScope[] = ["sample", "config", "data", "text", "train"];
    const strange = this.#strangers(entries);
    const lines = [
      ...(this.#refused.length ? [say.refused + this.#refused.join(", ")] : []),
      ...(strange.length ? [say.unknown + strange.join(", ")] : []),
    ];
    return html`<form aria-label=${say.what} @submit=${(e: Event) => e.preventDefault()}>
      ${segments(say.element, kinds, kind, (to) => to !== kind && this.#change({ kind: to, values: new Map() }))}
      <p class="aside">${say.elementHelp}</p>
      <p>
        <button type="button" @click=${() => this.#change({ kind: "model", values: new Map(START) })}>
          ${say.fresh}
        </button>
      </p>
      ${lines.map((line) => html`<p class="wrong" role="alert">${line}</p>`)} ${this.#group(say.what, usual ?? [])}
      <details ?open=${wrong}>
        <summary>${say.more}</summary>
        ${(more ?? []).map((e) => this.#field(e))}
      </details>
      ${
        kind === "lab"
          ? nothing
          : html`<h2>${say.options}</h2>
              <p class="aside">${this.#known.family ? say.optionsHelp : say.waiting}</p>
              ${scopes.map((scope) =>
                this.#group(
                  say[scope],
                  entries.filter((e) => e.scope === scope),
                ),
              )}`
      }
    </form>`;
  }

  #change(state: State) {
    this.#refused = [];
    this.#begin(state);
    this.#write();
  }

  #paste(entries: readonly Entry[]): TemplateResult {
    const say = this.#say;
    const made = this.#snippets(entries);
    const outputs: { value: Output; label: string }[] = [
      { value: "element", label: say.html },
      { value: "frame", label: say.frame },
      { value: "markdown", label: say.markdown },
      { value: "link", label: say.link },
    ];
    const text = made[this.#output];
    const without = this.#output !== "element" && made.left.length ? say.left + made.left.join(", ") : "";
    return html`<section class="to-paste" aria-label=${say.toPaste}>
      ${segments(say.toPaste, outputs, this.#output, (output) => {
        this.#output = output;
        this.#told = "";
        this.requestUpdate();
      })}
      <pre tabindex="0" aria-label=${say.toPaste}><code>${text}</code></pre>
      <p class="tools">
        <button type="button" @click=${() => void this.#copy(text)}>${say.copy}</button>
        <span role="status">${this.#told}</span>
      </p>
      ${this.#errors.size ? html`<p class="aside">${say.invalid}</p>` : nothing}
      ${without ? html`<p class="aside">${without}</p>` : nothing}
    </section>`;
  }

  protected override render(): TemplateResult {
    const entries = this.#entries();
    return html`${this.#form(entries)}
      <div class="outcome">
        ${this.#paste(entries)}
        <section aria-label=${this.#say.result}>${this.#live}</section>
      </div>`;
  }
}

customElements.define("gp-workbench", Workbench);

declare global {
  interface HTMLElementTagNameMap {
    "gp-workbench": Workbench;
  }
}

/** `<speaking-voice>`: text to speech in the page. Attribute: `text`, what stands there at first. */
import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import { PlaygroundError } from "../client/errors";
import type { SpokenSentence } from "../client/protocol";
import { tagAt, wordsOf } from "../lang/speech";
import { ENGLISH } from "../lang/words";
import { Bending } from "./bending";
import { draw, range } from "./draw";
import { Player, saved, type Hearing } from "./player";
import { Speaker, type Manner } from "./speaker";
import { wordsFor, type Key } from "./words";
import styles from "./voice.css";

/** What the two files of the voice come to, bytes; the build knows them. */
declare const VOICE_BYTES: number | undefined;

const MANNER: Manner = { speed: 1, pitch: 0, melody: 1, seed: 0 };
/** Least, most and step of what has a slider. */
const SLIDERS = { speed: [0.5, 2, 0.05], pitch: [-12, 12, 1], melody: [0, 2, 0.1] } as const;

/** The paragraphs of the page around an element, those with formulas left out; nothing where it is not in English. */
function chapter(element: Element): string {
  const all = /^en\b/i.test(tagAt(element)) ? [...document.querySelectorAll("main .text > p")] : [];
  const plain = all.filter((p) => !p.querySelector("math, code, button"));
  return plain.map((p) => p.textContent.replace(/\s+/g, " ").trim()).join("\n");
}

export class SpeakingVoice extends LitElement {
  static override properties = { text: { type: String } };
  static override styles = unsafeCSS(styles);
  declare text: string;

  #words = ENGLISH;
  /** Its language is known; before that nothing is said, so that nothing moves. */
  #speaks = false;
  #manner = { ...MANNER };
  #sentences: SpokenSentence[] = [];
  #shown: SpokenSentence | undefined;
  #told = "";
  #error: PlaygroundError | undefined;
  #hearing: Hearing = "fine";
  #work: AbortController | undefined;
  #frame = 0;
  /** The phoneme that is heard. */
  #now = -1;
  readonly #player = new Player((hearing) => this.#set(() => (this.#hearing = hearing)));
  readonly #speaker = new Speaker((cause) => this.#fail(cause));
  /** What was spoken last, to be spoken otherwise. */
  #spoken: { text: string; manner: Manner } | undefined;
  readonly #bending = new Bending({
    anew: (sentence) => void this.#anew(sentence),
    changed: () => this.requestUpdate(),
    say: (key, holes) => this.#say(key, holes),
    figure: (value, digits) => this.#words.figure(value, digits),
  });
  readonly #size = new ResizeObserver(() => this.#draw());
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #redraw = () => this.#draw();

  constructor() {
    super();
    this.text = "";
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#dark.addEventListener("change", this.#redraw);
    this.#size.observe(this);
    void Promise.resolve(wordsOf(tagAt(this))).then((words) =>
      this.#set(() => {
        [this.#words, this.#speaks] = [words, true];
      }),
    );
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#dark.removeEventListener("change", this.#redraw);
    this.#size.disconnect();
    this.stop();
    this.#player.close();
    this.#speaker.close();
  }

  #set(change: () => void) {
    change();
    this.requestUpdate();
  }

  #say = (key: Key, holes?: Record<string, string>) => wordsFor(this.#words.code)(key, holes);

  // ---- What it does

  /** Speaks the text that stands there; what was spoken before ends. */
  async speak(): Promise<void> {
    this.stop();
    const work = (this.#work = new AbortController());
    const text = this.renderRoot.querySelector("textarea")?.value ?? this.text;
    Object.assign(this, { text });
    this.#spoken = { text, manner: { ...this.#manner } };
    this.#bending.clear();
    await this.#player.wake();
    if (work.signal.aborted) return;
    this.#set(() => {
      this.#sentences = [];
      this.#error = undefined;
      this.#told = this.#say("opening");
    });
    const loading = (loaded: number, total: number) => {
      const [size, all] = [loaded, total].map((n) => this.#words.megabytes(n)) as [string, string];
      this.#set(() => (this.#told = loaded < total ? this.#say("fetching", { size, all }) : this.#say("opening")));
    };
    const hear = (sentence: SpokenSentence) => {
      if (work !== this.#work) return;
      this.#heard(sentence);
    };
    let start = 0;
    try {
      await this.#speaker.open(loading);
      start = performance.now();
      await this.#speaker.speak(text, this.#manner, hear, work.signal);
      const seconds = this.#sentences.reduce((n, s) => n + s.sound.byteLength / 2 / s.rate, 0);
      const fast = seconds / Math.max(1e-3, (performance.now() - start) / 1000);
      if (work === this.#work) {
        const holes = { seconds: this.#words.figure(seconds, 1), fast: this.#words.figure(fast, fast < 10 ? 1 : 0) };
        this.#set(() => (this.#told = this.#say("made", holes)));
      }
    } catch (e) {
      const error = PlaygroundError.from(e);
      if (error.code !== "cancelled" && work === this.#work) this.#fail(error);
    } finally {
      if (work === this.#work) this.#set(() => (this.#work = undefined));
    }
  }

  #heard(sentence: SpokenSentence) {
    this.#sentences.push(sentence);
    this.#player.add(sentence);
    const [n, of] = [sentence.number + 2, sentence.of];
    this.#set(() => {
      if (sentence.number === 0) this.#shown = sentence;
      if (n <= of) this.#told = this.#say("making", { n: String(n), of: String(of) });
    });
    this.#follow();
  }

  /** Puts the chapter's own text in place of the reader's. */
  #take(text: string) {
    this.text = text;
    const area = this.renderRoot.querySelector("textarea");
    if (area) area.value = text;
  }

  /** Silence; what was made stays. */
  stop() {
    const going = this.#work || this.#player.busy;
    this.#work?.abort();
    this.#work = undefined;
    this.#player.stop();
    if (going) this.#set(() => (this.#told = this.#say("stopped")));
  }

  #fail(error: PlaygroundError) {
    this.#player.stop();
    this.#work?.abort();
    this.#work = undefined;
    this.#set(() => {
      this.#told = "";
      this.#error = new PlaygroundError({ ...this.#words.error(error) });
    });
    const { code, message, hint, recoverable } = error;
    const detail = { code, message, hint, recoverable };
    this.dispatchEvent(new CustomEvent("error", { detail, bubbles: true, composed: true }));
  }

  /** Speaks one sentence as it is wanted now. */
  async #anew({ number }: SpokenSentence) {
    const spoken = this.#spoken;
    if (!spoken) return;
    this.stop();
    const work = (this.#work = new AbortController());
    await this.#player.wake();
    const hear = (sentence: SpokenSentence) => {
      if (work !== this.#work) return;
      const { of } = this.#sentences[number] ?? sentence;
      this.#sentences[number] = { ...sentence, of };
      void this.#again(this.#sentences[number]);
    };
    try {
      const anew = { only: number, bends: this.#bending.of(number) };
      await this.#speaker.speak(spoken.text, spoken.manner, hear, work.signal, anew);
    } catch (e) {
      const error = PlaygroundError.from(e);
      if (error.code !== "cancelled" && work === this.#work) this.#fail(error);
    } finally {
      if (work === this.#work) this.#set(() => (this.#work = undefined));
    }
  }

  async #again(sentence: SpokenSentence) {
    this.#set(() => (this.#shown = sentence));
    await this.#player.wake();
    this.#player.stop();
    this.#player.add(sentence);
    this.#follow();
  }

  #save() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(saved(this.#sentences));
    link.download = "speech.wav";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // ---- What is seen

  /** Shows what is heard for as long as anything is. */
  #follow() {
    cancelAnimationFrame(this.#frame);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = () => {
      const heard = this.#player.now;
      if (heard && heard.sentence !== this.#shown) this.#set(() => (this.#shown = heard.sentence));
      if (heard) this.#mark(heard.at);
      else this.#mark(-1);
      if (!still) this.#draw(heard?.at);
      if (this.isConnected && (this.#player.busy || this.#work)) this.#frame = requestAnimationFrame(step);
      else {
        this.#draw();
        this.requestUpdate();
      }
    };
    this.#frame = requestAnimationFrame(step);
  }

  /** Marks the phoneme that sounds at a time. */
  #mark(at: number) {
    const now = this.#shown?.phonemes.findIndex((p) => at >= p.start && at < p.end) ?? -1;
    if (now === this.#now) return;
    this.#now = now;
    this.renderRoot.querySelectorAll(".phonemes li").forEach((li, i) => li.toggleAttribute("data-now", i === now));
  }

  #draw(at?: number) {
    const canvas = this.renderRoot?.querySelector("canvas");
    if (canvas && this.#shown) draw(canvas, this.#shown, at, this.#bending.pitch(this.#shown));
  }

  protected override updated(_: PropertyValues) {
    const at = this.#player.now;
    this.#draw(at?.sentence === this.#shown ? at?.at : undefined);
  }

  #slider(key: keyof typeof SLIDERS, shown: string): TemplateResult {
    const [min, max, step] = SLIDERS[key];
    const change = (event: Event) =>
      this.#set(() => (this.#manner[key] = (event.target as HTMLInputElement).valueAsNumber));
    return html`<label>
      <span>${this.#say(key)} <output>${shown}</output></span>
      <input type="range" min=${min} max=${max} step=${step} .value=${String(this.#manner[key])} @input=${change} />
    </label>`;
  }

  #controls(): TemplateResult {
    const { speed, pitch, melody, seed } = this.#manner;
    const n = (value: number, digits: number) => this.#words.figure(value, digits);
    const seeded = (event: Event) => {
      const value = (event.target as HTMLInputElement).valueAsNumber;
      this.#manner.seed = Number.isFinite(value) ? Math.min(Math.max(0, Math.trunc(value)), 2 ** 32 - 1) : 0;
    };
    return html`<div class="manner">
      ${this.#slider("speed", this.#say("times", { n: n(speed, 2) }))}
      ${this.#slider("pitch", this.#say("semitones", { n: n(pitch, 0) }))}
      ${this.#slider("melody", this.#say("times", { n: n(melody, 1) }))}
      <label>
        <span>${this.#say("seed")}</span>
        <input type="number" min="0" max="4294967295" .value=${String(seed)} @change=${seeded} />
      </label>
    </div>`;
  }

  #picture(shown: SpokenSentence): TemplateResult {
    const pitch = range(shown);
    const hertz = (value = 0) => this.#words.figure(value);
    const line = pitch ? this.#say("line", { low: hertz(pitch[0]), high: hertz(pitch[1]) }) : "";
    const bending = this.#bending;
    return html`<canvas
        role="img"
        aria-label=${this.#say("picture", { text: shown.text })}
        @pointerdown=${(e: PointerEvent) => bending.down(e, shown)}
        @pointermove=${(e: PointerEvent) => bending.move(e, shown)}
        @pointerup=${() => bending.up(shown)}
        @pointercancel=${() => bending.cancel(shown)}></canvas>
      <p class="about">${this.#say("axes")} ${line}</p>
      <ol class="phonemes" aria-label=${this.#say("phonemes")}>
        ${shown.phonemes.map(({ symbol, start, end, word }) => {
          const guessed = shown.words[word]?.guessed;
          return html`<li class=${guessed ? "guessed" : ""} title=${shown.words[word]?.text ?? ""}>
            <span lang="en-fonipa">${symbol === " " ? "␣" : symbol}</span>
            <small>${this.#words.figure(1000 * (end - start))}</small>
          </li>`;
        })}
      </ol>
      ${bending.render(shown)}`;
  }

  #list(): TemplateResult {
    return html`<ol class="sentences" lang="en" aria-label=${this.#say("sentences")}>
      ${this.#sentences.map(
        (s) =>
          html`<li>
            <button type="button" aria-pressed=${s === this.#shown} @click=${() => void this.#again(s)}>
              ${s.words.map(({ text, guessed, space }) => {
                const word = guessed ? html`<span class="guessed" title=${this.#say("unknown")}>${text}</span>` : text;
                return html`${word}${space ? " " : ""}`;
              })}
            </button>
          </li>`,
      )}
    </ol>`;
  }

  #notices(): TemplateResult | typeof nothing {
    if (this.#error) {
      const { code, message, hint } = this.#error;
      return html`<div class="notice" role="alert" data-code=${code}>
        <p>${message} ${hint}</p>
      </div>`;
    }
    if (this.#hearing === "none") return html`<div class="notice" role="status"><p>${this.#say("noAudio")}</p></div>`;
    if (this.#hearing === "fine") return nothing;
    return html`<div class="notice row" role="status" data-held>
      <p>${this.#say("held")}</p>
      <button type="button" @click=${() => void this.#player.wake().then(() => this.#follow())}>
        ${this.#say("goOn")}
      </button>
    </div>`;
  }

  protected override render(): TemplateResult {
    if (!this.#speaks) return html``;
    const going = this.#work !== undefined || this.#player.busy;
    const own = chapter(this);
    const bytes = typeof VOICE_BYTES === "number" ? VOICE_BYTES : 0;
    const told = this.#told || this.#say("ready", { size: this.#words.megabytes(bytes) });
    return html`<div class="frame">
      <label>${this.#say("text")}<textarea lang="en" spellcheck="true" .value=${this.text}></textarea></label>
      ${this.#controls()}
      <div class="row">
        <button type="button" class="main" @click=${() => void this.speak()}>${this.#say("speak")}</button>
        <button type="button" ?disabled=${!going} @click=${() => this.stop()}>${this.#say("stop")}</button>
        <button type="button" ?disabled=${!this.#sentences.length} @click=${() => this.#save()}>
          ${this.#say("save")}
        </button>
        ${own ? html`<button type="button" @click=${() => this.#take(own)}>${this.#say("take")}</button>` : nothing}
      </div>
      <p class="told" role="status">${told}</p>
      ${this.#notices()} ${this.#shown ? this.#picture(this.#shown) : nothing}
      ${this.#sentences.length ? this.#list() : nothing}
    </div>`;
  }
}

customElements.define("speaking-voice", SpeakingVoice);

/** What a listener wants otherwise in a sentence: its words longer or shorter, its melody higher or lower. */
import { html, nothing, type TemplateResult } from "lit";
import type { Bend, SpokenSentence } from "../client/protocol";
import type { Key } from "./words";

/** Once longer or shorter, and how far both can go. */
const STEP = 1.15;
const [SHORTEST, LONGEST, HIGHEST] = [0.25, 4, 12];
/** Pixels until it is clear which way something is dragged. */
const CLEAR = 5;
/** Semitones from the top of the picture to its bottom, at least, where it is dragged. */
const TALL = 24;

const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** What the changes ask of their element. */
interface Voice {
  /** A sentence is to be spoken anew. */
  anew(sentence: SpokenSentence): void;
  /** Something is to be rendered again. */
  changed(): void;
  say(key: Key, holes?: Record<string, string>): string;
  figure(value: number, digits: number): string;
}

type Change = Pick<Bend, "length" | "pitch">;

export class Bending {
  /** By sentence and phoneme. */
  #bends = new Map<number, Map<number, Change>>();
  /** The word that is chosen in the sentence shown. */
  word: number | undefined;
  #drag: { x: number; y: number; phoneme: number; way?: "long" | "high"; from: Map<number, Change> } | undefined;
  /** The sentence that it is of. */
  #shown = -1;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly voice: Voice) {}

  /** Another text. */
  clear() {
    clearTimeout(this.#soon);
    this.#bends.clear();
    this.word = this.#drag = undefined;
    this.#shown = -1;
  }

  /** As it is asked of the worker. */
  of(sentence: number): Bend[] {
    const all = [...(this.#bends.get(sentence) ?? [])];
    return all.map(([phoneme, change]) => ({ phoneme, ...change }));
  }

  #at(sentence: SpokenSentence, phoneme: number): Change {
    return this.#bends.get(sentence.number)?.get(phoneme) ?? { length: 1, pitch: 0 };
  }

  /** The phonemes of a word, without the space behind it. */
  #phonemes(sentence: SpokenSentence, word: number): number[] {
    const all = sentence.phonemes.map((p, i) => (p.word === word && p.symbol !== " " ? i : -1));
    return all.filter((i) => i >= 0);
  }

  #set(sentence: SpokenSentence, phonemes: readonly number[], change: (now: Change) => Change) {
    const bends = this.#bends.get(sentence.number) ?? new Map<number, Change>();
    for (const i of phonemes) {
      const { length, pitch } = change(bends.get(i) ?? { length: 1, pitch: 0 });
      const next = { length: within(length, SHORTEST, LONGEST), pitch: within(pitch, -HIGHEST, HIGHEST) };
      if (Math.abs(next.length - 1) < 1e-3 && Math.abs(next.pitch) < 1e-3) bends.delete(i);
      else bends.set(i, next);
    }
    this.#bends.set(sentence.number, bends);
    this.voice.changed();
  }

  /** A change of the chosen word; it is heard when nothing has changed for a moment. */
  #change(sentence: SpokenSentence, change: (now: Change) => Change) {
    if (this.word === undefined) return;
    this.#set(sentence, this.#phonemes(sentence, this.word), change);
    this.#later(sentence);
  }

  #later(sentence: SpokenSentence) {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.voice.anew(sentence), 350);
  }

  // ---- Dragged in the picture: up and down the melody, to the sides the word

  down = (e: PointerEvent, sentence: SpokenSentence) => {
    if (e.button > 0) return;
    const box = (e.currentTarget as Element).getBoundingClientRect();
    const at = ((e.clientX - box.left) / box.width) * (sentence.sound.byteLength / 2 / sentence.rate);
    const phoneme = sentence.phonemes.findIndex((p) => at >= p.start && at < p.end && p.symbol !== " ");
    if (phoneme < 0) return;
    (e.currentTarget as Element).setPointerCapture(e.pointerId);
    [this.#shown, this.word] = [sentence.number, sentence.phonemes[phoneme]?.word];
    this.#drag = { x: e.clientX, y: e.clientY, phoneme, from: new Map(this.#bends.get(sentence.number)) };
    this.voice.changed();
  };

  move = (e: PointerEvent, sentence: SpokenSentence) => {
    const drag = this.#drag;
    if (!drag) return;
    const [dx, dy] = [e.clientX - drag.x, e.clientY - drag.y];
    if (!drag.way && Math.hypot(dx, dy) < CLEAR) return;
    drag.way ??= Math.abs(dx) > Math.abs(dy) ? "long" : "high";
    const box = (e.currentTarget as Element).getBoundingClientRect();
    this.#bends.set(sentence.number, new Map(drag.from));
    if (drag.way === "high") {
      const by = Math.round((-dy / box.height) * TALL * 2) / 2;
      this.#set(sentence, [drag.phoneme], ({ length, pitch }) => ({ length, pitch: pitch + by }));
      return;
    }
    const phonemes = this.#phonemes(sentence, this.word ?? 0);
    const [first, last] = [sentence.phonemes[phonemes[0] ?? 0], sentence.phonemes[phonemes.at(-1) ?? 0]];
    const seconds = sentence.sound.byteLength / 2 / sentence.rate;
    const wide = (((last?.end ?? 0) - (first?.start ?? 0)) / seconds) * box.width;
    const by = within(1 + dx / Math.max(8, wide), SHORTEST, LONGEST);
    this.#set(sentence, phonemes, ({ length, pitch }) => ({ length: length * by, pitch }));
  };

  up = (sentence: SpokenSentence) => {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag?.way) this.#later(sentence);
  };

  /** It was the beginning of something else: a finger that scrolls the page. */
  cancel = (sentence: SpokenSentence) => {
    const drag = this.#drag;
    this.#drag = undefined;
    if (!drag) return;
    this.#bends.set(sentence.number, drag.from);
    this.voice.changed();
  };

  /** The pitch of a sentence as it will be about the phoneme that is dragged; nothing while none is. */
  pitch(sentence: SpokenSentence): number[] | undefined {
    const drag = this.#drag;
    if (drag?.way !== "high") return undefined;
    const before = drag.from.get(drag.phoneme)?.pitch ?? 0;
    const moved = this.#at(sentence, drag.phoneme).pitch - before;
    const middle = (i: number) => {
      const p = sentence.phonemes[i];
      return p && (p.start + p.end) / 2;
    };
    const here = middle(drag.phoneme) ?? 0;
    const [left, right] = [middle(drag.phoneme - 1) ?? here - 0.1, middle(drag.phoneme + 1) ?? here + 0.1];
    const seconds = sentence.sound.byteLength / 2 / sentence.rate;
    return sentence.pitch.map((hertz, i) => {
      const at = ((i + 0.5) / sentence.pitch.length) * seconds;
      const part = at < here ? (at - left) / (here - left) : (right - at) / (right - here);
      return hertz * 2 ** ((moved * within(part, 0, 1)) / 12);
    });
  }

  // ---- Words and buttons

  #key(e: KeyboardEvent, sentence: SpokenSentence, word: number) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    this.word = word;
    const change: Record<string, (now: Change) => Change> = {
      ArrowUp: ({ length, pitch }) => ({ length, pitch: pitch + 1 }),
      ArrowDown: ({ length, pitch }) => ({ length, pitch: pitch - 1 }),
      ArrowRight: ({ length, pitch }) => ({ length: length * STEP, pitch }),
      ArrowLeft: ({ length, pitch }) => ({ length: length / STEP, pitch }),
      Delete: () => ({ length: 1, pitch: 0 }),
    };
    const way = change[e.key];
    if (!way) return;
    e.preventDefault();
    this.#change(sentence, way);
  }

  /** What is otherwise about a word, in words. */
  #told(sentence: SpokenSentence, word: number): string {
    const phonemes = this.#phonemes(sentence, word);
    const mean = (of: (change: Change) => number) =>
      phonemes.reduce((sum, i) => sum + of(this.#at(sentence, i)), 0) / Math.max(1, phonemes.length);
    const { figure, say } = this.voice;
    return say("wordIs", {
      word: sentence.words[word]?.text ?? "",
      length: figure(
        mean((c) => c.length),
        2,
      ),
      pitch: figure(
        mean((c) => c.pitch),
        1,
      ),
    });
  }

  /** The words of a sentence, each to be chosen and changed. */
  render(sentence: SpokenSentence): TemplateResult {
    const { voice } = this;
    if (this.#shown !== sentence.number) [this.#shown, this.word] = [sentence.number, undefined];
    const spoken = sentence.words.map((w, i) => ({ ...w, i })).filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
    const changed = (word: number) =>
      this.#phonemes(sentence, word).some((i) => this.#bends.get(sentence.number)?.has(i));
    const button = (key: Key, change: (now: Change) => Change) =>
      html`<button type="button" @click=${() => this.#change(sentence, change)}>${voice.say(key)}</button>`;
    const choose = (word: number) => {
      this.word = word;
      voice.changed();
    };
    return html`<div class="words" role="group" aria-label=${voice.say("wordsGroup")} lang="en">
        ${spoken.map(
          ({ text, i }) =>
            html`<button
              type="button"
              aria-pressed=${i === this.word ? "true" : "false"}
              class=${changed(i) ? "changed" : ""}
              @click=${() => choose(i)}
              @keydown=${(e: KeyboardEvent) => this.#key(e, sentence, i)}>
              ${text}
            </button>`,
        )}
      </div>
      <p class="about">${voice.say("bendHelp")}</p>
      ${
        this.word === undefined
          ? nothing
          : html`<div class="row" role="group" aria-label=${sentence.words[this.word]?.text ?? ""}>
              ${button("longer", ({ length, pitch }) => ({ length: length * STEP, pitch }))}
              ${button("shorter", ({ length, pitch }) => ({ length: length / STEP, pitch }))}
              ${button("higher", ({ length, pitch }) => ({ length, pitch: pitch + 1 }))}
              ${button("lower", ({ length, pitch }) => ({ length, pitch: pitch - 1 }))}
              ${button("asItWas", () => ({ length: 1, pitch: 0 }))}
              <span class="about" role="status">${this.#told(sentence, this.word)}</span>
            </div>`
      }`;
  }
}

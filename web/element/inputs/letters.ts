import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { FileForm, ImageInput as Image, PlotInputs, PlotSpec, View } from "../../client/protocol";
import { option } from "../form";
import { Latest, ask, fetchData, type Host } from "../panel";
import type { Input } from "./input";
import { Pad } from "./pad";

/** Pads, and the letters with which they begin: A, G and R. */
const BEGIN = [0, 6, 17];
/** Hands to begin with. */
const HANDS = 8;
/** Between an answer and the font made of it, milliseconds. */
const REST = 300;

/** Fonts made so far, on the whole page: each has a name of its own. */
let fonts = 0;

/** A pad and the letter that is drawn on it. */
interface Slot {
  label: number;
  image: Image | undefined;
  pad: Pad;
}

/**
 * One to three letters of a hand, each drawn or taken from a held-out font; and what is made of the whole alphabet: a
 * line of text set in it, and files.
 */
export class LettersInput implements Input {
  readonly params = {};
  #spec: PlotSpec | undefined;
  #hand = 0;
  #slots: Slot[];
  #font: FontFace | undefined;
  #making = new Latest();
  /** The reader's line; nothing before anything is typed. */
  #line: string | undefined;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
    /** What is asked besides. */
    private readonly besides: () => PlotInputs,
  ) {
    this.#slots = BEGIN.map((label) => {
      const slot: Slot = {
        label,
        image: undefined,
        pad: new Pad(() => {
          slot.image = slot.pad.blank ? undefined : { type: "drawing", ...slot.pad.pixels() };
          this.#hand = -1;
          this.changed();
        }),
      };
      return slot;
    });
  }

  for(spec: PlotSpec) {
    this.#spec = spec;
  }

  get #classes() {
    return this.host.info?.classes ?? [];
  }

  async prepare() {
    if (!(await fetchData(this.host))) return;
    // A reader's own letters stay.
    if (this.#hand >= 0) await this.#take(this.#hand);
  }

  ask(): PlotInputs | undefined {
    const letters = this.#slots.flatMap(({ label, image }) => (image ? [{ label, image }] : []));
    return letters.length ? { letters } : undefined;
  }

  /** The letters of a held-out hand, on the pads that are in use. */
  async #take(hand: number) {
    this.#hand = hand;
    const classes = Math.max(1, this.#classes.length);
    const used = this.#slots.filter((slot) => slot.image);
    for (const slot of used.length ? used : this.#slots) {
      slot.label = Math.min(slot.label, classes - 1);
      const index = hand * classes + slot.label;
      const view = await ask(this.host, { type: "dataImages", start: index, count: 1 });
      if (view?.kind !== "image" || view.width === 0) continue;
      slot.image = { type: "test", index };
      slot.pad.take(view);
    }
  }

  answered(view: View) {
    if (view.kind !== "image") return;
    this.#making.run(async () => {
      await new Promise((wake) => setTimeout(wake, REST));
      await this.host.attempt(() => this.#set(), "font");
    });
  }

  /** Sets the reader's line in the font that the letters make. */
  async #set() {
    const file = await this.#file("ttf");
    if (!file || typeof FontFace === "undefined") return;
    const font = new FontFace(`alphabet-${++fonts}`, file.bytes.slice().buffer);
    await font.load();
    document.fonts.add(font);
    if (this.#font) document.fonts.delete(this.#font);
    this.#font = font;
    this.host.requestUpdate();
  }

  async #file(form: FileForm) {
    const { session } = this.host;
    const letters = this.ask();
    if (!session || !letters || !this.#spec) return undefined;
    const inputs = { ...this.besides(), ...letters };
    return session.exportView({ type: "plot", plot: this.#spec.id, inputs }, null, form);
  }

  #save(form: FileForm) {
    void this.host.attempt(async () => {
      const file = await this.#file(form);
      if (file) this.host.save(file);
    }, "file");
  }

  redraw() {
    for (const { pad } of this.#slots) pad.redraw();
  }

  #again() {
    this.changed();
    this.host.requestUpdate();
  }

  #slot(slot: Slot, i: number) {
    const { words } = this.host;
    const relabel = (e: Event) => {
      slot.label = Number((e.target as HTMLSelectElement).value);
      // Of a held-out hand that letter is there as well.
      if (slot.image?.type !== "test") this.#again();
      else
        void this.host.attempt(async () => {
          await this.#take(Math.max(0, this.#hand));
          this.#again();
        }, "letters");
    };
    return html`<div class="letter" role="group" aria-label=${words.say("letterNumber", { n: i + 1 })}>
      ${slot.pad.render(words)}
      <div class="row">
        <select aria-label=${words.say("whichLetter")} @change=${relabel}>
          ${this.#classes.map((name, label) => option(String(label), name, label === slot.label))}
        </select>
        <button
          type="button"
          @click=${() => {
            slot.pad.clear();
            slot.image = undefined;
            this.#hand = -1;
            this.#again();
          }}>
          ${words.say("clear")}
        </button>
      </div>
    </div>`;
  }

  render() {
    const { words } = this.host;
    const hands = Array.from({ length: HANDS }, (_, hand) => hand);
    const choose = (hand: number) => () =>
      void this.host.attempt(async () => {
        await this.#take(hand);
        this.#again();
      }, "letters");
    return html`<div class="letters">
      <p class="head">${words.say("drawLetters")}</p>
      <div class="pads">${this.#slots.map((slot, i) => this.#slot(slot, i))}</div>
      <div class="row" role="group" aria-label=${words.say("heldOutHands")}>
        <span class="label">${words.say("orHand")}</span>
        ${hands.map(
          (hand) =>
            html`<button type="button" aria-pressed=${String(hand === this.#hand)} @click=${choose(hand)}>
              ${hand + 1}
            </button>`,
        )}
      </div>
    </div>`;
  }

  below() {
    const { words, bare } = this.host;
    if (bare) return html`${nothing}`;
    const family = this.#font ? `"${this.#font.family}", sans-serif` : "";
    // A style in the markup is what a strict policy refuses.
    const set = (line?: Element) => {
      if (line instanceof HTMLElement) line.style.fontFamily = family;
    };
    const button = (form: FileForm, label: string) =>
      html`<button type="button" ?disabled=${!this.ask()} @click=${() => this.#save(form)}>${label}</button>`;
    return html`<div class="set">
      <label for="line">${words.say("lineOfText")}</label>
      <input
        id="line"
        type="text"
        maxlength="80"
        spellcheck="false"
        autocomplete="off"
        ${ref(set)}
        .value=${live(this.#line ?? words.say("exampleLine"))}
        @input=${(e: Event) => {
          this.#line = (e.target as HTMLInputElement).value;
        }} />
      <div class="row">
        ${button("ttf", words.say("saveFont"))} ${button("svg", words.say("saveOutlines"))}
        ${button("png", words.say("savePng"))}
      </div>
    </div>`;
  }
}

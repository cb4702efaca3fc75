import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { JsonSchema, Number as Figure, Roll, RollInput, TrainState, View, ViewQuery } from "../../client/protocol";
import { fieldsOf, type Field } from "../../client/schema";
import { attributeOf } from "../attributes";
import { button, field } from "../form";
import { Latest, Panel, ask, fetchData, type Host } from "../panel";
import { barRow, chances, files, melodies, placeOf, rules, spansOf, voiceRow } from "./beside";
import { Desk } from "./desk";
import { Humming } from "./humming";
import { MidiKeys } from "./keys";
import { Listening } from "./listening";
import { Making } from "./making";
import { Printed } from "./printed";
import { Plan, nameOf } from "./roll";
import { sixteenth } from "./parts";

/** Music: composed, written, kept in part and made anew in part, and heard. */
export class ScorePanel extends Panel {
  readonly #plan = new Plan();
  readonly #desk: Desk;
  readonly #listening: Listening;
  readonly #making: Making;
  readonly #keys: MidiKeys;
  readonly #humming: Humming;
  readonly #printed: Printed;
  #asking = new Latest();
  #judging = new Latest();
  #fields: Field[] = [];
  /** Voices and bars (by their first sixteenth) that stay as they are. */
  #voices = new Set<number>();
  #bars = new Set<number>();
  #news = "";
  #chances: { about: string; figures: Figure[] } | undefined;

  constructor(host: Host) {
    super(host);
    this.#desk = new Desk(this.#plan, {
      changed: () => this.#edited(),
      moved: (spoken) => {
        if (spoken) this.#news = this.#told();
        this.#wonder();
        this.host.requestUpdate();
      },
    });
    this.#making = new Making(host, {
      take: (made) => this.#desk.take(made),
      takes: () => this.#desk.takes,
      ended: (asked) => {
        if (asked) this.#news = host.words.say("musicMade");
        this.#printed.refresh();
      },
    });
    this.#keys = new MidiKeys(host, (pitch, seconds) => {
      const room = this.#desk.play(pitch, Math.round(seconds / sixteenth(this.#listening.tempo)));
      this.#news = room ? this.#told() : this.host.words.say("midiFull");
      this.host.requestUpdate();
    });
    this.#humming = new Humming(host, (bytes) => this.#read({ type: "hummed", bytes }));
    this.#printed = new Printed(host, async () => {
      const file = this.#roll && (await this.#file("abc"));
      return file && new TextDecoder().decode(file.bytes);
    });
    this.#listening = new Listening(host, this.#plan, () => (this.#desk.focused ? (this.#desk.spot?.step ?? 0) : 0));
  }

  describe(schema: JsonSchema) {
    this.#fields = fieldsOf(schema);
  }

  get #roll(): Roll | undefined {
    return this.#plan.roll;
  }

  override refresh() {
    // Back from another view, it stands as the reader left it.
    if (this.#making.isCurrent && this.#roll) this.#plan.redraw();
    else if (this.#desk.written) this.#making.settle();
    else this.#making.make(undefined);
  }

  override again() {
    if (!this.#desk.written) this.#making.make(undefined);
  }

  override trained(_state: TrainState, samples: View | null) {
    const rests = this.#making.isDue && !this.#listening.playing && !this.#desk.written;
    if (samples && rests) this.#making.make(undefined);
  }

  override hide() {
    this.#making.stop();
    this.#listening.stop();
    this.#keys.close();
    this.#humming.close();
  }

  override redraw() {
    this.#plan.redraw();
  }

  override caption() {
    return this.host.help("samples");
  }

  // ---- Made by the model

  /** The score as it stands, with what is free of it. */
  #input(free: RollInput["free"] = []): RollInput {
    return { ...this.#desk.input, free, tempo: this.#listening.tempo };
  }

  get #spans() {
    return spansOf(this.#roll);
  }

  /** Makes everything anew but what is kept, or only in one bar. */
  #anew(voices: readonly number[], bar?: number) {
    const spans = this.#spans.filter(([from]) => (bar === undefined ? !this.#bars.has(from) : from === bar));
    const free = voices.flatMap((v) => spans.map(([from, long]): [number, number, number] => [v, from, long]));
    this.#desk.again();
    if (free.length) this.#making.make(this.#input(free));
  }

  get #loose(): number[] {
    return [0, 1, 2, 3].filter((v) => !this.#voices.has(v));
  }

  /** A soprano of Bach's, to be harmonised. */
  #melody(index: number, whole: boolean) {
    void this.host.attempt(async () => {
      if (!(await fetchData(this.host))) return;
      const roll = await this.#see({ type: "heldOut", index });
      if (!roll) return;
      const voices = roll.voices.map((v, i) => (whole || i === 0 ? v : { ...v, notes: [] }));
      this.#take({ ...roll, voices });
    }, "music");
  }

  /** What comes from elsewhere stands there as if the reader had written it. */
  #take(roll: Roll) {
    this.#desk.take(roll, true);
    this.#printed.refresh();
    this.#bars.clear();
    this.host.requestUpdate();
  }

  async #see(query: ViewQuery): Promise<Roll | undefined> {
    const view = await ask(this.host, query);
    return view?.kind === "scores" ? view.scores[0] : undefined;
  }

  // ---- Written by the reader

  #edited() {
    this.#making.settle();
    this.#wonder();
    this.host.requestUpdate();
    // Rust says what of it breaks a rule.
    this.#judging.run(() =>
      this.host.attempt(async () => {
        const roll = await this.#see({ type: "score", score: this.#input() });
        if (roll && this.#roll) this.#desk.judged(roll);
        this.#printed.refresh();
        this.host.requestUpdate();
      }, "music"),
    );
  }

  /** What could stand where the reader is. */
  #wonder() {
    const spot = this.#desk.spot;
    const { voice } = this.#desk;
    if (!spot || this.#making.isUnderWay) return;
    this.#asking.run(() =>
      this.host.attempt(async () => {
        const there = this.#desk.at(spot.step);
        const [step, long] = there ? [there.start, there.length] : [spot.step, 1];
        const score = this.#input([[voice, step, long]]);
        const view = await ask(this.host, { type: "chances", score, voice, step });
        if (view?.kind !== "numbers") return;
        this.#chances = { about: this.#place(step), figures: view.numbers };
        this.host.requestUpdate();
      }, "music"),
    );
  }

  #place(step: number): string {
    return placeOf(this.host.words, this.#spans, this.#desk.voice, step);
  }

  /** What the keyboard stands on, for those who listen. */
  #told(): string {
    const { words } = this.host;
    const spot = this.#desk.spot;
    if (!spot) return "";
    const place = this.#place(spot.step);
    const there = this.#desk.at(spot.step);
    const note = there
      ? words.say(there.given ? "noteGiven" : "noteMade", { note: nameOf(there.pitch), n: there.length })
      : words.say("noteNone");
    return words.say("cursorAt", { place, pitch: nameOf(spot.pitch), note });
  }

  // ---- Files

  #file = (form: "midi" | "musicXml" | "abc") =>
    this.host.session?.exportView({ type: "score", score: this.#input() }, null, form);

  #save = (form: "midi" | "musicXml") =>
    void this.host.attempt(async () => {
      const file = await this.#file(form);
      if (file) this.host.save(file);
    }, "file");

  #open = (file: File) =>
    void this.host.attempt(async () => {
      await this.#read({ type: "midi", bytes: new Uint8Array(await file.arrayBuffer()) });
    }, "music");

  /** Takes music that is read from something else, with its tempo. */
  async #read(query: ViewQuery) {
    const roll = await this.#see(query);
    if (!roll) return;
    this.#making.stop();
    this.#making.settle();
    if (roll.tempo) this.#listening.tempo = roll.tempo;
    this.#take(roll);
  }

  override dropped(file: File): boolean {
    const midi = /\.midi?$/i.test(file.name);
    if (midi) this.#open(file);
    return midi;
  }

  // ---- Seen

  #voice(voice: number) {
    const { host } = this;
    const is = {
      written: this.#desk.voice === voice,
      kept: this.#voices.has(voice),
      muted: this.#listening.muted.has(voice),
    };
    return voiceRow(host.words, voice, is, {
      written: () => {
        this.#desk.choose(voice);
        host.requestUpdate();
      },
      kept: (on) => this.#keep(this.#voices, voice, on),
      muted: (on) => this.#listening.mute(voice, on),
    });
  }

  #keep(all: Set<number>, which: number, on: boolean) {
    if (on) all.add(which);
    else all.delete(which);
    this.host.requestUpdate();
  }

  #side() {
    const { host } = this;
    const { words } = host;
    const form = (f: Field) =>
      field(words, f, "sample", {
        value: host.sampleOptions[f.name] ?? f.fallback,
        set: (text) => host.setAttribute(attributeOf(f.name), text),
      });
    const { about, figures } = this.#chances ?? { about: "", figures: [] };
    return html`<div class="side">
      <div class="voices">${[0, 1, 2, 3].map((v) => this.#voice(v))}</div>
      ${this.#fields.map(form)} ${melodies(words, (index, whole) => this.#melody(index, whole))}
      ${figures.length ? chances(words, about, figures) : nothing}
      <div class="row">${this.#keys.render()} ${this.#humming.render()}</div>
      ${files(words, this.#save, this.#listening.save, this.#open)}
      ${host.trainer.own ? html`<p class="aside">${words.say("yourModel")}</p>` : nothing}
      ${this.#making.isUnderWay ? nothing : rules(words, this.#roll)}
    </div>`;
  }

  #bar() {
    const bars = this.#spans.map(([from]) => from);
    const can = !this.#making.isUnderWay && this.#loose.length > 0;
    return barRow(this.host.words, bars, this.#bars, {
      anew: can ? (bar) => this.#anew(this.#loose, bar) : undefined,
      kept: (bar, on) => this.#keep(this.#bars, bar, on),
    });
  }

  override render() {
    const { host } = this;
    const { words } = host;
    const notes = this.#roll?.voices.reduce((n, v) => n + v.notes.length, 0) ?? 0;
    const label = words.say("rollLabel", { n: notes });
    this.#plan.over = {
      ...this.#plan.over,
      voice: host.bare ? undefined : this.#desk.voice,
      cursor: this.#desk.focused ? this.#desk.spot : undefined,
    };
    const canvas = host.bare
      ? html`<canvas
          class="plate roll"
          part="canvas"
          role="img"
          aria-label=${label}
          ${ref(this.#plan.attach)}></canvas>`
      : html`<canvas
          class="plate roll"
          part="canvas"
          tabindex="0"
          role="application"
          aria-label=${label}
          aria-describedby="roll-help"
          ${ref(this.#plan.attach)}
          @pointerdown=${this.#desk.down}
          @pointermove=${this.#desk.move}
          @pointerup=${this.#desk.up}
          @pointercancel=${this.#desk.cancel}
          @pointerleave=${this.#desk.leave}
          @focus=${this.#desk.focus}
          @blur=${this.#desk.blur}
          @keydown=${this.#desk.key}></canvas>`;
    if (host.bare) return html`<div class="music">${canvas}</div>`;
    const compose = () => this.#anew(this.#loose);
    const clear = () => {
      this.#desk.clear();
      this.#edited();
    };
    return html`<div class="split">
      <div class="stage music">
        <div class="row" role="group" aria-label=${words.say("composeGroup")}>
          <button type="button" class="primary" ?disabled=${!this.#loose.length} @click=${compose}>
            ${words.say("compose")}
          </button>
          <button type="button" @click=${() => this.#anew([1, 2, 3])}>${words.say("harmonise")}</button>
          ${button(words.say("clear"), clear)}
          <span class="aside" role="status">${this.#making.isUnderWay ? words.say("composing") : ""}</span>
        </div>
        ${canvas} ${this.#listening.render()} ${this.#bar()} ${this.#printed.render()}
        <p class="aside" id="roll-help">${words.say("rollHelp")}</p>
        <p class="unseen" aria-live="polite">${this.#news}</p>
      </div>
      ${this.#side()}
    </div>`;
  }

  override updated() {
    this.#plan.redraw();
  }
}

import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { JsonSchema, Note, Roll, RollInput, TrainState, View, ViewQuery } from "../../client/protocol";
import { fieldsOf, type Field } from "../../client/schema";
import { attributeOf } from "../attributes";
import { fileButton } from "../file-button";
import { button, field, option } from "../form";
import { Panel, ask, fetchData, type Host } from "../panel";
import { barRow, check, spansOf } from "./beside";
import { DrumDesk } from "./drum-desk";
import { Listening } from "./listening";
import { Making } from "./making";
import { Plan } from "./roll";

/** Quarters a minute: at first, and at most. */
const [TEMPO, FASTEST] = [100, 240];
/** Drums of the kit. */
const DRUMS = 9;
/** Grooves to begin with. */
const GROOVES = 8;
/** Hits without how they are played. */
const unplayed = ({ start, length, pitch }: Note): Note => ({ start, length, pitch, given: true });

/** Drums: made, written, played by the model as a drummer would, and heard. */
export class DrumsPanel extends Panel {
  readonly #plan = new Plan();
  readonly #desk: DrumDesk;
  readonly #listening: Listening;
  readonly #making: Making;
  #fields: Field[] = [];
  /** What was asked for last, to be made again where options change. */
  #asked: RollInput | undefined;
  /** Drums and bars (by their first sixteenth) that stay as they are. */
  #drums = new Set<number>();
  #bars = new Set<number>();
  #news = "";

  constructor(host: Host) {
    super(host);
    this.#desk = new DrumDesk(this.#plan, {
      changed: () => {
        this.#making.settle();
        this.#asked = undefined;
        host.requestUpdate();
      },
      moved: () => {
        this.#news = this.#told();
        host.requestUpdate();
      },
    });
    this.#making = new Making(host, {
      take: (made) => this.#plan.show(made),
      takes: () => this.#desk.takes,
      ended: (asked) => {
        if (asked) this.#news = host.words.say("drumsMade");
      },
    });
    const from = () => (this.#desk.focused ? (this.#desk.spot?.step ?? 0) : 0);
    this.#listening = new Listening(host, this.#plan, from, FASTEST);
    this.#listening.tempo = TEMPO;
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
    else if (this.#desk.written && !this.#asked) this.#making.settle();
    else this.#make(this.#asked);
  }

  override again() {
    if (!this.#desk.written) this.#make(undefined);
  }

  override trained(_state: TrainState, samples: View | null) {
    const rests = this.#making.isDue && !this.#listening.playing && !this.#desk.written;
    if (samples && rests) this.#make(undefined);
  }

  override hide() {
    this.#making.stop();
    this.#listening.stop();
  }

  override redraw() {
    this.#plan.redraw();
  }

  override caption() {
    return this.host.help("samples");
  }

  // ---- Made by the model

  /** Has the model make what is asked for; with nothing asked, four bars. */
  #make(score: RollInput | undefined) {
    this.#asked = score;
    this.#making.make(score);
  }

  /** The groove as it stands, with what is free of it. */
  #input(free: RollInput["free"] = [], steps?: number): RollInput {
    const input = this.#desk.input;
    const { tempo } = this.#listening;
    return { ...input, steps: steps ?? input.steps, free, tempo };
  }

  #ask(input: RollInput) {
    this.#desk.again();
    this.#make(input);
  }

  get #spans() {
    return spansOf(this.#roll);
  }

  get #loose(): number[] {
    return Array.from({ length: DRUMS }, (_, drum) => drum).filter((drum) => !this.#drums.has(drum));
  }

  /** Makes everything anew but what is kept, or only in one bar. */
  #anew(bar?: number) {
    const spans = this.#spans.filter(([from]) => (bar === undefined ? !this.#bars.has(from) : from === bar));
    const free = this.#loose.flatMap((d) => spans.map(([from, long]): [number, number, number] => [d, from, long]));
    if (free.length) this.#ask(this.#input(free));
  }

  /** Keeps the first half of the bars, and goes on from there. */
  #goOn() {
    const { steps } = this.#desk.input;
    const half = Math.max(16, 16 * Math.floor(steps / 32));
    const whole = Math.max(steps, 2 * half);
    const free = this.#loose.map((drum): [number, number, number] => [drum, half, whole - half]);
    const bars = Array.from({ length: whole / 16 }, (_, i) => 16 * i);
    if (free.length) this.#ask({ ...this.#input(free, whole), bars });
  }

  /** Has the model play the hits that there are. */
  #humanise() {
    const input = this.#input();
    this.#ask({ ...input, voices: input.voices.map((notes) => notes.map(unplayed)) });
  }

  /** A groove that was held out: as it was played, or its hits alone. */
  #begin(index: number, played: boolean) {
    void this.host.attempt(async () => {
      if (!(await fetchData(this.host))) return;
      // Pieces lie one behind the other; these are of several drummers and styles.
      const roll = await this.#see({ type: "heldOut", index: 7 * index });
      if (roll) this.#show(roll, played);
    }, "music");
  }

  #show(roll: Roll, played: boolean) {
    if (roll.tempo) this.#listening.tempo = roll.tempo;
    this.#desk.take(roll);
    if (!played) this.#desk.stiffen();
    this.#asked = undefined;
    this.#making.settle();
    this.#bars.clear();
    this.host.requestUpdate();
  }

  async #see(query: ViewQuery): Promise<Roll | undefined> {
    const view = await ask(this.host, query);
    return view?.kind === "scores" ? view.scores[0] : undefined;
  }

  // ---- Files

  #save = () =>
    void this.host.attempt(async () => {
      const file = await this.host.session?.exportView({ type: "score", score: this.#input() }, null, "midi");
      if (file) this.host.save(file);
    }, "file");

  #open = (file: File) =>
    void this.host.attempt(async () => {
      const roll = await this.#see({ type: "midi", bytes: new Uint8Array(await file.arrayBuffer()) });
      if (roll) this.#show(roll, true);
    }, "music");

  override dropped(file: File): boolean {
    const midi = /\.midi?$/i.test(file.name);
    if (midi) this.#open(file);
    return midi;
  }

  // ---- Seen

  #name(drum: number): string {
    return this.host.words.told(this.#roll?.voices[drum]?.title ?? "");
  }

  /** What the keyboard stands on, for those who listen. */
  #told(): string {
    const { words } = this.host;
    const { spot } = this.#desk;
    if (!spot) return "";
    const [bar, beat, part] = [
      Math.floor(spot.step / 16) + 1,
      (Math.floor(spot.step / 4) % 4) + 1,
      (spot.step % 4) + 1,
    ];
    const place = words.say("musicPlace", { voice: this.#name(spot.pitch), bar, beat, part });
    const there = this.#desk.at(spot);
    return there ? words.say("hitAt", { place, n: there.velocity ?? 0 }) : words.say("hitNone", { place });
  }

  #keep(all: Set<number>, which: number, on: boolean) {
    if (on) all.add(which);
    else all.delete(which);
    this.host.requestUpdate();
  }

  #drum(drum: number) {
    const { words } = this.host;
    const name = this.#name(drum);
    return html`<div class="voice" role="group" aria-label=${name} data-drum=${drum}>
      <span class="drum"><i></i>${name}</span>
      ${check(words.say("voiceKept"), this.#drums.has(drum), (on) => this.#keep(this.#drums, drum, on))}
      ${check(words.say("voiceMuted"), this.#listening.muted.has(drum), (on) => this.#listening.mute(drum, on))}
    </div>`;
  }

  /** Grooves that the model never heard. */
  #grooves() {
    const { words } = this.host;
    const all = Array.from({ length: GROOVES }, (_, i) => i);
    const chosen = (e: Event) => {
      const select = e.target as HTMLSelectElement;
      const [kind, i] = select.value.split(" ");
      select.value = "";
      if (i !== undefined) this.#begin(Number(i), kind === "played");
    };
    return html`<div class="field">
      <label for="groove">${words.say("grooveOf")}</label>
      <select id="groove" @change=${chosen}>
        ${option("", words.say("melodyChoose"), true)}
        ${all.map((i) => option(`played ${i}`, words.say("groovePlayed", { n: i + 1 }), false))}
        ${all.map((i) => option(`hits ${i}`, words.say("grooveHits", { n: i + 1 }), false))}
      </select>
    </div>`;
  }

  #side() {
    const { host } = this;
    const { words } = host;
    const form = (f: Field) =>
      field(words, f, "sample", {
        value: host.sampleOptions[f.name] ?? f.fallback,
        set: (text) => host.setAttribute(attributeOf(f.name), text),
      });
    return html`<div class="side">
      ${this.#fields.map(form)} ${this.#grooves()}
      <div class="row">
        ${button(words.say("saveMidi"), this.#save)} ${button(words.say("saveWav"), this.#listening.save)}
        ${fileButton(words.say("openMidi"), ".mid,.midi,audio/midi", this.#open)}
      </div>
      ${host.trainer.own ? html`<p class="aside">${words.say("yourModel")}</p>` : nothing}
    </div>`;
  }

  override render() {
    const { host } = this;
    const { words } = host;
    const hits = this.#roll?.voices.reduce((n, v) => n + v.notes.length, 0) ?? 0;
    const label = words.say("drumsLabel", { n: hits });
    const names = this.#roll?.voices.map(({ title }) => words.told(title)) ?? [];
    const { voice: _, ...over } = this.#plan.over;
    const cursor = this.#desk.focused ? this.#desk.spot : undefined;
    this.#plan.over = { ...over, ...(!host.bare && { voice: -1 }), cursor, names };
    if (host.bare)
      return html`<div class="music">
        <canvas class="plate roll" part="canvas" role="img" aria-label=${label} ${ref(this.#plan.attach)}></canvas>
      </div>`;
    const canvas = html`<canvas
      class="plate roll"
      part="canvas"
      tabindex="0"
      role="application"
      aria-label=${label}
      aria-describedby="roll-help"
      ${ref(this.#plan.attach)}
      @pointerdown=${this.#desk.down}
      @focus=${this.#desk.focus}
      @blur=${this.#desk.blur}
      @keydown=${this.#desk.key}></canvas>`;
    const drums = Array.from({ length: DRUMS }, (_, i) => DRUMS - 1 - i);
    const bars = this.#spans.map(([from]) => from);
    const can = !this.#making.isUnderWay && this.#loose.length > 0;
    const row = barRow(words, bars, this.#bars, {
      anew: can ? (bar) => this.#anew(bar) : undefined,
      kept: (bar, on) => this.#keep(this.#bars, bar, on),
    });
    return html`<div class="split">
      <div class="stage music">
        <div class="row" role="group" aria-label=${words.say("drumsGroup")}>
          <button type="button" class="primary" ?disabled=${!this.#loose.length} @click=${() => this.#anew()}>
            ${words.say("drumsAnew")}
          </button>
          ${button(words.say("goOn"), () => this.#goOn(), "", words.say("goOnHelp"))}
          ${button(words.say("humanise"), () => this.#humanise(), "", words.say("humaniseHelp"))}
          ${button(words.say("stiffen"), this.#desk.stiffen, "", words.say("stiffenHelp"))}
          ${button(words.say("clear"), this.#desk.clear)}
          <span class="aside" role="status">${this.#making.isUnderWay ? words.say("drumsMaking") : ""}</span>
        </div>
        ${canvas} ${this.#listening.render()} ${row}
        <div class="voices kit">${drums.map((drum) => this.#drum(drum))}</div>
        <p class="aside" id="roll-help">${words.say("drumsHelp")}</p>
        <p class="unseen" aria-live="polite">${this.#news}</p>
      </div>
      ${this.#side()}
    </div>`;
  }

  override updated() {
    this.#plan.redraw();
  }
}

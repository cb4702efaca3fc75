import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { problem } from "../../client/errors";
import type { Description } from "../../client/engine";
import type { SpaceKind, ErrorInfo, PointSource } from "../../client/protocol";
import { fieldsOf } from "../../client/schema";
import type { Key, Words } from "../../lang/words";
import { fileButton } from "../file-button";
import { field, option, segments } from "../form";
import type { Task } from "./learner";
import { Plot, type PlotView } from "../render/points";
import { Sketch } from "./sketch";

/** Larger than any set of points that can be learned from here; not even read. The worker has the last word. */
const LARGEST = 64 << 20;
const KINDS = {
  points: "kindPoints",
  classes: "kindClasses",
  energy: "kindEnergy",
  image: "images",
  video: "kindClips",
  text: "kindText",
  pairs: "kindPairs",
  episodes: "kindEpisodes",
  paths: "kindPaths",
  score: "kindMusic",
  groove: "kindDrums",
  functions: "kindFunctions",
} as const satisfies Record<SpaceKind, Key>;

/** What the data controls ask of their lab. */
export interface Chooser extends HTMLElement {
  readonly words: Words;
  readonly task: Task;
  readonly description: Description | undefined;
  /** Kinds of data that can be learned here. */
  readonly kinds: readonly SpaceKind[];
  choose(data: string): void;
  setDataOption(name: string, text: string): void;
  take(source: PointSource): Promise<boolean>;
  attempt<T>(work: () => Promise<T>): Promise<T | undefined>;
  changed(): void;
}

/** The lab's data: a drawing of it, a choice, a pad to draw one, a file to read one from. */
export class Source {
  readonly plot: Plot;
  errors = new Map<string, ErrorInfo>();
  /** How many points the reader's own set has. */
  count = 0;
  /** What of a table was not taken for a point. */
  skipped = "";
  /** Left, right, bottom and top of the plots in the reader's own units. */
  units: [number, number, number, number] | undefined;
  drawing = false;
  #sketch: Sketch;

  constructor(private readonly host: Chooser) {
    this.plot = new Plot(host, "--_data");
    this.#sketch = new Sketch(host, () => host.changed());
  }

  /** Whether points can be read from a table. */
  private get tables() {
    const { kinds } = this.host;
    return !kinds.length || kinds.includes("points");
  }

  /** Whether points of two classes are drawn. */
  private get classed() {
    const { kinds } = this.host;
    return kinds.includes("classes") && !kinds.includes("points");
  }

  show(view: PlotView) {
    this.plot.show(view);
  }

  redraw(recolour: boolean) {
    this.plot.redraw(recolour);
    this.#sketch.redraw();
  }

  /** Reads a file of points. */
  open(file: Blob) {
    void this.host.attempt(async () => {
      if (!this.tables)
        throw problem("bad-data", "What is learned here is in no table.", "Choose another set of data.");
      if (file.size > LARGEST) {
        throw problem(
          "bad-data",
          `This file has ${Math.round(file.size / (1 << 20))} MiB, which is more than can be learned from here.`,
          "Choose a CSV with fewer rows; ten thousand are plenty.",
        );
      }
      if (await this.host.take({ type: "csv", bytes: new Uint8Array(await file.arrayBuffer()) })) this.drawing = false;
    });
  }

  paste(text: string) {
    this.open(new Blob([text]));
  }

  async #learn() {
    const { classed } = this;
    const drawn = classed ? { classes: this.#sketch.classes() } : {};
    if (await this.host.take({ type: "drawn", xy: this.#sketch.bytes(), ...drawn })) this.drawing = false;
    this.host.changed();
  }

  /** How a table was read. */
  #taken(): TemplateResult {
    const { words } = this.host;
    const [left = "", right = "", bottom = "", top = ""] =
      this.units?.map((v) => words.plain(Number(v.toPrecision(4)))) ?? [];
    const reach = words.say("reach", { left, right, bottom, top });
    return html`
      ${this.skipped ? html`<p class="aside">${words.told(this.skipped)}</p>` : nothing}
      ${this.units ? html`<p class="aside">${reach}</p>` : nothing}
    `;
  }

  #plotted(title: string): TemplateResult {
    const name = this.host.words.say("theData", { title });
    return html`<div class="plot ${this.plot.view ? "" : "waiting"}">
      <canvas role="img" aria-label=${name} ${ref(this.plot.attach)}></canvas>
    </div>`;
  }

  /** The reader's own points, to be chosen. */
  #yours(): TemplateResult {
    const { words, task } = this.host;
    const points = option("custom", words.say("yourPointsCount", { n: this.count }), task.data === "custom");
    return html`<optgroup label=${words.say("yoursGroup")}>${points}</optgroup>`;
  }

  render(): TemplateResult {
    const { host } = this;
    const { task, description, words } = host;
    const { tables } = this;
    const toys = (description?.toys ?? []).filter((t) => !host.kinds.length || host.kinds.includes(t.kind));
    const kinds = [...new Set(toys.map((t) => t.kind))];
    const toy = toys.find((t) => t.id === task.data);
    const title = toy ? words.told(toy.title) : words.say("yourPoints");
    return html`<div class="source ${this.drawing ? "drawing" : ""}">
      <figure>${this.drawing ? this.#sketch.render() : this.#plotted(title)}</figure>
      <div class="choice">
        ${
          this.drawing
            ? this.#pad()
            : html` <div class="field">
                  <label for="data">${words.say("data")}</label
                  ><select id="data" @change=${(e: Event) => host.choose((e.target as HTMLSelectElement).value)}>
                    ${description ? nothing : html`<option selected>…</option>`}
                    ${kinds.map(
                      (kind) =>
                        html`<optgroup label=${words.say(KINDS[kind])}>
                          ${toys
                            .filter((t) => t.kind === kind)
                            .map((t) => option(t.id, words.told(t.title), t.id === task.data))}
                        </optgroup>`,
                    )}
                    ${this.count ? this.#yours() : nothing}
                  </select>
                </div>
                ${
                  task.data === "custom" || task.kind === "energy"
                    ? nothing
                    : html`<div class="pair">
                        ${fieldsOf(description?.dataSchema ?? {}, task.kind).map((f) =>
                          field(words, f, "data", {
                            value: task.dataOptions[f.name] ?? f.fallback,
                            error: this.errors.get(f.name),
                            set: (text) => host.setDataOption(f.name, text),
                          }),
                        )}
                      </div>`
                }
                <div class="row">
                  ${tables || this.classed ? this.#drawOwn() : nothing}
                  ${
                    tables
                      ? fileButton(words.say("openCsv"), ".csv,.txt,text/csv,text/plain", (file) => this.open(file))
                      : nothing
                  }
                </div>
                ${tables ? html`<p class="aside">${words.say("csvNote")}</p>` : nothing}
                ${task.data === "custom" ? this.#taken() : nothing}`
        }
      </div>
    </div>`;
  }

  #drawOwn() {
    const draw = () => {
      this.drawing = true;
      this.host.changed();
    };
    return html`<button type="button" @click=${draw}>${this.host.words.say("drawOwn")}</button>`;
  }

  /** The class of what is drawn next. */
  #brush() {
    const { words } = this.host;
    return segments(
      words.say("classDrawn"),
      [
        { value: "0", label: words.say("brushRed") },
        { value: "1", label: words.say("brushBlue") },
      ],
      String(this.#sketch.class),
      (value) => {
        this.#sketch.class = Number(value);
        this.host.changed();
      },
    );
  }

  #pad() {
    this.#sketch.classed = this.classed;
    const { points } = this.#sketch;
    const { words } = this.host;
    return html`<p>${words.say("putPoints")}</p>
      ${this.classed ? this.#brush() : nothing}
      <p class="aside">${words.say("putByKeys")}</p>
      <div class="row">
        <button type="button" class="primary" @click=${() => void this.#learn()}>
          ${points.length ? words.say("learnTheseCount", { n: points.length }) : words.say("learnThese")}
        </button>
        <button type="button" ?disabled=${!points.length} @click=${() => this.#sketch.undo()}>
          ${words.say("undo")}
        </button>
        <button type="button" ?disabled=${!points.length} @click=${() => this.#sketch.clear()}>
          ${words.say("clear")}
        </button>
        <button
          type="button"
          class="quiet"
          @click=${() => {
            this.drawing = false;
            this.host.changed();
          }}>
          ${words.say("neverMind")}
        </button>
      </div>`;
  }
}

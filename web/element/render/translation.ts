import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { option } from "../form";
import type { PhraseInput } from "../inputs/phrase";
import type { Host } from "../panel";
import { visible } from "./choices";
import type { Renderer } from "./renderer";
import { Script } from "./script";

type Translation = Extract<View, { kind: "translation" }>;

/** Weights below this many hundredths stand in no cell. */
const FAINT = 5;
const EMPTY = "";

/** A translation, piece by piece, what else it might have been, and where the network looked. */
export class TranslationRenderer implements Renderer {
  #script: Script;
  #view: Translation | undefined;
  #weights = new Float32Array();
  /** The head that is shown, counted through all layers; none is the mean of all. */
  #head = -1;

  constructor(
    private readonly host: Host,
    private readonly input: PhraseInput,
  ) {
    this.#script = new Script(host, "asTranslated");
  }

  show(view: View) {
    if (view.kind !== "translation") return;
    this.#view = view;
    const bytes = view.alignment.slice();
    this.#weights = new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2);
    if (this.#head >= view.layers * view.heads) this.#head = -1;
    this.#script.set(view.tokens);
    this.input.translated = view.proposals[0]?.text;
  }

  clear() {
    this.#view = undefined;
    this.#script.clear();
    this.input.translated = undefined;
  }

  hide() {
    this.#script.close();
  }

  /** How much the guess in a row looks at what was read in a column. */
  #weight({ written, read, layers, heads }: Translation, row: number, column: number): number {
    const size = written.length * read.length;
    const at = (head: number) => this.#weights[head * size + row * read.length + column] ?? 0;
    if (this.#head >= 0) return at(this.#head);
    const all = Array.from({ length: layers * heads }, (_, head) => at(head));
    return all.reduce((sum, w) => sum + w, 0) / Math.max(1, all.length);
  }

  #proposals({ proposals }: Translation) {
    const { words } = this.host;
    return html`<table class="proposals">
      <caption>
        ${words.say("likeliestTranslations")}
      </caption>
      <thead>
        <tr>
          <th scope="col">${words.say("translation")}</th>
          <th scope="col">${words.say("probability")}</th>
        </tr>
      </thead>
      <tbody>
        ${proposals.map(
          ({ text, prob, ended }) =>
            html`<tr>
              <td dir="auto">${text === EMPTY ? words.say("nothingWritten") : text}${ended ? "" : "…"}</td>
              <td class=${`v${Math.round(prob * 8)}`}>${words.percent(prob)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #chooser({ layers, heads }: Translation) {
    const { words } = this.host;
    const change = (e: Event) => {
      this.#head = Number((e.target as HTMLSelectElement).value);
      this.host.requestUpdate();
    };
    const each = Array.from({ length: layers * heads }, (_, i) =>
      option(
        String(i),
        words.say("layerHead", { layer: Math.floor(i / heads) + 1, head: (i % heads) + 1 }),
        i === this.#head,
      ),
    );
    return html`<div class="field">
      <label for="looking-head">${words.say("whoLooks")}</label>
      <select id="looking-head" @change=${change}>
        ${option("-1", words.say("meanOfHeads"), this.#head < 0)}${each}
      </select>
    </div>`;
  }

  #alignment(view: Translation) {
    const { words } = this.host;
    const cell = (row: number, column: number) => {
      const weight = this.#weight(view, row, column);
      const hundredths = Math.round(weight * 100);
      return html`<td class=${`v${Math.round(weight * 8)}`} title=${words.percent(weight)}>
        ${hundredths >= FAINT ? words.figure(hundredths) : ""}
      </td>`;
    };
    return html`<p class="aside">${words.say("alignmentHelp")}</p>
      <div class="lens" tabindex="0" role="region" aria-label=${words.say("alignment")}>
        <table>
          <thead>
            <tr>
              <td></td>
              ${view.read.map((piece) => html`<th scope="col" dir="auto">${visible(piece)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${view.written.map(
              (piece, row) =>
                html`<tr>
                  <th scope="row" dir="auto">${visible(piece)}</th>
                  ${view.read.map((_, column) => cell(row, column))}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  render() {
    const view = this.#view;
    const sheet = html`<div class="sheet" ${ref(this.#script.attach)}></div>`;
    if (!view) return sheet;
    return html`${sheet}
      <div class="translated">
        ${this.#proposals(view)}
        <div>${this.#chooser(view)}${this.#alignment(view)}</div>
      </div>`;
  }
}

import { html } from "lit";
import type { PlotInputs } from "../../client/protocol";
import type { Host, Param } from "../panel";
import type { Input } from "./input";

/** The longest lines that go into a URL. */
const LINKED = 1200;

/** Texts, one a line: those that the plot begins with, or the reader's. */
export class LinesInput implements Input {
  readonly params: Record<string, Param>;
  #lines: string;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
    private readonly title: string,
    private readonly example: string,
  ) {
    this.#lines = example;
    this.params = {
      lines: {
        get: () => (this.#lines !== example && this.#lines.length <= LINKED ? this.#lines : undefined),
        // Where a line end cannot stand, a bar does as well.
        set: (text) => (this.#lines = text?.trim() ? text.replaceAll(" | ", "\n") : this.example),
      },
    };
  }

  ask(): PlotInputs {
    return { lines: this.#lines };
  }

  #take(text: string) {
    this.#lines = text;
    this.changed();
    this.host.changed();
  }

  render() {
    const { words } = this.host;
    const input = (e: Event) => {
      const { value } = e.target as HTMLTextAreaElement;
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => this.#take(value), 300);
    };
    return html`<div class="field">
      <label for="lines">${words.told(this.title)}</label>
      <textarea
        id="lines"
        rows=${Math.min(8, Math.max(4, this.example.split("\n").length))}
        dir="auto"
        spellcheck="false"
        .value=${this.#lines}
        @input=${input}></textarea>
    </div>`;
  }
}

import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { button } from "../form";
import { Latest, type Host } from "../panel";

/** Music as it is printed: on two staves, drawn anew whenever it changes, and to be saved as a drawing. */
export class Printed {
  #shown = false;
  #paper: HTMLElement | undefined;
  #latest = new Latest();

  constructor(
    private readonly host: Host,
    /** The music in ABC notation. */
    private readonly abc: () => Promise<string | undefined>,
  ) {}

  #attach = (paper?: Element) => {
    this.#paper = paper as HTMLElement | undefined;
    if (paper) this.refresh();
  };

  #toggle = () => {
    this.#shown = !this.#shown;
    this.host.requestUpdate();
  };

  /** The music has changed. */
  refresh() {
    if (!this.#shown) return;
    this.#latest.run(() =>
      this.host.attempt(async () => {
        const [abc, { engrave }] = await Promise.all([this.abc(), import("./notation")]);
        if (abc && this.#paper) engrave(this.#paper, abc, this.host.words.say("scoreLabel"));
      }, "music"),
    );
  }

  /** The drawing as a file, black on nothing, whatever the page's colours are. */
  #save = () => {
    const svg = this.#paper?.querySelector("svg")?.cloneNode(true) as SVGSVGElement | undefined;
    if (!svg) return;
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    svg.setAttribute("color", "black");
    const bytes = new TextEncoder().encode(new XMLSerializer().serializeToString(svg));
    this.host.save({ name: "score.svg", mime: "image/svg+xml", bytes });
  };

  render() {
    const { words } = this.host;
    const label = words.say(this.#shown ? "scoreHide" : "scoreShow");
    return html`<div class="row">
        <button type="button" aria-expanded=${this.#shown} @click=${this.#toggle}>${label}</button>
        ${this.#shown ? button(words.say("scoreSave"), this.#save) : nothing}
      </div>
      ${this.#shown ? html`<div class="paper" ${ref(this.#attach)}></div>` : nothing}`;
  }
}

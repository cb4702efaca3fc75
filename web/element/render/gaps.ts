import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Alternative, Token, View } from "../../client/protocol";
import type { TextInput } from "../inputs/text";
import type { Host } from "../panel";
import { visible } from "./choices";
import type { Renderer } from "./renderer";
import { Script } from "./script";

/** A gap as a reader writes it, with the space before it; see `data/gaps.rs`. */
const GAP = / ?(?:\[MASK\]|_{2,})/g;

/** A text with gaps, and under it what could stand in each. */
export class GapsRenderer implements Renderer {
  #script: Script;

  constructor(
    private readonly host: Host,
    private readonly input: TextInput,
  ) {
    this.#script = new Script(host, "asRead");
  }

  show(view: View) {
    if (view.kind === "texts") this.#script.set(view.texts[0]?.tokens ?? []);
  }

  clear() {
    this.#script.clear();
  }

  hide() {
    this.#script.close();
  }

  /** Puts a guess into the gap with this number, counted among those that are open. */
  #put(at: number, { text }: Alternative) {
    let place = -1;
    const filled = this.input.text.replace(GAP, (gap) => (++place === at ? text : gap));
    this.input.take(filled);
  }

  #guess = (at: number, alternative: Alternative) => {
    const { words } = this.host;
    const { text, prob } = alternative;
    // A part of a character cannot be typed.
    const can = !text.includes("\ufffd");
    return html`<li>
      <button
        type="button"
        class="choice"
        ?disabled=${!can}
        aria-label=${words.say("gapTake", { token: text.trim() || visible(text), chance: words.percent(prob) })}
        @click=${() => this.#put(at, alternative)}>
        <b dir="auto">${visible(text)}</b>
        <span><i .style=${`width: ${Math.max(1, prob * 100)}%`}></i></span>
        <em>${words.percent(prob)}</em>
      </button>
    </li>`;
  };

  #gap = ({ alternatives }: Token, at: number, all: Token[]) => {
    const { words } = this.host;
    const title = all.length > 1 ? words.say("gapNumber", { n: at + 1 }) : words.say("gapOne");
    return html`<section class="gap" aria-label=${title}>
      <h3>${title}</h3>
      <ol>
        ${alternatives.map((alternative) => this.#guess(at, alternative))}
      </ol>
    </section>`;
  };

  render() {
    const open = this.#script.tokens.filter((t) => !t.given && t.logProb === null && t.alternatives.length);
    return html`<div class="sheet" ${ref(this.#script.attach)}></div>
      ${open.length ? html`<div class="gaps">${open.map(this.#gap)}</div>` : nothing}`;
  }
}

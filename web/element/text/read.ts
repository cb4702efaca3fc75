import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Alternative, View } from "../../client/protocol";
import { figure, type Host } from "../panel";
import { Script } from "./script";
import { SubjectPanel, type Subject } from "./subject";

/** What a text cost: sums of −log p over all tokens but the first, which nothing comes before. */
function cost(view: Extract<View, { kind: "texts" }>) {
  const told = (view.texts[0]?.tokens ?? []).filter((t) => t.logProb !== null);
  const nats = told.reduce((sum, t) => sum - (t.logProb ?? 0), 0);
  const characters = told.reduce((sum, t) => sum + [...t.text].length, 0);
  return { nats, tokens: told.length, characters };
}

/** A reader's sentence, weighed token by token. */
export class ReadPanel extends SubjectPanel<"texts"> {
  #script: Script;

  constructor(host: Host, subject: Subject) {
    super(host, subject);
    this.#script = new Script("The text as the model read it", {
      choose: (index, alternative) => this.#instead(index, alternative),
    });
  }

  protected ask(text: string) {
    return { type: "plot", plot: "read", inputs: { text } } as const;
  }

  protected got(view: View) {
    if (view.kind !== "texts") return;
    this.view = view;
    // All of it was given; what is shown is how likely it was.
    this.#script.set((view.texts[0]?.tokens ?? []).map((t) => ({ ...t, given: false })));
  }

  override hide() {
    this.#script.close();
  }

  #instead(index: number, { text }: Alternative) {
    const { tokens } = this.#script;
    this.take(
      [...tokens.slice(0, index).map((t) => t.text), text, ...tokens.slice(index + 1).map((t) => t.text)].join(""),
    );
  }

  override caption() {
    return this.host.help("read");
  }

  override render() {
    const { view } = this;
    const { nats, tokens, characters } = view ? cost(view) : { nats: 0, tokens: 0, characters: 0 };
    return html`<div class="reading-room">
      ${this.field("Your sentence", this.subject.own ? undefined : "This one is by the model itself. Type over it, or paste something.")}
      <div class="sheet" ${ref(this.#script.attach)}></div>
      ${
        tokens
          ? html`<p class="sum" aria-live="polite">
              <span>Total, nats <b>${figure(nats, 1)}</b></span>
              <span class="red">Perplexity, per token <b>${figure(Math.exp(nats / tokens), 2)}</b></span>
              ${characters === tokens ? nothing : html`<span>Perplexity, per character <b>${figure(Math.exp(nats / characters), 2)}</b></span>`}
              <span>Nats per token <b>${figure(nats / tokens, 2)}</b></span>
              <span>Bits per character <b>${figure(nats / characters / Math.LN2, 2)}</b></span>
              <span>Tokens, characters <b>${figure(tokens)}, ${figure(characters)}</b></span>
            </p>`
          : nothing
      }
    </div>`;
  }
}

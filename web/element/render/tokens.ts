import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Alternative, View } from "../../client/protocol";
import type { TextInput } from "../inputs/text";
import type { Host } from "../panel";
import type { Renderer } from "./renderer";
import { Script } from "./script";

type Texts = Extract<View, { kind: "texts" }>;

/** What a text cost: sums of −log p over all tokens but the first, which nothing comes before. */
function cost(view: Texts) {
  let [nats, tokens, characters] = [0, 0, 0];
  for (const { logProb, text } of view.texts[0]?.tokens ?? []) {
    if (logProb === null) continue;
    nats -= logProb;
    tokens++;
    characters += text.length === 1 ? 1 : [...text].length;
  }
  return { nats, tokens, characters };
}

/** A text as the model read it, token by token, with what it cost. */
export class TokensRenderer implements Renderer {
  #script: Script;
  #cost: ReturnType<typeof cost> | undefined;

  constructor(
    private readonly host: Host,
    private readonly input: TextInput,
  ) {
    this.#script = new Script(host, "asRead", {
      choose: (index, alternative) => this.#instead(index, alternative),
    });
  }

  show(view: View) {
    if (view.kind !== "texts") return;
    this.#cost = cost(view);
    // All of it was given; what is shown is how likely it was.
    this.#script.set((view.texts[0]?.tokens ?? []).map((t) => ({ ...t, given: false })));
  }

  clear() {
    this.#cost = undefined;
    this.#script.clear();
  }

  hide() {
    this.#script.close();
  }

  #instead(index: number, { text }: Alternative) {
    const { tokens } = this.#script;
    this.input.take(
      [...tokens.slice(0, index).map((t) => t.text), text, ...tokens.slice(index + 1).map((t) => t.text)].join(""),
    );
  }

  render() {
    const { words } = this.host;
    const { nats, tokens, characters } = this.#cost ?? { nats: 0, tokens: 0, characters: 0 };
    const perplexity = (parts: number) => words.figure(Math.exp(nats / parts), 2);
    const ofCharacters = html`<span>${words.say("perplexityCharacter")} <b>${perplexity(characters)}</b></span>`;
    return html`<div class="sheet" ${ref(this.#script.attach)}></div>
      ${
        tokens
          ? html`<p class="sum" aria-live="polite">
              <span>${words.say("totalNats")} <b>${words.figure(nats, 1)}</b></span>
              <span class="red">${words.say("perplexityToken")} <b>${perplexity(tokens)}</b></span>
              ${characters === tokens ? nothing : ofCharacters}
              <span>${words.say("natsPerToken")} <b>${words.figure(nats / tokens, 2)}</b></span>
              <span>${words.say("bitsPerCharacter")} <b>${words.figure(nats / characters / Math.LN2, 2)}</b></span>
              <span
                >${words.say("tokensCharacters")}
                <b>${words.figure(tokens)}${words.say("listComma")}${words.figure(characters)}</b></span
              >
            </p>`
          : nothing
      }`;
  }
}

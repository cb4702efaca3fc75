import { html, nothing, type TemplateResult } from "lit";
import { keptFile, listKept, renameKept, type KeptInfo } from "../client/store";
import type { Host } from "./panel";

/** A kept training as a file, whether it can be opened here or not. */
export async function saveKept(host: Host, id: string) {
  const file = await keptFile(id);
  if (file) host.save(file);
}

/** “Kept in this browser”: every training that is kept here, to be named, gone on with, downloaded or deleted. */
export class KeptPanel {
  #all: KeptInfo[] = [];
  #open = false;
  /** The record whose deletion is to be confirmed. */
  #doomed: string | undefined;

  constructor(private readonly host: Host) {}

  async #look() {
    this.#all = await listKept();
    this.host.requestUpdate();
  }

  #act(work: () => Promise<unknown>) {
    void this.host.attempt(async () => {
      await work();
      await this.#look();
    });
  }

  /** Opens or closes the list. */
  #toggle = (e: Event) => {
    this.#open = (e.target as HTMLDetailsElement).open;
    this.#doomed = undefined;
    if (this.#open) this.#act(async () => undefined);
  };

  #row(kept: KeptInfo): TemplateResult {
    const { trainer, words } = this.host;
    const here = kept.id === trainer.keeper.id;
    const name = kept.title || kept.about || kept.data || words.say("aTraining");
    return html`<li data-kept=${kept.id}>
      <input
        type="text"
        maxlength="80"
        aria-label=${words.say("nameOfTraining")}
        .value=${name}
        @change=${(e: Event) => this.#act(() => renameKept(kept.id, (e.target as HTMLInputElement).value))} />
      <span class="aside">
        ${kept.family ? `${kept.family}, ` : ""}${words.say("atStep", { step: kept.step })},
        ${words.megabytes(kept.size)}, ${here ? words.say("theOneAbove") : words.ago(kept.saved)}
      </span>
      <span class="row">
        ${
          here
            ? nothing
            : html`<button type="button" @click=${() => this.#act(() => trainer.resume(kept))}>
                ${words.say("goOnWithIt")}
              </button>`
        }
        <button type="button" @click=${() => this.#act(() => saveKept(this.host, kept.id))}>
          ${words.say("download")}
        </button>
        ${
          here
            ? nothing
            : this.#doomed === kept.id
              ? html`<button type="button" @click=${() => this.#act(() => trainer.discard(kept.id))}>
                    ${words.say("reallyDelete")}</button
                  ><button type="button" class="quiet" @click=${() => this.#ask(undefined)}>${words.say("no")}</button>`
              : html`<button type="button" class="quiet" @click=${() => this.#ask(kept.id)}>
                  ${words.say("delete")}
                </button>`
        }
      </span>
    </li>`;
  }

  #ask(id: string | undefined) {
    this.#doomed = id;
    this.host.requestUpdate();
  }

  render(): TemplateResult {
    const { words } = this.host;
    const size = this.#all.reduce((sum, k) => sum + k.size, 0);
    return html`<details class="all kept" ?open=${this.#open} @toggle=${this.#toggle}>
      <summary>${words.say("kept")}</summary>
      ${
        this.#all.length
          ? html`<p class="aside">${words.say("keptAll", { n: this.#all.length, size: words.megabytes(size) })}</p>
              <ul>
                ${this.#all.map((kept) => this.#row(kept))}
              </ul>`
          : html`<p class="aside">${words.say("keptNone")}</p>`
      }
    </details>`;
  }
}

import { html, nothing, type TemplateResult } from "lit";
import { keptFile, listKept, megabytes, renameKept, type KeptInfo } from "../client/store";
import { figure } from "./numbers";
import type { Host } from "./panel";

/** How long ago something was, in words. */
export function ago(then: number): string {
  const minutes = Math.round((Date.now() - then) / 60_000);
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (minutes < 1) return "a moment ago";
  if (minutes < 60) return format.format(-minutes, "minute");
  if (minutes < 60 * 24) return format.format(-Math.round(minutes / 60), "hour");
  return format.format(-Math.round(minutes / 1440), "day");
}

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
    const { trainer } = this.host;
    const here = kept.id === trainer.keeper.id;
    const name = kept.title || kept.about || kept.data || "A training";
    return html`<li data-kept=${kept.id}>
      <input
        type="text"
        maxlength="80"
        aria-label="Name of this training"
        .value=${name}
        @change=${(e: Event) => this.#act(() => renameKept(kept.id, (e.target as HTMLInputElement).value))} />
      <span class="aside">
        ${kept.family ? `${kept.family}, ` : ""}step ${figure(kept.step)}, ${megabytes(kept.size)},
        ${here ? "the one above" : ago(kept.saved)}
      </span>
      <span class="row">
        ${
          here
            ? nothing
            : html`<button type="button" @click=${() => this.#act(() => trainer.resume(kept))}>Go on with it</button>`
        }
        <button type="button" @click=${() => this.#act(() => saveKept(this.host, kept.id))}>Download</button>
        ${
          here
            ? nothing
            : this.#doomed === kept.id
              ? html`<button type="button" @click=${() => this.#act(() => trainer.discard(kept.id))}>
                    Yes, delete it</button
                  ><button type="button" class="quiet" @click=${() => this.#ask(undefined)}>No</button>`
              : html`<button type="button" class="quiet" @click=${() => this.#ask(kept.id)}>Delete</button>`
        }
      </span>
    </li>`;
  }

  #ask(id: string | undefined) {
    this.#doomed = id;
    this.host.requestUpdate();
  }

  render(): TemplateResult {
    const size = this.#all.reduce((sum, k) => sum + k.size, 0);
    return html`<details class="all kept" ?open=${this.#open} @toggle=${this.#toggle}>
      <summary>Kept in this browser</summary>
      ${
        this.#all.length
          ? html`<p class="aside">
                ${this.#all.length} ${this.#all.length === 1 ? "training" : "trainings"}, ${megabytes(size)} in all.
                They stay on this machine.
              </p>
              <ul>
                ${this.#all.map((kept) => this.#row(kept))}
              </ul>`
          : html`<p class="aside">Nothing. A training is kept from its first ten seconds on.</p>`
      }
    </details>`;
  }
}

import { html, nothing, type TemplateResult } from "lit";
import { textBytes } from "../../client/texts";
import { field } from "../form";
import { figure, type Host } from "../panel";
import { visible } from "../render/choices";
import type { Corpus } from "./corpus";

/** Tokens of a vocabulary that are shown. */
const SHOWN = 64;

/** How a text begins: so many characters as people count them, none of them cut. */
export const start = (text: string, most: number) =>
  [...new Intl.Segmenter().segment(text.slice(0, 20 * most))]
    .slice(0, most)
    .map((s) => s.segment)
    .join("");

/** Hands a reader's file over to be learned from. */
export function bringFile(host: Host, corpus: Corpus, file: File) {
  void host.attempt(async () =>
    corpus.bring(await textBytes(file), start(file.name.replace(/\.(txt|md)?(\.gz)?$/i, ""), 60) || file.name),
  );
}

/** Where the text to learn from is chosen, pasted, or opened, and what it is like. */
export function source(host: Host, corpus: Corpus): TemplateResult {
  const { info, wrong, own, entries } = corpus;
  const groups = [...new Set(entries.map((e) => e.group))];
  const paste = (e: Event) => {
    const area = (e.target as HTMLElement).closest("details")?.querySelector("textarea");
    const text = area?.value ?? "";
    void host.attempt(() =>
      corpus.bring(new TextEncoder().encode(text), `${start(text.trim(), 24).replace(/\s+/g, " ")}…`),
    );
  };
  return html`<fieldset class="source">
    <legend>Text <span class="aside">What it is to learn from. Yours stays on this machine.</span></legend>
    <div class="side">
      <div class="field">
        <label for="corpus">Learn from</label>
        <select
          id="corpus"
          ?disabled=${!entries.length}
          @change=${(e: Event) => void corpus.choose((e.target as HTMLSelectElement).value)}>
          ${own ? html`<option value=${own.name} ?selected=${own.name === corpus.name}>yours: ${own.title}</option>` : nothing}
          ${groups.map((g) => html`<optgroup label=${g}>${entries.filter((e) => e.group === g).map((e) => html`<option value=${e.name} title=${`${e.credit}; ${e.licence}`} ?selected=${e.name === corpus.name}>${e.title}</option>`)}</optgroup>`)}
        </select>
      </div>
      <details class="paste">
        <summary>Paste your own words</summary>
        <div class="field">
          <label for="pasted" class="unseen">Your text</label>
          <textarea
            id="pasted"
            rows="5"
            dir="auto"
            spellcheck="false"
            placeholder="Letters, songs, recipes, a diary: the more the better; a few pages at least."></textarea>
        </div>
        <button type="button" @click=${paste}>Learn from this</button>
      </details>
      <label class="button"
        >Open a text file<input
          type="file"
          class="unseen"
          accept=".txt,.md,.gz,text/*"
          @change=${(e: Event) => {
            const input = e.target as HTMLInputElement;
            const file = input.files?.[0];
            input.value = "";
            if (file) bringFile(host, corpus, file);
          }}
      /></label>
      ${host.trainer.fields.text
        .filter((f) => f.name !== "vocabulary" || host.trainer.drafts.text["tokens"] === "bpe")
        .map((f) =>
          field(f, "text", {
            value: host.trainer.value("text", f),
            error: host.trainer.errors.get(`text.${f.name}`),
            set: (text) => void host.attempt(() => host.trainer.wish("text", [[f.name, text]])),
          }),
        )}
    </div>
    <div class="about" aria-live="polite" aria-busy=${corpus.busy ? "true" : "false"}>
      ${
        wrong
          ? html`<div class="notice" data-code=${wrong.code}>
              <p>
                <code>${wrong.code}</code> ${wrong.message}
                ${wrong.hint}${info ? " The text before is still there." : ""}
              </p>
            </div>`
          : nothing
      }
      ${corpus.busy ? html`<p class="aside">Taking the text apart…</p>` : nothing}
      ${
        info
          ? html` <p>
                <b>${figure(info.characters)}</b> characters of <i dir="auto">${corpus.title}</i> are
                ${info.train + info.heldOut === info.characters ? "as many" : html`<b>${figure(info.train + info.heldOut)}</b>`}
                tokens, of <b>${figure(info.vocabulary)}</b> kinds. It learns from <b>${figure(info.train)}</b>; the
                last <b>${figure(info.heldOut)}</b> are held out, to see whether it has understood or only remembers.
              </p>
              <p class="pieces" aria-label="Tokens, the most frequent first">
                ${info.pieces.slice(0, SHOWN).map((p) => html`<span>${visible(p)}</span>`)}${info.vocabulary > SHOWN ? html`<span class="rest">… and ${figure(info.vocabulary - SHOWN)} more</span>` : nothing}
              </p>
              <div class="excerpts">
                <blockquote dir="auto">${info.beginning}…</blockquote>
                <blockquote class="held" dir="auto">
                  <span class="label">held out</span>${info.heldOutBeginning}…
                </blockquote>
              </div>`
          : nothing
      }
    </div>
  </fieldset>`;
}

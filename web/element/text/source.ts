import { html, nothing, type TemplateResult } from "lit";
import { textBytes, type TextEntry } from "../../client/texts";
import { fileButton } from "../file-button";
import { field, option } from "../form";
import type { Host } from "../panel";
import { visible } from "../render/choices";
import type { Corpus } from "./corpus";
import { start } from "./start";

/** The groups of the site's texts. */
const GROUPS = {
  Lists: "groupLists",
  "Plays and poems": "groupPlays",
  Books: "groupBooks",
  Talks: "groupTalks",
} as const;
const grouped = (group: string, words: Host["words"]) =>
  Object.hasOwn(GROUPS, group) ? words.say(GROUPS[group as keyof typeof GROUPS]) : group;

/** Tokens of a vocabulary that are shown. */
const SHOWN = 64;
/** More tokens than there are letters in a text. */
const MANY = 1000;

/** Hands a reader's file over to be learned from. */
export function bringFile(host: Host, corpus: Corpus, file: File) {
  void host.attempt(async () =>
    corpus.bring(await textBytes(file), start(file.name.replace(/\.(txt|md|tsv)?(\.gz)?$/i, ""), 60) || file.name),
  );
}

/** Hands over what was pasted into the field beside the button that was pressed. */
export function bringPasted(host: Host, corpus: Corpus, e: Event) {
  const text = (e.target as HTMLElement).closest("details")?.querySelector("textarea")?.value ?? "";
  const title = `${start(text.trim(), 24).replace(/\s+/g, " ")}…`;
  void host.attempt(() => corpus.bring(new TextEncoder().encode(text), title));
}

/** What is wrong with what was brought, what `stays` instead, that it is being read, and what is `said` of it. */
export function about(host: Host, corpus: Corpus, stays: string, said: TemplateResult | typeof nothing) {
  const { words } = host;
  const wrong = corpus.wrong && words.error(corpus.wrong);
  const coming = !wrong && said === nothing ? "coming" : "";
  return html`<div class="about ${coming}" aria-live="polite" aria-busy=${corpus.busy ? "true" : "false"}>
    ${
      wrong
        ? html`<div class="notice" data-code=${wrong.code}>
            <p><code>${wrong.code}</code> ${wrong.message} ${wrong.hint} ${stays}</p>
          </div>`
        : nothing
    }
    ${corpus.busy ? html`<p class="aside">${words.say("takingApart")}</p>` : nothing} ${said}
  </div>`;
}

/** Where the text to learn from is chosen, pasted, or opened, and what it is like. */
export function source(host: Host, corpus: Corpus): TemplateResult {
  const { info, own, entries } = corpus;
  const { words } = host;
  const bold = (n: number) => html`<b>${words.figure(n)}</b>`;
  const left = info ? info.vocabulary - SHOWN : 0;
  const more = left > 0 ? html`<span class="rest">${words.say("andMore", { n: left })}</span>` : nothing;
  // A model that knows thousands of tokens is gone on from: what they are, is not looked at here.
  const { space } = host.info ?? {};
  const onward = host.trainer.from !== undefined && space?.kind === "text" && space.vocabulary > MANY;
  const pieces =
    info && !onward
      ? html`<p class="pieces" aria-label=${words.say("mostFrequent")}>
          ${info.pieces.slice(0, SHOWN).map((p) => html`<span>${visible(p)}</span>`)}${more}
        </p>`
      : nothing;
  const groups = [...new Set(entries.map((e) => e.group))];
  const choice = (e: TextEntry) =>
    option(e.name, words.told(e.title), e.name === corpus.name, `${e.credit}; ${e.licence}`);
  const group = (name: string) =>
    html`<optgroup label=${grouped(name, words)}>${entries.filter((e) => e.group === name).map(choice)}</optgroup>`;
  return html`<fieldset class="source">
    <legend>${words.say("text")} <span class="aside">${words.say("textNote")}</span></legend>
    <div class="side">
      <div class="field">
        <label for="corpus">${words.say("learnFrom")}</label>
        <select
          id="corpus"
          ?disabled=${!entries.length}
          @change=${(e: Event) => void corpus.choose((e.target as HTMLSelectElement).value)}>
          ${own ? option(own.name, words.say("yoursTitled", { title: own.title }), own.name === corpus.name) : nothing}
          ${groups.map(group)}
        </select>
      </div>
      <details class="paste">
        <summary>${words.say("pasteOwn")}</summary>
        <div class="field">
          <label for="pasted" class="unseen">${words.say("yourText")}</label>
          <textarea id="pasted" rows="5" dir="auto" spellcheck="false" placeholder=${words.say("pasteHint")}></textarea>
        </div>
        <button type="button" @click=${(e: Event) => bringPasted(host, corpus, e)}>
          ${words.say("learnFromThis")}
        </button>
      </details>
      ${fileButton(words.say("openText"), ".txt,.md,.gz,text/*", (file) => bringFile(host, corpus, file))}
      ${host.trainer.fields.text
        .filter((f) => f.name !== "vocabulary" || host.trainer.drafts.text["tokens"] === "bpe")
        .map((f) =>
          field(words, f, "text", {
            value: host.trainer.value("text", f),
            error: host.trainer.errors.get(`text.${f.name}`),
            set: (text) => void host.attempt(() => host.trainer.wish("text", [[f.name, text]])),
          }),
        )}
    </div>
    ${about(
      host,
      corpus,
      info ? words.say("textBeforeStays") : "",
      info
        ? html` <p>
              ${words.parts(onward ? "corpusOnward" : "corpus", {
                characters: bold(info.characters),
                title: html`<i dir="auto">${words.told(corpus.title)}</i>`,
                tokens:
                  info.train + info.heldOut === info.characters ? words.say("asMany") : bold(info.train + info.heldOut),
                kinds: bold(info.vocabulary),
                train: bold(info.train),
                heldOut: bold(info.heldOut),
              })}
            </p>
            ${pieces}
            <div class="excerpts">
              <blockquote dir="auto">${info.beginning}…</blockquote>
              <blockquote class="held" dir="auto">
                <span class="label">${words.say("heldOut")}</span>${info.heldOutBeginning}…
              </blockquote>
            </div>`
        : nothing,
    )}
  </fieldset>`;
}

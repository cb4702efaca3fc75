import { html, nothing, type TemplateResult } from "lit";
import { EMOJI_NAMES } from "../../client/site";
import { fileButton } from "../file-button";
import { option } from "../form";
import type { Host } from "../panel";
import { visible } from "../render/choices";
import type { Corpus } from "./corpus";
import { about, bringFile, bringPasted } from "./source";

/** Pairs that are made here or that the site has, and what they are called. */
const SETS = { numbers: "pairsNumbers", dates: "pairsDates", [EMOJI_NAMES]: "pairsNames" } as const;
/** Tokens that are shown. */
const SHOWN = 48;

/** Where the pairs to learn from are chosen, pasted, or opened, and what they are like. */
export function pairSource(host: Host, corpus: Corpus): TemplateResult {
  const { info, own } = corpus;
  const { words } = host;
  const chosen = host.trainer.wished().data;
  const bold = (n: number) => html`<b>${words.figure(n)}</b>`;
  const choose = (e: Event) => {
    const { value } = e.target as HTMLSelectElement;
    if (value === own?.name) void corpus.choose(value);
    else corpus.leave(value);
  };
  // In a text a tab is a character, and not the way to the next field.
  const tab = (e: KeyboardEvent) => {
    if (e.key !== "Tab" || e.shiftKey || e.altKey || e.ctrlKey || e.metaKey) return;
    const area = e.target as HTMLTextAreaElement;
    const line = area.value.slice(area.value.lastIndexOf("\n", area.selectionStart - 1) + 1, area.selectionStart);
    // At the beginning of a line, and behind a tab, it leads on, so that nobody is held in the field.
    if (!line.trim() || line.endsWith("\t")) return;
    e.preventDefault();
    area.setRangeText("\t", area.selectionStart, area.selectionEnd, "end");
  };
  const sets = Object.entries(SETS);
  const others = sets.some(([name]) => name === chosen) || chosen === own?.name ? [] : [chosen];
  return html`<fieldset class="source">
    <legend>${words.say("pairsLegend")} <span class="aside">${words.say("pairsNote")}</span></legend>
    <div class="side">
      <div class="field">
        <label for="corpus">${words.say("learnFrom")}</label>
        <select id="corpus" @change=${choose}>
          ${own ? option(own.name, words.say("yoursTitled", { title: own.title }), own.name === chosen) : nothing}
          ${others.map((name) => option(name, name, true))}
          ${sets.map(([name, key]) => option(name, words.say(key), name === chosen))}
        </select>
      </div>
      <details class="paste">
        <summary>${words.say("pastePairs")}</summary>
        <div class="field">
          <label for="pasted" class="unseen">${words.say("yourPairs")}</label>
          <textarea
            id="pasted"
            rows="6"
            dir="auto"
            spellcheck="false"
            aria-describedby="pairs-help"
            placeholder=${words.say("pairsHint")}
            @keydown=${tab}></textarea>
          <small id="pairs-help">${words.say("pairsHelp")}</small>
        </div>
        <button type="button" @click=${(e: Event) => bringPasted(host, corpus, e)}>
          ${words.say("learnFromThis")}
        </button>
      </details>
      ${fileButton(words.say("openPairs"), ".tsv,.txt,.gz,text/*", (file) => bringFile(host, corpus, file))}
    </div>
    ${about(
      host,
      corpus,
      words.say("pairsBeforeStay"),
      info
        ? html`<p>
              ${words.parts("takenPairs", {
                train: bold(info.train),
                title: html`<i dir="auto">${corpus.title}</i>`,
                heldOut: bold(info.heldOut),
                characters: bold(info.characters),
                kinds: bold(info.vocabulary),
              })}
            </p>
            ${
              info.pieces.length
                ? html`<p class="pieces" aria-label=${words.say("longestTokens")}>
                    ${info.pieces.slice(0, SHOWN).map((p) => html`<span>${visible(p)}</span>`)}
                  </p>`
                : nothing
            }
            <div class="excerpts">
              <blockquote dir="auto">${info.beginning}</blockquote>
              <blockquote class="held" dir="auto">
                <span class="label">${words.say("heldOut")}</span>${info.heldOutBeginning}
              </blockquote>
            </div>`
        : nothing,
    )}
  </fieldset>`;
}

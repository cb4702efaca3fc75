import { html, nothing, type TemplateResult } from "lit";
import { option } from "../form";
import type { Host } from "../panel";
import type { Corpus } from "./corpus";
import { pairSource } from "./pairs";
import { about, source } from "./source";

/** Episodes that are made here. */
const MADE = "rooms";

/** Where the episodes to learn from are chosen: the expert's, or the reader's own, which come from where they play. */
export function episodeSource(host: Host, corpus: Corpus): TemplateResult | typeof nothing {
  const { info, own } = corpus;
  const { words } = host;
  if (!own) return nothing;
  const chosen = host.trainer.wished().data;
  const bold = (n: number) => html`<b>${words.figure(n)}</b>`;
  const choose = (e: Event) => {
    const { value } = e.target as HTMLSelectElement;
    if (value === own.name) void corpus.choose(value);
    else corpus.leave(value);
  };
  const said = info
    ? html`<p>
        ${words.parts("takenEpisodes", {
          train: bold(info.train),
          heldOut: bold(info.heldOut),
          answers: bold(info.characters),
        })}
      </p>`
    : nothing;
  return html`<fieldset class="source">
    <legend>${words.say("episodesLegend")} <span class="aside">${words.say("episodesNote")}</span></legend>
    <div class="side">
      <div class="field">
        <label for="corpus">${words.say("learnFrom")}</label>
        <select id="corpus" @change=${choose}>
          ${option(own.name, words.say("yoursTitled", { title: own.title }), own.name === chosen)}
          ${option(MADE, words.say("episodesMade"), own.name !== chosen)}
        </select>
      </div>
    </div>
    ${about(host, corpus, "", said)}
  </fieldset>`;
}

/** Where what is learned from is chosen. */
export const sourceOf = ({ kind }: Corpus) => ({ text: source, pairs: pairSource, episodes: episodeSource })[kind];

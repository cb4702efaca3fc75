import { html, nothing, type TemplateResult } from "lit";
import { button } from "../form";
import type { Host } from "../panel";
import { Speaker } from "../speaker";
import type { Gallery } from "./gallery";
import { LEAST, RATE, type Recording } from "./recordings";

/** What plays recordings again; one for all, since nobody hears two at a time. */
const speaker = new Speaker();

/** Where words are recorded, heard again and taken away. */
export function recorder(host: Host, gallery: Gallery): TemplateResult {
  const { words } = host;
  const { recordings } = gallery;
  const { microphone, all } = recordings;
  const toggle = () => {
    if (microphone.isRecording) microphone.end();
    else void host.attempt(() => recordings.record(gallery.label.trim()), "microphone");
  };
  const record = button(words.say(microphone.isRecording ? "recordEnd" : "recordBegin"), toggle, "primary");
  return html`<div class="recorder">
    <p class="label">${words.say("recordOwn")}</p>
    ${microphone.isThere ? html`<div class="row">${record}</div>` : nothing}
    <p class="aside" role="status">
      ${
        microphone.isRecording
          ? words.say("recordNow")
          : all.length < LEAST
            ? words.say("recordSoFar", { n: all.length, least: LEAST })
            : words.say("recordEnough", { n: all.length })
      }
    </p>
    ${recordings.silence ? html`<p class="offer warn" role="status">${words.say(recordings.silence)}</p>` : nothing}
    ${
      all.length
        ? html`<ol class="recordings" aria-label=${words.say("recordings")}>
            ${all.map((one, i) => entry(host, gallery, one, i))}
          </ol>`
        : html`<p class="aside">${words.say("recordHelp")}</p>`
    }
  </div>`;
}

function entry(host: Host, { recordings }: Gallery, one: Recording, i: number) {
  const { words } = host;
  const name = one.label || words.say("hearNumber", { n: i + 1 });
  const hear = () =>
    void host.attempt(async () => {
      recordings.silence = await speaker.play(one.sound, RATE, () => undefined);
      host.requestUpdate();
    }, "sound");
  const remove = () => void host.attempt(() => recordings.remove(one), "pictures");
  return html`<li>
    <button type="button" aria-label=${words.say("hearOne", { name })} @click=${hear}>▶ <bdi>${name}</bdi></button
    ><button type="button" class="quiet" aria-label=${words.say("recordRemove", { name })} @click=${remove}>×</button>
  </li>`;
}

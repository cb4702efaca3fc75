import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { Refused } from "../../client/pictures";
import type { PictureInfo } from "../../client/protocol";
import type { Plate } from "../draw";
import { field } from "../form";
import type { Host } from "../panel";
import { chosen } from "./collect";
import type { Gallery } from "./gallery";
import { recorder } from "./recorder";

/** The set of sounds that the site serves. */
const SPOKEN = "spoken-digits";
/** Files that were left out, of which so many are named. */
const NAMED = 100;

/** A button by which several files are chosen, or a folder. */
function chooser(label: string, folder: boolean, take: (files: File[]) => void): TemplateResult {
  const changed = (e: Event) => {
    const input = e.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = "";
    if (files.length) take(files);
  };
  return html`<label class="button"
    >${label}<input
      class="unseen"
      type="file"
      accept=${folder ? nothing : "image/*,.wav"}
      multiple
      ?webkitdirectory=${folder}
      @change=${changed}
  /></label>`;
}

/** Pictures of the clipboard, where the browser gives them. */
async function pasted(): Promise<File[]> {
  const items = await navigator.clipboard.read();
  const kinds = items.flatMap((item) => {
    const type = item.types.find((t) => t.startsWith("image/"));
    return type ? [{ item, type }] : [];
  });
  return Promise.all(kinds.map(async ({ item, type }) => new File([await item.getType(type)], "pasted", { type })));
}

/** Where the images to learn from are chosen or brought, and what the reader's own are like. */
export function pictureSource(host: Host, gallery: Gallery, plate: Plate): TemplateResult {
  const { words } = host;
  const bring = (files: Iterable<File>) =>
    void host.attempt(() => gallery.bring(chosen(files, gallery.label.trim())), "pictures");
  const onPaste = (e: ClipboardEvent) => {
    const files = [...(e.clipboardData?.files ?? [])];
    if (!files.length) return;
    e.preventDefault();
    bring(files);
  };
  const paste = () =>
    void host.attempt(async () => {
      const files = await pasted().catch(() => []);
      if (files.length) bring(files);
    });
  const { camera } = gallery;
  const open = () => void host.attempt(() => camera.open(), "camera");
  const canPaste = "clipboard" in navigator && "read" in navigator.clipboard;
  const button = (label: string, act: () => void) => html`<button type="button" @click=${act}>${label}</button>`;
  return html`<fieldset class="source pictures" @paste=${onPaste}>
    <legend>${words.say("images")} <span class="aside">${words.say("picturesNote")}</span></legend>
    <div class="side">
      <div class="field">
        <label for="gallery">${words.say("learnFrom")}</label>
        <select
          id="gallery"
          ?disabled=${!gallery.entries.length}
          @change=${(e: Event) => gallery.choose((e.target as HTMLSelectElement).value)}>
          ${sets(host, gallery)}
        </select>
      </div>
      <p class="label">${words.say("picturesOwn")}</p>
      <div class="row">
        ${chooser(words.say("picturesFiles"), false, bring)} ${chooser(words.say("picturesFolder"), true, bring)}
        ${canPaste ? button(words.say("paste"), paste) : nothing}
        ${camera.isThere && !camera.isOpen ? button(words.say("cameraOpen"), open) : nothing}
      </div>
      ${
        camera.isOpen
          ? html`<div class="camera">
              <video playsinline muted aria-label=${words.say("cameraSees")} ${ref(camera.attach)}></video>
              <div class="row">
                <button
                  type="button"
                  class="primary"
                  @click=${() => void host.attempt(async () => bring([await camera.take()]), "camera")}>
                  ${words.say("cameraTake")}
                </button>
                <button type="button" @click=${() => camera.close()}>${words.say("cameraClose")}</button>
              </div>
            </div>`
          : nothing
      }
      <div class="field">
        <label for="picture-label">${words.say("pictureLabel")}</label>
        <input
          type="text"
          id="picture-label"
          maxlength="60"
          aria-describedby="picture-label-help"
          .value=${gallery.label}
          @input=${(e: Event) => (gallery.label = (e.target as HTMLInputElement).value)} />
        <small id="picture-label-help">${words.say("pictureLabelHelp")}</small>
      </div>
      ${heard(host, gallery) ? recorder(host, gallery) : nothing}
      ${gallery.count && !gallery.own?.sounds ? options(host) : nothing}
    </div>
    <div class="about" aria-live="polite" aria-busy=${gallery.progress || gallery.busy ? "true" : "false"}>
      ${about(host, gallery, plate)}
    </div>
  </fieldset>`;
}

/** Whether sounds are learned from: they are recorded beside such a set, or have been. */
const heard = ({ trainer }: Host, { choice, recordings }: Gallery) =>
  (choice ?? trainer.wished().data) === SPOKEN || recordings.all.length > 0;

/** The sets that there are to choose from. */
function sets({ words, trainer }: Host, { own, entries, choice }: Gallery): TemplateResult[] {
  const name = choice ?? trainer.wished().data;
  const set = (value: string, label: string, title = "") =>
    html`<option value=${value} title=${title || nothing} ?selected=${value === name}>${label}</option>`;
  const isElsewhere = name && name !== own?.name && !entries.some((e) => e.name === name);
  return [
    ...(own
      ? [set(own.name, words.say("picturesYours", { title: own.sounds ? words.say("recordings") : own.title }))]
      : []),
    ...(isElsewhere ? [set(name, words.say("picturesElsewhere"))] : []),
    ...entries.map((e) => set(e.name, words.told(e.title), e.licence)),
  ];
}

/** How the reader's pictures become images: a form of what Rust declares. */
function options(host: Host): unknown {
  const { trainer, words } = host;
  return trainer.fields.pictures.map((f) =>
    field(words, f, "pictures", {
      value: trainer.value("pictures", f),
      error: trainer.errors.get(`pictures.${f.name}`),
      set: (text) => void host.attempt(() => trainer.wish("pictures", [[f.name, text]])),
    }),
  );
}

/** What the worker took, in a sentence or two, and the classes. */
function taken({ words }: Host, info: PictureInfo, sounds: boolean): TemplateResult {
  const colour = words.say(info.channels === 1 ? "inGrey" : "inColour");
  const { side, train, heldOut, duplicates, classes } = info;
  const each = classes.map((c) => html`<span dir="auto">${c.name} <small>${words.figure(c.count)}</small></span>`);
  return html`<p>
      ${
        sounds
          ? words.say("recordTaken", { n: train + heldOut, train, heldOut })
          : words.say("picturesTaken", { n: train + heldOut, side, colour, train, heldOut })
      }
      ${duplicates ? words.say("picturesTwice", { n: duplicates }) : nothing}
    </p>
    ${each.length ? html`<p class="pieces" aria-label=${words.say("classes")}>${each}</p>` : nothing}`;
}

/** Files that were left out, and why. */
function leftOut({ words }: Host, refused: readonly Refused[]): TemplateResult {
  const why = ({ name, why: { message, hint } }: Refused) =>
    html`<li><b dir="auto">${name}</b>: ${words.told(message)} ${words.told(hint)}</li>`;
  return html`<details class="refused">
    <summary>${words.say("picturesRefused", { n: refused.length })}</summary>
    <ul>
      ${refused.slice(0, NAMED).map(why)}
    </ul>
  </details>`;
}

/** What became of them. */
function about(host: Host, gallery: Gallery, plate: Plate): TemplateResult {
  const { words } = host;
  const { progress, info, preview } = gallery;
  const refused = [...gallery.refused, ...gallery.recordings.refused];
  const wrong = gallery.wrong && words.error(gallery.wrong);
  if (preview && plate.view !== preview) plate.show(preview, { gap: 0.06 });
  const clear = () => gallery.clear();
  return html`${
      progress
        ? html`<div class="row">
            <progress max=${progress.of} .value=${progress.done} aria-label=${words.say("picturesReading")}></progress>
            <span>${words.say("picturesRead", progress)}</span>
            <button type="button" @click=${() => gallery.stop()}>${words.say("stop")}</button>
          </div>`
        : nothing
    }
    ${
      wrong
        ? html`<div class="notice" data-code=${wrong.code}>
            <p><code>${wrong.code}</code> ${wrong.message} ${wrong.hint}</p>
          </div>`
        : nothing
    }
    ${info ? taken(host, info, gallery.own?.sounds === true) : nothing}
    ${
      preview
        ? html`<figure class="as-is">
              <canvas class="plate" role="img" aria-label=${words.say("picturesSome")} ${ref(plate.attach)}></canvas>
            </figure>
            ${gallery.own?.sounds ? nothing : html`<p class="aside">${words.say("picturesCropped")}</p>`}`
        : progress
          ? nothing
          : html`<p class="aside">${words.say("picturesDrop")}</p>`
    }
    ${refused.length ? leftOut(host, refused) : nothing}
    <p class="aside">${words.say("picturesStay")}</p>
    ${
      gallery.count
        ? html`<div class="row">
            <button type="button" class="quiet" @click=${clear}>${words.say("picturesClear")}</button>
          </div>`
        : nothing
    }`;
}

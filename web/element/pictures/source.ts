import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { PictureInfo } from "../../client/protocol";
import type { Words } from "../../lang/words";
import type { Plate } from "../draw";
import { field } from "../form";
import type { Host } from "../panel";
import { chosen } from "./collect";
import type { Gallery } from "./gallery";

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
      accept=${folder ? nothing : "image/*"}
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
  const { camera, own, entries } = gallery;
  const name = gallery.choice ?? host.trainer.wished().data;
  const stranger = !entries.some((e) => e.name === name) && name !== own?.name;
  const yours = own && words.say("picturesYours", { title: own.title });
  const choices = entries.map(
    (e) => html`<option value=${e.name} title=${e.licence} ?selected=${e.name === name}>${e.title}</option>`,
  );
  const elsewhere = words.say("picturesElsewhere");
  const canPaste = "clipboard" in navigator && "read" in navigator.clipboard;
  const openCamera = () => void host.attempt(() => camera.open(), "camera");
  const cameraButton = html`<button type="button" @click=${openCamera}>${words.say("cameraOpen")}</button>`;
  return html`<fieldset class="source pictures" @paste=${onPaste}>
    <legend>${words.say("images")} <span class="aside">${words.say("picturesNote")}</span></legend>
    <div class="side">
      <div class="field">
        <label for="gallery">${words.say("learnFrom")}</label>
        <select
          id="gallery"
          ?disabled=${!entries.length}
          @change=${(e: Event) => gallery.choose((e.target as HTMLSelectElement).value)}>
          ${own ? html`<option value=${own.name} ?selected=${own.name === name}>${yours}</option>` : nothing}
          ${stranger && name ? html`<option value=${name} selected>${elsewhere}</option>` : nothing} ${choices}
        </select>
      </div>
      <p class="label">${words.say("picturesOwn")}</p>
      <div class="row">
        ${chooser(words.say("picturesFiles"), false, bring)} ${chooser(words.say("picturesFolder"), true, bring)}
        ${canPaste ? html`<button type="button" @click=${paste}>${words.say("paste")}</button>` : nothing}
        ${camera.isThere && !camera.isOpen ? cameraButton : nothing}
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
      ${gallery.count ? options(host) : nothing}
    </div>
    <div class="about" aria-live="polite" aria-busy=${gallery.progress || gallery.busy ? "true" : "false"}>
      ${about(host, gallery, plate)}
    </div>
  </fieldset>`;
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

/** How many there are, and of what size. */
function taken(words: Words, { train, heldOut, side, channels }: PictureInfo): string {
  const colour = words.say(channels === 1 ? "inGrey" : "inColour");
  return words.say("picturesTaken", { n: train + heldOut, side, colour, train, heldOut });
}

/** The classes, and how many pictures each has. */
const classes = (words: Words, info: PictureInfo) =>
  html`<p class="pieces" aria-label=${words.say("classes")}>
    ${info.classes.map((c) => html`<span dir="auto">${c.name} <small>${words.figure(c.count)}</small></span>`)}
  </p>`;

/** A file that was left out, and why. */
const refusal = (words: Words, { name, why }: Gallery["refused"][number]) =>
  html`<li><b dir="auto">${name}</b>: ${words.told(why.message)} ${words.told(why.hint)}</li>`;

/** What became of them. */
function about({ words }: Host, gallery: Gallery, plate: Plate): TemplateResult {
  const { progress, info, preview, refused } = gallery;
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
    ${
      info
        ? html`<p>
              ${taken(words, info)} ${info.duplicates ? words.say("picturesTwice", { n: info.duplicates }) : nothing}
            </p>
            ${info.classes.length ? classes(words, info) : nothing}`
        : nothing
    }
    ${
      preview
        ? html`<figure class="as-is">
              <canvas class="plate" role="img" aria-label=${words.say("picturesSome")} ${ref(plate.attach)}></canvas>
            </figure>
            <p class="aside">${words.say("picturesCropped")}</p>`
        : progress
          ? nothing
          : html`<p class="aside">${words.say("picturesDrop")}</p>`
    }
    ${
      refused.length
        ? html`<details class="refused">
            <summary>${words.say("picturesRefused", { n: refused.length })}</summary>
            <ul>
              ${refused.slice(0, NAMED).map((r) => refusal(words, r))}
            </ul>
          </details>`
        : nothing
    }
    <p class="aside">${words.say("picturesStay")}</p>
    ${
      gallery.count
        ? html`<div class="row">
            <button type="button" class="quiet" @click=${clear}>${words.say("picturesClear")}</button>
          </div>`
        : nothing
    }`;
}

import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { PlotInputs, View } from "../../client/protocol";
import type { ImageView } from "../draw";
import { fileButton } from "../file-button";
import type { Host } from "../panel";
import { Camera } from "../pictures/camera";
import { clipFrom, clipNow, FRAMES, type OwnClip } from "../pictures/clip";
import { tiles } from "../render/tiles";
import type { Input } from "./input";

/** A clip: a held-out one, which goes with the seed, or the reader's own from a file or the camera. */
export class ClipInput implements Input {
  readonly params = {};
  #own: OwnClip | undefined;
  /** The first frame, as the model sees it. */
  #first: ImageView | undefined;
  #taken = 0;
  readonly #camera: Camera;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
    /** Its first frame is another. */
    private readonly shown: () => void,
  ) {
    this.#camera = new Camera(() => host.requestUpdate());
  }

  /** The first frame; nothing before there was an answer. */
  get first(): ImageView | undefined {
    return this.#first;
  }

  ask(): PlotInputs {
    return this.#own ? { clip: this.#own } : {};
  }

  answered(view: View) {
    if (view.kind !== "clips" || view.sheet.kind !== "image") return;
    this.#first = tiles(view.sheet, [0]);
    this.shown();
  }

  dropped(file: File): boolean {
    if (file.type !== "image/gif" && !file.type.startsWith("video/")) return false;
    this.#open(file);
    return true;
  }

  #take(own: OwnClip | undefined) {
    this.#own = own;
    this.changed();
    this.host.requestUpdate();
  }

  #open(file: File) {
    void this.host.attempt(async () => this.#take(await clipFrom(file)), "clip");
  }

  #record() {
    void this.host.attempt(async () => {
      const { video } = this.#camera;
      if (!video || this.#taken) return;
      try {
        const own = await clipNow(video, (done) => {
          this.#taken = done;
          this.host.requestUpdate();
        });
        this.#camera.close();
        this.#take(own);
      } finally {
        this.#taken = 0;
        this.host.requestUpdate();
      }
    }, "camera");
  }

  #recorder() {
    const { words } = this.host;
    const camera = this.#camera;
    if (!camera.isOpen) return nothing;
    return html`<div class="camera">
      <video playsinline muted aria-label=${words.say("cameraSees")} ${ref(camera.attach)}></video>
      <div class="row">
        <button type="button" class="primary" ?disabled=${this.#taken > 0} @click=${() => this.#record()}>
          ${words.say("clipRecord")}
        </button>
        <button type="button" @click=${() => camera.close()}>${words.say("cameraClose")}</button>
      </div>
      <p role="status">${this.#taken ? words.say("frameOf", { at: this.#taken, of: FRAMES }) : nothing}</p>
    </div>`;
  }

  render() {
    const { words, bare } = this.host;
    if (bare) return html`${nothing}`;
    const camera = this.#camera;
    const button = (label: string, act: () => void) => html`<button type="button" @click=${act}>${label}</button>`;
    const open = () => void this.host.attempt(() => camera.open(), "camera");
    const heldOut = () => (this.#own ? this.#take(undefined) : this.host.reroll());
    return html`<div class="clip-source">
      <p class="head">${words.say(this.#own ? "clipYours" : "clipHeldOut")}</p>
      <div class="row">
        ${button(words.say(this.#own ? "clipBack" : "clipAnother"), heldOut)}
        ${fileButton(words.say("clipOpen"), "image/gif,video/*", (file) => this.#open(file))}
        ${camera.isThere && !camera.isOpen ? button(words.say("cameraOpen"), open) : nothing}
      </div>
      ${this.#recorder()}
      <p class="label">${words.say("clipNote")}</p>
    </div>`;
  }
}

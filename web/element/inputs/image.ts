import { html } from "lit";
import { problem } from "../../client/errors";
import type { ImageInput as Image, PlotInputs, View } from "../../client/protocol";
import { read } from "../attributes";
import { fileButton } from "../file-button";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import { Pad } from "./pad";
import { Picker } from "./picker";
import { pixelsOf } from "./picture";

/** One image: drawn, taken from a file, or one of the test images. */
export class ImageInput implements Input {
  readonly params: Record<string, Param>;
  #image: Image = { type: "test", index: 0 };
  /** The pad is to show what the model sees of it. */
  #echo = true;
  #pad = new Pad(() => {
    this.#image = { type: "drawing", ...this.#pad.pixels() };
    this.changed();
  });
  #picker: Picker;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {
    this.#picker = new Picker(host, 20);
    this.params = {
      image: {
        get: () => (this.#image.type === "test" && this.#image.index ? String(this.#image.index) : undefined),
        set: (text) => this.#take({ type: "test", index: read("image", text) }),
      },
    };
  }

  async prepare() {
    await this.#picker.load();
    if (this.#image.type === "test") this.#echo = true;
  }

  ask(): PlotInputs | undefined {
    // An empty pad is no image.
    return this.#image.type === "drawing" && this.#pad.blank ? undefined : { image: this.#image };
  }

  answered(view: View) {
    if (!this.#echo) return;
    const { type } = this.#image;
    const test = this.#image.type === "test" ? this.#picker.tile(this.#image.index) : undefined;
    const input = view.kind === "reconstruction" ? view.input : view.kind === "raster" ? (test ?? view.image) : test;
    const seen = input?.kind === "image" ? input : test;
    if (!seen && type === "test") return;
    this.#echo = false;
    if (seen) this.#pad.take(seen);
  }

  #take(image: Image) {
    this.#image = image;
    this.#echo = true;
  }

  redraw(recolour: boolean) {
    this.#pad.redraw();
    this.#picker.redraw(recolour);
  }

  dropped(file: File): boolean {
    if (!file.type.startsWith("image/")) return false;
    this.#open(file);
    return true;
  }

  #open(file: File) {
    void this.host.attempt(async () => {
      if (file.size > 32 << 20)
        throw problem(
          "bad-image",
          "This image cannot be used: it is larger than 32 MB.",
          "Use a smaller picture, or draw one.",
        );
      this.#take({ type: "rgba", ...(await pixelsOf(file)) });
      this.changed();
    }, "image");
  }

  render() {
    const { words } = this.host;
    return html`<div>
      <p class="head"><b>x</b> ${words.say("theImage")}</p>
      ${this.#pad.render(words)}
      <div class="row">
        <button
          type="button"
          @click=${() => {
            this.#pad.clear();
            this.#image = { type: "drawing", ...this.#pad.pixels() };
            this.changed();
          }}>
          ${words.say("clearAndDraw")}
        </button>
        ${fileButton(words.say("openPicture"), "image/*", (file) => this.#open(file))}
      </div>
    </div>`;
  }

  below() {
    const chosen = this.#image.type === "test" ? this.#image.index : -1;
    const { words } = this.host;
    return html`<p class="label">${words.say("orTestImage")}</p>
      ${this.#picker.render(
        words.say("testImages"),
        (i) => (i === chosen ? "x" : ""),
        (index) => {
          this.#take({ type: "test", index });
          this.changed();
          this.host.changed();
          this.host.requestUpdate();
        },
      )}`;
  }
}

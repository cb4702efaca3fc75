/**
 * The Share dialog of a widget: a link, HTML of its element and of a frame, and Markdown, each of which shows what is
 * on the screen now; a model that was trained there, a picture for where nothing runs, and a QR code.
 */
import { correction, generate } from "lean-qr";
import { halved } from "../../client/half";
import { pack, PACKED } from "../../client/packed";
import type { SavedFile } from "../../client/session";
import { snippets, type Poster, type Snippets } from "../../element/share/snippets";
import { button, make, save, Snippet } from "./dom";
import { posters, type Picture, type Tone } from "./poster";
import { fileOf, shownOf, trained, type Widget } from "./state";
import { ShareWords } from "./words";

/** How long a text may be that goes into a link, and into an attribute, characters. */
const LINK = 32_000;
const ATTRIBUTE = 400_000;
/** What a QR code holds, bytes. */
const QR = 2_900;
/** Pixels to a module of a QR code that is saved, and modules around it. */
const [MODULE, QUIET] = [8, 4];

/** Where the trained model goes. */
type Where = "without" | "inside" | "asFile";

/** What the dialog is asked with. */
export interface Asked {
  widget: Widget;
  /** Where the site is. */
  site: URL;
  lang: "en" | "de";
  /** The figure's own address in the page, where it has one. */
  page?: () => string;
}

/** The dialog of one widget, made anew each time that it is opened. */
class Share {
  readonly #words: ShareWords;
  readonly #dialog = make("dialog", { className: "share" });
  readonly #link: Snippet;
  readonly #element: Snippet;
  readonly #frame: Snippet;
  readonly #markdown: Snippet;
  readonly #left = make("p", { className: "aside" });
  readonly #qr = make("div", {});
  readonly #qrPart: HTMLDetailsElement;
  #where: Where = "without";
  #file: SavedFile | undefined;
  #packed: string | undefined;
  #poster: Poster | undefined;
  /** What stands beside the page: names of files begin with it. */
  readonly #name: string;

  constructor(private readonly asked: Asked) {
    const words = new ShareWords(asked.lang);
    const { widget } = asked;
    this.#words = words;
    this.#name = [widget.getAttribute("model") ?? widget.getAttribute("family") ?? "lab", widget.state["view"]]
      .filter(Boolean)
      .join("-")
      .replace(/[^\w-]/g, "");
    this.#link = new Snippet("link", words, words.say("link"));
    this.#element = new Snippet("element", words, words.say("element"), words.say("elementNote"));
    this.#frame = new Snippet("frame", words, words.say("frame"), words.say("frameNote"));
    this.#markdown = new Snippet("markdown", words, words.say("markdown"), words.say("markdownNote"));
    this.#qrPart = make("details", {}, make("summary", { textContent: words.say("qr") }), this.#qr);
    this.#qrPart.addEventListener("toggle", () => this.#code());
    const title = make("h2", { id: "share-title", textContent: words.say("title") });
    const close = button("×", () => this.#dialog.close());
    close.className = "share-close";
    close.setAttribute("aria-label", words.say("close"));
    this.#dialog.setAttribute("aria-labelledby", title.id);
    this.#dialog.append(
      make("header", {}, title, close),
      ...(trained(widget) ? [this.#models()] : []),
      ...(widget.own ? [make("p", { className: "aside", textContent: words.say("leftBehind") })] : []),
      this.#link.element,
      this.#left,
      this.#qrPart,
      this.#element.element,
      this.#frame.element,
      this.#markdown.element,
      this.#pictures(),
    );
    this.#dialog.addEventListener("close", () => this.#dialog.remove());
    // Beside the dialog there is nothing to do but to leave it.
    this.#dialog.addEventListener("click", (event) => {
      const { left, right, top, bottom } = this.#dialog.getBoundingClientRect();
      const { clientX: x, clientY: y, target } = event;
      if (target === this.#dialog && (x < left || x > right || y < top || y > bottom)) this.#dialog.close();
    });
  }

  open() {
    document.body.append(this.#dialog);
    this.#show();
    this.#dialog.showModal();
  }

  #snippets(): Snippets {
    const { widget, site, lang, page } = this.asked;
    const along = this.#where !== "without";
    const shown = { ...shownOf(widget, along), lang, ...(this.#poster ? { poster: this.#poster } : {}) };
    const here = page && !along ? { page: page() } : {};
    if (this.#where === "inside" && this.#packed !== undefined) {
      const all = snippets({ ...shown, model: this.#packed }, site);
      if (this.#packed.length <= LINK) return all;
      return { ...this.#untrained(), element: all.element };
    }
    if (this.#where === "asFile" && this.#file) {
      const attributes = { src: this.#file.name, ...shown.attributes };
      return { ...this.#untrained(), element: snippets({ ...shown, attributes }, site).element };
    }
    return snippets({ ...shown, ...here }, site);
  }

  /** Where the model cannot come along, what there is without it. */
  #untrained(): Snippets {
    const { widget, site, lang, page } = this.asked;
    const shown = { ...shownOf(widget, false), lang, ...(page ? { page: page() } : {}) };
    return snippets({ ...shown, ...(this.#poster ? { poster: this.#poster } : {}) }, site);
  }

  #show() {
    const { link, element, frame, markdown, left } = this.#snippets();
    this.#link.show(link);
    this.#element.show(element);
    this.#frame.show(frame);
    this.#markdown.show(markdown);
    const names = left.join(", ");
    this.#left.textContent = names ? this.#words.say("goesWithout", { names }) : "";
    this.#left.hidden = !names;
    this.#code();
  }

  // ---- The model

  /** What can become of the trained model; each way with its size, as soon as that is known. */
  #models(): HTMLElement {
    const words = this.#words;
    const part = make("fieldset", {}, make("legend", { textContent: words.say("model") }));
    const said = make("p", { className: "aside", role: "status", textContent: words.say("preparing") });
    part.append(said);
    const choice = (where: Where, text: string) => {
      const input = make("input", { type: "radio", name: "share-model", value: where });
      input.checked = this.#where === where;
      input.addEventListener("change", () => {
        this.#where = where;
        file.hidden = where !== "asFile";
        this.#show();
      });
      return make("label", {}, input, ` ${text}`);
    };
    const file = make("p", { className: "share-row", hidden: true });
    void this.#prepare().then(() => {
      if (!this.#file) return;
      const { name, bytes, mime } = this.#file;
      said.remove();
      const choices = [choice("without", words.say("without"))];
      if (this.#packed !== undefined && this.#packed.length <= ATTRIBUTE) {
        this.#where = "inside";
        const size = words.size(this.#packed.length);
        choices.push(choice("inside", words.say(this.#packed.length > LINK ? "insideElement" : "inside", { size })));
      }
      choices.push(choice("asFile", words.say("asFile", { size: words.size(bytes.length) })));
      file.append(
        button(words.say("saveModel"), () => save(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mime }), name)),
        make("span", { className: "aside", textContent: words.say("beside", { name }) }),
      );
      part.append(...choices, file, make("p", { className: "aside", textContent: words.say("privacy") }));
      this.#show();
    });
    return part;
  }

  async #prepare() {
    const { widget } = this.asked;
    // One that came in an address goes on in it, as it is.
    const src = widget.getAttribute("src") ?? "";
    const came = src.startsWith(PACKED) && "trainer" in widget && !widget.trainer.own;
    this.#file = await fileOf(widget).catch(() => undefined);
    if (came) this.#packed = src.slice(PACKED.length);
    else if (this.#file) this.#packed = await pack(halved(this.#file.bytes)).catch(() => undefined);
  }

  // ---- The picture

  #pictures(): HTMLElement {
    const words = this.#words;
    const made = make("div", { className: "share-pictures" });
    const said = make("p", { className: "aside", role: "status" });
    const maker = button(words.say("makePoster"), () => {
      maker.disabled = true;
      void posters(this.asked.widget)
        .catch(() => undefined)
        .then((both) => {
          maker.disabled = false;
          said.textContent = words.say(both ? "posterBeside" : "noPoster");
          if (both) this.#keep(both, made);
        });
    });
    return make(
      "section",
      {},
      make("h3", { textContent: words.say("poster") }),
      make("p", { className: "aside", textContent: words.say("posterNote") }),
      make("p", { className: "share-row" }, maker, said),
      made,
    );
  }

  #keep(both: Record<Tone, Picture>, place: HTMLElement) {
    const words = this.#words;
    const nameOf = (tone: Tone) => `${this.#name}${tone === "dark" ? "-dark" : ""}.png`;
    const { width, height } = both.light;
    const alt = shownOf(this.asked.widget, this.#where !== "without").title;
    this.#poster = { src: nameOf("light"), dark: nameOf("dark"), width, height, alt };
    place.replaceChildren(
      ...(["light", "dark"] as const).map((tone) => {
        const { blob } = both[tone];
        const image = make("img", { src: URL.createObjectURL(blob), alt: `${alt}, ${words.say(tone)}` });
        const name = nameOf(tone);
        const caption = make(
          "figcaption",
          {},
          button(words.say("savePoster", { name }), () => save(blob, name)),
        );
        return make("figure", {}, image, caption, ` ${words.size(blob.size)}`);
      }),
    );
    this.#show();
  }

  // ---- The code

  #code() {
    if (!this.#qrPart.open) return;
    const words = this.#words;
    const link = this.#link.field.value;
    if (new Blob([link]).size > QR) {
      this.#qr.replaceChildren(make("p", { className: "aside", textContent: words.say("qrTooLong") }));
      return;
    }
    const code = generate(link, { minCorrectionLevel: correction.L });
    const side = code.size + 2 * QUIET;
    const canvas = make("canvas", { width: side * MODULE, height: side * MODULE });
    const g = canvas.getContext("2d");
    if (!g) return;
    // Black on white, whatever the page is: not every camera reads it otherwise.
    g.fillStyle = "#fff";
    g.fillRect(0, 0, canvas.width, canvas.height);
    g.fillStyle = "#000";
    for (let y = 0; y < code.size; y++)
      for (let x = 0; x < code.size; x++)
        if (code.get(x, y)) g.fillRect((x + QUIET) * MODULE, (y + QUIET) * MODULE, MODULE, MODULE);
    canvas.role = "img";
    canvas.ariaLabel = words.say("qrLabel");
    const saved = () => canvas.toBlob((blob) => blob && save(blob, `${this.#name}-qr.png`));
    this.#qr.replaceChildren(canvas, make("p", { className: "share-row" }, button(words.say("qrSave"), saved)));
  }
}

/** Opens the dialog of a widget. */
export function share(asked: Asked) {
  new Share(asked).open();
}

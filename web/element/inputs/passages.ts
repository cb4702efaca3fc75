import { html } from "lit";
import { fileUrl } from "../../client/files";
import type { PlotInputs } from "../../client/protocol";
import { passagesOf, type Passage } from "../../client/passages";
import type { Host } from "../panel";
import type { Input } from "./input";

/** The passages of the site's chapters, with what the site's own model made of them. */
export class PassagesInput implements Input {
  readonly params = {};
  #all: { passages: readonly Passage[]; vectors: Uint8Array } | undefined;

  constructor(private readonly host: Host) {}

  async prepare() {
    this.#all = await passagesOf();
  }

  ask(): PlotInputs | undefined {
    if (!this.#all) return undefined;
    const { passages, vectors } = this.#all;
    return { lines: passages.map(({ heading, text }) => `${heading}. ${text}`).join("\n"), vectors };
  }

  /** Where a passage stands, what that place is called, and the passage itself. */
  at(place: number): { href: string; title: string; text: string } | undefined {
    const passage = this.#all?.passages[place];
    if (!passage) return undefined;
    const { files, id, chapter, heading, text } = passage;
    const language = this.host.words.code;
    const url = fileUrl(files[language] ?? files["en"] ?? "");
    // A browser that knows how marks the passage, which stands there in English; all find the heading above it.
    const [first, last] = [text.slice(0, 80).replace(/\s\S*$/, ""), language === "en" || !files[language]];
    url.hash = last ? `${id}:~:text=${encodeURIComponent(first).replaceAll("-", "%2D")}` : id;
    return { href: url.href, title: heading === chapter ? chapter : `${chapter}: ${heading}`, text };
  }

  render() {
    const n = this.#all?.passages.length;
    return html`<p class="aside">${n ? this.host.words.say("passagesOf", { n }) : ""}</p>`;
  }
}

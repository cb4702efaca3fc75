/** Small things that the dialog is made of. */
import type { ShareWords } from "./words";

/** An element with properties and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function button(text: string, act: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", textContent: text });
  made.addEventListener("click", act);
  return made;
}

/** Hands bytes to the reader under a name. */
export function save(blob: Blob, name: string) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Copies what a field holds; where that is refused, it stands selected, to be copied by hand. */
async function copy(field: HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

/** Characters in a row of such a field, about. */
const ROW = 72;

/** A text to copy, with its label, its size and a button. */
export class Snippet {
  readonly field = make("textarea", { readOnly: true, spellcheck: false, rows: 3 });
  readonly #size = make("span", { className: "aside" });
  readonly element: HTMLElement;

  constructor(
    name: string,
    private readonly words: ShareWords,
    label: string,
    note = "",
  ) {
    this.field.id = `share-${name}`;
    this.field.wrap = "soft";
    const said = make("span", { role: "status", className: "aside" });
    const copied = async () => {
      said.textContent = words.say((await copy(this.field)) ? "copied" : "selected");
    };
    const title = make("label", { htmlFor: this.field.id, textContent: label });
    const about = note ? [make("p", { className: "aside", id: `share-${name}-note`, textContent: note })] : [];
    if (note) this.field.setAttribute("aria-describedby", `share-${name}-note`);
    const copier = button(words.say("copy"), () => void copied());
    copier.setAttribute("aria-label", `${words.say("copy")}: ${label}`);
    this.element = make(
      "section",
      {},
      make("p", { className: "share-head" }, title, this.#size),
      ...about,
      this.field,
      make("p", { className: "share-row" }, copier, said),
    );
  }

  show(text: string) {
    this.field.value = text;
    const rows = text.split("\n").reduce((sum, line) => sum + Math.ceil(line.length / ROW), 0);
    this.field.rows = Math.min(7, Math.max(2, rows));
    this.#size.textContent = this.words.say("size", { size: this.words.size(new Blob([text]).size) });
  }
}

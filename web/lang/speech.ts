/** Which language an element speaks: that of its own `lang`, else of the nearest around it, else English. */
import type { ReactiveController } from "lit";
import type { ErrorInfo } from "../client/protocol";
import { ENGLISH, Words, type Language } from "./words";

/** The languages besides English, each fetched when somebody speaks it. */
const LANGUAGES: Record<string, () => Promise<{ default: Language }>> = {
  de: () => import("./de/index"),
};
/** Those that have been fetched. */
const here = new Map<string, Language>();

/** The language of a place in the page, through the shadow roots around it, as HTML names it. */
export function tagAt(element: Element): string {
  for (let at: Element | null = element; at;) {
    const near: Element | null = at.closest("[lang]");
    if (near) return near.getAttribute("lang") ?? "";
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return "";
}

const codeOf = (tag: string) => tag.toLowerCase().split("-")[0] ?? "";

/** The words of a language, or a promise of them where they are to be fetched. */
export function wordsOf(tag: string): Words | Promise<Words> {
  const code = codeOf(tag);
  const fetch = Object.hasOwn(LANGUAGES, code) ? LANGUAGES[code] : undefined;
  if (!fetch) return code === "en" ? new Words("en", ENGLISH.language, tag) : ENGLISH;
  const language = here.get(code);
  if (language) return new Words(code, language, tag);
  return fetch().then(
    ({ default: found }) => {
      here.set(code, found);
      return new Words(code, found, tag);
    },
    () => ENGLISH, // It could not be fetched: better English than nothing.
  );
}

/** Who listens to changes of `lang` anywhere in the page. */
const listeners = new Set<() => void>();
const heard = new WeakSet<Node>();
const observer =
  typeof MutationObserver === "undefined" ? undefined : new MutationObserver(() => listeners.forEach((tell) => tell()));

/** Listens in the document and in every shadow root around an element. */
function listen(element: Element) {
  for (let root: Node = element.getRootNode(); ; root = root.host.getRootNode()) {
    if (!heard.has(root)) observer?.observe(root, { subtree: true, attributes: true, attributeFilter: ["lang"] });
    heard.add(root);
    if (!(root instanceof ShadowRoot)) return;
  }
}

/** The host of a `Speech`. */
interface Speaker extends Element {
  addController(controller: ReactiveController): void;
  requestUpdate(): void;
}

/** The words of an element, which follow the page's language while it is there. */
export class Speech implements ReactiveController {
  words = ENGLISH;
  #tag = "en";
  #coming: Promise<void> | undefined;

  constructor(
    private readonly host: Speaker,
    /** It speaks another language now. */
    private readonly changed: () => void = () => undefined,
  ) {
    host.addController(this);
  }

  hostConnected() {
    listen(this.host);
    listeners.add(this.#look);
    this.#look();
  }

  hostDisconnected() {
    listeners.delete(this.#look);
  }

  #look = () => {
    const tag = tagAt(this.host);
    if (tag === this.#tag) return;
    this.#tag = tag;
    const words = wordsOf(tag);
    if (words instanceof Words) {
      this.#coming = undefined;
      this.#take(words);
      return;
    }
    const coming = words.then((found) => {
      if (this.#coming !== coming) return; // Meanwhile another one was wished for.
      this.#coming = undefined;
      this.#take(found);
    });
    this.#coming = coming;
  };

  #take(words: Words) {
    this.words = words;
    this.changed();
    this.host.requestUpdate();
  }

  /** A frame with the poster, as high as the figure will be, where nothing has been rendered yet. */
  #keepRoom(): Element | undefined {
    const { shadowRoot } = this.host;
    if (!shadowRoot || shadowRoot.querySelector(".frame, .lab")) return undefined;
    const poster = '<div class="body waiting"><div class="poster"><slot name="poster"></slot></div></div>';
    const bare = this.host.getAttribute("controls") === "none";
    const room = document.createElement("div");
    room.className = bare ? "frame bare" : "frame early";
    room.innerHTML = bare ? poster : `<div id="panel">${poster}</div>`;
    return shadowRoot.appendChild(room);
  }

  /** Tells whoever listens to the element; what an error says is in the element's language, as what is shown is. */
  announce(name: string, detail: unknown) {
    const tell = (told: unknown) =>
      this.host.dispatchEvent(new CustomEvent(name, { detail: told, bubbles: true, composed: true }));
    if (name === "error") void this.render(() => tell(this.words.error(detail as ErrorInfo)));
    else tell(detail);
  }

  /** Renders now, or as soon as the words are there, so that nothing is first said in another language. */
  render(render: () => unknown): void | Promise<unknown> {
    if (!this.#coming) return void render();
    const room = this.#keepRoom();
    return this.#coming.then(() => {
      room?.remove();
      return render();
    });
  }
}

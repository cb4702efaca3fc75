import { html, nothing, type TemplateResult } from "lit";
import type { Opening } from "../client/protocol";
import { unless } from "../client/limits";
import { fileUrl } from "../client/files";
import { modelBytes, type ModelEntry } from "../client/site";
import type { Session } from "../client/session";
import type { Words } from "../lang/words";
import { checkpointBytes } from "./files";
import { isGuest } from "./panel";
import { button } from "./form";
import { tar } from "./tar";

/** Bytes at the beginning of a file that tell what is in it; see `open::peek`. */
const HEAD = 32 << 20;
/** Ends of names of files that other programs write models into. */
const FOREIGN = /\.(gguf|tar|bin)$/i;
/** What belongs to weights in safetensors. */
const BESIDE = /\.(json|jinja)$/i;

/** What can be chosen as a model. */
export const MODEL_FILES = ".safetensors,.gguf,.bin,.tar,.json,.jinja";

/** Whether files are a model of another program: one file, or weights with what belongs to them. */
export function isForeign(files: readonly File[]): boolean {
  const [first] = files;
  if (files.length === 1 && first) return FOREIGN.test(first.name);
  return files.some(({ name }) => name.endsWith(".safetensors")) && files.some(({ name }) => BESIDE.test(name));
}

interface Host {
  readonly words: Words;
  readonly updateComplete: Promise<unknown>;
  readonly renderRoot: ParentNode;
  requestUpdate(): void;
}

/** Large models that the reader has asked for once, on the whole page. */
const agreed = new Set<string>();

/** A model that the reader can have, or one that comes and can be stopped. */
interface Offer {
  entry: ModelEntry;
  act(): void;
  stops: boolean;
}

/** Asks the reader, before a model of another program is loaded, whether its size is right for this computer. */
export class GuestDesk {
  #asked: { opening: Opening; title: string; answer(yes: boolean): void } | undefined;
  #offered: Offer | undefined;

  constructor(private readonly host: Host) {}

  /** What is in a file, however it came; of another program's model, if the reader wants it. */
  async bytes(
    file: Blob | ArrayBuffer | Uint8Array | readonly File[],
    session: Session,
  ): Promise<Uint8Array | Blob | undefined> {
    const files = Array.isArray(file) ? (file as File[]) : file instanceof File ? [file] : [];
    if (isForeign(files)) return this.#read(files, session);
    return checkpointBytes((files[0] ?? file) as Blob | ArrayBuffer | Uint8Array);
  }

  /**
   * The bytes of a model of the site's. One of another program is large: it comes when the reader says so, after
   * hearing how large it is, unless that was said (`wanted`) before; `fetches` hears whether it is under way. What has
   * come when it is stopped is there when it is wanted after all.
   */
  async fetched(
    entry: ModelEntry,
    signal: AbortSignal,
    wanted: boolean,
    fetches: (yes: boolean) => void,
  ): Promise<Uint8Array> {
    if (!isGuest(entry.family)) return modelBytes(entry, signal);
    if (wanted) agreed.add(entry.id);
    for (let wait = !agreed.has(entry.id); ; wait = true) {
      fetches(!wait);
      if (wait) await this.#offer(entry, signal);
      agreed.add(entry.id);
      fetches(true);
      const stop = new AbortController();
      const end = () => stop.abort();
      signal.addEventListener("abort", end);
      this.#show({ entry, act: end, stops: true });
      try {
        return await modelBytes(entry, stop.signal);
      } catch (e) {
        if (signal.aborted || !stop.signal.aborted) throw e;
        agreed.delete(entry.id);
      } finally {
        signal.removeEventListener("abort", end);
        this.#show(undefined);
      }
    }
  }

  async #offer(entry: ModelEntry, signal: AbortSignal) {
    const said = new Promise<void>((act) => this.#show({ entry, act, stops: false }));
    await unless(signal, said).finally(() => this.#show(undefined));
  }

  #show(offered: Offer | undefined) {
    this.#offered = offered;
    this.host.requestUpdate();
  }

  /** The file of a model, if the reader still wants it after hearing how large it is. */
  async #read(files: readonly File[], session: Session): Promise<Blob | undefined> {
    const [first] = files;
    if (!first) return undefined;
    const file = files.length > 1 ? await tar(files) : first;
    const all = file.size <= HEAD || file !== first || first.name.toLowerCase().endsWith(".tar");
    const head = new Uint8Array(await (all ? file : file.slice(0, HEAD)).arrayBuffer());
    const opening = await session.peek(head, file.size);
    // Whoever brings another file meanwhile wants that one.
    this.#asked?.answer(false);
    const yes = await new Promise<boolean>((answer) => {
      this.#asked = { opening, title: opening.name || first.name, answer };
      this.#turn(true);
    });
    if (this.#asked?.opening === opening) {
      this.#asked = undefined;
      this.#turn(false);
    }
    return yes ? file : undefined;
  }

  /** The question may stand far above the button that led to it; whoever has answered is back there. */
  #turn(asked: boolean) {
    const { renderRoot } = this.host;
    const place = () =>
      asked
        ? renderRoot.querySelector<HTMLElement>(".guest .primary")
        : renderRoot.querySelector<HTMLElement>(".facts input");
    this.host.requestUpdate();
    void this.host.updateComplete.then(() => place()?.focus());
  }

  #offering({ entry, act, stops }: Offer): TemplateResult {
    const { words } = this.host;
    const { bytes, parameters, licence, card, title } = entry;
    const about = card ? html`<a href=${fileUrl(`checkpoints/${card}`).href}>${words.say("aboutModel")}</a>` : nothing;
    return html`<div class="notice guest" role="group" aria-label=${words.told(title)}>
      <p>
        <strong>${words.told(title)}</strong> (${licence}).
        ${words.say("offeredSize", { bytes: words.megabytes(bytes), millions: Math.round(parameters / 1e6) })} ${about}
      </p>
      ${button(words.say(stops ? "stopFetching" : "fetchGuest"), act, stops ? "" : "primary")}
    </div>`;
  }

  render(): TemplateResult | typeof nothing {
    if (!this.#asked) return this.#offered ? this.#offering(this.#offered) : nothing;
    const { opening, title, answer } = this.#asked;
    const { words } = this.host;
    const { bytes, memory, parameters, seconds, context } = opening;
    const form = [opening.architecture, opening.weights, opening.format, opening.licence].filter(Boolean).join(", ");
    return html`<div class="notice guest" role="group" aria-label=${words.say("openGuest")}>
      <p>
        <strong dir="auto">${title}</strong> (${form}).
        ${words.say(opening.encoder ? "encoderSize" : "guestSize", {
          bytes: words.megabytes(bytes),
          millions: Math.round(parameters / 1e6),
          memory: words.megabytes(memory),
          rate: Math.round(1 / seconds),
          context,
        })}
      </p>
      ${button(words.say("openGuest"), () => answer(true), "primary")}
      ${button(words.say("leaveGuest"), () => answer(false))}
    </div>`;
  }
}

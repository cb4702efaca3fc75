/**
 * The one script that a page names, and keeps naming: it loads the element of the site as it is now, whose file goes by
 * its hash. Where that is refused, the element says why.
 */
import type { PlaygroundError } from "../client/errors";
import { fileUrl, filesNow, known } from "../client/files";
import { unloadedWith } from "../client/refusals";

const NAME = "generative-model.js";

async function load(): Promise<typeof import("./index")> {
  const url = fileUrl(NAME);
  // What it imports is asked for beside it; if it does not come, the import of all will say so.
  for (const name of known) void import(fileUrl(name).href).catch(() => undefined);
  try {
    return await import(url.href);
  } catch (thrown) {
    // This script may come out of a cache, and be of a site that is gone.
    const now = (await filesNow())?.[NAME];
    const other = now === undefined ? url : fileUrl(now);
    if (other.href !== url.href) {
      const late = await import(other.href).catch(() => undefined);
      if (late) return late;
    }
    const error = await unloadedWith(other);
    if (error) tell(error);
    throw error ?? thrown;
  }
}

/** The elements as they are without their code: a picture, if there is one, and why there is no more. */
function tell({ code, message, hint, recoverable }: PlaygroundError) {
  const make = () =>
    class extends HTMLElement {
      connectedCallback() {
        const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
        const [poster, told] = [document.createElement("slot"), document.createElement("p")];
        poster.name = "poster";
        told.role = "alert";
        told.textContent = `${code}: ${message} ${hint}`;
        root.replaceChildren(poster, told);
        const detail = { code, message, hint, recoverable };
        this.dispatchEvent(new CustomEvent("error", { detail, bubbles: true, composed: true }));
      }
    };
  for (const name of ["generative-model", "generative-lab"])
    if (!customElements.get(name)) customElements.define(name, make());
}

export const { GenerativeModel, GenerativeLab } = await load();

import { html, nothing, type TemplateResult } from "lit";
import type { ModelInfo } from "../../client/protocol";
import { download } from "../files";
import { button } from "../form";
import type { Host } from "../panel";

/** What there is besides to a model that goes on from another: what its text lost, and its adapters as a file. */
export function tuned(host: Host, { changed, adapter }: ModelInfo): TemplateResult | typeof nothing {
  const { words, session } = host;
  if (!changed && !adapter) return nothing;
  const save = () =>
    void host.attempt(async () => {
      if (session) download(await session.exportAdapter());
    });
  return html`<div class="transport">
    ${adapter ? button(words.say("saveAdapter"), save, "", words.say("adapterHelp")) : nothing}
    ${changed ? html`<span class="aside">${words.told(changed)}</span>` : nothing}
  </div>`;
}

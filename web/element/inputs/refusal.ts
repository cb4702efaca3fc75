import { html, nothing } from "lit";
import type { ErrorInfo } from "../../client/protocol";

/** What is `wrong` with what stands in a field, said below it in the reader's words; else a place for it. */
export const refusal = (wrong: ErrorInfo | undefined) =>
  html`<div role="alert">
    ${
      wrong
        ? html`<div class="notice" data-code=${wrong.code}>
            <p><code>${wrong.code}</code> ${wrong.message} ${wrong.hint}</p>
          </div>`
        : nothing
    }
  </div>`;

import { html, type TemplateResult } from "lit";

/** A button that lets the reader choose a file of some kinds (`accept`); the same file can be chosen twice in a row. */
export function fileButton(label: unknown, accept: string, open: (file: File) => void): TemplateResult {
  const chosen = (e: Event) => {
    const input = e.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = "";
    if (file) open(file);
  };
  return html`<label class="button"
    >${label}<input class="unseen" type="file" accept=${accept} @change=${chosen}
  /></label>`;
}

import { html, type TemplateResult } from "lit";

/**
 * A button that lets the reader choose a file of some kinds (`accept`), or several together; the same file can be
 * chosen twice in a row.
 */
export function fileButton(
  label: unknown,
  accept: string,
  open: (file: File, all: File[]) => void,
  several = false,
): TemplateResult {
  const chosen = (e: Event) => {
    const input = e.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = "";
    if (files[0]) open(files[0], files);
  };
  return html`<label class="button"
    >${label}<input class="unseen" type="file" accept=${accept} ?multiple=${several} @change=${chosen}
  /></label>`;
}

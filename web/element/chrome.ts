import { html, nothing, type TemplateResult } from "lit";
import type { Device } from "../client/connection";
import type { ErrorInfo, ModelInfo } from "../client/protocol";
import { base, type ModelEntry } from "../client/site";
import { figure, type ViewInfo, type ViewName } from "./panel";

/** An error as the reader sees it. */
export type Notice = ErrorInfo & {
  about?: string;
  retry: boolean;
  again?: () => void;
  action?: { label: string; run(): void };
};

/** What is in use and why, in a sentence. */
export function deviceSentence({ backend, adapter, fallback, reason }: Device): string {
  const cpu = "Running on the processor, through WebAssembly";
  if (backend === "webgpu" && fallback)
    return `Running on ${adapter || "a software adapter"}, a stand-in for a graphics card: right, but slow. It was asked for.`;
  if (backend === "webgpu")
    return `Running on the graphics card${adapter ? ` (${adapter})` : ""}, through WebGPU${reason === "requested" ? ", as asked for" : ""}.`;
  if (reason === "no-webgpu") return `${cpu}: this browser has no WebGPU.`;
  if (reason === "no-adapter") return `${cpu}: the browser knows WebGPU but found no graphics card for it.`;
  if (reason === "fallback-adapter") return `${cpu}: the only graphics adapter here is software, which is slower.`;
  if (reason.startsWith("failed:"))
    return `${cpu}: the graphics card could not be used (${reason.slice(7).trim().replace(/\.$/, "")}).`;
  return `${cpu}, as asked for.`;
}

/** The tabs, which arrow keys move between. */
export function tabs(
  views: ViewInfo[],
  current: ViewName,
  go: (view: ViewName, byKey: boolean) => void,
): TemplateResult {
  const onKey = (e: KeyboardEvent) => {
    const at = views.findIndex((v) => v.id === current);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: views.length - 1 }[e.key];
    const view = to === undefined ? undefined : views[(to + views.length) % views.length]?.id;
    if (!view) return;
    e.preventDefault();
    go(view, true);
  };
  return html`<div class="tabs" role="tablist" aria-label="Views" @keydown=${onKey}>
    ${views.map(
      ({ id, title }) =>
        html`<button
          type="button"
          role="tab"
          id=${`tab-${id}`}
          aria-selected=${id === current ? "true" : "false"}
          aria-controls="panel"
          tabindex=${id === current ? 0 : -1}
          @click=${() => go(id, false)}>
          ${title}
        </button>`,
    )}
  </div>`;
}

/** A choice among the shipped models. */
export function chooser(
  models: ModelEntry[],
  chosen: string | undefined,
  own: boolean,
  choose: (id: string) => void,
): TemplateResult {
  return html`<label class="inline chooser"
    >Model
    <select
      @change=${(e: Event) => {
        const { value } = e.target as HTMLSelectElement;
        if (value) choose(value);
      }}>
      ${own ? html`<option value="" selected>yours</option>` : nothing}
      ${models.map((m) => html`<option value=${m.id} ?selected=${!own && m.id === chosen}>${m.title}</option>`)}
    </select></label
  >`;
}

/** Errors, each until it is dismissed. */
export function notices(all: Notice[], dismiss: (notice: Notice, retry: boolean) => void): TemplateResult {
  return html`<div class="notices" part="notices" role="alert">
    ${all.map(
      (n) =>
        html`<div class="notice" data-code=${n.code}>
          <p><code>${n.code}</code> ${n.message} ${n.hint}</p>
          ${n.action ? html`<button type="button" @click=${n.action.run}>${n.action.label}</button>` : nothing}
          ${n.retry ? html`<button type="button" @click=${() => dismiss(n, true)}>Try again</button>` : nothing}
          <button type="button" class="close" aria-label="Dismiss" @click=${() => dismiss(n, false)}>×</button>
        </div>`,
    )}
  </div>`;
}

/** What can be done with the model as a whole. */
export interface Actions {
  back(): void;
  download(): void;
  open(file: File): void;
}

/** The model in numbers, and its files. */
export function facts(
  info: ModelInfo,
  device: Device | undefined,
  entry: ModelEntry | undefined,
  own: boolean,
  actions: Actions,
): TemplateResult {
  const card = !own && entry?.card ? new URL(`checkpoints/${entry.card}`, base).href : undefined;
  return html`<div class="facts">
    <p>
      ${figure(info.parameters)}
      parameters${info.latentDim ? `, ${info.latentDim} latent` : ""}${info.space.kind === "text" ? `, ${info.space.vocabulary} kinds of token` : ""}
      ${card ? html`<a href=${card}>About this model</a>` : nothing}
      ${device ? html`<span class="device" title=${deviceSentence(device)}>${device.backend === "webgpu" ? "WebGPU" : "CPU"}</span>` : nothing}
    </p>
    <p class="row">
      ${own ? html`<button type="button" @click=${actions.back}>Back to ${entry?.title ?? "the shipped model"}</button>` : nothing}
      <button type="button" @click=${actions.download}>Download model</button>
      <label class="button"
        >Open model<input
          class="unseen"
          type="file"
          accept=".safetensors"
          @change=${(e: Event) => {
            const input = e.target as HTMLInputElement;
            const file = input.files?.[0];
            input.value = "";
            if (file) actions.open(file);
          }}
      /></label>
    </p>
  </div>`;
}

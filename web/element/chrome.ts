import { html, nothing, type TemplateResult } from "lit";
import type { Device } from "../client/connection";
import type { ErrorInfo, ModelInfo } from "../client/protocol";
import { base, type ModelEntry } from "../client/site";
import type { Words } from "../lang/words";
import { fileButton } from "./file-button";
import { titleOf, type ViewInfo, type ViewName } from "./panel";

/** An error as the reader sees it. */
export type Notice = ErrorInfo & {
  about?: string;
  retry: boolean;
  again?: () => void;
  action?: { label: "goBackToSnapshot"; run(): void };
};

/** What is in use and why, in a sentence. */
export function deviceSentence({ backend, adapter, fallback, reason }: Device, words: Words): string {
  if (backend === "webgpu" && fallback)
    return words.say("onSoftware", { adapter: adapter || words.say("softwareAdapter") });
  if (backend === "webgpu") {
    const asked = reason === "requested";
    if (!adapter) return words.say(asked ? "onGpuAsked" : "onGpu");
    return words.say(asked ? "onGpuNamedAsked" : "onGpuNamed", { adapter });
  }
  if (reason === "no-webgpu") return words.say("onCpuNoWebgpu");
  if (reason === "no-adapter") return words.say("onCpuNoAdapter");
  if (reason === "fallback-adapter") return words.say("onCpuFallback");
  if (reason.startsWith("failed:")) {
    const why = reason.slice(7).trim();
    return words.say("onCpuFailed", { reason: words.told(why).replace(/\.$/, "") });
  }
  return words.say("onCpuAsked");
}

/** The tabs, which arrow keys move between. */
export function tabs(
  words: Words,
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
  return html`<div class="tabs" role="tablist" aria-label=${words.say("views")} @keydown=${onKey}>
    ${views.map((view) => {
      const { id } = view;
      return html`<button
        type="button"
        role="tab"
        id=${`tab-${id}`}
        aria-selected=${id === current ? "true" : "false"}
        aria-controls="panel"
        tabindex=${id === current ? 0 : -1}
        @click=${() => go(id, false)}>
        ${titleOf(view, words)}
      </button>`;
    })}
  </div>`;
}

/** A choice among the shipped models. */
export function chooser(
  words: Words,
  models: ModelEntry[],
  chosen: string | undefined,
  own: boolean,
  choose: (id: string) => void,
): TemplateResult {
  return html`<label class="inline chooser"
    >${words.say("model")}
    <select
      @change=${(e: Event) => {
        const { value } = e.target as HTMLSelectElement;
        if (value) choose(value);
      }}>
      ${own ? html`<option value="" selected>${words.say("yours")}</option>` : nothing}
      ${models.map((m) => html`<option value=${m.id} ?selected=${!own && m.id === chosen}>${words.told(m.title)}</option>`)}
    </select></label
  >`;
}

/** Errors, each until it is dismissed. */
export function notices(
  words: Words,
  all: Notice[],
  dismiss: (notice: Notice, retry: boolean) => void,
): TemplateResult {
  const sentences = (n: Notice) => {
    const { message, hint } = words.error(n);
    return `${message} ${hint}`;
  };
  return html`<div class="notices" part="notices" role="alert">
    ${all.map(
      (n) =>
        html`<div class="notice" data-code=${n.code}>
          <p><code>${n.code}</code> ${sentences(n)}</p>
          ${n.action ? html`<button type="button" @click=${n.action.run}>${words.say(n.action.label)}</button>` : nothing}
          ${n.retry ? html`<button type="button" @click=${() => dismiss(n, true)}>${words.say("tryAgain")}</button>` : nothing}
          <button type="button" class="close" aria-label=${words.say("dismiss")} @click=${() => dismiss(n, false)}>
            ×
          </button>
        </div>`,
    )}
  </div>`;
}

/** What can be done with the model as a whole. */
export interface Actions {
  back(): void;
  download(): void;
  /** Its page of PyTorch. */
  page(): void;
  open(file: File): void;
}

/** The model in numbers, and its files. */
export function facts(
  words: Words,
  info: ModelInfo,
  device: Device | undefined,
  entry: ModelEntry | undefined,
  own: boolean,
  actions: Actions,
): TemplateResult {
  const card = !own && entry?.card ? new URL(`checkpoints/${entry.card}`, base).href : undefined;
  return html`<div class="facts">
    <p>
      ${words.say("parameters", { n: info.parameters })}${info.latentDim ? words.say("latentNumbers", { n: info.latentDim }) : ""}${info.space.kind === "text" ? words.say("kindsOfToken", { n: info.space.vocabulary }) : ""}
      ${card ? html`<a href=${card}>${words.say("aboutModel")}</a>` : nothing}
      ${device ? html`<span class="device" title=${deviceSentence(device, words)}>${device.backend === "webgpu" ? "WebGPU" : "CPU"}</span>` : nothing}
    </p>
    <p class="row">
      ${own ? html`<button type="button" @click=${actions.back}>${words.say("backTo", { title: entry ? words.told(entry.title) : words.say("shippedModel") })}</button>` : nothing}
      <button type="button" @click=${actions.download}>${words.say("downloadModel")}</button>
      ${info.page ? html`<button type="button" title=${words.say("pageHelp")} @click=${actions.page}>${words.say("savePage")}</button>` : nothing}
      ${fileButton(words.say("openModel"), ".safetensors", actions.open)}
    </p>
  </div>`;
}

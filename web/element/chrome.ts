import { html, nothing, type TemplateResult } from "lit";
import type { Device } from "../client/connection";
import type { ErrorInfo, FamilyInfo, ModelInfo } from "../client/protocol";
import { fileUrl } from "../client/files";
import type { ModelEntry } from "../client/site";
import type { Words } from "../lang/words";
import { fileButton } from "./file-button";
import { button, option } from "./form";
import { MODEL_FILES } from "./guest";
import { isGuest, titleOf, type ViewInfo, type ViewName } from "./panel";

/** An error as the reader sees it. */
export type Notice = ErrorInfo & {
  about?: string;
  retry: boolean;
  again?: () => void;
  action?: { label: "goBackToSnapshot"; run(): void };
};

/** What is in use and why, in a sentence. */
export function deviceSentence({ backend, adapter, fallback, card, reason }: Device, words: Words): string {
  if (backend === "webgpu" && fallback)
    return words.say("onSoftware", { adapter: adapter || words.say("softwareAdapter") });
  if (backend === "webgpu") {
    const asked = reason === "requested";
    if (!adapter) return words.say(asked ? "onGpuAsked" : "onGpu");
    return words.say(asked ? "onGpuNamedAsked" : "onGpuNamed", { adapter });
  }
  if (reason === "first") return words.say("onCpuFirst", { adapter: card || "WebGPU" });
  if (reason === "slower") return words.say("onCpuFaster");
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

/** Models among which one chooses: with one that writes all that do, and likewise those that compare sentences. */
export function alike(models: ModelEntry[], families: readonly FamilyInfo[], family = ""): ModelEntry[] {
  const sort = (id: string) => {
    if (families.find((f) => f.id === id)?.capabilities.language) return "texts";
    return isGuest(id) ? "sentences" : "pictures";
  };
  return models.filter((m) => sort(m.family) === sort(family));
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
      ${models.map((m) => {
        // What is large says so before it is fetched.
        const size = isGuest(m.family) ? ` (${words.megabytes(m.bytes)})` : "";
        return option(m.id, `${words.told(m.title)}${size}`, !own && m.id === chosen);
      })}
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
          ${n.action ? button(words.say(n.action.label), n.action.run) : nothing}
          ${n.retry ? button(words.say("tryAgain"), () => dismiss(n, true)) : nothing}
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
  open(file: File, all: File[]): void;
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
  const card = !own && entry?.card ? fileUrl(`checkpoints/${entry.card}`).href : undefined;
  const parameters = words.say("parameters", { n: info.parameters });
  const latent = info.latentDim ? words.say("latentNumbers", { n: info.latentDim }) : "";
  const tokens = info.space.kind === "text" ? words.say("kindsOfToken", { n: info.space.vocabulary }) : "";
  const guest = isGuest(info.family);
  // A model of another program may be faster on the processor than on the graphics card that is there.
  const onCpu = device?.backend !== "webgpu" || info.config.backend === "cpu";
  const slower = onCpu && device?.backend === "webgpu";
  const shipped = entry ? words.told(entry.title) : words.say("shippedModel");
  return html`<div class="facts">
    <p>
      ${parameters}${latent}${tokens} ${card ? html`<a href=${card}>${words.say("aboutModel")}</a>` : nothing}
      ${
        device
          ? html`<span class="device" title=${slower ? words.say("onCpuFaster") : deviceSentence(device, words)}
              >${onCpu ? "CPU" : "WebGPU"}</span
            >`
          : nothing
      }
    </p>
    <p class="row">
      ${own ? button(words.say("backTo", { title: shipped }), actions.back) : nothing}
      ${guest ? nothing : button(words.say("downloadModel"), actions.download)}
      ${info.page ? button(words.say("savePage"), actions.page, "", words.say("pageHelp")) : nothing}
      ${fileButton(words.say("openModel"), MODEL_FILES, actions.open, true)}
    </p>
  </div>`;
}

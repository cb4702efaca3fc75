import { html, nothing, type TemplateResult } from "lit";
import type { ModelInfo } from "../client/protocol";
import { RATES } from "./controller";
import { capital, figure } from "./numbers";
import type { Host } from "./panel";
import { isPlane } from "./points-task";

/** Where a training with an end stands, in words. */
function status({ trainer }: Host, info: ModelInfo): string {
  if (!isPlane(info.space.kind)) return trainer.status(info);
  const { step, rate, seconds } = info.state;
  const { steps } = trainer.budget;
  const where = `step ${figure(step)}${steps === null ? "" : ` of ${figure(steps)}`}`;
  if (trainer.failed) return `Stopped at ${where}`;
  if (trainer.suspended) return `Waiting at ${where} while out of sight`;
  if (trainer.running) return capital(rate > 0 ? `${where}, ${figure(rate, rate < 10 ? 1 : 0)} a second` : where);
  if (trainer.done) return capital(`${where}, done in ${figure(seconds, 1)} s`);
  return step === 0 ? "Untrained" : `Paused at ${where}`;
}

/** Play, pause, one step, start over, and how fast; `present` is told before anything goes on. */
export function transport(host: Host, info: ModelInfo, present: () => void = () => undefined): TemplateResult {
  const { trainer } = host;
  const networks = host.about?.networks ?? [];
  const go = (work: () => Promise<unknown>) => () => {
    present();
    void host.attempt(work);
  };
  return html`<div class="transport">
    ${
      trainer.running || trainer.suspended
        ? html`<button type="button" class="primary" @click=${() => void host.attempt(() => trainer.pause())}>
            Pause
          </button>`
        : html`<button type="button" class="primary" @click=${go(() => host.play())}>Play</button>`
    }
    <button type="button" @click=${go(() => trainer.step(1))}>Step</button>
    <button type="button" @click=${go(() => trainer.restart())}>Start over</button>
    <label class="inline"
      >Speed
      <select
        @change=${(e: Event) => {
          const v = (e.target as HTMLSelectElement).value;
          void host.attempt(() => trainer.setRate(v ? Number(v) : null));
        }}>
        ${[...new Set([trainer.rate, ...RATES])]
          .sort((a, b) => (a ?? Infinity) - (b ?? Infinity))
          .map(
            (r) =>
              html`<option value=${r ?? ""} ?selected=${r === trainer.rate}>
                ${r === null ? "as fast as it goes" : `${r} ${r === 1 ? "step" : "steps"} a second`}
              </option>`,
          )}
      </select></label
    >
    <label class="check" title="Otherwise it waits while this figure is out of sight or another tab is in front."
      ><input
        type="checkbox"
        .checked=${trainer.unseen}
        @change=${(e: Event) => trainer.goOnUnseen((e.target as HTMLInputElement).checked)} />
      Go on out of sight</label
    >
    <p class="status" role="status">${status(host, info)}</p>
    ${
      networks.length > 1
        ? html`<p class="row networks" role="group" aria-label="Parts of a step">
            <span>One step:</span> ${networks.map(
              (network) =>
                html`<button type="button" @click=${go(() => trainer.step(1, network))}>${network} only</button>`,
            )}
          </p>`
        : nothing
    }
  </div>`;
}

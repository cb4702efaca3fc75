import { html, nothing, type TemplateResult } from "lit";
import type { ModelInfo } from "../client/protocol";
import { RATES } from "./controller";
import { capital } from "./numbers";
import type { Host } from "./panel";
import { isPlane } from "./points-task";

/** Where a training with an end stands, in words. */
function status({ trainer, words }: Host, info: ModelInfo): string {
  if (!isPlane(info.space.kind)) return trainer.status(info, words);
  const { step, rate, seconds } = info.state;
  const { steps } = trainer.budget;
  const where = steps === null ? words.say("atStep", { step }) : words.say("atStepOf", { step, steps });
  if (trainer.failed) return words.say("stoppedAt", { where });
  if (trainer.suspended) return words.say("waitingAt", { where });
  if (trainer.running)
    return capital(rate > 0 ? words.say("goingOn", { where, rate: words.figure(rate, rate < 10 ? 1 : 0) }) : where);
  if (trainer.done) return capital(words.say("doneIn", { where, seconds: words.figure(seconds, 1) }));
  return step === 0 ? words.say("untrained") : words.say("pausedAt", { where });
}

/** Play, pause, one step, start over, and how fast; `present` is told before anything goes on. */
export function transport(host: Host, info: ModelInfo, present: () => void = () => undefined): TemplateResult {
  const { trainer, words } = host;
  const networks = host.about?.networks ?? [];
  const go = (work: () => Promise<unknown>) => () => {
    present();
    void host.attempt(work);
  };
  return html`<div class="transport">
    ${
      trainer.running || trainer.suspended
        ? html`<button type="button" class="primary" @click=${() => void host.attempt(() => trainer.pause())}>
            ${words.say("pause")}
          </button>`
        : html`<button type="button" class="primary" @click=${go(() => host.play())}>${words.say("play")}</button>`
    }
    <button type="button" @click=${go(() => trainer.step(1))}>${words.say("step")}</button>
    <button type="button" @click=${go(() => trainer.restart())}>${words.say("startOver")}</button>
    <label class="inline"
      >${words.say("speed")}
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
                ${r === null ? words.say("fastest") : words.say("stepsASecond", { n: r })}
              </option>`,
          )}
      </select></label
    >
    <label class="check" title=${words.say("unseenHelp")}
      ><input
        type="checkbox"
        .checked=${trainer.unseen}
        @change=${(e: Event) => trainer.goOnUnseen((e.target as HTMLInputElement).checked)} />
      ${words.say("goOnUnseen")}</label
    >
    <p class="status" role="status">${status(host, info)}</p>
    ${
      networks.length > 1
        ? html`<p class="row networks" role="group" aria-label=${words.say("partsOfStep")}>
            <span>${words.say("oneStepOf")}</span> ${networks.map(
              (network) =>
                html`<button type="button" @click=${go(() => trainer.step(1, network))}>
                  ${words.say("networkOnly", { network: words.told(network) })}
                </button>`,
            )}
          </p>`
        : nothing
    }
  </div>`;
}

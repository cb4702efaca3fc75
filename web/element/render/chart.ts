import { html, nothing, svg } from "lit";
import type { Curve, View } from "../../client/protocol";
import type { Host } from "../panel";
import type { Renderer } from "./renderer";

type Chart = Extract<View, { kind: "chart" }>;

/** Size of the drawing in its own units, and room for its scales. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 340, 52, 14, 12, 46];
/** Lines across. */
const STEPS = 5;

/** Curves over places at equal distances, with how far they may be off; and the same as a table. */
export class ChartRenderer implements Renderer {
  #view: Chart | undefined;

  constructor(private readonly host: Host) {}

  show(view: View) {
    if (view.kind === "chart") this.#view = view;
  }

  clear() {
    this.#view = undefined;
  }

  #x(place: number, count: number) {
    return LEFT + ((place + 0.5) * (WIDTH - LEFT - RIGHT)) / Math.max(1, count);
  }

  #y(value: number, [low, high]: [number, number]) {
    const share = (value - low) / (high - low || 1);
    return HEIGHT - BOTTOM - Math.min(1, Math.max(0, share)) * (HEIGHT - TOP - BOTTOM);
  }

  #grid({ ticks, range, across, up, level }: Chart) {
    const { words } = this.host;
    const lines = Array.from({ length: STEPS + 1 }, (_, i) => range[0] + ((range[1] - range[0]) * i) / STEPS);
    return svg`
      ${lines.map(
        (value) => svg`
          <line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${this.#y(value, range)} y2=${this.#y(value, range)} />
          <text x=${LEFT - 8} y=${this.#y(value, range) + 4} text-anchor="end">${words.percent(value)}</text>`,
      )}
      ${ticks.map(
        (tick, i) =>
          svg`<text x=${this.#x(i, ticks.length)} y=${HEIGHT - BOTTOM + 18} text-anchor="middle">${tick}</text>`,
      )}
      <text x=${(WIDTH + LEFT - RIGHT) / 2} y=${HEIGHT - 6} text-anchor="middle">${words.told(across)}</text>
      ${
        level
          ? svg`<line class="level" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${this.#y(level[1], range)}
              y2=${this.#y(level[1], range)} />
            <text x=${WIDTH - RIGHT} y=${this.#y(level[1], range) - 5} text-anchor="end">${words.told(level[0])}</text>`
          : nothing
      }
      <title>${words.told(up)}</title>`;
  }

  #curve({ values, errors }: Curve, at: number, { ticks, range }: Chart) {
    const there = values.flatMap((value, i) => (value === null ? [] : [{ value, i, off: errors[i] ?? null }]));
    // Side by side, so that bars of several curves can be told apart.
    const x = (i: number) => this.#x(i, ticks.length) + (at - 1.5) * 5;
    const points = there.map(({ value, i }) => `${x(i)},${this.#y(value, range)}`).join(" ");
    return svg`<g class="curve" data-curve=${at % 4}>
      <polyline points=${points} />
      ${there.map(
        ({ value, i, off }) => svg`
          ${
            off === null
              ? nothing
              : svg`<line x1=${x(i)} x2=${x(i)} y1=${this.#y(value - off, range)} y2=${this.#y(value + off, range)} />`
          }
          <circle cx=${x(i)} cy=${this.#y(value, range)} r="3.5" />`,
      )}
    </g>`;
  }

  #cell(value: number | null, off: number | null) {
    const { words } = this.host;
    if (value === null) return "–";
    const share = words.figure(value * 100, 0);
    return off === null ? share : `${share}\u2009±\u2009${words.figure(off * 100, 0)}`;
  }

  #table({ across, ticks, curves }: Chart) {
    const { words } = this.host;
    return html`<div class="lens" tabindex="0" role="region" aria-label=${words.say("chartTable")}>
      <table>
        <thead>
          <tr>
            <th scope="row">${words.told(across)}</th>
            ${ticks.map((tick) => html`<th scope="col">${tick}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${curves.map(
            ({ title, values, errors }, i) =>
              html`<tr>
                <th scope="row"><i class="curve-key" data-curve=${i % 4}></i> ${words.told(title)}</th>
                ${values.map((value, k) => html`<td>${this.#cell(value, errors[k] ?? null)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  render() {
    const view = this.#view;
    if (!view) return html``;
    const { words } = this.host;
    return html`<div class="chart">
        <p class="aside">${words.told(view.up)}</p>
        <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${words.told(view.up)}>
          ${this.#grid(view)} ${view.curves.map((curve, i) => this.#curve(curve, i, view))}
        </svg>
      </div>
      ${this.#table(view)}
      <p class="aside">${words.say("chartHundredths")}</p>`;
  }
}

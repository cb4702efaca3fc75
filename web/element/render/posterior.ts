import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { Plate, fit } from "../draw";
import { colorOf } from "../ink";
import type { ImageInput } from "../inputs/image";
import type { Host } from "../panel";
import type { Renderer } from "./renderer";

type Result = Extract<View, { kind: "reconstruction" }>;
type Pen = CanvasRenderingContext2D;
interface Colors {
  blue: string;
  red: string;
  line: string;
}

/** An image's code, and what comes back. */
export class PosteriorRenderer implements Renderer {
  readonly within = true;
  #result: Result | undefined;
  #output = new Plate();
  #canvas: HTMLCanvasElement | undefined;

  constructor(
    private readonly host: Host,
    private readonly image: ImageInput,
    /** Asks once more, with other noise. */
    private readonly again: () => void,
  ) {}

  show(view: View) {
    if (view.kind !== "reconstruction") return;
    this.#result = view;
    if (view.output.kind === "image") this.#output.show(view.output, { columns: 4, gap: 0.06 });
    this.#plot();
  }

  clear() {
    this.#result = undefined;
    this.#output.clear();
    this.#plot();
  }

  redraw(recolour: boolean) {
    this.#output.redraw(recolour);
    this.#plot();
  }

  #plot() {
    const canvas = this.#canvas;
    const r = this.#result;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width, height } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, width, height);
    if (!r) return;
    const color = (name: string) => colorOf(this.host, name);
    const colors = { blue: color("--_blue"), red: color("--_red"), line: color("--_line") };
    if (r.mu.length === 2) ellipse(g, width, height, r, colors);
    else bars(g, width, height, r, colors);
  }

  #sum({ reconstruction, kl }: Result) {
    const { words } = this.host;
    return html`<p class="sum" aria-live="polite">
      <span class="red">−log p(x|z) <b>${words.figure(reconstruction, 1)}</b></span
      ><b>+</b> <span class="blue">KL(q‖p) <b>${words.figure(kl, 1)}</b></span
      ><b>=</b>
      <span>${words.say("negativeElbo")} <b>${words.figure(reconstruction + kl, 1)}</b></span>
    </p>`;
  }

  render() {
    const r = this.#result;
    const { words } = this.host;
    const n = this.host.info?.latentDim ?? 0;
    const means = r?.mu.slice(0, 8).map((v) => words.figure(v, 1));
    const posterior = means
      ? words.say("posteriorMeans", { means: means.join(words.say("listComma")) })
      : words.say("thePosterior");
    const draws = r?.output.kind === "image" ? r.output.columns * r.output.rows : 16;
    return html`<div class="three">
        ${this.image.render()}
        <div>
          <p class="head blue">
            <b>q(z|x)</b> ${n === 2 ? words.say("placeInLatent") : words.say("latentCode", { n })}
          </p>
          <canvas
            class="posterior"
            role="img"
            ${ref((c) => {
              this.#canvas = c as HTMLCanvasElement | undefined;
              if (c) this.#plot();
            })}
            aria-label=${posterior}></canvas>
          <div class="row"><button type="button" @click=${this.again}>${words.say("drawAgain")}</button></div>
        </div>
        <div>
          <p class="head red"><b>p(x|z)</b> ${words.say("drawsDecoded", { n: draws })}</p>
          <canvas
            class="plate"
            role="img"
            aria-label=${words.say("reconstructions", { n: draws })}
            ${ref(this.#output.attach)}></canvas>
        </div>
      </div>
      ${r ? this.#sum(r) : nothing}`;
  }
}

/** Two numbers: a place in the latent space, with its width, on circles of the prior. */
function ellipse(g: Pen, w: number, h: number, r: Result, { blue, red, line }: Colors) {
  const unit = Math.min(w, h) / 6.4;
  const x = (v: number) => w / 2 + v * unit;
  const y = (v: number) => h / 2 - v * unit;
  g.strokeStyle = line;
  g.lineWidth = 1;
  for (const radius of [1, 2, 3]) {
    g.beginPath();
    g.arc(x(0), y(0), radius * unit, 0, 7);
    g.stroke();
  }
  g.beginPath();
  g.moveTo(0, y(0));
  g.lineTo(w, y(0));
  g.moveTo(x(0), 0);
  g.lineTo(x(0), h);
  g.stroke();
  const [m1 = 0, m2 = 0] = r.mu;
  const [s1 = 0, s2 = 0] = r.sigma;
  for (const [k, alpha] of [
    [2, 0.16],
    [1, 0.3],
  ] as const) {
    g.globalAlpha = alpha;
    g.fillStyle = blue;
    g.beginPath();
    g.ellipse(x(m1), y(m2), Math.max(2, s1 * k * unit), Math.max(2, s2 * k * unit), 0, 0, 7);
    g.fill();
  }
  g.globalAlpha = 1;
  g.fillStyle = red;
  for (let i = 0; i + 1 < r.z.length; i += 2) {
    g.beginPath();
    g.arc(x(r.z[i] ?? 0), y(r.z[i + 1] ?? 0), 2.2, 0, 7);
    g.fill();
  }
  g.strokeStyle = blue;
  g.lineWidth = 2;
  g.beginPath();
  g.moveTo(x(m1) - 5, y(m2));
  g.lineTo(x(m1) + 5, y(m2));
  g.moveTo(x(m1), y(m2) - 5);
  g.lineTo(x(m1), y(m2) + 5);
  g.stroke();
}

/** Many numbers: a bar each, mean ± σ, with the draws. */
function bars(g: Pen, w: number, h: number, r: Result, { blue, red, line }: Colors) {
  const n = r.mu.length;
  const draws = Math.floor(r.z.length / n);
  const y = (v: number) => h / 2 - (Math.max(-3.4, Math.min(3.4, v)) * h) / 7;
  g.fillStyle = line;
  g.globalAlpha = 0.4;
  g.fillRect(0, y(1), w, y(-1) - y(1));
  g.globalAlpha = 1;
  g.fillRect(0, y(0) - 0.5, w, 1);
  const step = w / n;
  const wide = Math.max(2, step * 0.62);
  for (let d = 0; d < n; d++) {
    const mu = r.mu[d] ?? 0;
    const sigma = r.sigma[d] ?? 1;
    const x = step * (d + 0.5);
    // A dimension that says nothing about this image is as wide as the prior.
    g.globalAlpha = sigma > 0.9 ? 0.3 : 0.55;
    g.fillStyle = blue;
    g.fillRect(x - wide / 2, y(mu + sigma), wide, Math.max(2, y(mu - sigma) - y(mu + sigma)));
    g.globalAlpha = 1;
    g.fillRect(x - wide / 2, y(mu) - 1, wide, 2);
    g.fillStyle = red;
    for (let k = 0; k < draws; k++) g.fillRect(x - 0.75, y(r.z[k * n + d] ?? 0) - 0.75, 1.5, 1.5);
  }
}

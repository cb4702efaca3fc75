import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { colorOf, fit, rgb } from "../draw";
import { read } from "../attributes";
import { type Host } from "../panel";
import { visible } from "./choices";
import { SubjectPanel, type Subject } from "./subject";

/** Which earlier tokens each token looks at, by layer and head. */
export class AttentionPanel extends SubjectPanel<"matrices"> {
  #layer = 1;
  #head = 1;
  #at = 0;
  #values = new Float32Array();
  #canvas: HTMLCanvasElement | undefined;
  #ink: [number, number, number] = [0, 0, 0];

  constructor(host: Host, subject: Subject) {
    super(host, subject);
    const place = (name: "layer" | "head", get: () => number, set: (n: number) => void) => {
      this.params[name] = {
        get: () => (get() === 1 ? undefined : String(get())),
        set: (text) => set(read(name, text)),
      };
    };
    place(
      "layer",
      () => this.#layer,
      (n) => {
        this.#layer = n;
      },
    );
    place(
      "head",
      () => this.#head,
      (n) => {
        this.#head = n;
      },
    );
  }

  protected ask(text: string) {
    return { type: "plot", plot: "attention", inputs: { text } } as const;
  }

  protected got(view: View) {
    if (view.kind !== "matrices") return;
    const grown = view.tokens.length !== this.view?.tokens.length;
    this.view = view;
    const bytes = view.values.slice();
    this.#values = new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2);
    if (grown || this.#at >= view.tokens.length) this.#at = view.tokens.length - 1;
    void this.host.requestUpdate();
  }

  override updated() {
    this.#draw();
  }
  override redraw() {
    this.#draw();
  }

  override caption() {
    return this.host.help("attention");
  }

  /** The weights of the chosen head. */
  #matrix(layer: number, head: number): Float32Array {
    const n = this.view?.tokens.length ?? 0;
    const from = ((layer - 1) * (this.view?.heads ?? 1) + head - 1) * n * n;
    return this.#values.subarray(from, from + n * n);
  }

  get #chosen(): [number, number] {
    return [Math.min(this.#layer, this.view?.layers ?? 1), Math.min(this.#head, this.view?.heads ?? 1)];
  }

  #paint(canvas: HTMLCanvasElement, layer: number, head: number) {
    const n = this.view?.tokens.length ?? 0;
    const matrix = this.#matrix(layer, head);
    if (!n || matrix.length < n * n) return;
    const picture = new ImageData(n, n);
    const [r, g, b] = this.#ink;
    for (let i = 0; i < n * n; i++) {
      // Of many small weights something should be seen too.
      picture.data.set([r, g, b, 255 * Math.sqrt(Math.min(1, matrix[i] ?? 0))], 4 * i);
    }
    const small = document.createElement("canvas");
    small.width = small.height = n;
    small.getContext("2d")?.putImageData(picture, 0, 0);
    const { g: context, width, height } = fit(canvas);
    if (!context) return;
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = width < n;
    context.drawImage(small, 0, 0, width, height);
  }

  #draw() {
    const root = this.host.shadowRoot;
    if (!this.view || !root) return;
    this.#ink = rgb(colorOf(this.host, "--_red"));
    for (const canvas of root.querySelectorAll<HTMLCanvasElement>(".heads canvas")) {
      this.#paint(canvas, Number(canvas.dataset["layer"]), Number(canvas.dataset["head"]));
    }
    const canvas = this.#canvas;
    if (!canvas?.clientWidth) return;
    this.#paint(canvas, ...this.#chosen);
    const n = this.view.tokens.length;
    const { g, width, height } = fit(canvas);
    if (!g) return;
    g.strokeStyle = colorOf(this.host, "--_blue");
    g.lineWidth = 1.5;
    g.strokeRect(0.75, (this.#at * height) / n, width - 1.5, height / n);
  }

  #look(index: number) {
    const last = (this.view?.tokens.length ?? 1) - 1;
    const at = Math.max(0, Math.min(last, index));
    if (at === this.#at) return;
    this.#at = at;
    this.host.requestUpdate();
  }

  #over = (e: Event) => {
    const token = e.target instanceof Element ? e.target.closest<HTMLElement>("[data-token]") : null;
    if (token) this.#look(Number(token.dataset["token"]));
  };

  #key = (e: KeyboardEvent) => {
    const to = {
      ArrowRight: this.#at + 1,
      ArrowLeft: this.#at - 1,
      ArrowDown: this.#at + 1,
      ArrowUp: this.#at - 1,
      Home: 0,
      End: Infinity,
    }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    this.#look(to);
  };

  #choose(layer: number, head: number) {
    [this.#layer, this.#head] = [layer, head];
    this.host.changed();
    this.host.requestUpdate();
  }

  override render() {
    const { view } = this;
    const [layer, head] = this.#chosen;
    const n = view?.tokens.length ?? 0;
    const row = view ? this.#matrix(layer, head).subarray(this.#at * n, (this.#at + 1) * n) : [];
    const most = Math.max(0.001, ...row);
    const best = [...row]
      .map((w, i) => ({ w, i }))
      .sort((a, b) => b.w - a.w)
      .slice(0, 3);
    return html`<div class="reading-room">
      ${this.field("Text", "Of a long one, the end is looked at.")}
      ${
        view
          ? html`<div class="attention">
              <div>
                <p class="label" id="looks">Layer ${layer}, head ${head}. Point at a token to see where it looks.</p>
                <p
                  class="looking"
                  tabindex="0"
                  role="group"
                  aria-labelledby="looks"
                  @pointerover=${this.#over}
                  @click=${this.#over}
                  @keydown=${this.#key}>
                  ${view.tokens.map(
                    (token, i) =>
                      html`<span
                        data-token=${i}
                        class=${i === this.#at ? "asking" : i > this.#at ? "later" : `v${Math.round(((row[i] ?? 0) / most) * 8)}`}
                        >${token.includes("\n") ? html`${visible(token)}<br />` : token}</span
                      >`,
                  )}
                </p>
                <p class="aside" aria-live="polite">
                  “${visible(view.tokens[this.#at] ?? "")}” looks at
                  ${best.map(({ w, i }, k) => html`${k ? ", " : ""}“${visible(view.tokens[i] ?? "")}”${i === this.#at ? " (itself)" : ` ${this.#at - i} back`} ${(w * 100).toFixed(0)} %`)}
                </p>
              </div>
              <div class="heads" role="group" aria-label="Layers and heads">
                ${Array.from(
                  { length: view.layers },
                  (_, l) =>
                    html`<div class="heads-row">
                      <span class="label">Layer ${l + 1}</span>
                      ${Array.from({ length: view.heads }, (_, h) => html`<button type="button" aria-pressed=${l + 1 === layer && h + 1 === head ? "true" : "false"} aria-label=${`Layer ${l + 1}, head ${h + 1}`} @click=${() => this.#choose(l + 1, h + 1)}><canvas data-layer=${l + 1} data-head=${h + 1}></canvas></button>`)}
                    </div>`,
                )}
                <p class="aside">
                  Each square is a head: rows are tokens, from the first at the top, and look at columns.
                </p>
              </div>
              <canvas
                class="matrix"
                role="img"
                aria-label=${`Attention of layer ${layer}, head ${head}: rows look at columns`}
                ${ref((c) => {
                  this.#canvas = c as HTMLCanvasElement | undefined;
                })}
                @pointermove=${(e: PointerEvent) => {
                  const box = (e.target as HTMLElement).getBoundingClientRect();
                  this.#look(Math.floor(((e.clientY - box.top) / box.height) * n));
                }}></canvas>
            </div>`
          : nothing
      }
    </div>`;
  }
}

import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { read } from "../attributes";
import { fit } from "../draw";
import { colorOf, rgb, type Rgb } from "../ink";
import type { Host, Param } from "../panel";
import { visible } from "./choices";
import type { Renderer } from "./renderer";

type Matrices = Extract<View, { kind: "matrices" }>;

/** Which earlier tokens each token looks at, by layer and head. */
export class MatricesRenderer implements Renderer {
  readonly params: Record<string, Param>;
  #layer = 1;
  #head = 1;
  #at = 0;
  #view: Matrices | undefined;
  #values = new Float32Array();
  #canvas: HTMLCanvasElement | undefined;
  #ink: Rgb = [0, 0, 0];

  constructor(private readonly host: Host) {
    const place = (name: "layer" | "head", get: () => number, set: (n: number) => void): Param => ({
      get: () => (get() === 1 ? undefined : String(get())),
      set: (text) => {
        set(read(name, text));
        this.host.requestUpdate();
      },
    });
    this.params = {
      layer: place(
        "layer",
        () => this.#layer,
        (n) => {
          this.#layer = n;
        },
      ),
      head: place(
        "head",
        () => this.#head,
        (n) => {
          this.#head = n;
        },
      ),
    };
  }

  show(view: View) {
    if (view.kind !== "matrices") return;
    const grown = view.tokens.length !== this.#view?.tokens.length;
    this.#view = view;
    const bytes = view.values.slice();
    this.#values = new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2);
    if (grown || this.#at >= view.tokens.length) this.#at = view.tokens.length - 1;
  }

  clear() {
    this.#view = undefined;
  }

  updated() {
    this.#draw();
  }
  redraw() {
    this.#draw();
  }

  /** The weights of the chosen head. */
  #matrix(layer: number, head: number): Float32Array {
    const n = this.#view?.tokens.length ?? 0;
    const from = ((layer - 1) * (this.#view?.heads ?? 1) + head - 1) * n * n;
    return this.#values.subarray(from, from + n * n);
  }

  get #chosen(): [number, number] {
    return [Math.min(this.#layer, this.#view?.layers ?? 1), Math.min(this.#head, this.#view?.heads ?? 1)];
  }

  #paint(canvas: HTMLCanvasElement, layer: number, head: number) {
    const n = this.#view?.tokens.length ?? 0;
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
    if (!this.#view || !root) return;
    this.#ink = rgb(colorOf(this.host, "--_red"));
    for (const canvas of root.querySelectorAll<HTMLCanvasElement>(".heads canvas")) {
      this.#paint(canvas, Number(canvas.dataset["layer"]), Number(canvas.dataset["head"]));
    }
    const canvas = this.#canvas;
    if (!canvas?.clientWidth) return;
    this.#paint(canvas, ...this.#chosen);
    const n = this.#view.tokens.length;
    const { g, width, height } = fit(canvas);
    if (!g) return;
    g.strokeStyle = colorOf(this.host, "--_blue");
    g.lineWidth = 1.5;
    g.strokeRect(0.75, (this.#at * height) / n, width - 1.5, height / n);
  }

  #look(index: number) {
    const last = (this.#view?.tokens.length ?? 1) - 1;
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

  /** The text, each token as red as it is looked at. */
  #text({ tokens }: Matrices, row: Float32Array) {
    const most = Math.max(0.001, ...row);
    const best = [...row]
      .map((w, i) => ({ w, i }))
      .sort((a, b) => b.w - a.w)
      .slice(0, 3);
    const { words } = this.host;
    const quoted = (i: number) => words.say("quoted", { text: visible(tokens[i] ?? "") });
    const others = best.map(({ w, i }) => {
      const at = { token: quoted(i), chance: `${words.figure(w * 100)}\u2009%` };
      return i === this.#at ? words.say("itself", at) : words.say("back", { ...at, n: this.#at - i });
    });
    const shade = (i: number) =>
      i === this.#at ? "asking" : i > this.#at ? "later" : `v${Math.round(((row[i] ?? 0) / most) * 8)}`;
    return html`<p
        class="looking"
        dir="auto"
        tabindex="0"
        role="group"
        aria-labelledby="looks"
        @pointerover=${this.#over}
        @click=${this.#over}
        @keydown=${this.#key}>
        ${tokens.map(
          (token, i) =>
            html`<span data-token=${i} class=${shade(i)}
              >${token.includes("\n") ? html`${visible(token)}<br />` : token}</span
            >`,
        )}
      </p>
      <p class="aside" aria-live="polite">
        ${words.say("looksAt", { token: quoted(this.#at), others: others.join(", ") })}
      </p>`;
  }

  #heads({ layers, heads }: Matrices) {
    const [layer, head] = this.#chosen;
    const { words } = this.host;
    const square = (l: number, h: number) =>
      html`<button
        type="button"
        aria-pressed=${l === layer && h === head ? "true" : "false"}
        aria-label=${words.say("layerHead", { layer: l, head: h })}
        @click=${() => this.#choose(l, h)}>
        <canvas data-layer=${l} data-head=${h}></canvas>
      </button>`;
    const numbers = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    return html`<div class="heads" role="group" aria-label=${words.say("layersAndHeads")}>
      ${numbers(layers).map(
        (l) =>
          html`<div class="heads-row">
            <span class="label">${words.say("layer", { layer: l })}</span>
            ${numbers(heads).map((h) => square(l, h))}
          </div>`,
      )}
      <p class="aside">${words.say("eachSquare")}</p>
    </div>`;
  }

  render() {
    const view = this.#view;
    if (!view) return html``;
    const [layer, head] = this.#chosen;
    const n = view.tokens.length;
    const { words } = this.host;
    const row = this.#matrix(layer, head).subarray(this.#at * n, (this.#at + 1) * n);
    return html`<div class="attention">
      <div>
        <p class="label" id="looks">${words.say("pointAtToken", { layer, head })}</p>
        ${this.#text(view, row)}
      </div>
      ${this.#heads(view)}
      <canvas
        class="matrix"
        role="img"
        aria-label=${words.say("attentionOf", { layer, head })}
        ${ref((c) => {
          this.#canvas = c as HTMLCanvasElement | undefined;
        })}
        @pointermove=${(e: PointerEvent) => {
          const box = (e.target as HTMLElement).getBoundingClientRect();
          this.#look(Math.floor(((e.clientY - box.top) / box.height) * n));
        }}></canvas>
    </div>`;
  }
}

import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import type { View } from "../../client/protocol";
import { Plate, coordinates, fit, inkOf, print, type ImageView } from "../draw";
import { segments } from "../form";
import { colorOf } from "../ink";
import { OnePointer } from "../inputs/one-pointer";
import type { PointerInput } from "../inputs/place";
import { Latest, ask, fetchData, type Host } from "../panel";
import type { Renderer } from "./renderer";

/** Half a side of the map. */
const EXTENT = 3;
const POINTS = 2000;
type Layer = "images" | "codes" | "both";

/** A two-dimensional latent space: what each place decodes to, and where data lies. */
export class MapRenderer implements Renderer {
  #mosaic: ImageView | undefined;
  #printed: HTMLCanvasElement | undefined;
  #points: { xy: Float32Array; classes: Uint8Array } | undefined;
  #here = new Plate();
  #canvas: HTMLCanvasElement | undefined;
  #layer: Layer = "both";
  #only: number | undefined;
  #decode = new Latest();

  constructor(
    private readonly host: Host,
    private readonly pointer: PointerInput,
  ) {}

  get #z(): [number, number] {
    return this.pointer.at ?? [0, 0];
  }

  show(view: View) {
    if (view.kind !== "image") return;
    this.#mosaic = view;
    this.#printed = undefined;
    this.#draw();
    this.#look();
    void this.host.attempt(async () => {
      if (!(await fetchData(this.host))) return;
      const points = await ask(this.host, { type: "plot", plot: "codes", inputs: { count: POINTS } });
      if (points?.kind !== "points") return;
      this.#points = { xy: coordinates(points), classes: points.classes };
      this.#draw();
    });
  }

  clear() {
    this.#mosaic = this.#points = undefined;
    this.#draw();
  }

  redraw(recolour: boolean) {
    if (recolour) this.#printed = undefined;
    this.#draw();
    this.#here.redraw(recolour);
  }

  /** Decodes the point under the marker. */
  #look() {
    const z = [...this.#z];
    this.#decode.run(() =>
      this.host.attempt(async () => {
        const view = await ask(this.host, { type: "decode", z });
        if (view?.kind === "image") this.#here.show(view, { columns: 1 });
      }),
    );
  }

  #draw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width: w } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, w, w);
    const ink = getComputedStyle(canvas).color;
    if (this.#mosaic && this.#layer !== "codes") {
      this.#printed ??= print(this.#mosaic, ...inkOf(canvas));
      g.globalAlpha = this.#layer === "both" ? 0.42 : 1;
      g.imageSmoothingQuality = "high";
      g.drawImage(this.#printed, 0, 0, w, w);
      g.globalAlpha = 1;
    }
    if (this.#points && this.#layer !== "images") this.#codes(g, w, ink);
    this.#marker(g, w);
  }

  #codes(g: CanvasRenderingContext2D, w: number, ink: string) {
    const { xy, classes } = this.#points ?? { xy: [], classes: [] };
    const size = Math.max(1.6, w / 260);
    const colors = Array.from({ length: 10 }, (_, i) => colorOf(this.host, `--_class-${i}`));
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; 2 * i + 1 < xy.length; i++) {
        const c = classes[i] ?? 0;
        const lit = this.#only === undefined || this.#only === c;
        if (lit !== (pass === 1)) continue;
        g.globalAlpha = lit ? 0.85 : 0.08;
        g.fillStyle = colors[c % 10] ?? ink;
        g.beginPath();
        g.arc(across(xy[2 * i] ?? 0, w), down(xy[2 * i + 1] ?? 0, w), size, 0, 7);
        g.fill();
      }
    }
    g.globalAlpha = 1;
  }

  /** With a halo of paper, so that it shows on anything. */
  #marker(g: CanvasRenderingContext2D, w: number) {
    const [zx, zy] = [across(this.#z[0], w), down(this.#z[1], w)];
    for (const [style, line] of [
      [colorOf(this.host, "--_paper"), 5],
      [colorOf(this.host, "--_red"), 2],
    ] as const) {
      g.strokeStyle = style;
      g.lineWidth = line;
      g.beginPath();
      g.arc(zx, zy, 9, 0, 7);
      for (const [dx, dy] of [
        [-1, 0],
        [1, 0],
        [0, -1],
        [0, 1],
      ] as const) {
        g.moveTo(zx + 9 * dx, zy + 9 * dy);
        g.lineTo(zx + 16 * dx, zy + 16 * dy);
      }
      g.stroke();
    }
  }

  #move(x: number, y: number) {
    this.pointer.move(x, y, [-EXTENT, EXTENT, -EXTENT, EXTENT]);
    this.#draw();
    this.#look();
  }

  // A finger moves the marker only after it went down on the map; a mouse always does.
  #over = new OnePointer(
    (e) => {
      const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
      this.#move(
        ((e.clientX - box.left) / box.width) * 2 * EXTENT - EXTENT,
        EXTENT - ((e.clientY - box.top) / box.height) * 2 * EXTENT,
      );
    },
    undefined,
    true,
  );

  #key = (e: KeyboardEvent) => {
    const by = e.shiftKey ? 0.5 : 0.1;
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, by],
      ArrowDown: [0, -by],
    };
    const step = steps[e.key];
    if (!step) return;
    e.preventDefault();
    this.#move(this.#z[0] + step[0], this.#z[1] + step[1]);
  };

  #legend() {
    return html`<ul class="legend" aria-label=${this.host.words.say("classes")}>
      ${(this.host.info?.classes ?? []).map(
        (name, i) =>
          html`<li>
            <button
              type="button"
              aria-pressed=${this.#only === i ? "true" : "false"}
              data-class=${i % 10}
              @click=${() => {
                this.#only = this.#only === i ? undefined : i;
                this.#draw();
                this.host.requestUpdate();
              }}>
              <i></i>${this.host.words.told(name)}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  render() {
    const { words } = this.host;
    const [z1, z2] = this.#z.map((v) => words.figure(v, 2));
    const at = `z₁ = ${z1}${words.say("listComma")}z₂ = ${z2}`;
    return html`<div class="split wide">
      <div class="stage">
        <canvas
          class="map"
          part="canvas"
          tabindex="0"
          role="application"
          aria-roledescription=${words.say("map")}
          aria-label=${words.say("mapOf", { at })}
          @pointerdown=${this.#over.handle}
          @pointermove=${this.#over.handle}
          @pointerup=${this.#over.handle}
          @pointercancel=${this.#over.handle}
          @keydown=${this.#key}
          ${ref((canvas) => {
            this.#canvas = canvas as HTMLCanvasElement | undefined;
            if (canvas) this.#draw();
          })}></canvas>
      </div>
      <div class="side">
        <div class="here">
          <canvas class="plate" role="img" aria-label=${words.say("decodesTo")} ${ref(this.#here.attach)}></canvas>
          <p class="reading" aria-live="polite">${at}</p>
        </div>
        ${segments<Layer>(
          words.say("show"),
          [
            { value: "images", label: words.say("images") },
            { value: "codes", label: words.say("testSet") },
            { value: "both", label: words.say("both") },
          ],
          this.#layer,
          (layer) => {
            this.#layer = layer;
            this.#draw();
            this.host.requestUpdate();
          },
        )}
        ${this.#layer === "images" ? nothing : this.#legend()}
      </div>
    </div>`;
  }
}

const across = (v: number, w: number) => ((v + EXTENT) / (2 * EXTENT)) * w;
const down = (v: number, w: number) => ((EXTENT - v) / (2 * EXTENT)) * w;

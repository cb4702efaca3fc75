import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import type { PlotInputs } from "../../client/protocol";
import { read } from "../attributes";
import { fit, print } from "../draw";
import { colorOf, rgb } from "../ink";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import { OnePointer } from "./one-pointer";
import { Picker } from "./picker";

/** Side of the mask in its own pixels. */
const SIDE = 112;
/** Masks that can be taken back. */
const PAST = 40;
/** How far a key moves the brush. */
const [STEP, STRIDE] = [4, 16];
const BRUSHES = [6, 12, 24, 40];
type Place = [x: number, y: number];

/** A test image, and over it a mask that the reader paints, with mouse, finger, pen or keyboard. */
export class MaskInput implements Input {
  readonly params: Record<string, Param>;
  #index = 0;
  #mask: Uint8Array<ArrayBuffer> = new Uint8Array(SIDE * SIDE);
  #past: Uint8Array<ArrayBuffer>[] = [];
  #future: Uint8Array<ArrayBuffer>[] = [];
  #brush = BRUSHES[1] ?? 12;
  #erasing = false;
  #picker: Picker;
  #canvas: HTMLCanvasElement | undefined;
  #last: Place | undefined;
  #cursor: Place = [SIDE / 2, SIDE / 2];
  #down = false;
  #focused = false;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {
    this.#picker = new Picker(host, 20);
    this.params = {
      image: {
        get: () => (this.#index ? String(this.#index) : undefined),
        set: (text) => {
          this.#index = read("image", text);
        },
      },
    };
    // Something is to be seen before anything was painted.
    this.#half((_, y) => y >= SIDE / 2);
  }

  async prepare() {
    await this.#picker.load();
    this.#draw();
  }

  ask(): PlotInputs | undefined {
    if (!this.#mask.some((m) => m > 0)) return undefined;
    const mask = { width: SIDE, height: SIDE, pixels: Uint8Array.from(this.#mask) };
    return { image: { type: "test", index: this.#index }, mask };
  }

  redraw(recolour: boolean) {
    this.#picker.redraw(recolour);
    this.#draw();
  }

  #draw() {
    const canvas = this.#canvas;
    if (!canvas || canvas.clientWidth === 0) return;
    const { g, width } = fit(canvas);
    if (!g) return;
    g.clearRect(0, 0, width, width);
    const tile = this.#picker.tile(this.#index);
    if (tile) {
      g.imageSmoothingEnabled = false;
      g.drawImage(print(tile, rgb(getComputedStyle(canvas).color)), 0, 0, width, width);
    }
    const cell = width / SIDE;
    g.fillStyle = colorOf(this.host, "--_blue");
    // Stripes, so that a mask is seen on any image and by any eye.
    for (let i = 0; i < this.#mask.length; i++) {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      if (!this.#mask[i]) continue;
      g.globalAlpha = (x + y) % 6 < 3 ? 0.85 : 0.5;
      g.fillRect(Math.floor(x * cell), Math.floor(y * cell), Math.ceil(cell), Math.ceil(cell));
    }
    g.globalAlpha = 1;
    if (!this.#focused) return;
    g.strokeStyle = colorOf(this.host, "--_red");
    g.lineWidth = this.#down ? 3 : 1.5;
    g.beginPath();
    g.arc(this.#cursor[0] * cell, this.#cursor[1] * cell, (this.#brush / 2) * cell, 0, 7);
    g.stroke();
  }

  /** What is there can be come back to. */
  #keep() {
    this.#past.push(this.#mask.slice());
    if (this.#past.length > PAST) this.#past.shift();
    this.#future = [];
  }

  #stroke(to: Place) {
    const [[ax, ay], [bx, by]] = [this.#last ?? to, to];
    const [dx, dy] = [bx - ax, by - ay];
    const long = dx * dx + dy * dy || 1;
    const r = this.#brush / 2;
    for (let y = Math.max(0, Math.floor(Math.min(ay, by) - r)); y < Math.min(SIDE, Math.max(ay, by) + r); y++) {
      for (let x = Math.max(0, Math.floor(Math.min(ax, bx) - r)); x < Math.min(SIDE, Math.max(ax, bx) + r); x++) {
        const t = Math.min(1, Math.max(0, ((x + 0.5 - ax) * dx + (y + 0.5 - ay) * dy) / long));
        const far = Math.hypot(x + 0.5 - ax - t * dx, y + 0.5 - ay - t * dy);
        if (far <= r) this.#mask[y * SIDE + x] = this.#erasing ? 0 : 1;
      }
    }
    this.#last = to;
    this.#draw();
  }

  #half(covered: (x: number, y: number) => boolean) {
    this.#mask = Uint8Array.from(this.#mask, (_, i) => Number(covered(i % SIDE, Math.floor(i / SIDE))));
  }

  /** Another mask at once. */
  #set(covered: (x: number, y: number) => boolean) {
    this.#keep();
    this.#half(covered);
    this.#done();
  }

  #done() {
    this.#draw();
    this.changed();
    this.host.requestUpdate();
  }

  #travel(from: Uint8Array<ArrayBuffer>[], to: Uint8Array<ArrayBuffer>[]) {
    const mask = from.pop();
    if (!mask) return;
    to.push(this.#mask);
    this.#mask = mask;
    this.#done();
  }

  #pointer = new OnePointer(
    (e, first) => {
      const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
      if (first) {
        this.#keep();
        this.#last = undefined;
        this.#focused = false;
      }
      this.#stroke([((e.clientX - box.left) / box.width) * SIDE, ((e.clientY - box.top) / box.height) * SIDE]);
    },
    () => {
      this.#last = undefined;
      this.#done();
    },
  );

  #key = (e: KeyboardEvent) => {
    const by = e.shiftKey ? STRIDE : STEP;
    const steps: Record<string, Place> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, -by],
      ArrowDown: [0, by],
    };
    const step = steps[e.key];
    if (step) {
      const clip = (v: number) => Math.min(SIDE, Math.max(0, v));
      this.#last = this.#cursor;
      this.#cursor = [clip(this.#cursor[0] + step[0]), clip(this.#cursor[1] + step[1])];
      if (this.#down) this.#stroke(this.#cursor);
    } else if (e.key === " ") {
      this.#down = !this.#down;
      this.#last = undefined;
      if (this.#down) {
        this.#keep();
        this.#stroke(this.#cursor);
      } else this.#done();
    } else if (e.key === "Delete" || e.key === "Backspace") {
      this.#set(() => false);
    } else if (e.key.toLowerCase() === "z" && (e.ctrlKey || e.metaKey)) {
      if (e.shiftKey) this.#travel(this.#future, this.#past);
      else this.#travel(this.#past, this.#future);
    } else {
      return;
    }
    e.preventDefault();
    this.#focused = true;
    this.#draw();
  };

  render() {
    const { words } = this.host;
    const button = (label: string, click: () => void, disabled = false, pressed?: boolean) =>
      html`<button
        type="button"
        ?disabled=${disabled}
        aria-pressed=${pressed === undefined ? null : String(pressed)}
        @click=${click}>
        ${label}
      </button>`;
    return html`<div>
      <p class="head">${words.say("paintOver")}</p>
      <canvas
        class="pad"
        tabindex="0"
        role="application"
        aria-roledescription=${words.say("mask")}
        aria-label=${words.say("paintHere")}
        @pointerdown=${this.#pointer.handle}
        @pointermove=${this.#pointer.handle}
        @pointerup=${this.#pointer.handle}
        @pointercancel=${this.#pointer.handle}
        @keydown=${this.#key}
        @focus=${() => {
          this.#focused = true;
          this.#draw();
        }}
        @blur=${() => {
          this.#focused = this.#down = false;
          this.#draw();
        }}
        ${ref((c) => {
          if (c === this.#canvas) return;
          this.#canvas = c as HTMLCanvasElement | undefined;
          this.#draw();
        })}></canvas>
      <div class="slider">
        <label for="brush">${words.say("brush")}</label
        ><input
          type="range"
          id="brush"
          min="0"
          max=${BRUSHES.length - 1}
          step="1"
          .value=${String(BRUSHES.indexOf(this.#brush))}
          @input=${(e: Event) => {
            this.#brush = BRUSHES[Number((e.target as HTMLInputElement).value)] ?? this.#brush;
          }} />
      </div>
      <div class="row">
        ${button(words.say("erase"), () => this.#toggle(), false, this.#erasing)}
        ${button(words.say("undo"), () => this.#travel(this.#past, this.#future), !this.#past.length)}
        ${button(words.say("redo"), () => this.#travel(this.#future, this.#past), !this.#future.length)}
        ${button(words.say("clear"), () => this.#set(() => false))}
      </div>
      <div class="row">
        ${button(words.say("lowerHalf"), () => this.#set((_, y) => y >= SIDE / 2))}
        ${button(words.say("rightHalf"), () => this.#set((x) => x >= SIDE / 2))}
      </div>
    </div>`;
  }

  #toggle() {
    this.#erasing = !this.#erasing;
    this.host.requestUpdate();
  }

  below() {
    const { words } = this.host;
    return html`<p class="label">${words.say("whichTestImage")}</p>
      ${this.#picker.render(
        words.say("testImages"),
        (i) => (i === this.#index ? "x" : ""),
        (index) => {
          this.#index = index;
          this.#done();
          this.host.changed();
        },
      )}`;
  }
}

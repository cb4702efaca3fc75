import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { badOption } from "../../client/errors";
import type { PlotInputs, PlotSpec } from "../../client/protocol";
import { read } from "../attributes";
import type { Words } from "../../lang/words";
import { sentence } from "../numbers";
import type { Param } from "../panel";
import type { Input } from "./input";

type Place = [x: number, y: number];

/** What a place tells: what can be seen in a link has changed, and has to be drawn. */
export interface PlaceHost {
  readonly words: Words;
  changed(): void;
  requestUpdate(): void;
}

/** A place in the window of a plot, which the reader points at on the plot itself. */
export class PointerInput implements Input {
  readonly params: Record<string, Param>;
  at: Place | undefined;

  constructor(
    private readonly host: PlaceHost,
    private readonly changed: () => void,
  ) {
    this.params = {
      z: {
        get: () => this.at?.map((v) => v.toFixed(2)).join(","),
        set: (text) => {
          const z = text?.split(",").map(Number);
          if (z && (z.length !== 2 || !z.every((v) => Math.abs(v) <= 8)))
            throw badOption("z", text ?? "", "two numbers with a comma between them are expected");
          this.at = z ? [z[0] ?? 0, z[1] ?? 0] : undefined;
        },
      },
    };
  }

  ask(): PlotInputs {
    return this.at ? { pointer: this.at } : {};
  }

  /** The reader points elsewhere. */
  move(x: number, y: number, [left, right, bottom, top]: readonly [number, number, number, number]) {
    const clip = (v: number, low: number, high: number) => Math.min(high, Math.max(low, Math.round(v * 1000) / 1000));
    this.at = [clip(x, left, right), clip(y, bottom, top)];
    this.changed();
    this.host.changed();
    this.host.requestUpdate();
  }

  render() {
    return html`${nothing}`;
  }
}

/** How far along something, from 0 to 1. */
export class ScrubberInput implements Input {
  readonly params: Record<string, Param>;
  at = 0.5;
  /** What it moves along. */
  along = "";

  constructor(
    private readonly host: PlaceHost,
    private readonly changed: () => void,
    /** Its id in the page. */
    private readonly id = "scrub",
  ) {
    this.params = {
      at: {
        get: () => (this.at === 0.5 ? undefined : String(this.at)),
        set: (text) => {
          this.at = read("at", text);
        },
      },
    };
  }

  for({ inputs }: PlotSpec) {
    for (const input of inputs) if (input.kind === "scrubber") this.along = input.along;
  }

  ask(): PlotInputs {
    return { at: this.at };
  }

  render() {
    return html`<div class="slider">
      <label for=${this.id}>${sentence(this.host.words.told(this.along))}</label
      ><input
        type="range"
        id=${this.id}
        min="0"
        max="1"
        step="0.01"
        .value=${live(String(this.at))}
        @input=${(e: Event) => {
          this.at = Number((e.target as HTMLInputElement).value);
          this.changed();
        }}
        @change=${() => this.host.changed()} />
    </div>`;
  }
}

/** The places that plots of points are asked with: all plots of a model share them, and so what the reader chose. */
export class Places {
  readonly pointer: PointerInput;
  readonly scrubber: ScrubberInput;

  constructor(host: PlaceHost, changed: () => void, id?: string) {
    this.pointer = new PointerInput(host, changed);
    this.scrubber = new ScrubberInput(host, changed, id);
  }

  /** Those that a plot declares. */
  of(spec: PlotSpec): Input[] {
    this.scrubber.for(spec);
    const kinds = spec.inputs.map((input) => input.kind);
    const scrubber = kinds.includes("scrubber") ? [this.scrubber] : [];
    return kinds.includes("pointer") ? [...scrubber, this.pointer] : scrubber;
  }
}

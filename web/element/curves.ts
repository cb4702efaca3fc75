import type uPlot from "uplot";
import type { LossCurve } from "../client/protocol";
import { colorOf } from "./ink";
import { parts } from "./parts";

/** One term of the objective over time, for training and held-out data. */
export class Curves {
  #plot: uPlot | undefined;
  #holder: HTMLElement | undefined;
  /** Who draws it, once that has come. */
  #Plot: typeof uPlot | undefined;
  /** What a value is multiplied by on a scale of its own at the right, if there is one. */
  right: number | undefined;
  #data: uPlot.AlignedData = [[], [], []];
  /** As wide as the holder was last seen; asking it at each rendering would have the page laid out each time. */
  #width = 0;
  #sizes = new ResizeObserver(([entry]) => {
    this.#width = Math.round(entry?.contentRect.width ?? 0);
    if (!this.#plot) this.#make();
    else if (this.#width && this.#width !== this.#plot.width)
      this.#plot.setSize({ width: this.#width, height: this.#height(this.#width) });
  });

  constructor(
    private readonly host: HTMLElement,
    private readonly color: string,
    private readonly tall?: number,
  ) {}

  attach = (holder?: Element) => {
    if (holder === this.#holder) return;
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#holder = holder as HTMLElement | undefined;
    this.#sizes.disconnect();
    // What is below it is not to move when the curve comes.
    if (this.#holder && this.tall) this.#holder.style.minHeight = `${this.tall}px`;
    if (holder) this.#sizes.observe(holder);
  };

  show(train: LossCurve | undefined, heldOut: LossCurve | undefined) {
    const rows = new Map<number, [number | null, number | null]>();
    const add = (curve: LossCurve | undefined, which: 0 | 1) =>
      curve?.steps.forEach((step, i) => {
        const row = rows.get(step) ?? [null, null];
        row[which] = curve.values[i] ?? null;
        rows.set(step, row);
      });
    add(train, 0);
    add(heldOut, 1);
    const steps = [...rows.keys()].sort((a, b) => a - b);
    this.#data = [steps, steps.map((s) => rows.get(s)?.[0] ?? null), steps.map((s) => rows.get(s)?.[1] ?? null)];
    this.#plot?.setData(this.#data);
  }

  /** After a change of colours; its size it watches itself. */
  redraw(recolour: boolean) {
    if (!recolour) return;
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#make();
  }

  #height(width: number) {
    return this.tall ?? Math.round(Math.min(190, Math.max(120, width * 0.34)));
  }

  /** Without a drawing there are still the numbers, so nothing is said if it does not come. */
  #coming: Promise<void> | undefined;
  #fetch(): Promise<void> {
    return (this.#coming ??= parts.chart().then(
      (Plot) => {
        this.#Plot = Plot;
        if (!this.#plot) this.#make();
      },
      () => {
        this.#coming = undefined;
      },
    ));
  }

  #make() {
    const holder = this.#holder;
    const width = this.#width;
    if (!holder || !width) return;
    if (!this.#Plot) {
      void this.#fetch();
      return;
    }
    const ink = colorOf(this.host, "--_soft");
    const line = colorOf(this.host, "--_line");
    const color = colorOf(this.host, this.color);
    const font = `11px ${getComputedStyle(holder).fontFamily}`;
    const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false }, gap: 4 };
    this.#plot = new this.#Plot(
      {
        width,
        height: this.#height(width),
        legend: { show: false },
        cursor: { show: false },
        // Half of the last label stands beyond the last step.
        padding: [6, () => 4 + 4.3 * String(Math.round(this.#data[0].at(-1) ?? 0)).length, 0, 0],
        scales: {
          x: { time: false },
          // The first steps fall from far above; what is worth seeing comes after them.
          y: {
            range: (u, _min, max) => {
              const values = [...(u.data[1] ?? []), ...(u.data[2] ?? [])]
                .filter((v): v is number => v != null)
                .sort((a, b) => a - b);
              if (values.length < 2) return [0, Math.max(1, max || 1)];
              const low = values[0] ?? 0;
              const high = values[Math.floor(values.length * 0.97)] ?? max;
              const pad = Math.max((high - low) * 0.08, 0.005 * Math.abs(high), 1e-6);
              return [low < 0 ? low - pad : Math.max(0, low - pad), high + pad];
            },
          },
        },
        axes: [
          { ...axis, size: 22, grid: { show: false } },
          { ...axis, size: 38, space: 34 },
          ...(this.right === undefined
            ? []
            : [
                {
                  ...axis,
                  side: 1,
                  scale: "y",
                  size: 38,
                  space: 34,
                  grid: { show: false },
                  values: (_: uPlot, at: number[]) => at.map((v) => (v * (this.right ?? 1)).toFixed(2)),
                },
              ]),
        ],
        series: [
          {},
          { stroke: color, width: 1, alpha: 0.45, spanGaps: true, points: { show: false } },
          { stroke: color, width: 2, spanGaps: true, points: { show: false } },
        ],
      },
      this.#data,
      holder,
    );
  }
}

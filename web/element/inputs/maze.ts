import { html } from "lit";
import { live } from "lit/directives/live.js";
import { badOption } from "../../client/errors";
import type { PlaygroundError } from "../../client/errors";
import type { ErrorInfo, PlotInputs, View } from "../../client/protocol";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import type { ScrubberInput } from "./place";
import { refusal } from "./refusal";

type Place = [x: number, y: number];

/** How near to the start or the goal counts as on it, in cells. */
const NEAR = 0.35;
/** Paths of a bundle. */
const COUNT = 16;
/** Pictures of a plan that comes about, and between two of them at least, milliseconds. */
const [PICTURES, SOON] = [20, 70];

/**
 * A maze that the reader may draw, with a start and a goal: either is dragged; pressing a cell makes it a wall or
 * floor. What is not drawn is the seed's own, which the answer tells.
 */
export class MazeInput implements Input {
  readonly params: Record<string, Param>;
  readonly arrows = "arrowsMaze";
  /** What the reader drew, a row after the other from the bottom; nothing for the seed's own. */
  #walls: boolean[][] | undefined;
  #ends: [Place, Place] | undefined;
  /** What the answer shows. */
  #shown: { walls: boolean[][]; ends: [Place, Place] } | undefined;
  /** What is held: an end, or a wall or floor that is drawn. */
  #held: 0 | 1 | "wall" | "floor" | undefined;
  /** What a key has taken up. */
  #carried: 0 | 1 | undefined;
  #playing = false;
  #wrong: ErrorInfo | undefined;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
    private readonly scrubber: ScrubberInput,
  ) {
    this.params = {
      text: {
        get: () => this.#walls && this.#written(this.#walls),
        set: (text) => {
          this.#walls = text ? this.#read(text) : undefined;
        },
      },
      marks: {
        get: () => this.#ends?.map((end) => end.join(",")).join(";"),
        set: (text) => {
          const ends = text?.split(";").map((part) => part.split(",").map(Number));
          if (ends && !(ends.length === 2 && ends.every((end) => end.length === 2 && end.every(Number.isFinite))))
            throw badOption("marks", text ?? "", "a start and a goal are expected, as x,y;x,y");
          this.#ends = ends as [Place, Place] | undefined;
        },
      },
    };
  }

  get #side(): number {
    const space = this.host.info?.space;
    return space?.kind === "paths" ? space.side : 7;
  }

  #read(text: string): boolean[][] {
    return text
      .split("/")
      .map((row) => [...row].map((sign) => sign === "#"))
      .reverse();
  }

  #written(walls: boolean[][]): string {
    const rows = walls.map((row) => row.map((wall) => (wall ? "#" : ".")).join(""));
    return rows.reverse().join("/");
  }

  /** How strongly walls push. */
  get #push(): number {
    return Number(this.host.sampleOptions["push"] ?? 0);
  }

  ask(): PlotInputs {
    return {
      text: this.#walls ? this.#written(this.#walls) : "",
      marks: this.#ends ?? [],
      walls: this.#push,
      count: COUNT,
      seed: this.host.settled.seed,
    };
  }

  /** Reads off what was drawn: filled squares are walls, both rings the ends. */
  answered(view: View) {
    this.#wrong = undefined;
    if (view.kind !== "plot") return;
    const side = this.#side;
    const walls = Array.from({ length: side }, () => Array<boolean>(side).fill(false));
    const ends: Place[] = [];
    for (const layer of view.layers) {
      if (layer.kind !== "lines" || !layer.filled) continue;
      const { buffer, byteOffset, byteLength } = layer.xy;
      const xy = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
      if (layer.role !== "guide") {
        const last = xy.length - 2;
        const mean = (axis: number) => {
          let sum = 0;
          for (let i = axis; i < last; i += 2) sum += xy[i] ?? 0;
          return sum / (last / 2);
        };
        ends.push([mean(0), mean(1)]);
        continue;
      }
      for (let i = 0; i < xy.length; i += 2 * layer.length) {
        const row = walls[Math.round(xy[i + 1] ?? 0)];
        if (row) row[Math.round(xy[i] ?? 0)] = true;
      }
    }
    const [start, goal] = ends;
    if (start && goal) this.#shown = { walls, ends: [start, goal] };
    if (this.#playing) setTimeout(this.#next, SOON);
  }

  refused({ code, message, hint, recoverable }: PlaygroundError): boolean {
    this.#playing = false;
    if (code !== "bad-option") return false;
    this.#wrong = { code, message, hint, recoverable };
    this.host.announce("error", this.#wrong);
    return true;
  }

  /** From noise to paths, or from the start of a ride to its end. */
  #play = () => {
    this.#playing = true;
    this.scrubber.at = 0;
    this.#new();
  };

  #next = () => {
    if (!this.#playing) return;
    const at = Math.min(1, this.scrubber.at + 1 / PICTURES);
    this.scrubber.at = Math.round(at * 100) / 100;
    this.#playing = at < 1;
    this.#new();
    if (!this.#playing) this.host.changed();
  };

  /** The end that is at a place. */
  #endAt(at: readonly [number, number]): 0 | 1 | undefined {
    const far = this.#shown?.ends.map(([x, y]) => Math.hypot(x - at[0], y - at[1])) ?? [];
    const [start = Infinity, goal = Infinity] = far;
    if (Math.min(start, goal) > NEAR) return undefined;
    return start <= goal ? 0 : 1;
  }

  #cell([x, y]: readonly [number, number]): [number, number] {
    const inside = (v: number) => Math.min(this.#side - 1, Math.max(0, Math.floor(v)));
    return [inside(x), inside(y)];
  }

  #isWall([x, y]: readonly [number, number]): boolean {
    return this.#shown?.walls[y]?.[x] ?? false;
  }

  /** Makes a cell a wall or floor; not one that an end stands on. */
  #put(at: readonly [number, number], wall: boolean) {
    const { walls, ends } = this.#shown ?? {};
    const [x, y] = this.#cell(at);
    const stands = ends?.map((end) => this.#cell(end)).some(([u, v]) => u === x && v === y);
    if (!walls || stands || this.#isWall([x, y]) === wall) return;
    this.#walls = walls.map((row) => [...row]);
    const row = this.#walls[y];
    if (row) row[x] = wall;
    this.#shown = {
      walls: this.#walls,
      ends: ends ?? [
        [0, 0],
        [0, 0],
      ],
    };
    this.#new();
  }

  /** Moves an end, on the floor alone and not quite to a wall. */
  #move(end: 0 | 1, [x, y]: readonly [number, number]) {
    const { walls, ends } = this.#shown ?? {};
    const cell = this.#cell([x, y]);
    if (!walls || !ends || this.#isWall(cell)) return;
    const near = (v: number, low: number) => Math.round(Math.min(low + 0.85, Math.max(low + 0.15, v)) * 100) / 100;
    const to: Place = [near(x, cell[0]), near(y, cell[1])];
    this.#ends = end === 0 ? [to, ends[1]] : [ends[0], to];
    this.#shown = { walls, ends: this.#ends };
    this.#new();
  }

  /** The reader presses at a place. */
  take(at: readonly [number, number]) {
    this.#playing = false;
    this.#held = this.#endAt(at) ?? (this.#isWall(this.#cell(at)) ? "floor" : "wall");
    if (this.#held === "floor" || this.#held === "wall") this.#put(at, this.#held === "wall");
  }

  /** And moves on. */
  move(at: readonly [number, number]) {
    const held = this.#held;
    if (held === 0 || held === 1) this.#move(held, at);
    else if (held) this.#put(at, held === "wall");
  }

  /** And lets go. */
  leave() {
    if (this.#held === undefined) return;
    this.#held = undefined;
    this.host.changed();
  }

  /** A key: takes an end up or sets it down, and elsewhere makes a wall or floor. */
  press(at: readonly [number, number]) {
    if (this.#carried !== undefined) {
      this.#move(this.#carried, at);
      this.#carried = undefined;
    } else {
      this.#carried = this.#endAt(at);
      if (this.#carried === undefined) this.#put(at, !this.#isWall(this.#cell(at)));
    }
    this.host.changed();
  }

  #new() {
    this.changed();
    this.host.requestUpdate();
  }

  /** The seed's own maze, or another one. */
  #fresh(walls?: boolean[][]) {
    this.#walls = walls;
    if (!walls) this.#ends = undefined;
    this.#carried = undefined;
    this.#playing = false;
  }

  #another = () => {
    this.#fresh();
    this.host.reroll();
  };

  #clear = () => {
    this.#fresh(this.#shown?.walls.map((row) => row.map(() => false)));
    this.#ends = this.#shown?.ends;
    this.#new();
    this.host.changed();
  };

  render() {
    const { words } = this.host;
    const set = (e: Event) => this.host.setAttribute("push", (e.target as HTMLInputElement).value);
    return html`<div class="marks">
        <p class="aside">${words.say("mazeHelp")}</p>
        <div class="row">
          <button type="button" class="primary" @click=${this.#play}>${words.say("mazePlay")}</button>
          <button type="button" @click=${this.#another}>${words.say("anotherMaze")}</button>
          <button type="button" @click=${this.#clear}>${words.say("noWalls")}</button>
        </div>
      </div>
      <div class="slider">
        <label for="push">${words.say("wallsPush")}</label
        ><input type="range" id="push" min="0" max="1" step="0.1" .value=${live(String(this.#push))} @change=${set} />
      </div>
      ${refusal(this.#wrong && words.error(this.#wrong))}`;
  }
}

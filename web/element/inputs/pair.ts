import { html } from "lit";
import type { Path, PlotInputs } from "../../client/protocol";
import { read } from "../attributes";
import { segments } from "../form";
import type { Host, Param } from "../panel";
import type { Input } from "./input";
import { Picker } from "./picker";

/** Frames from one to the other. */
export const FRAMES = 41;

/** Two images, and the way between them. */
export class PairInput implements Input {
  readonly params: Record<string, Param>;
  /** How far along the way the reader is, 0 to 1. */
  t = 0.5;
  #ends: [number, number] = [0, 1];
  #choosing: 0 | 1 = 0;
  #path: Path = "spherical";
  #picker: Picker;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {
    this.#picker = new Picker(host, 40);
    const end = (name: "from" | "to", which: 0 | 1): Param => ({
      get: () => (this.#ends[which] === which ? undefined : String(this.#ends[which])),
      set: (text) => {
        this.#ends[which] = read(name, text);
      },
    });
    this.params = {
      from: end("from", 0),
      to: end("to", 1),
      t: {
        get: () => (this.t === 0.5 ? undefined : this.t.toFixed(3).replace(/\.?0+$/, "")),
        set: (text) => {
          this.t = Math.round(read("t", text) * (FRAMES - 1)) / (FRAMES - 1);
        },
      },
      path: {
        get: () => (this.#path === "spherical" ? undefined : this.#path),
        set: (text) => {
          this.#path = read("path", text);
        },
      },
    };
  }

  async prepare() {
    await this.#picker.load();
  }

  ask(): PlotInputs {
    const [from, to] = this.#ends;
    return { image: { type: "test", index: from }, to: { type: "test", index: to }, count: FRAMES, path: this.#path };
  }

  redraw(recolour: boolean) {
    this.#picker.redraw(recolour);
  }

  #again() {
    this.changed();
    this.host.changed();
    this.host.requestUpdate();
  }

  render() {
    const { words } = this.host;
    return segments<Path>(
      words.say("path"),
      [
        { value: "spherical", label: words.say("alongSphere") },
        { value: "linear", label: words.say("straight") },
      ],
      this.#path,
      (path) => {
        this.#path = path;
        this.#again();
      },
    );
  }

  below() {
    const [from, to] = this.#ends;
    const { words } = this.host;
    return html`<div class="row between">
        <p class="label">${words.say("pickEnds")}</p>
        ${segments<0 | 1>(
          words.say("whichEnd"),
          [
            { value: 0, label: `A: ${from}` },
            { value: 1, label: `B: ${to}` },
          ],
          this.#choosing,
          (which) => {
            this.#choosing = which;
            this.host.requestUpdate();
          },
        )}
      </div>
      ${this.#picker.render(
        words.say("testImages"),
        (i) => [i === from ? "A" : "", i === to ? "B" : ""].join(""),
        (index) => {
          this.#ends[this.#choosing] = index;
          this.#choosing = this.#choosing === 0 ? 1 : 0;
          this.#again();
        },
      )}`;
  }
}

import { PlaygroundError } from "../../client/errors";
import type { Refused } from "../../client/pictures";
import type { PictureSource } from "../../client/protocol";
import type { Library } from "../text/corpus";
import type { Silence } from "../speaker";
import { start } from "../text/start";
import type { Item } from "./collect";
import { Microphone } from "../microphone";

/** Fewer are not learned from; the worker has the last word. */
export const LEAST = 10;
/** A word, and the breath before it, milliseconds. */
const LONGEST = 2500;
const ADVICE = {
  refused: "Allow it in the browser's settings of this site, or choose WAV files.",
  none: "Choose WAV files instead.",
  nothing: "Speak, and then end the recording.",
};
/** Bytes of a recording: 8000 samples of 16 bits. */
const EACH = 16_000;
/** Samples of them in a second. */
export const RATE = 8000;

/** A word that the reader said: its loudest second, and what it is called. */
export interface Recording {
  sound: Uint8Array;
  label: string;
}

/** Whether a file is a recording, by its name. */
export const isRecording = ({ name, type }: File) => /\.wav$/i.test(name) || /^audio\/(x-|vnd\.)?wave?$/.test(type);

/** What the reader has recorded, to be learned from as pictures of sounds. */
export class Recordings {
  all: Recording[] = [];
  /** Files that were left out. */
  refused: Refused[] = [];
  /** Why one was not heard that should be heard again. */
  silence: Silence | undefined;
  readonly microphone: Microphone;

  constructor(
    private readonly host: Library,
    /** There are others, and enough of them or none. */
    private readonly changed: () => Promise<void>,
  ) {
    this.microphone = new Microphone(() => host.requestUpdate(), LONGEST, ADVICE);
  }

  get enough(): boolean {
    return this.all.length >= LEAST;
  }

  /** Records a word. */
  async record(label: string): Promise<void> {
    const file = await this.microphone.record();
    if (file) await this.#add(file, label);
    await this.changed();
  }

  /** Takes WAV files; those that cannot be used are named. */
  async bring(items: readonly Item[]): Promise<void> {
    this.refused = [];
    for (const { file, label } of items) {
      try {
        // Recordings of the Free Spoken Digit Dataset say in their names which digit they are.
        const digit = /^(\d)_\w+_\d+\.wav$/i.exec(file.name)?.[1];
        await this.#add(new Uint8Array(await file.arrayBuffer()), label || (digit ?? ""));
      } catch (e) {
        const { code, message, hint, recoverable } = PlaygroundError.from(e);
        this.refused.push({ name: start(file.name, 60), why: { code, message, hint, recoverable } });
      }
    }
    await this.changed();
  }

  async #add(file: Uint8Array, label: string) {
    const { session } = this.host;
    if (!session) return;
    const sound = await session.cutSecond(file);
    this.all = [...this.all, { sound, label }];
  }

  async remove(which: Recording): Promise<void> {
    this.all = this.all.filter((one) => one !== which);
    await this.changed();
  }

  /** All of them, as the worker takes them. */
  source(): PictureSource {
    const pixels = new Uint8Array(EACH * this.all.length);
    this.all.forEach(({ sound }, i) => pixels.set(sound, i * EACH));
    const classes = [...new Set(this.all.map(({ label }) => label))];
    const labels = this.all.map(({ label }) => classes.indexOf(label));
    return { side: 0, pixels, labels, classes, options: {}, sounds: true };
  }

  /** Those that an earlier visit kept. */
  restore({ pixels, labels, classes }: PictureSource) {
    this.all = Array.from({ length: Math.floor(pixels.length / EACH) }, (_, i) => ({
      sound: pixels.slice(i * EACH, (i + 1) * EACH),
      label: classes[labels[i] ?? -1] ?? "",
    }));
  }

  clear() {
    this.microphone.close();
    this.all = [];
    this.refused = [];
  }
}

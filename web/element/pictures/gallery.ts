import { PlaygroundError, badOption, problem } from "../../client/errors";
import { isPictures, sourceOf, type KeptPictures, type Refused } from "../../client/pictures";
import type { ErrorInfo, PictureInfo, PictureSource } from "../../client/protocol";
import { NO_PICTURES, siteManifest, type DataEntry } from "../../client/site";
import type { ImageView } from "../draw";
import type { Library } from "../text/corpus";
import { start } from "../text/start";
import { Camera } from "./camera";
import type { Item } from "./collect";
import { squareOf } from "./decode";
import { isRecording, Recordings } from "./recordings";

/** More are not decoded; the worker has the last word. */
const MOST = 5000;
/** Pictures that are decoded at a time. */
const AT_ONCE = 4;
/** What recordings are called among sets. */
const RECORDED = "♪";
/** Between two renderings while they are read, milliseconds. */
const TOLD = 200;

/** A picture as it was read. */
interface Shot {
  pixels: Uint8Array;
  label: string;
  /** Where it can be read from at another size; none of what an earlier visit kept. */
  file?: File;
}

/** The images that a model is to learn from: a set of the site's, or the reader's own pictures. */
export class Gallery {
  /** What the site serves. */
  entries: DataEntry[] = [];
  /** The reader's own, as the worker took them last. */
  own: KeptPictures | undefined;
  info: PictureInfo | undefined;
  /** Some of them: as the model sees them, or as they were read where it cannot have them yet. */
  preview: ImageView | undefined;
  /** Name of the set that is chosen; without one, what the element decides. */
  choice: string | undefined;
  #wanted: string | undefined;
  /** Files that were left out. */
  refused: Refused[] = [];
  /** Pictures are being read: so many of so many. */
  progress: { done: number; of: number } | undefined;
  busy = false;
  wrong: ErrorInfo | undefined;
  /** The label of what is added next. */
  label = "";
  readonly camera: Camera;
  /** Words that the reader has said: learned from instead of pictures. */
  readonly recordings: Recordings;
  #shots: Shot[] = [];
  #side = 28;
  /** All that a model in place may need. */
  #sets = new Map<string, KeptPictures>();
  /** Options with which they were taken. */
  #taken = "";
  #wish = 0;
  #reading: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly host: Library,
    private readonly options: () => Record<string, unknown>,
  ) {
    this.camera = new Camera(() => host.requestUpdate());
    this.recordings = new Recordings(host, () => this.#record());
  }

  /** Pictures that were read, or words that were recorded. */
  get count(): number {
    return this.#shots.length || this.recordings.all.length;
  }
  /** The reader's own are chosen. */
  get isOwn(): boolean {
    return this.own !== undefined && this.choice === this.own.name;
  }

  /** Looks what there is; the reader's own as they are to be taken now. */
  async open(): Promise<void> {
    if (!this.entries.length) {
      this.entries = (await siteManifest()).data.filter(({ name }) => !NO_PICTURES.includes(name));
      this.host.requestUpdate();
    }
    // Those that were read while there was no worker are taken as well.
    const some = this.#shots.length > 0 || this.recordings.enough;
    const waiting = some && !this.info && !this.wrong && !this.progress && !this.busy;
    if (waiting || (this.isOwn && this.#taken !== JSON.stringify(this.options()))) await this.again();
  }

  /** The set of a model that came from elsewhere, where an attribute asks for no other. */
  prefer(name: string) {
    this.choice = this.#wanted ?? name;
    this.#wanted = undefined;
  }

  /** The set of the site that an attribute asks for; a name that the site does not have is refused. */
  async want(name: string | undefined): Promise<void> {
    this.#wanted = this.choice = name;
    if (name === undefined) return;
    const all = (await siteManifest()).data.map((entry) => entry.name);
    if (all.includes(name) || this.#wanted !== name) return;
    this.#wanted = this.choice = undefined;
    throw badOption("data", name, `one of ${all.join(", ")} is expected`);
  }

  /** Another set is to be learned from. */
  choose(name: string) {
    this.choice = name;
    this.host.changed();
    this.host.requestUpdate();
  }

  /** What a worker needs of a set of the reader's. */
  source(name: string): PictureSource | undefined {
    const found = this.#sets.get(name);
    return found && sourceOf(found);
  }

  /** Of the reader's own, what they are called. */
  titleOf(name: string): string {
    return this.#sets.get(name)?.title ?? "";
  }

  /** The reader's own of this name, to be kept. */
  kept(name: string): KeptPictures | undefined {
    return this.#sets.get(name);
  }

  /** Reads files, and takes what can be read of them to what is there. */
  async bring(items: Promise<Item[]> | Item[]): Promise<void> {
    const before = this.#reading;
    let done: () => void = () => undefined;
    this.#reading = new Promise((end) => (done = end));
    try {
      await before;
      this.#stopped = false;
      const all = await items;
      const sounds = all.filter(({ file }) => isRecording(file));
      await this.#read(all.filter((item) => !sounds.includes(item)));
      if (sounds.length) await this.recordings.bring(sounds);
    } finally {
      done();
    }
    if (this.#shots.length) await this.again();
  }

  async #read(items: Item[]) {
    this.refused = [];
    this.#resize();
    const side = this.#side;
    const room = Math.max(0, MOST - this.#shots.length);
    const found: (Shot | undefined)[] = [];
    const progress = (this.progress = { done: 0, of: items.length });
    let told = 0;
    const refuse = (item: Item, e: unknown) => {
      const { code, message, hint, recoverable } = PlaygroundError.from(e);
      this.refused.push({ name: start(item.file.name, 60), why: { code, message, hint, recoverable } });
    };
    let next = 0;
    const reader = async () => {
      for (let i = next++; i < items.length && !this.#stopped; i = next++) {
        const item = items[i] as Item;
        try {
          if (i >= room) throw problem("bad-image", "Only 5000 pictures are taken.", "Take a part of them.");
          found[i] = { pixels: await squareOf(item.file, side), label: item.label, file: item.file };
        } catch (e) {
          refuse(item, e);
        }
        progress.done++;
        if (performance.now() - told > TOLD) {
          told = performance.now();
          this.host.requestUpdate();
          // Painting has its turn, also where every file is refused at once.
          await new Promise((turn) => setTimeout(turn));
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, reader));
    this.#shots.push(...found.flatMap((shot) => shot ?? []));
    this.progress = undefined;
    this.host.requestUpdate();
  }

  /** No more files are read; those that were are taken. */
  stop() {
    this.#stopped = true;
  }

  /** The size that pictures are to have, unless some are here at another one that cannot be read again. */
  #resize() {
    if (this.#shots.every((shot) => shot.file)) this.#side = Number(this.options()["side"] ?? 28);
  }

  /** Words were recorded, or taken away; they take the place of pictures. */
  async #record(): Promise<void> {
    if (this.recordings.enough) await this.#take(this.recordings.source());
    // With too few of them there is nothing to learn from.
    else if (this.own?.sounds) this.#drop();
    this.host.requestUpdate();
  }

  /** The same pictures with the options of now. */
  async again(): Promise<void> {
    if (!this.#shots.length) {
      if (this.recordings.enough) await this.#record();
      return;
    }
    const before = this.#side;
    this.#resize();
    if (this.#side !== before) {
      const items = this.#shots.flatMap(({ file, label }) => (file ? { file, label } : []));
      const { refused } = this;
      this.#shots = [];
      await this.#read(items);
      this.refused = [...refused, ...this.refused];
    }
    await this.#take(this.#pack(), this.#shots[0]?.file);
  }

  /** All that was read, as the worker takes it. */
  #pack(): PictureSource {
    const each = 4 * this.#side * this.#side;
    const pixels = new Uint8Array(each * this.#shots.length);
    this.#shots.forEach((shot, i) => pixels.set(shot.pixels, i * each));
    const classes = [...new Set(this.#shots.map((s) => s.label))];
    const known = classes.some(Boolean);
    return {
      side: this.#side,
      pixels,
      labels: known ? this.#shots.map((s) => classes.indexOf(s.label)) : [],
      classes: known ? classes : [],
      options: this.options(),
    };
  }

  async #take(source: PictureSource, first?: File) {
    const { session } = this.host;
    if (!session) return;
    const wish = ++this.#wish;
    this.busy = true;
    this.host.requestUpdate();
    try {
      const { pictures, preview } = await session.loadPictures(source);
      if (wish !== this.#wish) return;
      const folder = first?.webkitRelativePath.split("/")[0];
      const title = source.sounds
        ? RECORDED
        : folder || (first ? start(first.name.replace(/\.\w+$/, ""), 40) : (this.own?.title ?? ""));
      this.#hold({ ...source, name: pictures.name, title });
      this.info = pictures;
      this.preview = preview.kind === "image" ? preview : undefined;
      this.#taken = JSON.stringify(source.options);
      this.wrong = undefined;
      this.host.changed();
    } catch (e) {
      if (wish !== this.#wish) return;
      const { code, message, hint, recoverable } = PlaygroundError.from(e);
      if (code === "cancelled" || code === "worker-restarted") return; // It is asked for again.
      this.wrong = { code, message, hint, recoverable };
      this.info = undefined;
      this.preview = plain(source);
      this.host.announce("error", this.wrong);
    } finally {
      if (wish === this.#wish) this.busy = false;
      this.host.requestUpdate();
    }
  }

  /** Of sets, the newest is kept, and one that a model in place may learn from. */
  #hold(pictures: KeptPictures) {
    const { name } = pictures;
    const learned = this.host.session?.model?.data;
    for (const other of this.#sets.keys()) if (other !== learned) this.#sets.delete(other);
    this.#sets.set(name, pictures);
    this.own = pictures;
    this.choice = name;
  }

  /** Pictures that a model will need which is being put in place. */
  remember(pictures: KeptPictures) {
    this.#sets.set(pictures.name, pictures);
  }

  /** Pictures that an earlier visit kept, to be taken. */
  async adopt(pictures: KeptPictures): Promise<void> {
    const { side, pixels, labels, classes } = pictures;
    this.#shots = [];
    if (pictures.sounds) this.recordings.restore(pictures);
    else this.#adopt(side, pixels, labels, classes);
    this.refused = [];
    this.#hold(pictures);
    await this.#take(sourceOf(pictures));
  }

  #adopt(side: number, pixels: Uint8Array, labels: readonly number[], classes: readonly string[]) {
    const each = 4 * side * side;
    this.#shots = Array.from({ length: Math.floor(pixels.length / each) }, (_, i) => ({
      pixels: pixels.slice(i * each, (i + 1) * each),
      label: classes[labels[i] ?? -1] ?? "",
    }));
    this.#side = side;
  }

  /** None of the reader's own any more; a model that learned them still has them. */
  clear() {
    this.#stopped = true;
    this.#shots = [];
    this.refused = [];
    this.recordings.clear();
    this.#drop();
  }

  #drop() {
    this.#wish++;
    this.busy = false;
    this.own = this.info = this.preview = this.wrong = undefined;
    if (isPictures(this.choice)) this.choice = undefined;
    this.host.changed();
    this.host.requestUpdate();
  }

  /** The worker that had them is gone. */
  forget() {
    this.#wish++;
    this.busy = false;
    this.#taken = "";
    this.leave();
  }

  /** Nobody looks at it: neither camera nor microphone stays open. */
  leave() {
    this.camera.close();
    this.recordings.microphone.close();
  }
}

/** Some pictures as they were read, on white. */
function plain({ side, pixels, sounds }: PictureSource): ImageView | undefined {
  if (sounds) return undefined;
  const each = 4 * side * side;
  const n = Math.min(60, pixels.length / each);
  if (!n) return undefined;
  const rgba = new Uint8Array(n * each);
  for (let i = 0; i < n * side * side; i++) {
    const [tile, y, x] = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side];
    const alpha = (pixels[4 * i + 3] ?? 0) / 255;
    const to = 4 * (y * n * side + tile * side + x);
    for (let c = 0; c < 3; c++) rgba[to + c] = (pixels[4 * i + c] ?? 0) * alpha + 255 * (1 - alpha);
    rgba[to + 3] = 255;
  }
  return { kind: "image", width: n * side, height: side, columns: n, rows: 1, rgba };
}

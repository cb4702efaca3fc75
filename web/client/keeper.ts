import type { PlaygroundError } from "./errors";
import {
  deleteKept,
  listKept,
  newId,
  readKept,
  unkept,
  writeKept,
  type Kept,
  type KeptData,
  type KeptInfo,
} from "./store";

/** A snapshot of a training, to be kept. */
export interface Moment {
  family: string;
  data: string;
  /** What it learns from, for people. */
  about: string;
  step: number;
  bytes: Uint8Array;
}

const lockOf = (id: string) => `generative-playground:${id}`;
/** Records that a figure of this page goes on with. */
const here = new Set<string>();

/** Which kept trainings a figure of another tab, or another one of this page, goes on with. */
async function taken(): Promise<(id: string) => boolean> {
  const names = new Set<string | undefined>();
  try {
    for (const { name } of (await navigator.locks?.query())?.held ?? []) names.add(name);
  } catch {
    // Then only this page's are known.
  }
  return (id) => here.has(id) || names.has(lockOf(id));
}

/** What is kept of one training. */
class Entry {
  /** Its record, once there is one. */
  id: string | undefined;
  /** The keeper has written it before. */
  mine = false;
  /** The data of the reader's own is still to be written. */
  fresh = true;
  /** The step that is kept; −1 before the first. */
  step = -1;
  /** Counts how often it went back to an earlier step on purpose. */
  turns = 0;
  /** It was begun in an earlier visit. */
  earlier = false;
  /** That it cannot be kept has been told. */
  told = false;
  next: Moment | undefined;
  saving: Promise<void> | undefined;
  release: (() => void) | undefined;

  constructor(readonly data: KeptData) {}

  letGo() {
    if (this.id) here.delete(this.id);
    this.release?.();
    this.release = this.id = undefined;
    this.mine = false;
    this.fresh = true;
  }
}

/**
 * Keeps the newest snapshot of a figure's training, so that it survives a reload. Each training has a record of its
 * own, held by a Web Lock while somebody goes on with it; a new one never takes the place of another.
 */
export class Keeper {
  readonly #writer = newId();
  #entry = new Entry({});

  constructor(
    /** The figure, and before it other names that it went by. */
    private readonly figures: () => readonly string[],
    private readonly report: (error: PlaygroundError) => void,
  ) {}

  /** The record of the training under way, once there is one. */
  get id(): string | undefined {
    return this.#entry.id;
  }
  /** The step that is kept of it; −1 before the first. */
  get step(): number {
    return this.#entry.step;
  }

  /** What earlier visits left of this figure and nobody goes on with, the newest first. */
  async offers(): Promise<KeptInfo[]> {
    try {
      const all = await listKept(this.figures());
      const isTaken = all.length ? await taken() : () => false;
      return all.filter(({ id }) => !isTaken(id));
    } catch {
      return []; // No storage is like an empty one; writing will say so.
    }
  }

  /** A kept training as it is now. */
  async read(id: string): Promise<Kept | undefined> {
    return readKept(id);
  }

  /** A training begins; it gets a record with its first snapshot. */
  begin(data: KeptData = {}) {
    void this.release();
    this.#entry = new Entry(data);
  }

  /** The training begins anew: in the place of the one before, unless that is from an earlier visit. */
  again(data: KeptData = {}) {
    const { id, mine, release, saving, earlier } = this.#entry;
    if (earlier) {
      this.begin(data);
      return;
    }
    this.#entry.next = undefined;
    this.#entry = Object.assign(new Entry(data), { id, mine, release, saving });
  }

  /** Goes on with a kept training; if somebody else does already, beside it. Gives whether it is the same one. */
  async resume(kept: Kept): Promise<boolean> {
    const data: KeptData = {};
    if (kept.text) data.text = kept.text;
    if (kept.points) data.points = kept.points;
    if (kept.pictures) data.pictures = kept.pictures;
    this.begin(data);
    const entry = this.#entry;
    if (here.has(kept.id) || !(await this.#claim(entry, kept.id))) return false;
    entry.step = kept.step;
    entry.earlier = true;
    // Written at once, so that a tab without locks sees that it is not the only one.
    const { family, about, step, bytes } = kept;
    await this.#save(entry, { family, data: kept.data, about, step, bytes });
    return true;
  }

  /** The training went back to an earlier step on purpose: what is kept may be less from now on. */
  rewind() {
    const entry = this.#entry;
    entry.turns++;
    entry.step = -1;
    entry.next = undefined;
  }

  /** Keeps a snapshot; of several that come while one is written, the newest. What goes wrong is told once. */
  async save(moment: Moment): Promise<void> {
    await this.#save(this.#entry, moment);
  }

  async #save(entry: Entry, moment: Moment): Promise<void> {
    if (moment.step < entry.step) return;
    entry.next = moment;
    const saving = (entry.saving ??= this.#drain(entry));
    await saving;
    if (entry.next !== moment) return;
    // It was the end of the saving of the training before that was waited for.
    if (entry.saving === saving) entry.saving = undefined;
    await this.#save(entry, moment);
  }

  async #drain(entry: Entry) {
    while (entry.next) {
      const moment = entry.next;
      entry.next = undefined;
      try {
        await this.#put(entry, moment);
      } catch (e) {
        const error = await unkept(e);
        if (!entry.told) this.report(error);
        entry.told = true;
      }
    }
    entry.saving = undefined;
  }

  async #put(entry: Entry, moment: Moment): Promise<void> {
    const { turns } = entry;
    const first = !entry.mine;
    if (!entry.id && !(await this.#claim(entry, newId()))) return;
    if (first) void navigator.storage?.persist?.().catch(() => undefined);
    const { bytes, ...rest } = moment;
    const info = { id: entry.id ?? "", figure: this.figures()[0] ?? "", writer: this.#writer, ...rest };
    if (await writeKept({ info, bytes, data: entry.fresh ? entry.data : undefined }, entry.mine)) {
      entry.mine = true;
      entry.fresh = entry.told = false;
      if (turns === entry.turns) entry.step = moment.step;
      return;
    }
    // It was deleted, or somebody else goes on with it: what is learned here is kept beside it.
    entry.letGo();
    await this.#put(entry, moment);
  }

  /** Deletes a kept training. */
  async forget(id: string): Promise<void> {
    const entry = this.#entry;
    if (id === entry.id) {
      entry.next = undefined;
      await entry.saving;
      entry.letGo();
    }
    await deleteKept(id);
  }

  /** Lets others go on with what is kept here, once all of it is, the last snapshot included if one is coming. */
  async release(last?: Promise<Moment | undefined>): Promise<void> {
    const entry = this.#entry;
    this.#entry = new Entry({});
    const moment = await last?.catch(() => undefined);
    if (moment) await this.#save(entry, moment);
    await entry.saving;
    entry.letGo();
  }

  /** Takes a record for a training, if nobody has it. */
  async #claim(entry: Entry, id: string): Promise<boolean> {
    here.add(id);
    const release = await lock(id);
    if (!release) {
      here.delete(id);
      return false;
    }
    Object.assign(entry, { id, release });
    return true;
  }
}

/** Asks for a lock; gives what lets go of it, or nothing if somebody holds it. */
async function lock(id: string): Promise<(() => void) | undefined> {
  if (!("locks" in navigator)) return () => undefined;
  return new Promise((resolve) => {
    navigator.locks
      .request(lockOf(id), { ifAvailable: true }, (granted) => {
        if (!granted) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(() => resolve(() => undefined));
  });
}

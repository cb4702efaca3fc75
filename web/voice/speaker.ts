/** The worker's voice: fetched when it is asked for first, and again when the worker was replaced. */
import { Engine, type Survivor } from "../client/engine";
import { PlaygroundError, cancelled } from "../client/errors";
import { fileUrl } from "../client/files";
import { onProgress, underWay } from "../client/progress";
import type { Bend, Progress, SpokenSentence } from "../client/protocol";
import { bytesOf, listOf } from "../client/site";

/** A file of the voice, as `voices/manifest.json` promises it. */
interface VoiceFile {
  name: string;
  file: string;
  bytes: number;
  sha256: string;
}

/** How a text is to be spoken. */
export interface Manner {
  speed: number;
  pitch: number;
  melody: number;
  seed: number;
}

/** What is being done: bytes that have come of all, or the voice is opened. */
export type Loading = (loaded: number, total: number) => void;

export class Speaker implements Survivor {
  #engine: Engine | undefined;
  #loaded: Promise<void> | undefined;
  readonly points = undefined;

  constructor(private readonly died: (error: PlaygroundError) => void) {}

  text = () => undefined;
  pictures = () => undefined;

  /** The worker ended: the next text begins with the voice. */
  recover(cause: PlaygroundError, fatal: boolean) {
    this.#loaded = undefined;
    if (fatal) this.#engine = undefined;
    this.died(cause);
  }

  async #load(engine: Engine, told: Loading): Promise<void> {
    const files = await listOf("voices/manifest.json", (value) => {
      const { files } = value as { files: VoiceFile[] };
      return Array.isArray(files) && files.length === 2 ? files : undefined;
    });
    const total = files.reduce((n, file) => n + file.bytes, 0);
    const stop = onProgress(() => {
      const way = underWay();
      if (way) told(Math.min(way.loaded, total), total);
    });
    told(0, total);
    const fetched = files.map(({ file, bytes }) => bytesOf(fileUrl(`voices/${file}`), undefined, 2 * bytes, bytes));
    const [voice, english] = await Promise.all(fetched).finally(stop);
    const [first, second] = files;
    if (!voice || !english || !first || !second) throw cancelled();
    told(total, total);
    // The bytes are shared with whoever asks for the same file: the worker gets copies of its own.
    const sha256: [string, string] = [first.sha256, second.sha256];
    await engine.request({ type: "loadVoice", voice: voice.slice(), english: english.slice(), sha256 });
  }

  /** Makes sure that the worker has the voice. */
  async open(told: Loading): Promise<Engine> {
    const engine = (this.#engine ??= Engine.acquire("cpu", this));
    const loaded = (this.#loaded ??= this.#load(engine, told));
    loaded.catch(() => {
      if (this.#loaded === loaded) this.#loaded = undefined;
    });
    await loaded;
    return engine;
  }

  /** Speaks a text, a sentence at a time; or only one of its sentences, with changes of its phonemes. */
  async speak(
    text: string,
    manner: Manner,
    hear: (sentence: SpokenSentence) => void,
    signal: AbortSignal,
    anew?: { only: number; bends: Bend[] },
  ): Promise<void> {
    const engine = await this.open(() => undefined);
    if (signal.aborted) throw cancelled();
    const progress = (news: Progress) => {
      if (news.type === "speech") hear(news.sentence);
    };
    await engine.request({ type: "speak", text, ...manner, ...anew }, { progress, signal });
  }

  close() {
    this.#engine?.release(this);
    this.#engine = this.#loaded = undefined;
  }
}

import { problem } from "../client/errors";
import { recorded } from "../client/wav";

/** What to do where the microphone may not be opened, where there is none, and where it heard nothing. */
export interface Advice {
  refused: string;
  none: string;
  nothing: string;
}

/** The microphone: opened when the reader begins to record, by which the browser asks them, and closed at the end. */
export class Microphone {
  #stop: (() => void) | undefined;
  /** Counts what was asked, so that one that opens late is closed again. */
  #wish = 0;

  constructor(
    private readonly changed: () => void,
    /** The longest recording, milliseconds. */
    private readonly longest: number,
    private readonly advice: Advice,
  ) {}

  /** Whether this browser lets pages like this ask for one. */
  get isThere(): boolean {
    return typeof navigator.mediaDevices?.getUserMedia === "function" && typeof MediaRecorder === "function";
  }
  get isRecording(): boolean {
    return this.#stop !== undefined;
  }

  /** Records until it is ended, or has become too long; as a WAV file. Nothing, if it was closed. */
  async record(): Promise<Uint8Array | undefined> {
    const wish = ++this.#wish;
    const stream = await open(this.advice);
    if (wish !== this.#wish) {
      close(stream);
      return undefined;
    }
    try {
      const recorder = new MediaRecorder(stream);
      const parts: Blob[] = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      const done = new Promise<void>((end) => {
        recorder.onstop = () => end();
        recorder.onerror = () => end();
      });
      this.#stop = () => {
        if (recorder.state !== "inactive") recorder.stop();
      };
      recorder.start();
      const timer = setTimeout(() => this.end(), this.longest);
      this.changed();
      await done;
      clearTimeout(timer);
      if (wish !== this.#wish) return undefined;
      return await samplesOf(new Blob(parts, { type: recorder.mimeType }), this.advice.nothing);
    } finally {
      close(stream);
      this.#stop = undefined;
      this.changed();
    }
  }

  /** That was all. */
  end() {
    this.#stop?.();
  }

  /** What is being recorded is not wanted. */
  close() {
    this.#wish++;
    this.end();
  }
}

async function open({ refused, none }: Advice): Promise<MediaStream> {
  try {
    // As it sounds: what browsers do for calls cuts words off at their beginning.
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return await navigator.mediaDevices.getUserMedia({ audio, video: false });
  } catch (e) {
    const denied = e instanceof DOMException && ["NotAllowedError", "SecurityError"].includes(e.name);
    throw denied
      ? problem("unsupported", "The microphone was not allowed to this page.", refused)
      : problem("unsupported", "No microphone could be opened.", none);
  }
}

function close(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop();
}

/** A recording of the browser's as a WAV file. */
async function samplesOf(recording: Blob, advice: string): Promise<Uint8Array> {
  const bytes = await recording.arrayBuffer();
  const context = new OfflineAudioContext(1, 1, 48_000);
  const sound = await context.decodeAudioData(bytes).catch(() => {
    throw problem("bad-data", "Nothing was recorded.", advice);
  });
  return recorded(sound);
}

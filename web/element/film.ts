/** Films of what a plot shows while something is moved through it: GIFs, and videos where the browser records them. */
import { html, nothing, type TemplateResult } from "lit";
import { problem } from "../client/errors";
import type { SavedFile, Session } from "../client/session";
import type { Words } from "../lang/words";
import { colorOf } from "./ink";
import type { Host } from "./panel";

/** What can be filmed: so many pictures, each of which is shown on a canvas before it is taken. */
export interface Reel {
  /** Pictures. */
  readonly count: number;
  /** Shows one of them; it is on the canvas when this ends. */
  show(index: number): Promise<void>;
  canvas(): HTMLCanvasElement | undefined;
  /** Puts back what was shown before. */
  end(): void;
}

/** The longer side of a picture in pixels, at most. */
const SIDE = 480;
/** How long a picture stays, hundredths of a second. */
const DELAY = 8;
/** How long the last one stays in a video, milliseconds; a GIF's is Rust's. */
const REST = 1000;

/** What videos are recorded as, if this browser records any. */
export const videoType = () =>
  typeof MediaRecorder === "undefined"
    ? undefined
    : ["video/webm;codecs=vp9", "video/webm", "video/mp4"].find((type) => MediaRecorder.isTypeSupported(type));

/** Pictures in a row, all of one size. */
interface Strip {
  width: number;
  height: number;
  pictures: ImageData[];
}

/** Takes all pictures of a reel on paper of a colour; `taken` is told after each. */
async function take(reel: Reel, paper: string, taken: (pictures: number) => void, signal: AbortSignal): Promise<Strip> {
  const copy = document.createElement("canvas");
  const g = copy.getContext("2d", { willReadFrequently: true });
  const pictures: ImageData[] = [];
  for (let i = 0; i < reel.count; i++) {
    await reel.show(i);
    signal.throwIfAborted();
    const canvas = reel.canvas();
    if (!g || !canvas || canvas.width === 0 || canvas.height === 0)
      throw problem("unsupported", "There is nothing to film here.", "Wait until it is drawn, and try again.");
    if (i === 0) {
      const scale = Math.min(1, SIDE / Math.max(canvas.width, canvas.height));
      // Videos want even sides.
      const side = (pixels: number) => Math.max(2, 2 * Math.round((pixels * scale) / 2));
      copy.width = side(canvas.width);
      copy.height = side(canvas.height);
    }
    g.fillStyle = paper;
    g.fillRect(0, 0, copy.width, copy.height);
    g.drawImage(canvas, 0, 0, copy.width, copy.height);
    pictures.push(g.getImageData(0, 0, copy.width, copy.height));
    taken(i + 1);
  }
  return { width: copy.width, height: copy.height, pictures };
}

/** The pictures as a GIF; Rust writes it. */
function gif(session: Session, name: string, { width, height, pictures }: Strip): Promise<SavedFile> {
  const rgba = new Uint8Array(4 * width * height * pictures.length);
  pictures.forEach(({ data }, i) => rgba.set(data, i * 4 * width * height));
  return session.exportFilm({ name, width, height, delay: DELAY, rgba });
}

/** The pictures as a video, which the browser records while they are shown once more, out of sight. */
async function video(name: string, { width, height, pictures }: Strip, signal: AbortSignal): Promise<SavedFile> {
  const type = videoType();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const g = canvas.getContext("2d");
  if (!type || !g) throw problem("unsupported", "This browser records no videos.", "Save a GIF instead.");
  const stream = canvas.captureStream();
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 4_000_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = (e) => parts.push(e.data);
  const stopped = new Promise<void>((done, failed) => {
    recorder.onstop = () => done();
    recorder.onerror = () =>
      failed(problem("unsupported", "This browser could not record the video.", "Save a GIF instead."));
  });
  stopped.catch(() => {});
  recorder.start();
  try {
    for (const [i, picture] of pictures.entries()) {
      g.putImageData(picture, 0, 0);
      const time = i + 1 === pictures.length ? REST : DELAY * 10;
      await new Promise((wake) => setTimeout(wake, time));
      signal.throwIfAborted();
    }
  } finally {
    if (recorder.state !== "inactive") recorder.stop();
    for (const track of stream.getTracks()) track.stop();
  }
  await stopped;
  const mime = type.split(";")[0] ?? type;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return { name: `${name}.${mime.split("/")[1]}`, mime, bytes };
}

/** What a camera is told of its surroundings. */
export interface Studio {
  readonly words: Words;
  readonly session: Session | undefined;
  /** What the film is called, without an ending. */
  name(): string;
  /** The colour behind the drawing. */
  paper(): string;
  attempt<T>(work: () => Promise<T>, about?: string): Promise<T | undefined>;
  save(file: SavedFile): void;
  requestUpdate(): void;
}

/** The surroundings of a view of an element. */
export function studio(host: Host, view: string): Studio {
  return {
    get words() {
      return host.words;
    },
    get session() {
      return host.session;
    },
    name: () => `${host.info?.id || host.info?.family || "model"}-${view}`,
    paper: () => colorOf(host, "--_paper"),
    attempt: (work, about) => host.attempt(work, about),
    save: (file) => host.save(file),
    requestUpdate: () => host.requestUpdate(),
  };
}

/** Films a reel at the reader's wish, shows how far it is, and can be stopped. */
export class Camera {
  #filming: { abort: AbortController; taken: number; of: number } | undefined;

  constructor(private readonly studio: Studio) {}

  /** Whether it is at work: what is shown belongs to the film. */
  get busy() {
    return this.#filming !== undefined;
  }

  stop() {
    this.#filming?.abort.abort();
  }

  #film(reel: Reel, as: "gif" | "video") {
    const { studio } = this;
    const { session } = studio;
    if (!session || this.#filming) return;
    const filming = { abort: new AbortController(), taken: 0, of: reel.count };
    const { signal } = filming.abort;
    this.#filming = filming;
    void studio.attempt(async () => {
      try {
        const strip = await take(
          reel,
          studio.paper(),
          (taken) => {
            filming.taken = taken;
            studio.requestUpdate();
          },
          signal,
        );
        const file = await (as === "gif" ? gif(session, studio.name(), strip) : video(studio.name(), strip, signal));
        if (!signal.aborted) studio.save(file);
      } catch (e) {
        if (!signal.aborted) throw e;
      } finally {
        this.#filming = undefined;
        reel.end();
        studio.requestUpdate();
      }
    }, "film");
  }

  /** Two buttons, or how far it is. */
  render(reel: Reel): TemplateResult {
    const { words } = this.studio;
    const filming = this.#filming;
    if (filming)
      return html`<div class="film" role="group" aria-label=${words.say("film")}>
        <progress max=${filming.of} value=${filming.taken} aria-label=${words.say("filming")}></progress>
        <button type="button" @click=${() => this.stop()}>${words.say("stopFilming")}</button>
      </div>`;
    return html`<div class="film" role="group" aria-label=${words.say("film")}>
      <button type="button" @click=${() => this.#film(reel, "gif")}>${words.say("saveGif")}</button>
      ${
        videoType()
          ? html`<button type="button" @click=${() => this.#film(reel, "video")}>${words.say("saveVideo")}</button>`
          : nothing
      }
    </div>`;
  }
}

import { problem } from "../../client/errors";
import { within } from "../../client/limits";
import { shrunk } from "./decode";

/** Frames of a clip, and pixels along a side of one. */
export const [FRAMES, SIDE] = [16, 32];
/** Between two frames of a clip, seconds: as it is played. */
const APART = 0.125;
/** Larger files are not decoded, bytes. */
const LARGEST = 64 << 20;
/** How long a file may take, milliseconds. */
const PATIENCE = 20_000;
/** Frames that are looked at of a GIF. */
const MOST = 1000;

/** A clip as it is handed over: RGBA, frame by frame. */
export interface OwnClip {
  width: number;
  height: number;
  pixels: Uint8Array;
}

const wrong = (reason: string, hint: string) => problem("bad-image", `This clip cannot be used: ${reason}.`, hint);
const unreadable = () => wrong("it is no film that this browser can read", "Use a GIF, or a video as MP4 or WebM.");
const slow = () => wrong("it takes too long to decode", "Cut it shorter, or save it smaller.");

function clipOf(frames: Uint8Array[]): OwnClip {
  const pixels = new Uint8Array(4 * SIDE * SIDE * frames.length);
  frames.forEach((frame, i) => pixels.set(frame, i * 4 * SIDE * SIDE));
  return { width: SIDE, height: SIDE, pixels };
}

/** The first two seconds of a video or a GIF, or all of a shorter one: sixteen squares from the middle. */
export async function clipFrom(file: File): Promise<OwnClip> {
  if (!file.size) throw wrong("it is empty", "Choose another file.");
  if (file.size > LARGEST) throw wrong("it is larger than 64 MB", "Cut it shorter, or save it smaller.");
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const isGif = String.fromCharCode(...head) === "GIF8";
  return within(PATIENCE, slow, isGif ? fromGif(file) : fromVideo(file));
}

/** Of a GIF, by the browser's own decoder: at each moment of the clip the frame that is to be seen then. */
async function fromGif(file: File): Promise<OwnClip> {
  if (typeof ImageDecoder === "undefined")
    throw wrong("this browser does not take GIFs apart", "Use a video as MP4 or WebM.");
  const decoder = new ImageDecoder({ data: await file.arrayBuffer(), type: "image/gif" });
  try {
    await decoder.tracks.ready;
    await decoder.completed;
    const count = Math.min(MOST, decoder.tracks.selectedTrack?.frameCount ?? 0);
    const frames: { pixels: Uint8Array; until: number }[] = [];
    let until = 0;
    for (let i = 0; i < count && until < APART * FRAMES; i++) {
      const { image } = await decoder.decode({ frameIndex: i });
      // Browsers show frames of no length for a tenth of a second.
      until += image.duration ? image.duration / 1e6 : 0.1;
      const size = { width: image.displayWidth, height: image.displayHeight };
      frames.push({ pixels: shrunk(image, SIDE, size), until });
      image.close();
    }
    const last = frames.at(-1);
    if (!last) throw unreadable();
    const apart = Math.min(APART, last.until / FRAMES);
    const at = (i: number) => (frames.find((frame) => frame.until > i * apart) ?? last).pixels;
    return clipOf(Array.from({ length: FRAMES }, (_, i) => at(i)));
  } catch (e) {
    throw e instanceof DOMException || e instanceof TypeError ? unreadable() : e;
  } finally {
    decoder.close();
  }
}

/** Once an event comes; throws where an error comes before. */
const once = (video: HTMLVideoElement, event: string) =>
  new Promise<void>((done, fail) => {
    video.addEventListener(event, () => done(), { once: true });
    video.addEventListener("error", () => fail(unreadable()), { once: true });
  });

/** How long a frame may take from its place being reached until it can be drawn, milliseconds. */
const SHOWN = 150;

/** Once the frame at a place is there to be drawn: some browsers say that it is reached before that. */
async function frameAt(video: HTMLVideoElement, seconds: number) {
  const reached = once(video, "seeked");
  const shown = new Promise<void>((done) => {
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(() => done());
    else done();
  });
  video.currentTime = seconds;
  await reached;
  // The same frame as before is not announced again.
  await Promise.race([shown, new Promise((late) => setTimeout(late, SHOWN))]);
}

async function fromVideo(file: File): Promise<OwnClip> {
  const url = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  try {
    const loaded = once(video, "loadeddata");
    video.src = url;
    await loaded;
    const size = { width: video.videoWidth, height: video.videoHeight };
    if (!size.width || !size.height) throw unreadable();
    const { duration } = video;
    // Recordings of browsers do not say how long they are.
    const apart = Number.isFinite(duration) ? Math.min(APART, duration / FRAMES) : APART;
    const frames = [];
    for (let i = 0; i < FRAMES; i++) {
      await frameAt(video, i * apart);
      frames.push(shrunk(video, SIDE, size));
    }
    return clipOf(frames);
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
}

/** The next two seconds of what a camera sees; `told` is told how many frames there are. */
export async function clipNow(video: HTMLVideoElement, told: (done: number) => void): Promise<OwnClip> {
  const frames: Uint8Array[] = [];
  while (frames.length < FRAMES) {
    const size = { width: video.videoWidth, height: video.videoHeight };
    if (!video.isConnected || !size.width)
      throw problem("bad-image", "The camera shows nothing yet.", "Wait a moment.");
    frames.push(shrunk(video, SIDE, size));
    told(frames.length);
    await new Promise((wake) => setTimeout(wake, 1000 * APART));
  }
  return clipOf(frames);
}

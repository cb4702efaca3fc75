import { problem } from "../../client/errors";

/** The camera: opened when the reader asks for it, by which the browser asks them, and closed as soon as it can be. */
export class Camera {
  #stream: MediaStream | undefined;
  #video: HTMLVideoElement | undefined;
  #taken = 0;
  /** Counts what was asked, so that a camera that opens late is closed again. */
  #wish = 0;

  constructor(private readonly changed: () => void) {}

  get isOpen(): boolean {
    return this.#stream !== undefined;
  }
  /** Whether this browser lets pages like this ask for one. */
  get isThere(): boolean {
    return typeof navigator.mediaDevices?.getUserMedia === "function";
  }

  async open(): Promise<void> {
    const wish = ++this.#wish;
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch (e) {
      const denied = e instanceof DOMException && ["NotAllowedError", "SecurityError"].includes(e.name);
      throw problem(
        "unsupported",
        denied ? "The camera was not allowed to this page." : "No camera could be opened.",
        denied ? "Allow it in the browser's settings of this site, or choose files." : "Choose files instead.",
      );
    }
    if (wish !== this.#wish) {
      stop(stream);
      return;
    }
    this.#stream = stream;
    this.#show();
    this.changed();
  }

  close() {
    this.#wish++;
    if (!this.#stream) return;
    stop(this.#stream);
    this.#stream = undefined;
    this.changed();
  }

  /** For Lit's `ref`. */
  attach = (video?: Element) => {
    this.#video = video as HTMLVideoElement | undefined;
    this.#show();
  };

  #show() {
    const [video, stream] = [this.#video, this.#stream];
    if (!video || !stream || video.srcObject === stream) return;
    video.srcObject = stream;
    void video.play().catch(() => undefined);
  }

  /** What shows what it sees; nothing before it is on the page. */
  get video(): HTMLVideoElement | undefined {
    return this.#stream && this.#video;
  }

  /** What it sees now, as a file. */
  async take(): Promise<File> {
    const video = this.#video;
    if (!video?.videoWidth) throw problem("bad-image", "The camera shows nothing yet.", "Wait a moment.");
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (!blob) throw problem("bad-image", "The camera shows nothing yet.", "Wait a moment.");
    return new File([blob], `camera ${++this.#taken}.png`, { type: "image/png" });
  }
}

function stop(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop();
}

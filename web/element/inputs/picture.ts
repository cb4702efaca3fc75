import { problem } from "../../client/errors";
import { start } from "../text/start";

/** A picture's longest side, as it is handed over. */
const LONGEST = 512;

const wrong = (reason: string, hint = "Use a PNG, JPEG or WebP picture, or draw one.") =>
  problem("bad-image", `This image cannot be used: ${reason}.`, hint);

/** Whether a canvas gives back what was put on it: protections against fingerprinting make it lie. */
function honest(g: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D): boolean {
  const marks = new ImageData(8, 8);
  for (let i = 0; i < 64; i++) marks.data.set([(i * 37) % 256, (i * 91) % 256, (i * 151) % 256, 255], 4 * i);
  g.putImageData(marks, 0, 0);
  const back = g.getImageData(0, 0, 8, 8).data;
  return marks.data.every((v, i) => v === back[i]);
}

const WATCHED =
  "this browser, or an extension of it, changes what pages read of pictures, as a protection against tracking";
let trusted = false;

/** What draws on an empty square canvas whose pixels can be read; throws where they cannot. */
export function canvasOf(side: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.max(8, side);
  const g = canvas.getContext("2d", { willReadFrequently: true });
  if (!g) throw wrong("the browser gave no canvas for it");
  trusted ||= honest(g);
  if (!trusted) throw wrong(WATCHED, "Allow this site to read canvases.");
  g.clearRect(0, 0, canvas.width, canvas.height);
  return g;
}

/** The pixels of a picture with their alpha, made small enough to be handed over. */
export async function pixelsOf(file: File): Promise<{ width: number; height: number; pixels: Uint8Array }> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw wrong(`${start(file.name, 60)} is no picture that this browser can read`);
  });
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(8, width);
  canvas.height = Math.max(8, height);
  const g = canvas.getContext("2d", { willReadFrequently: true });
  if (!g) throw wrong("the browser gave no canvas for it");
  if (!honest(g)) {
    throw wrong(WATCHED, "Allow this site to read canvases, draw the image, or take one of the test images.");
  }
  g.clearRect(0, 0, canvas.width, canvas.height);
  g.imageSmoothingQuality = "high";
  g.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = g.getImageData(0, 0, width, height);
  return { width, height, pixels: new Uint8Array(data.buffer) };
}

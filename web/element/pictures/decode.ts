import { problem } from "../../client/errors";
import { within } from "../../client/limits";
import { canvasOf } from "../inputs/picture";
import { formatOf } from "./format";

/** Larger files and pictures are not decoded: bytes, and pixels. */
const LARGEST = 32 << 20;
const PIXELS = 64e6;
/** Bytes that are read of a file to find out what it is. */
const HEAD = 256 << 10;
/** How long a picture may take, milliseconds. */
const PATIENCE = 20_000;
/** A picture is made smaller by halves from at most so many times the size that is wanted. */
const FINE = 16;

/** Why a picture is left out. */
const wrong = (reason: string, hint: string) => problem("bad-image", `This image cannot be used: ${reason}.`, hint);
const unreadable = () => wrong("it is no picture that this browser can read", "Save it as PNG, JPEG or WebP.");

/**
 * The square in the middle of a picture as a person sees it (turned as its EXIF says, its palette looked up), with
 * its alpha: `side`² pixels. Says why if it cannot be had; never takes longer than a while.
 */
export async function squareOf(file: Blob, side: number): Promise<Uint8Array> {
  if (!file.size) throw wrong("it is empty", "Choose another file.");
  if (file.size > LARGEST) throw wrong("it is larger than 32 MB", "Save it smaller.");
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const format = formatOf(head);
  if (!format) throw unreadable();
  if (format.kind === "svg") throw wrong("it is a drawing of lines and areas, without pixels", "Save it as PNG.");
  const { width = 1, height = 1 } = format;
  if (width * height > PIXELS) throw wrong("it has more than 64 million pixels", "Save it smaller.");
  const slow = () => wrong("it takes too long to decode", "Save it anew, as PNG or JPEG.");
  const decoding = createImageBitmap(file, { imageOrientation: "from-image" });
  const bitmap = await within(PATIENCE, slow, decoding).catch((e: unknown) => {
    decoding.then((late) => late.close()).catch(() => undefined);
    throw e instanceof DOMException || e instanceof TypeError ? unreadable() : e;
  });
  try {
    return shrunk(bitmap, side);
  } finally {
    bitmap.close();
  }
}

/** The middle of a picture at `side` × `side` pixels: each is the mean of what it covers. */
export function shrunk(
  picture: CanvasImageSource,
  side: number,
  { width, height }: { width: number; height: number } = picture as ImageBitmap,
): Uint8Array {
  const crop = Math.min(width, height);
  let size = side;
  while (size * 2 <= crop && size < side * FINE) size *= 2;
  let from = canvasOf(size);
  from.imageSmoothingQuality = "high";
  from.drawImage(picture, (width - crop) / 2, (height - crop) / 2, crop, crop, 0, 0, size, size);
  for (; size > side; size /= 2) {
    const half = canvasOf(size / 2);
    // From twice the size, the mean of two neighbours each way is the mean of four pixels.
    half.imageSmoothingQuality = "low";
    half.drawImage(from.canvas, 0, 0, size, size, 0, 0, size / 2, size / 2);
    from = half;
  }
  return new Uint8Array(from.getImageData(0, 0, side, side).data.buffer);
}

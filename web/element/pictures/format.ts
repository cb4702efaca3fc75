/** What the first bytes of a file say of a picture, so that what is none, or far too large, is never decoded. */

/** A format of pictures, with the size where it is known at once. */
export interface Format {
  kind: "png" | "jpeg" | "gif" | "webp" | "bmp" | "other" | "svg";
  width?: number;
  height?: number;
}

const text = (bytes: Uint8Array, from: number, length: number) =>
  String.fromCharCode(...bytes.subarray(from, from + length));

/** The format of a file by its first bytes; nothing if it is no picture. */
export function formatOf(bytes: Uint8Array): Format | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (n: number) => bytes.length >= n;
  if (has(24) && text(bytes, 0, 8) === "\x89PNG\r\n\x1a\n")
    return { kind: "png", width: view.getUint32(16), height: view.getUint32(20) };
  if (has(10) && /^GIF8[79]a$/.test(text(bytes, 0, 6)))
    return { kind: "gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (has(26) && text(bytes, 0, 2) === "BM")
    return { kind: "bmp", width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
  if (has(30) && text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 4) === "WEBP") return webp(bytes, view);
  if (has(4) && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return jpeg(bytes, view);
  const begin = text(bytes, 0, 12);
  // AVIF and HEIC, TIFF, icons: whether the browser reads them is for it to say.
  if (/^....ftyp/s.test(begin) || /^(II\*\0|MM\0\*|\0\0\x01\0)/.test(begin)) return { kind: "other" };
  if (/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(text(bytes, 0, 1000)))
    return { kind: "svg" };
  return undefined;
}

function webp(bytes: Uint8Array, view: DataView): Format {
  const chunk = text(bytes, 12, 4);
  const three = (at: number) => view.getUint16(at, true) + ((bytes[at + 2] ?? 0) << 16);
  if (chunk === "VP8X") return { kind: "webp", width: three(24) + 1, height: three(27) + 1 };
  if (chunk === "VP8L") {
    const bits = view.getUint32(21, true);
    return { kind: "webp", width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  return { kind: "webp", width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** Walks from segment to segment until one says the size. */
function jpeg(bytes: Uint8Array, view: DataView): Format {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { kind: "jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    // A filler, or a marker that stands alone.
    at += marker === 0xff ? 1 : marker === 1 || (marker >= 0xd0 && marker <= 0xd8) ? 2 : 2 + view.getUint16(at + 2);
  }
  return { kind: "jpeg" };
}

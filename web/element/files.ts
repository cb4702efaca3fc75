import { problem } from "../client/errors";
import type { SavedFile } from "../client/session";

/** Larger than any model here; not even read. The worker has the last word. */
const LARGEST = 256 << 20;

/** The bytes of a checkpoint, however it came. */
export async function checkpointBytes(file: Blob | ArrayBuffer | Uint8Array): Promise<Uint8Array> {
  const size = file instanceof Blob ? file.size : file.byteLength;
  if (size > LARGEST) {
    throw problem(
      "checkpoint-too-large",
      `This checkpoint has ${size} bytes; at most ${LARGEST} are accepted.`,
      "Choose a .safetensors file that this playground saved.",
    );
  }
  return file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array(file);
}

/** A file of the worker's as a blob. */
export const blobOf = ({ bytes, mime }: SavedFile) => new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mime });

/** Hands a file to the reader. */
export function download(file: SavedFile) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blobOf(file));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Follows files that are dragged over an element: `over` says whether one is, `drop` gets it. */
export function dragHandler(over: (is: boolean) => void, drop: (file: File, all: DataTransfer) => void) {
  return (e: DragEvent) => {
    if (!e.dataTransfer?.types.includes("Files")) return;
    e.preventDefault();
    over(e.type === "dragover");
    const file = e.type === "drop" ? e.dataTransfer.files[0] : undefined;
    if (file && e.dataTransfer) drop(file, e.dataTransfer);
  };
}

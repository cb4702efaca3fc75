/**
 * A model as text: a checkpoint in half precision, packed by gzip, in the base64 of addresses. It travels in a link's
 * fragment or in the `src` of an element, and is checked like any file once it is unpacked.
 */
import { cancelled, problem } from "./errors";

/** What an address begins with that is a model itself. */
export const PACKED = "data:application/vnd.safetensors+gzip;base64,";
/** More characters than any such address has; not even read. */
const LONGEST = 4 << 20;
/** More bytes than it is ever unpacked to. */
const LARGEST = 16 << 20;
/** Characters of base64 that are made at a time. */
const PART = 0x8000;

/** Bytes in the base64 of addresses, without padding. */
function coded(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PART) text += String.fromCharCode(...bytes.subarray(at, at + PART));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const damaged = () =>
  problem(
    "checkpoint-parse",
    "The model in this address is damaged or was cut off.",
    "Copy the whole address once more, or open the model from a file.",
  );

const tooLarge = () =>
  problem(
    "checkpoint-too-large",
    `The model in this address is larger than ${LARGEST >> 20} MiB, which is the most that is unpacked.`,
    "Put its file beside your page, and name that in src.",
  );

/** The bytes of such a text; `atob` takes only one of the two alphabets. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw damaged();
  }
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

/** Packs the bytes of a checkpoint. */
export async function pack(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return coded(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** Whether an address is a model itself, or says that it is one. */
export const isPacked = (address: string) => /^\s*data:/i.test(address);

/** The checkpoint in an address; nothing is unpacked further than a model of ours can be. */
export async function unpack(address: string, signal?: AbortSignal): Promise<Uint8Array> {
  if (address.length > LONGEST) throw tooLarge();
  const [, text] = /^\s*data:[^,]*\+gzip;base64,([\w+/=-]*)\s*$/i.exec(address) ?? [];
  if (!text) throw damaged();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  for (;;) {
    if (signal?.aborted) {
      void reader.cancel();
      throw cancelled();
    }
    const { done, value } = await reader.read().catch(() => {
      throw damaged();
    });
    if (done) break;
    size += value.length;
    if (size > LARGEST) {
      void reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

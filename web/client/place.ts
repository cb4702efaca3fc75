import type { Asked } from "./engine";
import type { Request } from "./protocol";

/** What a new model is made of. */
export type Body = Omit<Extract<Request, { type: "create" }>, "type" | "session">;
/** What a model that is there is trained further by. */
export type Tuning = Omit<Extract<Request, { type: "tune" }>, "type" | "session">;
/** What puts a model in place. */
export type Place = Extract<Asked, { type: "open" | "create" | "tune" | "adapt" }>;

/** Beginning of a file of another program's model, GGUF's. */
const GGUF = [0x47, 0x47, 0x55, 0x46];

/** Whether a file is a model of another program: those are handed over as files. */
export const isForeign = (bytes: Uint8Array | Blob) =>
  bytes instanceof Blob || GGUF.every((byte, i) => bytes[i] === byte);

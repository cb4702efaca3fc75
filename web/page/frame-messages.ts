/**
 * What a frame and the page around it say to each other: that the frame is there, in which colours it stands, and how
 * high it is. Anything else, from anyone else, is not looked at.
 */

/** The name that every message of ours carries, with the version of this agreement. */
const MARK = "generative-playground";
const VERSION = 1;
/** A frame is no lower and no higher than this, whatever it says. */
const [LOWEST, HIGHEST] = [40, 20_000];

export type Scheme = "light" | "dark";
export type FromFrame = { say: "ready" } | { say: "size"; height: number };
export type FromHost = { say: "hello"; scheme: Scheme };

/** The properties of a message of ours; nothing if it is none. */
function ours(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== "object" || data === null || Object.getPrototypeOf(data) !== Object.prototype) return undefined;
  const message = data as Record<string, unknown>;
  return Object.hasOwn(message, MARK) && message[MARK] === VERSION ? message : undefined;
}

/** Whether a message has these properties and no others. */
const has = (message: Record<string, unknown>, ...names: string[]) => {
  const keys = Reflect.ownKeys(message);
  return keys.length === names.length + 1 && names.every((name) => keys.includes(name));
};

/** What a frame says; nothing if it is nothing that a frame would say. */
export function fromFrame(data: unknown): FromFrame | undefined {
  const message = ours(data);
  if (message?.["say"] === "ready" && has(message, "say")) return { say: "ready" };
  if (message?.["say"] !== "size" || !has(message, "say", "height")) return undefined;
  const height = message["height"];
  if (typeof height !== "number" || !Number.isInteger(height) || height < LOWEST || height > HIGHEST) return undefined;
  return { say: "size", height };
}

/** What the page around a frame says; nothing if it is nothing that it would say. */
export function fromHost(data: unknown): FromHost | undefined {
  const message = ours(data);
  if (message?.["say"] !== "hello" || !has(message, "say", "scheme")) return undefined;
  const scheme = message["scheme"];
  return scheme === "light" || scheme === "dark" ? { say: "hello", scheme } : undefined;
}

/** A message as it is sent. */
export const sent = (message: FromFrame | FromHost) => ({ [MARK]: VERSION, ...message });

/** Where an answer goes: to that origin alone, or to whoever asked where that has none. */
export const answerTo = (origin: string) => (origin === "null" ? "*" : origin);

/** A height that can be said. */
export const within = (height: number) => Math.min(HIGHEST, Math.max(LOWEST, Math.ceil(height)));

import type { Asked } from "./engine";
import type { Request } from "./protocol";

/** What a new model is made of. */
export type Body = Omit<Extract<Request, { type: "create" }>, "type" | "session">;
/** What a model that is there is trained further by. */
export type Tuning = Omit<Extract<Request, { type: "tune" }>, "type" | "session">;
/** What puts a model in place. */
export type Place = Extract<Asked, { type: "open" | "create" | "tune" | "adapt" }>;

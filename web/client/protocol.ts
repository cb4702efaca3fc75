// The types that cross the worker boundary; written from src/protocol.rs and src/error.rs.

/** A JSON Schema, as far as forms need it. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  enum?: string[];
  oneOf?: { const: string; description?: string }[];
  properties?: Record<string, JsonSchema>;
}

export type Envelope = { id: number, request: Request };
export type Answer = { id: number, reply: Reply };

export type Request =
  | { type: "describe" }
  | { type: "loadData", name: string, bytes: Uint8Array, sha256: string | null }
  | { type: "open", session: number, bytes: Uint8Array, sha256: string | null }
  | { type: "create", session: number, family: string, config: Record<string, unknown>, train: Record<string, unknown>, data: string, seed: number }
  | { type: "dispose", session: number }
  | { type: "sample", session: number, count: number, seed: number, options: Record<string, unknown> }
  | { type: "view", session: number, query: ViewQuery }
  | { type: "train", session: number, steps: number | null, rate: number | null }
  | { type: "setTrain", session: number, train: Record<string, unknown> }
  | { type: "showSnapshot", session: number, index: number, count: number }
  | { type: "restoreSnapshot", session: number, index: number }
  | { type: "export", session: number, resumable: boolean }
  | { type: "exportSamples", session: number, count: number, seed: number, options: Record<string, unknown>, scale: number }
  | { type: "checkOptions", scope: OptionScope, family: string, entries: Array<[string, string]> }
  | { type: "cancel", target: number }
  | { type: "fault", kind: Fault };

export type Fault = "panic" | "loseDevice";
export type OptionScope = "config" | "train" | "sample";

export type ViewQuery =
  | { type: "dataImages", start: number, count: number }
  | { type: "latentMosaic", columns: number, extent: number }
  | { type: "latentPoints", count: number }
  | { type: "decode", z: Array<number> }
  | { type: "encode", image: ImageInput }
  | { type: "reconstruct", image: ImageInput, seed: number, draws: number }
  | { type: "interpolate", from: ImageInput, to: ImageInput, at: Array<number>, path: Path };

export type Path = "linear" | "spherical";

export type ImageInput =
  | { type: "test", index: number }
  | { type: "rgba", width: number, height: number, pixels: Uint8Array }
  | { type: "drawing", width: number, height: number, pixels: Uint8Array };

export type Reply =
  | { type: "progress", progress: Progress }
  | { type: "ok", outcome: Outcome }
  | { type: "error", error: ErrorInfo };

export type Code =
  | "file-not-found" | "fetch-failed" | "io" | "checkpoint-too-large" | "checkpoint-hash"
  | "checkpoint-parse" | "checkpoint-schema" | "checkpoint-shape" | "checkpoint-not-finite"
  | "unknown-model" | "unknown-family" | "bad-option" | "bad-recipe" | "bad-image" | "bad-data"
  | "unsupported" | "cancelled" | "device-unavailable" | "device-lost" | "out-of-memory"
  | "worker-restarted" | "training-diverged" | "storage-full" | "storage-busy"
  | "unknown-session" | "bad-request" | "internal";

export type ErrorInfo = { code: Code, message: string, hint: string, recoverable: boolean };

export type Progress =
  | { type: "sampling", step: number, of: number, view: View | null }
  | { type: "training", state: TrainState, samples: View | null }
  | { type: "snapshot", step: number, bytes: Uint8Array };

export type Outcome =
  | { type: "done" }
  | { type: "description", families: Array<FamilyInfo>, trainSchema: JsonSchema }
  | { type: "model", model: ModelInfo }
  | { type: "view", view: View }
  | { type: "trained", state: TrainState }
  | { type: "file", name: string, mime: string, bytes: Uint8Array }
  | { type: "options", values: Record<string, unknown>, errors: Array<ErrorInfo> };

export type FamilyInfo = { id: string, title: string, paper: string, equation: string, capabilities: Capabilities, configSchema: JsonSchema, sampleSchema: JsonSchema };
export type Capabilities = { density: DensityKind | null, latent: boolean, invertible: boolean };
export type DensityKind = "exact" | "lowerBound" | "importanceWeighted";

export type ModelInfo = { family: string, id: string | null, data: string, classes: Array<string>, width: number, height: number, latentDim: number, parameters: number, step: number, seed: number, config: Record<string, unknown>, train: Record<string, unknown>, state: TrainState };
export type TrainState = { step: number, epoch: number, rate: number, losses: Array<LossCurve>, snapshots: Array<number> };
export type LossCurve = { name: string, split: Split, steps: Array<number>, values: Array<number> };
export type Split = "train" | "heldOut";

export type View =
  | { kind: "image", width: number, height: number, columns: number, rows: number, rgba: Uint8Array }
  | { kind: "points", xy: Uint8Array, classes: Uint8Array }
  | { kind: "posterior", mu: Array<number>, sigma: Array<number>, kl: Array<number> }
  | { kind: "reconstruction", input: View, mu: Array<number>, sigma: Array<number>, z: Array<number>, output: View, reconstruction: number, kl: number };

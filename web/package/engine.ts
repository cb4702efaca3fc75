/**
 * Models without a widget, in a page, in a worker and in Node:
 *
 *     const m = await load("ddpm-mnist");
 *     const images = await m.sample({ count: 16, seed: 7, label: 3 });
 */
import type { Backend } from "../client/connection";
import type { Description } from "../client/engine";
import { cancelled, PlaygroundError } from "../client/errors";
import { unless } from "../client/limits";
import { isPacked, unpack } from "../client/packed";
import type { PictureSource } from "../client/protocol";
import type { Body } from "../client/session";
import { bytesOf, modelBytes, modelEntry, siteManifest, type ModelEntry } from "../client/site";
import { nameOf } from "../client/texts";
import { Model } from "./model";
import { Room, type RoomOptions } from "./room";
import type { Kind, Point } from "./samples";
import type { Families, Shipped, TextOptions, ToyOptions, TrainingOptions } from "./shipped";

export { PlaygroundError } from "../client/errors";
export { useFiles } from "./files";
export type { Backend, Device } from "../client/connection";
export type { Description } from "../client/engine";
export type { Code, ErrorInfo, FamilyInfo, ModelInfo, PlotInputs, SpaceInfo, Token, View } from "../client/protocol";
export type { ModelEntry } from "../client/site";
export type { Losses, Model, SampleOptions, TrainOptions } from "./model";
export type { Kind, Picture, Point, SampleOf, Writing } from "./samples";
export type { Families, Shipped, TextOptions, ToyOptions, TrainingOptions } from "./shipped";

/** How a model is opened or made. */
export interface LoadOptions {
  /**
   * `auto` begins on the processor and goes to a real graphics card where a short trial finds it faster; Node has the
   * processor alone.
   */
  backend?: Backend;
  /** Gives it up; what was begun ends with the code `cancelled`. */
  signal?: AbortSignal;
  /** Told of each step on the way. */
  progress?: (progress: LoadProgress) => void;
  /** The worker was replaced, and the model stands in the new one; with `fatal` it does not. */
  restarted?: (cause: PlaygroundError, fatal: boolean) => void;
}

/** Where the loading of a model stands. */
export interface LoadProgress {
  /** Files come, the model is opened, it is ready. */
  phase: "fetch" | "open" | "ready";
  /** Bytes of its file, where they are known. */
  bytes?: number;
}

/** What a new model learns from: a data set by name, or the program's own. */
export type Data =
  | string
  | { text: string | Uint8Array; options?: TextOptions }
  | { points: Iterable<Point>; classes?: ArrayLike<0 | 1> }
  | { csv: string | Uint8Array }
  | { pictures: PictureSource };

/** How a new model is made. */
export interface CreateOptions<F extends keyof Families = keyof Families> extends LoadOptions {
  /** What it learns from: the name of a toy in 2-D, of images or a text of the package, or data of your own. */
  data: Data;
  /** Options of a toy data set. */
  dataOptions?: ToyOptions;
  /** The family's options; what is left out takes its default. */
  config?: Families[F]["config"];
  /** Options of the training; what is left out takes its default. */
  train?: TrainingOptions;
  /** Seed of everything that is drawn. */
  seed?: number;
}

/** Opens a model that the package carries. */
export function load<I extends keyof Shipped>(
  model: I,
  options?: LoadOptions,
): Promise<Model<Shipped[I]["kind"], Shipped[I]["family"]>>;
/** Opens a checkpoint: its bytes, or its address (a `URL`, or a text with a slash in it). */
export function load(model: string | URL | Blob | ArrayBuffer | Uint8Array, options?: LoadOptions): Promise<Model>;
export async function load(
  model: string | URL | Blob | ArrayBuffer | Uint8Array,
  options: LoadOptions = {},
): Promise<Model> {
  return furnished(options, async (room) => {
    const { signal, progress } = options;
    const [entry, bytes] = await fetched(model, options);
    progress?.({ phase: "open", bytes: bytes.length });
    await unless(signal, room.session.open(bytes, entry?.sha256 ?? null));
  });
}

async function fetched(
  model: string | URL | Blob | ArrayBuffer | Uint8Array,
  { signal, progress }: LoadOptions,
): Promise<[ModelEntry | undefined, Uint8Array]> {
  const entry = typeof model === "string" && !model.includes("/") ? await modelEntry(model) : undefined;
  progress?.({ phase: "fetch", bytes: entry?.bytes });
  if (entry) return [entry, await modelBytes(entry, signal)];
  if (model instanceof Uint8Array) return [undefined, model];
  if (model instanceof ArrayBuffer) return [undefined, new Uint8Array(model)];
  if (model instanceof Blob) return [undefined, new Uint8Array(await model.arrayBuffer())];
  if (typeof model === "string" && isPacked(model)) return [undefined, await unpack(model, signal)];
  const from = globalThis.document?.baseURI ?? globalThis.location?.href;
  return [undefined, await bytesOf(new URL(model, from), signal)];
}

/** Makes a model that has learned nothing yet; `train` begins with it. */
export async function create<F extends keyof Families>(family: F, options: CreateOptions<F>): Promise<Model<Kind, F>> {
  const made = await furnished(options, async (room) => {
    const { data, dataOptions = {}, config = {}, train = {}, seed = 1, signal } = options;
    const body: Omit<Body, "data" | "dataOptions"> = { family: String(family), config, train: { ...train }, seed };
    const named = await unless(signal, bring(room, data));
    await unless(signal, room.session.create({ ...body, dataOptions: { ...dataOptions }, ...named }, signal));
  });
  return made as unknown as Model<Kind, F>;
}

const bytesOfText = (text: string | Uint8Array) => (typeof text === "string" ? new TextEncoder().encode(text) : text);

/** Hands data over, and says what name it goes by. */
async function bring({ session, pictures }: Room, data: Data): Promise<Pick<Body, "data"> & Partial<Body>> {
  if (typeof data === "string") return { data };
  if ("text" in data) {
    const bytes = bytesOfText(data.text);
    const options = { ...data.options };
    const { name } = await session.loadText({ name: nameOf(bytes), bytes, sha256: null, options });
    return { data: name, dataOptions: options };
  }
  if ("pictures" in data) {
    const taken = await session.loadPictures(data.pictures);
    pictures.set(taken.pictures.name, data.pictures);
    return { data: taken.pictures.name };
  }
  if ("csv" in data) await session.loadPoints({ type: "csv", bytes: bytesOfText(data.csv) });
  else {
    const xy = Float32Array.from([...data.points].flat());
    const classes = data.classes && Uint8Array.from(data.classes);
    await session.loadPoints({ type: "drawn", xy: new Uint8Array(xy.buffer), ...(classes && { classes }) });
  }
  return { data: "custom" };
}

/** A model in a session of its own, which ends if the model does not come. */
async function furnished(options: RoomOptions & LoadOptions, fill: (room: Room) => Promise<void>): Promise<Model> {
  const { signal, progress } = options;
  if (signal?.aborted) throw cancelled();
  const room = new Room(options);
  try {
    [room.device] = await Promise.all([unless(signal, room.session.device), fill(room)]);
    progress?.({ phase: "ready" });
    return new Model(room);
  } catch (e) {
    room.session.dispose();
    throw PlaygroundError.from(e);
  }
}

/** The models that the package carries. */
export const models = async (): Promise<readonly ModelEntry[]> => (await siteManifest()).models;

/** Families, their options as JSON Schema, toy data sets and experiments, as the engine declares them. */
export async function describe(options: LoadOptions = {}): Promise<Description> {
  const { session } = new Room(options);
  try {
    return await unless(options.signal, session.describe());
  } finally {
    session.dispose();
  }
}

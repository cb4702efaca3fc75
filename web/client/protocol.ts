// Written by `cargo test protocol` from src/protocol and src/error.rs. Do not edit.

/** A JSON Schema, as far as forms need it. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  "x-order"?: number;
  /** Of use in recipes alone. */
  "x-recipe"?: boolean;
  enum?: string[];
  oneOf?: { const: string; title?: string; description?: string }[];
  properties?: Record<string, JsonSchema>;
}

/**
 * Raw bytes: a `Uint8Array` in the page.
 */
export type Bytes = Uint8Array;

/**
 * Numbers: from a list, or from the bytes of a `Float32Array`, which are read much faster where there
 * are many.
 */
export type Floats = Array<number> | Uint8Array;

/**
 * One message to the worker.
 */
export type Envelope = { 
/**
 * Chosen by the page, unique while the request is under way.
 */
id: number, 
/**
 * What is asked.
 */
request: Request, };

/**
 * One message from the worker.
 */
export type Answer = { 
/**
 * The id of the request it belongs to.
 */
id: number, 
/**
 * The answer.
 */
reply: Reply, };

/**
 * Everything that can be asked of the worker.
 *
 * A *session* is what one widget does with one model; its number is chosen by the page.
 */
export type Request = { "type": "describe" } | { "type": "loadData", 
/**
 * Name of the set, for example `mnist`.
 */
name: string, 
/**
 * The file.
 */
bytes: Bytes, 
/**
 * Promised hash, when it comes from the site's manifest.
 */
sha256: string | null, } | { "type": "loadPoints", 
/**
 * Where they come from.
 */
source: PointSource, } | { "type": "loadText", 
/**
 * Its name.
 */
name: string, 
/**
 * The file: UTF-8, as it is or gzipped.
 */
bytes: Bytes, 
/**
 * Promised hash, when it comes from the site's manifest.
 */
sha256: string | null, 
/**
 * How it is to become tokens (those of `textSchema`); what is left out takes its default.
 */
options: Record<string, unknown>, } | { "type": "loadPictures", 
/**
 * They, and how they are to be taken.
 */
source: PictureSource, } | { "type": "cutSecond", 
/**
 * It.
 */
file: Bytes, } | { "type": "open", 
/**
 * The session; made if it does not exist.
 */
session: number, 
/**
 * A safetensors file.
 */
bytes: Bytes, 
/**
 * Promised hash, when it comes from the site's manifest.
 */
sha256: string | null, } | { "type": "create", 
/**
 * The session; made if it does not exist.
 */
session: number, 
/**
 * Id of the family, for example `vae`.
 */
family: string, 
/**
 * The family's options; what is left out takes its default.
 */
config: Record<string, unknown>, 
/**
 * Options of the training; what is left out takes its default.
 */
train: Record<string, unknown>, 
/**
 * Name of the data set: a toy data set by its id, or a set that has been loaded.
 */
data: string, 
/**
 * Options of a toy (those of `dataSchema`) or a text (those of `textSchema`); what is left
 * out takes its default.
 */
dataOptions: Record<string, unknown>, 
/**
 * Seed of everything that is drawn.
 */
seed: number, } | { "type": "tune", 
/**
 * The session; made if it does not exist.
 */
session: number, 
/**
 * The checkpoint that it begins with.
 */
base: Bytes, 
/**
 * Options of the family that goes on from such models; what is left out takes its default.
 */
config: Record<string, unknown>, 
/**
 * Options of the training; what is left out takes its default.
 */
train: Record<string, unknown>, 
/**
 * Name of the text, which has been loaded.
 */
data: string, 
/**
 * Options of the text; how it becomes tokens the model decides.
 */
dataOptions: Record<string, unknown>, 
/**
 * Seed of everything that is drawn.
 */
seed: number, } | { "type": "adapt", 
/**
 * The session; made if it does not exist.
 */
session: number, 
/**
 * The checkpoint of that model.
 */
base: Bytes, 
/**
 * The adapters.
 */
bytes: Bytes, } | { "type": "peek", 
/**
 * The beginning of the file, up to 32 MiB; of an archive all of it.
 */
head: Bytes, 
/**
 * Bytes of the file.
 */
size: number, } | { "type": "pace", 
/**
 * As in `Request::Create`.
 */
family: string, 
/**
 * As in `Request::Create`.
 */
config: Record<string, unknown>, 
/**
 * As in `Request::Create`.
 */
train: Record<string, unknown>, 
/**
 * As in `Request::Create`.
 */
data: string, 
/**
 * As in `Request::Create`.
 */
dataOptions: Record<string, unknown>, } | { "type": "loadVoice", 
/**
 * Its network.
 */
voice: Bytes, 
/**
 * How it reads English.
 */
english: Bytes, 
/**
 * Promised hashes of both.
 */
sha256: [string, string], } | { "type": "speak", 
/**
 * The text.
 */
text: string, 
/**
 * How fast: 1 as the voice learned it, 0.5 to 2.
 */
speed: number, 
/**
 * How much higher or lower, in semitones.
 */
pitch: number, 
/**
 * How far the pitch moves about its mean: 1 as the voice would, 0 for a monotone.
 */
melody: number, 
/**
 * Of the noise in its hisses.
 */
seed: number, 
/**
 * The only sentence that is asked for, by its number; all without it.
 */
only?: number, 
/**
 * What is wanted otherwise in its phonemes.
 */
bends?: Array<Bend>, } | { "type": "dispose", 
/**
 * The session.
 */
session: number, } | { "type": "sample", 
/**
 * The session.
 */
session: number, 
/**
 * How many, 1 to 400 images, 20,000 points or 16 texts.
 */
count: number, 
/**
 * Seed.
 */
seed: number, 
/**
 * The family's own sampling options; what is left out takes its default.
 */
options: Record<string, unknown>, 
/**
 * What the samples are to fit, of what the family honours (`FamilyInfo::conditions`).
 */
condition: Condition, } | { "type": "view", 
/**
 * The session.
 */
session: number, 
/**
 * What to look at.
 */
query: ViewQuery, 
/**
 * The model of a past snapshot (index into `TrainState::snapshots`); `null` = as it is.
 */
snapshot: number | null, } | { "type": "exportView", 
/**
 * The session.
 */
session: number, 
/**
 * What to look at; its answer must be a `View::Plot`, or a `View::Image`.
 */
query: ViewQuery, 
/**
 * As what.
 */
form: FileForm, 
/**
 * As in `Request::View`.
 */
snapshot: number | null, } | { "type": "train", 
/**
 * The session.
 */
session: number, 
/**
 * Stop after this many steps; `null` = go on until cancelled.
 */
steps: number | null, 
/**
 * At most this many steps a second, for slow motion; `null` = as fast as it goes.
 */
rate: number | null, 
/**
 * Stop after this many seconds of computing; `null` = no such limit.
 */
seconds: number | null, 
/**
 * Move only this network (one of `FamilyInfo::networks`); `null` = all.
 */
network: string | null, 
/**
 * Whether a last `Progress::Snapshot` is to come before the end, if steps were taken since
 * the one before; it is, unless this is `false`.
 */
keep?: boolean, } | { "type": "setTrain", 
/**
 * The session.
 */
session: number, 
/**
 * The options to change.
 */
train: Record<string, unknown>, } | { "type": "showSnapshot", 
/**
 * The session.
 */
session: number, 
/**
 * Index into `TrainState::snapshots`.
 */
index: number, 
/**
 * How many samples.
 */
count: number, } | { "type": "restoreSnapshot", 
/**
 * The session.
 */
session: number, 
/**
 * Index into `TrainState::snapshots`.
 */
index: number, } | { "type": "export", 
/**
 * The session.
 */
session: number, 
/**
 * With everything that is needed to train on.
 */
resumable: boolean, } | { "type": "exportAdapter", 
/**
 * The session.
 */
session: number, } | { "type": "exportPage", 
/**
 * The session.
 */
session: number, } | { "type": "exportSamples", 
/**
 * The session.
 */
session: number, 
/**
 * How many, 1 to 400.
 */
count: number, 
/**
 * Seed.
 */
seed: number, 
/**
 * The family's own sampling options.
 */
options: Record<string, unknown>, 
/**
 * As in `Request::Sample`.
 */
condition: Condition, 
/**
 * Pixels of the image for one pixel of the sample, 1 to 16.
 */
scale: number, } | { "type": "exportFilm", 
/**
 * The file's name, without its ending.
 */
name: string, 
/**
 * Pixels of a picture.
 */
width: number, 
/**
 * Pixels of a picture.
 */
height: number, 
/**
 * How long each stays, hundredths of a second.
 */
delay: number, 
/**
 * Four bytes a pixel, row by row, picture by picture.
 */
rgba: Bytes, } | { "type": "checkOptions", 
/**
 * Which options.
 */
scope: OptionScope, 
/**
 * Id of the family (ignored for the scope `train`).
 */
family: string, 
/**
 * Names and values as text.
 */
entries: Array<[string, string]>, } | { "type": "cancel", 
/**
 * Its id.
 */
target: number, } | { "type": "fault", 
/**
 * How.
 */
kind: Fault, };

/**
 * What a view is saved as.
 */
export type FileForm = "svg" | "png" | "ttf" | "midi" | "musicXml" | "abc";

/**
 * How `Request::Fault` breaks.
 */
export type Fault = "panic" | "loseDevice";

/**
 * A reader's points in 2-D.
 */
export type PointSource = { "type": "csv", 
/**
 * The text, UTF-8.
 */
bytes: Bytes, } | { "type": "drawn", 
/**
 * x, y, x, y, … as little-endian f32, in the window's coordinates.
 */
xy: Bytes, 
/**
 * The class of each, 0 or 1, a byte each; nothing for points without classes.
 */
classes?: Bytes, };

/**
 * Pictures of a reader's own, decoded and cropped to squares.
 */
export type PictureSource = { 
/**
 * Pixels in a row, and rows, of each: 8 to 64.
 */
side: number, 
/**
 * `4 · side²` bytes for each: red, green, blue, alpha (not multiplied in), row by row.
 */
pixels: Bytes, 
/**
 * For each its class, an index into `classes`; empty where none is known.
 */
labels: Array<number>, 
/**
 * Names of the classes.
 */
classes: Array<string>, 
/**
 * How they become images (those of `pictureSchema`); what is left out takes its default.
 */
options: Record<string, unknown>, 
/**
 * Whether they are recordings: instead of pixels one second of samples for each, 8000 of 16 bits, little-endian.
 */
sounds?: boolean, };

/**
 * Which schema `Request::CheckOptions` checks against.
 */
export type OptionScope = "config" | "train" | "sample" | "data" | "text" | "pictures";

/**
 * A question about a model. Which ones a family answers follows from its capabilities.
 */
export type ViewQuery = { "type": "dataImages", 
/**
 * Index of the first test image.
 */
start: number, 
/**
 * How many.
 */
count: number, } | { "type": "decode", 
/**
 * `latent_dim` numbers for each point.
 */
z: Floats, } | { "type": "encode", 
/**
 * The image.
 */
image: ImageInput, } | { "type": "plot", 
/**
 * Its id.
 */
plot: string, 
/**
 * What it is asked with.
 */
inputs: PlotInputs, } | { "type": "data", 
/**
 * How many points, at most 5,000.
 */
count: number, 
/**
 * Columns and rows of the true density; 0 = without.
 */
resolution: number, } | { "type": "chances", 
/**
 * The music.
 */
score: RollInput, 
/**
 * The voice, from the highest.
 */
voice: number, 
/**
 * The sixteenth.
 */
step: number, } | { "type": "score", 
/**
 * It.
 */
score: RollInput, } | { "type": "heldOut", 
/**
 * Which.
 */
index: number, } | { "type": "midi", 
/**
 * Its bytes.
 */
bytes: Bytes, } | { "type": "hummed", 
/**
 * Its bytes.
 */
bytes: Bytes, } | { "type": "metrics", 
/**
 * Points to judge by, 200 to 10,000.
 */
count: number, 
/**
 * Seed of the samples.
 */
seed: number, };

/**
 * How an interpolation walks.
 */
export type Path = "linear" | "spherical";

/**
 * An image given to a model.
 */
export type ImageInput = { "type": "test", 
/**
 * Its index.
 */
index: number, } | { "type": "rgba", 
/**
 * Pixels in a row.
 */
width: number, 
/**
 * Rows.
 */
height: number, 
/**
 * 4 · width · height bytes.
 */
pixels: Bytes, } | { "type": "drawing", 
/**
 * Pixels in a row.
 */
width: number, 
/**
 * Rows.
 */
height: number, 
/**
 * width · height bytes.
 */
pixels: Bytes, };

/**
 * An image of a class.
 */
export type LetterInput = { 
/**
 * The image.
 */
image: ImageInput, 
/**
 * Its class, by number.
 */
label: number, };

/**
 * A clip of the reader's own.
 */
export type ClipInput = { 
/**
 * Pixels in a row of a frame.
 */
width: number, 
/**
 * Rows of a frame.
 */
height: number, 
/**
 * Frame by frame and row by row, alpha not multiplied in: 4 · width · height bytes for each frame.
 */
pixels: Bytes, };

/**
 * Which part of an image is meant.
 */
export type MaskInput = { 
/**
 * Pixels in a row.
 */
width: number, 
/**
 * Rows.
 */
height: number, 
/**
 * width · height bytes: 0 where nothing is meant.
 */
pixels: Bytes, };

/**
 * The end of a request, or news on the way to it.
 */
export type Reply = { "type": "progress", 
/**
 * What is new.
 */
progress: Progress, } | { "type": "ok", 
/**
 * The result.
 */
outcome: Outcome, } | { "type": "error", 
/**
 * Why.
 */
error: ErrorInfo, };

/**
 * An [`Error`] as the page gets it.
 */
export type ErrorInfo = { 
/**
 * Stable code.
 */
code: Code, 
/**
 * One sentence: what happened.
 */
message: string, 
/**
 * One sentence: what to do next.
 */
hint: string, 
/**
 * Whether the session can go on as it is.
 */
recoverable: boolean, };

/**
 * The stable name of an error, the same in the page, in events and in the CLI.
 *
 * Codes are part of the public interface: they are only ever added.
 */
export type Code = "file-not-found" | "fetch-failed" | "policy-blocked" | "origin-blocked" | "wrong-type" | "site-updated" | "io" | "checkpoint-too-large" | "checkpoint-hash" | "checkpoint-parse" | "checkpoint-schema" | "checkpoint-shape" | "checkpoint-not-finite" | "adapter-base" | "bad-model-file" | "unknown-model" | "unknown-family" | "bad-option" | "bad-recipe" | "bad-image" | "bad-data" | "unknown-character" | "unsupported" | "cancelled" | "device-unavailable" | "device-lost" | "out-of-memory" | "over-budget" | "worker-restarted" | "training-diverged" | "storage-full" | "storage-busy" | "unknown-session" | "session-busy" | "bad-request" | "internal";

/**
 * News about a request.
 */
export type Progress = { "type": "sampling", 
/**
 * Steps taken.
 */
step: number, 
/**
 * Steps in all.
 */
of: number, 
/**
 * What it looks like now.
 */
view: View | null, } | { "type": "viewing", 
/**
 * It.
 */
view: View, } | { "type": "training", 
/**
 * Numbers.
 */
state: TrainState, 
/**
 * Samples at the session's fixed noise, when they were refreshed.
 */
samples: View | null, } | { "type": "snapshot", 
/**
 * Step at which it was taken.
 */
step: number, 
/**
 * A resumable checkpoint.
 */
bytes: Bytes, } | { "type": "helpers", 
/**
 * How many, at most.
 */
count: number, 
/**
 * Numbers of those that are of no use any more: they did not answer.
 */
lost: Array<number>, } | { "type": "speech", 
/**
 * It.
 */
sentence: SpokenSentence, };

/**
 * A sentence as sound, with what it was made of.
 */
export type SpokenSentence = { 
/**
 * Which it is, from 0 on.
 */
number: number, 
/**
 * How many there are.
 */
of: number, 
/**
 * As it was written.
 */
text: string, 
/**
 * Samples a second.
 */
rate: number, 
/**
 * Its samples, 16 bits each, the low byte first.
 */
sound: Bytes, 
/**
 * Its words and stops.
 */
words: Array<SpokenWord>, 
/**
 * Its phonemes in order.
 */
phonemes: Array<SpokenPhoneme>, 
/**
 * The pitch of each frame in Hz, 0 where there is none.
 */
pitch: Array<number>, 
/**
 * How loud each band is in each frame, row after row from the highest: 0 to 255.
 */
picture: Bytes, 
/**
 * How many bands.
 */
rows: number, 
/**
 * The middle of each band in Hz, from the highest on.
 */
bands: Array<number>, };

/**
 * A word of a sentence.
 */
export type SpokenWord = { 
/**
 * As it is read.
 */
text: string, 
/**
 * Whether a space follows.
 */
space: boolean, 
/**
 * Whether no dictionary has it, so that a network guessed.
 */
guessed: boolean, };

/**
 * A sound of a sentence.
 */
export type SpokenPhoneme = { 
/**
 * The phoneme, stress mark, stop or space.
 */
symbol: string, 
/**
 * When it begins, in seconds.
 */
start: number, 
/**
 * When it ends.
 */
end: number, 
/**
 * The word that it belongs to.
 */
word: number, };

/**
 * What a listener wants otherwise in a phoneme of a sentence.
 */
export type Bend = { 
/**
 * Which one, by its place.
 */
phoneme: number, 
/**
 * How many times as long: ¼ to 4.
 */
length: number, 
/**
 * How much higher or lower in its middle, in semitones; between two middles it goes from one to the other.
 */
pitch: number, };

/**
 * What a request gave.
 */
export type Outcome = { "type": "done" } | { "type": "description", 
/**
 * Families, in the order of the page.
 */
families: Array<FamilyInfo>, 
/**
 * JSON Schema of the training options.
 */
trainSchema: JsonSchema, 
/**
 * JSON Schema of the options of toy data sets.
 */
dataSchema: JsonSchema, 
/**
 * JSON Schema of the options of texts.
 */
textSchema: JsonSchema, 
/**
 * JSON Schema of the options of a reader's own pictures.
 */
pictureSchema: JsonSchema, 
/**
 * Data sets that need no file, in the order of the page.
 */
toys: Array<ToyInfo>, 
/**
 * Sets of images and of clips that are made and need no file of their own.
 */
made: Array<Made>, 
/**
 * Trainings worth seeing, those that fail on purpose included.
 */
presets: Array<Preset>, } | { "type": "points", 
/**
 * How many were kept.
 */
count: number, 
/**
 * They are drawn in these coordinates: left, right, bottom, top.
 */
window: [number, number, number, number], 
/**
 * What these coordinates are in the reader's own units, where the points were scaled.
 */
units?: [number, number, number, number], 
/**
 * What of a table was not taken for a point, in sentences.
 */
skipped?: string, } | { "type": "text", 
/**
 * About it.
 */
text: TextInfo, } | { "type": "pictures", 
/**
 * About them.
 */
pictures: PictureInfo, 
/**
 * Some of them as the model sees them.
 */
preview: View, } | { "type": "second", 
/**
 * 8000 samples of 16 bits, little-endian.
 */
sound: Bytes, } | { "type": "opening", 
/**
 * It.
 */
opening: Opening, } | { "type": "pace", 
/**
 * Seconds of a step.
 */
seconds: number, 
/**
 * Trainable numbers.
 */
parameters: number, } | { "type": "model", 
/**
 * About it.
 */
model: ModelInfo, } | { "type": "view", 
/**
 * It.
 */
view: View, } | { "type": "trained", 
/**
 * Its last state.
 */
state: TrainState, } | { "type": "file", 
/**
 * Suggested name.
 */
name: string, 
/**
 * Media type.
 */
mime: string, 
/**
 * Its bytes.
 */
bytes: Bytes, } | { "type": "options", 
/**
 * Those that hold, typed.
 */
values: Record<string, unknown>, 
/**
 * One for each that does not.
 */
errors: Array<ErrorInfo>, };

/**
 * What a file holds, as far as its beginning tells.
 */
export type Opening = { 
/**
 * What it calls itself; may be empty.
 */
name: string, 
/**
 * The form of the file, for example `GGUF`.
 */
format: string, 
/**
 * For example `llama`.
 */
architecture: string, 
/**
 * How most of its weights lie, for example `Q4_1`.
 */
weights: string, 
/**
 * The licence that it names; may be empty.
 */
licence: string, 
/**
 * Its numbers.
 */
parameters: number, 
/**
 * Bytes of the file.
 */
bytes: number, 
/**
 * Bytes of memory that it takes, with all that it can look back on.
 */
memory: number, 
/**
 * The most tokens that it looks back on here.
 */
context: number, 
/**
 * Seconds for a token, estimated on this computer.
 */
seconds: number, 
/**
 * Whether it makes vectors of texts, and does not write.
 */
encoder: boolean, };

/**
 * A family, as the page needs to know it.
 */
export type FamilyInfo = { 
/**
 * For example `vae`.
 */
id: string, 
/**
 * For example `Variational autoencoder`.
 */
title: string, 
/**
 * The paper that it follows.
 */
paper: string, 
/**
 * What it can do.
 */
capabilities: Capabilities, 
/**
 * What it starts from on each kind of data that it models.
 */
spaces: Array<FamilySpace>, 
/**
 * Id of the family whose models its own begin with, if they are not made from nothing.
 */
from?: string, 
/**
 * Id of the family as whose models these are gone on from, where that is another.
 */
like?: string, 
/**
 * What is optimised separately: one network for most, two for a GAN.
 */
networks: Array<string>, 
/**
 * JSON Schema of its config.
 */
configSchema: JsonSchema, 
/**
 * What a sampler can be asked for besides a number of samples.
 */
conditions: Array<ConditionKind>, 
/**
 * JSON Schema of its sampling options, and of those conditions that a form can ask for.
 */
sampleSchema: JsonSchema, };

/**
 * The kinds of [`Space`].
 */
export type SpaceKind = "image" | "video" | "points" | "classes" | "energy" | "text" | "pairs" | "score" | "groove" | "functions" | "episodes" | "paths";

/**
 * What samples are to fit. What is left out is free.
 */
export type Condition = { 
/**
 * What the text begins with.
 */
prompt?: string, 
/**
 * The class to draw from.
 */
label?: number, 
/**
 * How strongly samples follow the condition; 1 = as the model learned it.
 */
guidance?: number, 
/**
 * Values of one example, as many as it has; those count where `mask` is 1.
 */
known?: Array<number>, 
/**
 * For each value 1 if it is known, 0 if it is to be drawn.
 */
mask?: Array<number>, 
/**
 * Where a walk or a path begins: an image, or a point.
 */
start?: Array<number>, 
/**
 * How far from `start` samples may lead: 0 nowhere, 1 as if it were not there.
 */
strength?: number, 
/**
 * Averages over squares of 2 × 2 pixels, channel by channel and row by row: samples are images that
 * have these.
 */
coarse?: Array<number>, 
/**
 * Where a path ends.
 */
goal?: Array<number>, 
/**
 * Walls of a maze, row by row from the top: # for a wall and . for floor, with / between rows.
 */
walls?: string, 
/**
 * Music of which some is given and some is to be made.
 */
score?: RollInput, };

/**
 * The conditions that a family can honour.
 */
export type ConditionKind = "prompt" | "label" | "guidance" | "known" | "start" | "strength" | "coarse" | "goal" | "walls" | "score";

/**
 * What a family starts from on data of a kind.
 */
export type FamilySpace = { 
/**
 * The kind.
 */
kind: SpaceKind, 
/**
 * What is optimised with that config, in TeX, a line for each equation.
 */
equation: Array<string>, 
/**
 * Its config.
 */
config: Record<string, unknown>, 
/**
 * Its training options.
 */
train: Record<string, unknown>, 
/**
 * Configs to choose from, from small to large; none where one serves.
 */
sizes: Array<Size>, 
/**
 * Of images: whether they may be in colour.
 */
colour: boolean, 
/**
 * What can be seen of its models.
 */
plots: Array<PlotSpec>, };

/**
 * A text to learn from.
 */
export type TextInfo = { 
/**
 * Its name.
 */
name: string, 
/**
 * Characters.
 */
characters: number, 
/**
 * Tokens in its vocabulary.
 */
vocabulary: number, 
/**
 * Some of them, for people, the most frequent first.
 */
pieces: Array<string>, 
/**
 * Tokens to learn from.
 */
train: number, 
/**
 * Tokens held out.
 */
heldOut: number, 
/**
 * How it begins.
 */
beginning: string, 
/**
 * Where the part held out begins.
 */
heldOutBeginning: string, };

/**
 * What became of a reader's pictures.
 */
export type PictureInfo = { 
/**
 * Name of the set.
 */
name: string, 
/**
 * 1 for grey, 3 for colour.
 */
channels: number, 
/**
 * Rows and columns.
 */
side: number, 
/**
 * Pictures to learn from, mirror images not counted.
 */
train: number, 
/**
 * Pictures held out.
 */
heldOut: number, 
/**
 * Pictures that were left out, since there was another one just like them.
 */
duplicates: number, 
/**
 * The classes; none where the pictures have no classes, or only one.
 */
classes: Array<PictureClass>, };

/**
 * A class of a reader's pictures.
 */
export type PictureClass = { 
/**
 * Its name.
 */
name: string, 
/**
 * Pictures in it.
 */
count: number, };

/**
 * A data set that is made on the spot.
 */
export type ToyInfo = { 
/**
 * For example `moons`.
 */
id: string, 
/**
 * For example `Two moons`.
 */
title: string, 
/**
 * Points or an energy.
 */
kind: SpaceKind, 
/**
 * Where it is drawn: left, right, bottom, top.
 */
window: [number, number, number, number], 
/**
 * How many modes it has, if they can be counted.
 */
modes: number | null, };

/**
 * A set that is made and needs no file of its own.
 */
export type Made = { 
/**
 * Its name.
 */
name: string, 
/**
 * What one of its examples is.
 */
kind: SpaceKind, 
/**
 * Name of the set that it is made of, if it is made of one; that has to be handed over.
 */
of: string | null, };

/**
 * A training worth seeing.
 */
export type Preset = { 
/**
 * For example `gan-mode-collapse`.
 */
id: string, 
/**
 * For example `Mode collapse`.
 */
title: string, 
/**
 * One sentence: what will be seen, and why.
 */
why: string, 
/**
 * Whether it is meant to fail.
 */
fails: boolean, 
/**
 * Id of the family.
 */
family: string, 
/**
 * Id of the toy.
 */
data: string, 
/**
 * The family's options.
 */
config: Record<string, unknown>, 
/**
 * Options of the training.
 */
train: Record<string, unknown>, 
/**
 * The plot that shows it best.
 */
plot: string, 
/**
 * Where its scrubber stands, if it has one: 1 is the end.
 */
at: number, 
/**
 * Steps after which it can be seen.
 */
steps: number, };

/**
 * A config to begin with.
 */
export type Size = { 
/**
 * For example `small`.
 */
id: string, 
/**
 * For example `Small`.
 */
title: string, 
/**
 * The family's options, where they differ from its defaults.
 */
config: Record<string, unknown>, 
/**
 * Steps after which it has learned most of what it will.
 */
steps: number, };

/**
 * A picture that can be made of a model.
 */
export type PlotSpec = { 
/**
 * For example `density`.
 */
id: string, 
/**
 * For example `Density`.
 */
title: string, 
/**
 * What is drawn, and how to read it: the caption.
 */
help: string, 
/**
 * What it is asked with besides a count, a seed and a resolution.
 */
inputs: Array<PlotInput>, 
/**
 * Whether the data is drawn beneath it when the reader wants it.
 */
overData: boolean, 
/**
 * The kind of picture that it is answered with, where another is usual for its inputs.
 */
answer: string | null, 
/**
 * Whether the data has to be at hand.
 */
needsData: boolean, 
/**
 * Whether the model has to have learned classes.
 */
needsClasses: boolean, 
/**
 * Whether its data has to be sounds.
 */
needsSound: boolean, 
/**
 * Whether other models of the same data can be asked the same, for their numbers to stand beside these.
 */
comparable: boolean, 
/**
 * Whether it is twice as wide as high: two pictures side by side.
 */
wide: boolean, 
/**
 * Whether it takes long: it begins when the reader asks for it, and is told as it grows.
 */
slow: boolean, };

/**
 * What a plot is asked with.
 */
export type PlotInput = { "kind": "scrubber", 
/**
 * What it moves along, for example `layers` or `time`.
 */
along: string, } | { "kind": "pointer" } | { "kind": "image" } | { "kind": "pair" } | { "kind": "mask" } | { "kind": "clip" } | { "kind": "text" } | { "kind": "sentence" } | { "kind": "instruction", 
/**
 * One to begin with.
 */
example: string, } | { "kind": "letters" } | { "kind": "gaps", 
/**
 * One to begin with.
 */
example: string, } | { "kind": "query", 
/**
 * One to begin with.
 */
example: string, } | { "kind": "lines", 
/**
 * What they are.
 */
title: string, 
/**
 * Some to begin with.
 */
example: string, } | { "kind": "passages" } | { "kind": "marks" } | { "kind": "mission" } | { "kind": "question", 
/**
 * One to begin with.
 */
example: string, } | { "kind": "demonstrations" } | { "kind": "maze" } | { "kind": "phrase" };

/**
 * The answers to a plot's inputs; what a plot does not ask for is ignored.
 */
export type PlotInputs = { 
/**
 * Where the scrubber stands, 0 to 1.
 */
at?: number, 
/**
 * What the reader points at, in the window's coordinates.
 */
pointer?: [number, number], 
/**
 * Points that the reader placed, in the window's coordinates.
 */
marks?: Array<[number, number]>, 
/**
 * An image, or the first of two.
 */
image?: ImageInput, 
/**
 * The second image.
 */
to?: ImageInput, 
/**
 * Which part of the image is meant.
 */
mask?: MaskInput, 
/**
 * A clip of the reader's own.
 */
clip?: ClipInput, 
/**
 * Images, each with its class.
 */
letters?: Array<LetterInput>, 
/**
 * A text.
 */
text?: string, 
/**
 * Texts, one a line.
 */
lines?: string, 
/**
 * What a model made of these lines before, in whole numbers of 8 bits: a vector for each line, all noughts where
 * there is none.
 */
vectors?: Bytes, 
/**
 * Actions that are taken before the model's own, by their letters.
 */
actions?: string, 
/**
 * What is changed in a world while something acts in it: see [`Change`](crate::worlds::rooms::Change).
 */
changes?: string, 
/**
 * How strongly walls push away what is planned, from 0 to 1.
 */
walls?: number, 
/**
 * The language of the text, by its code; empty for the model's first.
 */
from?: string, 
/**
 * The language to translate it into; empty for the model's second.
 */
into?: string, 
/**
 * How many points, lines, draws or steps.
 */
count?: number, 
/**
 * Seed of its noise.
 */
seed?: number, 
/**
 * Columns and rows of a field or a map.
 */
resolution?: number, 
/**
 * How a walk between two codes goes.
 */
path?: Path, };

/**
 * What a family can do besides training and sampling.
 */
export type Capabilities = { 
/**
 * What its `log_prob` is, if it has one.
 */
density: DensityKind | null, 
/**
 * It encodes and decodes.
 */
latent: boolean, 
/**
 * It maps data to noise and back exactly.
 */
invertible: boolean, 
/**
 * It reads and writes text.
 */
language: boolean, 
/**
 * It guesses tokens of a text from those on both sides.
 */
masked: boolean, };

/**
 * What a `log_prob` means.
 */
export type DensityKind = "exact" | "lowerBound" | "importanceWeighted" | "flowOde";

/**
 * A model in a session.
 */
export type ModelInfo = { 
/**
 * Id of its family.
 */
family: string, 
/**
 * Id of the checkpoint, if it came from one.
 */
id: string | null, 
/**
 * Name of its data set.
 */
data: string, 
/**
 * What that data is.
 */
space: SpaceInfo, 
/**
 * Names of the classes of its data.
 */
classes: Array<string>, 
/**
 * Whether its images are sounds.
 */
sound: boolean, 
/**
 * A sentence that it could be told, of a model that paints what it is told.
 */
prompt?: string, 
/**
 * A question that it could be asked, of a model that says what it sees.
 */
question?: string, 
/**
 * Whether changes can be asked of it in words.
 */
changes: boolean, 
/**
 * Numbers in its latent vector, 0 without one.
 */
latentDim: number, 
/**
 * Trainable numbers.
 */
parameters: number, 
/**
 * Of a model of points: passes through its network for samples; 0 where it is not known.
 */
passes: number, 
/**
 * Whether there is a page of PyTorch for it.
 */
page: boolean, 
/**
 * Whether it has adapters, which can be saved without it.
 */
adapter?: boolean, 
/**
 * What of its text had to be changed for its vocabulary, as a sentence.
 */
changed?: string, 
/**
 * Optimizer steps behind it.
 */
step: number, 
/**
 * Seed of its training.
 */
seed: number, 
/**
 * What is optimised, in TeX, a line for each equation.
 */
equation: Array<string>, 
/**
 * Its config.
 */
config: Record<string, unknown>, 
/**
 * Its training options.
 */
train: Record<string, unknown>, 
/**
 * Recorded losses and snapshots, when it was being trained.
 */
state: TrainState, };

/**
 * What a model's data is, as the page needs to know it.
 */
export type SpaceInfo = { "kind": "image", 
/**
 * 1 = grey, 3 = red, green, blue.
 */
channels: number, 
/**
 * Pixels in a row.
 */
width: number, 
/**
 * Rows.
 */
height: number, } | { "kind": "video", 
/**
 * Frames.
 */
frames: number, 
/**
 * 1 = grey, 3 = red, green, blue.
 */
channels: number, 
/**
 * Pixels in a row.
 */
width: number, 
/**
 * Rows.
 */
height: number, } | { "kind": "points", 
/**
 * Left, right, bottom, top of what is drawn.
 */
window: [number, number, number, number], 
/**
 * The same in the reader's own units, where the points were scaled.
 */
units?: [number, number, number, number], } | { "kind": "classes", 
/**
 * Left, right, bottom, top of what is drawn.
 */
window: [number, number, number, number], } | { "kind": "energy", 
/**
 * Left, right, bottom, top of what is drawn.
 */
window: [number, number, number, number], } | { "kind": "text", 
/**
 * Tokens that the model looks back on.
 */
blockSize: number, 
/**
 * Tokens in its vocabulary.
 */
vocabulary: number, 
/**
 * Characters in a token of the text held out, on average: nats a token divided by it are
 * nats a character.
 */
charactersPerToken: number, } | { "kind": "pairs", 
/**
 * The languages, by their codes; the digits of numbers are called `digits`.
 */
languages: Array<string>, 
/**
 * Tokens in its vocabulary.
 */
vocabulary: number, 
/**
 * The most tokens of a text.
 */
longest: number, 
/**
 * Texts that were held out, to begin with.
 */
examples: Array<ExampleInfo>, } | { "kind": "score", 
/**
 * Sixteenths that the model sees at once.
 */
steps: number, } | { "kind": "groove", 
/**
 * Sixteenths that the model sees at once.
 */
steps: number, } | { "kind": "functions", 
/**
 * Numbers in x.
 */
inputs: number, 
/**
 * Pairs of a prompt.
 */
length: number, } | { "kind": "episodes", 
/**
 * Moments that it looks back on.
 */
steps: number, } | { "kind": "paths", 
/**
 * Cells in a row and in a column of a maze.
 */
side: number, };

/**
 * A text to translate.
 */
export type ExampleInfo = { 
/**
 * Its language, by its code.
 */
from: string, 
/**
 * The language to translate it into.
 */
into: string, 
/**
 * It.
 */
text: string, };

/**
 * Where a training stands.
 */
export type TrainState = { 
/**
 * Optimizer steps taken.
 */
step: number, 
/**
 * Passes over the data, counting parts.
 */
epoch: number, 
/**
 * Steps a second, lately.
 */
rate: number, 
/**
 * Workers that compute a step together; one where nobody helps.
 */
workers: number, 
/**
 * Seconds of computing behind it, this session's.
 */
seconds: number, 
/**
 * The history of each named loss since the session began (thinned).
 */
losses: Array<LossCurve>, 
/**
 * Steps at which snapshots were kept.
 */
snapshots: Array<number>, 
/**
 * The step after which the held-out loss has only grown: from there on it learns by heart.
 */
overfitting: number | null, };

/**
 * One named loss over time.
 */
export type LossCurve = { 
/**
 * For example `reconstruction`.
 */
name: string, 
/**
 * `train` or `heldOut`.
 */
split: Split, 
/**
 * Steps.
 */
steps: Array<number>, 
/**
 * Values at those steps.
 */
values: Array<number>, };

/**
 * Which part of the data.
 */
export type Split = "train" | "heldOut";

/**
 * Something to draw. The page knows these kinds and no model.
 */
export type View = { "kind": "image", 
/**
 * Pixels in a row of the whole.
 */
width: number, 
/**
 * Rows of the whole.
 */
height: number, 
/**
 * Tiles in a row.
 */
columns: number, 
/**
 * Rows of tiles.
 */
rows: number, 
/**
 * 4 · width · height bytes.
 */
rgba: Bytes, 
/**
 * What each tile is; empty where they are all of a kind.
 */
titles?: Array<string>, } | { "kind": "clips", 
/**
 * All frames (a [`View::Image`] with a row for each clip and a column for each frame).
 */
sheet: View, 
/**
 * What each clip is; empty where they are all samples.
 */
titles: Array<string>, 
/**
 * For each frame whether it was given, and not made.
 */
given: Array<boolean>, } | { "kind": "points", 
/**
 * x, y, x, y, … as little-endian f32.
 */
xy: Bytes, 
/**
 * The class of each, or empty.
 */
classes: Bytes, } | { "kind": "plot", 
/**
 * Left, right, bottom, top of what is drawn.
 */
window: [number, number, number, number], 
/**
 * What is drawn, from the bottom up.
 */
layers: Array<Layer>, 
/**
 * What it is, in a few words: "exact density", "after layer 3 of 8".
 */
label: string, 
/**
 * Numbers to stand beside it.
 */
numbers: Array<Number>, 
/**
 * Bars to stand beside it, one for each layer of a flow, for example.
 */
bars: Bars | null, 
/**
 * What its colours stand for; empty where the caption says it.
 */
key?: Array<Key>, } | { "kind": "texts", 
/**
 * They.
 */
texts: Array<Text>, } | { "kind": "matrices", 
/**
 * The tokens: rows look at columns.
 */
tokens: Array<string>, 
/**
 * Layers.
 */
layers: number, 
/**
 * Heads of a layer.
 */
heads: number, 
/**
 * `layers · heads` matrices of f32, row by row, little-endian.
 */
values: Bytes, } | { "kind": "table", 
/**
 * Heads of the columns.
 */
columns: Array<string>, 
/**
 * Heads of the rows.
 */
rows: Array<string>, 
/**
 * Cells, row by row.
 */
cells: Array<Cell>, } | { "kind": "translation", 
/**
 * What was read, piece by piece, after its languages.
 */
read: Array<string>, 
/**
 * What was guessed, piece by piece, and the end.
 */
written: Array<string>, 
/**
 * Its pieces, each with what else could have stood there.
 */
tokens: Array<Token>, 
/**
 * The likeliest translations, best first.
 */
proposals: Array<Proposal>, 
/**
 * Layers of the decoder.
 */
layers: number, 
/**
 * Heads of a layer.
 */
heads: number, 
/**
 * Where it looked: `layers · heads` matrices of f32 with a row for each piece that was guessed and a
 * column for each that was read, row by row, little-endian.
 */
alignment: Bytes, } | { "kind": "chart", 
/**
 * What runs to the right.
 */
across: string, 
/**
 * What runs upwards.
 */
up: string, 
/**
 * The places.
 */
ticks: Array<string>, 
/**
 * Lowest and highest value that is drawn.
 */
range: [number, number], 
/**
 * They.
 */
curves: Array<Curve>, 
/**
 * A value to compare with, and what it is.
 */
level: [string, number] | null, } | { "kind": "ranking", 
/**
 * What the bars are.
 */
title: string, 
/**
 * What the shares are; empty where there are none.
 */
share: string, 
/**
 * Where bars may begin and end; they start from nought.
 */
range: [number, number], 
/**
 * They.
 */
rows: Array<Ranked>, 
/**
 * Numbers to stand beside it.
 */
numbers: Array<Number>, } | { "kind": "episode", 
/**
 * The world from above at each moment, and at the end (a [`View::Image`] of a row of tiles).
 */
worlds: View, 
/**
 * What the agent sees at each, likewise.
 */
sights: View, 
/**
 * What is to be seen there.
 */
caption: string, 
/**
 * The mission as a sentence.
 */
mission: string, 
/**
 * Its words.
 */
words: Array<string>, 
/**
 * What can be done, for people.
 */
actions: Array<string>, 
/**
 * A letter for each of them.
 */
letters: string, 
/**
 * The moments before each action.
 */
moments: Array<EpisodeMoment>, 
/**
 * What came of it, as a sentence.
 */
outcome: string, 
/**
 * What the model said that it is up to, one thing after the other, as a mission; empty for nothing.
 */
plan: string, 
/**
 * Missions that this world has something for.
 */
suggestions: Array<string>, 
/**
 * Whether the mission is done.
 */
done: boolean, 
/**
 * Steps that the expert takes for it; `null` where it cannot be done.
 */
expertSteps: number | null, 
/**
 * Where the reader plays or answers: how that goes on, and what they have played before.
 */
lesson: Lesson | null, 
/**
 * Where the reader can change the world: how, and what they have changed.
 */
changing: Changing | null, 
/**
 * What the model makes of each action at the end, as [`EpisodeMoment::probabilities`] before; empty where
 * nothing is decided there.
 */
atEnd: Array<number>, } | { "kind": "scores", 
/**
 * It, one or several pieces.
 */
scores: Array<Roll>, } | { "kind": "sounds", 
/**
 * The pictures (a [`View::Image`] with a tile for each).
 */
sheet: View, 
/**
 * Samples a second.
 */
rate: number, 
/**
 * Of each the samples, 16 bits, little-endian.
 */
sounds: Array<Bytes>, 
/**
 * What each is; empty where nothing is known of it.
 */
titles: Array<string>, 
/**
 * For each whether it is of the data, and not made.
 */
given: Array<boolean>, } | { "kind": "numbers", 
/**
 * They.
 */
numbers: Array<Number>, } | { "kind": "raster", 
/**
 * It as the model sees it (a [`View::Image`] of one tile).
 */
image: View, 
/**
 * Levels of a pixel; 0 where it has none.
 */
levels: number, 
/**
 * The level of each pixel.
 */
values: Bytes, 
/**
 * The probability of each level of each pixel, given the pixels before it: `pixels · levels` of
 * f32, little-endian; empty where the model does not go pixel by pixel.
 */
probabilities: Bytes, 
/**
 * Numbers to stand beside it.
 */
numbers: Array<Number>, } | { "kind": "posterior", 
/**
 * Means.
 */
mu: Array<number>, 
/**
 * Standard deviations.
 */
sigma: Array<number>, 
/**
 * KL(q‖p) of each dimension, nats.
 */
kl: Array<number>, } | { "kind": "reconstruction", 
/**
 * The image as the model sees it (a [`View::Image`] of one tile).
 */
input: View, 
/**
 * Means.
 */
mu: Array<number>, 
/**
 * Standard deviations.
 */
sigma: Array<number>, 
/**
 * The drawn z, `latent_dim` numbers for each.
 */
z: Array<number>, 
/**
 * One tile a draw.
 */
output: View, 
/**
 * −log p(x|z) averaged over the draws, nats.
 */
reconstruction: number, 
/**
 * KL(q‖p), nats.
 */
kl: number, };

/**
 * A score to be drawn, heard and changed.
 */
export type Roll = { 
/**
 * Sixteenths.
 */
steps: number, 
/**
 * The lowest note that there can be, in MIDI.
 */
low: number, 
/**
 * The highest.
 */
high: number, 
/**
 * From the highest voice to the lowest.
 */
voices: Array<Voice>, 
/**
 * Sixteenths with which a bar begins.
 */
bars: Array<number>, 
/**
 * Sixteenths over which there is a fermata.
 */
fermatas: Array<number>, 
/**
 * Quarters a minute; 0 where nothing is said.
 */
tempo: number, 
/**
 * What the voices do that the rules of part-writing forbid, as (sixteenth, what) in order.
 */
faults: Array<[number, string]>, 
/**
 * Whether the voices are the drums of a kit.
 */
drums: boolean, };

/**
 * A voice of a [`Roll`].
 */
export type Voice = { 
/**
 * For example `Soprano`.
 */
title: string, 
/**
 * Its notes, in order.
 */
notes: Array<Note>, };

/**
 * A note of a voice.
 */
export type Note = { 
/**
 * The sixteenth with which it begins.
 */
start: number, 
/**
 * Sixteenths that it lasts.
 */
length: number, 
/**
 * In MIDI: 60 is middle C.
 */
pitch: number, 
/**
 * Whether it was given, and not made.
 */
given?: boolean, 
/**
 * How hard a drum is hit, 0 to 127; nothing where that is to be made, and in the voices of singers.
 */
velocity?: number, 
/**
 * How much later a drum is hit than its sixteenth begins, in 120ths of a sixteenth, −60 to 60.
 */
shift?: number, };

/**
 * A score that a reader has written or changed, and what of it is to be made anew.
 */
export type RollInput = { 
/**
 * Sixteenths.
 */
steps: number, 
/**
 * The notes of each voice, from the highest to the lowest.
 */
voices: Array<Array<Note>>, 
/**
 * Stretches that are to be made: voice, first sixteenth, how many.
 */
free: Array<[number, number, number]>, 
/**
 * Sixteenths with which a bar begins; what comes before the first belongs to a bar begun earlier.
 */
bars: Array<number>, 
/**
 * Sixteenths over which there is a fermata.
 */
fermatas: Array<number>, 
/**
 * Quarters a minute; 0 where nothing is said.
 */
tempo: number, };

/**
 * A text, or what was added to it.
 */
export type Text = { 
/**
 * How many tokens came before these (progress carries only what is new).
 */
start: number, 
/**
 * They.
 */
tokens: Array<Token>, 
/**
 * Whether they take the place of all that was told before.
 */
anew?: boolean, };

/**
 * A token of a text and what else could have stood there.
 */
export type Token = { 
/**
 * Its number in the vocabulary.
 */
id: number, 
/**
 * Its text. A character that takes several tokens stands with the last of them.
 */
text: string, 
/**
 * log p of it under the model, given those before it, nats; `null` for the first.
 */
logProb: number | null, 
/**
 * The most probable tokens at this place, best first.
 */
alternatives: Array<Alternative>, 
/**
 * Whether it was given, not drawn.
 */
given: boolean, };

/**
 * What could have stood at a place.
 */
export type Alternative = { 
/**
 * Its number in the vocabulary.
 */
id: number, 
/**
 * Its text.
 */
text: string, 
/**
 * Its probability under the model.
 */
prob: number, };

/**
 * A translation that a model might give.
 */
export type Proposal = { 
/**
 * It.
 */
text: string, 
/**
 * Its probability under the model, given the text.
 */
prob: number, 
/**
 * Whether it came to its end.
 */
ended: boolean, };

/**
 * A moment of a [`View::Episode`].
 */
export type EpisodeMoment = { 
/**
 * What was done, a place among the actions.
 */
taken: number, 
/**
 * Whether the reader did it.
 */
given: boolean, 
/**
 * The probability of each action under the model.
 */
probabilities: Array<number>, 
/**
 * How much the model attends to each word of the mission; they add up to one.
 */
words: Array<number>, 
/**
 * What the model says that it is up to.
 */
plan: string, 
/**
 * What the expert would do, a place among the actions; `null` where there is no way.
 */
expert: number | null, 
/**
 * Parts of the mission that are done.
 */
done: number, 
/**
 * What the model says that it sees; empty for one without a voice.
 */
sees?: string, 
/**
 * What there is to be seen, where that is something else.
 */
inTruth?: string, };

/**
 * The world of a [`View::Episode`], which the reader can change.
 */
export type Changing = { 
/**
 * Cells in a row and in a column of each picture of the world.
 */
side: number, 
/**
 * Column and row, in such a picture, of the world's first cell.
 */
first: [number, number], 
/**
 * Columns and rows of the world.
 */
size: [number, number], 
/**
 * What its cells can be.
 */
spots: Array<Spot>, 
/**
 * At each moment, and at the end, what each cell is, row by row: a place among those.
 */
cells: Array<Array<number>>, 
/**
 * What was changed, in its order.
 */
made: Array<Changed>, 
/**
 * Why the mission can be done no more, or never could.
 */
stuck: Hindrance | null, };

/**
 * A cell of a world that can be changed.
 */
export type Spot = { 
/**
 * What it is.
 */
name: string, 
/**
 * What can be made of it, as a change is written.
 */
choices: Array<string>, 
/**
 * Whether what is there can be moved.
 */
moves: boolean, };

/**
 * A change of a world.
 */
export type Changed = { 
/**
 * Steps that were taken before it.
 */
step: number, 
/**
 * As it is written.
 */
written: string, 
/**
 * What was there, and what became of it.
 */
told: string, };

/**
 * Why a mission cannot be done.
 */
export type Hindrance = "missing" | "unreachable" | "gone" | "cut-off";

/**
 * A [`View::Episode`] that the reader plays, or in which the agent asks them.
 */
export type Lesson = { 
/**
 * What was done, a letter for each moment: large where the reader did it, small where the agent did. What comes
 * next is put behind it.
 */
history: string, 
/**
 * The moment at which somebody is waited for; `null` at the end.
 */
pending: Pending | null, 
/**
 * How unsure the agent was at each moment, 0 to 1; empty where the reader plays alone.
 */
doubts: Array<number>, 
/**
 * How unsure it has to be to ask.
 */
threshold: number, 
/**
 * The episode as a line of JSON, if it has ended and can be learned from.
 */
line: string | null, 
/**
 * Whether the agent plays.
 */
asks: boolean, 
/**
 * What was played before.
 */
own: Array<Shown>, };

/**
 * The moment at which a [`Lesson`] waits for an answer.
 */
export type Pending = { 
/**
 * The probability of each action under the model; empty where the reader plays alone.
 */
probabilities: Array<number>, 
/**
 * How unsure that is, 0 to 1.
 */
doubt: number, 
/**
 * What the expert would do, by its letter; `null` where there is no way.
 */
expert: string | null, };

/**
 * An episode that was played before.
 */
export type Shown = { 
/**
 * Its mission.
 */
mission: string, 
/**
 * Its moments.
 */
steps: number, 
/**
 * Those at which somebody said what is right.
 */
answers: number, 
/**
 * Whether its mission was done.
 */
done: boolean, 
/**
 * Whether it is held out.
 */
heldOut: boolean, };

/**
 * A cell of a [`View::Table`].
 */
export type Cell = { 
/**
 * What stands in it.
 */
text: string, 
/**
 * From 0 (not at all) to 1 (fully).
 */
value: number, };

/**
 * A curve of a [`View::Chart`].
 */
export type Curve = { 
/**
 * What it is.
 */
title: string, 
/**
 * Its value at each place, where there is one.
 */
values: Array<number | null>, 
/**
 * How far it may be off at each place, up and down.
 */
errors: Array<number | null>, };

/**
 * A row of a [`View::Ranking`].
 */
export type Ranked = { 
/**
 * Its place among what was asked with, from 0.
 */
place: number, 
/**
 * What it is.
 */
text: string, 
/**
 * Its bar.
 */
value: number, 
/**
 * Its share of all, 0 to 1.
 */
share: number | null, };

/**
 * A named number.
 */
export type Number = { 
/**
 * Stable name, for example `klToTruth`.
 */
id: string, 
/**
 * For people, for example `KL(data‖model)`.
 */
title: string, 
/**
 * Its value; `null` where it is not finite.
 */
value: number | null, 
/**
 * For example `nats`.
 */
unit: string, 
/**
 * Digits after the point that mean something.
 */
digits: number, 
/**
 * Whether it is an upper bound: what it stands for is so much or less.
 */
atMost: boolean, };

/**
 * Named bars.
 */
export type Bars = { 
/**
 * What they are.
 */
title: string, 
/**
 * One value for each, in order.
 */
values: Array<number>, };

/**
 * What a colour of a [`View::Plot`] stands for.
 */
export type Key = { 
/**
 * The colour.
 */
role: Role, 
/**
 * What is drawn in it.
 */
text: string, };

/**
 * What something in a plot stands for; the page gives each its colour.
 */
export type Role = "data" | "model" | "noise" | "guess" | "guide";

/**
 * A layer of a [`View::Plot`].
 */
export type Layer = { "kind": "points", 
/**
 * What they stand for.
 */
role: Role, 
/**
 * x, y, x, y, … as little-endian f32.
 */
xy: Bytes, } | { "kind": "field", 
/**
 * Values in a row.
 */
columns: number, 
/**
 * Rows, from the top down.
 */
rows: number, 
/**
 * Values as little-endian f32, at the middles of the cells.
 */
values: Bytes, 
/**
 * The value that is drawn as nothing.
 */
low: number, 
/**
 * The value that is drawn full.
 */
high: number, 
/**
 * Whether values on both sides of the middle between `low` and `high` differ in kind (a
 * discriminator's), so that the middle is drawn as nothing.
 */
diverging: boolean, } | { "kind": "lines", 
/**
 * What they stand for.
 */
role: Role, 
/**
 * x, y, x, y, … as little-endian f32, one line after another.
 */
xy: Bytes, 
/**
 * Points in each line.
 */
length: number, 
/**
 * Whether they are closed and filled.
 */
filled: boolean, } | { "kind": "arrows", 
/**
 * What they stand for.
 */
role: Role, 
/**
 * Where they start: x, y, x, y, … as little-endian f32.
 */
xy: Bytes, 
/**
 * How far they reach, likewise.
 */
d: Bytes, } | { "kind": "words", 
/**
 * What they stand for.
 */
role: Role, 
/**
 * x, y, x, y, … of the points, as little-endian f32.
 */
xy: Bytes, 
/**
 * For each point.
 */
words: Array<string>, };

/**
 * A way to compute.
 */
export type Backend = "cpu" | "webgpu";

/**
 * What a worker computes on.
 */
export type DeviceInfo = { 
/**
 * The back end in use.
 */
backend: Backend, 
/**
 * The adapter's own name, or what the CPU back end is.
 */
adapter: string, 
/**
 * Whether it is a software adapter: right, but slow.
 */
fallback: boolean, };

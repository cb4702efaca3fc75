//! The only types that cross the worker boundary.
//!
//! The page sends an [`Envelope`] with a [`Request`]; the worker answers each with any number of
//! [`Reply::Progress`] and exactly one [`Reply::Ok`] or [`Reply::Error`]. A [`Request::Cancel`]
//! names another request's id; that one then ends with the code `cancelled`. Bulk data
//! ([`Bytes`]) crosses as `Uint8Array`s whose buffers are transferred, never copied.
//!
//! The TypeScript side of these types, `web/client/protocol.ts`, is written by
//! `cargo test --lib protocol` and committed; a test fails when the two differ.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

use crate::error::{Code, Error};

/// Raw bytes: a `Uint8Array` in the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, TS)]
#[ts(type = "Uint8Array")]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: serde::de::Error>(self, v: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(v.to_vec()))
            }
            fn visit_byte_buf<E: serde::de::Error>(self, v: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(v))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut a: A) -> Result<Bytes, A::Error> {
                let mut out = Vec::new();
                while let Some(b) = a.next_element()? {
                    out.push(b);
                }
                Ok(Bytes(out))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

/// One message to the worker.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Envelope {
    /// Chosen by the page, unique while the request is under way.
    pub id: u32,
    /// What is asked.
    pub request: Request,
}

/// One message from the worker.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Answer {
    /// The id of the request it belongs to.
    pub id: u32,
    /// The answer.
    pub reply: Reply,
}

/// Everything that can be asked of the worker.
///
/// A *session* is what one widget does with one model; its number is chosen by the page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Request {
    /// Families, options and their schemas → [`Outcome::Description`].
    Describe,
    /// Hand over a data file (kept for all sessions) → [`Outcome::Done`].
    LoadData {
        /// Name of the set, for example `mnist`.
        name: String,
        /// The file.
        bytes: Bytes,
        /// Promised hash, when it comes from the site's manifest.
        sha256: Option<String>,
    },
    /// Hand over points of the plane under the name `custom` (kept for all sessions), scaled to fit
    /// the window → [`Outcome::Points`]. If it fails, what was there stays.
    LoadPoints {
        /// Where they come from.
        source: PointSource,
    },
    /// Hand over a text to learn from under a name (kept for all sessions) → [`Outcome::Text`]. If
    /// it fails, what was there stays.
    LoadText {
        /// Its name.
        name: String,
        /// The file: UTF-8, as it is or gzipped.
        bytes: Bytes,
        /// Promised hash, when it comes from the site's manifest.
        sha256: Option<String>,
        /// How it is to become tokens (those of `textSchema`); what is left out takes its default.
        #[serde(default)]
        #[ts(type = "Record<string, unknown>")]
        options: serde_json::Value,
    },
    /// Open a checkpoint in a session → [`Outcome::Model`]. If it fails, what the session had stays.
    Open {
        /// The session; made if it does not exist.
        session: u32,
        /// A safetensors file.
        bytes: Bytes,
        /// Promised hash, when it comes from the site's manifest.
        sha256: Option<String>,
    },
    /// Start an untrained model in a session → [`Outcome::Model`].
    Create {
        /// The session; made if it does not exist.
        session: u32,
        /// Id of the family, for example `vae`.
        family: String,
        /// The family's options; what is left out takes its default.
        #[ts(type = "Record<string, unknown>")]
        config: serde_json::Value,
        /// Options of the training; what is left out takes its default.
        #[ts(type = "Record<string, unknown>")]
        train: serde_json::Value,
        /// Name of the data set: a toy of the plane by its id, or a set that has been loaded.
        data: String,
        /// Options of a toy (those of `dataSchema`) or a text (those of `textSchema`); what is left
        /// out takes its default.
        #[serde(default)]
        #[ts(type = "Record<string, unknown>")]
        data_options: serde_json::Value,
        /// Seed of everything that is drawn.
        seed: u32,
    },
    /// How long a step of a training would take here → [`Outcome::Pace`]. Takes a few steps of a
    /// model that is thrown away.
    Pace {
        /// As in [`Request::Create`].
        family: String,
        /// As in [`Request::Create`].
        #[ts(type = "Record<string, unknown>")]
        config: serde_json::Value,
        /// As in [`Request::Create`].
        #[ts(type = "Record<string, unknown>")]
        train: serde_json::Value,
        /// As in [`Request::Create`].
        data: String,
        /// As in [`Request::Create`].
        #[serde(default)]
        #[ts(type = "Record<string, unknown>")]
        data_options: serde_json::Value,
    },
    /// End a session → [`Outcome::Done`].
    Dispose {
        /// The session.
        session: u32,
    },
    /// Draw samples → [`Outcome::View`] with a [`View::Image`], a [`View::Plot`] or a [`View::Texts`];
    /// progress carries earlier states.
    Sample {
        /// The session.
        session: u32,
        /// How many, 1 to 400 pictures, 20,000 points or 16 texts.
        count: u32,
        /// Seed.
        seed: u32,
        /// The family's own sampling options; what is left out takes its default.
        #[ts(type = "Record<string, unknown>")]
        options: serde_json::Value,
    },
    /// Look at the model → [`Outcome::View`].
    View {
        /// The session.
        session: u32,
        /// What to look at.
        query: ViewQuery,
        /// The model of a past snapshot (index into [`TrainState::snapshots`]); `null` = as it is.
        #[serde(default)]
        snapshot: Option<u32>,
    },
    /// A look as a vector drawing → [`Outcome::File`] (SVG).
    ExportView {
        /// The session.
        session: u32,
        /// What to look at; its answer must be a [`View::Plot`].
        query: ViewQuery,
        /// As in [`Request::View`].
        #[serde(default)]
        snapshot: Option<u32>,
    },
    /// Train until the step is reached, a cancel comes or training diverges → [`Outcome::Trained`].
    /// Progress messages are [`Progress::Training`] and [`Progress::Snapshot`].
    Train {
        /// The session.
        session: u32,
        /// Stop after this many steps; `null` = go on until cancelled.
        steps: Option<u32>,
        /// At most this many steps a second, for slow motion; `null` = as fast as it goes.
        rate: Option<f32>,
        /// Stop after this many seconds of computing; `null` = no such limit.
        #[serde(default)]
        seconds: Option<f32>,
        /// Move only this player (one of [`FamilyInfo::players`]); `null` = all.
        #[serde(default)]
        player: Option<String>,
    },
    /// Change options of the training under way (those of `trainSchema`) → [`Outcome::Done`].
    SetTrain {
        /// The session.
        session: u32,
        /// The options to change.
        #[ts(type = "Record<string, unknown>")]
        train: serde_json::Value,
    },
    /// Samples of a past snapshot at the session's fixed noise → [`Outcome::View`].
    ShowSnapshot {
        /// The session.
        session: u32,
        /// Index into [`TrainState::snapshots`].
        index: u32,
        /// How many samples.
        count: u32,
    },
    /// Make a past snapshot the current state → [`Outcome::Model`].
    RestoreSnapshot {
        /// The session.
        session: u32,
        /// Index into [`TrainState::snapshots`].
        index: u32,
    },
    /// Write the model as a file → [`Outcome::File`].
    Export {
        /// The session.
        session: u32,
        /// With everything that is needed to train on.
        resumable: bool,
    },
    /// A PNG of samples → [`Outcome::File`].
    ExportSamples {
        /// The session.
        session: u32,
        /// How many, 1 to 400.
        count: u32,
        /// Seed.
        seed: u32,
        /// The family's own sampling options.
        #[ts(type = "Record<string, unknown>")]
        options: serde_json::Value,
        /// Pixels of the picture for one pixel of the sample, 1 to 16.
        scale: u32,
    },
    /// Check options as they stand in a URL or in attributes → [`Outcome::Options`]: those that
    /// hold, typed, and an error for each that does not.
    CheckOptions {
        /// Which options.
        scope: OptionScope,
        /// Id of the family (ignored for the scope `train`).
        family: String,
        /// Names and values as text.
        entries: Vec<(String, String)>,
    },
    /// Stop the request with this id → [`Outcome::Done`].
    Cancel {
        /// Its id.
        target: u32,
    },
    /// A fire drill: break on purpose, so that recovery can be tested and shown.
    Fault {
        /// How.
        kind: Fault,
    },
}

/// How [`Request::Fault`] breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// A panic in Rust.
    Panic,
    /// The GPU device is destroyed (by the worker's shell, which holds it).
    LoseDevice,
}

/// Points of the plane from a reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum PointSource {
    /// Text with two numbers in a line, apart by comma, semicolon, tab or space; a first line of
    /// names is skipped.
    Csv {
        /// The text, UTF-8.
        bytes: Bytes,
    },
    /// Drawn points.
    Drawn {
        /// x, y, x, y, … as little-endian f32, in the window's coordinates.
        xy: Bytes,
    },
}

/// Which schema [`Request::CheckOptions`] checks against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OptionScope {
    /// The model's own.
    Config,
    /// Training.
    Train,
    /// Sampling.
    Sample,
    /// A toy data set.
    Data,
    /// A text.
    Text,
}

/// A question about a model. Which ones a family answers follows from its capabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ViewQuery {
    /// Data images to choose from → [`View::Image`].
    DataImages {
        /// Index of the first test image.
        start: u32,
        /// How many.
        count: u32,
    },
    /// Decoded images over the plane of a two-dimensional latent space → [`View::Image`].
    LatentMosaic {
        /// Tiles along each side, 2 to 64.
        columns: u32,
        /// The plane's half-width: z runs over [−extent, extent]².
        extent: f32,
    },
    /// The encoded test set: means of q(z|x) (first two dimensions) by class → [`View::Points`].
    LatentPoints {
        /// How many test images, at most 2,000.
        count: u32,
    },
    /// Decode points of the latent space → [`View::Image`], one tile a point.
    Decode {
        /// `latent_dim` numbers for each point.
        z: Vec<f32>,
    },
    /// q(z|x) of one image → [`View::Posterior`].
    Encode {
        /// The image.
        image: ImageInput,
    },
    /// Encode, draw, decode → [`View::Reconstruction`].
    Reconstruct {
        /// The image.
        image: ImageInput,
        /// Seed of ε.
        seed: u32,
        /// How many draws, 1 to 64.
        draws: u32,
    },
    /// One of the looks that the family offers ([`FamilyInfo::looks`]) → [`View::Plot`].
    Look {
        /// Its id.
        look: String,
        /// Where its scrubber stands, 0 to 1.
        at: f32,
        /// What the reader points at, in the window's coordinates.
        pointer: Option<[f32; 2]>,
        /// How many points or lines, at most 5,000.
        count: u32,
        /// Seed of its noise.
        seed: u32,
        /// Columns and rows of a field, 8 to 256.
        resolution: u32,
    },
    /// The data that the model learns → [`View::Plot`] with its points and, where it is known and
    /// asked for, its true density.
    Data {
        /// How many points, at most 5,000.
        count: u32,
        /// Columns and rows of the true density; 0 = without.
        resolution: u32,
    },
    /// How close the model comes to its data → [`View::Numbers`].
    Metrics {
        /// Points to judge by, 200 to 10,000.
        count: u32,
        /// Seed of the samples.
        seed: u32,
    },
    /// How probable each token of a text is, given those before it → [`View::Texts`]; a text longer
    /// than the context is read in pieces that overlap.
    ReadText {
        /// It.
        text: String,
    },
    /// Which tokens each token looks at, by layer and head → [`View::Matrices`].
    Attention {
        /// The text; of a long one, the end.
        text: String,
    },
    /// What the model would guess if it ended after each layer → [`View::Table`].
    LogitLens {
        /// The text; of a long one, the end.
        text: String,
    },
    /// Decode on a path between two encoded images → [`View::Image`], one tile a step.
    Interpolate {
        /// Where it starts.
        from: ImageInput,
        /// Where it ends.
        to: ImageInput,
        /// Positions in [0, 1].
        at: Vec<f32>,
        /// How to walk.
        path: Path,
    },
}

/// How an interpolation walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Path {
    /// z = (1 − t) a + t b.
    Linear,
    /// Along the great circle (White 2016, arXiv:1609.04468).
    Spherical,
}

/// An image given to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ImageInput {
    /// From the test split of the session's data set.
    Test {
        /// Its index.
        index: u32,
    },
    /// Pixels, row by row; resized to fit the model. A dark-on-light picture is inverted.
    Rgba {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// 4 · width · height bytes.
        pixels: Bytes,
    },
    /// A drawing: light ink on black, one byte a pixel. Centred by its mass, as MNIST is.
    Drawing {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// width · height bytes.
        pixels: Bytes,
    },
}

/// The end of a request, or news on the way to it.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Reply {
    /// News; more will come.
    Progress {
        /// What is new.
        progress: Progress,
    },
    /// Done.
    Ok {
        /// The result.
        outcome: Outcome,
    },
    /// Failed.
    Error {
        /// Why.
        error: ErrorInfo,
    },
}

/// An [`Error`] as the page gets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ErrorInfo {
    /// Stable code.
    pub code: Code,
    /// One sentence: what happened.
    pub message: String,
    /// One sentence: what to do next.
    pub hint: String,
    /// Whether the session can go on as it is.
    pub recoverable: bool,
}

impl From<&Error> for ErrorInfo {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            hint: error.hint(),
            recoverable: error.recoverable(),
        }
    }
}

/// News about a request.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Progress {
    /// A sampler's state.
    Sampling {
        /// Steps taken.
        step: u32,
        /// Steps in all.
        of: u32,
        /// What it looks like now.
        view: Option<View>,
    },
    /// Training goes on.
    Training {
        /// Numbers.
        state: TrainState,
        /// Samples at the session's fixed noise, when they were refreshed.
        samples: Option<View>,
    },
    /// Everything needed to go on after a crash or a reload; the page keeps the newest.
    Snapshot {
        /// Step at which it was taken.
        step: u32,
        /// A resumable checkpoint.
        bytes: Bytes,
    },
}

/// What a request gave.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Outcome {
    /// Nothing to say.
    Done,
    /// Answer to [`Request::Describe`].
    Description {
        /// Families, in the order of the page.
        families: Vec<FamilyInfo>,
        /// JSON Schema of the training options.
        #[ts(type = "JsonSchema")]
        train_schema: serde_json::Value,
        /// JSON Schema of the options of toy data sets.
        #[ts(type = "JsonSchema")]
        data_schema: serde_json::Value,
        /// JSON Schema of the options of texts.
        #[ts(type = "JsonSchema")]
        text_schema: serde_json::Value,
        /// Data sets that need no file, in the order of the page.
        toys: Vec<ToyInfo>,
        /// Trainings worth seeing, those that fail on purpose included.
        presets: Vec<Preset>,
    },
    /// Answer to [`Request::LoadPoints`].
    Points {
        /// How many were kept.
        count: u32,
        /// They are drawn in these coordinates: left, right, bottom, top.
        window: [f32; 4],
    },
    /// Answer to [`Request::LoadText`].
    Text {
        /// About it.
        text: TextInfo,
    },
    /// Answer to [`Request::Pace`].
    Pace {
        /// Seconds of a step.
        seconds: f32,
        /// Trainable numbers.
        parameters: u32,
    },
    /// A model is in place.
    Model {
        /// About it.
        model: ModelInfo,
    },
    /// Something to draw.
    View {
        /// It.
        view: View,
    },
    /// Training ended (by cancel or because the steps were done).
    Trained {
        /// Its last state.
        state: TrainState,
    },
    /// A file to save.
    File {
        /// Suggested name.
        name: String,
        /// Media type.
        mime: String,
        /// Its bytes.
        bytes: Bytes,
    },
    /// Checked options.
    Options {
        /// Those that hold, typed.
        #[ts(type = "Record<string, unknown>")]
        values: serde_json::Value,
        /// One for each that does not.
        errors: Vec<ErrorInfo>,
    },
}

/// A family, as the page needs to know it.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FamilyInfo {
    /// For example `vae`.
    pub id: String,
    /// For example `Variational autoencoder`.
    pub title: String,
    /// The paper that it follows.
    pub paper: String,
    /// The objective, as plain text.
    pub equation: String,
    /// What it can do.
    pub capabilities: Capabilities,
    /// The kinds of data that it models.
    pub data: Vec<DataKind>,
    /// What is optimised separately: one name for most, two for a GAN.
    pub players: Vec<String>,
    /// Configs to begin with, from small to large.
    pub sizes: Vec<Size>,
    /// What it shows of a model of the plane.
    pub looks: Vec<Look>,
    /// Its config for the plane, where it differs from the defaults of the schema.
    #[ts(type = "Record<string, unknown>")]
    pub plane_config: serde_json::Value,
    /// Its training options for the plane, where they differ from the defaults of the schema.
    #[ts(type = "Record<string, unknown>")]
    pub plane_train: serde_json::Value,
    /// JSON Schema of its config.
    #[ts(type = "JsonSchema")]
    pub config_schema: serde_json::Value,
    /// JSON Schema of its sampling options.
    #[ts(type = "JsonSchema")]
    pub sample_schema: serde_json::Value,
}

/// Kinds of data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DataKind {
    /// Grey images.
    #[default]
    Images,
    /// Points of the plane.
    Points,
    /// No points, but an energy U(x) on the plane: p(x) ∝ exp(−U(x)).
    Energy,
    /// Text.
    Text,
}

/// A text to learn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextInfo {
    /// Its name.
    pub name: String,
    /// Characters.
    pub characters: u32,
    /// Tokens in its vocabulary.
    pub vocabulary: u32,
    /// Some of them, for people, the most frequent first.
    pub pieces: Vec<String>,
    /// Tokens to learn from.
    pub train: u32,
    /// Tokens held out.
    pub held_out: u32,
    /// How it begins.
    pub beginning: String,
    /// Where the part held out begins.
    pub held_out_beginning: String,
}

/// A data set that is made on the spot.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToyInfo {
    /// For example `moons`.
    pub id: String,
    /// For example `Two moons`.
    pub title: String,
    /// Points or an energy.
    pub kind: DataKind,
    /// Where it is drawn: left, right, bottom, top.
    pub window: [f32; 4],
    /// How many modes it has, if they can be counted.
    pub modes: Option<u32>,
}

/// A training worth seeing.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preset {
    /// For example `gan-mode-collapse`.
    pub id: String,
    /// For example `Mode collapse`.
    pub title: String,
    /// One sentence: what will be seen, and why.
    pub why: String,
    /// Whether it is meant to fail.
    pub fails: bool,
    /// Id of the family.
    pub family: String,
    /// Id of the toy.
    pub data: String,
    /// The family's options.
    #[ts(type = "Record<string, unknown>")]
    pub config: serde_json::Value,
    /// Options of the training.
    #[ts(type = "Record<string, unknown>")]
    pub train: serde_json::Value,
    /// The look that shows it best.
    pub look: String,
    /// Steps after which it can be seen.
    pub steps: u32,
}

/// A config to begin with.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// For example `small`.
    pub id: String,
    /// For example `Small`.
    pub title: String,
    /// The family's options.
    #[ts(type = "Record<string, unknown>")]
    pub config: serde_json::Value,
    /// Options of the training.
    #[ts(type = "Record<string, unknown>")]
    pub train: serde_json::Value,
    /// Steps after which it has learned most of what it will.
    pub steps: u32,
}

/// Something that can be seen of a model of the plane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Look {
    /// For example `density`.
    pub id: String,
    /// For example `Density`.
    pub title: String,
    /// One sentence on what is drawn.
    pub help: String,
    /// What its scrubber moves along (`layers`, `time`), if it has one.
    pub scrub: Option<String>,
    /// Whether it answers to the pointer.
    pub pointer: bool,
    /// Whether the data is drawn beneath it when the reader wants it.
    pub over_data: bool,
}

/// What a family can do besides training and sampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// What its `log_prob` is, if it has one.
    pub density: Option<DensityKind>,
    /// It encodes and decodes.
    pub latent: bool,
    /// It maps data to noise and back exactly.
    pub invertible: bool,
    /// It reads and writes text.
    pub language: bool,
}

/// What a `log_prob` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DensityKind {
    /// Exact.
    Exact,
    /// A lower bound (ELBO).
    LowerBound,
    /// An importance-weighted estimate of a lower bound that tightens with the samples.
    ImportanceWeighted,
    /// By integrating the probability-flow ODE numerically.
    FlowOde,
}

/// A model in a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelInfo {
    /// Id of its family.
    pub family: String,
    /// Id of the checkpoint, if it came from one.
    pub id: Option<String>,
    /// Name of its data set.
    pub data: String,
    /// What that data is.
    pub kind: DataKind,
    /// Of a model of the plane: left, right, bottom, top of what is drawn.
    pub window: [f32; 4],
    /// Names of the classes of its data.
    pub classes: Vec<String>,
    /// Width of a sample in pixels.
    pub width: u32,
    /// Height of a sample in pixels.
    pub height: u32,
    /// Tokens that it looks back on, 0 without text.
    pub block_size: u32,
    /// Tokens in its vocabulary, 0 without text.
    pub vocabulary: u32,
    /// Characters in a token of the text held out, on average: nats a token divided by it are nats a
    /// character. 0 without text.
    pub characters_per_token: f32,
    /// Numbers in its latent vector, 0 without one.
    pub latent_dim: u32,
    /// Trainable numbers.
    pub parameters: u32,
    /// Optimizer steps behind it.
    pub step: u32,
    /// Seed of its training.
    pub seed: u32,
    /// Its config.
    #[ts(type = "Record<string, unknown>")]
    pub config: serde_json::Value,
    /// Its training options.
    #[ts(type = "Record<string, unknown>")]
    pub train: serde_json::Value,
    /// Recorded losses and snapshots, when it was being trained.
    pub state: TrainState,
}

/// Where a training stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrainState {
    /// Optimizer steps taken.
    pub step: u32,
    /// Passes over the data, counting parts.
    pub epoch: f32,
    /// Steps a second, lately.
    pub rate: f32,
    /// Seconds of computing behind it, this session's.
    pub seconds: f32,
    /// The history of each named loss since the session began (thinned).
    pub losses: Vec<LossCurve>,
    /// Steps at which snapshots were kept.
    pub snapshots: Vec<u32>,
    /// The step after which the held-out loss has only grown: from there on it learns by heart.
    pub overfitting: Option<u32>,
}

/// One named loss over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LossCurve {
    /// For example `reconstruction`.
    pub name: String,
    /// `train` or `heldOut`.
    pub split: Split,
    /// Steps.
    pub steps: Vec<u32>,
    /// Values at those steps.
    pub values: Vec<f32>,
}

/// Which part of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Split {
    /// What the model learns from.
    Train,
    /// What it never sees.
    HeldOut,
}

/// Something to draw. The page knows these kinds and no model.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum View {
    /// Pictures of equal size, already laid out as a grid.
    Image {
        /// Pixels in a row of the whole.
        width: u32,
        /// Rows of the whole.
        height: u32,
        /// Tiles in a row.
        columns: u32,
        /// Rows of tiles.
        rows: u32,
        /// 4 · width · height bytes.
        rgba: Bytes,
    },
    /// Points in the plane.
    Points {
        /// x, y, x, y, … as little-endian f32.
        xy: Bytes,
        /// The class of each, or empty.
        classes: Bytes,
    },
    /// A drawing in the plane.
    Plot {
        /// Left, right, bottom, top of what is drawn.
        window: [f32; 4],
        /// What is drawn, from the bottom up.
        layers: Vec<Layer>,
        /// What it is, in a few words: "exact density", "after layer 3 of 8".
        label: String,
        /// Numbers to stand beside it.
        numbers: Vec<Number>,
        /// Bars to stand beside it, one for each layer of a flow, for example.
        bars: Option<Bars>,
    },
    /// Texts, token by token.
    Texts {
        /// They.
        texts: Vec<Text>,
    },
    /// Square matrices over the same tokens, one for each layer and head.
    Matrices {
        /// The tokens: rows look at columns.
        tokens: Vec<String>,
        /// Layers.
        layers: u32,
        /// Heads of a layer.
        heads: u32,
        /// `layers · heads` matrices of f32, row by row, little-endian.
        values: Bytes,
    },
    /// A table of words with a number each.
    Table {
        /// Heads of the columns.
        columns: Vec<String>,
        /// Heads of the rows.
        rows: Vec<String>,
        /// Cells, row by row.
        cells: Vec<Cell>,
    },
    /// Named numbers.
    Numbers {
        /// They.
        numbers: Vec<Number>,
    },
    /// A diagonal Gaussian.
    Posterior {
        /// Means.
        mu: Vec<f32>,
        /// Standard deviations.
        sigma: Vec<f32>,
        /// KL(q‖p) of each dimension, nats.
        kl: Vec<f32>,
    },
    /// An image, its code and what comes back.
    Reconstruction {
        /// The image as the model sees it (a [`View::Image`] of one tile).
        input: Box<View>,
        /// Means.
        mu: Vec<f32>,
        /// Standard deviations.
        sigma: Vec<f32>,
        /// The drawn z, `latent_dim` numbers for each.
        z: Vec<f32>,
        /// One tile a draw.
        output: Box<View>,
        /// −log p(x|z) averaged over the draws, nats.
        reconstruction: f32,
        /// KL(q‖p), nats.
        kl: f32,
    },
}

/// A text, or what was added to it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Text {
    /// How many tokens came before these (progress carries only what is new).
    pub start: u32,
    /// They.
    pub tokens: Vec<Token>,
}

/// A token of a text and what else could have stood there.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text. A character that takes several tokens stands with the last of them.
    pub text: String,
    /// log p of it under the model, given those before it, nats; `null` for the first.
    pub log_prob: Option<f32>,
    /// The most probable tokens at this place, best first.
    pub alternatives: Vec<Alternative>,
    /// Whether it was given, not drawn.
    pub given: bool,
}

/// What could have stood at a place.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text.
    pub text: String,
    /// Its probability under the model.
    pub prob: f32,
}

/// A cell of a [`View::Table`].
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// From 0 (not at all) to 1 (fully).
    pub value: f32,
}

/// A named number.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Number {
    /// Stable name, for example `klToTruth`.
    pub id: String,
    /// For people, for example `KL to the truth`.
    pub title: String,
    /// Its value; `null` where it is not finite.
    pub value: Option<f64>,
    /// For example `nats`.
    pub unit: String,
    /// Digits after the point that mean something.
    pub digits: u32,
}

/// Named bars.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Bars {
    /// What they are.
    pub title: String,
    /// One value for each, in order.
    pub values: Vec<f32>,
}

/// What something in a plot stands for; the page gives each its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// From the data.
    Data,
    /// From the model.
    Model,
    /// Noise, or on the way from it.
    Noise,
    /// A guess at what will come out.
    Guess,
    /// A help for the eye: axes, a chosen line.
    Guide,
}

/// A layer of a [`View::Plot`].
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Layer {
    /// Points.
    Points {
        /// What they stand for.
        role: Role,
        /// x, y, x, y, … as little-endian f32.
        xy: Bytes,
    },
    /// A function of the plane, over the whole window.
    Field {
        /// Values in a row.
        columns: u32,
        /// Rows, from the top down.
        rows: u32,
        /// Values as little-endian f32, at the middles of the cells.
        values: Bytes,
        /// The value that is drawn as nothing.
        low: f32,
        /// The value that is drawn full.
        high: f32,
        /// Whether values on both sides of the middle between `low` and `high` differ in kind (a
        /// discriminator's), so that the middle is drawn as nothing.
        diverging: bool,
    },
    /// Polylines of equal length.
    Lines {
        /// What they stand for.
        role: Role,
        /// x, y, x, y, … as little-endian f32, one line after another.
        xy: Bytes,
        /// Points in each line.
        length: u32,
        /// Whether they are closed and filled.
        filled: bool,
    },
    /// Arrows.
    Arrows {
        /// What they stand for.
        role: Role,
        /// Where they start: x, y, x, y, … as little-endian f32.
        xy: Bytes,
        /// How far they reach, likewise.
        d: Bytes,
    },
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::device::{Backend, DeviceInfo};

    /// All types of the boundary as one TypeScript file.
    fn typescript() -> String {
        let config = ts_rs::Config::default();
        let mut out = String::from(
            "// Written by `cargo test protocol` from src/protocol.rs and src/error.rs. Do not edit.\n\n\
             /** A JSON Schema, as far as forms need it. */\n\
             export interface JsonSchema {\n  title?: string;\n  description?: string;\n  \
             type?: string;\n  default?: unknown;\n  minimum?: number;\n  maximum?: number;\n  \
             \"x-order\"?: number;\n  /** Of use in recipes alone. */\n  \"x-recipe\"?: boolean;\n  \
             enum?: string[];\n  oneOf?: { const: string; title?: string; description?: string }[];\n  \
             properties?: Record<string, JsonSchema>;\n}\n",
        );
        macro_rules! declare {
            ($($type:ty),* $(,)?) => {
                $(
                    out.push('\n');
                    if let Some(docs) = <$type as TS>::docs() {
                        out.push_str(&docs);
                    }
                    out.push_str("export ");
                    out.push_str(&<$type as TS>::decl(&config));
                    out.push('\n');
                )*
            };
        }
        declare!(
            Bytes,
            Envelope,
            Answer,
            Request,
            Fault,
            PointSource,
            OptionScope,
            ViewQuery,
            super::Path,
            ImageInput,
            Reply,
            ErrorInfo,
            Code,
            Progress,
            Outcome,
            FamilyInfo,
            DataKind,
            TextInfo,
            ToyInfo,
            Preset,
            Size,
            Look,
            Capabilities,
            DensityKind,
            ModelInfo,
            TrainState,
            LossCurve,
            Split,
            View,
            Text,
            Token,
            Alternative,
            Cell,
            Number,
            Bars,
            Role,
            Layer,
            Backend,
            DeviceInfo,
        );
        out
    }

    #[test]
    fn protocol_in_typescript_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/client/protocol.ts");
        let want = typescript();
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        if found != want {
            std::fs::write(&path, &want).expect("the source folder is writable");
            panic!("web/client/protocol.ts was out of date and has been written anew");
        }
    }
}

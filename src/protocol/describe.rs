//! What families and data sets declare.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    /// What is optimised separately: one network for most, two for a GAN.
    pub networks: Vec<String>,
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

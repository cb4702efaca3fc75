//! What families and data sets declare.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use crate::{
    data::SpaceKind,
    model::{ConditionKind, Size},
};

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
    /// What it starts from on each kind of data that it models.
    pub spaces: Vec<FamilySpace>,
    /// What is optimised separately: one network for most, two for a GAN.
    pub networks: Vec<String>,
    /// What it shows of a model of the plane.
    pub looks: Vec<Look>,
    /// JSON Schema of its config.
    #[ts(type = "JsonSchema")]
    pub config_schema: serde_json::Value,
    /// What a sampler can be asked for besides a number of samples.
    pub conditions: Vec<ConditionKind>,
    /// JSON Schema of its sampling options, and of those conditions that a form can ask for.
    #[ts(type = "JsonSchema")]
    pub sample_schema: serde_json::Value,
}

/// What a family starts from on data of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FamilySpace {
    /// The kind.
    pub kind: SpaceKind,
    /// Its config.
    #[ts(type = "Record<string, unknown>")]
    pub config: serde_json::Value,
    /// Its training options.
    #[ts(type = "Record<string, unknown>")]
    pub train: serde_json::Value,
    /// Configs to choose from, from small to large; none where one serves.
    pub sizes: Vec<Size>,
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
    pub kind: SpaceKind,
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

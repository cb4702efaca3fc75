//! What a family declares, for the page.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ConditionKind, Size};
use crate::{data::SpaceKind, scene::PlotSpec};

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
    /// What it can do.
    pub capabilities: Capabilities,
    /// What it starts from on each kind of data that it models.
    pub spaces: Vec<FamilySpace>,
    /// Id of the family whose models its own begin with, if they are not made from nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub from: Option<String>,
    /// Id of the family as whose models these are gone on from, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub like: Option<String>,
    /// What is optimised separately: one network for most, two for a GAN.
    pub networks: Vec<String>,
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
    /// What is optimised with that config, in TeX, a line for each equation.
    pub equation: Vec<String>,
    /// Its config.
    #[ts(type = "Record<string, unknown>")]
    pub config: serde_json::Value,
    /// Its training options.
    #[ts(type = "Record<string, unknown>")]
    pub train: serde_json::Value,
    /// Configs to choose from, from small to large; none where one serves.
    pub sizes: Vec<Size>,
    /// Of images: whether they may be in colour.
    pub colour: bool,
    /// What can be seen of its models.
    pub plots: Vec<PlotSpec>,
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
    /// The plot that shows it best.
    pub plot: String,
    /// Where its scrubber stands, if it has one: 1 is the end.
    pub at: f32,
    /// Steps after which it can be seen.
    pub steps: u32,
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
    /// It guesses tokens of a text from those on both sides.
    pub masked: bool,
}

impl Capabilities {
    /// Nothing.
    pub const NONE: Self = Self {
        density: None,
        latent: false,
        invertible: false,
        language: false,
        masked: false,
    };
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

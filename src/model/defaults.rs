//! What a training starts from.

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

use super::TrainConfig;

/// What a family starts from on data of a space, before anybody asks for something else: the only
/// source of defaults, for page and command line.
#[derive(Debug, Clone, PartialEq)]
pub struct Defaults<C> {
    /// The family's options.
    pub config: C,
    /// Options of the training.
    pub train: TrainConfig,
    /// Configs to choose from, from small to large; none where one serves.
    pub sizes: Vec<Size>,
}

impl<C> Defaults<C> {
    /// These, without a choice of sizes.
    pub fn new(config: C, train: TrainConfig) -> Self {
        Self {
            config,
            train,
            sizes: Vec::new(),
        }
    }
}

/// A config to begin with.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// For example `small`.
    pub id: String,
    /// For example `Small`.
    pub title: String,
    /// The family's options, where they differ from its defaults.
    #[ts(type = "Record<string, unknown>")]
    pub config: Value,
    /// Steps after which it has learned most of what it will.
    pub steps: u32,
}

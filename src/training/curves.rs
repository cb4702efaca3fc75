//! Losses over time.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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

/// Points of a loss curve; beyond it every second one is dropped.
const POINTS: usize = 600;

/// Add the losses of one step to their curves.
pub fn record(losses: &mut Vec<LossCurve>, split: Split, step: u64, means: &[(&'static str, f32)]) {
    // JSON has no infinity: a file with one in its history could not be read again.
    for &(name, value) in means.iter().filter(|(_, v)| v.is_finite()) {
        let found = losses
            .iter()
            .position(|c| c.name == name && c.split == split);
        let at = found.unwrap_or_else(|| {
            losses.push(LossCurve {
                name: name.into(),
                split,
                steps: Vec::new(),
                values: Vec::new(),
            });
            losses.len() - 1
        });
        let curve = &mut losses[at];
        curve.steps.push(step as u32);
        curve.values.push(value);
        if curve.steps.len() > POINTS {
            curve.steps = curve.steps.iter().copied().step_by(2).collect();
            curve.values = curve.values.iter().copied().step_by(2).collect();
        }
    }
}

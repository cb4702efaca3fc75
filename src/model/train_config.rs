//! Options of a training, the same for every family.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{data::Binarize, optim::Hyper, options::Options};

/// Options of a training, the same for every family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Examples in one step.
    #[schemars(title = "Batch", range(min = 8, max = 512))]
    pub batch_size: usize,
    /// Step size of the optimizer.
    #[schemars(title = "Learning rate", range(min = 0.00001, max = 0.1))]
    pub learning_rate: f64,
    /// What a pixel's value is: a probability of ink, drawn anew each time, or the amount itself.
    #[schemars(title = "Pixels", extend("x-data" = ["image"]))]
    pub binarize: Binarize,
    /// How much each image is slanted, widened or narrowed, and made bolder or thinner, anew each time it is seen:
    /// few images then stand for more. 0 = not at all.
    #[schemars(title = "Variation", range(min = 0.0, max = 1.0), extend("x-data" = ["image"]))]
    pub vary: f64,
    /// How the learning rate changes over the planned steps.
    #[schemars(title = "Schedule", extend("x-recipe" = true))]
    pub schedule: Schedule,
    /// Planned steps; used by the schedule alone.
    #[schemars(title = "Planned steps", range(min = 1, max = 10000000), extend("x-recipe" = true))]
    pub steps: u64,
    /// Decay of the running average of the weights, which samples and plots are made with; 0 = the
    /// weights themselves.
    #[schemars(title = "EMA weights", range(min = 0.0, max = 0.9999))]
    pub ema: f64,
    /// Largest norm of the gradient; a longer one is scaled down to it. 0 = no limit.
    #[schemars(title = "Gradient clipping", range(min = 0.0, max = 1000.0), extend("x-recipe" = true))]
    pub clip: f64,
    /// Decay of Adam's average of gradients.
    #[schemars(title = "β₁", range(min = 0.0, max = 0.999), extend("x-recipe" = true))]
    pub beta_1: f64,
    /// Decay of Adam's average of squared gradients.
    #[schemars(title = "β₂", range(min = 0.5, max = 0.99999), extend("x-recipe" = true))]
    pub beta_2: f64,
    /// Share of each weight matrix that is subtracted in a step, times the learning rate (AdamW;
    /// Loshchilov & Hutter 2017, arXiv:1711.05101).
    #[schemars(title = "Weight decay", range(min = 0.0, max = 1.0), extend("x-recipe" = true))]
    pub weight_decay: f64,
    /// Steps over which the learning rate rises from zero.
    #[schemars(title = "Warm-up", range(min = 0, max = 100_000), extend("x-recipe" = true))]
    pub warmup: u64,
    /// Optimizer of the matrices and kernels of hidden layers; everything else is optimised by Adam.
    // There to be chosen where a family's default is Muon: it has such matrices.
    #[schemars(title = "Optimizer", extend("x-where" = "muon"))]
    pub optimizer: OptimizerKind,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            batch_size: 128,
            learning_rate: 1e-3,
            binarize: Binarize::Dynamic,
            vary: 0.0,
            schedule: Schedule::Constant,
            steps: 20_000,
            ema: 0.0,
            clip: 0.0,
            beta_1: 0.9,
            beta_2: 0.999,
            weight_decay: 0.0,
            warmup: 0,
            optimizer: OptimizerKind::Adam,
        }
    }
}

impl Options for TrainConfig {}

impl TrainConfig {
    /// How the optimizers move at a step.
    pub fn hyper_at(&self, step: u64) -> Hyper {
        Hyper {
            lr: self.learning_rate_at(step),
            beta_1: self.beta_1 as f32,
            beta_2: self.beta_2 as f32,
            clip: self.clip as f32,
            weight_decay: self.weight_decay as f32,
            muon: self.optimizer == OptimizerKind::Muon,
        }
    }

    /// The learning rate at a step.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        let rise = ((step + 1) as f64 / (self.warmup + 1) as f64).min(1.0);
        let peak = self.learning_rate * rise;
        match self.schedule {
            Schedule::Constant => peak,
            Schedule::Cosine => {
                let t = (step as f64 / self.steps as f64).min(1.0);
                peak * (0.01 + 0.99 * 0.5 * (1.0 + (std::f64::consts::PI * t).cos()))
            }
        }
    }
}

/// What moves weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// Adam (Kingma & Ba 2014).
    Adam,
    /// Muon (Jordan et al. 2024): steps whose singular values are all alike.
    Muon,
}

/// How the learning rate moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// Not at all.
    Constant,
    /// Half a cosine down to a hundredth (Loshchilov & Hutter 2016, arXiv:1608.03983).
    Cosine,
}

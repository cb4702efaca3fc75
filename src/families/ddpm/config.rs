//! Options of a diffusion model and of its samplers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    options::Options,
};

/// Groups of channels that are normalised together.
pub(super) const GROUPS: usize = 8;
/// Most steps of a walk by shortcuts, a power of two.
pub(super) const MOST_SHORTCUTS: usize = 16;
/// Steps of which the shortest shortcuts are learned, by twos.
pub(super) const FINEST: usize = 2 * MOST_SHORTCUTS;

/// Options of a [`Ddpm`](super::Ddpm).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DdpmConfig {
    /// Steps of the chain from data to noise.
    #[schemars(title = "Timesteps", range(min = 10, max = 1000))]
    pub timesteps: usize,
    /// How fast the noise comes. A velocity has its own straight path and no schedule.
    #[schemars(title = "Noise schedule")]
    pub schedule: NoiseSchedule,
    /// What the network says of a noisy example.
    #[schemars(title = "Prediction")]
    pub prediction: Prediction,
    /// What answers.
    #[schemars(title = "Network", extend("x-recipe" = true))]
    pub network: Network,
    /// Channels of the U-Net's first level, a multiple of 8; the levels below it have twice as many.
    #[schemars(title = "Channels", range(min = 8, max = 256), extend("x-data" = ["image"]))]
    pub channels: usize,
    /// Levels of the U-Net: each but the first works on half the height and width.
    #[schemars(title = "Levels", range(min = 1, max = 5), extend("x-data" = ["image"]))]
    pub levels: usize,
    /// Let squares of 2 × 2 pixels be channels of the U-Net, whose first level then works on half the height and
    /// width: a quarter of the work, for images with little in their single pixels.
    #[schemars(title = "Squares", extend("x-data" = ["image"]))]
    pub squares: bool,
    /// Tell the network the class of each image, if the data has classes; then samples of one class
    /// can be asked for.
    #[schemars(title = "Class-conditional", extend("x-data" = ["image"]))]
    pub conditional: bool,
    /// Share of the training images whose class is kept back, so that the network also knows images of
    /// no stated class, which guidance needs.
    #[schemars(title = "Label dropout", range(min = 0.0, max = 1.0), extend("x-data" = ["image"]))]
    pub label_dropout: f64,
    /// Also learn whole stretches of the way at once, so that 1 to 16 steps are enough (sampler
    /// *shortcut*); half of each batch goes into that, and a step of training takes a third longer.
    #[schemars(title = "Shortcuts", extend("x-data" = ["image"]))]
    pub shortcuts: bool,
    /// Units in each hidden layer.
    #[schemars(title = "Hidden units", range(min = 16, max = 512), extend("x-data" = ["points"]))]
    pub hidden: usize,
    /// Hidden layers.
    #[schemars(title = "Layers", range(min = 1, max = 6), extend("x-data" = ["points"]))]
    pub layers: usize,
    /// Sines and cosines for each coordinate and for the time; an even number.
    #[schemars(title = "Embedding", range(min = 8, max = 256), extend("x-data" = ["points"]))]
    pub embedding: usize,
    /// The embedding's fastest wave, in radians for one standard deviation of the data; sharp data
    /// needs faster ones, smooth data is learnt better with slow ones.
    #[schemars(title = "Frequency", range(min = 1.0, max = 500.0), extend("x-data" = ["points"]))]
    pub frequency: f64,
}

impl Default for DdpmConfig {
    fn default() -> Self {
        Self {
            timesteps: 100,
            schedule: NoiseSchedule::Cosine,
            prediction: Prediction::Noise,
            network: Network::Auto,
            channels: 32,
            levels: 3,
            squares: false,
            conditional: false,
            label_dropout: 0.1,
            shortcuts: false,
            hidden: 256,
            layers: 3,
            embedding: 128,
            frequency: 25.0,
        }
    }
}

impl Options for DdpmConfig {
    fn check(&self) -> Result<()> {
        if !self.embedding.is_multiple_of(2) {
            let reason = "sines and cosines come in pairs; an even number is needed";
            return Err(Error::bad_option("embedding", self.embedding, reason));
        }
        if !self.channels.is_multiple_of(GROUPS) {
            let reason = "channels are normalised in 8 groups; a multiple of 8 is needed";
            return Err(Error::bad_option("channels", self.channels, reason));
        }
        if self.shortcuts && self.timesteps < FINEST {
            let reason = format!("shortcuts need a chain of at least {FINEST} timesteps");
            return Err(Error::bad_option("timesteps", self.timesteps, reason));
        }
        if self.shortcuts && self.prediction == Prediction::Noise {
            let reason = "where all is noise it says nothing of the data, and shortcuts begin there; \
                take v, x0 or velocity";
            return Err(Error::bad_option("prediction", "noise", reason));
        }
        Ok(())
    }
}

/// How fast the noise comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoiseSchedule {
    /// β from 10⁻⁴ to 0.02 over 1000 steps; over T steps each is 1000/T times as large, so that the
    /// end is noise for every T.
    Linear,
    /// ᾱ falls like a squared cosine (Nichol & Dhariwal 2021, arXiv:2102.09672).
    Cosine,
    /// The logarithm of the signal-to-noise ratio ᾱ / (1−ᾱ) falls evenly, from 13 to −9, so every
    /// scale of detail gets its share (Kingma et al. 2021, arXiv:2107.00630); for data as sharp as
    /// points.
    Even,
}

/// What answers x_t and t.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// What suits the data.
    Auto,
    /// Fully connected layers, for points.
    Mlp,
    /// Convolutions on several scales, for images.
    UNet,
}

/// What the network says of a noisy example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Prediction {
    /// The noise ε in it, as in Ho et al.
    Noise,
    /// The clean point x₀.
    X0,
    /// v = √ᾱ ε − √(1−ᾱ) x₀, where neither end of the chain is hard.
    V,
    /// ε − x₀ on the straight path from data to noise: flow matching.
    Velocity,
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DdpmSampleOptions {
    /// How a step towards the data is taken.
    #[schemars(title = "Sampler")]
    pub sampler: SamplerKind,
    /// Steps from noise to data; a chain has no more than its timesteps.
    #[schemars(title = "Steps", range(min = 1, max = 1000))]
    pub steps: usize,
    /// Fresh noise in each DDIM step: 0 none, 1 as much as in ancestral sampling.
    #[schemars(title = "η", range(min = 0.0, max = 1.0))]
    pub eta: f64,
    /// Times that each step is taken where some pixels are known: more of them fit the rest better to
    /// what is known.
    #[schemars(title = "Resampling", range(min = 1, max = 20), extend("x-data" = ["image"]))]
    pub resample: usize,
}

impl Default for DdpmSampleOptions {
    fn default() -> Self {
        Self {
            sampler: SamplerKind::Ddpm,
            steps: 40,
            eta: 0.0,
            resample: 5,
        }
    }
}

impl Options for DdpmSampleOptions {
    fn check(&self) -> Result<()> {
        if self.eta != 0.0 && self.sampler != SamplerKind::Ddim {
            let reason =
                "only DDIM has it: ancestral sampling is DDIM at 1, and the ODE has no noise";
            return Err(Error::bad_option("eta", self.eta, reason));
        }
        Ok(())
    }
}

impl SamplerKind {
    /// Refuse long steps to a model that has not learned them.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    pub fn without_shortcuts(self) -> Result<()> {
        match self {
            Self::Shortcut => {
                let reason = "this model was trained without shortcuts";
                Err(Error::bad_option("sampler", "shortcut", reason))
            }
            _ => Ok(()),
        }
    }
}

/// How a step towards the data is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SamplerKind {
    /// Ancestral: a draw from q(x_{t−1} | x_t, predicted x₀).
    Ddpm,
    /// DDIM: the same with less fresh noise, or none.
    Ddim,
    /// DPM-Solver++ 2M: DDIM with the change of the predicted x₀ from step to step taken into account,
    /// for few steps.
    #[serde(rename = "dpm-solver")]
    DpmSolver,
    /// The probability-flow ODE by Heun's method: two evaluations for each step.
    Ode,
    /// In 1, 2, 4, 8 or 16 steps, the most of these that *steps* allows, that the network has learned whole, if
    /// it was trained with shortcuts.
    Shortcut,
}

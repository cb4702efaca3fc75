//! The contract that every model family keeps.
//!
//! A family is one file in [`crate::families`]: config, module, objective, sampler. It declares
//! what it is ([`Family`]) and, by capability traits, what else it can do ([`Density`],
//! [`Latent`]). Controls, views, metrics, attributes and conformance tests follow from those
//! declarations. [`Model`] is one enum over the list of families at the end of this file; adding a
//! family is adding a line there.

use burn::tensor::{Device, Tensor};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    data::{Batch, DataInfo},
    error::{Error, Result},
    families,
    nn::{adam::Adam, weights::Weights},
    options::{self, Options},
    protocol::{Capabilities, DensityKind, FamilyInfo},
    rng::Rng,
};

/// Options of a training, the same for every family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Examples in one step.
    #[schemars(title = "Batch", range(min = 8, max = 512))]
    pub batch_size: usize,
    /// Step size of Adam.
    #[schemars(title = "Learning rate", range(min = 0.00001, max = 0.1))]
    pub learning_rate: f64,
    /// What the pixels mean: a probability of ink, drawn anew each time, or an amount of ink.
    #[schemars(title = "Pixels")]
    pub binarize: Binarize,
    /// How the learning rate moves over the planned steps.
    #[schemars(title = "Schedule", extend("x-recipe" = true))]
    pub schedule: Schedule,
    /// Planned steps; only the schedules look at it.
    #[schemars(title = "Planned steps", range(min = 1, max = 10000000), extend("x-recipe" = true))]
    pub steps: u64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            batch_size: 128,
            learning_rate: 1e-3,
            binarize: Binarize::Dynamic,
            schedule: Schedule::Constant,
            steps: 20_000,
        }
    }
}

impl Options for TrainConfig {}

impl TrainConfig {
    /// The learning rate at a step.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        match self.schedule {
            Schedule::Constant => self.learning_rate,
            Schedule::Cosine => {
                let t = (step as f64 / self.steps as f64).min(1.0);
                self.learning_rate * (0.01 + 0.99 * 0.5 * (1.0 + (std::f64::consts::PI * t).cos()))
            }
        }
    }
}

/// What a pixel's value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Binarize {
    /// x ~ Bernoulli(pixel), drawn anew each time an image is seen.
    Dynamic,
    /// The grey value itself.
    None,
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

/// Named losses of one step, scalars `[1]` left on the device.
pub type Losses = Vec<(&'static str, Tensor<1>)>;

/// What a training step gets besides its data.
pub struct StepContext<'a> {
    /// Learning rate.
    pub lr: f64,
    /// Noise of this step.
    pub rng: &'a mut Rng,
    /// One optimizer for each of [`Family::PLAYERS`].
    pub optimizers: &'a mut [Adam],
}

/// A kind of generative model.
pub trait Family: Sized + Clone + Send {
    /// Its options.
    type Config: Options;
    /// Its sampling options.
    type SampleOptions: Options;

    /// For example `vae`.
    const ID: &'static str;
    /// For example `Variational autoencoder`.
    const TITLE: &'static str;
    /// Authors, year, title, arXiv number.
    const PAPER: &'static str;
    /// The objective, as plain text.
    const EQUATION: &'static str;
    /// Raised when old checkpoints no longer fit.
    const SCHEMA_VERSION: u32;
    /// What is optimised separately: one name for most, two for a GAN.
    const PLAYERS: &'static [&'static str] = &["model"];

    /// A fresh model with weights drawn from `rng`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the data is not of a kind this family models.
    fn init(config: &Self::Config, data: &DataInfo, rng: &mut Rng, device: &Device)
    -> Result<Self>;

    /// Its config.
    fn config(&self) -> &Self::Config;

    /// The same weights outside autodiff, for everything but training.
    fn valid(&self) -> Self;

    /// One optimizer step (for a game: one move of each player). Returns named losses.
    ///
    /// # Errors
    /// What the device reports.
    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses>;

    /// The same losses without a step, on data held out.
    ///
    /// # Errors
    /// What the device reports.
    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses>;

    /// A sampler that advances one step at a time.
    ///
    /// # Errors
    /// What the device reports.
    fn sampler(
        &self,
        options: &Self::SampleOptions,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>>;

    /// Trainable numbers.
    fn num_params(&self) -> usize;

    /// Names and lengths of each player's parameters, in the order of [`Family::PLAYERS`].
    fn parameters(&self) -> Vec<Vec<(String, usize)>>;

    /// All weights, read from the device.
    #[allow(async_fn_in_trait)] // One thread; nothing asks these futures to be Send.
    async fn weights(&self) -> Result<Weights>;

    /// The same model with other weights.
    ///
    /// # Errors
    /// [`Error::CheckpointShape`].
    fn with_weights(self, weights: Weights) -> Result<Self>;

    /// Its density, if it has one.
    fn density(&self) -> Option<&dyn Density> {
        None
    }

    /// Its latent space, if it has one.
    fn latent(&self) -> Option<&dyn Latent> {
        None
    }

    /// What it declares, for the page.
    fn info() -> FamilyInfo {
        FamilyInfo {
            id: Self::ID.into(),
            title: Self::TITLE.into(),
            paper: Self::PAPER.into(),
            equation: Self::EQUATION.into(),
            capabilities: Self::CAPABILITIES,
            config_schema: options::schema::<Self::Config>(),
            sample_schema: options::schema::<Self::SampleOptions>(),
        }
    }

    /// What else it can do; must agree with [`Family::density`] and [`Family::latent`].
    const CAPABILITIES: Capabilities;
}

/// A sampler under way: one pass, one denoising step, one row of pixels, one token at a time.
pub trait Sampler {
    /// Steps in all.
    fn steps(&self) -> usize;

    /// Take the next step.
    ///
    /// # Errors
    /// What the device reports.
    fn step(&mut self) -> Result<()>;

    /// What it looks like now: images `[n, channels, height, width]` in [0, 1].
    fn state(&self) -> Tensor<4>;
}

/// How to estimate a density.
#[derive(Debug, Clone, Copy)]
pub struct DensityOptions {
    /// Importance samples for each example; 0 = the model's own exact value or bound.
    pub importance_samples: usize,
}

/// It can say how probable data is.
pub trait Density {
    /// What [`Density::log_prob`] is with these options.
    fn kind(&self, options: DensityOptions) -> DensityKind;

    /// log p(x) of each example, nats, `[n]`.
    ///
    /// # Errors
    /// What the device reports.
    fn log_prob(&self, batch: &Batch, options: DensityOptions, rng: &mut Rng) -> Result<Tensor<1>>;
}

/// It has a latent vector.
pub trait Latent {
    /// Length of the vector.
    fn latent_dim(&self) -> usize;

    /// Mean and log-variance of q(z|x), each `[n, latent_dim]`.
    ///
    /// # Errors
    /// What the device reports.
    fn encode(&self, batch: &Batch) -> Result<(Tensor<2>, Tensor<2>)>;

    /// Images `[n, channels, height, width]` in [0, 1] for z `[n, latent_dim]`.
    ///
    /// # Errors
    /// What the device reports.
    fn decode(&self, z: Tensor<2>) -> Result<Tensor<4>>;

    /// log p(x|z) of each example, nats, `[n]`.
    ///
    /// # Errors
    /// What the device reports.
    fn log_likelihood(&self, batch: &Batch, z: Tensor<2>) -> Result<Tensor<1>>;
}

/// Builds [`Model`] from the list of families.
macro_rules! families {
    ($($(#[$doc:meta])* $variant:ident($family:ty)),* $(,)?) => {
        /// A model of any family. Every method is the family's own.
        #[derive(Clone)]
        pub enum Model {
            $($(#[$doc])* $variant($family),)*
        }

        /// All families, in the order of the page.
        pub fn infos() -> Vec<FamilyInfo> {
            vec![$(<$family as Family>::info()),*]
        }

        impl Model {
            /// A fresh model of the family called `id`.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`], [`Error::BadOption`], [`Error::Unsupported`].
            pub fn init(
                id: &str,
                config: &Value,
                data: &DataInfo,
                rng: &mut Rng,
                device: &Device,
            ) -> Result<Self> {
                match id {
                    $(<$family as Family>::ID => {
                        let config = <$family as Family>::Config::from_json(config)?;
                        Ok(Self::$variant(<$family>::init(&config, data, rng, device)?))
                    })*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// The config of the family called `id` with every default filled in, as JSON.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`], [`Error::BadOption`].
            pub fn full_config(id: &str, config: &Value) -> Result<Value> {
                match id {
                    $(<$family as Family>::ID => {
                        options::to_json(&<$family as Family>::Config::from_json(config)?)
                    })*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// Schema version and players of the family called `id`.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`].
            pub fn schema(id: &str) -> Result<(u32, &'static [&'static str])> {
                match id {
                    $(<$family as Family>::ID => Ok((
                        <$family as Family>::SCHEMA_VERSION,
                        <$family as Family>::PLAYERS,
                    )),)*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// Id of its family.
            pub fn family(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$family as Family>::ID,)* }
            }

            /// Title of its family.
            pub fn title(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$family as Family>::TITLE,)* }
            }

            /// Names of its players.
            pub fn players(&self) -> &'static [&'static str] {
                match self { $(Self::$variant(_) => <$family as Family>::PLAYERS,)* }
            }

            /// Its config as JSON.
            ///
            /// # Errors
            /// [`Error::Internal`].
            pub fn config(&self) -> Result<Value> {
                match self { $(Self::$variant(m) => options::to_json(m.config()),)* }
            }

            /// See [`Family::valid`].
            pub fn valid(&self) -> Self {
                match self { $(Self::$variant(m) => Self::$variant(m.valid()),)* }
            }

            /// See [`Family::train_step`].
            ///
            /// # Errors
            /// What the device reports.
            pub fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
                match self { $(Self::$variant(m) => m.train_step(batch, context),)* }
            }

            /// See [`Family::losses`].
            ///
            /// # Errors
            /// What the device reports.
            pub fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
                match self { $(Self::$variant(m) => m.losses(batch, rng),)* }
            }

            /// See [`Family::sampler`]; `options` as JSON.
            ///
            /// # Errors
            /// [`Error::BadOption`] and what the device reports.
            pub fn sampler(&self, options: &Value, count: usize, seed: u64) -> Result<Box<dyn Sampler>> {
                match self {
                    $(Self::$variant(m) => {
                        let options = <$family as Family>::SampleOptions::from_json(options)?;
                        m.sampler(&options, count, seed)
                    })*
                }
            }

            /// See [`Family::num_params`].
            pub fn num_params(&self) -> usize {
                match self { $(Self::$variant(m) => m.num_params(),)* }
            }

            /// See [`Family::parameters`].
            pub fn parameters(&self) -> Vec<Vec<(String, usize)>> {
                match self { $(Self::$variant(m) => m.parameters(),)* }
            }

            /// See [`Family::weights`].
            ///
            /// # Errors
            /// What the device reports.
            pub async fn weights(&self) -> Result<Weights> {
                match self { $(Self::$variant(m) => m.weights().await,)* }
            }

            /// See [`Family::with_weights`].
            ///
            /// # Errors
            /// [`Error::CheckpointShape`].
            pub fn with_weights(self, weights: Weights) -> Result<Self> {
                match self { $(Self::$variant(m) => Ok(Self::$variant(m.with_weights(weights)?)),)* }
            }

            /// See [`Family::density`].
            pub fn density(&self) -> Option<&dyn Density> {
                match self { $(Self::$variant(m) => m.density(),)* }
            }

            /// See [`Family::latent`].
            pub fn latent(&self) -> Option<&dyn Latent> {
                match self { $(Self::$variant(m) => m.latent(),)* }
            }
        }
    };
}

families! {
    /// Variational autoencoder.
    Vae(families::vae::Vae),
}

//! The contract that every model family keeps.
//!
//! A family is one file in [`crate::families`]: config, module, objective, sampler. It declares
//! what it is ([`Family`]) and, by capability traits, what else it can do ([`Density`],
//! [`Latent`]). Controls, views, metrics, attributes and conformance tests follow from those
//! declarations. [`Model`] is one enum over the list of families at the end of this file; adding a
//! family is adding a line there.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    data::{Batch, DataInfo, tokenizer::Tokenizer},
    error::{Error, Result},
    families,
    nn::{
        adam::{Adam, Hyper},
        standard::Standard,
        weights::{self, Weights},
    },
    options::{self, Options},
    protocol::{Capabilities, DataKind, DensityKind, FamilyInfo, Look, Preset, Size, Token},
    rng::Rng,
    views::plane::{LookRequest, Scene},
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
    #[schemars(title = "Pixels", extend("x-data" = ["images"]))]
    pub binarize: Binarize,
    /// How the learning rate moves over the planned steps.
    #[schemars(title = "Schedule", extend("x-recipe" = true))]
    pub schedule: Schedule,
    /// Planned steps; only the schedules look at it.
    #[schemars(title = "Planned steps", range(min = 1, max = 10000000), extend("x-recipe" = true))]
    pub steps: u64,
    /// How slowly the averaged weights follow the trained ones; the average is what is looked at.
    /// 0 = no average.
    #[schemars(title = "Weight average", range(min = 0.0, max = 0.9999))]
    pub ema: f64,
    /// Gradients longer than this are shortened to it; 0 = never.
    #[schemars(title = "Gradient clipping", range(min = 0.0, max = 1000.0), extend("x-recipe" = true))]
    pub clip: f64,
    /// How long Adam remembers gradients.
    #[schemars(title = "β₁", range(min = 0.0, max = 0.999), extend("x-recipe" = true))]
    pub beta_1: f64,
    /// How long Adam remembers squared gradients.
    #[schemars(title = "β₂", range(min = 0.5, max = 0.99999), extend("x-recipe" = true))]
    pub beta_2: f64,
    /// Share of each matrix that a step of the learning rate 1 would take off (AdamW; Loshchilov &
    /// Hutter 2017, arXiv:1711.05101).
    #[schemars(title = "Weight decay", range(min = 0.0, max = 1.0), extend("x-recipe" = true))]
    pub weight_decay: f64,
    /// Steps over which the learning rate rises from zero.
    #[schemars(title = "Warm-up", range(min = 0, max = 100_000), extend("x-recipe" = true))]
    pub warmup: u64,
    /// What moves the matrices of a transformer's layers; everything else moves by Adam.
    #[schemars(title = "Optimizer", extend("x-data" = ["text"]))]
    pub optimizer: Optimizer,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            batch_size: 128,
            learning_rate: 1e-3,
            binarize: Binarize::Dynamic,
            schedule: Schedule::Constant,
            steps: 20_000,
            ema: 0.0,
            clip: 0.0,
            beta_1: 0.9,
            beta_2: 0.999,
            weight_decay: 0.0,
            warmup: 0,
            optimizer: Optimizer::Adam,
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
            muon: self.optimizer == Optimizer::Muon,
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

/// What a pixel's value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Binarize {
    /// x ~ Bernoulli(pixel), drawn anew each time an image is seen.
    Dynamic,
    /// The grey value itself.
    None,
}

/// What moves weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
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

/// Named losses of one step, scalars `[1]` left on the device.
pub type Losses = Vec<(&'static str, Tensor<1>)>;

/// What a training step gets besides its data.
pub struct StepContext<'a> {
    /// Learning rate and the optimizers' other numbers.
    pub hyper: Hyper,
    /// Steps before this one.
    pub step: u64,
    /// Noise of this step.
    pub rng: &'a mut Rng,
    /// One optimizer for each of [`Family::PLAYERS`].
    pub optimizers: &'a mut [Adam],
    /// The only player that moves, if not all do.
    pub only: Option<usize>,
}

impl StepContext<'_> {
    /// Whether this player moves in this step.
    pub fn moves(&self, player: usize) -> bool {
        self.only.is_none_or(|only| only == player)
    }

    /// One optimizer step of `player` down `loss` (a scalar, `[1]`).
    pub fn descend<M: Module>(&mut self, player: usize, net: &mut M, loss: &Tensor<1>) {
        let (optimizer, hyper) = (&mut self.optimizers[player], self.hyper);
        // Moved through, not cloned: the optimizer writes in place what nobody else holds.
        replace_with::replace_with_or_abort(net, |net| optimizer.step(net, loss, hyper));
    }

    /// One optimizer step of `player` down gradients at hand: by name, flat.
    pub fn descend_by<M: Module>(
        &mut self,
        player: usize,
        net: &mut M,
        gradients: BTreeMap<String, Vec<f32>>,
    ) {
        let (optimizer, hyper) = (&mut self.optimizers[player], self.hyper);
        replace_with::replace_with_or_abort(net, |net| optimizer.step_by(net, gradients, hyper));
    }
}

/// Losses to be reported: outside autodiff.
pub fn plain(losses: Losses) -> Losses {
    losses
        .into_iter()
        .map(|(name, value)| (name, value.without_autodiff()))
        .collect()
}

/// What a model makes, on its device.
#[derive(Clone, Debug)]
pub enum Samples {
    /// Images `[n, channels, height, width]` in [0, 1].
    Images(Tensor<4>),
    /// Points of the plane `[n, 2]`.
    Points(Tensor<2>),
    /// Texts, token by token.
    Texts(Vec<Vec<Token>>),
}

impl Samples {
    /// They as images.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they are something else.
    pub fn images(self) -> Result<Tensor<4>> {
        match self {
            Samples::Images(images) => Ok(images),
            _ => Err(Error::Unsupported {
                what: "This needs a model of pictures".into(),
            }),
        }
    }

    /// They as points.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they are something else.
    pub fn points(self) -> Result<Tensor<2>> {
        match self {
            Samples::Points(points) => Ok(points),
            _ => Err(Error::Unsupported {
                what: "This needs a model of the plane".into(),
            }),
        }
    }
}

/// A kind of generative model.
pub trait Family: Sized + Clone + Send {
    /// Its options.
    type Config: Options;
    /// Its sampling options.
    type SampleOptions: Options;
    /// Its weights.
    type Net: Module;

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
    /// The kinds of data it models.
    const DATA: &'static [DataKind] = &[DataKind::Images];

    /// A fresh model with weights drawn from `rng`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the data is not of a kind this family models.
    fn init(config: &Self::Config, data: &DataInfo, rng: &mut Rng, device: &Device)
    -> Result<Self>;

    /// Its config.
    fn config(&self) -> &Self::Config;

    /// Its weights.
    fn net(&self) -> &Self::Net;

    /// Its weights, to be changed.
    fn net_mut(&mut self) -> &mut Self::Net;

    /// The same weights outside autodiff, for everything but training.
    fn valid(&self) -> Self {
        let mut model = self.clone();
        *model.net_mut() = self.net().valid();
        model
    }

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
    fn num_params(&self) -> usize {
        self.net().num_params()
    }

    /// Names and lengths of each player's parameters, in the order of [`Family::PLAYERS`].
    fn parameters(&self) -> Vec<Vec<(String, usize)>> {
        let all = weights::list(self.net());
        let sizes = all
            .into_iter()
            .map(|(name, dims, _)| (name, dims.iter().product()));
        vec![sizes.collect()]
    }

    /// All weights, read from the device.
    #[allow(async_fn_in_trait)] // One thread; nothing asks these futures to be Send.
    async fn weights(&self) -> Result<Weights> {
        weights::read(self.net()).await
    }

    /// The same model with other weights.
    ///
    /// # Errors
    /// [`Error::CheckpointShape`].
    fn with_weights(mut self, new: Weights) -> Result<Self> {
        *self.net_mut() = weights::load(self.net().clone(), new)?;
        Ok(self)
    }

    /// Move these weights, outside autodiff, towards those of `model`: w ← decay · w + (1 − decay) · v.
    fn follow(&mut self, model: &Self, decay: f32) {
        *self.net_mut() = weights::blend(self.net().clone(), model.net(), decay);
    }

    /// Its config for the plane, where it differs from the defaults.
    fn plane_config() -> Value {
        Value::Null
    }

    /// Its training options for the plane, where they differ from the defaults.
    fn plane_train() -> Value {
        Value::Null
    }

    /// What it shows of a model of the plane, besides its samples and its density.
    fn looks() -> Vec<Look> {
        Vec::new()
    }

    /// Configs to begin with, from small to large.
    fn sizes() -> Vec<Size> {
        Vec::new()
    }

    /// Trainings worth seeing.
    fn presets() -> Vec<Preset> {
        Vec::new()
    }

    /// Draw one of [`Family::looks`].
    ///
    /// # Errors
    /// [`Error::BadOption`] for a look it does not offer, and what the device reports.
    fn look(&self, request: &LookRequest) -> Result<Scene> {
        Err(request.unknown())
    }

    /// Its density, if it has one.
    fn density(&self) -> Option<&dyn Density> {
        None
    }

    /// Its layers between data and noise, if it has such.
    fn invertible(&self) -> Option<&dyn Invertible> {
        None
    }

    /// Its latent space, if it has one.
    fn latent(&self) -> Option<&dyn Latent> {
        None
    }

    /// How it reads text, if it does.
    fn language(&self) -> Option<&dyn Language> {
        None
    }

    /// Its training options for text, where they differ from the defaults.
    fn text_train() -> Value {
        Value::Null
    }

    /// What it declares, for the page.
    fn info() -> FamilyInfo {
        FamilyInfo {
            id: Self::ID.into(),
            title: Self::TITLE.into(),
            paper: Self::PAPER.into(),
            equation: Self::EQUATION.into(),
            capabilities: Self::CAPABILITIES,
            data: Self::DATA.to_vec(),
            players: Self::PLAYERS.iter().map(|&p| p.into()).collect(),
            sizes: Self::sizes(),
            looks: crate::views::plane::looks::<Self>(),
            plane_config: Self::plane_config(),
            plane_train: Self::plane_train(),
            config_schema: options::schema::<Self::Config>(),
            sample_schema: options::schema::<Self::SampleOptions>(),
        }
    }

    /// What else it can do; must agree with [`Family::density`] and [`Family::latent`].
    const CAPABILITIES: Capabilities;
}

/// The answer of a device, awaited.
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// A sampler under way: one pass, one denoising step, one row of pixels, one token at a time.
pub trait Sampler {
    /// Steps in all.
    fn steps(&self) -> usize;

    /// Take the next step.
    ///
    /// # Errors
    /// What the device reports.
    fn step(&mut self) -> Result<()>;

    /// Wait for what the device owes after a step; to be called after each. Only text needs it:
    /// the next token has to be known before the one after it can be asked for.
    fn settle(&mut self) -> Reading<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Whether there is nothing left to do before all steps are taken.
    fn ended(&self) -> bool {
        false
    }

    /// What it looks like now.
    fn state(&self) -> Samples;
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

    /// What z `[n, latent_dim]` stands for: the mean of p(x|z).
    ///
    /// # Errors
    /// What the device reports.
    fn decode(&self, z: Tensor<2>) -> Result<Samples>;

    /// log p(x|z) of each example, nats, `[n]`.
    ///
    /// # Errors
    /// What the device reports.
    fn log_likelihood(&self, batch: &Batch, z: Tensor<2>) -> Result<Tensor<1>>;
}

/// It maps the plane to noise and back, layer by layer, on the scale of its [`Standard`].
pub trait Invertible {
    /// Layers.
    fn depth(&self) -> usize;

    /// The scale on which its layers work.
    fn standard(&self) -> Standard;

    /// Layer `layer` from data to noise: points `[n, 2]` and logabsdet `[n]`.
    fn forward_layer(&self, layer: usize, x: Tensor<2>) -> (Tensor<2>, Tensor<1>);

    /// The way back through layer `layer`: points `[n, 2]` and logabsdet `[n]`.
    fn inverse_layer(&self, layer: usize, z: Tensor<2>) -> (Tensor<2>, Tensor<1>);
}

/// What a [`Language`] does inside while it reads a text of T tokens.
#[derive(Debug, Clone)]
pub struct Insight {
    /// The weight that each token gives to each before it, for each layer and head in turn:
    /// `[layers, heads, T, T]`.
    pub attention: Vec<f32>,
    /// Layers.
    pub layers: usize,
    /// Heads of a layer.
    pub heads: usize,
    /// What the model would guess if it ended after the embedding, after each layer, and at its
    /// end ("logit lens", nostalgebraist 2020): logits `[layers + 1, T, vocabulary]`.
    pub lens: Vec<f32>,
}

/// It reads text token by token and says what may come next.
pub trait Language {
    /// Its tokens.
    fn tokenizer(&self) -> &Tokenizer;

    /// The most tokens that it looks back on, T.
    fn block_size(&self) -> usize;

    /// Logits of the token after each of `ids` (at most T), row by row: `[n, vocabulary]`.
    fn logits<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Vec<f32>>;

    /// What it does inside while it reads `ids` (at most T).
    fn insight<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Insight>;
}

/// Builds [`Model`] from the list of families.
macro_rules! families {
    ($($(#[$doc:meta])* $variant:ident($family:ty)),* $(,)?) => {
        /// A model of any family. Every method is the family's own.
        #[derive(Clone)]
        #[allow(clippy::large_enum_variant)] // There are never many of them.
        pub enum Model {
            $($(#[$doc])* $variant($family),)*
        }

        /// All families, in the order of the page.
        pub fn infos() -> Vec<FamilyInfo> {
            vec![$(<$family as Family>::info()),*]
        }

        /// All presets, in the order of the page.
        pub fn presets() -> Vec<Preset> {
            [$(<$family as Family>::presets()),*].concat()
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

            /// What a training of the family called `id` starts from on this kind of data, before
            /// anybody asks for something else: config and training options.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`].
            pub fn defaults(id: &str, kind: DataKind) -> Result<(Value, Value)> {
                match id {
                    $(<$family as Family>::ID if kind == DataKind::Images => {
                        Ok((Value::Null, Value::Null))
                    }
                    <$family as Family>::ID if kind == DataKind::Text => {
                        Ok((Value::Null, <$family as Family>::text_train()))
                    }
                    <$family as Family>::ID => Ok((
                        <$family as Family>::plane_config(),
                        <$family as Family>::plane_train(),
                    )),)*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// The kinds of data that the family called `id` models.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`].
            pub fn kinds(id: &str) -> Result<&'static [DataKind]> {
                match id {
                    $(<$family as Family>::ID => Ok(<$family as Family>::DATA),)*
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

            /// See [`Family::follow`].
            pub fn follow(&mut self, model: &Self, decay: f32) {
                match (self, model) {
                    $((Self::$variant(average), Self::$variant(model)) => {
                        average.follow(model, decay)
                    })*
                    #[allow(unreachable_patterns)] // With one family there is no other case.
                    _ => {}
                }
            }

            /// See [`Family::look`].
            ///
            /// # Errors
            /// [`Error::BadOption`] for a look it does not offer, and what the device reports.
            pub fn look(&self, request: &LookRequest) -> Result<Scene> {
                match self { $(Self::$variant(m) => m.look(request),)* }
            }

            /// See [`Family::density`].
            pub fn density(&self) -> Option<&dyn Density> {
                match self { $(Self::$variant(m) => m.density(),)* }
            }

            /// See [`Family::invertible`].
            pub fn invertible(&self) -> Option<&dyn Invertible> {
                match self { $(Self::$variant(m) => m.invertible(),)* }
            }

            /// See [`Family::latent`].
            pub fn latent(&self) -> Option<&dyn Latent> {
                match self { $(Self::$variant(m) => m.latent(),)* }
            }

            /// See [`Family::language`].
            pub fn language(&self) -> Option<&dyn Language> {
                match self { $(Self::$variant(m) => m.language(),)* }
            }

            /// Tokens of a training example; 0 where examples are not text.
            pub fn block_size(&self) -> usize {
                self.language().map_or(0, |l| l.block_size())
            }
        }
    };
}

families! {
    /// Variational autoencoder.
    Vae(families::vae::Vae),
    /// Generative adversarial network.
    Gan(families::gan::Gan),
    /// Planar and radial flow.
    Planar(families::planar::Planar),
    /// Coupling flow.
    RealNvp(families::realnvp::RealNvp),
    /// Diffusion and flow matching.
    Ddpm(families::ddpm::Ddpm),
    /// Autoregressive mixture.
    Autoregressive(families::autoregressive::Autoregressive),
    /// GPT.
    Gpt(families::gpt::Gpt),
}

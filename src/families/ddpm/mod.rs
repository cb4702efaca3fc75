//! Diffusion, and flow matching on the same network.
//!
//! Ho, Jain & Abbeel 2020, "Denoising Diffusion Probabilistic Models", arXiv:2006.11239.
//!
//! A chain of T small noisings turns data into N(0, I). All of them at once have a closed form, and
//! one network, told x_t and t, learns to undo them:
//!
//! ```text
//! q(x_t | x_{t−1}) = N(√(1−β_t) x_{t−1}, β_t I)
//! q(x_t | x_0)     = N(√ᾱ_t x_0, (1−ᾱ_t) I)          ᾱ_t = Π_{s≤t} (1−β_s)
//! loss             = E_{x_0, ε, t} ‖ε − ε_θ(√ᾱ_t x_0 + √(1−ᾱ_t) ε, t)‖²
//! ```
//!
//! Besides ε the network may predict x_0, or v = √ᾱ_t ε − √(1−ᾱ_t) x_0 (Salimans & Ho 2022,
//! arXiv:2202.00512), or the velocity ε − x_0 of the straight path x_t = (1−t) x_0 + t ε: that is
//! flow matching (Lipman et al. 2023, arXiv:2210.02747; Liu et al. 2023, arXiv:2209.03003). Both
//! paths are x_t = alpha x_0 + sigma ε, and nothing in [`process`] knows more of a network than that
//! it answers x_t and t with one of the four. Points have a residual network over embedded
//! coordinates, images a [`UNet`].
//!
//! Samplers: ancestral (Ho et al., equation 7), DDIM with η from 0 to 1 (Song, Meng & Ermon 2021,
//! arXiv:2010.02502) and the probability-flow ODE (Song et al. 2021, arXiv:2011.13456). The last
//! also gives the density.

mod density;
mod network;
mod plots;
pub mod process;

use burn::tensor::{Device, Tensor};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    density::log_prob,
    network::PointNet,
    process::{Guess, Level, Predict, Process, Reverse, alphas_cumprod, p_sample},
};
use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind},
    error::{Error, Result},
    kernels::reduce,
    model::{
        Capabilities, Condition, Cost, Defaults, Density, DensityKind, DensityOptions, Family,
        Losses, Preset, Reading, Sampler, Samples, TrainConfig, config_and_net, ready,
    },
    nn::{
        either::Either,
        standard::Standard,
        unet::{UNet, UNetConfig},
        weights,
    },
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Scene},
};

/// Options of a [`Ddpm`].
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

/// Groups of channels that are normalised together.
const GROUPS: usize = 8;
/// Heads of the attention.
const HEADS: usize = 4;

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
}

impl Default for DdpmSampleOptions {
    fn default() -> Self {
        Self {
            sampler: SamplerKind::Ddpm,
            steps: 40,
            eta: 0.0,
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

/// How a step towards the data is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SamplerKind {
    /// Ancestral: a draw from q(x_{t−1} | x_t, predicted x₀).
    Ddpm,
    /// DDIM: the same with less fresh noise, or none.
    Ddim,
    /// The probability-flow ODE by Heun's method: two evaluations for each step.
    Ode,
}

/// The weights.
pub type Net = Either<PointNet, UNet>;

/// What one example is, and how it becomes numbers of about unit scale.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Points(Standard),
    /// Channels, rows, columns; pixels in [0, 1] become numbers in [−1, 1].
    Image([usize; 3]),
}

/// Examples that go through a U-Net at once while it trains.
const MICRO_BATCH: usize = 16;

/// The model. See the module's documentation. Inside it an example is a row of numbers of about unit
/// scale: both coordinates of a point, or all values of an image.
#[derive(Clone, Debug)]
pub struct Ddpm {
    config: DdpmConfig,
    process: Process,
    shape: Shape,
    net: Net,
}

impl Ddpm {
    /// The network's answer to x_t `[n, d]` at `times`, one for each row or one for all: `[n, d]`.
    pub fn forward(&self, x: Tensor<2>, times: &[f64]) -> Tensor<2> {
        match (&self.net, self.shape) {
            (Either::B(unet), Shape::Image([channels, height, width])) => {
                let [n, d] = x.dims();
                let image = x.reshape([n, channels, height, width]);
                unet.forward(image, times).reshape([n, d])
            }
            (Either::A(net), _) => net.forward(x, times, self.config.frequency),
            (Either::B(_), Shape::Points(_)) => x, // `init` makes no such model.
        }
    }

    /// The loss for x₀ and noise `epsilon`, both `[n, d]`, at one level for each.
    pub fn loss(&self, x0: Tensor<2>, epsilon: Tensor<2>, levels: &[Level]) -> Tensor<1> {
        let x = Process::q_sample(x0.clone(), epsilon.clone(), levels);
        let times: Vec<f64> = levels.iter().map(|l| l.time).collect();
        let answer = self.forward(x, &times);
        reduce::mean((self.process.target(x0, epsilon, levels) - answer).square())
    }

    /// The way from data to noise.
    pub fn process(&self) -> &Process {
        &self.process
    }

    fn loss_of(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let device = self.device();
        let x0 = match self.shape {
            Shape::Points(points) => points.to_unit(batch.points(&device)?),
            Shape::Image(_) => batch.pixels(&device)? * 2.0 - 1.0,
        };
        let levels = self.process.draw_levels(batch.len(), rng);
        let epsilon = rng.normal_tensor(x0.dims(), &device);
        Ok(vec![("loss", self.loss(x0, epsilon, &levels))])
    }

    /// Samples of rows x `[n, d]`.
    fn samples(&self, x: Tensor<2>) -> Samples {
        match self.shape {
            Shape::Points(points) => Samples::Points(points.from_unit(x)),
            Shape::Image([channels, height, width]) => {
                let [n, _] = x.dims();
                let pixels = (x * 0.5 + 0.5).clamp(0.0, 1.0);
                Samples::Images(pixels.reshape([n, channels, height, width]))
            }
        }
    }

    /// The scale of a model of points.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model of images.
    fn points(&self) -> Result<Standard> {
        match self.shape {
            Shape::Points(points) => Ok(points),
            Shape::Image(_) => Err(Error::Unsupported {
                what: "This needs a model of points in 2-D".into(),
            }),
        }
    }

    fn device(&self) -> Device {
        match &self.net {
            Either::A(net) => net.device(),
            Either::B(net) => net.device(),
        }
    }

    /// The network outside autodiff, as samplers want it.
    fn predict(&self) -> Box<Predict> {
        let model = self.valid();
        Box::new(move |x, time| model.forward(x, &[time]))
    }

    /// A walk from noise that belongs to `seed`.
    fn reverse(&self, options: &DdpmSampleOptions, count: usize, seed: u64) -> Reverse {
        let device = self.valid().device();
        let d = match self.shape {
            Shape::Points(_) => 2,
            Shape::Image(shape) => shape.iter().product(),
        };
        let x = Rng::new(seed, Purpose::Sample, 0).normal_tensor([count, d], &device);
        let walk = Reverse::new(self.process.clone(), self.predict(), options, x, seed);
        match self.shape {
            Shape::Points(_) => walk,
            Shape::Image(_) => walk.within([-1.0, 1.0]),
        }
    }
}

impl Family for Ddpm {
    type Config = DdpmConfig;
    type SampleOptions = DdpmSampleOptions;
    type Net = Net;

    const ID: &'static str = "ddpm";
    const TITLE: &'static str = "Diffusion";
    const PAPER: &'static str =
        "Ho, Jain & Abbeel 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239";
    const EQUATION: &'static str = "loss = E ‖ε − ε_θ(√ᾱ_t x₀ + √(1−ᾱ_t) ε, t)‖²";
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::FlowOde),
        latent: false,
        invertible: false,
        language: false,
    };

    fn defaults(space: &Space) -> Option<Defaults<DdpmConfig>> {
        match space {
            Space::Points { .. } => Some(Defaults::new(
                DdpmConfig {
                    hidden: 128,
                    embedding: 64,
                    frequency: 10.0,
                    prediction: Prediction::V,
                    ..DdpmConfig::default()
                },
                TrainConfig {
                    batch_size: 256,
                    learning_rate: 2e-3,
                    ema: 0.995,
                    ..TrainConfig::default()
                },
            )),
            Space::Image { .. } => Some(Defaults::new(
                DdpmConfig {
                    timesteps: 1000,
                    prediction: Prediction::V,
                    ..DdpmConfig::default()
                },
                TrainConfig {
                    batch_size: 32,
                    ema: 0.995,
                    clip: 1.0,
                    binarize: Binarize::None,
                    ..TrainConfig::default()
                },
            )),
            _ => None,
        }
    }

    fn init(config: &DdpmConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        let (shape, net) = match data.space {
            Space::Image {
                channels,
                height,
                width,
            } => {
                if config.network == Network::Mlp {
                    return Err(Error::bad_option("network", "mlp", "images need the U-Net"));
                }
                let halved = 1 << (config.levels - 1);
                if !height.is_multiple_of(halved) || !width.is_multiple_of(halved) {
                    let reason = format!("{height} × {width} pixels cannot be halved so often");
                    return Err(Error::bad_option("levels", config.levels, reason));
                }
                let first = config.channels;
                let unet = UNetConfig {
                    channels,
                    widths: (0..config.levels).map(|i| first << i.min(1)).collect(),
                    groups: GROUPS,
                    heads: HEADS,
                };
                let net = Either::B(UNet::init(&unet, rng, device));
                (Shape::Image([channels, height, width]), net)
            }
            _ => {
                if config.network == Network::UNet {
                    let reason = "points have no neighbours; they need fully connected layers";
                    return Err(Error::bad_option("network", "unet", reason));
                }
                let net = Either::A(PointNet::init(config, rng, device));
                (Shape::Points(Standard::of(data.space.moments())), net)
            }
        };
        Ok(Self {
            config: config.clone(),
            process: Process::new(config),
            shape,
            net,
        })
    }

    config_and_net!();

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        self.loss_of(batch, rng)
    }

    fn cost(&self) -> Cost {
        match (&self.net, self.shape) {
            (Either::B(unet), Shape::Image([_, height, width])) => unet.cost([height, width]),
            _ => Cost::of(&weights::shapes(&self.net), |_| 1.0),
        }
    }

    fn preview(&self) -> DdpmSampleOptions {
        match self.shape {
            Shape::Points(_) => DdpmSampleOptions::default(),
            Shape::Image(_) => DdpmSampleOptions {
                sampler: SamplerKind::Ddim,
                steps: 8,
                ..DdpmSampleOptions::default()
            },
        }
    }

    fn micro_batch(&self) -> usize {
        match self.shape {
            Shape::Points(_) => usize::MAX,
            Shape::Image(_) => MICRO_BATCH,
        }
    }

    fn sampler(
        &self,
        options: &DdpmSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        options.check()?;
        Ok(Box::new(Walk {
            reverse: self.reverse(options, count, seed),
            model: self.valid(),
        }))
    }

    fn plots(kind: SpaceKind) -> Vec<PlotSpec> {
        match kind {
            SpaceKind::Points => plots::plots(),
            _ => Vec::new(),
        }
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        self.plot_of_points(request)
    }

    fn presets() -> Vec<Preset> {
        plots::presets()
    }

    fn density(&self) -> Option<&dyn Density> {
        self.points().is_ok().then_some(self as &dyn Density)
    }
}

/// A walk in the data's units.
struct Walk {
    reverse: Reverse,
    model: Ddpm,
}

impl Sampler for Walk {
    fn steps(&self) -> usize {
        self.reverse.steps()
    }

    fn next(&mut self) -> Reading<'_, bool> {
        let left = self.reverse.step();
        ready(Ok(left))
    }

    fn state(&self) -> Samples {
        self.model.samples(self.reverse.x())
    }
}

impl Density for Ddpm {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::FlowOde
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        let (model, points) = (self.valid(), self.points()?);
        let x = points.to_unit(batch.points(&model.device())?);
        let log_prob = log_prob(&self.process, &*model.predict(), x);
        Ok(log_prob + points.logabsdet())
    }
}

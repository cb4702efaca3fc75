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
//! arXiv:2010.02502), the second-order DPM-Solver++ 2M (Lu et al. 2022, arXiv:2211.01095) and the
//! probability-flow ODE (Song et al. 2021, arXiv:2011.13456). The last also gives the density.
//!
//! A class-conditional network is told the class y of an image, of some images on purpose not, and
//! samples follow their class more closely than it learned by classifier-free guidance (Ho & Salimans
//! 2022, arXiv:2207.12598), 0 for samples without a class and 1 for those of the class as learned:
//!
//! ```text
//! answer = net(x, t) + guidance · (net(x, t, y) − net(x, t))
//! ```
//!
//! Three things can be asked of a trained model that it was not trained for. Pixels that are *known* are
//! set at each step to what the noise makes of them, and steps are taken several times so that the rest
//! comes to fit (RePaint, Lugmayr et al. 2022, arXiv:2201.09865). A walk may *start* from a picture
//! under part of the noise rather than from noise alone (SDEdit, Meng et al. 2022, arXiv:2108.01073).
//! And of an image of which only a *coarse* one is known, the predicted x₀ is given its averages at each
//! step, which leaves the detail to the model (DDNM, Wang, Yu & Zhang 2023, arXiv:2212.00490).

mod coarse;
mod config;
mod density;
mod network;
mod plots;
pub mod process;
mod restyle;
mod shortcut;

use self::{coarse::Coarse, config::GROUPS};
pub use self::{
    config::{DdpmConfig, DdpmSampleOptions, Network, NoiseSchedule, Prediction, SamplerKind},
    density::log_prob,
    network::PointNet,
    process::{Guess, Level, Predict, Process, Reverse, alphas_cumprod, guided, p_sample},
};
use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind, scenes::words::CONTEXT},
    error::{Error, Result},
    kernels::reduce,
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Density, DensityKind,
        DensityOptions, Divided, Example, Family, Losses, OptimizerKind, Pointwise, Preset,
        Reading, Sampler, Samples, TrainConfig, config_and_net, ready,
    },
    nn::{
        either::Either,
        squares::{self, squeeze, unsqueeze},
        unet::{self, UNet, UNetConfig},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Scene},
};
use std::{ops::Range, sync::Arc};

use burn::tensor::{Device, Tensor, TensorData};

/// How much of the way to noise a walk that starts from a picture goes back, unless it is told.
const STRENGTH: f64 = 0.6;
/// Heads of the attention.
const HEADS: usize = 4;

/// The weights.
pub type Net = Either<PointNet, UNet>;

/// What samples are to be of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// The class of each, or of all; nothing for no stated class.
    pub labels: Vec<u32>,
    /// The words of what is asked for, of each or of all; nothing where nothing is.
    pub tokens: Vec<u32>,
    /// How strongly they follow both: 0 not at all, 1 as learned.
    pub guidance: f64,
}

impl Told {
    /// What some of the samples are to be of.
    #[must_use]
    pub fn of(&self, samples: Range<usize>) -> Self {
        let words = samples.start * CONTEXT..samples.end * CONTEXT;
        Self {
            labels: some(&self.labels, 1, samples),
            tokens: some(&self.tokens, CONTEXT, words),
            guidance: self.guidance,
        }
    }

    /// As the network is told it.
    fn all(&self) -> unet::Told<'_> {
        unet::Told {
            labels: &self.labels,
            tokens: &self.tokens,
            steps: &[],
        }
    }
}

/// Some of what each is told; all of what all are told, which is as long as `one` is told.
fn some(all: &[u32], one: usize, range: Range<usize>) -> Vec<u32> {
    match all.len() <= one {
        true => all.to_vec(),
        false => all.get(range).unwrap_or_default().to_vec(),
    }
}

/// Examples that go through a U-Net at once while it trains.
const MICRO_BATCH: usize = 8;

/// The model. See the module's documentation. Inside it an example is a row of numbers of about unit
/// scale: both coordinates of a point, or all values of an image.
#[derive(Clone, Debug)]
pub struct Ddpm {
    config: DdpmConfig,
    process: Process,
    example: Example,
    /// Classes that the network can be told; 0 for none.
    classes: usize,
    /// Words that it can be told, by their tokens; empty for none.
    words: Arc<[String]>,
    net: Net,
}

impl Ddpm {
    /// The network's answer to x_t `[n, d]` at `times`, one for each row or one for all: `[n, d]`. It is
    /// `told` as many classes and sentences, or one for all, or none.
    pub fn forward(&self, x: Tensor<2>, times: &[f64], told: unet::Told) -> Tensor<2> {
        match (&self.net, self.example) {
            (Either::B(unet), Example::Image([channels, height, width])) => {
                let [n, d] = x.dims();
                let image = x.reshape([n, channels, height, width]);
                let answer = match self.config.squares {
                    true => unsqueeze(unet.forward(squeeze(image), times, told)),
                    false => unet.forward(image, times, told),
                };
                answer.reshape([n, d])
            }
            (Either::A(net), _) => net.forward(x, times, self.config.frequency),
            (Either::B(_), Example::Points(_)) => x, // `init` makes no such model.
        }
    }

    /// The loss for x₀ and noise `epsilon`, both `[n, d]`, at one level for each; it is `told` as many
    /// classes and sentences, or none.
    pub fn loss(
        &self,
        x0: Tensor<2>,
        epsilon: Tensor<2>,
        levels: &[Level],
        told: unet::Told,
    ) -> Tensor<1> {
        let x = Process::q_sample(x0.clone(), epsilon.clone(), levels);
        let times: Vec<f64> = levels.iter().map(|l| l.time).collect();
        let answer = self.forward(x, &times, told);
        reduce::mean((self.process.target(x0, epsilon, levels) - answer).square())
    }

    /// The way from data to noise.
    pub fn process(&self) -> &Process {
        &self.process
    }

    fn loss_of(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let device = self.device();
        let x0 = self.example.rows(batch, &device)?;
        // Half of the examples are for shortcuts, where there are such.
        let ordinary = match self.config.shortcuts {
            true => batch.len().div_ceil(2),
            false => batch.len(),
        };
        let levels = self.process.draw_levels(ordinary, rng);
        let epsilon = rng.normal_tensor(x0.dims(), &device);
        let labels = self.labels(batch, rng);
        let tokens = self.tokens(batch, rng);
        let told = unet::Told {
            labels: &labels,
            tokens: &tokens,
            steps: &[],
        };
        if self.config.shortcuts {
            let [denoising, shortcut] = self.both_losses(x0, epsilon, &levels, told, rng);
            let loss = denoising + shortcut.clone();
            return Ok(vec![("loss", loss), ("shortcut", shortcut)]);
        }
        Ok(vec![("loss", self.loss(x0, epsilon, &levels, told))])
    }

    /// The classes of a batch, some of them kept back.
    fn labels(&self, batch: &Batch, rng: &mut Rng) -> Vec<u32> {
        match self.classes {
            0 => Vec::new(),
            none => batch.labels_but(self.config.label_dropout, none as u32, rng),
        }
    }

    /// The captions of a batch, some of them kept back.
    fn tokens(&self, batch: &Batch, rng: &mut Rng) -> Vec<u32> {
        match self.words.is_empty() {
            true => Vec::new(),
            false => batch.captions_but(self.config.label_dropout, rng),
        }
    }

    /// What a condition asks for.
    fn told(&self, condition: &Condition, count: usize, seed: u64) -> Result<Told> {
        let tokens = condition.tokens(&self.words)?;
        if let (0, 0, Some(guidance)) = (self.classes, self.words.len(), condition.guidance) {
            let reason = "this model was trained without classes, which guidance leads towards";
            return Err(Error::bad_option("guidance", guidance, reason));
        }
        // A picture that is given is of its own class, whatever that is.
        let given = [&condition.start, &condition.known, &condition.coarse];
        let given = given.iter().any(|values| values.is_some());
        if given && condition.label.is_none() && tokens.is_empty() {
            return Ok(Told::default());
        }
        Ok(Told {
            tokens,
            labels: condition.labels(self.classes, count, seed)?,
            guidance: condition.guidance.unwrap_or(1.0),
        })
    }

    fn device(&self) -> Device {
        match &self.net {
            Either::A(net) => net.device(),
            Either::B(net) => net.device(),
        }
    }

    /// The network outside autodiff, as samplers want it.
    fn predict(&self, told: Told) -> Box<Predict> {
        let model = self.valid();
        let guidance = told.guidance;
        Box::new(move |x, time, step| {
            let steps = &[step];
            let of =
                |told: unet::Told| model.forward(x.clone(), &[time], unet::Told { steps, ..told });
            let nothing = told.labels.is_empty() && told.tokens.is_empty();
            let guidance = if nothing { 0.0 } else { guidance };
            // Of both a class and words, it is the words that guidance leads towards.
            let less = unet::Told {
                labels: if told.tokens.is_empty() {
                    &[]
                } else {
                    &told.labels
                },
                ..unet::Told::default()
            };
            guided(guidance, || of(told.all()), || of(less))
        })
    }

    /// How much each pixel of x_t `[1, d]` looks at each word at a time, on the finest level that looks,
    /// drawn at the size of the image and so that the most looked at is 1: `[1, words, height, width]`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that knows no words.
    fn looking(&self, x: Tensor<2>, time: f64, told: &Told) -> Result<Tensor<4>> {
        let (Either::B(unet), Example::Image([channels, height, width])) =
            (&self.net, self.example)
        else {
            return Err(Error::Unsupported {
                what: "Points are not painted from words".into(),
            });
        };
        let image = x.reshape([1, channels, height, width]);
        let image = match self.config.squares {
            true => squeeze(image),
            false => image,
        };
        let (_, seen) = unet.looking(image, &[time], told.all());
        // The last level on the way up is the finest.
        let finest = seen
            .into_iter()
            .next_back()
            .ok_or_else(|| Error::Unsupported {
                what: "This model looks at no words".into(),
            })?;
        let [_, places, context] = finest.dims();
        let times = ((height * width / places) as f64).sqrt() as usize;
        let maps = finest.swap_dims(1, 2);
        let most = maps.clone().max_dim(2).clamp_min(1e-9);
        let mut maps = (maps / most).reshape([1, context, height / times, width / times]);
        while maps.dims()[2] < height {
            maps = squares::repeated(maps);
        }
        Ok(maps)
    }

    /// A walk from noise that belongs to `seed`.
    fn reverse(&self, options: &DdpmSampleOptions, told: Told, count: usize, seed: u64) -> Reverse {
        let device = self.valid().device();
        let x =
            Rng::new(seed, Purpose::Sample, 0).normal_tensor([count, self.example.size()], &device);
        let walk = Reverse::new(self.process.clone(), self.predict(told), options, x, seed);
        match self.example {
            Example::Points(_) => walk,
            Example::Image(_) => walk.within([-1.0, 1.0]),
        }
    }

    /// Pixels in [0, 1] as a row `[1, d]` on the device.
    fn row(&self, pixels: Vec<f32>) -> Tensor<2> {
        let size = [1, pixels.len()];
        Tensor::from_data(TensorData::new(pixels, size), &self.valid().device())
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
    const PAGE: Option<&'static str> = Some(include_str!("page.py"));
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[
        ConditionKind::Prompt,
        ConditionKind::Label,
        ConditionKind::Guidance,
        ConditionKind::Known,
        ConditionKind::Start,
        ConditionKind::Strength,
        ConditionKind::Coarse,
    ];
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::FlowOde),
        latent: false,
        invertible: false,
        language: false,
        masked: false,
    };

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::ddpm(config)
    }

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
                    conditional: true,
                    ..DdpmConfig::default()
                },
                TrainConfig {
                    batch_size: 32,
                    learning_rate: 3e-3,
                    optimizer: OptimizerKind::Muon,
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
        let example = Example::of(&data.space);
        let classes = example.classes(data, config.conditional);
        let net = match data.space {
            Space::Image {
                channels,
                height,
                width,
            } => {
                if config.network == Network::Mlp {
                    return Err(Error::bad_option("network", "mlp", "images need the U-Net"));
                }
                let squares = usize::from(config.squares);
                let halved = 1 << (config.levels - 1 + squares);
                if !height.is_multiple_of(halved) || !width.is_multiple_of(halved) {
                    let reason = format!("{height} × {width} pixels cannot be halved so often");
                    return Err(Error::bad_option("levels", config.levels, reason));
                }
                let first = config.channels;
                let unet = UNetConfig {
                    channels: channels << (2 * squares),
                    beside: 0,
                    frames: 1,
                    widths: (0..config.levels).map(|i| first << i.min(1)).collect(),
                    // Of one channel alone the mean, and with it all that it is told, would be taken away.
                    groups: GROUPS.min(first / 2),
                    heads: HEADS,
                    depth: 0,
                    classes,
                    words: data.words.len(),
                    context: CONTEXT,
                    steps: config.shortcuts,
                };
                Either::B(UNet::init(&unet, rng, device))
            }
            _ => {
                if config.network == Network::UNet {
                    let reason = "points have no neighbours; they need fully connected layers";
                    return Err(Error::bad_option("network", "unet", reason));
                }
                Either::A(PointNet::init(config, rng, device))
            }
        };
        Ok(Self {
            config: config.clone(),
            process: Process::new(config),
            example,
            classes,
            words: data.words.clone().into(),
            net,
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        match &self.net {
            Either::A(_) => ParameterGroup::by_shape(Self::NETWORKS[0], &self.net),
            Either::B(_) => ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, unet::inside),
        }
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        self.loss_of(batch, rng)
    }

    fn cost(&self) -> Cost {
        match (&self.net, self.example) {
            (Either::B(unet), Example::Image([_, height, width])) => {
                let halved = usize::from(self.config.squares);
                unet.cost([height >> halved, width >> halved])
            }
            _ => Cost::of(&weights::shapes(&self.net), |_| 1.0),
        }
    }

    fn preview(&self) -> DdpmSampleOptions {
        match self.example {
            Example::Points(_) => DdpmSampleOptions::default(),
            Example::Image(_) => DdpmSampleOptions {
                sampler: SamplerKind::DpmSolver,
                steps: 10,
                ..DdpmSampleOptions::default()
            },
        }
    }

    fn micro_batch(&self) -> usize {
        match self.example {
            Example::Points(_) => usize::MAX,
            Example::Image(_) => MICRO_BATCH,
        }
    }

    fn sampler(
        &self,
        options: &DdpmSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        options.check()?;
        if !self.config.shortcuts {
            options.sampler.without_shortcuts()?;
        }
        let told = self.told(condition, count, seed)?;
        let (model, each) = (self.valid(), told.clone());
        let mut reverse = self
            .reverse(options, told, count, seed)
            .told_apart(move |samples| model.predict(each.of(samples)));
        if let Some(start) = condition.start(self.example.size())? {
            let x0 = self.row(start.to_vec()) * 2.0 - 1.0;
            reverse = reverse.from(x0, condition.strength.unwrap_or(STRENGTH));
        }
        let device = self.valid().device();
        if let Some(coarse) = Coarse::of(condition, self.example, options, &device)? {
            reverse = reverse.averaging(coarse);
        }
        let known = condition.known(self.example.size())?.map(|known| {
            let value = known.iter().map(|v| v.unwrap_or(0.0).clamp(0.0, 1.0));
            let mask = known.iter().map(|v| f32::from(u8::from(v.is_some())));
            [self.row(value.collect()), self.row(mask.collect())]
        });
        if let Some([value, mask]) = &known {
            reverse = reverse.knowing(value.clone() * 2.0 - 1.0, mask.clone());
        }
        Ok(Box::new(Walk {
            reverse,
            known,
            model: self.valid(),
        }))
    }

    fn plots(kind: SpaceKind) -> Vec<PlotSpec> {
        match kind {
            SpaceKind::Image => plots::plots_of_images(),
            _ => plots::plots(),
        }
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        match self.example {
            Example::Points(_) => self.plot_of_points(request),
            Example::Image(_) => self.plot_of_images(request),
        }
    }

    fn presets() -> Vec<Preset> {
        plots::presets()
    }

    fn density(&self) -> Option<&dyn Density> {
        self.example
            .points()
            .is_ok()
            .then_some(self as &dyn Density)
    }
}

/// A walk in the data's units.
struct Walk {
    reverse: Reverse,
    /// Pixels that are known and where they are, each `[1, d]`.
    known: Option<[Tensor<2>; 2]>,
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
        let samples = self.model.example.samples(self.reverse.x());
        match (samples, &self.known) {
            // At the end as they were given, to the last bit.
            (Samples::Images(images), Some([value, mask])) if self.reverse.is_done() => {
                let dims = images.dims();
                let rows = images.reshape([dims[0] as i32, -1]);
                let rows = rows * (mask.clone().neg() + 1.0) + value.clone() * mask.clone();
                Samples::Images(rows.reshape(dims))
            }
            (samples, _) => samples,
        }
    }

    fn divided(&mut self) -> Option<&mut dyn Divided> {
        Some(&mut self.reverse)
    }
}

impl Density for Ddpm {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::FlowOde
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        self.log_prob_at(batch.points(&Pointwise::device(self))?)
    }

    fn pointwise(&self) -> Option<&dyn Pointwise> {
        self.example.points().is_ok().then_some(self)
    }
}

impl Pointwise for Ddpm {
    fn device(&self) -> Device {
        self.valid().device()
    }

    fn log_prob_at(&self, x: Tensor<2>) -> Result<Tensor<1>> {
        let (model, points) = (self.valid(), self.example.points()?);
        let x = points.to_unit(x);
        let log_prob = log_prob(&self.process, &*model.predict(Told::default()), x);
        Ok(log_prob + points.logabsdet())
    }
}

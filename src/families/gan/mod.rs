//! Generative adversarial network.
//!
//! Goodfellow et al. 2014, "Generative Adversarial Nets", arXiv:1406.2661.
//!
//! A generator G carries noise z ~ N(0, I) to points; a discriminator d gives each point a score
//! (a logit, D = σ(d)) that says how much it looks like data. They play (equation 1)
//!
//! ```text
//! min_G max_D  E_x[log D(x)] + E_z[log(1 − D(G(z)))]
//! ```
//!
//! Which loss each of them goes down, for scores d of data and d' of fakes, softplus(a) = ln(1 + eᵃ):
//!
//! ```text
//!                  discriminator                            generator
//! minimax          softplus(−d) + softplus(d')              −softplus(d')
//! non-saturating   softplus(−d) + softplus(d')              softplus(−d')
//! least-squares    ½ (d − 1)² + ½ d'²                       ½ (d' − 1)²
//! relativistic     softplus(−(d − d'))                      softplus(−(d' − d))
//! ```
//!
//! The first two are the paper's (as written, and as its section 3 advises); then Mao et al. 2017
//! (LSGAN, arXiv:1611.04076) and the pairing of Jolicoeur-Martineau 2018 (arXiv:1807.00734) that
//! Huang et al. 2024 (R3GAN, arXiv:2501.05441) made converge by penalising the discriminator's slope
//! at the data (R1, Mescheder et al. 2018, arXiv:1801.04406) and at the fakes (R2):
//!
//! ```text
//! R1 = γ/2 E_x ‖∇d(x)‖²        R2 = γ/2 E_z ‖∇d(G(z))‖²
//! ```
//!
//! Gradients of gradients are not to be had here, so slopes are finite differences in a random
//! direction: with ε ~ N(0, I), E_ε (d(x + hε) − d(x))² / h² = ‖∇d(x)‖² + O(h²). γ may fade over the
//! training, as in R3GAN.
//!
//! Data in narrow modes far apart ask the generator for cliffs in z and the discriminator for peaks
//! in x, and layers that see the bare numbers are slow to learn either. Both may see sines and
//! cosines beside them ([`crate::nn::fourier`], after Tancik et al. 2020, arXiv:2006.10739):
//!
//! ```text
//! a → (a, sin ωᵢa, cos ωᵢa),  ωᵢ = 2π/16 · 2ⁱ,  i = 0 … frequencies − 1
//! ```
//!
//! Points have fully connected layers, images convolutions (`network.rs`). A *class-conditional* pair is
//! told the class of each image, and a fake of a class is judged against a real image of that class.

mod network;
mod plots;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::network::{Discriminator, Generator, spectral_norm};
use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind},
    error::Result,
    kernels::elementwise,
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Example, Family, Losses, OnePass,
        Preset, Sampler, StepContext, TrainConfig, config_and_net, plain,
    },
    nn::weights,
    optim::ParameterGroup,
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Scene},
};

/// Options of a [`Gan`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GanConfig {
    /// The loss of each of the two networks.
    #[schemars(title = "Loss")]
    pub loss: Loss,
    /// Channels of the convolutions that see the whole image; those below see half of its height and
    /// width each and have twice as many.
    #[schemars(title = "Channels", range(min = 4, max = 128), extend("x-data" = ["image"]))]
    pub channels: usize,
    /// Tell both networks the class of each image, if the data has classes; then samples of one class
    /// can be asked for.
    #[schemars(title = "Class-conditional", extend("x-data" = ["image"]))]
    pub conditional: bool,
    /// Units in each hidden layer; of images, in the discriminator's last.
    #[schemars(title = "Hidden units", range(min = 16, max = 512))]
    pub hidden: usize,
    /// Hidden layers in the generator, and as many in the discriminator.
    #[schemars(title = "Layers", range(min = 1, max = 5), extend("x-data" = ["points"]))]
    pub layers: usize,
    /// Numbers in the noise z.
    #[schemars(title = "Noise size", range(min = 2, max = 256))]
    pub z_dim: usize,
    /// Updates of the discriminator for each update of the generator; all on the same data, each
    /// against new fakes.
    #[schemars(title = "Discriminator updates", range(min = 1, max = 10))]
    pub d_steps: usize,
    /// Penalty γ on the discriminator's slope at the data.
    #[schemars(title = "R1", range(min = 0.0, max = 100.0))]
    pub r1: f64,
    /// Penalty γ on the discriminator's slope at the fakes.
    #[schemars(title = "R2", range(min = 0.0, max = 100.0))]
    pub r2: f64,
    /// Steps over which R1 and R2 fall to a hundredth of themselves: high
    /// penalties find all of the data, low ones see its details. 0 = they stay as they are.
    #[schemars(title = "Fading of R1 and R2", range(min = 0, max = 1_000_000))]
    pub fade: usize,
    /// Sines and cosines of each coordinate beside it in the discriminator, each of twice the
    /// frequency of the one before: more of them show narrower modes.
    #[schemars(title = "Frequencies", range(min = 0, max = 8), extend("x-data" = ["points"]))]
    pub frequencies: usize,
    /// The same of each number of the noise, in the generator: more of them part the modes sooner.
    #[schemars(title = "Frequencies of the noise", range(min = 0, max = 8), extend("x-data" = ["points"]))]
    pub noise_frequencies: usize,
    /// Divide each of the discriminator's weight matrices by its largest singular value.
    #[schemars(title = "Spectral norm", extend("x-data" = ["points"]))]
    pub spectral_norm: bool,
}

impl Default for GanConfig {
    fn default() -> Self {
        Self {
            loss: Loss::Relativistic,
            channels: 16,
            conditional: false,
            hidden: 64,
            layers: 4,
            z_dim: 2,
            d_steps: 1,
            r1: 0.01,
            r2: 0.01,
            fade: 0,
            frequencies: 0,
            noise_frequencies: 0,
            spectral_norm: false,
        }
    }
}

impl Options for GanConfig {}

/// The loss of each of the two networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// As written in Goodfellow et al.; the generator learns nothing from fakes that do not fool.
    Minimax,
    /// As Goodfellow et al. advise: the generator raises log D of its fakes.
    NonSaturating,
    /// Scores are drawn to 1 and 0 by squares.
    LeastSquares,
    /// Each fake against a real example: which of the two looks more real?
    Relativistic,
}

impl Loss {
    /// What the discriminator goes down, for scores of data and of fakes, each `[n]` → `[1]`.
    pub fn of_discriminator(self, real: Tensor<1>, fake: Tensor<1>) -> Tensor<1> {
        match self {
            Loss::Minimax | Loss::NonSaturating => {
                elementwise::softplus(real.neg()).mean() + elementwise::softplus(fake).mean()
            }
            Loss::LeastSquares => ((real - 1.0).square().mean() + fake.square().mean()) * 0.5,
            Loss::Relativistic => elementwise::softplus(fake - real).mean(),
        }
    }

    /// What the generator goes down, for the scores of its fakes `[n]` → `[1]`. `real` gives the
    /// scores of data, where they are needed.
    pub fn of_generator(self, real: impl FnOnce() -> Tensor<1>, fake: Tensor<1>) -> Tensor<1> {
        match self {
            Loss::Minimax => elementwise::softplus(fake).mean().neg(),
            Loss::NonSaturating => elementwise::softplus(fake.neg()).mean(),
            Loss::LeastSquares => (fake - 1.0).square().mean() * 0.5,
            Loss::Relativistic => elementwise::softplus(real() - fake).mean(),
        }
    }
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GanSampleOptions {
    /// Standard deviation of z: 1 samples the model, less stays closer to what it makes of z = 0.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for GanSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for GanSampleOptions {}

/// Length h of the steps behind R1 and R2, in standard deviations of the data: well above the rounding
/// of a score, below the width of the modes of most toys (the ring's have 0.014; the dinosaur's specks
/// 0.006, within which the penalty sees little more than their mean slope).
const STEP: f32 = 0.005;
/// What is left of R1 and R2 when they have faded.
const FADED: f64 = 0.01;
/// Places in [`Family::NETWORKS`].
const DISCRIMINATOR: usize = 0;
const GENERATOR: usize = 1;

/// A small step from each x `[n, 2]`, along `epsilon` `[n, 2]` ~ N(0, I).
pub fn nearby(x: Tensor<2>, epsilon: Tensor<2>) -> Tensor<2> {
    x + epsilon * STEP
}

/// An estimate of E ‖∇d(x)‖², `[1]`, from scores `[n]` of points and of those [`nearby`].
pub fn squared_slope(at: Tensor<1>, near: Tensor<1>) -> Tensor<1> {
    ((near - at) / STEP).square().mean()
}

/// The weights of both networks.
#[derive(Module, Debug)]
pub struct Net {
    discriminator: Discriminator,
    generator: Generator,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Gan {
    config: GanConfig,
    example: Example,
    /// Classes that both networks are told; 0 for none.
    classes: usize,
    net: Net,
}

impl Gan {
    /// G(z): z `[n, z_dim]` and as many classes, or none → rows `[n, d]`.
    pub fn generate(&self, z: Tensor<2>, labels: &[u32]) -> Tensor<2> {
        self.net.generator.forward(z, labels)
    }

    /// d(x): rows `[n, d]` and as many classes, or none → scores `[n]`.
    pub fn score(&self, x: Tensor<2>, labels: &[u32]) -> Tensor<1> {
        score_by(&self.net.discriminator, x, labels)
    }

    fn device(&self) -> Device {
        self.net.generator.device()
    }

    fn noise(&self, n: usize, rng: &mut Rng) -> Tensor<2> {
        rng.normal_tensor([n, self.config.z_dim], &self.device())
    }

    /// What is left of R1 and R2 at a step.
    pub fn left(&self, step: u64) -> f64 {
        match self.config.fade {
            0 => 1.0,
            fade => FADED.powf((step as f64 / fade as f64).min(1.0)),
        }
    }

    /// What the discriminator goes down at a step, and its parts by name (the slopes without their γ),
    /// for data x `[n, d]` against as many new fakes of the same classes.
    fn discriminator_losses(&self, data: &Data, step: u64, rng: &mut Rng) -> (Tensor<1>, Losses) {
        let Data { x, labels } = data;
        let (device, [n, d]) = (self.device(), x.dims());
        let z = self.noise(n, rng);
        let fake = fixed(&self.net.generator).forward(z, labels);
        let penalties = [("r1", self.config.r1, x), ("r2", self.config.r2, &fake)];
        let penalties = penalties.into_iter().enumerate().filter(|(_, p)| p.1 > 0.0);
        let penalties: Vec<_> = penalties.collect();
        let mut rows = vec![x.clone(), fake.clone()];
        for (_, (_, _, at)) in &penalties {
            rows.push(nearby((*at).clone(), rng.normal_tensor([n, d], &device)));
        }
        // One pass for all: data, fakes, and what lies near them. The slopes' large gradients of
        // opposite signs stay away from the bias, where only their rounding would be left.
        let discriminator = &self.net.discriminator;
        let labels = labels.repeat(rows.len());
        let scores = discriminator.unbiased_score(Tensor::cat(rows, 0), &labels); // [2 n] to [4 n]
        let part = |i: usize| scores.clone().slice(i * n..(i + 1) * n);
        let bias = || discriminator.bias();
        let loss = self.config.loss;
        let mut total = loss.of_discriminator(part(0) + bias(), part(1) + bias());
        let mut losses = vec![("discriminator", total.clone())];
        for (place, (i, (name, gamma, _))) in penalties.into_iter().enumerate() {
            let slope = squared_slope(part(i), part(2 + place)) * 0.5;
            total = total + slope.clone() * (gamma * self.left(step));
            losses.push((name, slope));
        }
        (total, losses)
    }

    /// What the generator goes down, for new fakes against data x `[n, d]`.
    fn generator_loss(&self, Data { x, labels }: &Data, rng: &mut Rng) -> Tensor<1> {
        let judge = fixed(&self.net.discriminator);
        let z = self.noise(x.dims()[0], rng);
        let fake = score_by(&judge, self.generate(z, labels), labels);
        let real = || score_by(&judge, x.clone(), labels);
        self.config.loss.of_generator(real, fake)
    }

    /// The batch as rows, with its classes where the networks are told them.
    fn inputs(&self, batch: &Batch) -> Result<Data> {
        let labels = batch.labels().filter(|_| self.classes > 0);
        Ok(Data {
            x: self.example.rows(batch, &self.device())?,
            labels: labels.unwrap_or_default().to_vec(),
        })
    }
}

/// Rows `[n, d]` and as many classes, or none.
struct Data {
    x: Tensor<2>,
    labels: Vec<u32>,
}

/// The same weights as constants: gradients pass through them, not into them.
fn fixed<M: Module>(net: &M) -> M {
    net.clone().no_grad()
}

fn score_by(discriminator: &Discriminator, x: Tensor<2>, labels: &[u32]) -> Tensor<1> {
    discriminator.unbiased_score(x, labels) + discriminator.bias()
}

impl Family for Gan {
    type Config = GanConfig;
    type SampleOptions = GanSampleOptions;
    type Net = Net;

    const ID: &'static str = "gan";
    const TITLE: &'static str = "Generative adversarial network";
    const PAPER: &'static str =
        "Goodfellow et al. 2014, Generative Adversarial Nets, arXiv:1406.2661";
    const PAGE: Option<&'static str> = Some(include_str!("page.py"));
    const SCHEMA_VERSION: u32 = 1;
    const NETWORKS: &'static [&'static str] = &["discriminator", "generator"];
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Label];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::gan(config)
    }

    fn defaults(space: &Space) -> Option<Defaults<GanConfig>> {
        let train = TrainConfig {
            batch_size: 128,
            learning_rate: 2e-3,
            beta_1: 0.0,
            beta_2: 0.99,
            ema: 0.995,
            ..TrainConfig::default()
        };
        match space {
            Space::Points { .. } => Some(Defaults::new(GanConfig::default(), train)),
            Space::Image { .. } => Some(Defaults::new(
                GanConfig {
                    hidden: 128,
                    z_dim: 64,
                    r1: 1.0,
                    r2: 1.0,
                    conditional: true,
                    ..GanConfig::default()
                },
                TrainConfig {
                    batch_size: 32,
                    learning_rate: 1e-3,
                    binarize: Binarize::None,
                    ..train
                },
            )),
            _ => None,
        }
    }

    fn init(config: &GanConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        let example = Example::of(&data.space);
        let classes = example.classes(data, config.conditional);
        Ok(Self {
            config: config.clone(),
            example,
            classes,
            net: Net {
                discriminator: Discriminator::new(example, classes, config, rng, device),
                generator: Generator::new(example, classes, config, rng, device),
            },
        })
    }

    config_and_net!();

    fn cost(&self) -> Cost {
        let updates = self.config.d_steps as f64;
        // The discriminator sees data, fakes and what lies near them in each of its updates, data and
        // fakes in the generator's; the generator makes fakes for all of them.
        let Net {
            discriminator,
            generator,
        } = &self.net;
        Cost::of(&weights::shapes(&self.net), |name| {
            match name.split_once('.') {
                Some(("discriminator", name)) => (4.0 * updates + 2.0) * discriminator.uses(name),
                Some((_, name)) => (updates + 1.0) * generator.uses(name),
                None => 1.0,
            }
        })
    }

    /// Names are those within each network, as its optimizer knows them.
    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let [discriminator, generator] = [0, 1].map(|i| Self::NETWORKS[i]);
        let mut groups = ParameterGroup::by_shape(discriminator, &self.net.discriminator);
        groups.extend(ParameterGroup::by_shape(generator, &self.net.generator));
        groups
    }

    /// The generator is averaged; the discriminator stays the one that it plays against.
    fn follow(&mut self, model: &Self, decay: f32) {
        self.net.discriminator = model.net.discriminator.valid();
        let average = self.net.generator.clone();
        self.net.generator = weights::blend(average, &model.net.generator, decay);
    }

    const IN_PARTS: bool = false;

    /// The discriminator moves `d_steps` times on this batch, each time against new fakes, then
    /// the generator once. The losses are those before each network's last update.
    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
        let data = self.inputs(batch)?;
        let mut losses = Losses::new();
        for _ in 0..self.config.d_steps {
            let (total, parts) = self.discriminator_losses(&data, context.step, context.rng);
            losses = parts;
            if !context.moves(DISCRIMINATOR) {
                break;
            }
            context.descend(DISCRIMINATOR, &mut self.net.discriminator, &total);
        }
        let loss = self.generator_loss(&data, context.rng);
        if context.moves(GENERATOR) {
            context.descend(GENERATOR, &mut self.net.generator, &loss);
        }
        losses.insert(1, ("generator", loss));
        Ok(plain(losses))
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let data = self.inputs(batch)?;
        let (_, mut losses) = self.discriminator_losses(&data, 0, rng);
        losses.insert(1, ("generator", self.generator_loss(&data, rng)));
        Ok(losses)
    }

    fn sampler(
        &self,
        options: &GanSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let labels = condition.labels(self.classes, count, seed)?;
        let z = model.noise(count, &mut Rng::new(seed, Purpose::Sample, 0)) * options.temperature;
        let start = Tensor::zeros([count, model.example.size()], &model.device());
        let start = model.example.samples(start);
        Ok(Box::new(OnePass::new(start, move || {
            Ok(model.example.samples(model.generate(z, &labels)))
        })))
    }

    fn plots(kind: SpaceKind) -> Vec<PlotSpec> {
        plots::plots(kind)
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        plots::plot(self, request)
    }

    fn presets() -> Vec<Preset> {
        plots::presets()
    }
}

impl Gan {
    /// −∂L/∂x of each fake x', for L the generator's loss of that fake alone, `[n, 2]`. `x` is data
    /// to pair it with, repeated if there is less of it; all standardised, outside autodiff.
    pub fn told(&self, x: Tensor<2>, fake: Tensor<2>) -> Tensor<2> {
        let judge = fixed(&self.net.discriminator.clone().train());
        let n = fake.dims()[0];
        let times = n.div_ceil(x.dims()[0].max(1));
        let x = x.repeat_dim(0, times).slice(0..n).autodiff();
        let fake = fake.autodiff().require_grad();
        let score = score_by(&judge, fake.clone(), &[]);
        let real = || score_by(&judge, x, &[]);
        let loss = self.config.loss.of_generator(real, score);
        let gradient = fake.grad(&loss.backward());
        // The loss is a mean over the fakes.
        gradient.map_or_else(|| fake.zeros_like(), |g| g * -(n as f32))
    }
}

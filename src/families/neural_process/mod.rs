//! Neural process: a few examples in, all others out.
//!
//! Garnelo et al. 2018, "Neural Processes", arXiv:1807.01622.
//!
//! Here a function goes from a class to an image: the letters of one hand are one function, drawn from all
//! hands. A hand is a code z ~ N(0, I), an image of class c a draw x ~ Bernoulli(σ(decoder(z, c))). A few
//! examples C of a hand give a belief about z, with which all other classes can be made.
//!
//! Each example i gives a mean μᵢ and a precision λᵢ (the encoder, told its class), and beliefs multiply as
//! Gaussians do (Volpp et al. 2021, "Bayesian Context Aggregation for Neural Processes", ICLR; Wu & Goodman
//! 2018, arXiv:1802.05335): more examples, more certainty, and none leaves the prior as it is.
//!
//! ```text
//! q(z|C) = N(μ, 1/λ),      λ = 1 + Σᵢ λᵢ,      μ = Σᵢ λᵢ μᵢ / λ          i in C
//! ```
//!
//! Training takes images T of one hand, of which the first few, m = 0 … `shown`, are the examples C, and lowers
//! (equation 9, with β for the weight of the second term)
//!
//! ```text
//! −E_q(z|T)[Σ_T log p(x|z, c)] + β KL(q(z|T) ‖ q(z|C))
//! ```
//!
//! a mean over images. Data of which no hands are known has one image of each: with m = 0 this is a conditional
//! VAE (Kingma et al. 2014, arXiv:1406.5298), and z is what the class does not say: the style of a digit.
//! To make letters of a few drawn ones is known as few-shot font generation (Azadi et al. 2018, "Multi-Content
//! GAN for Few-Shot Font Style Transfer", arXiv:1712.00516; Lopes et al. 2019, arXiv:1904.02632).

mod network;
mod plots;

use burn::tensor::{Device, Tensor, TensorData};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::network::Net;
use self::network::{Decoder, Encoder, Sizes};
use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind},
    error::Result,
    kernels::{bernoulli, reduce},
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Family, Losses, OnePass, Sampler,
        Samples, Schedule, TrainConfig, config_and_net,
    },
    optim::ParameterGroup,
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Scene},
};

/// Images that go through the network at once while it trains, about.
const MICRO_BATCH: usize = 24;

/// Options of a [`NeuralProcess`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NeuralProcessConfig {
    /// Channels of the convolutions that see the whole image; those below have two, four and six times as many.
    #[schemars(title = "Channels", range(min = 2, max = 64))]
    pub channels: usize,
    /// Units of the layers between images and z.
    #[schemars(title = "Hidden units", range(min = 8, max = 512))]
    pub hidden: usize,
    /// Numbers in the code z.
    #[schemars(title = "Latent size", range(min = 2, max = 128))]
    pub latent_dim: usize,
    /// Weight of the KL term; 1 is the bound of the paper.
    #[schemars(title = "β", range(min = 0.0, max = 20.0))]
    pub beta: f64,
    /// The most examples of a hand that a model is shown while it trains; how many is drawn for each hand anew.
    #[schemars(title = "Examples", range(min = 0, max = 8))]
    pub shown: usize,
}

impl Default for NeuralProcessConfig {
    fn default() -> Self {
        Self {
            channels: 16,
            hidden: 128,
            latent_dim: 32,
            beta: 1.0,
            shown: 3,
        }
    }
}

impl Options for NeuralProcessConfig {}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NeuralProcessSampleOptions {
    /// Standard deviation of z: 1 samples the model, less stays closer to the average hand.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for NeuralProcessSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for NeuralProcessSampleOptions {}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct NeuralProcess {
    config: NeuralProcessConfig,
    sizes: Sizes,
    /// Images of one hand that come together.
    together: usize,
    net: Net,
}

/// What is believed of the hands behind some images: a Gaussian for each.
#[derive(Clone, Debug)]
pub struct Belief {
    /// `[hands, latent]`.
    pub mean: Tensor<2>,
    /// `[hands, latent]`.
    pub precision: Tensor<2>,
}

impl Belief {
    /// A draw, `epsilon` `[hands, latent]` from N(0, I).
    fn draw(&self, epsilon: Tensor<2>) -> Tensor<2> {
        self.mean.clone() + epsilon / self.precision.clone().sqrt()
    }

    /// KL(self ‖ other) of each hand, nats, `[hands, latent]`.
    fn kl(&self, other: &Self) -> Tensor<2> {
        let ratio = other.precision.clone() / self.precision.clone();
        let apart = (self.mean.clone() - other.mean.clone()).square();
        (ratio.clone() - ratio.log() - 1.0 + other.precision.clone() * apart) * 0.5
    }
}

impl NeuralProcess {
    fn device(&self) -> Device {
        self.net.decoder.device()
    }

    /// Of so many images: how many belong to one hand, and how many hands there are in whole.
    fn hands(&self, images: usize) -> (usize, usize) {
        let together = self.together.min(images).max(1);
        (together, images / together)
    }

    /// The beliefs that what examples say comes to, all together and those alone for which `counted` says 1.
    fn beliefs(
        &self,
        (means, precisions): (Tensor<2>, Tensor<2>),
        together: usize,
        counted: Vec<f32>,
    ) -> [Belief; 2] {
        let [n, d] = means.dims();
        let hands = n / together.max(1);
        let by_hand = |t: Tensor<2>| -> Tensor<3> { t.reshape([hands, together, d]) };
        let weighted = by_hand(means * precisions.clone());
        let precisions = by_hand(precisions);
        let counted = TensorData::new(counted, [hands, together, 1]);
        let counted = Tensor::<3>::from_data(counted, &precisions.device());
        let belief = |weighted: Tensor<3>, precisions: Tensor<3>| {
            let precision = precisions.sum_dim(1).reshape([hands, d]) + 1.0;
            Belief {
                mean: weighted.sum_dim(1).reshape([hands, d]) / precision.clone(),
                precision,
            }
        };
        [
            belief(weighted.clone(), precisions.clone()),
            belief(weighted * counted.clone(), precisions * counted),
        ]
    }

    /// What is believed of the one hand that all these images `[n, channels, h, w]` are in.
    pub fn read(&self, images: Tensor<4>, labels: &[u32]) -> Belief {
        let n = labels.len();
        let said = self.net.encoder.forward(images, labels);
        let [all, _] = self.beliefs(said, n.max(1), vec![1.0; n]);
        all
    }

    /// Logits of images of these classes by hands z `[n, latent]`.
    pub fn decode(&self, z: Tensor<2>, labels: &[u32]) -> Tensor<4> {
        self.net.decoder.forward(z, labels, &self.sizes)
    }

    /// The mean of p(x|z, c) for each class in turn, all by one hand z `[1, latent]`.
    pub fn sheet(&self, z: Tensor<2>) -> Tensor<4> {
        let labels: Vec<u32> = (0..self.sizes.classes.max(1) as u32).collect();
        bernoulli::mean(self.decode(z.repeat_dim(0, labels.len()), &labels))
    }

    /// The loss and its parts, nats per image, of images `[hands · k, channels, h, w]`, k of each hand after each
    /// other, of which the first `shown` of each hand are its examples; `epsilon` `[hands, latent]` ~ N(0, I).
    pub fn bound(
        &self,
        x: Tensor<4>,
        labels: &[u32],
        shown: &[usize],
        epsilon: Tensor<2>,
    ) -> Losses {
        let ([n, ..], [hands, d]) = (x.dims(), epsilon.dims());
        let together = n / hands.max(1);
        let mut counted = Vec::with_capacity(n);
        for &shown in shown {
            counted.extend((0..together).map(|i| f32::from(u8::from(i < shown))));
        }
        let said = self.net.encoder.forward(x.clone(), labels);
        let [all, few] = self.beliefs(said, together, counted);
        let z = all
            .draw(epsilon)
            .unsqueeze_dim::<3>(1)
            .repeat_dim(1, together);
        let logits = self.decode(z.reshape([n, d]), labels).flatten(1, 3);
        let reconstruction = reduce::mean(bernoulli::log_prob(x.flatten(1, 3), logits)).neg();
        let kl = all.kl(&few).sum_dim(1).mean() / together as f64;
        let loss = reconstruction.clone() + kl.clone() * self.config.beta;
        vec![
            ("loss", loss),
            ("reconstruction", reconstruction),
            ("kl", kl),
        ]
    }

    /// The classes of a batch; all of class 0 where none is known.
    fn labels(&self, batch: &Batch) -> Vec<u32> {
        let last = self.sizes.classes.max(1) as u32 - 1;
        match batch.labels() {
            Some(labels) => labels.iter().map(|&label| label.min(last)).collect(),
            None => vec![0; batch.len()],
        }
    }
}

impl Family for NeuralProcess {
    type Config = NeuralProcessConfig;
    type SampleOptions = NeuralProcessSampleOptions;
    type Net = Net;

    const ID: &'static str = "neural-process";
    const TITLE: &'static str = "Neural process";
    const PAPER: &'static str = "Garnelo et al. 2018, Neural Processes, arXiv:1807.01622";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Label];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::neural_process(config)
    }

    fn defaults(space: &Space) -> Option<Defaults<NeuralProcessConfig>> {
        match space {
            Space::Image { channels: 1, .. } => Some(Defaults::new(
                NeuralProcessConfig::default(),
                TrainConfig {
                    batch_size: 96,
                    learning_rate: 2e-3,
                    binarize: Binarize::None,
                    schedule: Schedule::Constant,
                    ema: 0.99,
                    clip: 200.0,
                    ..TrainConfig::default()
                },
            )),
            _ => None,
        }
    }

    fn init(
        config: &NeuralProcessConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        let sizes = Sizes {
            shape: data.space.image()?,
            classes: data.classes.len(),
            channels: config.channels,
            hidden: config.hidden,
            latent: config.latent_dim,
        };
        let net = Net {
            encoder: Encoder::init(&sizes, rng, device),
            decoder: Decoder::init(&sizes, rng, device),
        };
        Ok(Self {
            config: config.clone(),
            sizes,
            together: data.together(),
            net,
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        // What reads and writes images moves by Adam.
        let ends = ["encoder.convolutions.0.", "decoder.logits."];
        let inside =
            |name: &str| name.ends_with(".weight") && !ends.iter().any(|end| name.starts_with(end));
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let (together, hands) = self.hands(batch.len());
        // A hand of one image shows nothing: it would be its own answer.
        let most = self.config.shown.min(together - 1);
        let shown: Vec<usize> = (0..hands).map(|_| rng.below(most + 1)).collect();
        let device = self.device();
        let epsilon = rng.normal_tensor([hands, self.sizes.latent], &device);
        // A hand of which only a few images came is left out.
        let n = together * hands;
        let x = batch.images(&device)?.narrow(0, 0, n);
        Ok(self.bound(x, &self.labels(batch)[..n], &shown, epsilon))
    }

    fn micro_batch(&self) -> usize {
        self.together * (MICRO_BATCH / self.together).max(1)
    }

    fn together(&self) -> usize {
        self.together
    }

    fn cost(&self) -> Cost {
        network::cost(&self.net, &self.sizes)
    }

    fn sampler(
        &self,
        options: &NeuralProcessSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = Family::valid(self);
        let device = model.device();
        let mut labels = condition.labels(self.sizes.classes, count, seed)?;
        labels.resize(count, 0);
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let z = rng.normal_tensor([count, self.sizes.latent], &device) * options.temperature;
        let [channels, height, width] = self.sizes.shape;
        let start = Tensor::zeros([count, channels, height, width], &device);
        Ok(Box::new(OnePass::new(Samples::Images(start), move || {
            Ok(Samples::Images(bernoulli::mean(model.decode(z, &labels))))
        })))
    }

    fn plots(kind: SpaceKind) -> Vec<PlotSpec> {
        plots::plots(kind)
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        plots::plot(self, request)
    }
}

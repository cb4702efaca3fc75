//! Both directions of the Kullback–Leibler divergence, on one target that is known as a formula.
//!
//! Two mixtures of K Gaussians are fitted to p ∝ exp(−U), one by each direction:
//!
//! ```text
//! q₁ = argmin KL(p‖q) = E_p[ln p − ln q]        maximum likelihood: covers
//! q₂ = argmin KL(q‖p) = E_q[ln q − ln p]        variational inference: seeks
//! ```
//!
//! The first is an integral over p, taken on a lattice. The second is one over q, taken at fixed places
//! of the noise behind q, so that it follows q wherever it goes and its gradient is that of
//! reparameterisation. Both are as exact as these sums: nothing in a training is left to chance.

use std::sync::Arc;

use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    data::{Batch, DataInfo, PointSet, Space, SpaceKind, points},
    error::{Error, Result},
    kernels::reduce,
    model::{
        Capabilities, Condition, Defaults, Density, DensityKind, DensityOptions, Family, Losses,
        OnePass, Sampler, Samples, TrainConfig, config_and_net,
    },
    nn::gaussians::Gaussians,
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Role, Scene, cells, number},
};

/// Options of a [`Kl`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KlConfig {
    /// Gaussians that each of the two fits has.
    #[schemars(title = "Components", range(min = 1, max = 4))]
    pub components: usize,
    /// Where both fits begin, from left to right.
    #[schemars(title = "Start", range(min = -3.0, max = 3.0))]
    pub start: f64,
}

impl Default for KlConfig {
    fn default() -> Self {
        Self {
            components: 1,
            start: 1.0,
        }
    }
}

impl Options for KlConfig {}

/// Options of its sampler.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KlSampleOptions {
    /// The fit that samples are drawn from.
    #[schemars(title = "Fit")]
    pub fit: Fit,
}

/// A direction of the divergence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// KL(p‖q), the average over the target.
    #[default]
    #[schemars(title = "Forward")]
    Forward,
    /// KL(q‖p), the average over the fit itself.
    #[schemars(title = "Reverse")]
    Reverse,
}

impl Options for KlSampleOptions {}

/// The lattice over the target: so many cells each way, over what lies within this distance.
const CELLS: usize = 72;
const REACH: f32 = 6.0;
/// Places of the noise: so many each way, for a step of training and for a number that is read, up to so
/// many standard deviations.
const PLACES: usize = 37;
const FINE: usize = 97;
const DEVIATIONS: f32 = 4.5;

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    forward: Gaussians,
    reverse: Gaussians,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Kl {
    config: KlConfig,
    /// Name of the energy, and ln ∫ exp(−U).
    energy: String,
    ln_z: f64,
    /// ln p at the middles of the lattice's cells.
    ln_p: Arc<[f32]>,
    net: Net,
}

impl Kl {
    /// KL(p‖q), nats, `[1]`.
    fn forward(&self, q: &Gaussians, device: &Device) -> Tensor<1> {
        let side = 2.0 * REACH / CELLS as f32;
        let lattice = cells([-REACH, REACH, -REACH, REACH], CELLS);
        let n = CELLS * CELLS;
        let x = Tensor::from_data(TensorData::new(lattice, [n, 2]), device);
        let ln_p: Tensor<1> = Tensor::from_data(TensorData::new(self.ln_p.to_vec(), [n]), device);
        let share = ln_p.clone().exp() * (side * side);
        reduce::sum(share * (ln_p - q.log_prob(x)))
    }

    /// KL(q‖p), nats, `[1]`.
    fn reverse(&self, q: &Gaussians, places: usize, device: &Device) -> Result<Tensor<1>> {
        let (noise, shares) = noise(places);
        let m = shares.len();
        let noise = Tensor::from_data(TensorData::new(noise, [m, 2]), device);
        let shares: Tensor<1> = Tensor::from_data(TensorData::new(shares, [m]), device);
        let (x, weights) = q.places(noise);
        let ln_q = q.log_prob(x.clone());
        let energy = points::energy(&self.energy, x).ok_or_else(|| unknown(&self.energy))?;
        let shares = shares.repeat_dim(0, self.config.components) * weights;
        Ok(reduce::sum(shares * (ln_q + energy + self.ln_z)))
    }

    fn fit(&self, fit: Fit) -> &Gaussians {
        match fit {
            Fit::Forward => &self.net.forward,
            Fit::Reverse => &self.net.reverse,
        }
    }

    fn device(&self) -> Device {
        self.net.forward.numbers().logits.device()
    }

    /// Points of the target, as many as asked for: cells by their share, places in them by chance.
    fn target(&self, count: usize, seed: u64) -> Vec<f32> {
        let side = 2.0 * REACH / CELLS as f32;
        let lattice = cells([-REACH, REACH, -REACH, REACH], CELLS);
        let sums: Vec<f64> = self
            .ln_p
            .iter()
            .scan(0.0, |sum, &ln_p| {
                *sum += f64::from(ln_p).exp();
                Some(*sum)
            })
            .collect();
        let all = sums.last().copied().unwrap_or(1.0);
        let mut rng = Rng::new(seed, Purpose::Evaluate, 0);
        let drawn = (0..count).flat_map(|_| {
            let at = rng.unit() * all;
            let cell = sums.partition_point(|&sum| sum < at).min(sums.len() - 1);
            [0, 1].map(|d| lattice[2 * cell + d] + side * (rng.unit() as f32 - 0.5))
        });
        drawn.collect()
    }
}

/// Places of standard normal noise, x, y, x, y, …, and the share of each.
fn noise(places: usize) -> (Vec<f32>, Vec<f32>) {
    let window = [-DEVIATIONS, DEVIATIONS, -DEVIATIONS, DEVIATIONS];
    let places = cells(window, places);
    let shares = places.as_chunks::<2>().0.iter();
    let shares: Vec<f64> = shares
        .map(|[x, y]| (-0.5 * f64::from(x * x + y * y)).exp())
        .collect();
    let all: f64 = shares.iter().sum();
    let shares = shares.into_iter().map(|share| (share / all) as f32);
    (places, shares.collect())
}

fn unknown(name: &str) -> Error {
    Error::BadData {
        name: name.into(),
        reason: "there is no energy of that name".into(),
    }
}

impl Family for Kl {
    type Config = KlConfig;
    type SampleOptions = KlSampleOptions;
    type Net = Net;

    const ID: &'static str = "kl";
    const TITLE: &'static str = "Two directions of KL";
    const PAPER: &'static str =
        "Bishop 2006, Pattern Recognition and Machine Learning, section 10.1.2";
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: false,
        language: false,
        masked: false,
    };

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::kl()
    }

    fn defaults(space: &Space) -> Option<Defaults<KlConfig>> {
        matches!(space, Space::Energy { .. }).then(|| {
            Defaults::new(
                KlConfig::default(),
                TrainConfig {
                    batch_size: 8,
                    learning_rate: 2e-2,
                    ..TrainConfig::default()
                },
            )
        })
    }

    fn init(config: &KlConfig, data: &DataInfo, _: &mut Rng, device: &Device) -> Result<Self> {
        let lattice = cells([-REACH, REACH, -REACH, REACH], CELLS);
        let ln_p = PointSet::toy(&data.name, &serde_json::Value::Null, 0)?.log_density(&lattice);
        let (ln_p, ln_z) = ln_p
            .zip(points::ln_z(&data.name))
            .ok_or_else(|| unknown(&data.name))?;
        let k = config.components;
        let aside = |i: usize| 0.5 * (i as f32 - (k - 1) as f32 / 2.0);
        let means: Vec<_> = (0..k)
            .map(|i| [config.start as f32 + aside(i), 0.2 * aside(i)])
            .collect();
        let begun = || Gaussians::init(&means, 0.5, device);
        Ok(Self {
            config: config.clone(),
            energy: data.name.clone(),
            ln_z,
            ln_p: ln_p.into_iter().map(|v| v as f32).collect(),
            net: Net {
                forward: begun(),
                reverse: begun(),
            },
        })
    }

    config_and_net!();

    fn losses(&self, _: &Batch, _: &mut Rng) -> Result<Losses> {
        let device = self.device();
        let forward = self.forward(&self.net.forward, &device);
        let reverse = self.reverse(&self.net.reverse, PLACES, &device)?;
        // They share no weights: each lowers its own.
        Ok(vec![
            ("loss", forward.clone() + reverse.clone()),
            ("covering", forward),
            ("seeking", reverse),
        ])
    }

    fn sampler(
        &self,
        options: &KlSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let numbers = model.fit(options.fit).numbers();
        let x = numbers.draw(count, 1.0, &mut rng);
        let start = Samples::Points(x.zeros_like());
        Ok(Box::new(OnePass::new(start, move || {
            Ok(Samples::Points(x))
        })))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![PlotSpec::new(
            "fits",
            "Two fits",
            "Grey: points of the target p. Red: the fit that makes KL(p‖q) small. Blue: the fit that makes KL(q‖p) small. Ellipses lie at one and two standard deviations.",
        )]
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        if request.plot != "fits" {
            return Err(request.unknown());
        }
        let model = self.valid();
        let device = &request.device;
        let xy = self.target(request.count, request.seed);
        let target = Tensor::from_data(TensorData::new(xy, [request.count, 2]), device);
        let mut scene = Scene::new("two fits of one target").points(Role::Data, target);
        let net = &model.net;
        for (role, q) in [(Role::Model, &net.forward), (Role::Noise, &net.reverse)] {
            scene = scene
                .shapes(role, q.ellipses(&[2.0], 97, device))
                .lines(role, q.ellipses(&[1.0], 97, device));
        }
        let nats = |id: &str, title: &str| number(id, title, 0.0, "nats", 3);
        Ok(scene
            .measured(
                nats("redForward", "Red: KL(p‖q)"),
                model.forward(&net.forward, device),
            )
            .measured(
                nats("redReverse", "Red: KL(q‖p)"),
                model.reverse(&net.forward, FINE, device)?,
            )
            .measured(
                nats("blueForward", "Blue: KL(p‖q)"),
                model.forward(&net.reverse, device),
            )
            .measured(
                nats("blueReverse", "Blue: KL(q‖p)"),
                model.reverse(&net.reverse, FINE, device)?,
            ))
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

/// That of the fit by maximum likelihood.
impl Density for Kl {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        Ok(self.net.forward.log_prob(batch.points(&self.device())?))
    }
}

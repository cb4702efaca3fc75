//! Mixture density network: mixtures of Gaussians, one coordinate after the other.
//!
//! The chain rule needs no approximation (Bengio & Bengio 2000; Uria, Murray & Larochelle 2013,
//! "RNADE", arXiv:1306.0186):
//!
//! ```text
//! p(x) = p(x₁) p(x₂ | x₁)
//! ```
//!
//! Each factor is a mixture of K Gaussians. The first has its parameters to itself; those of the
//! second are read off x₁ by a network (Bishop 1994, "Mixture Density Networks"). The density is
//! exact, and so are both conditionals. The network sees sines and cosines of x₁ beside x₁ itself
//! ([`fourier`]).

use std::f32::consts::TAU;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData, activation},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    data::{Batch, DataInfo, Space, SpaceKind},
    error::{Error, Result},
    kernels::{
        host::is_host,
        mixture::{self, MIN_LOG_SIGMA},
        reduce,
    },
    model::{
        Capabilities, Condition, ConditionKind, Defaults, Density, DensityKind, DensityOptions,
        Family, Losses, Preset, Reading, Sampler, Samples, TrainConfig, config_and_net, ready,
    },
    nn::{fourier, mlp::Mlp, standard::Standard},
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotInput, PlotRequest, PlotSpec, Role, Scene},
};

/// Options of an [`Mdn`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MdnConfig {
    /// Gaussians in each mixture.
    #[schemars(title = "Components", range(min = 1, max = 64))]
    pub components: usize,
    /// Units in each hidden layer.
    #[schemars(title = "Hidden units", range(min = 8, max = 256))]
    pub hidden: usize,
    /// Hidden layers.
    #[schemars(title = "Layers", range(min = 1, max = 4))]
    pub layers: usize,
    /// Sines and cosines of x₁, each of twice the frequency of the one before.
    #[schemars(title = "Frequencies", range(min = 0, max = 8))]
    pub frequencies: usize,
}

impl Default for MdnConfig {
    fn default() -> Self {
        Self {
            components: 24,
            hidden: 128,
            layers: 2,
            frequencies: 4,
        }
    }
}

impl Options for MdnConfig {}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MdnSampleOptions {
    /// Scale of each Gaussian's width: 1 samples the model, 0 only the middles.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for MdnSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for MdnSampleOptions {}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// Of p(x₁): K logits, means and log-widths, `[1, 3K]`.
    first: Param<Tensor<2>>,
    /// x₁ → those of p(x₂ | x₁).
    second: Mlp,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Mdn {
    config: MdnConfig,
    standard: Standard,
    net: Net,
}

/// A mixture of K Gaussians for each row: weights before their softmax, means and log-widths, `[n, 3K]`.
struct Mixture(Tensor<2>);

impl Mixture {
    /// Weights before their softmax (0), means (1) or log-widths (2), `[n, K]`.
    fn part(&self, i: usize) -> Tensor<2> {
        let [n, width] = self.0.dims();
        let k = width / 3;
        self.0.clone().slice([0..n, i * k..(i + 1) * k])
    }

    fn log_sigma(&self) -> Tensor<2> {
        self.part(2).clamp_min(MIN_LOG_SIGMA)
    }

    /// log p(x), nats, `[n]`, for x `[n, 1]`. A mixture of one row stands for all rows.
    fn log_prob(&self, x: Tensor<2>) -> Tensor<1> {
        if is_host(&x) {
            return mixture::log_prob(self.0.clone(), x);
        }
        let log_sigma = self.log_sigma();
        let log_weights = activation::log_softmax(self.part(0), 1);
        let scaled = (x - self.part(1)) * log_sigma.clone().neg().exp();
        let each = log_weights - log_sigma - scaled.square() * 0.5; // [n, K]
        let max = each.clone().max_dim(1).detach();
        let sum = (each - max.clone()).exp().sum_dim(1);
        (sum.log() + max).squeeze_dim::<1>(1) - 0.5 * TAU.ln()
    }

    /// One draw for each row, `[n, 1]`: the component by the Gumbel-max trick (Gumbel 1954), then
    /// the value.
    fn draw(&self, n: usize, temperature: f64, rng: &mut Rng) -> Tensor<2> {
        let device = self.0.device();
        let [_, width] = self.0.dims();
        let k = width / 3;
        let gumbel = rng
            .uniform(n * k)
            .into_iter()
            .map(|u| -(-(u.max(1e-9)).ln()).max(1e-9).ln())
            .collect::<Vec<_>>();
        let gumbel = Tensor::<2>::from_data(TensorData::new(gumbel, [n, k]), &device);
        let score = activation::log_softmax(self.part(0), 1) + gumbel; // [n, K]
        let chosen = score
            .clone()
            .greater_equal(score.max_dim(1).expand([n, k]))
            .float();
        let pick = |t: Tensor<2>| (chosen.clone() * t).sum_dim(1); // [n, 1]
        let epsilon = rng.normal_tensor([n, 1], &device) * temperature;
        pick(self.part(1)) + pick(self.log_sigma()).exp() * epsilon
    }
}

impl Mdn {
    /// p(x₁), standardised.
    fn first(&self) -> Mixture {
        Mixture(self.net.first.val())
    }

    /// p(x₂ | x₁), standardised, for x₁ `[n, 1]`.
    fn second(&self, x1: Tensor<2>) -> Mixture {
        let features = fourier::features(x1, self.config.frequencies);
        let parameters = self.net.second.forward(features); // [n, 3K]
        Mixture(parameters)
    }

    /// log p(x₁) and log p(x₂ | x₁), nats, each `[n]`, for x `[n, 2]` as it is.
    pub fn log_probs(&self, x: Tensor<2>) -> (Tensor<1>, Tensor<1>) {
        let [n, _] = x.dims();
        let u = self.standard.to_unit(x);
        let x1 = u.clone().slice([0..n, 0..1]);
        let x2 = u.slice([0..n, 1..2]);
        let each = 0.5 * self.standard.logabsdet();
        (
            self.first().log_prob(x1.clone()) + each,
            self.second(x1).log_prob(x2) + each,
        )
    }

    fn loss(&self, batch: &Batch) -> Result<Losses> {
        let (first, second) = self.log_probs(batch.points(&self.device())?);
        let (first, second) = (reduce::mean(first).neg(), reduce::mean(second).neg());
        Ok(vec![
            ("loss", first.clone() + second.clone()),
            ("first", first),
            ("second", second),
        ])
    }

    fn device(&self) -> Device {
        self.net.first.val().device()
    }
}

impl Family for Mdn {
    type Config = MdnConfig;
    type SampleOptions = MdnSampleOptions;
    type Net = Net;

    const ID: &'static str = "mdn";
    const TITLE: &'static str = "Mixture density network";
    const PAPER: &'static str =
        "Bishop 1994, Mixture Density Networks, Aston University, NCRG/94/004";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Known];
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: false,
        language: false,
        masked: false,
    };

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::mdn()
    }

    fn defaults(space: &Space) -> Option<Defaults<MdnConfig>> {
        matches!(space, Space::Points { .. }).then(|| {
            Defaults::new(
                MdnConfig {
                    hidden: 64,
                    ..MdnConfig::default()
                },
                TrainConfig {
                    batch_size: 256,
                    learning_rate: 2e-3,
                    ema: 0.995,
                    ..TrainConfig::default()
                },
            )
        })
    }

    fn init(config: &MdnConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        let k = config.components;
        // Means spread over two standard deviations each way, widths of about their distance.
        let spread = |i: usize| 4.0 * (i as f32 + 0.5) / k as f32 - 2.0;
        let width = (3.0 / k as f32).min(1.0).ln();
        let mut first = vec![0.0; k];
        first.extend((0..k).map(spread));
        first.extend(vec![width; k]);
        let mut sizes = vec![fourier::width(config.frequencies)];
        sizes.extend(vec![config.hidden; config.layers]);
        sizes.push(3 * k);
        // p(x₂ | x₁) starts from the same mixture, whatever x₁ is.
        let second = Mlp::init(&sizes, 0.1, rng, device).with_last_bias(&first);
        let first = Param::from_data(TensorData::new(first, [1, 3 * k]), device);
        Ok(Self {
            config: config.clone(),
            standard: Standard::of(data.space.moments()),
            net: Net { first, second },
        })
    }

    config_and_net!();

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        self.loss(batch)
    }

    fn sampler(
        &self,
        options: &MdnSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let x = Tensor::zeros([count, 2], &model.device());
        let known = condition.known(2)?.unwrap_or_default();
        if let [None, Some(_)] = known.as_slice() {
            return Err(Error::Unsupported {
                what: "x₁ is drawn before x₂, so x₂ alone cannot be known".into(),
            });
        }
        Ok(Box::new(OneByOne {
            model,
            temperature: options.temperature,
            seed,
            known,
            step: 0,
            x,
        }))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![
            PlotSpec::new(
                "conditional",
                "Conditional",
                "p(x₂ | x₁) for the x₁ under the pointer, along the line; below it, p(x₁).",
            )
            .with(PlotInput::Pointer),
        ]
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        if request.plot != "conditional" {
            return Err(request.unknown());
        }
        /// Points on each curve.
        const POINTS: usize = 200;
        let model = self.valid();
        let device = &request.device;
        let [left, right, bottom, top] = request.window();
        let x1 = request
            .pointer
            .map_or((left + right) / 2.0, |p| p[0].clamp(left, right));
        let along = |from: f32, to: f32| -> Vec<f32> {
            (0..POINTS)
                .map(|i| from + (to - from) * i as f32 / (POINTS - 1) as f32)
                .collect()
        };
        let column = |values: Vec<f32>| -> Tensor<2> {
            Tensor::from_data(TensorData::new(values, [POINTS, 1]), device)
        };
        let unit = |d: usize, values: Vec<f32>| -> Tensor<2> {
            let at = values
                .into_iter()
                .map(|v| self.standard.coordinate(d, v))
                .collect();
            column(at)
        };
        let per_unit = 1.0 / self.standard.scale();
        let reach = |p: Tensor<2>, height: f32| -> Tensor<2> {
            let most = p.clone().max().reshape([1, 1]) + 1e-9;
            p / most * height
        };
        // p(x₂ | x₁), drawn sideways from the line x = x₁; a fifth of the window at its highest.
        let ys = along(bottom, top);
        let mixture = model.second(unit(0, vec![x1; POINTS]));
        let conditional = mixture.log_prob(unit(1, ys.clone())).exp() * per_unit;
        let conditional = conditional.reshape([POINTS, 1]);
        let side = reach(conditional, 0.2 * (right - left)) + x1;
        let curve = Tensor::cat(vec![side, column(ys.clone())], 1); // [points, 2]
        let ends: Tensor<2> = Tensor::from_floats([[x1, top], [x1, bottom]], device);
        let shape = Tensor::cat(vec![curve, ends.clone()], 0);
        // p(x₁), drawn upwards from the bottom.
        let xs = along(left, right);
        let marginal = model.first().log_prob(unit(0, xs.clone())).exp() * per_unit;
        let marginal = marginal.reshape([POINTS, 1]);
        let up = reach(marginal, 0.15 * (top - bottom)) + bottom;
        let floor = Tensor::cat(vec![column(xs), up], 1);
        let corners: Tensor<2> = Tensor::from_floats([[right, bottom], [left, bottom]], device);
        let floor = Tensor::cat(vec![floor, corners], 0);
        Ok(
            Scene::new(format!("p(x₂ | x₁ = {x1:.2}) and p(x₁), both exact"))
                .data(request)
                .shapes(Role::Noise, floor.unsqueeze::<3>())
                .shapes(Role::Model, shape.unsqueeze::<3>())
                .lines(Role::Guide, ends.unsqueeze::<3>()),
        )
    }

    fn presets() -> Vec<Preset> {
        vec![Preset {
            id: "mdn-one-component".into(),
            title: "One Gaussian at a time".into(),
            why: "With a single component, p(x₂ | x₁) can only be one bump, so where the data has an upper and a lower arc, the model fills the gap between them.".into(),
            fails: true,
            family: Self::ID.into(),
            data: "circles".into(),
            config: json!({ "components": 1, "hidden": 64 }),
            train: json!({}),
            plot: "density".into(),
            at: 1.0,
            steps: 1500,
        }]
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

/// First x₁, then x₂ given x₁; what is known is not drawn.
struct OneByOne {
    model: Mdn,
    temperature: f64,
    seed: u64,
    known: Vec<Option<f32>>,
    step: u64,
    x: Tensor<2>,
}

impl Sampler for OneByOne {
    fn steps(&self) -> usize {
        2
    }

    fn next(&mut self) -> Reading<'_, bool> {
        let [n, _] = self.x.dims();
        let mut rng = Rng::new(self.seed, Purpose::Sample, self.step);
        let known = |d: usize| {
            let value = self.known.get(d).copied().flatten()?;
            let value = self.model.standard.coordinate(d, value);
            Some(Tensor::<2>::full([n, 1], value, &self.x.device()))
        };
        let mut draw = |mixture: Mixture| mixture.draw(n, self.temperature, &mut rng);
        let x1 = self.x.clone().slice([0..n, 0..1]);
        self.x = match self.step {
            0 => {
                let x1 = known(0).unwrap_or_else(|| draw(self.model.first()));
                Tensor::cat(vec![x1.clone(), x1.zeros_like()], 1)
            }
            1 => {
                let x2 = known(1).unwrap_or_else(|| draw(self.model.second(x1.clone())));
                Tensor::cat(vec![x1, x2], 1)
            }
            _ => return ready(Ok(false)),
        };
        self.step += 1;
        ready(Ok(true))
    }

    fn state(&self) -> Samples {
        Samples::Points(self.model.standard.from_unit(self.x.clone()))
    }
}

impl Density for Mdn {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        let (first, second) = self.log_probs(batch.points(&self.device())?);
        Ok(first + second)
    }
}

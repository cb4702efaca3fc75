//! Planar and radial flows.
//!
//! Rezende & Mohamed 2015, "Variational Inference with Normalizing Flows", arXiv:1505.05770.
//!
//! A chain of simple invertible layers z_k = f_k(z_{k−1}) bends a Gaussian cloud step by step
//! (equations 10–14):
//!
//! ```text
//! planar:  f(z) = z + û tanh(wᵀz + b),          |det ∂f/∂z| = |1 + ûᵀw (1 − tanh²(wᵀz + b))|
//! radial:  f(z) = z + β h (z − z₀), h = 1/(α+r), |det ∂f/∂z| = (1 + βh)(1 + βh − βr/(α+r)²)
//! ln q(z_K) = ln q(z_0) − Σ_k ln |det ∂f_k/∂z_{k−1}|
//! ```
//!
//! with r = |z − z₀|. It learns in two ways:
//!
//! - from an energy U alone, as in the paper (section 6.1): the layers carry noise to the plane, and
//!   reverse KL is minimised, F = E_q[ln q(z_K) + β_t U(z_K)], β_t rising from 0.01 to 1;
//! - from data, by maximum likelihood: the layers carry data to noise, where they need no inverse.
//!
//! Either way the inverse can be had: for a radial layer in closed form, for a planar one by
//! solving a monotone equation in one unknown.

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    data::{Batch, DataInfo, Space, SpaceKind, points},
    error::{Error, Result},
    kernels::{
        elementwise,
        host::is_host,
        planar::{LEAST, LEAST_ALPHA, TINY, TINY_RADIUS, planar, radial},
        reduce,
    },
    model::{
        Capabilities, Condition, Defaults, Density, DensityKind, DensityOptions, Family,
        Invertible, Losses, OnePass, Preset, Sampler, Samples, StepContext, TrainConfig,
        config_and_net, plain,
    },
    nn::{gaussian, standard::Standard},
    options::Options,
    rng::{Purpose, Rng},
};

/// Options of a [`Planar`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlanarConfig {
    /// What a layer does to the points.
    #[schemars(title = "Kind of layers")]
    pub kind: Kind,
    /// How many.
    #[schemars(title = "Layers", range(min = 1, max = 64))]
    pub layers: usize,
    /// Steps over which an energy comes in, from a hundredth of itself to the whole.
    #[schemars(title = "Annealing", range(min = 1, max = 100_000))]
    pub anneal: u64,
}

impl Default for PlanarConfig {
    fn default() -> Self {
        Self {
            kind: Kind::Planar,
            layers: 32,
            anneal: 2000,
        }
    }
}

impl Options for PlanarConfig {}

/// What a layer does to the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Pushes along a direction, at a line.
    Planar,
    /// Pulls towards a point, or pushes away from it.
    Radial,
    /// One of each, in turns.
    Both,
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlanarSampleOptions {
    /// Standard deviation of z: 1 samples the model, less stays closer to its middle.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for PlanarSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for PlanarSampleOptions {}

/// Halvings of the interval in which the root of a planar layer's inverse lies; f32 holds no more.
const HALVINGS: usize = 40;

/// One layer. Planar: `v` = w, `u` = u, `scalars` = (b). Radial: `v` = z₀, `scalars` = (α, β), both
/// before softplus.
#[derive(Module, Debug)]
pub struct Layer {
    v: Param<Tensor<2>>,
    u: Option<Param<Tensor<2>>>,
    scalars: Param<Tensor<2>>,
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    layers: Vec<Layer>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Planar {
    config: PlanarConfig,
    standard: Standard,
    /// Name of the energy, for a flow that learns from one: its layers carry noise to the plane.
    energy: Option<String>,
    net: Net,
}

impl Layer {
    fn init(radial: bool, rng: &mut Rng, device: &Device) -> Self {
        let row = |values: Vec<f32>| -> Param<Tensor<2>> {
            let n = values.len();
            Param::from_data(TensorData::new(values, [1, n]), device)
        };
        let small = |rng: &mut Rng, n: usize, scale: f32| -> Vec<f32> {
            rng.normal(n).iter().map(|v| v * scale).collect()
        };
        if radial {
            Self {
                v: row(small(rng, 2, 1.0)),
                u: None,
                // softplus(0.54) ≈ 1; β + α ≈ 1 means β ≈ 0, the identity.
                scalars: row(vec![0.54, 0.54]),
            }
        } else {
            Self {
                v: row(small(rng, 2, 1.0)),
                u: Some(row(small(rng, 2, 0.1))),
                scalars: row(small(rng, 1, 0.5)),
            }
        }
    }

    /// z `[n, 2]` → f(z) `[n, 2]` and ln |det ∂f/∂z| `[n]`.
    fn forward(&self, z: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        match &self.u {
            Some(u) => {
                let (w, u, s) = self.direction(u.val());
                let a = (z.clone() * w).sum_dim(1) + self.scalars.val(); // [n, 1]
                let h = elementwise::tanh(a);
                // 1 + c (1 − h²) with c = s − 1, without a difference that could reach 0.
                let square = h.clone().square();
                let det = (square.clone().neg() + 1.0) * s + square; // [n, 1]
                (z + h * u, det.log().squeeze_dim(1))
            }
            None => {
                let (alpha, beta) = self.strengths(); // [1, 1]
                let from = z.clone() - self.v.val(); // [n, 2]
                let r = distance(from.clone()); // [n, 1]
                let h = (r.clone() + alpha.clone()).recip();
                let along = (h.clone() * beta.clone()) + 1.0; // 1 + βh: around z₀
                let across = along.clone() - h.clone().square() * r * beta.clone();
                let logabsdet = along.log() + across.log();
                (z + from * h * beta, logabsdet.squeeze_dim(1))
            }
        }
    }

    /// The same in one kernel of the CPU: z and the sum of log-determinants so far, `[n, 3]`, to those
    /// after this layer.
    fn on_host(&self, state: Tensor<2>) -> Tensor<2> {
        match &self.u {
            Some(u) => planar(state, self.v.val(), u.val(), self.scalars.val()),
            None => radial(state, self.v.val(), self.scalars.val()),
        }
    }

    /// f(z) `[n, 2]` → z `[n, 2]`.
    fn inverse(&self, y: Tensor<2>) -> Tensor<2> {
        match &self.u {
            Some(u) => {
                // With a = wᵀz + b: wᵀy + b = a + c tanh a. The right side rises, and a lies within
                // |c| of the left.
                let (w, u, s) = self.direction(u.val());
                let c = s - 1.0;
                let target = (y.clone() * w).sum_dim(1) + self.scalars.val(); // [n, 1]
                let (mut low, mut high) = (
                    target.clone() - c.clone().abs(),
                    target.clone() + c.clone().abs(),
                );
                for _ in 0..HALVINGS {
                    let middle = (low.clone() + high.clone()) * 0.5;
                    let value = middle.clone() + elementwise::tanh(middle.clone()) * c.clone();
                    let above = value.greater(target.clone()).float(); // The root lies below.
                    let below = above.clone().neg() + 1.0;
                    high = middle.clone() * above.clone() + high * below.clone();
                    low = middle * below + low * above;
                }
                y - elementwise::tanh((low + high) * 0.5) * u
            }
            None => {
                // r + β r / (α + r) = r′ is a quadratic in r.
                let (alpha, beta) = self.strengths();
                let from = y - self.v.val();
                let reached = distance(from.clone()); // r′, [n, 1]
                let p = (reached.clone() - alpha.clone() - beta) * 0.5;
                let r = p.clone() + (p.square() + reached.clone() * alpha).sqrt();
                from * (r / reached) + self.v.val()
            }
        }
    }

    /// w, û and s = 1 + ûᵀw > 0 of a planar layer (appendix A.1): û = u + (m(wᵀu) − wᵀu) w / |w|²,
    /// m(x) = −1 + ln(1 + eˣ), where s = ln(1 + eˣ) is kept from 0.
    fn direction(&self, u: Tensor<2>) -> (Tensor<2>, Tensor<2>, Tensor<2>) {
        let w = self.v.val();
        let product = (w.clone() * u.clone()).sum_dim(1); // [1, 1]
        let s = elementwise::softplus(product.clone()).clamp_min(LEAST);
        let square = w.clone().square().sum_dim(1) + TINY;
        let u = u + w.clone() * (s.clone() - 1.0 - product) / square;
        (w, u, s)
    }

    /// α > 0 and β > −α of a radial layer (appendix A.2).
    fn strengths(&self) -> (Tensor<2>, Tensor<2>) {
        let positive = elementwise::softplus(self.scalars.val()) + LEAST_ALPHA;
        let alpha = positive.clone().slice([0..1, 0..1]);
        let beta = positive.slice([0..1, 1..2]) - alpha.clone();
        (alpha, beta)
    }
}

/// |x| of each row, `[n, 2]` → `[n, 1]`, with a slope at 0 too.
fn distance(x: Tensor<2>) -> Tensor<2> {
    (x.square().sum_dim(1) + TINY_RADIUS).sqrt()
}

impl Planar {
    /// Through all layers as they are written: z `[n, 2]` and Σ ln |det ∂f_k/∂z| `[n]`.
    fn chain(&self, z: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        if is_host(&z) {
            let [n, _] = z.dims();
            let none = Tensor::zeros([n, 1], &z.device());
            let layers = self.net.layers.iter();
            let state = layers.fold(Tensor::cat(vec![z, none], 1), |z, layer| layer.on_host(z));
            let z = state.clone().slice([0..n, 0..2]);
            return (z, state.slice([0..n, 2..3]).squeeze_dim(1));
        }
        let mut z = z;
        let mut total: Option<Tensor<1>> = None;
        for layer in &self.net.layers {
            let (next, logabsdet) = layer.forward(z);
            z = next;
            total = Some(match total {
                Some(total) => total + logabsdet,
                None => logabsdet,
            });
        }
        let total = total.unwrap_or_else(|| z.clone().sum_dim(1).squeeze_dim(1).zeros_like());
        (z, total)
    }

    /// Back through all layers.
    fn unchain(&self, z: Tensor<2>) -> Tensor<2> {
        let layers = self.net.layers.iter().rev();
        layers.fold(z, |z, layer| layer.inverse(z))
    }

    /// log p(x), nats, `[n]`, for x `[n, 2]` as it is.
    pub fn log_prob(&self, x: Tensor<2>) -> Tensor<1> {
        let u = self.standard.to_unit(x);
        let log_prob = match self.energy {
            None => {
                let (z, logabsdet) = self.chain(u);
                gaussian::standard_log_prob(z) + logabsdet
            }
            Some(_) => {
                let z = self.unchain(u);
                let (_, logabsdet) = self.chain(z.clone());
                gaussian::standard_log_prob(z) - logabsdet
            }
        };
        log_prob + self.standard.logabsdet()
    }

    /// The free energy for z_0 `[n, 2]` (equation 20) and its two parts, nats.
    fn free_energy(&self, name: &str, z0: Tensor<2>, inverse_temperature: f64) -> Result<Losses> {
        let log_q0 = gaussian::standard_log_prob(z0.clone());
        let (z, logabsdet) = self.chain(z0);
        let energy = points::energy(name, z).ok_or_else(|| Error::BadData {
            name: name.into(),
            reason: "there is no energy of that name".into(),
        })?;
        let log_q = reduce::mean(log_q0 - logabsdet);
        let energy = reduce::mean(energy);
        Ok(vec![
            ("loss", log_q.clone() + energy.clone() * inverse_temperature),
            ("entropy", log_q.neg()),
            ("energy", energy),
        ])
    }

    fn loss(&self, batch: &Batch, rng: &mut Rng, inverse_temperature: f64) -> Result<Losses> {
        match &self.energy {
            Some(name) => {
                let z0 = rng.normal_tensor([batch.len(), 2], &self.device());
                self.free_energy(name, z0, inverse_temperature)
            }
            None => {
                let x = batch.points(&self.device())?;
                Ok(vec![("loss", reduce::mean(self.log_prob(x)).neg())])
            }
        }
    }

    fn device(&self) -> Device {
        match self.net.layers.first() {
            Some(layer) => layer.v.val().device(),
            None => Device::flex(),
        }
    }
}

impl Family for Planar {
    type Config = PlanarConfig;
    type SampleOptions = PlanarSampleOptions;
    type Net = Net;

    const ID: &'static str = "planar";
    const TITLE: &'static str = "Planar and radial flow";
    const PAPER: &'static str =
        "Rezende & Mohamed 2015, Variational Inference with Normalizing Flows, arXiv:1505.05770";
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: true,
        language: false,
        masked: false,
    };

    fn equation(config: &Self::Config, kind: SpaceKind) -> Vec<String> {
        super::equations::planar(config, kind)
    }

    fn defaults(space: &Space) -> Option<Defaults<PlanarConfig>> {
        matches!(space, Space::Points { .. } | Space::Energy { .. }).then(|| {
            Defaults::new(
                PlanarConfig {
                    layers: 16,
                    ..PlanarConfig::default()
                },
                TrainConfig {
                    batch_size: 256,
                    learning_rate: 5e-3,
                    ..TrainConfig::default()
                },
            )
        })
    }

    fn init(
        config: &PlanarConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        let layers = (0..config.layers)
            .map(|k| {
                let radial = match config.kind {
                    Kind::Planar => false,
                    Kind::Radial => true,
                    Kind::Both => k % 2 == 1,
                };
                Layer::init(radial, rng, device)
            })
            .collect();
        Ok(Self {
            config: config.clone(),
            standard: Standard::of(data.space.moments()),
            energy: matches!(data.space, Space::Energy { .. }).then(|| data.name.clone()),
            net: Net { layers },
        })
    }

    config_and_net!();

    const IN_PARTS: bool = false;

    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
        let along = context.step as f64 / self.config.anneal as f64;
        let losses = self.loss(batch, context.rng, (0.01 + 0.99 * along).min(1.0))?;
        context.descend(0, &mut self.net, &losses[0].1);
        Ok(plain(losses))
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        self.loss(batch, rng, 1.0)
    }

    fn sampler(
        &self,
        options: &PlanarSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let z = rng.normal_tensor([count, 2], &model.device()) * options.temperature;
        let start = Samples::Points(model.standard.from_unit(z.clone()));
        Ok(Box::new(OnePass::new(start, move || {
            let x = match model.energy {
                Some(_) => model.chain(z).0,
                None => model.unchain(z),
            };
            Ok(Samples::Points(model.standard.from_unit(x)))
        })))
    }

    fn presets() -> Vec<Preset> {
        vec![Preset {
            id: "planar-energy".into(),
            title: "From an energy alone".into(),
            why: "Nobody shows this flow a single point. It is told only how much each place costs, and learns to put its samples where that is little, in both halves: planar layers alone often settle in one of them.".into(),
            fails: false,
            family: Self::ID.into(),
            data: "u1".into(),
            config: json!({ "kind": "both" }),
            train: json!({}),
            plot: "generate".into(),
            at: 1.0,
            steps: 4000,
        }]
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }

    fn invertible(&self) -> Option<&dyn Invertible> {
        Some(self)
    }
}

impl Density for Planar {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        Ok(Planar::log_prob(self, batch.points(&self.device())?))
    }
}

impl Invertible for Planar {
    fn depth(&self) -> usize {
        self.config.layers
    }

    fn standard(&self) -> Standard {
        self.standard
    }

    fn forward_layer(&self, layer: usize, x: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        match self.energy {
            None => self.net.layers[layer].forward(x),
            Some(_) => {
                let layer = &self.net.layers[self.config.layers - 1 - layer];
                let z = layer.inverse(x);
                let logabsdet = layer.forward(z.clone()).1.neg();
                (z, logabsdet)
            }
        }
    }

    fn inverse_layer(&self, layer: usize, z: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        match self.energy {
            None => {
                let layer = &self.net.layers[layer];
                let x = layer.inverse(z);
                let logabsdet = layer.forward(x.clone()).1.neg();
                (x, logabsdet)
            }
            Some(_) => self.net.layers[self.config.layers - 1 - layer].forward(z),
        }
    }
}

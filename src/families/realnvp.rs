//! RealNVP, and the same flow with rational-quadratic splines.
//!
//! Dinh, Sohl-Dickstein & Bengio 2016, "Density estimation using Real NVP", arXiv:1605.08803.
//! Splines: Durkan, Bekasov, Murray & Papamakarios 2019, "Neural Spline Flows", arXiv:1906.04032.
//!
//! An invertible f carries data to noise, z = f(x) with z ~ π = N(0, I), so the density is exact:
//!
//! ```text
//! log p(x) = log π(f(x)) + log |det ∂f/∂x|
//! ```
//!
//! f is a chain of coupling layers. Each leaves one coordinate as it is and moves the other by a
//! monotone map whose parameters a network reads off the first. The Jacobian is triangular: its
//! log-determinant is the logarithm of that map's slope. The inverse asks the same network.
//!
//! - affine (equation 9): x₂ ↦ x₂ exp(s(x₁)) + t(x₁), logabsdet = s(x₁);
//! - spline (section 3.1): x₂ ↦ g(x₂), monotone, made of K quotients of quadratics ([`rq_spline`]).

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    data::{Batch, DataInfo, Space, SpaceKind},
    error::Result,
    kernels::{
        affine,
        columns::{beside, column},
        reduce, rq_spline,
    },
    model::{
        Capabilities, Condition, Defaults, Density, DensityKind, DensityOptions, Family,
        Invertible, Losses, OnePass, Preset, Sampler, Samples, TrainConfig, config_and_net,
    },
    nn::{fourier, gaussian, mlp::Mlp, standard::Standard},
    options::Options,
    rng::{Purpose, Rng},
};

/// Options of a [`RealNvp`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RealNvpConfig {
    /// How a coupling moves its coordinate.
    #[schemars(title = "Transform")]
    pub transform: Transform,
    /// Coupling layers; each moves one coordinate, in turns.
    #[schemars(title = "Couplings", range(min = 1, max = 32))]
    pub couplings: usize,
    /// Units in each hidden layer of a coupling's network.
    #[schemars(title = "Hidden units", range(min = 8, max = 256))]
    pub hidden: usize,
    /// Hidden layers of a coupling's network.
    #[schemars(title = "Layers", range(min = 1, max = 4))]
    pub layers: usize,
    /// Sines and cosines that a coupling's network sees of the coordinate that stays; 0 as in the
    /// paper.
    #[schemars(title = "Frequencies", range(min = 0, max = 8))]
    pub frequencies: usize,
    /// Pieces of a spline.
    #[schemars(title = "Bins", range(min = 2, max = 32))]
    pub bins: usize,
}

impl Default for RealNvpConfig {
    fn default() -> Self {
        Self {
            transform: Transform::Affine,
            couplings: 8,
            hidden: 128,
            layers: 2,
            frequencies: 0,
            bins: 16,
        }
    }
}

impl Options for RealNvpConfig {}

/// How a coupling moves its coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Transform {
    /// Stretch and shift.
    Affine,
    /// A monotone rational-quadratic spline.
    Spline,
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RealNvpSampleOptions {
    /// Standard deviation of z: 1 samples the model, less stays closer to its middle.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for RealNvpSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for RealNvpSampleOptions {}

/// The weights: one network for each coupling.
#[derive(Module, Debug)]
pub struct Net {
    couplings: Vec<Mlp>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct RealNvp {
    config: RealNvpConfig,
    standard: Standard,
    net: Net,
}

impl RealNvp {
    /// What coupling `layer` reads from the coordinate that it leaves alone, a `[n, 1]`.
    ///
    /// As in the paper the network sees the masked point b ⊙ x, here with sines and cosines of a if
    /// wanted; its parameters are for the other coordinate: 2 for an affine map, 3K − 1 for a spline.
    fn parameters_of(&self, layer: usize, a: Tensor<2>) -> Tensor<2> {
        let zeros = a.zeros_like();
        let a = fourier::features(a, self.config.frequencies);
        let masked = match layer % 2 {
            0 => beside(a, zeros),
            _ => beside(zeros, a),
        };
        self.net.couplings[layer].forward(masked)
    }

    /// One coupling, towards the noise or back: (x, logabsdet), `[n, 2]` and `[n]`.
    fn couple(&self, layer: usize, x: Tensor<2>, inverse: bool) -> (Tensor<2>, Tensor<1>) {
        // Even layers keep the first coordinate, odd ones the second.
        let kept = layer % 2;
        let a = column(x.clone(), kept); // [n, 1]
        let b = column(x, 1 - kept); // [n, 1]
        let parameters = self.parameters_of(layer, a.clone());
        let (b, logabsdet) = match self.config.transform {
            Transform::Affine if inverse => affine::inverse(b, parameters),
            Transform::Affine => affine::forward(b, parameters),
            Transform::Spline if inverse => rq_spline::inverse(b, parameters, self.config.bins),
            Transform::Spline => rq_spline::forward(b, parameters, self.config.bins),
        };
        let x = match kept {
            0 => beside(a, b),
            _ => beside(b, a),
        };
        (x, logabsdet)
    }

    /// Data to noise, both standardised: z `[n, 2]` and log |det ∂z/∂x| `[n]`.
    pub fn forward(&self, x: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        let mut z = x;
        let mut total: Option<Tensor<1>> = None;
        for layer in 0..self.config.couplings {
            let (next, logabsdet) = self.couple(layer, z, false);
            z = next;
            total = Some(match total {
                Some(total) => total + logabsdet,
                None => logabsdet,
            });
        }
        let total = total.unwrap_or_else(|| z.clone().sum_dim(1).squeeze_dim(1).zeros_like());
        (z, total)
    }

    /// Noise to data, both standardised: x `[n, 2]` and log |det ∂x/∂z| `[n]`.
    pub fn inverse(&self, z: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        let mut x = z;
        let mut total: Option<Tensor<1>> = None;
        for layer in (0..self.config.couplings).rev() {
            let (next, logabsdet) = self.couple(layer, x, true);
            x = next;
            total = Some(match total {
                Some(total) => total + logabsdet,
                None => logabsdet,
            });
        }
        let total = total.unwrap_or_else(|| x.clone().sum_dim(1).squeeze_dim(1).zeros_like());
        (x, total)
    }

    /// log p(x), nats, `[n]`, for x `[n, 2]` as it is.
    pub fn log_prob(&self, x: Tensor<2>) -> Tensor<1> {
        let (z, logabsdet) = self.forward(self.standard.to_unit(x));
        gaussian::standard_log_prob(z) + logabsdet + self.standard.logabsdet()
    }

    fn loss(&self, batch: &Batch) -> Result<Losses> {
        let x = batch.points(&self.device())?;
        Ok(vec![("loss", reduce::mean(self.log_prob(x)).neg())])
    }

    fn device(&self) -> Device {
        match self.net.couplings.first() {
            Some(net) => net.device(),
            None => Device::flex(),
        }
    }
}

impl Family for RealNvp {
    type Config = RealNvpConfig;
    type SampleOptions = RealNvpSampleOptions;
    type Net = Net;

    const ID: &'static str = "realnvp";
    const TITLE: &'static str = "Coupling flow";
    const PAPER: &'static str =
        "Dinh, Sohl-Dickstein & Bengio 2016, Density estimation using Real NVP, arXiv:1605.08803";
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: true,
        language: false,
        masked: false,
    };

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::realnvp(config)
    }

    fn defaults(space: &Space) -> Option<Defaults<RealNvpConfig>> {
        matches!(space, Space::Points { .. }).then(|| {
            Defaults::new(
                RealNvpConfig {
                    hidden: 64,
                    ..RealNvpConfig::default()
                },
                TrainConfig {
                    batch_size: 256,
                    ema: 0.995,
                    ..TrainConfig::default()
                },
            )
        })
    }

    fn init(
        config: &RealNvpConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        let outputs = match config.transform {
            Transform::Affine => 2,
            Transform::Spline => rq_spline::width(config.bins),
        };
        let mut sizes = vec![1 + fourier::width(config.frequencies)];
        sizes.extend(vec![config.hidden; config.layers]);
        sizes.push(outputs);
        // Almost zero, so that the flow begins near the identity.
        let couplings = (0..config.couplings)
            .map(|_| Mlp::init(&sizes, 0.01, rng, device))
            .collect();
        Ok(Self {
            config: config.clone(),
            standard: Standard::of(data.space.moments()),
            net: Net { couplings },
        })
    }

    config_and_net!();

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        self.loss(batch)
    }

    fn sampler(
        &self,
        options: &RealNvpSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let z = rng.normal_tensor([count, 2], &model.device()) * options.temperature;
        let start = Samples::Points(model.standard.from_unit(z.clone()));
        Ok(Box::new(OnePass::new(start, move || {
            let (x, _) = model.inverse(z);
            Ok(Samples::Points(model.standard.from_unit(x)))
        })))
    }

    fn presets() -> Vec<Preset> {
        vec![Preset {
            id: "realnvp-too-few".into(),
            title: "Too few couplings".into(),
            why: "Each affine coupling shears and stretches one coordinate by amounts that depend on the other. Two of them are fewer than two moons need: these small networks find no map that comes close.".into(),
            fails: true,
            family: Self::ID.into(),
            data: "moons".into(),
            config: json!({ "couplings": 2, "hidden": 64 }),
            train: json!({}),
            plot: "generate".into(),
            at: 1.0,
            steps: 2000,
        }]
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }

    fn invertible(&self) -> Option<&dyn Invertible> {
        Some(self)
    }
}

impl Density for RealNvp {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        Ok(RealNvp::log_prob(self, batch.points(&self.device())?))
    }
}

impl Invertible for RealNvp {
    fn depth(&self) -> usize {
        self.config.couplings
    }

    fn standard(&self) -> Standard {
        self.standard
    }

    fn forward_layer(&self, layer: usize, x: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        self.couple(layer, x, false)
    }

    fn inverse_layer(&self, layer: usize, z: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        self.couple(layer, z, true)
    }
}

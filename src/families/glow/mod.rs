//! RealNVP and Glow: normalizing flows of images.
//!
//! Dinh, Sohl-Dickstein & Bengio 2016, "Density estimation using Real NVP", arXiv:1605.08803; Kingma &
//! Dhariwal 2018, "Glow: Generative Flow with Invertible 1×1 Convolutions", arXiv:1807.03039. The flows
//! of points are in [`realnvp`](super::realnvp).
//!
//! An invertible f carries an image v to noise z = f(v) ~ N(0, I), so its density is exact:
//!
//! ```text
//! log p(v) = log N(f(v); 0, I) + log |det ∂f/∂v|
//! ```
//!
//! f is built of parts whose Jacobians are triangular or small, at several scales:
//!
//! ```text
//! step      ActNorm          h ↦ (h + b) e^a, a and b for each channel             h·w·Σ a
//!           1×1 convolution  h ↦ W h at each pixel, W = P L (U + diag e^s)         h·w·Σ s
//!           coupling         (h₁, h₂) ↦ (h₁, h₂ e^s + t), s and t read off h₁      Σ s
//! level     squeeze: 2×2 pixels become 4 channels; steps; half of the channels leave as noise
//! ```
//!
//! Before the first squeeze couplings may part pixels rather than channels, like the squares of a
//! checkerboard; without the 1×1 convolution (`mixing` reverse) the rest is RealNVP's.
//!
//! Pixels have levels x = 0 … L − 1, and f wants numbers. With noise u in [0, 1) on top, v = (x + u) / L,
//! and what follows is a bound on the probability of the levels (Theis et al. 2016, arXiv:1511.01844):
//!
//! ```text
//! log P(x) ≥ E_{u ~ q(u|x)} [log p((x + u) / L) − log q(u|x)] − d ln L        nats, d pixels
//! ```
//!
//! with q uniform, or a small flow that sees x (variational dequantization, Ho et al. 2019,
//! arXiv:1902.00275). Numbers v in [0, 1) become real ones by logit(α + (1 − 2α) v), as in RealNVP.

mod layers;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::layers::{Coupling, Flowing, Mix, Step, checker_back, halves, step_back, total};
use super::realnvp::RealNvpSampleOptions;
use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind},
    error::{Error, Result},
    kernels::{elementwise, reduce},
    model::{
        Capabilities, Condition, Cost, Defaults, Density, DensityKind, DensityOptions, Family,
        Losses, OnePass, Sampler, Samples, StepContext, TrainConfig, config_and_net,
    },
    nn::{
        gaussian, init,
        squares::{squeeze, unsqueeze},
        weights,
    },
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Scene},
};

/// Options of a [`Glow`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GlowConfig {
    /// Levels of a pixel: 256 for the data as published, 16 for what the page is sent.
    #[schemars(title = "Levels of grey", range(min = 2, max = 256))]
    pub levels: usize,
    /// Scales; at each but the last half of the numbers leave as noise.
    #[schemars(title = "Scales", range(min = 1, max = 4))]
    pub scales: usize,
    /// Steps at each scale.
    #[schemars(title = "Steps", range(min = 1, max = 32))]
    pub steps: usize,
    /// Channels inside the networks of the couplings.
    #[schemars(title = "Channels", range(min = 4, max = 256))]
    pub channels: usize,
    /// Couplings between the squares of a checkerboard, before the first squeeze.
    #[schemars(title = "Checkerboards", range(min = 0, max = 8))]
    pub checkerboards: usize,
    /// How channels are mixed between couplings.
    #[schemars(title = "Mixing")]
    pub mixing: Mixing,
    /// The noise that makes numbers of levels.
    #[schemars(title = "Dequantization")]
    pub dequantization: Dequantization,
}

impl Default for GlowConfig {
    fn default() -> Self {
        Self {
            levels: 256,
            scales: 2,
            steps: 6,
            channels: 32,
            checkerboards: 2,
            mixing: Mixing::Convolution,
            dequantization: Dequantization::Uniform,
        }
    }
}

impl Options for GlowConfig {}

/// How channels are mixed between couplings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mixing {
    /// Their order is turned round, as in RealNVP.
    Reverse,
    /// An invertible 1×1 convolution, as in Glow.
    Convolution,
}

/// The noise that makes numbers of levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dequantization {
    /// Even between two levels.
    Uniform,
    /// A small flow that sees the image.
    Variational,
}

/// α of the logit. Small, for the black of MNIST lies in the lowest of 256 levels.
const ALPHA: f64 = 1e-3;
/// Couplings of a variational dequantization.
const DEQUANTIZERS: usize = 4;
/// Images in a row of a plot.
const COLUMNS: usize = 8;
/// Images that go through it at once while it trains.
const MICRO_BATCH: usize = 16;

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// Of a variational dequantization.
    dequantizers: Vec<Coupling>,
    checkerboards: Vec<Coupling>,
    /// Scale by scale.
    steps: Vec<Vec<Step>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Glow {
    config: GlowConfig,
    /// Channels, rows and columns of an image.
    shape: [usize; 3],
    net: Net,
}

impl Glow {
    /// f: images v `[n, c, h, w]` in [0, 1) → noise `[n, c h w]` and log |det ∂f/∂v| `[n]`.
    pub fn forward(&self, v: Tensor<4>) -> (Tensor<2>, Tensor<1>) {
        let mut gone = Vec::new();
        let mut flow = self.logit(v);
        for (i, coupling) in self.net.checkerboards.iter().enumerate() {
            flow = flow.checker(coupling, i % 2, None);
        }
        for (scale, steps) in self.net.steps.iter().enumerate() {
            flow.h = squeeze(flow.h);
            for step in steps {
                flow = flow.step(step);
            }
            if scale + 1 < self.net.steps.len() {
                let [stays, leaves] = halves(flow.h);
                gone.push(leaves);
                flow.h = stays;
            }
        }
        gone.push(flow.h);
        let rows = gone.into_iter().map(|x| {
            let [n, c, h, w] = x.dims();
            x.reshape([n, c * h * w])
        });
        (Tensor::cat(rows.collect(), 1), flow.logabsdet)
    }

    /// f⁻¹: noise `[n, c h w]` → images in (0, 1).
    pub fn inverse(&self, z: Tensor<2>) -> Tensor<4> {
        self.inverse_by(z, usize::MAX)
    }

    /// Steps and couplings on the way.
    fn depth(&self) -> usize {
        self.net.steps.iter().map(Vec::len).sum::<usize>() + self.net.checkerboards.len()
    }

    /// [`Glow::inverse`] by the first `layers` steps and couplings alone, as if the others did nothing.
    fn inverse_by(&self, z: Tensor<2>, layers: usize) -> Tensor<4> {
        let mut left = layers;
        let mut goes = move || {
            let goes = left > 0;
            left = left.saturating_sub(1);
            goes
        };
        let ([n, _], [mut c, mut h, mut w]) = (z.dims(), self.shape);
        // What left at each scale, the last one's all of its channels.
        let (mut parts, mut from, last) = (Vec::new(), 0, self.net.steps.len() - 1);
        for scale in 0..=last {
            (c, h, w) = (4 * c, h / 2, w / 2);
            if scale < last {
                c /= 2;
            }
            let size = c * h * w;
            parts.push(
                z.clone()
                    .slice([0..n, from..from + size])
                    .reshape([n, c, h, w]),
            );
            from += size;
        }
        let mut parts = parts.into_iter().rev();
        let mut x: Option<Tensor<4>> = None;
        for steps in self.net.steps.iter().rev() {
            let Some(part) = parts.next() else { break };
            let mut h = match x.take() {
                Some(stayed) => Tensor::cat(vec![stayed, part], 1),
                None => part,
            };
            for step in steps.iter().rev().filter(|_| goes()) {
                h = step_back(h, step);
            }
            x = Some(unsqueeze(h));
        }
        let [c, h, w] = self.shape;
        let mut x = x.unwrap_or_else(|| Tensor::zeros([n, c, h, w], &z.device()));
        let couplings = self.net.checkerboards.iter().enumerate().rev();
        for (i, coupling) in couplings.filter(|_| goes()) {
            x = checker_back(x, coupling, i % 2);
        }
        (elementwise::sigmoid(x) - ALPHA) / (1.0 - 2.0 * ALPHA)
    }

    /// logit(α + (1 − 2α) v), and its log |det|.
    fn logit(&self, v: Tensor<4>) -> Flowing {
        let p = v * (1.0 - 2.0 * ALPHA) + ALPHA;
        let (log_p, log_q) = (p.clone().log(), (p.neg() + 1.0).log());
        let d = self.shape.iter().product::<usize>() as f64;
        let constant = d * (1.0 - 2.0 * ALPHA).ln();
        Flowing {
            h: log_p.clone() - log_q.clone(),
            logabsdet: (total(log_p) + total(log_q)).neg() + constant,
        }
    }

    /// Levels `[n, c, h, w]` (0 … L − 1) with noise u in [0, 1) on top, and log q(u|x) `[n]`.
    fn dequantized(&self, levels: Tensor<4>, rng: &mut Rng) -> (Tensor<4>, Tensor<1>) {
        let dims = levels.dims();
        let device = levels.device();
        if self.net.dequantizers.is_empty() {
            let u = rng.uniform(dims.iter().product());
            let u = Tensor::from_data(TensorData::new(u, dims), &device);
            return (levels + u, Tensor::zeros([dims[0]], &device));
        }
        let epsilon = rng.normal_tensor(dims, &device);
        let (u, log_q) = self.noise_between(levels.clone(), epsilon);
        (levels + u, log_q)
    }

    /// Noise u in (0, 1) from ε ~ N(0, I), both as large as the levels that it is for, and log q(u|x)
    /// `[n]`: a variational dequantization's.
    pub fn noise_between(&self, levels: Tensor<4>, epsilon: Tensor<4>) -> (Tensor<4>, Tensor<1>) {
        let [n, c, h, w] = levels.dims();
        let log_n = gaussian::standard_log_prob(epsilon.clone().reshape([n, c * h * w]));
        let beside = levels * (2.0 / self.config.levels as f64) - 1.0;
        let mut flow = Flowing::new(epsilon);
        for (i, coupling) in self.net.dequantizers.iter().enumerate() {
            flow = flow.checker(coupling, i % 2, Some(&beside));
        }
        // u = σ(h), whose slope is σ(h) σ(−h).
        let log_sigmoid = |h: Tensor<4>| elementwise::log_sigmoid(h);
        let slope = log_sigmoid(flow.h.clone()) + log_sigmoid(flow.h.clone().neg());
        let log_q = log_n - flow.logabsdet - total(slope);
        (elementwise::sigmoid(flow.h), log_q)
    }

    /// The bound on log P of levels, nats, `[n]`, from one draw of the noise between them.
    pub fn bound(&self, levels: Tensor<4>, rng: &mut Rng) -> Tensor<1> {
        let (v, log_q) = self.dequantized(levels, rng);
        let l = self.config.levels as f64;
        let (z, logabsdet) = self.forward(v / l);
        let d = self.shape.iter().product::<usize>() as f64;
        gaussian::standard_log_prob(z) + logabsdet - log_q - d * l.ln()
    }

    /// Each pixel's nearest level, `[n, c, h, w]`.
    fn levels(&self, batch: &Batch) -> Result<Tensor<4>> {
        let top = (self.config.levels - 1) as f64;
        let x = batch.images(&self.device())?;
        Ok((x.clamp(0.0, 1.0) * top + 0.5).floor())
    }

    /// Sets every ActNorm so that what leaves it has mean 0 and variance 1 on these images (Glow,
    /// section 3.1).
    fn initialise(&mut self, levels: Tensor<4>, rng: &mut Rng) {
        let levels = levels.without_autodiff();
        let still = self.valid();
        let (v, _) = still.dequantized(levels, rng);
        let mut flow = still.logit(v / self.config.levels as f64);
        for (i, coupling) in still.net.checkerboards.iter().enumerate() {
            flow = flow.checker(coupling, i % 2, None);
        }
        let scales = self.net.steps.len();
        for (scale, steps) in self.net.steps.iter_mut().enumerate() {
            flow.h = squeeze(flow.h);
            for step in steps {
                let [n, c, h, w] = flow.h.dims();
                let rows = flow.h.clone().swap_dims(0, 1).reshape([c, n * h * w]);
                let mean = rows.clone().mean_dim(1); // [c, 1]
                let spread = (rows - mean.clone()).square().mean_dim(1).sqrt() + 1e-3;
                set(&mut step.bias, mean.neg().reshape([c]));
                set(&mut step.log_scale, spread.log().neg().reshape([c]));
                flow = flow.step(&step.valid());
            }
            if scale + 1 < scales {
                let [stays, _] = halves(flow.h);
                flow.h = stays;
            }
        }
    }

    /// The brightness of v: the middle of level x stands at (x + ½) / L.
    fn brightness(&self, v: Tensor<4>) -> Tensor<4> {
        let l = self.config.levels as f64;
        ((v * l - 0.5) / (l - 1.0)).clamp(0.0, 1.0)
    }

    fn device(&self) -> Device {
        match self.net.steps.first().and_then(|steps| steps.first()) {
            Some(step) => step.bias.val().device(),
            None => Device::default(),
        }
    }
}

/// Gives a parameter that is trained another value.
fn set(parameter: &mut Param<Tensor<1>>, value: Tensor<1>) {
    let new = |_| value.without_autodiff().autodiff().require_grad();
    *parameter = parameter.clone().map(new);
}

impl Family for Glow {
    type Config = GlowConfig;
    type SampleOptions = RealNvpSampleOptions;
    type Net = Net;

    const ID: &'static str = "glow";
    const TITLE: &'static str = "Glow";
    const PAPER: &'static str = "Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions, arXiv:1807.03039";
    const SCHEMA_VERSION: u32 = 1;
    const PAGE: Option<&'static str> = Some(include_str!("page.py"));
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::LowerBound),
        latent: false,
        invertible: false,
        language: false,
        masked: false,
    };

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::glow(config)
    }

    fn defaults(space: &Space) -> Option<Defaults<GlowConfig>> {
        match space {
            Space::Image { .. } => Some(Defaults::new(
                GlowConfig {
                    levels: 16,
                    ..GlowConfig::default()
                },
                TrainConfig {
                    batch_size: 32,
                    learning_rate: 1e-3,
                    ema: 0.999,
                    clip: 50.0,
                    binarize: Binarize::None,
                    ..TrainConfig::default()
                },
            )),
            _ => None,
        }
    }

    fn init(config: &GlowConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        let [channels, height, width] = data.space.image()?;
        let side = 1 << config.scales;
        if !height.is_multiple_of(side) || !width.is_multiple_of(side) {
            let reason = format!("{height} × {width} pixels cannot be halved so often");
            return Err(Error::bad_option("scales", config.scales, reason));
        }
        let hidden = config.channels;
        let coupling = |size: [usize; 2], rng: &mut Rng| Coupling::init(size, hidden, rng, device);
        let dequantizers = match config.dequantization {
            Dequantization::Uniform => 0,
            Dequantization::Variational => DEQUANTIZERS,
        };
        let dequantizers = (0..dequantizers).map(|_| coupling([2 * channels, channels], rng));
        let dequantizers = dequantizers.collect();
        let checkerboards = (0..config.checkerboards).map(|_| coupling([channels; 2], rng));
        let checkerboards = checkerboards.collect();
        let mut c = channels;
        let mut steps = Vec::new();
        for _ in 0..config.scales {
            c *= 4;
            let zero = |rng: &mut Rng| init::parameter([c], rng, device, |_| vec![0.0; c]);
            let step = |rng: &mut Rng| Step {
                log_scale: zero(rng),
                bias: zero(rng),
                mix: (config.mixing == Mixing::Convolution).then(|| Mix::init(c, rng, device)),
                coupling: coupling([c / 2; 2], rng),
            };
            steps.push((0..config.steps).map(|_| step(rng)).collect());
            c /= 2;
        }
        Ok(Self {
            config: config.clone(),
            shape: [channels, height, width],
            net: Net {
                dequantizers,
                checkerboards,
                steps,
            },
        })
    }

    config_and_net!();

    fn cost(&self) -> Cost {
        let [_, h, w] = self.shape;
        Cost::of(&weights::shapes(&self.net), |name| {
            let scale = name
                .strip_prefix("steps.")
                .and_then(|n| n.split('.').next());
            let scale = scale
                .and_then(|n| n.parse::<i32>().ok())
                .map_or(0, |n| n + 1);
            (h * w) as f64 / 4f64.powi(scale)
        })
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let bound = self.bound(self.levels(batch)?, rng);
        let d = self.shape.iter().product::<usize>() as f64;
        let loss = reduce::mean(bound) / (-d * std::f64::consts::LN_2);
        Ok(vec![("bits per dimension", loss)])
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    /// The first batch says how what lies between the layers is to be scaled.
    fn prepare(&mut self, batch: &Batch, context: &mut StepContext) -> Result<()> {
        if context.step == 0 {
            let levels = self.levels(batch)?;
            // With noise that no part of the step has.
            self.initialise(levels, &mut context.rng.part(u64::MAX));
        }
        Ok(())
    }

    fn sampler(
        &self,
        options: &RealNvpSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let [c, h, w] = self.shape;
        let device = model.device();
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let z = rng.normal_tensor([count, c * h * w], &device) * options.temperature;
        let start = Samples::Images(Tensor::zeros([count, c, h, w], &device));
        Ok(Box::new(OnePass::new(start, move || {
            Ok(Samples::Images(model.brightness(model.inverse(z))))
        })))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![
            PlotSpec::new(
                "generate",
                "Layer by layer",
                "From noise to images, layer by layer; what is still to come is left out. The first layers work on few, coarse numbers; with each scale as many new ones join them.",
            )
            .along("layers"),
        ]
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        if request.plot != "generate" {
            return Err(request.unknown());
        }
        request.check_count(256)?;
        let (model, depth) = (self.valid(), self.depth());
        let layers = (request.at * depth as f32).round() as usize;
        let d = self.shape.iter().product();
        let mut rng = Rng::new(request.seed, Purpose::Sample, 0);
        let z = rng.normal_tensor([request.count, d], &model.device());
        let images = model.brightness(model.inverse_by(z, layers));
        Ok(Scene::new(format!("layer {layers} of {depth}")).images(images, COLUMNS))
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

impl Density for Glow {
    fn levels(&self) -> Option<usize> {
        Some(self.config.levels)
    }

    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::LowerBound
    }

    /// The bound from one draw, or log of the mean of P / q over several.
    fn log_prob(&self, batch: &Batch, options: DensityOptions, rng: &mut Rng) -> Result<Tensor<1>> {
        let levels = self.levels(batch)?;
        let k = options.importance_samples.max(1);
        let draws = (0..k).map(|_| self.bound(levels.clone(), rng)).collect();
        let draws: Tensor<2> = Tensor::stack(draws, 0); // [k, n]
        let largest = draws.clone().max_dim(0);
        let mean = (draws - largest.clone()).exp().mean_dim(0);
        Ok((mean.log() + largest).squeeze_dim(0))
    }
}

//! Variational autoencoder.
//!
//! Kingma & Welling 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114.
//!
//! Generative model: z ~ N(0, I), x ~ Bernoulli(σ(decoder(z))) for images or x ~ N(decoder(z)) with
//! a learned variance for 2-D points, so p(x) = ∫ p(x|z) p(z) dz. The encoder gives q(z|x) = N(mu, diag exp(logvar)). Training maximises the evidence lower bound
//!
//! ```text
//! log p(x) ≥ ELBO = E_q(z|x)[log p(x|z)] − β KL(q(z|x) ‖ p(z))
//! ```
//!
//! with β = 1 in the paper; other β: Higgins et al. 2017 (β-VAE). `free_bits` λ lets each latent
//! dimension have λ nats of KL for free, Σ_j max(λ, KL_j) (Kingma et al. 2016, arXiv:1606.04934,
//! section C.8). `importance_samples` K > 1 trains the tighter bound of Burda et al. 2016
//! (IWAE, arXiv:1509.00519, equation 8): E[log 1/K Σ_k p(x, z_k)/q(z_k|x)].

mod config;
mod plots;

use burn::{
    module::{Module, Param},
    nn::{
        Linear,
        conv::{Conv2d, ConvTranspose2d},
    },
    tensor::{Device, Tensor},
};

use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind},
    error::{Error, Result},
    kernels::{bernoulli, reduce},
    model::{
        Capabilities, Condition, Cost, Defaults, Density, DensityKind, DensityOptions, Family,
        Latent, Losses, OnePass, Preset, Sampler, Samples, TrainConfig, config_and_net,
    },
    nn::{
        conv::{conv, conv_transpose},
        init,
        linear::{activated, linear},
        standard::Standard,
        weights,
    },
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Scene},
};

pub use config::{Activation, Architecture, VaeConfig, VaeSampleOptions};

/// Channels after the first and second convolution.
const CHANNELS: [usize; 2] = [16, 32];

/// x → (mu, logvar).
#[derive(Module, Debug)]
struct Encoder {
    convolutions: Vec<Conv2d>,
    hidden: Vec<Linear>,
    mu: Linear,
    logvar: Linear,
}

/// z → logits of the pixels, or mean and log-variance of a point.
#[derive(Module, Debug)]
struct Decoder {
    hidden: Vec<Linear>,
    convolutions: Vec<ConvTranspose2d>,
    logits: Option<Linear>,
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    encoder: Encoder,
    decoder: Decoder,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Vae {
    config: VaeConfig,
    /// Of a model of images: channels, rows, columns.
    shape: [usize; 3],
    /// Of a model of points.
    points: Option<Standard>,
    net: Net,
}

/// Images that go through the networks at once while they train.
const MICRO_BATCH: usize = 64;
/// Log-variances of p(x|z) below this would let single points become spikes.
const MIN_LOGVAR: f32 = -9.0;

impl Vae {
    /// mu and logvar of q(z|x), each `[n, latent_dim]`, for x `[n, pixels]`.
    pub fn encode(&self, x: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let encoder = &self.net.encoder;
        let mut h = x;
        if !encoder.convolutions.is_empty() {
            let ([n, _], [channels, height, width]) = (h.dims(), self.shape);
            let mut image = h.reshape([n, channels, height, width]);
            for layer in &encoder.convolutions {
                image = self.config.activation.apply(conv(layer, image)); // [n, 32, 7, 7] last
            }
            h = image.flatten(1, 3);
        }
        for layer in &encoder.hidden {
            h = activated(layer, h, self.config.activation.kernel()); // [n, hidden]
        }
        (linear(&encoder.mu, h.clone()), linear(&encoder.logvar, h))
    }

    /// z = mu + ε exp(logvar / 2), the draw that gradients pass through.
    ///
    /// All `[n, latent_dim]`; `epsilon` ~ N(0, I).
    pub fn reparameterize(mu: Tensor<2>, logvar: Tensor<2>, epsilon: Tensor<2>) -> Tensor<2> {
        mu + (logvar * 0.5).exp() * epsilon
    }

    /// Parameters of p(x|z) for z `[n, latent_dim]`: logits of the pixels, `[n, pixels]`, or means
    /// and log-variances of a standardised point, `[n, 4]`.
    pub fn decode(&self, z: Tensor<2>) -> Tensor<2> {
        let decoder = &self.net.decoder;
        let mut h = z;
        for layer in &decoder.hidden {
            h = activated(layer, h, self.config.activation.kernel()); // [n, hidden]
        }
        if let Some(layer) = &decoder.logits {
            return linear(layer, h);
        }
        let ([n, _], [_, height, width]) = (h.dims(), self.shape);
        let mut image = h.reshape([n, CHANNELS[1], height / 4, width / 4]);
        for (i, layer) in decoder.convolutions.iter().enumerate() {
            image = conv_transpose(layer, image);
            if i + 1 < decoder.convolutions.len() {
                image = self.config.activation.apply(image);
            }
        }
        image.flatten(1, 3)
    }

    /// KL(N(mu, exp logvar) ‖ N(0, 1)) of each dimension, nats, `[n, latent_dim]`
    /// (Kingma & Welling, appendix B): ½ (mu² + exp(logvar) − 1 − logvar).
    pub fn kl(mu: Tensor<2>, logvar: Tensor<2>) -> Tensor<2> {
        (mu.square() + logvar.clone().exp() - logvar - 1.0) * 0.5
    }

    /// log p(x|z) from what [`Vae::decode`] gave, `[n · k]`: k rows for each x, next to each other.
    fn log_likelihood_of(&self, x: Tensor<2>, decoded: Tensor<2>) -> Tensor<1> {
        let Some(points) = &self.points else {
            return bernoulli::log_prob(x, decoded);
        };
        let ([n, _], [rows, _]) = (x.dims(), decoded.dims());
        let x = x.unsqueeze_dim::<3>(1).repeat_dim(1, rows / n.max(1));
        let x = x.reshape([rows, 2]);
        let mean = decoded.clone().slice([0..rows, 0..2]);
        let logvar = decoded.slice([0..rows, 2..4]).clamp_min(MIN_LOGVAR);
        let square = (x - mean).square() * logvar.clone().neg().exp();
        let log_prob = (square + logvar).sum_dim(1).squeeze_dim::<1>(1) * -0.5;
        log_prob - f64::from(std::f32::consts::TAU).ln() + points.logabsdet()
    }

    /// The examples as the encoder wants them, `[n, pixels]` or `[n, 2]`.
    fn inputs(&self, batch: &Batch) -> Result<Tensor<2>> {
        match &self.points {
            Some(points) => Ok(points.to_unit(batch.points(&self.device())?)),
            None => batch.pixels(&self.device()),
        }
    }

    /// The loss and its two parts, nats per example, for x `[n, pixels]` or `[n, 2]`.
    pub fn elbo(&self, x: Tensor<2>, rng: &mut Rng) -> Losses {
        if self.config.importance_samples > 1 {
            return self.importance_weighted(x, rng);
        }
        let (mu, logvar) = self.encode(x.clone());
        let epsilon = rng.normal_tensor(mu.dims(), &mu.device());
        let z = Self::reparameterize(mu.clone(), logvar.clone(), epsilon);
        let reconstruction = reduce::mean(self.log_likelihood_of(x, self.decode(z))).neg();
        let kl_each = reduce::mean_rows(Self::kl(mu, logvar)); // [1, latent_dim]
        let kl = kl_each.clone().sum();
        let paid = if self.config.free_bits > 0.0 {
            kl_each.clamp_min(self.config.free_bits).sum()
        } else {
            kl.clone()
        };
        let loss = reconstruction.clone() + paid * self.config.beta;
        vec![
            ("loss", loss),
            ("reconstruction", reconstruction),
            ("kl", kl),
        ]
    }

    /// −log 1/K Σ_k p(x, z_k) / q(z_k|x), averaged over x; the parts are reported for comparison.
    fn importance_weighted(&self, x: Tensor<2>, rng: &mut Rng) -> Losses {
        let k = self.config.importance_samples;
        let (mu, logvar) = self.encode(x.clone());
        let kl = reduce::mean(Self::kl(mu.clone(), logvar.clone()).sum_dim(1));
        let (log_weights, log_likelihood) = self.log_weights(x, mu, logvar, k, rng);
        let bound = log_mean_exp(log_weights);
        vec![
            ("loss", reduce::mean(bound).neg()),
            ("reconstruction", reduce::mean(log_likelihood).neg()),
            ("kl", kl),
        ]
    }

    /// log p(x, z_k) − log q(z_k|x) and log p(x|z_k) for k draws of z, each `[n, k]`.
    fn log_weights(
        &self,
        x: Tensor<2>,
        mu: Tensor<2>,
        logvar: Tensor<2>,
        k: usize,
        rng: &mut Rng,
    ) -> (Tensor<2>, Tensor<2>) {
        let [n, _] = x.dims();
        let d = self.config.latent_dim;
        let epsilon = rng.normal_tensor([n * k, d], &mu.device());
        let each = |t: Tensor<2>| -> Tensor<2> {
            t.unsqueeze_dim::<3>(1).repeat_dim(1, k).reshape([n * k, d])
        };
        let (mu, logvar) = (each(mu), each(logvar));
        let z = Self::reparameterize(mu, logvar.clone(), epsilon.clone());
        // log p(z) − log q(z|x): the two ln 2π cancel, and (z − mu)² / var is ε².
        let log_ratio = ((logvar + epsilon.square() - z.clone().square()) * 0.5).sum_dim(1); // [n k, 1]
        let log_likelihood = self.log_likelihood_of(x, self.decode(z)).reshape([n, k]);
        (
            log_likelihood.clone() + log_ratio.reshape([n, k]),
            log_likelihood,
        )
    }

    fn device(&self) -> Device {
        self.net.encoder.mu.weight.val().device()
    }

    /// The mean of p(x|z), from what [`Vae::decode`] gave.
    fn mean_of(&self, decoded: Tensor<2>) -> Samples {
        let [n, _] = decoded.dims();
        match &self.points {
            Some(points) => Samples::Points(points.from_unit(decoded.slice([0..n, 0..2]))),
            None => {
                let pixels = bernoulli::mean(decoded);
                let [channels, height, width] = self.shape;
                Samples::Images(pixels.reshape([n, channels, height, width]))
            }
        }
    }

    /// One draw of p(x|z) for points, as images are shown by their mean.
    fn draw_of(&self, decoded: Tensor<2>, epsilon: Tensor<2>) -> Samples {
        let [n, _] = decoded.dims();
        match &self.points {
            Some(points) => {
                let mean = decoded.clone().slice([0..n, 0..2]);
                let logvar = decoded.slice([0..n, 2..4]).clamp_min(MIN_LOGVAR);
                Samples::Points(points.from_unit(Self::reparameterize(mean, logvar, epsilon)))
            }
            None => self.mean_of(decoded),
        }
    }
}

/// log 1/k Σ_k exp(a), over the second dimension: `[n, k]` → `[n]`.
fn log_mean_exp(a: Tensor<2>) -> Tensor<1> {
    let [_, k] = a.dims();
    let max = a.clone().max_dim(1).detach();
    let sum = (a - max.clone()).exp().sum_dim(1);
    (sum.log() + max - (k as f32).ln()).squeeze_dim(1)
}

/// A bias with which each pixel's logit starts at that of its mean.
fn at_mean(bias: Param<Tensor<1>>, mean: &[f32]) -> Param<Tensor<1>> {
    let log_odds: Vec<f32> = mean
        .iter()
        .map(|&p| {
            let p = p.clamp(0.01, 0.99);
            (p / (1.0 - p)).ln()
        })
        .collect();
    bias.map(|old| {
        Tensor::from_floats(log_odds.as_slice(), &old.device())
            .set_require_grad(old.is_require_grad())
    })
}

impl Family for Vae {
    type Config = VaeConfig;
    type SampleOptions = VaeSampleOptions;
    type Net = Net;

    const ID: &'static str = "vae";
    const TITLE: &'static str = "Variational autoencoder";
    const PAPER: &'static str =
        "Kingma & Welling 2013, Auto-Encoding Variational Bayes, arXiv:1312.6114";
    const PAGE: Option<&'static str> = Some(include_str!("page.py"));
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::LowerBound),
        latent: true,
        invertible: false,
        language: false,
        masked: false,
    };

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::vae(config)
    }

    fn defaults(space: &Space) -> Option<Defaults<VaeConfig>> {
        match space {
            &Space::Image { channels, .. } => Some(Defaults::new(
                VaeConfig::default(),
                TrainConfig {
                    // A colour is an amount of light, not a chance of ink.
                    binarize: if channels == 1 {
                        Binarize::Dynamic
                    } else {
                        Binarize::None
                    },
                    ..TrainConfig::default()
                },
            )),
            Space::Points { .. } => Some(Defaults::new(
                VaeConfig {
                    hidden: 64,
                    layers: 2,
                    latent_dim: 2,
                    // A decoder of straight pieces leaves corners where the data has curves.
                    activation: Activation::Tanh,
                    ..VaeConfig::default()
                },
                TrainConfig {
                    batch_size: 256,
                    learning_rate: 5e-3,
                    ema: 0.99,
                    ..TrainConfig::default()
                },
            )),
            _ => None,
        }
    }

    fn init(config: &VaeConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        let points =
            matches!(data.space, Space::Points { .. }).then(|| Standard::of(data.space.moments()));
        let shape = data.space.image().unwrap_or_default();
        let [channels, height, width] = shape;
        let values = channels * height * width;
        // Numbers that go in, and numbers that come out.
        let (pixels, outputs) = match points {
            Some(_) => (2, 4),
            None => (values, values),
        };
        let conv = config.architecture == Architecture::Conv;
        if conv && points.is_some() {
            let reason = "convolutions need images";
            return Err(Error::bad_option("architecture", "conv", reason));
        }
        if conv && (height % 4 != 0 || width % 4 != 0) {
            return Err(Error::Unsupported {
                what: format!("Convolutions need sides divisible by 4, not {height} × {width}"),
            });
        }
        let (hidden, d) = (config.hidden, config.latent_dim);
        let gain = config.activation.gain();
        let bottom = CHANNELS[1] * height * width / 16;
        let layers = if conv { 1 } else { config.layers };

        // Encoder: pixels → hidden → (mu, logvar).
        let mut convolutions = Vec::new();
        if conv {
            convolutions.push(init::conv_down(channels, CHANNELS[0], rng, device));
            convolutions.push(init::conv_down(CHANNELS[0], CHANNELS[1], rng, device));
        }
        let chain = |first: usize, rng: &mut Rng| -> Vec<Linear> {
            (0..layers)
                .map(|i| {
                    let d_in = if i == 0 { first } else { hidden };
                    init::linear(d_in, hidden, gain, rng, device)
                })
                .collect()
        };
        let encoder = Encoder {
            convolutions,
            hidden: chain(if conv { bottom } else { pixels }, rng),
            mu: init::linear(hidden, d, 1.0, rng, device),
            // Small, so that q starts near the prior's width.
            logvar: init::linear(hidden, d, 0.1, rng, device),
        };

        // Decoder: z → hidden → logits. The output's bias starts at the data's mean.
        let mut dense = chain(d, rng);
        let decoder = if conv {
            dense.push(init::linear(hidden, bottom, gain, rng, device));
            Decoder {
                hidden: dense,
                convolutions: vec![
                    init::conv_up(CHANNELS[1], CHANNELS[0], gain, rng, device),
                    init::conv_up(CHANNELS[0], channels, 1.0, rng, device),
                ],
                logits: None,
            }
        } else {
            let mut logits = init::linear(hidden, outputs, 1.0, rng, device);
            if points.is_none() && data.pixel_mean.len() == pixels {
                logits.bias = logits.bias.map(|bias| at_mean(bias, &data.pixel_mean));
            }
            Decoder {
                hidden: dense,
                convolutions: Vec::new(),
                logits: Some(logits),
            }
        };
        Ok(Self {
            config: config.clone(),
            shape,
            points,
            net: Net { encoder, decoder },
        })
    }

    config_and_net!();

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        Ok(self.elbo(self.inputs(batch)?, rng))
    }

    fn micro_batch(&self) -> usize {
        match self.points {
            Some(_) => usize::MAX,
            None => MICRO_BATCH,
        }
    }

    fn cost(&self) -> Cost {
        let [_, height, width] = self.shape;
        let pixels = (height * width) as f64;
        let draws = self.config.importance_samples as f64;
        let cost = Cost::of(&weights::shapes(&self.net), |name| {
            let draws = if name.starts_with("decoder") {
                draws
            } else {
                1.0
            };
            // Outputs of a convolution, inputs of a transposed one, on half the side and on a quarter.
            match name {
                "encoder.convolutions.0.weight" => pixels / 4.0,
                "encoder.convolutions.1.weight" => pixels / 16.0,
                "decoder.convolutions.0.weight" => draws * pixels / 16.0,
                "decoder.convolutions.1.weight" => draws * pixels / 4.0,
                _ => draws,
            }
        });
        // The image beside each draw, and what the loss makes of it.
        let values = self.shape.iter().product::<usize>() as f64;
        cost.plus(0.0, 3.0 * draws * values)
    }

    fn sampler(
        &self,
        options: &VaeSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let (device, temperature) = (model.device(), options.temperature);
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let z = rng.normal_tensor([count, self.config.latent_dim], &device) * temperature;
        let (start, epsilon) = match self.points {
            Some(_) => (
                Samples::Points(Tensor::zeros([count, 2], &device)),
                rng.normal_tensor([count, 2], &device) * temperature,
            ),
            None => {
                let [channels, height, width] = self.shape;
                (
                    Samples::Images(Tensor::zeros([count, channels, height, width], &device)),
                    Tensor::zeros([1, 1], &device),
                )
            }
        };
        Ok(Box::new(OnePass::new(start, move || {
            let decoded = model.decode(z);
            Ok(model.draw_of(decoded, epsilon))
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

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }

    fn latent(&self) -> Option<&dyn Latent> {
        Some(self)
    }
}

impl Density for Vae {
    /// Pixels are black or white.
    fn levels(&self) -> Option<usize> {
        self.points.is_none().then_some(2)
    }

    fn kind(&self, options: DensityOptions) -> DensityKind {
        if options.importance_samples == 0 {
            DensityKind::LowerBound
        } else {
            DensityKind::ImportanceWeighted
        }
    }

    /// With 0 importance samples the one-draw ELBO with the closed-form KL, else
    /// log 1/K Σ_k p(x, z_k)/q(z_k|x).
    fn log_prob(&self, batch: &Batch, options: DensityOptions, rng: &mut Rng) -> Result<Tensor<1>> {
        let x = self.inputs(batch)?;
        let (mu, logvar) = self.encode(x.clone());
        if options.importance_samples == 0 {
            let epsilon = rng.normal_tensor(mu.dims(), &mu.device());
            let z = Self::reparameterize(mu.clone(), logvar.clone(), epsilon);
            let kl = Self::kl(mu, logvar).sum_dim(1).squeeze_dim::<1>(1);
            return Ok(self.log_likelihood_of(x, self.decode(z)) - kl);
        }
        let (log_weights, _) = self.log_weights(x, mu, logvar, options.importance_samples, rng);
        Ok(log_mean_exp(log_weights))
    }
}

impl Latent for Vae {
    fn latent_dim(&self) -> usize {
        self.config.latent_dim
    }

    fn encode(&self, batch: &Batch) -> Result<(Tensor<2>, Tensor<2>)> {
        Ok(Vae::encode(self, self.inputs(batch)?))
    }

    fn decode(&self, z: Tensor<2>) -> Result<Samples> {
        Ok(self.mean_of(Vae::decode(self, z)))
    }

    fn log_likelihood(&self, batch: &Batch, z: Tensor<2>) -> Result<Tensor<1>> {
        let x = self.inputs(batch)?;
        Ok(self.log_likelihood_of(x, Vae::decode(self, z)))
    }
}

//! Latent diffusion: an autoencoder keeps of an image what can be seen, and diffusion happens among its codes.
//!
//! Rombach, Blattmann, Lorenz, Esser & Ommer 2022, "High-Resolution Image Synthesis with Latent Diffusion
//! Models", arXiv:2112.10752, the model behind Stable Diffusion.
//!
//! Most of what a picture's pixels hold is detail that needs no plan. An encoder makes of each image a
//! code of a quarter of its height and width and a few channels, a decoder makes the image of it again; both
//! learn as a [VAE](super::vae) does, with little weight on the divergence. A [U-Net](crate::nn::unet) then
//! learns to undo noise in codes instead of in images, which has a sixteenth of the places to work on:
//!
//! ```text
//! loss = ( E_q −log p(x|z) + β KL(q(z|x) ‖ N(0, I)) ) / pixels            encoder and decoder
//!      + E ‖v − v_θ(√ᾱ_t z + √(1−ᾱ_t) ε, t)‖² / numbers of z              denoiser, of a z that is held fast
//!        z ~ q(z|x),  v = √ᾱ_t ε − √(1−ᾱ_t) z
//! ```
//!
//! Here both learn at the same time, where Rombach et al. train one after the other; no gradient of the second
//! line reaches the encoder, which would otherwise make codes that are easy to guess and say nothing. Codes
//! need no scale of their own, which there is measured and divided by: a decoder can undo any scale, and of all
//! scales the divergence is least where E[mu² + var] = 1, which is the variance that the noise has.
//!
//! To sample, a code is drawn from noise as in [`ddpm`](super::ddpm), by the same samplers, and decoded once.

use burn::{
    module::Module,
    nn::conv::Conv2d,
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ddpm::{
        DdpmSampleOptions, Level, NoiseSchedule, Predict, Prediction, Process, Reverse,
        SamplerKind, Told, guided,
    },
    vae::Vae,
};
use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind},
    error::{Error, Result},
    kernels::{bernoulli, reduce},
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Divided, Family, Latent, Losses,
        Reading, Sampler, Samples, TrainConfig, config_and_net, ready,
    },
    nn::{
        conv::{conv, conv_upsampled},
        init, squares,
        unet::{self, Norm, UNet, UNetConfig},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotInput, PlotRequest, PlotSpec, Scene},
};

/// Groups of channels that are normalised together.
const GROUPS: usize = 8;
/// Groups of so many channels: of one alone its mean, and with it a bias, would be taken away.
fn groups(channels: usize) -> usize {
    GROUPS.min(channels / 2)
}

/// Heads of the denoiser's attention.
const HEADS: usize = 4;
/// Steps of the chain from codes to noise.
const TIMESTEPS: usize = 1000;
/// Images that go through the networks at once while they train.
const MICRO_BATCH: usize = 16;
/// Log-variances of codes are kept in this range, outside of which their exponential says nothing more.
const LOGVAR: [f32; 2] = [-12.0, 4.0];
/// Steps from noise to a code, of which a scrubber shows each.
const SHOWN_STEPS: usize = 20;

/// Options of a [`LatentDiffusion`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LatentDiffusionConfig {
    /// Channels of the autoencoder at the image's size, a multiple of 8; below it has twice as many.
    #[schemars(title = "Autoencoder channels", range(min = 8, max = 128))]
    pub channels: usize,
    /// Channels of a code, which has a quarter of the image's height and width.
    #[schemars(title = "Channels of a code", range(min = 1, max = 16))]
    pub latent_channels: usize,
    /// Weight of the KL term; 1 is the evidence lower bound, less keeps more of an image's detail.
    #[schemars(title = "β", range(min = 0.0, max = 20.0))]
    pub beta: f64,
    /// Channels of the denoiser, a multiple of 8.
    #[schemars(title = "Denoiser channels", range(min = 8, max = 256))]
    pub denoiser_channels: usize,
    /// Levels of the denoiser: each but the first works on half the height and width of the one before.
    #[schemars(title = "Denoiser levels", range(min = 1, max = 3))]
    pub levels: usize,
    /// Tell the denoiser the class of each image, if the data has classes; then samples of one class can be
    /// asked for.
    #[schemars(title = "Class-conditional")]
    pub conditional: bool,
    /// Share of the training images whose class is kept back, so that the denoiser also knows images of no
    /// stated class, which guidance needs.
    #[schemars(title = "Label dropout", range(min = 0.0, max = 1.0))]
    pub label_dropout: f64,
}

impl Default for LatentDiffusionConfig {
    fn default() -> Self {
        Self {
            channels: 16,
            latent_channels: 4,
            beta: 0.1,
            denoiser_channels: 48,
            levels: 1,
            conditional: true,
            label_dropout: 0.1,
        }
    }
}

impl Options for LatentDiffusionConfig {
    fn check(&self) -> Result<()> {
        let all = [
            ("channels", self.channels),
            ("denoiser_channels", self.denoiser_channels),
        ];
        for (option, channels) in all {
            if !channels.is_multiple_of(GROUPS) {
                let reason = "channels are normalised in 8 groups; a multiple of 8 is needed";
                return Err(Error::bad_option(option, channels, reason));
            }
        }
        Ok(())
    }
}

/// Two convolutions that are added to what comes in.
#[derive(Module, Debug)]
struct Block {
    norm_1: Norm,
    conv_1: Conv2d,
    norm_2: Norm,
    conv_2: Conv2d,
}

impl Block {
    fn init(c: usize, groups: usize, rng: &mut Rng, device: &Device) -> Self {
        Self {
            norm_1: Norm::init(c, groups, device),
            conv_1: init::conv([c, c], 3, 1, 1.0, rng, device),
            norm_2: Norm::init(c, groups, device),
            conv_2: init::conv([c, c], 3, 1, 0.0, rng, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let h = conv(&self.conv_1, self.norm_1.forward(x.clone(), true));
        x + conv(&self.conv_2, self.norm_2.forward(h, true))
    }
}

/// x → mu and logvar of its code.
#[derive(Module, Debug)]
struct Encoder {
    input: Conv2d,
    half: Conv2d,
    block_1: Block,
    quarter: Conv2d,
    block_2: Block,
    norm: Norm,
    output: Conv2d,
}

/// z → logits of the pixels.
#[derive(Module, Debug)]
struct Decoder {
    input: Conv2d,
    block_1: Block,
    half: Conv2d,
    block_2: Block,
    whole: Conv2d,
    norm: Norm,
    output: Conv2d,
}

/// Encoder and decoder of images of so many channels.
fn autoencoder(
    config: &LatentDiffusionConfig,
    channels: usize,
    rng: &mut Rng,
    device: &Device,
) -> (Encoder, Decoder) {
    let (c, d) = (config.channels, config.latent_channels);
    let mut conv =
        |io: [usize; 2], stride: usize, gain: f32| init::conv(io, 3, stride, gain, rng, device);
    // Small at first, so that q starts near its prior.
    let encoder = [
        conv([channels, c], 1, 1.0),
        conv([c, 2 * c], 2, 1.0),
        conv([2 * c; 2], 2, 1.0),
        conv([2 * c, 2 * d], 1, 0.3),
    ];
    let decoder = [
        conv([d, 2 * c], 1, 1.0),
        conv([2 * c; 2], 1, 1.0),
        conv([2 * c, c], 1, 1.0),
        conv([c, channels], 1, 1.0),
    ];
    let groups = groups(c);
    let mut block = || Block::init(2 * c, groups, rng, device);
    let [down_1, down_2, up_1, up_2] = [block(), block(), block(), block()];
    let [input, half, quarter, output] = encoder;
    let encoder = Encoder {
        input,
        half,
        block_1: down_1,
        quarter,
        block_2: down_2,
        norm: Norm::init(2 * c, groups, device),
        output,
    };
    let [input, half, whole, output] = decoder;
    let decoder = Decoder {
        input,
        block_1: up_1,
        half,
        block_2: up_2,
        whole,
        norm: Norm::init(c, groups, device),
        output,
    };
    (encoder, decoder)
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    encoder: Encoder,
    decoder: Decoder,
    denoiser: UNet,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct LatentDiffusion {
    config: LatentDiffusionConfig,
    process: Process,
    /// Channels, rows, columns of an image.
    shape: [usize; 3],
    /// Classes that the denoiser can be told; 0 for none.
    classes: usize,
    net: Net,
}

impl LatentDiffusion {
    /// Channels, rows, columns of a code.
    pub fn code(&self) -> [usize; 3] {
        let [_, height, width] = self.shape;
        [self.config.latent_channels, height / 4, width / 4]
    }

    /// mu and logvar of q(z|x), each `[n, d]`, for images `[n, pixels]` from 0 to 1.
    pub fn encode(&self, x: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let ([n, _], [channels, height, width]) = (x.dims(), self.shape);
        let encoder = &self.net.encoder;
        let x = x.reshape([n, channels, height, width]) * 2.0 - 1.0;
        let h = conv(&encoder.half, conv(&encoder.input, x)); // [n, 2c, h/2, w/2]
        let h = conv(&encoder.quarter, encoder.block_1.forward(h)); // [n, 2c, h/4, w/4]
        let h = encoder.norm.forward(encoder.block_2.forward(h), true);
        let both = conv(&encoder.output, h).flatten::<2>(1, 3); // [n, 2d]
        let d = self.latent_dim();
        let part = |i: usize| both.clone().slice([0..n, i * d..(i + 1) * d]);
        (part(0), part(1).clamp(LOGVAR[0], LOGVAR[1]))
    }

    /// Logits of the pixels, `[n, pixels]`, for codes z `[n, d]`.
    pub fn decode(&self, z: Tensor<2>) -> Tensor<2> {
        let ([n, _], [channels, height, width]) = (z.dims(), self.code());
        let decoder = &self.net.decoder;
        let h = conv(&decoder.input, z.reshape([n, channels, height, width])); // [n, 2c, h/4, w/4]
        let h = conv_upsampled(&decoder.half, decoder.block_1.forward(h)); // [n, 2c, h/2, w/2]
        let h = conv_upsampled(&decoder.whole, decoder.block_2.forward(h)); // [n, c, h, w]
        conv(&decoder.output, decoder.norm.forward(h, true)).flatten(1, 3)
    }

    /// The denoiser's answer v to noisy codes `[n, d]` at `times`, one for each or one for all: `[n, d]`.
    pub fn denoise(&self, z: Tensor<2>, times: &[f64], labels: &[u32]) -> Tensor<2> {
        let ([n, d], [channels, height, width]) = (z.dims(), self.code());
        let told = unet::Told {
            labels,
            ..unet::Told::default()
        };
        let codes = z.reshape([n, channels, height, width]);
        self.net
            .denoiser
            .forward(codes, times, told)
            .reshape([n, d])
    }

    /// The loss and its parts (see the module's documentation; what the autoencoder loses in nats an image)
    /// for images `[n, pixels]`, of codes drawn with `epsilon` and noised with `noise`, both `[n, d]`, to a level
    /// each. The denoiser is told as many classes, or none.
    pub fn parts(
        &self,
        x: Tensor<2>,
        labels: &[u32],
        [epsilon, noise]: [Tensor<2>; 2],
        levels: &[Level],
    ) -> Losses {
        let [_, pixels] = x.dims();
        let (mu, logvar) = self.encode(x.clone());
        let z = Vae::reparameterize(mu.clone(), logvar.clone(), epsilon);
        let reconstruction = reduce::mean(bernoulli::log_prob(x, self.decode(z.clone()))).neg();
        let kl = reduce::mean_rows(Vae::kl(mu, logvar)).sum();
        let bound = reconstruction.clone() + kl.clone() * self.config.beta;

        let z = z.detach();
        let noisy = Process::q_sample(z.clone(), noise.clone(), levels);
        let times: Vec<f64> = levels.iter().map(|level| level.time).collect();
        let answer = self.denoise(noisy, &times, labels);
        let denoising = reduce::mean((self.process.target(z, noise, levels) - answer).square());
        vec![
            ("loss", bound / pixels as f64 + denoising.clone()),
            ("reconstruction", reconstruction),
            ("kl", kl),
            ("denoising", denoising),
        ]
    }

    /// The way from codes to noise.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The classes of a batch, some of them kept back.
    fn labels(&self, batch: &Batch, rng: &mut Rng) -> Vec<u32> {
        match self.classes {
            0 => Vec::new(),
            none => batch.labels_but(self.config.label_dropout, none as u32, rng),
        }
    }

    fn device(&self) -> Device {
        self.net.denoiser.device()
    }

    /// Images of what [`LatentDiffusion::decode`] gave.
    fn images(&self, logits: Tensor<2>) -> Tensor<4> {
        let ([n, _], [channels, height, width]) = (logits.dims(), self.shape);
        bernoulli::mean(logits).reshape([n, channels, height, width])
    }

    /// A walk from noise that belongs to `seed` towards codes.
    fn reverse(&self, options: &DdpmSampleOptions, told: Told, count: usize, seed: u64) -> Reverse {
        let (d, device) = (self.latent_dim(), self.valid().device());
        let z = Rng::new(seed, Purpose::Sample, 0).normal_tensor([count, d], &device);
        Reverse::new(self.process.clone(), self.predict(told), options, z, seed)
    }

    /// The denoiser outside autodiff, as samplers want it.
    fn predict(&self, told: Told) -> Box<Predict> {
        let model = self.valid();
        Box::new(move |z: Tensor<2>, time: f64, _: f64| {
            let guidance = if told.labels.is_empty() {
                0.0
            } else {
                told.guidance
            };
            let of = |labels: &[u32]| model.denoise(z.clone(), &[time], labels);
            guided(guidance, || of(&told.labels), || of(&[]))
        })
    }

    /// What a condition asks for.
    fn told(&self, condition: &Condition, count: usize, seed: u64) -> Result<Told> {
        if let (0, Some(guidance)) = (self.classes, condition.guidance) {
            let reason = "this model was trained without classes, which guidance leads towards";
            return Err(Error::bad_option("guidance", guidance, reason));
        }
        Ok(Told {
            labels: condition.labels(self.classes, count, seed)?,
            tokens: Vec::new(),
            guidance: condition.guidance.unwrap_or(1.0),
        })
    }

    /// The channels of codes `[n, d]` as one image each, side by side in a square, grey for 0: what is
    /// darker is below it, what is lighter above it.
    fn drawn(&self, z: Tensor<2>) -> Tensor<4> {
        let ([n, _], [c, h, w], [channels, height, width]) = (z.dims(), self.code(), self.shape);
        let side = [1, 2, 4].into_iter().find(|s| s * s >= c).unwrap_or(4);
        let mut maps = z.reshape([n, c, h, w]) * 0.2 + 0.5;
        if side * side > c {
            let rest = Tensor::full([n, side * side - c, h, w], 0.5, &maps.device());
            maps = Tensor::cat(vec![maps, rest], 1);
        }
        let mosaic = maps.reshape([n, side, side, h, w]).permute([0, 1, 3, 2, 4]);
        let mut mosaic = mosaic.reshape([n, 1, side * h, side * w]).clamp(0.0, 1.0);
        while mosaic.dims()[2] < height {
            mosaic = squares::repeated(mosaic);
        }
        mosaic
            .reshape([n, 1, height, width])
            .repeat_dim(1, channels)
    }

    /// Codes under way, what they decode to, and what the denoiser believes the end will be.
    fn plot_of_way(&self, request: &PlotRequest) -> Result<Scene> {
        request.check_count(64)?;
        let n = request.count.div_ceil(3);
        let model = self.valid();
        let told = model.told(&Condition::default(), n, request.seed)?;
        let options = DdpmSampleOptions {
            sampler: SamplerKind::Ddim,
            steps: SHOWN_STEPS,
            ..DdpmSampleOptions::default()
        };
        let mut walk = model.reverse(&options, told, n, request.seed);
        let steps = walk.advance(request.at);
        let z = walk.x();
        let [seen, end] = [z.clone(), walk.believed()].map(|z| model.images(model.decode(z)));
        let images = Tensor::cat(vec![model.drawn(z), seen, end], 0);
        Ok(Scene::new(format!("step {steps} of {}", walk.steps())).images(images, n))
    }

    /// A picture, its code, and what comes back of it.
    fn plot_of_code(&self, request: &PlotRequest) -> Result<Scene> {
        let model = self.valid();
        let pixels = request.images(1)?.images(&model.device())?;
        let [n, channels, height, width] = pixels.dims();
        let x = pixels.clone().reshape([n, channels * height * width]);
        let (mu, _) = LatentDiffusion::encode(&model, x);
        let back = model.images(LatentDiffusion::decode(&model, mu.clone()));
        let [c, h, w] = self.code();
        let (numbers, of) = (c * h * w, channels * height * width);
        let titles = [
            "your picture".into(),
            format!("its code: {numbers} numbers for {of}"),
            "decoded".into(),
        ];
        Ok(Scene::new("through the code and back")
            .images(Tensor::cat(vec![pixels, model.drawn(mu), back], 0), 3)
            .titled(titles.into()))
    }
}

impl Family for LatentDiffusion {
    type Config = LatentDiffusionConfig;
    type SampleOptions = DdpmSampleOptions;
    type Net = Net;

    const ID: &'static str = "latent-diffusion";
    const TITLE: &'static str = "Latent diffusion";
    const PAPER: &'static str = "Rombach et al. 2022, High-Resolution Image Synthesis with Latent Diffusion Models, arXiv:2112.10752";
    const PAGE: Option<&'static str> = Some(include_str!("latent_diffusion.py"));
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Label, ConditionKind::Guidance];
    const CAPABILITIES: Capabilities = Capabilities {
        latent: true,
        ..Capabilities::NONE
    };

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::latent_diffusion(config)
    }

    fn defaults(space: &Space) -> Option<Defaults<LatentDiffusionConfig>> {
        matches!(space, Space::Image { .. }).then(|| {
            Defaults::new(
                LatentDiffusionConfig::default(),
                TrainConfig {
                    batch_size: 32,
                    learning_rate: 2e-3,
                    ema: 0.995,
                    clip: 1.0,
                    binarize: Binarize::None,
                    ..TrainConfig::default()
                },
            )
        })
    }

    fn init(
        config: &LatentDiffusionConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        let shape = data.space.image().unwrap_or_default();
        let [channels, height, width] = shape;
        let times = 4 << (config.levels - 1);
        if !height.is_multiple_of(times) || !width.is_multiple_of(times) {
            if height.is_multiple_of(4) && width.is_multiple_of(4) {
                let reason = format!(
                    "codes of {} × {} cannot be halved so often",
                    height / 4,
                    width / 4
                );
                return Err(Error::bad_option("levels", config.levels, reason));
            }
            return Err(Error::Unsupported {
                what: format!("Codes need sides divisible by 4, not {height} × {width}"),
            });
        }
        let classes = match config.conditional {
            true => data.classes.len(),
            false => 0,
        };
        let (encoder, decoder) = autoencoder(config, channels, rng, device);
        let first = config.denoiser_channels;
        let unet = UNetConfig {
            channels: config.latent_channels,
            beside: 0,
            frames: 1,
            widths: (0..config.levels).map(|i| first << i.min(1)).collect(),
            groups: self::groups(first),
            heads: HEADS,
            depth: 0,
            classes,
            words: 0,
            context: 0,
            steps: false,
        };
        Ok(Self {
            config: config.clone(),
            process: Process::of(Prediction::V, NoiseSchedule::Cosine, TIMESTEPS),
            shape,
            classes,
            net: Net {
                encoder,
                decoder,
                denoiser: UNet::init(&unet, rng, device),
            },
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| {
            let (_, part) = name.split_once('.').unwrap_or_default();
            unet::inside(part)
        };
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let (x, labels) = (batch.pixels(&self.device())?, self.labels(batch, rng));
        let size = [x.dims()[0], self.latent_dim()];
        let levels = self.process.draw_levels(size[0], rng);
        let normal = [(); 2].map(|()| rng.normal_tensor(size, &self.device()));
        Ok(self.parts(x, &labels, normal, &levels))
    }

    fn cost(&self) -> Cost {
        let [_, height, width] = self.shape;
        let pixels = (height * width) as f64;
        let denoiser = self.net.denoiser.cost([height / 4, width / 4]);
        let cost = Cost::of(&weights::shapes(&self.net), |name| {
            match name.split('.').take(2).collect::<Vec<_>>()[..] {
                ["encoder", "input"] | ["decoder", "whole" | "output"] => pixels,
                ["encoder", "half" | "block_1"] | ["decoder", "half" | "block_2"] => pixels / 4.0,
                ["encoder" | "decoder", _] => pixels / 16.0,
                _ => 0.0,
            }
        });
        cost.plus(denoiser.multiply_adds, denoiser.activations)
    }

    fn preview(&self) -> DdpmSampleOptions {
        DdpmSampleOptions {
            sampler: SamplerKind::DpmSolver,
            steps: 10,
            ..DdpmSampleOptions::default()
        }
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    fn sampler(
        &self,
        options: &DdpmSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        options.check()?;
        options.sampler.without_shortcuts()?;
        let told = self.told(condition, count, seed)?;
        let (model, each) = (self.valid(), told.clone());
        let reverse = self.reverse(options, told, count, seed);
        Ok(Box::new(Walk {
            reverse: reverse.told_apart(move |samples| model.predict(each.of(samples))),
            model: self.valid(),
        }))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![
            PlotSpec::new(
                "reverse",
                "Noise to code",
                "Above, codes on their way from noise, their channels side by side; below, what the decoder makes of them at that moment; at the bottom, of what the denoiser then believes the end will be.",
            )
            .along("time"),
            PlotSpec::new(
                "code",
                "What is kept",
                "Your picture, its code (the mean of q(z|x), channels side by side), and what the decoder makes of it. What does not come back is not in any of the model's samples either.",
            )
            .with(PlotInput::Image),
        ]
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        match request.plot {
            "reverse" => self.plot_of_way(request),
            "code" => self.plot_of_code(request),
            _ => Err(request.unknown()),
        }
    }

    fn latent(&self) -> Option<&dyn Latent> {
        Some(self)
    }
}

/// A walk among codes, seen through the decoder.
struct Walk {
    reverse: Reverse,
    model: LatentDiffusion,
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
        let logits = LatentDiffusion::decode(&self.model, self.reverse.x());
        Samples::Images(self.model.images(logits))
    }

    fn divided(&mut self) -> Option<&mut dyn Divided> {
        Some(&mut self.reverse)
    }
}

impl Latent for LatentDiffusion {
    fn latent_dim(&self) -> usize {
        self.code().iter().product()
    }

    fn encode(&self, batch: &Batch) -> Result<(Tensor<2>, Tensor<2>)> {
        Ok(LatentDiffusion::encode(self, batch.pixels(&self.device())?))
    }

    fn decode(&self, z: Tensor<2>) -> Result<Samples> {
        Ok(Samples::Images(
            self.images(LatentDiffusion::decode(self, z)),
        ))
    }

    fn log_likelihood(&self, batch: &Batch, z: Tensor<2>) -> Result<Tensor<1>> {
        let x = batch.pixels(&self.device())?;
        Ok(bernoulli::log_prob(x, LatentDiffusion::decode(self, z)))
    }
}

//! Video diffusion: clips by a U-Net over space and time.
//!
//! Ho, Salimans, Gritsenko, Chan, Norouzi & Fleet 2022, "Video Diffusion Models", arXiv:2204.03458.
//!
//! A clip x_0 of F frames is one example of diffusion ([`ddpm`](super::ddpm)): all frames are noised alike,
//! and one network takes the noise from all of them at once. Some of the pixels may be *given*, those where
//! the mask m is 1. They stay as they are, the network is told where they are, and only the others count:
//!
//! ```text
//! x̃_t  = m x_0 + (1−m) (√ᾱ_t x_0 + √(1−ᾱ_t) ε)
//! loss = E_{x_0, ε, t, m} ‖(1−m) (x_0 − x_θ(x̃_t, m, t, y))‖² / ‖1−m‖²
//! ```
//!
//! So one model makes a clip of a sentence y (nothing is given), goes on with one (the first frames are),
//! fills in between (the first and the last are), and paints a part of all frames anew (the rest is), as in
//! MCVD (Voleti, Jolicoeur-Martineau & Pal 2022, arXiv:2205.09853), where frames are masked.
//!
//! The network is a [`UNet`] that works on each frame by itself and lets each place look at the same place
//! in the other frames, in the middle at all places of all frames. Squares of 2 × 2 pixels are channels to
//! it, which takes a quarter of the work. Sixteen frames together tell the way of a digit through noise that
//! hides each of them; so the chain is eight times as noisy as that of one image, or what moves where would
//! be decided in its last few steps. Under so much noise the network is asked for the clip itself: noise, and any
//! mixture with it, would have to pass through all of its layers unharmed, whereas clips are few among all rows of
//! numbers (Li & He 2025, arXiv:2511.13720).

mod given;

pub use given::Given;

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ddpm::{
    DdpmSampleOptions, NoiseSchedule, Predict, Prediction, Process, Reverse, SamplerKind, guided,
};
use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind, scenes::words::CONTEXT},
    error::{Error, Result},
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Divided, Family, Losses, Reading,
        Sampler, Samples, TrainConfig, config_and_net, ready,
    },
    nn::{
        squares::{squeeze, unsqueeze},
        unet::{self, Told, UNet, UNetConfig},
    },
    optim::ParameterGroup,
    options::Options,
    rng::{Purpose, Rng},
};

/// Steps of the chain from data to noise.
const TIMESTEPS: usize = 1000;
/// How many times noisier the chain is than that of one image; see the module's documentation.
const NOISIER: f64 = 8.0;
/// Heads of the attention.
const HEADS: usize = 4;
/// Groups of channels that are normalised together.
const GROUPS: usize = 8;
/// Clips that go through the network at once while it trains.
const MICRO_BATCH: usize = 4;
/// How much of the way to noise a walk that starts from a clip goes back, unless it is told.
const STRENGTH: f64 = 0.6;
/// How strongly samples follow their sentence, unless it is told.
const GUIDANCE: f64 = 1.5;

/// Options of a [`Video`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VideoConfig {
    /// Channels of the U-Net's first level, a multiple of 8; each level below has twice as many as the one above.
    #[schemars(title = "Channels", range(min = 8, max = 128))]
    pub channels: usize,
    /// Levels of the U-Net: the first works on half the height and width of a frame, each other on half of
    /// the one before.
    #[schemars(title = "Levels", range(min = 2, max = 4))]
    pub levels: usize,
    /// Layers of a transformer in the middle of the U-Net, where all places of all frames look at each other.
    #[schemars(title = "Depth", range(min = 0, max = 12))]
    pub depth: usize,
    /// Share of the training clips whose sentence is kept back, so that the network also knows clips of
    /// which nothing is said, which guidance needs.
    #[schemars(title = "Label dropout", range(min = 0.0, max = 1.0))]
    pub label_dropout: f64,
}

impl Default for VideoConfig {
    fn default() -> Self {
        Self {
            channels: 16,
            levels: 3,
            depth: 4,
            label_dropout: 0.1,
        }
    }
}

impl Options for VideoConfig {
    fn check(&self) -> Result<()> {
        match self.channels.is_multiple_of(GROUPS) {
            true => Ok(()),
            false => {
                let reason = "channels are normalised in 8 groups; a multiple of 8 is needed";
                Err(Error::bad_option("channels", self.channels, reason))
            }
        }
    }
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VideoSampleOptions {
    /// How a step towards the data is taken.
    #[schemars(title = "Sampler")]
    pub sampler: SamplerKind,
    /// Steps from noise to data.
    #[schemars(title = "Steps", range(min = 1, max = 1000))]
    pub steps: usize,
}

impl Default for VideoSampleOptions {
    fn default() -> Self {
        Self {
            sampler: SamplerKind::DpmSolver,
            steps: 16,
        }
    }
}

impl Options for VideoSampleOptions {
    fn check(&self) -> Result<()> {
        self.sampler.without_shortcuts()
    }
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Video {
    config: VideoConfig,
    process: Process,
    /// Frames, channels, rows, columns.
    size: [usize; 4],
    /// Words that it can be told, by their tokens; empty for none.
    words: Arc<[String]>,
    net: UNet,
}

impl Video {
    /// The network's answer to clips at `times`, one for each or one for all; what is `given` stands in them
    /// as it is. It is `told` as many sentences, or one for all, or none.
    ///
    /// # Shapes
    /// - x, output: `[n, frames · channels · height · width]`
    pub fn forward(&self, x: Tensor<2>, given: &Given, times: &[f64], told: Told) -> Tensor<2> {
        let [n, d] = x.dims();
        let [frames, channels, height, width] = self.size;
        let x = x.reshape([n * frames, channels, height, width]);
        let mask = given.tensor(n, [height, width], &x.device());
        let places = places([height / 2, width / 2], &x.device());
        let places = places.repeat_dim(0, n * frames);
        let seen = Tensor::cat(vec![squeeze(x), squeeze(mask), places], 1);
        let times = given.times(n, times);
        unsqueeze(self.net.forward(seen, &times, told)).reshape([n, d])
    }

    /// The way from data to noise.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// 1 for each number of a clip that is not given, else 0: `[n, d]`.
    fn unknown(&self, given: &Given, n: usize, device: &Device) -> Tensor<2> {
        let [frames, channels, height, width] = self.size;
        let mask = given.tensor(n, [height, width], device); // [n frames, 1, height, width]
        let all = mask.repeat_dim(1, channels);
        all.reshape([n, frames * channels * height * width]).neg() + 1.0
    }

    fn values(&self) -> usize {
        self.size.iter().product()
    }

    fn loss_of(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let device = self.device();
        let n = batch.len();
        let x0 = batch.pixels(&device)? * 2.0 - 1.0;
        let levels = self.process.draw_levels(n, rng);
        let epsilon = rng.normal_tensor(x0.dims(), &device);
        let tokens = match self.words.is_empty() {
            true => Vec::new(),
            false => batch.captions_but(self.config.label_dropout, rng),
        };
        let given = Given::draw(n, self.size, rng);
        let unknown = self.unknown(&given, n, &device);
        let noisy = Process::q_sample(x0.clone(), epsilon.clone(), &levels);
        let x = x0.clone() + (noisy - x0.clone()) * unknown.clone();
        let times: Vec<f64> = levels.iter().map(|level| level.time).collect();
        let told = Told {
            tokens: &tokens,
            ..Told::default()
        };
        let answer = self.forward(x, &given, &times, told);
        let off = (self.process.target(x0, epsilon, &levels) - answer) * unknown;
        let counted = given.unknown(n) * self.size[1];
        let loss = off.square().sum() / counted.max(1) as f64;
        Ok(vec![("loss", loss)])
    }

    fn device(&self) -> Device {
        self.net.device()
    }

    /// A row `[1, d]` on the device.
    fn row(&self, values: Vec<f32>) -> Tensor<2> {
        let size = [1, values.len()];
        Tensor::from_data(TensorData::new(values, size), &self.valid().device())
    }

    /// The network outside autodiff, as samplers want it, of clips of which x₀ `[1, d]` is `given` in part.
    fn predict(&self, tokens: Vec<u32>, guidance: f64, known: Option<Known>) -> Box<Predict> {
        let model = self.valid();
        let guidance = if tokens.is_empty() { 0.0 } else { guidance };
        Box::new(move |x, time, _| {
            let nothing = Given::nothing(model.size);
            let (x, given) = match &known {
                None => (x, &nothing),
                Some(known) => (known.put(x), &known.given),
            };
            let of = |tokens: &[u32]| {
                let told = Told {
                    tokens,
                    ..Told::default()
                };
                model.forward(x.clone(), given, &[time], told)
            };
            guided(guidance, || of(&tokens), || of(&[]))
        })
    }

    /// What a condition gives of a clip.
    fn known(&self, condition: &Condition) -> Result<Option<Known>> {
        let Some(known) = condition.known(self.values())? else {
            return Ok(None);
        };
        let given = Given::of(&known, self.size);
        let unknown = self.unknown(&given, 1, &self.valid().device());
        let values = known.iter().map(|v| v.unwrap_or(0.0).clamp(0.0, 1.0));
        let values = values.collect::<Vec<_>>();
        Ok(Some(Known {
            values: self.row(values.clone()),
            unit: self.row(values) * 2.0 - 1.0,
            unknown,
            given,
        }))
    }

    /// Rows `[n, d]` as clips.
    fn clips(&self, rows: Tensor<2>) -> Tensor<5> {
        let [n, _] = rows.dims();
        let [frames, channels, height, width] = self.size;
        rows.reshape([n, frames, channels, height, width])
    }
}

/// Column and row of each place of a frame, from −1 to 1: `[1, 2, height, width]`.
fn places([height, width]: [usize; 2], device: &Device) -> Tensor<4> {
    let along = |i: usize, size: usize| (2 * i + 1) as f32 / size as f32 - 1.0;
    let columns = (0..height * width).map(|i| along(i % width, width));
    let rows = (0..height * width).map(|i| along(i / width, height));
    let values: Vec<f32> = columns.chain(rows).collect();
    Tensor::from_data(TensorData::new(values, [1, 2, height, width]), device)
}

/// What is given of a clip.
#[derive(Clone)]
struct Known {
    given: Given,
    /// x₀ as it was given, `[1, d]`.
    values: Tensor<2>,
    /// x₀ in the numbers of the model, −1 to 1.
    unit: Tensor<2>,
    /// 0 where it is given, else 1.
    unknown: Tensor<2>,
}

impl Known {
    /// Clips `[n, d]` with what is given in its place.
    fn put(&self, x: Tensor<2>) -> Tensor<2> {
        let given = self.unit.clone() * (self.unknown.clone().neg() + 1.0);
        x * self.unknown.clone() + given
    }
}

impl Family for Video {
    type Config = VideoConfig;
    type SampleOptions = VideoSampleOptions;
    type Net = UNet;

    const ID: &'static str = "video";
    const TITLE: &'static str = "Video diffusion";
    const PAPER: &'static str = "Ho, Salimans, Gritsenko, Chan, Norouzi & Fleet 2022, Video Diffusion Models, arXiv:2204.03458";
    const SCHEMA_VERSION: u32 = 2;
    const CONDITIONS: &'static [ConditionKind] = &[
        ConditionKind::Prompt,
        ConditionKind::Guidance,
        ConditionKind::Known,
        ConditionKind::Start,
        ConditionKind::Strength,
    ];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::video()
    }

    fn defaults(space: &Space) -> Option<Defaults<VideoConfig>> {
        match space {
            Space::Video { .. } => Some(Defaults::new(
                VideoConfig::default(),
                TrainConfig {
                    batch_size: 8,
                    learning_rate: 1.5e-3,
                    ema: 0.998,
                    clip: 1.0,
                    binarize: Binarize::None,
                    ..TrainConfig::default()
                },
            )),
            _ => None,
        }
    }

    fn init(config: &VideoConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        let size = data.space.clip()?;
        let [frames, channels, height, width] = size;
        let halved = 1 << config.levels;
        if !height.is_multiple_of(halved) || !width.is_multiple_of(halved) {
            let reason = format!("{height} × {width} pixels cannot be halved so often");
            return Err(Error::bad_option("levels", config.levels, reason));
        }
        let first = config.channels;
        let unet = UNetConfig {
            channels: 4 * channels,
            // The mask, and where a place is.
            beside: 4 + 2,
            frames,
            widths: (0..config.levels).map(|i| first << i).collect(),
            groups: GROUPS,
            heads: HEADS,
            depth: config.depth,
            classes: 0,
            words: data.words.len(),
            context: CONTEXT,
            steps: false,
        };
        Ok(Self {
            config: config.clone(),
            process: Process::of(Prediction::X0, NoiseSchedule::Cosine, TIMESTEPS).noisier(NOISIER),
            size,
            words: data.words.clone().into(),
            net: UNet::init(&unet, rng, device),
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, unet::inside)
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        self.loss_of(batch, rng)
    }

    fn cost(&self) -> Cost {
        let [_, _, height, width] = self.size;
        self.net.cost([height / 2, width / 2])
    }

    fn preview(&self) -> VideoSampleOptions {
        VideoSampleOptions {
            steps: 8,
            ..VideoSampleOptions::default()
        }
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    fn sampler(
        &self,
        options: &VideoSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let tokens = condition.tokens(&self.words)?;
        if let (true, Some(guidance)) = (self.words.is_empty(), condition.guidance) {
            let reason = "this model was trained without captions, which guidance leads towards";
            return Err(Error::bad_option("guidance", guidance, reason));
        }
        let known = self.known(condition)?;
        let guidance = condition.guidance.unwrap_or(GUIDANCE);
        let predict = self.predict(tokens, guidance, known.clone());
        let device = self.valid().device();
        let x = Rng::new(seed, Purpose::Sample, 0).normal_tensor([count, self.values()], &device);
        let options = DdpmSampleOptions {
            sampler: options.sampler,
            steps: options.steps,
            ..DdpmSampleOptions::default()
        };
        let walk = Reverse::new(self.process.clone(), predict, &options, x, seed);
        let mut reverse = walk.within([-1.0, 1.0]);
        if let Some(start) = condition.start(self.values())? {
            let x0 = self.row(start.to_vec()) * 2.0 - 1.0;
            reverse = reverse.from(x0, condition.strength.unwrap_or(STRENGTH));
        }
        Ok(Box::new(Walk {
            reverse,
            known,
            model: self.valid(),
        }))
    }
}

/// A walk in the data's units.
struct Walk {
    reverse: Reverse,
    known: Option<Known>,
    model: Video,
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
        let rows = (self.reverse.x() * 0.5 + 0.5).clamp(0.0, 1.0);
        let rows = match &self.known {
            // As it was given, to the last bit.
            Some(known) => {
                let given = known.values.clone() * (known.unknown.clone().neg() + 1.0);
                rows * known.unknown.clone() + given
            }
            None => rows,
        };
        Samples::Clips(self.model.clips(rows))
    }

    fn divided(&mut self) -> Option<&mut dyn Divided> {
        Some(&mut self.reverse)
    }
}

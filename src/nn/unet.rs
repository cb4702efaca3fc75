//! The U-Net: a network from images to images that is told a time.
//!
//! Ronneberger, Fischer & Brox 2015, arXiv:1505.04597; with residual blocks, a time and attention as
//! in Ho, Jain & Abbeel 2020, arXiv:2006.11239.
//!
//! On the way down each level halves the image; on the way up each doubles it and sees beside it
//! what the same level saw on the way down, so that detail is not lost in the middle:
//!
//! ```text
//! block(x, t): h = conv(silu(norm(x))) + W time(t);  conv(silu(norm(h))) + skip(x)
//!
//! down    h = block(h, t), kept                      then a convolution of stride 2
//! middle  block, attention over all pixels, block
//! up      h = block([h, kept], t)                    then twice the size, and a convolution
//! ```
//!
//! A network that is told a class too adds a row of a table to what its blocks know of the time; the
//! table's last row stands for no class (Ho & Salimans 2022, arXiv:2207.12598). One that is told a
//! sentence reads it ([`words`](super::words)), and behind each block but those of the whole image the
//! pixels look at its words. One that is told how long a step is asked of it adds that to the time.
//!
//! A network of clips works on each frame as on an image, and behind each block every place looks at the
//! same place in all frames of its clip (factorised attention over space and time: Ho et al. 2022,
//! arXiv:2204.03458, section 3):
//!
//! ```text
//! x += out(attention(norm(x) + places))             a sequence of frames for each pixel
//! ```
//!
//! Before that, a quarter of what a block's first convolution sees comes from the frame before and a quarter from
//! the one behind (Lin, Gan & Han 2019, arXiv:1811.08383), which costs no product: a convolution of 3 × 3 pixels
//! so becomes one of 3 × 3 × 3, and what moves by a pixel or two is followed from frame to frame.
//!
//! In the middle, where there are few pixels, each looks at all pixels of all frames instead, so that what
//! moves is found again where it was before. Some layers of a transformer may follow there, where they cost
//! least (Hoogeboom, Heek & Salimans 2023, arXiv:2301.11093, section 3.4):
//!
//! ```text
//! x += out(attention(norm(x) + places));  x += down(silu(up(norm(x))))
//! ```

use burn::{
    module::{Module, Param},
    nn::{Linear, conv::Conv2d},
    tensor::{Device, Tensor, TensorData},
};

use super::{
    conv::{conv, conv_shifted, conv_upsampled},
    cost::Cost,
    init,
    linear::{activated, linear},
    weights,
    words::{CrossAttention, Encoder},
};
use crate::{
    kernels::{
        activation::Activation,
        attention::{Mask, attention},
        embedding::embedding,
        group_norm::group_norm,
    },
    rng::Rng,
};

/// Added to variances.
const EPSILON: f32 = 1e-5;
/// The time 1 is embedded like step 1000 of a chain.
const TIME_SCALE: f64 = 1000.0;
/// The slowest wave of the time is this much slower than the fastest.
const TIME_BASE: f64 = 10_000.0;

/// The sizes of a [`UNet`].
#[derive(Debug, Clone, PartialEq)]
pub struct UNetConfig {
    /// Channels of the images.
    pub channels: usize,
    /// Channels of what lies beside an image and is not answered, such as a mask.
    pub beside: usize,
    /// Frames of a clip, which follow each other as images; 1 for images that know nothing of each other.
    pub frames: usize,
    /// Channels of each level, from the whole image down; each but the first works on half the
    /// height and width of the one before.
    pub widths: Vec<usize>,
    /// Groups of channels that are normalised together; they divide every width.
    pub groups: usize,
    /// Heads of the attention in the middle; they divide the last width.
    pub heads: usize,
    /// Layers of a transformer in the middle, behind its attention.
    pub depth: usize,
    /// Classes that it can be told; 0 for a network that knows of none.
    pub classes: usize,
    /// Words that it can be told; 0 for a network that knows of none.
    pub words: usize,
    /// Words of a sentence.
    pub context: usize,
    /// Whether it can be told the length of a step.
    pub steps: bool,
}

/// What the network is told besides the time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    /// A class for each image, or one for all; whatever is no class counts as none, and so does an empty
    /// list.
    pub labels: &'a [u32],
    /// A sentence for each image, or one for all; none where it is empty.
    pub tokens: &'a [u32],
    /// For each image, or one for all, how much of the time the step goes back that its answer is for; 0,
    /// and all where it is empty, for the answer at that moment.
    pub steps: &'a [f64],
}

/// A group norm with SiLU behind it.
#[derive(Module, Debug)]
pub struct Norm {
    gain: Param<Tensor<1>>,
    bias: Param<Tensor<1>>,
    groups: usize,
}

impl Norm {
    /// One that changes nothing but mean and variance.
    pub fn init(channels: usize, groups: usize, device: &Device) -> Self {
        let all = |value: f32| {
            let values = TensorData::new(vec![value; channels], [channels]);
            Param::from_data(values, device)
        };
        Self {
            gain: all(1.0),
            bias: all(0.0),
            groups,
        }
    }

    /// Of `[n, channels, h, w]`, with x σ(x) after it if `silu`.
    pub fn forward(&self, x: Tensor<4>, silu: bool) -> Tensor<4> {
        let (gain, bias) = (self.gain.val(), self.bias.val());
        group_norm(x, gain, bias, self.groups, EPSILON, silu)
    }
}

/// Two convolutions that are added to what comes in.
#[derive(Module, Debug)]
pub struct Block {
    norm_1: Norm,
    conv_1: Conv2d,
    time: Linear,
    norm_2: Norm,
    conv_2: Conv2d,
    skip: Option<Conv2d>,
    frames: usize,
}

impl Block {
    /// From so many channels to so many, told `time` numbers; at first nothing is added.
    pub fn init(
        [c_in, c_out]: [usize; 2],
        time: usize,
        groups: usize,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        Self {
            frames: 1,
            norm_1: Norm::init(c_in, groups, device),
            conv_1: init::conv([c_in, c_out], 3, 1, 1.0, rng, device),
            time: init::linear(time, c_out, 1.0, rng, device),
            norm_2: Norm::init(c_out, groups, device),
            conv_2: init::conv([c_out, c_out], 3, 1, 0.0, rng, device),
            skip: (c_in != c_out).then(|| init::conv([c_in, c_out], 1, 1, 1.0, rng, device)),
        }
    }

    /// The same of clips of so many frames; see the module's documentation.
    #[must_use]
    fn of_frames(self, frames: usize) -> Self {
        Self { frames, ..self }
    }

    /// x `[n, c_in, h, w]` and time `[n or 1, 4 · widths₀]` to `[n, c_out, h, w]`.
    pub fn forward(&self, x: Tensor<4>, time: &Tensor<2>) -> Tensor<4> {
        let shift = linear(&self.time, time.clone()); // [n or 1, c_out]
        let h = beside(self.norm_1.forward(x.clone(), true), self.frames);
        let h = conv_shifted(&self.conv_1, h, shift);
        let h = conv(&self.conv_2, self.norm_2.forward(h, true));
        match &self.skip {
            Some(skip) => h + conv(skip, x),
            None => h + x,
        }
    }
}

/// x `[n · frames, c, h, w]`, its first quarter of channels from the frame before and its second from the one
/// behind; beyond the ends there is nothing.
fn beside(x: Tensor<4>, frames: usize) -> Tensor<4> {
    let [all, c, h, w] = x.dims();
    let (clips, quarter) = (all / frames, c / 4);
    if frames == 1 || quarter == 0 {
        return x;
    }
    let x = x.reshape([clips, frames, c * h * w]);
    let size = quarter * h * w;
    let nothing = Tensor::zeros([clips, 1, size], &x.device());
    let last = frames - 1;
    let before = x.clone().slice([0..clips, 0..last, 0..size]);
    let behind = x.clone().slice([0..clips, 1..frames, size..2 * size]);
    let own = x.slice([0..clips, 0..frames, 2 * size..c * h * w]);
    let before = Tensor::cat(vec![nothing.clone(), before], 1);
    let behind = Tensor::cat(vec![behind, nothing], 1);
    Tensor::cat(vec![before, behind, own], 2).reshape([all, c, h, w])
}

/// Each pixel looks at all others, of a clip at those of all frames.
#[derive(Module, Debug)]
struct PixelAttention {
    norm: Norm,
    /// What is added to the numbers of each frame of a clip, so that they have an order: `[frames, c]`.
    places: Option<Param<Tensor<2>>>,
    qkv: Linear,
    out: Linear,
    heads: usize,
}

impl PixelAttention {
    fn init(config: &UNetConfig, c: usize, rng: &mut Rng, device: &Device) -> Self {
        Self {
            norm: Norm::init(c, config.groups, device),
            places: (config.frames > 1).then(|| places([config.frames, c], rng, device)),
            qkv: init::linear(c, 3 * c, 1.0, rng, device),
            out: init::linear(c, c, 0.0, rng, device),
            heads: config.heads,
        }
    }

    /// x `[n, c, h, w]`, clips frame by frame, and as much comes out.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, c, h, w] = x.dims();
        let rows = self.norm.forward(x.clone(), false).reshape([n, c, h * w]);
        let mut rows = rows.swap_dims(1, 2); // [n, h w, c]
        let mut frames = 1;
        if let Some(places) = &self.places {
            frames = places.dims()[0];
            let places = places.val().reshape([1, frames, 1, c]);
            let clips = rows.reshape([n / frames, frames, h * w, c]) + places;
            rows = clips.reshape([n, h * w, c]);
        }
        let qkv = linear(&self.qkv, rows.reshape([n * h * w, c])); // [n h w, 3c]
        let seen = attention(qkv, frames * h * w, self.heads, &Mask::Full);
        let out = linear(&self.out, seen).reshape([n, h * w, c]);
        x + out.swap_dims(1, 2).reshape([n, c, h, w])
    }
}

/// A layer of a transformer in the middle: each pixel looks at all others, then thinks by itself.
#[derive(Module, Debug)]
struct PixelLayer {
    attention: PixelAttention,
    norm: Norm,
    mlp_up: Linear,
    mlp_down: Linear,
}

impl PixelLayer {
    fn init(config: &UNetConfig, c: usize, rng: &mut Rng, device: &Device) -> Self {
        Self {
            attention: PixelAttention::init(config, c, rng, device),
            norm: Norm::init(c, config.groups, device),
            mlp_up: init::linear(c, 4 * c, 1.0, rng, device),
            mlp_down: init::linear(4 * c, c, 0.0, rng, device),
        }
    }

    /// x `[n, c, h, w]`, and as much comes out.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, c, h, w] = x.dims();
        let x = self.attention.forward(x);
        let rows = self.norm.forward(x.clone(), false).reshape([n, c, h * w]);
        let rows = rows.swap_dims(1, 2).reshape([n * h * w, c]);
        let hidden = activated(&self.mlp_up, rows, Activation::Silu); // [n h w, 4c]
        let out = linear(&self.mlp_down, hidden).reshape([n, h * w, c]);
        x + out.swap_dims(1, 2).reshape([n, c, h, w])
    }
}

/// A row of numbers for each frame of a clip.
fn places([frames, c]: [usize; 2], rng: &mut Rng, device: &Device) -> Param<Tensor<2>> {
    init::parameter([frames, c], rng, device, |rng| rng.normal(frames * c))
}

/// Each pixel looks at the same pixel in all frames of its clip.
#[derive(Module, Debug)]
pub struct TimeAttention {
    norm: Norm,
    /// What is added to the numbers of each frame, so that they have an order: `[frames, c]`.
    places: Param<Tensor<2>>,
    qkv: Linear,
    out: Linear,
    heads: usize,
}

impl TimeAttention {
    /// Over clips of `frames` of `c` channels; what it adds is zero at first.
    pub fn init(
        [frames, c]: [usize; 2],
        [groups, heads]: [usize; 2],
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        Self {
            norm: Norm::init(c, groups, device),
            places: places([frames, c], rng, device),
            qkv: init::linear(c, 3 * c, 1.0, rng, device),
            out: init::linear(c, c, 0.0, rng, device),
            heads,
        }
    }

    /// x `[n · frames, c, h, w]`, and as much comes out.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let ([all, c, h, w], [f, _]) = (x.dims(), self.places.dims());
        let n = all / f;
        let rows = self
            .norm
            .forward(x.clone(), false)
            .reshape([n, f, c, h * w]);
        let rows = rows.permute([0, 3, 1, 2]) + self.places.val().reshape([1, 1, f, c]);
        let qkv = linear(&self.qkv, rows.reshape([all * h * w, c])); // [n h w f, 3c]
        let seen = attention(qkv, f, self.heads, &Mask::Full);
        let out = linear(&self.out, seen).reshape([n, h * w, f, c]);
        x + out.permute([0, 2, 3, 1]).reshape([all, c, h, w])
    }
}

/// Each pixel looks at the words of a sentence.
#[derive(Module, Debug)]
struct WordAttention {
    norm: Norm,
    cross: CrossAttention,
    frames: usize,
}

impl WordAttention {
    fn init(config: &UNetConfig, c: usize, rng: &mut Rng, device: &Device) -> Self {
        Self {
            norm: Norm::init(c, config.groups, device),
            cross: CrossAttention::init(c, words_width(config), config.heads, rng, device),
            frames: config.frames,
        }
    }

    /// x `[n, c, h, w]` and words `[n or 1, context, c_words]`; as much as x comes out. How much each pixel
    /// looks at each word, the mean over heads, is noted as `[n, h w, context]`.
    fn forward(&self, x: Tensor<4>, words: &Tensor<3>, seen: &mut Seen) -> Tensor<4> {
        let [n, c, h, w] = x.dims();
        let rows = self.norm.forward(x.clone(), false).reshape([n, c, h * w]);
        // All frames of a clip look at the same sentence.
        let clips = n / self.frames;
        let rows = rows
            .swap_dims(1, 2)
            .reshape([clips, self.frames * h * w, c]);
        let (out, weights) = self.cross.forward(rows, words.clone());
        if let Some(seen) = seen {
            seen.push(weights.mean_dim(1).squeeze_dim::<3>(1));
        }
        x + out
            .reshape([n, h * w, c])
            .swap_dims(1, 2)
            .reshape([n, c, h, w])
    }
}

/// Where it is noted how much pixels look at words, level by level.
type Seen<'a> = Option<&'a mut Vec<Tensor<3>>>;

/// Numbers for each word.
fn words_width(config: &UNetConfig) -> usize {
    2 * config.widths.last().copied().unwrap_or(config.channels)
}

/// A level: its block, how it looks at other frames and at words, and what leads to the next one.
#[derive(Module, Debug)]
struct Level {
    block: Block,
    along: Option<TimeAttention>,
    look: Option<WordAttention>,
    next: Option<Conv2d>,
}

/// The network. See the module's documentation.
#[derive(Module, Debug)]
pub struct UNet {
    time_1: Linear,
    time_2: Linear,
    /// `[classes + 1, 4 · widths₀]`, the last row for no class.
    classes: Option<Param<Tensor<2>>>,
    words: Option<Encoder>,
    /// From the mean of the words to what the blocks know of the time.
    told: Option<Linear>,
    /// From the waves of a step's length to what the blocks know of the time.
    step: Option<Linear>,
    input: Conv2d,
    down: Vec<Level>,
    middle_1: Block,
    attention: PixelAttention,
    look: Option<WordAttention>,
    layers: Vec<PixelLayer>,
    middle_2: Block,
    up: Vec<Level>,
    norm: Norm,
    output: Conv2d,
    frames: usize,
}

/// Whether a parameter of a [`UNet`] is a matrix or a kernel between others, which Muon may move: not what reads the
/// image and writes it, and no table.
pub fn inside(name: &str) -> bool {
    let between = !name.starts_with("input.") && !name.starts_with("output.");
    between && (name.ends_with(".weight") || name.starts_with("words.blocks."))
}

impl UNet {
    /// A network whose answer is zero at first. Images need sides that can be halved
    /// `widths.len() − 1` times.
    pub fn init(config: &UNetConfig, rng: &mut Rng, device: &Device) -> Self {
        let (widths, groups) = (&config.widths, config.groups);
        let first = widths.first().copied().unwrap_or(config.channels);
        let last = widths.last().copied().unwrap_or(config.channels);
        let time = 4 * first;
        let block = |sizes: [usize; 2], rng: &mut Rng| {
            Block::init(sizes, time, groups, rng, device).of_frames(config.frames)
        };
        let levels = widths.len();
        let time_1 = init::linear(first, time, std::f32::consts::SQRT_2, rng, device);
        let time_2 = init::linear(time, time, std::f32::consts::SQRT_2, rng, device);
        let classes = (config.classes > 0).then(|| {
            let rows = config.classes + 1;
            init::parameter([rows, time], rng, device, |rng| rng.normal(rows * time))
        });
        let wide = words_width(config);
        let told = config.words > 0;
        let words = told.then(|| {
            let size = [wide, config.heads];
            Encoder::init(config.words, config.context, size, rng, device)
        });
        let look = |level: usize, c: usize, rng: &mut Rng| {
            (told && level > 0).then(|| WordAttention::init(config, c, rng, device))
        };
        let along = |c: usize, rng: &mut Rng| {
            let (size, parts) = ([config.frames, c], [groups, config.heads]);
            (config.frames > 1).then(|| TimeAttention::init(size, parts, rng, device))
        };
        let inputs = config.channels + config.beside;
        let input = init::conv([inputs, first], 3, 1, 1.0, rng, device);
        let mut c = first;
        let mut down = Vec::new();
        for (i, &width) in widths.iter().enumerate() {
            down.push(Level {
                block: block([c, width], rng),
                along: along(width, rng),
                look: look(i, width, rng),
                next: (i + 1 < levels).then(|| init::conv([width; 2], 3, 2, 1.0, rng, device)),
            });
            c = width;
        }
        let middle_1 = block([last; 2], rng);
        let attention = PixelAttention::init(config, last, rng, device);
        let middle_look = look(levels - 1, last, rng);
        let layers = (0..config.depth)
            .map(|_| PixelLayer::init(config, last, rng, device))
            .collect();
        let middle_2 = block([last; 2], rng);
        let mut up = Vec::new();
        for (i, &width) in widths.iter().enumerate().rev() {
            up.push(Level {
                block: block([c + width, width], rng),
                along: along(width, rng),
                look: look(i, width, rng),
                next: (i > 0).then(|| init::conv([width; 2], 3, 1, 1.0, rng, device)),
            });
            c = width;
        }
        Self {
            time_1,
            time_2,
            classes,
            told: told.then(|| init::linear(wide, time, 1.0, rng, device)),
            // At first its answer is the same for every length.
            step: (config.steps).then(|| init::linear(first, time, 0.0, rng, device)),
            words,
            input,
            down,
            middle_1,
            attention,
            look: middle_look,
            layers,
            middle_2,
            up,
            norm: Norm::init(c, groups, device),
            output: init::conv([c, config.channels], 3, 1, 0.0, rng, device),
            frames: config.frames,
        }
    }

    /// # Shapes
    /// - x: `[n, channels + beside, h, w]`, clips frame by frame
    /// - times: n numbers in [0, 1], or one for all
    /// - output: `[n, channels, h, w]`
    pub fn forward(&self, x: Tensor<4>, times: &[f64], told: Told) -> Tensor<4> {
        self.pass(x, times, told, &mut None)
    }

    /// The same, and how much each pixel looks at each word: of each level that looks, `[n, h w, context]`
    /// with its own h and w (of clips, all their frames), from the first to the last.
    pub fn looking(&self, x: Tensor<4>, times: &[f64], told: Told) -> (Tensor<4>, Vec<Tensor<3>>) {
        let mut seen = Vec::new();
        let answer = self.pass(x, times, told, &mut Some(&mut seen));
        (answer, seen)
    }

    fn pass(&self, x: Tensor<4>, times: &[f64], told: Told, seen: &mut Seen) -> Tensor<4> {
        let words = self.read(told.tokens);
        let time = self.embed(times, told, words.as_ref(), &x.device());
        let mut look = |level: &Option<WordAttention>, h: Tensor<4>| match (level, &words) {
            (Some(look), Some(words)) => look.forward(h, words, seen),
            _ => h,
        };
        let along = |level: &Option<TimeAttention>, h: Tensor<4>| match level {
            Some(along) => along.forward(h),
            None => h,
        };
        let mut h = conv(&self.input, x);
        let mut kept = Vec::with_capacity(self.down.len());
        for level in &self.down {
            h = along(&level.along, level.block.forward(h, &time));
            h = look(&level.look, h);
            kept.push(h.clone());
            if let Some(next) = &level.next {
                h = conv(next, h);
            }
        }
        h = self.middle_1.forward(h, &time);
        h = self.attention.forward(h);
        h = look(&self.look, h);
        for layer in &self.layers {
            h = layer.forward(h);
        }
        h = self.middle_2.forward(h, &time);
        for level in &self.up {
            if let Some(kept) = kept.pop() {
                h = Tensor::cat(vec![h, kept], 1);
            }
            h = along(&level.along, level.block.forward(h, &time));
            h = look(&level.look, h);
            if let Some(next) = &level.next {
                h = conv_upsampled(next, h);
            }
        }
        conv(&self.output, self.norm.forward(h, true))
    }

    /// Sentences as `[n or 1, context, c]`, of a network that knows words; nothing is said where there are no
    /// tokens.
    fn read(&self, tokens: &[u32]) -> Option<Tensor<3>> {
        let encoder = self.words.as_ref()?;
        Some(match tokens {
            [] => encoder.forward(&vec![0; encoder.context()]),
            tokens => encoder.forward(tokens),
        })
    }

    /// What the blocks are told of times, lengths of steps, classes and sentences: `[n or 1, 4 · widths₀]`.
    fn embed(
        &self,
        times: &[f64],
        told: Told,
        words: Option<&Tensor<3>>,
        device: &Device,
    ) -> Tensor<2> {
        let [size, _] = self.time_1.weight.dims();
        let waves = |times: &[f64]| {
            let waves = waves(times, size);
            Tensor::from_data(TensorData::new(waves, [times.len(), size]), device)
        };
        let hidden = activated(&self.time_1, waves(times), Activation::Silu);
        if self.classes.is_none() && self.told.is_none() && self.step.is_none() {
            return activated(&self.time_2, hidden, Activation::Silu);
        }
        let mut sum = linear(&self.time_2, hidden);
        if let Some(table) = &self.classes {
            let none = table.dims()[0] as u32 - 1;
            let labels: Vec<u32> = match told.labels {
                [] => vec![none],
                labels => labels.iter().map(|&label| label.min(none)).collect(),
            };
            sum = sum + embedding(table.val(), &labels);
        }
        if let (Some(layer), Some(words)) = (&self.told, words) {
            let heard = linear(layer, words.clone().mean_dim(1).squeeze_dim::<2>(1));
            let [n, c] = heard.dims();
            sum = sum
                + match n > 1 && self.frames > 1 {
                    // The same for all frames of a clip.
                    true => heard
                        .unsqueeze_dim::<3>(1)
                        .repeat_dim(1, self.frames)
                        .reshape([n * self.frames, c]),
                    false => heard,
                };
        }
        if let Some(layer) = &self.step {
            let steps = match told.steps {
                [] => &[0.0],
                steps => steps,
            };
            sum = sum + linear(layer, waves(steps));
        }
        Activation::Silu.tensors(sum)
    }

    /// Where its weights are.
    pub fn device(&self) -> Device {
        self.output.weight.val().device()
    }

    /// What training on one image, or clip, of this height and width costs.
    pub fn cost(&self, [height, width]: [usize; 2]) -> Cost {
        let pixels = |level: usize| (height * width) as f64 / 4f64.powi(level as i32);
        let levels = self.down.len();
        let middle = pixels(levels.saturating_sub(1));
        let shapes = weights::shapes(self);
        let context = self.words.as_ref().map_or(0, Encoder::context) as f64;
        let frames = self.frames as f64;
        let each = |name: &str| {
            let mut parts = name.split('.');
            let first = parts.next().unwrap_or_default();
            let place = parts.next().and_then(|i| i.parse::<usize>().ok());
            let whole = name.contains("next");
            match (first, place) {
                _ if name.contains("time") => 1.0,
                ("step", _) => 1.0,
                ("classes", _) => 0.0,
                ("told", _) => 1.0,
                ("words", _) => context,
                _ if name.contains(".kv") => context,
                ("down", Some(i)) => pixels(if whole { i + 1 } else { i }),
                ("up", Some(i)) => {
                    let level = levels.saturating_sub(i + 1);
                    pixels(if whole {
                        level.saturating_sub(1)
                    } else {
                        level
                    })
                }
                ("middle_1" | "middle_2" | "attention" | "look" | "layers", _) => middle,
                _ => pixels(0),
            }
        };
        let cost = Cost::of(&shapes, |name| match name {
            // A table, not a layer.
            _ if name.ends_with(".places") => 0.0,
            _ if name.starts_with("words") || name.starts_with("told") || name.contains(".kv") => {
                each(name)
            }
            _ => frames * each(name),
        });
        // Each pixel of the middle looks at all others, in all frames.
        let c = self.attention.out.weight.lazy_shape()[0];
        let pairs = (1 + self.layers.len()) as f64 * (frames * middle).powi(2);
        let cost = cost.plus(2.0 * pairs * c as f64, self.attention.heads as f64 * pairs);
        // Each pixel looks at itself in all frames, on the way down and on the way up.
        let level = |cost: Cost, (i, along): (usize, &TimeAttention)| {
            let pairs = 2.0 * frames * frames * pixels(i);
            let c = along.out.weight.lazy_shape()[0];
            cost.plus(2.0 * pairs * c as f64, along.heads as f64 * pairs)
        };
        let levels = self.down.iter().enumerate();
        levels
            .filter_map(|(i, l)| Some((i, l.along.as_ref()?)))
            .fold(cost, level)
    }
}

/// Sines, then cosines of each time at a geometric row of frequencies (Vaswani et al. 2017,
/// arXiv:1706.03762, section 3.5), `[times, size]`.
fn waves(times: &[f64], size: usize) -> Vec<f32> {
    let half = size / 2;
    let mut out = Vec::with_capacity(times.len() * size);
    for time in times {
        let angle = |i: usize| time * TIME_SCALE * TIME_BASE.powf(-(i as f64) / half as f64);
        out.extend((0..half).map(|i| angle(i).sin() as f32));
        out.extend((0..half).map(|i| angle(i).cos() as f32));
        out.resize(out.len() + size % 2, 0.0);
    }
    out
}

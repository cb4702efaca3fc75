//! The two networks: from an example to what it says of the hand, and from a hand and a class to an image.

use burn::{
    module::{Module, Param},
    nn::{Linear, conv::Conv2d},
    tensor::{Device, Tensor},
};

use crate::{
    kernels::{activation::Activation, embedding::embedding},
    nn::{
        conv::{conv, conv_upsampled},
        cost::Cost,
        init,
        linear::{activated, linear},
        unet::{Block, Norm},
        weights,
    },
    rng::Rng,
};

/// Channels at whole, half, quarter and eighth size, in multiples of the first.
const WIDTHS: [usize; 4] = [1, 2, 4, 6];
/// What a log-precision is kept within: no example may say all, and none less than nothing.
const LOG_PRECISION: f32 = 8.0;

/// Sizes of both networks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// Channels, rows and columns of an image.
    pub shape: [usize; 3],
    /// Classes.
    pub classes: usize,
    /// Channels of the layers that see the whole image.
    pub channels: usize,
    /// Units of the layers between images and z.
    pub hidden: usize,
    /// Numbers in z.
    pub latent: usize,
}

impl Sizes {
    /// How often an image can be halved, three times at most.
    fn levels(&self) -> usize {
        let [_, height, width] = self.shape;
        ((height | width).trailing_zeros() as usize).min(WIDTHS.len() - 1)
    }

    /// Channels, rows and columns of the smallest layer.
    fn bottom(&self) -> [usize; 3] {
        let [_, height, width] = self.shape;
        let levels = self.levels();
        [
            self.channels * WIDTHS[levels],
            height >> levels,
            width >> levels,
        ]
    }
}

/// What an example says of the hand: a mean and a precision for each number of z.
#[derive(Module, Debug)]
pub struct Encoder {
    convolutions: Vec<Conv2d>,
    image: Linear,
    classes: Param<Tensor<2>>,
    mean: Linear,
    log_precision: Linear,
}

impl Encoder {
    /// With weights drawn from `rng`.
    pub fn init(sizes: &Sizes, rng: &mut Rng, device: &Device) -> Self {
        let gain = std::f32::consts::SQRT_2;
        let (mut c, mut convolutions) = (sizes.shape[0], Vec::new());
        for width in &WIDTHS[..=sizes.levels()] {
            let to = sizes.channels * width;
            let stride = if convolutions.is_empty() { 1 } else { 2 };
            convolutions.push(init::conv([c, to], 3, stride, gain, rng, device));
            c = to;
        }
        let (flat, hidden) = (sizes.bottom().iter().product(), sizes.hidden);
        let rows = [sizes.classes.max(1), hidden];
        Self {
            convolutions,
            image: init::linear(flat, hidden, 1.0, rng, device),
            classes: init::parameter(rows, rng, device, |rng| rng.normal(rows[0] * rows[1])),
            mean: init::linear(hidden, sizes.latent, 1.0, rng, device),
            // Small, so that every example begins with the same to say.
            log_precision: init::linear(hidden, sizes.latent, 0.1, rng, device),
        }
    }

    /// # Shapes
    /// - x: `[n, channels, h, w]` in [0, 1]
    /// - labels: n classes
    /// - output: means and precisions, each `[n, latent]`
    pub fn forward(&self, x: Tensor<4>, labels: &[u32]) -> (Tensor<2>, Tensor<2>) {
        let mut h = x * 2.0 - 1.0;
        for layer in &self.convolutions {
            h = Activation::Silu.tensors(conv(layer, h));
        }
        let h = linear(&self.image, h.flatten(1, 3)) + embedding(self.classes.val(), labels);
        let h = Activation::Silu.tensors(h);
        let log_precision = linear(&self.log_precision, h.clone());
        let precision = log_precision.clamp(-LOG_PRECISION, LOG_PRECISION).exp();
        (linear(&self.mean, h), precision)
    }
}

/// From a hand and a class to an image.
#[derive(Module, Debug)]
pub struct Decoder {
    hand: Linear,
    classes: Param<Tensor<2>>,
    told: Linear,
    bottom: Linear,
    blocks: Vec<Block>,
    up: Vec<Conv2d>,
    norm: Norm,
    logits: Conv2d,
}

impl Decoder {
    /// With weights drawn from `rng`.
    pub fn init(sizes: &Sizes, rng: &mut Rng, device: &Device) -> Self {
        let (hidden, groups) = (sizes.hidden, groups(sizes.channels));
        let rows = [sizes.classes.max(1), hidden];
        let (mut c, mut blocks, mut up) = (sizes.bottom()[0], Vec::new(), Vec::new());
        let hand = init::linear(sizes.latent, hidden, 1.0, rng, device);
        let classes = init::parameter(rows, rng, device, |rng| rng.normal(rows[0] * rows[1]));
        let told = init::linear(hidden, hidden, std::f32::consts::SQRT_2, rng, device);
        let bottom = init::linear(hidden, sizes.bottom().iter().product(), 1.0, rng, device);
        for level in (0..=sizes.levels()).rev() {
            let width = sizes.channels * WIDTHS[level];
            if width != c {
                up.push(init::conv([c, width], 3, 1, 1.0, rng, device));
            }
            blocks.push(Block::init([width; 2], hidden, groups, rng, device));
            c = width;
        }
        Self {
            hand,
            classes,
            told,
            bottom,
            blocks,
            up,
            norm: Norm::init(c, groups, device),
            logits: init::conv([c, sizes.shape[0]], 3, 1, 0.1, rng, device),
        }
    }

    /// # Shapes
    /// - z: `[n, latent]`
    /// - labels: n classes
    /// - output: logits of the pixels, `[n, channels, h, w]`
    pub fn forward(&self, z: Tensor<2>, labels: &[u32], sizes: &Sizes) -> Tensor<4> {
        let told = linear(&self.hand, z) + embedding(self.classes.val(), labels);
        let told = activated(&self.told, Activation::Silu.tensors(told), Activation::Silu); // [n, hidden]
        let ([n, _], [c, height, width]) = (told.dims(), sizes.bottom());
        let mut h = linear(&self.bottom, told.clone()).reshape([n, c, height, width]);
        for (i, block) in self.blocks.iter().enumerate() {
            if let Some(up) = i.checked_sub(1).and_then(|i| self.up.get(i)) {
                h = conv_upsampled(up, h);
            }
            h = block.forward(h, &told);
        }
        conv(&self.logits, self.norm.forward(h, true))
    }

    /// Where its weights are.
    pub fn device(&self) -> Device {
        self.bottom.weight.val().device()
    }
}

/// Groups of a layer's norm: about eight channels each.
fn groups(channels: usize) -> usize {
    match channels {
        c if c % 8 == 0 => c / 8,
        c if c % 4 == 0 => c / 4,
        _ => 1,
    }
}

/// Both.
#[derive(Module, Debug)]
pub struct Net {
    /// From examples to the hand.
    pub encoder: Encoder,
    /// And back.
    pub decoder: Decoder,
}

/// What training on one image costs.
pub fn cost(net: &Net, sizes: &Sizes) -> Cost {
    let [_, height, width] = sizes.shape;
    let (pixels, levels) = ((height * width) as f64, sizes.levels());
    let at = |level: usize| pixels / 4f64.powi(level as i32);
    Cost::of(&weights::shapes(net), |name| {
        let parts: Vec<&str> = name.split('.').collect();
        let place = |i: usize| parts.get(i).and_then(|p| p.parse::<usize>().ok());
        match (parts.get(1).copied(), place(2)) {
            (Some("classes"), _) => 0.0,
            (Some("convolutions"), Some(i)) => at(i),
            (Some("blocks"), _) if name.contains("time") => 1.0,
            (Some("blocks"), Some(i)) => at(levels.saturating_sub(i)),
            // As one transposed convolution of 4 × 4 on the smaller image.
            (Some("up"), Some(i)) => at(levels.saturating_sub(i)) * 16.0 / 9.0,
            (Some("logits"), _) => pixels,
            _ => 1.0,
        }
    })
}

//! The two networks: fully connected layers for points, convolutions for images.

use burn::{
    module::{Module, Param},
    nn::{
        Linear,
        conv::{Conv2d, ConvTranspose2d},
    },
    tensor::{Device, Tensor, TensorData},
};

use super::GanConfig;
use crate::{
    kernels::{self, activation::Activation, embedding::embedding},
    model::Example,
    nn::{
        conv::{conv, conv_transpose},
        either::Either,
        fourier, init,
        linear::{activated, linear, matmul},
    },
    rng::Rng,
};

/// Slope of the hidden layers' leaky ReLU below zero.
const LEAK: f32 = 0.2;
const LEAKY: Activation = Activation::LeakyRelu(LEAK);
/// Power iterations behind a spectral norm.
const POWER_ITERATIONS: usize = 16;
/// Images are halved while both sides stay at least this long.
const LEAST_SIDE: usize = 4;

/// Keeps the variance through a leaky ReLU.
fn gain() -> f32 {
    (2.0 / (1.0 + LEAK * LEAK)).sqrt()
}

/// act(x W + b), or with W as something else.
type Layer = fn(&Linear, Tensor<2>, Activation) -> Tensor<2>;

/// Fully connected layers.
#[derive(Module, Debug)]
pub struct Mlp {
    hidden: Vec<Linear>,
    output: Linear,
    /// Sines and cosines beside each number that comes in.
    frequencies: usize,
    spectral_norm: bool,
}

impl Mlp {
    fn init(
        [d_in, d_out]: [usize; 2],
        frequencies: usize,
        config: &GanConfig,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let hidden = config.hidden;
        let first = d_in * fourier::width(frequencies);
        let layers = (0..config.layers).map(|i| {
            let d_in = if i == 0 { first } else { hidden };
            init::linear(d_in, hidden, gain(), rng, device)
        });
        Self {
            hidden: layers.collect(),
            output: init::linear(hidden, d_out, 1.0, rng, device),
            frequencies,
            spectral_norm: false,
        }
    }

    /// `[n, d_in]` → `[n, d_out]` without the output's bias.
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let layer: Layer = match self.spectral_norm {
            true => normalized,
            false => activated,
        };
        let mut h = fourier::features(x, self.frequencies);
        for hidden in &self.hidden {
            h = layer(hidden, h, LEAKY); // [n, hidden]
        }
        layer(&unbiased(&self.output), h, Activation::Identity)
    }
}

fn unbiased(layer: &Linear) -> Linear {
    Linear {
        weight: layer.weight.clone(),
        bias: None,
    }
}

fn bias(layer: &Linear) -> Tensor<1> {
    match &layer.bias {
        Some(bias) => bias.val(),
        None => Tensor::zeros([1], &layer.weight.val().device()),
    }
}

/// The largest singular value of a matrix, `[1, 1]`, with its gradient (Miyato et al. 2018,
/// arXiv:1802.05957). The power iteration starts from the same vector every time, so that nothing
/// has to be remembered from step to step: at these sizes that costs little.
pub fn spectral_norm(weight: Tensor<2>) -> Tensor<2> {
    let fixed = weight.clone().detach(); // [d_in, d_out]
    let [_, d_out] = fixed.dims();
    let unit = |v: Tensor<2>| {
        let norm = v.clone().square().sum().sqrt() + 1e-12;
        v / norm.unsqueeze()
    };
    let start: Vec<f32> = (1..=d_out).map(|i| (i as f32).cos()).collect();
    let start = TensorData::new(start, [d_out, 1]);
    let mut v = unit(Tensor::from_data(start, &fixed.device())); // [d_out, 1]
    let mut u = unit(matmul(fixed.clone(), v.clone())); // [d_in, 1]
    for _ in 0..POWER_ITERATIONS {
        v = unit(matmul(fixed.clone().transpose(), u));
        u = unit(matmul(fixed.clone(), v.clone()));
    }
    matmul(matmul(u.transpose(), weight), v)
}

/// act(x W / σ(W) + b).
fn normalized(layer: &Linear, x: Tensor<2>, activation: Activation) -> Tensor<2> {
    let weight = layer.weight.val();
    let weight = weight.clone() / spectral_norm(weight);
    let bias = layer.bias.as_ref().map(|bias| bias.val());
    kernels::linear::linear(x, weight, bias, activation)
}

/// How often images of this height and width are halved.
fn halvings([_, mut height, mut width]: [usize; 3]) -> u32 {
    let mut times = 0;
    while height.is_multiple_of(2) && width.is_multiple_of(2) && height.min(width) >= 2 * LEAST_SIDE
    {
        (height, width, times) = (height / 2, width / 2, times + 1);
    }
    times
}

/// The discriminator of images (in the shape of DCGAN, Radford et al. 2016, arXiv:1511.06434, without
/// its batch norm): each convolution halves the image and doubles the channels. A class adds the product
/// of its own row with what the output sees (Miyato & Koyama 2018, arXiv:1802.05637).
#[derive(Module, Debug)]
pub struct Judge {
    down: Vec<Conv2d>,
    hidden: Linear,
    output: Linear,
    /// `[classes, hidden]`.
    classes: Option<Param<Tensor<2>>>,
    shape: [usize; 3],
}

impl Judge {
    fn init(
        shape: [usize; 3],
        classes: usize,
        config: &GanConfig,
        rng: &mut Rng,
        on: &Device,
    ) -> Self {
        let mut c_in = shape[0];
        let mut side = [shape[1], shape[2]];
        let mut down = Vec::new();
        for i in 1..=halvings(shape) {
            let c = config.channels << i;
            let edge = burn::nn::PaddingConfig2d::Explicit(1, 1, 1, 1);
            let mut layer = init::conv_of([c_in, c], [4, 4], edge, gain(), rng, on);
            layer.stride = [2, 2];
            down.push(layer);
            (c_in, side) = (c, side.map(|s| s / 2));
        }
        let hidden = config.hidden;
        let row = |rng: &mut Rng| {
            let scale = (1.0 / hidden as f32).sqrt();
            rng.normal(classes * hidden)
                .into_iter()
                .map(|v| v * scale)
                .collect()
        };
        Self {
            down,
            hidden: init::linear(c_in * side[0] * side[1], hidden, gain(), rng, on),
            output: init::linear(hidden, 1, 1.0, rng, on),
            classes: (classes > 0).then(|| init::parameter([classes, hidden], rng, on, row)),
            shape,
        }
    }

    /// Rows `[n, d]` → scores `[n, 1]` but for the output's bias.
    fn forward(&self, x: Tensor<2>, labels: &[u32]) -> Tensor<2> {
        let ([n, _], [channels, height, width]) = (x.dims(), self.shape);
        let mut h = x.reshape([n, channels, height, width]);
        for layer in &self.down {
            h = LEAKY.tensors(conv(layer, h)); // [n, 2c, h/2, w/2]
        }
        let d = h.dims()[1..].iter().product();
        let h = activated(&self.hidden, h.reshape([n, d]), LEAKY); // [n, hidden]
        let score = linear(&unbiased(&self.output), h.clone());
        match &self.classes {
            Some(table) if !labels.is_empty() => {
                let row = embedding(table.val(), labels); // [n, hidden]
                score + (h * row).sum_dim(1)
            }
            _ => score,
        }
    }
}

/// The generator of images, the same upside down; a class is a row beside the noise.
#[derive(Module, Debug)]
pub struct Painter {
    /// `[classes, z_dim]`.
    classes: Option<Param<Tensor<2>>>,
    input: Linear,
    up: Vec<ConvTranspose2d>,
    output: Conv2d,
    /// Channels, rows and columns of what the first layer makes.
    first: [usize; 3],
}

impl Painter {
    fn init(
        shape: [usize; 3],
        classes: usize,
        config: &GanConfig,
        rng: &mut Rng,
        on: &Device,
    ) -> Self {
        let (times, z) = (halvings(shape), config.z_dim);
        let [channels, height, width] = shape;
        let c = |i: u32| config.channels << i;
        let first = [c(times), height >> times, width >> times];
        let told = if classes > 0 { 2 * z } else { z };
        let row = |rng: &mut Rng| rng.normal(classes * z);
        let table = (classes > 0).then(|| init::parameter([classes, z], rng, on, row));
        let up = |i: u32, rng: &mut Rng| init::conv_up(c(i), c(i - 1), gain(), rng, on);
        Self {
            classes: table,
            input: init::linear(told, first.iter().product(), gain(), rng, on),
            up: (1..=times).rev().map(|i| up(i, rng)).collect(),
            output: init::conv([c(0), channels], 3, 1, 1.0, rng, on),
            first,
        }
    }

    /// z `[n, z_dim]` → rows `[n, d]` in (−1, 1).
    fn forward(&self, z: Tensor<2>, labels: &[u32]) -> Tensor<2> {
        let [n, _] = z.dims();
        let z = match &self.classes {
            Some(table) if !labels.is_empty() => {
                Tensor::cat(vec![z, embedding(table.val(), labels)], 1)
            }
            Some(_) => Tensor::cat(vec![z.clone(), z.zeros_like()], 1),
            None => z,
        };
        let [c, h, w] = self.first;
        let mut x = activated(&self.input, z, LEAKY).reshape([n, c, h, w]);
        for layer in &self.up {
            x = LEAKY.tensors(conv_transpose(layer, x)); // [n, c/2, 2h, 2w]
        }
        let x = Activation::Tanh.tensors(conv(&self.output, x));
        let d = x.dims()[1..].iter().product();
        x.reshape([n, d])
    }
}

/// d: rows `[n, d]` and a class for each, or none, to scores.
pub type Discriminator = Either<Mlp, Judge>;

/// G: noise `[n, z_dim]` and a class for each, or none, to rows `[n, d]`.
pub type Generator = Either<Mlp, Painter>;

impl Discriminator {
    pub(super) fn new(
        example: Example,
        classes: usize,
        config: &GanConfig,
        rng: &mut Rng,
        on: &Device,
    ) -> Self {
        match example {
            Example::Points(_) => {
                let mut mlp = Mlp::init([2, 1], config.frequencies, config, rng, on);
                mlp.spectral_norm = config.spectral_norm;
                Self::A(mlp)
            }
            Example::Image(shape) => Self::B(Judge::init(shape, classes, config, rng, on)),
        }
    }

    /// Scores `[n]` but for [`Discriminator::bias`], of which slopes do not depend.
    pub(super) fn unbiased_score(&self, x: Tensor<2>, labels: &[u32]) -> Tensor<1> {
        let score = match self {
            Self::A(mlp) => mlp.forward(x),
            Self::B(judge) => judge.forward(x, labels),
        };
        score.squeeze_dim(1)
    }

    /// The output's bias, `[1]`.
    pub(super) fn bias(&self) -> Tensor<1> {
        match self {
            Self::A(mlp) => bias(&mlp.output),
            Self::B(judge) => bias(&judge.output),
        }
    }

    /// As [`Generator::uses`].
    pub(super) fn uses(&self, name: &str) -> f64 {
        match self {
            Self::B(judge) if name.starts_with("down") => {
                let [_, h, w] = judge.shape;
                (h * w) as f64 / 4f64.powi(place(name) + 1)
            }
            _ => 1.0,
        }
    }
}

impl Generator {
    pub(super) fn new(
        example: Example,
        classes: usize,
        config: &GanConfig,
        rng: &mut Rng,
        on: &Device,
    ) -> Self {
        match example {
            Example::Points(_) => {
                let size = [config.z_dim, 2];
                Self::A(Mlp::init(size, config.noise_frequencies, config, rng, on))
            }
            Example::Image(shape) => Self::B(Painter::init(shape, classes, config, rng, on)),
        }
    }

    /// Rows `[n, d]`.
    pub(super) fn forward(&self, z: Tensor<2>, labels: &[u32]) -> Tensor<2> {
        match self {
            Self::A(mlp) => mlp.forward(z) + bias(&mlp.output).unsqueeze(),
            Self::B(painter) => painter.forward(z, labels),
        }
    }

    pub(super) fn device(&self) -> Device {
        match self {
            Self::A(mlp) => mlp.output.weight.val().device(),
            Self::B(painter) => painter.output.weight.val().device(),
        }
    }

    /// For each parameter how often it is used for an example: once, a convolution once for each pixel
    /// that it makes (and a transposed one for each that it reads).
    pub(super) fn uses(&self, name: &str) -> f64 {
        match self {
            Self::B(painter) if name.starts_with("up") => {
                let [_, h, w] = painter.first;
                (h * w) as f64 * 4f64.powi(place(name))
            }
            Self::B(painter) if name.starts_with("output") => {
                let [_, h, w] = painter.first;
                (h * w) as f64 * 4f64.powi(painter.up.len() as i32)
            }
            _ => 1.0,
        }
    }
}

/// The number in a name such as `up.2.weight`.
fn place(name: &str) -> i32 {
    let number = name.split('.').nth(1);
    number.and_then(|i| i.parse().ok()).unwrap_or(0)
}

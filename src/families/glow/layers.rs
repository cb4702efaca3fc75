//! What the flow is built of; see [`super`].

use std::cmp::Ordering;

use burn::{
    module::{Module, Param},
    nn::conv::Conv2d,
    tensor::{Device, Tensor, TensorData, ops::ConvOptions},
};

use crate::{
    kernels::{activation::Activation, conv2d::conv2d, elementwise},
    nn::{conv::conv, init, linear::matmul},
    rng::Rng,
};

/// |s| of a coupling stays below this, so that no layer can explode.
const MAX_LOG_SCALE: f64 = 2.0;

/// The network of a coupling: three convolutions from what stays to s and t of what moves.
#[derive(Module, Debug)]
pub(super) struct Coupling {
    conv_1: Conv2d,
    conv_2: Conv2d,
    conv_3: Conv2d,
}

impl Coupling {
    pub(super) fn init(
        [c_in, c_out]: [usize; 2],
        channels: usize,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let gain = std::f32::consts::SQRT_2;
        Self {
            conv_1: init::conv([c_in, channels], 3, 1, gain, rng, device),
            conv_2: init::conv([channels; 2], 1, 1, gain, rng, device),
            // It moves nothing at first.
            conv_3: init::conv([channels, 2 * c_out], 3, 1, 0.0, rng, device),
        }
    }

    /// s, bounded, and t, each `[n, c_out, h, w]`, from `[n, c_in, h, w]`.
    pub(super) fn read(&self, seen: Tensor<4>) -> [Tensor<4>; 2] {
        let h = Activation::Relu.tensors(conv(&self.conv_1, seen));
        let h = Activation::Relu.tensors(conv(&self.conv_2, h));
        let [raw, t] = halves(conv(&self.conv_3, h));
        [elementwise::tanh(raw / MAX_LOG_SCALE) * MAX_LOG_SCALE, t]
    }
}

/// The 1×1 convolution W = P L (U + diag eˢ), P turning the order of the channels round: its determinant
/// is that of the diagonal (Glow, section 3.2).
#[derive(Module, Debug)]
pub(super) struct Mix {
    /// `[c, c]`, of which what lies below the diagonal counts.
    lower: Param<Tensor<2>>,
    /// `[c, c]`, of which what lies above the diagonal counts.
    upper: Param<Tensor<2>>,
    /// s, `[c]`.
    log_scale: Param<Tensor<1>>,
}

impl Mix {
    pub(super) fn init(c: usize, rng: &mut Rng, device: &Device) -> Self {
        let scale = 0.5 / (c as f32).sqrt();
        let draw = |rng: &mut Rng| rng.normal(c * c).into_iter().map(|v| v * scale).collect();
        Self {
            lower: init::parameter([c, c], rng, device, draw),
            upper: init::parameter([c, c], rng, device, draw),
            log_scale: init::parameter([c], rng, device, |_| vec![0.0; c]),
        }
    }

    /// W `[c, c]`.
    pub(super) fn matrix(&self) -> Tensor<2> {
        let [lower, diagonal, upper] = self.masks();
        let lower = self.lower.val() * lower + diagonal.clone();
        let scale = self.log_scale.val().exp().unsqueeze::<2>(); // [1, c]
        let upper = self.upper.val() * upper + diagonal * scale;
        matmul(lower, upper).flip([0])
    }

    /// W⁻¹ `[c, c]`. A triangle with ones on its diagonal is I + N with Nᶜ = 0, so that
    /// (I + N)⁻¹ = I − N + N² − …: nothing has to be read from the device.
    pub(super) fn inverse(&self) -> Tensor<2> {
        let [lower, one, upper] = self.masks();
        let [c, _] = self.lower.dims();
        let unit = |n: Tensor<2>| {
            let (mut power, mut sum) = (one.clone(), one.clone());
            for _ in 1..c {
                power = matmul(power, n.clone()).neg();
                sum = sum + power.clone();
            }
            sum
        };
        // U + D = D (I + D⁻¹ U).
        let shrink = self.log_scale.val().neg().exp();
        let upper = self.upper.val() * upper * shrink.clone().reshape([c, 1]);
        let upper = unit(upper) * shrink.reshape([1, c]);
        // P turns the order of the columns round.
        matmul(upper, unit(self.lower.val() * lower)).flip([1])
    }

    /// 1 below, on and above the diagonal, each `[c, c]`.
    fn masks(&self) -> [Tensor<2>; 3] {
        let [c, _] = self.lower.dims();
        let device = self.lower.val().device();
        [Ordering::Greater, Ordering::Equal, Ordering::Less].map(|place| {
            let values = (0..c * c).map(|i| f32::from(u8::from((i / c).cmp(&(i % c)) == place)));
            let values = TensorData::new(values.collect::<Vec<_>>(), [c, c]);
            Tensor::from_data(values, &device)
        })
    }
}

/// One step of the flow; see the module's documentation.
#[derive(Module, Debug)]
pub(super) struct Step {
    /// a of ActNorm, `[c]`.
    pub(super) log_scale: Param<Tensor<1>>,
    /// b of ActNorm, `[c]`.
    pub(super) bias: Param<Tensor<1>>,
    pub(super) mix: Option<Mix>,
    pub(super) coupling: Coupling,
}

/// What has become of images, and log |det| of each so far.
pub(super) struct Flowing {
    /// `[n, c, h, w]`.
    pub(super) h: Tensor<4>,
    /// `[n]`.
    pub(super) logabsdet: Tensor<1>,
}

/// Both halves of the channels.
pub(super) fn halves(x: Tensor<4>) -> [Tensor<4>; 2] {
    let [n, c, h, w] = x.dims();
    let part = |from: usize, to: usize| x.clone().slice([0..n, from..to, 0..h, 0..w]);
    [part(0, c / 2), part(c / 2, c)]
}

/// Σ over all but the first axis, `[n]`.
pub(super) fn total(x: Tensor<4>) -> Tensor<1> {
    let [n, c, h, w] = x.dims();
    x.reshape([n, c * h * w]).sum_dim(1).squeeze_dim(1)
}

/// 1 on the squares of a checkerboard that stay and on those that move, `[1, 1, h, w]` each, for images
/// like `x`.
fn squares(x: &Tensor<4>, colour: usize) -> [Tensor<4>; 2] {
    let [_, _, h, w] = x.dims();
    let values = (0..h * w).map(|i| ((i / w + i % w + colour) % 2) as f32);
    let values = TensorData::new(values.collect::<Vec<_>>(), [1, 1, h, w]);
    let stays = Tensor::from_data(values, &x.device());
    [stays.clone(), stays.neg() + 1.0]
}

/// A parameter `[c]` as `[1, c, 1, 1]`.
fn by_channel(parameter: &Param<Tensor<1>>) -> Tensor<4> {
    let [c] = parameter.dims();
    parameter.val().reshape([1, c, 1, 1])
}

/// x W at each pixel.
fn mixed(x: Tensor<4>, matrix: Tensor<2>) -> Tensor<4> {
    let [c, _] = matrix.dims();
    let options = ConvOptions::new([1, 1], [0, 0], [1, 1], 1);
    conv2d(x, matrix.reshape([c, c, 1, 1]), None, options)
}

impl Flowing {
    pub(super) fn new(h: Tensor<4>) -> Self {
        let n = h.dims()[0];
        let logabsdet = Tensor::zeros([n], &h.device());
        Self { h, logabsdet }
    }

    /// A coupling between the squares of a checkerboard; `beside` is shown to its network too.
    pub(super) fn checker(
        self,
        coupling: &Coupling,
        colour: usize,
        beside: Option<&Tensor<4>>,
    ) -> Self {
        let [stays, moves] = squares(&self.h, colour);
        let mut seen = vec![self.h.clone() * stays];
        seen.extend(beside.cloned());
        let [s, t] = coupling
            .read(Tensor::cat(seen, 1))
            .map(|x| x * moves.clone());
        Self {
            h: self.h * s.clone().exp() + t,
            logabsdet: self.logabsdet + total(s),
        }
    }

    /// One step.
    pub(super) fn step(self, step: &Step) -> Self {
        let [_, _, height, width] = self.h.dims();
        let pixels = (height * width) as f64;
        let mut logabsdet = self.logabsdet + step.log_scale.val().sum() * pixels;
        let mut h = (self.h + by_channel(&step.bias)) * by_channel(&step.log_scale).exp();
        h = match &step.mix {
            Some(mix) => {
                logabsdet = logabsdet + mix.log_scale.val().sum() * pixels;
                mixed(h, mix.matrix())
            }
            None => h.flip([1]),
        };
        let [stays, moves] = halves(h);
        let [s, t] = step.coupling.read(stays.clone());
        let moves = moves * s.clone().exp() + t;
        Self {
            h: Tensor::cat(vec![stays, moves], 1),
            logabsdet: logabsdet + total(s),
        }
    }
}

/// [`Flowing::checker`] backwards, without anything beside.
pub(super) fn checker_back(x: Tensor<4>, coupling: &Coupling, colour: usize) -> Tensor<4> {
    let [stays, moves] = squares(&x, colour);
    let [s, t] = coupling.read(x.clone() * stays).map(|y| y * moves.clone());
    (x - t) * s.neg().exp()
}

/// A step backwards.
pub(super) fn step_back(h: Tensor<4>, step: &Step) -> Tensor<4> {
    let [stays, moved] = halves(h);
    let [s, t] = step.coupling.read(stays.clone());
    let h = Tensor::cat(vec![stays, (moved - t) * s.neg().exp()], 1);
    let h = match &step.mix {
        Some(mix) => mixed(h, mix.inverse()),
        None => h.flip([1]),
    };
    h * by_channel(&step.log_scale).neg().exp() - by_channel(&step.bias)
}

//! burn's layers with weights drawn from our own [`Rng`], so that a seed gives the same model on
//! every device.

use burn::{
    module::{Param, ParamId},
    nn::{
        Initializer, Linear, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig},
    },
    tensor::{Device, Shape, Tensor, TensorData},
};

use crate::rng::Rng;

/// `n` draws from U(−bound, bound).
fn uniform(n: usize, bound: f32, rng: &mut Rng) -> Vec<f32> {
    let mut values = rng.uniform(n);
    for v in &mut values {
        *v = (*v * 2.0 - 1.0) * bound;
    }
    values
}

/// A parameter with the values that `draw` gives; in the outline of a model ([`Rng::outline`]) one
/// without values, for which nothing is drawn or allocated.
pub fn parameter<const D: usize>(
    dims: [usize; D],
    rng: &mut Rng,
    device: &Device,
    draw: impl FnOnce(&mut Rng) -> Vec<f32>,
) -> Param<Tensor<D>> {
    if rng.is_outline() {
        let zeros = move |device: &Device, trained: bool| {
            Tensor::zeros(dims, device).set_require_grad(trained)
        };
        let (id, shape) = (ParamId::new(), Shape::from(dims));
        return Param::uninitialized(id, zeros, device.clone(), true, shape);
    }
    Param::from_data(TensorData::new(draw(rng), dims), device)
}

/// A linear layer, weight `[d_in, d_out]` from U(−b, b) with b = gain · √(3 / d_in) (He et al.
/// 2015, arXiv:1502.01852; `gain` √2 keeps the variance through a ReLU, 1 through a linear map),
/// bias zero.
pub fn linear(d_in: usize, d_out: usize, gain: f32, rng: &mut Rng, device: &Device) -> Linear {
    let bound = gain * (3.0 / d_in as f32).sqrt();
    let draw = |rng: &mut Rng| uniform(d_in * d_out, bound, rng);
    Linear {
        weight: parameter([d_in, d_out], rng, device, draw),
        bias: Some(zeros(d_out, rng, device)),
    }
}

/// A `kernel` × `kernel` convolution (an odd number) that keeps height and width at stride 1, weight
/// `[c_out, c_in, kernel, kernel]`; `gain` as in [`linear`], 0 for weights of zero. Bias zero.
pub fn conv(
    [c_in, c_out]: [usize; 2],
    kernel: usize,
    stride: usize,
    gain: f32,
    rng: &mut Rng,
    device: &Device,
) -> Conv2d {
    let edge = kernel / 2;
    let padding = PaddingConfig2d::Explicit(edge, edge, edge, edge);
    let mut layer = conv_of([c_in, c_out], [kernel; 2], padding, gain, rng, device);
    layer.stride = [stride; 2];
    layer
}

/// A convolution with a kernel and a padding of any shape, weight `[c_out, c_in, rows, columns]`; `gain`
/// as in [`linear`]. Bias zero.
pub fn conv_of(
    [c_in, c_out]: [usize; 2],
    kernel: [usize; 2],
    padding: PaddingConfig2d,
    gain: f32,
    rng: &mut Rng,
    device: &Device,
) -> Conv2d {
    let mut layer = Conv2dConfig::new([c_in, c_out], kernel)
        .with_padding(padding)
        .with_initializer(Initializer::Zeros)
        .init(device);
    let taps = kernel[0] * kernel[1];
    let bound = gain * (3.0 / (c_in * taps) as f32).sqrt();
    let dims = [c_out, c_in, kernel[0], kernel[1]];
    let draw = |rng: &mut Rng| uniform(c_in * c_out * taps, bound, rng);
    layer.weight = parameter(dims, rng, device, draw);
    layer.bias = Some(zeros(c_out, rng, device));
    layer
}

/// A bias of zeros. burn's own is made when it is first asked for; if that is a copy without gradients,
/// no copy ever has any.
fn zeros(n: usize, rng: &mut Rng, device: &Device) -> Param<Tensor<1>> {
    parameter([n], rng, device, |_| vec![0.0; n])
}

/// A 3×3 convolution of stride 2 that halves height and width; He-initialised for a ReLU.
pub fn conv_down(c_in: usize, c_out: usize, rng: &mut Rng, device: &Device) -> Conv2d {
    let mut layer = Conv2dConfig::new([c_in, c_out], [3, 3])
        .with_stride([2, 2])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .with_initializer(Initializer::Zeros)
        .init(device);
    let bound = (6.0 / (c_in as f32 * 9.0)).sqrt();
    let draw = |rng: &mut Rng| uniform(c_in * c_out * 9, bound, rng);
    layer.weight = parameter([c_out, c_in, 3, 3], rng, device, draw);
    layer.bias = Some(zeros(c_out, rng, device));
    layer
}

/// A 4×4 transposed convolution of stride 2 that doubles height and width; `gain` as in
/// [`linear`] (each output pixel sees a quarter of the kernel).
pub fn conv_up(
    c_in: usize,
    c_out: usize,
    gain: f32,
    rng: &mut Rng,
    device: &Device,
) -> ConvTranspose2d {
    let mut layer = ConvTranspose2dConfig::new([c_in, c_out], [4, 4])
        .with_stride([2, 2])
        .with_padding([1, 1])
        .with_initializer(Initializer::Zeros)
        .init(device);
    let bound = gain * (3.0 / (c_in as f32 * 4.0)).sqrt();
    let draw = |rng: &mut Rng| uniform(c_in * c_out * 16, bound, rng);
    layer.weight = parameter([c_in, c_out, 4, 4], rng, device, draw);
    layer.bias = Some(zeros(c_out, rng, device));
    layer
}

//! Activations with their slopes, for kernels that apply them on the way.

use burn::tensor::{Tensor, activation};

use super::{
    elementwise,
    math::{exp, sigmoid, tanh},
};

/// What a layer applies to each of its sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// x.
    Identity,
    /// max(0, x).
    Relu,
    /// x where it is positive, else this times x.
    LeakyRelu(f32),
    /// tanh x.
    Tanh,
    /// x σ(x).
    Silu,
    /// GELU's tanh form (Hendrycks & Gimpel 2016, arXiv:1606.08415): x σ(2u) with
    /// u = √(2/π) (x + 0.044715 x³).
    Gelu,
}

const GELU_A: f32 = 1.595_769;
const GELU_B: f32 = 0.044_715 * GELU_A;

/// x Φ(x) in place, with Φ by Abramowitz & Stegun's 7.1.26 (errors below 1.5e-7).
pub fn exact_gelu(values: &mut [f32]) {
    each(values, |v| {
        let x = v * std::f32::consts::FRAC_1_SQRT_2;
        let a = x.abs();
        let t = 1.0 / (1.0 + 0.327_591_1 * a);
        let p = 1.061_405_4 * t - 1.453_152;
        let p = (p * t + 1.421_413_7) * t - 0.284_496_74;
        let p = (p * t + 0.254_829_6) * t;
        let erf = (1.0 - p * exp(-a * a)).copysign(x);
        v * 0.5 * (1.0 + erf)
    });
}

impl Activation {
    /// Whether the slope follows from the output alone.
    pub(super) fn slope_from_output(self) -> bool {
        !matches!(self, Activation::Silu | Activation::Gelu)
    }

    /// Applies it in place.
    pub fn apply(self, values: &mut [f32]) {
        match self {
            Activation::Identity => {}
            // A call to fmaxf would keep this loop out of vector registers.
            Activation::Relu => each(values, |x| if x > 0.0 { x } else { 0.0 }),
            Activation::LeakyRelu(k) => each(values, |x| if x > 0.0 { x } else { k * x }),
            Activation::Tanh => each(values, tanh),
            Activation::Silu => each(values, |x| x * sigmoid(x)),
            Activation::Gelu => each(values, |x| x * sigmoid(x * (GELU_A + GELU_B * x * x))),
        }
    }

    /// Multiplies `grad` by the slope. `kept` are the outputs, or the inputs where the slope does not
    /// follow from the output.
    pub fn backward(self, kept: &[f32], grad: &mut [f32]) {
        match self {
            Activation::Identity => {}
            Activation::Relu => both(kept, grad, |y, g| if y > 0.0 { g } else { 0.0 }),
            Activation::LeakyRelu(k) => both(kept, grad, |y, g| if y > 0.0 { g } else { k * g }),
            Activation::Tanh => both(kept, grad, |y, g| g * (1.0 - y * y)),
            Activation::Silu => both(kept, grad, |x, g| {
                let s = sigmoid(x);
                g * s * (1.0 + x * (1.0 - s))
            }),
            Activation::Gelu => both(kept, grad, |x, g| {
                let s = sigmoid(x * (GELU_A + GELU_B * x * x));
                g * (s + x * s * (1.0 - s) * (GELU_A + 3.0 * GELU_B * x * x))
            }),
        }
    }

    /// The formula in tensors, for any device.
    pub fn tensors<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Activation::Identity => x,
            Activation::Relu => activation::relu(x),
            Activation::LeakyRelu(k) => activation::leaky_relu(x, f64::from(k)),
            Activation::Tanh => elementwise::tanh(x),
            Activation::Silu => elementwise::silu(x),
            Activation::Gelu => elementwise::gelu(x),
        }
    }
}

#[inline(always)]
fn each(values: &mut [f32], f: impl Fn(f32) -> f32) {
    values.iter_mut().for_each(|v| *v = f(*v));
}

#[inline(always)]
fn both(kept: &[f32], grad: &mut [f32], f: impl Fn(f32, f32) -> f32) {
    grad.iter_mut().zip(kept).for_each(|(g, k)| *g = f(*k, *g));
}

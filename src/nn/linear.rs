//! burn's linear layers on our kernel.

use burn::{
    nn::Linear,
    tensor::{Tensor, activation},
};

use crate::kernels::{self, activation::Activation};

pub use crate::kernels::linear::matmul;

/// x W + b.
///
/// # Shapes
/// - x: `[n, d_in]`
/// - output: `[n, d_out]`
pub fn linear(layer: &Linear, x: Tensor<2>) -> Tensor<2> {
    activated(layer, x, Activation::Identity)
}

/// act(x W + b).
///
/// # Shapes
/// As [`linear`].
pub fn activated(layer: &Linear, x: Tensor<2>, activation: Activation) -> Tensor<2> {
    let bias = layer.bias.as_ref().map(|bias| bias.val());
    kernels::linear::linear(x, layer.weight.val(), bias, activation)
}

/// x + relu(x) W + b.
///
/// # Shapes
/// - x, output: `[n, d]`
pub fn residual(layer: &Linear, x: Tensor<2>) -> Tensor<2> {
    match &layer.bias {
        Some(bias) => kernels::residual::residual(x, layer.weight.val(), bias.val()),
        None => x.clone() + activated(layer, activation::relu(x), Activation::Identity),
    }
}

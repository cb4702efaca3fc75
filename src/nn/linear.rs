//! Products that are fast on every back end.

use burn::{nn::Linear, tensor::Tensor};

/// lhs × rhs over the last two dimensions.
///
/// In the browser's WebGPU module this is our own kernel, several times faster there than burn's
/// untuned one; elsewhere it is burn's.
pub fn matmul<const D: usize>(lhs: Tensor<D>, rhs: Tensor<D>) -> Tensor<D> {
    #[cfg(all(feature = "webgpu", target_family = "wasm"))]
    return super::tiled_matmul::matmul(lhs, rhs);
    #[cfg(not(all(feature = "webgpu", target_family = "wasm")))]
    lhs.matmul(rhs)
}

/// x W + b.
///
/// # Shapes
/// - x: `[n, d_in]`
/// - output: `[n, d_out]`
pub fn linear(layer: &Linear, x: Tensor<2>) -> Tensor<2> {
    let product = matmul(x, layer.weight.val());
    match &layer.bias {
        Some(bias) => product + bias.val().unsqueeze(),
        None => product,
    }
}

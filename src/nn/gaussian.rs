//! Gaussian log-densities.

use burn::tensor::Tensor;

/// log N(z | 0, I), nats.
///
/// # Shapes
/// - z: `[n, d]`
/// - output: `[n]`
pub fn standard_log_prob(z: Tensor<2>) -> Tensor<1> {
    let [_, d] = z.dims();
    let constant = 0.5 * d as f64 * std::f64::consts::TAU.ln();
    z.square().sum_dim(1).squeeze_dim::<1>(1) * -0.5 - constant
}

//! Sines and cosines of a number, beside the number itself.
//!
//! A network that sees x alone is slow to learn what changes quickly with it; one that sees
//! sin(ωx) and cos(ωx) for a few ω is not (Tancik et al. 2020, "Fourier Features Let Networks Learn
//! High Frequency Functions", arXiv:2006.10739).

use std::f32::consts::TAU;

use burn::tensor::Tensor;

/// How many numbers [`features`] makes of one.
pub fn width(frequencies: usize) -> usize {
    1 + 2 * frequencies
}

/// x, then sin and cos of x turning once over 16 units, twice, four times, … ; x is of unit scale.
///
/// # Shapes
/// - x: `[n, 1]`
/// - output: `[n, 1 + 2 · frequencies]`
pub fn features(x: Tensor<2>, frequencies: usize) -> Tensor<2> {
    if frequencies == 0 {
        return x;
    }
    let mut all = vec![x.clone()];
    for i in 0..frequencies {
        let angle = x.clone() * (TAU / 16.0 * (1 << i) as f32);
        all.push(angle.clone().sin());
        all.push(angle.cos());
    }
    Tensor::cat(all, 1)
}

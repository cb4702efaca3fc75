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

/// [`features`] of numbers on the host, written behind one another into `out`.
pub fn extend(out: &mut Vec<f32>, x: f32, frequencies: usize) {
    out.push(x);
    for i in 0..frequencies {
        let (sin, cos) = (x * omega(i)).sin_cos();
        out.extend([sin, cos]);
    }
}

/// The gradient of x from that of its [`features`], given the features.
pub fn backward(features: &[f32], gradient: &[f32]) -> f32 {
    let pairs = features[1..].as_chunks::<2>().0.iter();
    let pairs = pairs.zip(gradient[1..].as_chunks::<2>().0).enumerate();
    pairs.fold(gradient[0], |sum, (i, ([sin, cos], [by_sin, by_cos]))| {
        sum + omega(i) * (by_sin * cos - by_cos * sin)
    })
}

/// How fast feature pair `i` turns.
fn omega(i: usize) -> f32 {
    TAU / 16.0 * (1 << i) as f32
}

/// x, then sin and cos of x turning once over 16 units, twice, four times, … ; x is of unit scale.
///
/// # Shapes
/// - x: `[n, k]`
/// - output: `[n, k (1 + 2 · frequencies)]`: all of x, then all of each sine and cosine
pub fn features(x: Tensor<2>, frequencies: usize) -> Tensor<2> {
    if frequencies == 0 {
        return x;
    }
    let mut all = vec![x.clone()];
    for i in 0..frequencies {
        let angle = x.clone() * omega(i);
        all.push(angle.clone().sin());
        all.push(angle.cos());
    }
    Tensor::cat(all, 1)
}

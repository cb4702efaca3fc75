//! The affine map of a coupling layer (Dinh, Sohl-Dickstein & Bengio 2016, arXiv:1605.08803,
//! equation 9): y = x eˢ + t, with s bounded by a tanh.

use burn::tensor::Tensor;

use super::{
    elementwise,
    host::is_host,
    math::{exp, tanh},
    monotone::{Monotone, Rows, moved},
};

/// |s| stays below this, so that one layer cannot explode.
const MAX_LOG_SCALE: f32 = 3.0;

/// x eˢ + t and s.
///
/// # Shapes
/// - x: `[n, 1]`
/// - raw: `[n, 2]`: s before it is bounded, t
/// - output: `[n, 1]` and `[n]`
pub fn forward(x: Tensor<2>, raw: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
    if is_host(&raw) {
        return moved(Affine, x, raw);
    }
    let (s, t) = bounded(raw);
    (x * s.clone().exp() + t, s.squeeze_dim(1))
}

/// The way back: (y − t) e⁻ˢ and −s.
///
/// # Shapes
/// As [`forward`].
pub fn inverse(y: Tensor<2>, raw: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
    let (s, t) = bounded(raw);
    let s = s.neg();
    ((y - t) * s.clone().exp(), s.squeeze_dim(1))
}

fn bounded(raw: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let [n, _] = raw.dims();
    let s = raw.clone().slice([0..n, 0..1]);
    let s = elementwise::tanh(s / MAX_LOG_SCALE) * MAX_LOG_SCALE;
    (s, raw.slice([0..n, 1..2]))
}

#[derive(Debug)]
struct Affine;

impl Monotone for Affine {
    fn rows(&self, xs: &[f32], raws: &[f32], _: usize, derivatives: bool) -> Rows {
        let n = xs.len();
        let raws = raws.as_chunks::<2>().0;
        let bend: Vec<f32> = raws
            .iter()
            .map(|raw| tanh(raw[0] / MAX_LOG_SCALE))
            .collect();
        let slope: Vec<f32> = bend.iter().map(|b| b * MAX_LOG_SCALE).collect();
        let y_x: Vec<f32> = slope.iter().map(|&s| exp(s)).collect();
        let y = xs
            .iter()
            .zip(&y_x)
            .zip(raws)
            .map(|((x, k), raw)| x * k + raw[1]);
        let y = y.collect();
        if !derivatives {
            return Rows {
                y,
                slope,
                y_x: Vec::new(),
                slope_x: Vec::new(),
                y_raw: Vec::new(),
                slope_raw: Vec::new(),
            };
        }
        // ∂s/∂raw.
        let by_raw = bend.iter().map(|b| 1.0 - b * b);
        let slope_raw = by_raw.clone().flat_map(|by| [by, 0.0]).collect();
        let y_raw = xs.iter().zip(&y_x).zip(by_raw);
        let y_raw = y_raw.flat_map(|((x, k), by)| [x * k * by, 1.0]).collect();
        Rows {
            y,
            slope,
            y_x,
            slope_x: vec![0.0; n],
            y_raw,
            slope_raw,
        }
    }
}

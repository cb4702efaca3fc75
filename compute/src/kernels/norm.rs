//! Normalisation of rows: RMSNorm (Zhang & Sennrich 2019, arXiv:1910.07467) and LayerNorm (Ba, Kiros &
//! Hinton 2016, arXiv:1607.06450), with a gain.

use burn::tensor::Tensor;

use super::{
    host::{Array, Kernel, apply, is_host},
    math::{block_rows, by_rows, column_sums, dot, sum},
};

/// What is taken off and divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norm {
    /// x / √(mean x² + ε).
    Rms,
    /// (x − mean x) / √(var x + ε).
    Layer,
}

/// Numbers in a block of rows, the unit that threads share out.
const BLOCK: usize = 1 << 16;

/// Rows normalised, times `gain`.
///
/// # Shapes
/// - x: `[n, c]`
/// - gain: `[c]`
/// - output: `[n, c]`
pub fn norm(x: Tensor<2>, gain: Tensor<1>, kind: Norm, epsilon: f32) -> Tensor<2> {
    if !is_host(&gain) {
        let x = match kind {
            Norm::Rms => x,
            Norm::Layer => x.clone() - x.mean_dim(1),
        };
        let scale = (x.clone().square().mean_dim(1) + epsilon).sqrt().recip();
        return x * scale * gain.unsqueeze();
    }
    let kernel = RowNorm { kind, epsilon };
    apply(kernel, vec![x.into_dispatch(), gain.into_dispatch()])
}

/// [`norm`] of one row on the host, `[c]` into `[c]`.
pub fn norm_row(row: &[f32], gain: &[f32], kind: Norm, epsilon: f32, out: &mut [f32]) {
    RowNorm { kind, epsilon }.row(row, gain, out);
}

#[derive(Debug)]
struct RowNorm {
    kind: Norm,
    epsilon: f32,
}

impl RowNorm {
    /// The mean that is taken off a row, and what it is then multiplied by.
    fn moments(&self, row: &[f32]) -> (f32, f32) {
        let c = row.len() as f32;
        let mean = match self.kind {
            Norm::Rms => 0.0,
            Norm::Layer => sum(row) / c,
        };
        let variance = match self.kind {
            Norm::Rms => dot(row, row) / c,
            Norm::Layer => {
                let mut lanes = [0f32; super::math::LANES];
                let (chunks, rest) = row.as_chunks::<{ super::math::LANES }>();
                for chunk in chunks {
                    for (l, v) in lanes.iter_mut().zip(chunk) {
                        *l += (v - mean) * (v - mean);
                    }
                }
                let rest: f32 = rest.iter().map(|v| (v - mean) * (v - mean)).sum();
                (lanes.iter().sum::<f32>() + rest) / c
            }
        };
        (mean, 1.0 / (variance + self.epsilon).sqrt())
    }

    fn row(&self, x: &[f32], gain: &[f32], out: &mut [f32]) {
        let (mean, scale) = self.moments(x);
        for ((o, v), g) in out.iter_mut().zip(x).zip(gain) {
            *o = (v - mean) * scale * g;
        }
    }
}

impl Kernel for RowNorm {
    /// Keeps x and the gain: a row's moments are found again faster than they are stored with it.
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (x, gain) = (&inputs[0], inputs[1].values());
        let c = gain.len().max(1);
        let mut out = vec![0f32; x.values().len()];
        by_rows(&mut out, c, block_rows(c, BLOCK), |first, out| {
            let x = x.values()[first * c..].chunks_exact(c);
            for (x, out) in x.zip(out.chunks_exact_mut(c)) {
                self.row(x, gain, out);
            }
        });
        let out = Array::new(out, x.dims());
        (out, if training { inputs } else { Vec::new() })
    }

    /// With u = (x − mean)/σ and d = ∂u: ∂x = (d − mean d − u mean(d u)) / σ; RMSNorm has no mean d.
    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>> {
        let (x, gain) = (kept[0].values(), kept[1].values());
        let c = gain.len().max(1);
        let dims = kept[0].dims().to_vec();
        let mut grad = grad.into_values();
        // Each row's ∂y becomes its ∂x; ∂y ⊙ u, from which the gain's gradient is summed, takes its
        // place in another buffer.
        let mut by_gain = vec![0f32; if wanted[1] { grad.len() } else { 0 }];
        let row = |x: &[f32], g: &mut [f32], by_gain: Option<&mut [f32]>| {
            let (mean, scale) = self.moments(x);
            if let Some(by_gain) = by_gain {
                for ((b, x), g) in by_gain.iter_mut().zip(x).zip(g.iter()) {
                    *b = g * (x - mean) * scale;
                }
            }
            let mut along = 0.0;
            let mut total = 0.0;
            for ((g, gain), x) in g.iter_mut().zip(gain).zip(x) {
                *g *= gain;
                along += *g * (x - mean) * scale;
                total += *g;
            }
            let along = along / c as f32;
            let total = match self.kind {
                Norm::Rms => 0.0,
                Norm::Layer => total / c as f32,
            };
            for (g, x) in g.iter_mut().zip(x) {
                *g = scale * (*g - total - (x - mean) * scale * along);
            }
        };
        for (i, (x, g)) in x.chunks_exact(c).zip(grad.chunks_exact_mut(c)).enumerate() {
            row(x, g, by_gain.get_mut(i * c..(i + 1) * c));
        }
        let by_gain = wanted[1].then(|| Array::new(column_sums(&by_gain, c), &[c]));
        vec![wanted[0].then(|| Array::new(grad, &dims)), by_gain]
    }
}

//! The log-density of a mixture of Gaussians whose parameters stand in a row (Bishop 1994).

use burn::tensor::Tensor;

use super::{
    host::{Array, Kernel, apply},
    math::{exp, sum},
};

/// No Gaussian is narrower than e to this, in standard deviations of the data.
pub const MIN_LOG_SIGMA: f32 = -6.0;
const LN_ROOT_TAU: f32 = 0.918_938_5;

/// log p(x), nats, of a tensor on the host.
///
/// # Shapes
/// - parameters: `[n, 3K]`, or `[1, 3K]` for all rows: weights before their softmax, means, logarithms
///   of standard deviations
/// - x: `[n, 1]`
/// - output: `[n]`
pub fn log_prob(parameters: Tensor<2>, x: Tensor<2>) -> Tensor<1> {
    apply(Mixture, vec![parameters.into_dispatch(), x.into_dispatch()])
}

#[derive(Debug)]
struct Mixture;

/// A row's weights before their softmax, means, logarithms of standard deviations.
fn parts(row: &[f32]) -> [&[f32]; 3] {
    let k = row.len() / 3;
    [&row[..k], &row[k..2 * k], &row[2 * k..]]
}

/// `values` become their softmax; returns the logarithm of the sum of their exponentials.
fn softmax(values: &mut [f32]) -> f32 {
    let most = values
        .iter()
        .fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });
    values.iter_mut().for_each(|v| *v = exp(*v - most));
    let total = sum(values);
    values.iter_mut().for_each(|v| *v /= total);
    total.ln() + most
}

/// Each row of x with its row of parameters.
fn rows<'a>(parameters: &'a Array, xs: &'a Array) -> impl Iterator<Item = (&'a [f32], f32)> {
    let (values, width) = (parameters.values(), parameters.dims()[1]);
    let shared = parameters.dims()[0] == 1;
    xs.values().iter().enumerate().map(move |(i, &x)| {
        let first = if shared { 0 } else { i * width };
        (&values[first..first + width], x)
    })
}

impl Kernel for Mixture {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (parameters, xs) = (&inputs[0], &inputs[1]);
        let (n, k) = (xs.values().len(), parameters.dims()[1] / 3);
        let mut shares = vec![0f32; n * k];
        let mut weights = vec![0f32; k];
        let mut out = Vec::with_capacity(n);
        for ((row, x), shares) in rows(parameters, xs).zip(shares.chunks_exact_mut(k.max(1))) {
            let [logits, means, widths] = parts(row);
            weights.copy_from_slice(logits);
            let all = softmax(&mut weights);
            let each = logits.iter().zip(means).zip(widths);
            for (share, ((logit, mean), width)) in shares.iter_mut().zip(each) {
                let width = if *width > MIN_LOG_SIGMA {
                    *width
                } else {
                    MIN_LOG_SIGMA
                };
                let z = (x - mean) * exp(-width);
                *share = logit - width - 0.5 * z * z;
            }
            out.push(softmax(shares) - all - LN_ROOT_TAU);
        }
        let mut kept = Vec::new();
        if training {
            kept = inputs;
            kept.push(Array::new(shares, &[n, k]));
        }
        (Array::new(out, &[n]), kept)
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let (parameters, xs, shares) = (&kept[0], &kept[1], &kept[2]);
        let &[m, width] = parameters.dims() else {
            return vec![None, None];
        };
        let k = width / 3;
        let mut total = vec![0f64; width];
        let mut by_rows = Vec::with_capacity(m * width);
        let mut by_xs = Vec::with_capacity(xs.values().len());
        let (mut by_row, mut weights) = (vec![0f32; width], vec![0f32; k]);
        let each = rows(parameters, xs).zip(shares.values().chunks_exact(k.max(1)));
        for (((row, x), shares), &g) in each.zip(grad.values()) {
            let [logits, means, widths] = parts(row);
            weights.copy_from_slice(logits);
            softmax(&mut weights);
            let (by_logits, rest) = by_row.split_at_mut(k);
            let (by_means, by_widths) = rest.split_at_mut(k);
            for i in 0..k {
                let held = widths[i] > MIN_LOG_SIGMA;
                let narrow = exp(-if held { widths[i] } else { MIN_LOG_SIGMA });
                let z = (x - means[i]) * narrow;
                by_logits[i] = g * (shares[i] - weights[i]);
                by_means[i] = g * shares[i] * z * narrow;
                by_widths[i] = if held {
                    g * shares[i] * (z * z - 1.0)
                } else {
                    0.0
                };
            }
            by_xs.push(-sum(by_means));
            match m {
                1 => total
                    .iter_mut()
                    .zip(&by_row)
                    .for_each(|(t, v)| *t += f64::from(*v)),
                _ => by_rows.extend_from_slice(&by_row),
            }
        }
        if m == 1 {
            by_rows = total.into_iter().map(|t| t as f32).collect();
        }
        let n = by_xs.len();
        vec![
            Some(Array::new(by_rows, &[m, width])),
            Some(Array::new(by_xs, &[n, 1])),
        ]
    }
}

//! −log softmax(logits) at the target, row by row.

use std::sync::Arc;

use burn::tensor::{Int, Tensor, TensorData, activation};

use super::{
    host::{Array, Kernel, apply, is_host},
    math::{LANES, share, sum},
};

/// −log p(target) of each row, nats.
///
/// # Shapes
/// - logits: `[n, v]`
/// - targets: n indices below v
/// - output: `[n]`
pub fn cross_entropy(logits: Tensor<2>, targets: Vec<u32>) -> Tensor<1> {
    if is_host(&logits) {
        let kernel = CrossEntropy(targets.into());
        return apply(kernel, vec![logits.into_dispatch()]);
    }
    let n = targets.len();
    let targets: Vec<i32> = targets.into_iter().map(|t| t as i32).collect();
    let targets = TensorData::new(targets, [n, 1]);
    let targets = Tensor::<2, Int>::from_data(targets, &logits.device().inner());
    let log_probs = activation::log_softmax(logits, 1).gather(1, targets);
    log_probs.squeeze_dim::<1>(1).neg()
}

/// The largest number, in lanes: a call to fmaxf would keep this loop out of vector registers.
fn largest(row: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (l, v) in lanes.iter_mut().zip(chunk) {
            *l = larger(*l, *v);
        }
    }
    let all = lanes.iter().chain(rest);
    all.fold(f32::NEG_INFINITY, |m, &v| larger(m, v))
}

/// Softmax of `scale` · `row` in place; returns the log of the sum of exponentials.
pub(super) fn softmax(row: &mut [f32], scale: f32) -> f32 {
    let max = scale * largest(row);
    row.iter_mut().for_each(|v| *v = share(scale * *v - max));
    let total = sum(row);
    let over = 1.0 / total;
    row.iter_mut().for_each(|v| *v *= over);
    max + total.ln()
}

#[derive(Debug)]
struct CrossEntropy(Arc<[u32]>);

impl Kernel for CrossEntropy {
    /// Keeps the probabilities.
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let mut logits = inputs;
        let Some(logits) = logits.pop() else {
            unreachable!("one input");
        };
        let dims = logits.dims().to_vec();
        let mut probabilities = logits.into_values();
        let rows = probabilities.chunks_exact_mut(dims[1].max(1));
        let out = rows.zip(self.0.iter()).map(|(row, &target)| {
            let wanted = row[target as usize];
            softmax(row, 1.0) - wanted
        });
        let out = Array::new(out.collect(), &[dims[0]]);
        let kept = training.then(|| Array::new(probabilities, &dims));
        (out, kept.into_iter().collect())
    }

    /// ∂ = (p − 1 at the target) times each row's gradient.
    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let gradients = kept.into_iter().map(|kept| {
            let dims = kept.dims().to_vec();
            let mut p = kept.into_values();
            let rows = p.chunks_exact_mut(dims[1].max(1));
            for ((row, &target), g) in rows.zip(self.0.iter()).zip(grad.values()) {
                row[target as usize] -= 1.0;
                row.iter_mut().for_each(|p| *p *= g);
            }
            Some(Array::new(p, &dims))
        });
        gradients.collect()
    }
}

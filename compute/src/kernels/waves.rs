//! Sines and cosines of numbers at several frequencies, behind one another: how a network is told a
//! place or a time (Vaswani et al. 2017, arXiv:1706.03762, section 3.5).

use burn::tensor::Tensor;

use super::{
    host::{Array, Kernel, apply, is_host},
    math::{FAR, sin_cos},
};

/// sin and cos of each number times each frequency.
///
/// # Shapes
/// - x: `[n, k]`
/// - output: `[n, k · 2 · frequencies]`: for each number all its sines, then all its cosines
pub fn waves(x: Tensor<2>, frequencies: Vec<f32>) -> Tensor<2> {
    if is_host(&x) {
        return apply(Waves(frequencies), vec![x.into_dispatch()]);
    }
    let ([n, k], size) = (x.dims(), 2 * frequencies.len());
    let frequencies = Tensor::<1>::from_floats(frequencies.as_slice(), &x.device());
    let angles = x.reshape([n * k, 1]) * frequencies.unsqueeze(); // [n k, size / 2]
    Tensor::cat(vec![angles.clone().sin(), angles.cos()], 1).reshape([n, k * size])
}

#[derive(Debug)]
struct Waves(Vec<f32>);

impl Kernel for Waves {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (half, size) = (self.0.len(), 2 * self.0.len());
        let fastest = self.0.iter().fold(0f32, |most, f| most.max(f.abs()));
        let &[n, k] = inputs[0].dims() else {
            return (Array::new(Vec::new(), &[0, 0]), Vec::new());
        };
        let mut out = vec![0f32; n * k * size];
        for (x, out) in inputs[0]
            .values()
            .iter()
            .zip(out.chunks_exact_mut(size.max(1)))
        {
            let (sines, cosines) = out.split_at_mut(half);
            let each = sines.iter_mut().zip(cosines).zip(&self.0);
            if x.abs() * fastest < FAR {
                each.for_each(|((sin, cos), f)| (*sin, *cos) = sin_cos(x * f));
            } else {
                each.for_each(|((sin, cos), f)| (*sin, *cos) = (x * f).sin_cos());
            }
        }
        let out = Array::new(out, &[n, k * size]);
        let kept = if training {
            vec![out.clone()]
        } else {
            Vec::new()
        };
        (out, kept)
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let (half, size) = (self.0.len(), 2 * self.0.len());
        let (out, n) = (&kept[0], kept[0].dims()[0]);
        let rows = out.values().chunks_exact(size.max(1));
        let rows = rows.zip(grad.values().chunks_exact(size.max(1)));
        let by_x = rows.map(|(out, grad)| {
            let ((sines, cosines), (by_sin, by_cos)) = (out.split_at(half), grad.split_at(half));
            let pairs = sines.iter().zip(cosines).zip(by_sin.iter().zip(by_cos));
            let each = pairs.zip(&self.0);
            let sum = each.map(|(((sin, cos), (by_sin, by_cos)), f)| {
                f64::from(f * (by_sin * cos - by_cos * sin))
            });
            sum.sum::<f64>() as f32
        });
        let by_x: Vec<f32> = by_x.collect();
        let k = by_x.len() / n.max(1);
        vec![Some(Array::new(by_x, &[n, k]))]
    }
}

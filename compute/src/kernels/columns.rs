//! Columns of a matrix, apart and side by side.
//!
//! burn looks up the memory of each matrix anew for every row; with a column or two in a row that takes
//! longer than the rest of a small flow's layer.

use burn::tensor::Tensor;

use super::host::{Array, Kernel, apply, is_host};

/// Column `i` of a matrix.
///
/// # Shapes
/// - x: `[n, d]`
/// - output: `[n, 1]`
///
/// # Panics
/// If there is no such column.
pub fn column(x: Tensor<2>, i: usize) -> Tensor<2> {
    let [n, d] = x.dims();
    assert!(i < d, "column {i} is one of {d}");
    if is_host(&x) {
        return apply(Column(i), vec![x.into_dispatch()]);
    }
    x.slice([0..n, i..i + 1])
}

/// Two matrices side by side.
///
/// # Shapes
/// - a: `[n, p]`, b: `[n, q]`
/// - output: `[n, p + q]`
///
/// # Panics
/// If they have different numbers of rows.
pub fn beside(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    assert_eq!(a.dims()[0], b.dims()[0], "as many rows");
    if is_host(&a) {
        return apply(Beside, vec![a.into_dispatch(), b.into_dispatch()]);
    }
    Tensor::cat(vec![a, b], 1)
}

fn rows_and_columns(array: &Array) -> [usize; 2] {
    match array.dims() {
        &[n, d] => [n, d],
        _ => [0, 0],
    }
}

#[derive(Debug)]
struct Column(usize);

impl Kernel for Column {
    fn forward(&self, mut inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let [n, d] = rows_and_columns(&inputs[0]);
        let numbers = inputs[0].values().iter().skip(self.0).step_by(d.max(1));
        let out = Array::new(numbers.copied().collect(), &[n, 1]);
        // Only its extents matter.
        inputs.truncate(usize::from(training));
        (out, inputs)
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let dims = rows_and_columns(&kept[0]);
        let mut out = vec![0f32; dims[0] * dims[1]];
        let column = out.iter_mut().skip(self.0).step_by(dims[1].max(1));
        column.zip(grad.values()).for_each(|(o, g)| *o = *g);
        vec![Some(Array::new(out, &dims))]
    }
}

#[derive(Debug)]
struct Beside;

impl Kernel for Beside {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let ([n, p], [_, q]) = (rows_and_columns(&inputs[0]), rows_and_columns(&inputs[1]));
        let mut out = vec![0f32; n * (p + q)];
        place(&mut out, p + q, 0, inputs[0].values(), p);
        place(&mut out, p + q, p, inputs[1].values(), q);
        let out = Array::new(out, &[n, p + q]);
        (out, if training { inputs } else { Vec::new() })
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>> {
        let ([n, p], [_, q]) = (rows_and_columns(&kept[0]), rows_and_columns(&kept[1]));
        let part = |from: usize, width: usize| {
            let rows = grad.values().chunks_exact((p + q).max(1));
            let mut out = Vec::with_capacity(n * width);
            match width {
                1 => out.extend(rows.map(|row| row[from])),
                _ => rows.for_each(|row| out.extend_from_slice(&row[from..from + width])),
            }
            Array::new(out, &[n, width])
        };
        vec![wanted[0].then(|| part(0, p)), wanted[1].then(|| part(p, q))]
    }
}

/// Puts rows of `width` numbers from column `left` on into rows of `stride` numbers.
fn place(out: &mut [f32], stride: usize, left: usize, from: &[f32], width: usize) {
    let rows = out.chunks_exact_mut(stride.max(1));
    match width {
        1 => rows.zip(from).for_each(|(row, v)| row[left] = *v),
        _ => rows
            .zip(from.chunks_exact(width.max(1)))
            .for_each(|(row, from)| row[left..left + width].copy_from_slice(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        device,
        kernels::host::{by_formulas, values},
        rng::{Purpose, Rng},
    };

    /// Values and gradients are those of burn's slices and concatenations.
    #[test]
    fn columns_are_those_of_the_formula() {
        let device = device::cpu().autodiff();
        for [n, p, q] in [[5, 1, 1], [4, 2, 3], [3, 1, 4], [1, 3, 1]] {
            let run = || {
                let mut rng = Rng::new(4, Purpose::Evaluate, 0);
                let mut draw = |dims: [usize; 2]| rng.normal_tensor(dims, &device);
                let (a, b) = (draw([n, p]).require_grad(), draw([n, q]).require_grad());
                let weight = draw([n, p + q + 1]);
                let both = beside(a.clone(), b.clone());
                let last = column(both.clone(), p + q - 1);
                let all = beside(both, last.square());
                let mut grads = (all.clone() * weight).sum().backward();
                let mut grad =
                    |x: &Tensor<2>| values(x.grad_remove(&mut grads).expect("a gradient"));
                [grad(&a), grad(&b), values(all)]
            };
            assert_eq!(run(), by_formulas(run), "{n} {p} {q}");
        }
    }
}

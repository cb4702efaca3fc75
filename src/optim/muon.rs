//! Muon: steps whose singular values are all alike.
//!
//! Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"
//! (kellerjordan.github.io/posts/muon). The momentum of a matrix's gradient, U S Vᵀ, is replaced by
//! about U Vᵀ through five Newton–Schulz iterations. Scaled by 0.2 √max(rows, columns), as in Liu et
//! al. 2025, "Muon is Scalable for LLM Training", arXiv:2502.16982, a step is as long as Adam's, so
//! both share a learning rate.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};

use super::optimizer::Matrix;
use crate::{
    device,
    kernels::{
        gemm::{View, gemm},
        host::values,
        linear::matmul,
    },
};

/// How long it remembers gradients.
const MOMENTUM: f32 = 0.95;
/// Newton–Schulz iterations.
const ITERATIONS: usize = 5;
/// Coefficients of the quintic that lifts small singular values fastest (Jordan et al.).
const QUINTIC: [f32; 3] = [3.4445, -4.775, 2.0315];

/// About U Vᵀ for each x = U S Vᵀ of `[n, rows, columns]`; singular values come out between about 0.7 and 1.2.
pub fn orthogonal(x: Tensor<3>) -> Tensor<3> {
    let [_, rows, columns] = x.dims();
    let tall = rows > columns;
    let mut x = if tall { x.swap_dims(1, 2) } else { x };
    let norm = x.clone().square().sum_dim(2).sum_dim(1).sqrt() + 1e-7; // [n, 1, 1]
    x = x / norm;
    let [a, b, c] = QUINTIC;
    for _ in 0..ITERATIONS {
        let gram = matmul(x.clone(), x.clone().swap_dims(1, 2));
        let poly = gram.clone() * b + matmul(gram.clone(), gram) * c;
        x = x.clone() * a + matmul(poly, x);
    }
    if tall { x.swap_dims(1, 2) } else { x }
}

/// [`orthogonal`] on host memory: `x` `[rows, columns]`, row by row.
pub(crate) fn host_orthogonal(mut x: Vec<f32>, [rows, columns]: [usize; 2]) -> Vec<f32> {
    // The gram matrix is that of the shorter side.
    let (n, tall) = (rows.min(columns), rows > columns);
    let norm = x.iter().map(|v| v * v).sum::<f32>().sqrt() + 1e-7;
    x.iter_mut().for_each(|v| *v /= norm);
    let [a, b, c] = QUINTIC;
    let (mut gram, mut poly) = (vec![0.0; n * n], vec![0.0; n * n]);
    let mut next = vec![0.0; x.len()];
    for _ in 0..ITERATIONS {
        let matrix = View::new(&x, rows, columns);
        let (left, right) = if tall {
            (matrix.t(), matrix)
        } else {
            (matrix, matrix.t())
        };
        gemm(left, right, &mut gram, n, false);
        let square = View::new(&gram, n, n);
        gemm(square, square, &mut poly, n, false);
        for (i, (p, g)) in poly.iter_mut().zip(&gram).enumerate() {
            // The identity's share makes one product of the sum.
            let one = if i % (n + 1) == 0 { a } else { 0.0 };
            *p = one + b * g + c * *p;
        }
        let poly = View::new(&poly, n, n);
        if tall {
            gemm(matrix, poly, &mut next, columns, false);
        } else {
            gemm(poly, matrix, &mut next, columns, false);
        }
        std::mem::swap(&mut x, &mut next);
    }
    x
}

/// The momentum of a gradient after those before it.
pub(super) fn remembered(grad: Tensor<1>, momentum: Tensor<1>) -> Tensor<1> {
    momentum * MOMENTUM + grad * (1.0 - MOMENTUM)
}

/// Nesterov's look ahead from a momentum that the gradient is part of; it is made orthogonal.
pub(super) fn ahead(grad: Tensor<1>, momentum: Tensor<1>) -> Tensor<1> {
    momentum * MOMENTUM + grad * (1.0 - MOMENTUM)
}

/// The direction of a matrix on the host, flat.
pub(crate) fn direction(matrix: &Matrix) -> Tensor<1> {
    let Matrix { dims, ahead, .. } = matrix;
    let direction = host_orthogonal(values(ahead.clone()), *dims);
    let size = direction.len();
    Tensor::from_data(TensorData::new(direction, [size]), &ahead.device())
}

/// The direction of each matrix, flat, on any device.
pub(super) fn directions(matrices: &[Matrix]) -> Vec<Tensor<1>> {
    let on_host = |matrix: &Matrix| device::is_cpu(&matrix.ahead.device());
    match matrices.iter().all(on_host) {
        true => matrices.iter().map(direction).collect(),
        false => together(matrices),
    }
}

/// The direction of each matrix, those of one shape together: what a graphics card is told to do costs more than what
/// it does, so that few large products are faster there than many small ones.
fn together(matrices: &[Matrix]) -> Vec<Tensor<1>> {
    let mut alike: BTreeMap<[usize; 2], Vec<usize>> = BTreeMap::new();
    for (i, matrix) in matrices.iter().enumerate() {
        alike.entry(matrix.dims).or_default().push(i);
    }
    let mut found: BTreeMap<usize, Tensor<1>> = BTreeMap::new();
    for ([rows, columns], group) in alike {
        let each = |&i: &usize| matrices[i].ahead.clone().reshape([1, rows, columns]);
        let all = orthogonal(Tensor::cat(group.iter().map(each).collect(), 0));
        for (i, one) in group.into_iter().zip(all.iter_dim(0)) {
            found.insert(i, one.reshape([rows * columns]));
        }
    }
    found.into_values().collect()
}

/// One step of a matrix of these rows and columns in its direction, both flat.
pub(super) fn step(value: Tensor<1>, direction: Tensor<1>, dims: [usize; 2], lr: f64) -> Tensor<1> {
    let scale = 0.2 * (dims[0].max(dims[1]) as f64).sqrt() * lr;
    value - direction * scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        device,
        rng::{Purpose, Rng},
    };

    /// Matrices `[n, rows, columns]` of random numbers, the later the larger.
    fn random([n, rows, columns]: [usize; 3]) -> Tensor<3> {
        let x = Rng::new(1, Purpose::Evaluate, 0).normal_tensor([n, rows, columns], &device::cpu());
        let sizes = TensorData::new((0..n).map(|i| 1.0 + i as f32).collect(), [n, 1, 1]);
        x * Tensor::<3>::from_data(sizes, &device::cpu())
    }

    #[test]
    fn singular_values_come_close_to_one() {
        for dims in [[1, 8, 24], [3, 24, 8], [2, 16, 16]] {
            let [n, rows, columns] = dims;
            let x = random(dims);
            for (o, x) in orthogonal(x.clone()).iter_dim(0).zip(x.iter_dim(0)) {
                let flat = |t: Tensor<3>| values(t.reshape([rows * columns]));
                let by_hand = host_orthogonal(flat(x), [rows, columns]);
                for (a, b) in by_hand.iter().zip(flat(o.clone())) {
                    assert!((a - b).abs() < 1e-5, "{dims:?}: {a}, {b}");
                }
                let o: Tensor<2> = o.reshape([rows, columns]);
                let squares: f32 = o.clone().square().sum().into_scalar();
                let rank = rows.min(columns) as f32;
                assert!(
                    (0.5 * rank..1.5 * rank).contains(&squares),
                    "{n}, {dims:?}: {squares}"
                );
                let gram = match rows > columns {
                    true => o.clone().transpose().matmul(o),
                    false => o.clone().matmul(o.transpose()),
                };
                let off = gram - Tensor::<2>::eye(rows.min(columns), &device::cpu());
                let worst: f32 = off.abs().max().into_scalar();
                assert!(worst < 0.6, "{dims:?}: {worst}");
            }
        }
    }

    /// Found together or one by one, in the order in which they came.
    #[test]
    fn matrices_of_one_shape_go_together() {
        let shapes = [[4, 6], [6, 4], [4, 6], [5, 5], [4, 6]];
        let matrix = |(i, dims): (usize, [usize; 2])| {
            let x = random([i + 1, dims[0], dims[1]]).slice([i..i + 1, 0..dims[0], 0..dims[1]]);
            Matrix {
                name: i.to_string(),
                dims,
                ahead: x.reshape([dims[0] * dims[1]]),
            }
        };
        let matrices: Vec<Matrix> = shapes.into_iter().enumerate().map(matrix).collect();
        let all = together(&matrices);
        assert_eq!(all.len(), matrices.len());
        for (found, matrix) in all.into_iter().zip(&matrices) {
            for (a, b) in values(found).iter().zip(values(direction(matrix))) {
                assert!((a - b).abs() < 1e-5, "{:?}: {a}, {b}", matrix.dims);
            }
        }
    }
}

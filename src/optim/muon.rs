//! Muon: steps whose singular values are all alike.
//!
//! Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"
//! (kellerjordan.github.io/posts/muon). The momentum of a matrix's gradient, U S Vᵀ, is replaced by
//! about U Vᵀ through five Newton–Schulz iterations. Scaled by 0.2 √max(rows, columns), as in Liu et
//! al. 2025, "Muon is Scalable for LLM Training", arXiv:2502.16982, a step is as long as Adam's, so
//! both share a learning rate.

use burn::tensor::{Tensor, TensorData};

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

/// About U Vᵀ for x = U S Vᵀ; singular values come out between about 0.7 and 1.2.
pub fn orthogonal(x: Tensor<2>) -> Tensor<2> {
    let [rows, columns] = x.dims();
    let tall = rows > columns;
    let mut x = if tall { x.transpose() } else { x };
    let norm = x.clone().square().sum().sqrt() + 1e-7;
    x = x / norm.unsqueeze();
    let [a, b, c] = QUINTIC;
    for _ in 0..ITERATIONS {
        let gram = matmul(x.clone(), x.clone().transpose());
        let poly = gram.clone() * b + matmul(gram.clone(), gram) * c;
        x = x.clone() * a + matmul(poly, x);
    }
    if tall { x.transpose() } else { x }
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

/// What a step of a matrix begins with: Nesterov's look ahead, which is made orthogonal, and the momentum.
pub(super) fn ahead(grad: Tensor<1>, momentum: Tensor<1>) -> (Tensor<1>, Tensor<1>) {
    let momentum = momentum * MOMENTUM + grad.clone() * (1.0 - MOMENTUM);
    let ahead = momentum.clone() * MOMENTUM + grad * (1.0 - MOMENTUM);
    (ahead, momentum)
}

/// [`orthogonal`] of a matrix that is flat, on any device.
pub(crate) fn direction(ahead: Tensor<1>, [rows, columns]: [usize; 2]) -> Tensor<1> {
    let device = ahead.device();
    if device::is_cpu(&device) {
        let direction = host_orthogonal(values(ahead), [rows, columns]);
        return Tensor::from_data(TensorData::new(direction, [rows * columns]), &device);
    }
    orthogonal(ahead.reshape([rows, columns])).reshape([rows * columns])
}

/// One step of a matrix, flat; returns it and its momentum. Its direction may be known already.
pub fn step(
    value: Tensor<1>,
    grad: Tensor<1>,
    momentum: Tensor<1>,
    known: Option<Tensor<1>>,
    dims: [usize; 2],
    lr: f64,
) -> (Tensor<1>, Tensor<1>) {
    let (ahead, momentum) = ahead(grad, momentum);
    let direction = known.unwrap_or_else(|| direction(ahead, dims));
    let scale = 0.2 * (dims[0].max(dims[1]) as f64).sqrt() * lr;
    (value - direction * scale, momentum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        device,
        rng::{Purpose, Rng},
    };

    #[test]
    fn singular_values_come_close_to_one() {
        for dims in [[8, 24], [24, 8], [16, 16]] {
            let x = Rng::new(1, Purpose::Evaluate, 0).normal_tensor(dims, &device::cpu());
            let o = orthogonal(x.clone());
            let flat = |t: &Tensor<2>| values(t.clone().reshape([dims[0] * dims[1]]));
            let by_hand = host_orthogonal(flat(&x), dims);
            for (a, b) in by_hand.iter().zip(flat(&o)) {
                assert!((a - b).abs() < 1e-5, "{dims:?}: {a}, {b}");
            }
            let squares: f32 = o.clone().square().sum().into_scalar();
            let rank = dims[0].min(dims[1]) as f32;
            assert!(
                (0.5 * rank..1.5 * rank).contains(&squares),
                "{dims:?}: {squares}"
            );
            let gram = if dims[0] > dims[1] {
                o.clone().transpose().matmul(o)
            } else {
                o.clone().matmul(o.transpose())
            };
            let n = dims[0].min(dims[1]);
            let off = gram - Tensor::<2>::eye(n, &device::cpu());
            let worst: f32 = off.abs().max().into_scalar();
            assert!(worst < 0.6, "{dims:?}: {worst}");
        }
    }
}

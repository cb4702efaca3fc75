//! The density of a diffusion model in 2-D.

use std::f64::consts::TAU;

use burn::tensor::Tensor;

use super::process::{Level, Predict, Process};

/// Steps of the ODE behind a density.
const DENSITY_STEPS: usize = 20;
/// Half the distance of the finite differences behind a density.
const DIFFERENCE: f64 = 1e-3;

/// log p(x) of points x `[n, 2]`, nats, `[n]`: the probability-flow ODE carries them to the noise
/// (Song et al. 2021, appendix D.2).
///
/// Each step, Heun's, is taken as the map it is, with the logarithm of that map's determinant in
/// place of an integral of the divergence. So the density is that of a flow, and integrates to one
/// however few the steps, as long as no step folds the plane.
pub fn log_prob(process: &Process, predict: &Predict, x: Tensor<2>) -> Tensor<1> {
    let mut levels = process.levels(DENSITY_STEPS);
    levels.reverse();
    let mut x = x;
    let [n, _] = x.dims();
    let mut logabsdet = Tensor::<2>::zeros([n, 1], &x.device());
    for pair in levels.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let map = if from.sigma == 0.0 {
            // At the data no network was trained: there the first level's x̂₀ and ε̂ serve.
            let (answer, jacobian) = answer_and_jacobian(predict, &x, to);
            let [a, b] = process.noising(to);
            x = x * a + answer * b;
            jacobian.scale(b).plus_identity(a)
        } else {
            let (answer, jacobian) = answer_and_jacobian(predict, &x, from);
            let [a, b] = process.ode(from, to);
            let euler = x.clone() * a + answer.clone() * b;
            let inner = jacobian.scale(b).plus_identity(a);
            let (there, there_jacobian) = answer_and_jacobian(predict, &euler, to);
            x = x * a + (answer + there) * (b / 2.0);
            let mean = jacobian.plus(there_jacobian.times(inner)).scale(0.5);
            mean.scale(b).plus_identity(a)
        };
        logabsdet = logabsdet + map.det().abs().clamp_min(1e-30).log();
    }
    let normal = x.square().sum_dim(1) * -0.5 - TAU.ln();
    (normal + logabsdet).squeeze_dim(1)
}

/// 2 × 2 matrices, one for each of n points: each entry `[n, 1]`.
#[derive(Clone)]
struct Matrix([[Tensor<2>; 2]; 2]);

impl Matrix {
    fn map(self, f: impl Fn(usize, usize, Tensor<2>) -> Tensor<2>) -> Self {
        let [[a, b], [c, d]] = self.0;
        Self([[f(0, 0, a), f(0, 1, b)], [f(1, 0, c), f(1, 1, d)]])
    }

    fn scale(&self, by: f64) -> Self {
        self.clone().map(|_, _, v| v * by)
    }

    fn plus_identity(self, by: f64) -> Self {
        self.map(|i, j, v| if i == j { v + by } else { v })
    }

    fn plus(&self, other: Self) -> Self {
        self.clone().map(|i, j, v| v + other.0[i][j].clone())
    }

    fn times(&self, right: Self) -> Self {
        let entry = |i: usize, j: usize| {
            self.0[i][0].clone() * right.0[0][j].clone()
                + self.0[i][1].clone() * right.0[1][j].clone()
        };
        Self([[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]])
    }

    fn det(&self) -> Tensor<2> {
        let [[a, b], [c, d]] = self.0.clone();
        a * d - b * c
    }
}

/// The network's answer to x `[n, 2]` and its Jacobian, by central differences: it is asked once,
/// about the four neighbours of each point, whose mean is the answer.
fn answer_and_jacobian(predict: &Predict, x: &Tensor<2>, level: Level) -> (Tensor<2>, Matrix) {
    let [n, _] = x.dims();
    let d = DIFFERENCE as f32;
    let aside = [[d, 0.0], [-d, 0.0], [0.0, d], [0.0, -d]]
        .map(|d| x.clone() + Tensor::<2>::from_floats([d], &x.device()));
    let answers = predict(Tensor::cat(aside.to_vec(), 0), level.time, 0.0); // [4n, 2]
    let part = |i: usize| answers.clone().slice([i * n..(i + 1) * n, 0..2]);
    let [right, left, up, down] = [0, 1, 2, 3].map(part);
    let by_x = (right.clone() - left.clone()) / (2.0 * DIFFERENCE); // ∂answer/∂x₁, [n, 2]
    let by_y = (up.clone() - down.clone()) / (2.0 * DIFFERENCE);
    let entry = |column: &Tensor<2>, row: usize| column.clone().slice([0..n, row..row + 1]);
    let jacobian = Matrix([
        [entry(&by_x, 0), entry(&by_y, 0)],
        [entry(&by_x, 1), entry(&by_y, 1)],
    ]);
    ((right + left + up + down) / 4.0, jacobian)
}

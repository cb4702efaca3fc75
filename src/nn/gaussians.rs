//! Mixtures of Gaussians in the plane, each with a covariance of its own.
//!
//! ```text
//! p(x) = Σ_k w_k N(x; μ_k, L_k L_kᵀ),  w = softmax(logits),  L = (a 0; c b),  a, b > 0
//! ```

use std::f32::consts::TAU;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData, activation},
};

use crate::rng::Rng;

/// The least logarithm of a and b: no component shrinks to a point, whose density has no bound.
const LEAST: f64 = -4.0;

/// A mixture of K Gaussians.
#[derive(Module, Debug)]
pub struct Gaussians {
    /// Weights before their softmax, `[1, K]`.
    logits: Param<Tensor<2>>,
    /// Means, `[2, K]`.
    means: Param<Tensor<2>>,
    /// ln a, ln b and c, `[3, K]`.
    factors: Param<Tensor<2>>,
}

/// The numbers of a mixture: logits `[1, K]`, means `[2, K]`, factors `[3, K]`.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// As of [`Gaussians`]; they need not add up to one.
    pub logits: Tensor<2>,
    /// Means.
    pub means: Tensor<2>,
    /// ln a, ln b and c.
    pub factors: Tensor<2>,
}

impl Gaussians {
    /// One round component for each mean, of this standard deviation, and equal weights.
    pub fn init(means: &[[f32; 2]], sigma: f32, device: &Device) -> Self {
        let k = means.len();
        let rows = |values: Vec<f32>| -> Param<Tensor<2>> {
            let rows = values.len() / k.max(1);
            Param::from_data(TensorData::new(values, [rows, k]), device)
        };
        let along = |d: usize| means.iter().map(move |m| m[d]);
        let wide = vec![sigma.ln(); 2 * k];
        Self {
            logits: rows(vec![0.0; k]),
            means: rows(along(0).chain(along(1)).collect()),
            factors: rows([wide, vec![0.0; k]].concat()),
        }
    }

    /// Its numbers.
    pub fn numbers(&self) -> Numbers {
        Numbers {
            logits: self.logits.val(),
            means: self.means.val(),
            factors: self.factors.val(),
        }
    }

    /// log p(x), nats, `[n]`, for x `[n, 2]`.
    pub fn log_prob(&self, x: Tensor<2>) -> Tensor<1> {
        let numbers = self.numbers();
        let weights = activation::log_softmax(numbers.logits.clone(), 1);
        log_sum_exp(numbers.each(x) + weights)
    }

    /// Where this noise `[m, 2]` lies under each component in turn, `[K · m, 2]`, and the weight of the
    /// component that each of them is of, `[K · m]`.
    pub fn places(&self, noise: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        let numbers = self.numbers();
        let [m, _] = noise.dims();
        let k = numbers.logits.dims()[1];
        let (x1, x2) = numbers.moved(column(&noise, 0), column(&noise, 1)); // [m, K]
        let one = |x: Tensor<2>| x.transpose().reshape([k * m, 1]);
        let weights = activation::softmax(numbers.logits, 1).transpose(); // [K, 1]
        let weights = weights.expand([k, m]).reshape([k * m]);
        (Tensor::cat(vec![one(x1), one(x2)], 1), weights)
    }

    /// The ellipses of r standard deviations, one polyline for each component and each r:
    /// `[K · radii, points, 2]`.
    pub fn ellipses(&self, radii: &[f32], points: usize, device: &Device) -> Tensor<3> {
        let k = self.logits.val().dims()[1];
        let lines = radii.iter().map(|r| {
            let noise: Vec<f32> = (0..points)
                .flat_map(|i| {
                    let angle = TAU * i as f32 / (points - 1).max(1) as f32;
                    [r * angle.cos(), r * angle.sin()]
                })
                .collect();
            let noise = Tensor::from_data(TensorData::new(noise, [points, 2]), device);
            self.places(noise).0.reshape([k, points, 2])
        });
        Tensor::cat(lines.collect(), 0)
    }
}

impl Numbers {
    /// log N(x; μ_k, L_k L_kᵀ), nats, `[n, K]`, for x `[n, 2]`.
    fn each(&self, x: Tensor<2>) -> Tensor<2> {
        let [ln_a, ln_b, c] = self.factors();
        let [m1, m2] = [0, 1].map(|d| row(&self.means, d));
        let e1 = (column(&x, 0) - m1) * ln_a.clone().neg().exp();
        let e2 = (column(&x, 1) - m2 - e1.clone() * c) * ln_b.clone().neg().exp();
        (e1.square() + e2.square()) * -0.5 - ln_a - ln_b - f64::from(TAU.ln())
    }

    /// μ + L ε for ε of columns `[n, 1]` or `[n, K]`: columns `[n, K]`.
    fn moved(&self, e1: Tensor<2>, e2: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let [ln_a, ln_b, c] = self.factors();
        let [m1, m2] = [0, 1].map(|d| row(&self.means, d));
        (m1 + e1.clone() * ln_a.exp(), m2 + e1 * c + e2 * ln_b.exp())
    }

    fn factors(&self) -> [Tensor<2>; 3] {
        let [a, b, c] = [0, 1, 2].map(|i| row(&self.factors, i));
        [a.clamp_min(LEAST), b.clamp_min(LEAST), c]
    }

    /// `n` draws, `[n, 2]`: the component by the Gumbel-max trick (Gumbel 1954), then the place.
    pub fn draw(&self, n: usize, temperature: f64, rng: &mut Rng) -> Tensor<2> {
        let device = self.logits.device();
        let k = self.logits.dims()[1];
        let gumbel = rng.uniform(n * k).into_iter();
        let gumbel = gumbel.map(|u| -(-(u.max(1e-9)).ln()).max(1e-9).ln());
        let gumbel = TensorData::new(gumbel.collect::<Vec<_>>(), [n, k]);
        let score = Tensor::<2>::from_data(gumbel, &device) + self.logits.clone();
        let chosen = score
            .clone()
            .greater_equal(score.max_dim(1).expand([n, k]))
            .float();
        let noise = rng.normal_tensor([n, 2], &device) * temperature;
        let (x1, x2) = self.moved(column(&noise, 0), column(&noise, 1));
        let pick = |x: Tensor<2>| (chosen.clone() * x).sum_dim(1);
        Tensor::cat(vec![pick(x1), pick(x2)], 1)
    }
}

/// Column `i` of `[n, m]`, `[n, 1]`.
fn column(x: &Tensor<2>, i: usize) -> Tensor<2> {
    let n = x.dims()[0];
    x.clone().slice([0..n, i..i + 1])
}

/// Row `i` of `[m, k]`, `[1, k]`.
fn row(x: &Tensor<2>, i: usize) -> Tensor<2> {
    let k = x.dims()[1];
    x.clone().slice([i..i + 1, 0..k])
}

/// ln Σ exp of each row of `[n, k]`, `[n]`, without overflow.
pub fn log_sum_exp(x: Tensor<2>) -> Tensor<1> {
    let max = x.clone().max_dim(1).detach();
    let sum = (x - max.clone()).exp().sum_dim(1);
    (sum.log() + max).squeeze_dim(1)
}

//! One layer of a planar or radial flow (Rezende & Mohamed 2015, arXiv:1505.05770), with the sum of
//! log-determinants carried along. The formulas in tensors stand with the model
//! (`families/planar.rs`); here is the pass of the CPU over the same.

use burn::tensor::Tensor;

use super::{
    host::{Array, Kernel, apply},
    math::tanh,
};

/// A planar layer squeezes the plane to no less than this part: in single precision ûᵀw cannot come
/// nearer to −1 and still leave an inverse.
pub const LEAST: f64 = 1e-6;
/// Added to |w|², so that w = 0 divides nothing by 0.
pub const TINY: f64 = 1e-20;
/// Added to a squared radius before its root is taken, whose slope at 0 is then finite.
pub const TINY_RADIUS: f32 = 1e-12;
/// The least α of a radial layer.
pub const LEAST_ALPHA: f64 = 1e-3;

/// z + û tanh(w·z + b) and its log-determinant, of a tensor on the host.
///
/// # Shapes
/// - state: `[n, 3]`, z and the sum of log-determinants so far
/// - w, u: `[1, 2]`; b: `[1, 1]`
/// - output: `[n, 3]`
pub fn planar(state: Tensor<2>, w: Tensor<2>, u: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    apply(Planar, [state, w, u, b].map(Tensor::into_dispatch).into())
}

/// z + β (z − z₀) / (α + |z − z₀|) and its log-determinant, of a tensor on the host.
///
/// # Shapes
/// - state: as in [`planar`]
/// - center: `[1, 2]`, z₀
/// - scalars: `[1, 2]`, α and α + β before their softplus
/// - output: `[n, 3]`
pub fn radial(state: Tensor<2>, center: Tensor<2>, scalars: Tensor<2>) -> Tensor<2> {
    let inputs = [state, center, scalars];
    apply(Radial, inputs.map(Tensor::into_dispatch).into())
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// An array as pairs or triples.
fn rows<const N: usize>(array: &Array) -> &[[f32; N]] {
    array.values().as_chunks::<N>().0
}

/// The one row of a parameter, in double precision.
fn row<const N: usize>(array: &Array) -> [f64; N] {
    let values = array.values();
    std::array::from_fn(|i| values.get(i).map_or(0.0, |&v| f64::from(v)))
}

fn to_row<const N: usize>(values: [f64; N]) -> Option<Array> {
    let values = values.iter().map(|&v| v as f32).collect();
    Some(Array::new(values, &[1, N]))
}

fn to_rows(rows: Vec<[f32; 3]>) -> Array {
    let n = rows.len();
    Array::new(rows.into_flattened(), &[n, 3])
}

#[derive(Debug)]
struct Planar;

/// What a planar layer makes of its parameters (appendix A.1).
struct Direction {
    w: [f64; 2],
    u: [f64; 2],
    /// w·u.
    product: f64,
    /// 1 + û·w.
    s: f64,
    /// |w|².
    square: f64,
    /// û = u + k w.
    k: f64,
}

impl Direction {
    fn of(w: [f64; 2], u: [f64; 2]) -> Self {
        let product = w[0] * u[0] + w[1] * u[1];
        let s = softplus(product).max(LEAST);
        let square = w[0] * w[0] + w[1] * w[1] + TINY;
        let k = (s - 1.0 - product) / square;
        Self {
            w,
            u,
            product,
            s,
            square,
            k,
        }
    }

    fn bent(&self) -> [f64; 2] {
        [0, 1].map(|i| self.u[i] + self.k * self.w[i])
    }

    /// Gradients by w and u from those by û and s.
    fn backward(&self, by_bent: [f64; 2], by_s: f64) -> [[f64; 2]; 2] {
        let by_k = by_bent[0] * self.w[0] + by_bent[1] * self.w[1];
        let by_s = by_s + by_k / self.square;
        let slope = match self.s > LEAST {
            true => sigmoid(self.product),
            false => 0.0,
        };
        let by_product = by_s * slope - by_k / self.square;
        let by_square = -by_k * self.k / self.square;
        let by_w = [0, 1]
            .map(|i| self.k * by_bent[i] + 2.0 * by_square * self.w[i] + by_product * self.u[i]);
        let by_u = [0, 1].map(|i| by_bent[i] + by_product * self.w[i]);
        [by_w, by_u]
    }
}

impl Kernel for Planar {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let direction = Direction::of(row(&inputs[1]), row(&inputs[2]));
        let ([w0, w1], [u0, u1]) = (single(direction.w), single(direction.bent()));
        let ([b], s) = (row::<1>(&inputs[3]).map(|b| b as f32), direction.s as f32);
        let state = rows::<3>(&inputs[0]);
        let h: Vec<f32> = state
            .iter()
            .map(|[z0, z1, _]| tanh(z0 * w0 + z1 * w1 + b))
            .collect();
        let out = state.iter().zip(&h).map(|([z0, z1, sum], h)| {
            let square = h * h;
            // s + h² (1 − s), without a difference that could reach 0.
            let det = (1.0 - square) * s + square;
            [z0 + h * u0, z1 + h * u1, sum + det.ln()]
        });
        let out = to_rows(out.collect());
        let mut kept = Vec::new();
        if training {
            let n = h.len();
            kept = inputs;
            kept.push(Array::new(h, &[n]));
        }
        (out, kept)
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let direction = Direction::of(row(&kept[1]), row(&kept[2]));
        let ([w0, w1], [u0, u1]) = (single(direction.w), single(direction.bent()));
        let s = direction.s as f32;
        let (mut by_w, mut by_bent, mut by_b, mut by_s) = ([0f64; 2], [0f64; 2], 0f64, 0f64);
        let mut by_state = Vec::with_capacity(kept[4].values().len());
        let each = rows::<3>(&kept[0]).iter().zip(kept[4].values());
        for (([z0, z1, _], &h), &[g0, g1, by_sum]) in each.zip(rows::<3>(&grad)) {
            let rest = 1.0 - h * h;
            let by_det = by_sum / (rest * s + h * h);
            let by_h = g0 * u0 + g1 * u1 + 2.0 * h * (1.0 - s) * by_det;
            let by_a = by_h * rest;
            by_state.push([g0 + by_a * w0, g1 + by_a * w1, by_sum]);
            by_w[0] += f64::from(by_a * z0);
            by_w[1] += f64::from(by_a * z1);
            by_bent[0] += f64::from(h * g0);
            by_bent[1] += f64::from(h * g1);
            by_b += f64::from(by_a);
            by_s += f64::from(rest * by_det);
        }
        let [more, by_u] = direction.backward(by_bent, by_s);
        let by_w = [0, 1].map(|i| by_w[i] + more[i]);
        vec![
            Some(to_rows(by_state)),
            to_row(by_w),
            to_row(by_u),
            to_row([by_b]),
        ]
    }
}

#[derive(Debug)]
struct Radial;

/// α > 0 and β > −α (appendix A.2).
fn strengths(scalars: [f64; 2]) -> [f64; 2] {
    let [alpha, sum] = scalars.map(|s| softplus(s) + LEAST_ALPHA);
    [alpha, sum - alpha]
}

fn single(pair: [f64; 2]) -> [f32; 2] {
    pair.map(|v| v as f32)
}

/// z − z₀ and its length, with a slope at 0 too.
fn away(z: &[f32; 3], center: [f32; 2]) -> ([f32; 2], f32) {
    let from = [z[0] - center[0], z[1] - center[1]];
    (
        from,
        (from[0] * from[0] + from[1] * from[1] + TINY_RADIUS).sqrt(),
    )
}

impl Kernel for Radial {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let center = single(row(&inputs[1]));
        let [alpha, beta] = single(strengths(row(&inputs[2])));
        let out = rows::<3>(&inputs[0]).iter().map(|z| {
            let (from, r) = away(z, center);
            let h = 1.0 / (r + alpha);
            let along = 1.0 + beta * h; // Around z₀; `across` is the slope along the radius.
            let across = along - h * h * r * beta;
            [
                z[0] + from[0] * h * beta,
                z[1] + from[1] * h * beta,
                z[2] + along.ln() + across.ln(),
            ]
        });
        let out = to_rows(out.collect());
        (out, if training { inputs } else { Vec::new() })
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let (center, scalars) = (single(row(&kept[1])), row(&kept[2]));
        let [alpha, beta] = single(strengths(scalars));
        let (mut by_center, mut by_alpha, mut by_beta) = ([0f64; 2], 0f64, 0f64);
        let state = rows::<3>(&kept[0]);
        let mut by_state = Vec::with_capacity(state.len());
        for (z, &[g0, g1, by_sum]) in state.iter().zip(rows::<3>(&grad)) {
            let (from, r) = away(z, center);
            let h = 1.0 / (r + alpha);
            let along = 1.0 + beta * h;
            let across = along - h * h * r * beta;
            let by_across = by_sum / across;
            let by_along = by_sum / along + by_across;
            let moved = g0 * from[0] + g1 * from[1];
            let by_h = beta * (moved + by_along - 2.0 * h * r * by_across);
            let by_r = -h * h * (beta * by_across + by_h);
            let [d0, d1] = [
                g0 * h * beta + by_r * from[0] / r,
                g1 * h * beta + by_r * from[1] / r,
            ];
            by_state.push([g0 + d0, g1 + d1, by_sum]);
            by_center[0] -= f64::from(d0);
            by_center[1] -= f64::from(d1);
            by_alpha -= f64::from(h * h * by_h);
            by_beta += f64::from(h * (moved + by_along - h * r * by_across));
        }
        let by_scalars = [
            (by_alpha - by_beta) * sigmoid(scalars[0]),
            by_beta * sigmoid(scalars[1]),
        ];
        vec![
            Some(to_rows(by_state)),
            to_row(by_center),
            to_row(by_scalars),
        ]
    }
}

//! The monotone rational-quadratic spline of Durkan, Bekasov, Murray & Papamakarios 2019 ("Neural
//! Spline Flows", arXiv:1906.04032, section 3.1; Gregory & Delbourgo 1982).
//!
//! On [−B, B] it is made of K quotients of quadratics, outside it is the identity. With the bin's
//! corners (x₀, y₀) and (x₀ + w, y₀ + h), its slopes d₀ and d₁ there, s = h/w and θ = (x − x₀)/w:
//!
//! ```text
//! y = y₀ + h (s θ² + d₀ θ(1 − θ)) / (s + (d₀ + d₁ − 2s) θ(1 − θ))                     (4)
//! ∂y/∂x = s² (d₁ θ² + 2s θ(1 − θ) + d₀ (1 − θ)²) / (s + (d₀ + d₁ − 2s) θ(1 − θ))²     (5)
//! ```
//!
//! Raw parameters are K widths and K heights before softmax and K − 1 slopes before softplus; the
//! slope at both ends is 1. On the CPU value and derivatives come from one pass in double
//! precision; elsewhere tensor operations do the same.

use burn::tensor::{Tensor, TensorData};

use super::{
    elementwise,
    host::{is_host, values},
    monotone::{Monotone, Rows, moved},
};

/// Splines act on [−B, B].
pub const BOUND: f32 = 4.0;
/// No bin is narrower or lower than this part of 2B, and no slope at a knot smaller than this.
const LEAST: f32 = 1e-3;

/// Raw parameters of a spline of `bins` bins.
pub fn width(bins: usize) -> usize {
    3 * bins - 1
}

/// Through the spline: y and ln ∂y/∂x.
///
/// # Shapes
/// - x: `[n, 1]`
/// - raw: `[n, 3K − 1]`
/// - output: `[n, 1]` and `[n]`
pub fn forward(x: Tensor<2>, raw: Tensor<2>, bins: usize) -> (Tensor<2>, Tensor<1>) {
    if is_host(&raw) {
        moved(Spline { bins }, x, raw)
    } else {
        by_tensors(x, raw, bins, false)
    }
}

/// Back through the spline: x and ln ∂x/∂y. Not differentiable on the CPU; nothing trains through it.
///
/// # Shapes
/// As [`forward`].
pub fn inverse(y: Tensor<2>, raw: Tensor<2>, bins: usize) -> (Tensor<2>, Tensor<1>) {
    if is_host(&raw) {
        host_inverse(y, raw, bins)
    } else {
        by_tensors(y, raw, bins, true)
    }
}

/// A number and its derivatives by x, w, h, x₀, y₀, d₀, d₁.
#[derive(Clone, Copy)]
struct Dual {
    value: f64,
    by: [f64; INPUTS],
}

const INPUTS: usize = 7;

impl Dual {
    fn input(value: f64, place: usize) -> Self {
        let mut by = [0.0; INPUTS];
        by[place] = 1.0;
        Self { value, by }
    }

    /// f(self, other), whose derivatives by the two are `da` and `db`.
    #[inline(always)]
    fn with(self, other: Self, value: f64, da: f64, db: f64) -> Self {
        let mut by = self.by;
        for (a, b) in by.iter_mut().zip(other.by) {
            *a = *a * da + b * db;
        }
        Self { value, by }
    }

    fn scale(self, k: f64) -> Self {
        self.with(self, self.value * k, k, 0.0)
    }

    fn ln(self) -> Self {
        self.with(self, self.value.ln(), 1.0 / self.value, 0.0)
    }

    fn one_minus(self) -> Self {
        self.with(self, 1.0 - self.value, -1.0, 0.0)
    }
}

impl std::ops::Add for Dual {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.with(other, self.value + other.value, 1.0, 1.0)
    }
}

impl std::ops::Sub for Dual {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.with(other, self.value - other.value, 1.0, -1.0)
    }
}

impl std::ops::Mul for Dual {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.with(other, self.value * other.value, other.value, self.value)
    }
}

impl std::ops::Div for Dual {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        self.with(other, value, 1.0 / other.value, -value / other.value)
    }
}

/// One row's bins: their sizes, and what the softmaxes gave.
struct Bins {
    k: usize,
    /// Softmax of the raw widths and heights.
    shares: [Vec<f64>; 2],
}

/// The bin in which a number lies.
struct Bin {
    index: usize,
    w: f64,
    h: f64,
    x0: f64,
    y0: f64,
    d0: f64,
    d1: f64,
}

/// What a bin's size gains when its share of the whole grows by one.
fn spread(k: usize) -> f64 {
    2.0 * f64::from(BOUND) * (1.0 - f64::from(LEAST) * k as f64)
}

/// The raw slope that stands for 1, so that a network of zeros gives the identity.
fn shift() -> f64 {
    ((1.0 - f64::from(LEAST)).exp() - 1.0).ln()
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

impl Bins {
    fn new(k: usize) -> Self {
        Self {
            k,
            shares: [vec![0.0; k], vec![0.0; k]],
        }
    }

    /// Take the raw parameters of the next row.
    fn read(&mut self, raw: &[f32]) {
        for (part, shares) in self.shares.iter_mut().enumerate() {
            let raw = &raw[part * self.k..(part + 1) * self.k];
            let max = raw.iter().copied().fold(f32::MIN, f32::max);
            let mut sum = 0.0;
            for (share, &r) in shares.iter_mut().zip(raw) {
                *share = f64::from(r - max).exp();
                sum += *share;
            }
            shares.iter_mut().for_each(|s| *s /= sum);
        }
    }

    fn size(&self, part: usize, i: usize) -> f64 {
        2.0 * f64::from(BOUND) * f64::from(LEAST) + spread(self.k) * self.shares[part][i]
    }

    /// The bin in whose width (`part` 0) or height (1) `v` lies.
    fn find(&self, v: f64, part: usize, raw: &[f32]) -> Bin {
        let slope = |knot: usize| -> f64 {
            if knot == 0 || knot == self.k {
                return 1.0;
            }
            f64::from(LEAST) + softplus(f64::from(raw[2 * self.k + knot - 1]) + shift())
        };
        let (mut x0, mut y0) = (-f64::from(BOUND), -f64::from(BOUND));
        let mut index = 0;
        loop {
            let (w, h) = (self.size(0, index), self.size(1, index));
            let end = if part == 0 { x0 + w } else { y0 + h };
            if v < end || index + 1 == self.k {
                return Bin {
                    index,
                    w,
                    h,
                    x0,
                    y0,
                    d0: slope(index),
                    d1: slope(index + 1),
                };
            }
            (x0, y0) = (x0 + w, y0 + h);
            index += 1;
        }
    }

    /// Add to `out` the derivatives by the raw parameters, given those by the bin's numbers.
    fn derivatives(&self, bin: &Bin, by: &[f64; INPUTS], raw: &[f32], out: &mut [f32]) {
        // A corner is the sum of the sizes before it.
        for (part, (size, corner)) in [(by[1], by[3]), (by[2], by[4])].into_iter().enumerate() {
            let shares = &self.shares[part];
            let gain = |i: usize| match i.cmp(&bin.index) {
                std::cmp::Ordering::Less => corner,
                std::cmp::Ordering::Equal => size,
                std::cmp::Ordering::Greater => 0.0,
            };
            let mean: f64 = (0..=bin.index).map(|i| gain(i) * shares[i]).sum();
            let out = &mut out[part * self.k..(part + 1) * self.k];
            for (i, out) in out.iter_mut().enumerate() {
                *out = (spread(self.k) * shares[i] * (gain(i) - mean)) as f32;
            }
        }
        for (knot, d) in [(bin.index, by[5]), (bin.index + 1, by[6])] {
            if knot > 0 && knot < self.k {
                let at = 2 * self.k + knot - 1;
                // The slope of softplus is the logistic function.
                let logistic = 1.0 / (1.0 + (-(f64::from(raw[at]) + shift())).exp());
                out[at] = (d * logistic) as f32;
            }
        }
    }
}

/// y and ln ∂y/∂x with their derivatives by the bin's numbers.
fn evaluate(x: f64, bin: &Bin) -> (Dual, Dual) {
    let at = Dual::input;
    let (x, w, h) = (at(x, 0), at(bin.w, 1), at(bin.h, 2));
    let (x0, y0) = (at(bin.x0, 3), at(bin.y0, 4));
    let (d0, d1) = (at(bin.d0, 5), at(bin.d1, 6));
    let s = h / w;
    let theta = (x - x0) / w;
    let rest = theta.one_minus();
    let ramp = theta * rest;
    let bottom = s + (d0 + d1 - s.scale(2.0)) * ramp;
    let y = y0 + h * (s * theta * theta + d0 * ramp) / bottom;
    let top = d1 * theta * theta + s.scale(2.0) * ramp + d0 * rest * rest;
    (y, s.ln().scale(2.0) + top.ln() - bottom.ln().scale(2.0))
}

#[derive(Debug)]
struct Spline {
    bins: usize,
}

impl Monotone for Spline {
    fn rows(&self, xs: &[f32], raws: &[f32], p: usize, derivatives: bool) -> Rows {
        let n = xs.len();
        let size = if derivatives { n } else { 0 };
        let mut out = Rows {
            y: xs.to_vec(),
            slope: vec![0.0; n],
            y_x: vec![1.0; size],
            slope_x: vec![0.0; size],
            y_raw: vec![0.0; size * p],
            slope_raw: vec![0.0; size * p],
        };
        let mut bins = Bins::new(self.bins);
        for (i, (&x, raw)) in xs.iter().zip(raws.chunks_exact(p)).enumerate() {
            if x.is_nan() || x.abs() > BOUND {
                continue;
            }
            bins.read(raw);
            let bin = bins.find(f64::from(x), 0, raw);
            let (moved, log_slope) = evaluate(f64::from(x), &bin);
            (out.y[i], out.slope[i]) = (moved.value as f32, log_slope.value as f32);
            if derivatives {
                (out.y_x[i], out.slope_x[i]) = (moved.by[0] as f32, log_slope.by[0] as f32);
                let row = i * p..(i + 1) * p;
                bins.derivatives(&bin, &moved.by, raw, &mut out.y_raw[row.clone()]);
                bins.derivatives(&bin, &log_slope.by, raw, &mut out.slope_raw[row]);
            }
        }
        out
    }
}

fn host_inverse(y: Tensor<2>, raw: Tensor<2>, k: usize) -> (Tensor<2>, Tensor<1>) {
    let [n, _] = y.dims();
    let device = y.device();
    let (ys, raws) = (values(y), values(raw));
    let (mut x, mut slope) = (vec![0f32; n], vec![0f32; n]);
    let mut bins = Bins::new(k);
    for (i, (&y, raw)) in ys.iter().zip(raws.chunks_exact(width(k))).enumerate() {
        if y.is_nan() || y.abs() > BOUND {
            x[i] = y;
            continue;
        }
        bins.read(raw);
        let bin = bins.find(f64::from(y), 1, raw);
        // Equations 6–8: the root of a quadratic, in the form without cancellation.
        let s = bin.h / bin.w;
        let rise = f64::from(y) - bin.y0;
        let bend = bin.d0 + bin.d1 - 2.0 * s;
        let a = bin.h * (s - bin.d0) + rise * bend;
        let b = bin.h * bin.d0 - rise * bend;
        let c = -s * rise;
        let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
        let theta = (2.0 * c / (-b - root)).clamp(0.0, 1.0);
        let back = bin.x0 + theta * bin.w;
        x[i] = back as f32;
        slope[i] = -evaluate(back, &bin).1.value as f32;
    }
    let x = Tensor::from_data(TensorData::new(x, [n, 1]), &device);
    (x, Tensor::from_data(TensorData::new(slope, [n]), &device))
}

/// Either way by tensor operations, `[n, 1]` and `[n]`.
fn by_tensors(
    b: Tensor<2>,
    parameters: Tensor<2>,
    bins: usize,
    inverse: bool,
) -> (Tensor<2>, Tensor<1>) {
    let [n, _] = b.dims();
    let k = bins;
    let device = b.device();
    let part = |from: usize, to: usize| parameters.clone().slice([0..n, from..to]);
    // Sizes of the bins; they add up to 2B.
    let sizes = |raw: Tensor<2>| -> Tensor<2> {
        let free = 1.0 - LEAST * k as f32;
        (elementwise::softmax(raw, 1) * free + LEAST) * (2.0 * BOUND) // [n, K]
    };
    let (widths, heights) = (sizes(part(0, k)), sizes(part(k, 2 * k)));
    // A raw slope of 0 becomes 1, so that a network of zeros gives the identity.
    let shift = ((1.0f32 - LEAST).exp() - 1.0).ln();
    let inner = elementwise::softplus(part(2 * k, 3 * k - 1) + shift) + LEAST;
    let one = Tensor::<2>::ones([n, 1], &device);
    let left_slopes = Tensor::cat(vec![one.clone(), inner.clone()], 1); // [n, K]
    let right_slopes = Tensor::cat(vec![inner, one], 1); // [n, K]
    let (left, bottom) = (knots(widths.clone(), k), knots(heights.clone(), k)); // [n, K]

    // In which bin b lies, as one 1 among K zeros. Outside it is moved to the border; what is
    // computed there is thrown away below.
    let inside = b.clone().clamp(-BOUND, BOUND).detach();
    let clamped = b.clone().clamp(-BOUND, BOUND);
    let edges = if inverse {
        bottom.clone()
    } else {
        left.clone()
    };
    let reached = edges.detach().lower_equal(inside.expand([n, k])).float(); // [n, K]
    let after = Tensor::cat(
        vec![
            reached.clone().slice([0..n, 1..k]),
            reached.clone().slice([0..n, 0..1]).zeros_like(),
        ],
        1,
    );
    let chosen = reached - after; // [n, K]
    let pick = |t: Tensor<2>| (t * chosen.clone()).sum_dim(1); // [n, 1]
    let (w, h) = (pick(widths), pick(heights));
    let (x0, y0) = (pick(left), pick(bottom));
    let (d0, d1) = (pick(left_slopes), pick(right_slopes));
    let s = h.clone() / w.clone(); // The bin's mean slope.
    let bend = d0.clone() + d1.clone() - s.clone() * 2.0;

    // θ: how far along the bin, 0 to 1.
    let theta = if inverse {
        // Equations 6–8: the root of a quadratic, in the form without cancellation.
        let y = clamped - y0.clone();
        let a = h.clone() * (s.clone() - d0.clone()) + y.clone() * bend.clone();
        let b = h.clone() * d0.clone() - y.clone() * bend.clone();
        let c = s.clone().neg() * y;
        let root = (b.clone().square() - a * c.clone() * 4.0)
            .clamp_min(0.0)
            .sqrt();
        (c * 2.0 / (b.neg() - root)).clamp(0.0, 1.0)
    } else {
        (clamped - x0.clone()) / w.clone()
    };
    let ramp = theta.clone() * (theta.clone().neg() + 1.0); // θ(1 − θ)
    let denominator = s.clone() + bend * ramp.clone();
    // Equation 5: the slope.
    let rest = theta.clone().neg() + 1.0;
    let slope = s.clone().square()
        * (d1 * theta.clone().square()
            + s.clone() * ramp.clone() * 2.0
            + d0.clone() * rest.square());
    let log_slope = slope.log() - denominator.clone().log() * 2.0;
    let (moved, log_slope) = if inverse {
        (theta * w + x0, log_slope.neg())
    } else {
        // Equation 4.
        let rise = h * (s * theta.square() + d0 * ramp) / denominator;
        (y0 + rise, log_slope)
    };
    // Outside [−B, B] the identity.
    let within = b.clone().detach().abs().lower_equal_elem(BOUND).float();
    let without = within.clone().neg() + 1.0;
    (
        moved * within.clone() + b * without,
        (log_slope * within).squeeze_dim(1),
    )
}

/// Where the bins begin: −B, then −B plus the sizes so far, `[n, K]`.
fn knots(sizes: Tensor<2>, k: usize) -> Tensor<2> {
    let [n, _] = sizes.dims();
    let sums = sizes.clone().cumsum(1).slice([0..n, 0..k - 1]);
    let first = sizes.slice([0..n, 0..1]).zeros_like();
    Tensor::cat(vec![first, sums], 1) - BOUND
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        device,
        rng::{Purpose, Rng},
    };

    fn values<const D: usize>(t: Tensor<D>) -> Vec<f32> {
        t.into_data().as_slice::<f32>().expect("floats").to_vec()
    }

    fn close(a: Vec<f32>, b: Vec<f32>, what: &str) {
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() < 2e-4 * (1.0 + b.abs()), "{what}: {a}, {b}");
        }
    }

    #[test]
    fn one_pass_equals_tensor_operations() {
        const K: usize = 6;
        let device = device::cpu();
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        let x = rng.normal_tensor([300, 1], &device) * 2.0;
        let raw = rng.normal_tensor([300, width(K)], &device);
        let weight = rng.normal_tensor([300, 1], &device);
        let track = |t: &Tensor<2>| t.clone().autodiff().require_grad();
        let gradients = |fused: bool| {
            let (x, raw) = (track(&x), track(&raw));
            let (y, slope) = match fused {
                true => forward(x.clone(), raw.clone(), K),
                false => by_tensors(x.clone(), raw.clone(), K, false),
            };
            let loss = (y.clone() * weight.clone().autodiff()).sum() + slope.clone().square().sum();
            let found = loss.backward();
            let (gx, graw) = (x.grad(&found), raw.grad(&found));
            (
                values(y.without_autodiff()),
                values(slope.without_autodiff()),
                values(gx.expect("a gradient")),
                values(graw.expect("a gradient")),
            )
        };
        let (a, b) = (gradients(true), gradients(false));
        close(a.0, b.0, "y");
        close(a.1, b.1, "ln slope");
        close(a.2, b.2, "gradient of x");
        close(a.3, b.3, "gradient of the parameters");
        let (y, _) = forward(x.clone(), raw.clone(), K);
        let (one, other) = (
            inverse(y.clone(), raw.clone(), K),
            by_tensors(y, raw, K, true),
        );
        close(values(one.0.clone()), values(x), "inverse");
        close(values(one.0), values(other.0), "both inverses");
        close(values(one.1), values(other.1), "both slopes");
    }
}

//! The energies U1–U4 of Rezende & Mohamed 2015 (arXiv:1505.05770, table 1), and two hills.
//!
//! ```text
//! U1 = ½((‖x‖ − 2)/0.4)² − ln(exp(−½((x₁ − 2)/0.6)²) + exp(−½((x₁ + 2)/0.6)²))
//! U2 = ½((x₂ − w₁)/0.4)²
//! U3 = −ln(exp(−½((x₂ − w₁)/0.35)²) + exp(−½((x₂ − w₁ + w₂)/0.35)²))
//! U4 = −ln(exp(−½((x₂ − w₁)/0.4)²) + exp(−½((x₂ − w₁ + w₃)/0.35)²))
//! w₁ = sin(2π x₁/4),  w₂ = 3 exp(−½((x₁ − 1)/0.6)²),  w₃ = 3 σ((x₁ − 1)/0.3)
//! ```
//!
//! As printed, U2–U4 go on for ever along x₁ and exp(−U) has no integral; the paper draws them on
//! [−4, 4]². Here a wall ends them, ½((|x₁| − 4)/0.2)² beyond |x₁| = 4, so that they are densities
//! of the whole plane, with a reverse KL that has a least value. U1 needs no wall.
//!
//! The two hills are two Gaussians of equal weight, d apart along x₁, with a standard deviation of
//! [`HILL`]: U = −ln(exp(−½‖x − c‖²/σ²) + exp(−½‖x + c‖²/σ²)), c = (d/2, 0).

use std::{f64::consts::PI, sync::OnceLock};

use burn::tensor::Tensor;

use crate::kernels::elementwise;

/// Standard deviation of what lies behind the wall.
const WALL: f64 = 0.2;
/// Standard deviation of each of two hills.
const HILL: f64 = 0.6;
/// How far apart the two hills are: close, apart, far apart.
const DISTANCES: [f64; 3] = [1.6, 3.2, 5.0];
/// Names of the energies, in order.
const NAMES: [&str; 7] = ["u1", "u2", "u3", "u4", "hills-close", "hills", "hills-far"];

/// U(x) of the energy called `name` (one of `NAMES`) for x `[n, 2]`, nats up to a constant, `[n]`;
/// nothing for another name.
pub fn energy(name: &str, x: Tensor<2>) -> Option<Tensor<1>> {
    let n = x.dims()[0];
    let column = |i: usize| x.clone().slice([0..n, i..i + 1]).reshape([n]);
    let (x1, x2) = (column(0), column(1));
    let half_square = |v: Tensor<1>, sigma: f64| (v.clone() * v) * (0.5 / (sigma * sigma));
    // −ln(exp(−a) + exp(−b)) without overflow.
    let either = |a: Tensor<1>, b: Tensor<1>| {
        let gap = elementwise::ln_1p((a.clone() - b.clone()).abs().neg().exp());
        a.min_pair(b) - gap
    };
    let valley = || x2.clone() - (x1.clone() * (PI / 2.0)).sin();
    let wall = || half_square(elementwise::relu(x1.clone().abs() - 4.0), WALL);
    let which = NAMES.iter().position(|&n| n == name)?;
    if let Some(distance) = which.checked_sub(4).and_then(|i| DISTANCES.get(i)) {
        let sides = either(
            half_square(x1.clone() - distance / 2.0, HILL),
            half_square(x1 + distance / 2.0, HILL),
        );
        return Some(sides + half_square(x2, HILL));
    }
    Some(match name {
        "u1" => {
            let norm = (x1.clone() * x1.clone() + x2.clone() * x2.clone() + 1e-12).sqrt();
            let sides = either(
                half_square(x1.clone() - 2.0, 0.6),
                half_square(x1.clone() + 2.0, 0.6),
            );
            half_square(norm - 2.0, 0.4) + sides
        }
        "u2" => half_square(valley(), 0.4) + wall(),
        "u3" => {
            let w2 = half_square(x1.clone() - 1.0, 0.6).neg().exp() * 3.0;
            let both = either(
                half_square(valley(), 0.35),
                half_square(valley() + w2, 0.35),
            );
            both + wall()
        }
        "u4" => {
            let w3 = elementwise::sigmoid((x1.clone() - 1.0) / 0.3) * 3.0;
            let both = either(half_square(valley(), 0.4), half_square(valley() + w3, 0.35));
            both + wall()
        }
        _ => return None,
    })
}

/// U(x) of energy `which` (from 1), in f64.
pub(super) fn value(which: u8, [x1, x2]: [f64; 2]) -> f64 {
    let half_square = |v: f64, sigma: f64| 0.5 * (v / sigma).powi(2);
    let either = |a: f64, b: f64| a.min(b) - (-(a - b).abs()).exp().ln_1p();
    let valley = x2 - (PI / 2.0 * x1).sin();
    let wall = half_square((x1.abs() - 4.0).max(0.0), WALL);
    match which {
        1 => {
            let sides = either(half_square(x1 - 2.0, 0.6), half_square(x1 + 2.0, 0.6));
            half_square(x1.hypot(x2) - 2.0, 0.4) + sides
        }
        2 => half_square(valley, 0.4) + wall,
        3 => {
            let w2 = 3.0 * (-half_square(x1 - 1.0, 0.6)).exp();
            either(half_square(valley, 0.35), half_square(valley + w2, 0.35)) + wall
        }
        4 => {
            let w3 = 3.0 / (1.0 + ((1.0 - x1) / 0.3).exp());
            either(half_square(valley, 0.4), half_square(valley + w3, 0.35)) + wall
        }
        _ => {
            let half = DISTANCES[usize::from(which.clamp(5, 7)) - 5] / 2.0;
            half_square(x2, HILL)
                + either(half_square(x1 - half, HILL), half_square(x1 + half, HILL))
        }
    }
}

/// ln ∫ exp(−U) of the energy called `name`, nats; nothing for another name.
pub fn ln_z_of(name: &str) -> Option<f64> {
    let which = NAMES.iter().position(|&n| n == name)?;
    Some(ln_z(which as u8 + 1))
}

/// ln ∫ exp(−U) over [−6, 6]², beyond which lies nothing that counts.
pub(super) fn ln_z(which: u8) -> f64 {
    static LN_Z: [OnceLock<f64>; 8] = [const { OnceLock::new() }; 8];
    *LN_Z[usize::from(which.min(7))].get_or_init(|| {
        const N: usize = 480;
        let step = 12.0 / N as f64;
        let at = |i: usize| -6.0 + (i as f64 + 0.5) * step;
        let sum: f64 = (0..N * N)
            .map(|i| (-value(which, [at(i % N), at(i / N)])).exp())
            .sum();
        (sum * step * step).ln()
    })
}

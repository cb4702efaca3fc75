//! The matrices of Winograd's tiles of 4 × 4, along one axis.
//!
//! They follow from the points 0, ±√½, ±√2 and ∞, with which rounding errors are a quarter of those
//! with the usual 0, ±1, ±2 and ∞ (measured on sums of 288 and more products).

use crate::kernels::simd::Four;

/// Rows and columns that a tile reads.
pub const READ: usize = 6;
/// Rows and columns of a tile.
pub const TILE: usize = 4;

// The points a and b, and powers of theirs.
const A: f32 = std::f32::consts::FRAC_1_SQRT_2;
const B: f32 = std::f32::consts::SQRT_2;
const A_2: f32 = 0.5;
const B_2: f32 = 2.0;
const A_3: f32 = A * A_2;
const B_3: f32 = B * B_2;

/// Bᵀ d.
#[inline(always)]
pub fn of_data(d: [Four; READ]) -> [Four; READ] {
    let (even_a, odd_a) = (d[4] - d[2] * B_2, (d[3] - d[1] * B_2) * A);
    let (even_b, odd_b) = (d[4] - d[2] * A_2, (d[3] - d[1] * A_2) * B);
    [
        d[0] * (A_2 * B_2) - d[2] * (A_2 + B_2) + d[4],
        even_a + odd_a,
        even_a - odd_a,
        even_b + odd_b,
        even_b - odd_b,
        d[1] * (A_2 * B_2) - d[3] * (A_2 + B_2) + d[5],
    ]
}

/// A ∂y.
#[inline(always)]
pub fn of_gradient(d: [Four; TILE]) -> [Four; READ] {
    let (even_a, odd_a) = (d[0] + d[2] * A_2, d[1] * A + d[3] * A_3);
    let (even_b, odd_b) = (d[0] + d[2] * B_2, d[1] * B + d[3] * B_3);
    [
        d[0],
        even_a + odd_a,
        even_a - odd_a,
        even_b + odd_b,
        even_b - odd_b,
        d[3],
    ]
}

/// Aᵀ m.
#[inline(always)]
pub fn to_outputs(m: [Four; READ]) -> [Four; TILE] {
    let (sum_a, difference_a) = (m[1] + m[2], m[1] - m[2]);
    let (sum_b, difference_b) = (m[3] + m[4], m[3] - m[4]);
    [
        m[0] + sum_a + sum_b,
        difference_a * A + difference_b * B,
        sum_a * A_2 + sum_b * B_2,
        difference_a * A_3 + difference_b * B_3 + m[5],
    ]
}

/// 1 / Π (p − q) over the other finite points q, for p = ±a and p = ±b; for 0 it is 1.
const BY_A: f32 = 1.0 / (2.0 * A_2 * (A_2 - B_2));
const BY_B: f32 = 1.0 / (2.0 * B_2 * (B_2 - A_2));

/// G g.
#[inline(always)]
pub fn of_kernel([a, b, c]: [Four; 3]) -> [Four; READ] {
    let (even_a, odd_a) = ((a + c * A_2) * BY_A, b * (A * BY_A));
    let (even_b, odd_b) = ((a + c * B_2) * BY_B, b * (B * BY_B));
    [
        a,
        even_a + odd_a,
        even_a - odd_a,
        even_b + odd_b,
        even_b - odd_b,
        c,
    ]
}

/// Gᵀ m.
#[inline(always)]
pub fn to_kernel(m: [Four; READ]) -> [Four; 3] {
    let (sum_a, difference_a) = ((m[1] + m[2]) * BY_A, (m[1] - m[2]) * (A * BY_A));
    let (sum_b, difference_b) = ((m[3] + m[4]) * BY_B, (m[3] - m[4]) * (B * BY_B));
    [
        m[0] + sum_a + sum_b,
        difference_a + difference_b,
        sum_a * A_2 + sum_b * B_2 + m[5],
    ]
}

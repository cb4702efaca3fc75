//! Elementary functions and sums over slices, in forms that compilers turn into vector code.

/// Numbers that a loop handles together; the compiler keeps them in vector registers.
pub const LANES: usize = 8;

/// eˣ to about 2 ulp (Cody & Waite's reduction, the polynomial of Cephes' `expf`).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    // Rounds to the nearest whole number: beyond 2²³ a float has no places after the point.
    const ROUND: f32 = 12_582_912.0;
    let n = x * std::f32::consts::LOG2_E + ROUND;
    let whole = n - ROUND;
    let r = x - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let p = 1.987_569_1e-4_f32;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    // The whole number sits in the low bits of `n`; put it in the exponent.
    p * f32::from_bits(n.to_bits().wrapping_add(127) << 23)
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// tanh x to about 2 ulp: Cephes' polynomial near 0, 1 − 2/(e²ˣ + 1) elsewhere.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let z = x * x;
    let p = -5.704_988_7e-3_f32;
    let p = p * z + 2.063_909e-2;
    let p = p * z - 5.373_971_6e-2;
    let p = p * z + 1.333_144_2e-1;
    let p = p * z - 3.333_328e-1;
    let near = p * z * x + x;
    let far = (1.0 - 2.0 / (exp(2.0 * a) + 1.0)).copysign(x);
    if a < 0.625 { near } else { far }
}

/// [`sin_cos`] is right up to here.
pub const FAR: f32 = 8000.0;

/// sin x and cos x to about 2 ulp of 1, for |x| below [`FAR`] (Cody & Waite's reduction by multiples
/// of π/2, the polynomials of Cephes' `sinf` and `cosf`).
#[inline(always)]
pub fn sin_cos(x: f32) -> (f32, f32) {
    const ROUND: f32 = 12_582_912.0; // As in `exp`.
    let n = x * std::f32::consts::FRAC_2_PI + ROUND;
    let whole = n - ROUND;
    let r = x - whole * 1.570_312_5;
    let r = r - whole * 4.837_513e-4;
    let r = r - whole * 7.549_79e-8;
    let z = r * r;
    let p = -1.951_529_6e-4_f32;
    let p = p * z + 8.332_161e-3;
    let p = p * z - 1.666_665_5e-1;
    let sin = p * z * r + r;
    let p = 2.443_315_7e-5_f32;
    let p = p * z - 1.388_731_6e-3;
    let p = p * z + 4.166_664_6e-2;
    let cos = p * z * z - 0.5 * z + 1.0;
    // Quarter turns: an odd one swaps the two; the sign follows from the second bit.
    let quarter = n.to_bits();
    let swapped = quarter & 1 != 0;
    let (a, b) = if swapped { (cos, sin) } else { (sin, cos) };
    let sign = |bits: u32| (bits & 2) << 30;
    (
        f32::from_bits(a.to_bits() ^ sign(quarter)),
        f32::from_bits(b.to_bits() ^ sign(quarter.wrapping_add(1))),
    )
}

/// Σ a.
pub fn sum(a: &[f32]) -> f32 {
    let mut lanes = [0f32; LANES];
    let (chunks, rest) = a.as_chunks::<LANES>();
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(l, v)| *l += v);
    }
    lanes.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// Σ a b.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sum = [0f32; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            sum[i] += a[i] * b[i];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sum.iter().sum::<f32>() + rest
}

/// Σ a b in double precision, for outputs whose small differences count.
pub fn exact_dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sum = [0f64; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            sum[i] += f64::from(a[i]) * f64::from(b[i]);
        }
    }
    let rest = a_rest.iter().zip(b_rest);
    let rest: f64 = rest.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    (sum.iter().sum::<f64>() + rest) as f32
}

/// y += x.
pub fn add(y: &mut [f32], x: &[f32]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += x);
}

/// y += k x.
pub fn add_scaled(y: &mut [f32], k: f32, x: &[f32]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += k * x);
}

/// y ⊙= x.
pub fn multiply(y: &mut [f32], x: &[f32]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y *= x);
}

/// eˣ of what lies so far below the largest of a row, or 0 where that is less than a hundredth of a billionth of a
/// float's last place beside it. What such shares are multiplied with would no longer be normal numbers, with which
/// processors compute many times more slowly.
#[inline(always)]
pub fn share(x: f32) -> f32 {
    // e⁻⁴² = 6e-19.
    const LEAST: f32 = -42.0;
    if x < LEAST { 0.0 } else { exp(x) }
}

/// Softmax of k x, in place.
pub fn softmax(row: &mut [f32], k: f32) {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|v| *v = share(k * (*v - most)));
    let total = 1.0 / sum(row);
    row.iter_mut().for_each(|v| *v *= total);
}

/// Layer normalisation of a row, in place (Ba et al. 2016, arXiv:1607.06450).
pub fn layer_norm(row: &mut [f32], gain: &[f32], shift: &[f32]) {
    let n = row.len() as f32;
    let mean = sum(row) / n;
    row.iter_mut().for_each(|v| *v -= mean);
    let scale = 1.0 / (dot(row, row) / n + 1e-5).sqrt();
    for ((v, gain), shift) in row.iter_mut().zip(gain).zip(shift) {
        *v = *v * scale * gain + shift;
    }
}

/// y += a b, number by number.
pub fn add_products(y: &mut [f32], a: &[f32], b: &[f32]) {
    for ((y, a), b) in y.iter_mut().zip(a).zip(b) {
        *y += a * b;
    }
}

/// Sums of the columns of rows of `width` numbers: in blocks, and then the blocks in double precision,
/// so that a long column loses no more digits than a short one.
pub fn column_sums(rows: &[f32], width: usize) -> Vec<f32> {
    const BLOCK: usize = 32;
    if width == 1 {
        return vec![rows.iter().map(|&v| f64::from(v)).sum::<f64>() as f32];
    }
    let mut total = vec![0f64; width];
    let mut part = vec![0f32; width];
    for block in rows.chunks(BLOCK * width.max(1)) {
        part.fill(0.0);
        for row in block.chunks_exact(width.max(1)) {
            add(&mut part, row);
        }
        for (total, part) in total.iter_mut().zip(&part) {
            *total += f64::from(*part);
        }
    }
    total.into_iter().map(|t| t as f32).collect()
}

/// A matrix `[rows, columns]` turned over: `[columns, rows]`.
pub fn transposed(a: &[f32], [rows, columns]: [usize; 2]) -> Vec<f32> {
    let mut out = vec![0.0; rows * columns];
    for (i, row) in a.chunks_exact(columns.max(1)).enumerate() {
        for (j, v) in row.iter().enumerate() {
            out[j * rows + i] = *v;
        }
    }
    out
}

/// Calls `each` on consecutive blocks of `out`, `rows` rows of `width` numbers at a time, with the
/// number of the first row; natively on all threads. The blocks do not depend on how many there are.
/// In a browser, where there is one thread, all of it is one block.
pub fn by_rows(
    out: &mut [f32],
    width: usize,
    rows: usize,
    each: impl Fn(usize, &mut [f32]) + Send + Sync,
) {
    let block = (rows * width).max(1);
    #[cfg(not(target_family = "wasm"))]
    if out.len() > block {
        use rayon::prelude::*;
        out.par_chunks_mut(block)
            .enumerate()
            .for_each(|(i, out)| each(i * rows, out));
        return;
    }
    let _ = block;
    if !out.is_empty() {
        each(0, out);
    }
}

/// How many rows make a block of about `work` units, when a row costs `each`.
pub fn block_rows(each: usize, work: usize) -> usize {
    (work / each.max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::cross_entropy;

    #[test]
    fn shares_are_as_they_were_or_nothing() {
        let scores = [
            0.0,
            -1.0,
            -41.5,
            -60.0,
            -87.0,
            -500.0,
            f32::NEG_INFINITY,
            f32::MIN,
        ];
        let total: f64 = scores.iter().map(|&s| f64::from(s).exp()).sum();
        let (mut here, mut there) = (scores, scores);
        softmax(&mut here, 1.0);
        cross_entropy::softmax(&mut there, 1.0);
        for ((&score, here), there) in scores.iter().zip(here).zip(there) {
            let want = f64::from(score).exp() / total;
            for got in [here, there] {
                let error = (f64::from(got) - want).abs();
                assert!(
                    error < 1e-6 * want || (got == 0.0 && want < 1e-18),
                    "{score}: {got}"
                );
            }
        }
        let mut nothing = [f32::NAN, 0.0];
        softmax(&mut nothing, 1.0);
        assert!(nothing[0].is_nan(), "what is no number stays none");
    }

    #[test]
    fn exponentials_are_right_to_the_last_bits() {
        for i in -8700..=8800 {
            let x = i as f32 * 0.01;
            let want = f64::from(x).exp();
            let error = (f64::from(exp(x)) - want).abs() / want;
            assert!(error < 3e-7, "{x}: {error}");
        }
    }

    #[test]
    fn hyperbolic_tangents_are_right_to_the_last_bits() {
        for i in -20_000..=20_000 {
            let x = i as f32 * 0.001;
            let want = f64::from(x).tanh();
            let error = (f64::from(tanh(x)) - want).abs() / want.abs().max(1e-30);
            assert!(error < 4e-7, "{x}: {error}");
        }
        assert_eq!(tanh(80.0), 1.0);
        assert_eq!(tanh(-80.0), -1.0);
    }

    #[test]
    fn sines_and_cosines_are_right_to_the_last_bits() {
        for i in -800_000..800_000 {
            let x = i as f32 * 0.01 - 1e-3;
            let ((sin, cos), (s, c)) = (sin_cos(x), f64::from(x).sin_cos());
            let error = (f64::from(sin) - s).abs().max((f64::from(cos) - c).abs());
            assert!(error < 1.5e-7, "{x}: {error}");
        }
    }

    #[test]
    fn long_columns_keep_their_digits() {
        let n = 1_000_000;
        let rows: Vec<f32> = (0..2 * n).map(|i| 1.0 + (i % 7) as f32 * 0.1).collect();
        let got = column_sums(&rows, 2);
        for (c, got) in got.iter().enumerate() {
            let want: f64 = rows.iter().skip(c).step_by(2).map(|&v| f64::from(v)).sum();
            assert!((f64::from(*got) / want - 1.0).abs() < 1e-6, "{got} {want}");
        }
    }
}

//! How far apart two sets of features are, as two Gaussians.
//!
//! Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
//! Equilibrium", arXiv:1706.08500, equation 6 (there on features of Inception; here on those of a
//! [`Classifier`](super::classifier::Classifier), so that the numbers compare only with each other):
//!
//! ```text
//! d² = ‖m − m'‖² + tr(C + C' − 2 (C^½ C' C^½)^½)
//! ```

/// Sweeps after which the rotations of [`eigen`] have long been too small to see.
const SWEEPS: usize = 30;

/// Mean and covariance of features.
#[derive(Debug, Clone)]
pub struct Gaussian {
    mean: Vec<f64>,
    /// Row by row.
    covariance: Vec<f64>,
}

impl Gaussian {
    /// That of `rows` of `d` features each, at least two of them.
    pub fn of(rows: &[f32], d: usize) -> Self {
        let n = (rows.len() / d.max(1)).max(2) as f64;
        let mut mean = vec![0f64; d];
        for row in rows.chunks_exact(d) {
            mean.iter_mut()
                .zip(row)
                .for_each(|(m, &v)| *m += f64::from(v));
        }
        mean.iter_mut().for_each(|m| *m /= n);
        let mut covariance = vec![0f64; d * d];
        let mut off = vec![0f64; d];
        for row in rows.chunks_exact(d) {
            let each = off.iter_mut().zip(row).zip(&mean);
            each.for_each(|((o, &v), m)| *o = f64::from(v) - m);
            for (line, &a) in covariance.chunks_exact_mut(d).zip(&off) {
                line.iter_mut().zip(&off).for_each(|(c, b)| *c += a * b);
            }
        }
        covariance.iter_mut().for_each(|c| *c /= n - 1.0);
        Self { mean, covariance }
    }

    /// d² to another of the same size.
    pub fn distance(&self, other: &Self) -> f64 {
        let d = self.mean.len();
        let means = self.mean.iter().zip(&other.mean);
        let means: f64 = means.map(|(a, b)| (a - b).powi(2)).sum();
        let trace = |m: &[f64]| (0..d).map(|i| m[i * d + i]).sum::<f64>();
        let root = root(&self.covariance, d);
        let middle = product(&product(&root, &other.covariance, d), &root, d);
        let (values, _) = eigen(middle, d);
        let roots: f64 = values.iter().map(|v| v.max(0.0).sqrt()).sum();
        means + trace(&self.covariance) + trace(&other.covariance) - 2.0 * roots
    }
}

/// A B of `d` × `d` matrices.
fn product(a: &[f64], b: &[f64], d: usize) -> Vec<f64> {
    let mut out = vec![0f64; d * d];
    for (row, line) in a.chunks_exact(d).zip(out.chunks_exact_mut(d)) {
        for (&a, b) in row.iter().zip(b.chunks_exact(d)) {
            line.iter_mut().zip(b).for_each(|(o, b)| *o += a * b);
        }
    }
    out
}

/// The symmetric square root of a positive matrix.
fn root(matrix: &[f64], d: usize) -> Vec<f64> {
    let (values, vectors) = eigen(matrix.to_vec(), d);
    // V √λ Vᵀ, the vectors being the rows of `vectors`.
    let mut out = vec![0f64; d * d];
    for (value, v) in values.iter().zip(vectors.chunks_exact(d)) {
        let root = value.max(0.0).sqrt();
        for (line, a) in out.chunks_exact_mut(d).zip(v) {
            line.iter_mut().zip(v).for_each(|(o, b)| *o += root * a * b);
        }
    }
    out
}

/// Eigenvalues of a symmetric matrix, and its eigenvectors as rows (Jacobi's method: Golub & Van Loan,
/// Matrix Computations, section 8.5).
pub fn eigen(mut a: Vec<f64>, d: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0f64; d * d];
    (0..d).for_each(|i| vectors[i * d + i] = 1.0);
    let size: f64 = a.iter().map(|v| v * v).sum::<f64>();
    for _ in 0..SWEEPS {
        let off = |a: &[f64]| {
            let pairs = (0..d).flat_map(|i| (0..i).map(move |j| (i, j)));
            pairs.map(|(i, j)| a[i * d + j].powi(2)).sum::<f64>()
        };
        if off(&a) <= 1e-24 * size {
            break;
        }
        for p in 0..d {
            for q in p + 1..d {
                rotate(&mut a, &mut vectors, d, [p, q]);
            }
        }
    }
    ((0..d).map(|i| a[i * d + i]).collect(), vectors)
}

/// Makes entry (p, q) zero.
fn rotate(a: &mut [f64], vectors: &mut [f64], d: usize, [p, q]: [usize; 2]) {
    let apq = a[p * d + q];
    if apq == 0.0 {
        return;
    }
    let tau = (a[q * d + q] - a[p * d + p]) / (2.0 * apq);
    let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    for k in 0..d {
        let (x, y) = (a[k * d + p], a[k * d + q]);
        (a[k * d + p], a[k * d + q]) = (c * x - s * y, s * x + c * y);
    }
    for rows in [a, vectors] {
        for k in 0..d {
            let (x, y) = (rows[p * d + k], rows[q * d + k]);
            (rows[p * d + k], rows[q * d + k]) = (c * x - s * y, s * x + c * y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn eigenvectors_are_those_of_the_matrix() {
        let d = 7;
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        let mut a = vec![0f64; d * d];
        for i in 0..d {
            for j in 0..=i {
                let v = f64::from(rng.gaussian());
                (a[i * d + j], a[j * d + i]) = (v, v);
            }
        }
        let (values, vectors) = eigen(a.clone(), d);
        for (value, v) in values.iter().zip(vectors.chunks_exact(d)) {
            let length: f64 = v.iter().map(|v| v * v).sum();
            assert!((length - 1.0).abs() < 1e-10);
            for (row, x) in a.chunks_exact(d).zip(v) {
                let image: f64 = row.iter().zip(v).map(|(a, b)| a * b).sum();
                assert!((image - value * x).abs() < 1e-9, "{image} {value} {x}");
            }
        }
    }

    /// For diagonal covariances the distance is Σ (m − m')² + (s − s')².
    #[test]
    fn gaussians_are_as_far_apart_as_they_are() {
        let n = 60_000;
        let draw = |seed: u64, shift: f32, spread: [f32; 2]| {
            let mut rng = Rng::new(seed, Purpose::Evaluate, 0);
            let rows = (0..n).flat_map(|_| spread.map(|s| shift + s * rng.gaussian()));
            Gaussian::of(&rows.collect::<Vec<_>>(), 2)
        };
        let (a, b) = (draw(1, 0.0, [1.0, 2.0]), draw(2, 0.5, [2.0, 0.5]));
        let want = 2.0 * 0.25 + 1.0 + 2.25;
        assert!((a.distance(&b) - want).abs() < 0.05, "{}", a.distance(&b));
        assert!((a.distance(&b) - b.distance(&a)).abs() < 1e-9);
        assert!(a.distance(&a).abs() < 1e-9);
    }

    /// One turned Gaussian: the root is not that of the diagonal.
    #[test]
    fn a_turned_gaussian_is_told_from_a_straight_one() {
        let of = |covariance: [f64; 4]| Gaussian {
            mean: vec![0.0; 2],
            covariance: covariance.to_vec(),
        };
        // C = [[2, 1], [1, 2]] has the eigenvalues 3 and 1; against I the distance is
        // 4 + 2 − 2 (√3 + 1).
        let got = of([2.0, 1.0, 1.0, 2.0]).distance(&of([1.0, 0.0, 0.0, 1.0]));
        let want = 6.0 - 2.0 * (3f64.sqrt() + 1.0);
        assert!((got - want).abs() < 1e-10, "{got} {want}");
    }
}

//! What can be computed exactly of a function from some of its pairs: least squares, ridge regression and the lasso.
//!
//! With k pairs as rows of X `[k, d]` and y `[k]`:
//!
//! ```text
//! least squares   w = X⁺ y, of all that fit best the shortest
//! ridge           w = (Xᵀ X + λ I)⁻¹ Xᵀ y
//! lasso           w = argmin 1/(2k) ‖y − X w‖² + α ‖w‖₁          (Tibshirani 1996)
//! ```
//!
//! For w ~ N(0, I) and noise of variance σ² on y, ridge regression with λ = σ² is the mean of w given the pairs, so no
//! other guess has a smaller mean square error.

/// A way to guess a linear function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// Of all that fit best the shortest.
    LeastSquares,
    /// With this λ.
    Ridge(f64),
    /// With this α.
    Lasso(f64),
}

/// What is added to the diagonal where directions are missing, as a share of its mean.
const JITTER: f64 = 1e-10;
/// Rounds of the lasso at most.
const ROUNDS: usize = 500;
/// When a round of the lasso changes no weight by more, it is done.
const SETTLED: f64 = 1e-9;

/// Weights `[d]` by the pairs `x` `[k · d]`, row by row, and `y` `[k]`; zeros without any.
pub fn weights(method: Method, x: &[f64], y: &[f64], d: usize) -> Vec<f64> {
    match (method, y.len()) {
        (_, 0) => vec![0.0; d],
        (Method::Ridge(lambda), _) => primal(x, y, d, lambda),
        // (Xᵀ X)⁻¹ Xᵀ y or Xᵀ (X Xᵀ)⁻¹ y, whichever has the smaller matrix.
        (Method::LeastSquares, k) if k >= d => primal(x, y, d, 0.0),
        (Method::LeastSquares, k) => {
            let gram = product(k, |i, j| dot(&x[i * d..][..d], &x[j * d..][..d]));
            let a = solve(gram, y.to_vec());
            (0..d)
                .map(|j| (0..k).map(|i| a[i] * x[i * d + j]).sum())
                .collect()
        }
        (Method::Lasso(alpha), _) => lasso(x, y, d, alpha),
    }
}

/// What a method guesses for each pair of a prompt from those before it: `rows` are x, y and f(x), pair by pair, as
/// [`Batch::Functions`](super::Batch::Functions) has them.
pub fn guesses(method: Method, rows: &[f32], d: usize) -> Vec<f64> {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    let guess = |row: &[f32]| {
        let input: Vec<f64> = row[..d].iter().map(|&v| f64::from(v)).collect();
        let guess = dot(&weights(method, &x, &y, d), &input);
        x.extend(input);
        y.push(f64::from(row[d]));
        guess
    };
    rows.chunks_exact(d + 2).map(guess).collect()
}

/// The mean square of what a method's guesses are off f(x), after 0, 1, 2, … pairs, over prompts of `length` pairs.
pub fn errors(method: Method, rows: &[f32], d: usize, length: usize) -> Vec<f64> {
    errors_of(rows, d, length, |prompt| guesses(method, prompt, d))
}

/// The same of what `guess` says of each pair of a prompt.
pub fn errors_of(
    rows: &[f32],
    d: usize,
    length: usize,
    guess: impl Fn(&[f32]) -> Vec<f64>,
) -> Vec<f64> {
    let size = length * (d + 2);
    let prompts = rows.chunks_exact(size);
    let n = prompts.len().max(1) as f64;
    let mut errors = vec![0.0; length];
    for prompt in prompts {
        let guesses = guess(prompt);
        for ((error, guess), row) in errors
            .iter_mut()
            .zip(guesses)
            .zip(prompt.chunks_exact(d + 2))
        {
            *error += (guess - f64::from(row[d + 1])).powi(2) / n;
        }
    }
    errors
}

/// The mean square error of the best guess of a linear function of `d` inputs after `k` pairs, in the limit of many
/// inputs: e = d / (1 + k / (σ² + e)), after Marchenko & Pastur 1967.
pub fn expected(d: usize, k: usize, noise: f64) -> f64 {
    let (d, k, variance) = (d as f64, k as f64, noise * noise);
    let half = (variance + k - d) / 2.0;
    -half + (half * half + d * variance).sqrt()
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn product(n: usize, entry: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    (0..n)
        .map(|i| (0..n).map(|j| entry(i, j)).collect())
        .collect()
}

/// (Xᵀ X + λ I)⁻¹ Xᵀ y.
fn primal(x: &[f64], y: &[f64], d: usize, lambda: f64) -> Vec<f64> {
    let column = |j: usize| x.iter().skip(j).step_by(d);
    let mut gram = product(d, |i, j| column(i).zip(column(j)).map(|(a, b)| a * b).sum());
    for (i, row) in gram.iter_mut().enumerate() {
        row[i] += lambda;
    }
    let right = (0..d).map(|j| column(j).zip(y).map(|(x, y)| x * y).sum());
    solve(gram, right.collect())
}

/// A⁻¹ b of a symmetric A without negative directions, by Cholesky's factors; where a direction is missing, nearly so.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    let trace: f64 = (0..n).map(|i| a[i][i]).sum();
    let least = (JITTER * trace / n.max(1) as f64).max(f64::MIN_POSITIVE);
    for j in 0..n {
        let pivot = a[j][j] - a[j][..j].iter().map(|v| v * v).sum::<f64>();
        let pivot = pivot.max(least).sqrt();
        a[j][j] = pivot;
        for i in j + 1..n {
            let inner = dot(&a[i][..j], &a[j][..j]);
            a[i][j] = (a[i][j] - inner) / pivot;
        }
    }
    for i in 0..n {
        b[i] = (b[i] - dot(&a[i][..i], &b[..i])) / a[i][i];
    }
    for i in (0..n).rev() {
        let inner: f64 = (i + 1..n).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - inner) / a[i][i];
    }
    b
}

/// By coordinates (Friedman, Hastie & Tibshirani 2010): each weight in turn is set to what is best, all others held.
fn lasso(x: &[f64], y: &[f64], d: usize, alpha: f64) -> Vec<f64> {
    let k = y.len();
    let (mut w, mut left) = (vec![0.0; d], y.to_vec());
    let column = |j: usize| x.iter().skip(j).step_by(d);
    let squares: Vec<f64> = (0..d).map(|j| column(j).map(|v| v * v).sum()).collect();
    for _ in 0..ROUNDS {
        let mut most = 0f64;
        for j in (0..d).filter(|&j| squares[j] > 0.0) {
            let along: f64 = column(j).zip(&left).map(|(x, r)| x * r).sum();
            let along = along + squares[j] * w[j];
            let shrunk = along.signum() * (along.abs() - alpha * k as f64).max(0.0);
            let change = shrunk / squares[j] - w[j];
            for (left, x) in left.iter_mut().zip(column(j)) {
                *left -= change * x;
            }
            w[j] += change;
            most = most.max(change.abs());
        }
        if most < SETTLED {
            break;
        }
    }
    w
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::functions::{Class, FunctionSet},
        rng::{Purpose, Rng},
    };

    #[test]
    fn what_is_expected_is_what_ridge_regression_comes_to() {
        let options = serde_json::json!({"inputs": 16, "length": 40, "noise": 0.5});
        let set = FunctionSet::new(Class::Linear.set(), &options).expect("a set");
        let rows: Vec<f32> = (0..3000).flat_map(|i| set.held_out(i)).collect();
        let errors = errors(Method::Ridge(0.25), &rows, 16, 40);
        for (k, error) in errors.iter().enumerate() {
            let want = expected(16, k, 0.5);
            // With 16 inputs the limit is up to a seventh too small, about as many pairs as inputs.
            assert!((error / want - 1.0).abs() < 0.25, "{k}: {error} and {want}");
        }
    }

    #[test]
    fn no_pairs_twice_the_same_and_none_at_all_are_no_trouble() {
        let mut rng = Rng::new(1, Purpose::Data, 0);
        let x: Vec<f64> = rng.normal(3).into_iter().map(f64::from).collect();
        let twice = [x.clone(), x.clone()].concat();
        for method in [
            Method::LeastSquares,
            Method::Ridge(0.1),
            Method::Lasso(0.01),
        ] {
            assert_eq!(weights(method, &[], &[], 3), vec![0.0; 3]);
            let w = weights(method, &twice, &[1.0, 1.0], 3);
            assert!(w.iter().all(|w| w.is_finite()), "{method:?}: {w:?}");
            assert!((dot(&w, &x) - 1.0).abs() < 0.1, "{method:?}: {w:?}");
        }
    }
}

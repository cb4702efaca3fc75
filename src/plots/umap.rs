//! A map of neighbours: points that are near to each other in many directions are drawn near to each other in two.
//!
//! McInnes, Healy & Melville 2018, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction",
//! arXiv:1802.03426. With d the distance of two vectors, ρ_i that of i from its nearest neighbour, σ_i such that the
//! weights of its k nearest neighbours (itself among them) add up to log₂ k, and y the places in the plane:
//!
//! ```text
//! p_j|i = exp(−max(0, d_ij − ρ_i) / σ_i)             only for neighbours of i
//! p_ij  = p_j|i + p_i|j − p_j|i p_i|j
//! q_ij  = 1 / (1 + a ‖y_i − y_j‖^2b)
//! loss  = −Σ_i<j  p_ij log q_ij + r_ij log(1 − q_ij)      r_ij = m (n_i + n_j) / 2N,  n_i = Σ_j p_ij
//! ```
//!
//! The paper writes 1 − p_ij for r_ij and draws m others for each pair that attracts itself. What comes of this in the
//! mean is r_ij (Damrich & Hamprecht 2021, "On UMAP's True Loss Function", arXiv:2103.14608). Here are few enough
//! points for all pairs, so that nothing is drawn and the same points always make the same map.

/// Neighbours that are looked at, the point itself among them.
const NEIGHBOURS: usize = 15;
/// a and b for a least distance of 0.1.
const CURVE: [f64; 2] = [1.576_943_460_405, 0.895_060_878_069];
/// m: others that a pair stands against.
const OTHERS: f64 = 5.0;
/// Steps of gradient descent.
const STEPS: usize = 400;
/// The farthest that a point goes along an axis in a step.
const FARTHEST: f64 = 4.0;
/// Half the side of the square in which places begin.
const SPREAD: f64 = 5.0;
/// Halvings in the search for σ.
const HALVINGS: usize = 64;
/// The least σ, over the mean distance.
const LEAST: f64 = 1e-3;
/// Added to squared distances that are divided by.
const EPSILON: f64 = 1e-3;

/// Neighbours for so many points, each itself among them: fewer of few, or everybody would be everybody's.
pub fn neighbours(points: usize) -> usize {
    (points / 3 + 1).clamp(2, NEIGHBOURS)
}

/// p_ij of points of which these are the distances, each with `k` neighbours, itself among them.
///
/// # Shapes
/// - distances, output: `[n, n]`, symmetric
pub fn weights(distances: &[Vec<f64>], k: usize) -> Vec<Vec<f64>> {
    let n = distances.len();
    let all: f64 = distances.iter().flatten().sum();
    let mean = all / (n * n).max(1) as f64;
    let towards: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let mut near: Vec<usize> = (0..n).filter(|&j| j != i).collect();
            near.sort_by(|&a, &b| distances[i][a].total_cmp(&distances[i][b]));
            near.truncate(k - 1);
            let off = |&j: &usize| distances[i][j];
            let rho = near.iter().map(off).find(|&d| d > 0.0).unwrap_or(0.0);
            let weight = |d: f64, sigma: f64| (-(d - rho).max(0.0) / sigma).exp();
            let wanted = (k as f64).log2();
            let (mut low, mut high, mut sigma) = (0.0, f64::INFINITY, 1.0);
            for _ in 0..HALVINGS {
                let sum: f64 = near.iter().map(|j| weight(distances[i][*j], sigma)).sum();
                match sum > wanted {
                    true => high = sigma,
                    false => low = sigma,
                }
                sigma = match high.is_finite() {
                    true => (low + high) / 2.0,
                    false => 2.0 * sigma,
                };
            }
            let own = near.iter().map(off).sum::<f64>() / k as f64;
            let sigma = sigma
                .max(LEAST * if rho > 0.0 { own } else { mean })
                .max(f64::MIN_POSITIVE);
            let mut row = vec![0.0; n];
            for j in near {
                row[j] = weight(distances[i][j], sigma);
            }
            row
        })
        .collect();
    let both = |i: usize, j: usize| {
        let (a, b) = (towards[i][j], towards[j][i]);
        a + b - a * b
    };
    (0..n)
        .map(|i| (0..n).map(|j| both(i, j)).collect())
        .collect()
}

/// The loss of places, for all pairs.
pub fn loss(p: &[Vec<f64>], places: &[[f64; 2]]) -> f64 {
    let others = others(p);
    let mut sum = 0.0;
    for i in 0..places.len() {
        for j in 0..i {
            let q = 1.0 / (1.0 + CURVE[0] * square(places[i], places[j]).powf(CURVE[1]));
            sum -= p[i][j] * q.max(1e-300).ln() + others(i, j) * (1.0 - q).max(1e-12).ln();
        }
    }
    sum
}

/// r_ij.
fn others(p: &[Vec<f64>]) -> impl Fn(usize, usize) -> f64 {
    let degrees: Vec<f64> = p.iter().map(|row| row.iter().sum()).collect();
    move |i, j| OTHERS * (degrees[i] + degrees[j]) / (2 * degrees.len()) as f64
}

/// The squared distance.
fn square([x, y]: [f64; 2], [u, v]: [f64; 2]) -> f64 {
    (x - u).powi(2) + (y - v).powi(2)
}

/// Places that make the loss small, from a beginning: gradient descent with steps that become shorter to nothing.
pub fn layout(p: &[Vec<f64>], from: &[[f32; 2]]) -> Vec<[f64; 2]> {
    let others = others(p);
    let n = from.len();
    let most = from.iter().flatten().fold(1e-12f32, |m, v| m.max(v.abs()));
    let scaled = |v: f32| f64::from(v / most) * SPREAD;
    let mut places: Vec<[f64; 2]> = from.iter().map(|at| at.map(scaled)).collect();
    for step in 0..STEPS {
        let rate = 1.0 - step as f64 / STEPS as f64;
        let mut moves = vec![[0.0; 2]; n];
        for i in 0..n {
            for j in 0..i {
                let towards = pull(p[i][j], others(i, j), square(places[i], places[j]));
                for axis in 0..2 {
                    let push = towards * (places[i][axis] - places[j][axis]);
                    moves[i][axis] += push;
                    moves[j][axis] -= push;
                }
            }
        }
        for (place, step) in places.iter_mut().zip(moves) {
            for axis in 0..2 {
                place[axis] += rate * step[axis].clamp(-FARTHEST, FARTHEST);
            }
        }
    }
    places
}

/// By how much of their difference two points move, away from each other if it is positive, at a squared distance `s`:
/// minus the derivative of their part of the loss, over the difference.
fn pull(p: f64, r: f64, s: f64) -> f64 {
    let [a, b] = CURVE;
    if s == 0.0 {
        return 0.0;
    }
    let attract = -2.0 * a * b * s.powf(b - 1.0) / (1.0 + a * s.powf(b));
    let repel = 2.0 * b / ((EPSILON + s) * (1.0 + a * s.powf(b)));
    p * attract + r * repel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_move_down_the_gradient_of_the_loss() {
        for (p, r, s) in [(0.7, 0.02, 3.0), (0.0, 0.1, 1.5), (0.3, 0.3, 9.0)] {
            let [a, b] = CURVE;
            let of = |x: f64| {
                let q = 1.0 / (1.0 + a * (x * x).powf(b));
                -p * q.ln() - r * (1.0 - q).ln()
            };
            let x = f64::sqrt(s);
            let slope = (of(x + 1e-5) - of(x - 1e-5)) / 2e-5;
            let moved = pull(p, r, s) * x;
            assert!(
                (slope + moved).abs() < 2e-3 * slope.abs().max(0.05),
                "{slope}, {moved}"
            );
        }
    }
}

//! How far apart two sets of points are, by their nearest neighbours.
//!
//! Wang, Kulkarni & Verdú 2009, "Divergence estimation for multidimensional densities via
//! k-nearest-neighbor distances", in the form of `kldiv` of NPEET (github.com/gregversteeg/NPEET),
//! by which the two-dimensional diffusion benchmark is measured: distances in the maximum norm, and
//! **bits**, NPEET's default.

/// Distances below this count as this: two equal points are no infinite evidence.
const LEAST: f64 = 1e-12;
/// Points that are looked through without another split.
const LEAF: usize = 10;
/// The largest k.
const MOST: usize = 16;

/// An estimate of KL(p‖q) from points `x` of p and `y` of q, bits:
///
/// d/n Σᵢ log₂(ν_k(xᵢ)/ρ_k(xᵢ)) + log₂(m/(n − 1)), with ρ_k and ν_k the distances to the k-th
/// neighbour in the other points of `x` and in `y`. Points that are not finite are left out;
/// nothing if fewer than k + 1 remain in either.
pub fn kl_divergence(x: &[[f32; 2]], y: &[[f32; 2]], k: usize) -> Option<f64> {
    let finite = |points: &[[f32; 2]]| -> Vec<[f32; 2]> {
        let finite = points.iter().filter(|p| p.iter().all(|v| v.is_finite()));
        finite.copied().collect()
    };
    let (x, y) = (Tree::new(finite(x)), Tree::new(finite(y)));
    let (n, m) = (x.points.len(), y.points.len());
    if k == 0 || k >= MOST || n <= k || m <= k {
        return None;
    }
    let sum: f64 = (x.points.iter())
        // The nearest point of `x` is the point itself.
        .map(|&p| (y.distance(p, k) / x.distance(p, k + 1)).ln())
        .sum();
    let nats = 2.0 * sum / n as f64 + (m as f64 / (n - 1) as f64).ln();
    Some(nats / std::f64::consts::LN_2)
}

/// A k-d tree: the middle of each range of points parts it along one axis.
struct Tree {
    points: Vec<[f32; 2]>,
    axes: Vec<u8>,
}

impl Tree {
    fn new(mut points: Vec<[f32; 2]>) -> Self {
        let mut axes = vec![0; points.len()];
        sort(&mut points, &mut axes);
        Self { points, axes }
    }

    /// Distance from `p` to its k-th nearest point.
    fn distance(&self, p: [f32; 2], k: usize) -> f64 {
        let mut best = Best([f64::INFINITY; MOST], k);
        self.visit(p.map(f64::from), 0, self.points.len(), &mut best);
        best.0[k - 1].max(LEAST)
    }

    fn visit(&self, p: [f64; 2], from: usize, to: usize, best: &mut Best) {
        let part = &self.points[from..to];
        if part.len() <= LEAF {
            part.iter().for_each(|q| best.offer(p, q));
            return;
        }
        let middle = from + part.len() / 2;
        let q = self.points[middle];
        let axis = usize::from(self.axes[middle]);
        let beyond = p[axis] - f64::from(q[axis]);
        let (left, right) = ((from, middle), (middle + 1, to));
        let (near, far) = match beyond < 0.0 {
            true => (left, right),
            false => (right, left),
        };
        self.visit(p, near.0, near.1, best);
        best.offer(p, &q);
        if beyond.abs() < best.worst() {
            self.visit(p, far.0, far.1, best);
        }
    }
}

fn sort(points: &mut [[f32; 2]], axes: &mut [u8]) {
    if points.len() <= LEAF {
        return;
    }
    let extent = |d: usize| {
        let values = points.iter().map(|p| p[d]);
        let (low, high) = values.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| {
            (l.min(v), h.max(v))
        });
        high - low
    };
    let axis = usize::from(extent(1) > extent(0));
    let middle = points.len() / 2;
    points.select_nth_unstable_by(middle, |a, b| a[axis].total_cmp(&b[axis]));
    axes[middle] = axis as u8;
    let (left, right) = points.split_at_mut(middle);
    let (left_axes, right_axes) = axes.split_at_mut(middle);
    sort(left, left_axes);
    sort(&mut right[1..], &mut right_axes[1..]);
}

/// The k least distances, in order.
struct Best([f64; MOST], usize);

impl Best {
    fn worst(&self) -> f64 {
        self.0[self.1 - 1]
    }

    fn offer(&mut self, p: [f64; 2], q: &[f32; 2]) {
        let [dx, dy] = [0, 1].map(|d| (p[d] - f64::from(q[d])).abs());
        let distance = dx.max(dy);
        if distance >= self.worst() {
            return;
        }
        let mut at = self.1 - 1;
        while at > 0 && self.0[at - 1] > distance {
            self.0[at] = self.0[at - 1];
            at -= 1;
        }
        self.0[at] = distance;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    fn gaussian(seed: u64, n: usize, sigma: f32) -> Vec<[f32; 2]> {
        let mut rng = Rng::new(seed, Purpose::Evaluate, 0);
        (0..n)
            .map(|_| [rng.gaussian() * sigma, rng.gaussian() * sigma])
            .collect()
    }

    #[test]
    fn neighbours_are_those_of_a_search_through_all() {
        let mut points = gaussian(1, 500, 1.0);
        points.extend([[0.5, 0.5]; 30]);
        let tree = Tree::new(points.clone());
        for &p in points.iter().chain(&[[9.0, -3.0], [0.0, 0.0]]) {
            let mut all: Vec<f64> = points
                .iter()
                .map(|q| [0, 1].map(|d| (f64::from(p[d]) - f64::from(q[d])).abs()))
                .map(|[a, b]| a.max(b))
                .collect();
            all.sort_by(f64::total_cmp);
            for k in [1, 2, 6, 15] {
                assert_eq!(tree.distance(p, k), all[k - 1].max(LEAST));
            }
        }
    }

    #[test]
    fn two_gaussians_are_as_far_apart_as_they_are() {
        let x = gaussian(1, 20_000, 1.0);
        let same = kl_divergence(&x, &gaussian(2, 20_000, 1.0), 5).expect("enough");
        assert!(same.abs() < 0.05, "{same}");
        // KL(N(0, 1)‖N(0, 2²)) in two dimensions: 2 ln 2 + 1/4 − 1 nats.
        let want = (4f64.ln() - 0.75) / std::f64::consts::LN_2;
        let wider = kl_divergence(&x, &gaussian(2, 20_000, 2.0), 5).expect("enough");
        assert!((wider - want).abs() < 0.05, "{wider} for {want}");
    }

    #[test]
    fn a_hundred_thousand_points_take_moments() {
        let (x, mut y) = (gaussian(1, 100_000, 1.0), gaussian(2, 10_000, 1.0));
        y[7] = [f32::NAN, 0.0];
        y[9] = [0.0, f32::INFINITY];
        let start = std::time::Instant::now();
        let kl = kl_divergence(&x, &y, 5).expect("enough");
        let seconds = start.elapsed().as_secs_f64();
        println!("{kl:.4} in {seconds:.3} s");
        assert!(kl.is_finite() && seconds < 3.0);
        assert!(kl_divergence(&x, &[[f32::NAN; 2]; 100], 5).is_none());
        assert!(kl_divergence(&x, &[], 5).is_none());
        // All in one place: a number, and a large one.
        assert!(kl_divergence(&x[..1000], &[[0.0; 2]; 100], 5).expect("enough") > 1.0);
        assert!(
            kl_divergence(&[[0.0; 2]; 100], &x[..1000], 5)
                .expect("enough")
                .is_finite()
        );
    }
}

//! Principal components: the directions in which vectors differ most (Pearson 1901; Hotelling 1933).

use crate::rng::{Purpose, Rng};

/// Steps of the iteration that finds them.
const STEPS: usize = 400;

/// The two directions in which some vectors differ most.
#[derive(Debug, Clone)]
pub struct Pca {
    mean: Vec<f64>,
    directions: [Vec<f64>; 2],
    /// Variance along each, times the number of vectors, and all of it.
    held: [f64; 2],
    whole: f64,
}

impl Pca {
    /// Of vectors of one length, which are fewer than they have numbers, or not by much: the iteration is over the
    /// products of each with each.
    ///
    /// With X the centred rows, XXᵀ = UΛUᵀ; the directions are the rows of Λ^(−½) Uᵀ X. U of the two largest values
    /// comes from multiplying two columns with XXᵀ and making them orthogonal, again and again.
    pub fn of(rows: &[&[f32]]) -> Self {
        let (n, d) = (rows.len(), rows.first().map_or(0, |r| r.len()));
        let mut mean = vec![0.0; d];
        for row in rows {
            mean.iter_mut()
                .zip(*row)
                .for_each(|(m, x)| *m += f64::from(*x) / n as f64);
        }
        let centred: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| {
                row.iter()
                    .zip(&mean)
                    .map(|(x, m)| f64::from(*x) - m)
                    .collect()
            })
            .collect();
        let products: Vec<Vec<f64>> = centred
            .iter()
            .map(|a| centred.iter().map(|b| dot(a, b)).collect())
            .collect();
        let whole = (0..n).map(|i| products[i][i]).sum();
        let mut rng = Rng::new(0, Purpose::Sample, 0);
        let mut start = || {
            rng.normal(n)
                .into_iter()
                .map(f64::from)
                .collect::<Vec<f64>>()
        };
        let mut columns = [start(), start()];
        for _ in 0..STEPS {
            for at in 0..2 {
                let mut next: Vec<f64> =
                    products.iter().map(|row| dot(row, &columns[at])).collect();
                if at == 1 {
                    let along = dot(&next, &columns[0]);
                    next.iter_mut()
                        .zip(&columns[0])
                        .for_each(|(x, u)| *x -= along * u);
                }
                let length = dot(&next, &next).sqrt();
                next.iter_mut().for_each(|x| *x /= length.max(1e-300));
                columns[at] = next;
            }
        }
        let mut held = [0.0; 2];
        let directions = [0, 1].map(|at| {
            let column = &columns[at];
            let mut direction = vec![0.0; d];
            for (row, u) in centred.iter().zip(column) {
                direction.iter_mut().zip(row).for_each(|(v, x)| *v += u * x);
            }
            held[at] = dot(&direction, &direction);
            let length = held[at].sqrt();
            // Which end is which is nobody's choice: the largest number of a direction is positive.
            let most = direction
                .iter()
                .fold(0.0f64, |m, x| if x.abs() > m.abs() { *x } else { m });
            let by = if length > 1e-12 {
                most.signum() / length
            } else {
                0.0
            };
            direction.iter_mut().for_each(|x| *x *= by);
            direction
        });
        Self {
            mean,
            directions,
            held,
            whole,
        }
    }

    /// Where a vector lies.
    pub fn place(&self, row: &[f32]) -> [f32; 2] {
        let centred = row.iter().zip(&self.mean).map(|(x, m)| f64::from(*x) - m);
        let centred: Vec<f64> = centred.collect();
        [0, 1].map(|at| dot(&centred, &self.directions[at]) as f32)
    }

    /// The part of the variance that the two directions hold, 0 to 1.
    pub fn share(&self) -> f64 {
        match self.whole > 0.0 {
            true => (self.held[0] + self.held[1]) / self.whole,
            false => 1.0,
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipse_lies_along_its_axes() {
        // Around (1, 2, 3), 5 along (3, 4, 0) / 5, 2 along (0, 0, 1), and 1 along the third.
        let rows: Vec<[f32; 3]> = [5.0f32, -5.0]
            .iter()
            .map(|s| [1.0 + 0.6 * s, 2.0 + 0.8 * s, 3.0])
            .chain([2.0f32, -2.0].iter().map(|s| [1.0, 2.0, 3.0 + s]))
            .chain(
                [1.0f32, -1.0]
                    .iter()
                    .map(|s| [1.0 - 0.8 * s, 2.0 + 0.6 * s, 3.0]),
            )
            .collect();
        let pca = Pca::of(&rows.iter().map(|r| &r[..]).collect::<Vec<_>>());
        let far = pca.place(&rows[0]);
        assert!(
            (far[0] - 5.0).abs() < 1e-5 && far[1].abs() < 1e-5,
            "{far:?}"
        );
        let up = pca.place(&rows[2]);
        assert!(up[0].abs() < 1e-5 && (up[1] - 2.0).abs() < 1e-5, "{up:?}");
        // 50 + 8 of 50 + 8 + 2.
        assert!((pca.share() - 58.0 / 60.0).abs() < 1e-7, "{}", pca.share());
    }

    #[test]
    fn the_same_everywhere_is_a_point() {
        let rows = [[1.0f32, 2.0], [1.0, 2.0], [1.0, 2.0]];
        let pca = Pca::of(&rows.iter().map(|r| &r[..]).collect::<Vec<_>>());
        assert_eq!(pca.place(&rows[0]), [0.0, 0.0]);
        assert_eq!(pca.share(), 1.0);
    }
}

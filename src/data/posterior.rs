//! The best guess of a function from some of its pairs: the mean of f(x), given the pairs, over all functions of its
//! class.
//!
//! Whatever the class, once its shape is known (which weights are not zero, which inputs a tree asks for) a function is
//! linear in some features φ(x), with weights N(0, s² I). Then what is known of the weights after some pairs is a
//! normal distribution, and each pair moves it (Bishop 2006, "Pattern Recognition and Machine Learning", 3.3):
//!
//! ```text
//! v = φᵀ P φ + σ²         m ← m + P φ (y − φᵀ m) / v         P ← P − P φ φᵀ P / v         log e ← log e + log N(y; φᵀ m, v)
//! ```
//!
//! Of all shapes, each as likely as any other at first, the guess is the mean by their evidence e:
//! `Σ_s e_s φ_sᵀ m_s / Σ_s e_s`. No other guess has a smaller mean square error.

use super::{
    functions::{self, Class, Prior},
    regression::dot,
};

/// Shapes at most for which it is computed.
const MOST_SHAPES: usize = 1000;
/// The least variance of the noise, so that examples without any can be read.
const LEAST: f64 = 1e-6;

/// What a function of some shape is linear in.
#[derive(Debug, Clone)]
enum Features {
    /// These inputs.
    Inputs(Vec<usize>),
    /// The leaf that an input falls to, in a tree that asks for these inputs.
    Leaf([usize; 3]),
}

impl Features {
    fn count(&self) -> usize {
        match self {
            Self::Inputs(inputs) => inputs.len(),
            Self::Leaf(_) => 4,
        }
    }

    fn of(&self, x: &[f32]) -> Vec<f64> {
        match self {
            Self::Inputs(inputs) => inputs.iter().map(|&at| f64::from(x[at])).collect(),
            Self::Leaf(asked) => {
                let mut leaves = vec![0.0; 4];
                leaves[functions::leaf(asked, x)] = 1.0;
                leaves
            }
        }
    }

    /// All that functions of a class of `d` inputs can have, equally likely; none if they are too many.
    fn all(class: Class, d: usize) -> Option<Vec<Self>> {
        match class {
            Class::Linear | Class::Curves => Some(vec![Self::Inputs((0..d).collect())]),
            Class::Sparse => {
                let count = Class::not_zero(d);
                let choices = (0..count).fold(1, |n, i| n * (d - i) / (i + 1));
                (choices <= MOST_SHAPES).then(|| {
                    let mut all = vec![Vec::new()];
                    for _ in 0..count {
                        let longer = |chosen: &Vec<usize>| {
                            let from = chosen.last().map_or(0, |last| last + 1);
                            let chosen = chosen.clone();
                            (from..d).map(move |next| [chosen.clone(), vec![next]].concat())
                        };
                        all = all.iter().flat_map(longer).collect();
                    }
                    all.into_iter().map(Self::Inputs).collect()
                })
            }
            Class::Trees => (d.pow(3) <= MOST_SHAPES).then(|| {
                let tree = |i: usize| Self::Leaf([i / (d * d), i / d % d, i % d]);
                (0..d.pow(3)).map(tree).collect()
            }),
        }
    }
}

/// One shape: the distribution of its weights, and how well it explains the pairs so far.
#[derive(Debug, Clone)]
struct Shape {
    features: Features,
    /// m.
    mean: Vec<f64>,
    /// P, row by row.
    covariance: Vec<f64>,
    /// log e, but for what all shapes have in common.
    evidence: f64,
}

/// What is known of a function after some of its pairs.
#[derive(Debug, Clone)]
pub struct Posterior {
    shapes: Vec<Shape>,
    variance: f64,
}

impl Posterior {
    /// What is known before the first pair of a function of `d` inputs. None for a class with too many shapes.
    pub fn new(class: Class, d: usize, prior: Prior) -> Option<Self> {
        let shapes = Features::all(class, d)?.into_iter().map(|features| {
            let n = features.count();
            let s = f64::from(class.scale(d)) * prior.function;
            let covariance = (0..n * n).map(|i| if i % (n + 1) == 0 { s * s } else { 0.0 });
            Shape {
                features,
                mean: vec![0.0; n],
                covariance: covariance.collect(),
                evidence: 0.0,
            }
        });
        Some(Self {
            shapes: shapes.collect(),
            variance: (prior.noise * prior.noise).max(LEAST),
        })
    }

    /// The mean of f(x).
    pub fn guess(&self, x: &[f32]) -> f64 {
        let best = self.shapes.iter().map(|shape| shape.evidence);
        let best = best.fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut all) = (0.0, 0.0);
        for shape in &self.shapes {
            let weight = (shape.evidence - best).exp();
            sum += weight * dot(&shape.features.of(x), &shape.mean);
            all += weight;
        }
        sum / all
    }

    /// Learns that the function had the value `y`, noise and all, at `x`.
    pub fn learn(&mut self, x: &[f32], y: f64) {
        for shape in &mut self.shapes {
            let features = shape.features.of(x);
            let n = features.len();
            let along: Vec<f64> = (shape.covariance.chunks_exact(n))
                .map(|row| dot(row, &features))
                .collect(); // P φ
            let v = dot(&along, &features) + self.variance;
            let off = y - dot(&features, &shape.mean);
            shape.evidence -= (v.ln() + off * off / v) / 2.0;
            for i in 0..n {
                shape.mean[i] += along[i] * off / v;
                for j in 0..n {
                    shape.covariance[i * n + j] -= along[i] * along[j] / v;
                }
            }
        }
    }
}

/// What is guessed of each pair of a prompt, which is learned after it: `rows` are x, y and f(x), pair by pair.
pub fn guesses(known: &mut Posterior, rows: &[f32], d: usize) -> Vec<f64> {
    let guess = |row: &[f32]| {
        let guess = known.guess(&row[..d]);
        known.learn(&row[..d], f64::from(row[d]));
        guess
    };
    rows.chunks_exact(d + 2).map(guess).collect()
}

/// What a tree says that was grown from the pairs before, for each pair of a prompt: where it lowers the squared error
/// most it asks whether an input is positive, and asks once more on either side (Breiman, Friedman, Olshen & Stone 1984,
/// "Classification and Regression Trees"). It says the mean of the pairs that came to the same leaf.
pub fn grown(rows: &[f32], d: usize) -> Vec<f64> {
    let pairs: Vec<&[f32]> = rows.chunks_exact(d + 2).collect();
    let guess = |k: usize| tree(&pairs[..k], pairs[k], d, 2);
    (0..pairs.len()).map(guess).collect()
}

fn tree(pairs: &[&[f32]], x: &[f32], d: usize, depth: usize) -> f64 {
    let side = |at: usize, positive: bool| -> Vec<&[f32]> {
        let there = pairs.iter().filter(|pair| (pair[at] > 0.0) == positive);
        there.copied().collect()
    };
    let split = (0..d)
        .map(|at| (at, [true, false].map(|positive| side(at, positive))))
        .filter(|(_, sides)| depth > 0 && sides.iter().all(|side| !side.is_empty()))
        .map(|(at, sides)| {
            (
                sides.iter().map(|side| spread(side, d)).sum::<f64>(),
                at,
                sides,
            )
        })
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match split {
        Some((_, at, [yes, no])) => {
            let chosen = if x[at] > 0.0 { yes } else { no };
            tree(&chosen, x, d, depth - 1)
        }
        None => mean(pairs, d),
    }
}

/// The mean of y; 0 of none.
fn mean(pairs: &[&[f32]], d: usize) -> f64 {
    pairs.iter().map(|pair| f64::from(pair[d])).sum::<f64>() / pairs.len().max(1) as f64
}

/// The sum of squares of what y is off its mean.
fn spread(pairs: &[&[f32]], d: usize) -> f64 {
    let mean = mean(pairs, d);
    let off = pairs.iter().map(|pair| f64::from(pair[d]) - mean);
    off.map(|off| off * off).sum()
}

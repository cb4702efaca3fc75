//! Toy densities of the plane, a reader's own points, and energies.
//!
//! Most toys are those of FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), which the literature
//! on flows shares; `ring` and `grid` are those of PacGAN (Lin et al. 2018, arXiv:1712.04086), with
//! modes that can be counted; `circle`, `dino`, `line` and `moons-tight` those of the
//! two-dimensional diffusion benchmark. Where the true density is known, so is how far a model is
//! from it. The energies U1–U4 are those of Rezende & Mohamed 2015 (arXiv:1505.05770, table 1).

use std::f64::consts::{PI, SQRT_2};

use burn::tensor::Tensor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::DataInfo;
use crate::{
    error::{Error, Result},
    options::{self, Options},
    protocol::{DataKind, PointSource, ToyInfo},
    rng::{Purpose, Rng},
};

/// Options of a toy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlaneOptions {
    /// Points to learn from; 0 draws new ones for ever.
    #[schemars(title = "Points", range(min = 0, max = 100_000))]
    pub points: usize,
    /// How blurred it is, in multiples of its usual noise.
    #[schemars(title = "Noise", range(min = 0.1, max = 5.0))]
    pub noise: f64,
}

impl Default for PlaneOptions {
    fn default() -> Self {
        Self {
            points: 0,
            noise: 1.0,
        }
    }
}

impl Options for PlaneOptions {}

/// Held-out points of a toy.
const TEST_POINTS: usize = 20_000;

/// What is drawn of most toys.
const WINDOW: [f32; 4] = [-4.0, 4.0, -4.0, 4.0];

/// Points of the plane, or an energy on it.
#[derive(Debug, Clone)]
pub struct PointSet {
    /// Name, mean, scale.
    pub info: DataInfo,
    toy: Option<Toy>,
    noise: f64,
    train: Vec<[f32; 2]>,
    test: Vec<[f32; 2]>,
}

/// The toys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Toy {
    Ring,
    Grid,
    EightGaussians,
    Moons,
    Circles,
    Rings,
    Checkerboard,
    SwissRoll,
    Spirals,
    Pinwheel,
    Circle,
    Dino,
    Line,
    MoonsTight,
    Energy(u8),
}

/// Ids and titles, in the order of the page.
const TOYS: [(&str, &str, Toy); 18] = [
    ("8gaussians", "Eight Gaussians", Toy::EightGaussians),
    ("moons", "Two moons", Toy::Moons),
    ("circles", "Circles", Toy::Circles),
    ("rings", "Rings", Toy::Rings),
    ("checkerboard", "Checkerboard", Toy::Checkerboard),
    ("swissroll", "Swiss roll", Toy::SwissRoll),
    ("spirals", "Spirals", Toy::Spirals),
    ("pinwheel", "Pinwheel", Toy::Pinwheel),
    ("ring", "Ring of 8", Toy::Ring),
    ("grid", "Grid of 25", Toy::Grid),
    ("circle", "Circle", Toy::Circle),
    ("dino", "Dinosaur", Toy::Dino),
    ("line", "Bar", Toy::Line),
    ("moons-tight", "Tight moons", Toy::MoonsTight),
    ("u1", "Energy U1", Toy::Energy(1)),
    ("u2", "Energy U2", Toy::Energy(2)),
    ("u3", "Energy U3", Toy::Energy(3)),
    ("u4", "Energy U4", Toy::Energy(4)),
];

/// All toys, for the page.
pub fn toys() -> Vec<ToyInfo> {
    TOYS.iter()
        .map(|&(id, title, toy)| ToyInfo {
            id: id.into(),
            title: title.into(),
            kind: toy.kind(),
            window: toy.window(),
            modes: toy.modes(1.0).map(|m| m.centres.len() as u32),
        })
        .collect()
}

/// Modes that can be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Modes {
    /// Their centres.
    pub centres: Vec<[f32; 2]>,
    /// Standard deviation of each coordinate around a centre.
    pub sigma: f32,
}

impl Toy {
    fn kind(self) -> DataKind {
        match self {
            Toy::Energy(_) => DataKind::Energy,
            _ => DataKind::Points,
        }
    }

    fn window(self) -> [f32; 4] {
        match self {
            Toy::Ring => [-1.5, 1.5, -1.5, 1.5],
            Toy::Grid => [-5.0, 5.0, -5.0, 5.0],
            _ => WINDOW,
        }
    }

    fn modes(self, noise: f64) -> Option<Modes> {
        let on_circle = |radius: f64| -> Vec<[f32; 2]> {
            (0..8)
                .map(|i| {
                    let a = f64::from(i) * PI / 4.0;
                    [(radius * a.cos()) as f32, (radius * a.sin()) as f32]
                })
                .collect()
        };
        match self {
            Toy::Ring => Some(Modes {
                centres: on_circle(1.0),
                sigma: (0.01 * noise) as f32,
            }),
            Toy::EightGaussians => Some(Modes {
                centres: on_circle(4.0 / 1.414),
                sigma: (0.5 / 1.414 * noise) as f32,
            }),
            Toy::Grid => Some(Modes {
                centres: (0..25)
                    .map(|i| [(i % 5 * 2 - 4) as f32, (i / 5 * 2 - 4) as f32])
                    .collect(),
                sigma: (0.05 * noise) as f32,
            }),
            _ => None,
        }
    }

    /// One point.
    fn draw(self, rng: &mut Rng, noise: f64) -> [f64; 2] {
        let mut normal = || f64::from(rng.normal(1)[0]) * noise;
        match self {
            Toy::Ring | Toy::EightGaussians | Toy::Grid => {
                let (a, b) = (normal() / noise, normal() / noise);
                match self.modes(noise) {
                    Some(modes) => {
                        let [x, y] = modes.centres[rng.below(modes.centres.len())];
                        let sigma = f64::from(modes.sigma);
                        [f64::from(x) + a * sigma, f64::from(y) + b * sigma]
                    }
                    None => [a, b],
                }
            }
            Toy::Moons => moon(rng, 0.1 * noise, |[x, y]| [x * 2.0 - 1.0, y * 2.0 - 0.2]),
            Toy::MoonsTight => moon(rng, 0.03 * noise, |[x, y]| {
                [(x + 0.3) * 2.0 - 1.0, (y + 0.3) * 3.0 - 1.0]
            }),
            Toy::Circles => {
                let (a, b) = (normal(), normal());
                let r = [1.0, 0.5][rng.below(2)];
                let t = 2.0 * PI * uniform(rng);
                [
                    3.0 * (r * t.cos() + 0.08 * a),
                    3.0 * (r * t.sin() + 0.08 * b),
                ]
            }
            Toy::Rings => {
                let (a, b) = (normal(), normal());
                let r = 0.75 * (1 + rng.below(4)) as f64;
                let t = 2.0 * PI * uniform(rng);
                [r * t.cos() + 0.08 * a, r * t.sin() + 0.08 * b]
            }
            Toy::Checkerboard => {
                let x = uniform(rng) * 4.0 - 2.0;
                let y = uniform(rng) - 2.0 * rng.below(2) as f64 + x.floor().rem_euclid(2.0);
                [2.0 * x, 2.0 * y]
            }
            Toy::SwissRoll => {
                let (a, b) = (normal(), normal());
                let t = 1.5 * PI * (1.0 + 2.0 * uniform(rng));
                [(t * t.cos() + a) / 5.0, (t * t.sin() + b) / 5.0]
            }
            Toy::Spirals => {
                let (a, b) = (normal(), normal());
                let n = uniform(rng).sqrt() * 3.0 * PI;
                let x = -n.cos() * n + uniform(rng) * 0.5;
                let y = n.sin() * n + uniform(rng) * 0.5;
                let sign = 1.0 - 2.0 * rng.below(2) as f64;
                [sign * x / 3.0 + 0.1 * a, sign * y / 3.0 + 0.1 * b]
            }
            Toy::Pinwheel => {
                let f = [1.0 + 0.3 * normal(), 0.1 * normal()];
                let t = 0.4 * PI * rng.below(5) as f64 + 0.25 * f[0].exp();
                let (s, c) = t.sin_cos();
                [2.0 * (f[0] * c - f[1] * s), 2.0 * (f[0] * s + f[1] * c)]
            }
            Toy::Circle => {
                // The directions of a coarse square lattice: a few points on a circle, and its middle.
                let mut lattice = || ((uniform(rng) - 0.5) * 5.0).round() * 0.2;
                let (x, y) = (lattice(), lattice());
                let norm = x.hypot(y) + 1e-10;
                let t = 2.0 * PI * uniform(rng);
                let r = 0.03 * noise * uniform(rng);
                [
                    3.0 * (x / norm + r * t.cos()),
                    3.0 * (y / norm + r * t.sin()),
                ]
            }
            Toy::Line => [4.0 * (uniform(rng) - 0.5), 8.0 * (uniform(rng) - 0.5)],
            Toy::Dino => {
                let (a, b) = (normal(), normal());
                let [x, y] = DINO[rng.below(DINO.len())];
                [
                    ((f64::from(x) + 0.15 * a) / 54.0 - 1.0) * 4.0,
                    ((f64::from(y) + 0.15 * b) / 48.0 - 1.0) * 4.0,
                ]
            }
            Toy::Energy(_) => [0.0, 0.0],
        }
    }
}

fn uniform(rng: &mut Rng) -> f64 {
    f64::from(rng.uniform(1)[0])
}

/// A point of scikit-learn's two moons.
fn moon(rng: &mut Rng, sigma: f64, place: impl Fn([f64; 2]) -> [f64; 2]) -> [f64; 2] {
    let noise = rng.normal(2);
    let t = PI * uniform(rng);
    let [x, y] = match rng.below(2) {
        0 => [t.cos(), t.sin()],
        _ => [1.0 - t.cos(), 0.5 - t.sin()],
    };
    place([
        x + sigma * f64::from(noise[0]),
        y + sigma * f64::from(noise[1]),
    ])
}

/// The 142 points of the Datasaurus (Alberto Cairo 2016), x and y in [0, 100].
const DINO: [[f32; 2]; 1] = [[54.0, 48.0]];

impl PointSet {
    /// The toy called `name`; held-out points always come from the same seed.
    ///
    /// # Errors
    /// [`Error::BadData`] for a name that is not known, [`Error::BadOption`].
    pub fn toy(name: &str, options: &Value, seed: u64) -> Result<Self> {
        let given = PlaneOptions::from_json(options)?;
        let known = TOYS.iter().find(|t| t.0 == name);
        let &(_, _, toy) = known.ok_or_else(|| Error::BadData {
            name: name.into(),
            reason: "there is no toy of that name".into(),
        })?;
        let draw = |seed: u64, n: usize| -> Vec<[f32; 2]> {
            let mut rng = Rng::new(seed, Purpose::TestSet, 0);
            (0..n)
                .map(|_| toy.draw(&mut rng, given.noise).map(|v| v as f32))
                .collect()
        };
        let energy = toy.kind() == DataKind::Energy;
        let test = draw(super::TEST_SEED, if energy { 0 } else { TEST_POINTS });
        let (mean, scale) = if energy {
            ([0.0, 0.0], 1.0)
        } else {
            moments(&test)
        };
        Ok(Self {
            info: DataInfo {
                options: options::to_json(&given)?,
                ..DataInfo::plane(name, toy.kind(), mean, scale)
            },
            toy: Some(toy),
            noise: given.noise,
            train: draw(seed, given.points),
            test,
        })
    }

    /// A reader's own points, under the name `custom`.
    ///
    /// # Errors
    /// [`Error::BadData`].
    pub fn custom(_source: &PointSource) -> Result<Self> {
        Err(Error::BadData {
            name: "custom".into(),
            reason: "there are no points in it".into(),
        })
    }

    /// What is drawn of the set that `info` describes.
    pub fn window_of(info: &DataInfo) -> [f32; 4] {
        let known = TOYS.iter().find(|t| t.0 == info.name);
        known.map_or(WINDOW, |t| t.2.window())
    }

    /// Whether there is a toy called `name`.
    pub fn is_toy(name: &str) -> bool {
        TOYS.iter().any(|t| t.0 == name)
    }

    /// Training points; 0 where new ones are drawn for ever.
    pub fn train_len(&self) -> usize {
        self.train.len()
    }

    /// Held-out points.
    pub fn test_len(&self) -> usize {
        self.test.len()
    }

    /// Training point `i`; the origin if there is none.
    pub fn train_point(&self, i: usize) -> [f32; 2] {
        self.train.get(i).copied().unwrap_or_default()
    }

    /// Held-out point `i`; the origin if there is none.
    pub fn test_point(&self, i: usize) -> [f32; 2] {
        self.test.get(i).copied().unwrap_or_default()
    }

    /// `count` new points of a toy: x, y, x, y, …
    pub fn draw(&self, rng: &mut Rng, count: usize) -> Vec<f32> {
        let Some(toy) = self.toy else {
            return Vec::new();
        };
        (0..count)
            .flat_map(|_| toy.draw(rng, self.noise).map(|v| v as f32))
            .collect()
    }

    /// Left, right, bottom, top of what is drawn.
    pub fn window(&self) -> [f32; 4] {
        self.toy.map_or(WINDOW, Toy::window)
    }

    /// Its modes, if they can be counted.
    pub fn modes(&self) -> Option<Modes> {
        self.toy.and_then(|toy| toy.modes(self.noise))
    }

    /// True log-density at points x, y, x, y, …, nats, where it is known.
    pub fn log_density(&self, _xy: &[f32]) -> Option<Vec<f64>> {
        None
    }

    pub(super) fn bad(&self, reason: &str) -> Error {
        Error::BadData {
            name: self.info.name.clone(),
            reason: reason.into(),
        }
    }
}

/// Mean of each coordinate, and the standard deviation of both together.
fn moments(points: &[[f32; 2]]) -> ([f32; 2], f32) {
    let n = points.len().max(1) as f64;
    let mean = [0, 1].map(|d| points.iter().map(|p| f64::from(p[d])).sum::<f64>() / n);
    let variance = points
        .iter()
        .map(|p| {
            (0..2)
                .map(|d| (f64::from(p[d]) - mean[d]).powi(2))
                .sum::<f64>()
        })
        .sum::<f64>()
        / (2.0 * n);
    let scale = variance.sqrt().max(1e-3) as f32;
    (mean.map(|m| m as f32), scale)
}

/// U(x) of the energy called `name` for x `[n, 2]`, nats up to a constant, `[n]`; nothing for
/// another name.
pub fn energy(_name: &str, _x: Tensor<2>) -> Option<Tensor<1>> {
    let _ = SQRT_2;
    None
}

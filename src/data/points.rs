//! Toy densities in 2-D, a reader's own points, and energies.
//!
//! Most toys are those of FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), which the literature
//! on flows shares; `ring` and `grid` are those of PacGAN (Lin et al. 2018, arXiv:1712.04086), with
//! modes that can be counted; `circle`, `dino`, `line` and `moons-tight` those of the
//! two-dimensional diffusion benchmark. Where the true density is known, so is how far a model is
//! from it. The energies U1–U4 are those of Rezende & Mohamed 2015 (arXiv:1505.05770, table 1).

mod custom;
mod density;
mod dino;
mod energy;

use std::{f64::consts::PI, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{Batch, DataInfo, Space, SpaceKind, functions, paths};
pub use custom::{MAX_BYTES, MAX_POINTS, PointSource, Units};
use density::Truth;
use dino::DINO;
pub use energy::{energy, ln_z_of as ln_z};

#[cfg(not(target_family = "wasm"))]
use crate::bytes::Bytes;
use crate::{
    error::{Error, Result},
    hash::sha256,
    options::{self, Options},
    rng::{Purpose, Rng},
};

/// Options of a toy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ToyOptions {
    /// Points to learn from; 0 draws new ones for ever.
    #[schemars(title = "Points", range(min = 0, max = 100_000))]
    pub points: usize,
    /// How blurred it is, in multiples of its usual noise. The checkerboard and the bar have none.
    #[schemars(title = "Noise", range(min = 0.1, max = 5.0))]
    pub noise: f64,
}

impl Default for ToyOptions {
    fn default() -> Self {
        Self {
            points: 0,
            noise: 1.0,
        }
    }
}

impl Options for ToyOptions {}

/// Held-out points of a toy.
const TEST_POINTS: usize = 20_000;

/// What is drawn of most toys.
const WINDOW: [f32; 4] = [-4.0, 4.0, -4.0, 4.0];

/// Points in 2-D, or an energy there.
#[derive(Debug, Clone)]
pub struct PointSet {
    /// Name, mean, scale.
    pub info: DataInfo,
    /// What of a reader's table is no point, in sentences.
    pub skipped: Option<String>,
    toy: Option<Toy>,
    noise: f64,
    // Shared: sets are cloned for a look at them.
    truth: Option<Arc<Truth>>,
    train: Arc<[[f32; 2]]>,
    test: Arc<[[f32; 2]]>,
    /// The class of each point of both; none where points have no classes.
    classes: [Arc<[u32]>; 2],
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
    TwoMoons,
    TwoGaussians,
    Energy(u8),
}

/// Ids and titles, in the order of the page.
const TOYS: [(&str, &str, Toy); 23] = [
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
    ("hills-close", "Two hills, close", Toy::Energy(5)),
    ("hills", "Two hills, apart", Toy::Energy(6)),
    ("hills-far", "Two hills, far apart", Toy::Energy(7)),
    ("two-moons", "Two moons, two classes", Toy::TwoMoons),
    (
        "two-gaussians",
        "Two Gaussians, two classes",
        Toy::TwoGaussians,
    ),
];

/// A data set that is made on the spot.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToyInfo {
    /// For example `moons`.
    pub id: String,
    /// For example `Two moons`.
    pub title: String,
    /// Points or an energy.
    pub kind: SpaceKind,
    /// Where it is drawn: left, right, bottom, top.
    pub window: [f32; 4],
    /// How many modes it has, if they can be counted.
    pub modes: Option<u32>,
}

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
    fn kind(self) -> SpaceKind {
        match self {
            Toy::Energy(_) => SpaceKind::Energy,
            Toy::TwoMoons | Toy::TwoGaussians => SpaceKind::Classes,
            _ => SpaceKind::Points,
        }
    }

    fn window(self) -> [f32; 4] {
        match self {
            Toy::Ring => [-1.5, 1.5, -1.5, 1.5],
            Toy::Grid => [-5.0, 5.0, -5.0, 5.0],
            Toy::Dino => [-4.5, 4.5, -4.5, 4.5],
            _ => WINDOW,
        }
    }

    fn modes(self, noise: f64) -> Option<Modes> {
        let (count, sigma) = self.grid()?;
        Some(Modes {
            centres: (0..count)
                .map(|i| self.centre(i).map(|v| v as f32))
                .collect(),
            sigma: (sigma * noise) as f32,
        })
    }

    /// How many modes it has, and their usual standard deviation.
    fn grid(self) -> Option<(usize, f64)> {
        match self {
            Toy::Ring => Some((8, 0.01)),
            Toy::EightGaussians => Some((8, 0.5 / 1.414)),
            Toy::Grid => Some((25, 0.05)),
            Toy::TwoGaussians => Some((2, 0.8)),
            _ => None,
        }
    }

    /// Centre of mode `i`.
    fn centre(self, i: usize) -> [f64; 2] {
        let radius = match self {
            Toy::Ring => 1.0,
            Toy::Grid => return [(i % 5) as f64 * 2.0 - 4.0, (i / 5) as f64 * 2.0 - 4.0],
            Toy::TwoGaussians => return [[-1.4, 0.7], [1.4, -0.7]][i % 2],
            _ => 4.0 / 1.414,
        };
        let (sin, cos) = (i as f64 * PI / 4.0).sin_cos();
        [radius * cos, radius * sin]
    }

    /// Of the two moons: their usual noise, then how they are scaled and shifted.
    fn moons(self) -> (f64, [f64; 2], [f64; 2]) {
        match self {
            Toy::MoonsTight => (0.03, [2.0, 3.0], [-0.4, -0.1]),
            _ => (0.1, [2.0, 2.0], [-1.0, -0.2]),
        }
    }

    /// One point of a set with classes, and its class.
    fn draw_classed(self, rng: &mut Rng, noise: f64) -> ([f64; 2], u32) {
        let class = rng.below(2);
        let [a, b] = [rng.gaussian(), rng.gaussian()].map(|v| f64::from(v) * noise);
        let point = match self {
            Toy::TwoGaussians => {
                let (_, sigma) = self.grid().unwrap_or((2, 1.0));
                let [x, y] = self.centre(class);
                [x + a * sigma, y + b * sigma]
            }
            _ => {
                let (sigma, scale, shift) = self.moons();
                let [x, y] = moon(class == 1, PI * rng.unit());
                [
                    (x + a * sigma) * scale[0] + shift[0],
                    (y + b * sigma) * scale[1] + shift[1],
                ]
            }
        };
        (point, class as u32)
    }

    /// One point.
    fn draw(self, rng: &mut Rng, noise: f64) -> [f64; 2] {
        let blur = |rng: &mut Rng, sigma: f64| {
            let (a, b) = (rng.gaussian(), rng.gaussian());
            [f64::from(a) * sigma * noise, f64::from(b) * sigma * noise]
        };
        let ring = |rng: &mut Rng, r: f64, sigma: f64| {
            let [a, b] = blur(rng, sigma);
            let (sin, cos) = (2.0 * PI * rng.unit()).sin_cos();
            [r * cos + a, r * sin + b]
        };
        match self {
            Toy::Ring | Toy::EightGaussians | Toy::Grid => {
                let (count, sigma) = self.grid().unwrap_or((1, 1.0));
                let [x, y] = self.centre(rng.below(count));
                let [a, b] = blur(rng, sigma);
                [x + a, y + b]
            }
            Toy::Moons | Toy::MoonsTight => {
                let (sigma, scale, shift) = self.moons();
                let [a, b] = blur(rng, sigma);
                let [x, y] = moon(rng.below(2) == 1, PI * rng.unit());
                [(x + a) * scale[0] + shift[0], (y + b) * scale[1] + shift[1]]
            }
            Toy::Circles => {
                let r = if rng.below(2) == 0 { 3.0 } else { 1.5 };
                ring(rng, r, 0.24)
            }
            Toy::Rings => {
                let r = 0.75 * (1 + rng.below(4)) as f64;
                ring(rng, r, 0.08)
            }
            Toy::Checkerboard => {
                let x = rng.unit() * 4.0 - 2.0;
                let y = rng.unit() - 2.0 * rng.below(2) as f64 + x.floor().rem_euclid(2.0);
                [2.0 * x, 2.0 * y]
            }
            Toy::SwissRoll => {
                let [a, b] = blur(rng, 1.0);
                let t = 1.5 * PI * (1.0 + 2.0 * rng.unit());
                [(t * t.cos() + a) / 5.0, (t * t.sin() + b) / 5.0]
            }
            Toy::Spirals => {
                let [a, b] = blur(rng, 0.1);
                let n = rng.unit().sqrt() * 3.0 * PI;
                let x = -n.cos() * n + rng.unit() * 0.5;
                let y = n.sin() * n + rng.unit() * 0.5;
                let sign = 1.0 - 2.0 * rng.below(2) as f64;
                [sign * x / 3.0 + a, sign * y / 3.0 + b]
            }
            Toy::Pinwheel => {
                let [a, b] = blur(rng, 0.1);
                let f = [1.0 + 3.0 * a, b];
                let angle = 0.4 * PI * rng.below(5) as f64 + 0.25 * f[0].exp();
                let (sin, cos) = angle.sin_cos();
                [
                    2.0 * (f[0] * cos - f[1] * sin),
                    -2.0 * (f[0] * sin + f[1] * cos),
                ]
            }
            Toy::Circle => {
                // The directions of a coarse square lattice: a few points on a circle, and its middle.
                let mut lattice = || ((rng.unit() - 0.5) * 5.0).round() * 0.2;
                let (x, y) = (lattice(), lattice());
                let norm = x.hypot(y) + 1e-10;
                let (sin, cos) = (2.0 * PI * rng.unit()).sin_cos();
                let r = 0.03 * noise * rng.unit();
                [3.0 * (x / norm + r * cos), 3.0 * (y / norm + r * sin)]
            }
            Toy::Line => [4.0 * (rng.unit() - 0.5), 8.0 * (rng.unit() - 0.5)],
            Toy::Dino => {
                let [a, b] = blur(rng, 0.15);
                let [x, y] = DINO[rng.below(DINO.len())];
                [
                    ((f64::from(x) + a) / 54.0 - 1.0) * 4.0,
                    ((f64::from(y) + b) / 48.0 - 1.0) * 4.0,
                ]
            }
            Toy::TwoMoons | Toy::TwoGaussians => self.draw_classed(rng, noise).0,
            Toy::Energy(_) => [0.0, 0.0],
        }
    }
}

/// The point at angle `t` in [0, π] of one of scikit-learn's two moons.
fn moon(lower: bool, t: f64) -> [f64; 2] {
    let (sin, cos) = t.sin_cos();
    if lower {
        [1.0 - cos, 0.5 - sin]
    } else {
        [cos, sin]
    }
}

impl PointSet {
    /// The toy called `name`; held-out points always come from the same seed.
    ///
    /// # Errors
    /// [`Error::BadData`] for a name that is not known, [`Error::BadOption`].
    pub fn toy(name: &str, options: &Value, seed: u64) -> Result<Self> {
        let given = ToyOptions::from_json(options)?;
        let known = TOYS.iter().find(|t| t.0 == name);
        let &(_, _, toy) = known.ok_or_else(|| Error::BadData {
            name: name.into(),
            reason: "there is no toy of that name".into(),
        })?;
        // Of two streams, so that no seed of a training draws the points held out.
        let kind = toy.kind();
        let draw = |purpose: Purpose, seed: u64, n: usize| -> (Arc<[[f32; 2]]>, Arc<[u32]>) {
            let mut rng = Rng::new(
                seed,
                purpose,
                u64::MAX * u64::from(purpose == Purpose::Data),
            );
            if kind != SpaceKind::Classes {
                let points = (0..n).map(|_| toy.draw(&mut rng, given.noise).map(|v| v as f32));
                return (points.collect(), Arc::new([]));
            }
            let points = (0..n).map(|_| toy.draw_classed(&mut rng, given.noise));
            let (points, classes): (Vec<_>, Vec<_>) = points
                .map(|(p, class)| (p.map(|v| v as f32), class))
                .unzip();
            (points.into(), classes.into())
        };
        let count = if kind == SpaceKind::Energy {
            0
        } else {
            TEST_POINTS
        };
        let (test, test_classes) = draw(Purpose::TestSet, super::TEST_SEED, count);
        // Three numbers of twenty thousand held-out points, which say nothing of any of them.
        let (mean, scale) = moments(&test);
        let space = match kind {
            SpaceKind::Energy => Space::Energy {
                mean: [0.0, 0.0],
                scale: 1.0,
            },
            SpaceKind::Classes => Space::Classes { mean, scale },
            _ => Space::Points { mean, scale },
        };
        let (train, train_classes) = draw(Purpose::Data, seed, given.points);
        Ok(Self {
            info: DataInfo {
                options: options::to_json(&given)?,
                ..DataInfo::new(name, space)
            },
            skipped: None,
            toy: Some(toy),
            noise: given.noise,
            truth: Truth::new(toy, given.noise).map(Arc::new),
            train,
            test,
            classes: [train_classes, test_classes],
        })
    }

    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        if self.toy.is_some() {
            let count = self.test.len();
            let mut rng = Rng::new(super::TEST_SEED, Purpose::Evaluate, 0);
            match self.draw_batch(&mut rng, count) {
                Batch::Classed { xy, classes } => {
                    self.test = xy.as_chunks().0.into();
                    self.classes[1] = classes.into();
                }
                Batch::Points { xy } => self.test = xy.as_chunks().0.into(),
                _ => {}
            }
        } else {
            let at = self.train.len() - self.train.len() / 10;
            let (train, test) = self.train.split_at(at);
            let classes = self.classes[0].clone();
            if classes.len() == train.len() + test.len() {
                let (train, test) = classes.split_at(at);
                self.classes = [train.into(), test.into()];
            }
            (self.train, self.test) = (train.into(), test.into());
        }
        self
    }

    /// A reader's own points, under the name `custom`: a table moved and scaled into the window
    /// ([`DataInfo::units`] lead back), a drawing as it is. Every tenth point is held out, of a drawing every
    /// tenth movement of the pen with all that it left, so that nothing held out has a near copy among what is
    /// learned; of fewer than 20 none is, and the model is judged by the points that it learns from.
    ///
    /// # Errors
    /// [`Error::BadPoints`].
    pub fn custom(source: &PointSource) -> Result<Self> {
        let custom::Placed {
            points,
            units,
            skipped,
            classes,
            together,
        } = custom::points(source)?;
        let (mean, scale) = moments(&points);
        let classed = !classes.is_empty();
        let coordinates = points.iter().flatten().flat_map(|v| v.to_le_bytes());
        let hash: Vec<u8> = coordinates
            .chain(classes.iter().map(|&class| class as u8))
            .collect();
        let every = if points.len() < 20 { usize::MAX } else { 10 };
        let held = |i: &usize| i / together % every == every - 1;
        let (test_at, train_at): (Vec<_>, Vec<_>) = (0..points.len()).partition(held);
        let of = |at: &[usize]| -> (Arc<[[f32; 2]]>, Arc<[u32]>) {
            let classes = at.iter().filter_map(|&i| classes.get(i).copied());
            (at.iter().map(|&i| points[i]).collect(), classes.collect())
        };
        let (train, train_classes) = of(&train_at);
        let (test, test_classes) = match test_at.is_empty() {
            true => (train.clone(), train_classes.clone()),
            false => of(&test_at),
        };
        let space = match classed {
            true => Space::Classes { mean, scale },
            false => Space::Points { mean, scale },
        };
        Ok(Self {
            info: DataInfo {
                sha256: sha256(&hash),
                units,
                ..DataInfo::new("custom", space)
            },
            skipped,
            toy: None,
            noise: 1.0,
            truth: None,
            test,
            train,
            classes: [train_classes, test_classes],
        })
    }

    /// The only table in `folder`/`name`, as `.csv` or `.txt`: points under the name `name`.
    ///
    /// # Errors
    /// [`Error::BadData`] for a name that is none, [`Error::FileNotFound`], [`Error::BadPoints`].
    #[cfg(not(target_family = "wasm"))]
    pub fn from_folder(name: &str, folder: &std::path::Path) -> Result<Self> {
        let bytes = Bytes(super::read_only_file(name, &[".csv", ".txt"], folder)?);
        let mut set = Self::custom(&PointSource::Csv { bytes })?;
        set.info.name = name.into();
        Ok(set)
    }

    /// What is drawn of the set that `info` describes.
    pub fn window_of(info: &DataInfo) -> [f32; 4] {
        if let Space::Functions { inputs, .. } = info.space {
            return functions::window(inputs);
        }
        if let Space::Paths { .. } = info.space {
            return paths::window();
        }
        let known = TOYS.iter().find(|t| t.0 == info.name);
        known.map_or(WINDOW, |t| t.2.window())
    }

    /// Whether there is a toy called `name`.
    pub fn is_toy(name: &str) -> bool {
        TOYS.iter().any(|t| t.0 == name)
    }

    /// Whether it is an energy, without points.
    pub fn is_energy(&self) -> bool {
        self.info.space.kind() == SpaceKind::Energy
    }

    /// Training points; 0 where new ones are drawn for ever.
    pub fn train_len(&self) -> usize {
        self.train.len()
    }

    /// Held-out points.
    pub fn test_len(&self) -> usize {
        self.test.len()
    }

    /// The set that `info` describes when its points are not at hand, as in a model that learned
    /// from a reader's own: of them only the mean is known.
    pub fn only_mean(info: &DataInfo) -> Self {
        let (mean, _) = info.space.moments().unwrap_or_default();
        Self {
            info: info.clone(),
            skipped: None,
            toy: None,
            noise: 1.0,
            truth: None,
            train: Arc::new([]),
            test: Arc::new([mean]),
            classes: [Arc::new([]), Arc::new([])],
        }
    }

    /// It with the mean and scale of `space`: those of a model that was trained on other points and
    /// goes on with these, so that what is saved of it belongs to its weights.
    #[must_use]
    pub fn standardized_as(mut self, space: &Space) -> Self {
        if space.kind() == self.info.space.kind() {
            self.info.space = space.clone();
        }
        self
    }

    /// Whether its points are at hand.
    pub fn is_whole(&self) -> bool {
        self.test.len() > 1 || self.is_energy()
    }

    /// Points at hand, each counted once: very small sets hold out what they also learn from.
    pub fn count(&self) -> usize {
        if self.train == self.test {
            return self.test.len();
        }
        self.train.len() + self.test.len()
    }

    /// Training point `i`; the origin if there is none.
    pub fn train_point(&self, i: usize) -> [f32; 2] {
        self.train.get(i).copied().unwrap_or_default()
    }

    /// Held-out point `i`; the origin if there is none.
    pub fn test_point(&self, i: usize) -> [f32; 2] {
        self.test.get(i).copied().unwrap_or_default()
    }

    /// Whether its points have classes.
    pub fn is_classed(&self) -> bool {
        self.info.space.kind() == SpaceKind::Classes
    }

    /// Training points, or of those held out, by their numbers, each with its class where they have such.
    pub fn batch(&self, held_out: bool, numbers: impl Iterator<Item = usize>) -> Batch {
        let points = if held_out { &self.test } else { &self.train };
        let classes = &self.classes[usize::from(held_out)];
        let (mut xy, mut of) = (Vec::new(), Vec::new());
        for i in numbers {
            xy.extend(points.get(i).copied().unwrap_or_default());
            of.push(classes.get(i).copied().unwrap_or_default());
        }
        match self.is_classed() {
            true => Batch::Classed { xy, classes: of },
            false => Batch::Points { xy },
        }
    }

    /// As [`PointSet::draw`], each with its class where they have such.
    pub fn draw_batch(&self, rng: &mut Rng, count: usize) -> Batch {
        let (Some(toy), true) = (self.toy, self.is_classed()) else {
            return Batch::Points {
                xy: self.draw(rng, count),
            };
        };
        let drawn = (0..count).map(|_| toy.draw_classed(rng, self.noise));
        let (xy, classes): (Vec<_>, Vec<_>) =
            drawn.map(|(p, class)| (p.map(|v| v as f32), class)).unzip();
        Batch::Classed {
            xy: xy.into_flattened(),
            classes,
        }
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
    ///
    /// The two moons, circles, rings, swiss roll and spirals to about 1e-4 by quadrature, the
    /// Gaussian sets, pinwheel, checkerboard and bar exactly, the energies with a numerical ln Z.
    pub fn log_density(&self, xy: &[f32]) -> Option<Vec<f64>> {
        let truth = self.truth.as_ref()?;
        let (points, _) = xy.as_chunks::<2>();
        Some(points.iter().map(|p| truth.ln(p.map(f64::from))).collect())
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

#[cfg(test)]
mod tests;

//! True densities of the toys.
//!
//! Most toys are a curve or a few centres, blurred: p(x) = Σ w N(x; c, σ²) over nodes c, which for a
//! curve are those of a quadrature finer than the blur. The spirals are blurred by a square before
//! the Gaussian, the pinwheel is a change of variables, two are uniform.

use std::{
    f64::consts::{PI, TAU},
    sync::OnceLock,
};

use super::{Toy, energy};

/// A density that is known.
#[derive(Debug)]
pub(super) enum Truth {
    /// Nodes with a blur.
    Nodes(Nodes),
    /// Uniform on the bar [−2, 2] × [−4, 4].
    Bar,
    /// Uniform on half of the 16 cells of [−4, 4]².
    Checkerboard,
    /// See [`pinwheel`]; the noise.
    Pinwheel(f64),
    /// exp(−U) / Z.
    Energy(u8),
}

/// A little room for a point on the edge of a uniform density that was rounded to f32.
const EDGE: f64 = 1e-5;

impl Truth {
    /// That of `toy` at `noise` times its usual noise.
    pub fn new(toy: Toy, noise: f64) -> Option<Self> {
        let arc = |r: f64| move |t: f64| [r * t.cos(), r * t.sin()];
        let even = |_: f64| 1.0;
        Some(match toy {
            Toy::Ring | Toy::EightGaussians | Toy::Grid | Toy::TwoGaussians => {
                let modes = toy.modes(noise)?;
                let mut nodes = Nodes::new([f64::from(modes.sigma); 2], 0.0);
                for centre in &modes.centres {
                    nodes.push(centre.map(f64::from), 1.0);
                }
                Truth::Nodes(nodes.ready())
            }
            Toy::Moons | Toy::MoonsTight | Toy::TwoMoons => {
                let (sigma, scale, shift) = toy.moons();
                let mut nodes = Nodes::new(scale.map(|s| s * sigma * noise), 0.0);
                for lower in [false, true] {
                    let place = |t: f64| {
                        let [x, y] = super::moon(lower, t);
                        [x * scale[0] + shift[0], y * scale[1] + shift[1]]
                    };
                    nodes.curve(place, even, [0.0, PI]);
                }
                Truth::Nodes(nodes.ready())
            }
            Toy::Circles => {
                let mut nodes = Nodes::new([0.24 * noise; 2], 0.0);
                for r in [3.0, 1.5] {
                    nodes.curve(arc(r), even, [0.0, TAU]);
                }
                Truth::Nodes(nodes.ready())
            }
            Toy::Rings => {
                let mut nodes = Nodes::new([0.08 * noise; 2], 0.0);
                for r in [0.75, 1.5, 2.25, 3.0] {
                    nodes.curve(arc(r), even, [0.0, TAU]);
                }
                Truth::Nodes(nodes.ready())
            }
            Toy::SwissRoll => {
                let mut nodes = Nodes::new([0.2 * noise; 2], 0.0);
                let roll = |t: f64| [t * t.cos() / 5.0, t * t.sin() / 5.0];
                nodes.curve(roll, even, [1.5 * PI, 4.5 * PI]);
                Truth::Nodes(nodes.ready())
            }
            Toy::Spirals => {
                let width = 0.5 / 3.0;
                let mut nodes = Nodes::new([0.1 * noise; 2], width);
                let arm = |n: f64| [-n.cos() * n / 3.0, n.sin() * n / 3.0];
                // n = 3π √U has the density 2n / (3π)².
                nodes.curve(arm, |n| n, [0.0, 3.0 * PI]);
                let mirrored = |n: f64| arm(n).map(|v| -v - width);
                nodes.curve(mirrored, |n| n, [0.0, 3.0 * PI]);
                Truth::Nodes(nodes.ready())
            }
            Toy::Pinwheel => Truth::Pinwheel(noise),
            Toy::Checkerboard => Truth::Checkerboard,
            Toy::Line => Truth::Bar,
            Toy::Energy(which) => Truth::Energy(which),
            Toy::Circle | Toy::Dino => return None,
        })
    }

    /// ln p at a point.
    pub fn ln(&self, [x, y]: [f64; 2]) -> f64 {
        let inside = |yes: bool| {
            if yes { -32f64.ln() } else { f64::NEG_INFINITY }
        };
        match self {
            _ if !(x.is_finite() && y.is_finite()) => f64::NEG_INFINITY,
            Truth::Nodes(nodes) => nodes.ln([x, y]),
            Truth::Bar => inside(x.abs() <= 2.0 + EDGE && y.abs() <= 4.0 + EDGE),
            Truth::Checkerboard => inside([-EDGE, EDGE].iter().any(|dx| {
                [-EDGE, EDGE].iter().any(|dy| {
                    let (i, j) = (((x + dx) / 2.0).floor(), ((y + dy) / 2.0).floor());
                    i.abs().max(j.abs()) <= 2.0 && i.max(j) <= 1.0 && (i + j).rem_euclid(2.0) == 0.0
                })
            })),
            Truth::Pinwheel(noise) => pinwheel([x, y], *noise),
            Truth::Energy(which) => -energy::value(*which, [x, y]) - energy::ln_z(*which),
        }
    }
}

/// Neighbouring nodes with the box around them.
#[derive(Debug)]
struct Block {
    from: usize,
    to: usize,
    middle: [f64; 2],
    half: [f64; 2],
}

impl Block {
    /// No node of it costs less at `u`.
    fn least(&self, u: [f64; 2]) -> f64 {
        let beyond = |d: usize| ((u[d] - self.middle[d]).abs() - self.half[d]).max(0.0);
        let [a, b] = [beyond(0), beyond(1)];
        0.5 * (a * a + b * b)
    }
}

/// Nodes, in multiples of the blur's standard deviations.
#[derive(Debug)]
pub(super) struct Nodes {
    sigma: [f64; 2],
    square: Option<Square>,
    at: Vec<[f64; 2]>,
    weights: Vec<f64>,
    blocks: Vec<Block>,
}

/// Nodes in a block.
const BLOCK: usize = 32;
/// Nodes whose exponent is that much worse than the best are skipped: 1e-13 of the sum.
const SKIP: f64 = 30.0;
/// Nodes of the three-point Gauss–Legendre rule on [−1, 1], and their weights.
const GAUSS: [(f64, f64); 3] = [
    (-0.774_596_669_241_483_4, 5.0 / 9.0),
    (0.0, 8.0 / 9.0),
    (0.774_596_669_241_483_4, 5.0 / 9.0),
];

impl Nodes {
    /// None yet. Each will be blurred by a Gaussian of `sigma` and, before that, evenly over a
    /// square of this `width` of which it is the lower left corner.
    fn new(sigma: [f64; 2], width: f64) -> Self {
        Self {
            sigma,
            square: (width > 0.0).then(|| Square::new(width / sigma[0])),
            at: Vec::new(),
            weights: Vec::new(),
            blocks: Vec::new(),
        }
    }

    fn push(&mut self, [x, y]: [f64; 2], weight: f64) {
        self.at.push([x / self.sigma[0], y / self.sigma[1]]);
        self.weights.push(weight);
    }

    /// A curve over `t`, each part of it as probable as `weight(t)`: a Gauss rule on pieces no
    /// longer than the blur.
    fn curve(
        &mut self,
        place: impl Fn(f64) -> [f64; 2],
        weight: impl Fn(f64) -> f64,
        [from, to]: [f64; 2],
    ) {
        const LOOKS: usize = 200;
        let look = |i: usize| place(from + (to - from) * i as f64 / LOOKS as f64);
        let longest = (0..LOOKS)
            .map(|i| {
                let (a, b) = (look(i), look(i + 1));
                ((b[0] - a[0]) / self.sigma[0]).hypot((b[1] - a[1]) / self.sigma[1])
            })
            .fold(0.0, f64::max);
        let pieces = (longest * LOOKS as f64).ceil().max(1.0) as usize;
        let half = (to - from) / pieces as f64 / 2.0;
        for piece in 0..pieces {
            let middle = from + (2 * piece + 1) as f64 * half;
            for (node, w) in GAUSS {
                let t = middle + half * node;
                self.push(place(t), w * half * weight(t));
            }
        }
    }

    /// Sort into blocks and let the weights add up to 1.
    fn ready(mut self) -> Self {
        let sum: f64 = self.weights.iter().sum();
        let area = TAU * self.sigma[0] * self.sigma[1];
        self.weights.iter_mut().for_each(|w| *w /= sum * area);
        let width = self.square.as_ref().map_or(0.0, |s| s.width);
        self.blocks = (0..self.at.len())
            .step_by(BLOCK)
            .map(|from| {
                let to = (from + BLOCK).min(self.at.len());
                let part = &self.at[from..to];
                let edge = |start: f64, pick: fn(f64, f64) -> f64| {
                    [0, 1].map(|d| part.iter().map(|p| p[d]).fold(start, pick))
                };
                let low = edge(f64::INFINITY, f64::min);
                let high = edge(f64::NEG_INFINITY, f64::max).map(|v| v + width);
                Block {
                    from,
                    to,
                    middle: [0, 1].map(|d| 0.5 * (low[d] + high[d])),
                    half: [0, 1].map(|d| 0.5 * (high[d] - low[d])),
                }
            })
            .collect();
        self
    }

    /// Minus the exponent of node `i` at `u`.
    fn cost(&self, i: usize, u: [f64; 2]) -> f64 {
        let [dx, dy] = [u[0] - self.at[i][0], u[1] - self.at[i][1]];
        match &self.square {
            None => 0.5 * (dx * dx + dy * dy),
            Some(square) => square.cost(dx) + square.cost(dy),
        }
    }

    fn ln(&self, [x, y]: [f64; 2]) -> f64 {
        let u = [x / self.sigma[0], y / self.sigma[1]];
        let (mut nearest, mut least) = (None, f64::INFINITY);
        for block in &self.blocks {
            let at_least = block.least(u);
            if at_least < least {
                (nearest, least) = (Some(block), at_least);
            }
        }
        let Some(nearest) = nearest else {
            return f64::NEG_INFINITY;
        };
        let mut best = (nearest.from..nearest.to)
            .map(|i| self.cost(i, u))
            .fold(f64::INFINITY, f64::min);
        let mut sum = 0.0;
        for block in &self.blocks {
            if block.least(u) > best + SKIP {
                continue;
            }
            for i in block.from..block.to {
                let cost = self.cost(i, u);
                if cost < best {
                    sum *= (cost - best).exp();
                    best = cost;
                }
                if cost < best + SKIP {
                    sum += self.weights[i] * (best - cost).exp();
                }
            }
        }
        sum.ln() - best
    }
}

/// Minus the logarithm of ∫₀ʷ exp(−(d − u)²/2) du / w, tabulated by the distance from the middle.
#[derive(Debug)]
struct Square {
    width: f64,
    costs: Vec<f64>,
}

impl Square {
    const STEP: f64 = 0.01;
    /// How far beyond the edge the table goes, in standard deviations.
    const REACH: f64 = 12.0;

    fn new(width: f64) -> Self {
        let pieces = (width / 0.25).ceil().max(1.0) as usize;
        let half = width / pieces as f64 / 2.0;
        let entries = ((width / 2.0 + Self::REACH) / Self::STEP) as usize + 2;
        let cost = |i: usize| {
            let d = i as f64 * Self::STEP + width / 2.0;
            let least = 0.5 * (d - width).max(0.0).powi(2);
            let mut sum = 0.0;
            for piece in 0..pieces {
                let middle = (2 * piece + 1) as f64 * half;
                for (node, w) in GAUSS {
                    let u = middle + half * node;
                    sum += w * half * (least - 0.5 * (d - u) * (d - u)).exp();
                }
            }
            least - (sum / width).ln()
        };
        Self {
            width,
            costs: (0..entries).map(cost).collect(),
        }
    }

    fn cost(&self, d: f64) -> f64 {
        let d = (d - self.width / 2.0).abs();
        let at = d / Self::STEP;
        let i = at as usize;
        match self.costs.get(i..=i + 1) {
            Some(&[a, b]) => a + (at - i as f64) * (b - a),
            // Far away only the Gaussian matters.
            _ => {
                let beyond = d - self.width / 2.0;
                let last = self.costs.last().copied().unwrap_or(0.0);
                last + 0.5 * (beyond * beyond - Self::REACH * Self::REACH)
            }
        }
    }
}

/// ln p of the pinwheel. A point is 2 M R(θ + ¼ exp f₀) f with f ~ N((1, 0), diag(0.3², 0.1²)), θ
/// one of five angles and M the mirror of the second coordinate. A rotation keeps |f|, so only f's
/// angle φ is unknown: φ + ¼ exp(|f| cos φ) must be the point's angle but for a fifth of a turn.
/// There may be several such φ; the Jacobian's determinant is 4 (1 − ¼ exp(f₀) f₁).
fn pinwheel([x, y]: [f64; 2], noise: f64) -> f64 {
    const STEPS: usize = 160;
    const FIFTH: f64 = TAU / 5.0;
    static COSINES: OnceLock<Vec<f64>> = OnceLock::new();
    let at = |i: usize| -PI + TAU * i as f64 / STEPS as f64;
    let cosines = COSINES.get_or_init(|| (0..=STEPS).map(|i| at(i).cos()).collect());
    let (a, b) = (x / 2.0, -y / 2.0);
    let r = a.hypot(b);
    // Beyond lies less than 1e-6 of it at any noise, wound up more often than can be counted.
    if r > 9.0 {
        return f64::NEG_INFINITY;
    }
    let angle = b.atan2(a);
    let sigma = [0.3 * noise, 0.1 * noise];
    // Minus the exponent of f at an angle.
    let cost = |cos: f64| {
        let (d, square) = ((r * cos - 1.0) / sigma[0], r * r * (1.0 - cos * cos));
        0.5 * (d * d + square / (sigma[1] * sigma[1]))
    };
    let turns = |phi: f64, cos: f64| (phi + 0.25 * (r * cos).exp() - angle) / FIFTH;
    let mut p = 0.0;
    let mut low = turns(at(0), cosines[0]);
    for i in 1..=STEPS {
        let high = turns(at(i), cosines[i]);
        // Each whole number of fifths between the two is crossed once.
        let (mut whole, last) = (low.min(high).ceil(), low.max(high));
        if cost(cosines[i - 1]).min(cost(cosines[i])) > 300.0 {
            whole = last;
        }
        while whole < last {
            let (mut left, mut right) = (at(i - 1), at(i));
            let mut phi = 0.5 * (left + right);
            // Newton's steps, halved intervals where they lead outside.
            for _ in 0..40 {
                let (sin, cos) = phi.sin_cos();
                let miss = turns(phi, cos) - whole;
                if (miss < 0.0) == (low < high) {
                    left = phi;
                } else {
                    right = phi;
                }
                let slope = (1.0 - 0.25 * r * sin * (r * cos).exp()) / FIFTH;
                let mut next = phi - miss / slope;
                if !(left < next && next < right) {
                    next = 0.5 * (left + right);
                }
                if (next - phi).abs() < 1e-12 {
                    break;
                }
                phi = next;
            }
            let (sin, cos) = phi.sin_cos();
            let slope = 1.0 - 0.25 * r * sin * (r * cos).exp();
            p += (-cost(cos)).exp() / slope.abs().max(1e-6);
            whole += 1.0;
        }
        low = high;
    }
    (p / (5.0 * 4.0 * TAU * sigma[0] * sigma[1])).ln()
}

//! Diffusion, and flow matching on the same network.
//!
//! Ho, Jain & Abbeel 2020, "Denoising Diffusion Probabilistic Models", arXiv:2006.11239.
//!
//! A chain of T small noisings turns data into N(0, I). All of them at once have a closed form, and
//! one network, told x_t and t, learns to undo them:
//!
//! ```text
//! q(x_t | x_{t−1}) = N(√(1−β_t) x_{t−1}, β_t I)
//! q(x_t | x_0)     = N(√ᾱ_t x_0, (1−ᾱ_t) I)          ᾱ_t = Π_{s≤t} (1−β_s)
//! loss             = E_{x_0, ε, t} ‖ε − ε_θ(√ᾱ_t x_0 + √(1−ᾱ_t) ε, t)‖²
//! ```
//!
//! Besides ε the network may predict x_0, or v = √ᾱ_t ε − √(1−ᾱ_t) x_0 (Salimans & Ho 2022,
//! arXiv:2202.00512), or the velocity ε − x_0 of the straight path x_t = (1−t) x_0 + t ε: that is
//! flow matching (Lipman et al. 2023, arXiv:2210.02747; Liu et al. 2023, arXiv:2209.03003). Both
//! paths are x_t = alpha x_0 + sigma ε, and nothing below the heading "Schedules and samplers" knows
//! more of a network than that it answers x_t and t with one of the four.
//!
//! Samplers: ancestral (Ho et al., equation 7), DDIM with η from 0 to 1 (Song, Meng & Ermon 2021,
//! arXiv:2010.02502) and the probability-flow ODE (Song et al. 2021, arXiv:2011.13456). The last
//! also gives the density.

use std::f64::consts::{FRAC_PI_2, TAU};

use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor, TensorData, activation},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    data::{Batch, DataInfo, Space, SpaceKind},
    error::{Error, Result},
    kernels::reduce,
    model::{
        Capabilities, Condition, Defaults, Density, DensityKind, DensityOptions, Family, Losses,
        Preset, Reading, Sampler, Samples, TrainConfig, ready,
    },
    nn::{init, linear::linear, standard::Standard},
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Role, Scene, cells},
};

/// Options of a [`Ddpm`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DdpmConfig {
    /// Steps of the chain from data to noise.
    #[schemars(title = "Timesteps", range(min = 10, max = 1000))]
    pub timesteps: usize,
    /// How fast the noise comes. A velocity has its own straight path and no schedule.
    #[schemars(title = "Noise schedule")]
    pub schedule: NoiseSchedule,
    /// What the network says of a noisy point.
    #[schemars(title = "Prediction")]
    pub prediction: Prediction,
    /// Units in each hidden layer.
    #[schemars(title = "Hidden units", range(min = 16, max = 512))]
    pub hidden: usize,
    /// Hidden layers.
    #[schemars(title = "Layers", range(min = 1, max = 6))]
    pub layers: usize,
    /// Sines and cosines for each coordinate and for the time; an even number.
    #[schemars(title = "Embedding", range(min = 8, max = 256))]
    pub embedding: usize,
    /// The embedding's fastest wave, in radians for one standard deviation of the data; sharp data
    /// needs faster ones, smooth data is learnt better with slow ones.
    #[schemars(title = "Frequency", range(min = 1.0, max = 500.0))]
    pub frequency: f64,
}

impl Default for DdpmConfig {
    fn default() -> Self {
        Self {
            timesteps: 100,
            schedule: NoiseSchedule::Cosine,
            prediction: Prediction::Noise,
            hidden: 256,
            layers: 3,
            embedding: 128,
            frequency: 25.0,
        }
    }
}

impl Options for DdpmConfig {
    fn check(&self) -> Result<()> {
        if !self.embedding.is_multiple_of(2) {
            let reason = "sines and cosines come in pairs; an even number is needed";
            return Err(Error::bad_option("embedding", self.embedding, reason));
        }
        Ok(())
    }
}

/// How fast the noise comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoiseSchedule {
    /// β from 10⁻⁴ to 0.02 over 1000 steps; over T steps each is 1000/T times as large, so that the
    /// end is noise for every T.
    Linear,
    /// ᾱ falls like a squared cosine (Nichol & Dhariwal 2021, arXiv:2102.09672).
    Cosine,
    /// The logarithm of the signal-to-noise ratio ᾱ / (1−ᾱ) falls evenly, from 13 to −9, so every
    /// scale of detail gets its share (Kingma et al. 2021, arXiv:2107.00630); for data as sharp as
    /// points.
    Even,
}

/// What the network says of a noisy point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Prediction {
    /// The noise ε in it, as in Ho et al.
    Noise,
    /// The clean point x₀.
    X0,
    /// v = √ᾱ ε − √(1−ᾱ) x₀, where neither end of the chain is hard.
    V,
    /// ε − x₀ on the straight path from data to noise: flow matching.
    Velocity,
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DdpmSampleOptions {
    /// How a step towards the data is taken.
    #[schemars(title = "Sampler")]
    pub sampler: SamplerKind,
    /// Steps from noise to data; a chain has no more than its timesteps.
    #[schemars(title = "Steps", range(min = 1, max = 1000))]
    pub steps: usize,
    /// Fresh noise in each DDIM step: 0 none, 1 as much as in ancestral sampling.
    #[schemars(title = "η", range(min = 0.0, max = 1.0))]
    pub eta: f64,
}

impl Default for DdpmSampleOptions {
    fn default() -> Self {
        Self {
            sampler: SamplerKind::Ddpm,
            steps: 40,
            eta: 0.0,
        }
    }
}

impl Options for DdpmSampleOptions {
    fn check(&self) -> Result<()> {
        if self.eta != 0.0 && self.sampler != SamplerKind::Ddim {
            let reason =
                "only DDIM has it: ancestral sampling is DDIM at 1, and the ODE has no noise";
            return Err(Error::bad_option("eta", self.eta, reason));
        }
        Ok(())
    }
}

/// How a step towards the data is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SamplerKind {
    /// Ancestral: a draw from q(x_{t−1} | x_t, predicted x₀).
    Ddpm,
    /// DDIM: the same with less fresh noise, or none.
    Ddim,
    /// The probability-flow ODE by Heun's method: two evaluations for each step.
    Ode,
}

// ------------------------------------------------------------------------------------------------
// Schedules and samplers
// ------------------------------------------------------------------------------------------------

/// A place on the way from data to noise: x_t = alpha x₀ + sigma ε.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// 0 at the data, 1 at the noise.
    pub time: f64,
    /// √ᾱ_t on the chain, 1 − t on the straight path.
    pub alpha: f64,
    /// √(1−ᾱ_t) on the chain, t on the straight path.
    pub sigma: f64,
}

/// What a network's answer says, each `[n, d]`.
pub struct Guess {
    /// The clean point.
    pub x0: Tensor<2>,
    /// The noise.
    pub noise: Tensor<2>,
}

/// The network as samplers see it: its answer to x_t `[n, d]` at a time in [0, 1].
pub type Predict = dyn Fn(Tensor<2>, f64) -> Tensor<2>;

/// The way from data to noise, and what a network's answer means along it.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    prediction: Prediction,
    schedule: NoiseSchedule,
    alphas_cumprod: Vec<f64>,
}

/// β may not reach 1, where nothing of x₀ would be left (Nichol & Dhariwal, section 3.2).
const MAX_BETA: f64 = 0.999;

/// ᾱ_0 = 1, ᾱ_1, …, ᾱ_T.
pub fn alphas_cumprod(schedule: NoiseSchedule, timesteps: usize) -> Vec<f64> {
    let n = timesteps as f64;
    let cosine = |t: f64| ((t / n + 0.008) / 1.008 * FRAC_PI_2).cos().powi(2);
    let even = |t: f64| match t {
        0.0 => 1.0,
        _ => 1.0 / (1.0 + (-13.0 + 22.0 * (t - 1.0) / (n - 1.0)).exp()),
    };
    let ratio = |of: &dyn Fn(f64) -> f64, t: f64| 1.0 - of(t) / of(t - 1.0);
    let beta = |t: usize| match schedule {
        NoiseSchedule::Linear => 1000.0 / n * (1e-4 + (0.02 - 1e-4) * (t - 1) as f64 / (n - 1.0)),
        NoiseSchedule::Cosine => ratio(&cosine, t as f64),
        NoiseSchedule::Even => ratio(&even, t as f64),
    };
    let mut product = 1.0;
    let rest = (1..=timesteps).map(|t| {
        product *= 1.0 - beta(t).min(MAX_BETA);
        product
    });
    std::iter::once(1.0).chain(rest).collect()
}

/// A walk whose network predicts ε begins where less than this of x₀ is left. Beyond it x_t is noise
/// for all purposes (the data is standardised), but ε̂ would be divided by next to nothing.
const LITTLE_ALPHA: f64 = 0.1;

/// How much closer together steps lie near the data; see [`Process::levels`].
const SPACING: f64 = 2.5;

impl Process {
    /// That of a config.
    pub fn new(config: &DdpmConfig) -> Self {
        Self {
            prediction: config.prediction,
            schedule: match config.prediction {
                // Its path has none.
                Prediction::Velocity => NoiseSchedule::Linear,
                _ => config.schedule,
            },
            alphas_cumprod: alphas_cumprod(config.schedule, config.timesteps),
        }
    }

    /// T.
    pub fn timesteps(&self) -> usize {
        self.alphas_cumprod.len() - 1
    }

    /// The level of step t = 0 (data), …, T (noise).
    pub fn level(&self, t: usize) -> Level {
        let time = t as f64 / self.timesteps() as f64;
        let a = self.alphas_cumprod[t];
        match self.prediction {
            Prediction::Velocity => straight(time),
            _ => Level {
                time,
                alpha: a.sqrt(),
                sigma: (1.0 - a).sqrt(),
            },
        }
    }

    /// `steps` steps from noise to data: at most steps + 1 levels, the last of them the data.
    ///
    /// They lie closer together near the data, where little noise hides detail: the angles φ of
    /// alpha = cos φ, sigma = sin φ go like (i/n)^2.5, on the straight path the times.
    pub fn levels(&self, steps: usize) -> Vec<Level> {
        if self.prediction == Prediction::Velocity {
            let at = |i: usize| straight((i as f64 / steps as f64).powf(SPACING));
            return (0..=steps).rev().map(at).collect();
        }
        let little = |t: &usize| self.level(*t).alpha < LITTLE_ALPHA;
        let start = match self.prediction {
            Prediction::Noise => (1..=self.timesteps()).find(little),
            _ => None,
        };
        let start = start.unwrap_or(self.timesteps());
        let n = steps.min(start);
        let mut levels = vec![self.level(start)];
        let mut t = start;
        for i in (0..n).rev() {
            let wanted = angle(self.level(start)) * (i as f64 / n as f64).powf(SPACING);
            // The next timestep at that angle or below, while one is left for each step to come.
            t -= 1;
            while t > i && angle(self.level(t)) > wanted {
                t -= 1;
            }
            levels.push(self.level(t));
        }
        levels
    }

    /// Levels for `n` examples of a training step: times uniform, but spread evenly over one batch,
    /// which costs nothing and makes the gradients quieter (Kingma et al. 2021, arXiv:2107.00630,
    /// appendix I.1).
    pub fn draw_levels(&self, n: usize, rng: &mut Rng) -> Vec<Level> {
        let start = rng.uniform(1).first().map_or(0.0, |&u| f64::from(u));
        let times = (0..n).map(|i| (start + i as f64 / n as f64).fract());
        match self.prediction {
            Prediction::Velocity => times.map(straight).collect(),
            _ => {
                let total = self.timesteps();
                let step = |u: f64| ((u * total as f64) as usize + 1).min(total);
                times.map(|u| self.level(step(u))).collect()
            }
        }
    }

    /// A draw from q(x_t | x_0), x_t = alpha x₀ + sigma ε, for `epsilon` ~ N(0, I).
    ///
    /// All `[n, d]`; `levels` one for each row, or one for all.
    pub fn q_sample(x0: Tensor<2>, epsilon: Tensor<2>, levels: &[Level]) -> Tensor<2> {
        let (alpha, sigma) = columns(levels, &x0.device());
        x0 * alpha + epsilon * sigma
    }

    /// What the network should answer, `[n, d]`.
    pub fn target(&self, x0: Tensor<2>, epsilon: Tensor<2>, levels: &[Level]) -> Tensor<2> {
        match self.prediction {
            Prediction::Noise => epsilon,
            Prediction::X0 => x0,
            Prediction::V => {
                let (alpha, sigma) = columns(levels, &x0.device());
                epsilon * alpha - x0 * sigma
            }
            Prediction::Velocity => epsilon - x0,
        }
    }

    /// x̂₀ = a x_t + b answer and ε̂ = c x_t + d answer: `[a, b, c, d]`.
    fn meaning(&self, level: Level) -> [f64; 4] {
        let Level { alpha, sigma, .. } = level;
        match self.prediction {
            Prediction::Noise => [1.0 / alpha, -sigma / alpha, 0.0, 1.0],
            Prediction::X0 => [0.0, 1.0, 1.0 / sigma, -alpha / sigma],
            Prediction::V => [alpha, -sigma, sigma, alpha],
            Prediction::Velocity => [1.0, -sigma, 1.0, alpha],
        }
    }

    /// Predicted x₀ and ε, for an `answer` to `x` at `level`.
    pub fn guess(&self, x: Tensor<2>, answer: Tensor<2>, level: Level) -> Guess {
        let [a, b, c, d] = self.meaning(level);
        Guess {
            x0: x.clone() * a + answer.clone() * b,
            noise: x * c + answer * d,
        }
    }

    /// The step from the data to `level` with that level's own answer, as x_s = a x_0 + b answer:
    /// Euler's with the rate dx/dφ = alpha ε̂ − sigma x̂₀ (on the straight path ε̂ − x̂₀).
    fn noising(&self, level: Level) -> [f64; 2] {
        let [a, b, c, d] = self.meaning(level);
        let Level { alpha, sigma, time } = level;
        let (h, by_x0, by_noise) = match self.prediction {
            Prediction::Velocity => (time, -1.0, 1.0),
            _ => (angle(level), -sigma, alpha),
        };
        let of = |x0: f64, noise: f64| h * (by_x0 * x0 + by_noise * noise);
        [1.0 + of(a, c), of(b, d)]
    }

    /// A step of the probability-flow ODE as x_s = a x_t + b answer, exact where the answer stays
    /// the same: `[a, b]`.
    ///
    /// With the right g and clock c the ODE is d(x/g)/dc = answer: for ε these are alpha and
    /// sigma/alpha, for x₀ sigma and alpha/sigma, for v 1 and the angle φ of alpha = cos φ,
    /// sigma = sin φ, for a velocity 1 and the time.
    fn ode(&self, from: Level, to: Level) -> [f64; 2] {
        match self.prediction {
            Prediction::Noise => {
                let a = to.alpha / from.alpha;
                [a, to.sigma - a * from.sigma]
            }
            Prediction::X0 => {
                let a = to.sigma / from.sigma;
                [a, to.alpha - a * from.alpha]
            }
            Prediction::V => [1.0, angle(to) - angle(from)],
            Prediction::Velocity => [1.0, to.time - from.time],
        }
    }
}

/// φ of alpha = cos φ, sigma = sin φ.
fn angle(level: Level) -> f64 {
    level.sigma.atan2(level.alpha)
}

/// The level of a time on the straight path.
fn straight(time: f64) -> Level {
    Level {
        time,
        alpha: 1.0 - time,
        sigma: time,
    }
}

/// alpha and sigma as `[levels, 1]`.
fn columns(levels: &[Level], device: &Device) -> (Tensor<2>, Tensor<2>) {
    let column = |of: fn(&Level) -> f64| {
        let values: Vec<f32> = levels.iter().map(|l| of(l) as f32).collect();
        Tensor::from_data(TensorData::new(values, [levels.len(), 1]), device)
    };
    (column(|l| l.alpha), column(|l| l.sigma))
}

/// One reverse step as x_s = a x̂₀ + b ε̂ + c z with fresh noise z: `[a, b, c]` (Song, Meng & Ermon,
/// equation 12). At η = 1 it is a draw from q(x_s | x_t, x̂₀), which is ancestral sampling.
pub fn p_sample(from: Level, to: Level, eta: f64) -> [f64; 3] {
    let kept = from.alpha * to.sigma / (to.alpha * from.sigma);
    let fresh = eta * eta * (1.0 - kept * kept).max(0.0);
    let (rest, fresh) = ((1.0 - fresh).max(0.0).sqrt(), fresh.sqrt());
    [to.alpha, to.sigma * rest, to.sigma * fresh]
}

/// A walk from noise to data.
pub struct Reverse {
    process: Process,
    predict: Box<Predict>,
    options: DdpmSampleOptions,
    seed: u64,
    levels: Vec<Level>,
    at: usize,
    x: Tensor<2>,
}

impl Reverse {
    /// From x_T `[n, d]`. The noise of a step follows from `seed` and its number alone.
    pub fn new(
        process: Process,
        predict: Box<Predict>,
        options: &DdpmSampleOptions,
        x: Tensor<2>,
        seed: u64,
    ) -> Self {
        Self {
            levels: process.levels(options.steps),
            options: options.clone(),
            process,
            predict,
            seed,
            at: 0,
            x,
        }
    }

    /// Steps in all.
    pub fn steps(&self) -> usize {
        self.levels.len() - 1
    }

    /// x_t, `[n, d]`.
    pub fn x(&self) -> Tensor<2> {
        self.x.clone()
    }

    /// Where it stands.
    pub fn level(&self) -> Level {
        self.levels[self.at]
    }

    /// Take the next step, if there is one.
    pub fn step(&mut self) {
        let Some(&to) = self.levels.get(self.at + 1) else {
            return;
        };
        let from = self.level();
        let (process, x) = (&self.process, self.x.clone());
        let answer = (self.predict)(x.clone(), from.time);
        self.at += 1;
        if self.options.sampler == SamplerKind::Ode {
            let [a, b] = process.ode(from, to);
            let euler = x.clone() * a + answer.clone() * b;
            // No network was trained at the data itself: there the last step ends with Euler.
            self.x = if to.sigma == 0.0 {
                euler
            } else {
                let there = (self.predict)(euler, to.time);
                x * a + (answer + there) * (b / 2.0)
            };
            return;
        }
        let eta = match self.options.sampler {
            SamplerKind::Ddpm => 1.0,
            _ => self.options.eta,
        };
        let [a, b, c] = p_sample(from, to, eta);
        let guess = process.guess(x, answer, from);
        let mut x = guess.x0 * a + guess.noise * b;
        if c > 0.0 {
            let mut rng = Rng::new(self.seed, Purpose::Sample, self.at as u64);
            x = x.clone() + rng.normal_tensor(x.dims(), &x.device()) * c;
        }
        self.x = x;
    }
}

/// Steps of the ODE behind a density.
const DENSITY_STEPS: usize = 20;
/// Half the distance of the finite differences behind a density.
const DIFFERENCE: f64 = 1e-3;

/// log p(x) of points x `[n, 2]`, nats, `[n]`: the probability-flow ODE carries them to the noise
/// (Song et al. 2021, appendix D.2).
///
/// Each step, Heun's, is taken as the map it is, with the logarithm of that map's determinant in
/// place of an integral of the divergence. So the density is that of a flow, and integrates to one
/// however few the steps, as long as no step folds the plane.
pub fn log_prob(process: &Process, predict: &Predict, x: Tensor<2>) -> Tensor<1> {
    let mut levels = process.levels(DENSITY_STEPS);
    levels.reverse();
    let mut x = x;
    let [n, _] = x.dims();
    let mut logabsdet = Tensor::<2>::zeros([n, 1], &x.device());
    for pair in levels.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let map = if from.sigma == 0.0 {
            // At the data no network was trained: there the first level's x̂₀ and ε̂ serve.
            let (answer, jacobian) = answer_and_jacobian(predict, &x, to);
            let [a, b] = process.noising(to);
            x = x * a + answer * b;
            jacobian.scale(b).plus_identity(a)
        } else {
            let (answer, jacobian) = answer_and_jacobian(predict, &x, from);
            let [a, b] = process.ode(from, to);
            let euler = x.clone() * a + answer.clone() * b;
            let inner = jacobian.scale(b).plus_identity(a);
            let (there, there_jacobian) = answer_and_jacobian(predict, &euler, to);
            x = x * a + (answer + there) * (b / 2.0);
            let mean = jacobian.plus(there_jacobian.times(inner)).scale(0.5);
            mean.scale(b).plus_identity(a)
        };
        logabsdet = logabsdet + map.det().abs().clamp_min(1e-30).log();
    }
    let normal = x.square().sum_dim(1) * -0.5 - TAU.ln();
    (normal + logabsdet).squeeze_dim(1)
}

/// 2 × 2 matrices, one for each of n points: each entry `[n, 1]`.
#[derive(Clone)]
struct Matrix([[Tensor<2>; 2]; 2]);

impl Matrix {
    fn map(self, f: impl Fn(usize, usize, Tensor<2>) -> Tensor<2>) -> Self {
        let [[a, b], [c, d]] = self.0;
        Self([[f(0, 0, a), f(0, 1, b)], [f(1, 0, c), f(1, 1, d)]])
    }

    fn scale(&self, by: f64) -> Self {
        self.clone().map(|_, _, v| v * by)
    }

    fn plus_identity(self, by: f64) -> Self {
        self.map(|i, j, v| if i == j { v + by } else { v })
    }

    fn plus(&self, other: Self) -> Self {
        self.clone().map(|i, j, v| v + other.0[i][j].clone())
    }

    fn times(&self, right: Self) -> Self {
        let entry = |i: usize, j: usize| {
            self.0[i][0].clone() * right.0[0][j].clone()
                + self.0[i][1].clone() * right.0[1][j].clone()
        };
        Self([[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]])
    }

    fn det(&self) -> Tensor<2> {
        let [[a, b], [c, d]] = self.0.clone();
        a * d - b * c
    }
}

/// The network's answer to x `[n, 2]` and its Jacobian, by central differences: it is asked once,
/// about the four neighbours of each point, whose mean is the answer.
fn answer_and_jacobian(predict: &Predict, x: &Tensor<2>, level: Level) -> (Tensor<2>, Matrix) {
    let [n, _] = x.dims();
    let d = DIFFERENCE as f32;
    let aside = [[d, 0.0], [-d, 0.0], [0.0, d], [0.0, -d]]
        .map(|d| x.clone() + Tensor::<2>::from_floats([d], &x.device()));
    let answers = predict(Tensor::cat(aside.to_vec(), 0), level.time); // [4n, 2]
    let part = |i: usize| answers.clone().slice([i * n..(i + 1) * n, 0..2]);
    let [right, left, up, down] = [0, 1, 2, 3].map(part);
    let by_x = (right.clone() - left.clone()) / (2.0 * DIFFERENCE); // ∂answer/∂x₁, [n, 2]
    let by_y = (up.clone() - down.clone()) / (2.0 * DIFFERENCE);
    let entry = |column: &Tensor<2>, row: usize| column.clone().slice([0..n, row..row + 1]);
    let jacobian = Matrix([
        [entry(&by_x, 0), entry(&by_y, 0)],
        [entry(&by_x, 1), entry(&by_y, 1)],
    ]);
    ((right + left + up + down) / 4.0, jacobian)
}

// ------------------------------------------------------------------------------------------------
// Network
// ------------------------------------------------------------------------------------------------

/// The time 1 is embedded like step 1000 of a chain.
const TIME_FREQUENCY: f64 = 1000.0;
/// The slowest wave.
const LEAST_FREQUENCY: f64 = 0.1;

/// sin and cos of x at a geometric row of frequencies (Vaswani et al. 2017, arXiv:1706.03762,
/// section 3.5): `[n, k]` → `[n, k · size]`.
fn embed(x: Tensor<2>, highest: f64, size: usize) -> Tensor<2> {
    let [n, k] = x.dims();
    let half = size / 2;
    let slower = |i: usize| (LEAST_FREQUENCY / highest).powf(i as f64 / (half - 1) as f64);
    let frequencies: Vec<f32> = (0..half).map(|i| (highest * slower(i)) as f32).collect();
    let frequencies = Tensor::<1>::from_floats(frequencies.as_slice(), &x.device());
    let angles = x.reshape([n * k, 1]) * frequencies.unsqueeze(); // [n k, half]
    Tensor::cat(vec![angles.clone().sin(), angles.cos()], 1).reshape([n, k * size])
}

/// The weights: a residual network over embedded coordinates and time.
#[derive(Module, Debug)]
pub struct Net {
    input: Linear,
    time: Linear,
    hidden: Vec<Linear>,
    output: Linear,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Ddpm {
    config: DdpmConfig,
    process: Process,
    points: Standard,
    net: Net,
}

impl Ddpm {
    /// The network's answer to x_t `[n, 2]` at `times`, one for each row or one for all: `[n, 2]`.
    pub fn forward(&self, x: Tensor<2>, times: &[f64]) -> Tensor<2> {
        let size = self.config.embedding;
        let times: Vec<f32> = times.iter().map(|&t| t as f32).collect();
        let times = TensorData::new(times.clone(), [times.len(), 1]);
        let times = embed(Tensor::from_data(times, &x.device()), TIME_FREQUENCY, size); // [n or 1, embedding]
        let x = embed(x, self.config.frequency, size); // [n, 2 embedding]
        let mut h = linear(&self.net.input, x) + linear(&self.net.time, times); // [n, hidden]
        for layer in &self.net.hidden {
            h = h.clone() + linear(layer, activation::relu(h));
        }
        linear(&self.net.output, activation::relu(h))
    }

    /// The loss for standardised x₀ and noise `epsilon`, both `[n, 2]`, at one level for each.
    pub fn loss(&self, x0: Tensor<2>, epsilon: Tensor<2>, levels: &[Level]) -> Tensor<1> {
        let x = Process::q_sample(x0.clone(), epsilon.clone(), levels);
        let times: Vec<f64> = levels.iter().map(|l| l.time).collect();
        let answer = self.forward(x, &times);
        reduce::mean((self.process.target(x0, epsilon, levels) - answer).square())
    }

    /// The way from data to noise.
    pub fn process(&self) -> &Process {
        &self.process
    }

    fn loss_of(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let device = self.device();
        let x0 = self.points.to_unit(batch.points(&device)?);
        let levels = self.process.draw_levels(batch.len(), rng);
        let epsilon = rng.normal_tensor(x0.dims(), &device);
        Ok(vec![("loss", self.loss(x0, epsilon, &levels))])
    }

    fn device(&self) -> Device {
        self.net.output.weight.val().device()
    }

    /// The network outside autodiff, as samplers want it.
    fn predict(&self) -> Box<Predict> {
        let model = self.valid();
        Box::new(move |x, time| model.forward(x, &[time]))
    }

    /// A walk from noise that belongs to `seed`.
    fn reverse(&self, options: &DdpmSampleOptions, count: usize, seed: u64) -> Reverse {
        let device = self.valid().device();
        let x = Rng::new(seed, Purpose::Sample, 0).normal_tensor([count, 2], &device);
        Reverse::new(self.process.clone(), self.predict(), options, x, seed)
    }

    /// The level of a scrubber at `at`, and its name. With `noisy`, not quite the data.
    fn level_at(&self, at: f32, noisy: bool) -> (Level, String) {
        let total = self.process.timesteps();
        let t = ((f64::from(at) * total as f64).round() as usize).max(usize::from(noisy));
        let level = self.process.level(t.min(total));
        let name = match self.config.prediction {
            Prediction::Velocity => format!("t = {:.2}", level.time),
            _ => format!("t = {t} of {total}"),
        };
        (level, name)
    }
}

/// How looks walk: without fresh noise, so that paths are smooth.
const SMOOTH: DdpmSampleOptions = DdpmSampleOptions {
    sampler: SamplerKind::Ddim,
    steps: 40,
    eta: 0.0,
};
/// Paths that are drawn as lines.
const PATHS: usize = 60;
/// Arrows of the score along each side.
const ARROWS: usize = 21;

impl Family for Ddpm {
    type Config = DdpmConfig;
    type SampleOptions = DdpmSampleOptions;
    type Net = Net;

    const ID: &'static str = "ddpm";
    const TITLE: &'static str = "Diffusion";
    const PAPER: &'static str =
        "Ho, Jain & Abbeel 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239";
    const EQUATION: &'static str = "loss = E ‖ε − ε_θ(√ᾱ_t x₀ + √(1−ᾱ_t) ε, t)‖²";
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::FlowOde),
        latent: false,
        invertible: false,
        language: false,
    };

    fn defaults(space: &Space) -> Option<Defaults<DdpmConfig>> {
        matches!(space, Space::Points { .. }).then(|| {
            Defaults::new(
                DdpmConfig {
                    hidden: 128,
                    embedding: 64,
                    frequency: 10.0,
                    prediction: Prediction::V,
                    ..DdpmConfig::default()
                },
                TrainConfig {
                    batch_size: 256,
                    learning_rate: 2e-3,
                    ema: 0.995,
                    ..TrainConfig::default()
                },
            )
        })
    }

    fn init(config: &DdpmConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        let (hidden, size) = (config.hidden, config.embedding);
        // Sines and cosines have a mean square of one half, hence √2. Coordinates and time add up,
        // so each has a share of the variance by its share of the inputs.
        let share = |parts: f32| (2.0 * parts / 3.0).sqrt();
        let input = init::linear(2 * size, hidden, share(2.0), rng, device);
        let time = init::linear(size, hidden, share(1.0), rng, device);
        let net = Net {
            input,
            // One bias is enough.
            time: Linear { bias: None, ..time },
            hidden: (0..config.layers)
                .map(|_| init::linear(hidden, hidden, 1.0, rng, device))
                .collect(),
            output: init::linear(hidden, 2, 0.1, rng, device),
        };
        Ok(Self {
            config: config.clone(),
            process: Process::new(config),
            points: Standard::of(data.space.moments()),
            net,
        })
    }

    fn config(&self) -> &DdpmConfig {
        &self.config
    }

    fn net(&self) -> &Net {
        &self.net
    }

    fn net_mut(&mut self) -> &mut Net {
        &mut self.net
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        self.loss_of(batch, rng)
    }

    fn sampler(
        &self,
        options: &DdpmSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        options.check()?;
        Ok(Box::new(Walk {
            reverse: self.reverse(options, count, seed),
            points: self.points,
        }))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        let scrubbed =
            |id: &str, title: &str, help: &str| PlotSpec::new(id, title, help).along("time");
        vec![
            scrubbed(
                "forward",
                "Data to noise",
                "The data with noise added up to time t, in one go: q(x_t|x₀).",
            ),
            scrubbed(
                "reverse",
                "Noise to data",
                "The model's samples on their way from noise, and the paths of some of them.",
            ),
            PlotSpec::new(
                "trajectories",
                "Trajectories",
                "The paths of sixty samples from noise to data, without fresh noise on the way.",
            ),
            scrubbed(
                    "score",
                    "Score field",
                    "The direction in which the density of the data at noise level t rises fastest, ∇ log p_t(x); long arrows are shortened.",
                )
            .over_data(),
            scrubbed(
                "denoised",
                "Predicted x₀",
                "Data with noise up to time t, and where the model believes each point came from.",
            ),
        ]
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        let model = self.valid();
        let device = model.device();
        let place = |x: Tensor<2>| self.points.from_unit(x);
        // Data at a level.
        let noised = |level: Level| -> Result<Tensor<2>> {
            let x0 = self.points.to_unit(request.data_batch().points(&device)?);
            let mut rng = Rng::new(request.seed, Purpose::Posterior, 0);
            let epsilon = rng.normal_tensor(x0.dims(), &device);
            Ok(Process::q_sample(x0, epsilon, &[level]))
        };
        match request.plot {
            "forward" => {
                let (level, name) = self.level_at(request.at, false);
                let role = if level.sigma == 0.0 {
                    Role::Data
                } else {
                    Role::Noise
                };
                Ok(Scene::new(name).points(role, place(noised(level)?)))
            }
            "reverse" => {
                let mut walk = model.reverse(&SMOOTH, request.count, request.seed);
                let steps = (request.at * walk.steps() as f32).round() as usize;
                let mut path = vec![walk.x()];
                for _ in 0..steps {
                    walk.step();
                    path.push(walk.x());
                }
                let mut scene = Scene::new(format!("step {steps} of {}", walk.steps()));
                if steps > 0 {
                    scene = scene.lines(Role::Guide, self.paths(&path));
                }
                let role = if steps == walk.steps() {
                    Role::Model
                } else {
                    Role::Noise
                };
                Ok(scene.points(role, place(walk.x())))
            }
            "trajectories" => {
                let mut walk = model.reverse(&SMOOTH, PATHS, request.seed);
                let mut path = vec![walk.x()];
                for _ in 0..walk.steps() {
                    walk.step();
                    path.push(walk.x());
                }
                Ok(Scene::new(format!("{PATHS} samples from noise to data"))
                    .lines(Role::Guide, self.paths(&path))
                    .points(Role::Noise, place(path[0].clone()))
                    .points(Role::Model, place(walk.x())))
            }
            "score" => {
                let (level, name) = self.level_at(request.at, true);
                let window = request.window();
                let xy = TensorData::new(cells(window, ARROWS), [ARROWS * ARROWS, 2]);
                let xy = Tensor::<2>::from_data(xy, &device);
                let x = self.points.to_unit(xy.clone());
                let answer = model.forward(x.clone(), &[level.time]);
                // ∇ log p_t(x) = −ε̂ / sigma; lengths are pressed into one cell.
                let noise = self.process.guess(x, answer, level).noise;
                let length = (noise.clone().square().sum_dim(1) + 1.0).sqrt();
                let cell = (window[1] - window[0]) / ARROWS as f32;
                let arrows = noise / length * (-0.95 * cell);
                Ok(Scene::new(format!("∇ log p of x at {name}")).arrows(Role::Model, xy, arrows))
            }
            "denoised" => {
                let (level, name) = self.level_at(request.at, true);
                let x = noised(level)?;
                let answer = model.forward(x.clone(), &[level.time]);
                let x0 = place(self.process.guess(x.clone(), answer, level).x0);
                let x = place(x);
                Ok(Scene::new(format!("{name}: from x_t to the predicted x₀"))
                    .points(Role::Noise, x.clone())
                    .arrows(Role::Guess, x.clone(), x0 - x))
            }
            _ => Err(request.unknown()),
        }
    }

    fn presets() -> Vec<Preset> {
        let preset = |id: &str, title: &str, why: &str, fails: bool, config: Value| Preset {
            id: id.into(),
            title: title.into(),
            why: why.into(),
            fails,
            family: Self::ID.into(),
            data: "moons".into(),
            config,
            train: json!({}),
            plot: "reverse".into(),
            steps: 1500,
        };
        vec![
            preset(
                "ddpm-few-steps",
                "Too few steps",
                "Ten steps of noise are so coarse that a noisy point could have come from several places; the model answers with their mean, and the last step puts samples where no data is.",
                true,
                json!({ "hidden": 128, "embedding": 64, "frequency": 10.0, "prediction": "v", "timesteps": 10, "schedule": "linear" }),
            ),
            preset(
                "ddpm-straight",
                "Straight paths",
                "Flow matching teaches the same network the velocity of straight lines between noise and data, so its paths bend little and few steps suffice.",
                false,
                json!({ "hidden": 128, "embedding": 64, "frequency": 10.0, "prediction": "velocity" }),
            ),
        ]
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

impl Ddpm {
    /// The first paths as lines, from the points `[n, 2]` along them: `[paths, points, 2]`.
    fn paths(&self, along: &[Tensor<2>]) -> Tensor<3> {
        let each = along.iter().map(|x| {
            let n = x.dims()[0].min(PATHS);
            self.points.from_unit(x.clone().slice([0..n, 0..2]))
        });
        Tensor::stack(each.collect(), 1)
    }
}

/// A walk in the data's units.
struct Walk {
    reverse: Reverse,
    points: Standard,
}

impl Sampler for Walk {
    fn steps(&self) -> usize {
        self.reverse.steps()
    }

    fn next(&mut self) -> Reading<'_, bool> {
        let left = self.reverse.at < self.reverse.steps();
        self.reverse.step();
        ready(Ok(left))
    }

    fn state(&self) -> Samples {
        Samples::Points(self.points.from_unit(self.reverse.x()))
    }
}

impl Density for Ddpm {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::FlowOde
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        let model = self.valid();
        let x = self.points.to_unit(batch.points(&model.device())?);
        let log_prob = log_prob(&self.process, &*model.predict(), x);
        Ok(log_prob + self.points.logabsdet())
    }
}

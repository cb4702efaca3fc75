//! Schedules and samplers: all that knows no more of a network than that it answers x_t and t.

use std::{f64::consts::FRAC_PI_2, ops::Range};

use burn::tensor::{Device, Tensor, TensorData};

use super::{
    DdpmConfig, DdpmSampleOptions, NoiseSchedule, Prediction, SamplerKind, coarse::Coarse,
};
use crate::{
    data::wire::cut_short,
    error::Result,
    model::Divided,
    rng::{Purpose, Rng},
};

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

/// The network as samplers see it: its answer to x_t `[n, d]` at a time in [0, 1], for a step that goes back
/// as much of the time as the last number says; 0 for the answer at that moment.
pub type Predict = dyn Fn(Tensor<2>, f64, f64) -> Tensor<2>;

/// A network's answer by classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598): what it says where
/// nothing is told, and as far beyond it towards what it says where it is told as `guidance` asks.
pub fn guided(
    guidance: f64,
    told: impl FnOnce() -> Tensor<2>,
    untold: impl FnOnce() -> Tensor<2>,
) -> Tensor<2> {
    if guidance == 0.0 {
        return untold();
    }
    let answer = told();
    if guidance == 1.0 {
        return answer;
    }
    let none = untold();
    none.clone() + (answer - none) * guidance
}

/// The way from data to noise, and what a network's answer means along it.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    prediction: Prediction,
    schedule: NoiseSchedule,
    alphas_cumprod: Vec<f64>,
    /// How many times noisier it is than its schedule.
    noisier: f64,
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
        Self::of(config.prediction, config.schedule, config.timesteps)
    }

    /// That of a schedule over so many steps, with a network that says this.
    pub fn of(prediction: Prediction, schedule: NoiseSchedule, timesteps: usize) -> Self {
        Self {
            prediction,
            schedule: match prediction {
                // Its path has none.
                Prediction::Velocity => NoiseSchedule::Linear,
                _ => schedule,
            },
            alphas_cumprod: alphas_cumprod(schedule, timesteps),
            noisier: 1.0,
        }
    }

    /// The same chain with √(ᾱ/(1−ᾱ)) divided by `times` at each step. What many pixels say together is seen
    /// through noise that hides each of them, so the larger the data, the more noise it takes until nothing
    /// is decided (Hoogeboom, Heek & Salimans 2023, arXiv:2301.11093, section 3.1).
    #[must_use]
    pub fn noisier(mut self, times: f64) -> Self {
        for a in &mut self.alphas_cumprod {
            *a /= *a + (1.0 - *a) * times * times;
        }
        self.noisier *= times;
        self
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
    /// alpha = cos φ, sigma = sin φ go like (i/n)^2.5 (those of the schedule where the chain is
    /// [`noisier`](Self::noisier)), on the straight path the times.
    pub fn levels(&self, steps: usize) -> Vec<Level> {
        self.spaced(steps, SPACING)
    }

    /// The same, where they go like (i/n)^`spacing`.
    pub(super) fn spaced(&self, steps: usize, spacing: f64) -> Vec<Level> {
        if self.prediction == Prediction::Velocity {
            let at = |i: usize| straight((i as f64 / steps as f64).powf(spacing));
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
            let angle = |level: Level| level.sigma.atan2(level.alpha * self.noisier);
            let wanted = angle(self.level(start)) * (i as f64 / n as f64).powf(spacing);
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

    /// A step of DDIM without fresh noise as x_s = a x_t + b answer: `[a, b]`.
    pub(super) fn ddim(&self, from: Level, to: Level) -> [f64; 2] {
        let [a, b, c, d] = self.meaning(from);
        [to.alpha * a + to.sigma * c, to.alpha * b + to.sigma * d]
    }

    /// The step from the data to `level` with that level's own answer, as x_s = a x_0 + b answer:
    /// Euler's with the rate dx/dφ = alpha ε̂ − sigma x̂₀ (on the straight path ε̂ − x̂₀).
    pub(super) fn noising(&self, level: Level) -> [f64; 2] {
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
    pub(super) fn ode(&self, from: Level, to: Level) -> [f64; 2] {
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

/// One step of DPM-Solver++ 2M as x_s = a x_t + b x̂₀ + c x̂₀', where x̂₀' was predicted at the level
/// `before` that one: `[a, b, c]` (Lu et al. 2022, arXiv:2211.01095, algorithm 2). Without such a level,
/// and at the data, it is DDIM without fresh noise.
pub fn dpm_solver(before: Option<Level>, from: Level, to: Level) -> [f64; 3] {
    let ratio = to.sigma / from.sigma;
    // alpha_s (1 − e^{−h}) with h the growth of λ = ln(alpha/sigma).
    let all = to.alpha - ratio * from.alpha;
    let lambda = |level: Level| (level.alpha / level.sigma).ln();
    let more = match before {
        Some(before) if to.sigma > 0.0 => {
            // At pure noise λ is −∞, and nothing is to be learned from what was predicted there.
            0.5 * (lambda(to) - lambda(from)) / (lambda(from) - lambda(before))
        }
        _ => 0.0,
    };
    [ratio, all * (1.0 + more), -all * more]
}

/// The network, as it is asked about some of the rows.
type PredictSome = dyn Fn(Range<usize>) -> Box<Predict>;

/// A walk from noise to data.
pub struct Reverse {
    process: Process,
    predict: Box<Predict>,
    /// Where rows are told different things.
    predict_some: Option<Box<PredictSome>>,
    options: DdpmSampleOptions,
    seed: u64,
    levels: Vec<Level>,
    at: usize,
    x: Tensor<2>,
    /// Where all of x₀ lies, if that is known.
    range: Option<[f64; 2]>,
    /// The numbers of x₀ that are known, and 1 for each of them, 0 for the others.
    known: Option<[Tensor<2>; 2]>,
    /// What is known of averages over its squares.
    coarse: Option<Coarse>,
    /// x̂₀ of the step before, where the next one counts it.
    before: Option<Tensor<2>>,
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
            levels: match options.sampler {
                SamplerKind::Shortcut => process.shortcuts(options.steps),
                _ => process.levels(options.steps),
            },
            options: options.clone(),
            process,
            predict,
            predict_some: None,
            seed,
            at: 0,
            x,
            range: None,
            known: None,
            coarse: None,
            before: None,
        }
    }

    /// The same walk, of which each row may be told something else: `some` is the network as it is asked about some.
    #[must_use]
    pub fn told_apart(mut self, some: impl Fn(Range<usize>) -> Box<Predict> + 'static) -> Self {
        self.predict_some = Some(Box::new(some));
        self
    }

    /// Take `share` of its steps, from 0 for none to 1 for all; how many those are.
    pub fn advance(&mut self, share: f32) -> usize {
        let steps = (share * self.steps() as f32).round() as usize;
        for _ in 0..steps {
            self.step();
        }
        steps
    }

    /// What the network believes at this moment that the end will be: x̂₀ `[n, d]`, at the end x itself.
    pub fn believed(&self) -> Tensor<2> {
        let (x, level) = (self.x(), self.level());
        if level.sigma == 0.0 {
            return x;
        }
        let answer = (self.predict)(x.clone(), level.time, 0.0);
        self.process.guess(x, answer, level).x0
    }

    /// The same walk from x₀ `[1, d]` under as much noise as there is `strength` (from 0 to 1) of the
    /// way to noise, rather than from noise alone.
    #[must_use]
    pub fn from(mut self, x0: Tensor<2>, strength: f64) -> Self {
        let last = self.levels.len() - 1;
        self.at = (self.levels.iter())
            .position(|level| level.time <= strength + 1e-9)
            .unwrap_or(last);
        self.levels.drain(..self.at);
        self.at = 0;
        self.x = Process::q_sample(x0, self.x, &self.levels[..1]);
        self
    }

    /// The same walk, where the numbers x₀ `[1, d]` are known at which `mask` is 1.
    #[must_use]
    pub fn knowing(mut self, x0: Tensor<2>, mask: Tensor<2>) -> Self {
        self.known = Some([x0, mask]);
        self
    }

    /// The same walk, where averages over squares of pixels are known.
    #[must_use]
    pub(super) fn averaging(mut self, coarse: Coarse) -> Self {
        self.coarse = Some(coarse);
        self
    }

    /// The same walk, where each number of x₀ is known to lie in `range`: what is predicted beyond it
    /// is taken back to its edge.
    #[must_use]
    pub fn within(mut self, range: [f64; 2]) -> Self {
        self.range = Some(range);
        self
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

    /// Whether it has arrived.
    pub fn is_done(&self) -> bool {
        self.at + 1 == self.levels.len()
    }

    /// Takes the next step; false if there is none left.
    pub fn step(&mut self) -> bool {
        if self.is_done() {
            return false;
        }
        let noise = self.noise().into_iter();
        let from = (self.x(), self.before.take());
        (self.x, self.before) = self.stepped(self.at, &*self.predict, from, noise);
        self.at += 1;
        true
    }

    /// Whether a step counts what was predicted in the one before. From a noisier state of another walk that
    /// tells nothing of this one.
    fn looks_back(&self) -> bool {
        self.options.sampler == SamplerKind::DpmSolver && self.known.is_none()
    }

    /// How often the step is taken that has `at` before it.
    fn times(&self, at: usize) -> usize {
        match self.known {
            Some(_) if self.levels[at + 1].sigma > 0.0 => self.options.resample,
            _ => 1,
        }
    }

    /// How much of its noise a step adds towards the data.
    fn fresh(&self, at: usize) -> f64 {
        let eta = match self.options.sampler {
            SamplerKind::Ddpm => 1.0,
            SamplerKind::Ddim => self.options.eta,
            _ => return 0.0,
        };
        p_sample(self.levels[at], self.levels[at + 1], eta)[2]
    }

    /// Of each draw of noise of a step, the place of its generator; draws from the same one follow each other.
    fn draws(&self, at: usize) -> Vec<u64> {
        let (times, fresh) = (self.times(at), usize::from(self.fresh(at) > 0.0));
        let known = usize::from(self.known.is_some());
        let of = |time: usize| {
            let count = fresh + known + usize::from(time + 1 < times);
            std::iter::repeat_n(((at + 1) * times + time) as u64, count)
        };
        (0..times).flat_map(of).collect()
    }

    /// The noise of the next step, each draw `[n, d]`.
    fn noise(&self) -> Vec<Tensor<2>> {
        let (mut last, mut all) = (None, Vec::new());
        for place in self.draws(self.at) {
            let (_, mut rng) = last
                .take_if(|(before, _)| *before == place)
                .unwrap_or_else(|| (place, Rng::new(self.seed, Purpose::Sample, place)));
            all.push(rng.normal_tensor(self.x.dims(), &self.x.device()));
            last = Some((place, rng));
        }
        all
    }

    /// x and x̂₀ after the step that has `at` before it, from x and x̂₀ of the step before, all `[m, d]`.
    fn stepped(
        &self,
        at: usize,
        predict: &Predict,
        (mut x, mut before): (Tensor<2>, Option<Tensor<2>>),
        mut noise: impl Iterator<Item = Tensor<2>>,
    ) -> (Tensor<2>, Option<Tensor<2>>) {
        let (from, to, times) = (self.levels[at], self.levels[at + 1], self.times(at));
        for time in 0..times {
            let mut normal = |x: &Tensor<2>| noise.next().unwrap_or_else(|| x.zeros_like());
            let start = (x, before.take());
            (x, before) = self.towards(at, predict, start, &mut normal);
            if let Some([known, mask]) = &self.known {
                let known = Process::q_sample(known.clone(), normal(&x), &[to]);
                x = x * (mask.clone().neg() + 1.0) + known * mask.clone();
            }
            if time + 1 < times {
                // Back to where it was, by q(x_t | x_s).
                let kept = from.alpha / to.alpha;
                let fresh = (from.sigma.powi(2) - (kept * to.sigma).powi(2)).max(0.0);
                x = x.clone() * kept + normal(&x) * fresh.sqrt();
            }
        }
        (x, before)
    }

    /// x after the step that has `at` before it, and x̂₀ if the one behind it counts that.
    fn towards(
        &self,
        at: usize,
        predict: &Predict,
        (x, before): (Tensor<2>, Option<Tensor<2>>),
        normal: &mut impl FnMut(&Tensor<2>) -> Tensor<2>,
    ) -> (Tensor<2>, Option<Tensor<2>>) {
        let (process, from, to) = (&self.process, self.levels[at], self.levels[at + 1]);
        if self.options.sampler == SamplerKind::Shortcut {
            // No x̂₀ of this moment, so it may well lie out of range on the way.
            let answer = predict(x.clone(), from.time, from.time - to.time);
            let [a, b] = process.ddim(from, to);
            return (x * a + answer * b, None);
        }
        let answer = predict(x.clone(), from.time, 0.0);
        if self.options.sampler == SamplerKind::Ode {
            let [a, b] = process.ode(from, to);
            let euler = x.clone() * a + answer.clone() * b;
            // No network was trained at the data itself: there the last step ends with Euler.
            if to.sigma == 0.0 {
                return (euler, None);
            }
            let there = predict(euler, to.time, 0.0);
            return (x * a + (answer + there) * (b / 2.0), None);
        }
        let mut guess = process.guess(x.clone(), answer, from);
        if let Some([low, high]) = self.range {
            guess.x0 = guess.x0.clamp(low, high);
            if let Some(coarse) = &self.coarse {
                guess.x0 = coarse.held(guess.x0, [low, high]);
            }
            guess.noise = (x.clone() - guess.x0.clone() * from.alpha) / from.sigma;
        }
        if self.options.sampler == SamplerKind::DpmSolver {
            let last = before.is_some().then(|| self.levels[at - 1]);
            let [a, b, c] = dpm_solver(last, from, to);
            let x = x * a + guess.x0.clone() * b;
            let x = match before {
                Some(x0) if c != 0.0 => x + x0 * c,
                _ => x,
            };
            return (x, self.looks_back().then_some(guess.x0));
        }
        let eta = match self.options.sampler {
            SamplerKind::Ddpm => 1.0,
            _ => self.options.eta,
        };
        let [a, b, c] = p_sample(from, to, eta);
        let x = guess.x0 * a + guess.noise * b;
        let x = match c > 0.0 {
            true => x.clone() + normal(&x) * c,
            false => x,
        };
        (x, None)
    }
}

impl Divided for Reverse {
    fn taken(&self) -> usize {
        self.at
    }

    /// x_t, x̂₀ of the step before where it counts, and the step's noise, side by side as `[n, k d]`.
    fn ahead(&mut self) -> Option<Tensor<2>> {
        if self.is_done() {
            return None;
        }
        let mut all = vec![self.x()];
        all.extend(self.before.clone());
        all.extend(self.noise());
        Some(Tensor::cat(all, 1))
    }

    /// x_s, and x̂₀ where the step behind it counts it, side by side.
    fn step_of(&self, step: usize, samples: Range<usize>, rows: Tensor<2>) -> Result<Tensor<2>> {
        let ([m, wide], [_, d]) = (rows.dims(), self.x.dims());
        let before = usize::from(self.looks_back() && step > 0);
        if step + 1 >= self.levels.len() || wide != (1 + before + self.draws(step).len()) * d {
            return Err(cut_short());
        }
        let mut parts = (0..wide / d).map(|i| rows.clone().slice([0..m, i * d..(i + 1) * d]));
        let x = parts.next().unwrap_or(rows.clone());
        let before = parts.by_ref().take(before).next();
        let some = self.predict_some.as_ref().map(|some| some(samples));
        let predict = some.as_deref().unwrap_or(&*self.predict);
        let (x, x0) = self.stepped(step, predict, (x, before), parts);
        Ok(match x0 {
            Some(x0) => Tensor::cat(vec![x, x0], 1),
            None => x,
        })
    }

    fn take(&mut self, found: Tensor<2>) -> Result<()> {
        let [n, d] = self.x.dims();
        let parts = 1 + usize::from(self.looks_back());
        if self.is_done() || found.dims() != [n, parts * d] {
            return Err(cut_short());
        }
        let part = |i: usize| found.clone().slice([0..n, i * d..(i + 1) * d]);
        self.before = self.looks_back().then(|| part(1));
        self.x = part(0);
        self.at += 1;
        Ok(())
    }
}

//! Shortcuts: from noise to data in few steps.
//!
//! Frans, Hafner, Levine & Abbeel 2024, "One Step Diffusion via Shortcut Models", arXiv:2410.12557.
//!
//! The way from noise to data is bent, so a large step along the answer of the moment at which it begins
//! misses it. Here the network is also told the length d of the step and learns to answer for the whole of
//! it: what leads in one step to where its own two steps of half the length lead. Those of length 0 are the
//! ordinary model's, and where the shortest shortcuts are learned from.
//!
//! ```text
//! x'  = step(x, s_θ(x, t, d), d)
//! x'' = step(x', s_θ(x', t − d, d), d)
//! loss += ‖s_θ(x, t, 2d) − s*‖²         with s* such that step(x, s*, 2d) = x''; no gradient through s*
//! ```
//!
//! A step is DDIM's without fresh noise, which for v turns x_t by an angle and is exact as long as x̂₀ and ε̂
//! stay the same; in the paper it is Euler's on the straight path, as it is here for a velocity.

use burn::tensor::{Tensor, TensorData};

use super::{
    Ddpm,
    config::{FINEST, MOST_SHORTCUTS},
    process::{Level, Process},
};
use crate::{data::scenes::words::CONTEXT, kernels::reduce, model::Family, nn::unet, rng::Rng};

/// How much closer together the steps of shortcuts lie near the data.
const SPACING: f64 = 1.5;

impl Process {
    /// Steps from noise to data as they are learned, the most of 1, 2, 4, 8 and 16 that are no more than `steps`:
    /// each of a walk of half as many covers two of them.
    pub fn shortcuts(&self, steps: usize) -> Vec<Level> {
        self.halved(1 << steps.clamp(1, MOST_SHORTCUTS).ilog2())
    }

    /// A walk of so many steps, a power of two.
    fn halved(&self, steps: usize) -> Vec<Level> {
        let finest = self.spaced(FINEST, SPACING);
        finest.into_iter().step_by(FINEST / steps).collect()
    }

    /// x at `to` by a step of DDIM, with one pair of levels for each row of x and `answer`, all `[n, d]`.
    fn steps(&self, x: Tensor<2>, answer: Tensor<2>, pairs: &[[Level; 2]]) -> Tensor<2> {
        let [a, b] = self.factors(pairs, &x);
        x * a + answer * b
    }

    /// The answer with which a step leads from x to `there`, all `[n, d]`.
    fn answer_to(&self, x: Tensor<2>, there: Tensor<2>, pairs: &[[Level; 2]]) -> Tensor<2> {
        let [a, b] = self.factors(pairs, &x);
        (there - x * a) / b
    }

    /// a and b of x_s = a x_t + b answer, each `[n, 1]`.
    fn factors(&self, pairs: &[[Level; 2]], beside: &Tensor<2>) -> [Tensor<2>; 2] {
        [0, 1].map(|i| {
            let each = pairs
                .iter()
                .map(|&[from, to]| self.ddim(from, to)[i] as f32);
            let values = TensorData::new(each.collect::<Vec<_>>(), [pairs.len(), 1]);
            Tensor::from_data(values, &beside.device())
        })
    }
}

/// Two neighbouring steps of a walk, and whether they are of the finest, which the ordinary model takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    levels: [Level; 3],
    ordinary: bool,
}

impl Stretch {
    /// One for each of `n` examples: walks of 1 to [`MOST_SHORTCUTS`] steps equally often, and of each any
    /// step.
    pub fn draw(process: &Process, n: usize, rng: &mut Rng) -> Vec<Self> {
        let kinds = MOST_SHORTCUTS.ilog2() as usize + 1;
        let drawn = rng.uniform(2 * n);
        let pairs = drawn.chunks_exact(2);
        let one = |pair: &[f32]| {
            let below = |u: f32, n: usize| ((f64::from(u) * n as f64) as usize).min(n - 1);
            let steps = 1 << below(pair[0], kinds);
            let finer = process.halved(2 * steps);
            let i = 2 * below(pair[1], steps);
            Self {
                levels: [finer[i], finer[i + 1], finer[i + 2]],
                ordinary: steps == MOST_SHORTCUTS,
            }
        };
        pairs.map(one).collect()
    }
}

impl Ddpm {
    /// The loss of shortcuts over `stretches`, for x₀ and noise `epsilon`, both `[n, d]`, one stretch for each;
    /// it is `told` as many classes and sentences, or none.
    pub(super) fn shortcut_loss(
        &self,
        x0: Tensor<2>,
        epsilon: Tensor<2>,
        stretches: &[Stretch],
        told: unet::Told,
    ) -> Tensor<1> {
        let starts: Vec<Level> = stretches.iter().map(|s| s.levels[0]).collect();
        let x = Process::q_sample(x0, epsilon, &starts);
        let target = self.shortcut_target(x.clone(), stretches, told);
        let times: Vec<f64> = starts.iter().map(|level| level.time).collect();
        let whole = |s: &Stretch| s.levels[0].time - s.levels[2].time;
        let steps: Vec<f64> = stretches.iter().map(whole).collect();
        let answer = self.forward(
            x,
            &times,
            unet::Told {
                steps: &steps,
                ..told
            },
        );
        reduce::mean((target - answer).square())
    }

    /// s*, `[n, d]`, which no gradient goes through.
    fn shortcut_target(&self, x: Tensor<2>, stretches: &[Stretch], told: unet::Told) -> Tensor<2> {
        let tracked = x.device().is_autodiff();
        let model = self.valid();
        let start = x.without_autodiff();
        let mut there = start.clone();
        for half in 0..2 {
            let pair = |s: &Stretch| [s.levels[half], s.levels[half + 1]];
            let pairs: Vec<[Level; 2]> = stretches.iter().map(pair).collect();
            let times: Vec<f64> = pairs.iter().map(|[from, _]| from.time).collect();
            let length = |(s, [from, to]): (&Stretch, &[Level; 2])| match s.ordinary {
                true => 0.0,
                false => from.time - to.time,
            };
            let steps: Vec<f64> = stretches.iter().zip(&pairs).map(length).collect();
            let answer = model.forward(
                there.clone(),
                &times,
                unet::Told {
                    steps: &steps,
                    ..told
                },
            );
            there = self.process().steps(there, answer, &pairs);
        }
        let ends = |s: &Stretch| [s.levels[0], s.levels[2]];
        let ends: Vec<[Level; 2]> = stretches.iter().map(ends).collect();
        let target = self.process().answer_to(start, there, &ends);
        match tracked {
            true => target.autodiff(),
            false => target,
        }
    }

    /// Both losses, each weighted by its share of the examples: the ordinary one of the first, for as many as
    /// there are `levels`, and that of shortcuts of the others.
    pub(super) fn both_losses(
        &self,
        x0: Tensor<2>,
        epsilon: Tensor<2>,
        levels: &[Level],
        told: unet::Told,
        rng: &mut Rng,
    ) -> [Tensor<1>; 2] {
        let [n, _] = x0.dims();
        let cut = levels.len();
        let [upper, lower] = told.split(cut);
        let part = |x: &Tensor<2>, from: usize, to: usize| x.clone().narrow(0, from, to - from);
        let plain = self.loss(part(&x0, 0, cut), part(&epsilon, 0, cut), levels, upper);
        if cut == n {
            return [plain.clone(), plain.zeros_like()];
        }
        let stretches = Stretch::draw(self.process(), n - cut, rng);
        let (x0, epsilon) = (part(&x0, cut, n), part(&epsilon, cut, n));
        let shortcut = self.shortcut_loss(x0, epsilon, &stretches, lower);
        let share = cut as f64 / n as f64;
        [plain * share, shortcut * (1.0 - share)]
    }
}

impl<'a> unet::Told<'a> {
    /// What the first `cut` images are told, and what the others are.
    fn split(self, cut: usize) -> [Self; 2] {
        let classes = self.labels.split_at(cut.min(self.labels.len()));
        let words = self.tokens.split_at((cut * CONTEXT).min(self.tokens.len()));
        let of = |labels, tokens| unet::Told {
            labels,
            tokens,
            ..self
        };
        [of(classes.0, words.0), of(classes.1, words.1)]
    }
}

//! Music being composed, by block Gibbs steps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OrderlessTransformer;
use crate::{
    data::score::{Asked, HOLD, Roll, SYMBOLS, Score, VOICES},
    device::floats,
    model::{Orderless, Reading, Sampler, Samples},
    options::Options,
    rng::{Purpose, Rng},
};

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OrderlessSampleOptions {
    /// Times that cells are hidden and drawn again.
    #[schemars(title = "Steps", range(min = 1, max = 1000))]
    pub steps: usize,
    /// Logits are divided by it: 1 samples the model, less prefers likely notes, 0 always takes the likeliest.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for OrderlessSampleOptions {
    fn default() -> Self {
        Self {
            steps: 64,
            temperature: 0.8,
        }
    }
}

impl Options for OrderlessSampleOptions {}

/// Share of the cells that is hidden at last.
const LEAST: f64 = 0.05;
/// Share of the steps after which it is no longer lowered.
const FALLS: f64 = 0.8;
/// Sixteenths that are hidden together, in one voice: a quarter.
const TOGETHER: usize = 4;

/// The probability of each symbol from its logit; those for which `allowed` says no have none.
pub fn weigh(logits: &[f32], temperature: f64, allowed: impl Fn(usize) -> bool) -> Vec<f64> {
    let max = (logits.iter().enumerate())
        .filter(|(i, _)| allowed(*i))
        .fold(f64::NEG_INFINITY, |m, (_, &l)| m.max(f64::from(l)));
    // At 0 the likeliest is left.
    let temperature = temperature.max(1e-6);
    let mut weights: Vec<f64> = (logits.iter().enumerate())
        .map(|(i, &l)| match allowed(i) {
            true => ((f64::from(l) - max) / temperature).exp(),
            false => 0.0,
        })
        .collect();
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= total);
    weights
}

/// Whether a symbol may be drawn for a cell: no note goes on that has not begun, and none goes on that was given,
/// since what is given keeps its length.
pub fn allowed(symbol: usize, step: usize, before_is_given: bool) -> bool {
    symbol != usize::from(HOLD) || step > 0 && !before_is_given
}

/// See the module's documentation.
pub struct Composing {
    model: OrderlessTransformer,
    options: OrderlessSampleOptions,
    free: Vec<bool>,
    scores: Vec<Score>,
    seed: u64,
    step: usize,
}

impl Composing {
    /// `count` scores that have all that is asked for.
    pub fn new(
        model: OrderlessTransformer,
        options: &OrderlessSampleOptions,
        asked: Asked,
        count: usize,
        seed: u64,
    ) -> Self {
        Self {
            model,
            options: options.clone(),
            scores: vec![asked.score; count],
            free: asked.free,
            seed,
            step: 0,
        }
    }

    /// Share of the free cells that step `step` hides.
    fn share(&self, step: usize) -> f64 {
        let falls = (FALLS * self.options.steps as f64).max(1.0);
        (1.0 - step as f64 / falls).max(LEAST)
    }

    /// The cells that are drawn in this step: single ones and whole quarters in turn, so that notes move as one.
    fn hide(&self, rng: &mut Rng) -> Vec<bool> {
        let share = self.share(self.step);
        let steps = self.scores.first().map_or(1, Score::steps).max(1);
        let each = if self.step.is_multiple_of(2) {
            TOGETHER
        } else {
            1
        };
        let groups = steps.div_ceil(each);
        let drawn = rng.uniform(VOICES * groups);
        let group = |i: usize| i / steps * groups + i % steps / each;
        let hidden = self.free.iter().enumerate();
        hidden
            .map(|(i, &free)| free && f64::from(drawn[group(i)]) < share)
            .collect()
    }
}

impl Sampler for Composing {
    fn steps(&self) -> usize {
        self.options.steps
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(async move {
            if self.step == self.options.steps || !self.free.contains(&true) {
                return Ok(false);
            }
            let at = |piece: usize, what: u64| {
                let place = (self.step as u64) << 32 | (piece as u64) << 1 | what;
                Rng::new(self.seed, Purpose::Sample, place)
            };
            let hidden = (0..self.scores.len()).map(|piece| self.hide(&mut at(piece, 0)));
            let hidden: Vec<Vec<bool>> = hidden.collect();
            let views: Vec<&[bool]> = hidden.iter().map(Vec::as_slice).collect();
            let logits = floats(self.model.guess(&self.scores, &views)).await?;
            let draws: Vec<Vec<f32>> = (0..self.scores.len())
                .map(|piece| at(piece, 1).uniform(self.free.len()))
                .collect();
            for (piece, score) in self.scores.iter_mut().enumerate() {
                let steps = score.steps();
                for i in (0..self.free.len()).filter(|&i| hidden[piece][i]) {
                    let (voice, step) = (i / steps, i % steps);
                    let row = (piece * steps + step) * VOICES + voice;
                    let logits = &logits[row * SYMBOLS..(row + 1) * SYMBOLS];
                    let given = step > 0 && !self.free[i - 1];
                    let may = |symbol: usize| allowed(symbol, step, given);
                    let weights = weigh(logits, self.options.temperature, may);
                    let mut left = f64::from(draws[piece][i]);
                    let drawn = weights.iter().position(|w| {
                        left -= w;
                        left < 0.0
                    });
                    // Where rounding leaves nothing to fall on, the last that can be.
                    let last = || weights.iter().rposition(|&w| w > 0.0);
                    score.cells[i] = drawn.or_else(last).unwrap_or(0) as u8;
                }
            }
            self.step += 1;
            Ok(true)
        })
    }

    fn state(&self) -> Samples {
        let rolls = self.scores.iter();
        Samples::Scores(rolls.map(|s| Roll::of(s, |i| !self.free[i])).collect())
    }
}

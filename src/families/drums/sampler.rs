//! Drums being played, sixteenth after sixteenth.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Drums, Seen, before, flat, others};
use crate::{
    data::groove::{Asked, BAR, DRUMS, Groove, Hit, OFFSETS, Style, VELOCITIES},
    device::floats,
    error::Result,
    kernels::embedding::embedding,
    model::{Reading, Sampler, Samples},
    options::Options,
    rng::{Purpose, Rng},
};

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DrumsSampleOptions {
    /// Logits are divided by it: 1 samples the model, less prefers likely hits, 0 always takes the likeliest.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
    /// How much of its velocities and offsets is kept: 0 plays like a machine, 1 as the model would, 2 twice as freely.
    #[schemars(title = "Human touch", range(min = 0.0, max = 2.0))]
    pub touch: f64,
    /// The style that it is asked for.
    #[schemars(title = "Style")]
    pub style: Style,
}

impl Default for DrumsSampleOptions {
    fn default() -> Self {
        Self {
            temperature: 0.9,
            touch: 1.0,
            style: Style::Any,
        }
    }
}

impl Options for DrumsSampleOptions {}

/// See the module's documentation.
pub struct Drumming {
    model: Drums,
    options: DrumsSampleOptions,
    asked: Asked,
    grooves: Vec<Groove>,
    /// Sixteenths in which something is to be made.
    todo: Vec<usize>,
    done: usize,
    seed: u64,
}

/// The place on which a number from 0 to 1 falls among some weights by their logits.
pub(super) fn drawn(logits: &[f32], temperature: f64, at: f32) -> usize {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // At 0 the likeliest is left.
    let temperature = temperature.max(1e-6);
    let weight = |l: &f32| (f64::from(l - max) / temperature).exp();
    let mut left = f64::from(at) * logits.iter().map(weight).sum::<f64>();
    let found = logits.iter().position(|l| {
        left -= weight(l);
        left < 0.0
    });
    // Where rounding leaves nothing to fall on, the likeliest.
    let likeliest = || logits.iter().position(|&l| l == max);
    found.or_else(likeliest).unwrap_or(0)
}

impl Drumming {
    /// `count` grooves that have all that is asked for.
    pub fn new(
        model: Drums,
        options: &DrumsSampleOptions,
        asked: Asked,
        count: usize,
        seed: u64,
    ) -> Self {
        let mut groove = asked.groove.clone();
        groove.style = options.style.number();
        let to_make = |step: &usize| {
            (step * DRUMS..(step + 1) * DRUMS)
                .any(|at| asked.free[at] || asked.played[at] && groove.cells[at] > 0)
        };
        Self {
            model,
            options: options.clone(),
            todo: (0..groove.steps()).filter(to_make).collect(),
            grooves: vec![groove; count],
            asked,
            done: 0,
            seed,
        }
    }

    /// The first sixteenth of what is seen from `step` on: whole bars, as many as the model sees at once.
    fn from(&self, step: usize) -> usize {
        (step + 1)
            .saturating_sub(self.model.steps)
            .next_multiple_of(BAR)
    }

    /// Makes what is to be made in a sixteenth.
    async fn play(&mut self, step: usize) -> Result<()> {
        let (model, temperature) = (&self.model, self.options.temperature);
        let (from, count) = (self.from(step), self.grooves.len());
        // What is told of those that come is seen as well.
        let to = self.asked.groove.steps().min(from + model.steps);
        let t = to - from;
        let parts = self.grooves.iter().map(|groove| groove.part(from, t));
        let parts: Vec<Groove> = parts.collect();
        let (cells, contexts) = flat(&parts);
        let told: Vec<bool> = (self.asked.free[from * DRUMS..to * DRUMS].iter())
            .map(|free| !free)
            .collect();
        let seen = Seen {
            t,
            cells: &cells,
            contexts: &contexts,
            told: &told.repeat(count),
        };
        let read = step - from + 1;
        let rows: Vec<u32> = (1..=count).map(|n| (n * read - 1) as u32).collect();
        let x = embedding(model.forward(&seen, read, None), &rows); // [count, C]
        let draws: Vec<Vec<f32>> = (0..count)
            .map(|n| {
                let place = (step as u64) << 32 | n as u64;
                Rng::new(self.seed, Purpose::Sample, place).uniform(3 * DRUMS)
            })
            .collect();
        let cells = step * DRUMS..(step + 1) * DRUMS;
        let mut codes: Vec<Vec<u32>> = (self.grooves.iter())
            .map(|groove| {
                groove.cells[cells.clone()]
                    .iter()
                    .map(|&c| u32::from(c))
                    .collect()
            })
            .collect();
        let all: Vec<u32> = (0..count as u32).collect();
        // Which drums are hit.
        for drum in (0..DRUMS).filter(|drum| self.asked.free[cells.start + drum]) {
            let told = codes.iter().flat_map(|codes| before(codes, drum)).collect();
            let drums = vec![drum; count];
            let logits = floats(model.hit_logits(x.clone(), &all, &drums, told)).await?;
            for (n, logit) in logits.into_iter().enumerate() {
                let hit = drawn(&[0.0, logit], temperature, draws[n][drum]) == 1;
                codes[n][drum] = u32::from(hit);
            }
        }
        // How they are played.
        for drum in (0..DRUMS).filter(|drum| self.asked.played[cells.start + drum]) {
            let hit = |n: &u32| codes[*n as usize][drum] > 0;
            let these: Vec<u32> = all.iter().copied().filter(hit).collect();
            if these.is_empty() {
                continue;
            }
            let told = (these.iter()).flat_map(|&n| others(&codes[n as usize], drum));
            let playing = model.playing(x.clone(), &these, told.collect());
            let logits = floats(model.velocity_logits(playing.clone())).await?;
            let velocities = logits.chunks_exact(VELOCITIES).zip(&these);
            let velocities: Vec<u32> = velocities
                .map(|(logits, &n)| {
                    drawn(logits, temperature, draws[n as usize][DRUMS + drum]) as u32
                })
                .collect();
            let logits = floats(model.offset_logits(playing, &velocities)).await?;
            for ((logits, &n), velocity) in logits.chunks_exact(OFFSETS).zip(&these).zip(velocities)
            {
                let at = draws[n as usize][2 * DRUMS + drum];
                let hit = Hit {
                    velocity: velocity as u8,
                    offset: drawn(logits, temperature, at) as u8,
                };
                codes[n as usize][drum] = u32::from(hit.code());
            }
        }
        for (groove, codes) in self.grooves.iter_mut().zip(codes) {
            for (cell, code) in groove.cells[cells.clone()].iter_mut().zip(codes) {
                *cell = code as u8;
            }
        }
        Ok(())
    }
}

impl Sampler for Drumming {
    fn steps(&self) -> usize {
        self.todo.len()
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(async move {
            let Some(&step) = self.todo.get(self.done) else {
                return Ok(false);
            };
            self.play(step).await?;
            self.done += 1;
            Ok(true)
        })
    }

    fn state(&self) -> Samples {
        let rolls = self.grooves.iter();
        Samples::Scores(
            rolls
                .map(|made| self.asked.roll(made, self.options.touch))
                .collect(),
        )
    }
}

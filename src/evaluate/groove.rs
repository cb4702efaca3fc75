//! How well a model of drums guesses grooves, and how well it plays them, beside what can be counted.
//!
//! A groove is guessed from left to right: in each sixteenth whether each drum is hit, how hard each hit is and how much
//! it is off the grid, each from all before it. A guess sees at least half a window before it, where there is as much.

use super::score::windows;
use crate::{
    data::groove::{Asked, BAR, DRUMS, Groove, OFFSETS, VELOCITIES},
    device::floats,
    error::{Error, Result},
    evaluate::Estimate,
    model::{Condition, Model, finish},
};

/// What is guessed of a groove.
pub const GUESSED: [&str; 3] = ["hits", "velocities", "offsets"];

/// Nats a sixteenth, of [`GUESSED`] and of all together; those of a sixteenth are taken together for the standard error.
#[derive(Debug, Clone)]
pub struct Guessed {
    /// Of each of [`GUESSED`].
    pub parts: [Estimate; 3],
    /// Of all.
    pub whole: Estimate,
}

impl Guessed {
    fn of(nats: &[[f64; 3]]) -> Self {
        Self {
            parts: [0, 1, 2].map(|i| Estimate::of(nats.iter().map(|n| n[i]))),
            whole: Estimate::of(nats.iter().map(|n| n.iter().sum())),
        }
    }
}

/// −log p of these grooves by a model; where hits are `told`, of how they are played alone. `progress` hears how many
/// sixteenths are done and may cancel.
///
/// # Errors
/// [`Error::Unsupported`], [`Error::Cancelled`], and what the device reports.
pub async fn guessed(
    model: &dyn Model,
    grooves: &[&Groove],
    (steps, told): (usize, bool),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Guessed> {
    let drummer = model.drummer().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not read drums", model.title()),
    })?;
    let mut all: Vec<[f64; 3]> = Vec::new();
    for groove in grooves {
        let t = groove.steps().min(steps);
        for [from, counts] in windows(groove.steps(), steps) {
            let window = groove.part(from, t);
            let mut sums = vec![[0.0; 3]; t];
            let nats = drummer.nats(std::slice::from_ref(&window), told);
            for (part, nats) in nats.into_iter().enumerate() {
                let Some(nats) = nats else { continue };
                let values = floats(nats.nats).await?;
                for (cell, value) in nats.cells.into_iter().zip(values) {
                    sums[cell / DRUMS][part] += f64::from(value);
                }
            }
            all.extend(&sums[counts..]);
        }
        if !progress(all.len()) {
            return Err(Error::Cancelled);
        }
    }
    Ok(Guessed::of(&all))
}

/// Probabilities that were counted: of something in each of some cases.
#[derive(Debug, Clone)]
struct Counted {
    classes: usize,
    counts: Vec<f64>,
}

impl Counted {
    /// Each class is taken to have been there half a time.
    fn new(cases: usize, classes: usize) -> Self {
        Self {
            classes,
            counts: vec![0.5; cases * classes],
        }
    }

    fn of(&self, case: usize) -> &[f64] {
        &self.counts[case * self.classes..(case + 1) * self.classes]
    }

    fn p(&self, case: usize, class: usize) -> f64 {
        let all = self.of(case);
        all[class] / all.iter().sum::<f64>()
    }

    fn mean(&self, case: usize, value: impl Fn(usize) -> f64) -> f64 {
        let all = self.of(case);
        let sum = all.iter().enumerate().map(|(class, n)| n * value(class));
        sum.sum::<f64>() / all.iter().sum::<f64>()
    }
}

/// What a baseline knows of a drum in a sixteenth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knows {
    /// The place in the bar.
    Place,
    /// The place, and what the drum did there in the bar before.
    LastBar,
}

/// Probabilities counted over grooves.
#[derive(Debug, Clone)]
pub struct Baseline {
    knows: Knows,
    tables: [Counted; 3],
}

impl Baseline {
    /// Counted over these.
    pub fn count<'a>(knows: Knows, grooves: impl Iterator<Item = &'a Groove>) -> Self {
        let before = match knows {
            Knows::Place => [1; 3],
            // None, silence, a hit; none or the class.
            Knows::LastBar => [3, VELOCITIES + 1, OFFSETS + 1],
        };
        let table = |part: usize, classes| Counted::new(DRUMS * BAR * before[part], classes);
        let mut baseline = Self {
            knows,
            tables: [table(0, 2), table(1, VELOCITIES), table(2, OFFSETS)],
        };
        for groove in grooves {
            for step in 0..groove.steps() {
                for drum in 0..DRUMS {
                    let cases = baseline.cases(groove, step, drum);
                    let seen = classes(groove, step, drum);
                    for ((table, case), class) in baseline.tables.iter_mut().zip(cases).zip(seen) {
                        if let Some(class) = class {
                            table.counts[case * table.classes + class] += 1.0;
                        }
                    }
                }
            }
        }
        baseline
    }

    /// In which case a drum is, for each of the tables.
    fn cases(&self, groove: &Groove, step: usize, drum: usize) -> [usize; 3] {
        let at = drum * BAR + step % BAR;
        if self.knows == Knows::Place {
            return [at; 3];
        }
        let before = step.checked_sub(BAR);
        let [hit, velocity, offset] = match before {
            None => [0; 3],
            Some(before) => match groove.hit(before, drum) {
                None => [1, 0, 0],
                Some(hit) => [
                    2,
                    1 + usize::from(hit.velocity),
                    1 + usize::from(hit.offset),
                ],
            },
        };
        [
            at * 3 + hit,
            at * (VELOCITIES + 1) + velocity,
            at * (OFFSETS + 1) + offset,
        ]
    }

    /// −log p of these grooves.
    pub fn guessed(&self, grooves: &[&Groove]) -> Guessed {
        let mut all = Vec::new();
        for groove in grooves {
            for step in 0..groove.steps() {
                let mut sums = [0.0; 3];
                for drum in 0..DRUMS {
                    let cases = self.cases(groove, step, drum);
                    let seen = classes(groove, step, drum);
                    for (part, class) in seen.into_iter().enumerate() {
                        if let Some(class) = class {
                            sums[part] -= self.tables[part].p(cases[part], class).ln();
                        }
                    }
                }
                all.push(sums);
            }
        }
        Guessed::of(&all)
    }

    /// The mean velocity and offset of a drum in a sixteenth.
    fn mean(&self, groove: &Groove, step: usize, drum: usize) -> [f64; 2] {
        let [_, velocity, offset] = self.cases(groove, step, drum);
        [
            self.tables[1].mean(velocity, level),
            self.tables[2].mean(offset, ticks),
        ]
    }
}

/// The middle of a class of velocity, of MIDI's 0 to 127.
fn level(class: usize) -> f64 {
    16.0 * class as f64 + 8.0
}

/// The middle of a class of offset, in 120ths of a sixteenth.
fn ticks(class: usize) -> f64 {
    8.0 * class as f64 - 56.0
}

/// Whether a drum is hit, and the classes of velocity and of offset, if it is.
fn classes(groove: &Groove, step: usize, drum: usize) -> [Option<usize>; 3] {
    let hit = groove.hit(step, drum);
    [
        Some(usize::from(hit.is_some())),
        hit.map(|hit| usize::from(hit.velocity)),
        hit.map(|hit| usize::from(hit.offset)),
    ]
}

/// How far a performance of told hits is from the drummer's own.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Off {
    /// Mean absolute error of velocities, of MIDI's 0 to 127.
    pub velocity: f64,
    /// Mean absolute error of offsets, milliseconds.
    pub milliseconds: f64,
    /// KL(drummers ‖ performances) of classes of velocity, and of offset, over all hits, nats. Nothing for performances
    /// that have no classes.
    pub divergence: Option<[f64; 2]>,
}

/// Performances of told hits.
#[derive(Debug, Clone)]
pub struct Humanised {
    /// Hits that count.
    pub hits: usize,
    /// All hits of one velocity, on the grid.
    pub stiff: Off,
    /// The mean of each drum by its place in the bar, counted over what is learned from.
    pub mean: Off,
    /// One performance of the model.
    pub take: Off,
    /// The mean of several.
    pub takes: Off,
}

/// Sums for [`Off`].
#[derive(Default)]
struct Sums {
    off: Off,
    hits: f64,
}

impl Sums {
    fn add(&mut self, [velocity, ticks]: [f64; 2], [wanted, at]: [f64; 2], tempo: f64) {
        self.hits += 1.0;
        self.off.velocity += (velocity - wanted).abs();
        self.off.milliseconds += (ticks - at).abs() / 120.0 * 15_000.0 / tempo;
    }

    fn mean(&self) -> Off {
        let n = self.hits.max(1.0);
        Off {
            velocity: self.off.velocity / n,
            milliseconds: self.off.milliseconds / n,
            divergence: None,
        }
    }
}

/// KL between two histograms, nats.
fn divergence(data: &[f64], made: &[f64]) -> f64 {
    let [all_data, all_made] = [data, made].map(|h| h.iter().sum::<f64>());
    let each = data.iter().zip(made).map(|(&d, &m)| {
        let (d, m) = (d / all_data, m / all_made);
        if d > 0.0 { d * (d / m).ln() } else { 0.0 }
    });
    each.sum()
}

/// Has a model play the hits of windows of grooves, `takes` times each, and compares with how drummers did.
///
/// # Errors
/// [`Error::Cancelled`], and what options, model and device say.
pub async fn humanised(
    model: &dyn Model,
    options: &serde_json::Value,
    windows: &[Groove],
    (baseline, takes): (&Baseline, usize),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Humanised> {
    let mut sums: [Sums; 4] = Default::default();
    let half = |n: usize| vec![0.5; n];
    let (mut data, mut made) = (
        [half(VELOCITIES), half(OFFSETS)],
        [half(VELOCITIES), half(OFFSETS)],
    );
    for (i, window) in windows.iter().enumerate() {
        let stiff = window.roll(
            |_, _| true,
            |_, _, note| crate::data::score::Note {
                velocity: None,
                shift: None,
                ..note
            },
        );
        let condition = Condition {
            score: Some(stiff.as_input()),
            ..Condition::default()
        };
        let mut sampler = model.sampler(options, &condition, takes, i as u64)?;
        let mut played = Vec::new();
        for roll in finish(&mut *sampler).await?.scores()? {
            played.push(Asked::of(&roll.as_input())?.groove);
        }
        let tempo = f64::from(window.tempo.max(20));
        for (step, drum, hit) in window.hits() {
            let truth = [
                level(usize::from(hit.velocity)),
                ticks(usize::from(hit.offset)),
            ];
            data[0][usize::from(hit.velocity)] += 1.0;
            data[1][usize::from(hit.offset)] += 1.0;
            let takes: Vec<[f64; 2]> = (played.iter())
                .filter_map(|groove| groove.hit(step, drum))
                .map(|h| [level(usize::from(h.velocity)), ticks(usize::from(h.offset))])
                .collect();
            let Some(first) = played.first().and_then(|g| g.hit(step, drum)) else {
                continue;
            };
            made[0][usize::from(first.velocity)] += 1.0;
            made[1][usize::from(first.offset)] += 1.0;
            let n = takes.len() as f64;
            let mean = [0, 1].map(|i| takes.iter().map(|t| t[i]).sum::<f64>() / n);
            let all = [
                [80.0, 0.0],
                baseline.mean(window, step, drum),
                takes[0],
                mean,
            ];
            for (sums, guess) in sums.iter_mut().zip(all) {
                sums.add(guess, truth, tempo);
            }
        }
        if !progress(i + 1) {
            return Err(Error::Cancelled);
        }
    }
    let hits = sums[0].hits as usize;
    let [stiff, mean, take, takes] = sums.map(|sums| sums.mean());
    let divergence = [0, 1].map(|i| divergence(&data[i], &made[i]));
    Ok(Humanised {
        hits,
        stiff,
        mean,
        take: Off {
            divergence: Some(divergence),
            ..take
        },
        takes,
    })
}

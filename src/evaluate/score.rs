//! How well a model of music guesses chorales, and how well its own are written.
//!
//! The protocol of published numbers: a piece is guessed sixteenth by sixteenth, in each the voices from the soprano
//! down, each from all before it; the mean of −log p over these tokens, or over sixteenths, which are four. Here a
//! guess sees the 47 sixteenths before at least, where there are as many. Sets that know pitches alone do not tell a
//! note that goes on from the same note struck again: there the probabilities of both are added.

use crate::{
    data::score::{HOLD, REST, SYMBOLS, Score, VOICES, pitch},
    device::floats,
    error::{Error, Result},
    evaluate::Estimate,
    families::orderless::{allowed, weigh},
    model::{Condition, Model, finish},
    rng::{Purpose, Rng},
};

/// Windows that go through the network at once.
const TOGETHER: usize = 32;
/// Sixteenths of a window that come after what is guessed, hidden: where a line of the hymn ends is seen there.
const AFTER: usize = 16;
/// Seed of the sixteenths that are measured.
const SEED: u64 = 1685;

/// What counts as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// Symbols: whether a note begins or goes on counts.
    Symbols,
    /// Pitches alone.
    Pitches,
}

/// A cell to be guessed from all before it.
struct Place {
    window: Score,
    hidden: Vec<bool>,
    step: usize,
    voice: usize,
}

impl Place {
    fn of(score: &Score, step: usize, voice: usize, steps: usize) -> Self {
        let t = score.steps().min(steps);
        let behind = t.saturating_sub(AFTER + 1);
        let from = step.saturating_sub(behind).min(score.steps() - t);
        let at = step - from;
        let hidden = (0..VOICES * t).map(|i| i % t > at || i % t == at && i / t >= voice);
        Self {
            window: score.part(from, t),
            hidden: hidden.collect(),
            step: at,
            voice,
        }
    }

    /// −log p of what stands there, from its logits.
    fn nats(&self, logits: &[f32], tokens: Tokens) -> f64 {
        let weights = weigh(logits, 1.0, |s| allowed(s, self.step, false));
        let truth = usize::from(self.window.voice(self.voice)[self.step]);
        let p = match tokens {
            Tokens::Symbols => weights[truth],
            Tokens::Pitches => {
                let sounding = self.window.sounding(self.voice);
                let now = sounding[self.step];
                let begins = match now {
                    0 => usize::from(REST),
                    p => (0..SYMBOLS)
                        .find(|&s| pitch(s as u8) == Some(p))
                        .unwrap_or(truth),
                };
                let same = self.step > 0 && sounding[self.step - 1] == now;
                weights[begins]
                    + if same {
                        weights[usize::from(HOLD)]
                    } else {
                        0.0
                    }
            }
        };
        -p.max(1e-30).ln()
    }
}

/// −log p of a token of these scores, in nats, over `count` sixteenths drawn from all of them; those of one
/// sixteenth are taken together for the standard error. `progress` is told how many are done and may cancel.
///
/// # Errors
/// [`Error::Unsupported`], [`Error::Cancelled`], and what the device reports.
pub async fn negative_log_likelihood(
    model: &dyn Model,
    scores: &[&Score],
    (steps, tokens, count): (usize, Tokens, usize),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Estimate> {
    let orderless = model.orderless().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not guess music", model.title()),
    })?;
    let all: Vec<(usize, usize)> = (scores.iter().enumerate())
        .flat_map(|(i, score)| (0..score.steps()).map(move |step| (i, step)))
        .collect();
    let order = Rng::new(SEED, Purpose::Evaluate, 0).permutation(all.len());
    let mut chosen: Vec<_> = order
        .into_iter()
        .take(count)
        .map(|i| all[i as usize])
        .collect();
    // Windows of one length go together.
    chosen.sort_by_key(|&(i, _)| scores[i].steps().min(steps));
    let mut nats: Vec<f64> = Vec::with_capacity(chosen.len());
    let mut rest = &chosen[..];
    while let Some(&(first, _)) = rest.first() {
        let t = scores[first].steps().min(steps);
        let same = rest.iter().take(TOGETHER / VOICES);
        let same = same.take_while(|(i, _)| scores[*i].steps().min(steps) == t);
        let places: Vec<Place> = same
            .flat_map(|&(i, step)| (0..VOICES).map(move |voice| (i, step, voice)))
            .map(|(i, step, voice)| Place::of(scores[i], step, voice, steps))
            .collect();
        let windows: Vec<Score> = places.iter().map(|p| p.window.clone()).collect();
        let hidden: Vec<&[bool]> = places.iter().map(|p| p.hidden.as_slice()).collect();
        let logits = floats(orderless.guess(&windows, &hidden)).await?;
        for (frame, places) in places.chunks(VOICES).enumerate() {
            let each = places.iter().enumerate().map(|(v, place)| {
                let row =
                    (((frame * VOICES + v) * t + place.step) * VOICES + place.voice) * SYMBOLS;
                place.nats(&logits[row..row + SYMBOLS], tokens)
            });
            nats.push(each.sum::<f64>() / VOICES as f64);
        }
        rest = &rest[places.len() / VOICES..];
        if !progress(nats.len()) {
            return Err(Error::Cancelled);
        }
    }
    let n = nats.len().max(1) as f64;
    let mean = nats.iter().sum::<f64>() / n;
    let variance = nats.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    Ok(Estimate {
        mean,
        standard_error: (variance / n).sqrt(),
        n: nats.len(),
    })
}

/// Scores that a model makes of nothing, one for each of these contexts; or, with `melody`, of the soprano of each.
///
/// # Errors
/// What options, model and device say.
pub async fn made(
    model: &dyn Model,
    options: &serde_json::Value,
    scores: &[Score],
    melody: bool,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Vec<Score>> {
    let mut out = Vec::new();
    for (i, score) in scores.iter().enumerate() {
        let mut input = crate::data::score::Roll::of(score, |_| true).as_input();
        let steps = input.steps;
        let from = u32::from(melody);
        input.free = (from..VOICES as u32)
            .map(|voice| [voice, 0, steps])
            .collect();
        let condition = Condition {
            score: Some(input),
            ..Condition::default()
        };
        let mut sampler = model.sampler(options, &condition, 1, i as u64)?;
        for roll in finish(&mut *sampler).await?.scores()? {
            out.push(roll.as_input().asked()?.score);
        }
        if !progress(i + 1) {
            return Err(Error::Cancelled);
        }
    }
    Ok(out)
}

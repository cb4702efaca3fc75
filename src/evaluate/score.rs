//! How well a model of music guesses chorales, and how well its own are written.
//!
//! The protocol of published numbers: a piece is guessed sixteenth by sixteenth, in each the voices from the soprano
//! down, each from all before it; the mean of −log p over these tokens, or over sixteenths, which are four. Here a
//! guess sees at least the 32 sixteenths before, where there are as many. Sets that know pitches alone do not tell a
//! note that goes on from the same note struck again: there the probabilities of both are added.

use crate::{
    data::score::{HOLD, REST, SYMBOLS, Score, VOICES, pitch},
    device::floats,
    error::{Error, Result},
    evaluate::Estimate,
    families::orderless::{allowed, weigh},
    model::{Condition, Model, finish},
};

/// What counts as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// Symbols: whether a note begins or goes on counts.
    Symbols,
    /// Pitches alone.
    Pitches,
}

/// −log p of what a voice does in a sixteenth of a window, from its logits.
fn nats(window: &Score, [voice, step]: [usize; 2], logits: &[f32], tokens: Tokens) -> f64 {
    let weights = weigh(logits, 1.0, |s| allowed(s, step, false));
    let truth = usize::from(window.voice(voice)[step]);
    let p = match tokens {
        Tokens::Symbols => weights[truth],
        Tokens::Pitches => {
            let sounding = window.sounding(voice);
            let now = sounding[step];
            let begins = match now {
                0 => usize::from(REST),
                p => (0..SYMBOLS)
                    .find(|&s| pitch(s as u8) == Some(p))
                    .unwrap_or(truth),
            };
            let same = step > 0 && sounding[step - 1] == now;
            let goes_on = if same {
                weights[usize::from(HOLD)]
            } else {
                0.0
            };
            weights[begins] + goes_on
        }
    };
    -p.max(1e-30).ln()
}

/// Windows of a score that overlap by half: where each begins, and from which of its sixteenths on it counts, so that
/// every sixteenth counts once, with at least half a window before it where there is as much.
pub(super) fn windows(length: usize, steps: usize) -> Vec<[usize; 2]> {
    let t = length.min(steps);
    let mut out = vec![[0, 0]];
    let mut done = t;
    while done < length {
        let from = (done - t / 2).min(length - t);
        out.push([from, done - from]);
        done = from + t;
    }
    out
}

/// −log p of a token of these scores, in nats, over all sixteenths; those of one sixteenth are taken together for the
/// standard error. `progress` is told how many are done and may cancel.
///
/// # Errors
/// [`Error::Unsupported`], [`Error::Cancelled`], and what the device reports.
pub async fn negative_log_likelihood(
    model: &dyn Model,
    scores: &[&Score],
    (steps, tokens): (usize, Tokens),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Estimate> {
    let unsupported = || Error::Unsupported {
        what: format!("A {} does not read music from left to right", model.title()),
    };
    let orderless = model.orderless().ok_or_else(unsupported)?;
    let mut nats_of: Vec<f64> = Vec::new();
    for score in scores {
        let t = score.steps().min(steps);
        for [from, counts] in windows(score.steps(), steps) {
            let window = score.part(from, t);
            let mut sums = vec![0.0; t - counts];
            for voice in 0..VOICES {
                let read = orderless.read(std::slice::from_ref(&window), voice);
                let logits = floats(read.ok_or_else(unsupported)?).await?;
                for (sum, step) in sums.iter_mut().zip(counts..t) {
                    let logits = &logits[step * SYMBOLS..(step + 1) * SYMBOLS];
                    *sum += nats(&window, [voice, step], logits, tokens);
                }
            }
            nats_of.extend(sums.into_iter().map(|sum| sum / VOICES as f64));
        }
        if !progress(nats_of.len()) {
            return Err(Error::Cancelled);
        }
    }
    let n = nats_of.len().max(1) as f64;
    let mean = nats_of.iter().sum::<f64>() / n;
    let variance = nats_of.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    Ok(Estimate {
        mean,
        standard_error: (variance / n).sqrt(),
        n: nats_of.len(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sixteenth_counts_once() {
        for length in [4, 63, 64, 65, 96, 100, 128, 250] {
            let mut counted = vec![0; length];
            for [from, counts] in windows(length, 64) {
                let t = length.min(64);
                (from + counts..from + t).for_each(|step| counted[step] += 1);
                assert!(from == 0 || counts >= 32, "{length}");
            }
            assert!(counted.iter().all(|&n| n == 1), "{length}: {counted:?}");
        }
    }
}

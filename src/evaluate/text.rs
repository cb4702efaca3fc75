//! How well a model of text guesses: exact likelihoods.

use super::Estimate;
use crate::{
    data::{Binarize, DataInfo, Dataset, TextSet, test_batch, text::window},
    error::{Error, Result},
    model::Model,
    rng::{Purpose, Rng},
};

/// −log p of the held-out part, nats a token, exact.
///
/// The text is cut into windows of the context, one after the other, the last of them shorter; every
/// token but the first is guessed once, from what precedes it in its window, and all guesses weigh
/// the same. In expectation this is the loss on random windows by which nanoGPT
/// (github.com/karpathy/nanoGPT) judges, without its chance, but for the last window. The standard
/// error is over windows. `go_on` hears how many are done and the mean so far.
///
/// # Errors
/// [`Error::Unsupported`] if it is no model of text; [`Error::BadData`] if there is nothing to guess;
/// [`Error::Cancelled`] if `go_on` says so.
pub async fn negative_log_likelihood(
    model: &dyn Model,
    data: TextSet,
    go_on: impl Fn(usize, f64) -> bool,
) -> Result<Estimate> {
    let length = model.block_size();
    if length == 0 {
        return Err(Error::Unsupported {
            what: "This needs a model of text".into(),
        });
    }
    let data: Dataset = data.into();
    // Of each window: its guesses, and the mean of −log p over them.
    let mut windows: Vec<(f64, f64)> = Vec::new();
    let (mut sum, mut guesses) = (0f64, 0f64);
    loop {
        let batch = test_batch(&data, windows.len(), 1, length, Binarize::None);
        if batch.is_empty() {
            break;
        }
        let (_, length) = batch.tokens()?;
        let rng = &mut Rng::new(0, Purpose::Evaluate, 0);
        let mut nats = 0f64;
        for (_, loss) in model.losses(&batch, rng)? {
            let loss: f32 = loss.into_scalar_async().await?;
            nats += f64::from(loss);
        }
        sum += nats * length as f64;
        guesses += length as f64;
        windows.push((length as f64, nats));
        if !go_on(windows.len(), sum / guesses) {
            return Err(Error::Cancelled);
        }
    }
    if guesses == 0.0 {
        return Err(nothing(data.info()));
    }
    let mean = sum / guesses;
    // Of a ratio of sums over windows: with windows all alike, σ / √n.
    let squares = windows.iter().map(|(n, nats)| (n * (nats - mean)).powi(2));
    Ok(Estimate {
        mean,
        standard_error: squares.sum::<f64>().sqrt() / guesses,
        n: windows.len(),
    })
}

/// −log p of the held-out part, nats a token, exact, where each guess but the first ones has at least half of
/// the context to look back on.
///
/// Windows of the context T begin T/2 tokens after one another; of each but the first only the last T/2 guesses
/// count, so that every token but the first is guessed once, as [`negative_log_likelihood`] does, and none that
/// stands at the beginning of a window from little. The standard error is over windows. `go_on` hears how many
/// are done and the mean so far.
///
/// # Errors
/// As [`negative_log_likelihood`].
pub async fn with_context(
    model: &dyn Model,
    data: &TextSet,
    go_on: impl Fn(usize, f64) -> bool,
) -> Result<Estimate> {
    let Some(language) = model.language().filter(|l| l.block_size() > 1) else {
        return Err(Error::Unsupported {
            what: "This needs a model of text".into(),
        });
    };
    let (length, half) = (language.block_size(), language.block_size() / 2);
    let tokens = data.test();
    let classes = language.tokenizer().vocabulary().len();
    let mut windows: Vec<Vec<f64>> = Vec::new();
    let (mut sum, mut guesses, mut from) = (0f64, 0usize, 0usize);
    while from + usize::from(from > 0) * (length - half) + 1 < tokens.len() {
        let read = length.min(tokens.len() - 1 - from);
        // What is read, and what comes after the last of it.
        let ids: Vec<u32> = window(tokens, from, read).collect();
        let logits = language.logits(&ids[..read]).await?;
        let counted = if from == 0 { 0 } else { length - half };
        let nats: Vec<f64> = (counted..read)
            .map(|i| surprise(&logits[i * classes..(i + 1) * classes], ids[i + 1] as usize))
            .collect();
        sum += nats.iter().sum::<f64>();
        guesses += nats.len();
        windows.push(nats);
        if !go_on(windows.len(), sum / guesses as f64) {
            return Err(Error::Cancelled);
        }
        from += half;
    }
    if guesses == 0 {
        return Err(nothing(&data.info));
    }
    let mean = sum / guesses as f64;
    let squares = windows
        .iter()
        .map(|nats| nats.iter().map(|n| n - mean).sum::<f64>().powi(2));
    Ok(Estimate {
        mean,
        standard_error: squares.sum::<f64>().sqrt() / guesses as f64,
        n: windows.len(),
    })
}

fn nothing(info: &DataInfo) -> Error {
    Error::BadData {
        name: info.name.clone(),
        reason: "none of it is held out to be guessed".into(),
    }
}

/// −log p of the token `next`, nats, given the logits of all.
fn surprise(logits: &[f32], next: usize) -> f64 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&l| f64::from(l - most).exp()).sum();
    sum.ln() - f64::from(logits[next] - most)
}
